import { parseArn } from '../../policy/arn.ts';
import type { JsonObject } from '../../policy/json.ts';
import type { PolicyKind } from '../../policy/policy-kind.ts';
import { describeJson, shorten } from '../bounded-json.ts';
import { Entry } from '../entry.ts';
import type { Facts } from '../facts.ts';
import type { ResourceFacts } from '../facts-types.ts';
import { isAccountId } from '../iam-arn.ts';
import { policyText } from '../policy-text.ts';
import { publicAccessSettings } from '../public-access-settings.ts';
import type { Place } from '../source-file.ts';
import type { FileGroup } from './file-group.ts';

/** Says what the files of one resource, bucket or VPC endpoint say. */
export function sayResource(accountId: string, group: FileGroup, facts: Facts): void {
  const metadata = group.object('metadata');
  if (metadata === undefined) {
    facts.note({ file: group.somePath, place: '' }, 'there is no metadata.json beside it; the resource is left out');
    return;
  }
  const at = { file: group.path('metadata'), place: '' };
  const written = metadata['arn'];
  const arn = typeof written === 'string' ? parseArn(written) : null;
  if (typeof written !== 'string' || arn === null) {
    facts.note({ ...at, place: 'arn' }, `expected an ARN, found ${describeJson(written)}; the resource is left out`);
    return;
  }
  if (isAccountId(arn.accountId) && arn.accountId !== accountId) {
    facts.note(
      { ...at, place: 'arn' },
      `\`${shorten(written)}\` is not in the account of its folder, ${accountId}; the resource is left out`,
    );
    return;
  }
  const { id } = metadata;
  if (typeof id === 'string' && id.startsWith('vpce-')) sayEndpoint(id, arn.region, accountId, metadata, group, facts);
  else sayPlainResource(written, accountId, metadata, group, facts);
}

function sayPlainResource(arn: string, accountId: string, metadata: JsonObject, group: FileGroup, facts: Facts): void {
  const { partition = '', service = '', resource = '' } = parseArn(arn) ?? {};
  const isBucket = service === 's3' && !resource.includes('/');
  const isAccessPoint = service === 's3' && resource.startsWith('accesspoint/');
  const { region } = metadata;
  const tags = group.tags();
  // Every key has a policy: without its file, it is not known.
  const policy = policyOf(group, 'resource', facts) ?? (service === 'kms' ? undefined : null);
  const said: Partial<ResourceFacts> = {
    accountId,
    ...(tags !== undefined && { tags }),
    ...(policy !== undefined && { policy }),
    ...(isBucket && typeof region === 'string' && { region }),
    ...((isBucket || isAccessPoint) && publicAccess(group, facts)),
    ...(isAccessPoint && accessPoint(partition, metadata)),
  };
  facts.resources.say(arn, said, { file: group.path('metadata'), place: '' });
  if (policy !== undefined) return;
  const what = `the policy of ${shorten(arn)}`;
  facts.isUnanswered(arn, 'policy');
  facts.knows(accountId, 'RESOURCE_POLICIES', [{ what, concerns: 'STORED' }], service);
}

function accessPoint(
  partition: string,
  { bucket, networkOrigin, vpc }: JsonObject,
): Pick<Partial<ResourceFacts>, 'accessPoint'> {
  const vpcId = typeof vpc === 'string' ? vpc : null;
  if (typeof bucket !== 'string' || (vpcId === null && networkOrigin === 'VPC')) return {};
  return { accessPoint: { bucket: `arn:${partition}:s3:::${bucket}`, vpcId } };
}

function sayEndpoint(
  id: string,
  region: string,
  accountId: string,
  metadata: JsonObject,
  group: FileGroup,
  facts: Facts,
): void {
  const { vpc, type, serviceName } = metadata;
  const policy = policyOf(group, 'vpce', facts);
  const tags = group.tags();
  facts.vpcEndpoints.say(
    id,
    {
      accountId,
      region,
      ...(typeof vpc === 'string' && { vpcId: vpc }),
      ...(typeof serviceName === 'string' && { serviceName }),
      ...(typeof type === 'string' && { type }),
      ...(policy !== undefined && { policy }),
      ...(tags !== undefined && { tags }),
    },
    { file: group.path('metadata'), place: '' },
  );
}

/** The one file that holds a policy, whatever it is called. Undefined: there is none. */
function policyOf(group: FileGroup, kind: PolicyKind, facts: Facts): string | undefined {
  const [file, ...more] = group.names().filter((name) => /(?:^|-)policy$/.test(name));
  if (file === undefined) return undefined;
  for (const other of more) {
    facts.note(
      { file: group.path(other), place: '' },
      `${file}.json beside it is taken for the policy; this one is left out`,
    );
  }
  return documentText(group, file, kind, facts);
}

export function documentText(group: FileGroup, file: string, kind: PolicyKind, facts: Facts): string {
  const entry = new Entry('policy', { policy: group.get(file) ?? null }, facts.notes.of(group.path(file)));
  return policyText(entry, 'policy', kind);
}

function publicAccess(group: FileGroup, facts: Facts): Pick<Partial<ResourceFacts>, 'publicAccessBlock'> {
  const value = group.get('bpa');
  if (value === undefined) return { publicAccessBlock: null };
  const publicAccessBlock = publicAccessSettings(value);
  if (publicAccessBlock !== null) return { publicAccessBlock };
  noteSettings({ file: group.path('bpa'), place: '' }, describeJson(value), facts);
  return {};
}

export function noteSettings(at: Place, found: string, facts: Facts): void {
  facts.note(at, `expected settings of Block Public Access, found ${found}`);
}
