import { parseArn } from '../policy/arn.ts';

/**
 * The types of resources that AWS RAM shares with other accounts: by service prefix, the beginnings of the resource part of
 * their ARNs. After https://docs.aws.amazon.com/ram/latest/userguide/shareable.html, written on 2026-11-26 without the page at hand; the
 * catalogue does not say what can be shared. A type that is missing here lacks a gap, and changes no decision.
 */
export const SHAREABLE: Readonly<Record<string, readonly string[]>> = {
  'acm-pca': ['certificate-authority/'],
  appmesh: ['mesh/'],
  appsync: ['apis/'],
  backup: ['backup-vault:'],
  bedrock: ['custom-model/'],
  billing: ['billingview/'],
  cloudhsm: ['backup/'],
  codebuild: ['project/', 'report-group/'],
  datazone: ['domain/'],
  ec2: [
    'capacity-reservation/',
    'coip-pool/',
    'dedicated-host/',
    'ipam-pool/',
    'ipam-resource-discovery/',
    'local-gateway-route-table/',
    'placement-group/',
    'prefix-list/',
    'security-group/',
    'subnet/',
    'traffic-mirror-target/',
    'transit-gateway/',
    'transit-gateway-multicast-domain/',
    'verified-access-group/',
  ],
  elasticloadbalancing: ['truststore/'],
  fsx: ['volume/'],
  glue: ['catalog', 'database/', 'table/'],
  imagebuilder: ['component/', 'container-recipe/', 'image/', 'image-recipe/'],
  'license-manager': ['license-configuration:'],
  'network-firewall': ['firewall-policy/', 'stateful-rulegroup/', 'stateless-rulegroup/'],
  networkmanager: ['core-network/'],
  outposts: ['outpost/', 'site/'],
  rds: ['cluster:'],
  'refactor-spaces': ['environment/'],
  'resource-explorer-2': ['view/'],
  'resource-groups': ['group/'],
  'route53-recovery-control': ['cluster/'],
  route53profiles: ['profile/'],
  route53resolver: ['firewall-rule-group/', 'resolver-query-log-config/', 'resolver-rule/'],
  s3: ['access-grants/'],
  's3-outposts': ['outpost/'],
  sagemaker: ['feature-group/', 'hub/', 'model-card/', 'model-package-group/', 'pipeline/'],
  servicecatalog: ['/applications/', '/attribute-groups/'],
  servicediscovery: ['namespace/'],
  'sms-voice': ['opt-out-list/', 'phone-number/', 'pool/', 'sender-id/'],
  ssm: ['parameter/'],
  'ssm-contacts': ['contact/'],
  'ssm-incidents': ['response-plan/'],
  'vpc-lattice': ['resourceconfiguration/', 'service/', 'servicenetwork/'],
};

export function isShareable(arn: string): boolean {
  const parsed = parseArn(arn);
  if (parsed === null) return false;
  return SHAREABLE[parsed.service]?.some((beginning) => parsed.resource.startsWith(beginning)) === true;
}
