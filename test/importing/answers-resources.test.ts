import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DirectoryDocument } from '../../src/directory/document.ts';
import { importFiles } from '../../src/importing/import-files.ts';

// Shapes and codes of errors: the API reference of each service (named beside the operations in src/importing/answers).

const A = '111111111111';
const R = 'us-east-1';
const file = (path: string, json: unknown) => ({ path, text: JSON.stringify(json) });
const global = (name: string, json: unknown) => file(`${A}/${name}.json`, json);
const regional = (name: string, json: unknown) => file(`${A}/${R}/${name}.json`, json);
const failed = (code: string) => ({ Error: { Code: code, Message: 'x' } });
const documentOf = (resource: string) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: '222222222222' }, Action: '*', Resource: resource }],
});
const text = (resource: string) => JSON.stringify(documentOf(resource), null, 2);
const stored = (resource: string) => JSON.stringify(documentOf(resource));
const arn = (service: string, resource: string) => `arn:aws:${service}:${R}:${A}:${resource}`;
const off = { BlockPublicAcls: false, IgnorePublicAcls: false, BlockPublicPolicy: false, RestrictPublicBuckets: true };
const block = {
  blockPublicAcls: false,
  ignorePublicAcls: false,
  blockPublicPolicy: false,
  restrictPublicBuckets: true,
};
const regions = global('account/list-regions', {
  Regions: [
    { RegionName: R, RegionOptStatus: 'ENABLED_BY_DEFAULT' },
    { RegionName: 'af-south-1', RegionOptStatus: 'DISABLED' },
  ],
});

const known = ({ knowledge = [] }: DirectoryDocument) =>
  Object.fromEntries(knowledge.map(({ layer, service, state, missing }) => [service ?? layer, missing ?? state]));
const read = (...files: ReturnType<typeof file>[]) => importFiles(files);

