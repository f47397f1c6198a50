import type { RoleSessionRecord } from '../directory/stores/session-store.ts';
import type { PrincipalRef } from '../policy/principal-id.ts';
import { audited } from './audited.ts';
import { storedPrincipal } from './authenticate.ts';
import type { Call } from './call.ts';
import { signInOf } from './caller.ts';
import { ValidationError } from './errors.ts';
import type { SessionTools } from './session-tools.ts';

export interface ExitedRole {
  readonly endedSession: RoleSessionRecord;
  /** The identity that the caller returns to: the one that assumed the role. */
  readonly restoresTo: PrincipalRef;
}

/**
 * Ends the caller's role session at once, on all gateways of the directory. A browser gets its own permissions back.
 * Throws ValidationError if the caller is in no role.
 */
export function exitRole(tools: SessionTools, call: Call): Promise<ExitedRole> {
  const { caller, now } = call;
  const session = caller.kind === 'principal' ? caller.session : null;
  const attempted = { event: 'ExitRole', ...(session === null ? {} : { target: session.arn }) };
  return audited(tools.directory.audit, call, attempted, async (made) => {
    // What has ended already can be left again: nothing changes.
    const event = { ...made, acting: null };
    if (session === null) throw new ValidationError('the caller has assumed no role', null);
    const { directory } = tools;
    const signIn = signInOf(caller);
    if (signIn !== null) await directory.keySessions.leaveRole(signIn.id, now, event);
    const ended =
      signIn === null
        ? await directory.sessions.end(session.id, now, 'EXITED', event)
        : await directory.sessions.find(session.id);
    // It was deleted with its role after the caller signed in, so it has already ended.
    const endedSession = ended ?? { ...session, endedAt: now };
    return { endedSession, restoresTo: storedPrincipal(endedSession.assumedBy) };
  });
}
