import type { Answer } from '../access/question.ts';
import type { PrincipalRef } from '../policy/principal-id.ts';
import type { Attempted } from '../session/audited.ts';
import type { GatewayContext } from './context.ts';
import { mayDo, type Permission, verdictOn } from './permission.ts';
import { accountPermission, mayRead, mayReadPrincipal, resourcePermission } from './readable.ts';

/** Null: the caller may. Else what it lacks. */
export type Check = (args: Arguments, context: GatewayContext, parent: unknown) => Promise<Lacking | null>;
export type Arguments = Readonly<Record<string, unknown>>;

export interface Lacking {
  /** What the caller would need, for the message. */
  readonly needs: string;
  /** For mutations: what it attempted, and the decision that it may not. */
  readonly refused?: { readonly attempted: Attempted; readonly answer: Answer };
}

export interface Guard {
  /** `anybody`: also without credentials. `operator`: nobody else. */
  readonly caller: 'anybody' | 'signedIn' | 'operator';
  readonly check?: Check;
  /**
   * What is answered to who may not: as if nothing were there, or an error. `accessDenied`: AWS's AccessDenied with AWS's
   * sentence, as a member of the mutation's result where that has it, else as an error; the audit trail tells of it.
   */
  readonly refusal: 'null' | 'error' | 'accessDenied';
}

/** What a mutation attempts, and all that it takes. */
export interface MutationAttempt {
  /** In their order; the first that the caller lacks is the one it is told of. */
  readonly permissions: readonly Permission[];
  /** AWS's name of the operation, for the audit trail; left out: that of the first permission. */
  readonly event?: string;
  /** ARN or id, for the audit trail; left out: the resource of the first permission. */
  readonly target?: string;
}

const ANYBODY: Guard = { caller: 'anybody', refusal: 'error' };
/** What may be asked about whom is decided where the question is asked, in one batch with it: see ask.ts. */
const SIGNED_IN: Guard = { caller: 'signedIn', refusal: 'error' };
const OPERATOR: Guard = { caller: 'operator', refusal: 'error' };

function lookUp(isReadable: (args: Arguments, context: GatewayContext) => Promise<boolean>): Guard {
  const check: Check = async (args, context) => ((await isReadable(args, context)) ? null : { needs: 'reading it' });
  return { caller: 'signedIn', refusal: 'null', check };
}

function allowed(permissionOf: (parent: unknown) => Permission): Guard {
  const check: Check = async (_args, context, parent) => {
    const permission = permissionOf(parent);
    return (await mayDo(context, permission)) ? null : { needs: permission.action };
  };
  return { caller: 'signedIn', refusal: 'error', check };
}

/**
 * A mutation that takes permissions, which depend on its arguments. No permissions: whoever has signed in may. The
 * operator may always; who has not signed in may never.
 */
export function allowedMutation(
  attemptOf: (args: Arguments, context: GatewayContext) => MutationAttempt | Promise<MutationAttempt>,
): Guard {
  const check: Check = async (args, context) => {
    const { permissions, event, target } = await attemptOf(args, context);
    const verdicts = await Promise.all(permissions.map((permission) => verdictOn(context, permission)));
    const index = verdicts.findIndex(({ allowed }) => !allowed);
    const [permission, answer] = [permissions[index], verdicts[index]?.answer];
    if (permission === undefined || answer == null) return null;
    const { action, resource } = permission;
    const attempted = { event: event ?? action.split(':', 2)[1] ?? action, action, target: target ?? resource };
    return { needs: action, refused: { attempted, answer } };
  };
  return { caller: 'signedIn', refusal: 'accessDenied', check };
}

function listing(action: string): Guard {
  // as: the guard stands on fields of Account, whose rows have their number as id
  return allowed((parent) => ({ action, resource: '*', account: (parent as { readonly id: string }).id }));
}

/** What AWS Config tells of a resource beside that it is there. */
function configured(): Guard {
  // as: the guard stands on fields of Resource, whose rows have their owner
  return allowed((parent) => resourcePermission((parent as { readonly accountId: string }).accountId));
}

/** What each field needs of its caller. Every field of Query and Mutation is here, or the schema is not built. */
export const GUARDS: Readonly<Record<string, Guard>> = {
  'Query.viewer': ANYBODY,
  // By the type of what the id names: see node.ts.
  'Query.node': SIGNED_IN,
  'Query.nodes': SIGNED_IN,
  'Query.account': lookUp(({ accountId }, context) => mayDo(context, accountPermission(String(accountId)))),
  'Query.resource': lookUp(({ arn }, context) => mayRead(context, 'Resource', String(arn))),
  'Query.principal': lookUp(({ principalId }, context) => mayReadPrincipal(context, principalId as PrincipalRef)), // as: the scalar's value
  'Query.decision': SIGNED_IN,
  'Query.decisions': SIGNED_IN,
  'Query.decisionsFor': SIGNED_IN,
  'Query.allowedResources': SIGNED_IN,
  'Query.effectivePermissions': SIGNED_IN,
  'Query.compareAccess': SIGNED_IN,
  'Query.assumableRoles': SIGNED_IN,
  'Query.accessRoutes': SIGNED_IN,
  // It says nothing of the directory.
  'Query.validatePolicy': SIGNED_IN,
  'Query.whoCan': allowed(() => ({ action: 'iam:SimulatePrincipalPolicy', resource: '*', account: null })),
  'Query.simulateCustomPolicies': allowed(() => ({ action: 'iam:SimulateCustomPolicy', resource: '*', account: null })),
  'Account.users': listing('iam:ListUsers'),
  'Account.groups': listing('iam:ListGroups'),
  'Account.roles': listing('iam:ListRoles'),
  'Account.policies': listing('iam:ListPolicies'),
  'Account.resources': listing('config:ListDiscoveredResources'),
  'Resource.policy': configured(),
  'Resource.tags': configured(),
  // Who may assume a role is decided where it is assumed. That the operator cannot, and who is in none cannot leave it, are
  // answers of the mutations themselves.
  'Mutation.signIn': ANYBODY,
  'Mutation.signOut': ANYBODY,
  'Mutation.assumeRole': SIGNED_IN,
  'Mutation.assumeInstanceProfile': SIGNED_IN,
  'Mutation.assumeRoleWithWebIdentity': ANYBODY,
  'Mutation.getSessionToken': SIGNED_IN,
  'Mutation.getFederationToken': SIGNED_IN,
  'Mutation.exitRole': SIGNED_IN,
  'Mutation.importAccountAuthorizationDetails': OPERATOR,
  'Mutation.createAccessKey': OPERATOR,
};
