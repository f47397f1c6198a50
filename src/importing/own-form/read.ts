import { InvalidInput } from '../../policy/errors.ts';
import type { JsonValue } from '../../policy/json.ts';
import { membersIn, shapeOf } from '../../policy/json-shape.ts';
import { withoutRepeated } from '../../policy/repeated-keys.ts';
import { exceededLimit, type JsonLimits } from '../bounded-json.ts';
import { type OwnDocument, readOwnDocument } from './document.ts';
import { entitiesOf } from './entities.ts';
import { Misfit } from './place.ts';

/** Told of what is stored and not understood. `place` is within the text: `roles[0].trustPolicy`. */
export type Warn = (place: string, message: string) => void;

/** Of one line: an entity. The largest that AWS allows has a hundredth of it. */
export const LINE_LIMITS: JsonLimits = { characters: 8_388_608, depth: 64, values: 200_000 };

/** Reads a text that is one document of the form. Throws InvalidInput that begins with `where`: the file, and the line in it. */
export function readOwnText(text: string, where: string, limits: JsonLimits, warn: Warn): OwnDocument {
  const exceeded = exceededLimit(text, limits);
  if (exceeded !== null) throw refusal(where, `it is too large: ${exceeded}`);
  return readOwnJson(parse(text, where), text, where, warn);
}

/** The same for a text whose JSON is known. */
export function readOwnJson(json: JsonValue, text: string, where: string, warn: Warn): OwnDocument {
  // JSON.parse keeps the last of two values and says nothing.
  if (membersIn(json) < shapeOf(text).members) {
    throw refusal(where, `\`${withoutRepeated(text).repeated[0] ?? ''}\` stands twice`);
  }
  try {
    return readOwnDocument(json, warn);
  } catch (error) {
    if (error instanceof Misfit) throw refusal(where, error.message);
    throw error;
  }
}

function parse(text: string, where: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch (cause) {
    const position = /at position (\d+)/.exec(String(cause))?.[1];
    throw refusal(where, `it is not JSON${position === undefined ? '' : ` (position ${position})`}`);
  }
}

/** What is wrong, with its file and line. */
export function refusal(where: string, message: string): InvalidInput {
  return new InvalidInput('files', `${where}: ${message}`);
}

/** Refuses an entity that is described twice: nothing says which of the two counts. */
export class Described {
  readonly #places = new Map<string, string>();

  /** Throws InvalidInput. */
  add(document: OwnDocument, where: string): void {
    for (const { kind, name } of entitiesOf(document)) {
      const key = `${kind} ${name}`;
      const before = this.#places.get(key);
      if (before !== undefined) throw refusal(where, `${name} stands in \`${kind}\` twice (first: ${before})`);
      this.#places.set(key, where);
    }
  }
}
