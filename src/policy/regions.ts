/**
 * The partitions of AWS and their Regions, including Regions that must be enabled first.
 * https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html, and partitions.json of the AWS SDKs
 */
const REGIONS: Readonly<Record<string, readonly string[]>> = {
  aws: [
    'af-south-1',
    'ap-east-1',
    'ap-east-2',
    'ap-northeast-1',
    'ap-northeast-2',
    'ap-northeast-3',
    'ap-south-1',
    'ap-south-2',
    'ap-southeast-1',
    'ap-southeast-2',
    'ap-southeast-3',
    'ap-southeast-4',
    'ap-southeast-5',
    'ap-southeast-6',
    'ap-southeast-7',
    'ca-central-1',
    'ca-west-1',
    'eu-central-1',
    'eu-central-2',
    'eu-north-1',
    'eu-south-1',
    'eu-south-2',
    'eu-west-1',
    'eu-west-2',
    'eu-west-3',
    'il-central-1',
    'me-central-1',
    'me-south-1',
    'mx-central-1',
    'sa-east-1',
    'us-east-1',
    'us-east-2',
    'us-west-1',
    'us-west-2',
  ],
  'aws-cn': ['cn-north-1', 'cn-northwest-1'],
  'aws-us-gov': ['us-gov-east-1', 'us-gov-west-1'],
  'aws-iso': ['us-iso-east-1', 'us-iso-west-1'],
  'aws-iso-b': ['us-isob-east-1', 'us-isob-west-1'],
  'aws-iso-e': ['eu-isoe-west-1'],
  'aws-iso-f': ['us-isof-east-1', 'us-isof-south-1'],
  'aws-eusc': ['eusc-de-east-1'],
};

export const PARTITIONS: readonly string[] = Object.keys(REGIONS);
const ALL_REGIONS: readonly string[] = Object.values(REGIONS).flat();
const NONE: readonly string[] = [];
const PARTITION_OF: ReadonlyMap<string, string> = new Map(
  Object.entries(REGIONS).flatMap(([partition, regions]) => regions.map((region) => [region, partition] as const)),
);

export function isPartition(text: string): boolean {
  return Object.hasOwn(REGIONS, text);
}

/** The Regions of a partition, or of all partitions if none is named; empty: the partition does not exist. */
export function regionsOf(partition: string | null): readonly string[] {
  if (partition === null) return ALL_REGIONS;
  return isPartition(partition) ? (REGIONS[partition] ?? NONE) : NONE;
}

/** The partition of a Region; `aws`, the only one that gains Regions often, for a Region that is not in the list. */
export function partitionOf(region: string): string {
  return PARTITION_OF.get(region) ?? 'aws';
}