describe('buckets', () => {
  const bucket = 'arn:aws:s3:::reports';
  const list = global('s3api/list-buckets', {
    Buckets: [{ Name: 'reports', CreationDate: '2026-01-01T00:00:00Z', BucketRegion: 'eu-west-1' }],
    Owner: { ID: 'x' },
  });
  const policy = global('s3api/get-bucket-policy@reports', { Policy: text(bucket) });
  const rest = [
    global('s3api/get-bucket-tagging@reports', { TagSet: [{ Key: 'team', Value: 'data' }] }),
    global('s3api/get-public-access-block@reports', { PublicAccessBlockConfiguration: off }),
    global('s3api/get-bucket-abac@reports', { AbacStatus: { Status: 'Enabled' } }),
    global('s3api/get-bucket-ownership-controls@reports', {
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
    }),
    global('s3control/get-public-access-block', { PublicAccessBlockConfiguration: off }),
    global(`organizations/describe-effective-policy`, {
      EffectivePolicy: {
        PolicyContent: JSON.stringify({ s3_attributes: { public_access_block_configuration: 'all' } }),
        TargetId: A,
        PolicyType: 'S3_POLICY',
      },
    }),
  ];

  test('have the account of the folder, and everything that decides', () => {
    const { document, report } = read(list, policy, ...rest);
    expect(report.notUnderstood).toEqual([]);
    expect(document.resources).toEqual([
      {
        arn: bucket,
        accountId: A,
        region: 'eu-west-1',
        policy: stored(bucket),
        tags: { team: 'data' },
        publicAccessBlock: block,
        abacEnabled: true,
        objectOwnership: 'BucketOwnerEnforced',
        known: ['policy', 'publicAccessBlock'],
      },
    ]);
    const all = { blockPublicAcls: true, ignorePublicAcls: true, blockPublicPolicy: true, restrictPublicBuckets: true };
    expect(document.accounts).toEqual([{ id: A, publicAccessBlock: block, organizationPublicAccessBlock: all }]);
    expect(known(document)).toEqual({ s3: 'COMPLETE', BLOCK_PUBLIC_ACCESS: 'COMPLETE' });
    expect(document.wholeLists).toEqual([{ accountId: A, kind: 'resources', service: 's3', resourcePrefix: '' }]);
  });

  test('have none where the command says so', () => {
    const { document } = read(
      list,
      global('s3api/get-bucket-policy@reports', failed('NoSuchBucketPolicy')),
      global('s3api/get-bucket-tagging@reports', failed('NoSuchTagSet')),
      global('s3api/get-public-access-block@reports', failed('NoSuchPublicAccessBlockConfiguration')),
      global('s3api/get-bucket-ownership-controls@reports', failed('OwnershipControlsNotFoundError')),
      global('s3control/get-public-access-block', failed('NoSuchPublicAccessBlockConfiguration')),
      global(`organizations/describe-effective-policy@S3_POLICY@${A}`, failed('EffectivePolicyNotFoundException')),
    );
    expect(document.resources?.[0]).toMatchObject({
      policy: null,
      tags: {},
      publicAccessBlock: null,
      objectOwnership: 'ObjectWriter',
    });
    expect(document.accounts).toEqual([{ id: A, publicAccessBlock: null, organizationPublicAccessBlock: null }]);
    expect(known(document)).toEqual({ s3: 'COMPLETE', BLOCK_PUBLIC_ACCESS: 'COMPLETE' });
  });

  test('whose policy may not be read are named, and the rest is known', () => {
    const path = 's3api/get-bucket-policy@reports';
    const { document, report } = read(list, global(path, failed('AccessDenied')));
    expect(document.resources?.[0]?.policy).toBeUndefined();
    expect(known(document)['s3']).toEqual([`the policies of ${bucket} (s3api get-bucket-policy)`]);
    expect(report.notUnderstood).toEqual([
      { file: `${A}/${path}.json`, place: '', message: 'the command failed: AccessDenied' },
    ]);
  });

  test('without the list of all, are not all', () => {
    const { document } = read(policy);
    expect(known(document)['s3']).toEqual(['the list of buckets (s3api list-buckets)']);
    expect(document.wholeLists).toBeUndefined();
  });

  test('of a filtered list or a page are not all', () => {
    for (const more of [{ Prefix: 'rep' }, { ContinuationToken: 'x' }, { NextToken: 'x' }]) {
      const json = { ...(JSON.parse(list.text) as object), ...more };
      expect(read(global('s3api/list-buckets', json), policy).document.wholeLists).toBeUndefined();
    }
  });

  test('in no folder belong to nobody, and are left out', () => {
    const { document, report } = read(file('s3api/get-bucket-policy@reports.json', { Policy: text(bucket) }));
    expect(document).toEqual({});
    expect(report.notUnderstood).toEqual([
      {
        file: 's3api/get-bucket-policy@reports.json',
        place: `resource ${bucket}`,
        message:
          'no file says which account it belongs to (put its files into a folder that is named after the account); it is left out',
      },
    ]);
  });

  test('of another partition have its ARNs', () => {
    const files = [
      file(`${A}/cn-north-1/sqs/list-queues.json`, {}),
      file(`${A}/s3api/get-bucket-policy@b.json`, failed('NoSuchBucketPolicy')),
    ];
    expect(read(...files).document.resources?.map((resource) => resource.arn)).toEqual(['arn:aws-cn:s3:::b']);
  });

  test('behind access points: each has a policy and a setting of its own', () => {
    const point = arn('s3', 'accesspoint/finance');
    const listed = regional('s3control/list-access-points', {
      AccessPointList: [
        {
          Name: 'finance',
          NetworkOrigin: 'VPC',
          VpcConfiguration: { VpcId: 'vpc-1a2b3c' },
          Bucket: 'reports',
          AccessPointArn: point,
        },
      ],
    });
    const { document } = read(
      regions,
      list,
      policy,
      listed,
      regional(`s3control/get-access-point-policy@${A}@finance`, { Policy: text(point) }),
      regional('s3control/get-access-point@finance', {
        Name: 'finance',
        AccessPointArn: point,
        Bucket: 'reports',
        NetworkOrigin: 'VPC',
        VpcConfiguration: { VpcId: 'vpc-1a2b3c' },
        PublicAccessBlockConfiguration: off,
      }),
    );
    expect(document.resources?.find((resource) => resource.arn === point)).toEqual({
      arn: point,
      accountId: A,
      policy: stored(point),
      publicAccessBlock: block,
      accessPoint: { bucket: 'arn:aws:s3:::reports', vpcId: 'vpc-1a2b3c' },
      known: ['policy', 'publicAccessBlock'],
    });
    expect(known(document)['s3']).toBe('COMPLETE');
    expect(known(read(regions, list, policy, listed).document)['s3']).toEqual([
      `the policies of ${point} (s3control get-access-point-policy)`,
    ]);
  });
});

