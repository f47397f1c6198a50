import type { Gathered } from '../directory/directory.ts';
import type { IndexedPrincipal, PrincipalIndex } from '../directory/principals/indexed-principals.ts';
import type { AttachedPolicy, ControlLevel } from '../evaluation/applicable-policies.ts';
import { CallerDependence } from '../evaluation/caller-marks.ts';
import { controlPlans } from '../evaluation/plan.ts';
import type { OrganizationFacts } from '../evaluation/principal.ts';
import type { Rule } from '../evaluation/rule.ts';
import type { Steps } from '../policy/steps.ts';
import type { AccountOfCaller } from './caller-facts.ts';
import { Numbered } from './numbered.ts';
import { AskedOfAll, type ClassOptions, type OpenRequest } from './open-request.ts';
import { rootOf } from './outside-principals.ts';
import { mayBeAllowed, PrincipalReading } from './principal-reading.ts';
import { asksForOwner, type SaidAlike, SaidByDocuments } from './said-by-documents.ts';

/** Principals that get the same outcome, in the order in which they were found. */
export interface PrincipalClass {
  readonly members: IndexedPrincipal[];
}

interface Account extends AccountOfCaller {
  /** By kind of principal. */
  readonly classes: ReadonlyMap<PrincipalKind, number>;
  /** Parts of the control policies above it that depend on who calls. */
  readonly dependences: readonly CallerDependence[];
  /** The control policies above it name principals: each is like no other. */
  readonly isDivided: boolean;
  /** Nothing is missing that could change a denial. */
  readonly isKnown: boolean;
}

type PrincipalKind = 'user' | 'role' | 'linked';
const KINDS: readonly PrincipalKind[] = ['user', 'role', 'linked'];

/** What the control policies above an account say about a request. */
interface ControlSaid {
  readonly rules: {
    /** Equal where they say the same. */
    readonly number: number;
  } & Pick<Account, 'dependences' | 'isDivided'>;
  readonly asksForOwner: boolean;
  readonly readsAskedArn: boolean;
}

/** A control policy without an ARN is that of its level alone. */
function nameOf({ arn, id, level }: AttachedPolicy): string {
  return arn ?? `${level?.id ?? ''} ${id}`;
}

/** Equal for levels with the same policies: two organizations may have others under the same ids. */
function namesOf(levels: readonly ControlLevel[] | null): string {
  return levels?.map(({ policies }) => policies.map(nameOf).join()).join(';') ?? '-';
}

/** Whom a search is about. */
export interface Candidates {
  readonly principals: readonly IndexedPrincipal[];
  readonly accounts: ReadonlyMap<string, string>;
}

/** What is known of an account, whatever the action is. */
interface RootOfAccount {
  readonly partition: string;
  readonly organization: OrganizationFacts | null;
  readonly serviceControl: readonly ControlLevel[] | null;
  readonly resourceControl: readonly ControlLevel[] | null;
  /** Equal for accounts with the same control policies above them. */
  readonly controlKey: string;
  readonly isKnown: boolean;
}

/** How principals are divided for several actions on one resource: actions about which all policies say the same share it. */
export class Divisions {
  /** Several searches share them. */
  readonly isShared: boolean;
  readonly numbered = new Numbered();
  readonly known = new Map<string, readonly PrincipalClass[]>();
  readonly said: SaidAlike = new Map();
  /** By account. */
  readonly roots = new Map<string, RootOfAccount>();
  /** The root users of all accounts; null: they are not looked up yet. */
  gathered: Gathered | null = null;
  /** Those that are searched, with one ARN of each account; null: they are not looked up yet. */
  candidates: Candidates | null = null;
  /** Of a class, those that the answer may include. */
  readonly visible = new Map<PrincipalClass, readonly IndexedPrincipal[]>();
  /** By what is listed of the same classes: all of them together. */
  readonly listed = new Map<readonly PrincipalClass[], Map<string, ReadonlySet<IndexedPrincipal>>>();

  constructor(isShared: boolean) {
    this.isShared = isShared;
  }
}

