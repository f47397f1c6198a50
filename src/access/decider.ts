import type { Catalog, CatalogAction } from '../catalog/catalog.ts';
import type { Gathered, KnownResource } from '../directory/directory.ts';
import { authorize } from '../evaluation/authorize.ts';
import type { Decision } from '../evaluation/decision.ts';
import { mostRestrictive } from '../evaluation/most-restrictive.ts';
import type { PolicyReading } from '../evaluation/policy-reading.ts';
import type { PreparedPrincipal, PreparedResource } from '../evaluation/prepare.ts';
import type { ActionFacts, RequestContext, RequestFacts } from '../evaluation/request.ts';
import type { Rereading } from '../evaluation/rereading.ts';
import type { Veil } from '../evaluation/veil.ts';
import { type Caller, DirectAnswer, gapsOf, onTheWay, withCoverage } from './answer.ts';
import { type AssumptionActions, barredFromRoles } from './assume.ts';
import { checkAction } from './check-action.ts';
import { checkAsked, checkAssumedRole, checkBeside, fitsIn, type KnownFits, passedOver } from './check-question.ts';
import { everyResource } from './every-resource.ts';
import { barredFromKeySession, withMfaKeys } from './key-session.ts';
import { type Answer, fieldOf, type Question, type Subject } from './question.ts';
import { SmallMap } from './small-map.ts';
import { withSourceOrganization } from './source-organization.ts';
import { noSuchRole, type ResolvedSubject, resolveSubject } from './subject.ts';
import { OF_BOTH, OF_CALLER, telling } from './telling-gaps.ts';
import { type Decided, endpointGaps, unknownTo, unreadEndpoint } from './unknown-policies.ts';
import { throughEndpoint } from './vpc-endpoint.ts';

/** What deciding needs beside what was gathered. */
export interface DeciderTools {
  readonly catalog: Catalog;
  readonly actions: AssumptionActions;
  /** What is hidden from whoever asks. Left out: nothing. */
  readonly veil?: Veil;
}

/** Who asks, in what request: all questions that share these share the rest. */
interface Asker extends Caller {
  readonly subject: Subject;
  readonly context: RequestContext;
  readonly assumes: boolean;
  readonly asGiven: boolean;
  /** Whether it asks STS in a role: the assumption then depends on that. */
  readonly ofSts: boolean;
  readonly resolved: ResolvedSubject;
  readonly request: RequestFacts;
}

/** Requests that share a decider are few: it begins anew with more. */
const MOST_ASKERS = 10_000;

/**
 * Decides questions on one state of the directory, without waiting; what several of them share is computed once. Throws the
 * RolegateError of a question that cannot be answered, and what `gathered` throws for what it does not have.
 */
export class Decider {
  readonly #tools: DeciderTools;
  readonly #catalog: Catalog;
  readonly #gathered: Gathered;
  readonly #now: number;
  readonly #reading: Rereading | null;
  readonly #fits: KnownFits;
  readonly #actions = new SmallMap<string, CatalogAction>();
  readonly #requests = new SmallMap<RequestContext, RequestFacts[]>();
  readonly #askers = new SmallMap<Subject, Asker>();
  /** Answers to questions of which the effect alone is read: one of each kind. */
  readonly #effects: Answer[] = [];
  #asker: Asker | null = null;
  #action: CatalogAction | null = null;
  #actionName = '';
  #checked: Subject | null = null;

  constructor(tools: DeciderTools, gathered: Gathered, now: number, reading: Rereading | null) {
    this.#reading = reading;
    this.#tools = tools;
    this.#gathered = gathered;
    this.#now = now;
    this.#catalog = (gathered.catalog ?? tools.catalog).now;
    this.#fits = fitsIn(this.#catalog);
  }

  /** Whether it decides on this state, in this way. */
  isOn(tools: DeciderTools, gathered: Gathered, reading: Rereading | null): boolean {
    return this.#tools === tools && this.#gathered === gathered && this.#reading === reading;
  }

