import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type KeyForm, keyValues } from '../../src/analysis/grants/key-values.ts';
import { compileCondition } from '../../src/policy/condition.ts';
import type { ContextValue } from '../../src/policy/context-key.ts';
import { finished } from '../../src/policy/steps.ts';

interface Family {
  readonly key: string;
  readonly form: KeyForm;
  readonly operators: readonly string[];
  readonly wanted: readonly string[];
  readonly given: fc.Arbitrary<ContextValue | undefined>;
}

const textOf = (letters: string): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...letters.split('')), maxLength: 5 });
const single = (type: string): KeyForm => ({ type, isList: false, always: false });
const arn = fc
  .tuple(fc.constantFrom('s3', 'sns'), fc.constantFrom('', 'r'), fc.constantFrom('', '1', '12'), textOf('ab:'))
  .map(([service, region, account, name]) => `arn:aws:${service}:${region}:${account}:n${name}`);

const FAMILIES: readonly Family[] = [
  {
    key: 's3:prefix',
    form: single('String'),
    operators: [
      'StringEquals',
      'StringNotEquals',
      'StringLike',
      'StringNotLikeIfExists',
      'StringEqualsIgnoreCase',
      'StringNotEqualsIgnoreCase',
    ],
    wanted: ['a', 'A', 'ab', 'a*', '*b', 'a?', 'B*', ''],
    given: fc.option(textOf('abAB'), { nil: undefined }),
  },
  {
    key: 'aws:SourceArn',
    form: single('ARN'),
    operators: ['ArnLike', 'ArnNotLike', 'StringLike', 'ArnEqualsIfExists'],
    wanted: [
      '*',
      'arn:aws:s3:*:*:n*',
      'arn:aws:*:r:1*:na',
      'arn:*:sns:*:na',
      'arn:aws:s3:::n?b*',
      'arn:aws:s?:*:*:*:*',
    ],
    given: fc.option(arn, { nil: undefined }),
  },
  {
    key: 's3:max-keys',
    form: single('Numeric'),
    operators: [
      'NumericEquals',
      'NumericNotEquals',
      'NumericLessThan',
      'NumericGreaterThanEquals',
      'NumericLessThanEqualsIfExists',
    ],
    wanted: ['0', '1', '3', '10'],
    given: fc.constantFrom(undefined, '-1', '0', '0.5', '1', '2', '3', '5', '10', '11'),
  },
  {
    key: 'aws:SourceIp',
    form: single('IPAddress'),
    operators: ['IpAddress', 'NotIpAddress', 'IpAddressIfExists'],
    wanted: ['10.0.0.0/8', '10.1.0.0/16', '10.1.2.3', '0.0.0.0/0', '2001:db8::/32', '2001:db8:1::/48'],
    given: fc.constantFrom(
      undefined,
      '10.0.0.1',
      '10.1.0.1',
      '10.1.2.3',
      '11.0.0.1',
      '9.9.9.9',
      '2001:db8::2',
      '2001:db8:1::2',
      '2002::1',
    ),
  },
  {
    key: 'aws:TokenIssueTime',
    form: single('Date'),
    operators: ['DateLessThan', 'DateGreaterThanEquals', 'DateEquals'],
    wanted: ['2026-01-01T00:00:00Z', '2026-01-01T00:00:01Z', '2027-01-01'],
    given: fc.constantFrom(
      undefined,
      '2025-01-01T00:00:00Z',
      '2026-01-01T00:00:00Z',
      '2026-01-01T00:00:00.5Z',
      '2026-06-01T00:00:00Z',
      '2028-01-01T00:00:00Z',
    ),
  },
  {
    key: 'aws:TagKeys',
    form: { type: 'String', isList: true, always: false },
    operators: ['ForAnyValue:StringEquals', 'ForAllValues:StringLike', 'ForAnyValue:StringNotEquals', 'StringEquals'],
    wanted: ['a', 'b', 'a*'],
    given: fc.option(fc.array(fc.constantFrom('a', 'b', 'ab', 'c'), { minLength: 1, maxLength: 3 }), {
      nil: undefined,
    }),
  },
];

describe('values of a key', () => {
  it.each(FAMILIES.map((family) => [family.key, family] as const))(
    '%s: every value is treated like one of them',
    (key, family) => {
      const condition = fc
        .tuple(fc.constantFrom(...family.operators), fc.subarray([...family.wanted], { minLength: 1, maxLength: 2 }))
        .map(([operator, values]) => compileCondition(operator, key, values, false));
      fc.assert(
        fc.property(fc.array(condition, { minLength: 1, maxLength: 3 }), family.given, (conditions, given) => {
          const uses = conditions.map((one) => ({ condition: one, variables: false }));
          const { values, complete } = finished(keyValues(uses, family.form, { value: () => undefined }));
          expect(complete).toBe(true);
          const treated = (value: ContextValue | undefined): string =>
            conditions.map((one) => Number(one.holds({ value: () => value }))).join('');
          expect(new Set(values.map(treated))).toContain(treated(given));
        }),
        { numRuns: 150 },
      );
    },
  );
});
