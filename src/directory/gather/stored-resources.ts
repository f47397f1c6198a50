import type { Catalog } from '../../catalog/catalog.ts';
import { KnownFit } from '../../catalog/known-fit.ts';
import { siblingOf } from '../../evaluation/sibling.ts';
import { parseArn } from '../../policy/arn.ts';
import { Recent } from '../../policy/recent.ts';
import type { Touched } from '../apply/revision.ts';
import type { KnownResource } from '../directory.ts';
import { OWN_SERVICE } from '../services/own-services.ts';
import { type AccountFacts, accountFacts } from './account-facts.ts';
import { buildResource } from './build-resources.ts';
import type { Compiled, CompiledBatch, CompiledPolicies } from './compiled-policies.ts';
import type { Entry } from './memory.ts';
import { type MemoryBudget, SHARES } from './memory-budget.ts';
import { ownerOf, type ResourceRows, resourceRows, serviceOf } from './resource-rows.ts';
import type { ResourceRow } from './rows.ts';
import { isRoleArn, type Wanted } from './wanted.ts';

/** Of more than this part of the room none are held: questions about resources are then answered by the database. */
const SHARE = SHARES.held.resources;
/** Of a row, beside its characters as JSON; and of a text. */
const PLACE_BYTES = 200;

/** So many resources that changed are read again; after more, everything is. */
const MOST_STALE = 5_000;
/** Whether nothing is known of an object of S3 but what its bucket says, whose owner is known: its gaps do not name it. */
function isUnknownObject({ arn, given, exact, holders }: ResourceRows): boolean {
  const { service, accountId } = parseArn(arn) ?? {};
  const isObject = service === 's3' && accountId === '' && holders.length === 1 && arn.startsWith(`${holders[0]}/`);
  return isObject && exact === null && given === null;
}

/** Of an object, with its slash. */
function bucketOf(arn: string): string {
  return arn.slice(0, arn.indexOf('/') + 1);
}

type WantedResource = Extract<Wanted, { readonly kind: 'resource' }>;

/** What making a resource needs beside its rows. */
export interface Surroundings {
  readonly catalog: Catalog;
  readonly compiled: CompiledPolicies;
  /** The facts of a stored account, if they are in memory. */
  readonly account: (id: string) => AccountFacts | undefined;
}

const NONE: ReadonlySet<string> = new Set();

/** Entities that are read as resources, by their names in DirectoryChange. */
const AS_RESOURCES: ReadonlySet<string> = new Set(['Resource', 'User', 'ManagedPolicy', 'InstanceProfile']);

/** The common case needs no new text. No ARN begins with an account. */
function nameOf(arn: string, accountId: string | null): string {
  return accountId === null ? arn : `${accountId} ${arn}`;
}

function weightOf(row: ResourceRow): number {
  return PLACE_BYTES + JSON.stringify(row).length;
}

/**
 * All stored resources, so that a name is known to be stored, or not to be, without asking the database: services ask about
 * objects, items and messages whose names nobody has asked about before. Users, managed policies and instance profiles are
 * resources too, without policies; roles are not in it. INVARIANT: while it is complete, it is true of the memory's revision, but for the names in `stale`.
 */
export class StoredResources {
  readonly #budget: MemoryBudget;
  #state: 'unread' | 'reading' | 'complete' | 'tooMany' = 'unread';
  #rows = new Map<string, ResourceRow>();
  /** Texts of their policies, by hash. */
  #texts = new Map<string, string>();
  #weight = 0;
  #madeWeight = 0;
  #accounts = new Set<string>();
  #stale = new Set<string>();
  /** The latest state of the database that was seen while it was read. */
  #seen = 0n;
  readonly #made = new Map<string, Entry<KnownResource>>();
  /** By bucket, with its slash: an object of which nothing is stored. */
  readonly #objects = new Map<string, KnownResource>();
  readonly #recent = new Recent<KnownResource>();

  constructor(budget: MemoryBudget) {
    this.#budget = budget;
  }

  get state(): 'unread' | 'reading' | 'complete' | 'tooMany' {
    return this.#state;
  }

