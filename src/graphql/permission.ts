import type { Answer, Subject } from '../access/question.ts';
import type { RequestContext } from '../evaluation/request.ts';
import { type Caller, subjectOf } from '../session/caller.ts';
import type { GatewayContext } from './context.ts';
import { decisionLoader } from './decision-loader.ts';

/** An action of AWS that the caller has to be allowed, and on what. */
export interface Permission {
  readonly action: string;
  /** An ARN, or `*` for an action without resource types. */
  readonly resource: string;
  /** The account whose things are looked at; null: the resource's ARN says it. */
  readonly account: string | null;
}

const NO_CONTEXT: RequestContext = new Map();

const subjects = new WeakMap<object, Subject>();

/** The caller as somebody who is asked about: as itself, or in the very session it calls with. */
export function callerSubject(caller: Extract<Caller, { kind: 'principal' }>): Subject {
  const known = subjects.get(caller);
  if (known !== undefined) return known;
  const subject = subjectOf(caller);
  subjects.set(caller, subject);
  return subject;
}

/**
 * Whether the caller is allowed this, by the same evaluator and in the same batch as everything that is asked. The
 * operator is; a caller that the directory does not know any more is not.
 */
export async function mayDo(context: GatewayContext, permission: Permission): Promise<boolean> {
  const { caller } = context;
  if (caller.kind !== 'principal') return caller.kind === 'operator';
  const { action, resource, account } = permission;
  const answer = await decisionLoader(context).load({
    subject: callerSubject(caller),
    action,
    resource,
    resourceAccount: account,
    context: NO_CONTEXT,
    path: '',
  });
  return answer.decision.allowed || mayAsManagement(context, caller, permission, answer);
}

/**
 * IAM's entities have no resource-based policies, so nobody could ever read those of another account. Principals of an
 * organization's management account may, for all of its accounts, if their own policies say so.
 */
async function mayAsManagement(
  context: GatewayContext,
  caller: Extract<Caller, { kind: 'principal' }>,
  { resource, account }: Permission,
  { decision }: Answer,
): Promise<boolean> {
  const ownPoliciesAllow = decision.layers.every(
    ({ layer, effect }) => effect === 'ALLOWED' || (layer === 'RESOURCE_POLICY' && effect === 'IMPLICIT_DENY'),
  );
  if (!ownPoliciesAllow || decision.deniedBy !== 'RESOURCE_POLICY' || !('accountId' in caller.ref)) return false;
  const target = account ?? resource.split(':', 5)[4] ?? '';
  const row = await context.directory.prisma.account.findUnique({
    where: { id: target },
    select: { organization: { select: { managementAccountId: true } } },
  });
  return row?.organization?.managementAccountId === caller.ref.accountId;
}
