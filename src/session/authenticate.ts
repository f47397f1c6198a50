import type { CheckerRecord } from '../directory/stores/checker-store.ts';
import type { KeySessionRecord } from '../directory/stores/key-session-store.ts';
import type { AccessKeyRecord, RoleSessionRecord } from '../directory/stores/session-store.ts';
import { type PrincipalRef, parsePrincipalRef } from '../policy/principal-id.ts';
import type { Caller, CheckerCaller, PrincipalCaller } from './caller.ts';
import { hashOfCheckerToken, isCheckerToken } from './checker-token.ts';
import { AuthenticationError } from './errors.ts';
import { generationOf } from './key-id.ts';
import type { Verified } from './session-token.ts';
import type { SessionTools } from './session-tools.ts';

const SCHEME = /^(basic|bearer) +([^\s]+) *$/i;
/** Temporary keys (ASIA…) count only with their session token. */
const LONG_TERM_KEY_ID = /^AKIA[A-Z0-9]{12,124}$/;
const TEMPORARY_KEY_ID = /^ASIA[A-Z0-9]{12,124}$/;
/** Longer headers are not read. */
const MAX_HEADER_CHARACTERS = 8192;

/** Credentials that were right, without them: what they prove is decided again for each request. */
export interface Proven {
  readonly caller: Caller;
  /**
   * The caller that they prove at another time; null: they have to be read again. Needs no look-up beside that of what can
   * have changed: the key, the session. Throws AuthenticationError.
   */
  readonly again: (now: number) => Caller | Promise<Caller | null>;
}

const OPERATOR: Caller = { kind: 'operator' };
const PROVEN_OPERATOR: Proven = { caller: OPERATOR, again: () => OPERATOR };

/**
 * The caller, by the value of the Authorization header. Needs at most one look-up in the directory. Throws
 * AuthenticationError with AWS's code; never repeats what was sent.
 */
export async function prove(tools: SessionTools, authorization: string, now: number): Promise<Proven> {
  const [, scheme, credentials] =
    authorization.length > MAX_HEADER_CHARACTERS ? [] : (SCHEME.exec(authorization) ?? []);
  if (scheme === undefined || credentials === undefined) throw new AuthenticationError('IncompleteSignature');
  if (scheme.toLowerCase() === 'basic') {
    const [, keyId, secret] = /^([^:]*):(.*)$/s.exec(Buffer.from(credentials, 'base64').toString('utf8')) ?? [];
    if (keyId === undefined || secret === undefined) throw new AuthenticationError('IncompleteSignature');
    return provenKey(tools, keyId, secret);
  }
  if (tools.secrets.isOperatorToken(credentials)) return PROVEN_OPERATOR;
  if (isCheckerToken(credentials)) return provenChecker(tools, credentials, now);
  return provenSession(tools, credentials, now);
}

async function provenKey(tools: SessionTools, keyId: string, secret: string): Promise<Proven> {
  let { key, caller } = await byAccessKey(tools, keyId, secret);
  // One object for one record: what is known of a caller is kept by this object.
  const again = async (): Promise<Caller> => {
    const found = await activeKey(tools, keyId);
    if (found !== key) ({ key, caller } = holder(keyId, found));
    return caller;
  };
  return { caller, again };
}

async function provenChecker(tools: SessionTools, token: string, now: number): Promise<Proven> {
  const tokenHash = hashOfCheckerToken(token);
  const again = (at: number): Promise<Caller> => byCheckerToken(tools, tokenHash, at);
  return { caller: await again(now), again };
}

async function provenSession(tools: SessionTools, token: string, now: number): Promise<Proven> {
  const verified = await tools.tokens.verify('session', token, now);
  let record = await sessionOf(tools, verified);
  let caller = callerIn(record, now);
  const again = async (at: number): Promise<Caller | null> => {
    // Together: on a server, both wait for one reading of its revision.
    const [still, found] = await Promise.all([tools.tokens.verifyAgain(verified, at), sessionOf(tools, verified)]);
    if (still === null) return null;
    if (found !== record || !isLive(found, at)) {
      caller = callerIn(found, at);
      record = found;
    }
    return caller;
  };
  return { caller, again };
}

/** The owner of a long-term key, and the unique id of the user it belongs to. Throws AuthenticationError. */
export async function byAccessKey(tools: SessionTools, keyId: string, secret: string): Promise<KeyHolder> {
  await tools.secrets.masterKeys.hold(generationOf(keyId));
  return holderOf(tools, keyId, () => tools.secrets.isSecretFor(keyId, secret));
}

interface KeyHolder {
  readonly key: AccessKeyRecord;
  readonly caller: PrincipalCaller;
  /** Null: a service's key. */
  readonly userId: string | null;
}

/** Signed with the secret of an access key, which was not sent itself. */
export interface SignedWith {
  readonly keyId: string;
  /** Of temporary credentials; null: none was sent. */
  readonly sessionToken: string | null;
  /** Whether the request was signed with the key's secret, in constant time. `secret`: derives it, at a cost. */
  readonly isSignedWith: (secret: () => string) => boolean;
}

/**
 * The caller, by a request's signature. Throws AuthenticationError with AWS's code. A session token counts only together
 * with its own key: who has merely seen another session's token must not speak for that session.
 */
