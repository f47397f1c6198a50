import { type PrincipalRef, principalIdOf } from '../policy/principal-id.ts';
import type { PrincipalCaller } from '../session/caller.ts';
import type { GuardContext } from './context.ts';
import { allOf, type MaybePromise } from './maybe-promise.ts';
import { mayDo, type Permission } from './permission.ts';
import { mayReadOfOrganization, type OrganizationNodeName } from './readable-organization.ts';
import { endpointPermission, mayReadAtItsService, resourcePermission } from './readable-resource.ts';

/** The types that can be looked up by id. */
export type NodeTypeName =
  | OrganizationNodeName
  | 'Account'
  | 'Group'
  | 'InstanceProfile'
  | 'ManagedPolicy'
  | 'Resource'
  | 'Role'
  | 'RoleSession'
  | 'User'
  | 'VpcEndpoint';

/** The permission needed to read the data of another account, and the organization of any account. */
export function accountPermission(accountId: string): Permission {
  return { action: 'account:GetAccountInformation', resource: '*', account: accountId };
}

/** Whether the caller is a principal of the account: it may then read that the account exists, and its name. */
export function isOwnAccount({ caller }: GuardContext, accountId: string): boolean {
  return caller.kind === 'principal' && 'accountId' in caller.ref && caller.ref.accountId === accountId;
}

const IAM_READS = {
  User: 'iam:GetUser',
  Role: 'iam:GetRole',
  Group: 'iam:GetGroup',
  ManagedPolicy: 'iam:GetPolicy',
  InstanceProfile: 'iam:GetInstanceProfile',
} as const;

/**
 * Whether the caller may read this entity. `id` is as in its global id: an ARN, an account id, or the id of a session. The
 * same question is decided, with the same statements sent, for an entity that does not exist. The answer is then no, or
 * yes for a caller that may know it, and looking it up finds nothing.
 */
export function mayRead(context: GuardContext, type: NodeTypeName, id: string): MaybePromise<boolean> {
  const { caller } = context;
  if (caller.kind !== 'principal') return caller.kind === 'operator';
  switch (type) {
    case 'Account':
      return isOwnAccount(context, id) || mayDo(context, accountPermission(id));
    case 'Resource':
      return mayReadResource(context, caller, id);
    case 'RoleSession':
      return mayReadSession(context, caller, id);
    case 'VpcEndpoint':
      return mayReadEndpoint(context, caller, id);
    case 'Organization':
    case 'OrganizationRoot':
    case 'OrganizationalUnit':
    case 'ControlPolicy':
      return mayReadOfOrganization(context, caller, type, id);
    case 'Group':
    case 'InstanceProfile':
    case 'ManagedPolicy':
    case 'Role':
    case 'User':
      if (isOwn(caller.ref, id) || id.startsWith('arn:aws:iam::aws:')) return true;
      return mayDo(context, { action: IAM_READS[type], resource: id, account: null });
    default:
      return type satisfies never;
  }
}

/** Whether the caller may look up `principal`. Everybody knows the principals that consist of nothing but their id. */
export function mayReadPrincipal(context: GuardContext, principal: PrincipalRef): MaybePromise<boolean> {
  const { caller } = context;
  if (caller.kind !== 'principal') return caller.kind === 'operator';
  switch (principal.kind) {
    case 'user':
      return mayRead(context, 'User', principal.arn);
    case 'role':
      return mayRead(context, 'Role', principal.arn);
    case 'roleSession':
      return isOwn(caller.ref, principal.arn) || mayReadNewestSession(context, principal.arn);
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

/** The ARN of the role of a session, as far as the session's ARN gives it: the role's path is not part of it. */
export function roleOfSession(sessionArn: string): string {
  return sessionArn.replace(':sts:', ':iam:').replace(/:assumed-role\/([^/]+)\/.*$/, ':role/$1');
}

/**
 * Whether it is the session that the caller calls with, or the one that this was chained from. `id` left out: not known.
 */
export function isCallersSession(
  { ref, session }: PrincipalCaller,
  { id, arn }: { readonly id?: string; readonly arn: string },
): boolean {
  if (session === null) return false;
  if (id === undefined || id === '') return principalIdOf(ref) === arn;
  return id === session.id || id === session.parentId;
}

/** A session can be read by its holder, by its maker, and by whoever may read its role. */
async function mayReadSession(context: GuardContext, caller: PrincipalCaller, id: string): Promise<boolean> {
  const session = await context.directory.prisma.roleSession.findUnique({
    where: { id },
    select: { id: true, arn: true, roleArn: true, parentId: true, assumedBy: true, assumedById: true },
  });
  const roleArn = session?.roleArn ?? `arn:aws:iam::${accountOf(caller.ref)}:role/-`;
  const [readsRole, made] = await Promise.all([
    mayDo(context, { action: IAM_READS.Role, resource: roleArn, account: null }),
    hasMade(context, caller, session),
  ]);
  return session !== null && (readsRole || made || isCallersSession(caller, session));
}

interface MadeSession {
  readonly parentId: string | null;
  readonly assumedBy: string;
  readonly assumedById: string | null;
}

/** Whether the caller itself has assumed the role. An earlier user of the same name is a different user. */
async function hasMade(
  context: GuardContext,
  { ref, session }: PrincipalCaller,
  made: MadeSession | null,
): Promise<boolean> {
  if (session !== null) return made?.parentId === session.id;
  if (ref.kind !== 'user') return made?.assumedBy === principalIdOf(ref);
  // A user may have been renamed since.
  const id = await idOfUser(context, ref);
  return id !== null && id === made?.assumedById;
}

/** The current unique id of a user; null: no such user. */
export async function idOfUser({ directory, now }: GuardContext, ref: PrincipalRef): Promise<string | null> {
  const gathered = await directory.gather({ principals: [ref], roles: [], resources: [], now });
  const facts = gathered.principal(ref)?.value.facts;
  return facts?.kind === 'user' ? facts.id : null;
}

/** As `mayReadSession`, for the newest session with an ARN. */
export async function mayReadNewestSession(context: GuardContext, arn: string): Promise<boolean> {
  const session = await context.directory.prisma.roleSession.findFirst({
    where: { arn },
    orderBy: { issuedAt: 'desc' },
    select: { roleArn: true },
  });
  const resource = session?.roleArn ?? roleOfSession(arn);
  return mayDo(context, { action: IAM_READS.Role, resource, account: null });
}

async function mayReadResource(context: GuardContext, caller: PrincipalCaller, arn: string): Promise<boolean> {
  const row = await context.directory.prisma.resource.findUnique({ where: { arn }, select: { accountId: true } });
  const owner = row?.accountId ?? accountOf(caller.ref);
  const asked = [mayDo(context, resourcePermission(owner)), mayReadAtItsService(context, arn)];
  const verdicts = await allOf(asked);
  return row !== null && verdicts.includes(true);
}

async function mayReadEndpoint(context: GuardContext, caller: PrincipalCaller, id: string): Promise<boolean> {
  const row = await context.directory.prisma.vpcEndpoint.findUnique({ where: { id }, select: { accountId: true } });
  return (await mayDo(context, endpointPermission(row?.accountId ?? accountOf(caller.ref)))) && row !== null;
}

/** Services belong to no account: questions about theirs are asked about an account that nobody has. */
function accountOf(ref: PrincipalRef): string {
  return 'accountId' in ref ? ref.accountId : '000000000000';
}
