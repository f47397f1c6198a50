import { InvalidInput } from '../policy/errors.ts';
import { emptyForm } from './context-form.ts';
import { ReadContext } from './read-context.ts';
import type { ContextValue, RequestContext } from './request.ts';

/** Greatest number of keys in one context. */
export const MAX_CONTEXT_KEYS = 200;
/** Greatest number of values of one multi-valued key. */
export const MAX_CONTEXT_VALUES = 200;
/** Greatest length of a key's name, in characters. */
export const MAX_CONTEXT_KEY_LENGTH = 256;
/** Greatest length of one value, in characters. */
export const MAX_CONTEXT_VALUE_LENGTH = 2048;

const EMPTY: RequestContext = new Map();

/**
 * Reads condition keys from a JSON object: a string, number or boolean is a single-valued key, a list a multi-valued one.
 * Null and undefined are an empty context. `field` names the argument in errors. Throws InvalidInput.
 */
export function parseRequestContext(json: unknown, field: string): RequestContext {
  if (json === undefined || json === null) return EMPTY;
  if (typeof json !== 'object' || Array.isArray(json)) {
    throw new InvalidInput(field, `\`${field}\` must be an object of condition keys and their values`);
  }
  const { length } = Object.keys(json);
  if (length === 0) return EMPTY;
  if (length > MAX_CONTEXT_KEYS) {
    throw new InvalidInput(field, `\`${field}\` has ${length} condition keys, the limit is ${MAX_CONTEXT_KEYS}`);
  }
  let form = emptyForm();
  const values: ContextValue[] = Object.entries(json).map(([key, value]) => {
    if (key === '' || key.length > MAX_CONTEXT_KEY_LENGTH) {
      throw new InvalidInput(field, `the names of \`${field}\` have 1 to ${MAX_CONTEXT_KEY_LENGTH} characters`);
    }
    const next = form.with(key);
    if (next === null) throw new InvalidInput(field, `\`${field}\` has the condition key \`${key}\` twice`);
    form = next;
    return readValue(value, field, key);
  });
  return new ReadContext(form, values);
}

function readValue(value: unknown, context: string, key: string): ContextValue {
  // Most are short texts: for them no place is written that only errors name.
  if (typeof value === 'string' && value.length <= MAX_CONTEXT_VALUE_LENGTH) return value;
  const field = `${context}.${key}`;
  if (!Array.isArray(value)) return readScalar(value, field);
  if (value.length > MAX_CONTEXT_VALUES) {
    throw new InvalidInput(field, `\`${field}\` has ${value.length} values, the limit is ${MAX_CONTEXT_VALUES}`);
  }
  return value.map((one, i) => readScalar(one, `${field}[${i}]`));
}

function readScalar(value: unknown, field: string): string {
  if (typeof value === 'string') {
    if (value.length <= MAX_CONTEXT_VALUE_LENGTH) return value;
    throw new InvalidInput(
      field,
      `\`${field}\` has ${value.length} characters, the limit is ${MAX_CONTEXT_VALUE_LENGTH}`,
    );
  }
  if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))) return String(value);
  throw new InvalidInput(field, `\`${field}\` must be a string, number or boolean, or a list of them`);
}
