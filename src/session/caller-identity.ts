import { principalCaller, userIdOf } from './assume-role.ts';
import type { Caller } from './caller.ts';
import { AuthenticationError } from './errors.ts';
import type { SessionTools } from './session-tools.ts';

/** What sts:GetCallerIdentity answers. */
export interface CallerIdentity {
  /** AIDA…, AROA…:session, 111111111111 or 111111111111:name; of a service (a gateway extension) its name. */
  readonly userId: string;
  /** Null: a service, which belongs to no account. */
  readonly account: string | null;
  /** Of a service its name. */
  readonly arn: string;
}

/**
 * sts:GetCallerIdentity: needs no permission. Throws AuthenticationError without credentials, AccessDenied for the operator.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 */
export async function callerIdentity(tools: SessionTools, caller: Caller): Promise<CallerIdentity> {
  const principal = principalCaller(caller);
  const { ref, session } = principal;
  if (session !== null) {
    const account = session.roleArn.split(':', 5)[4] ?? null;
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
