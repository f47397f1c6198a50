import type { PrincipalFacts } from '../../evaluation/principal.ts';
import type { CompiledPolicy } from '../../policy/load.ts';
import type { CompiledPolicies } from '../gather/compiled-policies.ts';
import { IndexedDocuments } from './indexed-documents.ts';
import type {
  IndexedDocument,
  IndexedHolder,
  IndexedPrincipal,
  PrincipalIndex,
  StatementsAbout,
} from './indexed-principals.ts';
import { KeptPrincipals } from './kept-principals.ts';
import { TrustEdges } from './trust-edges.ts';

/** No revision: it is being changed. */
export const IN_CHANGE = -1n;

/** The index in memory, and the state that it is of. */
export class HeldIndex implements PrincipalIndex {
  revision: bigint = IN_CHANGE;
  readonly principals: KeptPrincipals;
  readonly documents: IndexedDocuments;
  readonly #compiled: CompiledPolicies;
  readonly #trust = new TrustEdges();

  constructor(compiled: CompiledPolicies) {
    this.#compiled = compiled;
    this.documents = new IndexedDocuments(compiled);
    this.principals = new KeptPrincipals(this.documents, this.#trust);
  }

  /** Bytes. */
  get weight(): number {
    return this.principals.weight + this.documents.weight + this.#trust.weight;
  }

  get users(): readonly IndexedPrincipal[] {
    return this.principals.users;
  }

  get roles(): readonly IndexedPrincipal[] {
    return this.principals.roles;
  }

  get groups(): Iterable<IndexedHolder> {
    return this.principals.groups;
  }

  statementsAbout(service: string, name: string): StatementsAbout {
    return this.documents.about(service, name);
  }

  /** A trust policy that roles are about to have. */
  learnTrust(hash: string, text: string): void {
    const compiled = this.#compiled.compile('trust', hash, text);
    this.#trust.learn(hash, 'policy' in compiled ? compiled.policy : null);
  }

  rolesTrusting(caller: PrincipalFacts): ReadonlySet<IndexedPrincipal> {
    return this.#trust.trusting(caller);
  }

  compiled(document: IndexedDocument): CompiledPolicy {
    return this.documents.compiled(document);
  }
}
