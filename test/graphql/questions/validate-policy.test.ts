import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { createAccess } from '../../../src/access/access.ts';
import { openCatalog } from '../../../src/catalog/catalog.ts';
import { demoDirectory } from '../../../src/directory/demo/demo.ts';
import type { GatewayServices } from '../../../src/graphql/context.ts';
import { MemoryDirectory } from '../../support/memory-directory.ts';
import { ANONYMOUS, faultsOf, type Gateway, gatewayOn, OPERATOR, signedIn } from '../gateway.ts';

let gateway: Gateway;

beforeAll(async () => {
  const catalog = await openCatalog();
  const directory = new MemoryDirectory(demoDirectory(), catalog);
  gateway = gatewayOn({ access: createAccess(directory, catalog), catalog, directory } as unknown as GatewayServices); // no more of the directory is needed here
});

interface Finding {
  readonly severity: string;
  readonly code: string;
  readonly message: string;
  readonly path: string;
  readonly line: number | null;
  readonly column: number | null;
  readonly value: string | null;
}

const VALIDATE = `query ($document: PolicyDocument!, $kind: PolicyKind!) {
  validatePolicy(document: $document, kind: $kind) { severity code message path line column value }
}`;

async function validate(document: unknown, kind = 'IDENTITY_POLICY'): Promise<readonly Finding[]> {
  const result = await gateway.ask(OPERATOR, VALIDATE, { document, kind });
  expect(result.errors).toBeUndefined();
  // as: the fields that are asked for
  return (result.data as { readonly validatePolicy: readonly Finding[] }).validatePolicy;
}

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

interface Recorded {
  readonly id: string;
  readonly document: unknown;
  readonly message?: string;
}
const recorded: { readonly invalid: readonly Recorded[]; readonly valid: readonly Recorded[] } = JSON.parse(
  read('data/decision-truth/policy-validation-recorded.json'),
);

describe('errors, as AWS was recorded to answer', () => {
  const asText = (document: unknown): string => (typeof document === 'string' ? document : JSON.stringify(document));

  test('there are 129', () => expect([recorded.invalid.length, recorded.valid.length]).toEqual([78, 51]));

  test.each(recorded.invalid)('what AWS refuses is refused with its message, before all else: $id', async (one) => {
    const [first] = await validate(asText(one.document));
    expect(first).toMatchObject({
      severity: 'ERROR',
      code: 'MalformedPolicyDocument',
      message: one.message?.replaceAll('<partition>', 'aws').replaceAll('<region>', 'us-east-1'),
    });
  });

  test.each(recorded.valid)('what AWS accepts has no errors: $id', async ({ document }) => {
    expect((await validate(asText(document))).filter(({ severity }) => severity === 'ERROR')).toEqual([]);
  });

  test.each([
    ['TRUST_POLICY', 's3:GetObject', 'AssumeRole policy may only specify STS AssumeRole actions.'],
    [
      'SERVICE_CONTROL_POLICY',
      's3:GetObject',
      'The provided policy document does not meet the requirements of the specified policy type.',
    ],
    ['SESSION_POLICY', 's3:GetObject', 'Policy document should not specify a principal.'],
  ])('depend on the kind: %s', async (kind, action, message) => {
    const statement = { Effect: 'Allow', Principal: { AWS: '111111111111' }, Action: action };
    const resource = kind === 'TRUST_POLICY' ? {} : { Resource: '*' };
    expect(
      (await validate({ Version: '2012-10-17', Statement: { ...statement, ...resource } }, kind))[0],
    ).toMatchObject({
      severity: 'ERROR',
      message,
    });
  });

  test('Allow with NotPrincipal is one, not a warning', async () => {
    const statement = { Effect: 'Allow', NotPrincipal: { AWS: '111111111111' }, Action: 's3:GetObject', Resource: '*' };
    expect(await validate({ Version: '2012-10-17', Statement: statement }, 'RESOURCE_POLICY')).toMatchObject([
      { severity: 'ERROR', message: 'Allow with NotPrincipal is not allowed.', path: 'Statement.NotPrincipal' },
    ]);
  });
});