  answer(question: Question): Answer {
    const catalog = this.#catalog;
    const action = this.#actionOf(question);
    this.#checkSubject(question);
    const atHand = this.#gathered.atHand?.(question.resource, question.resourceAccount);
    const gap = this.#checkFit(question, action, question.resource, atHand);
    const beside = checkBeside(catalog, question, action);
    const passed = passedOver(question);
    const formGaps =
      gap === null && passed.length === 0 ? beside : [...(gap === null ? [] : [gap]), ...beside, ...passed];
    const asker = this.#askerOf(question, action);
    const { acting } = asker.resolved;
    if (acting === null) return withCoverage(this.#refused(question, asker.resolved, formGaps));
    if (question.furtherResources !== undefined && question.furtherResources.length > 0)
      return withCoverage(this.#onAll(question, question.furtherResources, acting, asker, action, formGaps));
    const known = atHand ?? this.#gathered.resource(question.resource, question.resourceAccount);
    const decision = this.#decide(question.resource, known.value, acting, asker, action);
    const alike = question.effectAlone === true ? this.#alike(decision) : undefined;
    if (alike !== undefined) return alike;
    const answer = new DirectAnswer(question, decision, this.#gathered.revision, asker, action, known, formGaps);
    if (question.resourceIsPattern === true) return withCoverage(answer);
    if (question.effectAlone === true) this.#effects.push(answer);
    return answer;
  }

  /** An answer with the same effect and layer, to a question of which nothing else is read. */
  #alike({ effect, deniedBy }: Decision): Answer | undefined {
    const effects = this.#effects;
    for (let index = 0; index < effects.length; index += 1) {
      const answer = effects[index];
      if (answer?.decision.effect === effect && answer.decision.deniedBy === deniedBy) return answer;
    }
    return undefined;
  }

  /** Whether the same question about `resource` is allowed; no reasons are kept. A role that is not there is an error. */
  allows(question: Question, resource: string): boolean {
    const catalog = this.#catalog;
    const action = this.#actionOf(question);
    this.#checkSubject(question);
    const atHand = this.#gathered.atHand?.(resource, question.resourceAccount);
    this.#checkFit(question, action, resource, atHand);
    checkBeside(catalog, question, action);
    const asker = this.#askerOf(question, action);
    const { acting, roleIsAbsent } = asker.resolved;
    if (roleIsAbsent === true) throw noSuchRole(question);
    if (acting === null) return false;
    const { value } = atHand ?? this.#gathered.resource(resource, question.resourceAccount);
    return this.#decide(resource, value, acting, asker, action).allowed;
  }

  /** Returns the gap of the question's first resource: `resource`, in place of its own. */
  #checkFit(
    question: Question,
    action: CatalogAction,
    resource: string,
    atHand: KnownResource | undefined,
  ): string | null {
    if (atHand?.fit?.has(action) === true) return null;
    const gap = checkAsked(this.#catalog, question, action, resource, this.#fits);
    if (gap === null && question.resourceIsPattern !== true && action.askedOn === undefined)
      atHand?.fit?.add(action, resource);
    return gap;
  }

  #actionOf(question: Question): CatalogAction {
    const { action: name } = question;
    if (this.#action !== null && this.#actionName === name) return this.#action;
    const action = this.#actions.get(name) ?? checkAction(this.#catalog, name, fieldOf(question, 'action'));
    this.#actions.set(name, action);
    this.#action = action;
    this.#actionName = name;
    return action;
  }

  #checkSubject(question: Question): void {
    const { subject } = question;
    if (subject === this.#checked) return;
    if (subject.assumedRole !== null) checkRoleOf(question);
    this.#checked = subject;
  }

  #refused(
    question: Question,
    { assumption, roleIsAbsent, ...resolved }: ResolvedSubject,
    formGaps: readonly string[],
  ): Answer {
    // INVARIANT: `acting` is null only if `assumption` is a denial.
    if (assumption === null) throw new Error('a subject neither acts nor was it refused its role');
    const gaps = telling(resolved, assumption, OF_BOTH);
    const all = formGaps.length === 0 ? gaps : [...gaps, ...formGaps];
    const absent = roleIsAbsent === undefined ? {} : { roleIsAbsent };
    const { revision } = this.#gathered;
    return { question, decision: assumption, onAssumption: true, gaps: all, revision, ...absent };
  }

  /** A call with several resources. */
  #onAll(
    question: Question,
    further: readonly string[],
    acting: PreparedPrincipal,
    asker: Asker,
    action: CatalogAction,
    formGaps: readonly string[],
  ): Answer {
    const all = [question.resource, ...further].map((arn): Decided => {
      const resource = this.#gathered.resource(arn, question.resourceAccount);
      return { arn, decision: this.#decide(arn, resource.value, acting, asker, action), resource };
    });
    const [first, ...others] = all.map((one) => one.decision);
    if (first === undefined) throw new Error('a call without resources');
    const decision = mostRestrictive(first, others);
    const resourceGaps = [
      ...all.flatMap((one) => gapsOf(one, action, decision)),
      ...unknownTo(all, decision, acting, action),
    ];
    const gaps = new Set([
      ...telling(asker.resolved, decision, OF_CALLER),
      ...resourceGaps,
      ...onTheWay(asker.way, decision),
    ]);
    return { question, decision, gaps: [...gaps, ...formGaps], resourceGaps, revision: this.#gathered.revision };
  }

  #decide(
    arn: string,
    written: PreparedResource,
    own: PreparedPrincipal,
    { subject, request }: Asker,
    action: CatalogAction,
  ): Decision {
    const reading = this.#reading;
    const acting = reading === null ? own : reading.principal(own);
    const seen = this.#seen(subject)?.resource(written) ?? written;
    const resource = reading === null ? seen : reading.resource(seen);
    return (
      barredFromThisRole(acting, action, arn) ??
      barredFromThisSession(subject, acting, action, arn) ??
      authorize(acting, action, everyResource(action, resource), request)
    );
  }

  /** How the policies are read for whoever asks; null: as they are. */
  #seen({ assumedRole }: Subject): PolicyReading | null {
    const { veil } = this.#tools;
    if (veil === undefined) return null;
    return assumedRole === null ? veil.asItself : veil.inRole;
  }

