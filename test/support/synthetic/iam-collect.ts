import type { JsonValue } from '../../../src/policy/json.ts';
import { defined, publicAccessBlock } from './authorization-details.ts';
import { Files, nameOf, ofAccount, pathOf } from './files.ts';
import type { Synthetic } from './organization.ts';

type Inline = readonly { readonly name: string; readonly document: string }[];

/** An organization in the folder layout that iam-collect writes: everything but grants, OIDC providers and old versions of policies. */
export function iamCollectFolder(world: Synthetic): Files {
  const files = new Files();
  addOrganization(files, world);
  for (const { id, name, publicAccessBlock: block, membership } of world.accounts) {
    const root = `aws/aws/accounts/${id}`;
    files.add(`${root}/metadata.json`, { accountId: id, name: name ?? '' });
    if (typeof membership === 'object')
      files.add(`${root}/organization.json`, { organizationId: membership.organizationId });
    if (block != null) files.add(`${root}/s3-bpa.json`, configurationOf(publicAccessBlock(block)));
    addPrincipals(files, world, id, root);
    addResources(files, world, id, root);
  }
  return files;
}

function configurationOf(answer: ReturnType<typeof publicAccessBlock>): JsonValue {
  return answer['PublicAccessBlockConfiguration'] ?? {};
}

/** Names of folders are in lower case and percent-encoded. */
function folder(name: string): string {
  return encodeURIComponent(name.toLowerCase()).replaceAll('%2F', '%2f');
}

function addOrganization(files: Files, world: Synthetic): void {
  const [organization] = world.organizations;
  const { id, rootId, managementAccountId: management, units, controlPolicies } = organization;
  const root = `aws/aws/organizations/${id}`;
  files.add(`${root}/metadata.json`, {
    id,
    arn: `arn:aws:organizations::${management}:organization/${id}`,
    rootOu: rootId,
    rootAccountArn: `arn:aws:organizations::${management}:account/${id}/${management}`,
    rootAccountId: management,
    features: { SERVICE_CONTROL_POLICY: organization.scpEnabled, RESOURCE_CONTROL_POLICY: organization.rcpEnabled },
  });
  const arnOf = ({ id: policyId, type }: (typeof controlPolicies)[number]): string => {
    const path = `${type.toLowerCase()}/${policyId}`;
    return policyId.endsWith('FullAWSAccess')
      ? `arn:aws:organizations::aws:policy/${path}`
      : `arn:aws:organizations::${management}:policy/${id}/${path}`;
  };
  const attachedTo = (target: string) => {
    const of = (type: string): string[] =>
      controlPolicies.filter((policy) => policy.type === type && policy.targets.includes(target)).map(arnOf);
    return { scps: of('SERVICE_CONTROL_POLICY'), rcps: of('RESOURCE_CONTROL_POLICY') };
  };
  const below = (parent: string | null): Record<string, JsonValue> =>
    Object.fromEntries(
      units
        .filter((unit) => unit.parentId === parent)
        .map((unit) => [unit.id, { children: below(unit.id), accounts: within(unit.id) }]),
    );
  const within = (parent: string | null): string[] =>
    world.accounts
      .filter(({ membership }) => typeof membership === 'object' && membership.unitId === parent)
      .map((account) => `arn:aws:organizations::${management}:account/${id}/${account.id}`);
  files.add(`${root}/structure.json`, { [rootId]: { children: below(null), accounts: within(null) } });
  files.add(`${root}/ous.json`, {
    [rootId]: { ...attachedTo(rootId), name: organization.rootName },
    ...Object.fromEntries(
      units.map((unit) => [unit.id, { parent: unit.parentId ?? rootId, name: unit.name, ...attachedTo(unit.id) }]),
    ),
  });
  files.add(
    `${root}/accounts.json`,
    Object.fromEntries(
      world.accounts.map(({ id: account, membership }) => [
        account,
        { ou: (typeof membership === 'object' ? membership.unitId : null) ?? rootId, ...attachedTo(account) },
      ]),
    ),
  );
  for (const policy of controlPolicies) {
    const kind = policy.type === 'SERVICE_CONTROL_POLICY' ? 'scps' : 'rcps';
    const place = `${root}/${kind}/${policy.id.toLowerCase()}`;
    files.add(`${place}/metadata.json`, {
      arn: arnOf(policy),
      name: policy.name,
      description: policy.description ?? '',
      awsManaged: policy.id.endsWith('FullAWSAccess'),
    });
    files.add(`${place}/policy.json`, JSON.parse(policy.document));
  }
}

