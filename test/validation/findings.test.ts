import { beforeAll, describe, expect, test } from 'vitest';
import { type Catalog, openCatalog } from '../../src/catalog/catalog.ts';
import type { PolicyKind } from '../../src/policy/policy-kind.ts';
import { finished } from '../../src/policy/steps.ts';
import { type DocumentFinding, validatePolicy } from '../../src/validation/validate-policy.ts';

let catalog: Catalog;
beforeAll(async () => {
  catalog = await openCatalog();
});

const find = (statement: object, kind: PolicyKind = 'identity'): readonly DocumentFinding[] =>
  finished(validatePolicy(catalog, JSON.stringify({ Version: '2012-10-17', Statement: [statement] }), kind));
const codes = (statement: object, kind?: PolicyKind): readonly string[] =>
  find(statement, kind).map(({ code }) => code);
const allow = (
  action: string | readonly string[],
  resource: string | readonly string[],
  condition?: object,
): object => ({
  Effect: 'Allow',
  Action: action,
  Resource: resource,
  ...(condition === undefined ? {} : { Condition: condition }),
});

describe('condition keys that AWS lists with a resource type, or with nothing', () => {
  test.each([
    // https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
    ['kms:Decrypt', { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/app' } }],
    // https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAM.Conditions.html
    ['rds:CreateDBInstance', { StringEquals: { 'rds:DatabaseEngine': 'mysql' } }],
    ['ram:AssociateResourceSharePermission', { ArnLike: { 'ram:PermissionArn': 'arn:aws:ram::aws:permission/*' } }],
    // https://docs.aws.amazon.com/marketplace/latest/buyerguide/buyer-iam-users-groups-policies.html
    ['aws-marketplace:Subscribe', { 'ForAnyValue:StringEquals': { 'aws-marketplace:ProductId': 'prod-a' } }],
    // Listed for IoT TwinMaker without an action or a type.
    ['iottwinmaker:GetWorkspace', { 'ForAnyValue:StringEquals': { 'iottwinmaker:linkedServices': 'IOTSITEWISE' } }],
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    ['s3:GetObject', { StringLike: { 'aws:SignInSessionArn': 'arn:*', 'aws:ViaCustomerDomain': 'true' } }],
  ])('%s can have %j', (action, condition) => {
    expect(codes(allow(action, '*', condition))).toEqual([]);
  });

  test('a key of another service, or that no action of the statement has, is told', () => {
    expect(codes(allow('s3:GetObject', '*', { StringEquals: { 'ec2:Owner': '1' } }))).toContain(
      'CONDITION_KEY_NOT_SUPPORTED',
    );
    expect(codes(allow('s3:GetObject', '*', { StringEquals: { 's3:prefix': 'a' } }))).toContain(
      'CONDITION_KEY_NOT_SUPPORTED',
    );
  });
});

// S3 User Guide, example walkthrough 1, and AWS's access-denied sentences for the others.
describe('actions without resource types that AWS asks on an ARN', () => {
  test.each([
    ['s3:ListAllMyBuckets', 'arn:aws:s3:::*'],
    ['iam:ListRoles', 'arn:aws:iam::*:role/*'],
    ['iam:ListUsers', 'arn:aws:iam::111111111111:user/'],
    ['sns:ListTopics', 'arn:aws:sns:*:*:*'],
    ['dynamodb:ListTables', 'arn:aws:dynamodb:eu-west-1:111111111111:table/*'],
    ['logs:DescribeLogGroups', 'arn:aws:logs:*:*:*'],
  ])('%s on %s says something', (action, resource) => {
    expect(codes(allow(action, resource))).toEqual([]);
  });

  test.each([
    // https://github.com/minio/minio/issues/8756
    ['s3:ListAllMyBuckets', 'arn:aws:s3:::b'],
    ['iam:ListRoles', 'arn:aws:iam::*:role/team/*'],
    ['ec2:DescribeInstances', 'arn:aws:ec2:*:*:instance/*'],
    ['iam:ListAccountAliases', 'arn:aws:iam::111111111111:user/*'],
  ])('%s on %s says nothing', (action, resource) => {
    expect(codes(allow(action, resource))).toContain('ACTION_NEEDS_ALL_RESOURCES');
  });
});

describe('what the resources are', () => {
  test('the name of a bucket holds no slash', () => {
    expect(codes(allow('s3:ListBucket', 'arn:aws:s3:::b/*'))).toContain('ACTION_WITHOUT_RESOURCE');
    expect(codes(allow('s3:ListBucket', ['arn:aws:s3:::b', 'arn:aws:s3:::b*']))).toEqual([]);
    expect(codes(allow('s3:ListBucket', 'arn:aws:s3:::${aws:PrincipalTag/bucket}'))).toEqual([]);
  });

  test.each([
    ['arn:aws:ec2:eu-wset-1:111111111111:instance/*', 'UNKNOWN_REGION', 'eu-west-1'],
    ['arn:aws-cn:ec2:us-east-1:111111111111:instance/*', 'UNKNOWN_REGION', null],
    ['arn:aws:ec2:eu-west-1:11111111111:instance/*', 'INVALID_ACCOUNT_ID', null],
    ['arn:aws:ec2:eu-west-1:<account-id>:instance/*', 'PLACEHOLDER', null],
  ])('%s: %s', (resource, code, suggestion) => {
    expect(find(allow('ec2:StopInstances', resource))).toContainEqual(
      expect.objectContaining({ severity: 'WARNING', code, suggestion, path: 'Statement[0].Resource' }),
    );
  });

  test('Regions with wildcards, and those that conditions name', () => {
    expect(codes(allow('ec2:StopInstances', 'arn:aws:ec2:eu-*:*:instance/*'))).toEqual([]);
    const within = (region: string): object =>
      allow('ec2:StopInstances', '*', { StringEquals: { 'aws:RequestedRegion': region } });
    expect(codes(within('eu-west-1'))).toEqual([]);
    expect(codes(within('eu-west1'))).toEqual(['UNKNOWN_REGION']);
  });

  test('an S3 ARN with a Region', () => {
    // The message of IAM was recorded; other kinds of policy are taken, and match nothing.
    expect(find(allow('s3:GetObject', 'arn:aws:s3:us-east-1::b/*'))[0]).toMatchObject({ severity: 'ERROR' });
    const taken = find({ ...allow('s3:GetObject', 'arn:aws:s3:us-east-1::b/*'), Principal: '*' }, 'resource');
    expect(taken).toContainEqual(
      expect.objectContaining({
        code: 'RESOURCE_NEVER_MATCHES',
        message: '`arn:aws:s3:us-east-1::b/*` matches nothing: it is not an ARN: one of s3 has no Region',
      }),
    );
  });
});

describe('bucket policies, which S3 looks at', () => {
  const on = (action: string | readonly string[], resource: string, condition?: object): readonly DocumentFinding[] =>
    find({ ...allow(action, resource, condition), Principal: '*' }, 'resource').filter(
      ({ severity }) => severity === 'ERROR',
    );
  const NO_RESOURCE = 'Action does not apply to any resource(s) in statement';
  const NO_CONDITION = 'Conditions do not apply to combination of actions and resources in statement';

  // https://repost.aws/knowledge-center/s3-troubleshoot-403, and S3's own messages
  test('refuse actions that none of the resources is for', () => {
    const about = { code: 'MalformedPolicy', message: NO_RESOURCE };
    expect(on('s3:PutObject', 'arn:aws:s3:::b')).toMatchObject([{ ...about, path: 'Statement[0].Action' }]);
    expect(on(['s3:GetObject', 's3:ListBucket'], 'arn:aws:s3:::b/*')).toMatchObject([
      { ...about, path: 'Statement[0].Action[1]' },
    ]);
    expect(on(['s3:GetObject', 's3:ListBucket'], 'arn:aws:s3:::b*')).toEqual([]);
  });

  test('refuse conditions that none of the actions has', () => {
    expect(on('s3:GetObject', 'arn:aws:s3:::b/*', { StringLike: { 's3:prefix': 'a/*' } })).toMatchObject([
      { code: 'MalformedPolicy', message: NO_CONDITION },
    ]);
    expect(on('s3:ListBucket', 'arn:aws:s3:::b', { StringLike: { 's3:prefix': 'a/*' } })).toEqual([]);
  });

  test('are not the policies of other services', () => {
    const queue = { ...allow('sqs:ListQueues', 'arn:aws:sqs:eu-west-1:111111111111:q'), Principal: '*' };
    expect(find(queue, 'resource').every(({ severity }) => severity === 'WARNING')).toBe(true);
  });
});

describe('principals', () => {
  const trusting = (principal: object): readonly DocumentFinding[] =>
    find({ Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole' }, 'trust');

  test.each([
    [{ AWS: 'arn:aws:iam::1234567890:root' }],
    [{ AWS: '1234567890' }],
    [{ AWS: 'arn:aws:iam::account-id:role/R' }],
    [{ AWS: 'arn:awss:iam::111111111111:role/R' }],
    [{ Service: 'lambda' }],
    [{ Service: 'lambda.amazon.com' }],
  ])('%j is none', (principal) => {
    expect(trusting(principal)[0]).toMatchObject({
      severity: 'ERROR',
      message: expect.stringMatching(/^Invalid principal in policy: /),
    });
  });

  test('services that the catalogue does not know are told, with what was meant', () => {
    expect(trusting({ Service: 'lamda.amazonaws.com' })).toMatchObject([
      { severity: 'WARNING', code: 'UNKNOWN_SERVICE_PRINCIPAL', suggestion: 'lambda.amazonaws.com' },
    ]);
    for (const name of ['ec2', 'replicator.lambda', 'ecs-tasks', 'states.eu-west-1', 'delivery.logs', 'vpc-flow-logs'])
      expect(trusting({ Service: `${name}.amazonaws.com` })).toEqual([]);
  });
});

describe('what was probably meant', () => {
  const suggestions = (statement: object): readonly (string | null)[] => find(statement).map((one) => one.suggestion);

  test.each<[object, string]>([
    [allow('s3:GetObjcet', '*'), 's3:GetObject'],
    [allow('dyanmodb:GetItem', '*'), 'dynamodb'],
    [allow('s3:GetObject', '*', { StringEqual: { 'aws:username': 'a' } }), 'StringEquals'],
    [allow('s3:GetObject', '*', { 'ForAnyValues:StringEquals': { 'aws:TagKeys': 'a' } }), 'ForAnyValue:StringEquals'],
    [allow('s3:GetObject', '*', { stringequals: { 'aws:username': 'a' } }), 'StringEquals'],
    [allow('s3:GetObject', '*', { StringEquals: { 'aws:usrname': 'a' } }), 'aws:username'],
    [{ Effect: 'Allow', Actions: 's3:*', Resource: '*' }, 'Action'],
    [{ Effect: 'Alow', Action: 's3:*', Resource: '*' }, 'Allow'],
    [{ Effect: 'allow', Action: 's3:*', Resource: '*' }, 'Allow'],
  ])('%j: %s', (statement, suggestion) => {
    expect(suggestions(statement)).toContain(suggestion);
  });
});

// AWS’s message, as users of Terraform have reported it.
test("vendors with wildcards are refused in AWS's words", () => {
  expect(find(allow('*:Untag*', '*'))[0]).toMatchObject({
    code: 'MalformedPolicyDocument',
    message: 'Action vendors (e.g., aws, ec2, etc.) must not contain wildcards',
  });
});

test("AWS's own documents above the limit are read", async () => {
  const policy = catalog.managedPolicy('arn:aws:iam::aws:policy/aws-service-role/AWSSupportServiceRolePolicy');
  const findings = finished(validatePolicy(catalog, policy?.document ?? '', 'identity'));
  expect(findings[0]).toMatchObject({ code: 'ValidationError', message: expect.stringContaining('at most 131072') });
  expect(findings.some(({ severity }) => severity === 'WARNING')).toBe(true);
});

describe('a document that breaks the grammar', () => {
  const told = (statement: object, kind?: PolicyKind): readonly string[] =>
    find(statement, kind).map(({ code, path }) => `${code} ${path}`);

  test('is told of everything else that is wrong, too', () => {
    expect(
      told({
        Effect: 'Alow',
        Action: ['s3:GetObjcet', 5],
        Resource: 'arn:aws:s3:::b/*',
        Condition: { StringEqual: { 'aws:userid': 'x' }, StringLike: { 'aws:SourceIP2': 'x' } },
      }),
    ).toEqual([
      'MalformedPolicyDocument Statement[0].Effect',
      'MalformedPolicyDocument Statement[0].Action[1]',
      'MalformedPolicyDocument Statement[0].Condition.StringEqual',
      'UNKNOWN_ACTION Statement[0].Action[0]',
      'UNKNOWN_CONDITION_KEY Statement[0].Condition.StringLike.aws:SourceIP2',
    ]);
  });

  test('has no findings that follow from what cannot be read alone', () => {
    const mistyped = { Effect: 'Allow', Acton: 's3:GetObject', Resource: 'arn:aws:s3:::b/*' };
    expect(told(mistyped)).toEqual(['MalformedPolicyDocument Statement[0].Acton']);
    const noText = { Effect: 'Allow', Action: 's3:GetObject', Resource: { a: 'arn:aws:s3:::b/*' } };
    expect(told(noText)).toEqual(['MalformedPolicyDocument Statement[0].Resource']);
    const trust = { Effect: 'Allow', Principal: { Aws: A }, Action: 'sts:AssumeRole' };
    expect(told(trust, 'trust')).toEqual(['MalformedPolicyDocument Statement[0].Principal.Aws']);
  });

  test('is told of elements that are missing whatever cannot be read', () => {
    const statement = { Effect: 'Alow', Action: 's3:GetObject' };
    expect(told(statement)).toEqual([
      'MalformedPolicyDocument Statement[0].Effect',
      'MalformedPolicyDocument Statement[0]',
    ]);
  });
});

const A = '111111111111';
