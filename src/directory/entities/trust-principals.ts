import { RolegateError } from '../../policy/errors.ts';
import type { JsonValue } from '../../policy/json.ts';
import type { Touched } from '../apply/revision.ts';
import type { Sql } from '../prisma/database.ts';

const ENTITY = /^arn:[^:]+:iam::\d{12}:(?:user|role)\//;

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

function memberOf(value: JsonValue | undefined, name: string): JsonValue | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Reflect.get(value, name) : undefined;
}

/** ARNs of the users and roles that a policy names as its principals. */
function entitiesIn(document: string): readonly string[] {
  // What JSON.parse answers is a JsonValue.
  const policy = JSON.parse(document) as JsonValue;
  return listOf(memberOf(policy, 'Statement'))
    .flatMap((statement) => listOf(memberOf(memberOf(statement, 'Principal'), 'AWS')))
    .filter((name): name is string => typeof name === 'string' && ENTITY.test(name));
}

/**
 * A written policy names users and roles that exist: AWS replaces their ARNs by unique ids. Returns those that it names. Throws
 * MalformedPolicyDocument for others, where the directory knows the entities of their account.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
export async function checkPrincipals(
  sql: Sql,
  document: string,
  field = 'policyDocument',
): Promise<readonly Touched[]> {
  const names = [...new Set(entitiesIn(document))];
  const missing = await firstMissing(sql, names);
  if (missing === undefined) {
    return names.map((entityId) => ({ entity: entityId.includes(':user/') ? 'User' : 'Role', entityId }));
  }
  throw new RolegateError('MalformedPolicyDocument', `Invalid principal in policy: "AWS":"${missing}"`, { field });
}

/** The first of the ARNs that is that of a user or role which does not exist, where the directory knows the entities of its account. */
export async function firstMissing(sql: Sql, arns: readonly string[]): Promise<string | undefined> {
  const names = [...new Set(arns.filter((arn) => ENTITY.test(arn)))];
  if (names.length === 0) return undefined;
  const [missing] = await sql.query<{ arn: string }>(
    `SELECT n.arn FROM unnest($1::text[]) WITH ORDINALITY AS n(arn, position)
      WHERE NOT EXISTS (SELECT 1 FROM "User" u WHERE u.arn = n.arn)
        AND NOT EXISTS (SELECT 1 FROM "Role" r WHERE r.arn = n.arn)
        AND (EXISTS (SELECT 1 FROM "User" u WHERE u."accountId" = split_part(n.arn, ':', 5))
          OR EXISTS (SELECT 1 FROM "Role" r WHERE r."accountId" = split_part(n.arn, ':', 5)))
      ORDER BY n.position LIMIT 1`,
    [names],
  );
  return missing?.arn;
}
