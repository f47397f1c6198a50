import { randomUUID } from 'node:crypto';
import { absentRole } from '../access/absent-role.ts';
import { type AssumptionArguments, decideAssumption } from '../access/assume.ts';
import { inheritanceFault } from '../access/assumption-parameters.ts';
import { gatherForSubjects } from '../access/gather-for-subjects.ts';
import type { CarriedOn, Question, Subject } from '../access/question.ts';
import { isChained, MAX_CHAINED_SECONDS } from '../access/role-chaining.ts';
import { carriedOnBy } from '../access/subject.ts';
import type { Gathered } from '../directory/directory.ts';
import type { NewAuditEvent } from '../directory/stores/audit-store.ts';
import type { RoleSessionOrigin, RoleSessionRecord } from '../directory/stores/session-store.ts';
import type { Decision } from '../evaluation/decision.ts';
import type { PreparedPrincipal, PreparedRole } from '../evaluation/prepare.ts';
import type { RequestContext } from '../evaluation/request.ts';
import { RolegateError } from '../policy/errors.ts';
import { principalIdOf } from '../policy/principal-id.ts';
import { type AssumeRoleParameters, toldParameters } from './assume-role-parameters.ts';
import { withDecision } from './audited.ts';
import { type Call, originContext } from './call.ts';
import { callersPermissions } from './callers-permissions.ts';
import { credentialsOf, expiryOf, type TemporaryCredentials } from './credentials.ts';
import { AccessDenied, AuthenticationError, ValidationError } from './errors.ts';
import { generationForSessionOf } from './key-generation.ts';
import { newKeyId } from './key-id.ts';
import { packedPolicySize } from './packed-policy-size.ts';
import { checkSessionLimits } from './session-limits.ts';
import type { SessionTools } from './session-tools.ts';

export interface AssumedRole {
  readonly session: RoleSessionRecord;
  readonly credentials: TemporaryCredentials;
  /** Share of the packed-policy limit used by session policies and tags, in percent; null: none were passed. */
  readonly packedPolicySize: number | null;
}

/** A role to be granted, with everything that is known before anything is looked up. */
export interface RoleRequest {
  readonly call: Call;
  /** The caller that assumes it: as itself, or in the session that it calls with. */
  readonly subject: Subject;
  readonly parameters: AssumeRoleParameters;
  /** Condition keys of the call beside those of its origin, and what is known about MFA. */
  readonly context: RequestContext;
  readonly mfa: Pick<AssumptionArguments, 'mfaAuthenticated' | 'mfaAge'> & { readonly at: number | null };
  /** Longest duration in seconds, whatever the role and the parameters say; null: no such limit. */
  readonly longestSeconds: number | null;
  readonly federated: { readonly provider: string; readonly subject: string } | null;
  readonly signInId: string | null;
  readonly event: NewAuditEvent;
  /** The message of a refusal for callers who may not see the reason; left out: the reason of the decision. */
  readonly refusal?: string;
}

/**
 * Decides, and makes the session. The checks come in AWS's order: permission, duration, session policies, their packed
 * size. A role that does not exist is answered like one that may not be assumed.
 */
export async function grantRole(tools: SessionTools, request: RoleRequest): Promise<AssumedRole> {
  const { parameters, subject, call } = request;
  const question: Question = {
    subject,
    action: (request.federated === null ? tools.actions.assumeRole : tools.actions.assumeRoleWithWebIdentity).name,
    resource: parameters.role,
    resourceAccount: null,
    context: new Map([...originContext(call.origin), ...request.context]),
    path: '',
  };
  const gathered = await gatherFor(tools, question, parameters, call.now);
  const own = assumerOf(request, callersPermissions(tools, question, gathered, call.now));
  const held = subject.heldSession ?? null;
  const carried = carriedOnBy(held, null);
  const conflict = inheritanceFault(parameters, carried.sourceIdentity, Object.keys(carried.tags));
  if (conflict !== null) throw new ValidationError(conflict.message, conflict.parameter);

  const { role, decision } = authorized(tools, { request, question, gathered, own, carried });
  checkDuration(parameters, role, isChained(subject));
  checkSessionLimits(parameters, gathered, { kind: 'role', accountId: role.facts.accountId });
  const packed = packedPolicySize({ ...parameters, tags: { ...carried.tags, ...parameters.tags } });
  const generation = await generationForSessionOf(tools, call.caller);
  const session = newSession({ request, role, own, carried, generation });
  const { origin } = call;
  // The new key, so that its use can be traced back to this event.
  const told = { ...toldParameters(parameters), accessKeyId: session.accessKeyId };
  const event = { ...withDecision(request.event, { decision, revision: gathered.revision }), parameters: told };
  await create(tools, session, request, event, {
    federatedSubject: request.federated?.subject ?? null,
    mfaAuthenticatedAt: request.mfa.at,
    sourceIp: origin.sourceIp,
    userAgent: origin.userAgent,
  });
  const credentials = await credentialsOf(tools, { ...session, subject: session.arn, table: 'role' });
  return { session: { ...session, endedAt: null }, credentials, packedPolicySize: packed };
}

