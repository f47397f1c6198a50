import { RolegateError } from '../../policy/errors.ts';
import type { Sql } from '../prisma/database.ts';
import type { Holder, HolderKind } from './holder.ts';

/**
 * Names of what is deleted with an entity, or goes with a change of it, as far as it is decided by itself whether a caller may delete it: a policy that is attached is
 * one part, all inline policies are another one.
 */
export const PARTS = {
  boundary: (arn: string | null): string => `boundary ${arn ?? ''}`,
  inlinePolicies: 'inline policies',
  attached: (arn: string): string => `attached ${arn}`,
  instanceProfile: (arn: string): string => `instance profile ${arn}`,
  accessKeys: 'access keys',
  mfaDevices: 'MFA devices',
  group: (arn: string): string => `group ${arn}`,
  members: 'members',
  holder: (arn: string): string => `holder ${arn}`,
  versions: 'versions',
  role: 'role',
  tag: (key: string): string => `tag ${key}`,
} as const;

const there = (part: string, table: string, column: string): string =>
  `SELECT '${part}' AS part WHERE EXISTS (SELECT 1 FROM "${table}" WHERE "${column}" = $1)`;

const selectBoundary = (kind: 'User' | 'Role'): string =>
  `SELECT '${PARTS.boundary('')}' || coalesce(
     (SELECT p.arn FROM "${kind}" h JOIN "ManagedPolicy" p ON p.id = h."boundaryId" WHERE h.id = $1), '') AS part`;

const selectHeld = (column: Holder['column']): readonly string[] => [
  there(PARTS.inlinePolicies, 'InlinePolicy', column),
  `SELECT '${PARTS.attached('')}' || p.arn FROM "PolicyAttachment" a JOIN "ManagedPolicy" p ON p.id = a."policyId" WHERE a."${column}" = $1`,
];

const SELECT_PARTS: Readonly<Record<HolderKind, string>> = {
  Role: [
    selectBoundary('Role'),
    ...selectHeld('roleId'),
    `SELECT '${PARTS.instanceProfile('')}' || arn FROM "InstanceProfile" WHERE "roleId" = $1`,
  ].join(' UNION ALL '),
  User: [
    selectBoundary('User'),
    ...selectHeld('userId'),
    there(PARTS.accessKeys, 'AccessKey', 'userId'),
    there(PARTS.mfaDevices, 'MfaDevice', 'userId'),
    `SELECT '${PARTS.group('')}' || g.arn FROM "GroupMembership" m JOIN "Group" g ON g.id = m."groupId" WHERE m."userId" = $1`,
  ].join(' UNION ALL '),
  Group: [...selectHeld('groupId'), there(PARTS.members, 'GroupMembership', 'groupId')].join(' UNION ALL '),
};

/** Throws CONFLICT if something would be deleted that is none of `asked`: nobody has decided whether the caller may. */
export async function checkParts(sql: Sql, { kind, id, arn }: Holder, asked: readonly string[]): Promise<void> {
  const rows = await sql.query<{ part: string }>(SELECT_PARTS[kind], [id]);
  refuseOthers(
    arn,
    rows.map(({ part }) => part),
    asked,
  );
}

const GOING = {
  deleted: ['what would be deleted with', 'delete'],
  replaced: ['what would be taken from', 'take'],
} as const;

/** Throws CONFLICT if one of `parts` is none of `asked`; undefined: nobody had to be asked. */
export function refuseOthers(
  arn: string,
  parts: readonly string[],
  asked: readonly string[] | undefined,
  how: keyof typeof GOING = 'deleted',
): void {
  const known = asked === undefined ? null : new Set(asked);
  if (known === null || parts.every((part) => known.has(part))) return;
  const [what, goes] = GOING[how];
  throw new RolegateError(
    'CONFLICT',
    `${what} \`${arn}\` has changed since it was decided whether the caller may ${goes} it: ask again`,
  );
}