describe('KMS keys', () => {
  const key = arn('kms', 'key/k1');
  const list = regional('kms/list-keys', { Keys: [{ KeyId: 'k1', KeyArn: key }] });
  const policy = regional('kms/get-key-policy@k1', { Policy: text('*'), PolicyName: 'default' });
  const grants = regional('kms/list-grants@k1', {
    Grants: [
      {
        KeyId: key,
        GrantId: 'g1',
        Name: 'n',
        CreationDate: 1,
        GranteePrincipal: 'arn:aws:iam::222222222222:role/App',
        RetiringPrincipal: 'arn:aws:iam::222222222222:role/App',
        IssuingAccount: `arn:aws:iam::${A}:root`,
        Operations: ['Decrypt'],
        Constraints: { EncryptionContextSubset: { app: 'web' } },
      },
    ],
    Truncated: false,
  });

  test('have a policy and grants', () => {
    const { document } = read(regions, list, policy, grants);
    expect(document.resources).toEqual([
      {
        arn: key,
        accountId: A,
        policy: stored('*'),
        grants: [
          {
            id: 'g1',
            name: 'n',
            granteePrincipal: 'arn:aws:iam::222222222222:role/App',
            retiringPrincipal: 'arn:aws:iam::222222222222:role/App',
            operations: ['Decrypt'],
            encryptionContextSubset: { app: 'web' },
          },
        ],
        known: ['grants', 'policy'],
      },
    ]);
    expect(known(document)).toEqual({ kms: 'COMPLETE', GRANTS: 'COMPLETE' });
    expect(document.wholeLists).toEqual([
      { accountId: A, kind: 'resources', service: 'kms', region: R, resourcePrefix: 'key/' },
    ]);
  });

  test('without grants have none, and without the answer nobody knows', () => {
    expect(read(regional('kms/list-grants@k1', { Grants: [] })).document.resources).toEqual([
      { arn: key, accountId: A, grants: [], known: ['grants'] },
    ]);
    expect(known(read(regions, list, policy).document)).toEqual({
      kms: 'COMPLETE',
      GRANTS: [`the grants of ${key} (kms list-grants)`],
    });
  });

  test('of other Regions are missing until all enabled Regions are listed', () => {
    expect(known(read(list, policy, grants).document)['kms']).toEqual([
      'which Regions are enabled (account list-regions)',
    ]);
    const two = global('account/list-regions', {
      Regions: [R, 'eu-west-1'].map((RegionName) => ({ RegionName, RegionOptStatus: 'ENABLED' })),
    });
    expect(known(read(two, list, policy).document)['kms']).toEqual(['the list of keys in eu-west-1 (kms list-keys)']);
  });
});