async function create(
  { directory }: SessionTools,
  session: Omit<RoleSessionRecord, 'endedAt'>,
  { signInId, refusal }: RoleRequest,
  event: NewAuditEvent,
  origin: RoleSessionOrigin,
): Promise<void> {
  try {
    await directory.sessions.create(session, { origin, event, ...(signInId === null ? {} : { signInId }) });
  } catch (error) {
    if (!(error instanceof RolegateError)) throw error;
    if (error.code === 'ExpiredToken') throw new AuthenticationError('ExpiredToken', { cause: error });
    // Deleted since the decision.
    if (error.code === 'NoSuchEntity') throw new AccessDenied(refusal ?? 'the role no longer exists');
    throw error;
  }
}

function gatherFor(
  tools: SessionTools,
  question: Question,
  parameters: AssumeRoleParameters,
  now: number,
): Promise<Gathered> {
  const { principals, roles, policies, accounts } = gatherForSubjects([question]);
  return tools.directory.gather({
    principals,
    roles: [...new Set([...roles, parameters.role])],
    resources: [{ arn: parameters.role, accountId: null }],
    policies: [...new Set([...policies, ...parameters.sessionPolicyArns])],
    accounts: parameters.sourceAccount === null ? accounts : [...accounts, parameters.sourceAccount],
    now,
  });
}

function assumerOf({ federated }: RoleRequest, own: PreparedPrincipal): PreparedPrincipal {
  if (federated === null) return own;
  return { ...own, facts: { kind: 'anonymous', federatedProvider: federated.provider } };
}

interface Attempt {
  readonly request: RoleRequest;
  readonly question: Question;
  readonly gathered: Gathered;
  readonly own: PreparedPrincipal;
  readonly carried: CarriedOn;
}

/** The role, if the caller may assume it this way; otherwise throws AccessDenied with the decision. */
function authorized(
  tools: SessionTools,
  { request, question, gathered, own, carried }: Attempt,
): { readonly role: PreparedRole; readonly decision: Decision } {
  const { parameters, mfa, call } = request;
  const role = gathered.role(parameters.role);
  const decision = decideAssumption(
    own,
    role === null ? absentRole(parameters.role, gathered) : role.value,
    {
      roleSessionName: parameters.roleSessionName,
      externalId: parameters.externalId,
      sourceIdentity: parameters.sourceIdentity ?? carried.sourceIdentity,
      tags: parameters.tags,
      transitiveTagKeys: parameters.transitiveTagKeys,
      inheritedTags: carried.tags,
      mfaAuthenticated: mfa.mfaAuthenticated,
      mfaAge: mfa.mfaAge ?? null,
      sourceArn: parameters.sourceArn,
      sourceAccount: parameters.sourceAccount,
      sourceOrganization: parameters.sourceAccount === null ? null : gathered.organization(parameters.sourceAccount),
    },
    { context: question.context, now: call.now },
    tools.actions,
  );
  if (role !== null && decision.allowed) return { role: role.value, decision };
  const { revision } = gathered;
  throw new AccessDenied(request.refusal ?? decision.reason, { question, decision, gaps: [], revision });
}

function checkDuration({ durationSeconds }: AssumeRoleParameters, role: PreparedRole, chained: boolean): void {
  if (durationSeconds === null) return;
  if (durationSeconds > role.maxSessionDuration) {
    throw new ValidationError(
      'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
      'durationSeconds',
    );
  }
  if (chained && durationSeconds > MAX_CHAINED_SECONDS) {
    throw new ValidationError(
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
      'durationSeconds',
    );
  }
}

/** Default duration of a session, in seconds. */
const DEFAULT_SECONDS = 3600;

function newSession(made: {
  readonly request: RoleRequest;
  readonly role: PreparedRole;
  readonly own: PreparedPrincipal;
  readonly carried: CarriedOn;
  readonly generation: number;
}): Omit<RoleSessionRecord, 'endedAt'> {
  const { request, role, own, carried } = made;
  const { parameters, subject, call } = request;
  const { facts } = role;
  const { roleSessionName } = parameters;
  const held = subject.heldSession ?? null;
  const seconds = parameters.durationSeconds ?? Math.min(DEFAULT_SECONDS, role.maxSessionDuration);
  return {
    id: randomUUID(),
    accessKeyId: newKeyId('ASIA', made.generation),
    // Without the path of the role: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
    arn: `arn:${facts.partition}:sts::${facts.accountId}:assumed-role/${facts.name}/${roleSessionName}`,
    roleArn: facts.arn,
    roleId: facts.id,
    roleSessionName,
    sourceIdentity: parameters.sourceIdentity ?? carried.sourceIdentity,
    tags: { ...carried.tags, ...parameters.tags },
    transitiveTagKeys: [...Object.keys(carried.tags), ...parameters.transitiveTagKeys],
    sessionPolicies: parameters.sessionPolicies,
    sessionPolicyArns: parameters.sessionPolicyArns,
    assumedBy: principalIdOf(subject.principal),
    assumedById: own.facts.kind === 'user' ? own.facts.id : (held?.accessKeyId ?? null),
    parentId: held?.id ?? null,
    federatedProvider: request.federated?.provider ?? null,
    issuedAt: call.now,
    expiresAt: expiryOf(call.now, Math.min(seconds, request.longestSeconds ?? seconds)),
  };
}
