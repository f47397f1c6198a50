import { contextKey } from '../policy/context-key.ts';
import { isReadableValue, type ValueForm, valueForm } from '../policy/readable-value.ts';
import type { ConditionEntry } from './condition-entry.ts';
import { quoted, type Warn } from './report.ts';

/**
 * Types of keys, as named by the service authorization reference, whose values the operators of a family can compare. A string
 * operator compares all types that are written as text; epoch time is a date and a number.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
const FAMILIES: readonly (readonly [names: RegExp, types: readonly string[]])[] = [
  [/^String/, ['String', 'ARN', 'Bool', 'Numeric', 'Date', 'IPAddress']],
  [/^Numeric/, ['Numeric', 'Date']],
  [/^Date/, ['Date', 'Numeric']],
  [/^Bool/, ['Bool']],
  [/^Binary/, ['String', 'Binary']],
  [/IpAddress$/, ['IPAddress']],
  // Keys that hold ARNs are often declared as String.
  [/^Arn/, ['ARN', 'String']],
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
 * Warns of an operator that does not fit the key's declared `type` (empty: unknown), and of values that it cannot
 * read. Returns whether the condition never holds.
 */
export function operatorFaults(entry: ConditionEntry, type: string, variables: boolean, warn: Warn): boolean {
  const { use, operator, key, values, path, node } = entry;
  const required = !use.ifExists && use.quantifier !== 'forAllValues';
  if (values.length === 0) {
    warn('CONDITION_WITHOUT_VALUES', `${quoted(key)} is compared with no value`, path, node);
    return use.operator === null || (required && !use.operator.negated);
  }
  const form = valueForm(use.operator?.name ?? 'Null');
  if (use.operator === null) return unreadable(entry, form, false, warn);
  const types = FAMILIES.find(([names]) => names.test(use.operator?.name ?? ''))?.[1];
  const isMultiValued = type.startsWith('ArrayOf') || contextKey(key).multiValued;
  const base = type.replace(/^ArrayOf/, '');
  let dead = false;
  if (types !== undefined && base !== '' && !types.includes(base)) {
    const message = `${quoted(operator)} compares ${form?.what ?? 'texts'}, ${quoted(key)} holds ${HOLDS[base] ?? base}: they never match`;
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
  const nothingRead = unreadable(entry, form, variables, warn);
  return dead || (nothingRead && required);
}

/** Warns of each value that the operator cannot read; returns whether it can read none. */
function unreadable(
  { operator, values }: ConditionEntry,
  form: ValueForm | null,
  variables: boolean,
  warn: Warn,
): boolean {
  if (form === null) return false;
  let count = 0;
  for (const { text, path, node } of values) {
    if (isReadableValue(form, text, variables)) continue;
    count += 1;
    warn(
      'UNREADABLE_VALUE',
      `${quoted(operator)} compares ${form.what}: ${quoted(text)} is not ${form.one}`,
      path,
      node,
    );
  }
  return count === values.length;
}
