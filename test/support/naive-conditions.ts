/**
 * The condition block, for the naive evaluator.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
import { contextValue, isMultivalued, knowsVariables, substitute } from './naive-keys.ts';
import type { Doc, Json, NaiveRequest } from './naive-request.ts';
import { globHidden, hide, isEverything, list, object, textOf } from './naive-text.ts';
import { arnLike, bytesOf, dateOf, inRange, isArn, isBoolean, numberOf, rangeOf } from './naive-values.ts';

const OPERATORS =
  /^(String(Not)?(Equals|EqualsIgnoreCase|Like)|(Numeric|Date)((Not)?Equals|(LessThan|GreaterThan)(Equals)?)|Bool|BinaryEquals|(Not)?IpAddress|Arn(Not)?(Equals|Like))$/;

/** One line of a condition block: an operator, a key and its values. */
interface Line {
  /** ForAllValues or ForAnyValue; null: neither. */
  readonly set: string | null;
  /** Without prefix and suffix. */
  readonly operator: string;
  readonly ifExists: boolean;
  readonly key: string;
  readonly values: readonly Json[];
}

function lineOf(written: string, key: string, values: readonly Json[]): Line {
  const [set, bare = written] = written.includes(':') ? written.split(':') : [null, written];
  const ifExists = bare.endsWith('IfExists');
  return { set, operator: ifExists ? bare.slice(0, -'IfExists'.length) : bare, ifExists, key, values };
}

/** Of two numbers, in the words of the operators. */
function compared(operator: string, a: number, b: number): boolean | null {
  if (Number.isNaN(a) || Number.isNaN(b)) return null;
  if (operator.endsWith('LessThan')) return a < b;
  if (operator.endsWith('LessThanEquals')) return a <= b;
  if (operator.endsWith('GreaterThan')) return a > b;
  return operator.endsWith('GreaterThanEquals') ? a >= b : a === b;
}

/** The operator without its Not, of one value of the request and one of the policy; null: one is not of its type. */
function compare(q: NaiveRequest, doc: Doc, operator: string, given: string, written: string): boolean | null {
  if (operator.startsWith('Numeric')) return compared(operator, numberOf(given), numberOf(written));
  if (operator.startsWith('Date')) return compared(operator, dateOf(given), dateOf(written));
  if (operator === 'IpAddress') return inRange(given, written);
  if (operator === 'BinaryEquals') {
    const [a, b] = [bytesOf(given), bytesOf(written)];
    return a === null || b === null ? null : a.equals(b);
  }
  if (operator === 'Bool' && !isBoolean(given)) return null;
  if (operator.startsWith('Arn') && !isArn(given)) return null;
  const wanted = substitute(q, doc, written);
  if (wanted === null) return false;
  if (operator === 'StringEquals') return hide(given) === hide(wanted);
  if (operator === 'StringEqualsIgnoreCase' || operator === 'Bool') {
    return hide(given).toLowerCase() === hide(wanted).toLowerCase();
  }
  return operator === 'StringLike' ? globHidden(wanted, given) : arnLike(wanted, given);
}

/** Whether it says something: there is such an operator, and every value of the policy can be of its type. */
function isReadable(doc: Doc, { set, operator, ifExists, values }: Line): boolean {
  if (set !== null && set !== 'ForAllValues' && set !== 'ForAnyValue') return false;
  if (operator === 'Null') return !ifExists && values.every((value) => isBoolean(textOf(value)));
  return OPERATORS.test(operator) && values.every((value) => isOfType(doc, operator.replace('Not', ''), value));
}

function isOfType(doc: Doc, operator: string, value: Json): boolean {
  if (typeof value === 'object') return false;
  const text = textOf(value);
  // What stands for a variable is only known with the request.
  const isOpen = knowsVariables(doc) && text.includes('${');
  if (operator.startsWith('Numeric')) return !Number.isNaN(numberOf(text));
  if (operator.startsWith('Date')) return !Number.isNaN(dateOf(text));
  if (operator === 'IpAddress') return rangeOf(text) !== null;
  if (operator === 'BinaryEquals') return bytesOf(text) !== null;
  if (operator === 'Bool') return isOpen || isBoolean(text);
  if (operator.startsWith('Arn')) return isEverything(text) || isArn(text.replaceAll(/\$\{[^}]*\}/g, 'x')) || isOpen;
  return true;
}

function lineHolds(q: NaiveRequest, doc: Doc, { set, operator, ifExists, key, values: written }: Line): boolean {
  const value = contextValue(q, key);
  const values = written.map(textOf);
  if (operator === 'Null') return values.some((v) => v.toLowerCase() === String(value === undefined));
  const negated = operator.includes('Not');
  const one = (given: string): boolean => {
    const verdicts = values.map((v) => compare(q, doc, operator.replace('Not', ''), given, v));
    return negated ? verdicts.every((v) => v === false) : verdicts.includes(true);
  };
  if (set !== null) {
    const given = (value === undefined ? [] : typeof value === 'string' ? [value] : value).filter((v) => v !== '');
    if (given.length === 0) return set === 'ForAllValues' || ifExists;
    return set === 'ForAllValues' ? given.every(one) : given.some(one);
  }
  if (value === undefined) return negated || ifExists;
  return typeof value === 'string' && !isMultivalued(key) && one(value);
}

/** All lines have to hold. One that cannot be read never holds in an Allow, and always in a Deny. */
export function conditionsHold(q: NaiveRequest, doc: Doc, statement: Doc): boolean {
  return Object.entries(object(statement['Condition'])).every(([operator, keys]) =>
    Object.entries(object(keys)).every(([key, values]) => {
      const line = lineOf(operator, key, list(values));
      return isReadable(doc, line) ? lineHolds(q, doc, line) : statement['Effect'] === 'Deny';
    }),
  );
}
