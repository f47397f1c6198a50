import type {
  IndexedDocument,
  IndexedPrincipal,
  PrincipalIndex,
} from '../../directory/principals/indexed-principals.ts';
import { EVERYBODY, namesIn, namesOf } from '../../evaluation/principal-names.ts';
import { actionMatches } from '../../policy/action-pattern.ts';
import type { Steps } from '../../policy/steps.ts';
import { callerFacts } from '../caller-facts.ts';
import type { OneRevision } from '../scan.ts';
import type { FoundDocument } from './found-document.ts';

/** Of whom a trust policy lets in for an action. */
export interface Trusted {
  /** Nobody else of the directory can be meant, unless `isOpen`. Those that no own policy allows are left out where they need one. */
  readonly principals: readonly IndexedPrincipal[];
  /** It can mean anybody. */
  readonly isOpen: boolean;
  /** It names somebody whom the directory does not hold as a user or role. */
  readonly hasOthers: boolean;
  /** Of those that were left out: what is not known of their policies; null: nothing that could allow them anything. */
  readonly gap: string | null;
}

/** Principals between two steps. */
const TOGETHER = 1024;

/** The users and roles of the directory by the names that trust policies can give them: nobody assumes a role without its trust policy. */
export class TrustedPrincipals {
  readonly #index: PrincipalIndex;
  readonly #check: OneRevision;
  readonly #byAccount = new Map<string, IndexedPrincipal[]>();
  /** By names that are neither an ARN nor an account; null: nobody was looked for by such a name yet. */
  #byName: Map<string, IndexedPrincipal[]> | null = null;
  readonly #allowed = new Map<string, ReadonlySet<IndexedDocument>>();
  /** Of those whom `account` names, those that may be allowed. By action and account. */
  readonly #delegates = new Map<string, readonly IndexedPrincipal[]>();
  /** With users or roles, each with its partition. */
  readonly accounts = new Map<string, string>();
  readonly accountIds = new Set<string>();
  /** Of accounts: what is not known of the policies of all their users and roles. */
  gapOf: (accountId: string) => string | null = () => null;

  private constructor(index: PrincipalIndex, check: OneRevision) {
    this.#index = index;
    this.#check = check;
  }

  static *read(index: PrincipalIndex, check: OneRevision): Steps<TrustedPrincipals> {
    const made = new TrustedPrincipals(index, check);
    let count = 0;
    for (const list of [index.users, index.roles]) {
      for (const one of list) {
        if (count % TOGETHER === 0) {
          yield 1;
          check(index.revision);
        }
        count += 1;
        made.#add(one);
      }
    }
    return made;
  }

