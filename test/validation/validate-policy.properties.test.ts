import * as fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { type Catalog, openCatalog } from '../../src/catalog/catalog.ts';
import type { PolicyKind } from '../../src/policy/policy-kind.ts';
import { finished } from '../../src/policy/steps.ts';
import { validatePolicy } from '../../src/validation/validate-policy.ts';

let catalog: Catalog;
beforeAll(async () => {
  catalog = await openCatalog();
});

const oneOrMore = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | T[]> =>
  fc.oneof(values, fc.array(values, { maxLength: 3 }));
const word = fc.constantFrom(
  '',
  '*',
  '?',
  ':',
  '${',
  '}',
  'arn:aws:',
  's3',
  'iam::',
  ':::',
  'Get*',
  'Object',
  'role/',
  'aws:',
  '/',
  '1',
  ' ',
);
const phrase = fc.oneof(
  fc.array(word, { maxLength: 8 }).map((words) => words.join('')),
  fc.constantFrom(
    '*',
    's3:GetObject',
    's3:GetObjcet',
    'ec2:*',
    'arn:aws:s3:::b',
    'arn:aws:s3:::b/*',
    'aws:userid',
    'true',
    '10.0.0.0/8',
  ),
);
const operator = fc.constantFrom(
  'StringEquals',
  'ForAnyValue:StringLike',
  'NumericLessThanIfExists',
  'NumericGreaterThan',
  'Null',
  'Bool',
  'IpAddress',
  'ArnLike',
  'DateEquals',
  'Strange',
);
const scalar = fc.oneof(phrase, fc.boolean(), fc.integer());
const statement = fc.record(
  {
    Effect: fc.constantFrom('Allow', 'Deny', 'allow'),
    Principal: fc.constantFrom('*', { AWS: '111111111111' }),
    Action: oneOrMore(phrase),
    NotAction: oneOrMore(phrase),
    Resource: oneOrMore(phrase),
    NotResource: oneOrMore(phrase),
    Condition: fc.dictionary(operator, fc.dictionary(phrase, oneOrMore(scalar), { maxKeys: 3 }), { maxKeys: 3 }),
  },
  { requiredKeys: ['Effect'] },
);
const document = fc.record({ Version: fc.constantFrom('2012-10-17', '2008-10-17'), Statement: oneOrMore(statement) });
const kind = fc.constantFrom<PolicyKind>('identity', 'boundary', 'session', 'trust', 'resource', 'vpce', 'scp', 'rcp');

test('every finding stands where it says', () => {
  fc.assert(
    fc.property(document, kind, fc.constantFrom(0, 2), (json, policyKind, indent) => {
      const text = JSON.stringify(json, null, indent);
      const lines = text.split('\n');
      for (const { line, column, value, path, message } of finished(validatePolicy(catalog, text, policyKind))) {
        const rest = (lines[line - 1] ?? '').slice(column - 1);
        expect([path, message, rest]).not.toEqual([path, message, '']);
        const forms = value === null ? [''] : [value, JSON.stringify(value)];
        const stands = forms.some((form) => rest.startsWith(form));
        expect([path, message, rest, stands]).toEqual([path, message, rest, true]);
      }
    }),
    { numRuns: 2000 },
  );
});

test('any text is answered, not thrown at', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), kind, (text, policyKind) => {
      expect(finished(validatePolicy(catalog, text, policyKind)).length).toBeGreaterThan(0);
    }),
  );
});

test('a document with more wildcards than are compared with the catalogue says so; one with fewer does not', () => {
  const codesOf = (patterns: number): Set<string> => {
    const actions = Array.from({ length: patterns }, (_, i) => `ec2:*${i.toString(36)}*`);
    const statement = { Effect: 'Allow', Action: actions, Resource: '*' };
    const text = JSON.stringify({ Version: '2012-10-17', Statement: statement });
    return new Set(finished(validatePolicy(catalog, text, 'scp')).map(({ code }) => code));
  };
  const perPattern = catalog.actionsOf('ec2').length;
  const enough = Math.floor(1_500_000 / perPattern);
  expect(codesOf(enough)).not.toContain('NOT_ALL_CHECKED');
  expect(codesOf(enough + 1)).toContain('NOT_ALL_CHECKED');
});
