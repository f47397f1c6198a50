import type { Catalog, CatalogAction } from '../catalog/catalog.ts';
import type { Directory, Gathered, GatherRequest } from '../directory/directory.ts';
import { authorize } from '../evaluation/authorize.ts';
import type { Decision } from '../evaluation/decision.ts';
import { mostRestrictive } from '../evaluation/most-restrictive.ts';
import type { PreparedPrincipal } from '../evaluation/prepare.ts';
import type { ActionFacts, RequestContext, RequestFacts } from '../evaluation/request.ts';
import type { Rereading } from '../evaluation/rereading.ts';
import { RolegateError } from '../policy/errors.ts';
import { type AssumptionActions, barredFromRoles } from './assume.ts';
import { checkForms, type WellFormed } from './check-forms.ts';
import { everyResource, everyResourceGaps } from './every-resource.ts';
import { gatherForSubjects } from './gather-for-subjects.ts';
import { barredFromKeySession, withMfaKeys } from './key-session.ts';
import { isAboutPattern, PatternQuestions, withCoverage } from './pattern-questions.ts';
import type { Answer, Question, Subject } from './question.ts';
import { type OneRevision, onOneRevision } from './scan.ts';
import { withSourceOrganization } from './source-organization.ts';
import { type ResolvedSubject, resolveSubject } from './subject.ts';
import { bucketTagsGap, type Decided, endpointGaps, unknownTo, unreadEndpoint } from './unknown-policies.ts';
import { throughEndpoint } from './vpc-endpoint.ts';

/** The dependencies of decisions. */
export interface DecideTools {
  readonly directory: Directory;
  readonly catalog: Catalog;
  readonly actions: AssumptionActions;
}

/**
 * Answers `questions` in their order, all on one state of the directory: first everything they need is gathered, then they
 * are decided one after the other without waiting. A question that cannot be answered gets its error in its place.
 */
export async function decideEach(
  tools: DecideTools,
  questions: readonly Question[],
  now: number,
): Promise<readonly (Answer | RolegateError)[]> {
  const { catalog } = tools;
  if (!questions.some((question) => isAboutPattern(question, catalog))) return decidePlain(tools, questions, now);
  return onOneRevision((check) => decideWithPatterns(tools, questions, now, check));
}

/** As `decideEach`, without waiting; null: something is not in memory, or a question about a pattern takes several steps. */
export function decideNow(
  tools: DecideTools,
  questions: readonly Question[],
  now: number,
): readonly (Answer | RolegateError)[] | null {
  if (questions.some(({ resourceIsPattern }) => resourceIsPattern === true)) return null;
  const forms = checkForms(tools.catalog, questions);
  const gathered = tools.directory.gatherNow(gatherRequestOf(wellFormed(forms), now));
  return gathered === null ? null : decideOn(tools, forms, gathered, now, null);
}

function wellFormed(forms: readonly (WellFormed | RolegateError)[]): readonly Question[] {
  return forms.flatMap((form) => (form instanceof RolegateError ? [] : [form.question]));
}

function decideOn(
  tools: DecideTools,
  forms: readonly (WellFormed | RolegateError)[],
  gathered: Gathered,
  now: number,
  reading: Rereading | null,
): readonly (Answer | RolegateError)[] {
  const decider = new Decider(tools, gathered, now, reading);
  return forms.map((form) => (form instanceof RolegateError ? form : decider.answer(form)));
}

/** Like `decideEach`, each question about one resource. `reading`: how to read the policies; null: as written. */
async function decideAlike(
  tools: DecideTools,
  questions: readonly Question[],
  now: number,
  reading: Rereading | null,
): Promise<readonly (Answer | RolegateError)[]> {
  const forms = checkForms(tools.catalog, questions);
  const request = gatherRequestOf(wellFormed(forms), now);
  const gathered = tools.directory.gatherNow(request) ?? (await tools.directory.gather(request));
  return decideOn(tools, forms, gathered, now, reading);
}

/** Like `decideEach`, if no question is about a pattern. */
async function decidePlain(
  tools: DecideTools,
  questions: readonly Question[],
  now: number,
): Promise<readonly (Answer | RolegateError)[]> {
  const answers = await decideAlike(tools, questions, now, null);
  if (!questions.some(({ resourceIsPattern }) => resourceIsPattern === true)) return answers;
  return answers.map((answer) => (answer instanceof RolegateError ? answer : withCoverage(answer)));
}

