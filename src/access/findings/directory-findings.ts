import type { AccountOrganization, Gathered, HeldDocuments, HeldKind, Revision } from '../../directory/directory.ts';
import type { PolicyInPlace } from '../../evaluation/veil.ts';
import { parseArn } from '../../policy/arn.ts';
import { parsePrincipalRef } from '../../policy/principal-id.ts';
import type { DecideTools } from '../decide.ts';
import { type OneRevision, onOneRevision } from '../scan.ts';
import { Work } from '../work.ts';
import { DocumentFindings } from './document-findings.ts';
import { type Finding, type FindingKind, idOfFinding, keyOfFinding, type NewFinding } from './finding.ts';
import type { FoundDocument } from './found-document.ts';
import { outsideAccess } from './outside-access.ts';
import { UnusedRoles } from './unused-role.ts';

/** What has policies, by ARN. */
export interface PolicyHolders {
  readonly users: readonly string[];
  readonly roles: readonly string[];
  readonly resources: readonly string[];
  readonly policies: readonly string[];
  /** Of users that are gone through, those with inline policies. */
  readonly groups: ReadonlySet<string>;
  /** ARNs of the root users of accounts whose control policies are gone through. */
  readonly roots: readonly string[];
  /** Accounts whose control policies count; null: all. */
  readonly accountIds: ReadonlySet<string> | null;
  /** Ids of VPC endpoints. */
  readonly endpoints: readonly string[];
}

export interface FindingsAsked {
  readonly holders: PolicyHolders;
  readonly kinds: ReadonlySet<FindingKind>;
  /** Whether a policy may be gone through. */
  readonly mayRead: (place: PolicyInPlace) => boolean | Promise<boolean>;
}

export interface Findings {
  /** In the order of their keys. */
  readonly findings: readonly Finding[];
  readonly gaps: readonly string[];
  /** Policies were left out, which may not be read. */
  readonly isWithheld: boolean;
  readonly revision: Revision;
}

/** Holders that are gathered together. */
const TOGETHER = 100;

/** The same where only their own documents are read. */
const HELD_TOGETHER = 500;

const NONE: ReadonlySet<string> = new Set();

/** What something has, by its ARN. */
type Documents = readonly [arn: string, documents: readonly FoundDocument[]];

/** What is found in the policies of `holders`, all of one revision: throws RevisionMoved, as `check` does. */
export function directoryFindings(tools: DecideTools, asked: FindingsAsked, now: number): Promise<Findings> {
  return onOneRevision((check) => new Search(tools, asked, now, check).run());
}

class Search {
  readonly #tools: DecideTools;
  readonly #asked: FindingsAsked;
  readonly #now: number;
  readonly #check: OneRevision;
  readonly #work: Work;
  readonly #byDocument: DocumentFindings;
  readonly #unused: UnusedRoles;
  readonly #organizations = new Map<string, AccountOrganization | null>();
  readonly #found = new Map<string, Finding>();
  readonly #gaps = new Set<string>();
  /** ARNs of groups that were gone through. */
  readonly #groups = new Set<string>();
  /** ARNs of control policies that were gone through. */
  readonly #control = new Set<string>();
  /** Trust policies of roles that nobody was looked for yet. */
  readonly #roles: FoundDocument[] = [];
  #isWithheld = false;

  constructor(tools: DecideTools, asked: FindingsAsked, now: number, check: OneRevision) {
    this.#work = tools.work ?? new Work();
    this.#tools = { ...tools, work: this.#work };
    this.#asked = asked;
    this.#now = now;
    this.#check = check;
    this.#byDocument = new DocumentFindings(tools.catalog.now, asked.kinds, this.#work, now);
    this.#unused = new UnusedRoles(this.#tools, this.#work, now, check);
  }

