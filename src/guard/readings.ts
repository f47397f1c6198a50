import { parseArn } from '../policy/arn.ts';
import type { GuardContext } from './context.ts';
import { ORGANIZATION_READINGS } from './organization-readings.ts';
import { isCallersOwn } from './own-session.ts';
import type { Permission } from './permission.ts';
import { accountPermission, isCallersSession, isOwnAccount, mayRead, mayReadNewestSession } from './readable.ts';
import { inlinePolicyPermission, policyDocumentPermission } from './readable-policy.ts';
import {
  endpointPermission,
  type ResourcePart,
  resourcePartPermissions,
  resourcePermission,
  resourcePolicyPermissions,
} from './readable-resource.ts';
import { ALLOWED, needsAny, type Ruling, signedIn } from './ruling.ts';

/** Whether the caller may read a part of an entity that it may know to exist. */
export type Reading<Entity> = (context: GuardContext, entity: Entity) => Ruling | Promise<Ruling>;

interface Named {
  readonly arn: string;
}

interface NumberedAccount {
  /** Twelve digits. */
  readonly id: string;
}

interface OwnedResource {
  readonly arn: string;
  readonly accountId: string;
}

interface HeldPolicy {
  /** ARN of the user, group or role that it belongs to. */
  readonly holder: string;
}

interface KnownSession {
  /** Empty: not known; the newest session with the ARN is meant. */
  readonly id: string;
  readonly arn: string;
}

function needing<Entity>(permissionsOf: (entity: Entity) => readonly Permission[]): Reading<Entity> {
  return (context, entity) => needsAny(context, permissionsOf(entity));
}

/** The actions with which AWS lists the entities of an account. AWS Config is where it lists resources of all services. */
export const LISTING_ACTIONS = {
  User: 'iam:ListUsers',
  Group: 'iam:ListGroups',
  Role: 'iam:ListRoles',
  ManagedPolicy: 'iam:ListPolicies',
  Resource: 'config:ListDiscoveredResources',
} as const;

function listing(action: string): Reading<NumberedAccount> {
  return needing(({ id }) => [{ action, resource: '*', account: id }]);
}

/** Everybody in an account knows its name. */
const nameOfAccount: Reading<NumberedAccount> = (context, { id }) =>
  needsAny(context, isOwnAccount(context, id) ? [] : [accountPermission(id)]);

const ofAccount: Reading<NumberedAccount> = needing(({ id }) => [accountPermission(id)]);

/**
 * Any of `actions` on a user, role, group or policy, or the action that lists all of them in their account with the same
 * data. Everybody may read what AWS has made.
 */
function anyOn(actions: readonly string[], listingAction?: string): Reading<Named> {
  return needing(({ arn }) => {
    const account = parseArn(arn)?.accountId ?? '';
    if (account === 'aws') return [];
    const permissions = actions.map((action) => ({ action, resource: arn, account: null }));
    return listingAction === undefined
      ? permissions
      : [...permissions, { action: listingAction, resource: '*', account }];
  });
}

/** A role session can be read by its holder, by its maker, and by whoever may read its role. */
const session: Reading<KnownSession> = (context, known) => {
  const { caller } = context;
  if (isCallersOwn(known) || caller.kind === 'operator') return ALLOWED;
  if (caller.kind !== 'principal') return signedIn(context);
  return isCallersSession(caller, known) ? ALLOWED : readableSession(context, known);
};

async function readableSession(context: GuardContext, { id, arn }: KnownSession): Promise<Ruling> {
  const readable = await (id === '' ? mayReadNewestSession(context, arn) : mayRead(context, 'RoleSession', id));
  return readable ? ALLOWED : { kind: 'refused', needs: 'iam:GetRole on its role' };
}

const USER_OR_LIST = anyOn(['iam:GetUser'], 'iam:ListUsers');
const ROLE_OR_LIST = anyOn(['iam:GetRole'], 'iam:ListRoles');

/** Whoever has just made a session of a role may know it: a longer duration is refused. */
const maxSessionDuration: Reading<Named> = (context, role) =>
  isCallersOwn(role) ? ALLOWED : ROLE_OR_LIST(context, role);

