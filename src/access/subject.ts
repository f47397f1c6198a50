import type { GapReach, Gathered, Known } from '../directory/directory.ts';
import { reachOf } from '../directory/gap-reach.ts';
import type { RoleSessionRecord } from '../directory/stores/session-store.ts';
import type { AttachedPolicy } from '../evaluation/applicable-policies.ts';
import type { Decision } from '../evaluation/decision.ts';
import type { PolicyReading } from '../evaluation/policy-reading.ts';
import { type PreparedPrincipal, type PreparedRole, roleSession } from '../evaluation/prepare.ts';
import type { RequestContext } from '../evaluation/request.ts';
import type { Veil } from '../evaluation/veil.ts';
import { InvalidInput, RolegateError } from '../policy/errors.ts';
import { type PrincipalRef, principalIdOf } from '../policy/principal-id.ts';
import { absentRole } from './absent-role.ts';
import { type AssumptionActions, type AssumptionArguments, decideAssumption } from './assume.ts';
import { checkHypotheticalSession, inheritanceFault } from './assumption-parameters.ts';
import { keySessionPrincipal, withMfaKeys } from './key-session.ts';
import { type CarriedOn, fieldOf, type HypotheticalSession, type Question } from './question.ts';
import {
  allowsNothing,
  inlineSessionPolicies,
  managedSessionPolicies,
  storedSessionPolicies,
} from './session-policies.ts';
import { withSourceOrganization } from './source-organization.ts';
import { throughEndpointToSts } from './vpc-endpoint.ts';

/** The part of a question that says who is asked about. */
export type SubjectQuestion = Pick<Question, 'subject' | 'path' | 'fields' | 'context' | 'assumeContextKeys'> & {
  readonly action?: string;
};

/** A subject with its policies: the identity as which it acts, or why it cannot. */
export interface ResolvedSubject {
  /** The subject itself, without the assumed role. */
  readonly own: PreparedPrincipal;
  /** The role session if a role is assumed, otherwise `own`; null: it may not assume the role. */
  readonly acting: PreparedPrincipal | null;
  /** The assumed role; null: none. */
  readonly role: PreparedRole | null;
  /** The decision on assuming the role; null: no role is assumed. */
  readonly assumption: Decision | null;
  readonly gaps: readonly string[];
  readonly reach?: ReadonlyMap<string, GapReach>;
  /** The assumed role does not exist, and the question conceals that: `assumption` is a denial. */
  readonly roleIsAbsent?: true;
}

/**
 * Resolves the subject of `question` in the state of `gathered`. With an assumed role, it decides on assuming it first.
 * Throws a RolegateError that names the input: NOT_FOUND for a principal or role that does not exist, BAD_USER_INPUT for an
 * impossible session. `veil`: what is hidden from whoever asks.
 */
export function resolveSubject(
  question: SubjectQuestion,
  gathered: Gathered,
  actions: AssumptionActions,
  now: number,
  veil?: Veil,
): ResolvedSubject {
  const { subject } = question;
  // Only what the caller asks as itself is its own: not what it would have in a role on the way.
  const seen = subject.onTheWay === undefined ? veil?.asItself : veil?.inRole;
  const own = seenBy(seen, ownPrincipal(question, gathered));
  if (subject.assumedRole === null) {
    return { own: own.value, acting: own.value, role: null, assumption: null, gaps: own.gaps, ...reachOf(own) };
  }

  const role = gathered.role(subject.assumedRole);
  const concealed = subject.roleConcealed === true;
  if (role === null && !concealed) throw noSuchRole(question);
  const gaps = role === null || concealed ? own.gaps : [...new Set([...own.gaps, ...role.gaps])];
  const reach = role === null || concealed ? reachOf(own) : reachOf(own, role);
  const session = subject.session ?? {};
  const at = fieldOf(question, 'session');
  checkHypotheticalSession(session, at);
  const carried = carriedOn(question, own.value, gathered);
  const conflict = inheritanceFault(
    { sourceIdentity: session.sourceIdentity ?? null, tags: session.tags ?? {} },
    carried.sourceIdentity,
    Object.keys(carried.tags),
  );
  if (conflict !== null) throw new InvalidInput(`${at}.${conflict.parameter}`, conflict.message);

  const known = role?.value ?? absentRole(subject.assumedRole, gathered);
  const way = throughEndpointToSts(subject.principal, contextForAssumption(question, gathered, now), gathered);
  const call = { ...way, now, assumes: question.assumeContextKeys ?? true, authority: 'directory' } as const;
  const assumption = decideAssumption(
    own.value,
    seen === undefined ? known : { trust: seen.resource(known.trust) },
    argumentsOf(session, carried),
    seen?.request(call) ?? call,
    actions,
  );
  if (role === null)
    return { own: own.value, acting: null, role: null, assumption, gaps, ...reach, roleIsAbsent: true };
  const inRole = assumption.allowed ? hypotheticalSession(role.value, session, carried, gathered, at) : null;
  const acting = inRole === null ? null : (veil?.inRole.principal(inRole) ?? inRole);
  return { own: own.value, acting, role: role.value, assumption, gaps, ...reach };
}

