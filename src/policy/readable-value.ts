import { isArnPattern } from './compare/arn.ts';
import { parseBinary } from './compare/binary.ts';
import { parseRange } from './compare/ip.ts';
import { parseDecimal } from './compare/number.ts';
import { parseInstant } from './date.ts';

/** The kind of values that an operator takes in a policy. */
export interface ValueForm {
  /** A single value: `a number`. */
  readonly one: string;
  /** All values: `numbers`. */
  readonly what: string;
  /** Policy variables have a meaning in them: their values are unknown before a request. */
  readonly variables: boolean;
  readonly reads: (text: string) => boolean;
}

const TRUE_OR_FALSE: ValueForm = {
  one: '`true` or `false`',
  what: '`true` and `false`',
  variables: true,
  reads: (text) => /^(?:true|false)$/i.test(text),
};
const ADDRESSES: ValueForm = {
  one: 'an IP address or range',
  what: 'addresses',
  variables: false,
  reads: (text) => parseRange(text) !== null,
};

/** By the prefix of the operators' names. String operators are missing: every text is a value. */
const FORMS: readonly (readonly [prefix: string, form: ValueForm])[] = [
  ['Null', { ...TRUE_OR_FALSE, variables: false }],
  ['Bool', TRUE_OR_FALSE],
  ['Arn', { one: 'an ARN', what: 'ARNs', variables: true, reads: isArnPattern }],
  ['Numeric', { one: 'a number', what: 'numbers', variables: false, reads: (text) => parseDecimal(text) !== null }],
  ['Date', { one: 'a date', what: 'dates', variables: false, reads: (text) => parseInstant(text) !== null }],
  ['Binary', { one: 'base64', what: 'bytes', variables: false, reads: (text) => parseBinary(text) !== null }],
  ['IpAddress', ADDRESSES],
  ['NotIpAddress', ADDRESSES],
];

/** `name`: the operator without set operator and IfExists. Null: every text is a value. */
export function valueForm(name: string): ValueForm | null {
  return FORMS.find(([prefix]) => name.startsWith(prefix))?.[1] ?? null;
}

/** Whether a value of a policy can be compared at all. `variables`: the document supports policy variables. */
export function isReadableValue(form: ValueForm | null, text: string, variables: boolean): boolean {
  if (form === null || (variables && form.variables && text.includes('${'))) return true;
  return form.reads(text);
}