  /** Questions of one subject object share its resolution; an assumption also depends on the context and on sts:…. */
  #askerOf(question: Question, action: CatalogAction): Asker {
    const { subject, context, assumeContextKeys: assumes = true, tagsAsGiven: asGiven = false } = question;
    const ofSts = subject.assumedRole !== null && action.service === 'sts';
    const last = this.#asker;
    if (last !== null && isOf(last, question, ofSts)) return last;
    const before = this.#askers.get(subject);
    if (before !== undefined && isOf(before, question, ofSts)) {
      this.#asker = before;
      return before;
    }
    const resolved =
      before !== undefined && subject.assumedRole === null
        ? before.resolved
        : resolveSubject(question, this.#gathered, this.#tools.actions, this.#now, this.#tools.veil);
    const caller = subject.assumedRole === null ? subject.principal : ROLE;
    const way =
      context.get('aws:sourcevpce') === undefined
        ? null
        : {
            allowed: endpointGaps(caller, context, this.#gathered),
            denied: unreadEndpoint(caller, context, this.#gathered),
          };
    const written = this.#requestOf(subject, context, assumes, asGiven);
    const seen = this.#seen(subject)?.request(written) ?? written;
    const request = this.#reading?.request(seen) ?? seen;
    const asker = { subject, context, assumes, asGiven, ofSts, resolved, request, way };
    if (this.#askers.size >= MOST_ASKERS) this.#askers.clear();
    this.#askers.set(subject, asker);
    this.#asker = asker;
    return asker;
  }

  /** A role session has no MFA keys: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html */
  #contextOf({ principal, heldKeySession, assumedRole }: Subject, context: RequestContext): RequestContext {
    if (assumedRole !== null) return context;
    if (heldKeySession != null) return withMfaKeys(context, heldKeySession, this.#now);
    return withSourceOrganization(principal, context, this.#gathered);
  }

  #requestOf(subject: Subject, given: RequestContext, assumes: boolean, tagsAsGiven: boolean): RequestFacts {
    const context = this.#contextOf(subject, given);
    const caller = subject.assumedRole === null ? subject.principal : ROLE;
    // Services do not call through VPC endpoints.
    const kind = (assumes ? 1 : 0) + (tagsAsGiven ? 2 : 0) + (caller.kind === 'service' ? 4 : 0);
    const known = this.#requests.get(context)?.[kind];
    if (known !== undefined) return known;
    const way = throughEndpoint(caller, context, this.#gathered);
    const request: RequestFacts = {
      ...way,
      now: this.#now,
      authority: 'directory',
      assumes,
      ...(tagsAsGiven ? { tagsAsGiven } : {}),
    };
    const ofContext = this.#requests.get(context) ?? [];
    ofContext[kind] = request;
    if (this.#requests.size >= MOST_ASKERS) this.#requests.clear();
    this.#requests.set(context, ofContext);
    return request;
  }
}

const ROLE = { kind: 'role' } as const;

function checkRoleOf(question: Question): void {
  checkAssumedRole(question.subject, () => fieldOf(question, 'assumedRole'));
}

/** Whether it is who asks a question, in the same request. */
function isOf(one: Asker, { subject, context, assumeContextKeys, tagsAsGiven }: Question, ofSts: boolean): boolean {
  return (
    one.subject === subject &&
    one.context === context &&
    one.assumes === (assumeContextKeys ?? true) &&
    one.asGiven === (tagsAsGiven ?? false) &&
    one.ofSts === ofSts
  );
}

function barredFromThisSession(
  { heldKeySession, assumedRole }: Subject,
  acting: PreparedPrincipal,
  action: ActionFacts,
  resource: string,
): Decision | null {
  return assumedRole === null ? barredFromKeySession(heldKeySession ?? null, acting, action, resource) : null;
}

function barredFromThisRole(principal: PreparedPrincipal, action: ActionFacts, resource: string): Decision | null {
  return action.name === 'sts:AssumeRole' ? barredFromRoles(principal, resource) : null;
}
