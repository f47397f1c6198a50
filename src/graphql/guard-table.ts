import type { PrincipalRef } from '../policy/principal-id.ts';
import type { GatewayContext } from './context.ts';
import { mayDo, type Permission } from './permission.ts';
import { accountPermission, mayRead, mayReadPrincipal, resourcePermission } from './readable.ts';

/** Null: the caller may. Else what it lacks, for the message. */
export type Check = (args: Arguments, context: GatewayContext, parent: unknown) => Promise<string | null>;
export type Arguments = Readonly<Record<string, unknown>>;

export interface Guard {
  /** `anybody`: also without credentials. `operator`: nobody else. */
  readonly caller: 'anybody' | 'signedIn' | 'operator';
  readonly check?: Check;
  /** What is answered to who may not: as if nothing were there, or an error. */
  readonly refusal: 'null' | 'error';
}

const ANYBODY: Guard = { caller: 'anybody', refusal: 'error' };
/** What may be asked about whom is decided where the question is asked, in one batch with it: see ask.ts. */
const SIGNED_IN: Guard = { caller: 'signedIn', refusal: 'error' };
const OPERATOR: Guard = { caller: 'operator', refusal: 'error' };

function lookUp(isReadable: (args: Arguments, context: GatewayContext) => Promise<boolean>): Guard {
  const check: Check = async (args, context) => ((await isReadable(args, context)) ? null : 'reading it');
  return { caller: 'signedIn', refusal: 'null', check };
}

function allowed(permissionOf: (parent: unknown) => Permission): Guard {
  const check: Check = async (_args, context, parent) => {
    const permission = permissionOf(parent);
    return (await mayDo(context, permission)) ? null : permission.action;
  };
  return { caller: 'signedIn', refusal: 'error', check };
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
  // That the operator cannot assume roles, and who is in none cannot leave it, are answers of the mutations themselves.
  'Mutation.assumeRole': SIGNED_IN,
  'Mutation.exitRole': SIGNED_IN,
  'Mutation.importAccountAuthorizationDetails': OPERATOR,
  'Mutation.createAccessKey': OPERATOR,
};
