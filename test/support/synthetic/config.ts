import type { JsonObject, JsonValue } from '../../../src/policy/json.ts';
import { defined, publicAccessBlock } from './authorization-details.ts';
import { Files, nameOf, ofAccount, pathOf } from './files.ts';
import { REGION, type Synthetic } from './organization.ts';

type Inline = readonly { readonly name: string; readonly document: string }[];

const encoded = (document: string): string => encodeURIComponent(document);
const inline = (list: Inline = []): JsonValue =>
  list.map(({ name, document }) => ({ policyName: name, policyDocument: encoded(document) }));
const attached = (arns: readonly string[] = []): JsonValue =>
  arns.map((arn) => ({ policyName: nameOf(arn), policyArn: arn }));
const boundary = (arn: string | null | undefined): JsonValue | undefined =>
  arn == null ? undefined : { permissionsBoundaryType: 'Policy', permissionsBoundaryArn: arn };

/** One snapshot of AWS Config for each account: no organization, no grant, no endpoint of an unknown VPC. */
export function configSnapshots(world: Synthetic): Files {
  const files = new Files();
  for (const { id } of world.accounts) {
    files.add(`${id}_Config_${REGION}_ConfigSnapshot.json`, {
      fileVersion: '1.0',
      configSnapshotId: `00000000-0000-4000-8000-${id}`,
      configurationItems: itemsOf(world, id),
    });
  }
  return files;
}

function item(
  id: string,
  type: string,
  arn: string,
  name: string,
  configuration: JsonValue,
  rest: JsonObject = {},
): JsonObject {
  return {
    configurationItemVersion: '1.3',
    configurationItemStatus: 'OK',
    resourceType: type,
    resourceId: name,
    resourceName: name,
    ARN: arn,
    awsAccountId: id,
    awsRegion: type.startsWith('AWS::IAM') ? 'global' : REGION,
    configuration,
    supplementaryConfiguration: {},
    tags: {},
    ...rest,
  };
}

function itemsOf(world: Synthetic, id: string): JsonObject[] {
  const items: JsonObject[] = [];
  for (const user of ofAccount(world.users, id)) {
    const configuration = defined({
      path: pathOf(user.arn),
      userName: nameOf(user.arn),
      userId: user.id,
      arn: user.arn,
      createDate: user.createdAt,
      userPolicyList: inline(user.inlinePolicies),
      groupList: (user.groups ?? []).map(nameOf),
      attachedManagedPolicies: attached(user.attachedPolicies),
      permissionsBoundary: boundary(user.permissionsBoundary),
      tags: Object.entries(user.tags ?? {}).map(([key, value]) => ({ key, value })),
    });
    items.push(item(id, 'AWS::IAM::User', user.arn, nameOf(user.arn), configuration));
  }
  for (const group of ofAccount(world.groups, id)) {
    const configuration = defined({
      path: pathOf(group.arn),
      groupName: nameOf(group.arn),
      groupId: group.id,
      arn: group.arn,
      createDate: group.createdAt,
      groupPolicyList: inline(group.inlinePolicies),
      attachedManagedPolicies: attached(group.attachedPolicies),
    });
    items.push(item(id, 'AWS::IAM::Group', group.arn, nameOf(group.arn), configuration));
  }
  const profiles = ofAccount(world.instanceProfiles, id);
  for (const role of ofAccount(world.roles, id)) {
    const configuration = defined({
      path: pathOf(role.arn),
      roleName: nameOf(role.arn),
      roleId: role.id,
      arn: role.arn,
      createDate: role.createdAt,
      description: role.description,
      assumeRolePolicyDocument: encoded(role.trustPolicy),
      instanceProfileList: profiles
        .filter((profile) => profile.role === role.arn)
        .map((profile) =>
          defined({
            path: pathOf(profile.arn),
            instanceProfileName: nameOf(profile.arn),
            instanceProfileId: profile.id,
            arn: profile.arn,
            createDate: profile.createdAt,
          }),
        ),
      rolePolicyList: inline(role.inlinePolicies),
      attachedManagedPolicies: attached(role.attachedPolicies),
      permissionsBoundary: boundary(role.permissionsBoundary),
      tags: Object.entries(role.tags ?? {}).map(([key, value]) => ({ key, value })),
    });
    items.push(item(id, 'AWS::IAM::Role', role.arn, nameOf(role.arn), configuration));
  }
  for (const managed of ofAccount(world.policies, id)) {
    const configuration = defined({
      policyName: nameOf(managed.arn),
      policyId: managed.id,
      arn: managed.arn,
      path: pathOf(managed.arn),
      defaultVersionId: managed.defaultVersionId,
      isAttachable: true,
      createDate: managed.createdAt,
      policyVersionList: managed.versions.map((version) =>
        defined({
          document: encoded(version.document),
          versionId: version.versionId,
          isDefaultVersion: version.versionId === managed.defaultVersionId,
          createDate: version.createdAt,
        }),
      ),
    });
    items.push(item(id, 'AWS::IAM::Policy', managed.arn, nameOf(managed.arn), configuration));
  }
  for (const { arn, url, clientIds, createdAt } of ofAccount(world.oidcProviders, id)) {
    const configuration = defined({
      arn,
      url: url.replace('https://', ''),
      clientIdList: [...clientIds],
      createDate: createdAt,
    });
    items.push(item(id, 'AWS::IAM::OIDCProvider', arn, nameOf(arn), configuration));
  }
  items.push(...resourceItems(world, id));
  return items;
}

