import { assert, nat, property, shuffledSubarray } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { importFiles } from '../../src/importing/import-files.ts';
import { filesOf } from '../support/import-folder.ts';

const A = '111111111111';
const [aggregate, snapshot] = ['aggregate', 'snapshot'].map((name) =>
  filesOf('aws-config').find(({ path }) => path.endsWith(`${name}.json`)),
);
if (aggregate === undefined || snapshot === undefined)
  throw new Error('the files of test/data/aws-config are not there');
const items: readonly Record<string, unknown>[] = JSON.parse(snapshot.text).configurationItems;
const imported = importFiles([snapshot]);
const role = items[0] ?? {};
/** A snapshot of these items. */
const importItems = (...list: readonly unknown[]) =>
  importFiles([{ path: 'snapshot.json', text: JSON.stringify({ configurationItems: list }) }]);
const notes = ({ report }: ReturnType<typeof importFiles>) =>
  report.notUnderstood.map(({ place, message }) => `${place}: ${message}`);

const ACCESS_POINT = {
  version: '1.3',
  accountId: A,
  configurationItemCaptureTime: '2026-11-01T00:00:00.000Z',
  configurationItemStatus: 'OK',
  resourceType: 'AWS::S3::AccessPoint',
  resourceId: 'finance',
  ARN: `arn:aws:s3:eu-central-1:${A}:accesspoint/finance`,
  awsRegion: 'eu-central-1',
  configuration: {
    Name: 'finance',
    Bucket: 'reports',
    NetworkOrigin: 'VPC',
    VpcConfiguration: { VpcId: 'vpc-1a2b3c' },
    PublicAccessBlockConfiguration: { BlockPublicAcls: true, RestrictPublicBuckets: true },
  },
};