function seenBy(seen: PolicyReading | undefined, own: Known<PreparedPrincipal>): Known<PreparedPrincipal> {
  return seen === undefined ? own : { ...own, value: seen.principal(own.value) };
}

/** The error for a caller that may know that a role does not exist. */
export function noSuchRole(question: Pick<Question, 'subject' | 'path' | 'fields'>): RolegateError {
  return new RolegateError('NOT_FOUND', `no such role: \`${question.subject.assumedRole}\``, {
    field: fieldOf(question, 'assumedRole'),
  });
}

/** The values that `record` passes on: its source identity and its transitive tags. */
export function carriedOnBy(record: RoleSessionRecord | null, sourceIdentity: string | null): CarriedOn {
  if (record === null) return { sourceIdentity, tags: {} };
  const transitive = new Set(record.transitiveTagKeys.map((key) => key.toLowerCase()));
  const tags = Object.entries(record.tags).filter(([key]) => transitive.has(key.toLowerCase()));
  return { sourceIdentity: record.sourceIdentity, tags: Object.fromEntries(tags) };
}

/** A stored session as it acts: the role's permissions of today, limited by the session policies fixed when it was made. */
export function storedSession(
  record: RoleSessionRecord,
  role: PreparedRole,
  gathered: Gathered,
): Known<PreparedPrincipal> {
  const managed = managedSessionPolicies(record.sessionPolicyArns, gathered);
  const inline = storedSessionPolicies(record.sessionPolicies);
  const sessionPolicies = [
    ...inline.policies,
    ...managed.found,
    // INVARIANT: a limit that is no longer known allows nothing. Left out, it would be no limit.
    ...managed.missing.map(allowsNothing),
  ];
  const value = roleSession(role, {
    sessionName: record.roleSessionName,
    tags: record.tags,
    sourceIdentity: record.sourceIdentity,
    issuedAt: record.issuedAt,
    federatedProvider: record.federatedProvider,
    sessionPolicies: sessionPolicies.length === 0 ? null : sessionPolicies,
  });
  const missing = managed.missing.map((arn) => `the session policy ${arn} is no longer known`);
  const gaps = [...inline.gaps, ...missing];
  return { value, gaps, reach: new Map(gaps.map((gap) => [gap, 'UNREAD'])) };
}

function ownPrincipal(question: SubjectQuestion, gathered: Gathered): Known<PreparedPrincipal> {
  const { principal, heldSession, heldKeySession, assumedRole, session, onTheWay } = question.subject;
  if (heldKeySession != null) {
    const held = keySessionPrincipal(heldKeySession, gathered);
    if (held === null) throw noSuchPrincipal(question);
    return held;
  }
  if (heldSession != null) {
    const role = gathered.role(heldSession.roleArn);
    // A role created again under the same name is a different role: sessions of the old one have ended.
    if (role === null || role.value.facts.id !== heldSession.roleId) throw noSuchPrincipal(question);
    const held = storedSession(heldSession, role.value, gathered);
    return { value: held.value, gaps: [...role.gaps, ...held.gaps], ...reachOf(role, held) };
  }
  if (onTheWay !== undefined) return sessionOfNamedRole(question, {}, onTheWay, gathered);
  if (session !== null && assumedRole === null) return sessionOfNamedRole(question, session, NOTHING, gathered);
  const known = gathered.principal(principal);
  if (known === null) throw noSuchPrincipal(question);
  return known;
}

const NOTHING: CarriedOn = { sourceIdentity: null, tags: {} };