  /** What there is no time for is left out, and named. */
  async run(): Promise<Findings> {
    const { users, roles, resources, policies, groups, roots, endpoints } = this.#asked.holders;
    const principals = (part: readonly string[]) => ({
      principals: part.flatMap((arn) => parsePrincipalRef(arn) ?? []),
    });
    const isUnusedAsked = this.#asked.kinds.has('UNUSED_ROLE') && roles.length > 0;
    // Before anything else takes memory: it is held whole or not at all.
    if (isUnusedAsked || users.length > TOGETHER) await this.#tools.directory.principals();
    const stored = (part: readonly string[]) => ({ resources: part.map((arn) => ({ arn, accountId: null })) });
    await this.#each('policies of resources', resources, stored, (gathered, arn) => this.#ofResource(gathered, arn));
    await this.#each('customer managed policies', policies, (part) => ({ policies: part }), ofPolicy, 'policies');
    await this.#inlineOf(users, groups);
    await this.#each('accounts (control policies)', roots, principals, (gathered, arn) =>
      this.#controlOf(gathered, arn),
    );
    await this.#each('policies of VPC endpoints', endpoints, (part) => ({ endpoints: part }), ofEndpoint);
    if (isUnusedAsked) await this.#unused.begin();
    // Last, because it takes longest.
    await this.#each(
      'policies of roles',
      roles,
      (part) => ({ roles: part }),
      ofRole,
      'roles',
      NONE,
      () => this.#findUnused(),
    );
    const revision = await this.#tools.directory.revision();
    this.#check(revision);
    const findings = [...this.#found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, finding]) => finding);
    return { findings, gaps: [...this.#gaps], isWithheld: this.#isWithheld, revision };
  }

  /** Those of users, and of groups with members among these: nobody has those of others. */
  async #inlineOf(users: readonly string[], groups: ReadonlySet<string>): Promise<void> {
    const wanted = (part: readonly string[]) => ({ principals: part.flatMap((arn) => parsePrincipalRef(arn) ?? []) });
    const { directory } = this.#tools;
    const index = users.length <= TOGETHER ? null : await directory.principals();
    if (index === null || directory.heldDocuments === undefined) {
      await this.#each('inline policies of users', users, wanted, (gathered, arn) => {
        const found = inlineOfUser(gathered, arn, groups, this.#groups);
        for (const { arn: holder } of found) if (holder !== arn) this.#groups.add(holder);
        return found;
      });
      return;
    }
    this.#check(index.revision);
    const asked = new Set(users);
    // Most have none.
    const [without, others] = [new Set(users), new Set(groups)];
    for (const { arn, inline, groups: own } of index.users) {
      if (!asked.has(arn)) continue;
      if (inline.length > 0) without.delete(arn);
      for (const group of own) if (group.inline.length > 0) others.delete(group.arn);
    }
    await this.#each('inline policies of users', users, wanted, () => [], 'users', without);
    await this.#each('inline policies of groups', [...groups].sort(), wanted, () => [], 'groups', others);
  }

  /**
   * `held`: what they are, if it is enough to read their own documents. `without`: those of them that have none; how many others there
   * are is not told.
   */
  async #each(
    what: string,
    arns: readonly string[],
    wanted: (part: readonly string[]) => object,
    documentsOf: (gathered: Gathered, arn: string) => readonly FoundDocument[],
    held: HeldKind | null = null,
    without: ReadonlySet<string> = NONE,
    afterPart: () => Promise<void> = async () => undefined,
  ): Promise<void> {
    const together = held === null ? TOGETHER : HELD_TOGETHER;
    for (let from = 0; from < arns.length; from += together) {
      await this.#work.turn();
      if (this.#isOver(`${arns.length - from} of ${arns.length} ${what}`, from, arns.length)) return;
      const part = arns.slice(from, from + together).filter((arn) => !without.has(arn));
      if (part.length === 0) continue;
      const documents =
        (held === null ? null : await this.#readHeld(held, part)) ?? (await this.#read(part, wanted, documentsOf));
      for (const [arn, list] of documents) {
        // One document can take as long as all others.
        const left = arns.length - arns.indexOf(arn, from);
        if (this.#isOver(`${left} of ${arns.length} ${what}`, from, arns.length)) {
          await afterPart();
          return;
        }
        for (const document of list) await this.#goThrough(document);
      }
      await afterPart();
    }
  }

  async #read(
    part: readonly string[],
    wanted: (part: readonly string[]) => object,
    documentsOf: (gathered: Gathered, arn: string) => readonly FoundDocument[],
  ): Promise<readonly Documents[]> {
    const nothing = { principals: [], roles: [], resources: [], now: this.#now, forSearch: true } as const;
    const gathered = await this.#tools.directory.gather({ ...nothing, ...wanted(part) }, this.#check.first);
    this.#check(gathered.revision);
    // What is gathered can move on: its documents are taken out before anybody waits.
    return part.map((arn) => [arn, documentsOf(gathered, arn)]);
  }

  /** Null: it cannot be read without the others. */
  async #readHeld(kind: HeldKind, part: readonly string[]): Promise<readonly Documents[] | null> {
    const read = await this.#tools.directory.heldDocuments?.(kind, part);
    if (read === undefined) return null;
    this.#check(read.revision);
    return part.map((arn) => [arn, heldBy(arn, read.of(arn))]);
  }

  /** Whether the request would take too long with the others, as the gaps then say. */
  #isOver(what: string, from: number, all: number): boolean {
    if (from >= all || !this.#work.isNearlyOver) return false;
    this.#gaps.add(`${what} were not looked at: that takes longer than a request may (\`accountIds\` asks for fewer)`);
    return true;
  }

  /** Among the roles whose trust policies were gone through since the last time: many together would hold their documents in memory. */
  async #findUnused(): Promise<void> {
    const all = this.#roles.splice(0);
    for (let from = 0; from < all.length; from += TOGETHER) {
      const { found, gaps } = await this.#unused.among(all.slice(from, from + TOGETHER));
      for (const [document, unused] of found) this.#add(unused, document);
      for (const gap of gaps) this.#gaps.add(gap);
    }
  }

  async #goThrough(document: FoundDocument): Promise<void> {
    const { layer, attached } = document;
    await this.#work.turn();
    if (!(await this.#asked.mayRead({ layer, arn: attached.arn, holder: attached.holder ?? null }))) {
      this.#isWithheld = true;
      return;
    }
    const { kinds } = this.#asked;
    for (const one of await this.#byDocument.of(document)) this.#add(one, document);
    if (document.kind !== 'trust' && document.kind !== 'resource') return;
    if (kinds.has('PUBLIC_ACCESS') || kinds.has('CROSS_ACCOUNT_ACCESS')) {
      const search = { tools: this.#tools, work: this.#work, now: this.#now, check: this.#check };
      const organizationOf = (id: string): Promise<AccountOrganization | null> => this.#organizationOf(id);
      for (const one of await outsideAccess({ ...search, organizationOf }, document)) this.#add(one, document);
    }
    if (document.kind !== 'trust' || !kinds.has('UNUSED_ROLE')) return;
    const { closed, faults } = attached.policy;
    if (!closed && faults.length === 0) this.#roles.push(document);
    else
      this.#gaps.add(
        `whether anybody can assume ${document.arn} is not known: its trust policy cannot be read completely`,
      );
  }

  #add(found: NewFinding, { attached }: FoundDocument): void {
    if (!this.#asked.kinds.has(found.kind)) return;
    const { alsoBy: _alsoBy, ...shown } = found;
    const finding = { ...shown, id: idOfFinding(found, attached.policy.source.text) };
    this.#found.set(keyOfFinding(finding), finding);
  }

  #ofResource(gathered: Gathered, arn: string): readonly FoundDocument[] {
    const { value, gaps } = gathered.resource(arn, null);
    for (const gap of gaps) this.#gaps.add(gap);
    const attached = value.facts.policy;
    if (attached === null) return [];
    if (value.accountId === null)
      this.#gaps.add(`the owner of ${arn} is not known: whom it trusts is not known either`);
    const place = { arn, accountId: value.accountId, policyName: null, layer: 'RESOURCE_POLICY' } as const;
    return [{ ...place, kind: 'resource', attached }];
  }

  /** The control policies above an account; each once, wherever it is attached. Those of AWS are not looked at. */
  #controlOf(gathered: Gathered, root: string): readonly FoundDocument[] {
    const ref = parsePrincipalRef(root);
    const { serviceControl, resourceControl } = (ref && gathered.principal(ref)?.value.policies?.source) ?? {};
    const found: FoundDocument[] = [];
    for (const [kind, layer, levels] of [
      ['scp', 'SERVICE_CONTROL_POLICY', serviceControl],
      ['rcp', 'RESOURCE_CONTROL_POLICY', resourceControl],
    ] as const) {
      for (const attached of (levels ?? []).flatMap(({ policies }) => policies)) {
        const { arn } = attached;
        const accountId = parseArn(arn ?? '')?.accountId ?? 'aws';
        if (arn === null || accountId === 'aws' || this.#control.has(arn)) continue;
        this.#control.add(arn);
        if (this.#asked.holders.accountIds?.has(accountId) === false) continue;
        found.push({ arn, accountId, policyName: null, layer, kind, attached });
      }
    }
    return found;
  }

  async #organizationOf(accountId: string): Promise<AccountOrganization | null> {
    const known = this.#organizations.get(accountId);
    if (known !== undefined) return known;
    const found = (await this.#tools.directory.organizationOf([accountId])).get(accountId) ?? null;
    this.#organizations.set(accountId, found);
    return found;
  }
}

