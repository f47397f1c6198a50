import { parseArn } from '../policy/arn.ts';
import { type Caller, type PrincipalCaller, principalCaller } from './caller.ts';
import { AuthenticationError } from './errors.ts';
import type { SessionTools } from './session-tools.ts';

/** What sts:GetCallerIdentity answers. */
export interface CallerIdentity {
  /** AIDA…, AROA…:session, 111111111111 or 111111111111:name; for a service (a gateway extension) its name. */
  readonly userId: string;
  /** Null: a service, which belongs to no account. */
  readonly account: string | null;
  /** ARN; for a service its name. */
  readonly arn: string;
}

/**
 * sts:GetCallerIdentity: needs no permission. Throws AuthenticationError without credentials, AccessDenied for the operator.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 */
export async function callerIdentity(tools: SessionTools, caller: Caller): Promise<CallerIdentity> {
  const principal = principalCaller(caller, 'has no identity there');
  const { ref, session } = principal;
  if (session !== null) {
    const account = parseArn(session.arn)?.accountId ?? null;
    return { userId: `${session.roleId}:${session.roleSessionName}`, account, arn: session.arn };
  }
  switch (ref.kind) {
    case 'service':
      return { userId: ref.service, account: null, arn: ref.service };
    case 'root':
      return { userId: ref.accountId, account: ref.accountId, arn: ref.arn };
    case 'federatedUser':
      return { userId: `${ref.accountId}:${ref.name}`, account: ref.accountId, arn: ref.arn };
    case 'user': {
      const userId = await userIdOf(tools, principal);
      if (userId === null) throw new AuthenticationError('InvalidClientTokenId');
      return { userId, account: ref.accountId, arn: ref.arn };
    }
    case 'role':
    case 'roleSession':
    case 'anonymous':
      throw new AuthenticationError('InvalidClientTokenId');
    default:
      return ref satisfies never;
  }
}

/** The unique id of the calling user; null: the caller is no user. */
export async function userIdOf({ directory }: SessionTools, caller: PrincipalCaller): Promise<string | null> {
  if (caller.ref.kind !== 'user') return null;
  if (caller.keySession !== undefined) return caller.keySession.userId;
  const key = await directory.keys.find(caller.keyId);
  if (key?.owner.kind === 'user') return key.owner.id;
  const known = (await directory.gather({ principals: [caller.ref], roles: [], resources: [] })).principal(caller.ref);
  return known?.value.facts.kind === 'user' ? known.value.facts.id : null;
}