/** `session` without `assumedRole` describes the session that a role, given as the principal, means. */
function sessionOfNamedRole(
  question: SubjectQuestion,
  session: HypotheticalSession,
  carried: CarriedOn,
  gathered: Gathered,
): Known<PreparedPrincipal> {
  const { principal } = question.subject;
  const at = fieldOf(question, 'session');
  if (principal.kind !== 'role') {
    throw new InvalidInput(at, 'a session is of a role: give `assumedRole`, or a role as the principal');
  }
  const role = gathered.role(principal.arn);
  if (role === null) throw noSuchPrincipal(question);
  checkHypotheticalSession(session, at);
  return { value: hypotheticalSession(role.value, session, carried, gathered, at), gaps: role.gaps, ...reachOf(role) };
}

const NOUNS: Readonly<Record<PrincipalRef['kind'], string>> = {
  user: 'user',
  role: 'role',
  roleSession: 'role of such a session',
  federatedUser: 'federated user',
  root: 'account',
  service: 'service',
  anonymous: 'principal',
};

function noSuchPrincipal(question: SubjectQuestion): RolegateError {
  const { principal } = question.subject;
  const message = `no such ${NOUNS[principal.kind]}: \`${principalIdOf(principal)}\``;
  return new RolegateError('NOT_FOUND', message, { field: fieldOf(question, 'principal') });
}

function carriedOn(question: SubjectQuestion, own: PreparedPrincipal, gathered: Gathered): CarriedOn {
  if (own.facts.kind !== 'roleSession') return NOTHING;
  const { principal, heldSession, onTheWay } = question.subject;
  if (onTheWay !== undefined) return onTheWay;
  const record = heldSession ?? (principal.kind === 'roleSession' ? gathered.session(principal) : null);
  return carriedOnBy(record, own.facts.sourceIdentity);
}

function argumentsOf(session: HypotheticalSession, carried: CarriedOn): AssumptionArguments {
  return {
    roleSessionName: session.roleSessionName ?? null,
    externalId: session.externalId ?? null,
    sourceIdentity: session.sourceIdentity ?? carried.sourceIdentity,
    tags: session.tags ?? {},
    transitiveTagKeys: session.transitiveTagKeys ?? [],
    inheritedTags: carried.tags,
    mfaAuthenticated: session.mfaAuthenticated ?? null,
  };
}

/**
 * The condition keys of the request that also count for the assumption that precedes it. Where the request itself is one
 * to STS, its sts:… keys (the external id of the next role …) are its own.
 */
function contextForAssumption(question: SubjectQuestion, gathered: Gathered, now: number): RequestContext {
  const { principal, heldKeySession } = question.subject;
  const context =
    heldKeySession == null
      ? withSourceOrganization(principal, question.context, gathered)
      : withMfaKeys(question.context, heldKeySession, now);
  if (question.action?.toLowerCase().startsWith('sts:') !== true) return context;
  return new Map([...context].filter(([key]) => !key.startsWith('sts:')));
}

function hypotheticalSession(
  role: PreparedRole,
  session: HypotheticalSession,
  carried: CarriedOn,
  gathered: Gathered,
  at: string,
): PreparedPrincipal {
  return roleSession(role, {
    sessionName: session.roleSessionName ?? null,
    tags: { ...carried.tags, ...session.tags },
    sourceIdentity: session.sourceIdentity ?? carried.sourceIdentity,
    issuedAt: null,
    sessionPolicies: hypotheticalPolicies(role, session, gathered, at),
  });
}

function hypotheticalPolicies(
  role: PreparedRole,
  session: HypotheticalSession,
  gathered: Gathered,
  at: string,
): readonly AttachedPolicy[] | null {
  const { sessionPolicies = [], sessionPolicyArns = [] } = session;
  if (sessionPolicies.length === 0 && sessionPolicyArns.length === 0) return null;
  const managed = managedSessionPolicies(sessionPolicyArns, gathered, role.facts.accountId);
  const [missing] = managed.missing;
  if (missing !== undefined) {
    throw new InvalidInput(
      `${at}.sessionPolicyArns[${sessionPolicyArns.indexOf(missing)}]`,
      `\`${missing}\` is not a policy of the role's account or of AWS`,
    );
  }
  return [...inlineSessionPolicies(sessionPolicies, `${at}.sessionPolicies`), ...managed.found];
}