/** As AWS Config writes it: the names of the answer in lowerCamelCase. */
function lowerCamel(json: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(json).map(([name, value]) => [name.charAt(0).toLowerCase() + name.slice(1), value]),
  );
}

function blockOf(block: Parameters<typeof publicAccessBlock>[0]): JsonObject {
  return lowerCamel(publicAccessBlock(block)['PublicAccessBlockConfiguration'] as JsonObject); // as: an object there
}

function resourceItems(world: Synthetic, id: string): JsonObject[] {
  const items: JsonObject[] = [];
  const block = world.accounts.find((account) => account.id === id)?.publicAccessBlock;
  if (block != null) items.push(item(id, 'AWS::S3::AccountPublicAccessBlock', '', id, blockOf(block)));
  for (const resource of world.resources.filter(({ accountId }) => accountId === id)) {
    const { arn, policy, tags = {} } = resource;
    const service = arn.split(':')[2];
    const add = (type: string, name: string, configuration: JsonValue, supplementary: JsonObject = {}): void =>
      void items.push(
        item(id, type, arn, name, configuration, { supplementaryConfiguration: supplementary, tags: { ...tags } }),
      );
    if (resource.accessPoint != null) {
      const { bucket, vpcId } = resource.accessPoint;
      const block = resource.publicAccessBlock;
      add('AWS::S3::AccessPoint', nameOf(arn), {
        Name: nameOf(arn),
        Bucket: bucket.slice('arn:aws:s3:::'.length),
        NetworkOrigin: vpcId === null ? 'Internet' : 'VPC',
        ...(vpcId !== null && { VpcConfiguration: { VpcId: vpcId } }),
        ...(policy != null && { Policy: JSON.parse(policy) }),
        ...(block != null && publicAccessBlock(block)),
      });
    } else if (service === 's3') {
      const own = resource.publicAccessBlock;
      add(
        'AWS::S3::Bucket',
        arn.slice('arn:aws:s3:::'.length),
        { name: arn.slice('arn:aws:s3:::'.length) },
        {
          BucketPolicy: { policyText: policy ?? null },
          ...(own != null && { PublicAccessBlockConfiguration: blockOf(own) }),
        },
      );
    } else if (service === 'kms')
      add('AWS::KMS::Key', nameOf(arn), { keyId: nameOf(arn), arn }, { Policy: policy ?? '' });
    else if (service === 'sqs')
      add('AWS::SQS::Queue', arn.split(':')[5] ?? '', { QueueArn: arn, Policy: policy ?? '' });
    else if (service === 'sns')
      add('AWS::SNS::Topic', arn.split(':')[5] ?? '', { TopicArn: arn, Policy: policy ?? '' });
    else add('AWS::SecretsManager::Secret', arn, { Name: arn }, {});
  }
  for (const endpoint of world.vpcEndpoints.filter(({ accountId }) => accountId === id)) {
    const arn = `arn:aws:ec2:${REGION}:${id}:vpc-endpoint/${endpoint.id}`;
    const configuration = {
      vpcEndpointId: endpoint.id,
      vpcEndpointType: endpoint.type,
      vpcId: endpoint.vpcId ?? '',
      serviceName: endpoint.serviceName,
      state: 'available',
      policyDocument: endpoint.policy ?? '',
    };
    items.push(item(id, 'AWS::EC2::VPCEndpoint', arn, endpoint.id, configuration));
  }
  return items;
}
