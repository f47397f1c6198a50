import type { PrincipalFacts } from '../../evaluation/principal.ts';
import type { CompiledPolicy } from '../../policy/load.ts';
import type { CompiledStatement } from '../../policy/statement.ts';

/** A policy document that principals hold, once for all of them. */
export interface IndexedDocument {
  /** SHA-256 of the text. */
  readonly hash: string;
  /** It can be read, completely. If not, what it says of its holders is a gap. */
  readonly isWhole: boolean;
}

/** A managed policy as it is attached to principals. */
export interface IndexedPolicy {
  readonly arn: string;
  readonly document: IndexedDocument;
}

/** What users and roles hold: their own policies, and those of the user's groups. */
export interface IndexedHolder {
  readonly arn: string;
  readonly inline: readonly IndexedDocument[];
  readonly attached: readonly IndexedPolicy[];
}

/** A user or role, as far as its decisions depend on it. */
export interface IndexedPrincipal extends IndexedHolder {
  readonly kind: 'user' | 'role';
  readonly id: string;
  readonly accountId: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly groups: readonly IndexedHolder[];
  readonly boundary: IndexedPolicy | null;
}

/** The statements about one action. */
export interface StatementsAbout {
  /** Equal for actions of one service about which the same statements are, as long as the index does not change. */
  readonly likeness: string;
  /** Without the documents that say nothing. */
  readonly documents: Iterable<DocumentAbout>;
}

/** A document, and its statements about an action. */
export interface DocumentAbout {
  readonly document: IndexedDocument;
  readonly policy: CompiledPolicy;
  readonly statements: readonly CompiledStatement[];
}

/** All users and roles of one revision with the documents that they hold. It can move on between two turns of the process. */
export interface PrincipalIndex {
  /** The state that it is of now. */
  readonly revision: bigint;
  /** In the order of their ARNs, compared as texts. */
  readonly users: readonly IndexedPrincipal[];
  readonly roles: readonly IndexedPrincipal[];
  /** Also those without members. In no order. */
  readonly groups: Iterable<IndexedHolder>;
  /** The roles of which an Allow of the trust policy names the caller, or may name it: nobody can assume others. */
  rolesTrusting(caller: PrincipalFacts): ReadonlySet<IndexedPrincipal>;
  /** What the whole ones among the documents of identity policies and boundaries say about an action; its name in lower case. */
  statementsAbout(service: string, name: string): StatementsAbout;
  /** The document, compiled. INVARIANT: it is whole. */
  compiled(document: IndexedDocument): CompiledPolicy;
}
