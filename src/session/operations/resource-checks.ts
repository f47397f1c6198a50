import { isStorable } from '../../directory/storable.ts';
import { isGrantOperation, isGrantPrincipal } from '../../evaluation/key-grant.ts';
import { parseArn } from '../../policy/arn.ts';
import { arnFault } from '../../policy/arn-fault.ts';
import { RolegateError } from '../../policy/errors.ts';
import type { PolicyKind } from '../../policy/policy-kind.ts';
import { isAccountId } from '../../policy/principal-id.ts';
import { checkWritten } from '../../policy/refused-policy.ts';
import { partitionOf, regionsOf } from '../../policy/regions.ts';
import { ValidationError } from '../errors.ts';

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
export const ARN_CHARACTERS = 2048;

/** https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html#tag-conventions */
const TAG = { key: 128, value: 256 } as const;
const TAG_TEXT = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
const MOST_TAGS = 50;

/** What has changes of its own, by the service of its ARN. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  iam: 'IAM’s entities have operations of their own',
  sts: 'sessions are made by assuming roles',
  organizations: 'organizations have operations of their own',
};

/** Throws for a text that is too short, too long, or cannot be stored. */
export function checkText(text: string, field: string, most: number, least = 1): void {
  if (text.length < least || text.length > most) {
    throw new ValidationError(`${field} has ${least} to ${most} characters, this one ${text.length}`, field);
  }
  if (!isStorable(text)) throw new ValidationError(`${field} holds no U+0000 and no half of a surrogate pair`, field);
}

/** The ARN of something that has tags as resources have them: what AWS Organizations has, too. */
export function checkTaggedArn(arn: string): void {
  checkOneArn(arn, 'resourceArn');
  const service = parseArn(arn)?.service ?? '';
  if (service !== 'organizations') checkResourceArn(arn);
}

/** The ARN of one resource that the directory can hold as such. */
export function checkResourceArn(arn: string, field = 'resourceArn'): void {
  checkOneArn(arn, field);
  const elsewhere =
    ELSEWHERE[parseArn(arn)?.service ?? ''] ?? (isEndpoint(arn) ? 'VPC endpoints have operations of their own' : null);
  if (elsewhere !== null) throw new ValidationError(`\`${arn}\` is no resource of this kind: ${elsewhere}`, field);
}

function checkOneArn(arn: string, field: string): void {
  checkText(arn, field, ARN_CHARACTERS);
  const parsed = parseArn(arn);
  const fault = parsed === null ? 'is not an ARN' : arnFault(arn);
  if (parsed === null || fault !== null) throw new ValidationError(`\`${arn}\` ${fault ?? 'is not an ARN'}`, field);
  if (/[*?]/.test(arn.slice(0, arn.length - parsed.resource.length)) || parsed.resource.includes('*')) {
    throw new ValidationError(`\`${arn}\` names more than one resource`, field);
  }
  if (parsed.accountId !== '' && !isAccountId(parsed.accountId)) {
    throw new ValidationError(`\`${arn}\` belongs to AWS`, field);
  }
}

function isEndpoint(arn: string): boolean {
  return /^arn:[^:]+:ec2:[^:]*:[^:]*:vpc-endpoint\//.test(arn);
}

interface GivenTag {
  readonly key: string;
  readonly value: string;
}

/** https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html#tag-conventions */
export function checkResourceTags(tags: readonly GivenTag[] | undefined): void {
  if (tags === undefined) return;
  if (tags.length > MOST_TAGS)
    throw new ValidationError(`at most ${MOST_TAGS} tags are given, these are ${tags.length}`, 'tags');
  const keys = new Set<string>();
  for (const [index, { key, value }] of tags.entries()) {
    checkTagText(key, `tags[${index}].key`, TAG.key, 1);
    checkTagText(value, `tags[${index}].value`, TAG.value, 0);
    checkNotOfAws(key, `tags[${index}].key`);
    // Conditions do not tell keys apart by their case: aws:RequestTag would have one value of the two, and both would be stored.
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-requesttag
    const alike = key.toLowerCase();
    if (keys.has(alike)) throw new RolegateError('InvalidInput', `Duplicate tag keys found: ${key}`, { field: 'tags' });
    keys.add(alike);
  }
}

