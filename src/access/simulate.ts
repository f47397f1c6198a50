import type { Catalog, CatalogAction } from '../catalog/catalog.ts';
import { accessPointIn, comesThrough } from '../evaluation/access-point.ts';
import type { ControlLevel } from '../evaluation/applicable-policies.ts';
import { authorize } from '../evaluation/authorize.ts';
import type { Decision } from '../evaluation/decision.ts';
import type { KmsGrant } from '../evaluation/key-grant.ts';
import {
  type PreparedPrincipal,
  type PreparedResource,
  prepareEndpoint,
  preparePolicies,
  preparePrincipal,
  prepareResource,
} from '../evaluation/prepare.ts';
import type { PrincipalFacts } from '../evaluation/principal.ts';
import type { PublicAccessBlocks } from '../evaluation/public-access.ts';
import type { RequestContext, RequestFacts } from '../evaluation/request.ts';
import type { Rereading } from '../evaluation/rereading.ts';
import { isServiceLinked } from '../evaluation/service-linked.ts';
import { parseArn } from '../policy/arn.ts';
import { InvalidInput, RolegateError } from '../policy/errors.ts';
import { isAccountId } from '../policy/principal-id.ts';
import { finished, type Steps } from '../policy/steps.ts';
import { withCoverage } from './answer.ts';
import { barredFromRoles } from './assume.ts';
import { checkAction } from './check-action.ts';
import { checkQuestion, checkQuestionCount } from './check-question.ts';
import { everyResource, everyResourceGaps, kindOfEvery } from './every-resource.ts';
import { checkPatternCount, isAboutPattern, namesOne } from './pattern-questions.ts';
import type { Answer, Question } from './question.ts';
import { checkCall, type SimulatedCaller, simulatedCaller } from './simulated-caller.ts';
import { checkedGrants } from './simulated-grants.ts';
import { simulatedPattern } from './simulated-pattern.ts';
import { controlLevels, type Document, documents, endpointOf, ResourcePolicies } from './simulated-policies.ts';
import { checkSimulated, type SimulatorRules, type StoredCaller, withoutItsSide } from './simulator-rules.ts';

/** Policies, and requests to decide on these policies only. */
export interface Simulation {
  readonly caller: SimulatedCaller;
  readonly identityPolicies: readonly Document[];
  readonly permissionsBoundaries: readonly Document[];
  readonly sessionPolicies: readonly Document[];
  readonly resourcePolicy: Document | null;
  /** Policy of the VPC endpoint that the requests go through; null: no endpoint. */
  readonly vpcEndpointPolicy: Document | null;
  /** S3 Block Public Access of every bucket and access point in `requests`. Left out: none. */
  readonly publicAccess?: PublicAccessBlocks;
  /** Grants of every KMS key in `requests`. Left out: none. */
  readonly kmsGrants?: readonly KmsGrant[];
  /** From the organization's root down to the account; null: in no organization. */
  readonly serviceControlPolicies: readonly (readonly Document[])[] | null;
  readonly resourceControlPolicies: readonly (readonly Document[])[] | null;
  /** An error takes the place of a request that is already known to be malformed. */
  readonly requests: readonly (SimulatedRequest | RolegateError)[];
  /** As in a Question. */
  readonly assumeContextKeys?: boolean;
  /** What is stored about the caller: it counts beside what is given. Left out: nothing. */
  readonly stored?: StoredCaller;
  /** Decides as AWS's policy simulator does. Left out: as AWS does. */
  readonly simulator?: SimulatorRules;
  /** What the client calls this input, for errors: `input`. */
  readonly path: string;
}

export interface SimulatedRequest {
  readonly action: string;
  readonly resource: string;
  /** As in a Question. */
  readonly resourceIsPattern?: boolean;
  readonly resourceAccount: string | null;
  readonly context: RequestContext;
}

/** A simulation is given the policy of an access point, but not of the bucket behind it. */
function bucketGaps(
  { resource }: Question,
  { service, name }: CatalogAction,
  { allowed }: Decision,
): readonly string[] {
  const point = accessPointIn(resource);
  if (point === null || service !== 's3' || !comesThrough(name) || !allowed) return [];
  return [`the policy of the bucket behind ${point} also has to allow the request: a simulation does not have it`];
}

/** As the API of AWS: https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulateCustomPolicy.html */
const MAX_BOUNDARIES = 1;

