import type { Gathered } from '../directory/directory.ts';
import type { IndexedDocument, IndexedPrincipal, PrincipalIndex } from '../directory/principals/indexed-principals.ts';
import { CallerDependence, type Relevance, relevanceOf, relevanceOnMany } from '../evaluation/caller-marks.ts';
import { Evaluation } from '../evaluation/evaluation.ts';
import type { PolicyLayer } from '../evaluation/layer.ts';
import { actionName } from '../evaluation/layer-set.ts';
import { controlPlans } from '../evaluation/plan.ts';
import type { PreparedResource } from '../evaluation/prepare.ts';
import type { ActionFacts, RequestFacts } from '../evaluation/request.ts';
import { Rule } from '../evaluation/rule.ts';
import { actionMatches } from '../policy/action-pattern.ts';
import type { CompiledStatement } from '../policy/statement.ts';
import type { Steps } from '../policy/steps.ts';
import { type AccountOfCaller, callerOf, pathOf } from './caller-facts.ts';
import { rootOf, stranger } from './outside-principals.ts';
import { SharedRules } from './shared-rules.ts';
import type { PatternScope } from './who-can-pattern.ts';

/** Principals that get the same outcome, in the order in which they were found. */
export interface PrincipalClass {
  readonly members: IndexedPrincipal[];
}

/** A request of which the caller is open. */
export interface OpenRequest {
  readonly action: ActionFacts;
  readonly resource: PreparedResource;
  readonly request: RequestFacts;
}

export interface ClassOptions {
  /** What some may read of a policy, and not of an equal one, makes a difference. */
  readonly byPlace: boolean;
  /** ARN of one that is alone in its class; null: nobody. */
  readonly apart: string | null;
  /** The request is one on all resources of a pattern; null: on one. */
  readonly pattern: PatternScope | null;
}

/** A statement that depends on more than the request. */
interface OpenRule {
  readonly token: number;
  /** Null: it is the same for all callers of one kind. */
  readonly dependence: CallerDependence | null;
}

/** What a document says about the request. */
interface Said {
  /** Whether a statement allows, or denies, whatever else is given. */
  readonly always: number;
  readonly open: readonly OpenRule[];
}

interface Account extends AccountOfCaller {
  /** By kind of principal. */
  readonly classes: ReadonlyMap<string, number>;
  /** Parts of the control policies above it that depend on who calls. */
  readonly dependences: readonly CallerDependence[];
  /** The control policies above it name principals: each is like no other. */
  readonly isDivided: boolean;
}

const ALWAYS_ALLOWS = 1;
const ALWAYS_DENIES = 2;
/** Two numbers below it make one below 2^52. */
const MOST = 2 ** 26;

/** Numbers for combinations: equal ones for equal parts. */
class Interned {
  readonly #pairs = new Map<number, number>();
  readonly #texts = new Map<string, number>();
  #next = 1;

  text(text: string): number {
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    const number = this.fresh();
    this.#texts.set(text, number);
    return number;
  }

  pair(one: number, other: number): number {
    const key = one * MOST + other;
    const known = this.#pairs.get(key);
    if (known !== undefined) return known;
    const number = this.fresh();
    this.#pairs.set(key, number);
    return number;
  }

  /** A number that nothing else has. */
  fresh(): number {
    this.#next += 1;
    return this.#next;
  }
}

/** Divides principals so that one decision holds for all of a class: effect, conditions, and what the directory does not know. */
export class PrincipalClasses {
  readonly #index: PrincipalIndex;
  readonly #open: OpenRequest;
  readonly #gathered: Gathered;
  readonly #options: ClassOptions;
  readonly #anybody: Evaluation;
  readonly #shared: SharedRules;
  readonly #interned = new Interned();
  readonly #accounts = new Map<string, Account>();
  readonly #identity = new Map<IndexedDocument, Said>();
  readonly #boundary = new Map<IndexedDocument, Said>();
  readonly #classes = new Map<number, PrincipalClass>();
  /** A policy of some principal depends on whose the resource is. */
  #asksForOwner = false;

  /** `gathered`: with the root users of all accounts, and what is known of these. */
  constructor(index: PrincipalIndex, open: OpenRequest, gathered: Gathered, options: ClassOptions) {
    const { action, resource, request } = open;
    this.#index = index;
    this.#open = open;
    this.#gathered = gathered;
    this.#options = options;
    const anybody = stranger(resource.partition || 'aws');
    this.#anybody = new Evaluation(anybody, action, resource, request);
    const many = options.pattern?.resources.map((one) => new Evaluation(anybody, action, one, request)) ?? null;
    this.#shared = new SharedRules(this.#anybody, many);
  }

