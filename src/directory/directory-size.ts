import type { DirectorySize, Revision } from './directory.ts';
import type { Database } from './prisma/database.ts';

/** How long a known size is good enough where others may have written. Milliseconds. */
const GOOD_FOR = 60_000;
/** Rows that are counted of a table of which the database has no estimate: it makes one when there are more. */
const COUNTED = 20_000;

const TABLES = ['User', 'Role', 'Resource'] as const;

/**
 * The size of the directory as the database estimates it, known without waiting: a search says what it costs before it begins. It is
 * read again after imports, and when something else has changed now and then.
 */
export class KnownSize {
  readonly #database: Database;
  readonly #revisionNow: () => Revision;
  #size: DirectorySize = { principals: 0, roles: 0, resources: 0 };
  #readAt = Number.NEGATIVE_INFINITY;
  #readOn: Revision | null = null;
  #isReading = false;

  /** `revisionNow`: the newest that is known. */
  constructor(database: Database, revisionNow: () => Revision) {
    this.#database = database;
    this.#revisionNow = revisionNow;
  }

  /** As it was read last. */
  get known(): DirectorySize {
    const hasChanged = this.#revisionNow() !== this.#readOn;
    if (hasChanged && !this.#isReading && performance.now() - this.#readAt > GOOD_FOR) {
      // A database that does not answer is told about where it is needed.
      this.read().catch(() => undefined);
    }
    return this.#size;
  }

  async read(): Promise<void> {
    this.#isReading = true;
    this.#readOn = this.#revisionNow();
    try {
      const rows = await this.#database.query<{ name: string; count: number }>(SELECT);
      const counts = new Map(rows.map(({ name, count }) => [name, count]));
      const [users = 0, roles = 0, resources = 0] = TABLES.map((table) => counts.get(table) ?? 0);
      this.#size = { principals: users + roles, roles, resources };
    } finally {
      this.#readAt = performance.now();
      this.#isReading = false;
    }
  }
}

/** The estimate is -1 where there is none. */
const SELECT = TABLES.map(
  (table) => `SELECT '${table}' AS name, CASE WHEN c.reltuples >= ${COUNTED} THEN c.reltuples::float8
      ELSE (SELECT count(*) FROM (SELECT 1 FROM "${table}" LIMIT ${COUNTED}) AS counted)::float8 END AS count
    FROM pg_class AS c WHERE c.oid = '"${table}"'::regclass`,
).join(' UNION ALL ');
