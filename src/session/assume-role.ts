import { randomUUID } from 'node:crypto';
import { decideAssumption } from '../access/assume.ts';
import { inheritanceFault } from '../access/assumption-parameters.ts';
import type { Question, Subject } from '../access/question.ts';
import { inlineSessionPolicies, managedSessionPolicies } from '../access/session-policies.ts';
import { type CarriedOn, carriedOnBy, gatherForSubjects, resolveSubject } from '../access/subject.ts';
import type { Gathered } from '../directory/directory.ts';
import type { RoleSessionRecord } from '../directory/session-store.ts';
import { type PreparedPrincipal, type PreparedRole, prepareResource } from '../evaluation/prepare.ts';
import type { RequestContext } from '../evaluation/request.ts';
import { parseArn } from '../policy/arn.ts';
import { RolegateError } from '../policy/errors.ts';
import { loadPolicy } from '../policy/load.ts';
import { principalIdOf } from '../policy/principal-id.ts';
import { type AssumeRoleInput, type AssumeRoleParameters, assumeRoleParameters } from './assume-role-parameters.ts';
import type { Caller } from './caller.ts';
import { AccessDenied, AuthenticationError, ValidationError } from './errors.ts';
import { newKeyId } from './key-id.ts';
import { packedPolicySize } from './packed-policy-size.ts';
import { signSessionToken } from './session-token.ts';
import type { SessionTools } from './session-tools.ts';

/** Credentials of a role session. Shown once: the gateway keeps no copy of the secret. */
export interface TemporaryCredentials {
  /** ASIA… */
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** Milliseconds since 1970. */
  readonly expiration: number;
}

export interface AssumedRole {
  readonly session: RoleSessionRecord;
  readonly credentials: TemporaryCredentials;
  /** Per cent of what there is room for; null: neither policies nor tags were passed. */
  readonly packedPolicySize: number | null;
}

type PrincipalCaller = Extract<Caller, { kind: 'principal' }>;

/** Seconds. A chained session lasts an hour at most: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html */
const MAX_CHAINED_SECONDS = 3600;

/**
 * sts:AssumeRole: makes a session of the role for the caller. The checks come in AWS's order: parameters, caller,
 * permission, duration, session policies, their packed size. Throws ValidationError, AccessDenied, MalformedPolicyDocument
 * or PackedPolicyTooLarge (all RolegateErrors with AWS's codes). A role that is not there is answered like one that may
 * not be assumed. https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
export async function assumeRole(
  tools: SessionTools,
  caller: Caller,
  input: AssumeRoleInput,
  request: { readonly context: RequestContext; readonly now: number },
): Promise<AssumedRole> {
  const parameters = assumeRoleParameters(input);
  const principal = callingPrincipal(caller);
  checkMfa(parameters);
  const subject: Subject = {
    principal: principal.ref,
    heldSession: principal.session,
    assumedRole: null,
    session: null,
  };
  const question: Question = {
    subject,
    action: tools.actions.assumeRole.name,
    resource: parameters.role,
    resourceAccount: null,
    context: request.context,
    path: '',
  };
  const gathered = await gatherFor(tools, question, parameters, request.now);
  const own = callersPermissions(tools, question, gathered, request.now);
  const carried = carriedOnBy(principal.session, principal.session?.sourceIdentity ?? null);
  const conflict = inheritanceFault(parameters, carried.sourceIdentity, Object.keys(carried.tags));
  if (conflict !== null) throw new ValidationError(conflict.message, conflict.parameter);

  const role = authorized(tools, { question, parameters, gathered, own, carried, now: request.now });
  checkDuration(parameters, role, principal);
  const limits = sessionLimits(parameters, role, gathered);
  const packed = packedPolicySize({ ...limits, tags: { ...carried.tags, ...parameters.tags } });
  const now = Math.floor(request.now / 1000) * 1000; // Times of sessions are whole seconds, as in their tokens.
  const session = newSession({ parameters, role, caller: principal, own, carried, now });
  await tools.directory.sessions.create(session);
  return {
    session: { ...session, endedAt: null },
    credentials: {
      accessKeyId: session.accessKeyId,
      secretAccessKey: tools.secrets.secretFor(session.accessKeyId),
      sessionToken: await signSessionToken(session, tools.secrets),
      expiration: session.expiresAt,
    },
    packedPolicySize: packed,
  };
}

function callingPrincipal(caller: Caller): PrincipalCaller {
  switch (caller.kind) {
    case 'principal':
      return caller;
    case 'operator':
      throw new AccessDenied('the operator is not a principal of IAM and can assume no role');
    case 'anonymous':
      throw new AuthenticationError('MissingAuthenticationToken');
    default:
      return caller satisfies never;
  }
}

/** No MFA device is registered anywhere, so no code can be right. */
function checkMfa({ serialNumber, tokenCode }: AssumeRoleParameters): void {
  if (serialNumber === null && tokenCode === null) return;
  if (serialNumber === null || tokenCode === null) {
    throw new AccessDenied(
      'MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.',
    );
  }
  throw new AccessDenied('MultiFactorAuthentication failed with invalid MFA one time pass code.');
}