/** Its own, and those of its groups but `done`: one that has no members gives nobody anything. */
function inlineOfUser(
  gathered: Gathered,
  arn: string,
  groups: ReadonlySet<string>,
  done: ReadonlySet<string>,
): readonly FoundDocument[] {
  const ref = parsePrincipalRef(arn);
  const known = ref === null ? null : gathered.principal(ref);
  const identity = known?.value.policies?.source.identity ?? [];
  const through = new Set(
    identity.flatMap(({ holder }) => (holder != null && groups.has(holder) && !done.has(holder) ? [holder] : [])),
  );
  return [arn, ...through].flatMap((holder) => inlineOf(holder, parseArn(holder)?.accountId ?? null, identity));
}

function heldBy(arn: string, held: HeldDocuments | null): readonly FoundDocument[] {
  if (held === null) return [];
  const { identity, trust: attached, bindings } = held;
  const accountId = parseArn(arn)?.accountId ?? null;
  const found = identity.map((one) => ofIdentity(arn, accountId, one));
  if (attached === null) return found;
  return [{ arn, accountId, policyName: null, layer: 'TRUST_POLICY', kind: 'trust', attached, bindings }, ...found];
}

function ofIdentity(arn: string, accountId: string | null, attached: FoundDocument['attached']): FoundDocument {
  // A managed policy is told by its ARN.
  const policyName = attached.arn === null ? (attached.name ?? attached.id) : null;
  return { arn, accountId, policyName, layer: 'IDENTITY_POLICY', kind: 'identity', attached };
}

