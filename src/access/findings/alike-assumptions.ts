import type {
  IndexedDocument,
  IndexedPrincipal,
  PrincipalIndex,
} from '../../directory/principals/indexed-principals.ts';
import { namesIn } from '../../evaluation/principal-names.ts';
import { actionMatches } from '../../policy/action-pattern.ts';
import { type AccountAbove, isPlain, settled } from './accounts-above.ts';
import type { FoundDocument } from './found-document.ts';

/**
 * Tells questions apart whether somebody may assume a role: of alike ones the answers are equal. Everything that decides says the same of
 * every role and in every request, so that only whom it names, and which layers allow or deny, counts.
 */
export class AlikeAssumptions {
  readonly #accounts: ReadonlyMap<string, AccountAbove>;
  readonly #action: readonly [service: string, name: string];
  /** What a document says about the action; null: it depends. Documents that say nothing are not here. */
  readonly #said = new Map<IndexedDocument, string | null>();
  readonly #ofPrincipal = new Map<IndexedPrincipal, string | null>();

  constructor(
    index: PrincipalIndex,
    accounts: ReadonlyMap<string, AccountAbove>,
    action: readonly [service: string, name: string],
  ) {
    this.#accounts = accounts;
    this.#action = action;
    for (const { document, statements } of index.statementsAbout(...action).documents) {
      const effects = statements.map((one) => (isPlain(one) ? (one.allows ? 'A' : 'D') : null));
      this.#said.set(document, effects.includes(null) ? null : settled(effects.join('')));
    }
  }

  /** Null: this question is like no other. */
  likeness(role: FoundDocument, principal: IndexedPrincipal): string | null {
    const control = this.#accounts.get(role.accountId ?? '')?.control ?? null;
    const own = this.#ownOf(principal);
    const named = this.#namedIn(role, principal);
    if (control === null || own === null || named === null || isLinked(role.arn)) return null;
    const isSame = role.arn === principal.arn;
    return [role.accountId === principal.accountId, isSame, partitionOf(role.arn), control, own, named].join(' ');
  }

  #ownOf(principal: IndexedPrincipal): string | null {
    const known = this.#ofPrincipal.get(principal);
    if (known !== undefined) return known;
    const made = this.#makeOwn(principal);
    this.#ofPrincipal.set(principal, made);
    return made;
  }

  #makeOwn({ arn, kind, accountId, inline, attached, groups, boundary }: IndexedPrincipal): string | null {
    const control = this.#accounts.get(accountId)?.control ?? null;
    const documents = [{ inline, attached }, ...groups].flatMap((holder) => [
      ...holder.inline,
      ...holder.attached.map(({ document }) => document),
    ]);
    const identity = this.#layer(documents);
    const limit = boundary === null ? 'none' : this.#layer([boundary.document]);
    if (control === null || identity === null || limit === null || isLinked(arn)) return null;
    return [kind, partitionOf(arn), control, identity, limit].join(' ');
  }

  #layer(documents: readonly IndexedDocument[]): string | null {
    let effects = '';
    for (const document of documents) {
      const said = this.#said.get(document);
      if (!document.isWhole || said === null) return null;
      effects += said ?? '';
    }
    return settled(effects);
  }

  /** Whom the statements of the trust policy mean, as far as that is the principal, in which way. */
  #namedIn({ attached, bindings = {} }: FoundDocument, { arn, id, accountId, kind }: IndexedPrincipal): string | null {
    const ways: Readonly<Record<string, string>> = {
      [`account ${accountId}`]: 'account',
      [`arn ${arn}`]: 'arn',
      [`id ${id}`]: 'id',
    };
    const found = new Set<string>();
    for (const statement of attached.policy.statements) {
      if (!actionMatches(statement.actions, ...this.#action)) continue;
      const { principal } = statement;
      // What names by a bound id, by a session, or all but some, is not looked into.
      if (!isPlain(statement) || principal === null || principal.negated || Object.hasOwn(bindings, arn)) return null;
      const effect = statement.allows ? 'A' : 'D';
      for (const name of namesIn(statement, bindings) ?? ['*']) {
        if (kind === 'role' && name.startsWith('sessions ')) return null;
        const way = name === '*' ? 'everybody' : ways[name];
        if (way !== undefined) found.add(`${effect}:${way}`);
      }
    }
    return [...found].sort().join();
  }
}

const LINKED = ':role/aws-service-role/';

function isLinked(arn: string): boolean {
  return arn.includes(LINKED);
}

function partitionOf(arn: string): string {
  return arn.split(':', 2)[1] ?? '';
}
