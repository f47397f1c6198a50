import { type Comparison, MATCH, NO_MATCH } from './compare/comparison.ts';
import { type ContextKey, type ContextReader, type ContextValue, contextKey, type Unsaid } from './context-key.ts';
import { type Operator, type OperatorUse, readOperator } from './operator.ts';
import { readTemplate, templateKeys } from './variable.ts';

/** One key under one operator of a Condition block. All conditions of a statement must hold. */
export interface Condition {
  /** As written. */
  readonly operator: string;
  readonly key: ContextKey;
  readonly values: readonly string[];
  /** The key itself and those of policy variables in the values. */
  readonly keys: readonly ContextKey[];
  /** The parts of a request that these keys depend on and that a question can leave unsaid. */
  readonly unsaid: Unsaid;
  holds(reader: ContextReader): boolean;
}

/**
 * Compiles one operator, key and list of values. An operator that does not exist never matches.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
 */
export function compileCondition(
  operator: string,
  keyName: string,
  values: readonly string[],
  variables: boolean,
): Condition {
  const key = contextKey(keyName);
  const inValues = variables ? values.filter((value) => value.includes('${')).flatMap(keysIn) : [];
  const use = readOperator(operator);
  const holds = use === null ? never : compileUse(use, key, values, variables);
  const unsaid = inValues.reduce((bits, one) => bits | one.unsaid, key.unsaid);
  return { operator, key, values, keys: [key, ...inValues], unsaid, holds };
}

function keysIn(value: string): readonly ContextKey[] {
  return templateKeys(readTemplate(value, { variables: true, wildcards: false }));
}

type Holds = (reader: ContextReader) => boolean;

const never: Holds = () => false;

function compileUse(use: OperatorUse, key: ContextKey, values: readonly string[], variables: boolean): Holds {
  if (use.operator === null) return compileNull(key, values);
  const compare = use.operator.compile(values, variables);
  const fits = fitsOne(use.operator, compare);
  if (use.quantifier === 'one') return holdsForOne(key, fits, use.operator.negated || use.ifExists);
  if (use.quantifier === 'forAllValues') return holdsForAll(key, fits);
  // AWS does not document ForAnyValue with IfExists and no key; `IfExists` is taken literally.
  return holdsForAny(key, fits, use.ifExists);
}

/** `"true"`: the key is absent; `"false"`: it is present. A set operator changes nothing. */
function compileNull(key: ContextKey, values: readonly string[]): Holds {
  const wanted = new Set(values.map((value) => value.toLowerCase()));
  const whenAbsent = wanted.has('true');
  const whenPresent = wanted.has('false');
  return (reader) => (reader.value(key) === undefined ? whenAbsent : whenPresent);
}

type FitsOne = (given: string, reader: ContextReader) => boolean;

/** Negation applies to the single value: it must differ from every value of the policy. Quantifiers apply outside it. */
function fitsOne(operator: Operator, compare: Comparison): FitsOne {
  const wanted = operator.negated ? NO_MATCH : MATCH;
  return (given, reader) => compare(given, reader) === wanted;
}

/** Without a set operator, a multi-valued key never matches, not even with one value. */
function holdsForOne(key: ContextKey, fits: FitsOne, whenAbsent: boolean): Holds {
  return (reader) => {
    const value = reader.value(key);
    if (value === undefined) return whenAbsent;
    return typeof value === 'string' && !key.multiValued && fits(value, reader);
  };
}

function holdsForAny(key: ContextKey, fits: FitsOne, whenAbsent: boolean): Holds {
  return (reader) => {
    const value = reader.value(key);
    if (value === undefined || isEmpty(value)) return whenAbsent;
    if (typeof value === 'string') return fits(value, reader);
    return value.some((one) => one !== '' && fits(one, reader));
  };
}

function holdsForAll(key: ContextKey, fits: FitsOne): Holds {
  return (reader) => {
    const value = reader.value(key);
    if (value === undefined || isEmpty(value)) return true;
    if (typeof value === 'string') return fits(value, reader);
    return value.every((one) => one === '' || fits(one, reader));
  };
}

/** No values, or only empty ones: a set operator treats this as an empty set. */
function isEmpty(value: ContextValue): boolean {
  return typeof value === 'string' ? value === '' : value.every((one) => one === '');
}
