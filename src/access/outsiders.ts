import type { CatalogAction } from '../catalog/catalog.ts';
import type { Gathered } from '../directory/directory.ts';
import { authorize } from '../evaluation/authorize.ts';
import type { Decision, MatchedStatement } from '../evaluation/decision.ts';
import { Evaluation } from '../evaluation/evaluation.ts';
import type { PolicyLayer } from '../evaluation/layer.ts';
import { actionName } from '../evaluation/layer-set.ts';
import { StatementInPolicy } from '../evaluation/matched-statement.ts';
import { type Opening, openingsOf } from '../evaluation/openings.ts';
import { type PreparedPrincipal, type PreparedResource, preparePrincipal } from '../evaluation/prepare.ts';
import type { RequestFacts } from '../evaluation/request.ts';
import { actionMatches } from '../policy/action-pattern.ts';
import type { ContextKey } from '../policy/context-key.ts';
import { isAccountId, type PrincipalRef } from '../policy/principal-id.ts';
import type { CompiledStatement } from '../policy/statement.ts';
import { barredFromRoles } from './assume.ts';
import { conditionsFor } from './conditional.ts';
import type { DecideTools } from './decide.ts';
import { type Candidate, candidatesOf, type OutsiderKind } from './named-outsiders.ts';
import { administratorOf, outsidePrincipal, stranger } from './outside-principals.ts';
import type { OpenQuestion } from './question.ts';
import type { OneRevision } from './scan.ts';
import { withSourceOrganization } from './source-organization.ts';
import { endpointIdOf, throughEndpoint } from './vpc-endpoint.ts';

/** A principal outside the directory that the policy of a resource lets in. */
export interface Outsider {
  readonly kind: OutsiderKind;
  /** An account id, an ARN or a canonical id, a service, a provider, or `*`. */
  readonly value: string;
  /** The statements of the resource's policy that let it in. */
  readonly statements: readonly MatchedStatement[];
  /** It is allowed only under conditions that the question leaves open. */
  readonly conditional: boolean;
}

export interface OutsiderSearch {
  readonly question: OpenQuestion;
  readonly action: CatalogAction;
  /** Whether to include principals that are allowed only under conditions that the question leaves open. */
  readonly conditional: boolean;
  /** The resource of the question. */
  readonly resource: PreparedResource;
  /** Accounts with users or roles in the directory. */
  readonly accounts: ReadonlySet<string>;
  /**
   * Whether users and roles of the directory that the policy names are judged, too: as if their own account allowed the request. Left
   * out: they are no outsiders.
   */
  readonly namedOfDirectory?: true;
}

/** An outsider, and how it is let in. */
export interface JudgedOutsider extends Outsider {
  /** The policy names it. */
  readonly named: boolean;
}

export interface Outsiders<One extends Outsider = Outsider> {
  readonly outsiders: readonly One[];
  readonly gaps: readonly string[];
}

const KINDS: readonly OutsiderKind[] = ['ACCOUNT', 'PRINCIPAL', 'SERVICE', 'FEDERATED', 'EVERYBODY'];

/**
 * The principals that the policy of the resource lets in, other than the users and roles of the directory. If the directory
 * does not know a principal, its own account is assumed to allow the request.
 */
export async function outsidersOf(
  tools: DecideTools,
  search: OutsiderSearch,
  now: number,
  check: OneRevision,
): Promise<Outsiders> {
  const { outsiders, gaps } = await judgedOutsiders(tools, search, now, check);
  return { outsiders: outsiders.map(({ named: _named, ...one }): Outsider => one), gaps };
}

