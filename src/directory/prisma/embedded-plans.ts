import type { PGlite, Results, Transaction } from '@electric-sql/pglite';
import type { SqlParameter } from './database.ts';
import { isNotKept, LOOK_UP_SETTINGS } from './kept-plans.ts';

/** Ends a text where the database reads it; no parameter that is stored has it. */
const NUL = '\0';

/** A statement, and the name by which it alone is prepared. */
interface NamedStatement {
  readonly name: string;
  readonly text: string;
  readonly parameters: readonly SqlParameter[];
}

/**
 * Statements that are planned once by the embedded database, in which planning the longest takes twenty times as long as answering
 * it. PGlite binds parameters to no statement that was prepared before: they are written into the one that executes it.
 */
export class EmbeddedPlans {
  /** By what runs: another one has none of them. */
  readonly #prepared = new WeakMap<PGlite, Set<string>>();
  #isGivenUp = false;

  /** Begins a look-up; answers the names that are prepared in `client`. Null: nothing is. */
  async begin(client: PGlite, inner: Transaction): Promise<Set<string> | null> {
    if (this.#isGivenUp) return null;
    await inner.exec(`SET LOCAL standard_conforming_strings = on; ${LOOK_UP_SETTINGS}`);
    const prepared = this.#prepared.get(client) ?? new Set();
    this.#prepared.set(client, prepared);
    return prepared;
  }

  /** Whether `error` is what is said where something is not as it was prepared: nothing is from now on. */
  givesUpBy(error: unknown): boolean {
    if (this.#isGivenUp || !isNotKept(error)) return false;
    this.#isGivenUp = true;
    return true;
  }
}

/** Answers `text`, which is or becomes prepared under its name; planned by itself if its parameters cannot be written. */
export async function executed<Row>(
  inner: Transaction,
  prepared: Set<string>,
  { name, text, parameters }: NamedStatement,
): Promise<Results<Row>> {
  const values = parameters.map((each) => literalOf(each));
  if (values.some((each) => each.includes(NUL))) return inner.query<Row>(text, [...parameters]);
  if (!prepared.has(name)) {
    await inner.query(`PREPARE ${name} AS ${text}`);
    prepared.add(name);
  }
  return inner.query<Row>(`EXECUTE ${name}(${values.join(', ')})`);
}

/** https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-STRINGS */
function literalOf(value: SqlParameter): string {
  if (value === null) return 'NULL';
  const text = typeof value === 'object' ? arrayOf(value) : String(value);
  return `'${text.replaceAll("'", "''")}'`;
}

/** https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO */
function arrayOf(texts: readonly string[]): string {
  return `{${texts.map((each) => `"${each.replaceAll(/["\\]/g, '\\$&')}"`).join(',')}}`;
}
