import { assert, property, shuffledSubarray } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseIamCollectPath } from '../../src/importing/iam-collect/iam-collect-path.ts';
import { importFiles } from '../../src/importing/import-files.ts';
import type { SourceFile } from '../../src/importing/source-file.ts';
import { filesOf } from '../support/import-folder.ts';

const FILES = filesOf('iam-collect');
const A = '111111111111';
const ROOT = 'iam-collect/aws/aws';
const imported = importFiles(FILES);
const file = (path: string, json: unknown): SourceFile => ({ path: `${ROOT}/${path}`, text: JSON.stringify(json) });
/** The folder with files in the place of others; null: without that one. */
function changed(changes: Readonly<Record<string, unknown>>) {
  const kept = FILES.filter(({ path }) => !(path.slice(ROOT.length + 1) in changes));
  const given = Object.entries(changes).flatMap(([path, json]) => (json === null ? [] : [file(path, json)]));
  return importFiles([...kept, ...given]);
}
const notes = ({ report }: ReturnType<typeof importFiles>) =>
  report.notUnderstood.map(({ file, place, message }) => `${file.replace(`${ROOT}/`, '')}: ${place}: ${message}`);
const known = ({ document }: ReturnType<typeof importFiles>, accountId = A) =>
  Object.fromEntries(
    (document.knowledge ?? [])
      .filter((each) => each.accountId === accountId)
      .map(({ layer, service, state, missing }) => [service ?? layer, missing ?? state]),
  );

