import type { PublicAccessBlock } from '../../directory/document.ts';
import type { Entry } from '../entry.ts';
import { isAccountId } from '../iam-arn.ts';
import {
  type Answer,
  accountOf,
  argument,
  at,
  hasListOf,
  isWholeList,
  type Operation,
  partitionOf,
  regionalArn,
  required,
} from './answer.ts';
import { listAnswer, sayPolicy, sayResource } from './resource-answers.ts';

/**
 * Answers on buckets and access points. The account of a bucket is that of the folder: its ARN does not name it.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations.html
 */
export const S3: readonly Operation[] = [
  { command: 's3api list-buckets', looksLike: hasListOf('Buckets', 'Name', 'CreationDate'), read: readBuckets },
  {
    command: 's3api get-bucket-policy',
    noneCodes: ['NoSuchBucketPolicy'],
    read: (answer) => {
      const bucket = argument(answer, 'bucket');
      if (bucket !== null) sayPolicy(answer, bucketArn(answer, bucket), 'Policy');
    },
  },
  onBucket('s3api get-bucket-tagging', ['NoSuchTagSet'], ({ entry, error }) => {
    const tags = error === null ? entry.tags('TagSet') : {};
    return tags === undefined ? {} : { tags };
  }),
  onBucket('s3api get-public-access-block', ['NoSuchPublicAccessBlockConfiguration'], (answer) => blockPatch(answer)),
  onBucket('s3api get-bucket-abac', [], ({ entry }) => {
    const status = entry.child('AbacStatus')?.text('Status') ?? null;
    return status === null ? {} : { abacEnabled: status === 'Enabled' };
  }),
  // Without controls, objects belong to who writes them: ACLs have effect.
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html
  onBucket('s3api get-bucket-ownership-controls', ['OwnershipControlsNotFoundError'], ({ entry, error }) => {
    const [rule] = entry.child('OwnershipControls')?.entries('Rules') ?? [];
    const objectOwnership = error === null ? (rule?.text('ObjectOwnership') ?? null) : 'ObjectWriter';
    return objectOwnership === null ? {} : { objectOwnership };
  }),
  // us-east-1 is printed as null, eu-west-1 sometimes as EU.
  // https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html
  onBucket('s3api get-bucket-location', [], ({ entry }) => {
    const location = entry.text('LocationConstraint') ?? 'us-east-1';
    return { region: location === 'EU' ? 'eu-west-1' : location };
  }),
  {
    command: 's3control get-public-access-block',
    noneCodes: ['NoSuchPublicAccessBlockConfiguration'],
    read: readAccountBlock,
  },
  listAnswer('s3control list-access-points', 'access points', 'AccessPointList', {
    looksLike: (json) => Object.hasOwn(json, 'AccessPointList'),
    arnOf: (entry) => required(entry, 'AccessPointArn'),
    patchOf: accessPointPatch,
  }),
  {
    command: 's3control get-access-point-policy',
    noneCodes: ['NoSuchAccessPointPolicy'],
    read: (answer) => {
      const arn = accessPoint(answer);
      if (arn !== null) sayPolicy(answer, arn, 'Policy');
    },
  },
  {
    command: 's3control get-access-point',
    looksLike: (json) => Object.hasOwn(json, 'AccessPointArn') && Object.hasOwn(json, 'PublicAccessBlockConfiguration'),
    read: (answer) => {
      const arn = answer.entry.text('AccessPointArn') ?? accessPoint(answer);
      if (arn !== null) sayResource(answer, arn, { ...blockPatch(answer), ...accessPointPatch(answer.entry, answer) });
    },
  },
];

/** What an access point leads to and from where. Those of file systems have no bucket. */
function accessPointPatch(entry: Entry, answer: Answer): Patch {
  const bucket = answer.error === null ? entry.text('Bucket') : null;
  if (bucket === null) return {};
  const vpcId = entry.child('VpcConfiguration')?.text('VpcId') ?? null;
  // Without the id, it would be open to the internet.
  if (vpcId === null && entry.text('NetworkOrigin') === 'VPC') return {};
  return { accessPoint: { bucket: bucketArn(answer, bucket), vpcId } };
}

type Patch = Parameters<typeof sayResource>[2];

function onBucket(command: string, noneCodes: readonly string[], patchOf: (answer: Answer) => Patch): Operation {
  return {
    command,
    noneCodes,
    read: (answer) => {
      const bucket = argument(answer, 'bucket');
      if (bucket !== null) sayResource(answer, bucketArn(answer, bucket), patchOf(answer));
    },
  };
}

function bucketArn(answer: Answer, name: string): string {
  return name.startsWith('arn:') ? name : `arn:${partitionOf(answer)}:s3:::${name}`;
}

/** A listing with a prefix or of one Region is not whole. */
function readBuckets(answer: Answer): void {
  const accountId = accountOf(answer);
  if (accountId === null) return;
  const entries = answer.entry.entries('Buckets') ?? [];
  const arns: string[] = [];
  for (const entry of entries) {
    const name = required(entry, 'Name');
    const arn = entry.text('BucketArn') ?? (name === null ? null : bucketArn(answer, name));
    if (arn === null) continue;
    arns.push(arn);
    const region = entry.text('BucketRegion');
    sayResource(answer, arn, region === null ? {} : { region });
  }
  const isFiltered = answer.entry.get('Prefix') !== undefined;
  if (!isFiltered && isWholeList(answer, 'Buckets', arns.length)) {
    answer.facts.lists(accountId, '', 'buckets', arns, at(answer));
  }
}

function blockPatch(answer: Answer): Patch {
  if (answer.error !== null) return { publicAccessBlock: null };
  const block = answer.entry.child('PublicAccessBlockConfiguration');
  return block === null ? {} : { publicAccessBlock: readBlock(block) };
}

/** A setting that is left out is off. https://docs.aws.amazon.com/AmazonS3/latest/API/API_PublicAccessBlockConfiguration.html */
export function readBlock(entry: Entry): PublicAccessBlock {
  return {
    blockPublicAcls: entry.get('BlockPublicAcls') === true,
    ignorePublicAcls: entry.get('IgnorePublicAcls') === true,
    blockPublicPolicy: entry.get('BlockPublicPolicy') === true,
    restrictPublicBuckets: entry.get('RestrictPublicBuckets') === true,
  };
}

function readAccountBlock(answer: Answer): void {
  const [named] = answer.name.arguments;
  const account = named ?? accountOf(answer);
  if (account === null || !isAccountId(account)) return;
  const block = answer.error === null ? answer.entry.child('PublicAccessBlockConfiguration') : null;
  if (block === null && answer.error === null) return;
  answer.facts.accounts.say(account, { publicAccessBlock: block && readBlock(block) }, at(answer));
}

/** Arguments: the account, which may be left out, and the name or ARN. */
function accessPoint(answer: Answer): string | null {
  const [first] = answer.name.arguments;
  const name = argument(answer, 'access point', first !== undefined && isAccountId(first) ? 1 : 0);
  return name === null ? null : regionalArn(answer, 's3', 'accesspoint/', name);
}
