import type { JsonValue } from '../../policy/json.ts';
import { MAX_DOCUMENT_DEPTH, MAX_DOCUMENT_LENGTH } from '../../policy/load.ts';
import type { PolicyKind } from '../../policy/policy-kind.ts';
import { exceededLimit } from '../bounded-json.ts';
import { isJsonObject } from '../entry.ts';
import { documentWarnings } from '../policy-text.ts';
import { Misfit } from './place.ts';
import { type Named, named } from './shape.ts';
import { text } from './texts.ts';

/** Of a document that is written as an object. It stands within a line, whose depth is limited too. */
const OBJECT_LIMITS = { characters: MAX_DOCUMENT_LENGTH, depth: MAX_DOCUMENT_DEPTH / 2, values: MAX_DOCUMENT_LENGTH };

/** The object whose compact JSON is exactly `document`; null: there is none, because of white space, a key that stands twice … */
function objectOf(document: string): JsonValue | null {
  if (exceededLimit(document, OBJECT_LIMITS) !== null) return null;
  try {
    const json = JSON.parse(document) as JsonValue;
    return isJsonObject(json) && JSON.stringify(json) === document ? json : null;
  } catch {
    return null;
  }
}

/**
 * A policy document: a JSON object, or the text of one. Stored is the compact JSON of the object, or the text as it is, even
 * one that is no policy document: what cannot be read of it is warned of, and opens no door.
 */
export function policyDocument(kind: PolicyKind): Named<string> {
  return named('policyDocument', {
    schema: {
      description: 'A policy document: a JSON object, or the text of one',
      anyOf: [{ type: 'object' }, text.schema],
    },
    read: (value, place) => {
      if (!isJsonObject(value) && typeof value !== 'string') {
        throw Misfit.value(place, 'a policy document, as an object or as its text', value);
      }
      const document = typeof value === 'string' ? text.read(value, place) : JSON.stringify(value);
      if (document.length > MAX_DOCUMENT_LENGTH) {
        const limit = `at most ${MAX_DOCUMENT_LENGTH.toLocaleString('en')} characters`;
        throw new Misfit(place, `a policy document has ${limit}, this one ${document.length.toLocaleString('en')}`);
      }
      for (const message of documentWarnings(document, kind)) place.warn(place, message);
      return document;
    },
    write: (document) => objectOf(document) ?? document,
  });
}
