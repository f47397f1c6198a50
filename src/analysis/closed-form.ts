import type { AttachedPolicy } from '../evaluation/applicable-policies.ts';
import { isClosed } from '../evaluation/closed-policy.ts';
import { Evaluation } from '../evaluation/evaluation.ts';
import type { PolicyLayer } from '../evaluation/layer.ts';
import { NOT_NAMED } from '../evaluation/match-principal.ts';
import { type PreparedPrincipal, type PreparedResource, prepareResource } from '../evaluation/prepare.ts';
import type { ActionFacts, RequestFacts } from '../evaluation/request.ts';
import { serviceControlBinds } from '../evaluation/service-linked.ts';
import {
  bucketSide,
  endpointTakesPart,
  hasEverything,
  isTrustRequest,
  needsNoPermission,
  publicAccessAllows,
  resourcePolicyTakesPart,
  resourceSideNeeded,
  sameAccount,
  samePartition,
} from '../evaluation/situation.ts';
import { RolegateError } from '../policy/errors.ts';
import { resourceElementKeys } from '../policy/resource-pattern.ts';
import type { CompiledStatement } from '../policy/statement.ts';
import { finished, type Steps } from '../policy/steps.ts';
import { ActionClasses } from './action-classes.ts';
import { shutIn, traits } from './action-traits.ts';
import { AlikeRoles, likenessOfRole } from './alike-roles.ts';
import { askedGlob } from './asked-on.ts';
import { bearerEntries } from './bearer-entries.ts';
import { CallKeys } from './call-keys.ts';
import { allowedTerms, type Circumstances, type TermSet } from './combine.ts';
import { denialsOf, EVERYTHING_DENIED } from './denials.ts';
import { type Entry, type Governed, knownTerms, type Slot } from './entry.ts';
import { withoutIdle } from './idle.ts';
import { likenessOf } from './likeness.ts';
import { Settling } from './settle.ts';
import { type Accepts, someAllowed } from './some-request.ts';
import { ANYTHING, isAnything, isContained, type Term } from './term.ts';

/** Greatest number of statements in one closed form. */
export const MAX_STATEMENTS = 50_000;

const NOTHING: TermSet = { allow: [], deny: [] };

const STAND_IN_ACTION: ActionFacts = { name: '', service: '', wildcardOnly: false, resourceControlSupported: true };

/** The resource that settling assumes: its account, organization and tags are unknown. */
const STAND_IN = prepareResource({
  arn: '*',
  accountId: null,
  organization: null,
  tags: null,
  policy: null,
  policyBindings: {},
  resourceControl: null,
});

/**
 * Everything that one principal may do: the allowed and the denied requests for each action. A request is allowed exactly if
 * it is in some `allow` term and in no `deny` term of its action.
 */
export class ClosedForm {
  readonly #principal: PreparedPrincipal;
  readonly #request: RequestFacts;
  readonly #entries: readonly Entry[];
  readonly #classes: ActionClasses;
  readonly #never: ReadonlySet<string>;
  readonly #calls: CallKeys;
  readonly #ceilings: readonly ((slot: Slot) => boolean)[];
  readonly #known = new Map<string, TermSet>();
  readonly #byAction = new Map<string, TermSet>();
  readonly #some = new Map<object, Map<string, boolean>>();
  /** A statement asks for the time: what was settled by it holds at that time alone. */
  readonly dependsOnTime: boolean;
  /** Number of the statements that it is made of. */
  readonly statements: number;

  constructor(
    principal: PreparedPrincipal,
    request: RequestFacts,
    entries: readonly Entry[],
    never: ReadonlySet<string>,
  ) {
    this.#principal = principal;
    this.#entries = entries;
    this.#request = request;
    this.#classes = new ActionClasses(entries);
    this.#never = never;
    this.#calls = new CallKeys(principal, request, entries);
    this.#ceilings = ceilingsOf(principal);
    this.dependsOnTime = entries.some(({ statement }) => readsTime(statement));
    this.statements = entries.length;
  }

