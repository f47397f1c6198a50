import { createHash } from 'node:crypto';
import type { Catalog } from '../../catalog/catalog.ts';
import type { CompiledStatement } from '../../policy/statement.ts';

/** Bytes of what is remembered of one kind. */
const MOST_BYTES = 16_000_000;
/** Of an entry beside what it holds. */
const ENTRY_BYTES = 150;

/** What was last found, by a text of any length. It is emptied when it is full. */
class Remembered<T> {
  readonly #found = new Map<string, T>();
  #bytes = 0;

  get(text: string): T | undefined {
    return this.#found.get(digestOf(text));
  }

  /** `bytes`: about what it takes to keep it. */
  set(text: string, found: T, bytes: number): void {
    if (bytes > MOST_BYTES / 16) return;
    if (this.#bytes + bytes + ENTRY_BYTES > MOST_BYTES) {
      this.#found.clear();
      this.#bytes = 0;
    }
    this.#found.set(digestOf(text), found);
    this.#bytes += bytes + ENTRY_BYTES;
  }
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}

/** Memories of one kind, for all requests of the process: what they hold depends on the text and the catalogue alone. */
export class RememberedByCatalog<T> {
  readonly #memories = new WeakMap<Catalog, Remembered<T>>();

  of(catalog: Catalog): Remembered<T> {
    const known = this.#memories.get(catalog) ?? new Remembered<T>();
    this.#memories.set(catalog, known);
    return known;
  }
}

/** Whether what is found in the statements can be another thing at another time. */
export function dependsOnTime(statements: Iterable<CompiledStatement>): boolean {
  for (const { conditions } of statements) {
    for (const { operator, keys } of conditions) {
      if (/date/i.test(operator) || keys.some(({ name }) => /time|date/i.test(name))) return true;
    }
  }
  return false;
}

/** Equal for statements that say the same, wherever they stand. */
export function textOfStatement({ allows, principal, actions, resources, conditions }: CompiledStatement): string {
  return JSON.stringify([
    allows,
    principal,
    textOfActions({ actions }),
    resources && [resources.negated, resources.patterns.map(({ everything, parts }) => (everything ? '*' : parts))],
    conditions.map(({ operator, key, values }) => [operator, key.written, values]),
  ]);
}

export function textOfActions({ actions: { negated, patterns } }: Pick<CompiledStatement, 'actions'>): string {
  return JSON.stringify([negated, patterns.map(({ service, name }) => [service, name.key])]);
}