/** Each service: the list of its resources, the answer on one of them, and what becomes of it. */
const SERVICES: readonly {
  readonly service: string;
  readonly arn: string;
  readonly list: readonly [string, unknown];
  readonly item: readonly [string, unknown];
  readonly none: readonly [string, unknown];
}[] = [
  {
    service: 'sqs',
    arn: arn('sqs', 'jobs'),
    list: ['sqs/list-queues', { QueueUrls: [`https://sqs.${R}.amazonaws.com/${A}/jobs`] }],
    item: [
      'sqs/get-queue-attributes@x',
      { Attributes: { QueueArn: arn('sqs', 'jobs'), Policy: text('*'), CreatedTimestamp: '1' } },
    ],
    none: ['sqs/get-queue-attributes@x', { Attributes: { QueueArn: arn('sqs', 'jobs'), CreatedTimestamp: '1' } }],
  },
  {
    service: 'sns',
    arn: arn('sns', 'alerts'),
    list: ['sns/list-topics', { Topics: [{ TopicArn: arn('sns', 'alerts') }] }],
    item: ['sns/get-topic-attributes', { Attributes: { TopicArn: arn('sns', 'alerts'), Owner: A, Policy: text('*') } }],
    none: ['sns/get-topic-attributes', { Attributes: { TopicArn: arn('sns', 'alerts'), Owner: A } }],
  },
  {
    service: 'lambda',
    arn: arn('lambda', 'function:resize'),
    list: [
      'lambda/list-functions',
      { Functions: [{ FunctionName: 'resize', FunctionArn: arn('lambda', 'function:resize') }] },
    ],
    item: ['lambda/get-policy@resize', { Policy: text('*'), RevisionId: 'r' }],
    none: ['lambda/get-policy@resize', failed('ResourceNotFoundException')],
  },
  {
    service: 'secretsmanager',
    arn: arn('secretsmanager', 'secret:db-AbCdEf'),
    list: [
      'secretsmanager/list-secrets',
      { SecretList: [{ ARN: arn('secretsmanager', 'secret:db-AbCdEf'), Name: 'db' }] },
    ],
    item: [
      'secretsmanager/get-resource-policy@db',
      { ARN: arn('secretsmanager', 'secret:db-AbCdEf'), Name: 'db', ResourcePolicy: text('*') },
    ],
    none: ['secretsmanager/get-resource-policy@db', { ARN: arn('secretsmanager', 'secret:db-AbCdEf'), Name: 'db' }],
  },
  {
    service: 'ecr',
    arn: arn('ecr', 'repository/team/web'),
    list: [
      'ecr/describe-repositories',
      { repositories: [{ repositoryArn: arn('ecr', 'repository/team/web'), repositoryName: 'team/web' }] },
    ],
    item: [
      'ecr/get-repository-policy@team%2Fweb',
      { registryId: A, repositoryName: 'team/web', policyText: text('*') },
    ],
    none: ['ecr/get-repository-policy@team%2Fweb', failed('RepositoryPolicyNotFoundException')],
  },
  {
    service: 'dynamodb',
    arn: arn('dynamodb', 'table/orders'),
    list: ['dynamodb/list-tables', { TableNames: ['orders'] }],
    item: [
      `dynamodb/get-resource-policy@${encodeURIComponent(arn('dynamodb', 'table/orders'))}`,
      { Policy: text('*'), RevisionId: 'r' },
    ],
    none: ['dynamodb/get-resource-policy@orders', failed('PolicyNotFoundException')],
  },
  {
    service: 'elasticfilesystem',
    arn: arn('elasticfilesystem', 'file-system/fs-1'),
    list: [
      'efs/describe-file-systems',
      { FileSystems: [{ FileSystemId: 'fs-1', FileSystemArn: arn('elasticfilesystem', 'file-system/fs-1') }] },
    ],
    item: ['efs/describe-file-system-policy@fs-1', { FileSystemId: 'fs-1', Policy: text('*') }],
    none: ['efs/describe-file-system-policy@fs-1', failed('PolicyNotFound')],
  },
  {
    service: 'backup',
    arn: arn('backup', 'backup-vault:Default'),
    list: [
      'backup/list-backup-vaults',
      { BackupVaultList: [{ BackupVaultName: 'Default', BackupVaultArn: arn('backup', 'backup-vault:Default') }] },
    ],
    item: [
      'backup/get-backup-vault-access-policy@Default',
      { BackupVaultName: 'Default', BackupVaultArn: arn('backup', 'backup-vault:Default'), Policy: text('*') },
    ],
    none: ['backup/get-backup-vault-access-policy@Default', failed('ResourceNotFoundException')],
  },
  {
    service: 'glue',
    arn: arn('glue', 'catalog'),
    list: ['sqs/list-queues', {}],
    item: ['glue/get-resource-policy', { PolicyInJson: text('*'), PolicyHash: 'h' }],
    none: ['glue/get-resource-policy', failed('EntityNotFoundException')],
  },
  {
    service: 'events',
    arn: arn('events', 'event-bus/default'),
    list: ['sqs/list-queues', {}],
    item: [
      'events/list-event-buses',
      { EventBuses: [{ Name: 'default', Arn: arn('events', 'event-bus/default'), Policy: text('*') }] },
    ],
    none: ['events/list-event-buses', { EventBuses: [{ Name: 'default', Arn: arn('events', 'event-bus/default') }] }],
  },
  {
    service: 'acm-pca',
    arn: arn('acm-pca', 'certificate-authority/c1'),
    list: [
      'acm-pca/list-certificate-authorities',
      { CertificateAuthorities: [{ Arn: arn('acm-pca', 'certificate-authority/c1') }] },
    ],
    item: [
      `acm-pca/get-policy@${encodeURIComponent(arn('acm-pca', 'certificate-authority/c1'))}`,
      { Policy: text('*') },
    ],
    none: ['acm-pca/get-policy@c1', failed('ResourceNotFoundException')],
  },
  {
    service: 'kinesis',
    arn: arn('kinesis', 'stream/clicks'),
    list: ['kinesis/list-streams', { StreamNames: ['clicks'], HasMoreStreams: false }],
    item: [`kinesis/get-resource-policy@${encodeURIComponent(arn('kinesis', 'stream/clicks'))}`, { Policy: text('*') }],
    none: ['kinesis/get-resource-policy@clicks', { Policy: '{}' }],
  },
  {
    service: 'execute-api',
    arn: arn('execute-api', 'a1b2c3d4e5'),
    list: ['sqs/list-queues', {}],
    item: [
      'apigateway/get-rest-apis',
      {
        items: [
          { id: 'a1b2c3d4e5', name: 'n', policy: JSON.stringify(stored('*')).slice(1, -1), endpointConfiguration: {} },
        ],
      },
    ],
    none: ['apigateway/get-rest-apis', { items: [{ id: 'a1b2c3d4e5', name: 'n', endpointConfiguration: {} }] }],
  },
];