function addPrincipals(files: Files, world: Synthetic, id: string, root: string): void {
  const common = (
    place: string,
    entity: {
      inlinePolicies?: Inline;
      attachedPolicies?: readonly string[];
      tags?: Readonly<Record<string, string>>;
      permissionsBoundary?: string | null;
    },
  ): void => {
    const { inlinePolicies = [], attachedPolicies = [], tags = {}, permissionsBoundary } = entity;
    if (inlinePolicies.length > 0) {
      const json = inlinePolicies.map(({ name, document }) => ({
        PolicyName: name,
        PolicyDocument: JSON.parse(document),
      }));
      files.add(`${place}/inline-policies.json`, json);
    }
    if (attachedPolicies.length > 0) files.add(`${place}/managed-policies.json`, [...attachedPolicies]);
    if (Object.keys(tags).length > 0) files.add(`${place}/tags.json`, { ...tags });
    if (permissionsBoundary != null) {
      files.add(`${place}/permission-boundary.json`, {
        PermissionsBoundaryType: 'Policy',
        PermissionsBoundaryArn: permissionsBoundary,
      });
    }
  };
  const facts = (entity: { arn: string; id?: string; createdAt?: string }) =>
    defined({
      arn: entity.arn,
      name: nameOf(entity.arn),
      id: entity.id,
      path: pathOf(entity.arn),
      created: entity.createdAt,
    });
  for (const user of ofAccount(world.users, id)) {
    const place = `${root}/iam/user/${folder(nameOf(user.arn))}`;
    const { permissionsBoundary: boundary } = user;
    files.add(`${place}/metadata.json`, { ...facts(user), ...(boundary != null && { permissionBoundary: boundary }) });
    common(place, user);
    if ((user.groups ?? []).length > 0) files.add(`${place}/groups.json`, [...(user.groups ?? [])]);
  }
  for (const group of ofAccount(world.groups, id)) {
    const place = `${root}/iam/group/${folder(nameOf(group.arn))}`;
    files.add(`${place}/metadata.json`, facts(group));
    common(place, group);
  }
  for (const role of ofAccount(world.roles, id)) {
    const place = `${root}/iam/role/${folder(nameOf(role.arn))}`;
    const { permissionsBoundary: boundary, description } = role;
    const more = defined({ description, permissionBoundary: boundary ?? undefined });
    files.add(`${place}/metadata.json`, { ...facts(role), ...more });
    files.add(`${place}/trust-policy.json`, JSON.parse(role.trustPolicy));
    common(place, role);
  }
  for (const managed of ofAccount(world.policies, id)) {
    const place = `${root}/iam/policy/${folder(nameOf(managed.arn))}`;
    files.add(`${place}/metadata.json`, { ...facts(managed), defaultVersionId: managed.defaultVersionId });
    const current = managed.versions.find(({ versionId }) => versionId === managed.defaultVersionId);
    files.add(`${place}/current-policy.json`, JSON.parse(current?.document ?? '{}'));
  }
}

/** Folder and kind of each service's resources. */
const KINDS: Readonly<Record<string, readonly [kind: string, policyFile: string]>> = {
  kms: ['key', 'key-policy.json'],
  sqs: ['queue', 'policy.json'],
  sns: ['topic', 'policy.json'],
  secretsmanager: ['secret', 'policy.json'],
};

function addResources(files: Files, world: Synthetic, id: string, root: string): void {
  for (const resource of world.resources.filter(({ accountId }) => accountId === id)) {
    const [, , service = '', region = ''] = resource.arn.split(':');
    const { policy, tags = {}, publicAccessBlock: block } = resource;
    if (resource.accessPoint != null) {
      const { bucket, vpcId } = resource.accessPoint;
      const place = `${root}/s3/${region}/accesspoint/${folder(nameOf(resource.arn))}`;
      files.add(`${place}/metadata.json`, {
        name: nameOf(resource.arn),
        arn: resource.arn,
        bucket: bucket.slice('arn:aws:s3:::'.length),
        networkOrigin: vpcId === null ? 'Internet' : 'VPC',
        ...(vpcId !== null && { vpc: vpcId }),
      });
      if (policy != null) files.add(`${place}/policy.json`, JSON.parse(policy));
      if (block != null) files.add(`${place}/bpa.json`, configurationOf(publicAccessBlock(block)));
      continue;
    }
    if (service === 's3') {
      const bucket = resource.arn.slice('arn:aws:s3:::'.length);
      const place = `${root}/s3/${folder(bucket)}`;
      files.add(`${place}/metadata.json`, { name: bucket, region: resource.region ?? '', arn: resource.arn });
      if (policy != null) files.add(`${place}/policy.json`, JSON.parse(policy));
      if (block != null) files.add(`${place}/bpa.json`, configurationOf(publicAccessBlock(block)));
      if (Object.keys(tags).length > 0) files.add(`${place}/tags.json`, { ...tags });
      continue;
    }
    const [kind, policyFile] = KINDS[service] ?? ['resource', 'policy.json'];
    const place = `${root}/${service}/${region}/${kind}/${folder(resource.arn.split(':').slice(5).join(':'))}`;
    files.add(`${place}/metadata.json`, { arn: resource.arn, name: nameOf(resource.arn) });
    if (policy != null) files.add(`${place}/${policyFile}`, JSON.parse(policy));
    if (Object.keys(tags).length > 0) files.add(`${place}/tags.json`, { ...tags });
  }
  for (const endpoint of world.vpcEndpoints.filter(({ accountId }) => accountId === id)) {
    const place = `${root}/ec2/${endpoint.region}/vpc-endpoint/${endpoint.id}`;
    files.add(`${place}/metadata.json`, {
      id: endpoint.id,
      vpc: endpoint.vpcId ?? '',
      type: endpoint.type,
      serviceName: endpoint.serviceName,
      arn: `arn:aws:ec2:${endpoint.region}:${id}:vpc-endpoint/${endpoint.id}`,
    });
    if (endpoint.policy != null) files.add(`${place}/endpoint-policy.json`, JSON.parse(endpoint.policy));
  }
}