describe('a snapshot', () => {
  test('is understood', () => {
    expect(imported.report).toEqual({
      recognised: [{ file: 'aws-config/snapshot.json', form: 'configuration items of AWS Config' }],
      notRecognised: [],
      notUnderstood: [],
      notListed: 0,
    });
  });

  test('entities of IAM are those that the authorization details would hold', () => {
    const { roles = [], users = [], groups = [], policies = [], instanceProfiles = [] } = imported.document;
    expect(roles).toMatchObject([
      {
        arn: `arn:aws:iam::${A}:role/App`,
        id: 'AROAEXAMPLEROLE000002',
        createdAt: '2024-01-01T00:00:00.000Z',
        attachedPolicies: [`arn:aws:iam::${A}:policy/team/Read`],
        permissionsBoundary: `arn:aws:iam::${A}:policy/Boundary`,
        tags: { team: 'data' },
      },
    ]);
    expect(JSON.parse(roles[0]?.trustPolicy ?? '')).toMatchObject({ Statement: [{ Action: 'sts:AssumeRole' }] });
    expect(
      roles[0]?.inlinePolicies?.map(({ name, document }) => [name, JSON.parse(document).Statement[0].Action]),
    ).toEqual([['write', 's3:PutObject']]);
    expect(users).toMatchObject([
      { groups: [`arn:aws:iam::${A}:group/ops/Readers`], permissionsBoundary: null, inlinePolicies: [] },
    ]);
    expect(groups).toMatchObject([{ attachedPolicies: [`arn:aws:iam::${A}:policy/team/Read`] }]);
    expect(policies.map(({ arn, defaultVersionId }) => [arn, defaultVersionId])).toEqual([
      [`arn:aws:iam::${A}:policy/Boundary`, 'v1'],
      [`arn:aws:iam::${A}:policy/team/Read`, 'v1'],
    ]);
    expect(instanceProfiles).toMatchObject([{ arn: `arn:aws:iam::${A}:instance-profile/App`, role: roles[0]?.arn }]);
  });

  test('access points: what they lead to, from where, and their settings', () => {
    const [point] = importItems(ACCESS_POINT).document.resources ?? [];
    expect(point).toEqual({
      arn: ACCESS_POINT.ARN,
      accountId: A,
      accessPoint: { bucket: 'arn:aws:s3:::reports', vpcId: 'vpc-1a2b3c' },
      publicAccessBlock: {
        blockPublicAcls: true,
        ignorePublicAcls: false,
        blockPublicPolicy: false,
        restrictPublicBuckets: true,
      },
      known: ['publicAccessBlock'],
    });
    const { VpcConfiguration: _, ...without } = ACCESS_POINT.configuration;
    // A VPC whose id is not there is not the internet.
    const [unknown] = importItems({ ...ACCESS_POINT, configuration: without }).document.resources ?? [];
    expect(unknown?.accessPoint).toBeUndefined();
  });

  test('resources, the account’s Block Public Access, endpoints and providers', () => {
    const { resources = [], vpcEndpoints, oidcProviders, accounts } = imported.document;
    const byArn = Object.fromEntries(resources.map((resource) => [resource.arn, resource]));
    expect(byArn['arn:aws:s3:::plain']).toEqual({
      arn: 'arn:aws:s3:::plain',
      accountId: A,
      region: 'us-east-1',
      tags: {},
      policy: null,
      known: ['policy'],
    });
    expect(byArn['arn:aws:s3:::reports']).toMatchObject({
      tags: { team: 'data' },
      publicAccessBlock: { restrictPublicBuckets: true },
      policy: expect.stringContaining('aws:SecureTransport'),
    });
    expect(byArn[`arn:aws:sqs:eu-central-1:${A}:jobs`]?.policy).toContain('sqs:SendMessage');
    expect(resources.find(({ arn }) => arn.includes(':kms:'))?.policy).toContain('kms:*');
    expect(vpcEndpoints).toMatchObject([
      { id: 'vpce-0123456789abcdef0', region: 'eu-central-1', policy: expect.stringContaining('s3:*') },
    ]);
    expect(oidcProviders).toMatchObject([
      { url: 'https://token.actions.githubusercontent.com', clientIds: ['sts.amazonaws.com'] },
    ]);
    expect(accounts).toMatchObject([{ id: A, publicAccessBlock: { blockPublicAcls: true, blockPublicPolicy: false } }]);
  });

  test('no list is whole, nothing of an organization is said, and every layer is known in part at most', () => {
    const { wholeLists, organizations, knowledge = [] } = imported.document;
    expect([wholeLists, organizations]).toEqual([undefined, undefined]);
    expect(new Set(knowledge.map(({ state }) => state))).toEqual(new Set(['PARTIAL']));
    expect(knowledge.map(({ layer, service }) => service ?? layer).sort()).toEqual([
      'BLOCK_PUBLIC_ACCESS',
      'GRANTS',
      'IDENTITY_POLICIES',
      'PERMISSIONS_BOUNDARIES',
      'TRUST_POLICIES',
      'VPC_ENDPOINTS',
      'kms',
      's3',
      'sqs',
    ]);
  });
});

test('results of an aggregate query, whose supplements are texts and whose tags are lists, say the same', () => {
  const results = importFiles([aggregate]);
  expect(results.report.recognised).toEqual([
    { file: 'aws-config/aggregate.json', form: 'results of a query of AWS Config' },
  ]);
  expect(results.report.notUnderstood).toEqual([]);
  expect(results.document).toEqual(imported.document);
  expect(importFiles([aggregate, snapshot]).document).toEqual(imported.document);
});

test('the order of items, and how many files they are in, change nothing', () => {
  assert(
    property(shuffledSubarray([...items], { minLength: items.length }), nat(items.length), (list, cut) => {
      const files = [list.slice(0, cut), list.slice(cut)].map((part, index) => ({
        path: `${index}.json`,
        text: JSON.stringify({ configurationItems: part }),
      }));
      expect(importFiles(files).document).toEqual(imported.document);
    }),
    { numRuns: 20 },
  );
});

