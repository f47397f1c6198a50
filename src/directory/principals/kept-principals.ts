import { sameText } from '../../policy/arn.ts';
import type { HolderRow } from '../gather/rows.ts';
import type { IndexedDocuments } from './indexed-documents.ts';
import type { IndexedDocument, IndexedHolder, IndexedPolicy, IndexedPrincipal } from './indexed-principals.ts';
import type { IndexedRoleRow, IndexedUserRow, PrincipalRows } from './principal-rows.ts';
import type { TrustEdges } from './trust-edges.ts';

/** Of a principal, group or policy beside its texts, and of each thing that it holds. Measured. */
const HOLDER_BYTES = 400;
const HELD_BYTES = 24;

/** A document of which the text is not known. */
function missing(hash: string | null): IndexedDocument {
  return { hash: hash ?? '', isWhole: false };
}

const NO_GROUPS: readonly IndexedHolder[] = [];
const NO_DOCUMENTS: readonly IndexedDocument[] = [];
const NO_POLICIES: readonly IndexedPolicy[] = [];
const NO_TAGS = {};

/** A managed policy, shared by those that it is attached to: a new version is one change. */
interface KeptPolicy extends IndexedPolicy {
  document: IndexedDocument;
  holders: number;
}

interface KeptGroup extends IndexedHolder {
  readonly id: string;
  arn: string;
  inline: readonly IndexedDocument[];
  attached: readonly IndexedPolicy[];
}

/** Principals of one kind, in the order of their ARNs. */
class Sorted {
  readonly list: IndexedPrincipal[] = [];

  at(arn: string): IndexedPrincipal | undefined {
    const found = this.list[this.placeOf(arn)];
    return found?.arn === arn ? found : undefined;
  }

  /** Of the first whose ARN is not less. */
  placeOf(arn: string): number {
    let low = 0;
    let high = this.list.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.list[middle]?.arn ?? '') < arn) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  put(one: IndexedPrincipal): void {
    const last = this.list.at(-1);
    if (last === undefined || last.arn < one.arn) {
      this.list.push(one);
      return;
    }
    const place = this.placeOf(one.arn);
    this.list.splice(place, this.list[place]?.arn === one.arn ? 1 : 0, one);
  }

  remove(arn: string): void {
    const place = this.placeOf(arn);
    if (this.list[place]?.arn === arn) this.list.splice(place, 1);
  }
}

/** Users, roles and groups with what they hold. Documents and policies are shared, and dropped with their last holder. */
export class KeptPrincipals {
  readonly #documents: IndexedDocuments;
  readonly #trust: TrustEdges;
  readonly #users = new Sorted();
  readonly #roles = new Sorted();
  /** By id: that is how users name them. */
  readonly #groups = new Map<string, KeptGroup>();
  readonly #policies = new Map<string, KeptPolicy>();
  #weight = 0;

  constructor(documents: IndexedDocuments, trust: TrustEdges) {
    this.#documents = documents;
    this.#trust = trust;
  }

  /** Bytes, without the documents. */
  get weight(): number {
    return this.#weight;
  }

  get users(): readonly IndexedPrincipal[] {
    return this.#users.list;
  }

  get roles(): readonly IndexedPrincipal[] {
    return this.#roles.list;
  }

  get groups(): Iterable<IndexedHolder> {
    return this.#groups.values();
  }