describe.each(SERVICES)('$service', ({ service, arn: expected, list, item, none }) => {
  const find = (document: DirectoryDocument) => document.resources?.find((resource) => resource.arn === expected);

  test('the list and the answers on each make it known', () => {
    const { document, report } = read(regions, regional(...list), regional(...item));
    expect(report.notUnderstood).toEqual([]);
    expect(report.notRecognised).toEqual([]);
    expect(find(document)).toEqual({ arn: expected, accountId: A, policy: stored('*'), known: ['policy'] });
    expect(known(document)[service]).toBe('COMPLETE');
  });

  test('a resource can be known to have no policy', () => {
    const { document } = read(regions, regional(...list), regional(...none));
    expect(find(document)).toMatchObject({ policy: null, known: ['policy'] });
    expect(known(document)[service]).toBe('COMPLETE');
  });
});

describe('other answers on resources', () => {
  test('a queue of which only some attributes were asked for may have a policy', () => {
    const { document } = read(regional('sqs/get-queue-attributes', { Attributes: { QueueArn: arn('sqs', 'jobs') } }));
    expect(document.resources).toEqual([{ arn: arn('sqs', 'jobs'), accountId: A }]);
  });

  test('CodeArtifact: a domain and a repository', () => {
    const domain = arn('codeartifact', 'domain/d');
    const repository = arn('codeartifact', 'repository/d/r');
    const { document } = read(
      regions,
      regional('codeartifact/list-domains', { domains: [{ name: 'd', owner: A, arn: domain }] }),
      regional('codeartifact/list-repositories', { repositories: [{ name: 'r', domainName: 'd', arn: repository }] }),
      regional('codeartifact/get-domain-permissions-policy@d', {
        policy: { resourceArn: domain, revision: 'x', document: text('*') },
      }),
      file('any.json', { policy: { resourceArn: repository, revision: 'x', document: text('*') } }),
    );
    expect(document.resources?.map(({ policy }) => policy)).toEqual([stored('*'), stored('*')]);
    expect(known(document)['codeartifact']).toBe('COMPLETE');
  });

  test('CodeArtifact: a repository without a policy is named by domain and repository', () => {
    const { document } = read(
      regional('codeartifact/get-repository-permissions-policy@d@r', failed('ResourceNotFoundException')),
    );
    expect(document.resources).toEqual([
      { arn: arn('codeartifact', 'repository/d/r'), accountId: A, policy: null, known: ['policy'] },
    ]);
  });

  test('a list of functions says nothing of the aliases in them', () => {
    const { document } = read(regional('lambda/list-functions', { Functions: [] }));
    expect(document.wholeLists).toEqual([
      { accountId: A, kind: 'resources', service: 'lambda', resourcePrefix: 'function:', keepsParts: true, region: R },
    ]);
  });

  test('CloudWatch Logs: policies of account and Region apply to every log group together', () => {
    const group = arn('logs', 'log-group:/app');
    const other = arn('logs', 'log-group:/other');
    const shared = [
      regions,
      regional('logs/describe-log-groups', {
        logGroups: [
          { logGroupName: '/app', arn: `${group}:*` },
          { logGroupName: '/other', arn: `${other}:*` },
        ],
      }),
      regional('logs/describe-resource-policies', {
        resourcePolicies: [{ policyName: 'a', policyDocument: text(`${group}:*`) }],
      }),
    ];
    const own = (name: string, ...resourcePolicies: readonly object[]) =>
      regional(`logs/describe-resource-policies@${encodeURIComponent(name)}`, { resourcePolicies });
    const files = [...shared, own(group), own(other, { resourceArn: other, policyDocument: text('*') })];
    const { document } = read(...files);
    // The order of files means nothing.
    expect(read(...files.toReversed()).document).toEqual(document);
    expect(document.resources).toEqual([
      { arn: group, accountId: A, policy: stored(`${group}:*`), known: ['policy'] },
      {
        arn: other,
        accountId: A,
        policy: JSON.stringify({
          Version: '2012-10-17',
          Statement: [...documentOf(`${group}:*`).Statement, ...documentOf('*').Statement],
        }),
        known: ['policy'],
      },
    ]);
    expect(known(document)['logs']).toBe('COMPLETE');
    // Without being asked for, a policy of its own is not known.
    const without = read(...shared, own(group)).document;
    expect(without.resources?.map((each) => each.known)).toEqual([['policy'], undefined]);
    expect(known(without)['logs']).toEqual([
      `the own policies of ${other} (logs describe-resource-policies --policy-scope RESOURCE)`,
    ]);
  });

  test('VPC endpoints: those that are deleted are not there', () => {
    const endpoint = {
      VpcEndpointId: 'vpce-1',
      VpcEndpointType: 'Gateway',
      VpcId: 'vpc-1',
      ServiceName: `com.amazonaws.${R}.s3`,
      State: 'available',
      PolicyDocument: stored('*'),
      Tags: [],
      OwnerId: A,
    };
    const { document } = read(
      regions,
      regional('ec2/describe-vpc-endpoints', {
        VpcEndpoints: [endpoint, { ...endpoint, VpcEndpointId: 'vpce-2', State: 'deleted' }],
      }),
    );
    expect(document.vpcEndpoints).toEqual([
      {
        id: 'vpce-1',
        accountId: A,
        region: R,
        serviceName: `com.amazonaws.${R}.s3`,
        vpcId: 'vpc-1',
        type: 'Gateway',
        tags: {},
        policy: stored('*'),
      },
    ]);
    expect(known(document)).toEqual({ VPC_ENDPOINTS: 'COMPLETE' });
    expect(document.wholeLists).toEqual([{ accountId: A, kind: 'vpcEndpoints', region: R }]);
  });

  test('OIDC providers: the list is whole once each of them is described', () => {
    const provider = `arn:aws:iam::${A}:oidc-provider/token.actions.githubusercontent.com`;
    const list = global('iam/list-open-id-connect-providers', { OpenIDConnectProviderList: [{ Arn: provider }] });
    const one = global(`iam/get-open-id-connect-provider@${encodeURIComponent(provider)}`, {
      Url: 'token.actions.githubusercontent.com',
      ClientIDList: ['sts.amazonaws.com'],
      CreateDate: '2026-01-01T00:00:00+00:00',
    });
    expect(read(list, one).document).toEqual({
      oidcProviders: [
        {
          arn: provider,
          url: 'https://token.actions.githubusercontent.com',
          clientIds: ['sts.amazonaws.com'],
          createdAt: '2026-01-01T00:00:00.000Z',
        },
      ],
      wholeLists: [{ accountId: A, kind: 'oidcProviders' }],
    });
    const alone = read(list);
    expect(alone.document).toEqual({});
    expect(alone.report.notUnderstood[0]?.message).toContain('iam get-open-id-connect-provider');
  });

  test('instance profiles, aliases and tags of any resource', () => {
    const { document } = read(
      global('iam/list-instance-profiles', {
        InstanceProfiles: [
          {
            InstanceProfileName: 'web',
            InstanceProfileId: 'AIPAWEB',
            Arn: `arn:aws:iam::${A}:instance-profile/web`,
            Roles: [{ RoleName: 'web', Arn: `arn:aws:iam::${A}:role/web` }],
          },
        ],
      }),
      global('iam/list-account-aliases', { AccountAliases: [] }),
      file('tags.json', {
        ResourceTagMappingList: [{ ResourceARN: arn('ec2', 'instance/i-1'), Tags: [{ Key: 'a', Value: 'b' }] }],
      }),
    );
    expect(document).toEqual({
      accounts: [{ id: A, alias: null }],
      instanceProfiles: [
        { arn: `arn:aws:iam::${A}:instance-profile/web`, id: 'AIPAWEB', role: `arn:aws:iam::${A}:role/web` },
      ],
      resources: [{ arn: arn('ec2', 'instance/i-1'), accountId: A, tags: { a: 'b' } }],
      wholeLists: [{ accountId: A, kind: 'instanceProfiles' }],
    });
  });

  test('different policies of one bucket are refused with both places', () => {
    const path = 's3api/get-bucket-policy@b';
    const other = file(`copy/${A}/${path}.json`, { Policy: text('arn:aws:s3:::b/*') });
    expect(() => read(global(path, { Policy: text('arn:aws:s3:::b') }), other)).toThrow(
      `resource arn:aws:s3:::b: policy: ${A}/${path}.json (arn:aws:s3:::b) and copy/${A}/${path}.json (arn:aws:s3:::b) say different things`,
    );
  });

  test('a policy that cannot be read is stored as it is, and named', () => {
    const { document, report } = read(global('s3api/get-bucket-policy@b', { Policy: '{"Statement":' }));
    expect(document.resources?.[0]?.policy).toBe('{"Statement":');
    expect(report.notUnderstood[0]).toMatchObject({ file: `${A}/s3api/get-bucket-policy@b.json`, place: 'Policy' });
  });
});

