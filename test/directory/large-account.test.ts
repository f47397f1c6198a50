import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Access, createAccess } from '../../src/access/access.ts';
import { openCatalog } from '../../src/catalog/catalog.ts';
import type { OpenDirectory } from '../../src/directory/prisma/open-directory.ts';
import { importFiles } from '../../src/importing/import-files.ts';
import type { JsonValue } from '../../src/policy/json.ts';
import { aQuestion, NOON } from '../support/questions.ts';
import { takeDirectory } from '../support/recycled-database.ts';

// A large account as AWS printed it, with answers on its organization and buckets written by hand in the form of AWS's
// API reference. Together they say everything that decisions on S3 depend on, so that nothing is left to guess.

const ACCOUNT = '200611803367';
const MANAGEMENT = '999999999999';
const ADMIN = `arn:aws:iam::${ACCOUNT}:user/privesc3-CreateEC2WithExistingInstanceProfile-user`;
const DETAILS = await readFile(
  new URL('../data/account-authorization-details/cloudsplaining-large.json', import.meta.url),
  'utf8',
);

const BUCKET_POLICY = {
  Version: '2012-10-17',
  Statement: {
    Sid: 'EverybodyOfTheAccount',
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
    Action: 's3:GetObject',
    Resource: 'arn:aws:s3:::large-data/*',
  },
};
const FULL_ACCESS = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}';
const FULL_RCP =
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}';

const arn = (rest: string): string => `arn:aws:organizations::${MANAGEMENT}:${rest}`;
const policyOf = (type: string, id: string, Content: string): JsonValue => ({
  Policy: {
    PolicySummary: {
      Id: id,
      Arn: `arn:aws:organizations::aws:policy/${type.toLowerCase()}/${id}`,
      Name: id.slice(2),
      Description: '',
      Type: type,
      AwsManaged: true,
    },
    Content,
  },
});
const TARGETS: JsonValue = {
  Targets: [
    { TargetId: 'r-ab12', Arn: arn('root/o-large00001/r-ab12'), Name: 'Root', Type: 'ROOT' },
    { TargetId: ACCOUNT, Arn: arn(`account/o-large00001/${ACCOUNT}`), Name: 'Large', Type: 'ACCOUNT' },
    { TargetId: MANAGEMENT, Arn: arn(`account/o-large00001/${MANAGEMENT}`), Name: 'Management', Type: 'ACCOUNT' },
  ],
};
const summariesOf = (policy: JsonValue): JsonValue => ({
  Policies: [(policy as { readonly Policy: { readonly PolicySummary: JsonValue } }).Policy.PolicySummary], // as: made above
});
const SCP = policyOf('SERVICE_CONTROL_POLICY', 'p-FullAWSAccess', FULL_ACCESS);
const RCP = policyOf('RESOURCE_CONTROL_POLICY', 'p-RCPFullAWSAccess', FULL_RCP);

const ACCOUNTS: JsonValue = {
  Accounts: [ACCOUNT, MANAGEMENT].map((Id) => ({
    Id,
    Arn: arn(`account/o-large00001/${Id}`),
    Name: Id,
    Status: 'ACTIVE',
  })),
};

const ORGANIZATION: Readonly<Record<string, JsonValue>> = {
  'describe-organization.json': {
    Organization: {
      Id: 'o-large00001',
      Arn: arn('organization/o-large00001'),
      FeatureSet: 'ALL',
      MasterAccountArn: arn(`account/o-large00001/${MANAGEMENT}`),
      MasterAccountId: MANAGEMENT,
    },
  },
  'list-roots.json': {
    Roots: [
      {
        Id: 'r-ab12',
        Arn: arn('root/o-large00001/r-ab12'),
        Name: 'Root',
        PolicyTypes: [
          { Type: 'SERVICE_CONTROL_POLICY', Status: 'ENABLED' },
          { Type: 'RESOURCE_CONTROL_POLICY', Status: 'ENABLED' },
        ],
      },
    ],
  },
  'list-accounts.json': ACCOUNTS,
  'list-accounts-for-parent@r-ab12.json': ACCOUNTS,
  'list-organizational-units-for-parent@r-ab12.json': { OrganizationalUnits: [] },
  'list-policies@SERVICE_CONTROL_POLICY.json': summariesOf(SCP),
  'list-policies@RESOURCE_CONTROL_POLICY.json': summariesOf(RCP),
  'describe-policy@p-FullAWSAccess.json': SCP,
  'describe-policy@p-RCPFullAWSAccess.json': RCP,
  'list-targets-for-policy@p-FullAWSAccess.json': TARGETS,
  'list-targets-for-policy@p-RCPFullAWSAccess.json': TARGETS,
  [`describe-effective-policy@S3_POLICY@${ACCOUNT}.json`]: { Error: { Code: 'EffectivePolicyNotFoundException' } },
  'list-delegated-administrators.json': { DelegatedAdministrators: [] },
};