/** Like `decideEach`, if some questions are about patterns: each of those takes several steps. */
async function decideWithPatterns(
  tools: DecideTools,
  questions: readonly Question[],
  now: number,
  check: OneRevision,
): Promise<readonly (Answer | RolegateError)[]> {
  const plain = questions.filter((question) => !isAboutPattern(question, tools.catalog));
  const answers = [...(await decidePlain(tools, plain, now))];
  for (const answer of answers) if (!(answer instanceof RolegateError)) check(answer.revision);
  const patterns = new PatternQuestions(tools, now, check, (each, reading) => decideAlike(tools, each, now, reading));
  const all: (Answer | RolegateError)[] = [];
  for (const question of questions) {
    const answer = isAboutPattern(question, tools.catalog)
      ? await patternAnswer(tools, patterns, question)
      : answers.shift();
    if (answer === undefined) throw new Error('a question without an answer');
    all.push(answer);
  }
  return all;
}

async function patternAnswer(
  tools: DecideTools,
  patterns: PatternQuestions,
  question: Question,
): Promise<Answer | RolegateError> {
  const [form] = checkForms(tools.catalog, [question]);
  if (form === undefined || form instanceof RolegateError) return form ?? new RolegateError('InvalidInput', '');
  try {
    return await patterns.answer(question, form.action);
  } catch (error) {
    if (error instanceof RolegateError) return error;
    throw error;
  }
}

/** Like `decideEach`, but all or nothing: a fault in one question fails them all, with the place of the first fault. */
export async function decide(
  tools: DecideTools,
  questions: readonly Question[],
  now: number,
): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  const faults: RolegateError[] = [];
  for (const answer of await decideEach(tools, questions, now)) {
    if (answer instanceof RolegateError) faults.push(answer);
    else answers.push(answer);
  }
  const [first] = faults;
  if (first === undefined) return answers;
  if (faults.length === 1) throw first;
  const more = `${first.message} (and ${faults.length - 1} more of ${questions.length} could not be answered)`;
  throw new RolegateError(first.code, more, { field: first.field, cause: first });
}

function gatherRequestOf(questions: readonly Question[], now: number): GatherRequest {
  const resources = new Map<string, { readonly arn: string; readonly accountId: string | null }>();
  for (const { resource, furtherResources = [], resourceAccount } of questions) {
    for (const arn of [resource, ...furtherResources]) {
      const key = `${resourceAccount ?? ''} ${arn}`;
      if (!resources.has(key)) resources.set(key, { arn, accountId: resourceAccount });
    }
  }
  const about = gatherForSubjects(questions);
  return { ...about, resources: [...resources.values(), ...about.resources], now };
}

/** Decides the questions of one batch; results that several of them share are computed once. */
class Decider {
  readonly #tools: DecideTools;
  readonly #gathered: Gathered;
  readonly #now: number;
  readonly #reading: Rereading | null;
  readonly #requests = { asAtAws: byAssuming(), asGiven: byAssuming() };
  readonly #subjects = new Map<Subject, { readonly question: Question; readonly resolved: ResolvedSubject }>();

  constructor(tools: DecideTools, gathered: Gathered, now: number, reading: Rereading | null) {
    this.#reading = reading;
    this.#tools = tools;
    this.#gathered = gathered;
    this.#now = now;
  }

  answer({ question, action, gaps }: WellFormed): Answer | RolegateError {
    try {
      const answer = this.#answer(question, action);
      return gaps.length === 0 ? answer : { ...answer, gaps: [...answer.gaps, ...gaps] };
    } catch (error) {
      if (error instanceof RolegateError) return error;
      throw error;
    }
  }