describe('what the folder holds', () => {
  test('every file is understood', () => {
    expect(imported.report.notRecognised).toEqual([]);
    expect(notes(imported)).toEqual([]);
    expect(imported.report.recognised).toHaveLength(FILES.length);
  });

  test('names and paths come from metadata.json, not from the lower-case folders', () => {
    const { roles = [], users = [], groups = [] } = imported.document;
    expect(roles.map(({ arn }) => arn)).toEqual([
      `arn:aws:iam::${A}:role/App`,
      `arn:aws:iam::${A}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef`,
    ]);
    expect(users).toEqual([
      {
        arn: `arn:aws:iam::${A}:user/ops/Alice`,
        id: 'AIDAEXAMPLEUSER000001',
        createdAt: '2023-01-01T00:00:00.000Z',
        inlinePolicies: [],
        attachedPolicies: [],
        tags: {},
        permissionsBoundary: null,
        groups: [`arn:aws:iam::${A}:group/ops/Readers`],
      },
    ]);
    expect(groups).toMatchObject([{ attachedPolicies: [`arn:aws:iam::${A}:policy/team/Read`], inlinePolicies: [] }]);
  });

  test('a role with its policies, boundary, tags and session duration', () => {
    const [app, admin] = imported.document.roles ?? [];
    expect(app).toMatchObject({
      id: 'AROAEXAMPLEROLE000002',
      permissionsBoundary: `arn:aws:iam::${A}:policy/Boundary`,
      tags: { team: 'data' },
      attachedPolicies: [`arn:aws:iam::${A}:policy/team/Read`],
    });
    expect(app?.inlinePolicies?.map(({ name }) => name)).toEqual(['write']);
    expect(JSON.parse(app?.trustPolicy ?? '')).toMatchObject({ Statement: [{ Action: 'sts:AssumeRole' }] });
    expect(admin).toMatchObject({
      maxSessionDuration: 43_200,
      permissionsBoundary: null,
      tags: {},
      inlinePolicies: [],
    });
  });

  test('managed policies with their current version, those of AWS too', () => {
    expect(imported.document.policies?.map(({ arn, versions }) => [arn, versions.length])).toEqual([
      [`arn:aws:iam::${A}:policy/Boundary`, 1],
      [`arn:aws:iam::${A}:policy/team/Read`, 1],
      ['arn:aws:iam::aws:policy/AdministratorAccess', 1],
    ]);
  });

  test('resources: the account is that of the folder; a file that is not there says that there is none', () => {
    const [key, plain, reports] = imported.document.resources ?? [];
    expect(plain).toEqual({
      arn: 'arn:aws:s3:::plain',
      accountId: A,
      region: 'us-east-1',
      tags: {},
      policy: null,
      publicAccessBlock: null,
      known: ['policy', 'publicAccessBlock'],
    });
    expect(reports).toMatchObject({ tags: { team: 'data' }, publicAccessBlock: { restrictPublicBuckets: true } });
    expect(JSON.parse(reports?.policy ?? '')).toMatchObject({ Statement: [{ Effect: 'Deny' }] });
    expect(JSON.parse(key?.policy ?? '')).toMatchObject({ Statement: [{ Action: 'kms:*' }] });
    expect(imported.document.vpcEndpoints).toMatchObject([
      {
        id: 'vpce-0123456789abcdef0',
        accountId: A,
        region: 'eu-central-1',
        vpcId: 'vpc-0123456789abcdef0',
        type: 'Gateway',
      },
    ]);
    expect(imported.document.accounts?.[0]?.publicAccessBlock).toMatchObject({
      blockPublicAcls: true,
      restrictPublicBuckets: false,
    });
  });

  test('access points: what they lead to, from where, and their settings', () => {
    const folder = `aws/aws/accounts/${A}/s3/eu-central-1/accesspoint/finance`;
    const arn = `arn:aws:s3:eu-central-1:${A}:accesspoint/finance`;
    const metadata = {
      name: 'finance',
      arn,
      networkOrigin: 'VPC',
      vpc: 'vpc-1a2b3c',
      bucket: 'reports',
      bucketAccount: A,
    };
    const { document } = importFiles([
      { path: `${folder}/metadata.json`, text: JSON.stringify(metadata) },
      { path: `${folder}/bpa.json`, text: JSON.stringify({ BlockPublicAcls: true, RestrictPublicBuckets: true }) },
    ]);
    expect(document.resources).toMatchObject([
      {
        arn,
        accountId: A,
        policy: null,
        accessPoint: { bucket: 'arn:aws:s3:::reports', vpcId: 'vpc-1a2b3c' },
        publicAccessBlock: { restrictPublicBuckets: true },
      },
    ]);
  });

  test('the organization: its tree, its control policies under their true ids, and what they are attached to', () => {
    expect(imported.document.organizations).toHaveLength(1);
    const [organization] = imported.document.organizations ?? [];
    expect(organization).toMatchObject({
      id: 'o-exampleorg1',
      rootId: 'r-ab12',
      managementAccountId: '999999999999',
      scpEnabled: true,
      rcpEnabled: true,
    });
    expect(organization?.units?.map(({ id, parentId }) => [id, parentId])).toEqual([
      ['ou-ab12-workload1', null],
      ['ou-ab12-sandboxes', 'ou-ab12-workload1'],
    ]);
    expect(organization?.controlPolicies?.map(({ id, type, targets }) => [id, type, targets])).toEqual([
      ['p-0regions1', 'SERVICE_CONTROL_POLICY', ['ou-ab12-workload1']],
      [
        'p-FullAWSAccess',
        'SERVICE_CONTROL_POLICY',
        [A, '999999999999', 'ou-ab12-sandboxes', 'ou-ab12-workload1', 'r-ab12'],
      ],
      [
        'p-RCPFullAWSAccess',
        'RESOURCE_CONTROL_POLICY',
        [A, '999999999999', 'ou-ab12-sandboxes', 'ou-ab12-workload1', 'r-ab12'],
      ],
    ]);
    // The tree is whole, and so is what is attached in it: what is not there any more is removed.
    expect(organization?.keepsUnnamed).toBeUndefined();
    expect(imported.document.accounts?.map(({ id, membership }) => [id, membership])).toEqual([
      [A, { organizationId: 'o-exampleorg1', unitId: 'ou-ab12-workload1' }],
      ['999999999999', { organizationId: 'o-exampleorg1', unitId: null }],
    ]);
  });

  test('what is known from now on; no list of the account is whole', () => {
    const regions = 'which Regions are enabled (account list-regions)';
    expect(known(imported)).toEqual({
      IDENTITY_POLICIES: 'COMPLETE',
      TRUST_POLICIES: 'COMPLETE',
      PERMISSIONS_BOUNDARIES: 'COMPLETE',
      ORGANIZATION: 'COMPLETE',
      CONTROL_POLICIES: 'COMPLETE',
      // Nothing says that there are no others.
      s3: ['the list of buckets (s3api list-buckets)'],
      kms: ['the list of keys (kms list-keys)', regions],
      VPC_ENDPOINTS: ['the list of VPC endpoints (ec2 describe-vpc-endpoints)', regions],
      BLOCK_PUBLIC_ACCESS: [
        'the list of buckets (s3api list-buckets)',
        "the organization's setting (organizations describe-effective-policy)",
      ],
      GRANTS: ['the list of keys (kms list-keys)', regions],
    });
    expect(imported.document.wholeLists).toBeUndefined();
  });
});