/** Divides principals so that one decision holds for all of a class: effect, conditions, and what the directory does not know. */
export class PrincipalClasses {
  readonly #gathered: Gathered;
  readonly #asked: AskedOfAll;
  readonly #numbered: Numbered;
  readonly #divisions: Divisions;
  readonly #said: SaidByDocuments;
  readonly #accounts = new Map<string, Account>();
  readonly #controls = new Map<string, ControlSaid>();
  readonly #classes = new Map<number, PrincipalClass>();
  readonly #classesByText = new Map<string, Account['classes']>();
  readonly #needsOwnAllow: boolean;

  /** `gathered`: with the root users of all accounts, and what is known of these. */
  constructor(
    index: PrincipalIndex,
    open: OpenRequest,
    gathered: Gathered,
    options: ClassOptions,
    divisions: Divisions,
  ) {
    this.#gathered = gathered;
    this.#divisions = divisions;
    this.#numbered = divisions.numbered;
    this.#asked = new AskedOfAll(open, options);
    this.#said = new SaidByDocuments(index, this.#asked, this.#numbered, divisions.isShared ? divisions.said : null);
    this.#needsOwnAllow = this.#asked.needsOwnAllow;
  }

  /** The classes, in the order of their first members. `accounts`: those of the principals, each with one ARN of it. */
  *divide(
    principals: Iterable<IndexedPrincipal>,
    accounts: ReadonlyMap<string, string>,
  ): Steps<readonly PrincipalClass[]> {
    yield* this.#said.read();
    const likeness = this.#divisions.isShared ? this.#likeness(accounts) : null;
    const known = likeness === null ? undefined : this.#divisions.known.get(likeness);
    if (known !== undefined) return known;
    const classes = yield* this.#divided(principals);
    if (likeness !== null) this.#divisions.known.set(likeness, classes);
    return classes;
  }

  /** Equal for actions that divide principals alike; null: there may be none. */
  #likeness(accounts: ReadonlyMap<string, string>): string | null {
    const { open, shared, options } = this.#asked;
    const { likeness: said } = this.#said.said;
    if (said === null || options.pattern !== null) return null;
    const all = [...accounts].map(([id, arn]) => this.#account(id, arn));
    const dependences = [...shared.dependences, ...all.flatMap((account) => account.dependences)];
    if (dependences.some(({ dependsOnAction }) => dependsOnAction)) return null;
    const { service, wildcardOnly, askedOn } = open.action;
    const ofAccounts = all.map(({ classes, isDivided, isKnown }) => [classes.get('user'), isDivided, isKnown]);
    return JSON.stringify([
      service,
      wildcardOnly,
      askedOn ?? null,
      this.#needsOwnAllow,
      said,
      shared.places,
      ofAccounts,
    ]);
  }

