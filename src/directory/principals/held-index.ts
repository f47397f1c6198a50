import type { CompiledPolicy } from '../../policy/load.ts';
import type { CompiledPolicies } from '../gather/compiled-policies.ts';
import { IndexedDocuments } from './indexed-documents.ts';
import type { IndexedDocument, IndexedPrincipal, PrincipalIndex } from './indexed-principals.ts';
import { KeptPrincipals } from './kept-principals.ts';

/** No revision: it is being changed. */
export const IN_CHANGE = -1n;

/** The index in memory, and the state that it is of. */
export class HeldIndex implements PrincipalIndex {
  revision: bigint = IN_CHANGE;
  readonly principals: KeptPrincipals;
  readonly documents: IndexedDocuments;

  constructor(compiled: CompiledPolicies) {
    this.documents = new IndexedDocuments(compiled);
    this.principals = new KeptPrincipals(this.documents);
  }

  /** Bytes. */
  get weight(): number {
    return this.principals.weight + this.documents.weight;
  }

  get users(): readonly IndexedPrincipal[] {
    return this.principals.users;
  }

  get roles(): readonly IndexedPrincipal[] {
    return this.principals.roles;
  }

  documentsAbout(service: string): Iterable<IndexedDocument> {
    return this.documents.about(service);
  }

  compiled(document: IndexedDocument): CompiledPolicy {
    return this.documents.compiled(document);
  }
}
