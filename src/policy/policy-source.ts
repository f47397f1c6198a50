import { isList, isObject, type JsonObject, type JsonValue } from './json.ts';

/**
 * A document as it was given, one that has been read before. Of a text the text alone is kept until somebody wants to see
 * what it says: parsed, it takes several times the memory, and most documents are never shown.
 */
export class PolicySource {
  #given: string | JsonObject;

  constructor(given: string | JsonObject) {
    this.#given = given;
  }

  get document(): JsonObject {
    // That it is the text of an object was seen when it was read.
    if (typeof this.#given === 'string') this.#given = JSON.parse(this.#given) as JsonObject;
    return this.#given;
  }

  /** The statement at a place of the document, from 0, as it stands there. */
  statement(index: number): JsonObject {
    const statement = this.document['Statement'];
    const one: JsonValue | undefined = isList(statement) ? statement[index] : statement;
    return isObject(one) ? one : NOTHING;
  }
}

const NOTHING: JsonObject = {};