/** The same, with how each is let in. */
export async function judgedOutsiders(
  tools: DecideTools,
  search: OutsiderSearch,
  now: number,
  check: OneRevision,
): Promise<Outsiders<JudgedOutsider>> {
  const { question, resource } = search;
  const { resource: arn, resourceAccount, context } = question;
  const grants = resource.grantPlans?.for(search.action).placed ?? [];
  const behind = resource.bucket?.plans?.for(search.action).placed ?? [];
  const statements = [
    ...(resource.facts.policy?.policy.statements ?? []),
    ...[...behind, ...grants].map(({ statement }) => statement),
  ];
  const partition = resource.partition === '' ? 'aws' : resource.partition;
  const { candidates, all } = candidatesOf(statements, partition, search.accounts);
  if (candidates.length === 0) return { outsiders: [], gaps: [] };
  const source = context.get('aws:sourceaccount');
  const endpoint = endpointIdOf(context);
  const wanted = {
    principals: candidates.flatMap(refsOf),
    roles: [],
    resources: [{ arn, accountId: resourceAccount }],
    accounts: typeof source === 'string' && isAccountId(source) ? [source] : [],
    endpoints: endpoint === null ? [] : [endpoint],
    now,
  };
  const gathered = await tools.directory.gather(wanted, check.first);
  check(gathered.revision);
  const judge = new Judge(search, gathered, gathered.resource(arn, resourceAccount).value, now);
  const found = candidates.flatMap((one) => judge.judge(one) ?? []);
  const everybody = found.find(({ kind }) => kind === 'EVERYBODY');
  const outsiders = found
    // Root users are part of everybody; if everybody is allowed only under conditions, some may be allowed without.
    .filter(({ named, conditional }) => named || everybody === undefined || (everybody.conditional && !conditional))
    .sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || (a.value < b.value ? -1 : 1));
  const gap = `the policy of ${arn} names more than ${candidates.length} principals; the others are left out`;
  return { outsiders, gaps: all ? [] : [gap] };
}

class Judge {
  readonly #search: OutsiderSearch;
  readonly #gathered: Gathered;
  readonly #resource: PreparedResource;
  readonly #request: RequestFacts;
  readonly #forServices: RequestFacts;

