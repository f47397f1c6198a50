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
  ['trust', one({ ...trust, Effect: undefined }), 'Missing required field Effect', 'Statement[0]'],
  ['trust', one({ ...trust, Effect: 'allow' }), 'Invalid effect: allow', 'Statement[0].Effect'],
  ['trust', one({ ...trust, Effect: 'Permit' }), 'Invalid effect: Permit', 'Statement[0].Effect'],
  ['trust', one(trust, '2013-01-01'), 'The policy must contain a valid version string', 'Version'],
  [
    'trust',
    one({ ...trust, Principal: { AWS: [] } }),
    'Missing required field Principal cannot be empty!',
    'Statement[0].Principal',
  ],
  [
    'trust',
    one({ ...trust, Principal: { CanonicalUser: '79a5' } }),
    'Invalid principal in policy: "CanonicalUser":"79a5"',
    'Statement[0].Principal.CanonicalUser',
  ],
  [
    'trust',
    one({ ...trust, Principal: { AWS: 'arn:aws:iam::111111111111:instance-profile/p' } }),
    'Invalid principal in policy: "AWS":"arn:aws:iam::111111111111:instance-profile/p"',
    'Statement[0].Principal.AWS',
  ],
  [
    'trust',
    one({ ...trust, Action: ['sts:AssumeRole', 'sts:GetCallerIdentity'] }),
    'AssumeRole policy may only specify STS AssumeRole actions.',
    'Statement[0].Action[1]',
  ],
  [
    'trust',
    one({ ...trust, Action: '*' }),
    'AssumeRole policy may only specify STS AssumeRole actions.',
    'Statement[0].Action',
  ],
  [
    'trust',
    one({ ...trust, Action: undefined, NotAction: 'sts:AssumeRole' }),
    'Missing required field Action',
    'Statement[0]',
  ],
  [
    'trust',
    one({ ...trust, NotResource: '*' }),
    'AssumeRole policy must not contain resources.',
    'Statement[0].NotResource',
  ],
  ['vpce', one({ ...bucket, Resource: undefined }), 'Policy statement must contain resources.', 'Statement[0]'],
  ['scp', one({ ...own, Action: 'GetObject' }), REQUIREMENTS, 'Statement[0].Action'],
  ['scp', one({ ...own, Action: undefined, NotAction: ['s3:*', 's*:Get'] }), REQUIREMENTS, 'Statement[0].NotAction[1]'],
  ['scp', one({ ...own, Effect: 'allow' }), REQUIREMENTS, 'Statement[0].Effect'],
  ['scp', one({ ...own, Principal: undefined, NotPrincipal: '*' }), REQUIREMENTS, 'Statement[0].NotPrincipal'],
  ['rcp', one({ ...rcp, Action: 'GetObject' }), REQUIREMENTS, 'Statement[0].Action'],
  ['rcp', one({ ...rcp, Action: '*:*' }), REQUIREMENTS, 'Statement[0].Action'],
  ['rcp', one({ ...rcp, Resource: undefined }), REQUIREMENTS, 'Statement[0]'],
  ['rcp', one({ ...rcp, Principal: undefined, NotPrincipal: '*' }), REQUIREMENTS, 'Statement[0].Principal'],
  ['rcp', one(rcp, '2008-10-17'), REQUIREMENTS, 'Version'],
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

test('what is wrong is told once', () => {
  expect(validatePolicy(one({ ...rcp, Effect: 'deny' }), 'rcp')).toHaveLength(1);
  expect(validatePolicy('{"Version":"2012-10-17","Statement":"x"}', 'identity')).toHaveLength(1);
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
      suggestion: null,
      line: 5,
      column: 15,
    },
  ]);
});

test.each<[PolicyKind, object, string]>([
  ['identity', { ...own, Action: ['s3:*', 'x'] }, 'Statement[0].Action[1]'],
  ['identity', { ...own, Resource: ['*', 'x'] }, 'Statement[0].Resource[1]'],
  ['identity', { ...own, Resource: ['*', 1] }, 'Statement[0].Resource[1]'],
  [
    'identity',
    { ...own, Condition: { DateLessThan: { 'k:x': ['2026', 'x'] } } },
    'Statement[0].Condition.DateLessThan.k:x[1]',
  ],
  ['identity', { ...own, Condition: { Bool: { 'k:x': ['true', {}] } } }, 'Statement[0].Condition.Bool.k:x[1]'],
  ['resource', { ...bucket, Principal: { AWS: ['*', 'x'] } }, 'Statement[0].Principal.AWS[1]'],
  ['trust', { ...trust, Principal: { AWS: ['*', 'x'] } }, 'Statement[0].Principal.AWS[1]'],
  ['trust', { ...trust, Principal: { Service: ['ec2.amazonaws.com', '*'] } }, 'Statement[0].Principal.Service[1]'],
])('%s: of a list, the path and the place are those of the one that is wrong: %o', (kind, statement, path) => {
  const document = one(statement);
  const [first] = validatePolicy(document, kind);
  expect(first?.path).toBe(path);
  const line = document.split('\n')[(first?.line ?? 0) - 1] ?? '';
  expect(line.slice((first?.column ?? 0) - 1)).toMatch(/^(?:"x"|"\*"|1|\{\})/);
});