  /** Names that have changed since they were read: the next statement about resources reads them, too. */
  get stale(): ReadonlySet<string> {
    return this.#state === 'complete' ? this.#stale : NONE;
  }

  /** Begins anew. What changes from now on is noted. */
  begin(): void {
    this.#rows = new Map();
    this.#texts = new Map();
    this.#accounts = new Set();
    this.#stale = new Set();
    this.#forgetMade();
    this.#seen = 0n;
    this.#weigh(-this.#weight);
    this.#state = 'reading';
  }

  /** Some of what is stored, as of `revision`. */
  add(
    revision: bigint,
    found: { readonly resources?: readonly ResourceRow[]; readonly accounts?: readonly string[] },
  ): void {
    if (revision > this.#seen) this.#seen = revision;
    for (const row of found.resources ?? []) this.#hold(row);
    for (const id of found.accounts ?? []) this.#accounts.add(id);
    this.#checkSize();
  }

  #hold(row: ResourceRow): void {
    this.#release(row.arn);
    this.#rows.set(row.arn, row);
    this.#weigh(weightOf(row));
  }

  #release(name: string): void {
    const row = this.#rows.get(name);
    if (row === undefined) return;
    this.#rows.delete(name);
    this.#weigh(-weightOf(row));
  }

  #weigh(more: number): void {
    this.#weight += more;
    this.#budget.addHeld(more);
  }

  #forgetMade(): void {
    this.#made.clear();
    this.#objects.clear();
    this.#recent.clear();
    this.#budget.add(-this.#madeWeight);
    this.#madeWeight = 0;
  }

  /** The text of a resource's policy. Documents are named by their content: they are true of every state. */
  keepText(hash: string, text: string): void {
    if (this.#state === 'unread' || this.#state === 'tooMany' || this.#texts.has(hash)) return;
    this.#texts.set(hash, text);
    this.#weigh(PLACE_BYTES + text.length);
    if (this.#weight > this.#budget.room * SHARE) this.#dropFormerTexts();
  }

  /** Policies are replaced all the time: what no resource has any more is dropped before anything is given up. */
  #dropFormerTexts(): void {
    const used = new Set(Array.from(this.#rows.values(), ({ policyHash }) => policyHash));
    for (const [hash, text] of this.#texts) {
      if (used.has(hash)) continue;
      this.#texts.delete(hash);
      this.#weigh(-PLACE_BYTES - text.length);
    }
    // With less room it would be looked for again and again.
    if (this.#weight > this.#budget.room * SHARE * 0.9) this.#giveUp();
  }

  #checkSize(): void {
    if (this.#weight > this.#budget.room * SHARE) this.#dropFormerTexts();
  }

  /** Everything was read. */
  complete(): void {
    if (this.#state === 'reading') this.#state = 'complete';
  }

  /** There is more than it may hold. */
  #giveUp(): void {
    this.begin();
    this.#state = 'tooMany';
  }

  /** It could not be read to the end. */
  forget(): void {
    this.begin();
    this.#state = 'unread';
  }

  /** Hashes of policies of which the text is not held. */
  missingTexts(): readonly string[] {
    const hashes = new Set<string>();
    for (const { policyHash } of this.#rows.values()) {
      if (policyHash !== null && !this.#texts.has(policyHash)) hashes.add(policyHash);
    }
    return [...hashes];
  }

  /** The memory moves on; `touched` null: too much to list. */
  advance(touched: readonly Touched[] | null): void {
    if (this.#state === 'unread') return;
    if (touched === null) {
      this.forget();
      return;
    }
    // Nothing is held that could have changed.
    if (this.#state === 'tooMany') return;
    for (const { entity, entityId } of touched) {
      if (AS_RESOURCES.has(entity)) this.#stale.add(entityId);
      else if (entity === 'Account') this.#accounts.add(entityId);
      else if (entity !== 'Organization' && entity !== OWN_SERVICE) continue;
      this.#forgetMade();
    }
    if (this.#stale.size > MOST_STALE) this.forget();
  }

  /** What the database has just said about `names`, at the memory's revision. */
  learn(names: Iterable<string>, rows: readonly ResourceRow[]): void {
    // While it is read, a page that was sent before a change can still arrive after it: the name stays stale.
    if (this.#state !== 'complete' || this.#stale.size === 0) return;
    const found = new Map(rows.map((row) => [row.arn, row]));
    for (const name of names) {
      if (!this.#stale.delete(name)) continue;
      const row = found.get(name);
      if (row === undefined) this.#release(name);
      else this.#hold(row);
    }
    this.#checkSize();
  }

  /** Whether it is known that an account is not stored. */
  lacksAccount(id: string, revision: bigint): boolean {
    return this.#state === 'complete' && revision >= this.#seen && !this.#accounts.has(id);
  }

  /** A resource that was made before; undefined: `make` may make it. */
  made(arn: string, accountId: string | null): KnownResource | undefined {
    if (this.#state !== 'complete' || this.#stale.size > 0) return undefined;
    if (accountId !== null) return this.#made.get(nameOf(arn, accountId))?.value;
    const recent = this.#recent.get(arn);
    if (recent !== undefined) return recent;
    const known = this.#object(arn) ?? this.#made.get(arn)?.value;
    if (known !== undefined) this.#recent.set(arn, known);
    return known;
  }

  /** An object that is not stored, in a bucket of which another one was made. */
  #object(arn: string): KnownResource | undefined {
    const sibling = this.#objects.get(bucketOf(arn));
    if (sibling === undefined || this.#rows.has(arn)) return undefined;
    return { ...sibling, value: siblingOf(sibling.value, arn) };
  }

  /**
   * A resource, from what is stored of it and its holders; undefined: the database has to be asked. While anything is stale
   * it is asked about every name, so that its cost does not tell which one has changed.
   */
  make(wanted: WantedResource, revision: bigint, around: Surroundings): Entry<KnownResource> | undefined {
    if (this.#state !== 'complete' || this.#stale.size > 0 || revision < this.#seen) return undefined;
    const { arn } = wanted;
    if (arn === '*' || isRoleArn(arn)) return undefined;
    const key = nameOf(arn, wanted.accountId);
    const known = this.#made.get(key);
    if (known !== undefined) return known;
    const about = resourceRows(wanted, around.catalog.policyHolders(arn), this.#rows, serviceOf(arn, around.catalog));
    const owner = ownerOf(about);
    const account = owner === null ? null : this.#account(owner, revision, around);
    const bucketOwner = about.bucket === null ? null : this.#account(about.bucket.accountId, revision, around);
    const ofHolder = this.#compiled(about.holder?.policyHash ?? null, around.compiled, around.compiled);
    const compiled =
      ofHolder === null ? null : this.#compiled(about.bucket?.policyHash ?? null, ofHolder, around.compiled);
    if (account === undefined || bucketOwner === undefined || compiled === null) return undefined;
    const isObject = isUnknownObject(about) && account !== null;
    const within = isObject ? bucketOf(arn) : null;
    const built = buildResource(about, account, bucketOwner, compiled);
    const made = { ...built, value: { ...built.value, fit: new KnownFit(within) } };
    // Making one from what is known of its holder costs microseconds: they are not worth more.
    if (this.#madeWeight > this.#budget.left * SHARES.madeAgain.resources) this.#forgetMade();
    this.#made.set(key, made);
    this.#madeWeight += PLACE_BYTES + made.bytes;
    this.#budget.add(PLACE_BYTES + made.bytes);
    if (within !== null) this.#objects.set(within, made.value);
    return made;
  }

  #account(id: string, revision: bigint, { account, compiled }: Surroundings): AccountFacts | undefined {
    return account(id) ?? (this.lacksAccount(id, revision) ? accountFacts(id, null, null, compiled) : undefined);
  }

  /** Null: its text is not held. */
  #compiled(hash: string | null, known: CompiledBatch, compiled: CompiledPolicies): CompiledBatch | null {
    if (hash === null || known.get('resource', hash) !== undefined) return known;
    const text = this.#texts.get(hash);
    if (text === undefined) return null;
    const policy: Compiled = compiled.compile('resource', hash, text);
    return { get: (kind, wanted) => (wanted === hash ? policy : known.get(kind, wanted)) };
  }
}
