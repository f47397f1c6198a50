import type { CatalogAction } from '../../catalog/catalog.ts';
import type { AccountOrganization } from '../../directory/directory.ts';
import type { MatchedStatement } from '../../evaluation/decision.ts';
import { actionName } from '../../evaluation/layer-set.ts';
import type { PreparedResource } from '../../evaluation/prepare.ts';
import { actionMatches, readActionPattern } from '../../policy/action-pattern.ts';
import { parseArn } from '../../policy/arn.ts';
import { readOperator } from '../../policy/operator.ts';
import type { CompiledStatement } from '../../policy/statement.ts';
import { weightOf } from '../action-weight.ts';
import type { DecideTools } from '../decide.ts';
import { type JudgedOutsider, judgedOutsiders } from '../outsiders.ts';
import { type CheckedDocument, checkedDocument, isUnreadable } from '../policy-checks/checked-document.ts';
import type { GrantWitness } from '../policy-checks/outcome.ts';
import { searchGrant } from '../policy-checks/search.ts';
import type { OneRevision } from '../scan.ts';
import type { Work } from '../work.ts';
import { type NewFinding, NOTHING_ELSE } from './finding.ts';
import { type FoundDocument, named } from './found-document.ts';

const ASSUMING: ReadonlySet<string> = new Set([
  'sts:AssumeRole',
  'sts:AssumeRoleWithSAML',
  'sts:AssumeRoleWithWebIdentity',
]);
/** Resources inside the one that has the policy: objects of a bucket. One of each pattern that the policy names is asked about. */
const MOST_INSIDE = 20;

/** What the search for outsiders needs. */
export interface OutsideSearch {
  readonly tools: DecideTools;
  readonly work: Work;
  readonly now: number;
  readonly check: OneRevision;
  /** The place of an account in its organization; null: in none. */
  organizationOf(accountId: string): Promise<AccountOrganization | null>;
}

/** What is found of one outsider. */
interface Access {
  readonly one: JudgedOutsider;
  readonly isPublic: boolean;
  readonly witness: GrantWitness | null;
  readonly found: {
    readonly action: CatalogAction;
    readonly resource: string;
    readonly by: readonly MatchedStatement[];
  }[];
}

/**
 * Whom the policy of a role or resource lets in from outside its zone of trust: its account's organization, or its account where that is
 * in none. Outsiders are judged as if their own account allowed the request, whether the directory holds them or not. AWS services act
 * for accounts, and are none.
 */
export async function outsideAccess(search: OutsideSearch, document: FoundDocument): Promise<readonly NewFinding[]> {
  const { tools, now, work, check } = search;
  const { accountId, arn, attached } = document;
  if (accountId === null) return [];
  const zone = await zoneOf(search, accountId);
  if ((await trustsZoneAlone(zone, attached.policy.statements)) && (await isAloneAbout(search, document))) return [];
  const all = new Map<string, Access>();
  const publicly = new PublicCheck(search, document);
  for (const [resource, actions] of questionsOf(tools, document)) {
    const value = await preparedFor(search, resource, accountId);
    for (const action of actions) {
      await work.turn();
      const question = { action: action.name, resource, resourceAccount: accountId, context: new Map(), path: '' };
      const asked = {
        question,
        action,
        resource: value,
        conditional: true,
        accounts: NONE,
        namedOfDirectory: true,
      } as const;
      const { outsiders } = await judgedOutsiders(tools, asked, now, check);
      for (const one of outsiders) {
        if (one.kind === 'SERVICE' || (await isInside(zone, one))) continue;
        const publicity = await publicly.of(action, one);
        const { isPublic } = publicity;
        if (one.kind === 'EVERYBODY' && !isPublic && isLimitedToZone(zone, attached.policy.statements, one)) continue;
        const key = `${one.kind} ${one.value} ${isPublic}`;
        const known = all.get(key) ?? { one, found: [], ...publicity };
        all.set(key, known);
        known.found.push({ action, resource, by: one.statements });
      }
    }
  }
  return [...all.values()].map((access) => findingOf(document, access, arn));
}

const NONE: ReadonlySet<string> = new Set();