function ofRole(gathered: Gathered, arn: string): readonly FoundDocument[] {
  const known = gathered.role(arn);
  if (known === null) return [];
  const { facts, trust, policies } = known.value;
  const { accountId } = facts;
  const inline = inlineOf(arn, accountId, policies.source.identity);
  const attached = trust.facts.policy;
  if (attached === null) return inline;
  const { policyBindings: bindings } = trust.facts;
  return [{ arn, accountId, policyName: null, layer: 'TRUST_POLICY', kind: 'trust', attached, bindings }, ...inline];
}

/** Those that it has itself: managed ones are gone through as policies. */
function inlineOf(
  arn: string,
  accountId: string | null,
  identity: readonly FoundDocument['attached'][],
): readonly FoundDocument[] {
  return identity
    .filter((attached) => attached.arn === null && attached.holder === arn)
    .map((attached) => ofIdentity(arn, accountId, attached));
}

function ofPolicy(gathered: Gathered, arn: string): readonly FoundDocument[] {
  const attached = gathered.policy(arn);
  if (attached === null) return [];
  return [ofIdentity(arn, parseArn(arn)?.accountId ?? null, attached)];
}

function ofEndpoint(gathered: Gathered, id: string): readonly FoundDocument[] {
  const known = gathered.endpoint(id);
  const attached = known?.value?.source ?? null;
  if (known === null || attached === null) return [];
  const { accountId } = known;
  const arn = attached.holder ?? id;
  return [{ arn, accountId, policyName: null, layer: 'VPC_ENDPOINT_POLICY', kind: 'vpce', attached }];
}