/**
 * Decides requests on the given policies, without reading the directory; hence the revision before its first change, and gaps
 * only for what a simulation cannot be given. Keys in the context count, even if they contradict what follows from the caller.
 * Policies that AWS would not let the caller have are refused if they would limit it; identity policies given for the root
 * user, services and anonymous callers are ignored.
 * A request that cannot be decided gets its error in its place. Throws InvalidInput and MalformedPolicyDocument with the
 * place of any other fault. One step for each document, request and resource of a pattern.
 */
export function* simulationSteps(
  catalog: Catalog,
  simulation: Simulation,
  now: number,
): Steps<readonly (Answer | RolegateError)[]> {
  const at = (field: string): string => (simulation.path === '' ? field : `${simulation.path}.${field}`);
  checkQuestionCount(simulation.requests.length, at('requests'));
  const resourceControl = yield* controlLevels(
    simulation.resourceControlPolicies,
    'rcp',
    'resourceControlPolicies',
    at,
  );
  const principal = yield* simulatedPrincipal(simulation, resourceControl, at);
  const accountId = principal.accountId || null;
  const { simulator = null } = simulation;
  const resourcePolicies = new ResourcePolicies(simulation.resourcePolicy, at('resourcePolicy'));
  const endpoint = endpointOf(simulation.vpcEndpointPolicy, 'vpcEndpointPolicy', at);
  const assumes = simulation.assumeContextKeys ?? true;
  const grants = checkedGrants(simulation.kmsGrants ?? [], at('kmsGrants'));

  const given = { accountId, resourceControl, resourcePolicies, grants, simulation };
  const prepared = (arn: string, question: Question, action: CatalogAction): PreparedResource =>
    preparedResource(given, arn, question, action);
  const path = endpoint === null ? {} : { endpoint: prepareEndpoint(endpoint) };
  const factsOf = ({ context }: Question, reading: Rereading | null): RequestFacts => {
    const follows = simulator === null ? {} : { follows: simulator.follows };
    const facts = { context, now, authority: 'context', assumes, ...follows, ...path } as const;
    return reading?.request(facts) ?? facts;
  };
  const on = (question: Question, action: CatalogAction, reading: Rereading | null): Answer => {
    const gaps = simulator === null ? checkQuestion(catalog, question, action) : checkSimulated(catalog, question);
    const caller = reading?.principal(principal) ?? principal;
    const plain = prepared(question.resource, question, action);
    const named = reading?.resource(plain) ?? plain;
    const resource = simulator === null ? everyResource(action, named) : named;
    const barred = action.name === 'sts:AssumeRole' ? barredFromRoles(caller, question.resource) : null;
    const decision = barred ?? authorize(caller, action, resource, factsOf(question, reading));
    const open = resource === named ? gaps : [...gaps, ...everyResourceGaps(action, decision)];
    const behind = simulator === null ? bucketGaps(question, action, decision) : [];
    return { question, decision, gaps: [...open, ...behind], revision: 0n };
  };

  let patterns = 0;
  const decide = function* (request: SimulatedRequest, index: number): Steps<Answer> {
    const question: Question = {
      subject: { principal: simulation.caller.principal, assumedRole: null, session: null },
      ...request,
      path: at(`requests[${index}]`),
    };
    const action = checkAction(catalog, request.action, `${question.path}.action`);
    checkCall(simulation.caller, action, question);
    if (!isAboutPattern(question, catalog)) return withCoverage(on(question, action, null));
    if (!namesOne(question.resource, action)) checkPatternCount(++patterns, question);
    checkQuestion(catalog, question, action);
    const resource = prepared(question.resource, question, action);
    const about = { question, action, catalog, principal, resource, facts: factsOf(question, null) };
    return yield* simulatedPattern(about, (each, reading) => on(each, action, reading));
  };
  return yield* inTheirPlaces(simulation.requests, decide);
}

/** What resources are made of. */
interface ResourceTools {
  /** The caller's; null: it has none. */
  readonly accountId: string | null;
  readonly resourceControl: readonly ControlLevel[] | null;
  readonly resourcePolicies: ResourcePolicies;
  readonly grants: readonly KmsGrant[];
  readonly simulation: Simulation;
}