export function checkResourceTagKeys(keys: readonly string[]): void {
  if (keys.length === 0 || keys.length > MOST_TAGS) {
    throw new ValidationError(`1 to ${MOST_TAGS} keys are given, these are ${keys.length}`, 'tagKeys');
  }
  for (const [index, key] of keys.entries()) {
    checkTagText(key, `tagKeys[${index}]`, TAG.key, 1);
    checkNotOfAws(key, `tagKeys[${index}]`);
  }
}

function checkTagText(text: string, field: string, most: number, least: number): void {
  checkText(text, field, most, least);
  if (!TAG_TEXT.test(text)) {
    throw new ValidationError(`${field} has letters, digits, spaces and _ . : / = + - @ only`, field);
  }
}

function checkNotOfAws(key: string, field: string): void {
  if (/^aws:/i.test(key)) throw new ValidationError(`tags whose keys begin with aws: belong to AWS`, field);
}

/** Throws AWS's answer, and refuses what cannot be read. */
export function checkPolicyOf(document: string | undefined, kind: PolicyKind): void {
  if (document !== undefined) checkWritten(document, kind, 'policyDocument', () => true);
}

interface Entry {
  readonly resourceArn: string;
  readonly accountId?: string;
  readonly region?: string;
  readonly accessPoint?: { readonly bucket: string; readonly vpcId: string | null };
  readonly objectOwnership?: string;
  readonly abacEnabled?: boolean;
}

/** What is said of a resource fits its ARN. */
export function checkEntry({
  resourceArn: arn,
  accountId,
  region,
  accessPoint,
  objectOwnership,
  abacEnabled,
}: Entry): void {
  checkResourceArn(arn);
  const { service, accountId: inArn = '', resource = '', partition = '' } = parseArn(arn) ?? {};
  if (accountId !== undefined && inArn !== '' && inArn !== accountId) {
    throw new ValidationError(`\`${arn}\` is of the account ${inArn}`, 'accountId');
  }
  const isBucket = service === 's3' && inArn === '' && !resource.includes('/');
  for (const [field, value] of Object.entries({ region, objectOwnership, abacEnabled })) {
    if (value !== undefined && !isBucket)
      throw new ValidationError(`only a bucket has a setting of its own for it`, field);
  }
  if (region !== undefined && !regionsOf(partition).includes(region)) {
    throw new ValidationError(`there is no Region \`${region}\` in the partition ${partition}`, 'region');
  }
  if (accessPoint === undefined) return;
  if (service !== 's3' || !/^accesspoint\/[^/]+$/.test(resource)) {
    throw new ValidationError(`\`${arn}\` is not the ARN of an access point`, 'accessPoint');
  }
  checkBucketArn(accessPoint.bucket, 'accessPoint.bucket');
  if (accessPoint.vpcId !== null) checkVpc(accessPoint.vpcId, 'accessPoint.vpcId');
}

function checkBucketArn(arn: string, field: string): void {
  checkResourceArn(arn, field);
  const { service, accountId, resource = '' } = parseArn(arn) ?? {};
  if (service === 's3' && accountId === '' && !resource.includes('/')) return;
  throw new ValidationError(`\`${arn}\` is not the ARN of a bucket`, field);
}

function checkVpc(id: string, field: string): void {
  if (!/^vpc-[0-9a-z]{1,32}$/.test(id)) throw new ValidationError(`\`${id}\` is not the id of a VPC`, field);
}