  constructor(search: OutsiderSearch, gathered: Gathered, resource: PreparedResource, now: number) {
    const { context, assumeContextKeys: assumes = true, tagsAsGiven = false } = search.question;
    this.#search = search;
    this.#gathered = gathered;
    this.#resource = resource;
    const facts = { now, authority: 'directory', assumes, tagsAsGiven } as const;
    this.#request = { ...facts, ...throughEndpoint({ kind: 'anonymous' }, context, gathered) };
    this.#forServices = {
      ...facts,
      context: withSourceOrganization({ kind: 'service', service: '' }, context, gathered),
    };
  }

  judge(one: Candidate): JudgedOutsider | null {
    const { kind, value } = one;
    switch (kind) {
      case 'ACCOUNT':
        return this.#account(one);
      case 'PRINCIPAL':
        return one.ref === null ? this.#canonical(value) : this.#principal(one);
      case 'SERVICE': {
        const service = preparePrincipal({ kind: 'service', service: value }, null, null);
        return this.#judged(one, [this.#decide(service, this.#forServices)]);
      }
      case 'FEDERATED': {
        const facts = { kind: 'anonymous', federatedProvider: value } as const;
        return this.#judged(one, [this.#decide(preparePrincipal(facts, null, null))]);
      }
      case 'EVERYBODY':
        return this.#everybody(one);
      default:
        return kind satisfies never;
    }
  }

  /** An account of the directory means its root user: its users and roles are listed themselves. */
  #account(one: Candidate & { readonly kind: 'ACCOUNT' }): JudgedOutsider | null {
    const root = this.#gathered.principal(one.root)?.value;
    const who = root === undefined ? [] : [root];
    const isKnown = this.#search.accounts.has(one.value);
    if (one.named && !isKnown) who.push(administratorOf(one.root, this.#gathered));
    return this.#judged(
      one,
      who.map((each) => this.#decide(each)),
      one.named,
      isKnown,
    );
  }

  #principal(one: Candidate & { readonly kind: 'PRINCIPAL'; readonly ref: object }): JudgedOutsider | null {
    const known = this.#gathered.principal(one.ref)?.value ?? null;
    const { namedOfDirectory = false } = this.#search;
    if (known !== null && !namedOfDirectory && one.ref.kind !== 'federatedUser') return null;
    const trusted = one.root.accountId !== this.#resource.accountId;
    const judgedAsKnown = namedOfDirectory ? null : known;
    const who = judgedAsKnown ?? outsidePrincipal(one.ref, one.root, this.#gathered, trusted);
    return this.#judged(one, [this.#decide(who)]);
  }

  #everybody(one: Candidate): JudgedOutsider | null {
    const anonymous = preparePrincipal({ kind: 'anonymous' }, null, null);
    const someone = this.#decide(stranger(this.#resource.partition === '' ? 'aws' : this.#resource.partition));
    const judged = this.#judged(one, [this.#decide(anonymous), someone]);
    if (judged !== null || !this.#search.conditional) return judged;
    // A principal with any account, organization and tags: these are conditions on the principal.
    const openings = openingsOf(someone, (key, evaluation) => key.owner === 'principal' || isOpen(key, evaluation));
    return openings.length === 0
      ? null
      : { ...one, named: true, conditional: true, statements: letInBy(someone, openings) };
  }

  /** Only AWS knows the owner of a canonical id: the statements that name it let it in, unless everybody is denied. */
  #canonical(value: string): JudgedOutsider | null {
    const someone = stranger(this.#resource.partition);
    if (this.#decide(someone).effect === 'EXPLICIT_DENY') return null;
    const { action } = this.#search;
    const evaluation = new Evaluation(someone, action, this.#resource, this.#request);
    const names = ({ principal, actions, allows }: CompiledStatement): boolean =>
      allows &&
      principal?.negated === false &&
      principal.named.some((named) => named.kind === 'canonicalUser' && named.id === value) &&
      actionMatches(actions, action.service, actionName(action));
    const policy = this.#resource.facts.policy;
    if (policy === null) return null;
    const statements = policy.policy.statements
      .filter((statement) => names(statement) && evaluation.matches(statement))
      .map((statement) => new StatementInPolicy('RESOURCE_POLICY', policy, statement));
    return statements.length === 0 ? null : { kind: 'PRINCIPAL', value, statements, conditional: false, named: true };
  }

  /** `isHeld`: the directory knows all facts about it. */
  #judged(
    { kind, value }: Candidate,
    decisions: readonly Decision[],
    named = true,
    isHeld = false,
  ): JudgedOutsider | null {
    for (const decision of decisions) {
      const statements = decision.allowed ? letInBy(decision, []) : [];
      if (statements.length > 0) return { kind, value, statements, conditional: false, named };
    }
    if (!this.#search.conditional || decisions.some(({ allowed }) => allowed)) return null;
    for (const decision of decisions) {
      const known = conditionsFor(decision) === null ? [] : openingsOf(decision);
      const openings = known.length === 0 && !isHeld ? openingsOf(decision, isOpen) : known;
      const statements = openings.length === 0 ? [] : letInBy(decision, openings);
      if (statements.length > 0) return { kind, value, statements, conditional: true, named };
    }
    return null;
  }

  #decide(principal: PreparedPrincipal, request = this.#request): Decision {
    const { action } = this.#search;
    const barred = action.name === 'sts:AssumeRole' ? barredFromRoles(principal, this.#resource.facts.arn) : null;
    return barred ?? authorize(principal, action, this.#resource, request);
  }
}

function refsOf(one: Candidate): readonly PrincipalRef[] {
  if (one.kind === 'ACCOUNT') return [one.root];
  return one.kind === 'PRINCIPAL' && one.ref !== null ? [one.ref, one.root] : [];
}

/** For an unknown principal, the organization and the tags are unknown, too. */
function isOpen(key: ContextKey, evaluation: Evaluation): boolean {
  if (evaluation.value(key) !== undefined) return false;
  return key.owner === 'principal' || evaluation.couldBeGiven(key);
}

const OF_RESOURCE: ReadonlySet<PolicyLayer> = new Set([
  'RESOURCE_POLICY',
  'UNDERLYING_BUCKET_POLICY',
  'TRUST_POLICY',
  'KMS_GRANT',
]);

/** The Allows of the resource's policy or grants that match, and those that would match in one of these ways. */
function letInBy({ layers }: Decision, openings: readonly Opening[]): readonly MatchedStatement[] {
  const isOfResource = (layer: PolicyLayer): boolean => OF_RESOURCE.has(layer);
  const matching = layers.filter(({ layer }) => isOfResource(layer)).flatMap((one) => one.matchedStatements);
  const opened = openings.flatMap(({ allows }) => allows.map(({ rule }) => rule.asMatched));
  const all = [...matching, ...opened.filter(({ layer }) => isOfResource(layer))];
  return [...new Set(all.filter(({ effect }) => effect === 'ALLOW'))].sort((a, b) => a.index - b.index);
}
