/**
 * Everything that `rolegate collect` may ask AWS, in the words of the AWS command line. Nothing else is ever run, apart
 * from `sts assume-role` where a role is named (assumed-role.ts). In options and values, `{account}`, `{partition}`,
 * `{region}`, `{item}` and `{parent}`, which the item is in, stand for what they name.
 */
export interface Operation {
  readonly service: string;
  readonly operation: string;
  readonly options?: readonly string[];
  /** The argument in the name of the file, where no single option says what the answer is about. */
  readonly about?: string;
  /** Codes of errors by which AWS says that there is none. */
  readonly none?: readonly string[];
}

/** An operation that is asked for each item of a list. */
export interface ItemOperation extends Operation {
  /** The option that names the item, and its value: the argument in the name of the file, unless `about` says it. */
  readonly item: readonly [option: string, value: string];
}

/** An operation that is asked once, and what is asked for each item of its answer. */
export interface Listing extends Operation {
  readonly items?: Items;
  readonly each?: readonly ItemOperation[];
  /** Members of items that are not kept. */
  readonly omit?: readonly string[];
}

/** Where an answer holds its items. */
export interface Items {
  /** The member that is the list. */
  readonly list: string;
  /** The member of an item that is its name; null: items are names. */
  readonly name: string | null;
  /** The member of an item that is the name of what it is in, where its own name is not enough. */
  readonly parent?: string;
  /** The member of an item that is its Region, for an answer that lists all Regions. */
  readonly region?: string;
  /** What a dry run shows in place of the name. */
  readonly shown: string;
}

export const IDENTITY: Operation = { service: 'sts', operation: 'get-caller-identity' };

export const ORGANIZATION: Operation = {
  service: 'organizations',
  operation: 'describe-organization',
  none: ['AWSOrganizationsNotInUseException'],
};

/** Asked once in each account. */
export const ACCOUNT: readonly Listing[] = [
  { service: 'iam', operation: 'get-account-authorization-details' },
  { service: 'iam', operation: 'list-account-aliases' },
  { service: 'iam', operation: 'list-instance-profiles' },
  {
    service: 'iam',
    operation: 'list-open-id-connect-providers',
    items: { list: 'OpenIDConnectProviderList', name: 'Arn', shown: 'PROVIDER_ARN' },
    each: [
      {
        service: 'iam',
        operation: 'get-open-id-connect-provider',
        item: ['--open-id-connect-provider-arn', '{item}'],
      },
    ],
  },
  {
    service: 's3control',
    operation: 'get-public-access-block',
    options: ['--account-id', '{account}'],
    none: ['NoSuchPublicAccessBlockConfiguration'],
  },
  {
    service: 's3api',
    operation: 'list-buckets',
    items: { list: 'Buckets', name: 'Name', region: 'BucketRegion', shown: 'BUCKET' },
    each: [
      bucket('get-bucket-policy', 'NoSuchBucketPolicy'),
      bucket('get-public-access-block', 'NoSuchPublicAccessBlockConfiguration'),
      bucket('get-bucket-ownership-controls', 'OwnershipControlsNotFoundError'),
      bucket('get-bucket-tagging', 'NoSuchTagSet'),
      bucket('get-bucket-abac'),
    ],
  },
];

function bucket(operation: string, ...none: readonly string[]): ItemOperation {
  return { service: 's3api', operation, item: ['--bucket', '{item}'], none };
}

/** Asked by an account of itself where the organization is not asked: members may not read more of it. */
export const OWN_S3_POLICY: Operation = {
  service: 'organizations',
  operation: 'describe-effective-policy',
  options: ['--policy-type', 'S3_POLICY'],
  about: '{account}',
  none: ['EffectivePolicyNotFoundException'],
};

export const REGIONS: Listing = {
  service: 'ec2',
  operation: 'describe-regions',
  items: { list: 'Regions', name: 'RegionName', shown: 'REGION' },
};

/** For those who may not ask EC2. */
export const ACCOUNT_REGIONS: Listing = {
  service: 'account',
  operation: 'list-regions',
  options: ['--region-opt-status-contains', 'ENABLED', 'ENABLED_BY_DEFAULT'],
  items: { list: 'Regions', name: 'RegionName', shown: 'REGION' },
};

/** Of an organization, asked by its management account or by a delegated administrator. */
export const ORGANIZATION_ROOTS = organization('list-roots', { list: 'Roots', name: 'Id', shown: 'ROOT' });
export const ORGANIZATION_ACCOUNTS = organization('list-accounts', { list: 'Accounts', name: 'Id', shown: 'ACCOUNT' });
export const DELEGATED_ADMINISTRATORS: Listing = {
  ...organization('list-delegated-administrators', { list: 'DelegatedAdministrators', name: 'Id', shown: 'ACCOUNT' }),
  each: [organizationItem('list-delegated-services-for-account', '--account-id')],
};
export const CONTROL_POLICY_TYPES: readonly string[] = ['SERVICE_CONTROL_POLICY', 'RESOURCE_CONTROL_POLICY'];
export const CONTROL_POLICIES = organizationItem('list-policies', '--filter');
export const CONTROL_POLICY_ITEMS: Items = { list: 'Policies', name: 'Id', shown: 'POLICY' };
export const OF_CONTROL_POLICY: readonly ItemOperation[] = [
  organizationItem('describe-policy', '--policy-id'),
  organizationItem('list-targets-for-policy', '--policy-id'),
];
export const UNITS = organizationItem('list-organizational-units-for-parent', '--parent-id');
export const UNIT_ITEMS: Items = { list: 'OrganizationalUnits', name: 'Id', shown: 'UNIT' };
export const ACCOUNTS_OF_PARENT = organizationItem('list-accounts-for-parent', '--parent-id');
export const ORGANIZATION_TAGS = organizationItem('list-tags-for-resource', '--resource-id');
export const EFFECTIVE_S3_POLICY: ItemOperation = {
  ...organizationItem('describe-effective-policy', '--target-id'),
  options: ['--policy-type', 'S3_POLICY'],
  none: ['EffectivePolicyNotFoundException'],
};

function organization(operation: string, items: Items): Listing {
  return { service: 'organizations', operation, items };
}

function organizationItem(operation: string, option: string): ItemOperation {
  return { service: 'organizations', operation, item: [option, '{item}'] };
}
