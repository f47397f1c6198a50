import { nearest } from '../policy/spelling.ts';
import type { KnownNames } from './known-names.ts';

/**
 * Names of service principals that are no prefix of actions, from AWS's managed policies and service guides. AWS publishes no
 * list of them: a name with one known label (`replicator.lambda`) is assumed to exist.
 */
const MORE_NAMES: ReadonlySet<string> = new Set(
  `alexa-appkit alexa-connectedhome application-insights aws-artifact-account-sync aws-mcp backupgateway billingconsole
  bcm-data-exports cassandra-streams chatbot cloudwatch-crossaccount codecatalyst-runner cognito-identity-us-gov config-conforms
  config-multiaccountsetup costalerts crowd datazonecontrol delivery dms-fleet-advisor ds ebs ec2-images ec2fastlaunch ec2fleet
  ec2scheduled ec2sqlha ecs-compute ecs-tasks edgelambda eks-connector eks-fargate eks-fargate-pods eks-nodegroup elb emrwal
  frauddetector importexport internal iotroborunner kinesisanalytics lexv2 macie managedservices metering-marketplace
  migrationhub mobilehub monitoring networkinsights opensearchservice opsworks opsworks-cm pinpoint replicator schemas sdmp
  securityhubv2 servicecatalog-appregistry sms spot spotfleet ssm-incidents transitgateway trustedadvisor
  user-attribute-cost-allocation-data vmie vpc-flow-logs vpce workdocs worklink`.split(/\s+/),
);

const DOMAIN = /^(.+)\.(amazonaws\.com(?:\.cn)?|amazonaws\.eu)$/;

/** A service principal with no known label, and the search for the probable name; null: it may exist. */
export function unknownServicePrincipal(
  catalog: KnownNames,
  text: string,
): { readonly suggest: () => string | null } | null {
  const [, name = '', domain = ''] = DOMAIN.exec(text.toLowerCase()) ?? [];
  const labels = name.split('.');
  if (name === '' || labels.some((label) => MORE_NAMES.has(label) || catalog.service(label) !== null)) return null;
  const suggest = (): string | null => {
    const [first = '', ...more] = labels;
    const known = nearest(first, [...catalog.services(), ...MORE_NAMES]);
    return known === null ? null : [known, ...more, domain].join('.');
  };
  return { suggest };
}
