import { parseArn } from '../../policy/arn.ts';
import type { JsonValue } from '../../policy/json.ts';
import type { PolicyKind } from '../../policy/policy-kind.ts';
import { describeJson, shorten } from '../bounded-json.ts';
import { Entry, isJsonObject } from '../entry.ts';
import type { Facts } from '../facts.ts';
import type { ResourceFacts } from '../facts-types.ts';
import { isAccountId } from '../iam-arn.ts';
import { policyText } from '../policy-text.ts';
import { publicAccessSettings } from '../public-access-settings.ts';
import { type ConfigItem, unpacked } from './config-item.ts';

/** Where Config keeps the policy of each type that has one; undefined: it was not asked for, null: there is none. */
const POLICIES: Readonly<Partial<Record<string, (item: ConfigItem) => JsonValue | undefined>>> = {
  'AWS::S3::Bucket': ({ supplement }) => {
    const policy = unpacked(supplement['BucketPolicy']);
    return isJsonObject(policy) ? policy['policyText'] : undefined;
  },
  'AWS::S3::AccessPoint': ({ configuration }) => configuration['Policy'],
  'AWS::KMS::Key': ({ supplement }) => supplement['Policy'],
  'AWS::SQS::Queue': ({ configuration }) => configuration['Policy'],
  'AWS::SNS::Topic': ({ configuration }) => configuration['Policy'],
  'AWS::SecretsManager::Secret': ({ supplement }) => supplement['Policy'],
  'AWS::Lambda::Function': ({ supplement }) => supplement['Policy'],
};

/** Says what an item says that is not of IAM. */
export function sayConfigItem(item: ConfigItem, facts: Facts): void {
  if (item.type === 'AWS::S3::AccountPublicAccessBlock') sayAccountSettings(item, facts);
  else if (item.type === 'AWS::EC2::VPCEndpoint') sayEndpoint(item, facts);
  else if (item.type === 'AWS::IAM::OIDCProvider') sayProvider(item, facts);
  else sayResource(item, facts);
}

function sayResource(item: ConfigItem, facts: Facts): void {
  const { arn: written, accountId, type, at } = item;
  const arn = written === null ? null : parseArn(written);
  if (written === null || arn === null) {
    facts.note(at, written === null ? 'it has no ARN; left out' : `\`${shorten(written)}\` is not an ARN; left out`);
    return;
  }
  if (isAccountId(arn.accountId) && arn.accountId !== accountId) {
    facts.note(at, `\`${shorten(written)}\` is not in its account, ${accountId}; left out`);
    return;
  }
  const policy = POLICIES[type]?.(item);
  const said: Partial<ResourceFacts> = {
    accountId,
    ...(item.tags !== undefined && { tags: item.tags }),
    ...(policy !== undefined && { policy: policyOf(item, policy, 'resource', facts) }),
    ...(type === 'AWS::S3::Bucket' && {
      ...(item.region !== null && { region: item.region }),
      ...bucketSettings(item, facts),
    }),
    ...(type === 'AWS::S3::AccessPoint' && accessPointSettings(item, arn.partition, facts)),
  };
  facts.resources.say(written, said, at);
  // Of most types Config does not hold the policy, which is not the same as none.
  if (policy === undefined) {
    const what = `the policies of ${arn.service} that AWS Config does not hold`;
    facts.knows(accountId, 'RESOURCE_POLICIES', [{ what, concerns: 'UNKNOWN' }], arn.service);
  }
}

function bucketSettings(item: ConfigItem, facts: Facts): Pick<Partial<ResourceFacts>, 'publicAccessBlock'> {
  const written = unpacked(item.supplement['PublicAccessBlockConfiguration']);
  if (written === null) return {};
  const publicAccessBlock = publicAccessSettings(written);
  if (publicAccessBlock !== null) return { publicAccessBlock };
  const found = describeJson(written);
  facts.note(item.at, `PublicAccessBlockConfiguration: expected settings of Block Public Access, found ${found}`);
  return {};
}

/** Config describes access points as CloudFormation does. */
function accessPointSettings(
  { configuration, at }: ConfigItem,
  partition: string,
  facts: Facts,
): Pick<Partial<ResourceFacts>, 'accessPoint' | 'publicAccessBlock'> {
  const entry = new Entry(at.place, configuration, facts.notes.of(at.file));
  const bucket = entry.text('Bucket');
  const vpcId = entry.child('VpcConfiguration')?.text('VpcId') ?? null;
  const isOpen = entry.text('NetworkOrigin') !== 'VPC';
  const publicAccessBlock = publicAccessSettings(configuration['PublicAccessBlockConfiguration'] ?? null);
  return {
    ...(bucket !== null &&
      (vpcId !== null || isOpen) && {
        accessPoint: { bucket: `arn:${partition}:s3:::${bucket}`, vpcId },
      }),
    ...(publicAccessBlock !== null && { publicAccessBlock }),
  };
}

function policyOf(item: ConfigItem, value: JsonValue, kind: PolicyKind, facts: Facts): string | null {
  if (value === null || value === '') return null;
  const entry = new Entry(item.at.place, { policy: value }, facts.notes.of(item.at.file));
  return policyText(entry, 'policy', kind);
}

function sayAccountSettings(item: ConfigItem, facts: Facts): void {
  const publicAccessBlock = publicAccessSettings(item.configuration);
  if (publicAccessBlock === null) {
    facts.note(item.at, `expected settings of Block Public Access, found ${describeJson(item.configuration)}`);
    return;
  }
  facts.accounts.say(item.accountId, { publicAccessBlock }, item.at);
}

function sayEndpoint(item: ConfigItem, facts: Facts): void {
  const { configuration, accountId, region, at } = item;
  const member = (name: string) => {
    const value = configuration[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const id = member('vpcEndpointId') ?? item.name;
  if (id?.startsWith('vpce-') !== true) {
    facts.note(at, 'it has no vpcEndpointId; left out');
    return;
  }
  const policy = configuration['policyDocument'];
  const vpcId = member('vpcId');
  const type = member('vpcEndpointType');
  const serviceName = member('serviceName');
  facts.vpcEndpoints.say(
    id,
    {
      accountId,
      ...(region !== null && { region }),
      ...(vpcId !== undefined && { vpcId }),
      ...(type !== undefined && { type }),
      ...(serviceName !== undefined && { serviceName }),
      ...(policy !== undefined && { policy: policyOf(item, policy, 'vpce', facts) }),
      ...(item.tags !== undefined && { tags: item.tags }),
    },
    at,
  );
}

function sayProvider(item: ConfigItem, facts: Facts): void {
  const { configuration, at } = item;
  const arn = item.arn ?? configuration['Arn'] ?? null;
  if (typeof arn !== 'string' || parseArn(arn)?.service !== 'iam') {
    facts.note(at, `expected the ARN of an OIDC provider, found ${describeJson(arn)}; left out`);
    return;
  }
  const entry = new Entry(at.place, configuration, facts.notes.of(at.file));
  const url = entry.text('Url');
  const clientIds = entry.texts('ClientIdList') ?? entry.texts('ClientIDList');
  facts.oidcProviders.say(
    arn,
    {
      ...(url !== null && { url: url.startsWith('https://') ? url : `https://${url}` }),
      ...(clientIds !== undefined && { clientIds }),
    },
    at,
  );
}
