import {
  failed,
  type ParameterFault,
  type SessionParameters,
  sessionFaults,
  textFault,
} from '../access/assumption-parameters.ts';
import { gatherForSubjects } from '../access/gather-for-subjects.ts';
import type { Answer, Question } from '../access/question.ts';
import type { Gathered } from '../directory/directory.ts';
import type { NewAuditEvent } from '../directory/stores/audit-store.ts';
import type { KeySessionRecord, NewKeySession } from '../directory/stores/key-session-store.ts';
import { authorize } from '../evaluation/authorize.ts';
import type { ActionFacts } from '../evaluation/request.ts';
import { RolegateError } from '../policy/errors.ts';
import { principalIdOf } from '../policy/principal-id.ts';
import { durationFault, refuseFaults } from './assume-role-parameters.ts';
import { audited, withDecision } from './audited.ts';
import { type Call, originContext } from './call.ts';
import { type PrincipalCaller, principalCaller, subjectOf } from './caller.ts';
import { userIdOf } from './caller-identity.ts';
import { callersPermissions } from './callers-permissions.ts';
import { credentialsOf, type TemporaryCredentials } from './credentials.ts';
import { AccessDenied, AuthenticationError } from './errors.ts';
import { generationOf, newKeyId } from './key-id.ts';
import { provesMfa } from './mfa.ts';
import { newKeySession } from './new-key-session.ts';
import { packedPolicySize } from './packed-policy-size.ts';
import { checkSessionLimits } from './session-limits.ts';
import type { SessionTools } from './session-tools.ts';

/** Seconds. Credentials of root users last an hour at most, whatever is asked for. */
const DURATION = { min: 900, max: 129_600 } as const;
const DEFAULT_SECONDS = 43_200;
const ROOT_SECONDS = 3600;
const FEDERATED_NAME = /^[\w+=,.@-]{2,32}$/;

export interface SessionTokenInput {
  readonly durationSeconds?: number | null | undefined;
  readonly serialNumber?: string | null | undefined;
  readonly tokenCode?: string | null | undefined;
}

/**
 * sts:GetSessionToken: temporary credentials of a user for itself, with MFA if a code is given. Needs no permission: it
 * only authenticates. Only with a long-term key. Throws ValidationError, AccessDenied.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html
 */
export function getSessionToken(
  tools: SessionTools,
  call: Call,
  { durationSeconds = null, serialNumber = null, tokenCode = null }: SessionTokenInput,
): Promise<TemporaryCredentials> {
  const attempted = { event: 'GetSessionToken', action: 'sts:GetSessionToken' };
  return audited(tools.directory.audit, call, attempted, async (event) => {
    const faults = [
      durationSeconds === null ? null : durationFault(durationSeconds, DURATION),
      serialNumber === null ? null : textFault('serialNumber', 'serialNumber', serialNumber),
    ];
    refuseFaults(faults.filter((fault) => fault !== null));
    const caller = withLongTermKey(call, 'GetSessionToken');
    const userId = await userIdOf(tools, caller);
    const proved = await provesMfa(tools, { serialNumber, tokenCode }, userId, call.now);
    const session = keySession(call, caller, userId, durationSeconds, {
      kind: 'SESSION_TOKEN',
      mfaAuthenticatedAt: proved ? call.now : null,
    });
    return store(tools, session, principalIdOf(caller.ref), event);
  });
}

export interface FederationTokenInput {
  readonly name: string;
  readonly durationSeconds?: number | null | undefined;
  /** JSON texts: a federated user may do what both these and its maker's policies allow; without any, nothing. */
  readonly sessionPolicies?: readonly string[] | null | undefined;
  readonly sessionPolicyArns?: readonly string[] | null | undefined;
  readonly tags?: readonly { readonly key: string; readonly value: string }[] | null | undefined;
}

export interface FederationToken {
  readonly credentials: TemporaryCredentials;
  readonly session: KeySessionRecord;
  /** arn:aws:sts::111111111111:federated-user/name */
  readonly arn: string;
  /** 111111111111:name */
  readonly federatedUserId: string;
  readonly packedPolicySize: number | null;
}

/**
 * sts:GetFederationToken: temporary credentials for a federated user that acts for a user. Only with a long-term key.
 * Throws ValidationError, AccessDenied, MalformedPolicyDocument, PackedPolicyTooLarge.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html
 */
export function getFederationToken(
  tools: SessionTools,
  call: Call,
  input: FederationTokenInput,
): Promise<FederationToken> {
  const attempted = { event: 'GetFederationToken', action: tools.actions.getFederationToken.name, target: input.name };
  return audited(tools.directory.audit, call, attempted, async (event) => {
    refuseFaults(federationFaults(input));
    const caller = withLongTermKey(call, 'GetFederationToken');
    const partition = caller.ref.arn.split(':', 2)[1] ?? 'aws';
    const arn = `arn:${partition}:sts::${caller.ref.accountId}:federated-user/${input.name}`;
    const limits = {
      tags: Object.fromEntries((input.tags ?? []).map(({ key, value }) => [key, value])),
      sessionPolicies: input.sessionPolicies ?? [],
      sessionPolicyArns: input.sessionPolicyArns ?? [],
    };
    const { answer, gathered } = await authorizeFederation(tools, call, caller, arn, limits);
    checkSessionLimits(limits, gathered, { kind: 'user', accountId: caller.ref.accountId });
    const packed = packedPolicySize(limits);
    const userId = await userIdOf(tools, caller);
    const session = keySession(call, caller, userId, input.durationSeconds ?? null, {
      kind: 'FEDERATED_USER',
      federatedArn: arn,
      ...limits,
    });
    const credentials = await store(tools, session, arn, withDecision({ ...event, target: arn }, answer));
    return {
      credentials,
      session: { ...session, roleSessionId: null, endedAt: null },
      arn,
      federatedUserId: `${caller.ref.accountId}:${input.name}`,
      packedPolicySize: packed,
    };
  });
}

