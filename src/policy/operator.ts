import { arnLike } from './compare/arn.ts';
import { parseBinary } from './compare/binary.ts';
import { type Comparison, comparing } from './compare/comparison.ts';
import { parseRange, rangeHolds } from './compare/ip.ts';
import { parseDecimal } from './compare/number.ts';
import { stringEquals, stringLike } from './compare/string.ts';
import { parseInstant } from './date.ts';

/** How an operator compares, before sets, `IfExists` and negation. */
type Compile = (values: readonly string[], variables: boolean) => Comparison;

/** One row of AWS's table of condition operators. */
export interface Operator {
  readonly name: string;
  readonly negated: boolean;
  readonly compile: Compile;
}

const equals: Compile = (values, variables) => stringEquals(values, variables, false);
const equalsIgnoreCase: Compile = (values, variables) => stringEquals(values, variables, true);
const like: Compile = stringLike;
// AWS's pages disagree on variables with Bool; a variable that resolves to true or false does no harm.
const bool: Compile = (values, variables) => {
  const compare = stringEquals(values, variables, true);
  return (given, reader) => (isBoolean(given) ? compare(given, reader) : -1);
};
const ip: Compile = (values) => comparing(values, parseRange, rangeHolds);
const binary: Compile = (values) => comparing(values, parseBinary, (given, wanted) => given === wanted);
const number = (fits: (given: number, wanted: number) => boolean): Compile => {
  return (values) => comparing(values, parseDecimal, fits);
};
const date = (fits: (given: number, wanted: number) => boolean): Compile => {
  return (values) => comparing(values, parseInstant, fits);
};

function isBoolean(text: string): boolean {
  if (text === 'true' || text === 'false') return true;
  const lower = text.toLowerCase();
  return lower === 'true' || lower === 'false';
}

const same = (given: number, wanted: number): boolean => given === wanted;
const less = (given: number, wanted: number): boolean => given < wanted;
const atMost = (given: number, wanted: number): boolean => given <= wanted;
const greater = (given: number, wanted: number): boolean => given > wanted;
const atLeast = (given: number, wanted: number): boolean => given >= wanted;

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
const ROWS: readonly (readonly [name: string, negated: boolean, compile: Compile])[] = [
  ['StringEquals', false, equals],
  ['StringNotEquals', true, equals],
  ['StringEqualsIgnoreCase', false, equalsIgnoreCase],
  ['StringNotEqualsIgnoreCase', true, equalsIgnoreCase],
  ['StringLike', false, like],
  ['StringNotLike', true, like],
  ['NumericEquals', false, number(same)],
  ['NumericNotEquals', true, number(same)],
  ['NumericLessThan', false, number(less)],
  ['NumericLessThanEquals', false, number(atMost)],
  ['NumericGreaterThan', false, number(greater)],
  ['NumericGreaterThanEquals', false, number(atLeast)],
  ['DateEquals', false, date(same)],
  ['DateNotEquals', true, date(same)],
  ['DateLessThan', false, date(less)],
  ['DateLessThanEquals', false, date(atMost)],
  ['DateGreaterThan', false, date(greater)],
  ['DateGreaterThanEquals', false, date(atLeast)],
  ['Bool', false, bool],
  ['BinaryEquals', false, binary],
  ['IpAddress', false, ip],
  ['NotIpAddress', true, ip],
  ['ArnEquals', false, arnLike],
  ['ArnLike', false, arnLike],
  ['ArnNotEquals', true, arnLike],
  ['ArnNotLike', true, arnLike],
];

/** By name in lower case. `Null` is not among them: it compares nothing. */
const OPERATORS: ReadonlyMap<string, Operator> = new Map(
  ROWS.map(([name, negated, compile]) => [name.toLowerCase(), { name, negated, compile }]),
);

/** The names of all operators, with and without IfExists; without set operators. */
export function operatorNames(): readonly string[] {
  return [...ROWS.flatMap(([name]) => [name, `${name}IfExists`]), 'Null'];
}

/** `one`: no set operator. */
export type Quantifier = 'one' | 'forAnyValue' | 'forAllValues';

/** `ForAllValues:StringLikeIfExists`, split into its parts. */
export interface OperatorUse {
  readonly quantifier: Quantifier;
  /** Null: `Null`. */
  readonly operator: Operator | null;
  readonly ifExists: boolean;
}

const IF_EXISTS = 'ifexists';

/** Reads the name of an operator, in any case, as stored documents may hold it. Null: the operator does not exist. */
export function readOperator(text: string): OperatorUse | null {
  let name = text.toLowerCase();
  let quantifier: Quantifier = 'one';
  if (name.startsWith('foranyvalue:')) quantifier = 'forAnyValue';
  else if (name.startsWith('forallvalues:')) quantifier = 'forAllValues';
  if (quantifier !== 'one') name = name.slice(name.indexOf(':') + 1);
  if (name === 'null') return { quantifier, operator: null, ifExists: false };
  const ifExists = name.endsWith(IF_EXISTS);
  const operator = OPERATORS.get(ifExists ? name.slice(0, -IF_EXISTS.length) : name);
  return operator === undefined ? null : { quantifier, operator, ifExists };
}
