import { splitArn } from './arn.ts';
import { parseBinary } from './compare/binary.ts';
import { parseRange } from './compare/ip.ts';
import { parseDecimal } from './compare/number.ts';
import { parseInstant } from './date.ts';

/** What the values of an operator are in a policy. */
export interface ValueForm {
  readonly what: string;
  /** Policy variables have a meaning in them: what they hold is not known before a request. */
  readonly variables: boolean;
  readonly reads: (text: string) => boolean;
}

const ARN_PARTS = 6;
const TRUE_OR_FALSE: ValueForm = {
  what: '`true` and `false`',
  variables: true,
  reads: (text) => /^(?:true|false)$/i.test(text),
};
const ARNS: ValueForm = {
  what: 'ARNs',
  variables: true,
  reads: (text) => /^\*+$/.test(text) || splitArn(text).length >= ARN_PARTS,
};

/** Operators without a form compare texts: every text is one. */
const FORMS: readonly (readonly [names: RegExp, form: ValueForm])[] = [
  [/^Null$/, { ...TRUE_OR_FALSE, variables: false }],
  [/^Bool$/, TRUE_OR_FALSE],
  [/^Arn/, ARNS],
  [/^Numeric/, { what: 'numbers', variables: false, reads: (text) => parseDecimal(text) !== null }],
  [/^Date/, { what: 'dates', variables: false, reads: (text) => parseInstant(text) !== null }],
  [/^Binary/, { what: 'bytes', variables: false, reads: (text) => parseBinary(text) !== null }],
  [/IpAddress$/, { what: 'addresses', variables: false, reads: (text) => parseRange(text) !== null }],
];

/** `name`: of the operator, without set operator and IfExists. Null: every text is a value. */
export function valueForm(name: string): ValueForm | null {
  return FORMS.find(([names]) => names.test(name))?.[1] ?? null;
}

/** Whether a value of a policy can be compared at all. `variables`: the document knows policy variables. */
export function isReadableValue(form: ValueForm | null, text: string, variables: boolean): boolean {
  if (form === null || (variables && form.variables && text.includes('${'))) return true;
  return form.reads(text);
}