async function preparedFor(
  { tools, now, check }: OutsideSearch,
  arn: string,
  accountId: string,
): Promise<PreparedResource> {
  const wanted = { principals: [], roles: [], resources: [{ arn, accountId }], now, forSearch: true } as const;
  const gathered = await tools.directory.gather(wanted, check.first);
  check(gathered.revision);
  return gathered.resource(arn, accountId).value;
}

/** The resources to ask about, each with the actions that an Allow of the policy names and that can be asked on it. */
function questionsOf(
  { catalog }: DecideTools,
  { arn, kind, attached: { policy } }: FoundDocument,
): readonly (readonly [string, readonly CatalogAction[]])[] {
  const allows = policy.statements.filter((statement) => statement.allows);
  const service = kind === 'trust' ? 'sts' : (parseArn(arn)?.service ?? '');
  const known = catalog.now.actionsOf(service).filter((action) => {
    if (kind === 'trust' && !ASSUMING.has(action.name)) return false;
    return (
      action.resourceTypes.length > 0 &&
      allows.some(({ actions }) => actionMatches(actions, action.service, actionName(action)))
    );
  });
  const resources = kind === 'trust' ? [arn] : [arn, ...insideOf(arn, allows)];
  return resources.map(
    (resource) => [resource, known.filter((action) => catalog.now.fit(action, resource).kind === 'fits')] as const,
  );
}

/** One of each pattern of resources inside. */
function insideOf(arn: string, allows: readonly CompiledStatement[]): readonly string[] {
  const start = `${arn}/`;
  const patterns = allows.flatMap(({ resources }) => resources?.patterns ?? []);
  const examples = patterns.flatMap(({ everything, parts }) => {
    const written = parts.join(':');
    if (everything || written === '*') return [`${start}object`];
    if (written.includes('${')) return [];
    // `bucket*` names what is inside, too.
    const inside = written.startsWith(start) ? written : written.endsWith('*') ? `${start}*` : null;
    return inside === null ? [] : [inside.replaceAll('*', 'object').replaceAll('?', 'o')];
  });
  return [...new Set(examples)].slice(0, MOST_INSIDE);
}

/** Within which everybody is trusted. */
interface Zone {
  readonly accountId: string;
  readonly organization: AccountOrganization | null;
  readonly search: OutsideSearch;
}

async function zoneOf(search: OutsideSearch, accountId: string): Promise<Zone> {
  return { accountId, organization: await search.organizationOf(accountId), search };
}

/** Whether nothing but the policy lets anybody in: neither grants of a key, nor the bucket behind an access point. */
async function isAloneAbout(search: OutsideSearch, { kind, arn, accountId }: FoundDocument): Promise<boolean> {
  if (kind === 'trust') return true;
  const { grantPlans, bucket } = await preparedFor(search, arn, accountId ?? '');
  return grantPlans === null && bucket === null;
}

/** Whether all that the statements let in are services and principals of the zone: nobody else is to be judged. Most policies are so. */
async function trustsZoneAlone(zone: Zone, statements: readonly CompiledStatement[]): Promise<boolean> {
  for (const { allows, principal } of statements) {
    if (!allows || principal === null) continue;
    if (principal.negated || principal.everyone) return false;
    for (const named of principal.named) {
      if (named.kind === 'service') continue;
      if (named.kind !== 'account' && named.kind !== 'arn') return false;
      const accountId = named.kind === 'account' ? named.accountId : parseArn(named.arn)?.accountId;
      if (accountId === undefined || !(await isInZone(zone, accountId))) return false;
    }
  }
  return true;
}

async function isInside(zone: Zone, { kind, value }: JudgedOutsider): Promise<boolean> {
  const accountId = kind === 'ACCOUNT' ? value : parseArn(value)?.accountId;
  return accountId !== undefined && accountId !== '' && (await isInZone(zone, accountId));
}

async function isInZone({ accountId, organization, search }: Zone, other: string): Promise<boolean> {
  if (other === accountId) return true;
  if (organization === null) return false;
  const place = await search.organizationOf(other);
  return place?.organizationId === organization.organizationId;
}

