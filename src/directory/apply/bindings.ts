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

/**
 * Binds stored trust and resource policies that name a recreated principal to the deleted one: once a policy is saved, it
 * names its principals by unique id, so the grant does not pass to the new one.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 * `rewritten` are the ARNs of roles and resources whose policy this document replaces.
 */
export async function bindToDeleted(
  sql: Sql,
  replaced: ReadonlyMap<string, string>,
  rewritten: ReadonlySet<string>,
  changes: ChangeSet,
): Promise<void> {
  if (replaced.size === 0) return;
  for (const { entity, hash, bindings } of TARGETS) {
    // A text with escapes can spell a name in many ways; those are handled here.
    const bearers = await sql.query<Bearer>(
      `SELECT e.arn, d.text FROM "${entity}" e JOIN "PolicyDocument" d ON d.hash = e."${hash}"
        WHERE position('\\' in d.text) > 0
           OR EXISTS (SELECT 1 FROM unnest($1::text[]) AS a(arn) WHERE position(a.arn in d.text) > 0)`,
      [[...replaced.keys()]],
    );
    const rows = bearers
      .filter(({ arn }) => !rewritten.has(arn))
      .map(({ arn, text }) => ({ arn, names: namedIn(text, replaced) }))
      .filter(({ names }) => names.length > 0);
    if (rows.length === 0) continue;
    // A name that is already bound stays bound to its first holder.
    await sql.query(
      `UPDATE "${entity}" e SET "${bindings}" = r.bound || e."${bindings}"
         FROM jsonb_to_recordset($1::text::jsonb) AS r(arn text, bound jsonb) WHERE e.arn = r.arn`,
      [
        JSON.stringify(
          rows.map(({ arn, names }) => ({
            arn,
            bound: Object.fromEntries(names.map((name) => [name, replaced.get(name)])),
          })),
        ),
      ],
    );
    for (const { arn } of rows) changes.touch(entity, arn);
  }
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
): Promise<void> {
  if (replaced.size === 0) return;
  const keys = await sql.query<Granting>(
    `SELECT e.arn, e.grants FROM "Resource" e WHERE e.grants <> '[]' AND EXISTS (
       SELECT 1 FROM unnest($1::text[]) AS a(arn)
        WHERE e.grants @> jsonb_build_array(jsonb_build_object('granteePrincipal', a.arn))
           OR e.grants @> jsonb_build_array(jsonb_build_object('retiringPrincipal', a.arn)))`,
    [[...replaced.keys()]],
  );
  const rows = keys
    .filter(({ arn }) => !regranted.has(arn))
    .map(({ arn, grants }) => ({ arn, grants: grants.map((grant) => boundGrant(grant, replaced)) }));
  if (rows.length === 0) return;
  await sql.query(
    `UPDATE "Resource" e SET grants = r.grants
       FROM jsonb_to_recordset($1::text::jsonb) AS r(arn text, grants jsonb) WHERE e.arn = r.arn`,
    [JSON.stringify(rows)],
  );
  for (const { arn } of rows) changes.touch('Resource', arn);
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