  #relevanceOf(statement: CompiledStatement): Relevance {
    const { byPlace, pattern } = this.#options;
    if (pattern === null) return relevanceOf(statement, this.#anybody, byPlace);
    return pattern.meets(statement) ? relevanceOnMany(statement, this.#anybody, byPlace) : 'NEVER';
  }

  /** The classes, in the order of their first members. */
  *divide(principals: Iterable<IndexedPrincipal>): Steps<readonly PrincipalClass[]> {
    for (const document of this.#index.documentsAbout(this.#open.action.service)) {
      if (this.#readDocument(document)) yield 1;
    }
    let count = 0;
    for (const one of principals) {
      const key = this.#keyOf(one) ?? this.#interned.fresh();
      const known = this.#classes.get(key);
      if (known === undefined) this.#classes.set(key, { members: [one] });
      else known.members.push(one);
      count += 1;
      if (count % 32 === 0) yield 1;
    }
    return [...this.#classes.values()];
  }

  /** Null: it is like no other. */
  #keyOf(one: IndexedPrincipal): number | null {
    const { arn, id, accountId, kind } = one;
    if (arn === this.#options.apart || this.#shared.names(arn, id, accountId, kind === 'role')) return null;
    const account = this.#account(accountId, arn);
    if (account.isDivided) return null;
    const reading = new Reading(one, account, this.#open, this.#interned, this.#options);
    reading.begin(account.classes.get(kindOf(one)) ?? 0);
    for (const dependence of this.#shared.dependences) reading.mark(dependence);
    for (const dependence of account.dependences) reading.mark(dependence);
    if (one.boundary === null) reading.begin(this.#interned.pair(reading.key, 0));
    else {
      reading.begin(this.#interned.pair(reading.key, 1));
      reading.add(one.boundary.document, this.#boundary, one.boundary.arn);
      reading.end();
    }
    reading.addHolder(one, this.#identity);
    for (const group of one.groups) reading.addHolder(group, this.#identity);
    return reading.end();
  }

  /** False: it says nothing about the request. */
  #readDocument(document: IndexedDocument): boolean {
    const { action } = this.#open;
    if (!document.isWhole) return false;
    const policy = this.#index.compiled(document);
    const name = actionName(action);
    const about = policy.statements.filter(({ actions }) => actionMatches(actions, action.service, name));
    if (about.length === 0) return true;
    this.#asksForOwner ||= about.some(asksForOwner);
    const attached = { policy, id: document.hash, name: null, arn: null };
    const read = (layer: PolicyLayer): Said => {
      let always = 0;
      const open: OpenRule[] = [];
      for (const statement of about) {
        const relevance = this.#relevanceOf(statement);
        if (relevance === 'ALWAYS') always |= statement.allows ? ALWAYS_ALLOWS : ALWAYS_DENIES;
        if (relevance !== 'MAYBE') continue;
        const rule = new Rule(statement, attached, layer, 0);
        const token = this.#interned.text(`${document.hash} ${statement.index}`);
        open.push({ token, dependence: CallerDependence.of(rule) });
      }
      return { always, open };
    };
    const said = read('IDENTITY_POLICY');
    if (said.always === 0 && said.open.length === 0) return true;
    this.#identity.set(document, said);
    this.#boundary.set(document, read('PERMISSIONS_BOUNDARY'));
    return true;
  }

  #account(accountId: string, arn: string): Account {
    const known = this.#accounts.get(accountId);
    if (known !== undefined) return known;
    const [, partition = 'aws'] = arn.split(':', 2);
    const root = this.#gathered.principal(rootOf(accountId, partition))?.value;
    if (root === undefined || root.facts.kind !== 'root') throw new Error(`no root user of ${accountId}`);
    const { organization } = root.facts;
    const source = root.policies?.source ?? null;
    const { action, resource } = this.#open;
    const levels = source?.serviceControl ?? null;
    const control = levels === null ? [] : controlPlans(levels, 'SERVICE_CONTROL_POLICY').for(action).placed;
    const above = source?.resourceControl ?? null;
    const home =
      above === null || resource.accountId !== null
        ? []
        : controlPlans(above, 'RESOURCE_CONTROL_POLICY').for(action).placed;
    const rules = [...control, ...home].filter(({ statement }) => this.#relevanceOf(statement) !== 'NEVER');
    const isOwn =
      // Of some resources it may be the owner.
      this.#options.pattern !== null ||
      // If nobody else is known to own the resource, it is taken for the caller's own.
      (resource.accountId === null && (this.#asksForOwner || rules.some((rule) => asksForOwner(rule.statement)))) ||
      this.#shared.accounts.has(accountId) ||
      root.closed ||
      this.#gathered.principalGaps(accountId).length > 0;
    const text = JSON.stringify([
      root.facts.partition,
      isOwn ? accountId : null,
      resource.accountId === accountId,
      resource.bucket?.facts.accountId === accountId,
      organization !== null && organization.managementAccountId === accountId,
      levels?.length ?? null,
      rules.map((rule) => this.#printed(rule)),
    ]);
    const classes = new Map(['user', 'role', 'linked'].map((kind) => [kind, this.#interned.text(`${kind} ${text}`)]));
    const dependences = rules.flatMap((rule) => CallerDependence.of(rule) ?? []);
    const isDivided = rules.some(({ principal }) => principal !== null && !(principal.everyone && !principal.negated));
    const account = { accountId, partition: root.facts.partition, organization, classes, dependences, isDivided };
    this.#accounts.set(accountId, account);
    return account;
  }

  #printed({ layer, level, attached, statement }: Rule): unknown {
    const { allows, conditions, index } = statement;
    const always = conditions.length === 0 && this.#relevanceOf(statement) === 'ALWAYS' && statement.principal === null;
    return [layer, level, always ? allows : [attached.arn ?? attached.id, index]];
  }
}

function asksForOwner({ conditions }: CompiledStatement): boolean {
  return conditions.some(({ keys }) => keys.some(({ owner, tag }) => owner === 'resource' && tag === null));
}

/** Roles of services are bound by no control policies. */
function kindOf({ kind, arn }: IndexedPrincipal): string {
  return kind === 'role' && pathOf(arn).startsWith('/aws-service-role/') ? 'linked' : kind;
}

/** The reading of one principal: what it holds becomes one number. */
class Reading {
  readonly #one: IndexedPrincipal;
  readonly #account: Account;
  readonly #open: OpenRequest;
  readonly #interned: Interned;
  readonly #byPlace: boolean;
  readonly #isOfMany: boolean;
  #evaluation: Evaluation | null = null;
  #always = 0;
  #isAlone = false;
  key = 0;

  constructor(
    one: IndexedPrincipal,
    account: Account,
    open: OpenRequest,
    interned: Interned,
    { byPlace, pattern }: ClassOptions,
  ) {
    this.#one = one;
    this.#account = account;
    this.#open = open;
    this.#interned = interned;
    this.#byPlace = byPlace;
    this.#isOfMany = pattern !== null;
  }

  begin(key: number): void {
    this.key = key;
  }

  mark(dependence: CallerDependence): void {
    const { action, resource, request } = this.#open;
    this.#evaluation ??= new Evaluation(callerOf(this.#one, this.#account), action, resource, request);
    // Which of many resources a statement is about is not seen on one of them.
    const marks = this.#isOfMany && dependence.namesResources ? null : dependence.marks(this.#evaluation);
    if (marks === null) this.#isAlone = true;
    else this.key = this.#interned.pair(this.key, this.#interned.text(marks));
  }

  addHolder(
    { arn, inline, attached }: Pick<IndexedPrincipal, 'arn' | 'inline' | 'attached'>,
    said: ReadonlyMap<IndexedDocument, Said>,
  ): void {
    for (const document of inline) this.add(document, said, arn);
    for (const policy of attached) this.add(policy.document, said, policy.arn);
  }

  add(document: IndexedDocument, said: ReadonlyMap<IndexedDocument, Said>, place: string): void {
    if (!document.isWhole) this.#isAlone = true;
    const about = said.get(document);
    if (about === undefined) return;
    this.#always |= about.always;
    for (const { token, dependence } of about.open) {
      this.key = this.#interned.pair(this.key, token);
      if (this.#byPlace) this.key = this.#interned.pair(this.key, this.#interned.text(place));
      if (dependence !== null) this.mark(dependence);
    }
  }

  /** The number of a layer that is read; null: it is like that of nobody else. */
  end(): number | null {
    this.key = this.#interned.pair(this.key, this.#always);
    this.#always = 0;
    return this.#isAlone ? null : this.key;
  }
}
