import type { Revision } from '../directory/directory.ts';
import type { OpenDirectory } from '../directory/prisma/open-directory.ts';
import type { Caller } from '../session/caller.ts';
import type { GuardContext } from './context.ts';
import { ownContext } from './permission.ts';

// What is found for the first page of a search is what its next pages are of. It is kept for the caller that asked, and for nobody
// else: another one may see less of it. With another revision, or a minute later, it is found again, as for a first page.

/** How long, in milliseconds: decisions can depend on the time. */
const KEPT_FOR = 60_000;
/** Bytes of everything that is kept. */
const MOST_BYTES = 64_000_000;
/** Of an entry beside what it holds. */
const ENTRY_BYTES = 1_000;

interface Kept {
  readonly value: unknown;
  readonly revision: Revision;
  readonly until: number;
  readonly bytes: number;
}

/** The latest ones, within their bound. */
class KeptAnswers {
  readonly #kept = new Map<string, Kept>();
  #bytes = 0;

  get(key: string, revision: Revision): unknown {
    const kept = this.#kept.get(key);
    if (kept === undefined) return undefined;
    if (kept.revision === revision && performance.now() <= kept.until) return kept.value;
    this.#drop(key, kept);
    return undefined;
  }

  /** `isFirst`: its time begins; otherwise that of the pages before goes on. */
  put(key: string, value: unknown, revision: Revision, size: number, isFirst: boolean): void {
    const before = this.#kept.get(key);
    if (before !== undefined) this.#drop(key, before);
    const bytes = ENTRY_BYTES + 2 * key.length + size;
    if (bytes > MOST_BYTES / 2) return;
    const until = isFirst || before === undefined ? performance.now() + KEPT_FOR : before.until;
    this.#kept.set(key, { value, revision, until, bytes });
    this.#bytes += bytes;
    // The oldest ones go first.
    for (const [oldest, kept] of this.#kept) {
      if (this.#bytes <= MOST_BYTES && performance.now() <= kept.until) break;
      this.#drop(oldest, kept);
    }
  }

  #drop(key: string, { bytes }: Kept): void {
    this.#kept.delete(key);
    this.#bytes -= bytes;
  }
}

const keptOf = new WeakMap<OpenDirectory, KeptAnswers>();

/** What one search has found. */
export interface Search<T> {
  /** Its name, and everything that it depends on beside the caller. */
  readonly asked: readonly unknown[];
  /** Whether a page was answered before. */
  readonly isNextPage: boolean;
  /** About how many bytes it takes to keep it; null: it is not kept. */
  readonly bytesOf: (found: T) => number | null;
  /** `before`: what was found for the pages before; null: it has to be found. */
  readonly find: (before: T | null) => Promise<T>;
}

/** Finds it, or what was found for the pages before. */
export async function foundForPage<T extends { readonly revision: Revision }>(
  context: GuardContext,
  { asked, isNextPage, bytesOf, find }: Search<T>,
): Promise<T> {
  const { directory } = context;
  const kept = keptOf.get(directory) ?? new KeptAnswers();
  keptOf.set(directory, kept);
  const key = textOf([askerOf(context), asked]);
  // as: the name of the search, in the key, says what it finds
  const before = isNextPage ? ((kept.get(key, await directory.revision()) ?? null) as T | null) : null;
  const found = await find(before);
  const bytes = found === before ? null : bytesOf(found);
  if (bytes !== null) kept.put(key, found, found.revision, bytes, before === null);
  return found;
}

/** Whoever asks, with the credentials and from the place that its rights can depend on. */
function askerOf(context: GuardContext): unknown {
  const { caller } = context;
  // Nothing limits the operator.
  return caller.kind === 'operator' ? [caller.kind] : [callerKey(caller), ownContext(context)];
}

function callerKey(caller: Caller): readonly unknown[] {
  switch (caller.kind) {
    case 'operator':
    case 'anonymous':
      return [caller.kind];
    case 'checker':
      return [caller.kind, caller.checker.id, callerKey(caller.maker)];
    case 'principal': {
      const { ref, keyId, session, keySession } = caller;
      return [caller.kind, ref, keyId, session?.id ?? null, keySession?.id ?? null];
    }
    default:
      return caller satisfies never;
  }
}

function textOf(key: unknown): string {
  return JSON.stringify(key, (_name, value: unknown) => (value instanceof Map ? [...value] : value));
}