test('the order of files, and folders above the root, change nothing', () => {
  assert(
    property(shuffledSubarray([...FILES], { minLength: FILES.length }), (files) => {
      expect(importFiles(files)).toEqual(imported);
    }),
    { numRuns: 20 },
  );
  const elsewhere = importFiles(FILES.map(({ path, text }) => ({ path: `/data/x.zip/${path}`, text })));
  expect(elsewhere.document).toEqual(imported.document);
});

describe('folders that are damaged', () => {
  test('a role without a trust policy is left out, and the account is known in part', () => {
    const result = changed({ [`accounts/${A}/iam/role/app/trust-policy.json`]: null });
    expect(result.document.roles).toHaveLength(1);
    expect(notes(result)).toEqual([
      `accounts/${A}/iam/role/app/metadata.json: role: its trust policy is missing; the role is left out`,
    ]);
    expect(known(result)['IDENTITY_POLICIES']).toEqual([
      'what is missing or not understood in the folder of iam-collect',
    ]);
  });

  test('a folder without metadata.json is left out, and named', () => {
    expect(notes(changed({ [`accounts/${A}/iam/group/readers/metadata.json`]: null }))).toEqual(
      expect.arrayContaining([
        `accounts/${A}/iam/group/readers/managed-policies.json: : there is no metadata.json beside it; the group is left out`,
      ]),
    );
    expect(notes(changed({ [`accounts/${A}/s3/reports/metadata.json`]: null }))).toEqual([
      `accounts/${A}/s3/reports/bpa.json: : there is no metadata.json beside it; the resource is left out`,
    ]);
  });

  test('a boundary that is not understood is not taken for none', () => {
    const path = `accounts/${A}/iam/role/app/permission-boundary.json`;
    expect(
      changed({ [path]: { PermissionsBoundaryArn: `arn:aws:iam::${A}:policy/Boundary` } }).document.roles?.[0],
    ).toMatchObject({
      permissionsBoundary: `arn:aws:iam::${A}:policy/Boundary`,
    });
    const result = changed({ [path]: { boundary: true } });
    expect(result.document.roles?.[0]).not.toHaveProperty('permissionsBoundary');
    expect(notes(result)[0]).toMatch(/PermissionsBoundaryArn: the ARN of a policy is missing$/);
  });

  test('lists and documents of a wrong form say nothing, and are named', () => {
    const folder = `accounts/${A}/iam/role/app`;
    const result = changed({
      [`${folder}/managed-policies.json`]: { a: 1 },
      [`${folder}/tags.json`]: [1],
      [`accounts/${A}/s3/reports/bpa.json`]: { on: true },
      [`accounts/${A}/s3/reports/policy.json`]: { Statement: [{ Effect: 'Allow', Action: 7 }] },
    });
    const [app] = result.document.roles ?? [];
    expect(app).not.toHaveProperty('attachedPolicies');
    expect(app).not.toHaveProperty('tags');
    expect(result.document.resources?.find(({ arn }) => arn.endsWith('reports'))).not.toHaveProperty(
      'publicAccessBlock',
    );
    expect(notes(result)).toEqual(
      expect.arrayContaining([
        `${folder}/managed-policies.json: : expected a list, found an object with \`a\``,
        `${folder}/tags.json: : expected an object, found a list of 1`,
        `accounts/${A}/s3/reports/bpa.json: : expected settings of Block Public Access, found an object with \`on\``,
        expect.stringContaining(
          `accounts/${A}/s3/reports/policy.json: policy: policy: a part of the policy document cannot be read`,
        ),
      ]),
    );
  });

  test('what says that it is of another account than its folder is left out', () => {
    const result = changed({
      [`accounts/${A}/iam/role/app/metadata.json`]: { arn: 'arn:aws:iam::222222222222:role/App' },
      [`accounts/${A}/kms/eu-central-1/key/11111111-2222-3333-4444-555555555555/metadata.json`]: {
        arn: 'arn:aws:kms:eu-central-1:222222222222:key/1',
      },
    });
    expect(result.document.roles).toHaveLength(1);
    expect(notes(result)).toEqual(
      expect.arrayContaining([
        expect.stringContaining(`is not in the account of its folder, ${A}; the role is left out`),
        expect.stringContaining(`is not in the account of its folder, ${A}; the resource is left out`),
      ]),
    );
  });

  test('an attached policy that is not there leaves the identity policies known in part', () => {
    const result = changed({
      [`accounts/${A}/iam/policy/read/metadata.json`]: null,
      [`accounts/${A}/iam/policy/read/current-policy.json`]: null,
    });
    expect(known(result)['IDENTITY_POLICIES']).toEqual([
      'what is missing or not understood in the folder of iam-collect',
    ]);
  });

  test('without accounts.json, the list of control policies is not taken for whole', () => {
    const result = changed({ 'organizations/o-exampleorg1/accounts.json': null });
    expect(result.document.organizations?.[0]).toMatchObject({ keepsUnnamed: true });
    expect(known(result)['CONTROL_POLICIES']).not.toBe('COMPLETE');
  });

  test('an account that the tree and accounts.json put into different units is refused, with both places', () => {
    const accounts = {
      [A]: { ou: 'ou-ab12-sandboxes', scps: [], rcps: [] },
      '999999999999': { ou: 'r-ab12', scps: [], rcps: [] },
    };
    expect(() => changed({ 'organizations/o-exampleorg1/accounts.json': accounts })).toThrow(
      /account 111111111111: parentId: .*structure\.json and .*accounts\.json say different things/,
    );
  });

  test('two folders that were collected at different times are refused where they contradict each other', () => {
    const older = `older/aws/aws/accounts/${A}/iam/role/app`;
    const metadata = FILES.find(({ path }) => path.endsWith('role/app/metadata.json'));
    const files = [
      { path: `${older}/metadata.json`, text: metadata?.text ?? '' },
      { path: `${older}/trust-policy.json`, text: '{"Version":"2012-10-17","Statement":[]}' },
    ];
    expect(() => importFiles([...FILES, ...files])).toThrow(/role arn:aws:iam::111111111111:role\/App: trustPolicy: /);
  });
});

test('only paths of the layout are taken', () => {
  const kindOf = (path: string) => parseIamCollectPath(path)?.kind ?? null;
  expect(kindOf(`accounts/${A}/iam/role/x/metadata.json`)).toBe('iam');
  expect(kindOf(`x/aws/aws-cn/accounts/${A}/sqs/cn-north-1/queue/jobs/policy.json`)).toBe('resource');
  expect(kindOf('x/aws/aws/indexes/vpcs.json')).toBe('index');
  // What the AWS command line prints, in folders for accounts.
  expect(kindOf(`accounts/${A}/iam/get-account-authorization-details.json`)).toBeNull();
  expect(kindOf(`accounts/${A}/organizations/list-roots.json`)).toBeNull();
  expect(kindOf(`accounts/${A}/s3api/get-bucket-policy@b.json`)).toBeNull();
  expect(kindOf(`accounts/${A}/metadata.txt`)).toBeNull();
});
