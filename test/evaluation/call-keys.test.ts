/**
 * Condition keys that follow from what is called, by whom and on what, and those that every request of AWS has. Each case:
 * what a condition on the key needs to hold, and what it says when the question leaves the key out.
 */
import { describe, expect, test } from 'vitest';
import { authorize } from '../../src/evaluation/authorize.ts';
import type { Decision } from '../../src/evaluation/decision.ts';
import type { PrincipalFacts } from '../../src/evaluation/principal.ts';
import type { RequestFacts } from '../../src/evaluation/request.ts';
import { engineDecision, enginePrincipal, engineResource } from '../support/engine.ts';
import type { Doc, NaiveRequest } from '../support/naive-evaluator.ts';
import { A, action, B, organizationOf, session, user } from '../support/world.ts';

const NOW = Date.UTC(2026, 10, 26, 12);
const KEY = `arn:aws:kms:us-east-1:${A}:key/k`;

interface Asked {
  readonly principal?: PrincipalFacts;
  readonly wildcardOnly?: boolean;
  readonly context?: Readonly<Record<string, string>>;
  readonly assumes?: boolean;
  readonly authority?: RequestFacts['authority'];
  readonly tags?: Readonly<Record<string, string>>;
  readonly policy?: Doc;
}

const doc = (...Statement: readonly Doc[]): Doc => ({ Version: '2012-10-17', Statement });

function request(name: string, arn: string, identity: readonly Doc[], asked: Asked): NaiveRequest {
  const { principal = user(A), wildcardOnly = false, context = {}, tags = {}, authority = 'directory' } = asked;
  const owner = /:(\d{12}):/.exec(arn)?.[1] ?? A;
  return {
    principal,
    action: action(name, wildcardOnly),
    resource: {
      arn,
      accountId: owner,
      organization: organizationOf(owner),
      tags,
      policy: asked.policy ?? null,
      bindings: {},
      rcp: null,
    },
    identity: identity.length === 0 ? [] : [doc(...identity)],
    boundary: null,
    session: null,
    scp: null,
    context: new Map(Object.entries(context).map(([key, value]) => [key.toLowerCase(), value])),
    now: NOW,
    authority,
  };
}

function decide(name: string, arn: string, identity: readonly Doc[], asked: Asked = {}): Decision {
  const q = request(name, arn, identity, asked);
  const { context, now, authority } = q;
  const facts: RequestFacts = { context, now, authority, assumes: asked.assumes ?? true };
  return authorize(enginePrincipal(q), q.action, engineResource(q), facts);
}

const allowIf = (condition: Doc): Doc => ({ Effect: 'Allow', Action: '*', Resource: '*', Condition: condition });
const denyIf = (condition: Doc): Doc => ({ Effect: 'Deny', Action: '*', Resource: '*', Condition: condition });
const everything: Doc = { Effect: 'Allow', Action: '*', Resource: '*' };

