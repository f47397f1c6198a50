import { parseArn } from '../policy/arn.ts';
import type { GuardContext } from './context.ts';
import { allowed, anyOf, type Guard } from './kinds.ts';
import { isCallersOwn } from './own-session.ts';
import { accountPermission, isCallersSession, mayRead, mayReadNewestSession } from './readable.ts';
import { inlinePolicyPermission, policyDocumentPermission } from './readable-policy.ts';
import { resourcePermission, resourcePolicyPermissions } from './readable-resource.ts';

// as, in all of this file: a guard stands on fields of a type whose values are known, see `select` of the type.

function listing(action: string): Guard {
  return allowed((parent) => ({ action, resource: '*', account: (parent as { readonly id: string }).id }));
}

function ofAccount(): Guard {
  return allowed((parent) => accountPermission((parent as { readonly id: string }).id));
}

/** What an account is called, everybody in it knows. */
function nameOfAccount(): Guard {
  return anyOf((parent, { caller }) => {
    const { id } = parent as { readonly id: string };
    const isOwn = caller.kind === 'principal' && 'accountId' in caller.ref && caller.ref.accountId === id;
    return isOwn ? [] : [accountPermission(id)];
  });
}

/**
 * Any of `actions` on a user, role, group or policy, or what lists them all in their account and tells the same. What AWS
 * has made is everybody's to read.
 */
function reading(actions: readonly string[], listingAction?: string): Guard {
  return anyOf((parent) => {
    const { arn } = parent as { readonly arn: string };
    const account = parseArn(arn)?.accountId ?? '';
    if (account === 'aws') return [];
    const permissions = actions.map((action) => ({ action, resource: arn, account: null }));
    return listingAction === undefined
      ? permissions
      : [...permissions, { action: listingAction, resource: '*', account }];
  });
}

interface InlinePolicyParent {
  readonly user: { readonly arn: string } | null;
  readonly group: { readonly arn: string } | null;
  readonly role: { readonly arn: string } | null;
}

function inlineDocument(): Guard {
  return allowed((parent) => {
    const { user, group, role } = parent as InlinePolicyParent;
    return inlinePolicyPermission((user ?? group ?? role)?.arn ?? '');
  });
}

function managedDocument(): Guard {
  return anyOf((parent) => {
    const permission = policyDocumentPermission((parent as { readonly arn: string }).arn);
    return permission === null ? [] : [permission];
  });
}

/** What AWS Config tells of a resource beside that it is there. */
function configured(): Guard {
  return allowed((parent) => resourcePermission((parent as { readonly accountId: string }).accountId));
}

/** AWS Config tells of the policy of a resource, and its service does. */
function resourcePolicy(): Guard {
  return anyOf((parent) => {
    const { arn, accountId } = parent as { readonly arn: string; readonly accountId: string };
    return resourcePolicyPermissions(arn, accountId);
  });
}

/** Sessions are read by who holds them, and by who may read their role. */
function ofSession(): Guard {
  return {
    caller: 'signedIn',
    refusal: 'error',
    open: isCallersOwn,
    check: async (_args, context: GuardContext, parent) => {
      const session = parent as { readonly id: string; readonly arn: string };
      if (context.caller.kind === 'principal' && isCallersSession(context.caller, session)) return null;
      const readable =
        session.id === ''
          ? await mayReadNewestSession(context, session.arn)
          : await mayRead(context, 'RoleSession', session.id);
      return readable ? null : { needs: 'iam:GetRole on its role' };
    },
  };
}

const USER_OR_LIST = reading(['iam:GetUser'], 'iam:ListUsers');
const ROLE_OR_LIST = reading(['iam:GetRole'], 'iam:ListRoles');
const SESSION = ofSession();

/** What fields of entities need that tell more than that the entity is there, and what it is called. */
export const ENTITY_GUARDS: Readonly<Record<string, Guard>> = {
  'Account.name': nameOfAccount(),
  'Account.organizationId': ofAccount(),
  'Account.users': listing('iam:ListUsers'),
  'Account.groups': listing('iam:ListGroups'),
  'Account.roles': listing('iam:ListRoles'),
  'Account.policies': listing('iam:ListPolicies'),
  'Account.resources': listing('config:ListDiscoveredResources'),
  'Account.oidcProviders': listing('iam:ListOpenIDConnectProviders'),
  'User.uniqueId': USER_OR_LIST,
  'User.createdAt': USER_OR_LIST,
  'User.tags': reading(['iam:GetUser', 'iam:ListUserTags']),
  'User.permissionsBoundary': reading(['iam:GetUser']),
  'User.groups': reading(['iam:ListGroupsForUser']),
  'User.attachedPolicies': reading(['iam:ListAttachedUserPolicies']),
  'User.inlinePolicies': reading(['iam:ListUserPolicies']),
  'User.accessKeys': reading(['iam:ListAccessKeys']),
  'User.mfaDevices': reading(['iam:ListMFADevices']),
  'Role.uniqueId': ROLE_OR_LIST,
  'Role.createdAt': ROLE_OR_LIST,
  'Role.description': ROLE_OR_LIST,
  'Role.trustPolicy': ROLE_OR_LIST,
  'Role.maxSessionDuration': ROLE_OR_LIST,
  'Role.tags': reading(['iam:GetRole', 'iam:ListRoleTags']),
  'Role.permissionsBoundary': reading(['iam:GetRole']),
  'Role.attachedPolicies': reading(['iam:ListAttachedRolePolicies']),
  'Role.inlinePolicies': reading(['iam:ListRolePolicies']),
  'Role.sessions': reading(['iam:GetRole']),
  'Group.createdAt': reading(['iam:GetGroup'], 'iam:ListGroups'),
  'Group.attachedPolicies': reading(['iam:ListAttachedGroupPolicies']),
  'Group.inlinePolicies': reading(['iam:ListGroupPolicies']),
  'ManagedPolicy.createdAt': reading(['iam:GetPolicy'], 'iam:ListPolicies'),
  'ManagedPolicy.defaultVersionId': reading(['iam:GetPolicy'], 'iam:ListPolicies'),
  'ManagedPolicy.document': managedDocument(),
  'InlinePolicy.document': inlineDocument(),
  'Resource.policy': resourcePolicy(),
  'Resource.tags': configured(),
  'RoleSession.role': SESSION,
  'RoleSession.assumedBy': SESSION,
  'RoleSession.roleSessionName': SESSION,
  'RoleSession.sourceIdentity': SESSION,
  'RoleSession.tags': SESSION,
  'RoleSession.issuedAt': SESSION,
  'RoleSession.expiresAt': SESSION,
  'RoleSession.endedAt': SESSION,
  'RoleSession.endReason': SESSION,
  'RoleSession.state': SESSION,
  'RoleSession.federatedProvider': SESSION,
  'RoleSession.federatedSubject': SESSION,
  'RoleSession.mfaAuthenticatedAt': SESSION,
  'RoleSession.sourceIp': SESSION,
  'RoleSession.userAgent': SESSION,
  'RoleSession.roleArn': SESSION,
  'RoleSession.chain': SESSION,
};
