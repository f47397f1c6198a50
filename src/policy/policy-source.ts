import { isList, isObject, type JsonObject, type JsonValue } from './json.ts';

/**
 * A document as it was given, which has been read before. A document given as text is kept as text until its content
 * is needed: parsed, it takes several times the memory, and most documents are never shown.
 */
export class PolicySource {
  #given: string | JsonObject;

  constructor(given: string | JsonObject) {
    this.#given = given;
  }

  get document(): JsonObject {
    // Reading the document before has shown that the text is an object.
    if (typeof this.#given === 'string') this.#given = JSON.parse(this.#given) as JsonObject;
    return this.#given;
  }

  /** The statement at a place of the document, from 0, as written. */
  statement(index: number): JsonObject {
    const statement = this.document['Statement'];
    const one: JsonValue | undefined = isList(statement) ? statement[index] : statement;
    return isObject(one) ? one : NOTHING;
  }
}

const NOTHING: JsonObject = {};
