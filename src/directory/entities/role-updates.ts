import { arnOf } from '../apply/entity-arn.ts';
import type { Sql } from '../prisma/database.ts';
import { firstBoundary } from './attachments.ts';
import type { Made } from './change-of.ts';
import type { RoleName } from './entity-inputs.ts';
import { changed, type Holder } from './holder.ts';
import { holderChanges } from './holder-changes.ts';
import type { Creations, Described, Duration, GivenTagKeys, GivenTags, RoleUpdates } from './iam-inputs.ts';
import { keepDocument } from './inline-policies.ts';
import { madeEntity, newEntity } from './new-entity.ts';
import { changeTags, withoutTags, withTags } from './tags.ts';
import { checkPrincipals } from './trust-principals.ts';

/** Seconds. https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html */
const DURATION = 3600;

/**
 * Of a service-linked role only the description and the tags are changed, with the calls that are for nothing else: UpdateRole is refused.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagRole.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html
 */
const OF_AWS_TOO = { alsoOfAws: true };

const of = holderChanges('Role', ({ roleArn }: RoleName) => roleArn);

const createRole: Creations['createRole'] = async (sql, input, tools) => {
  const { assumeRolePolicyDocument, description, maxSessionDuration, permissionsBoundary, tags } = input;
  const roleArn = arnOf('Role', input, input.roleName);
  const { id, accountId, name, path, createdAt } = await newEntity(sql, 'Role', roleArn, tools);
  const principals = await checkPrincipals(sql, assumeRolePolicyDocument, 'assumeRolePolicyDocument');
  const trust = await keepDocument(sql, assumeRolePolicyDocument);
  const boundary = await firstBoundary(sql, tools, accountId, permissionsBoundary);
  await sql.query(
    `INSERT INTO "Role" (id, arn, "accountId", name, path, "createdAt", description, "maxSessionDuration", tags, "boundaryId",
       "trustPolicyHash")
     VALUES ($1, $2, $3, $4, $5, $6::text::timestamp(3), $7, $8::int4, $9::text::jsonb, $10, $11)`,
    [
      id,
      roleArn,
      accountId,
      name,
      path,
      createdAt,
      description ?? null,
      maxSessionDuration ?? DURATION,
      JSON.stringify(withTags('Role', {}, tags ?? [])),
      boundary.id,
      trust,
    ],
  );
  const made = madeEntity('Role', { arn: roleArn, accountId }, ...boundary.read, ...principals);
  return { ...made, touched: [...boundary.touched, ...made.touched] };
};

async function update(
  sql: Sql,
  role: Holder,
  { description, maxSessionDuration }: Described & Duration,
): Promise<Made> {
  const rows = await sql.query(
    `UPDATE "Role" SET description = coalesce($2, description), "maxSessionDuration" = coalesce($3::int4, "maxSessionDuration")
      WHERE id = $1 AND (description IS DISTINCT FROM coalesce($2, description)
        OR "maxSessionDuration" <> coalesce($3::int4, "maxSessionDuration")) RETURNING id`,
    [role.id, description ?? null, maxSessionDuration ?? null],
  );
  return changed(role, rows);
}

/** What makes roles, and changes what they are. */
export const ROLE_UPDATES: Pick<Creations, 'createRole'> & RoleUpdates = {
  createRole,
  updateRole: of.change<RoleName & Described & Duration>((sql, role, given) => update(sql, role, given)),
  updateRoleDescription: of.change<RoleName & { readonly description: string }>(
    (sql, role, { description }) => update(sql, role, { description }),
    OF_AWS_TOO,
  ),
  tagRole: of.change<RoleName & GivenTags>(
    async (sql, role, { tags }) =>
      changed(role, (await changeTags(sql, 'Role', role.id, (stored) => withTags('Role', stored, tags))) ? [null] : []),
    OF_AWS_TOO,
  ),
  untagRole: of.change<RoleName & GivenTagKeys>(
    async (sql, role, { tagKeys }) =>
      changed(role, (await changeTags(sql, 'Role', role.id, (stored) => withoutTags(stored, tagKeys))) ? [null] : []),
    OF_AWS_TOO,
  ),
};