export async function bySignature(
  tools: SessionTools,
  { keyId, sessionToken, isSignedWith }: SignedWith,
  now: number,
): Promise<PrincipalCaller> {
  // Long-term keys have no session token, and temporary ones are nothing without it.
  const form = sessionToken === null ? LONG_TERM_KEY_ID : TEMPORARY_KEY_ID;
  if (!form.test(keyId)) throw new AuthenticationError('InvalidClientTokenId');
  await tools.secrets.masterKeys.hold(generationOf(keyId));
  // The secret follows from the key id alone: whether it is right is known before anything is looked up.
  const isSigned = isSignedWith(() => tools.secrets.secretFor(keyId));
  if (sessionToken === null) return (await holderOf(tools, keyId, () => isSigned)).caller;
  const caller = await bySessionToken(tools, sessionToken, now);
  if (caller.keyId !== keyId) throw new AuthenticationError('InvalidClientTokenId');
  if (!isSigned) throw new AuthenticationError('SignatureDoesNotMatch');
  return caller;
}

async function holderOf(tools: SessionTools, keyId: string, proves: () => boolean): Promise<KeyHolder> {
  const key = await activeKey(tools, keyId);
  if (!proves()) throw new AuthenticationError('SignatureDoesNotMatch');
  return holder(keyId, key);
}

async function activeKey({ directory }: SessionTools, keyId: string): Promise<AccessKeyRecord> {
  const key = LONG_TERM_KEY_ID.test(keyId) ? await directory.keys.find(keyId) : null;
  // A missing key and an inactive one get the same answer.
  if (key === null || !key.active) throw new AuthenticationError('InvalidClientTokenId');
  return key;
}

function holder(keyId: string, key: AccessKeyRecord): KeyHolder {
  const { owner } = key;
  const ref: PrincipalRef =
    owner.kind === 'service' ? { kind: 'service', service: owner.service } : storedPrincipal(owner.arn);
  return {
    key,
    caller: { kind: 'principal', ref, keyId, session: null },
    userId: owner.kind === 'user' ? owner.id : null,
  };
}

async function bySessionToken(tools: SessionTools, token: string, now: number): Promise<PrincipalCaller> {
  return callerIn(await sessionOf(tools, await tools.tokens.verify('session', token, now)), now);
}

/** A session by which somebody acts; null: it is gone. */
export type SessionRecord = RoleSessionRecord | KeySessionRecord | null;

/** The session that a token names. */
export function sessionOf(
  { directory }: SessionTools,
  { session: { id, table } }: Pick<Verified, 'session'>,
): Promise<SessionRecord> {
  return table === 'role' ? directory.sessions.find(id) : directory.keySessions.find(id);
}

function isLive(session: SessionRecord, now: number): boolean {
  return session !== null && session.endedAt === null && session.expiresAt > now;
}

/** The holder of a session. Throws AuthenticationError. A session is deleted with its role or user. */
export function callerIn(session: SessionRecord, now: number): PrincipalCaller {
  if (session === null) throw new AuthenticationError('InvalidClientTokenId');
  if (!isLive(session, now)) throw new AuthenticationError('ExpiredToken');
  if (!('roleArn' in session)) return callerWithKeySession(session);
  return { kind: 'principal', ref: storedPrincipal(session.arn), keyId: session.accessKeyId, session };
}

/** A checker, whose token ends with the user or role that made it. */
async function byCheckerToken(tools: SessionTools, tokenHash: string | null, now: number): Promise<CheckerCaller> {
  const { checkers } = tools.directory;
  const checker = tokenHash === null ? null : await checkers.find(tokenHash);
  const maker = checker === null ? null : await makerOf(tools, checker);
  if (checker === null || maker === null) throw new AuthenticationError('InvalidClientTokenId');
  if (checker.expiresAt <= now) throw new AuthenticationError('ExpiredToken');
  await checkers.use(checker, now);
  return { kind: 'checker', checker, maker };
}

/**
 * The maker of a checker as the caller that it was when it made the token: in its role session or with its temporary
 * credentials, whose limits and tags go on to count although they have expired. Null: it no longer exists.
 */
async function makerOf({ directory }: SessionTools, { maker }: CheckerRecord): Promise<CheckerCaller['maker'] | null> {
  if (maker.kind === 'operator') return { kind: 'operator' };
  if (maker.kind === 'role') {
    const session = await directory.sessions.find(maker.roleSessionId);
    if (session === null || session.roleId !== maker.id) return null;
    return { kind: 'principal', ref: storedPrincipal(session.arn), keyId: session.accessKeyId, session };
  }
  const { arn, keyId, keySessionId } = maker;
  if (keySessionId === null) return { kind: 'principal', ref: storedPrincipal(arn), keyId, session: null };
  const keySession = await directory.keySessions.find(keySessionId);
  // A key session names its user as it was called then.
  return keySession === null || keySession.principal !== arn ? null : callerWithKeySession(keySession);
}

/** The user of a key session: a federated user, or its maker; for a browser in a role, that role session. */
export function callerWithKeySession(
  keySession: KeySessionRecord,
  session: RoleSessionRecord | null = null,
): PrincipalCaller {
  const { federatedArn, principal, accessKeyId, keyId } = keySession;
  const id = session?.arn ?? federatedArn ?? principal;
  return { kind: 'principal', ref: storedPrincipal(id), keyId: accessKeyId ?? keyId, session, keySession };
}

/** A principal that the directory names. */
export function storedPrincipal(text: string): PrincipalRef {
  const ref = parsePrincipalRef(text);
  if (ref === null) throw new Error(`the directory names a principal that is none: ${text}`);
  return ref;
}