  /** The hashes of documents that these rows hold and that are not known yet. */
  unknownIn({ users, roles, groups, policies }: PrincipalRows): readonly string[] {
    const hashes = new Set<string>();
    const add = (hash: string | null | undefined): void => {
      if (hash != null && !this.#documents.has(hash)) hashes.add(hash);
    };
    for (const { inline, attached } of [...users, ...roles, ...groups]) {
      for (const [, hash] of inline) add(hash);
      for (const [, , hash] of attached) add(hash);
    }
    for (const { boundary } of [...users, ...roles]) add(boundary?.[2]);
    for (const [, , hash] of policies) add(hash);
    return [...hashes];
  }

  /** The same for trust policies. */
  unknownTrustIn({ roles }: PrincipalRows): readonly string[] {
    return [...new Set(roles.map(({ trustPolicyHash }) => trustPolicyHash))].filter((hash) => !this.#trust.has(hash));
  }

  /** In the order in which they name each other. INVARIANT: the documents that there are, are known. */
  put({ policies, groups, users, roles }: PrincipalRows): void {
    for (const [arn, , hash] of policies) {
      const kept = this.#policies.get(arn);
      if (kept !== undefined) this.#replaceDocument(kept, hash);
    }
    for (const row of groups) this.#putGroup(row);
    for (const row of users) this.#putUser(row);
    for (const row of roles) this.#putRole(row);
  }

  /** What is not stored any more. Returns the ARNs of users who were in such a group. */
  remove({ users, roles, groups }: Record<'users' | 'roles' | 'groups', readonly string[]>): readonly string[] {
    for (const arn of users) this.#release(this.#users, arn);
    for (const arn of roles) this.#release(this.#roles, arn);
    const gone = new Set<IndexedHolder>();
    for (const arn of groups) {
      for (const [id, group] of this.#groups) {
        if (group.arn !== arn) continue;
        gone.add(group);
        this.#letGo(group);
        this.#groups.delete(id);
      }
    }
    return gone.size === 0
      ? []
      : this.#users.list.filter((one) => one.groups.some((group) => gone.has(group))).map((one) => one.arn);
  }

  /** The ARNs of the users and roles that a policy is attached to, directly or as their boundary, and of such groups. */
  holdersOf(policyArn: string): Record<'users' | 'roles' | 'groups', readonly string[]> {
    const holds = ({
      attached,
      boundary = null,
    }: IndexedHolder & { readonly boundary?: IndexedPolicy | null }): boolean =>
      boundary?.arn === policyArn || attached.some(({ arn }) => arn === policyArn);
    const among = (list: Iterable<IndexedHolder>): readonly string[] => [...list].filter(holds).map(({ arn }) => arn);
    return { users: among(this.users), roles: among(this.roles), groups: among(this.#groups.values()) };
  }

  /** Forgets the trust policies that no role has any more. */
  dropUnheldTrust(): void {
    this.#trust.dropUnheld();
  }

  #putGroup(row: HolderRow): void {
    const known = this.#groups.get(row.id);
    const held = this.#held(row);
    if (known === undefined) {
      this.#groups.set(row.id, { id: row.id, arn: row.arn, ...held });
    } else {
      this.#letGo(known);
      Object.assign(known, held, { arn: row.arn });
    }
  }

  #putUser(row: IndexedUserRow): void {
    const groups = row.groups.flatMap((id) => this.#groups.get(id) ?? []);
    this.#putPrincipal(this.#users, 'user', row, groups.length === 0 ? NO_GROUPS : groups);
  }

  #putRole(row: IndexedRoleRow): void {
    const role = this.#putPrincipal(this.#roles, 'role', row, NO_GROUPS);
    this.#trust.put(role, row.trustPolicyHash, row.trustBindings);
  }

  #putPrincipal(
    place: Sorted,
    kind: 'user' | 'role',
    row: IndexedUserRow | IndexedRoleRow,
    groups: readonly IndexedHolder[],
  ): IndexedPrincipal {
    const held = this.#held(row);
    const boundary = row.boundary === null ? null : this.#policy(row.boundary);
    this.#release(place, row.arn);
    const tags = Object.keys(row.tags).length === 0 ? NO_TAGS : row.tags;
    const one: IndexedPrincipal = {
      arn: row.arn,
      kind,
      id: row.id,
      accountId: sameText(row.accountId),
      tags,
      ...held,
      groups,
      boundary,
    };
    place.put(one);
    this.#weight += weightOf(one);
    return one;
  }

  #release(place: Sorted, arn: string): void {
    const one = place.at(arn);
    if (one === undefined) return;
    place.remove(arn);
    this.#weight -= weightOf(one);
    this.#letGo(one);
    this.#trust.remove(one);
    if (one.boundary !== null) this.#releasePolicy(one.boundary.arn);
  }

  #held(row: Pick<HolderRow, 'inline' | 'attached'>): Pick<IndexedHolder, 'inline' | 'attached'> {
    const inline = row.inline.map(([, hash]) => this.#documents.hold(hash) ?? missing(hash));
    const attached = row.attached.map((each) => this.#policy(each));
    return {
      inline: inline.length === 0 ? NO_DOCUMENTS : inline,
      attached: attached.length === 0 ? NO_POLICIES : attached,
    };
  }

  #letGo({ inline, attached }: IndexedHolder): void {
    for (const document of inline) this.#documents.release(document);
    for (const { arn } of attached) this.#releasePolicy(arn);
  }

  /** One more holder of a managed policy. */
  #policy([arn, , hash]: HolderRow['attached'][number]): IndexedPolicy {
    const known = this.#policies.get(arn);
    if (known !== undefined) {
      known.holders += 1;
      this.#replaceDocument(known, hash);
      return known;
    }
    const document = hash === null ? missing(null) : (this.#documents.hold(hash) ?? missing(hash));
    const kept: KeptPolicy = { arn, document, holders: 1 };
    this.#policies.set(arn, kept);
    this.#weight += HOLDER_BYTES;
    return kept;
  }

  #replaceDocument(policy: KeptPolicy, hash: string | null): void {
    if (policy.document.hash === (hash ?? '')) return;
    const before = policy.document;
    policy.document = hash === null ? missing(null) : (this.#documents.hold(hash) ?? missing(hash));
    this.#documents.release(before);
  }

  #releasePolicy(arn: string): void {
    const kept = this.#policies.get(arn);
    if (kept === undefined) return;
    kept.holders -= 1;
    if (kept.holders > 0) return;
    this.#policies.delete(arn);
    this.#documents.release(kept.document);
    this.#weight -= HOLDER_BYTES;
  }
}

function weightOf({ arn, id, inline, attached, groups, tags }: IndexedPrincipal): number {
  const held = inline.length + attached.length + groups.length;
  const ofTags = tags === NO_TAGS ? 0 : 100 + 2 * JSON.stringify(tags).length;
  return HOLDER_BYTES + arn.length + id.length + HELD_BYTES * held + ofTags;
}