describe('places', () => {
  const text = [
    '{',
    '  "Version": "2012-10-17",',
    '  "Statement": [',
    '    { "Effect": "Allow", "Resource": "*",',
    '      "Action": ["s3:GetObject", "s3:GetObjcet"] }',
    '  ]',
    '}',
  ].join('\n');
  const finding = {
    severity: 'WARNING',
    code: 'UNKNOWN_ACTION',
    path: 'Statement[0].Action[1]',
    value: 's3:GetObjcet',
    message: '`s3:GetObjcet` is no action of Amazon S3 in the catalogue of 2026-09-26; did you mean `s3:GetObject`?',
  };

  test('of a text are its lines and columns', async () => {
    expect(await validate(text)).toEqual([{ ...finding, line: 5, column: 34 }]);
  });

  test('of an object are its path alone', async () => {
    expect(await validate(JSON.parse(text))).toEqual([{ ...finding, line: null, column: null }]);
  });

  test('of a URL-encoded text are those of the text', async () => {
    expect(await validate(encodeURIComponent(text))).toEqual([{ ...finding, line: 5, column: 34 }]);
  });

  test('in a literal of the query are those of the literal', async () => {
    const query = `{ validatePolicy(kind: IDENTITY_POLICY, document: ${JSON.stringify(text)}) { line column } }`;
    expect(await gateway.ask(OPERATOR, query)).toEqual({ data: { validatePolicy: [{ line: 5, column: 34 }] } });
  });

  test('a key that is there twice is seen', async () => {
    const twice = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Effect":"Deny","Action":"*","Resource":"*"}}';
    expect(await validate(twice)).toEqual([
      {
        severity: 'ERROR',
        code: 'MalformedPolicyDocument',
        message: 'Syntax errors in policy.',
        path: 'Statement.Effect',
        line: 1,
        column: twice.lastIndexOf('"Effect"') + 1,
        value: 'Deny',
      },
    ]);
  });

  test('text that is no JSON is a finding where it stops being so', async () => {
    expect(await validate('{\n  "Version": 2012-10-17\n}')).toMatchObject([
      { severity: 'ERROR', message: 'Syntax errors in policy.', path: '', line: 2, column: 18, value: null },
    ]);
  });
});

type Statement = Readonly<Record<string, unknown>>;
const allow = (action: unknown, resource: unknown = '*', more: Statement = {}): Statement => {
  return { Effect: 'Allow', Action: action, Resource: resource, ...more };
};
const when = (condition: Statement, action: unknown = 's3:GetObject'): Statement => {
  return allow(action, '*', { Condition: condition });
};
const OBJECT = 'arn:aws:s3:::bucket/key';
const BUCKET = 'arn:aws:s3:::bucket';
const variable = (key: string): string => `$\{${key}}`;
const IN_HEAD = `arn:aws:s3::${variable('aws:PrincipalAccount')}:bucket/a`;

/** What shows the warning, where it is found, what AWS would do with it, and what is near but sound. */
type Case = readonly [code: string, faulty: Statement, path: string, message: string, sound: Statement];