function preparedResource(
  { accountId, resourceControl, resourcePolicies, grants, simulation }: ResourceTools,
  arn: string,
  { resourceAccount }: Question,
  action: CatalogAction,
): PreparedResource {
  const policy = resourcePolicies.on(arn, kindOfEvery(action));
  const { simulator = null } = simulation;
  const resource = prepareResource({
    arn,
    // As in decisions, a resource that nobody is said to own counts as the caller's own, but has no condition keys about its
    // owner: a Deny that keeps the resources of others out must not be passed over. In AWS's API it is the caller's.
    accountId: accountOf(arn) ?? resourceAccount ?? (simulator === null ? null : accountId),
    organization: null,
    tags: null,
    policy,
    policyBindings: {},
    resourceControl,
    publicAccess: simulation.publicAccess ?? {},
    grants,
  });
  return simulator !== null && policy === null ? withoutItsSide(resource, accountId) : resource;
}

function* inTheirPlaces(
  requests: Simulation['requests'],
  decide: (request: SimulatedRequest, index: number) => Steps<Answer>,
): Steps<readonly (Answer | RolegateError)[]> {
  const answers: (Answer | RolegateError)[] = [];
  for (const [index, request] of requests.entries()) {
    answers.push(request instanceof RolegateError ? request : yield* answerOrError(decide(request, index)));
    yield 1;
  }
  return answers;
}

function* answerOrError(decided: Steps<Answer>): Steps<Answer | RolegateError> {
  try {
    return yield* decided;
  } catch (error) {
    if (error instanceof RolegateError) return error;
    throw error;
  }
}

/** Like `simulationSteps`, in one go, and all or nothing: throws the first fault. */
export function simulate(catalog: Catalog, simulation: Simulation, now: number): readonly Answer[] {
  return finished(simulationSteps(catalog, simulation, now)).map((answer) => {
    if (answer instanceof RolegateError) throw answer;
    return answer;
  });
}

function* simulatedPrincipal(
  simulation: Simulation,
  resourceControl: readonly ControlLevel[] | null,
  at: (field: string) => string,
): Steps<PreparedPrincipal> {
  const { facts: known = null, policies: stored = null } = simulation.stored ?? {};
  const facts: PrincipalFacts = known ?? simulatedCaller(simulation.caller, at('caller'));
  const given = yield* documents(simulation.identityPolicies, 'identity', 'identityPolicies', at);
  const identity = stored === null ? given : [...stored.identity, ...given];
  const boundaries = yield* documents(simulation.permissionsBoundaries, 'boundary', 'permissionsBoundaries', at);
  if (boundaries.length > MAX_BOUNDARIES) {
    throw new InvalidInput(
      at('permissionsBoundaries'),
      `${boundaries.length} boundaries; a principal has at most ${MAX_BOUNDARIES}`,
    );
  }
  if (boundaries.length > 0 && !canHaveBoundary(facts)) {
    throw new InvalidInput(
      at('permissionsBoundaries'),
      'only users and roles have a boundary, service-linked roles excepted: leave it out',
    );
  }
  const session = yield* documents(simulation.sessionPolicies, 'session', 'sessionPolicies', at);
  if (session.length > 0 && facts.kind !== 'roleSession' && facts.kind !== 'federatedUser') {
    throw new InvalidInput(
      at('sessionPolicies'),
      'only sessions of roles and federated users have session policies: leave them out',
    );
  }
  const serviceControl =
    (yield* controlLevels(simulation.serviceControlPolicies, 'scp', 'serviceControlPolicies', at)) ??
    stored?.serviceControl ??
    null;
  if (facts.kind === 'service' || facts.kind === 'anonymous') return preparePrincipal(facts, null, null);
  // INVARIANT: a root user has no identity policies. A Deny in them would count.
  const own = facts.kind === 'root' ? [] : identity;
  const boundary = boundaries[0] ?? stored?.boundary ?? null;
  const policies = preparePolicies({ identity: own, boundary, serviceControl, resourceControl });
  return preparePrincipal(facts, policies, session.length === 0 ? null : session);
}

/**
 * Whether a boundary can be attached to the principal, or to the user that made its federated session.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
 */
function canHaveBoundary(facts: PrincipalFacts): boolean {
  if (facts.kind === 'roleSession') return !isServiceLinked(facts);
  return facts.kind === 'user' || facts.kind === 'federatedUser';
}

function accountOf(arn: string): string | null {
  const account = parseArn(arn)?.accountId ?? '';
  return isAccountId(account) ? account : null;
}
