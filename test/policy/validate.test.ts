import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { PolicyKind } from '../../src/policy/policy-kind.ts';
import { validatePolicy } from '../../src/policy/validate.ts';

interface Recorded {
  readonly id: string;
  readonly document: unknown;
  readonly message?: string;
}
const recorded: { readonly invalid: readonly Recorded[]; readonly valid: readonly Recorded[] } = JSON.parse(
  readFileSync(new URL('../data/decision-truth/policy-validation-recorded.json', import.meta.url), 'utf8'),
);
const text = (document: unknown): string => (typeof document === 'string' ? document : JSON.stringify(document));

describe("AWS's own verdicts on identity policies", () => {
  test('there are 129', () => expect([recorded.invalid.length, recorded.valid.length]).toEqual([78, 51]));

  test.each(recorded.invalid.map((one, i) => [`${i} ${one.message}`, one] as const))(
    'refused: %s',
    (_name, { document, message }) => {
      const [first] = validatePolicy(text(document), 'identity');
      expect(first).toMatchObject({
        code: 'MalformedPolicyDocument',
        message: message?.replaceAll('<partition>', 'aws').replaceAll('<region>', 'us-east-1'),
      });
    },
  );

  test.each(recorded.valid.map((one, i) => [`${i} ${one.id}`, one] as const))('accepted: %s', (_name, { document }) => {
    expect(validatePolicy(text(document), 'identity')).toEqual([]);
  });
});

const one = (statement: object, version: string | undefined = '2012-10-17'): string =>
  JSON.stringify({ Version: version, Statement: [statement] }, null, 2);
const trust = { Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111111111111:root' }, Action: 'sts:AssumeRole' };
const bucket = { ...trust, Action: 's3:*', Resource: '*' };
const own = { Effect: 'Allow', Action: 's3:*', Resource: '*' };
const rcp = { ...bucket, Effect: 'Deny', Principal: '*' };
const REQUIREMENTS = 'The provided policy document does not meet the requirements of the specified policy type.';

test.each<[PolicyKind, string]>([
  ['identity', one(own)],
  ['boundary', one(own)],
  ['session', one(own)],
  ['trust', one(trust)],
  ['trust', one(trust, '2008-10-17')],
  ['resource', one(bucket)],
  ['resource', one({ ...bucket, Effect: 'Deny', Principal: undefined, NotPrincipal: { AWS: '111111111111' } })],
  ['vpce', one({ ...bucket, Principal: '*' })],
  ['scp', one(own)],
  ['rcp', one(rcp)],
])('a sound %s policy has no findings', (kind, document) => {
  expect(validatePolicy(document, kind)).toEqual([]);
});

test.each<[PolicyKind, string, string, string]>([
  [
    'identity',
    one({ ...own, Principal: '*' }),
    'Policy document should not specify a principal.',
    'Statement[0].Principal',
  ],
  [
    'session',
    one({ ...own, Principal: '*' }),
    'Policy document should not specify a principal.',
    'Statement[0].Principal',
  ],
  ['trust', '{', 'This policy contains invalid Json', ''],
  ['trust', '{"Version":"2012-10-17","Statement":[]}', 'Could not parse the policy: Statement is empty!', 'Statement'],
  ['trust', one({ ...trust, Principal: undefined }), 'Missing required field Principal', 'Statement[0]'],
  [
    'trust',
    one({ ...trust, Principal: {} }),
    'Missing required field Principal cannot be empty!',
    'Statement[0].Principal',
  ],
  [
    'trust',
    one({ ...trust, Action: 's3:GetObject' }),
    'AssumeRole policy may only specify STS AssumeRole actions.',
    'Statement[0].Action',
  ],
  ['trust', one({ ...trust, Action: undefined }), 'Missing required field Action', 'Statement[0]'],
  ['trust', one({ ...trust, Resource: '*' }), 'Has prohibited field Resource', 'Statement[0].Resource'],
  [
    'trust',
    one({ ...trust, Principal: undefined, NotPrincipal: { AWS: '111111111111' } }),
    'Allow with NotPrincipal is not allowed.',
    'Statement[0].NotPrincipal',
  ],
  [
    'trust',
    one({ ...trust, Effect: 'Deny', Principal: undefined, NotPrincipal: { AWS: '111111111111' } }),
    'AssumeRole policy must not contain NotPrincipal field.',
    'Statement[0].NotPrincipal',
  ],
  [
    'trust',
    one({ ...trust, Principal: { AWS: 'arn:aws:iam::111111111111:group/g' } }),
    'Invalid principal in policy: "AWS":"arn:aws:iam::111111111111:group/g"',
    'Statement[0].Principal.AWS',
  ],
  [
    'trust',
    one({
      ...trust,
      Principal: { Federated: 'cognito-identity.amazonaws.com' },
      Action: 'sts:AssumeRoleWithWebIdentity',
    }),
    'A condition block must be present for the Cognito provider',
    'Statement[0].Principal.Federated',
  ],
  [
    'resource',
    one({ ...bucket, Principal: { AWS: 'arn:aws:iam::111111111111:role/*' } }),
    'Invalid principal in policy: "AWS":"arn:aws:iam::111111111111:role/*"',
    'Statement[0].Principal.AWS',
  ],
  [
    'resource',
    one({ ...bucket, Principal: { Service: '*' } }),
    'Invalid principal in policy: "Service":"*"',
    'Statement[0].Principal.Service',
  ],
  [
    'resource',
    one({ ...bucket, Principal: undefined, NotPrincipal: { AWS: '111111111111' } }),
    'Allow with NotPrincipal is not allowed.',
    'Statement[0].NotPrincipal',
  ],
  ['scp', one({ ...own, Principal: '*' }), REQUIREMENTS, 'Statement[0].Principal'],
  ['scp', one(own, '2008-10-17'), REQUIREMENTS, 'Version'],
  ['scp', one({ ...own, Resource: undefined }), REQUIREMENTS, 'Statement[0]'],
  ['rcp', one({ ...rcp, Effect: 'Allow' }), REQUIREMENTS, 'Statement[0].Effect'],
  ['rcp', one({ ...rcp, Principal: { AWS: '111111111111' } }), REQUIREMENTS, 'Statement[0].Principal'],
  ['rcp', one({ ...rcp, Action: '*' }), REQUIREMENTS, 'Statement[0].Action'],
  ['rcp', one({ ...rcp, Action: undefined, NotAction: 's3:*' }), REQUIREMENTS, 'Statement[0].NotAction'],
])('%s: %s', (kind, document, message, path) => {
  expect(validatePolicy(document, kind)[0]).toMatchObject({ message, path });
});

test('line and column are where the fault begins, counted from 1', () => {
  const document =
    '{\n  "Version": "2012-10-17",\n  "Statement": {\n    "Effect": "Allow",\n    "Action": "invalid",\n    "Resource": "*"\n  }\n}';
  expect(validatePolicy(document, 'identity')).toEqual([
    {
      severity: 'ERROR',
      code: 'MalformedPolicyDocument',
      message: 'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.',
      path: 'Statement.Action',
      value: 'invalid',
      line: 5,
      column: 15,
    },
  ]);
});

test('a repeated key is a syntax error at its second place, on every level', () => {
  const twice = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Effect":"Deny","Action":"*","Resource":"*"}}';
  expect(validatePolicy(twice, 'identity')).toMatchObject([
    { message: 'Syntax errors in policy.', path: 'Statement.Effect', column: twice.lastIndexOf('"Effect"') + 1 },
  ]);
  const inCondition =
    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"a:b":"true","a:b":"false"}}}}';
  expect(validatePolicy(inCondition, 'identity')).toMatchObject([
    { message: 'Syntax errors in policy.', path: 'Statement.Condition.Bool.a:b' },
  ]);
});

