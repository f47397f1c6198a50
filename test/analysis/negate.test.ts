import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { conditionUse } from '../../src/analysis/condition-use.ts';
import { negations } from '../../src/analysis/negate.ts';

const OPERATORS: Readonly<Record<string, readonly string[]>> = {
  StringEquals: ['a', 'b'],
  StringNotEquals: ['a', 'b'],
  StringEqualsIgnoreCase: ['A', 'b'],
  StringLike: ['a*', '?'],
  StringNotLike: ['a*'],
  NumericEquals: ['1', '5'],
  NumericNotEquals: ['1'],
  NumericLessThan: ['1', '5'],
  NumericGreaterThanEquals: ['1', '5'],
  DateLessThan: ['2026-01-01T00:00:00Z'],
  DateGreaterThan: ['2026-01-01T00:00:00Z'],
  Bool: ['true', 'false', 'x'],
  BinaryEquals: ['QQ=='],
  IpAddress: ['10.0.0.0/8'],
  NotIpAddress: ['10.0.0.0/8'],
  ArnLike: ['arn:aws:iam::*:role/*'],
  ArnNotEquals: ['arn:aws:iam::111111111111:role/r'],
  Null: ['true', 'false'],
};
const GIVEN = ['a', 'b', 'ab', '1', '3', '7', 'true', 'false', 'QQ==', '10.1.2.3', '192.0.2.1', '2025-06-01T00:00:00Z'];

const use = fc
  .constantFrom(...Object.keys(OPERATORS))
  .chain((operator) =>
    fc.tuple(
      fc.constant(operator),
      fc.constantFrom('', '', 'ForAnyValue:', 'ForAllValues:'),
      operator === 'Null' ? fc.constant('') : fc.constantFrom('', 'IfExists'),
      fc.subarray([...(OPERATORS[operator] ?? [])], { minLength: 1 }),
    ),
  )
  .map(([operator, quantifier, suffix, values]) => conditionUse(`${quantifier}${operator}${suffix}`, 'k:x', values));
const value = fc.oneof(
  fc.constant(undefined),
  fc.constantFrom(...GIVEN),
  fc.array(fc.constantFrom(...GIVEN), { minLength: 1, maxLength: 3 }),
);

describe('what keeps a condition from holding', () => {
  it('is true of no value of which the condition is', () => {
    fc.assert(
      fc.property(use, value, (condition, given) => {
        if (condition === null) throw new Error('no such operator');
        const reader = { value: () => given };
        for (const list of negations(condition)) {
          if (!list.every((one) => one.condition.holds(reader))) continue;
          expect([condition.operator, given, condition.condition.holds(reader)]).toEqual([
            condition.operator,
            given,
            false,
          ]);
        }
      }),
      { numRuns: 5000 },
    );
  });

  it.each([
    ['StringEquals', ['a'], [['StringNotEquals', ['a']]]],
    [
      'StringEqualsIfExists',
      ['a'],
      [
        ['StringNotEquals', ['a']],
        ['Null', ['false']],
      ],
    ],
    ['StringNotEquals', ['a'], [['StringEquals', ['a']]]],
    ['Bool', ['true'], [['BoolIfExists', ['false']]]],
    ['BoolIfExists', ['false'], [['Bool', ['true']]]],
    [
      'NumericLessThan',
      ['1', '5'],
      [
        ['NumericGreaterThanEqualsIfExists', ['1']],
        ['NumericGreaterThanEqualsIfExists', ['5']],
      ],
    ],
    ['NotIpAddress', ['10.0.0.0/8'], [['IpAddress', ['10.0.0.0/8']]]],
    ['BinaryEquals', ['QQ=='], [['Null', ['true']]]],
    ['ForAnyValue:StringEquals', ['a'], [['ForAllValues:StringNotEquals', ['a']]]],
    ['ForAllValues:StringEquals', ['a'], [['ForAnyValue:StringNotEquals', ['a']]]],
    ['Null', ['true'], [['Null', ['false']]]],
  ] as const)('of %s %j is %j', (operator, values, expected) => {
    const condition = conditionUse(operator, 'k:x', values);
    const [found] = condition === null ? [] : negations(condition);
    expect(found?.map((one) => [one.operator, one.condition.values])).toEqual(expected);
  });
});