  #answer(question: Question, action: CatalogAction): Answer {
    const subject = this.#subject(question);
    const { revision } = this.#gathered;
    if (subject.acting === null) {
      // INVARIANT: `acting` is null only if `assumption` is a denial.
      if (subject.assumption === null) throw new Error('a subject neither acts nor was it refused its role');
      const { assumption: decision, gaps, roleIsAbsent } = subject;
      return { question, decision, gaps, revision, ...(roleIsAbsent === undefined ? {} : { roleIsAbsent }) };
    }
    const first = this.#on(question.resource, question, subject.acting, action);
    const { acting } = subject;
    const others = question.furtherResources?.map((arn) => this.#on(arn, question, acting, action));
    if (others === undefined || others.length === 0) {
      const { decision } = first;
      const unknown = unknownTo([first], decision, acting, action);
      const resourceGaps = unknown.length === 0 ? first.gaps : [...first.gaps, ...unknown];
      const known = subject.gaps.length === 0 ? resourceGaps : [...new Set([...subject.gaps, ...resourceGaps])];
      const onTheWay = this.#endpointGaps(question, decision);
      const gaps = onTheWay.length === 0 ? known : [...known, ...onTheWay];
      return { question, decision, gaps, resourceGaps, revision };
    }
    const all = [first, ...others];
    const decision = mostRestrictive(
      first.decision,
      others.map((other) => other.decision),
    );
    const resourceGaps = [...all.flatMap(({ gaps }) => gaps), ...unknownTo(all, decision, acting, action)];
    const gaps = [...new Set([...subject.gaps, ...resourceGaps, ...this.#endpointGaps(question, decision)])];
    return { question, decision, gaps, resourceGaps, revision };
  }

  #on(arn: string, question: Question, own: PreparedPrincipal, action: CatalogAction): OnResource {
    const resource = this.#gathered.resource(arn, question.resourceAccount);
    const acting = this.#reading?.principal(own) ?? own;
    const value = this.#reading?.resource(resource.value) ?? resource.value;
    const about = everyResource(action, value);
    const decision =
      barredFromThisRole(acting, action, arn) ??
      barredFromThisSession(question, acting, action, arn) ??
      authorize(acting, action, about, this.#request(question));
    const tags = decision.dependsOnBucketTags ? [bucketTagsGap(arn)] : NOTHING;
    const every = about === value ? NOTHING : everyResourceGaps(action, decision);
    const open = tags.length === 0 && every.length === 0;
    return { arn, decision, resource, gaps: open ? resource.gaps : [...resource.gaps, ...tags, ...every] };
  }

  /** The policy of a VPC endpoint could deny an allowed request, but never grants anything. */
  #endpointGaps({ subject, context }: Question, { allowed }: Decision): readonly string[] {
    const caller = subject.assumedRole === null ? subject.principal : ROLE;
    return allowed ? endpointGaps(caller, context, this.#gathered) : unreadEndpoint(caller, context, this.#gathered);
  }

  /** A role session has no MFA keys: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html */
  #context({ subject, context }: Question): RequestContext {
    const { principal, heldKeySession, assumedRole } = subject;
    if (assumedRole !== null) return context;
    if (heldKeySession != null) return withMfaKeys(context, heldKeySession, this.#now);
    return withSourceOrganization(principal, context, this.#gathered);
  }

  #request(question: Question): RequestFacts {
    const { subject, assumeContextKeys: assumes = true, tagsAsGiven = false } = question;
    const context = this.#context(question);
    const caller = subject.assumedRole === null ? subject.principal : ROLE;
    const reading = tagsAsGiven ? 'asGiven' : 'asAtAws';
    const requests =
      this.#requests[reading][assumes ? 'assuming' : 'plain'][caller.kind === 'service' ? 'service' : 'other'];
    const known = requests.get(context);
    if (known !== undefined) return known;
    const way = throughEndpoint(caller, context, this.#gathered);
    const written: RequestFacts = {
      ...way,
      now: this.#now,
      authority: 'directory',
      assumes,
      ...(tagsAsGiven ? { tagsAsGiven } : {}),
    };
    const request = this.#reading?.request(written) ?? written;
    requests.set(context, request);
    return request;
  }

  /** Questions of one subject object share its resolution; an assumption also depends on the context and on sts:…. */
  #subject(question: Question): ResolvedSubject {
    const shareable = question.subject.assumedRole === null || !question.action.toLowerCase().startsWith('sts:');
    const known = shareable ? this.#subjects.get(question.subject) : undefined;
    if (known !== undefined && (question.subject.assumedRole === null || isSameCall(known.question, question))) {
      return known.resolved;
    }
    const resolved = resolveSubject(question, this.#gathered, this.#tools.actions, this.#now);
    if (shareable) this.#subjects.set(question.subject, { question, resolved });
    return resolved;
  }
}

function isSameCall(one: Question, other: Question): boolean {
  return one.context === other.context && one.assumeContextKeys === other.assumeContextKeys;
}

/** Requests by context, of callers that are services and of others: services do not call through VPC endpoints. */
function byCaller(): Readonly<Record<'service' | 'other', Map<RequestContext, RequestFacts>>> {
  return { service: new Map(), other: new Map() };
}

function byAssuming(): Readonly<Record<'assuming' | 'plain', ReturnType<typeof byCaller>>> {
  return { assuming: byCaller(), plain: byCaller() };
}

const ROLE = { kind: 'role' } as const;

/** The decision on one of the resources of a call. */
interface OnResource extends Decided {
  readonly gaps: readonly string[];
}

const NOTHING: readonly string[] = [];

function barredFromThisSession(
  { subject }: Question,
  acting: PreparedPrincipal,
  action: ActionFacts,
  resource: string,
): Decision | null {
  const { heldKeySession, assumedRole } = subject;
  return assumedRole === null ? barredFromKeySession(heldKeySession ?? null, acting, action, resource) : null;
}

function barredFromThisRole(principal: PreparedPrincipal, action: ActionFacts, resource: string): Decision | null {
  return action.name === 'sts:AssumeRole' ? barredFromRoles(principal, resource) : null;
}
