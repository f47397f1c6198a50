import { type ActionElement, actionMatches } from '../../policy/action-pattern.ts';
import type { CompiledPolicy } from '../../policy/load.ts';
import type { CompiledStatement } from '../../policy/statement.ts';
import type { CompiledPolicies } from '../gather/compiled-policies.ts';
import type { DocumentAbout, IndexedDocument, StatementsAbout } from './indexed-principals.ts';

/** Of a document beside the characters of its text: its place, and its place among those with its actions. Measured. */
const DOCUMENT_BYTES = 500;
/** Of actions beside the characters of their patterns, and of each pattern. */
const SHAPE_BYTES = 400;
const PATTERN_BYTES = 100;

/** The actions of statements, in their order, with the documents that have them: many policies differ in their resources alone. */
class Shape {
  readonly key: string;
  readonly number: number;
  readonly actions: readonly ActionElement[];
  readonly services: readonly string[] | null;
  readonly documents = new Set<KeptDocument>();

  constructor(key: string, number: number, statements: readonly CompiledStatement[]) {
    this.key = key;
    this.number = number;
    this.actions = statements.map(({ actions }) => actions);
    this.services = servicesOf(statements);
  }

  /** Bytes. */
  get weight(): number {
    const patterns = this.actions.reduce((sum, { patterns: some }) => sum + some.length, 0);
    return SHAPE_BYTES + 2 * this.key.length + PATTERN_BYTES * patterns;
  }

  /** The places of the statements about an action. */
  about(service: string, name: string): readonly number[] {
    return this.actions.flatMap((element, place) => (actionMatches(element, service, name) ? [place] : []));
  }
}

function keyOf(statements: readonly CompiledStatement[]): string {
  return statements
    .map(({ actions: { negated, patterns } }) =>
      [negated ? '!' : '', ...patterns.map(({ service, name }) => `${service ?? ''}:${name.key}`)].join('\n'),
    )
    .join('\n\n');
}

class KeptDocument implements IndexedDocument {
  readonly hash: string;
  readonly text: string;
  readonly isWhole: boolean;
  /** Null: it is not whole. */
  readonly shape: Shape | null;
  /** Number of places where it is held. */
  holders = 0;
  /** As long as somebody else keeps it: finding it there by its hash takes longer than most of what is done with it. */
  #compiled: WeakRef<CompiledPolicy> | null = null;

  constructor(hash: string, text: string, shape: Shape | null) {
    this.hash = hash;
    this.text = text;
    this.shape = shape;
    this.isWhole = shape !== null;
  }

  compiled(all: CompiledPolicies): CompiledPolicy {
    const known = this.#compiled?.deref();
    if (known !== undefined) return known;
    const compiled = all.compile('identity', this.hash, this.text);
    if (!('policy' in compiled)) throw new Error(`the document ${this.hash} is not whole`);
    this.#compiled = new WeakRef(compiled.policy);
    return compiled.policy;
  }
}

/** The documents of identity policies and boundaries, each once, filed under the services and actions that they are about. */
export class IndexedDocuments {
  readonly #compiled: CompiledPolicies;
  readonly #byHash = new Map<string, KeptDocument>();
  readonly #shapes = new Map<string, Shape>();
  readonly #byService = new Map<string, Set<Shape>>();
  readonly #ofAnyService = new Set<Shape>();
  readonly #unheld = new Set<KeptDocument>();
  #weight = 0;
  #numbers = 0;

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
    const isWhole = 'policy' in compiled && compiled.policy.faults.length === 0;
    const kept = new KeptDocument(hash, text, isWhole ? this.#shapeOf(compiled.policy) : null);
    this.#byHash.set(hash, kept);
    this.#unheld.add(kept);
    kept.shape?.documents.add(kept);
    this.#weight += weightOf(kept);
  }

  about(service: string, name: string): StatementsAbout {
    const found: [Shape, readonly number[]][] = [];
    for (const shapes of [this.#byService.get(service) ?? [], this.#ofAnyService]) {
      for (const shape of shapes) {
        const places = shape.about(service, name);
        if (places.length > 0) found.push([shape, places]);
      }
    }
    const likeness = found.map(([{ number }, places]) => `${number}:${places.join(',')}`).join(' ');
    return { likeness, documents: this.#with(found) };
  }

  *#with(found: readonly (readonly [Shape, readonly number[]])[]): Iterable<DocumentAbout> {
    for (const [{ documents }, places] of found) {
      for (const document of documents) {
        const policy = document.compiled(this.#compiled);
        yield { document, policy, statements: places.flatMap((place) => policy.statements[place] ?? []) };
      }
    }
  }

  compiled({ hash }: IndexedDocument): CompiledPolicy {
    const kept = this.#byHash.get(hash);
    if (kept === undefined) throw new Error(`the document ${hash} is not held`);
    return kept.compiled(this.#compiled);
  }

  /** Drops those that nobody holds, as nobody does if the holder that they were read for was gone by then. */
  dropUnheld(): void {
    for (const kept of this.#unheld) this.#drop(kept);
    this.#unheld.clear();
  }

  #drop(kept: KeptDocument): void {
    this.#byHash.delete(kept.hash);
    this.#weight -= weightOf(kept);
    const { shape } = kept;
    if (shape === null) return;
    shape.documents.delete(kept);
    if (shape.documents.size > 0) return;
    this.#shapes.delete(shape.key);
    for (const place of this.#placesOf(shape)) place.delete(shape);
    this.#weight -= shape.weight;
  }

  #shapeOf({ statements }: CompiledPolicy): Shape {
    const key = keyOf(statements);
    const known = this.#shapes.get(key);
    if (known !== undefined) return known;
    this.#numbers += 1;
    const shape = new Shape(key, this.#numbers, statements);
    this.#shapes.set(key, shape);
    for (const place of this.#placesOf(shape)) place.add(shape);
    this.#weight += shape.weight;
    return shape;
  }

  #placesOf({ services }: Shape): readonly Set<Shape>[] {
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