/**
 * Whether every statement that lets everybody in has a condition that only callers of the zone fulfil: their organization, a path in
 * it, or the account itself.
 */
function isLimitedToZone(
  zone: Zone,
  statements: readonly CompiledStatement[],
  { statements: by }: JudgedOutsider,
): boolean {
  const letting = new Set(by.map(({ index }) => index));
  return statements
    .filter(({ index, allows }) => allows && letting.has(index))
    .every(({ conditions }) =>
      conditions.some(({ key, operator, values }) => {
        const use = readOperator(operator);
        if (use === null || use.operator === null || use.operator.negated || use.ifExists) return false;
        if (use.quantifier === 'forAllValues') return false;
        return values.length > 0 && values.every((value) => isOfZone(zone, key.name, value));
      }),
    );
}

function isOfZone({ accountId, organization }: Zone, key: string, value: string): boolean {
  if (key === 'aws:principalaccount') return value === accountId;
  if (organization === null) return false;
  if (key === 'aws:principalorgid') return value === organization.organizationId;
  return key === 'aws:principalorgpaths' && value.startsWith(`${organization.organizationId}/`);
}

/** Whether everybody means the public: whom conditions let in does not come from one place. */
class PublicCheck {
  readonly #search: OutsideSearch;
  readonly #document: FoundDocument;
  #checked: CheckedDocument | null | undefined;

  constructor(search: OutsideSearch, document: FoundDocument) {
    this.#search = search;
    this.#document = document;
  }

  async of(
    action: CatalogAction,
    { kind, conditional }: JudgedOutsider,
  ): Promise<Pick<Access, 'isPublic' | 'witness'>> {
    if (kind !== 'EVERYBODY') return { isPublic: false, witness: null };
    return conditional ? this.#find(action) : { isPublic: true, witness: null };
  }

  /** What cannot be decided counts as public: it is looked at by people. */
  async #find({ name }: CatalogAction): Promise<Pick<Access, 'isPublic' | 'witness'>> {
    const { tools, work, now } = this.#search;
    const { kind, attached } = this.#document;
    const { text } = attached.policy.source;
    const pattern = readActionPattern(name);
    if (text === null || pattern === null) return { isPublic: true, witness: null };
    if (this.#checked === undefined) {
      const checked = await work.run(checkedDocument(text, kind));
      this.#checked = isUnreadable(checked) ? null : checked;
    }
    if (this.#checked === null) return { isPublic: true, witness: null };
    const asked = { catalog: tools.catalog.now, kind, after: this.#checked, before: null, now, resources: null };
    const actions = { negated: false, patterns: [pattern] };
    const outcome = await work.run(searchGrant({ ...asked, actions, byStrangers: true }));
    if (outcome.kind === 'found') return { isPublic: true, witness: outcome.witness };
    return { isPublic: outcome.kind !== 'none', witness: null };
  }
}

function findingOf(document: FoundDocument, { one, isPublic, witness, found }: Access, arn: string): NewFinding {
  const { kind, value, conditional } = one;
  const sorted = found.toSorted((a, b) => weightOf(a.action) - weightOf(b.action));
  const [first] = sorted;
  const actions = [...new Set(sorted.map(({ action }) => action.name))];
  const who = kind === 'EVERYBODY' ? 'everybody' : value;
  const readsOnly = first === undefined || weightOf(first.action) === 2;
  const outsideWeight = readsOnly ? 'MEDIUM' : 'HIGH';
  return {
    ...NOTHING_ELSE,
    kind: isPublic ? 'PUBLIC_ACCESS' : 'CROSS_ACCOUNT_ACCESS',
    weight: isPublic ? 'CRITICAL' : outsideWeight,
    arn,
    accountId: document.accountId,
    message: `${named(document)} lets in ${who}${conditional ? ', under conditions' : ''}: ${actions.length === 1 ? actions[0] : `${actions.length} actions`}`,
    outsider: { kind, value, conditional },
    actions,
    resource: first?.resource ?? null,
    statements: first?.by ?? [],
    alsoBy: sorted.slice(1).flatMap(({ by }) => by),
    witness,
  };
}
