import { splitArn } from '../policy/arn.ts';
import { parseBinary } from '../policy/compare/binary.ts';
import { parseRange } from '../policy/compare/ip.ts';
import { parseDecimal } from '../policy/compare/number.ts';
import { contextKey } from '../policy/context-key.ts';
import { parseInstant } from '../policy/date.ts';
import type { ConditionEntry } from './condition-entry.ts';
import { quoted, type Warn } from './report.ts';

/** What the operators of one family compare. */
interface Family {
  readonly what: string;
  /** Types of keys, as the service authorization reference names them, whose values can be so compared. */
  readonly types: readonly string[];
  /** Null: every text is a value. */
  readonly reads: ((text: string) => boolean) | null;
}

const ARN_PARTS = 6;
const isArnPattern = (text: string): boolean => /^\*+$/.test(text) || splitArn(text).length >= ARN_PARTS;
const isBoolean = (text: string): boolean => /^(?:true|false)$/i.test(text);

/**
 * A text compares with everything that is written as text. Epoch time is a date and a number.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
const FAMILIES: readonly (readonly [names: RegExp, family: Family])[] = [
  [/^String/, { what: 'texts', types: ['String', 'ARN', 'Bool', 'Numeric', 'Date', 'IPAddress'], reads: null }],
  [/^Numeric/, { what: 'numbers', types: ['Numeric', 'Date'], reads: (text) => parseDecimal(text) !== null }],
  [/^Date/, { what: 'dates', types: ['Date', 'Numeric'], reads: (text) => parseInstant(text) !== null }],
  [/^Bool/, { what: '`true` and `false`', types: ['Bool'], reads: isBoolean }],
  [/^Binary/, { what: 'bytes', types: ['String', 'Binary'], reads: (text) => parseBinary(text) !== null }],
  [/IpAddress$/, { what: 'addresses', types: ['IPAddress'], reads: (text) => parseRange(text) !== null }],
  // Keys that hold ARNs are often declared as String.
  [/^Arn/, { what: 'ARNs', types: ['ARN', 'String'], reads: isArnPattern }],
];

const HOLDS: Readonly<Record<string, string>> = {
  String: 'texts',
  ARN: 'ARNs',
  Bool: '`true` or `false`',
  Numeric: 'numbers',
  Date: 'dates',
  IPAddress: 'addresses',
};

/**
 * Warns of an operator that does not go with the key's declared `type` (empty: not known), and of values that it cannot
 * read. Whether the condition never holds.
 */
export function operatorFaults(entry: ConditionEntry, type: string, variables: boolean, warn: Warn): boolean {
  const { use, operator, key, values, path, node } = entry;
  const required = !use.ifExists && use.quantifier !== 'forAllValues';
  if (values.length === 0) {
    warn('CONDITION_WITHOUT_VALUES', `${quoted(key)} is compared with no value`, path, node);
    return use.operator === null || (required && !use.operator.negated);
  }
  if (use.operator === null)
    return unreadable(entry, { what: '`true` and `false`', types: [], reads: isBoolean }, false, warn);
  const family = FAMILIES.find(([names]) => names.test(use.operator?.name ?? ''))?.[1];
  const isMultiValued = type.startsWith('ArrayOf') || contextKey(key).multiValued;
  const base = type.replace(/^ArrayOf/, '');
  let dead = false;
  if (family !== undefined && base !== '' && !family.types.includes(base)) {
    const message = `${quoted(operator)} compares ${family.what}, ${quoted(key)} holds ${HOLDS[base] ?? base}: they never match`;
    warn('OPERATOR_TYPE_MISMATCH', message, path, node);
  }
  if (isMultiValued && use.quantifier === 'one') {
    const message = `${quoted(key)} has several values: ${quoted(operator)} needs \`ForAnyValue:\` or \`ForAllValues:\``;
    warn('SET_OPERATOR_MISSING', message, path, node);
    dead = contextKey(key).multiValued && !use.operator.negated && required;
  } else if (!isMultiValued && base !== '' && use.quantifier !== 'one') {
    const note = use.quantifier === 'forAllValues' ? ', and holds when the key is absent' : '';
    const message = `${quoted(key)} has one value: ${quoted(operator)} is for keys with several${note}`;
    warn('SET_OPERATOR_ON_SINGLE_VALUE', message, path, node);
  }
  const nothingRead = family !== undefined && unreadable(entry, family, variables, warn);
  return dead || (nothingRead && required);
}

/** Warns of each value that the operators of the family cannot read; whether that is all of them. */
function unreadable({ operator, values }: ConditionEntry, family: Family, variables: boolean, warn: Warn): boolean {
  const { reads, what } = family;
  if (reads === null) return false;
  let count = 0;
  for (const { text, path, node } of values) {
    // Only ARNs and booleans may come out of policy variables.
    if (variables && text.includes('${') && /ARN|true/.test(what)) continue;
    if (reads(text)) continue;
    count += 1;
    warn('UNREADABLE_VALUE', `${quoted(operator)} compares ${what}: ${quoted(text)} is none`, path, node);
  }
  return count === values.length;
}
