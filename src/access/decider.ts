import type { CatalogAction } from '../catalog/catalog.ts';
import type { Gathered } from '../directory/directory.ts';
import { authorize } from '../evaluation/authorize.ts';
import type { Decision } from '../evaluation/decision.ts';
import { mostRestrictive } from '../evaluation/most-restrictive.ts';
import type { PolicyReading } from '../evaluation/policy-reading.ts';
import type { PreparedPrincipal } from '../evaluation/prepare.ts';
import type { ActionFacts, RequestContext, RequestFacts } from '../evaluation/request.ts';
import type { Rereading } from '../evaluation/rereading.ts';
import type { Veil } from '../evaluation/veil.ts';
import { RolegateError } from '../policy/errors.ts';
import { type AssumptionActions, barredFromRoles } from './assume.ts';
import type { WellFormed } from './check-forms.ts';
import { everyResource, everyResourceGaps } from './every-resource.ts';
import { barredFromKeySession, withMfaKeys } from './key-session.ts';
import type { Answer, Question, Subject } from './question.ts';
import { withSourceOrganization } from './source-organization.ts';
import { type ResolvedSubject, resolveSubject } from './subject.ts';
import { bucketTagsGap, type Decided, endpointGaps, unknownTo, unreadEndpoint } from './unknown-policies.ts';
import { throughEndpoint } from './vpc-endpoint.ts';

/** What deciding needs beside what was gathered. */
interface DeciderTools {
  readonly actions: AssumptionActions;
  readonly veil?: Veil;
}

/** Decides the questions of one batch; results that several of them share are computed once. */
export class Decider {
  readonly #tools: DeciderTools;
  readonly #gathered: Gathered;
  readonly #now: number;
  readonly #reading: Rereading | null;
  readonly #requests = { asAtAws: byAssuming(), asGiven: byAssuming() };
  readonly #subjects = new Map<Subject, { readonly question: Question; readonly resolved: ResolvedSubject }>();

  constructor(tools: DeciderTools, gathered: Gathered, now: number, reading: Rereading | null) {
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
      return {
        question,
        decision,
        onAssumption: true,
        gaps,
        revision,
        ...(roleIsAbsent === undefined ? {} : { roleIsAbsent }),
      };
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
    const seen = this.#seen(question)?.resource(resource.value) ?? resource.value;
    const value = this.#reading?.resource(seen) ?? seen;
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

  /** How the policies are read for whoever asks; null: as they are. */
  #seen({ subject }: Question): PolicyReading | null {
    const { veil } = this.#tools;
    if (veil === undefined) return null;
    return subject.assumedRole === null ? veil.asItself : veil.inRole;
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
    const facts = requests.get(context) ?? {
      ...throughEndpoint(caller, context, this.#gathered),
      now: this.#now,
      authority: 'directory',
      assumes,
      ...(tagsAsGiven ? { tagsAsGiven } : {}),
    };
    requests.set(context, facts);
    const seen = this.#seen(question)?.request(facts) ?? facts;
    return this.#reading?.request(seen) ?? seen;
  }

  /** Questions of one subject object share its resolution; an assumption also depends on the context and on sts:…. */
  #subject(question: Question): ResolvedSubject {
    const shareable = question.subject.assumedRole === null || !question.action.toLowerCase().startsWith('sts:');
    const known = shareable ? this.#subjects.get(question.subject) : undefined;
    if (known !== undefined && (question.subject.assumedRole === null || isSameCall(known.question, question))) {
      return known.resolved;
    }
    const resolved = resolveSubject(question, this.#gathered, this.#tools.actions, this.#now, this.#tools.veil);
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
