import type * as iam from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Work } from '../../src/access/work.ts';
import type { AwsContext } from '../../src/aws/operations/operation.ts';
import { IAM_SIMULATIONS } from '../../src/aws/operations/simulate/simulate.ts';
import { awsErrorOf } from '../../src/aws/wire/errors.ts';
import type { DirectoryDocument } from '../../src/directory/document.ts';
import { UNKNOWN_ORIGIN } from '../../src/session/call.ts';
import { NOW, signedIn } from '../graphql/gateway.ts';
import { arn, guardedWorld, MEMBER, policy, STRANGER, user } from '../graphql/guarded-world.ts';
import { OPENING, openServices, type TestServices } from '../graphql/services.ts';
import samples from './simulator-samples.json' with { type: 'json' };

const SIMULATOR = arn(MEMBER, 'user/simulator');
/** May simulate, and read no policy. */
const BLIND = arn(MEMBER, 'user/blind');
const WORKER = arn(MEMBER, 'user/worker');
const MAY_READ = { Effect: 'Allow', Action: ['iam:*', 'organizations:*'], Resource: '*' } as const;
const MAY_SIMULATE = { Effect: 'Allow', Action: ['iam:Simulate*', 'iam:GetContextKeysFor*'], Resource: '*' } as const;

let services: TestServices;

beforeAll(async () => {
  services = await openServices(guardedWorld(user(MEMBER, 'simulator', MAY_READ), user(MEMBER, 'blind', MAY_SIMULATE)));
  await services.directory.apply(worldOfSamples());
}, OPENING);
afterAll(() => services.remove());

/** The users of AWS's samples, and who simulates in their accounts. */
function worldOfSamples(): DirectoryDocument {
  const users = new Map<string, Readonly<Record<string, string>>>();
  for (const sample of samples) {
    users.set(sample.caller, { May: policy(MAY_READ) });
    for (const [name, policies] of Object.entries(sample.users ?? {})) users.set(name, policies);
  }
  const accounts = new Set([...users.keys()].map((name) => name.split(':')[4] ?? ''));
  return {
    accounts: [...accounts].map((id) => ({ id, membership: 'NONE' as const })),
    users: [...users].map(([name, policies]) => ({
      arn: name,
      inlinePolicies: Object.entries(policies).map(([policyName, document]) => ({ name: policyName, document })),
      attachedPolicies: [],
    })),
  };
}

function contextOf(caller: string): AwsContext {
  const { access, directory, catalog, sessions } = services;
  return {
    access,
    directory,
    catalog,
    sessions,
    caller: signedIn(caller),
    now: NOW,
    origin: UNKNOWN_ORIGIN,
    request: {},
    work: new Work(),
  };
}

type Name = keyof typeof IAM_SIMULATIONS;

/** The answer, or AWS's code and status with the message of the error. */
async function asked(name: Name, input: object, caller = SIMULATOR): Promise<unknown> {
  try {
    // as: the input is what the codec reads by the operation's own shape
    return await IAM_SIMULATIONS[name](contextOf(caller), input as never);
  } catch (error) {
    const told = awsErrorOf('iam', error);
    return told === null ? Promise.reject(error) : told;
  }
}

async function custom(input: Partial<iam.SimulateCustomPolicyRequest>): Promise<iam.EvaluationResult[]> {
  return resultsOf(await asked('SimulateCustomPolicy', { ActionNames: ['s3:GetObject'], ...input }));
}

async function principal(
  input: Partial<iam.SimulatePrincipalPolicyRequest>,
  caller = SIMULATOR,
): Promise<iam.EvaluationResult[]> {
  const given = { ActionNames: ['s3:PutObject'], PolicySourceArn: WORKER, ...input };
  return resultsOf(await asked('SimulatePrincipalPolicy', given, caller));
}

function resultsOf(answer: unknown): iam.EvaluationResult[] {
  if (typeof answer === 'object' && answer !== null && 'EvaluationResults' in answer) {
    return answer.EvaluationResults as iam.EvaluationResult[]; // as: what the operation answers
  }
  throw new Error(`no results: ${JSON.stringify(answer)}`);
}

/** Decisions in a word each. */
function decisionsOf(results: readonly iam.EvaluationResult[]): readonly (string | undefined)[] {
  return results.map(({ EvalDecision }) => EvalDecision);
}