const BUCKETS: Readonly<Record<string, JsonValue>> = {
  's3api/list-buckets.json': {
    Buckets: [{ Name: 'large-data', CreationDate: '2024-03-01T12:00:00+00:00', BucketRegion: 'eu-west-1' }],
    Owner: { ID: 'a'.repeat(64) },
  },
  's3api/get-bucket-policy@large-data.json': { Policy: JSON.stringify(BUCKET_POLICY) },
  's3api/get-public-access-block@large-data.json': { Error: { Code: 'NoSuchPublicAccessBlockConfiguration' } },
  's3api/get-bucket-ownership-controls@large-data.json': {
    OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
  },
  's3api/get-bucket-abac@large-data.json': { AbacStatus: { Status: 'Disabled' } },
  's3api/get-bucket-tagging@large-data.json': { Error: { Code: 'NoSuchTagSet' } },
  [`s3control/get-public-access-block@${ACCOUNT}.json`]: { Error: { Code: 'NoSuchPublicAccessBlockConfiguration' } },
};

function folder(root: string, files: Readonly<Record<string, JsonValue>>) {
  return Object.entries(files).map(([name, json]) => ({ path: `${root}/${name}`, text: JSON.stringify(json) }));
}

const DETAILS_FILE = { path: `${ACCOUNT}/iam/get-account-authorization-details.json`, text: DETAILS };

let directory: OpenDirectory;
let access: Access;
let gapsBefore: readonly string[];
let notRecognised: readonly unknown[];

beforeAll(async () => {
  directory = await takeDirectory();
  access = createAccess(directory, await openCatalog());
  await directory.apply(importFiles([DETAILS_FILE]).document);
  gapsBefore = await gapsOf('s3:GetObject', 'arn:aws:s3:::large-data/x');
  const whole = importFiles([
    DETAILS_FILE,
    ...folder(`${MANAGEMENT}/organizations`, ORGANIZATION),
    ...folder(ACCOUNT, BUCKETS),
  ]);
  notRecognised = whole.report.notRecognised;
  await directory.apply(whole.document);
}, 60_000);
afterAll(() => directory.close());

async function gapsOf(action: string, resource: string): Promise<readonly string[]> {
  const [answer] = await access.decide([aQuestion(ADMIN, action, resource)], NOON);
  return answer?.gaps ?? ['no answer'];
}

describe('a large account, imported as a folder', () => {
  it('leaves gaps with its authorization details alone', () => {
    expect(gapsBefore).toEqual([
      'arn:aws:s3:::large-data is not in the directory: a resource-based policy of it is not considered',
      'ACLs are not considered: one of arn:aws:s3:::large-data, or of an object in it, could allow s3:GetObject',
    ]);
  });

  it('leaves none with the answers on its organization and buckets', async () => {
    expect(notRecognised).toEqual([]);
    expect(await gapsOf('s3:GetObject', 'arn:aws:s3:::large-data/x')).toEqual([]);
    expect(await gapsOf('s3:ListBucket', 'arn:aws:s3:::large-data')).toEqual([]);
    expect(await gapsOf('iam:CreateUser', `arn:aws:iam::${ACCOUNT}:user/new`)).toEqual([]);
  });

  it('says what is known of each layer', async () => {
    const rows = await directory.prisma.accountKnowledge.findMany({
      where: { accountId: ACCOUNT },
      select: { layer: true, service: true, state: true },
      orderBy: [{ layer: 'asc' }, { service: 'asc' }],
    });
    expect(rows.map(({ layer, service, state }) => [layer, service, state])).toEqual([
      ['BLOCK_PUBLIC_ACCESS', '', 'COMPLETE'],
      ['CONTROL_POLICIES', '', 'COMPLETE'],
      ['IDENTITY_POLICIES', '', 'COMPLETE'],
      ['ORGANIZATION', '', 'COMPLETE'],
      ['PERMISSIONS_BOUNDARIES', '', 'COMPLETE'],
      ['RESOURCE_POLICIES', 's3', 'COMPLETE'],
      ['TRUST_POLICIES', '', 'COMPLETE'],
    ]);
  });
});