  /** As `likenessOf`. */
  get likeness(): string | null {
    const [principal, entries, never] = [this.#principal, this.#entries, this.#never];
    const at = (resource: PreparedResource | null): Evaluation => this.#at(STAND_IN_ACTION, resource ?? STAND_IN);
    return likenessOf({ principal, entries, never, at });
  }

  /** Equal sets are the same object for all actions that the same statements are about. Throws LIMIT_EXCEEDED. */
  *of(action: ActionFacts): Steps<TermSet> {
    const known = this.#byAction.get(action.name);
    if (known !== undefined) return known;
    const set = this.#never.has(action.name) ? NOTHING : yield* this.#ofClass(action);
    this.#byAction.set(action.name, set);
    return set;
  }

  /**
   * Whether some requests for the action are allowed that `accepts` accepts, which is asked about sets of requests; without making all
   * of them. `types`: the same for actions of which it accepts the same. Throws LIMIT_EXCEEDED.
   */
  *allowsSome(action: ActionFacts, types: object, accepts: Accepts): Steps<boolean> {
    if (this.#never.has(action.name)) return false;
    const { key, entries } = this.#classes.classOf(action);
    const whole = `${traits(action)}|${this.#calls.traits(action)}|${key}`;
    const known = this.#some.get(types)?.get(whole);
    if (known !== undefined) return known;
    const settled = this.#calls.settled(entries, this.#at(action, STAND_IN));
    const isAllowed = yield* this.#search(action, settled, accepts);
    const byClass = this.#some.get(types) ?? new Map<string, boolean>();
    this.#some.set(types, byClass.set(whole, isAllowed));
    return isAllowed;
  }

  *#search(action: ActionFacts, entries: readonly Entry[], accepts: Accepts): Steps<boolean> {
    const evaluation = this.#at(action, STAND_IN);
    if (needsNoPermission(evaluation)) return yield* accepts(ANYTHING);
    if (this.#principal.closedBy !== null) return false;
    const circumstances = this.#circumstances(action);
    const about = { action, asked: circumstances.asked, caller: this.#principal.facts };
    const denials = yield* denialsOf(about, entries, (resource) => this.#at(action, resource));
    const denied = denials.map(({ term }) => term);
    if (denied.some(isAnything)) return false;
    const isLeft = function* (term: Term): Steps<boolean> {
      return !(yield* isContained(term, denied)) && (yield* accepts(term));
    };
    const found = yield* someAllowed(circumstances, entries, isLeft);
    if (found !== null) return found;
    for (const term of (yield* this.of(action)).allow) if (yield* accepts(term)) return true;
    return false;
  }

  /** Whether some action of a service may be allowed; false is sure, and quickly found. One of STS needs no permission. */
  mayAllow(service: string): boolean {
    return (
      service === 'sts' || hasEverything(this.#principal.facts) || this.#classes.isGranted(service, this.#ceilings)
    );
  }

  *#ofClass(action: ActionFacts): Steps<TermSet> {
    const { key, entries } = this.#classes.classOf(action);
    const whole = `${traits(action)}|${this.#calls.traits(action)}|${key}`;
    const known = this.#known.get(whole);
    if (known !== undefined) return known;
    const set = yield* this.#compute(action, this.#calls.settled(entries, this.#at(action, STAND_IN)));
    this.#known.set(whole, set);
    return set;
  }

  *#compute(action: ActionFacts, entries: readonly Entry[]): Steps<TermSet> {
    const evaluation = this.#at(action, STAND_IN);
    if (needsNoPermission(evaluation)) return { allow: [ANYTHING], deny: [] };
    if (this.#principal.closedBy !== null) return NOTHING;
    const circumstances = this.#circumstances(action);
    const allow = yield* allowedTerms(circumstances, entries);
    if (allow.length === 0) return yield* withoutIdle(allow, []);
    const about = { action, asked: circumstances.asked, caller: this.#principal.facts };
    return yield* withoutIdle(allow, yield* denialsOf(about, entries, (resource) => this.#at(action, resource)));
  }

  #at(action: ActionFacts, resource: PreparedResource): Evaluation {
    return new Evaluation(this.#principal, action, resource, this.#request);
  }

  #circumstances(action: ActionFacts): Circumstances {
    const { facts, policies, session } = this.#principal;
    const home = facts.kind === 'service' || facts.kind === 'anonymous' ? null : facts;
    const control = policies?.source.serviceControl ?? null;
    return {
      action: action.name,
      wildcardOnly: action.wildcardOnly,
      asked: askedGlob(action, home, this.#request.context),
      home,
      isRoot: facts.kind === 'root',
      identityGiven: hasEverything(facts),
      hasBoundary: (policies?.source.boundary ?? null) !== null,
      session: session !== null ? 'given' : facts.kind === 'federatedUser' ? 'needed' : 'none',
      hasEndpoint: this.#request.endpoint !== undefined && endpointTakesPart(this.#at(action, STAND_IN)),
      levels: control === null || !serviceControlBinds(facts) ? 0 : control.length,
      shutIn: home === null ? [] : shutIn(action.service, home.partition),
      bearer: ({ resource }) => {
        const evaluation = this.#at(action, resource);
        return {
          takesPart: resourcePolicyTakesPart(evaluation),
          sameAccount: sameAccount(evaluation),
          samePartition: samePartition(this.#principal, resource),
          resourceSideNeeded: resourceSideNeeded(evaluation),
          isTrust: isTrustRequest(evaluation),
          publicAccessAllows: publicAccessAllows(evaluation),
          bucket: bucketSide(evaluation),
        };
      },
    };
  }
}

/** What of its own has to allow, too, whatever the policies of a principal allow. */
function ceilingsOf({ facts, policies, session }: PreparedPrincipal): readonly ((slot: Slot) => boolean)[] {
  const ceilings: ((slot: Slot) => boolean)[] = [];
  if ((policies?.source.boundary ?? null) !== null) ceilings.push(({ kind }) => kind === 'boundary');
  if (session !== null) ceilings.push(({ kind }) => kind === 'session');
  const levels = serviceControlBinds(facts) ? (policies?.source.serviceControl ?? []) : [];
  for (const level of levels.keys()) ceilings.push((slot) => slot.kind === 'level' && slot.level === level);
  return ceilings;
}

/** A hypothetical session is issued at the time of the question. */
const TOKEN_ISSUE_TIME = 'aws:tokenissuetime';

function readsTime({ conditions, resources }: CompiledStatement): boolean {
  const keys = [
    ...conditions.flatMap((one) => one.keys),
    ...(resources === null ? [] : resourceElementKeys(resources)),
  ];
  return keys.some(({ owner, name }) => owner === 'time' || name === TOKEN_ISSUE_TIME);
}

/** Collects the statements that decide for a principal: first those of its own policies, then resources with theirs. */
export class ClosedFormBuilder {
  readonly #principal: PreparedPrincipal;
  readonly #request: RequestFacts;
  readonly #entries: Entry[] = [];
  readonly #control = new Map<string, { readonly owners: Map<string, PreparedResource> }>();
  readonly #alike = new Map<string, AlikeRoles>();

  /**
   * `home`: any resource of the principal's account, for the control policies above it; null if it has no account.
   * Keys in the context of `request` count as settled; keys that it leaves out stay open.
   */
  constructor(principal: PreparedPrincipal, request: RequestFacts, home: PreparedResource | null) {
    this.#principal = principal;
    this.#request = request;
    this.#addOwn();
    if (home !== null) this.#addControl(home);
  }

  /**
   * Adds a resource with its policy, as far as it concerns the principal; returns whether it does. `isAsWritten`: its policy is read like
   * that of others.
   */
  *add(resource: PreparedResource, governed: Governed, isAsWritten = true): Steps<boolean> {
    if (!samePartition(this.#principal, resource)) return false;
    const likeness = isAsWritten ? likenessOfRole(resource, governed) : null;
    const { policy } = resource.facts;
    if (likeness === null || policy === null) return yield* this.#addOne(resource, governed);
    const known = this.#alike.get(likeness);
    const roles = known ?? new AlikeRoles();
    roles.add(governed, policy);
    if (known !== undefined) return known.concerns;
    this.#alike.set(likeness, roles);
    roles.concerns = yield* this.#addOne(resource, roles);
    return roles.concerns;
  }

  *#addOne(resource: PreparedResource, governed: Governed): Steps<boolean> {
    const found = yield* bearerEntries(this.#at(resource), governed);
    for (const entry of found) this.#push(entry);
    if (found.length > 0) this.#addControl(resource);
    return found.length > 0;
  }

  /** `never`: names of actions that the principal cannot do whatever the policies are. */
  build(never: ReadonlySet<string> = new Set()): ClosedForm {
    return new ClosedForm(this.#principal, this.#request, this.#entries, never);
  }

  #at(resource: PreparedResource): Evaluation {
    return new Evaluation(this.#principal, STAND_IN_ACTION, resource, this.#request);
  }

  #addOwn(): void {
    const { facts, policies, session } = this.#principal;
    const settling = new Settling(this.#at(STAND_IN), false);
    const add = (
      layer: PolicyLayer,
      attached: AttachedPolicy,
      allows: Slot,
      counts: (statement: CompiledStatement) => boolean = () => true,
    ): void => {
      for (const statement of attached.policy.statements.filter(counts)) {
        let terms: readonly Term[] | undefined;
        const settle = function* (): Steps<readonly Term[]> {
          terms ??= yield* settling.termsOf(layer, attached, statement);
          return terms;
        };
        const slot = statement.allows ? allows : ({ kind: 'deny' } as const);
        this.#push({ slot, statement, place: { layer, attached }, terms: settle });
      }
    };
    if (policies !== null) {
      const { identity, boundary, serviceControl } = policies.source;
      for (const attached of identity) add('IDENTITY_POLICY', attached, { kind: 'identity' });
      if (boundary !== null) add('PERMISSIONS_BOUNDARY', boundary, { kind: 'boundary' });
      for (const [level, { policies: attached }] of (serviceControlBinds(facts)
        ? (serviceControl ?? [])
        : []
      ).entries()) {
        for (const one of attached) add('SERVICE_CONTROL_POLICY', one, { kind: 'level', level });
      }
    }
    for (const attached of session?.source ?? []) add('SESSION_POLICY', attached, { kind: 'session' });
    const { endpoint } = this.#request;
    if (endpoint === undefined || !endpointTakesPart(this.#at(STAND_IN))) return;
    const names = ({ principal, allows }: CompiledStatement): boolean =>
      this.#at(STAND_IN).namedUnbound({ principal, allows }) !== NOT_NAMED;
    add('VPC_ENDPOINT_POLICY', endpoint.source, { kind: 'endpoint' }, names);
  }

  /** The Denies of the control policies above the resource's account, shared by all resources of the account. */
  #addControl(resource: PreparedResource): void {
    const { accountId, facts } = resource;
    if (accountId === null || facts.resourceControl === null) return;
    const evaluation = this.#at(resource);
    for (const level of facts.resourceControl) {
      for (const attached of level.policies) {
        const { closed, statements } = attached.policy;
        for (const statement of closed ? [EVERYTHING_DENIED] : statements) {
          if (statement.allows) continue;
          const key = `${attached.id}#${statement.index}`;
          const known = this.#control.get(key);
          if (known !== undefined) known.owners.set(accountId, resource);
          else if (evaluation.named(statement) !== NOT_NAMED) this.#pushControl(key, attached, statement, resource);
        }
      }
    }
  }

  #pushControl(key: string, attached: AttachedPolicy, statement: CompiledStatement, resource: PreparedResource): void {
    const owners = new Map([[resource.accountId ?? '', resource]]);
    const settling = new Settling(this.#at(STAND_IN), false);
    const terms = isClosed(attached)
      ? [ANYTHING]
      : finished(settling.termsOf('RESOURCE_CONTROL_POLICY', attached, statement));
    this.#control.set(key, { owners });
    const place = { layer: 'RESOURCE_CONTROL_POLICY', attached } as const;
    const slot = { kind: 'controlDeny', owners } as const;
    if (terms.length > 0) this.#push({ slot, statement, place, terms: () => knownTerms(terms) });
  }

  #push(entry: Omit<Entry, 'id'>): void {
    if (this.#entries.length >= MAX_STATEMENTS) {
      throw new RolegateError(
        'LIMIT_EXCEEDED',
        `more than ${MAX_STATEMENTS} statements concern this principal; the limit is ${MAX_STATEMENTS}`,
      );
    }
    this.#entries.push({ id: this.#entries.length, ...entry });
  }
}
