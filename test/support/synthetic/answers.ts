import type { ResourceInput } from '../../../src/directory/document.ts';
import { answerFileName } from '../../../src/importing/answer-name.ts';
import type { JsonValue } from '../../../src/policy/json.ts';
import { authorizationDetails, defined, instanceProfile, publicAccessBlock } from './authorization-details.ts';
import { Files, nameOf, ofAccount, tagList } from './files.ts';
import { REGION, type Synthetic } from './organization.ts';

/** The parts of a world that are written as answers of the command line. */
export type Part = 'details' | 'organization' | 'iam' | 'buckets' | 'regional' | 'endpoints';

export const ALL_PARTS: readonly Part[] = ['details', 'organization', 'iam', 'buckets', 'regional', 'endpoints'];

/** An organization as the AWS command line prints it, in the places where `rolegate collect` puts it. */
export function answersOf(world: Synthetic, parts: readonly Part[] = ALL_PARTS): Files {
  const files = new Files();
  if (parts.includes('organization')) addOrganization(files, world);
  for (const { id } of world.accounts) {
    const answer = (service: string, operation: string, json: JsonValue, ...operands: readonly string[]): void =>
      files.add(`${id}/${service}/${answerFileName(operation, ...operands) ?? ''}`, json);
    if (parts.includes('details')) answer('iam', 'get-account-authorization-details', authorizationDetails(world, id));
    if (parts.includes('iam')) addIam(answer, world, id);
    if (parts.includes('buckets')) addBuckets(answer, world, id);
    if (parts.includes('regional')) addRegional(files, world, id);
    if (parts.includes('endpoints')) addEndpoints(files, world, id);
  }
  return files;
}

type Answer = (service: string, operation: string, json: JsonValue, ...operands: readonly string[]) => void;

const NONE = (code: string): JsonValue => ({ Error: { Code: code } });

function addOrganization(files: Files, world: Synthetic): void {
  const [organization] = world.organizations;
  const { id, rootId, managementAccountId: management, units, controlPolicies } = organization;
  const answer: Answer = (service, operation, json, ...operands) =>
    files.add(`${management}/${service}/${answerFileName(operation, ...operands) ?? ''}`, json);
  const arn = (rest: string): string => `arn:aws:organizations::${management}:${rest}`;
  answer('organizations', 'describe-organization', {
    Organization: {
      Id: id,
      Arn: arn(`organization/${id}`),
      FeatureSet: 'ALL',
      MasterAccountArn: arn(`account/${id}/${management}`),
      MasterAccountId: management,
      MasterAccountEmail: 'root@example.com',
      AvailablePolicyTypes: [],
    },
  });
  const enabled = [
    ...(organization.scpEnabled ? [{ Type: 'SERVICE_CONTROL_POLICY', Status: 'ENABLED' }] : []),
    ...(organization.rcpEnabled ? [{ Type: 'RESOURCE_CONTROL_POLICY', Status: 'ENABLED' }] : []),
  ];
  answer('organizations', 'list-roots', {
    Roots: [{ Id: rootId, Arn: arn(`root/${id}/${rootId}`), Name: organization.rootName, PolicyTypes: enabled }],
  });
  const accountJson = (account: Synthetic['accounts'][number]): JsonValue => ({
    Id: account.id,
    Arn: arn(`account/${id}/${account.id}`),
    Email: `${account.id}@example.com`,
    Name: account.name ?? '',
    Status: 'ACTIVE',
    JoinedMethod: 'CREATED',
    JoinedTimestamp: '2024-03-01T12:00:00+00:00',
  });
  answer('organizations', 'list-accounts', { Accounts: world.accounts.map(accountJson) });
  for (const parent of [null, ...units.map((unit) => unit.id)]) {
    const parentId = parent ?? rootId;
    answer(
      'organizations',
      'list-organizational-units-for-parent',
      {
        OrganizationalUnits: units
          .filter((unit) => unit.parentId === parent)
          .map((unit) => ({ Id: unit.id, Arn: arn(`ou/${id}/${unit.id}`), Name: unit.name })),
      },
      parentId,
    );
    const within = world.accounts.filter(
      ({ membership }) => typeof membership === 'object' && membership.unitId === parent,
    );
    answer('organizations', 'list-accounts-for-parent', { Accounts: within.map(accountJson) }, parentId);
  }
  for (const type of ['SERVICE_CONTROL_POLICY', 'RESOURCE_CONTROL_POLICY'] as const) {
    const ofType = controlPolicies.filter((policy) => policy.type === type);
    const summaries = ofType.map((policy) => {
      const isAws = policy.id.endsWith('FullAWSAccess');
      const path = `${type.toLowerCase()}/${policy.id}`;
      return {
        Id: policy.id,
        Arn: isAws ? `arn:aws:organizations::aws:policy/${path}` : arn(`policy/${id}/${path}`),
        Name: policy.name,
        Description: policy.description ?? '',
        Type: type,
        AwsManaged: isAws,
      };
    });
    answer('organizations', 'list-policies', { Policies: summaries }, type);
    for (const [index, policy] of ofType.entries()) {
      const summary = summaries[index] ?? {};
      answer(
        'organizations',
        'describe-policy',
        { Policy: { PolicySummary: summary, Content: policy.document } },
        policy.id,
      );
      answer(
        'organizations',
        'list-targets-for-policy',
        {
          Targets: policy.targets.map((target) => ({
            TargetId: target,
            Arn: arn(`x/${target}`),
            Name: target,
            Type: target.startsWith('r-') ? 'ROOT' : target.startsWith('ou-') ? 'ORGANIZATIONAL_UNIT' : 'ACCOUNT',
          })),
        },
        policy.id,
      );
    }
  }
  const administrators = [...new Set(organization.delegatedAdministrators.map(({ accountId }) => accountId))];
  answer('organizations', 'list-delegated-administrators', {
    DelegatedAdministrators: administrators.map((account) => ({
      Id: account,
      Arn: arn(`account/${id}/${account}`),
      Status: 'ACTIVE',
    })),
  });
  for (const account of administrators) {
    answer(
      'organizations',
      'list-delegated-services-for-account',
      {
        DelegatedServices: organization.delegatedAdministrators
          .filter(({ accountId }) => accountId === account)
          .map(({ servicePrincipal }) => ({ ServicePrincipal: servicePrincipal })),
      },
      account,
    );
  }
  for (const account of world.accounts) {
    const block = account.organizationPublicAccessBlock;
    // https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_s3_syntax.html
    const json: JsonValue =
      block == null
        ? NONE('EffectivePolicyNotFoundException')
        : {
            EffectivePolicy: {
              PolicyContent: JSON.stringify({ s3_attributes: { public_access_block_configuration: 'all' } }),
              TargetId: account.id,
              PolicyType: 'S3_POLICY',
            },
          };
    answer('organizations', 'describe-effective-policy', json, 'S3_POLICY', account.id);
  }
}

