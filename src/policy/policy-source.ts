import { isList, isObject, type JsonObject, type JsonValue } from './json.ts';

/**
 * A document as it was given, which has been read before. A document given as text is parsed again only when its content
 * is needed: parsed, it takes several times the memory, and most documents are never shown.
 */
export class PolicySource {
  /** Null: it was given as an object. */
  readonly text: string | null;
  #document: JsonObject | null;

  constructor(given: string | JsonObject) {
    this.text = typeof given === 'string' ? given : null;
    this.#document = typeof given === 'string' ? null : given;
  }

  get document(): JsonObject {
    // Reading the document before has shown that the text is an object.
    this.#document ??= JSON.parse(this.text ?? '{}') as JsonObject;
    return this.#document;
  }

  /** The statement at a place of the document, from 0, as written. */
  statement(index: number): JsonObject {
    const statement = this.document['Statement'];
    const one: JsonValue | undefined = isList(statement) ? statement[index] : statement;
    return isObject(one) ? one : NOTHING;
  }
}

const NOTHING: JsonObject = {};
