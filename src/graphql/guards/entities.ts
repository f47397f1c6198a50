import { ORGANIZATION_READINGS } from '../../guard/organization-readings.ts';
import { READINGS, type Reading } from '../../guard/readings.ts';
import type { Account } from '../entities/account.ts';
import type { Group } from '../entities/group.ts';
import type { InstanceProfile } from '../entities/instance-profile.ts';
import type { ManagedPolicy } from '../entities/managed-policy.ts';
import type { Resource } from '../entities/resource.ts';
import type { Role } from '../entities/role.ts';
import type { User } from '../entities/user.ts';
import type { ControlPolicy, Organization, OrganizationalUnit, OrganizationRoot } from '../organizations/types.ts';
import type { RoleSession } from '../sessions/role-session.ts';
import { type FieldGuard, reads } from './field-guard.ts';

type Row<Ref extends { readonly $inferType: unknown }> = Ref['$inferType'];
type Guards = Readonly<Record<string, FieldGuard>>;

/** Guards for the fields of `type` that have the names of their readings. */
function fieldsOf<Entity>(
  type: string,
  readings: Readonly<Record<string, Reading<Entity>>>,
  entityOf: (parent: never) => Entity,
): Guards {
  const named = Object.entries(readings);
  return Object.fromEntries(named.map(([name, reading]) => [`${type}.${name}`, reads(reading, entityOf)]));
}

/** An inline policy as its `document` selects it. */
interface InlinePolicyRow {
  readonly user: Named | null;
  readonly group: Named | null;
  readonly role: Named | null;
}

interface Named {
  readonly arn: string;
}

/** All fields of role sessions except the ARN: a caller who may read a session may read all of it. */
const SESSION_FIELDS = [
  'role',
  'assumedBy',
  'roleSessionName',
  'sourceIdentity',
  'tags',
  'issuedAt',
  'expiresAt',
  'endedAt',
  'endReason',
  'state',
  'federatedProvider',
  'federatedSubject',
  'mfaAuthenticatedAt',
  'sourceIp',
  'userAgent',
  'roleArn',
  'chain',
];

const OF_SESSION = reads(READINGS.roleSession.everything, (row: Row<typeof RoleSession>) => row);

/** The guards of fields of entities that reveal more than existence and name. */
export const ENTITY_GUARDS: Guards = {
  ...fieldsOf('Account', READINGS.account, (row: Row<typeof Account>) => row),
  ...fieldsOf('User', READINGS.user, (row: Row<typeof User>) => row),
  ...fieldsOf('Role', READINGS.role, (row: Row<typeof Role>) => row),
  ...fieldsOf('Group', READINGS.group, (row: Row<typeof Group>) => row),
  ...fieldsOf('InstanceProfile', READINGS.instanceProfile, (row: Row<typeof InstanceProfile>) => row),
  ...fieldsOf('ManagedPolicy', READINGS.managedPolicy, (row: Row<typeof ManagedPolicy>) => row),
  ...fieldsOf('InlinePolicy', READINGS.inlinePolicy, ({ user, group, role }: InlinePolicyRow) => ({
    holder: (user ?? group ?? role)?.arn ?? '',
  })),
  ...fieldsOf('Resource', READINGS.resource, (row: Row<typeof Resource>) => row),
  ...fieldsOf('PolicyVersion', READINGS.policyVersion, ({ policy }: { readonly policy: Named }) => policy),
  ...fieldsOf('Organization', ORGANIZATION_READINGS.organization, (row: Row<typeof Organization>) => row),
  ...fieldsOf('OrganizationRoot', ORGANIZATION_READINGS.root, (row: Row<typeof OrganizationRoot>) => row),
  ...fieldsOf('OrganizationalUnit', ORGANIZATION_READINGS.unit, (row: Row<typeof OrganizationalUnit>) => row),
  ...fieldsOf('ControlPolicy', ORGANIZATION_READINGS.controlPolicy, (row: Row<typeof ControlPolicy>) => row),
  ...Object.fromEntries(SESSION_FIELDS.map((field) => [`RoleSession.${field}`, OF_SESSION])),
};