function addIam(answer: Answer, world: Synthetic, id: string): void {
  const { alias } = world.accounts.find((account) => account.id === id) ?? {};
  answer('iam', 'list-account-aliases', { AccountAliases: alias == null ? [] : [alias] });
  answer('iam', 'list-instance-profiles', {
    InstanceProfiles: ofAccount(world.instanceProfiles, id).map(instanceProfile),
  });
  const providers = ofAccount(world.oidcProviders, id);
  answer('iam', 'list-open-id-connect-providers', {
    OpenIDConnectProviderList: providers.map(({ arn }) => ({ Arn: arn })),
  });
  for (const { arn, url, clientIds, createdAt } of providers) {
    const json = defined({
      Url: url.replace('https://', ''),
      ClientIDList: [...clientIds],
      ThumbprintList: [],
      CreateDate: createdAt,
      Tags: [],
    });
    answer('iam', 'get-open-id-connect-provider', json, arn);
  }
}

function own(world: Synthetic, id: string, service: string): readonly ResourceInput[] {
  return world.resources.filter(({ arn, accountId }) => accountId === id && arn.split(':')[2] === service);
}

function addBuckets(answer: Answer, world: Synthetic, id: string): void {
  const account = world.accounts.find((each) => each.id === id);
  answer(
    's3control',
    'get-public-access-block',
    account?.publicAccessBlock == null
      ? NONE('NoSuchPublicAccessBlockConfiguration')
      : publicAccessBlock(account.publicAccessBlock),
    id,
  );
  const buckets = own(world, id, 's3').filter(({ accessPoint }) => accessPoint == null);
  answer('s3api', 'list-buckets', {
    Buckets: buckets.map(({ arn, region }) => ({
      Name: arn.slice('arn:aws:s3:::'.length),
      CreationDate: '2024-03-01T12:00:00+00:00',
      BucketRegion: region ?? REGION,
    })),
    Owner: { ID: 'a'.repeat(64) },
  });
  for (const bucket of buckets) {
    const name = bucket.arn.slice('arn:aws:s3:::'.length);
    const { policy, publicAccessBlock: block, objectOwnership, abacEnabled, tags = {} } = bucket;
    answer('s3api', 'get-bucket-policy', policy == null ? NONE('NoSuchBucketPolicy') : { Policy: policy }, name);
    answer(
      's3api',
      'get-public-access-block',
      block == null ? NONE('NoSuchPublicAccessBlockConfiguration') : publicAccessBlock(block),
      name,
    );
    answer(
      's3api',
      'get-bucket-tagging',
      Object.keys(tags).length === 0 ? NONE('NoSuchTagSet') : { TagSet: tagList(tags) },
      name,
    );
    answer('s3api', 'get-bucket-abac', { AbacStatus: { Status: abacEnabled === true ? 'Enabled' : 'Disabled' } }, name);
    answer(
      's3api',
      'get-bucket-ownership-controls',
      { OwnershipControls: { Rules: [{ ObjectOwnership: objectOwnership ?? '' }] } },
      name,
    );
  }
}

