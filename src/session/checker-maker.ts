import type { CheckerMaker } from '../directory/stores/checker-store.ts';
import { principalIdOf } from '../policy/principal-id.ts';
import type { Caller } from './caller.ts';
import { userIdOf } from './caller-identity.ts';
import { AccessDenied, AuthenticationError } from './errors.ts';
import type { SessionTools } from './session-tools.ts';

/**
 * Who makes a checker or rotates it: as whom it will ask, and the user or role that it will end with. Throws AccessDenied for
 * callers that are neither the operator nor a user or role.
 */
export async function makerFor(
  tools: SessionTools,
  caller: Caller,
): Promise<{ readonly by: CheckerMaker; readonly madeBy: string }> {
  if (caller.kind === 'operator') return { by: { kind: 'operator' }, madeBy: 'operator' };
  if (caller.kind === 'anonymous') throw new AuthenticationError('MissingAuthenticationToken');
  if (caller.kind === 'checker') throw new AccessDenied('a checker makes no checkers');
  const { ref, keyId, session, keySession } = caller;
  const madeBy = principalIdOf(ref);
  if (session !== null) {
    const { roleId, roleArn, id } = session;
    return { by: { kind: 'role', id: roleId, arn: roleArn, roleSessionId: id }, madeBy };
  }
  if (ref.kind !== 'user') throw new AccessDenied('only users, role sessions and the operator make checkers');
  const id = await userIdOf(tools, caller);
  if (id === null) throw new AuthenticationError('InvalidClientTokenId');
  return { by: { kind: 'user', id, arn: ref.arn, keyId, keySessionId: keySession?.id ?? null }, madeBy };
}
