import { type CompiledPolicy, readPolicy } from '../../policy/load.ts';
import { MalformedPolicy } from '../../policy/malformed-policy.ts';
import type { PolicyKind } from '../../policy/policy-kind.ts';
import { type MemoryBudget, SHARES } from './memory-budget.ts';

/** A compiled document, as far as it can be read, or why it is no policy document. */
export type Compiled = { readonly policy: CompiledPolicy } | { readonly fault: string };

/** Compiled documents of one batch: all that it needs, even if some are dropped from memory meanwhile. */
export interface CompiledBatch {
  get(kind: PolicyKind, hash: string): Compiled | undefined;
}

/** Of a compiled document: for each character of its text, and for its place. */
const CHARACTER_BYTES = 12;
const PLACE_BYTES = 300;

interface Kept {
  readonly compiled: Compiled;
  readonly weight: number;
}

/**
 * Compiled documents by content and kind, in two generations: a used document moves to the young one, and when that is
 * full the old one is dropped. They never become wrong, because a document is named by the hash of its text.
 */
export class CompiledPolicies implements CompiledBatch {
  readonly #budget: MemoryBudget;
  #young = new Map<string, Kept>();
  #old = new Map<string, Kept>();
  #youngWeight = 0;
  #oldWeight = 0;

  constructor(budget: MemoryBudget) {
    this.#budget = budget;
  }

  get(kind: PolicyKind, hash: string): Compiled | undefined {
    const key = `${kind} ${hash}`;
    const young = this.#young.get(key);
    if (young !== undefined) return young.compiled;
    const old = this.#old.get(key);
    if (old === undefined) return undefined;
    this.#old.delete(key);
    this.#oldWeight -= old.weight;
    this.#budget.add(-old.weight);
    this.#keep(key, old);
    return old.compiled;
  }

  compile(kind: PolicyKind, hash: string, text: string): Compiled {
    const known = this.get(kind, hash);
    if (known !== undefined) return known;
    const compiled = compile(kind, text);
    this.#keep(`${kind} ${hash}`, { compiled, weight: text.length * CHARACTER_BYTES + PLACE_BYTES });
    return compiled;
  }

  #keep(key: string, kept: Kept): void {
    if (this.#youngWeight + kept.weight > (this.#budget.left * SHARES.madeAgain.compiled) / 2) this.#age();
    this.#young.set(key, kept);
    this.#youngWeight += kept.weight;
    this.#budget.add(kept.weight);
  }

  #age(): void {
    this.#budget.add(-this.#oldWeight);
    this.#old = this.#young;
    this.#oldWeight = this.#youngWeight;
    this.#young = new Map();
    this.#youngWeight = 0;
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
