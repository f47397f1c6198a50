import { PARTS } from '../directory/entities/parts.ts';
import { noteParts } from './asked-parts.ts';
import type { Attempt } from './attempt.ts';
import type { GuardContext } from './context.ts';
import { onHolder, permissionsOn } from './entity-attempts.ts';
import type { Permission } from './permission.ts';

// What AWS has no operation for, to delete an entity with all that hangs on it, is asked as the operations of IAM that it
// stands for: each on its own resource, with the condition keys that IAM has for it. A part that is not there is not asked for.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html

interface Deletion {
  /** Whether its dependents are deleted as well. */
  readonly withDependents: boolean;
}

/** What users and roles alike can have, and groups without a boundary. */
const HELD = {
  boundary: { select: { arn: true } },
  attachments: { select: { policy: { select: { arn: true } } }, orderBy: { policyId: 'asc' } },
  inlinePolicies: { select: { name: true }, take: 1 },
} as const;

interface Held {
  readonly boundary: { readonly arn: string } | null;
  readonly attachments: readonly { readonly policy: { readonly arn: string } }[];
  readonly inlinePolicies: readonly object[];
}

/** The attempt to delete a role, and its dependents if requested. */
export async function deletionOfRole(
  { roleArn, withDependents }: Deletion & { readonly roleArn: string },
  context: GuardContext,
): Promise<Attempt> {
  const role = await context.directory.prisma.role.findUnique({
    where: { arn: roleArn },
    select: { ...HELD, instanceProfiles: { select: { arn: true }, orderBy: { arn: 'asc' } } },
  });
  const own = onHolder('DeleteRole', roleArn, role?.boundary?.arn ?? null);
  if (role === null || !withDependents) return { kind: 'permitted', permissions: [own] };
  const profiles = role.instanceProfiles.map(({ arn }) => arn);
  noteParts(context, roleArn, [...partsOf(role), ...profiles.map(PARTS.instanceProfile)]);
  const permissions = [
    own,
    ...policiesOf(role, roleArn, 'Role'),
    ...permissionsOn(['RemoveRoleFromInstanceProfile'], profiles),
  ];
  return { kind: 'permitted', permissions };
}

/** The attempt to delete a user, and its dependents if requested. */
export async function deletionOfUser(
  { userArn, withDependents }: Deletion & { readonly userArn: string },
  context: GuardContext,
): Promise<Attempt> {
  const own = permissionsOn(['DeleteUser'], [userArn]);
  if (!withDependents) return { kind: 'permitted', permissions: own };
  const user = await context.directory.prisma.user.findUnique({
    where: { arn: userArn },
    select: {
      ...HELD,
      accessKeys: { select: { id: true }, take: 1 },
      mfaDevices: { select: { serialNumber: true }, take: 1 },
      memberships: { select: { group: { select: { arn: true } } }, orderBy: { groupId: 'asc' } },
    },
  });
  if (user === null) return { kind: 'permitted', permissions: own };
  const groups = user.memberships.map(({ group }) => group.arn);
  noteParts(context, userArn, [
    ...partsOf(user),
    ...(user.accessKeys.length === 0 ? [] : [PARTS.accessKeys]),
    ...(user.mfaDevices.length === 0 ? [] : [PARTS.mfaDevices]),
    ...groups.map(PARTS.group),
  ]);
  const permissions = [
    ...own,
    ...(user.accessKeys.length === 0 ? [] : permissionsOn(['DeleteAccessKey'], [userArn])),
    ...(user.mfaDevices.length === 0 ? [] : permissionsOn(['DeactivateMFADevice'], [userArn])),
    ...policiesOf(user, userArn, 'User'),
    ...permissionsOn(['RemoveUserFromGroup'], groups),
  ];
  return { kind: 'permitted', permissions };
}

/** The attempt to delete a group, and its dependents if requested. */
export async function deletionOfGroup(
  { groupArn, withDependents }: Deletion & { readonly groupArn: string },
  context: GuardContext,
): Promise<Attempt> {
  const own = permissionsOn(['DeleteGroup'], [groupArn]);
  if (!withDependents) return { kind: 'permitted', permissions: own };
  const { attachments, inlinePolicies } = HELD;
  const group = await context.directory.prisma.group.findUnique({
    where: { arn: groupArn },
    select: { attachments, inlinePolicies, memberships: { select: { userId: true }, take: 1 } },
  });
  if (group === null) return { kind: 'permitted', permissions: own };
  noteParts(context, groupArn, [...heldParts(group), ...(group.memberships.length === 0 ? [] : [PARTS.members])]);
  const permissions = [
    ...own,
    ...policiesOf({ ...group, boundary: null }, groupArn, 'Group'),
    ...(group.memberships.length === 0 ? [] : permissionsOn(['RemoveUserFromGroup'], [groupArn])),
  ];
  return { kind: 'permitted', permissions };
}

