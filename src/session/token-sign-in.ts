import type { KeySessionRecord } from '../directory/stores/key-session-store.ts';
import { auditEvent, audited } from './audited.ts';
import { callerIn, sessionOf } from './authenticate.ts';
import type { Call } from './call.ts';
import type { Caller } from './caller.ts';
import { AuthenticationError } from './errors.ts';
import { newestGeneration } from './key-generation.ts';
import { newKeySession } from './new-key-session.ts';
import type { NamedCredential } from './session-token.ts';
import type { SessionTools } from './session-tools.ts';
import { OPERATOR_SIGN_IN_SECONDS, SIGN_IN_SECONDS } from './sign-in-limits.ts';

/** With the token of a role session or of temporary credentials. */
export interface SessionSignIn {
  readonly sessionToken: string;
}

export interface OperatorSignIn {
  readonly operatorToken: string;
}

/** A browser that is signed in. */
export interface SignedIn {
  /** The value of the cookie: a signed token that serves no other purpose. */
  readonly token: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  readonly caller: Caller;
}

/** Who a token is of, and what is written down of a browser's sign-in with it. */
interface Proved {
  readonly caller: Caller;
  readonly credential: NamedCredential;
  readonly facts: Pick<KeySessionRecord, 'keyId' | 'principal' | 'userId'>;
  readonly seconds: number;
  /** When the credential itself ends. Milliseconds since 1970. */
  readonly until: number;
}

/** Stands for the operator where an access key and its owner are named. */
const OPERATOR = 'operator';

/**
 * Signs a browser in as whoever a token speaks for: the sign-in ends with what the token is of, and the operator's after an
 * hour at most. It cannot switch roles. Throws AuthenticationError.
 */
export function signInWithToken(
  tools: SessionTools,
  call: Call,
  input: SessionSignIn | OperatorSignIn,
): Promise<SignedIn> {
  const attempted = { event: 'SignIn', ...('operatorToken' in input && { target: OPERATOR }) };
  return audited(tools.directory.audit, call, attempted, async () => {
    const proved = await ('operatorToken' in input
      ? proveOperator(tools, input)
      : proveSession(tools, input, call.now));
    const { caller, credential, facts, seconds, until } = proved;
    const made = newKeySession(call, seconds, { kind: 'SIGN_IN', ...facts });
    const record = { ...made, expiresAt: Math.min(made.expiresAt, until) };
    const signedIn = withSignIn(caller, { ...record, roleSessionId: null, endedAt: null });
    // What has to count is the credential: the sign-in is made by this change.
    const event = auditEvent({ ...call, caller }, attempted);
    await tools.directory.keySessions.create(record, event);
    const token = await tools.tokens.sign('signIn', { ...record, subject: record.principal, table: 'key', credential });
    return { token, expiresAt: record.expiresAt, caller: signedIn };
  });
}

/** The caller of a browser that signed in so. Throws AuthenticationError when the credential has ended. */
export async function callerByToken(
  tools: SessionTools,
  signIn: KeySessionRecord,
  { id, table }: NamedCredential,
  now: number,
): Promise<Caller> {
  if (table !== 'operator') {
    return withSignIn(callerIn(await sessionOf(tools, { session: { id, table } }), now), signIn);
  }
  // With another token, the browsers of the old one are signed out.
  if (!(await tools.secrets.isOperatorMark(id))) throw new AuthenticationError('InvalidClientTokenId');
  return withSignIn({ kind: 'operator' }, signIn);
}

function withSignIn(caller: Caller, tokenSignIn: KeySessionRecord): Caller {
  return { ...caller, tokenSignIn } as Caller; // as: only an operator and a principal are proved
}

async function proveOperator(tools: SessionTools, { operatorToken }: OperatorSignIn): Promise<Proved> {
  const { secrets } = tools;
  if (!secrets.isOperatorToken(operatorToken)) throw new AuthenticationError('InvalidClientTokenId');
  return {
    caller: { kind: 'operator' },
    credential: { id: secrets.operatorMark(await newestGeneration(tools)), table: 'operator' },
    facts: { keyId: OPERATOR, principal: OPERATOR, userId: null },
    seconds: OPERATOR_SIGN_IN_SECONDS,
    until: Number.POSITIVE_INFINITY,
  };
}

async function proveSession(tools: SessionTools, { sessionToken }: SessionSignIn, now: number): Promise<Proved> {
  const { session: named } = await tools.tokens.verify('session', sessionToken, now);
  const session = await sessionOf(tools, { session: named });
  const caller = callerIn(session, now);
  if (session === null) throw new AuthenticationError('InvalidClientTokenId');
  const { expiresAt: until } = session;
  const ofRole = 'roleArn' in session;
  const principal = ofRole ? session.arn : session.principal;
  const facts = { keyId: caller.keyId, principal, userId: ofRole ? null : session.userId };
  return { caller, credential: named, facts, seconds: SIGN_IN_SECONDS, until };
}
