import { parseDecimal } from '../../policy/compare/number.ts';
import type { Condition } from '../../policy/condition.ts';
import type { ContextReader, ContextValue } from '../../policy/context-key.ts';
import { instantText, parseInstant } from '../../policy/date.ts';
import { readOperator } from '../../policy/operator.ts';
import type { Steps } from '../../policy/steps.ts';
import { addressesAround } from './addresses.ts';
import { type TextUse, textsOf } from './key-texts.ts';

/** The values that requests can have for a condition key. */
export interface KeyForm {
  /** String, ARN, Bool, Numeric, Date, Epoch (seconds since 1970) or IPAddress; empty: not known. */
  readonly type: string;
  /** It has a list of values. */
  readonly isList: boolean;
  /** Every request has it. */
  readonly always: boolean;
}

/** Values of one key, each for all values that the conditions treat alike; undefined: the request does not have the key. */
export interface KeyValues {
  readonly values: readonly (ContextValue | undefined)[];
  /** False: some values are not represented. */
  readonly complete: boolean;
}

type Family = 'text' | 'number' | 'date' | 'address' | 'truth';

/** A condition on the key. */
export interface KeyUse {
  readonly condition: Condition;
  /** Its document supports policy variables. */
  readonly variables: boolean;
}

/**
 * The values that make a difference to `uses`, all on one key. Policy variables in the conditions have the values of `reader`. A
 * key has values of the type that the catalogue says, and of one that it does not know, of the type that the operators compare.
 * `beside`: texts that make a difference to conditions on other keys, which are values as long as not too many.
 */
export function* keyValues(
  uses: readonly KeyUse[],
  form: KeyForm,
  reader: ContextReader,
  beside: readonly string[] = [],
): Steps<KeyValues> {
  const families = new Set(uses.map(familyOf).filter((family) => family !== null));
  const texts: string[] = [];
  let complete = true;
  const wanted = typeFamily(form.type) ?? (families.size === 0 ? 'text' : null);
  if (wanted === 'truth') {
    texts.push('true', 'false');
  } else {
    for (const family of families.size === 0 ? [wanted ?? 'text'] : families) {
      const found = yield* valuesFor(family, uses, form, reader);
      texts.push(...found.texts);
      complete &&= found.complete;
    }
    // Two ways to compare divide values together more finely than each of them alone.
    if (families.size > 1 || (wanted !== null && wanted !== 'text' && !families.has(wanted) && families.size > 0))
      complete = false;
  }
  // A text that no other comparison can read is a value, too.
  if ((wanted === null || wanted === 'text') && [...families].some((family) => family !== 'text'))
    texts.push(form.type === 'ARN' ? 'arn:aws:sns:us-east-1:123456789012:other' : 'other');
  const fitting = texts.filter((text) => fits(text, wanted));
  const more = [...new Set([...fitting, ...beside])];
  const absent = form.always ? [] : [undefined];
  if (!form.isList) return { values: [...absent, ...more], complete };
  const lists = listsOf((more.length > ALL_LISTS ? [...new Set(fitting)] : more).filter((text) => text !== ''));
  // An operator for one value does not hold for a list, but for the text that some requests have instead.
  const alone = uses.some(({ condition }) => readOperator(condition.operator)?.quantifier === 'one') ? fitting : [];
  return { values: [...absent, ...new Set(alone), ...lists.values], complete: complete && lists.complete };
}

interface Found {
  readonly texts: readonly string[];
  readonly complete: boolean;
}

function familyOf({ condition }: KeyUse): Family | null {
  const name = readOperator(condition.operator)?.operator?.name;
  if (name === undefined) return null;
  if (name.startsWith('Numeric')) return 'number';
  if (name.startsWith('Date')) return 'date';
  if (name === 'Bool') return 'truth';
  return name === 'IpAddress' || name === 'NotIpAddress' ? 'address' : 'text';
}

