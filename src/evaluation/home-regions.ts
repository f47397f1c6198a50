/**
 * Services whose API runs in one Region of a partition, wherever their resources are: the Region of a request to them is
 * that Region, and their ARNs contain none. By partition, then by the prefix of their actions.
 *
 * From the endpoint data of AWS's SDKs (botocore 1.43, data/endpoints.json and the endpoint rule sets: services
 * with a partition-wide endpoint, by the Region that requests to it are signed for), and
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-requestedregion
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws_deny-requested-region.html
 * https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/global-services.html
 * Not included: S3 and STS, which have a global endpoint besides their regional ones.
 */
const HOME_REGIONS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  aws: {
    'us-east-1': [
      'account',
      'artifact',
      'bcm-data-exports',
      'bcm-pricing-calculator',
      'billing',
      'billingconductor',
      'budgets',
      'ce',
      'chime',
      'cloudfront',
      'freetier',
      'health',
      'iam',
      'importexport',
      'invoicing',
      'notifications-contacts',
      'organizations',
      'route53',
      'route53domains',
      'savingsplans',
      'shield',
      'support',
      'tax',
      'waf',
    ],
    // https://docs.aws.amazon.com/global-accelerator/latest/dg/getting-started.html names the Region of its API.
    'us-west-2': [
      'devicefarm',
      'globalaccelerator',
      'networkmanager',
      'route53-recovery-control-config',
      'route53-recovery-readiness',
    ],
  },
  'aws-cn': {
    'cn-north-1': ['iam', 'support'],
    'cn-northwest-1': ['account', 'budgets', 'ce', 'cloudfront', 'freetier', 'health', 'organizations', 'route53'],
  },
  'aws-us-gov': { 'us-gov-west-1': ['iam', 'networkmanager', 'organizations', 'route53', 'support'] },
  'aws-iso': { 'us-iso-east-1': ['budgets', 'ce', 'iam', 'organizations', 'route53', 'support'] },
  'aws-iso-b': { 'us-isob-east-1': ['budgets', 'ce', 'iam', 'organizations', 'route53', 'support'] },
  'aws-iso-e': { 'eu-isoe-west-1': ['budgets', 'ce', 'iam', 'organizations', 'route53', 'savingsplans'] },
  'aws-iso-f': { 'us-isof-south-1': ['budgets', 'ce', 'iam', 'organizations', 'route53', 'savingsplans'] },
  'aws-eusc': { 'eusc-de-east-1': ['budgets', 'ce', 'iam', 'route53'] },
};

const byService: ReadonlyMap<string, string> = new Map(
  Object.entries(HOME_REGIONS).flatMap(([partition, regions]) =>
    Object.entries(regions).flatMap(([region, services]) =>
      services.map((service): [string, string] => [`${partition} ${service}`, region]),
    ),
  ),
);

/** The Region of every request to `service` in a partition; undefined: it depends on the request. */
export function homeRegion(partition: string, service: string): string | undefined {
  return byService.get(`${partition} ${service}`);
}