const allow = (action: string, rest: object = {}): string =>
  policy({ Effect: 'Allow', Action: action, Resource: '*', ...rest });
const deny = (action: string): string => policy({ Effect: 'Deny', Action: action, Resource: '*' });

describe('AWS’s own samples', () => {
  test.each(samples)('$name', async ({ operation, input, caller, results }) => {
    // as: the file names operations of the table
    expect(await asked(operation as Name, input, caller)).toEqual({ EvaluationResults: results, IsTruncated: false });
  });
});

describe('the side of the caller', () => {
  test('without a resource policy, what the resource’s own policy says does not matter', async () => {
    const key = 'arn:aws:kms:us-east-1:999999999999:key/k';
    const role = 'arn:aws:iam::999999999999:role/Far';
    const policies = { PolicyInputList: [allow('kms:*'), allow('sts:*')] };
    expect(decisionsOf(await custom({ ...policies, ActionNames: ['kms:Decrypt'], ResourceArns: [key] }))).toEqual([
      'allowed',
    ]);
    expect(decisionsOf(await custom({ ...policies, ActionNames: ['sts:AssumeRole'], ResourceArns: [role] }))).toEqual([
      'allowed',
    ]);
    const chinese = { PolicyInputList: [allow('s3:*')], ResourceArns: ['arn:aws-cn:s3:::b/x'] };
    expect(decisionsOf(await custom(chinese))).toEqual(['allowed']);
  });

  test('`*` is a text, which only `*` matches', async () => {
    const one = policy({ Effect: 'Allow', Action: 's3:*', Resource: 'arn:aws:s3:::b/*' });
    expect(decisionsOf(await custom({ PolicyInputList: [one] }))).toEqual(['implicitDeny']);
    expect(decisionsOf(await custom({ PolicyInputList: [allow('s3:*')] }))).toEqual(['allowed']);
    expect(decisionsOf(await custom({ PolicyInputList: [allow('kms:*')], ActionNames: ['kms:Decrypt'] }))).toEqual([
      'allowed',
    ]);
  });

  test('resource policies are about users, of whom the caller is named', async () => {
    const ResourcePolicy = JSON.stringify({
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Principal: { AWS: WORKER }, Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/*' },
    });
    const given = { PolicyInputList: [deny('sqs:*')], ResourceArns: ['arn:aws:s3:::b/x'], ResourcePolicy };
    const [result] = await custom({ ...given, CallerArn: WORKER });
    expect(result).toMatchObject({
      EvalDecision: 'allowed',
      MatchedStatements: [{ SourcePolicyId: 'ResourcePolicy', SourcePolicyType: 'Resource Policy' }],
    });
    const simulate = (input: object) =>
      asked('SimulateCustomPolicy', { ActionNames: ['s3:GetObject'], ...given, ...input });
    expect(await simulate({})).toMatchObject({ code: 'InvalidInput', message: expect.stringContaining('CallerArn') });
    expect(await simulate({ CallerArn: arn(MEMBER, 'role/Closed') })).toEqual({
      status: 400,
      code: 'InvalidInput',
      message: 'Invalid caller - Caller must be an IAM user in this context.',
    });
    expect(await simulate({ CallerArn: 'arn:aws:sts::200000000000:assumed-role/Closed/s' })).toEqual({
      status: 400,
      code: 'InvalidInput',
      message:
        "Invalid Entity Arn: 'arn:aws:sts::200000000000:assumed-role/Closed/s' does not clearly define entity type and name.",
    });
  });

  test('across accounts both sides have to allow, and each is told', async () => {
    const ResourcePolicy = JSON.stringify({
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Principal: { AWS: WORKER }, Action: 's3:*', Resource: '*' },
    });
    const given = { CallerArn: WORKER, ResourceArns: ['arn:aws:s3:::b/x'], ResourcePolicy, ResourceOwner: STRANGER };
    const [refused] = await custom({ ...given, PolicyInputList: [deny('s3:*')] });
    expect(refused).toMatchObject({
      EvalDecision: 'explicitDeny',
      EvalDecisionDetails: { 'IAM Policy': 'explicitDeny', 'Resource Policy': 'allowed' },
      MatchedStatements: [{ SourcePolicyId: 'PolicyInputList.1' }],
    });
    const [allowed] = await custom({ ...given, PolicyInputList: [allow('s3:*')] });
    expect(allowed).toMatchObject({
      EvalDecision: 'allowed',
      EvalDecisionDetails: { 'IAM Policy': 'allowed', 'Resource Policy': 'allowed' },
    });
    const levels = [{ ServiceControlPolicyInputList: [deny('s3:*')] }];
    const [controlled] = await custom({
      ...given,
      PolicyInputList: [allow('s3:*')],
      OrderedOrganizationPolicyInputList: levels,
    });
    expect(controlled).toMatchObject({
      EvalDecision: 'explicitDeny',
      EvalDecisionDetails: {},
      MatchedStatements: [],
      OrganizationsDecisionDetail: { AllowedByOrganizations: false },
    });
  });
});

describe('condition keys', () => {
  const conditional = (condition: object): string => allow('s3:*', { Condition: condition });

  test('have to be given: nothing is assumed, not even the time', async () => {
    const time = conditional({ DateLessThan: { 'aws:CurrentTime': '2999-01-01T00:00:00Z' } });
    const secure = conditional({ Bool: { 'aws:SecureTransport': 'true' } });
    const [result] = await custom({ PolicyInputList: [time, secure], CallerArn: WORKER });
    expect(result).toMatchObject({
      EvalDecision: 'implicitDeny',
      MissingContextValues: ['aws:CurrentTime', 'aws:SecureTransport'],
    });
  });

  test('about the caller are filled in where it is known', async () => {
    const name = conditional({ StringEquals: { 'aws:username': 'worker', 'aws:PrincipalAccount': MEMBER } });
    const organization = conditional({ StringEquals: { 'aws:PrincipalOrgID': 'o-first00000' } });
    const tag = conditional({ StringEquals: { 'aws:PrincipalTag/team': 'logs' } });
    expect(decisionsOf(await custom({ PolicyInputList: [name], CallerArn: WORKER }))).toEqual(['allowed']);
    const [nobody] = await custom({ PolicyInputList: [name] });
    expect(nobody).toMatchObject({
      EvalDecision: 'implicitDeny',
      MissingContextValues: ['aws:PrincipalAccount', 'aws:username'],
    });
    const ActionNames = ['s3:GetObject'];
    expect(decisionsOf(await principal({ ActionNames, PolicyInputList: [organization] }))).toEqual(['allowed']);
    expect(await principal({ ActionNames, PolicyInputList: [tag] })).toMatchObject([
      { EvalDecision: 'implicitDeny', MissingContextValues: ['aws:PrincipalTag/team'] },
    ]);
  });

  test.each<readonly [string, readonly string[], string | undefined, object]>([
    ['aws:SourceIp', ['10.1.2.3'], 'ip', { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }],
    ['aws:MultiFactorAuthAge', ['60'], 'numeric', { NumericLessThan: { 'aws:MultiFactorAuthAge': '61' } }],
    ['aws:SecureTransport', ['true'], 'boolean', { Bool: { 'aws:SecureTransport': 'true' } }],
    ['aws:CurrentTime', ['2020-01-01T00:00:00Z'], 'date', { DateLessThan: { 'aws:CurrentTime': '2021-01-01' } }],
    ['aws:TagKeys', ['a', 'b'], 'stringList', { 'ForAnyValue:StringLike': { 'aws:TagKeys': ['b*'] } }],
    ['aws:TagKeys', ['a', 'b'], undefined, { 'ForAnyValue:StringEquals': { 'aws:TagKeys': ['b'] } }],
    ['own:Bytes', ['QQ=='], 'binary', { BinaryEquals: { 'own:Bytes': 'QQ==' } }],
  ])('%s %j as %s', async (ContextKeyName, ContextKeyValues, type, condition) => {
    const entry = { ContextKeyName, ContextKeyValues: [...ContextKeyValues], ContextKeyType: type };
    const given = { PolicyInputList: [conditional(condition)] };
    const entries = [entry] as iam.ContextEntry[]; // as: `type` is one of AWS's
    expect(decisionsOf(await custom({ ...given, ContextEntries: entries }))).toEqual(['allowed']);
    expect(decisionsOf(await custom(given))).toEqual(['implicitDeny']);
  });

  test.each<readonly [string, object]>([
    ['is not of the type numeric', { ContextKeyName: 'a:b', ContextKeyValues: ['x'], ContextKeyType: 'numeric' }],
    [
      'is not of the type ipList',
      { ContextKeyName: 'a:b', ContextKeyValues: ['10.0.0.1', 'x'], ContextKeyType: 'ipList' },
    ],
    ['has 2 values', { ContextKeyName: 'a:b', ContextKeyValues: ['1', '2'], ContextKeyType: 'string' }],
    ['there is no type', { ContextKeyName: 'a:b', ContextKeyValues: ['1'], ContextKeyType: 'constructor' }],
    [
      'ContextEntries: `x` is not `true` or `false`',
      { ContextKeyName: 'aws:SecureTransport', ContextKeyValues: ['x'] },
    ],
    ['the name of a condition key', { ContextKeyValues: ['1'] }],
  ])('refused: %s', async (message, entry) => {
    const input = { PolicyInputList: [allow('s3:*')], ActionNames: ['s3:GetObject'], ContextEntries: [entry] };
    expect(await asked('SimulateCustomPolicy', input)).toMatchObject({
      code: 'InvalidInput',
      message: expect.stringContaining(message),
    });
  });

  test('are listed by name, each once, with those of variables', async () => {
    const given = policy({
      Effect: 'Allow',
      Action: 's3:*',
      Resource: 'arn:aws:s3:::home/${aws:username}/*',
      Condition: { StringEquals: { 'aws:PrincipalTag/team': '${aws:PrincipalOrgID}', 'AWS:UserName': 'x' } },
    });
    const keys = { ContextKeyNames: ['aws:PrincipalOrgID', 'aws:PrincipalTag/team', 'AWS:UserName'] };
    expect(await asked('GetContextKeysForCustomPolicy', { PolicyInputList: [given] })).toEqual(keys);
    const ofPrincipal = { PolicySourceArn: arn(MEMBER, 'group/people'), PolicyInputList: [given] };
    expect(await asked('GetContextKeysForPrincipalPolicy', ofPrincipal)).toEqual(keys);
    expect(await asked('GetContextKeysForCustomPolicy', { PolicyInputList: ['[]'] })).toMatchObject({
      code: 'InvalidInput',
      message: expect.stringContaining('PolicyInputList.1'),
    });
  });
});

describe('a stored principal', () => {
  test('has its own policies, those of its groups, its boundary and the control policies above its account', async () => {
    const ActionNames = [
      's3:PutObject',
      's3:ListBucket',
      's3:GetObject',
      'sqs:SendMessage',
      'secretsmanager:GetSecretValue',
    ];
    const results = await principal({ ActionNames, ResourceArns: ['arn:aws:s3:::logs/x'] });
    expect(
      results.map((one) => [one.EvalActionName, one.EvalDecision, one.MatchedStatements?.map((s) => s.SourcePolicyId)]),
    ).toEqual([
      ['s3:PutObject', 'allowed', ['user_worker_Own']],
      ['s3:ListBucket', 'allowed', ['group_people_Lists']],
      ['s3:GetObject', 'allowed', ['ReadsLogs']],
      ['sqs:SendMessage', 'explicitDeny', ['AtMost']],
      ['secretsmanager:GetSecretValue', 'explicitDeny', []],
    ]);
    const inOrganization = results.map((one) => one.OrganizationsDecisionDetail?.AllowedByOrganizations);
    expect(inOrganization).toEqual([true, true, true, true, false]);
    const inBoundary = results.map((one) => one.PermissionsBoundaryDecisionDetail?.AllowedByPermissionsBoundary);
    expect(inBoundary).toEqual([true, true, true, false, true]);
  });

  test('is not helped by the policy of a stored resource: none is looked up', async () => {
    const given = { ActionNames: ['s3:DeleteObject'], ResourceArns: ['arn:aws:s3:::logs/x'] };
    expect(decisionsOf(await principal(given))).toEqual(['implicitDeny']);
  });

  test('a boundary that is given replaces its own', async () => {
    const given = { ActionNames: ['sqs:SendMessage'], ResourceArns: ['arn:aws:sqs:us-east-1:200000000000:q'] };
    const boundary = { PermissionsBoundaryPolicyInputList: [allow('sqs:*')] };
    expect(await principal({ ...given, ...boundary })).toMatchObject([
      { EvalDecision: 'allowed', PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: true } },
    ]);
  });

  test('roles and groups have policies, too; a group has no organization keys of its own', async () => {
    expect(await principal({ PolicySourceArn: arn(MEMBER, 'role/team/Writer') })).toMatchObject([
      { EvalDecision: 'allowed', MatchedStatements: [{ SourcePolicyId: 'role_Writer_Writes' }] },
    ]);
    const ofGroup = { PolicySourceArn: arn(MEMBER, 'group/people'), ActionNames: ['s3:ListBucket', 's3:PutObject'] };
    expect(await principal(ofGroup)).toMatchObject([
      { EvalDecision: 'allowed', OrganizationsDecisionDetail: { AllowedByOrganizations: true } },
      { EvalDecision: 'implicitDeny' },
    ]);
  });

  test('another caller can be given: as that one, with these policies', async () => {
    const named = allow('s3:GetObject', { Condition: { StringEquals: { 'aws:username': 'nobody' } } });
    const given = { ActionNames: ['s3:GetObject', 's3:PutObject'], PolicyInputList: [named] };
    expect(decisionsOf(await principal({ ...given, CallerArn: arn(MEMBER, 'user/nobody') }))).toEqual([
      'allowed',
      'allowed',
    ]);
    expect(decisionsOf(await principal(given))).toEqual(['implicitDeny', 'allowed']);
  });

  test.each<readonly [string, readonly object[], readonly string[]]>([
    [
      'nothing',
      [{ PolicyArn: arn(MEMBER, 'policy/None') }, { PolicyType: 'rcp' }],
      ['allowed', 'allowed', 'explicitDeny'],
    ],
    ['inline policies', [{ PolicyType: 'inline' }], ['implicitDeny', 'allowed', 'explicitDeny']],
    ['policies of the account', [{ PolicyType: 'user-managed' }], ['allowed', 'implicitDeny', 'explicitDeny']],
    ['a policy by its ARN', [{ PolicyArn: arn(MEMBER, 'policy/Reads*') }], ['allowed', 'implicitDeny', 'explicitDeny']],
    ['the boundary', [{ PolicyType: 'permission-boundary' }], ['allowed', 'allowed', 'allowed']],
    [
      'an inline policy by name',
      [{ InlinePolicyIdentifier: { PolicyName: 'Own', AttachmentType: 'user', AttachmentName: 'w?rker' } }],
      ['implicitDeny', 'allowed', 'explicitDeny'],
    ],
  ])('can be simulated without %s', async (_what, exclusions, decisions) => {
    const results = await principal({
      ActionNames: ['s3:PutObject', 's3:GetObject', 'sqs:SendMessage'],
      ResourceArns: ['arn:aws:s3:::logs/x'],
      PolicyExclusionList: exclusions as iam.PolicyIdentifier[], // as: one member each
    });
    expect(decisionsOf(results)).toEqual(decisions);
  });

  test('service control policies can be left out, all or one', async () => {
    const given = { ActionNames: ['secretsmanager:GetSecretValue'] };
    const all = await principal({ ...given, PolicyExclusionList: [{ PolicyType: 'scp' }] });
    expect(all).toMatchObject([
      { EvalDecision: 'allowed', OrganizationsDecisionDetail: { AllowedByOrganizations: true } },
    ]);
    const { arn: secrets } = await services.directory.prisma.controlPolicy.findFirstOrThrow({
      where: { id: 'p-nosecrets' },
    });
    expect(decisionsOf(await principal({ ...given, PolicyExclusionList: [{ PolicyArn: secrets }] }))).toEqual([
      'allowed',
    ]);
  });

  test.each<readonly [string, object]>([
    ['PolicyExclusionList.1', {}],
    ['PolicyExclusionList.1', { PolicyType: 'inline', PolicyArn: arn(MEMBER, 'policy/A') }],
    ['PolicyExclusionList.1', { PolicyType: 'constructor' }],
    ['PolicyExclusionList.1', { PolicyArn: 'arn:aws:iam::*:policy/A' }],
    ['PolicyExclusionList.1', { PolicyArn: arn(MEMBER, 'policy/*A*') }],
  ])('refused: %s %j', async (message, exclusion) => {
    const input = { PolicySourceArn: WORKER, ActionNames: ['s3:GetObject'], PolicyExclusionList: [exclusion] };
    expect(await asked('SimulatePrincipalPolicy', input)).toMatchObject({
      code: 'InvalidInput',
      message: expect.stringContaining(message),
    });
  });
});

describe('who may simulate', () => {
  test('permission comes first, then the account, then whether the entity is there', async () => {
    const simulate = (PolicySourceArn: string, caller?: string) =>
      asked('SimulatePrincipalPolicy', { PolicySourceArn, ActionNames: ['s3:GetObject'] }, caller);
    const nowhere = arn(MEMBER, 'user/nowhere');
    for (const name of [nowhere, arn(MEMBER, 'user/simulator')]) {
      expect(await simulate(name, WORKER)).toMatchObject({
        status: 403,
        code: 'AccessDenied',
        message: expect.stringContaining(
          `is not authorized to perform: iam:SimulatePrincipalPolicy on resource: ${name}`,
        ),
      });
    }
    expect(await simulate(nowhere)).toEqual({
      status: 404,
      code: 'NoSuchEntity',
      message: 'The user with name nowhere cannot be found.',
    });
    expect(await simulate(arn(MEMBER, 'group/nowhere'))).toMatchObject({ code: 'NoSuchEntity' });
    expect(await simulate(arn(MEMBER, 'root'))).toMatchObject({ code: 'InvalidInput' });
    expect(
      await asked('SimulateCustomPolicy', { PolicyInputList: [], ActionNames: ['s3:GetObject'] }, WORKER),
    ).toMatchObject({
      code: 'AccessDenied',
    });
    expect(await asked('GetContextKeysForCustomPolicy', { PolicyInputList: [] }, WORKER)).toMatchObject({
      code: 'AccessDenied',
    });
    expect(await asked('GetContextKeysForPrincipalPolicy', { PolicySourceArn: WORKER }, WORKER)).toMatchObject({
      code: 'AccessDenied',
    });
  });

  test('of another account: refused, although it may be there', async () => {
    const input = { PolicySourceArn: arn(STRANGER, 'user/somebody'), ActionNames: ['s3:GetObject'] };
    expect(await asked('SimulatePrincipalPolicy', input)).toMatchObject({ status: 403, code: 'AccessDenied' });
  });

  test('names of policies that the caller may not read are withheld; the decision is not', async () => {
    const given = { ActionNames: ['s3:PutObject', 's3:GetObject'], ResourceArns: ['arn:aws:s3:::logs/x'] };
    const readable = await principal(given);
    expect(readable.map((one) => one.MatchedStatements?.length)).toEqual([1, 1]);
    const withheld = await principal({ ...given, PolicyInputList: [allow('s3:GetObject')] }, BLIND);
    expect(decisionsOf(withheld)).toEqual(['allowed', 'allowed']);
    expect(withheld.map((one) => one.MatchedStatements?.map((s) => s.SourcePolicyId))).toEqual([
      [],
      ['PolicyInputList.1'],
    ]);
    expect(JSON.stringify(withheld)).not.toMatch(/Own|ReadsLogs/);
  });
});

describe('results', () => {
  test('are one for each action, with the most restrictive decision of its resources', async () => {
    const statements = policy(
      { Effect: 'Allow', Action: 's3:*', Resource: ['arn:aws:s3:::a/*', 'arn:aws:s3:::b/*'] },
      { Effect: 'Deny', Action: 's3:*', Resource: 'arn:aws:s3:::b/*' },
    );
    const [result] = await custom({
      PolicyInputList: [statements],
      ResourceArns: ['arn:aws:s3:::a/x', 'arn:aws:s3:::b/x', 'arn:aws:s3:::c/x'],
    });
    expect(result).toMatchObject({
      EvalResourceName: 'arn:aws:s3:::${BucketName}/${ObjectName}',
      EvalDecision: 'explicitDeny',
    });
    expect(result?.ResourceSpecificResults?.map((one) => one.EvalResourceDecision)).toEqual([
      'allowed',
      'explicitDeny',
      'implicitDeny',
    ]);
    const [allowed, denied, neither] = (result?.ResourceSpecificResults ?? []).map((one) => one.MatchedStatements);
    expect(result?.MatchedStatements).toEqual(denied);
    expect(allowed?.[0]?.EndPosition).toEqual(denied?.[0]?.StartPosition);
    expect(neither).toEqual([]);
  });

  test('name no more statements than an answer can hold', async () => {
    const statements = Array.from({ length: 300 }, () => ({ Effect: 'Allow', Action: '*', Resource: '*' }) as const);
    const resources = (count: number) => Array.from({ length: count }, (_one, i) => `arn:aws:s3:::b/${i}`);
    const input = { PolicyInputList: [policy(...statements)], ActionNames: ['s3:GetObject'] };
    expect(decisionsOf(await custom({ ...input, ResourceArns: resources(66) }))).toEqual(['allowed']);
    expect(await asked('SimulateCustomPolicy', { ...input, ResourceArns: resources(67) })).toMatchObject({
      code: 'InvalidInput',
      message: expect.stringContaining('more than 20000 statements'),
    });
    const many = {
      ...input,
      ResourceArns: resources(101),
      ActionNames: Array.from({ length: 100 }, () => 's3:GetObject'),
    };
    expect(await asked('SimulateCustomPolicy', many)).toMatchObject({
      code: 'InvalidInput',
      message: expect.stringContaining('the limit is 10000'),
    });
  });

  test('come in pages of actions', async () => {
    const input = {
      PolicyInputList: [allow('s3:GetObject')],
      ActionNames: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'],
      ResourceArns: ['arn:aws:s3:::a/x', 'arn:aws:s3:::a/y'],
      MaxItems: 2,
    };
    const first = await asked('SimulateCustomPolicy', input);
    expect(first).toMatchObject({ IsTruncated: true, Marker: expect.any(String) });
    expect(decisionsOf(resultsOf(first))).toEqual(['allowed', 'implicitDeny']);
    const { Marker } = first as { Marker: string }; // as: seen above
    const second = await asked('SimulateCustomPolicy', { ...input, Marker });
    expect(second).toMatchObject({ IsTruncated: false, EvaluationResults: [{ EvalActionName: 's3:DeleteObject' }] });
    expect(second).not.toHaveProperty('Marker');
    expect(await asked('SimulateCustomPolicy', { ...input, Marker: 'x' })).toMatchObject({ code: 'ValidationError' });
    expect(await asked('SimulateCustomPolicy', { ...input, MaxItems: 0 })).toMatchObject({ code: 'ValidationError' });
  });

  test.each<readonly [string, object]>([
    ['ActionNames.1: `s3:*` is not an action: expected `service:Action` without wildcards', { ActionNames: ['s3:*'] }],
    ['did you mean `s3:GetObject`', { ActionNames: ['s3:GetObjct'] }],
    ['at least one action', { ActionNames: [] }],
    ['ResourceNames are not in a valid ARN format', { ResourceArns: ['bucket'] }],
    ['PolicyInputList.2: ', { PolicyInputList: [allow('s3:*'), '{'] }],
    ['PolicyInputList.1: ', { PolicyInputList: [policy({ Effect: 'Allow', Action: 'nonsense', Resource: '*' })] }],
    [
      'The list of Permissions Boundary policies cannot exceed 1 items.',
      { PermissionsBoundaryPolicyInputList: ['{}', '{}'] },
    ],
    ['PermissionsBoundaryPolicyInputList.1: ', { PermissionsBoundaryPolicyInputList: ['[]'] }],
    [
      'OrderedOrganizationPolicyInputList.2: ',
      {
        OrderedOrganizationPolicyInputList: [{ ServiceControlPolicyInputList: [allow('*')] }, {}],
      },
    ],
    [
      'OrderedOrganizationPolicyInputList.1: ',
      { OrderedOrganizationPolicyInputList: [{ ServiceControlPolicyInputList: ['[]'] }] },
    ],
    ['ResourcePolicy: ', { CallerArn: WORKER, ResourcePolicy: '[]' }],
    ['is not a valid as a Resource Owner', { ResourceOwner: '1234-5678-9012' }],
    ['ResourceHandlingOption', { ResourceHandlingOption: 'EC2-Classic-EBS' }],
    [
      'also needs resources of the types image, security-group, network-interface, volume',
      {
        ResourceHandlingOption: 'EC2-VPC-EBS',
        ResourceArns: ['arn:aws:ec2:us-east-1:200000000000:instance/i-1'],
      },
    ],
  ])('InvalidInput: %s', async (message, input) => {
    const given = { PolicyInputList: [allow('s3:*')], ActionNames: ['s3:GetObject'], ...input };
    expect(await asked('SimulateCustomPolicy', given)).toMatchObject({
      status: 400,
      code: 'InvalidInput',
      message: expect.stringContaining(message),
    });
  });
});
