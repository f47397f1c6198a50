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