test('what rolegate collect left out is named with its reason', () => {
  const { report } = read(
    file('x/_collect.json', {
      started: '2026-01-01T00:00:00Z',
      finished: null,
      accounts: [],
      leftOut: [
        {
          account: A,
          region: R,
          service: 'kms',
          operation: 'list-keys',
          argument: null,
          code: 'AccessDenied',
          message: 'm',
        },
      ],
    }),
  );
  expect(report.recognised).toEqual([{ file: 'x/_collect.json', form: 'record of rolegate collect' }]);
  expect(report.notUnderstood).toEqual([
    { file: 'x/_collect.json', place: 'finished', message: 'the collection was interrupted: answers are missing' },
    { file: 'x/_collect.json', place: `${A} ${R} kms list-keys`, message: 'AWS did not answer: AccessDenied' },
  ]);
});

test('whatever an answer holds, it is read or named, whatever its name says', () => {
  const names = [
    ...SERVICES.flatMap(({ list, item }) => [list[0], item[0]]),
    'kms/list-grants@k',
    's3api/list-buckets',
    'ec2/describe-vpc-endpoints',
    'organizations/list-policies',
    'organizations/list-roots',
    'organizations/describe-policy',
    'logs/describe-resource-policies',
    'iam/list-instance-profiles',
  ];
  const words = [
    'Policy',
    'Buckets',
    'Name',
    'Grants',
    'Attributes',
    'Keys',
    'Roots',
    'Arn',
    'PolicyTypes',
    'Policies',
    'Id',
    'Type',
    'VpcEndpoints',
    'items',
    'Error',
    'Code',
    '__proto__',
    'NextToken',
    'resourcePolicies',
    'policyDocument',
    'EventBuses',
  ];
  const word = fc.oneof(fc.constantFrom(...words), fc.string({ maxLength: 8 }));
  const { json } = fc.letrec((tie) => ({
    json: fc.oneof(
      { depthSize: 'small' },
      fc.oneof(word, fc.double(), fc.boolean(), fc.constant(null)),
      fc.array(tie('json'), { maxLength: 3 }),
      fc.dictionary(word, tie('json'), { maxKeys: 4 }),
    ),
  }));
  fc.assert(
    fc.property(fc.constantFrom(...names), json, (name, value) => {
      const { report } = read(regional(name, value));
      expect(report.recognised.length + report.notRecognised.length).toBe(1);
    }),
    { numRuns: 2000 },
  );
});
