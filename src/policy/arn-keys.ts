/**
 * Condition keys of services that hold a part of the ARN of the resource, in lower case, with the form of the part of the ARN after
 * its fifth colon: `{}` is the value, `*` any text without a slash. Found by going through the resource types of all services: a
 * key that a type lists and that is called like a placeholder in the ARN of the type (test/catalog/condition-keys.test.ts goes
 * through them again). https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html
 */
const FORMS: Readonly<Record<string, string>> = {
  'amplifyuibuilder:codegenjobresourceappid': 'app/{}/environment/*/codegen-jobs/*',
  'amplifyuibuilder:codegenjobresourceenvironmentname': 'app/*/environment/{}/codegen-jobs/*',
  'amplifyuibuilder:codegenjobresourceid': 'app/*/environment/*/codegen-jobs/{}',
  'amplifyuibuilder:componentresourceappid': 'app/{}/environment/*/components/*',
  'amplifyuibuilder:componentresourceenvironmentname': 'app/*/environment/{}/components/*',
  'amplifyuibuilder:componentresourceid': 'app/*/environment/*/components/{}',
  'amplifyuibuilder:formresourceappid': 'app/{}/environment/*/forms/*',
  'amplifyuibuilder:formresourceenvironmentname': 'app/*/environment/{}/forms/*',
  'amplifyuibuilder:formresourceid': 'app/*/environment/*/forms/{}',
  'amplifyuibuilder:themeresourceappid': 'app/{}/environment/*/themes/*',
  'amplifyuibuilder:themeresourceenvironmentname': 'app/*/environment/{}/themes/*',
  'amplifyuibuilder:themeresourceid': 'app/*/environment/*/themes/{}',
  'ec2:allocationid': 'elastic-ip/{}',
  'ec2:dhcpoptionsid': 'dhcp-options/{}',
  'ec2:imageid': 'image/{}',
  'ec2:instanceid': 'instance/{}',
  'ec2:internetgatewayid': 'internet-gateway/{}',
  'ec2:keypairname': 'key-pair/{}',
  // Its type, network-acl, has another placeholder.
  'ec2:networkaclid': 'network-acl/{}',
  'ec2:networkinterfaceid': 'network-interface/{}',
  'ec2:placementgroupname': 'placement-group/{}',
  'ec2:routetableid': 'route-table/{}',
  'ec2:securitygroupid': 'security-group/{}',
  'ec2:snapshotid': 'snapshot/{}',
  'ec2:subnetid': 'subnet/{}',
  'ec2:transitgatewayattachmentid': 'transit-gateway-attachment/{}',
  'ec2:transitgatewayconnectpeerid': 'transit-gateway-connect-peer/{}',
  'ec2:transitgatewayid': 'transit-gateway/{}',
  'ec2:transitgatewaymeteringpolicyid': 'transit-gateway-metering-policy/{}',
  'ec2:transitgatewaymulticastdomainid': 'transit-gateway-multicast-domain/{}',
  'ec2:transitgatewaypolicytableid': 'transit-gateway-policy-table/{}',
  'ec2:transitgatewayroutetableannouncementid': 'transit-gateway-route-table-announcement/{}',
  'ec2:transitgatewayroutetableid': 'transit-gateway-route-table/{}',
  'ec2:volumeid': 'volume/{}',
  'ec2:vpcid': 'vpc/{}',
  'ec2:vpcpeeringconnectionid': 'vpc-peering-connection/{}',
  'eks:clustername': 'access-entry/{}/*/*/*/*',
  'elasticache:cacheparametergroupname': 'parametergroup:{}',
  'groundstation:agentid': 'agent/{}',
  'groundstation:configid': 'config/*/{}',
  'groundstation:configtype': 'config/{}/*',
  'groundstation:contactid': 'contact/{}',
  'groundstation:dataflowendpointgroupid': 'dataflow-endpoint-group/{}',
  'groundstation:ephemerisid': 'ephemeris/{}',
  'groundstation:groundstationid': 'groundstation:{}',
  'groundstation:missionprofileid': 'mission-profile/{}',
  'groundstation:satelliteid': 'satellite/{}',
  'mgh:automationrunresourcerunid': 'automation-run/{}',
  'nimble:studioid': 'studio/{}',
};

function reading(form: string): RegExp {
  const escaped = form.replace(/[.+?^$()|[\]\\]/g, '\\$&').replaceAll('*', '[^/]*');
  return new RegExp(`^${escaped.replace('{}', '([^/]+)')}$`, 's');
}

const READINGS: ReadonlyMap<string, RegExp> = new Map(
  Object.entries(FORMS).map(([name, form]) => [name, reading(form)]),
);

/** Names of all such keys, in lower case. */
export const ARN_KEYS: readonly string[] = Object.keys(FORMS);

/** The value of a key (its name in lower case) for a resource of `service`; undefined: it has none for it. */
export function valueInArn(name: string, service: string, rest: string): string | undefined {
  return name.startsWith(`${service}:`) ? READINGS.get(name)?.exec(rest)?.[1] : undefined;
}
