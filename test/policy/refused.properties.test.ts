/** What is refused where documents are written or simulated is what is read as unreadable where they are stored, and nothing else. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readPolicy } from '../../src/policy/load.ts';
import { MalformedPolicy } from '../../src/policy/malformed-policy.ts';
import type { PolicyKind } from '../../src/policy/policy-kind.ts';
import { unreadableFindings } from '../../src/policy/refused-policy.ts';
import type { Json } from '../support/naive-evaluator.ts';

const A = '111111111111';
const oneOrSome = (...texts: readonly Json[]): fc.Arbitrary<Json> =>
  fc.oneof(
    fc.constantFrom(...texts),
    fc.array(fc.constantFrom(...texts), { maxLength: 3 }).map((list): Json => list),
  );

const resources = oneOrSome(
  '*',
  '**',
  'arn:aws:s3:::b/*',
  'arn:aws:s3:::b/${aws:username}',
  'arn:aws:sqs:*',
  'arn:aws:sqs',
  'arn:aws:*',
  'arn:aws:sqs:us-east-1:*',
  'arn:aws:sqs:*:q',
  'arn:AWS:S3:::b',
  'arn:awss:s3:::b',
  'b/*',
  '',
  ' *',
  'foo*',
  'arn:aws:s3:us-east-1::b',
  `arn:aws:iam:us-east-1:${A}:role/r`,
  'arn:aws:sqs:us-east-1:12345:q',
  'arn:a*:s3:::b',
  'arn:aws:kms:*:${aws:PrincipalAccount}:key/*',
  'arn:aws:s3:::${x',
  'execute-api:/a/GET/b',
  'a*',
  7,
);
const actions = oneOrSome(
  '*',
  's3:*',
  's3:Get Object',
  'GetObject',
  's*:Get',
  's3:Get,Put',
  '*:*',
  '',
  's3:a:b',
  false,
);
const names = {
  AWS: [
    '*',
    A,
    `arn:aws:iam::${A}:root`,
    `arn:aws:iam::${A}:role/R`,
    `arn:aws:iam::${A}:role/*/R`,
    'bob',
    '1234',
    '**',
    7,
  ],
  Service: ['sns.amazonaws.com', '*', 'sns', 'SNS.amazonaws.com', ''],
  Federated: [`arn:aws:iam::${A}:saml-provider/p`, '*', '', 'accounts.google.com'],
  CanonicalUser: ['short', 'a'.repeat(64)],
  aws: [A],
} as const;
const principals: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>('*', A, 'bob', 7, []),
  ...Object.entries(names).map(([type, texts]) => oneOrSome(...texts).map((value): Json => ({ [type]: value }))),
);
const values = oneOrSome(
  'a',
  'true',
  'TRUE',
  'maybe',
  '10',
  'ten',
  '10.0.0.0/8',
  '10.0.0.0/33',
  '2026-01-01T00:00:00Z',
  'today',
  'QQ==',
  'arn:aws:iam::*',
  `arn:aws:iam::${A}:user/*`,
  'arn:awss:iam::*:user/*',
  '*',
  '${aws:username}',
  true,
  10,
);
const operators = fc
  .tuple(
    fc.constantFrom('', '', 'ForAnyValue:', 'forallvalues:', 'ForEachValue:'),
    fc.constantFrom('StringLike', 'Bool', 'NumericEquals', 'DateLessThan', 'NotIpAddress', 'IpAddress', 'ArnLike'),
    fc.constantFrom('', '', 'IfExists', 's'),
  )
  .map((parts) => parts.join(''));
const lines: fc.Arbitrary<Json> = fc.oneof(
  fc
    .tuple(
      fc.oneof(operators, fc.constantFrom('Null', 'NullIfExists', 'BinaryEquals')),
      fc.constantFrom('k:a', 'k.b:c'),
      values,
    )
    .map(([operator, key, value]): Json => ({ [operator]: { [key]: value } })),
  fc.constantFrom<Json>({}, [], 'x', { Nonsense: {} }, { Nonsense: [] }, { StringEquals: { k: {} } }),
);

const statements: fc.Arbitrary<Json> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc
      .tuple(
        fc.constantFrom<Json>('Allow', 'Allow', 'Deny', 'Deny', 'deny', 'Refuse'),
        fc.tuple(fc.constantFrom('Action', 'Action', 'NotAction'), actions),
        fc.option(fc.tuple(fc.constantFrom('Resource', 'Resource', 'NotResource'), resources), { freq: 8 }),
        fc.option(fc.tuple(fc.constantFrom('Principal', 'NotPrincipal'), principals), { freq: 1 }),
        fc.option(fc.tuple(fc.constant('Condition'), lines), { freq: 1 }),
        fc.option(fc.constantFrom<readonly [string, Json]>(['Sid', 's'], ['Sid', 7], ['Conditions', {}]), { freq: 1 }),
      )
      .map(
        ([Effect, ...elements]): Json => ({
          Effect,
          ...Object.fromEntries(elements.filter((one) => one !== null)),
        }),
      ),
  },
  { weight: 1, arbitrary: fc.constantFrom<Json>('Deny *', null, [], { Effect: 'Allow' }) },
);
const documents = fc
  .tuple(
    fc.constantFrom<Json | undefined>('2012-10-17', '2012-10-17', '2008-10-17', undefined, '2020-01-01'),
    fc.oneof(
      statements,
      fc.array(statements, { minLength: 1, maxLength: 3 }).map((list): Json => list),
    ),
  )
  .map(([Version, Statement]) => JSON.stringify({ Version, Statement }))
  // Keys that stand twice, which no object has.
  .chain((text) => fc.constantFrom(text, text, text, text.replace('"Effect":', '"Effect":"Deny","Effect":')));
const kinds = fc.constantFrom<PolicyKind>('identity', 'boundary', 'session', 'trust', 'resource', 'vpce', 'scp', 'rcp');

test('what is refused is what is read as unreadable, statement by statement and element by element', () => {
  const seen = { refused: 0, sound: 0 };
  fc.assert(
    fc.property(documents, kinds, (text, kind) => {
      const { faults } = readPolicy(text, kind);
      const findings = unreadableFindings(text, kind);
      seen[faults.length === 0 ? 'sound' : 'refused'] += 1;
      const isList = Array.isArray(JSON.parse(text).Statement);
      const elementOf = (path: string): string => /^(?:Statement(?:\[\d+\])?(?:\.\w+)?)?/.exec(path)?.[0] ?? '';
      const faulty = faults.map(({ statement, element }) => {
        const at = statement === null ? '' : isList ? `Statement[${statement}]` : 'Statement';
        return [at, element].filter((part) => part !== null && part !== '').join('.');
      });
      expect(new Set(findings.map(({ path }) => (path === 'Version' ? path : elementOf(path))))).toEqual(
        new Set(faulty),
      );
      for (const { message, line, column } of findings) {
        expect(message.length).toBeGreaterThan(0);
        expect([line >= 1, column >= 1]).toEqual([true, true]);
      }
    }),
    { numRuns: 5000 },
  );
  expect(seen.refused).toBeGreaterThan(500);
  expect(seen.sound).toBeGreaterThan(50);
});

test('a text that is no policy document has no parts that could be unreadable', () => {
  for (const text of ['', '[]', '{', '{"Statement":[],"More":1}', '{}']) {
    expect(() => readPolicy(text, 'identity')).toThrow(MalformedPolicy);
    expect(unreadableFindings(text, 'identity')).toEqual([]);
  }
});