const HOLDER = { select: { arn: true, boundary: { select: { arn: true } } } } as const;

/** The attempt to delete a managed policy; with dependents also to detach it and to delete its other versions. */
export async function deletionOfPolicy(
  { policyArn, withDependents }: Deletion & { readonly policyArn: string },
  context: GuardContext,
): Promise<Attempt> {
  const own = permissionsOn(['DeletePolicy'], [policyArn]);
  if (!withDependents) return { kind: 'permitted', permissions: own };
  const policy = await context.directory.prisma.managedPolicy.findUnique({
    where: { arn: policyArn },
    select: {
      versions: { select: { versionId: true }, take: 2 },
      attachments: { select: { user: HOLDER, role: HOLDER, group: { select: { arn: true } } }, orderBy: { id: 'asc' } },
    },
  });
  if (policy === null) return { kind: 'permitted', permissions: own };
  const holders = policy.attachments.flatMap(({ user, role, group }) => user?.arn ?? role?.arn ?? group?.arn ?? []);
  noteParts(context, policyArn, [
    ...holders.map(PARTS.holder),
    ...(policy.versions.length < 2 ? [] : [PARTS.versions]),
  ]);
  const detached = policy.attachments.flatMap(({ user, role, group }) => [
    ...(user === null ? [] : [onHolder('DetachUserPolicy', user.arn, user.boundary?.arn ?? null, policyArn)]),
    ...(role === null ? [] : [onHolder('DetachRolePolicy', role.arn, role.boundary?.arn ?? null, policyArn)]),
    ...(group === null ? [] : [onHolder('DetachGroupPolicy', group.arn, null, policyArn)]),
  ]);
  const versions = policy.versions.length < 2 ? [] : permissionsOn(['DeletePolicyVersion'], [policyArn]);
  return { kind: 'permitted', permissions: [...own, ...versions, ...detached] };
}

/** The attempt to delete an instance profile; with dependents also to take its role out. */
export async function deletionOfProfile(
  { instanceProfileArn, withDependents }: Deletion & { readonly instanceProfileArn: string },
  context: GuardContext,
): Promise<Attempt> {
  const own = permissionsOn(['DeleteInstanceProfile'], [instanceProfileArn]);
  const profile = withDependents
    ? await context.directory.prisma.instanceProfile.findUnique({
        where: { arn: instanceProfileArn },
        select: { roleId: true },
      })
    : null;
  const isEmpty = (profile?.roleId ?? null) === null;
  if (withDependents) noteParts(context, instanceProfileArn, isEmpty ? [] : [PARTS.role]);
  const emptied = isEmpty ? [] : permissionsOn(['RemoveRoleFromInstanceProfile'], [instanceProfileArn]);
  return { kind: 'permitted', permissions: [...own, ...emptied] };
}

/** What both have, as the change that deletes it names it. What is not there yet is not among them. */
function partsOf({ boundary, ...held }: Held): readonly string[] {
  return [PARTS.boundary(boundary?.arn ?? null), ...heldParts(held)];
}

function heldParts({ attachments, inlinePolicies }: Omit<Held, 'boundary'>): readonly string[] {
  return [
    ...(inlinePolicies.length === 0 ? [] : [PARTS.inlinePolicies]),
    ...attachments.map(({ policy }) => PARTS.attached(policy.arn)),
  ];
}

/** Taking its policies away: inline ones with one permission, since IAM has no key for their names; the others one by one. */
function policiesOf(
  { boundary, attachments, inlinePolicies }: Held,
  arn: string,
  noun: 'User' | 'Group' | 'Role',
): Permission[] {
  const limit = boundary?.arn ?? null;
  const inline = inlinePolicies.length === 0 ? [] : [onHolder(`Delete${noun}Policy`, arn, limit)];
  return [...inline, ...attachments.map(({ policy }) => onHolder(`Detach${noun}Policy`, arn, limit, policy.arn))];
}
