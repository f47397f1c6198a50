import { millisecondsOf } from '../instants.ts';
import type { FindKind, FindOrderField } from './find-store.ts';

/** The fewest characters that are searched for anywhere in a text: shorter ones have no trigrams. */
export const MIN_SUBSTRING = 3;

/** A sort key in SQL. */
export interface FindKey {
  /** The expression on a row `e`. */
  readonly sql: string;
  /** The key as text, of which `placed` makes a value to compare with. */
  readonly text: string;
  readonly placed: (parameter: string) => string;
  /** Whether no two rows have the same. */
  readonly unique: boolean;
  /** For the text where rows of several tables are put in order together. */
  readonly collation: string;
}

interface FindTable {
  readonly id: string;
  readonly arn: string;
  /** The text, in lower case, that is searched. Between its parts stands a line break, which no search contains. */
  readonly searched: string;
  /** The names, in lower case, that short searches find by their beginning. */
  readonly named: string;
  readonly keys: Readonly<Partial<Record<FindOrderField, FindKey>>>;
}

function textKey(sql: string): FindKey {
  return { sql, text: sql, placed: (parameter) => `${parameter}::text`, unique: true, collation: '' };
}

/** Names without regard to case, in the same order in every database, and in an order whose indexes also find beginnings. */
function nameKey(sql: string): FindKey {
  return { ...textKey(`${sql} COLLATE "C"`), unique: false, collation: ' COLLATE "C"' };
}

/** Milliseconds since 1970 in fifteen digits, so that they are in order as texts. */
const CREATED_AT: FindKey = {
  sql: 'e."createdAt"',
  text: `to_char(${millisecondsOf('e."createdAt"')}, 'FM000000000000000')`,
  placed: (parameter) => `(timestamp 'epoch' + ${parameter}::text::float8 * interval '1 millisecond')`,
  unique: false,
  collation: ' COLLATE "C"',
};

const NAME = 'lower(e.name)';

const IAM_ENTITY: FindTable = {
  id: 'e.id',
  arn: 'e.arn',
  searched: `lower(e.arn || E'\\n' || e.id)`,
  named: NAME,
  keys: { ID: textKey('e.id'), ARN: textKey('e.arn'), NAME: nameKey(NAME), CREATED_AT },
};

const ACCOUNT_NAME = `lower(coalesce(e.name, ''))`;

export const FIND_TABLES: Readonly<Record<FindKind, FindTable>> = {
  User: IAM_ENTITY,
  Role: IAM_ENTITY,
  Group: IAM_ENTITY,
  ManagedPolicy: IAM_ENTITY,
  Account: {
    id: 'e.id',
    arn: 'e.id',
    searched: `lower(e.id || E'\\n' || coalesce(e.name, ''))`,
    named: ACCOUNT_NAME,
    keys: { ID: textKey('e.id'), NAME: nameKey(ACCOUNT_NAME) },
  },
  Resource: {
    id: 'e.arn',
    arn: 'e.arn',
    searched: 'lower(e.arn)',
    // What stands behind the account in the ARN.
    named: `lower(regexp_replace(e.arn, '^(?:[^:]*:){5}', ''))`,
    keys: { ID: textKey('e.arn'), ARN: textKey('e.arn') },
  },
};

/** The sort keys that entries of these kinds have in common. */
export function orderFieldsOf(kinds: readonly FindKind[]): readonly FindOrderField[] {
  const all: readonly FindOrderField[] = ['ID', 'ARN', 'NAME', 'CREATED_AT'];
  return all.filter((field) => kinds.every((kind) => FIND_TABLES[kind].keys[field] !== undefined));
}

interface SearchIndex {
  readonly name: string;
  /** `opclasses`: the schema of pg_trgm. */
  readonly statement: (opclasses: string) => string;
}

const indexed = (sql: string): string => sql.replaceAll('e.', '');

/**
 * Kilobytes of new entries that wait to be put in order, and that every search reads until then. PGlite has no process that does it
 * in between: with PostgreSQL's 4 MB a search would take 50 ms longer; with half a megabyte writing costs no more.
 */
const PENDING = 512;

/** Indexes for searches of any part of a text. They need the extension pg_trgm. */
export const SUBSTRING_INDEXES: readonly SearchIndex[] = Object.entries(FIND_TABLES).map(([kind, { searched }]) => ({
  name: `${kind}_substring`,
  statement: (opclasses) =>
    `CREATE INDEX IF NOT EXISTS "${kind}_substring" ON "${kind}" USING gin ((${indexed(searched)}) ${opclasses}.gin_trgm_ops) WITH (gin_pending_list_limit = ${PENDING})`,
}));

/** Indexes for names: their order, and their beginnings. */
export const NAME_INDEXES: readonly SearchIndex[] = Object.entries(FIND_TABLES).map(([kind, { named, id }]) => ({
  name: `${kind}_named`,
  statement: () =>
    `CREATE INDEX IF NOT EXISTS "${kind}_named" ON "${kind}" ((${indexed(named)} COLLATE "C"), ${indexed(id)})`,
}));