function addRegional(files: Files, world: Synthetic, id: string): void {
  const answer: Answer = (service, operation, json, ...operands) =>
    files.add(`${id}/${REGION}/${service}/${answerFileName(operation, ...operands) ?? ''}`, json);
  const keys = own(world, id, 'kms');
  answer('kms', 'list-keys', { Keys: keys.map(({ arn }) => ({ KeyId: nameOf(arn), KeyArn: arn })) });
  for (const { arn, policy, tags, grants = [] } of keys) {
    const key = nameOf(arn);
    answer(
      'kms',
      'describe-key',
      { KeyMetadata: { AWSAccountId: id, KeyId: key, Arn: arn, KeyState: 'Enabled', KeyManager: 'CUSTOMER' } },
      key,
    );
    answer('kms', 'get-key-policy', { Policy: policy ?? '', PolicyName: 'default' }, key);
    const entries = grants.map((grant) =>
      defined({
        KeyId: arn,
        GrantId: grant.id,
        Name: grant.name,
        GranteePrincipal: grant.granteePrincipal,
        IssuingAccount: `arn:aws:iam::${id}:root`,
        Operations: [...grant.operations],
        Constraints:
          grant.encryptionContextSubset === undefined
            ? undefined
            : { EncryptionContextSubset: { ...grant.encryptionContextSubset } },
      }),
    );
    answer('kms', 'list-grants', { Grants: entries }, key);
    answer(
      'kms',
      'list-resource-tags',
      { Tags: Object.entries(tags ?? {}).map(([TagKey, TagValue]) => ({ TagKey, TagValue })) },
      key,
    );
  }
  addAccessPoints(answer, world, id);
  const queues = own(world, id, 'sqs');
  const urlOf = (arn: string): string => `https://sqs.${REGION}.amazonaws.com/${id}/${arn.split(':')[5] ?? ''}`;
  answer('sqs', 'list-queues', { QueueUrls: queues.map(({ arn }) => urlOf(arn)) });
  for (const { arn, policy } of queues) {
    answer(
      'sqs',
      'get-queue-attributes',
      { Attributes: defined({ QueueArn: arn, Policy: policy ?? undefined }) },
      urlOf(arn),
    );
  }
  const topics = own(world, id, 'sns');
  answer('sns', 'list-topics', { Topics: topics.map(({ arn }) => ({ TopicArn: arn })) });
  for (const { arn, policy } of topics) {
    answer(
      'sns',
      'get-topic-attributes',
      { Attributes: defined({ TopicArn: arn, Owner: id, Policy: policy ?? undefined }) },
      arn,
    );
  }
  const secrets = own(world, id, 'secretsmanager');
  answer('secretsmanager', 'list-secrets', {
    SecretList: secrets.map(({ arn, tags }) => ({ ARN: arn, Name: secretName(arn), Tags: tagList(tags) })),
  });
  for (const { arn, policy } of secrets) {
    const json = defined({ ARN: arn, Name: secretName(arn), ResourcePolicy: policy ?? undefined });
    answer('secretsmanager', 'get-resource-policy', json, arn);
  }
  answer('resourcegroupstaggingapi', 'get-resources', {
    ResourceTagMappingList: [...keys, ...queues, ...topics, ...secrets]
      .filter(({ tags }) => Object.keys(tags ?? {}).length > 0)
      .map(({ arn, tags }) => ({ ResourceARN: arn, Tags: tagList(tags) })),
  });
}

function addAccessPoints(answer: Answer, world: Synthetic, id: string): void {
  const points = own(world, id, 's3').flatMap(({ accessPoint, ...point }) =>
    accessPoint == null ? [] : [{ ...point, accessPoint }],
  );
  const shown = points.map(({ arn, accessPoint: { bucket, vpcId } }) => ({
    Name: nameOf(arn),
    AccessPointArn: arn,
    Bucket: bucket.slice('arn:aws:s3:::'.length),
    NetworkOrigin: vpcId === null ? 'Internet' : 'VPC',
    ...(vpcId !== null && { VpcConfiguration: { VpcId: vpcId } }),
  }));
  answer('s3control', 'list-access-points', { AccessPointList: shown });
  for (const [at, { arn, policy, publicAccessBlock: block }] of points.entries()) {
    const name = nameOf(arn);
    const settings = block == null ? {} : publicAccessBlock(block);
    answer('s3control', 'get-access-point', { ...shown[at], ...settings }, id, name);
    const document = policy == null ? NONE('NoSuchAccessPointPolicy') : { Policy: policy };
    answer('s3control', 'get-access-point-policy', document, id, name);
  }
}

function secretName(arn: string): string {
  return (arn.split(':secret:')[1] ?? '').replace(/-[A-Za-z0-9]{6}$/, '');
}

function addEndpoints(files: Files, world: Synthetic, id: string): void {
  const endpoints = world.vpcEndpoints.filter(({ accountId }) => accountId === id);
  files.add(`${id}/${REGION}/ec2/describe-vpc-endpoints.json`, {
    VpcEndpoints: endpoints.map((endpoint) => ({
      VpcEndpointId: endpoint.id,
      VpcEndpointType: endpoint.type,
      VpcId: endpoint.vpcId ?? '',
      ServiceName: endpoint.serviceName,
      State: 'available',
      PolicyDocument: endpoint.policy ?? '',
      Tags: [],
      OwnerId: id,
    })),
  });
}