// https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-caller-account
describe('kms:CallerAccount', () => {
  // The key policy of aws/s3, as https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-services.html shows such.
  const ofManagedKey = doc({
    Effect: 'Allow',
    Principal: { AWS: '*' },
    Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:DescribeKey'],
    Resource: '*',
    Condition: { StringEquals: { 'kms:CallerAccount': A, 'kms:ViaService': 's3.us-east-1.amazonaws.com' } },
  });
  const viaS3 = { 'kms:ViaService': 's3.us-east-1.amazonaws.com' };

  test('is the account of the caller: key policies of AWS managed keys let it in through their service', () => {
    const decision = decide('kms:Decrypt', KEY, [], { policy: ofManagedKey, context: viaS3 });
    expect(decision).toMatchObject({ effect: 'ALLOWED', assumedContextKeys: [], missingContextKeys: [] });
    expect(decision.matchedStatements.map(({ layer }) => layer)).toEqual(['RESOURCE_POLICY']);
    const direct = decide('kms:Decrypt', KEY, [], { policy: ofManagedKey });
    expect(direct).toMatchObject({ effect: 'IMPLICIT_DENY', deniedBy: 'RESOURCE_POLICY' });
    expect(direct.missingContextKeys).toEqual(['kms:ViaService']);
    const other = { policy: ofManagedKey, context: viaS3, principal: user(B) };
    expect(decide('kms:Decrypt', KEY, [everything], other)).toMatchObject({ deniedBy: 'RESOURCE_POLICY' });
  });

  test('cannot be said otherwise by a request, only by a simulation', () => {
    const lie = { policy: ofManagedKey, context: { ...viaS3, 'kms:CallerAccount': A }, principal: user(B) };
    expect(decide('kms:Decrypt', KEY, [everything], lie).allowed).toBe(false);
    expect(decide('kms:Decrypt', KEY, [everything], { ...lie, authority: 'context' }).allowed).toBe(true);
  });

  test.each(['kms:CreateKey', 'kms:GenerateRandom', 'kms:ListAliases', 'kms:ListKeys', 'kms:ListRetirableGrants'])(
    'is not in %s',
    (name) => {
      const given = { wildcardOnly: true, context: { 'kms:CallerAccount': A } };
      expect(decide(name, '*', [allowIf({ StringEquals: { 'kms:CallerAccount': A } })], given).allowed).toBe(false);
    },
  );

  test('is not in calls of other services, nor of callers without an account', () => {
    const onlyA = allowIf({ StringEquals: { 'kms:CallerAccount': A } });
    expect(decide('sqs:SendMessage', `arn:aws:sqs:us-east-1:${A}:q`, [onlyA]).allowed).toBe(false);
    const service = { kind: 'service', service: 'sns.amazonaws.com' } as const;
    const policy = doc({
      Effect: 'Allow',
      Principal: { Service: service.service },
      Action: 'kms:*',
      Resource: '*',
      Condition: { Null: { 'kms:CallerAccount': 'true' } },
    });
    expect(decide('kms:Decrypt', KEY, [], { principal: service, policy }).allowed).toBe(true);
  });
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
describe('keys that every request has', () => {
  const BUCKET = 'arn:aws:s3:::b';
  test.each<[key: string, condition: Doc, action: string, arn: string, value: string | null]>([
    ['aws:SecureTransport', { Bool: { 'aws:SecureTransport': 'true' } }, 's3:ListBucket', BUCKET, 'true'],
    ['aws:ViaAWSService', { Bool: { 'aws:ViaAWSService': 'false' } }, 's3:ListBucket', BUCKET, 'false'],
    [
      'aws:RequestedRegion',
      { StringEquals: { 'aws:RequestedRegion': 'eu-west-1' } },
      'sqs:SendMessage',
      `arn:aws:sqs:eu-west-1:${A}:q`,
      'eu-west-1',
    ],
    [
      'aws:RequestedRegion',
      { StringEquals: { 'aws:RequestedRegion': 'us-east-1' } },
      'iam:GetUser',
      `arn:aws:iam::${A}:user/x`,
      'us-east-1',
    ],
    [
      'aws:RequestedRegion',
      { StringEquals: { 'aws:RequestedRegion': 'us-west-2' } },
      'globalaccelerator:DescribeAccelerator',
      `arn:aws:globalaccelerator::${A}:accelerator/x`,
      'us-west-2',
    ],
  ])('%s: %j is met by %s, assumed and named', (key, condition, name, arn, value) => {
    const decision = decide(name, arn, [allowIf(condition)]);
    expect(decision).toMatchObject({ effect: 'ALLOWED', assumedContextKeys: [key], missingContextKeys: [] });
    const off = decide(name, arn, [allowIf(condition)], { assumes: false });
    expect(off).toMatchObject({ effect: 'IMPLICIT_DENY', assumedContextKeys: [], missingContextKeys: [key] });
    // What the request says counts, and then nothing is assumed.
    const given = decide(name, arn, [allowIf(condition)], { context: { [key]: value ?? '' } });
    expect(given).toMatchObject({ effect: 'ALLOWED', assumedContextKeys: [] });
    const other = { context: { [key]: value === 'true' ? 'false' : value === 'false' ? 'true' : 'ap-south-1' } };
    expect(decide(name, arn, [allowIf(condition)], other)).toMatchObject({
      effect: 'IMPLICIT_DENY',
      assumedContextKeys: [],
    });
  });

  test.each<[name: string, arn: string, wildcardOnly: boolean]>([
    ['s3:GetObject', 'arn:aws:s3:::b/x', false],
    ['sts:AssumeRole', `arn:aws:iam::${A}:role/r`, false],
    ['ec2:DescribeInstances', '*', true],
  ])('no Region can be assumed of %s on %s', (name, arn, wildcardOnly) => {
    const outside = denyIf({ StringNotEquals: { 'aws:RequestedRegion': 'us-east-1' } });
    const policy = doc({ Effect: 'Allow', Principal: { AWS: A }, Action: '*', Resource: '*' });
    const decision = decide(name, arn, [everything, outside], { wildcardOnly, policy });
    expect(decision).toMatchObject({ effect: 'EXPLICIT_DENY', assumedContextKeys: [] });
    expect(decision.missingContextKeys).toEqual(['aws:RequestedRegion']);
  });

  test('are named only where they matter', () => {
    const harmless = decide('s3:ListBucket', BUCKET, [
      everything,
      allowIf({ Bool: { 'aws:SecureTransport': 'true' } }),
    ]);
    expect(harmless).toMatchObject({ effect: 'ALLOWED', assumedContextKeys: [] });
    const insecure = denyIf({ Bool: { 'aws:SecureTransport': 'false' } });
    expect(decide('s3:ListBucket', BUCKET, [everything, insecure])).toMatchObject({
      effect: 'ALLOWED',
      assumedContextKeys: ['aws:SecureTransport'],
    });
    // With the other key missing, the Deny would not match whatever the transport were.
    const andMfa = denyIf({ Bool: { 'aws:SecureTransport': 'false', 'aws:MultiFactorAuthPresent': 'true' } });
    expect(decide('s3:ListBucket', BUCKET, [everything, andMfa]).assumedContextKeys).toEqual([]);
  });

  test('the Region of a service that stands in one is that of the partition', () => {
    const china = { ...user(A), partition: 'aws-cn' };
    const arn = `arn:aws-cn:iam::${A}:user/x`;
    const inNorth = allowIf({ StringEquals: { 'aws:RequestedRegion': 'cn-north-1' } });
    expect(decide('iam:GetUser', arn, [inNorth], { principal: china }).allowed).toBe(true);
  });
});

// From the condition keys of the service authorization reference; see evaluation/call-keys.ts.
describe('keys of services that follow from the resource', () => {
  const SECRET = `arn:aws:secretsmanager:us-east-1:${A}:secret:db-AbCdEf`;
  const TASK = `arn:aws:ecs:us-east-1:${A}:task/main/0123`;
  const FUNCTION = `arn:aws:lambda:us-east-1:${A}:function:f`;
  const INSTANCE = `arn:aws:ec2:us-east-1:${A}:instance/i-0a`;
  const POINT = `arn:aws:s3:us-east-1:${A}:accesspoint/p`;

  test.each<[key: string, value: string, action: string, arn: string]>([
    ['secretsmanager:SecretId', SECRET, 'secretsmanager:GetSecretValue', SECRET],
    ['ecs:cluster', `arn:aws:ecs:us-east-1:${A}:cluster/main`, 'ecs:StopTask', TASK],
    ['lambda:FunctionArn', FUNCTION, 'lambda:InvokeFunctionUrl', FUNCTION],
    ['ec2:InstanceID', 'i-0a', 'ec2:StopInstances', INSTANCE],
  ])('%s is assumed to be %s in %s', (key, value, name, arn) => {
    const condition = { StringEquals: { [key]: value } };
    const decision = decide(name, arn, [allowIf(condition)]);
    expect(decision).toMatchObject({ effect: 'ALLOWED', assumedContextKeys: [key] });
    const other = decide(name, arn, [allowIf(condition)], { context: { [key]: 'other' } });
    expect(other).toMatchObject({ effect: 'IMPLICIT_DENY', assumedContextKeys: [], missingContextKeys: [] });
    expect(decide(name, arn, [allowIf(condition)], { assumes: false }).missingContextKeys).toEqual([key]);
  });

  test.each<[key: string, action: string, arn: string]>([
    ['ecs:cluster', 'ecs:StopTask', `arn:aws:ecs:us-east-1:${A}:task/0123`],
    ['ecs:cluster', 'ecs:RunTask', `arn:aws:ecs:us-east-1:${A}:task-definition/web:1`],
    ['lambda:FunctionArn', 'lambda:GetFunction', FUNCTION],
  ])('%s is a parameter that may be missing in %s on %s', (key, name, arn) => {
    const decision = decide(name, arn, [everything, denyIf({ Null: { [key]: 'true' } })]);
    expect(decision).toMatchObject({ effect: 'EXPLICIT_DENY', missingContextKeys: [key], assumedContextKeys: [] });
  });

  test.each<[key: string, value: string, action: string, arn: string]>([
    ['ec2:Region', 'us-east-1', 'ec2:StopInstances', INSTANCE],
    ['s3:ResourceAccount', A, 's3:GetObject', 'arn:aws:s3:::b/x'],
    ['s3express:ResourceAccount', B, 's3express:CreateSession', `arn:aws:s3express:us-east-1:${B}:bucket/b--az--x-s3`],
    ['s3:DataAccessPointArn', POINT, 's3:GetObject', `${POINT}/object/x/y`],
    ['s3:DataAccessPointAccount', A, 's3:GetObject', `${POINT}/object/x/y`],
  ])('%s is %s, whatever a request says', (key, value, name, arn) => {
    for (const context of [{}, { [key]: 'forged' }]) {
      const decision = decide(name, arn, [everything, denyIf({ StringEquals: { [key]: value } })], { context });
      expect(decision).toMatchObject({ effect: 'EXPLICIT_DENY', missingContextKeys: [], assumedContextKeys: [] });
    }
  });

  test.each<[key: string, action: string, arn: string]>([
    ['s3:ResourceAccount', 'sqs:SendMessage', `arn:aws:sqs:us-east-1:${A}:q`],
    ['s3:ResourceAccount', 's3express:CreateSession', `arn:aws:s3express:us-east-1:${A}:bucket/b--az--x-s3`],
    ['s3express:ResourceAccount', 's3:GetObject', 'arn:aws:s3:::b/x'],
  ])('%s is a key of its service alone: %s has none', (key, name, arn) => {
    for (const context of [{}, { [key]: A }]) {
      const decision = decide(name, arn, [everything, denyIf({ StringEquals: { [key]: A } })], { context });
      expect(decision).toMatchObject({ effect: 'ALLOWED', missingContextKeys: [], assumedContextKeys: [] });
    }
  });

  test('the Region of EC2 is the one that is called where nothing has a Region', () => {
    const onlyHere = allowIf({ StringEquals: { 'ec2:Region': 'us-east-1' } });
    const asked = { wildcardOnly: true, context: { 'aws:RequestedRegion': 'us-east-1' } };
    expect(decide('ec2:DescribeInstances', '*', [onlyHere], asked).allowed).toBe(true);
    expect(decide('ec2:DescribeInstances', '*', [onlyHere], { wildcardOnly: true }).missingContextKeys).toEqual([
      'ec2:Region',
    ]);
    expect(
      decide('s3:ListBucket', 'arn:aws:s3:::b', [onlyHere], { context: { 'ec2:Region': 'us-east-1' } }).allowed,
    ).toBe(false);
  });

  test.each<[key: string, arn: string, action: string, fits: boolean]>([
    ['rds:db-tag/env', `arn:aws:rds:us-east-1:${A}:db:d`, 'rds:StopDBInstance', true],
    ['rds:db-tag/env', `arn:aws:rds:us-east-1:${A}:cluster:c`, 'rds:StopDBCluster', false],
    ['rds:cluster-tag/ENV', `arn:aws:rds:us-east-1:${A}:cluster:c`, 'rds:StopDBCluster', true],
    ['dms:endpoint-tag/env', `arn:aws:dms:us-east-1:${A}:endpoint:e`, 'dms:DeleteEndpoint', true],
    ['s3:ExistingObjectTag/env', 'arn:aws:s3:::b/x', 's3:GetObject', true],
    ['s3:ExistingObjectTag/env', 'arn:aws:s3:::b', 's3:ListBucket', false],
    ['s3:AccessPointTag/env', POINT, 's3:GetAccessPoint', true],
    ['aws:ResourceTag/env', 'arn:aws:s3:::b/x', 's3:GetObject', false],
    ['s3:BucketTag/env', 'arn:aws:s3:::b/x', 's3:GetObject', false],
  ])('%s of %s in %s: %j', (key, arn, name, fits) => {
    const decision = decide(name, arn, [allowIf({ StringEquals: { [key]: 'prod' } })], { tags: { env: 'prod' } });
    expect(decision.allowed).toBe(fits);
  });

  test('no request can give a tag that the resource has not', () => {
    const prod = allowIf({ StringEquals: { 'rds:db-tag/env': 'prod' } });
    const lie = { tags: { env: 'dev' }, context: { 'rds:db-tag/env': 'prod' } };
    expect(decide('rds:StopDBInstance', `arn:aws:rds:us-east-1:${A}:db:d`, [prod], lie).allowed).toBe(false);
  });
});

test('without the switch nothing is assumed', () => {
  const q = request('iam:GetUser', `arn:aws:iam::${A}:user/x`, [allowIf({ Bool: { 'aws:SecureTransport': 'true' } })], {
    principal: session(A),
  });
  expect(engineDecision(q)).toMatchObject({ effect: 'IMPLICIT_DENY', assumedContextKeys: [] });
});