function gatherFor(
  tools: SessionTools,
  question: Question,
  parameters: AssumeRoleParameters,
  now: number,
): Promise<Gathered> {
  const { principals, roles, policies } = gatherForSubjects([question]);
  return tools.directory.gather({
    principals,
    roles: [...new Set([...roles, parameters.role])],
    resources: [{ arn: parameters.role, accountId: null }],
    policies: [...new Set([...policies, ...parameters.sessionPolicyArns])],
    now,
  });
}

function callersPermissions(
  tools: SessionTools,
  question: Question,
  gathered: Gathered,
  now: number,
): PreparedPrincipal {
  try {
    return resolveSubject(question, gathered, tools.actions, now).own;
  } catch (error) {
    // Deleted between signing in and now.
    if (error instanceof RolegateError && error.code === 'NOT_FOUND') {
      throw new AuthenticationError('InvalidClientTokenId', { cause: error });
    }
    throw error;
  }
}

interface Attempt {
  readonly question: Question;
  readonly parameters: AssumeRoleParameters;
  readonly gathered: Gathered;
  readonly own: PreparedPrincipal;
  readonly carried: CarriedOn;
  readonly now: number;
}

/** The role, if the caller may assume it so; else throws AccessDenied with the decision. */
function authorized(tools: SessionTools, attempt: Attempt): PreparedRole {
  const { question, parameters, gathered, own, carried, now } = attempt;
  const role = gathered.role(parameters.role);
  const decision = decideAssumption(
    own,
    role === null ? nobodysRole(parameters.role, gathered) : role.value,
    {
      roleSessionName: parameters.roleSessionName,
      externalId: parameters.externalId,
      sourceIdentity: parameters.sourceIdentity ?? carried.sourceIdentity,
      tags: parameters.tags,
      transitiveTagKeys: parameters.transitiveTagKeys,
      inheritedTags: carried.tags,
      mfaAuthenticated: null,
    },
    { context: question.context, now },
    tools.actions,
  );
  if (role !== null && decision.allowed) return role.value;
  const { revision } = gathered;
  throw new AccessDenied(decision.reason, { question, decision, gaps: [], revision });
}

/** What a role that is not there is decided as: one that trusts nobody, so that nobody can tell the two apart. */
function nobodysRole(arn: string, gathered: Gathered): Pick<PreparedRole, 'trust'> {
  const policy = {
    policy: loadPolicy({ Version: '2012-10-17', Statement: [] }, 'trust'),
    id: arn,
    name: null,
    arn: null,
  };
  const { facts } = gathered.resource(arn, null).value;
  return { trust: prepareResource({ ...facts, tags: {}, policy, policyBindings: {} }) };
}

function checkDuration(parameters: AssumeRoleParameters, role: PreparedRole, caller: PrincipalCaller): void {
  if (parameters.durationSeconds > role.maxSessionDuration) {
    throw new ValidationError(
      'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
      'durationSeconds',
    );
  }
  if (caller.session !== null && parameters.durationSeconds > MAX_CHAINED_SECONDS) {
    throw new ValidationError(
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
      'durationSeconds',
    );
  }
}

/** The session policies, which have to be policies. */
function sessionLimits(
  parameters: AssumeRoleParameters,
  role: PreparedRole,
  gathered: Gathered,
): Pick<AssumeRoleParameters, 'sessionPolicies' | 'sessionPolicyArns'> {
  const { sessionPolicies, sessionPolicyArns } = parameters;
  inlineSessionPolicies(sessionPolicies, 'sessionPolicies');
  const [missing] = managedSessionPolicies(sessionPolicyArns, gathered, role.facts.accountId).missing;
  if (missing !== undefined) {
    const field = `sessionPolicyArns[${sessionPolicyArns.indexOf(missing)}]`;
    throw new ValidationError(`\`${missing}\` is not a policy of the role's account or of AWS`, field);
  }
  return { sessionPolicies, sessionPolicyArns };
}

function newSession(made: {
  readonly parameters: AssumeRoleParameters;
  readonly role: PreparedRole;
  readonly caller: PrincipalCaller;
  readonly own: PreparedPrincipal;
  readonly carried: CarriedOn;
  readonly now: number;
}): Omit<RoleSessionRecord, 'endedAt'> {
  const { parameters, role, caller, own, carried, now } = made;
  const { facts } = role;
  const { roleSessionName } = parameters;
  const partition = parseArn(facts.arn)?.partition ?? facts.partition;
  return {
    id: randomUUID(),
    accessKeyId: newKeyId('ASIA'),
    // Without the path of the role: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
    arn: `arn:${partition}:sts::${facts.accountId}:assumed-role/${facts.name}/${roleSessionName}`,
    roleArn: facts.arn,
    roleId: facts.id,
    roleSessionName,
    sourceIdentity: parameters.sourceIdentity ?? carried.sourceIdentity,
    tags: { ...carried.tags, ...parameters.tags },
    transitiveTagKeys: [...Object.keys(carried.tags), ...parameters.transitiveTagKeys],
    sessionPolicies: parameters.sessionPolicies,
    sessionPolicyArns: parameters.sessionPolicyArns,
    assumedBy: principalIdOf(caller.ref),
    assumedById: own.facts.kind === 'user' ? own.facts.id : (caller.session?.accessKeyId ?? null),
    parentId: caller.session?.id ?? null,
    issuedAt: now,
    expiresAt: now + parameters.durationSeconds * 1000,
  };
}
