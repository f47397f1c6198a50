import { principalIdOf } from '../policy/principal-id.ts';
import { actingCredentials } from './acting.ts';
import { auditEvent, audited } from './audited.ts';
import { byAccessKey, callerWithKeySession } from './authenticate.ts';
import type { Call } from './call.ts';
import { browserSignInOf, type Caller } from './caller.ts';
import { AuthenticationError, ValidationError } from './errors.ts';
import { provesMfa } from './mfa.ts';
import { newKeySession } from './new-key-session.ts';
import type { SessionTools } from './session-tools.ts';
import { SIGN_IN_SECONDS } from './sign-in-limits.ts';
import {
  callerByToken,
  type OperatorSignIn,
  type SessionSignIn,
  type SignedIn,
  signInWithToken,
} from './token-sign-in.ts';

/** A browser signs in with one of the three. */
export type SignInInput = KeySignIn | SessionSignIn | OperatorSignIn;

export interface KeySignIn {
  /** AKIA… */
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly serialNumber?: string | null | undefined;
  readonly tokenCode?: string | null | undefined;
}

/**
 * Signs a browser in. Throws AuthenticationError, and AccessDenied for a wrong MFA code. `call`: an anonymous call, whoever
 * the browser was before.
 */
export function signIn(tools: SessionTools, call: Call, input: SignInInput): Promise<SignedIn> {
  return 'accessKeyId' in input ? signInWithKey(tools, call, input) : signInWithToken(tools, call, input);
}

/** With the long-term key of a user or a service. */
function signInWithKey(tools: SessionTools, call: Call, input: KeySignIn): Promise<SignedIn> {
  const { accessKeyId, secretAccessKey, serialNumber = null, tokenCode = null } = input;
  const { now } = call;
  const attempted = { event: 'SignIn', target: accessKeyId };
  return audited(tools.directory.audit, call, attempted, async () => {
    const { caller, userId } = await byAccessKey(tools, accessKeyId, secretAccessKey);
    const proved = await provesMfa(tools, { serialNumber, tokenCode }, userId, now);
    const record = newKeySession(call, SIGN_IN_SECONDS, {
      kind: 'SIGN_IN',
      keyId: accessKeyId,
      principal: principalIdOf(caller.ref),
      userId,
      mfaAuthenticatedAt: proved ? now : null,
    });
    const signedIn = callerWithKeySession({ ...record, roleSessionId: null, endedAt: null });
    // The sign-in is what this change makes: what has to count is the key.
    const event = { ...auditEvent({ ...call, caller: signedIn }, attempted), acting: actingCredentials(caller) };
    await tools.directory.keySessions.create(record, event);
    const token = await tools.tokens.sign('signIn', { ...record, subject: record.principal, table: 'key' });
    return { token, expiresAt: record.expiresAt, caller: signedIn };
  });
}

/** Ends the sign-in of the calling browser and its role session. Throws ValidationError if there is no sign-in. */
export function signOut(tools: SessionTools, call: Call): Promise<void> {
  return audited(tools.directory.audit, call, { event: 'SignOut' }, async (event) => {
    const record = browserSignInOf(call.caller);
    if (record === null) throw new ValidationError('the caller has not signed in with a browser', null);
    // One that has ended already ends again without a change.
    await tools.directory.keySessions.end(record.id, call.now, { ...event, acting: null });
  });
}

/**
 * The identity of a browser, by the value of its cookie: the role session that it has switched to while that lasts,
 * otherwise itself. Throws AuthenticationError: ExpiredToken, or InvalidClientTokenId (also if its key is inactive).
 */
export async function authenticateSignIn(tools: SessionTools, token: string, now: number): Promise<Caller> {
  const { directory, tokens } = tools;
  const { session: named, credential } = await tokens.verify('signIn', token, now);
  const { id, table } = named;
  const record = table === 'key' ? await directory.keySessions.find(id) : null;
  if (record?.kind !== 'SIGN_IN') throw new AuthenticationError('InvalidClientTokenId');
  if (record.endedAt !== null || record.expiresAt <= now) throw new AuthenticationError('ExpiredToken');
  if (credential !== null) return callerByToken(tools, record, credential, now);
  const key = await directory.keys.find(record.keyId);
  if (key === null || !key.active) throw new AuthenticationError('InvalidClientTokenId');
  const own = callerWithKeySession(record);
  const session = record.roleSessionId === null ? null : await directory.sessions.find(record.roleSessionId);
  // If the role session has expired, was ended elsewhere or is gone, the browser has its own permissions back.
  if (session === null || session.endedAt !== null || session.expiresAt <= now) return own;
  return callerWithKeySession(record, session);
}
