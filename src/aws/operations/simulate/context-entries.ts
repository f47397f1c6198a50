import type { ContextEntry } from '@aws-sdk/client-iam';
import {
  MAX_CONTEXT_KEY_LENGTH,
  MAX_CONTEXT_KEYS,
  MAX_CONTEXT_VALUE_LENGTH,
  MAX_CONTEXT_VALUES,
} from '../../../evaluation/context.ts';
import type { ContextValue, RequestContext } from '../../../evaluation/request.ts';
import { parseRange } from '../../../policy/compare/ip.ts';
import { parseDecimal } from '../../../policy/compare/number.ts';
import { parseInstant } from '../../../policy/date.ts';
import { quoted } from '../../wire/read-input.ts';
import { invalidInput } from './invalid-input.ts';

/** The types of AWS's ContextKeyType without `List`, and the values that are of them. */
const TYPES: Readonly<Record<string, (text: string) => boolean>> = {
  string: () => true,
  numeric: (text) => parseDecimal(text) !== null,
  boolean: (text) => /^(?:true|false)$/i.test(text),
  ip: (text) => parseRange(text) !== null,
  binary: (text) => /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text),
  date: (text) => parseInstant(text) !== null,
};

const LIST = /List$/;

/**
 * The condition keys of a simulation. Without a type, one value is a single value and several are a list. Throws InvalidInput.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_ContextEntry.html
 */
export function contextOf(entries: readonly ContextEntry[]): RequestContext {
  if (entries.length > MAX_CONTEXT_KEYS) {
    throw invalidInput(
      `Invalid Input ContextEntries: ${entries.length} condition keys; the limit is ${MAX_CONTEXT_KEYS}`,
    );
  }
  const context = new Map<string, ContextValue>();
  for (const [
    index,
    { ContextKeyName: name = '', ContextKeyValues: values = [], ContextKeyType: type },
  ] of entries.entries()) {
    const at = `Invalid Input ContextEntries.${index + 1}`;
    if (name === '' || name.length > MAX_CONTEXT_KEY_LENGTH) {
      throw invalidInput(`${at}: the name of a condition key has 1 to ${MAX_CONTEXT_KEY_LENGTH} characters`);
    }
    const key = name.toLowerCase();
    if (context.has(key)) throw invalidInput(`${at}: the condition key ${quoted(name)} is given twice`);
    context.set(key, contextValue(name, values, type, at));
  }
  return context;
}

function contextValue(name: string, values: readonly string[], type: string | undefined, at: string): ContextValue {
  const plain = (type ?? 'string').replace(LIST, '');
  const isOfType = Object.hasOwn(TYPES, plain) ? TYPES[plain] : undefined;
  if (isOfType === undefined) {
    throw invalidInput(`${at}: there is no type ${quoted(type ?? '')}: expected one of ${ALL_TYPES}`);
  }
  if (values.length > MAX_CONTEXT_VALUES) {
    throw invalidInput(`${at}: ${values.length} values; the limit is ${MAX_CONTEXT_VALUES}`);
  }
  for (const value of values) {
    if (value.length > MAX_CONTEXT_VALUE_LENGTH) {
      throw invalidInput(`${at}: a value has at most ${MAX_CONTEXT_VALUE_LENGTH} characters`);
    }
    if (!isOfType(value)) throw invalidInput(`${at}: ${quoted(value)} is not of the type ${type}`);
  }
  if (type === undefined ? values.length > 1 : LIST.test(type)) return values;
  const [value] = values;
  if (value !== undefined && values.length === 1) return value;
  throw invalidInput(
    `${at}: ${quoted(name)} has ${values.length} values, and ${type ?? 'a key without a type'} is one`,
  );
}

const ALL_TYPES = Object.keys(TYPES)
  .flatMap((type) => [type, `${type}List`])
  .join(', ');
