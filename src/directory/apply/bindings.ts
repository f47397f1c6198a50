import { setImmediate } from 'node:timers/promises';
import type { KmsGrantInput } from '../document.ts';
import type { Sql } from '../prisma/database.ts';
import type { ChangeSet } from './change-set.ts';

/** Every text in a JSON document that is not a key. */
function* textsIn(value: unknown): Iterable<string> {
  if (typeof value === 'string') yield value;
  else if (typeof value === 'object' && value !== null) for (const each of Object.values(value)) yield* textsIn(each);
}

function namedIn(text: string, arns: ReadonlyMap<string, string>): readonly string[] {
  try {
    return Array.from(new Set(textsIn(JSON.parse(text)))).filter((each) => arns.has(each));
  } catch {
    return [...arns.keys()].filter((arn) => text.includes(arn));
  }
}

interface Bearer {
  readonly arn: string;
  readonly text: string;
}

const TARGETS = [
  { entity: 'Role', hash: 'trustPolicyHash', bindings: 'trustBindings' },
  { entity: 'Resource', hash: 'policyHash', bindings: 'policyBindings' },
] as const;

/** Most rows that one statement looks at: it searches their texts, and the next one may write all of them. */
const ROWS = 500;
/** More names are not searched one by one. */
const FEW = 8;

/** What a text that has one of these names holds: the names, or, where they are many, what those of an account begin with. */
function tracesOf(arns: ReadonlyMap<string, string>): readonly string[] {
  const names = [...arns.keys()];
  return names.length <= FEW ? names : [...new Set(names.map((arn) => `${arn.split(':', 5).join(':')}:`))];
}

/** Rows of an entity that may name one of the principals, a page after the other. `text`: SQL. */
async function* traced<Row extends { readonly arn: string }>(
  sql: Sql,
  entity: string,
  { columns, join, where }: { readonly columns: string; readonly join: string; readonly where: string },
  { traces, turn }: { readonly traces: readonly string[]; readonly turn: () => Promise<void> },
): AsyncGenerator<readonly Row[]> {
  for (let after = ''; ; ) {
    const [page] = await sql.query<{ last: string | null; rows: readonly Row[] | null }>(
      `WITH e AS MATERIALIZED (SELECT * FROM "${entity}" WHERE arn > $2 ORDER BY arn LIMIT $3::int4)
       SELECT (SELECT max(arn) FROM e) AS last, (SELECT json_agg(f) FROM (SELECT ${columns} FROM e ${join} WHERE ${where}) f) AS rows`,
      [traces, after, Math.min(ROWS, sql.batch)],
    );
    if (page?.rows != null) yield page.rows;
    if (page?.last == null) return;
    after = page.last;
    await turn();
  }
}

/**
 * Binds stored trust and resource policies that name a recreated principal to the deleted one: once a policy is saved, it
 * names its principals by unique id, so the grant does not pass to the new one.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 * `rewritten` are the ARNs of roles and resources whose policy this document replaces. `turn`: awaited between two pages.
 */
export async function bindToDeleted(
  sql: Sql,
  replaced: ReadonlyMap<string, string>,
  rewritten: ReadonlySet<string>,
  changes: ChangeSet,
  turn: () => Promise<void> = () => setImmediate(),
): Promise<void> {
  if (replaced.size === 0) return;
  const traces = tracesOf(replaced);
  for (const { entity, hash, bindings } of TARGETS) {
    const parts = {
      columns: 'e.arn, d.text',
      join: `JOIN "PolicyDocument" d ON d.hash = e."${hash}"`,
      // A text with escapes can spell a name in many ways; those are looked at here.
      where: `position('\\' in d.text) > 0 OR EXISTS (SELECT 1 FROM unnest($1::text[]) AS a(trace) WHERE position(a.trace in d.text) > 0)`,
    };
    for await (const bearers of traced<Bearer>(sql, entity, parts, { traces, turn })) {
      const rows = bearers
        .filter(({ arn }) => !rewritten.has(arn))
        .map(({ arn, text }) => ({ arn, names: namedIn(text, replaced) }))
        .filter(({ names }) => names.length > 0);
      if (rows.length === 0) continue;
      // A name that is already bound stays bound to its first holder.
      await sql.query(
        `UPDATE "${entity}" e SET "${bindings}" = r.bound || e."${bindings}"
           FROM jsonb_to_recordset($1::text::jsonb) AS r(arn text, bound jsonb) WHERE e.arn = r.arn`,
        [JSON.stringify(rows.map(({ arn, names }) => ({ arn, bound: boundOf(names, replaced) })))],
      );
      for (const { arn } of rows) changes.touch(entity, arn);
    }
  }
}

function boundOf(names: readonly string[], replaced: ReadonlyMap<string, string>): Record<string, string | undefined> {
  return Object.fromEntries(names.map((name) => [name, replaced.get(name)]));
}

interface Granting {
  readonly arn: string;
  readonly grants: readonly KmsGrantInput[];
}

/**
 * Grants of KMS keys name a recreated principal's former self by its unique id from now on, as AWS prints principals that are
 * gone. `regranted` are the ARNs of keys whose grants this document replaces: those name the principals of today.
 */
export async function bindGrantsToDeleted(
  sql: Sql,
  replaced: ReadonlyMap<string, string>,
  regranted: ReadonlySet<string>,
  changes: ChangeSet,
  turn: () => Promise<void> = () => setImmediate(),
): Promise<void> {
  if (replaced.size === 0) return;
  const traces = tracesOf(replaced);
  const parts = {
    columns: 'e.arn, e.grants',
    join: '',
    // A path can hold what JSON escapes; what is found by that alone is left out below.
    where: `e.grants <> '[]' AND (position('\\' in e.grants::text) > 0 OR EXISTS (
      SELECT 1 FROM unnest($1::text[]) AS a(trace) WHERE position(a.trace in e.grants::text) > 0))`,
  };
  for await (const keys of traced<Granting>(sql, 'Resource', parts, { traces, turn })) {
    const rows = keys
      .filter(({ arn, grants }) => !regranted.has(arn) && grants.some((grant) => namesOne(grant, replaced)))
      .map(({ arn, grants }) => ({ arn, grants: grants.map((grant) => boundGrant(grant, replaced)) }));
    if (rows.length === 0) continue;
    await sql.query(
      `UPDATE "Resource" e SET grants = r.grants
         FROM jsonb_to_recordset($1::text::jsonb) AS r(arn text, grants jsonb) WHERE e.arn = r.arn`,
      [JSON.stringify(rows)],
    );
    for (const { arn } of rows) changes.touch('Resource', arn);
  }
}

function namesOne(grant: KmsGrantInput, replaced: ReadonlyMap<string, string>): boolean {
  const { granteePrincipal, retiringPrincipal } = grant;
  return replaced.has(granteePrincipal) || (retiringPrincipal !== undefined && replaced.has(retiringPrincipal));
}

function boundGrant(grant: KmsGrantInput, replaced: ReadonlyMap<string, string>): KmsGrantInput {
  const { granteePrincipal, retiringPrincipal } = grant;
  return {
    ...grant,
    granteePrincipal: replaced.get(granteePrincipal) ?? granteePrincipal,
    ...(retiringPrincipal === undefined
      ? {}
      : { retiringPrincipal: replaced.get(retiringPrincipal) ?? retiringPrincipal }),
  };
}