test('a repeated key is a syntax error at its second place, on every level', () => {
  const twice = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Effect":"Deny","Action":"*","Resource":"*"}}';
  expect(validatePolicy(twice, 'identity')).toMatchObject([
    { message: 'Syntax errors in policy.', path: 'Statement.Effect', column: twice.lastIndexOf('"Effect"') + 1 },
  ]);
  const inPrincipal =
    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*","Principal":{"AWS":"111111111111","AWS":"*"}}}';
  expect(validatePolicy(inPrincipal, 'resource')).toMatchObject([
    { message: 'Syntax errors in policy.', path: 'Statement.Principal.AWS' },
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
  ['resource', 32_768, 'Cannot exceed quota for resource-based policies: 32768'],
  ['vpce', 20_480, 'Cannot exceed quota for VPC endpoint policies: 20480'],
  ['scp', 10_240, 'You have exceeded the maximum policy size: 10240'],
  ['rcp', 5120, 'You have exceeded the maximum policy size: 5120'],
])('%s has at most %i characters', (kind, limit, message) => {
  const statement = { trust, rcp, resource: bucket, vpce: bucket }[kind as string] ?? own;
  const filled = (sid: string): string =>
    JSON.stringify({ Version: '2012-10-17', Statement: [{ Sid: sid, ...statement }] });
  const room = limit - filled('').length;
  expect(validatePolicy(filled('a'.repeat(room)), kind)).toEqual([]);
  expect(validatePolicy(filled('a'.repeat(room + 1)), kind)).toMatchObject([{ code: 'LimitExceeded', message }]);
});

test.each<[PolicyKind, object, boolean]>([
  ['identity', own, false],
  ['boundary', own, false],
  ['session', own, false],
  ['trust', trust, false],
  ['resource', bucket, true],
  ['vpce', bucket, true],
  ['scp', own, true],
  ['rcp', rcp, true],
])('blanks around the elements of an %s policy: %o; they count: %s', (kind, statement, counts) => {
  const document = one(statement) + ' '.repeat(40_000);
  expect(validatePolicy(document, kind).map(({ code }) => code)).toEqual(counts ? ['LimitExceeded'] : []);
});

test.each<[PolicyKind, object, string | null]>([
  [
    'identity',
    own,
    'The specified value for policyDocument is invalid. It must contain only printable ASCII characters.',
  ],
  [
    'boundary',
    own,
    'The specified value for policyDocument is invalid. It must contain only printable ASCII characters.',
  ],
  [
    'trust',
    trust,
    'The specified value for policyDocument is invalid. It must contain only printable ASCII characters.',
  ],
  [
    'session',
    own,
    "1 validation error detected: Value at 'policy' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\u0009\\u000A\\u000D\\u0020-\\u00FF]+",
  ],
  ['resource', bucket, null],
  ['scp', own, null],
])('characters above U+00FF in an %s policy', (kind, statement, message) => {
  const saying = (text: string): string =>
    one({ ...statement, Condition: { StringEquals: { 'aws:PrincipalTag/city': text } } });
  expect(validatePolicy(saying('\u00ff'), kind)).toEqual([]);
  const document = saying('\u0100');
  const line = document.slice(0, document.indexOf('\u0100')).split('\n');
  const expected = {
    code: 'ValidationError',
    message,
    path: '',
    line: line.length,
    column: (line.at(-1) ?? '').length + 1,
  };
  expect(validatePolicy(document, kind)).toMatchObject(message === null ? [] : [expected]);
});

const web = (host: string, condition?: object) =>
  one({
    Effect: 'Allow',
    Principal: { Federated: host.includes('/') ? host : `arn:aws:iam::111111111111:oidc-provider/${host}` },
    Action: 'sts:AssumeRoleWithWebIdentity',
    ...(condition === undefined ? {} : { Condition: condition }),
  });
const GITHUB = 'token.actions.githubusercontent.com';

// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html
test.each<[string, object | undefined, boolean]>([
  [GITHUB, undefined, false],
  [GITHUB, { StringEquals: { [`${GITHUB}:aud`]: 'sts.amazonaws.com' } }, false],
  [GITHUB, { StringLike: { [`${GITHUB}:sub`]: '*' } }, false],
  [GITHUB, { StringNotEquals: { [`${GITHUB}:sub`]: 'repo:me/mine' } }, false],
  [GITHUB, { Null: { [`${GITHUB}:sub`]: 'false' } }, false],
  [GITHUB, { StringLike: { [`${GITHUB.toUpperCase()}:SUB`]: 'repo:me/*' } }, true],
  [GITHUB, { StringEquals: { [`${GITHUB}:sub`]: ['repo:me/mine:ref:refs/heads/main'] } }, true],
  ['gitlab.com', undefined, false],
  ['gitlab.com', { StringEquals: { 'gitlab.com:sub': 'project_path:me/mine' } }, true],
  ['oidc.vercel.com', { StringEquals: { 'oidc.vercel.com:sub': 'me' } }, false],
  ['oidc.vercel.com', { StringEquals: { 'oidc.vercel.com:aud': 'https://vercel.com/me' } }, true],
  ['sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d', undefined, false],
  ['oidc.mine.example.com', undefined, true],
])('who trusts %s has to ask whose tokens: %o', (host, condition, sound) => {
  const findings = validatePolicy(web(host, condition), 'trust');
  expect(findings.map(({ path }) => path)).toEqual(sound ? [] : ['Statement[0].Principal.Federated']);
});

test('a text of 131,072 characters is read', () => {
  expect(validatePolicy(one(own).padEnd(131_072), 'identity')).toEqual([]);
});

test('a text of absurd size is refused with the limit, nesting of absurd depth as no JSON', () => {
  expect(validatePolicy('x'.repeat(131_073), 'identity')).toMatchObject([
    { code: 'ValidationError', message: 'a policy document has at most 131072 characters, this one 131073' },
  ]);
  expect(validatePolicy('['.repeat(100_000), 'identity')).toMatchObject([
    { message: 'Syntax errors in policy.', path: '' },
  ]);
});
