import type {
  GroupInput,
  InlinePolicyInput,
  InstanceProfileInput,
  ManagedPolicyInput,
  RoleInput,
  UserInput,
} from '../document.ts';
import { millisecondsOf, toIso } from '../instants.ts';
import { arnsOf, CREATED, exportedEntities, type KeyedRow, listOf, named, textOf } from './exported.ts';

interface EntityRow extends KeyedRow {
  readonly id: string;
  readonly arn: string;
  readonly createdAt: number;
}

interface HolderRow extends EntityRow {
  readonly inlinePolicies: readonly InlinePolicyInput[];
  readonly attachedPolicies: readonly string[];
}

interface PrincipalRow extends HolderRow {
  readonly tags: Readonly<Record<string, string>>;
  readonly permissionsBoundary: string | null;
}

const ENTITY = `e.arn AS key, e.id, e.arn, ${CREATED}`;

const holder = (column: string): string => `${ENTITY},
  ${listOf(
    `json_build_object('name', p.name, 'document', ${textOf('p."documentHash"')})`,
    'p.name',
    `"InlinePolicy" p WHERE p."${column}" = e.id`,
  )} AS "inlinePolicies",
  ${arnsOf(
    `${named('arn', 'ManagedPolicy', 'id', 'p."policyId"')} AS arn FROM "PolicyAttachment" p WHERE p."${column}" = e.id`,
  )} AS "attachedPolicies"`;

const PRINCIPAL = `e.tags, ${named('arn', 'ManagedPolicy', 'id', 'e."boundaryId"')} AS "permissionsBoundary"`;

function entityOf({ id, arn, createdAt }: EntityRow) {
  return { arn, id, createdAt: toIso(createdAt) };
}

function holderOf(row: HolderRow) {
  const { inlinePolicies, attachedPolicies } = row;
  return { ...entityOf(row), inlinePolicies, attachedPolicies };
}

interface PolicyRow extends EntityRow {
  readonly description: string | null;
  readonly tags: Readonly<Record<string, string>>;
  readonly defaultVersionId: string | null;
  readonly versions: readonly { readonly versionId: string; readonly document: string; readonly createdAt: number }[];
}

/** Most have none. */
function taggedOf({ tags }: { readonly tags: Readonly<Record<string, string>> }) {
  return Object.keys(tags).length === 0 ? {} : { tags };
}

export const policies = exportedEntities<ManagedPolicyInput>(
  'ManagedPolicy',
  `${ENTITY}, e.description, e.tags, e."defaultVersionId",
     ${listOf(
       `json_build_object('versionId', v."versionId", 'document', ${textOf('v."documentHash"')},
          'createdAt', ${millisecondsOf('v."createdAt"')})`,
       'v."versionId"',
       `"PolicyVersion" v WHERE v."policyId" = e.id`,
     )} AS versions`,
  (row: PolicyRow) => ({
    ...entityOf(row),
    ...(row.description === null ? {} : { description: row.description }),
    ...taggedOf(row),
    defaultVersionId: row.defaultVersionId,
    versions: row.versions.map((version) => ({ ...version, createdAt: toIso(version.createdAt) })),
    wholeVersions: true,
  }),
);

export const groups = exportedEntities<GroupInput>('Group', holder('groupId'), holderOf);

export const users = exportedEntities<UserInput>(
  'User',
  `${holder('userId')}, ${PRINCIPAL},
     ${arnsOf(`${named('arn', 'Group', 'id', 'm."groupId"')} AS arn FROM "GroupMembership" m WHERE m."userId" = e.id`)} AS groups`,
  (row: PrincipalRow & { readonly groups: readonly string[] }) => ({
    ...holderOf(row),
    tags: row.tags,
    permissionsBoundary: row.permissionsBoundary,
    groups: row.groups,
  }),
);

interface RoleRow extends PrincipalRow {
  readonly description: string | null;
  readonly maxSessionDuration: number;
  readonly trustPolicy: string;
  readonly trustBindings: Readonly<Record<string, string>>;
}

export const roles = exportedEntities<RoleInput>(
  'Role',
  `${holder('roleId')}, ${PRINCIPAL}, e.description, e."maxSessionDuration", e."trustBindings",
     ${textOf('e."trustPolicyHash"')} AS "trustPolicy"`,
  (row: RoleRow) => ({
    ...holderOf(row),
    ...(row.description === null ? {} : { description: row.description }),
    maxSessionDuration: row.maxSessionDuration,
    tags: row.tags,
    permissionsBoundary: row.permissionsBoundary,
    trustPolicy: row.trustPolicy,
    ...boundOf('trustBindings', row.trustBindings),
  }),
);

/** Few policies name somebody who was deleted. */
export function boundOf<Name extends string>(
  name: Name,
  bindings: Readonly<Record<string, string>>,
): { readonly [P in Name]?: Readonly<Record<string, string>> } {
  // as: a computed key widens to string
  return Object.keys(bindings).length === 0 ? {} : ({ [name]: bindings } as { readonly [P in Name]: typeof bindings });
}

export const instanceProfiles = exportedEntities<InstanceProfileInput>(
  'InstanceProfile',
  `${ENTITY}, e.tags, ${named('arn', 'Role', 'id', 'e."roleId"')} AS role`,
  (row: EntityRow & { readonly tags: Readonly<Record<string, string>>; readonly role: string | null }) => ({
    ...entityOf(row),
    ...taggedOf(row),
    role: row.role,
  }),
);