const CASES: readonly Case[] = [
  [
    'UNKNOWN_SERVICE',
    allow(['s33:GetObject', 's3:GetObject']),
    'Statement.Action[0]',
    'no service in the catalogue of 2026-09-26 has the prefix `s33`; did you mean `s3`?',
    allow(['S3:GetObject', 's3:GetObject']),
  ],
  [
    'UNKNOWN_ACTION',
    allow('s3:GetObjcet*'),
    'Statement.Action',
    '`s3:GetObjcet*` matches no action of Amazon S3 in the catalogue of 2026-09-26',
    allow('s3:gEtObject*'),
  ],
  [
    'UNKNOWN_ACTION',
    { Effect: 'Deny', NotAction: ['iam:GetUsr', 'iam:GetRole'], Resource: '*' },
    'Statement.NotAction[0]',
    '`iam:GetUsr` is no action of AWS Identity and Access Management (IAM) in the catalogue of 2026-09-26; did you mean `iam:GetUser`?',
    { Effect: 'Deny', NotAction: ['iam:GetUser', 'iam:GetRole'], Resource: '*' },
  ],
  [
    'ACTION_NEVER_MATCHES',
    allow(['s3:GetObject,s3:PutObject', 's3:GetObject']),
    'Statement.Action[0]',
    "`s3:GetObject,s3:PutObject` matches nothing: an action is a service's prefix, a colon and a name",
    allow(['s3:PutObject', 's3:GetObject']),
  ],
  [
    'ACTION_NEEDS_ALL_RESOURCES',
    allow(['s3:ListBucket', 's3:ListAllMyBuckets'], BUCKET),
    'Statement.Action[1]',
    '`s3:ListAllMyBuckets` has no resource types: only `*` in Resource matches its requests',
    allow(['s3:ListBucket', 's3:ListAllMyBuckets'], [BUCKET, '*']),
  ],
  [
    'ACTION_WITHOUT_RESOURCE',
    allow(['s3:ListBucket', 's3:GetObject'], BUCKET),
    'Statement.Action[1]',
    'no resource of the statement is of a type that `s3:GetObject` takes',
    allow(['s3:ListBucket', 's3:GetObject'], `${BUCKET}*`),
  ],
  [
    'ACTION_WITHOUT_RESOURCE',
    allow(['s3:ListBucket', 's3:*ObjectAcl'], BUCKET),
    'Statement.Action[1]',
    'no resource of the statement is of a type that `s3:*ObjectAcl` takes',
    // Some of what the pattern matches takes a bucket, and that is what was meant.
    allow(['s3:ListBucket', 's3:*Acl'], BUCKET),
  ],
  [
    'UNKNOWN_RESOURCE_SERVICE',
    allow('s3:*', ['arn:aws:s4:::bucket', BUCKET]),
    'Statement.Resource[0]',
    'no service in the catalogue of 2026-09-26 has ARNs of `s4`',
    // Portfolios are of Service Catalog, whose prefix is another word than the one of its ARNs.
    allow('servicecatalog:*', 'arn:aws:catalog:us-east-1:111111111111:portfolio/port-1'),
  ],
  [
    'UNKNOWN_RESOURCE_TYPE',
    allow('lambda:*', ['arn:aws:lambda:*:*:function/f', 'arn:aws:lambda:*:*:function:f']),
    'Statement.Resource[0]',
    '`arn:aws:lambda:*:*:function/f` matches no resource type of AWS Lambda in the catalogue of 2026-09-26',
    allow('lambda:*', ['arn:aws:lambda:*:*:fun*', 'arn:aws:lambda:*:*:function:f']),
  ],
  [
    'RESOURCE_NEVER_MATCHES',
    { Effect: 'Deny', Principal: '*', Action: 's3:GetObject', Resource: ['bucket/key', OBJECT] },
    'Statement.Resource[0]',
    '`bucket/key` matches nothing: it is not an ARN',
    { Effect: 'Deny', Principal: '*', Action: 's3:GetObject', Resource: ['arn:aws:s3:::bucket/k?y', OBJECT] },
  ],
  [
    'RESOURCE_NOT_TAKEN',
    allow('s3:GetObject', [BUCKET, OBJECT]),
    'Statement.Resource[0]',
    'no action of the statement takes `arn:aws:s3:::bucket` (bucket)',
    allow(['s3:GetObject', 's3:ListBucket'], [BUCKET, OBJECT]),
  ],
  [
    'RESOURCE_NOT_TAKEN',
    allow('ec2-instance-connect:SendSSHPublicKey', [
      'arn:aws:ec2:*:*:volume/*',
      'arn:aws:ec2:us-east-1:111111111111:instance/i-1',
    ]),
    'Statement.Resource[0]',
    'no action of the statement takes `arn:aws:ec2:*:*:volume/*` (volume)',
    // Instances are of EC2; the action is of another service.
    allow('ec2-instance-connect:SendSSHPublicKey', 'arn:aws:ec2:us-east-1:111111111111:instance/i-1'),
  ],
  [
    'UNKNOWN_CONDITION_KEY',
    when({ StringEquals: { 'aws:PrincipalOrgId2': 'o-1' } }),
    'Statement.Condition.StringEquals.aws:PrincipalOrgId2',
    '`aws:PrincipalOrgId2` is no condition key in the catalogue of 2026-09-26; did you mean `aws:PrincipalOrgID`?',
    when({ StringEquals: { 'AWS:principalorgid': 'o-1' } }),
  ],
  [
    'UNKNOWN_CONDITION_KEY',
    when({ StringEquals: { 's3:ExistingObjectTags/team': 'a' } }),
    'Statement.Condition.StringEquals.s3:ExistingObjectTags/team',
    '`s3:ExistingObjectTags/team` is no condition key in the catalogue of 2026-09-26',
    when({ StringEquals: { 's3:ExistingObjectTag/team': 'a' } }),
  ],
  [
    'UNKNOWN_CONDITION_KEY',
    when({ StringEquals: { 'aws:userid': variable('aws:usrname') } }),
    'Statement.Condition.StringEquals.aws:userid',
    'the policy variable `aws:usrname` is no condition key in the catalogue of 2026-09-26; did you mean `aws:username`?',
    when({ StringEquals: { 'aws:userid': variable("aws:username, 'nobody'") + variable('*') } }),
  ],
  [
    'CONDITION_KEY_NOT_SUPPORTED',
    when({ StringLike: { 's3:prefix': 'home/*' } }),
    'Statement.Condition.StringLike.s3:prefix',
    'no action of the statement has `s3:prefix` in its requests, according to the catalogue: without it the condition never holds',
    when({ StringLike: { 's3:prefix': 'home/*' } }, ['s3:GetObject', 's3:ListBucket']),
  ],
  [
    'CONDITION_KEY_NOT_SUPPORTED',
    when({ StringNotEquals: { 'ec2:InstanceType': 't3.micro' } }, 'ec2:DeleteSnapshot'),
    'Statement.Condition.StringNotEquals.ec2:InstanceType',
    'no action of the statement has `ec2:InstanceType` in its requests, according to the catalogue: without it the condition always holds',
    // What a pattern over all services is about cannot be told.
    when({ StringNotEquals: { 'ec2:InstanceType': 't3.micro' } }, '*'),
  ],
  [
    'OPERATOR_TYPE_MISMATCH',
    when({ NumericEquals: { 'aws:PrincipalArn': '1' } }),
    'Statement.Condition.NumericEquals.aws:PrincipalArn',
    '`NumericEquals` compares numbers, `aws:PrincipalArn` holds ARNs: they never match',
    when({ StringLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/x' } }),
  ],
  [
    'OPERATOR_TYPE_MISMATCH',
    when({ IpAddress: { 'aws:SecureTransport': '203.0.113.7' } }),
    'Statement.Condition.IpAddress.aws:SecureTransport',
    '`IpAddress` compares addresses, `aws:SecureTransport` holds `true` or `false`: they never match',
    // Epoch time is a number as well as a date.
    when({ NumericLessThan: { 'aws:EpochTime': '1800000000' }, Bool: { 'aws:SecureTransport': true } }),
  ],
  [
    'SET_OPERATOR_MISSING',
    when({ StringEquals: { 'aws:CalledVia': 'athena.amazonaws.com' } }),
    'Statement.Condition.StringEquals.aws:CalledVia',
    '`aws:CalledVia` has several values: `StringEquals` needs `ForAnyValue:` or `ForAllValues:`',
    when({
      'ForAnyValue:StringEquals': { 'aws:CalledVia': 'athena.amazonaws.com' },
      Null: { 'aws:CalledVia': 'false' },
    }),
  ],
  [
    'SET_OPERATOR_ON_SINGLE_VALUE',
    when({ 'ForAllValues:StringEquals': { 'aws:PrincipalOrgID': 'o-1' } }),
    'Statement.Condition.ForAllValues:StringEquals.aws:PrincipalOrgID',
    '`aws:PrincipalOrgID` has one value: `ForAllValues:StringEquals` is for keys with several, and holds when the key is absent',
    when({ 'ForAllValues:StringEquals': { 'aws:PrincipalOrgPaths': 'o-1/r-1/' } }),
  ],
  [
    'UNREADABLE_VALUE',
    when({ IpAddress: { 'aws:SourceIp': ['203.0.113.0/24', '203.0.113.0/33'] } }),
    'Statement.Condition.IpAddress.aws:SourceIp[1]',
    '`IpAddress` compares addresses: `203.0.113.0/33` is not an IP address or range',
    when({ IpAddress: { 'aws:SourceIp': ['203.0.113.0/24', '2001:db8::/33'] } }),
  ],
  [
    'UNREADABLE_VALUE',
    when({ ArnLike: { 'aws:PrincipalArn': ['role/x', '*'] } }),
    'Statement.Condition.ArnLike.aws:PrincipalArn[0]',
    '`ArnLike` compares ARNs: `role/x` is not an ARN',
    when({ ArnLike: { 'aws:PrincipalArn': [variable('aws:PrincipalArn'), '*'] } }),
  ],
  [
    'CONDITION_WITHOUT_VALUES',
    when({ StringNotEquals: { 'aws:userid': [] } }),
    'Statement.Condition.StringNotEquals.aws:userid',
    '`aws:userid` is compared with no value',
    when({ StringNotEquals: { 'aws:userid': [''] } }),
  ],
  [
    'VARIABLE_NOT_READ',
    allow('s3:GetObject', ['arn:aws:s3:::bucket/a', IN_HEAD]),
    'Statement.Resource[1]',
    `\`${IN_HEAD}\` matches nothing: policy variables are read only behind the fifth colon`,
    allow('s3:GetObject', ['arn:aws:s3:::bucket/a', `${BUCKET}/${variable('aws:PrincipalAccount')}`]),
  ],
];

describe('warnings', () => {
  const document = (statement: Statement, version = '2012-10-17') => ({ Version: version, Statement: statement });
  const kindOf = (statement: Statement) => ('Principal' in statement ? 'RESOURCE_POLICY' : 'IDENTITY_POLICY');

  test.each(CASES)('%s: %j', async (code, faulty, path, message) => {
    expect(await validate(document(faulty), kindOf(faulty))).toContainEqual(
      expect.objectContaining({ severity: 'WARNING', code, path, message }),
    );
  });

  test.each(CASES.map(([code, , , , sound]) => [code, sound] as const))('no %s: %j', async (_code, sound) => {
    expect(await validate(document(sound), kindOf(sound))).toEqual([]);
  });

  test('a policy variable in a document of 2008 is plain text', async () => {
    const statement = {
      Effect: 'Allow',
      Principal: '*',
      Action: 's3:GetObject',
      Resource: `${BUCKET}/${variable('aws:userid')}`,
    };
    expect(await validate(document(statement, '2008-10-17'), 'RESOURCE_POLICY')).toMatchObject([
      {
        code: 'VARIABLE_NOT_READ',
        path: 'Statement.Resource',
        message: `\`${variable('aws:userid')}\` is plain text here: policy variables need \`"Version": "2012-10-17"\``,
      },
    ]);
    expect(await validate(document(statement), 'RESOURCE_POLICY')).toEqual([]);
  });

  test.each([
    ['no value is left', { StringEquals: { 'aws:userid': ['a', 'b'] }, StringNotLike: { 'aws:UserId': ['a*', 'b'] } }],
    [
      'the range is empty',
      { NumericLessThan: { 's3:max-keys': '10' }, NumericGreaterThanEquals: { 's3:max-keys': '10' } },
    ],
    [
      'the interval is over before it begins',
      {
        DateGreaterThan: { 'aws:CurrentTime': '2026-02-01T00:00:00Z' },
        DateLessThan: { 'aws:CurrentTime': ['2026-01-01T00:00:00Z', '2025-01-01T00:00:00Z'] },
      },
    ],
    ['the key has to be there and must not', { Null: { 'aws:userid': 'true' }, StringLike: { 'aws:userid': 'A*' } }],
  ])('CONTRADICTING_CONDITIONS: %s', async (_why, condition) => {
    const codes = (await validate(document(when(condition, 's3:ListBucket')))).map(({ code }) => code);
    expect(codes).toEqual(['STATEMENT_GRANTS_NOTHING', 'CONTRADICTING_CONDITIONS']);
  });

  test.each([
    ['a value is left', { StringEquals: { 'aws:userid': ['a', 'b'] }, StringNotLike: { 'aws:UserId': ['a*', 'c'] } }],
    [
      'one number',
      { NumericLessThanEquals: { 's3:max-keys': '10' }, NumericGreaterThanEquals: { 's3:max-keys': '10' } },
    ],
    [
      'one of several ends is late enough',
      {
        DateGreaterThan: { 'aws:CurrentTime': '2026-02-01T00:00:00Z' },
        DateLessThan: { 'aws:CurrentTime': ['2026-01-01T00:00:00Z', '2027-01-01T00:00:00Z'] },
      },
    ],
    [
      'nothing has to be there',
      { NumericLessThanIfExists: { 's3:max-keys': '1' }, NumericGreaterThanIfExists: { 's3:max-keys': '9' } },
    ],
    ['the key may be absent', { Null: { 'aws:userid': 'true' }, StringLikeIfExists: { 'aws:userid': 'A*' } }],
    [
      'a variable may hold anything',
      { StringEquals: { 'aws:userid': 'a' }, StringLike: { 'aws:UserId': variable('aws:username') } },
    ],
  ])('no CONTRADICTING_CONDITIONS: %s', async (_why, condition) => {
    expect(await validate(document(when(condition, 's3:ListBucket')))).toEqual([]);
  });

  test.each([
    ['no action is known', allow(['s3:GetObjcet', 's33:*'])],
    ['no action can be on the resources', allow(['s3:GetObject', 's3:ListAllMyBuckets'], BUCKET)],
    ['a condition never holds', when({ NumericEquals: { 'aws:MultiFactorAuthAge': 'soon' } })],
    ['a set is compared as one value', when({ StringEquals: { 'aws:CalledVia': 'athena.amazonaws.com' } })],
    ['every action is excluded', { Effect: 'Allow', NotAction: '*', Resource: '*' }],
    ['every resource is excluded', { Effect: 'Allow', Action: 's3:*', NotResource: '*' }],
  ])('STATEMENT_GRANTS_NOTHING: %s', async (_why, statement) => {
    expect(await validate(document(statement))).toContainEqual(
      expect.objectContaining({
        code: 'STATEMENT_GRANTS_NOTHING',
        path: 'Statement',
        message: 'the statement grants nothing: no request can match it',
        value: null,
      }),
    );
    const denied = (await validate(document({ ...statement, Effect: 'Deny' }))).map(({ code }) => code);
    expect(denied).toContain('STATEMENT_DENIES_NOTHING');
    expect(denied).not.toContain('STATEMENT_GRANTS_NOTHING');
  });

  test.each([
    ['one action is known', allow(['s3:GetObjcet', 's3:GetObject'])],
    ['one action can be on the resources', allow(['s3:GetObject', 's3:ListAllMyBuckets'], OBJECT)],
    ['one value can be read', when({ NumericEquals: { 'aws:MultiFactorAuthAge': ['soon', '10'] } })],
    ['the condition holds without the key', when({ NumericEqualsIfExists: { 'aws:MultiFactorAuthAge': 'soon' } })],
  ])('no STATEMENT_GRANTS_NOTHING: %s', async (_why, statement) => {
    const codes = (await validate(document(statement))).map(({ code }) => code);
    expect(codes).not.toContain('STATEMENT_GRANTS_NOTHING');
  });

  test('stand behind errors, in the order of the document', async () => {
    const statements = [allow('s3:GetObjcet'), { ...allow('s3:PutObjcet'), Sid: 'not alphanumeric' }];
    expect(
      (await validate({ Version: '2012-10-17', Statement: statements })).map(
        ({ severity, path }) => `${severity} ${path}`,
      ),
    ).toEqual([
      'ERROR Statement[1].Sid',
      'WARNING Statement[0]',
      'WARNING Statement[0].Action',
      'WARNING Statement[1]',
      'WARNING Statement[1].Action',
    ]);
  });
});

describe('who may ask', () => {
  const document = { Version: '2012-10-17', Statement: allow('s3:GetObject') };
  const variables = { document, kind: 'IDENTITY_POLICY' };

  test('everybody who is signed in, whatever they are allowed', async () => {
    const bob = signedIn('arn:aws:iam::222222222222:user/bob');
    expect(await gateway.ask(bob, VALIDATE, variables)).toEqual({ data: { validatePolicy: [] } });
  });

  test('nobody else', async () => {
    expect(faultsOf(await gateway.ask(ANONYMOUS, VALIDATE, variables))).toMatchObject([{ code: 'UNAUTHENTICATED' }]);
  });
});

describe('documents of absurd size', () => {
  const fill = (entry: (i: number) => string): string => {
    let entries = '';
    for (let i = 0; entries.length < 130_000; i += 1) entries += `${i === 0 ? '' : ','}${JSON.stringify(entry(i))}`;
    return `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":[${entries}],"Resource":"*"}}`;
  };

  test('are answered with the first 1,000 findings', async () => {
    const findings = await validate(fill((i) => `ec2:*${i}x*`));
    expect(findings).toHaveLength(1000);
    expect(findings[0]).toMatchObject({ severity: 'ERROR', code: 'LimitExceeded' });
    expect(new Set(findings.slice(1).map(({ code }) => code))).toEqual(new Set(['NOT_ALL_CHECKED', 'UNKNOWN_ACTION']));
  });

  test('beyond what AWS reads are refused with the limit', async () => {
    expect(await validate(' '.repeat(131_073))).toMatchObject([
      { code: 'ValidationError', message: 'a policy document has at most 131072 characters, this one 131073' },
    ]);
  });
});
