import { describe, expect, test } from 'vitest';
import { importFiles } from '../../src/importing/import-files.ts';

// What removes stored entities must be proved by the answer and by its name.

const A = '111111111111';
const R = 'us-east-1';
const file = (path: string, json: unknown) => ({ path: `${A}/${path}.json`, text: JSON.stringify(json) });
const read = (path: string, json: unknown) => importFiles([file(path, json)]);
const profile = {
  InstanceProfileName: 'app',
  Arn: `arn:aws:iam::${A}:instance-profile/app`,
  InstanceProfileId: 'AIPAAPP',
  Path: '/',
  Roles: [],
};
const bucket = { Name: 'reports', CreationDate: '2026-01-01T00:00:00Z' };
const queues = (count: number) => ({
  QueueUrls: Array.from({ length: count }, (_, index) => `https://sqs.${R}.amazonaws.com/${A}/q${index}`),
});

describe('a file that is named like an answer and holds something else', () => {
  test.each([
    'iam/list-instance-profiles',
    'iam/list-open-id-connect-providers',
    's3api/list-buckets',
    `${R}/sqs/list-queues`,
    `${R}/ec2/describe-vpc-endpoints`,
    `${R}/apigateway/get-rest-apis`,
    `${R}/kms/list-grants@key`,
  ])('is not recognised, and neither removes nor knows anything: %s', (name) => {
    const { document, report } = read(name, { message: 'Service Unavailable' });
    expect(report.notRecognised.map(({ file: path }) => path)).toEqual([`${A}/${name}.json`]);
    expect(document.wholeLists ?? []).toEqual([]);
    expect(document.knowledge ?? []).toEqual([]);
    expect(document.resources ?? []).toEqual([]);
  });

  test.each([
    ['s3api/get-bucket-policy@reports', 'Policy'],
    [`${R}/kms/get-key-policy@key`, 'Policy'],
    [`${R}/s3control/get-access-point-policy@ap`, 'Policy'],
  ])('does not say that there is no policy: %s', (name, member) => {
    const { document, report } = read(name, { message: 'Service Unavailable' });
    expect(document.resources ?? []).toEqual([]);
    expect(report.notUnderstood.map(({ message }) => message)).toEqual([
      `expected \`${member}\`; what is stored of the policy stays`,
    ]);
  });
});

describe('a list of which an entry is not understood is not whole', () => {
  test.each([
    ['iam/list-instance-profiles', { InstanceProfiles: [profile.Arn] }, 'expected an object'],
    [`${R}/sqs/list-queues`, { QueueUrls: [null] }, 'expected a string'],
    [`${R}/sns/list-topics`, { Topics: [`arn:aws:sns:${R}:${A}:t`] }, 'expected an object'],
    [`${R}/ec2/describe-vpc-endpoints`, { VpcEndpoints: ['vpce-1'] }, 'expected an object'],
  ])('%s', (name, json, message) => {
    const { document, report } = read(name, json);
    expect(document.wholeLists ?? []).toEqual([]);
    expect(report.notUnderstood.map((note) => note.message)).toEqual([expect.stringContaining(message)]);
  });
});

describe('a list in a file whose name does not say that everything was asked for', () => {
  test.each([
    ['iam/app-profiles', { InstanceProfiles: [profile] }],
    ['iam/page-3', { InstanceProfiles: [profile], IsTruncated: false }],
    ['eu-buckets', { Buckets: [bucket] }],
  ])('is read, and is not whole: %s', (name, json) => {
    const { document, report } = read(name, json);
    expect(report.notRecognised).toEqual([]);
    expect(document.wholeLists ?? []).toEqual([]);
  });

  test('an only page as an SDK prints it is whole under the name of the command', () => {
    const only = { InstanceProfiles: [profile], IsTruncated: false };
    expect(read('iam/list-instance-profiles', only).document.wholeLists).toHaveLength(1);
    expect(read('iam/list-instance-profiles@marker', only).document.wholeLists ?? []).toEqual([]);
  });

  test('is whole under the name of the command', () => {
    expect(read('s3api/list-buckets', { Buckets: [bucket] }).document.wholeLists).toEqual([
      { accountId: A, kind: 'resources', service: 's3', resourcePrefix: '' },
    ]);
  });
});

