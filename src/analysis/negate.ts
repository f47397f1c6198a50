import { type ConditionUse, conditionUse } from './condition-use.ts';

/** The operator that holds for exactly the values for which the other one does not. */
const OPPOSITES: Readonly<Record<string, string>> = opposites([
  ['StringEquals', 'StringNotEquals'],
  ['StringEqualsIgnoreCase', 'StringNotEqualsIgnoreCase'],
  ['StringLike', 'StringNotLike'],
  ['NumericEquals', 'NumericNotEquals'],
  ['NumericLessThan', 'NumericGreaterThanEquals'],
  ['NumericLessThanEquals', 'NumericGreaterThan'],
  ['DateEquals', 'DateNotEquals'],
  ['DateLessThan', 'DateGreaterThanEquals'],
  ['DateLessThanEquals', 'DateGreaterThan'],
  ['IpAddress', 'NotIpAddress'],
  ['ArnEquals', 'ArnNotEquals'],
  ['ArnLike', 'ArnNotLike'],
]);

function opposites(pairs: readonly (readonly [string, string])[]): Record<string, string> {
  return Object.fromEntries(
    pairs.flatMap(([one, other]) => [
      [one, other],
      [other, one],
    ]),
  );
}

/** Operators that compare in one direction: a difference from one value implies nothing about the next. */
const ORDERED = /^(?:Numeric|Date)(?:Less|Greater)/;

/**
 * Lists of conditions; if all of a list hold, `use` does not. A list can be narrower than the negation of `use`,
 * never wider. Empty: no condition can express it.
 */
export function negations(use: ConditionUse): readonly (readonly ConditionUse[])[] {
  const key = use.condition.key.written;
  const { values } = use.condition;
  const make = (operator: string, of: readonly string[] = values): ConditionUse | null =>
    conditionUse(operator, key, of);
  const lists = (...found: readonly (readonly (ConditionUse | null)[])[]) =>
    found.map((list) => list.filter((one) => one !== null)).filter((list) => list.length > 0);
  const { quantifier, operator, ifExists } = use.use;
  const absent = [make('Null', ['true'])];
  const present = make('Null', ['false']);
  if (operator === null) {
    const whenAbsent = values.some((value) => value.toLowerCase() === 'true');
    const whenPresent = values.some((value) => value.toLowerCase() === 'false');
    if (whenAbsent && whenPresent) return [];
    return lists([make('Null', [whenAbsent ? 'false' : 'true'])]);
  }
  const opposite = OPPOSITES[operator.name];
  if (quantifier === 'forAnyValue') {
    const all = opposite === undefined || ORDERED.test(operator.name) ? [] : [make(`ForAllValues:${opposite}`)];
    if (ifExists) return all.length === 0 ? [] : lists([...all, present]);
    return lists(all.length > 0 ? all : absent);
  }
  if (quantifier === 'forAllValues') {
    return opposite === undefined || ORDERED.test(operator.name) ? [] : lists([make(`ForAnyValue:${opposite}`)]);
  }
  const holdsWhenAbsent = operator.negated || ifExists;
  const suffix = holdsWhenAbsent ? '' : 'IfExists';
  if (operator.name === 'Bool') {
    const said = new Set(values.map((value) => value.toLowerCase()));
    const others = ['true', 'false'].filter((value) => !said.has(value));
    if (others.length === 1) return lists([make(`Bool${suffix}`, others)]);
    return holdsWhenAbsent ? [] : lists(absent);
  }
  if (opposite === undefined) return holdsWhenAbsent ? [] : lists(absent);
  // A negated operator holds if there is no value.
  const isNegated = /Not/.test(opposite);
  const name = isNegated ? opposite : `${opposite}${suffix}`;
  const uses = ORDERED.test(operator.name) ? values.map((value) => make(name, [value])) : [make(name)];
  return lists(isNegated && holdsWhenAbsent ? [...uses, present] : uses);
}