describe('a history', () => {
  const at = (time: string, more: object) => ({ ...role, configurationItemCaptureTime: time, ...more });

  test('the latest item counts', () => {
    const older = at('2020-01-01T00:00:00Z', { configuration: { ...(role['configuration'] as object), tags: [] } });
    expect(importItems(older, role).document.roles).toEqual(importItems(role).document.roles);
    expect(importItems(role, older).document.roles).toEqual(importItems(role).document.roles);
  });

  test('what is deleted is not imported, and nothing is removed', () => {
    const result = importItems(role, at('2026-06-01T00:00:00Z', { configurationItemStatus: 'ResourceDeleted' }));
    expect(result.document.roles).toBeUndefined();
    expect(notes(result)).toEqual([
      'configurationItems[1]: AWS::IAM::Role App: AWS Config says that it is deleted; what is stored of it stays',
    ]);
  });
});

describe('items that are incomplete or wrong', () => {
  test('what a query did not select is not taken for none', () => {
    const { arn, roleName, assumeRolePolicyDocument } = role['configuration'] as Record<string, unknown>;
    const result = importItems({ ...role, configuration: { arn, roleName, assumeRolePolicyDocument } });
    for (const member of ['permissionsBoundary', 'inlinePolicies', 'attachedPolicies']) {
      expect(result.document.roles?.[0]).not.toHaveProperty(member);
    }
    const user = items[1] ?? {};
    const short = importItems({ ...user, configuration: { arn: user['ARN'], userName: 'Alice' } });
    for (const member of ['permissionsBoundary', 'inlinePolicies', 'groups']) {
      expect(short.document.users?.[0]).not.toHaveProperty(member);
    }
    const bucket = items.find(({ ARN }) => ARN === 'arn:aws:s3:::reports') ?? {};
    expect(
      importItems({ ...bucket, supplementaryConfiguration: undefined }).document.resources?.[0],
    ).not.toHaveProperty('policy');
  });

  test('a role without its trust policy, an item without configuration, type, account or ARN', () => {
    const result = importItems(
      { ...role, configuration: { ...(role['configuration'] as object), assumeRolePolicyDocument: null } },
      { ...items[1], configuration: undefined },
      { ARN: 'arn:aws:s3:::b', resourceType: 'AWS::S3::Bucket' },
      { resourceType: 'AWS::SQS::Queue', awsAccountId: A, resourceId: 'jobs' },
      'text',
    );
    expect(result.document).toEqual({ accounts: expect.anything(), knowledge: expect.anything() });
    expect(notes(result).sort()).toEqual(
      [
        'configurationItems[1]: AWS::IAM::User Alice: its configuration is missing (a query must select it); left out',
        'configurationItems[2]: expected a configuration item with resourceType and accountId, found an object with `ARN`, `resourceType`',
        'configurationItems[3]: AWS::SQS::Queue jobs: it has no ARN; left out',
        'configurationItems[4]: expected a configuration item with resourceType and accountId, found the string `text`',
        'configurationItems[0]: AWS::IAM::Role App: its trust policy is missing; the role is left out',
      ].sort(),
    );
  });

  test('an item of one account with the ARN of another is left out', () => {
    const queue = items.find(({ resourceType }) => resourceType === 'AWS::SQS::Queue');
    const result = importItems({ ...role, awsAccountId: '222222222222' }, { ...queue, awsAccountId: '222222222222' });
    expect([result.document.roles, result.document.resources]).toEqual([undefined, undefined]);
    expect(notes(result)).toEqual([
      'configurationItems[0]: AWS::IAM::Role App: its ARN is not in its account, 222222222222; left out',
      `configurationItems[1]: AWS::SQS::Queue jobs: \`arn:aws:sqs:eu-central-1:${A}:jobs\` is not in its account, 222222222222; left out`,
    ]);
  });

  test('two items of the same time that differ are refused', () => {
    const other = {
      ...role,
      configuration: { ...(role['configuration'] as object), tags: [{ key: 'team', value: 'x' }] },
    };
    expect(() => importItems(role, other)).toThrow(/role arn:aws:iam::111111111111:role\/App: tags: /);
  });

  test('another answer with Results, and an empty list, are not taken', () => {
    for (const json of [{ Results: [] }, { Results: ['text'] }, { configurationItems: [{ a: 1 }] }]) {
      const { report } = importFiles([{ path: 'x.json', text: JSON.stringify(json) }]);
      expect([report.recognised, report.notRecognised.length]).toEqual([[], 1]);
    }
  });
});