describe('a list that is cut off', () => {
  // https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ListStreams.html
  test('says so with HasMoreStreams: streams', () => {
    const { document } = read(`${R}/kinesis/list-streams`, { StreamNames: ['a'], HasMoreStreams: true });
    expect(document.resources).toHaveLength(1);
    expect(document.wholeLists ?? []).toEqual([]);
  });

  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ListQueues.html
  test('does not say so: 1,000 queues', () => {
    const { document, report } = read(`${R}/sqs/list-queues`, queues(1000));
    expect(document.resources).toHaveLength(1000);
    expect(document.wholeLists ?? []).toEqual([]);
    expect(report.notUnderstood.map(({ message }) => message)).toEqual([
      'it holds 1000 queues, and there may be more: ask with `--page-size 1000`',
    ]);
  });

  test.each([999, 1001])('was not cut off: %i queues', (count) => {
    expect(read(`${R}/sqs/list-queues`, queues(count)).document.wholeLists).toHaveLength(1);
  });
});

describe('an answer on an organization that is not understood', () => {
  const root = 'r-abcd';
  const organization = [
    file('organizations/describe-organization', {
      Organization: {
        Id: 'o-exampleorg1',
        Arn: `arn:aws:organizations::${A}:organization/o-exampleorg1`,
        MasterAccountId: A,
      },
    }),
    file('organizations/list-roots', {
      Roots: [
        {
          Id: root,
          Arn: `arn:aws:organizations::${A}:root/o-exampleorg1/${root}`,
          Name: 'Root',
          PolicyTypes: [{ Type: 'SERVICE_CONTROL_POLICY', Status: 'ENABLED' }],
        },
      ],
    }),
    file(`organizations/list-accounts-for-parent@${root}`, {
      Accounts: [
        { Id: '222222222222', Arn: `arn:aws:organizations::${A}:account/o-exampleorg1/222222222222`, Name: 'Member' },
      ],
    }),
    file('organizations/list-policies-for-target@222222222222@SERVICE_CONTROL_POLICY', { Policies: [] }),
  ];
  const knownOf = (ofRoot: unknown) => {
    const name = `organizations/list-policies-for-target@${root}@SERVICE_CONTROL_POLICY`;
    const { document } = importFiles([...organization, file(name, ofRoot)]);
    return document.knowledge?.find(
      ({ accountId, layer }) => accountId === '222222222222' && layer === 'CONTROL_POLICIES',
    )?.state;
  };

  test('what is attached to a target is all of it where an answer says so', () => {
    const name = `organizations/list-policies-for-target@${root}@SERVICE_CONTROL_POLICY`;
    const full = { Id: 'p-FullAWSAccess', Name: 'FullAWSAccess', Type: 'SERVICE_CONTROL_POLICY', AwsManaged: true };
    const { document } = importFiles([...organization, file(name, { Policies: [full] })]);
    const type = 'SERVICE_CONTROL_POLICY';
    expect(document.organizations).toMatchObject([
      {
        keepsUnnamed: true,
        controlPolicies: [{ id: 'p-FullAWSAccess', targets: [root] }],
        wholeAttachments: [
          { type, targetId: root },
          { type, targetId: '222222222222' },
        ],
      },
    ]);
  });

  test('does not say that no control policy is attached', () => {
    expect(knownOf({ Policies: [] })).toBe('COMPLETE');
    expect(knownOf({ Policies: ['p-examplepolicy'] })).toBe('PARTIAL');
    expect(knownOf({ message: 'Service Unavailable' })).toBe('PARTIAL');
  });
});

test('a list of Regions of which one is not understood is not the list of all', () => {
  const topics = file(`${R}/sns/list-topics`, { Topics: [] });
  const states = (...regions: readonly unknown[]) =>
    importFiles([topics, file('account/list-regions', { Regions: regions })]).document.knowledge?.map(
      ({ state }) => state,
    );
  expect(states({ RegionName: R, RegionOptStatus: 'ENABLED_BY_DEFAULT' })).toEqual(['COMPLETE']);
  expect(states({ RegionName: R, RegionOptStatus: 'ENABLED_BY_DEFAULT' }, 'eu-west-1')).toEqual(['PARTIAL']);
});
