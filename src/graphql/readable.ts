import { canBeAbout } from '../access/effective-permissions-filter.ts';
import type { RequestContext } from '../evaluation/request.ts';
import type { PrincipalRef } from '../policy/principal-id.ts';
import type { GatewayContext } from './context.ts';
import { decisionLoader } from './decision-loader.ts';
import { callerSubject, mayDo, type Permission } from './permission.ts';

const NO_CONTEXT: RequestContext = new Map();

/** The types that can be looked up by id. */
export type NodeTypeName = 'Account' | 'Group' | 'ManagedPolicy' | 'Resource' | 'Role' | 'RoleSession' | 'User';

/** What reading an account's own data takes. */
export function accountPermission(accountId: string): Permission {
  return { action: 'account:GetAccountInformation', resource: '*', account: accountId };
}

/** AWS Config is where AWS tells of resources of all services: their owner, tags and policies. */
export function resourcePermission(accountId: string): Permission {
  return { action: 'config:GetResourceConfigHistory', resource: '*', account: accountId };
}

const IAM_READS = {
  User: 'iam:GetUser',
  Role: 'iam:GetRole',
  Group: 'iam:GetGroup',
  ManagedPolicy: 'iam:GetPolicy',
} as const;

/**
 * Whether the caller may read this entity. `id` is as in its global id: an ARN, an account's number, or a session's id.
 * What is not there may be "read": looking it up finds nothing.
 */
export async function mayRead(context: GatewayContext, type: NodeTypeName, id: string): Promise<boolean> {
  const { caller } = context;
  if (caller.kind !== 'principal') return caller.kind === 'operator';
  switch (type) {
    case 'Account':
      return mayDo(context, accountPermission(id));
    case 'Resource':
      return mayReadResource(context, id);
    case 'RoleSession':
      return mayReadSession(context, id);
    case 'Group':
    case 'ManagedPolicy':
    case 'Role':
    case 'User':
      if (isOwn(caller.ref, id) || id.startsWith('arn:aws:iam::aws:')) return true;
      return mayDo(context, { action: IAM_READS[type], resource: id, account: null });
    default:
      return type satisfies never;
  }
}

/** Whether the caller may look `principal` up. Those that are what their id says, everybody knows. */
export async function mayReadPrincipal(context: GatewayContext, principal: PrincipalRef): Promise<boolean> {
  const { caller } = context;
  if (caller.kind !== 'principal') return caller.kind === 'operator';
  switch (principal.kind) {
    case 'user':
      return mayRead(context, 'User', principal.arn);
    case 'role':
      return mayRead(context, 'Role', principal.arn);
    case 'roleSession':
      return isOwn(caller.ref, principal.arn) || mayDo(context, sessionPermission(principal.arn));
    case 'root':
    case 'federatedUser':
    case 'service':
    case 'anonymous':
      return true;
    default:
      return principal satisfies never;
  }
}

function isOwn(ref: PrincipalRef, arn: string): boolean {
  return 'arn' in ref && ref.arn === arn;
}

/** Sessions are read by who may read their role. A session's ARN does not hold the role's path. */
function sessionPermission(sessionArn: string): Permission {
  const role = sessionArn.replace(':sts:', ':iam:').replace(/:assumed-role\/([^/]+)\/.*$/, ':role/$1');
  return { action: 'iam:GetRole', resource: role, account: null };
}

async function mayReadSession(context: GatewayContext, id: string): Promise<boolean> {
  if (context.caller.kind === 'principal' && context.caller.session?.id === id) return true;
  const session = await context.directory.prisma.roleSession.findUnique({ where: { id }, select: { arn: true } });
  return session === null || mayDo(context, sessionPermission(session.arn));
}

async function mayReadResource(context: GatewayContext, arn: string): Promise<boolean> {
  const row = await context.directory.prisma.resource.findUnique({ where: { arn }, select: { accountId: true } });
  if (row === null) return true;
  const asked = [mayDo(context, resourcePermission(row.accountId)), mayReadAtItsService(context, arn)];
  return (await Promise.all(asked)).includes(true);
}

/**
 * Whoever may list or read something of a resource at its own service knows that it is there: alice the bucket of another
 * account that lets her in, where AWS Config of that account tells her nothing. Its policy and tags take more.
 */
async function mayReadAtItsService(context: GatewayContext, arn: string): Promise<boolean> {
  const { caller, catalog } = context;
  if (caller.kind !== 'principal') return false;
  const subject = callerSubject(caller);
  const reads = catalog
    .actionsOf(arn.split(':', 3)[2] ?? '')
    .filter(({ accessLevel }) => accessLevel === 'LIST' || accessLevel === 'READ')
    .filter(canBeAbout(catalog, arn));
  const questions = reads.map(({ name }) => ({
    subject,
    action: name,
    resource: arn,
    resourceAccount: null,
    context: NO_CONTEXT,
    path: '',
  }));
  const answers = await decisionLoader(context).loadMany(questions);
  return answers.some((answer) => !(answer instanceof Error) && answer.decision.allowed);
}