const POLICY_OR_LIST = anyOn(['iam:GetPolicy'], 'iam:ListPolicies');

const POLICY_DOCUMENT = needing(({ arn }: Named) => {
  const permission = policyDocumentPermission(arn);
  return permission === null ? [] : [permission];
});

function partOf(part: ResourcePart): Reading<OwnedResource> {
  return needing(({ arn, accountId }) => resourcePartPermissions(part, arn, accountId));
}

/** The permissions needed to read each part of an entity that says more than its existence and its name. */
export const READINGS = {
  account: {
    name: nameOfAccount,
    organization: ofAccount,
    organizationId: ofAccount,
    knowledge: ofAccount,
    alias: listing('iam:ListAccountAliases'),
    users: listing(LISTING_ACTIONS.User),
    groups: listing(LISTING_ACTIONS.Group),
    roles: listing(LISTING_ACTIONS.Role),
    policies: listing(LISTING_ACTIONS.ManagedPolicy),
    resources: listing(LISTING_ACTIONS.Resource),
    oidcProviders: listing('iam:ListOpenIDConnectProviders'),
    vpcEndpoints: needing(({ id }: NumberedAccount) => [endpointPermission(id)]),
    publicAccessBlock: listing('s3:GetAccountPublicAccessBlock'),
    ...ORGANIZATION_READINGS.account,
  },
  user: {
    uniqueId: USER_OR_LIST,
    createdAt: USER_OR_LIST,
    tags: anyOn(['iam:GetUser', 'iam:ListUserTags']),
    permissionsBoundary: anyOn(['iam:GetUser']),
    groups: anyOn(['iam:ListGroupsForUser']),
    attachedPolicies: anyOn(['iam:ListAttachedUserPolicies']),
    inlinePolicies: anyOn(['iam:ListUserPolicies']),
    accessKeys: anyOn(['iam:ListAccessKeys']),
    mfaDevices: anyOn(['iam:ListMFADevices']),
  },
  role: {
    uniqueId: ROLE_OR_LIST,
    createdAt: ROLE_OR_LIST,
    description: ROLE_OR_LIST,
    trustPolicy: ROLE_OR_LIST,
    maxSessionDuration,
    tags: anyOn(['iam:GetRole', 'iam:ListRoleTags']),
    permissionsBoundary: anyOn(['iam:GetRole']),
    attachedPolicies: anyOn(['iam:ListAttachedRolePolicies']),
    inlinePolicies: anyOn(['iam:ListRolePolicies']),
    sessions: anyOn(['iam:GetRole']),
    instanceProfiles: anyOn(['iam:ListInstanceProfilesForRole']),
  },
  group: {
    createdAt: anyOn(['iam:GetGroup'], 'iam:ListGroups'),
    users: anyOn(['iam:GetGroup']),
    attachedPolicies: anyOn(['iam:ListAttachedGroupPolicies']),
    inlinePolicies: anyOn(['iam:ListGroupPolicies']),
  },
  managedPolicy: {
    createdAt: POLICY_OR_LIST,
    defaultVersionId: POLICY_OR_LIST,
    document: POLICY_DOCUMENT,
    versions: anyOn(['iam:ListPolicyVersions']),
    description: anyOn(['iam:GetPolicy']),
    tags: anyOn(['iam:GetPolicy', 'iam:ListPolicyTags']),
  },
  instanceProfile: { tags: anyOn(['iam:GetInstanceProfile', 'iam:ListInstanceProfileTags']) },
  policyVersion: { document: POLICY_DOCUMENT },
  inlinePolicy: { document: needing(({ holder }: HeldPolicy) => [inlinePolicyPermission(holder)]) },
  resource: {
    policy: needing(({ arn, accountId }: OwnedResource) => resourcePolicyPermissions(arn, accountId)),
    tags: needing(({ accountId }: OwnedResource) => [resourcePermission(accountId)]),
    region: partOf('region'),
    publicAccessBlock: partOf('publicAccessBlock'),
    objectOwnership: partOf('objectOwnership'),
    accessPoint: partOf('accessPoint'),
    abacEnabled: partOf('abacEnabled'),
    grants: partOf('grants'),
  },
  roleSession: { everything: session },
} as const;