const TYPES: Readonly<Record<string, Family>> = {
  String: 'text',
  ARN: 'text',
  Bool: 'truth',
  Numeric: 'number',
  Date: 'date',
  Epoch: 'date',
  IPAddress: 'address',
};

function typeFamily(type: string): Family | null {
  return TYPES[type] ?? null;
}

function fits(text: string, family: Family | null): boolean {
  if (family === 'number') return parseDecimal(text) !== null;
  return family !== 'date' || parseInstant(text) !== null;
}

function* valuesFor(family: Family, uses: readonly KeyUse[], form: KeyForm, reader: ContextReader): Steps<Found> {
  const here = uses.filter((use) => familyOf(use) === family);
  const values = here.flatMap(({ condition }) => condition.values);
  switch (family) {
    case 'text':
      return yield* textsOf(here.map(textUse), form.type === 'ARN', reader);
    case 'number': {
      const numbers = points(values, parseDecimal);
      // Beside those near the largest that there is, no other number can be told.
      const near = numbers.filter((value) => Math.abs(value) < LARGEST);
      return { texts: around(near, decimalText, 1), complete: near.length === numbers.length };
    }
    case 'date':
      return {
        texts: around(points(values, parseInstant), form.type === 'Epoch' ? secondsText : instantText, 1000),
        complete: true,
      };
    case 'address':
      return { texts: addressesAround(values), complete: true };
    case 'truth':
      return { texts: ['true', 'false'], complete: true };
    default:
      return family satisfies never;
  }
}

function secondsText(milliseconds: number): string {
  return decimalText(milliseconds / 1000);
}

function textUse({ condition, variables }: KeyUse): TextUse {
  return { operator: readOperator(condition.operator)?.operator?.name ?? '', values: condition.values, variables };
}

function points(values: readonly string[], parse: (text: string) => number | null): readonly number[] {
  const found = values.map(parse).filter((value) => value !== null);
  return [...new Set(found)].sort((a, b) => a - b);
}

const LARGEST = 1e300;

/** As policies write numbers: without an exponent. */
function decimalText(value: number): string {
  if (!/e/.test(String(value))) return String(value);
  if (Number.isInteger(value)) return String(BigInt(value));
  // oxlint-disable-next-line oxc/number-arg-out-of-range -- up to 100 since ECMAScript 2018
  return value.toFixed(100);
}

/** Each of the points, and something between and beside them. */
function around(sorted: readonly number[], print: (value: number) => string, step: number): readonly string[] {
  const [first] = sorted;
  const last = sorted.at(-1);
  if (first === undefined || last === undefined) return [print(step)];
  const between = sorted.flatMap((value, i) => {
    const next = sorted[i + 1];
    if (next === undefined) return [];
    const beside = value + stepAt(value, step);
    return [beside < next ? beside : (value + next) / 2];
  });
  return [...sorted, ...between, last + stepAt(last, step), first - stepAt(first, step)].map(print);
}

/** Above 2 to the 53rd power, the numbers that can be told apart are further apart than one. */
function stepAt(value: number, step: number): number {
  return Math.max(step, Math.abs(value) * 2 ** -50);
}

/** Number of different values up to which all lists of them are tried. */
const ALL_LISTS = 5;
const PAIRS = 12;

/** A list counts by which values it has, not by their order. */
function listsOf(texts: readonly string[]): {
  readonly values: readonly (readonly string[])[];
  readonly complete: boolean;
} {
  if (texts.length <= ALL_LISTS) {
    let lists: readonly (readonly string[])[] = [[]];
    for (const text of texts) lists = [...lists, ...lists.map((list) => [...list, text])];
    return { values: lists.filter((list) => list.length > 0), complete: true };
  }
  const single = texts.map((text) => [text]);
  const few = texts.slice(0, PAIRS);
  const pairs = few.flatMap((one, i) => few.slice(i + 1).map((other) => [one, other]));
  return { values: [...single, ...pairs, texts], complete: false };
}