function federationFaults(input: FederationTokenInput): readonly ParameterFault[] {
  const { name, durationSeconds, sessionPolicies, sessionPolicyArns, tags } = input;
  const named = FEDERATED_NAME.test(name)
    ? null
    : failed('name', name, 'Member must have 2 to 32 characters and satisfy regular expression pattern: [\\w+=,.@-]*');
  const session: SessionParameters = {
    ...(sessionPolicies == null ? {} : { sessionPolicies }),
    ...(sessionPolicyArns == null ? {} : { sessionPolicyArns }),
    ...(tags == null ? {} : { tags }),
  };
  const faults = [
    named === null ? null : { parameter: 'name', message: named },
    durationSeconds == null ? null : durationFault(durationSeconds, DURATION),
    ...sessionFaults(session),
  ];
  return faults.filter((fault) => fault !== null);
}

type AccountCaller = PrincipalCaller & { readonly ref: { readonly kind: 'user' | 'root' } };

/** Users and root users with their long-term keys; throws AccessDenied for all others. */
function withLongTermKey(call: Call, operation: string): AccountCaller {
  const caller = principalCaller(call.caller, `cannot call ${operation}`);
  const { ref, session, keySession: held } = caller;
  if (session !== null || held !== undefined) {
    throw new AccessDenied(`Cannot call ${operation} with session credentials`);
  }
  if (ref.kind !== 'user' && ref.kind !== 'root') throw new AccessDenied(`only users can call ${operation}`);
  return { ...caller, ref };
}

/** The decision on sts:GetFederationToken (and sts:TagSession with tags) if it allows; otherwise throws AccessDenied. */
async function authorizeFederation(
  tools: SessionTools,
  { now, origin }: Call,
  caller: AccountCaller,
  arn: string,
  limits: Pick<KeySessionRecord, 'tags' | 'sessionPolicyArns'>,
): Promise<{ readonly answer: Answer; readonly gathered: Gathered }> {
  const tags = Object.entries(limits.tags);
  const context = new Map(originContext(origin));
  const keys = tags.map(([key]) => key);
  if (keys.length > 0) context.set('aws:tagkeys', keys);
  for (const [key, value] of tags) context.set(`aws:requesttag/${key.toLowerCase()}`, value);
  const { getFederationToken: action, tagSession } = tools.actions;
  const subject = subjectOf(caller);
  const question: Question = { subject, action: action.name, resource: arn, resourceAccount: null, context, path: '' };
  const gathered = await tools.directory.gather({
    ...gatherForSubjects([question]),
    resources: [{ arn, accountId: null }],
    policies: limits.sessionPolicyArns,
    now,
  });
  const own = callersPermissions(tools, question, gathered, now);
  const resource = gathered.resource(arn, null).value;
  const decide = (one: ActionFacts): Answer => {
    const decision = authorize(own, one, resource, { context, now, authority: 'directory', assumes: true });
    const answer = { question: { ...question, action: one.name }, decision, gaps: [], revision: gathered.revision };
    if (!decision.allowed) throw new AccessDenied(decision.reason, answer);
    return answer;
  };
  const answer = decide(action);
  if (tags.length > 0) decide(tagSession);
  return { answer, gathered };
}

function keySession(
  call: Call,
  { ref, keyId }: AccountCaller,
  userId: string | null,
  durationSeconds: number | null,
  rest: Partial<NewKeySession> & Pick<NewKeySession, 'kind'>,
) {
  const asked = durationSeconds ?? DEFAULT_SECONDS;
  const seconds = ref.kind === 'root' ? Math.min(asked, ROOT_SECONDS) : asked;
  // Of the generation of the key that makes it: it ends with that.
  const accessKeyId = newKeyId('ASIA', generationOf(keyId));
  return newKeySession(call, seconds, { ...rest, accessKeyId, keyId, principal: principalIdOf(ref), userId });
}

async function store(
  tools: SessionTools,
  session: NewKeySession & { readonly accessKeyId: string },
  subject: string,
  event: NewAuditEvent,
): Promise<TemporaryCredentials> {
  try {
    await tools.directory.keySessions.create(session, event);
  } catch (error) {
    if (!(error instanceof RolegateError) || error.code !== 'NoSuchEntity') throw error;
    throw new AuthenticationError('InvalidClientTokenId', { cause: error });
  }
  return credentialsOf(tools, { ...session, subject, table: 'key' });
}