test.each<[PolicyKind, number, string]>([
  ['identity', 10_240, 'Maximum policy size of 10240 bytes exceeded'],
  ['boundary', 6144, 'Cannot exceed quota for PolicySize: 6144'],
  ['session', 2048, 'Cannot exceed quota for session policies: 2048'],
  ['trust', 8192, 'Cannot exceed quota for ACLSizePerRole: 8192'],
  ['scp', 10_240, 'You have exceeded the maximum policy size: 10240'],
  ['rcp', 5120, 'You have exceeded the maximum policy size: 5120'],
])('%s has at most %i characters', (kind, limit, message) => {
  const statement = kind === 'trust' ? trust : kind === 'rcp' ? rcp : own;
  const filled = (sid: string): string =>
    JSON.stringify({ Version: '2012-10-17', Statement: [{ Sid: sid, ...statement }] });
  const room = limit - filled('').length;
  expect(validatePolicy(filled('a'.repeat(room)), kind)).toEqual([]);
  expect(validatePolicy(filled('a'.repeat(room + 1)), kind)).toMatchObject([{ code: 'LimitExceeded', message }]);
});

test('blanks count in the size of control policies alone', () => {
  const blanks = ' '.repeat(11_000);
  expect(validatePolicy(one(own) + blanks, 'identity')).toEqual([]);
  expect(validatePolicy(one(own) + blanks, 'scp')).toMatchObject([{ code: 'LimitExceeded' }]);
});

test('a text of absurd size is refused with the limit, nesting of absurd depth as no JSON', () => {
  expect(validatePolicy('x'.repeat(131_073), 'identity')).toMatchObject([
    { code: 'ValidationError', message: 'a policy document has at most 131072 characters, this one 131073' },
  ]);
  expect(validatePolicy('['.repeat(100_000), 'identity')).toMatchObject([
    { message: 'Syntax errors in policy.', path: '' },
  ]);
});
