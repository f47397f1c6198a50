import type { CompiledPolicy } from '../../policy/load.ts';
import type { CompiledStatement } from '../../policy/statement.ts';
import type { CompiledPolicies } from '../gather/compiled-policies.ts';
import type { IndexedDocument } from './indexed-principals.ts';

/** Of a document beside the characters of its text: its place, and its place among those of its services. Measured. */
const DOCUMENT_BYTES = 500;

class KeptDocument implements IndexedDocument {
  readonly hash: string;
  readonly text: string;
  readonly services: readonly string[] | null;
  readonly isWhole: boolean;
  /** Number of places where it is held. */
  holders = 0;

  constructor(hash: string, text: string, policy: CompiledPolicy | null) {
    this.hash = hash;
    this.text = text;
    this.services = policy === null ? [] : servicesOf(policy.statements);
    this.isWhole = policy !== null && policy.faults.length === 0;
  }
}

/** The documents of identity policies and boundaries, each once, filed under the services that they are about. */
export class IndexedDocuments {
  readonly #compiled: CompiledPolicies;
  readonly #byHash = new Map<string, KeptDocument>();
  readonly #byService = new Map<string, Set<KeptDocument>>();
  readonly #ofAnyService = new Set<KeptDocument>();
  readonly #unheld = new Set<KeptDocument>();
  #weight = 0;

  constructor(compiled: CompiledPolicies) {
    this.#compiled = compiled;
  }

  /** Bytes. */
  get weight(): number {
    return this.#weight;
  }

  has(hash: string): boolean {
    return this.#byHash.has(hash);
  }

  /** One more holder of a document that is known; null: it is not. */
  hold(hash: string): IndexedDocument | null {
    const kept = this.#byHash.get(hash);
    if (kept === undefined) return null;
    kept.holders += 1;
    this.#unheld.delete(kept);
    return kept;
  }

  /** One holder less. A document that nobody holds stays until `dropUnheld`: who is put again is without its own for a moment. */
  release(document: IndexedDocument): void {
    const kept = this.#byHash.get(document.hash);
    if (kept === undefined || kept !== document) return;
    kept.holders -= 1;
    if (kept.holders <= 0) this.#unheld.add(kept);
  }

  add(hash: string, text: string): void {
    if (this.#byHash.has(hash)) return;
    const compiled = this.#compiled.compile('identity', hash, text);
    const kept = new KeptDocument(hash, text, 'policy' in compiled ? compiled.policy : null);
    this.#byHash.set(hash, kept);
    this.#unheld.add(kept);
    for (const place of this.#placesOf(kept)) place.add(kept);
    this.#weight += weightOf(kept);
  }

  *about(service: string): Iterable<IndexedDocument> {
    yield* this.#byService.get(service) ?? [];
    yield* this.#ofAnyService;
  }

  compiled({ hash }: IndexedDocument): CompiledPolicy {
    const text = this.#byHash.get(hash)?.text;
    const compiled = text === undefined ? undefined : this.#compiled.compile('identity', hash, text);
    if (compiled === undefined || !('policy' in compiled)) throw new Error(`the document ${hash} is not whole`);
    return compiled.policy;
  }

  /** Drops those that nobody holds, as nobody does if the holder that they were read for was gone by then. */
  dropUnheld(): void {
    for (const kept of this.#unheld) this.#drop(kept);
    this.#unheld.clear();
  }

  #drop(kept: KeptDocument): void {
    this.#byHash.delete(kept.hash);
    for (const place of this.#placesOf(kept)) place.delete(kept);
    this.#weight -= weightOf(kept);
  }

  #placesOf({ services }: KeptDocument): readonly Set<KeptDocument>[] {
    if (services === null) return [this.#ofAnyService];
    return services.map((service) => {
      const place = this.#byService.get(service) ?? new Set();
      this.#byService.set(service, place);
      return place;
    });
  }
}

function weightOf({ text }: KeptDocument): number {
  return DOCUMENT_BYTES + text.length;
}

function servicesOf(statements: readonly CompiledStatement[]): readonly string[] | null {
  const services = new Set<string>();
  for (const { actions } of statements) {
    if (actions.negated) return null;
    for (const { service } of actions.patterns) {
      if (service === null) return null;
      services.add(service);
    }
  }
  return [...services];
}