  #add(one: IndexedPrincipal): void {
    const known = this.#byAccount.get(one.accountId);
    if (known !== undefined) {
      known.push(one);
      return;
    }
    this.#byAccount.set(one.accountId, [one]);
    this.accountIds.add(one.accountId);
    this.accounts.set(one.accountId, partitionOf(one));
  }

  /** Those with a name of evaluation/principal-names.ts. */
  #named(name: string): readonly IndexedPrincipal[] {
    if (name.startsWith('account ')) return this.#byAccount.get(name.slice('account '.length)) ?? [];
    if (!name.startsWith('arn ')) return this.#othersByName().get(name) ?? [];
    this.#check(this.#index.revision);
    const arn = name.slice('arn '.length);
    const found = at(this.#index.users, arn) ?? at(this.#index.roles, arn);
    return found === undefined ? [] : [found];
  }

  #othersByName(): ReadonlyMap<string, readonly IndexedPrincipal[]> {
    if (this.#byName !== null) return this.#byName;
    const byName = new Map<string, IndexedPrincipal[]>();
    for (const one of [...this.#byAccount.values()].flat()) {
      const facts = callerFacts(one, { accountId: one.accountId, partition: partitionOf(one), organization: null });
      for (const name of namesOf(facts)) {
        if (name.startsWith('account ') || name.startsWith('arn ')) continue;
        const known = byName.get(name);
        if (known === undefined) byName.set(name, [one]);
        else known.push(one);
      }
    }
    this.#byName = byName;
    return byName;
  }

  /** `most`: so many principals are told, although there may be others. */
  of({ accountId, attached, bindings = {} }: FoundDocument, action: string, most: number): Trusted {
    const [service = '', name = ''] = action.toLowerCase().split(':');
    const found = new Set<IndexedPrincipal>();
    let [isOpen, hasOthers] = [false, false];
    let gap: string | null = null;
    for (const statement of attached.policy.statements) {
      if (!statement.allows || !actionMatches(statement.actions, service, name)) continue;
      // With Allow, NotPrincipal names nobody.
      if (statement.principal === null || statement.principal.negated) continue;
      for (const each of namesIn(statement, bindings) ?? [EVERYBODY]) {
        isOpen ||= each === EVERYBODY || each.startsWith('canonical ');
        if (each.startsWith('account ')) {
          hasOthers = true;
          gap ??= this.gapOf(each.slice('account '.length));
          if (found.size < most) addSome(found, this.#delegatesOf(each, service, name), most);
          continue;
        }
        const named = this.#named(each);
        // A principal of another account needs a policy of its own that allows.
        const possible = named.filter((one) => one.accountId === accountId || this.#mayBeAllowed(one, service, name));
        if (possible.length < named.length) gap ??= this.#gapOfSome(named);
        addSome(found, possible, most);
        hasOthers ||= named.length === 0 && !each.startsWith('id ');
      }
    }
    return { principals: [...found], isOpen, hasOthers, gap };
  }

  #gapOfSome(principals: readonly IndexedPrincipal[]): string | null {
    for (const { accountId } of principals) {
      const gap = this.gapOf(accountId);
      if (gap !== null) return gap;
    }
    return null;
  }

  /** An account is a delegation: whoever it means needs a policy of its own that allows. */
  #delegatesOf(account: string, service: string, name: string): readonly IndexedPrincipal[] {
    const key = `${service}:${name} ${account}`;
    const known = this.#delegates.get(key);
    if (known !== undefined) return known;
    const found = this.#named(account).filter((one) => this.#mayBeAllowed(one, service, name));
    this.#delegates.set(key, found);
    return found;
  }

  /** Whether one of its own policies may allow the action, on whatever resource. */
  #mayBeAllowed({ inline, attached, groups }: IndexedPrincipal, service: string, name: string): boolean {
    const allowing = this.#allowing(service, name);
    const may = (document: IndexedDocument): boolean => !document.isWhole || allowing.has(document);
    return [{ inline, attached }, ...groups].some(
      (holder) => holder.inline.some(may) || holder.attached.some(({ document }) => may(document)),
    );
  }

  /** The documents of which an Allow names the action, on whatever resource. */
  #allowing(service: string, name: string): ReadonlySet<IndexedDocument> {
    const key = `${service}:${name}`;
    const known = this.#allowed.get(key);
    if (known !== undefined) return known;
    this.#check(this.#index.revision);
    const found = new Set<IndexedDocument>();
    for (const { document, statements } of this.#index.statementsAbout(service, name).documents) {
      if (statements.some(({ allows }) => allows)) found.add(document);
    }
    this.#allowed.set(key, found);
    return found;
  }
}

function partitionOf({ arn }: IndexedPrincipal): string {
  return arn.split(':', 2)[1] ?? 'aws';
}

/** The one with this ARN, of a list in their order. */
function at(list: readonly IndexedPrincipal[], arn: string): IndexedPrincipal | undefined {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle]?.arn ?? '') < arn) low = middle + 1;
    else high = middle;
  }
  return list[low]?.arn === arn ? list[low] : undefined;
}

function addSome<T>(found: Set<T>, items: readonly T[], most: number): void {
  for (const item of items) {
    if (found.size >= most) return;
    found.add(item);
  }
}