  *#divided(principals: Iterable<IndexedPrincipal>): Steps<readonly PrincipalClass[]> {
    let count = 0;
    for (const one of principals) {
      const key = this.#keyOf(one) ?? this.#numbered.fresh();
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
    const { shared, options } = this.#asked;
    const { said } = this.#said;
    if (arn === options.apart || shared.names(arn, id, accountId, kind === 'role')) return null;
    const account = this.#account(accountId, arn);
    const ofKind = account.classes.get(kindOf(one)) ?? 0;
    // Whoever has no policy that allows is denied: why makes no difference, and need not be worked out for each.
    if (this.#needsOwnAllow && account.isKnown && !mayBeAllowed(one, said.identity)) return ofKind;
    if (account.isDivided) return null;
    const reading = new PrincipalReading(one, account, this.#asked, this.#numbered);
    reading.begin(ofKind);
    for (const dependence of shared.dependences) reading.mark(dependence);
    for (const dependence of account.dependences) reading.mark(dependence);
    if (one.boundary === null) reading.begin(this.#numbered.pair(reading.key, 0));
    else {
      reading.begin(this.#numbered.pair(reading.key, 1));
      reading.add(one.boundary.document, said.boundary, one.boundary.arn);
      reading.end();
    }
    reading.addHolder(one, said.identity);
    for (const group of one.groups) reading.addHolder(group, said.identity);
    return reading.end();
  }

  #account(accountId: string, arn: string): Account {
    const known = this.#accounts.get(accountId);
    if (known !== undefined) return known;
    const { resource } = this.#asked.open;
    const root = this.#root(accountId, arn);
    const { partition, organization, isKnown } = root;
    const { rules, asksForOwner: controlAsks, readsAskedArn } = this.#control(root);
    const isOwn =
      // Of some resources it may be the owner.
      this.#asked.options.pattern !== null ||
      // If nobody else is known to own the resource, it is taken for the caller's own.
      (resource.accountId === null && (this.#said.said.asksForOwner || controlAsks)) ||
      this.#said.said.readsAskedArn ||
      readsAskedArn ||
      this.#asked.shared.accounts.has(accountId) ||
      !isKnown;
    const text = JSON.stringify([
      partition,
      isOwn ? accountId : null,
      resource.accountId === accountId,
      resource.bucket?.facts.accountId === accountId,
      organization !== null && organization.managementAccountId === accountId,
      rules.number,
    ]);
    const facts = { accountId, partition, organization };
    const classes = this.#classesOf(text);
    const account = { ...facts, classes, dependences: rules.dependences, isDivided: rules.isDivided, isKnown };
    this.#accounts.set(accountId, account);
    return account;
  }

  /** By kind of principal. Most accounts are alike. */
  #classesOf(text: string): Account['classes'] {
    const known = this.#classesByText.get(text);
    if (known !== undefined) return known;
    const classes = new Map(KINDS.map((kind) => [kind, this.#numbered.text(`${kind} ${text}`)]));
    this.#classesByText.set(text, classes);
    return classes;
  }

  #root(accountId: string, arn: string): RootOfAccount {
    const known = this.#divisions.roots.get(accountId);
    if (known !== undefined) return known;
    const [, inPartition = 'aws'] = arn.split(':', 2);
    const root = this.#gathered.principal(rootOf(accountId, inPartition))?.value;
    if (root === undefined || root.facts.kind !== 'root') throw new Error(`no root user of ${accountId}`);
    const { organization, partition } = root.facts;
    const source = root.policies?.source ?? null;
    const { serviceControl = null, resourceControl = null } = source ?? {};
    const isKnown = !root.closed && this.#gathered.principalGaps(accountId).length === 0;
    const controlKey = `${namesOf(serviceControl)} ${namesOf(resourceControl)}`;
    const made = { partition, organization, serviceControl, resourceControl, controlKey, isKnown };
    this.#divisions.roots.set(accountId, made);
    return made;
  }

  /** What control policies say about the request. Many accounts have the same ones above them. */
  #control({ serviceControl: levels, resourceControl, controlKey }: RootOfAccount): ControlSaid {
    const known = this.#controls.get(controlKey);
    if (known !== undefined) return known;
    const { action, resource } = this.#asked.open;
    // If nobody else is known to own the resource, it is taken for the caller's own.
    const above = resource.accountId === null ? resourceControl : null;
    const control = levels === null ? [] : controlPlans(levels, 'SERVICE_CONTROL_POLICY').for(action).placed;
    const home = above === null ? [] : controlPlans(above, 'RESOURCE_CONTROL_POLICY').for(action).placed;
    const rules = [...control, ...home].filter(({ statement }) => this.#asked.relevanceOf(statement) !== 'NEVER');
    const printed = JSON.stringify([levels?.length ?? null, rules.map((rule) => this.#printed(rule))]);
    const said = {
      rules: {
        number: this.#numbered.text(printed),
        dependences: rules.flatMap((rule) => CallerDependence.of(rule) ?? []),
        isDivided: rules.some(({ principal }) => principal !== null && !(principal.everyone && !principal.negated)),
      },
      asksForOwner: rules.some((rule) => asksForOwner(rule.statement)),
      readsAskedArn: rules.some((rule) => this.#asked.readsAskedArn(rule.statement)),
    };
    this.#controls.set(controlKey, said);
    return said;
  }

  #printed({ layer, level, attached, statement }: Rule): unknown {
    const { allows, conditions, index } = statement;
    const always =
      conditions.length === 0 && this.#asked.relevanceOf(statement) === 'ALWAYS' && statement.principal === null;
    return [layer, level, always ? allows : [nameOf(attached), index]];
  }
}

/** Roles of services are bound by no control policies. */
function kindOf({ kind, arn }: IndexedPrincipal): PrincipalKind {
  return kind === 'role' && arn.includes(':role/aws-service-role/') ? 'linked' : kind;
}
