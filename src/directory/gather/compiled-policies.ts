import { type CompiledPolicy, readPolicy } from '../../policy/load.ts';
import { MalformedPolicy } from '../../policy/malformed-policy.ts';
import type { PolicyKind } from '../../policy/policy-kind.ts';

/** A compiled document, as far as it can be read, or why it is no policy document. */
export type Compiled = { readonly policy: CompiledPolicy } | { readonly fault: string };

/** Compiled documents of one batch: all that it needs, even if some are dropped from memory meanwhile. */
export interface CompiledBatch {
  get(kind: PolicyKind, hash: string): Compiled | undefined;
}

/** Most characters of policy text kept compiled; a compiled document takes about ten bytes for each. */
const LIMIT = 16_000_000;

/**
 * Compiled documents by content and kind, in two generations: a used document moves to the young one, and when that is
 * full the old one is dropped. They never become wrong, because a document is named by the hash of its text.
 */
export class CompiledPolicies implements CompiledBatch {
  #young = new Map<string, Compiled>();
  #old = new Map<string, Compiled>();
  #characters = 0;

  get(kind: PolicyKind, hash: string): Compiled | undefined {
    const key = `${kind} ${hash}`;
    const known = this.#young.get(key);
    if (known !== undefined) return known;
    const older = this.#old.get(key);
    if (older !== undefined) this.#young.set(key, older);
    return older;
  }

  compile(kind: PolicyKind, hash: string, text: string): Compiled {
    const known = this.get(kind, hash);
    if (known !== undefined) return known;
    const compiled = compile(kind, text);
    this.#characters += text.length + 200;
    if (this.#characters > LIMIT / 2) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#characters = text.length;
    }
    this.#young.set(`${kind} ${hash}`, compiled);
    return compiled;
  }
}

function compile(kind: PolicyKind, text: string): Compiled {
  try {
    return { policy: readPolicy(text, kind) };
  } catch (error) {
    if (error instanceof MalformedPolicy) return { fault: error.message };
    throw error;
  }
}