interface Grant {
  readonly keyArn: string;
  readonly granteePrincipal: string;
  readonly retiringPrincipal?: string;
  readonly operations: readonly string[];
  readonly name?: string;
  readonly encryptionContextSubset?: Readonly<Record<string, string>>;
  readonly encryptionContextEquals?: Readonly<Record<string, string>>;
}

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateGrant.html */
const GRANT_NAME = /^[a-zA-Z0-9:/_-]{1,256}$/;
const PRINCIPAL_CHARACTERS = 256;
const MOST_PAIRS = 8;
const PAIR_CHARACTERS = 384;

export function checkGrant(grant: Grant): void {
  const { keyArn, granteePrincipal, retiringPrincipal, operations, name } = grant;
  checkResourceArn(keyArn, 'keyArn');
  for (const [field, principal] of Object.entries({ granteePrincipal, retiringPrincipal })) {
    if (principal === undefined) continue;
    checkText(principal, field, PRINCIPAL_CHARACTERS);
    if (!isGrantPrincipal(principal)) throw new ValidationError(`\`${principal}\` is no principal of a grant`, field);
  }
  if (operations.length === 0) throw new ValidationError('a grant has at least one operation', 'operations');
  for (const [index, operation] of operations.entries()) {
    if (isGrantOperation(operation)) continue;
    throw new ValidationError(`no grant can allow \`${operation}\``, `operations[${index}]`);
  }
  if (name !== undefined && !GRANT_NAME.test(name)) {
    throw new ValidationError('the name of a grant has 1 to 256 characters of A-Z a-z 0-9 : / _ -', 'name');
  }
  checkPairs(grant.encryptionContextSubset, 'encryptionContextSubset');
  checkPairs(grant.encryptionContextEquals, 'encryptionContextEquals');
}

function checkPairs(pairs: Readonly<Record<string, string>> | undefined, field: string): void {
  const entries = Object.entries(pairs ?? {});
  if (entries.length > MOST_PAIRS) {
    throw new ValidationError(`${field} has at most ${MOST_PAIRS} pairs, this one ${entries.length}`, field);
  }
  for (const text of entries.flat()) checkText(text, field, PAIR_CHARACTERS, 0);
}

interface Endpoint {
  readonly region: string;
  readonly endpointId?: string;
  readonly vpcId?: string;
  readonly serviceName: string;
  readonly type: string;
  readonly tags?: readonly GivenTag[];
  readonly policyDocument?: string;
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcEndpoint.html */
const ENDPOINT_TYPES = ['Gateway', 'GatewayLoadBalancer', 'Interface', 'Resource', 'ServiceNetwork'];
const ENDPOINT_ID = /^vpce-[0-9a-z]{1,32}$/;
const SERVICE_NAME = /^[a-z0-9.-]{1,256}$/i;

export function checkEndpoint(endpoint: Endpoint): void {
  const { region, endpointId, vpcId, serviceName, type, tags, policyDocument } = endpoint;
  if (!regionsOf(partitionOf(region)).includes(region))
    throw new ValidationError(`there is no Region \`${region}\``, 'region');
  if (endpointId !== undefined) checkEndpointId(endpointId);
  if (vpcId !== undefined) checkVpc(vpcId, 'vpcId');
  if (!SERVICE_NAME.test(serviceName)) {
    throw new ValidationError(`\`${serviceName.slice(0, 100)}\` is no name of a service`, 'serviceName');
  }
  if (!ENDPOINT_TYPES.includes(type)) {
    throw new ValidationError(`the type of an endpoint is one of ${ENDPOINT_TYPES.join(', ')}`, 'type');
  }
  checkResourceTags(tags);
  checkPolicyOf(policyDocument, 'vpce');
}

export function isEndpointId(id: string): boolean {
  return ENDPOINT_ID.test(id);
}

export function checkEndpointId(id: string): void {
  if (!isEndpointId(id))
    throw new ValidationError(`\`${id.slice(0, 100)}\` is not the id of a VPC endpoint`, 'endpointId');
}
