import type {
  AccountInput,
  ControlPolicyInput,
  DirectoryDocument,
  GroupInput,
  ManagedPolicyInput,
  OidcProviderInput,
  OrganizationInput,
  PublicAccessBlock,
  ResourceInput,
  RoleInput,
  UserInput,
  VpcEndpointInput,
} from '../../../src/directory/document.ts';
import type { JsonObject } from '../../../src/policy/json.ts';
import { allow, deny, policy, trusts } from '../policies.ts';
import { generator, type Random } from './random.ts';

export const ORGANIZATION = 'o-synthetic1';
export const ROOT = 'r-synt';
export const REGION = 'eu-west-1';
export const CREATED = '2024-03-01T12:00:00.000Z';

const FULL = policy(allow('*'));
const FULL_RESOURCES = policy({ ...allow('*'), Principal: '*' });

/** Three levels: two units under the root, two under each of those, and accounts at every level. */
const UNITS = [
  { id: 'ou-synt-prod0001', name: 'Production', parentId: null },
  { id: 'ou-synt-test0001', name: 'Test', parentId: null },
  { id: 'ou-synt-prodweb1', name: 'Web', parentId: 'ou-synt-prod0001' },
  { id: 'ou-synt-proddat1', name: 'Data', parentId: 'ou-synt-prod0001' },
  { id: 'ou-synt-testweb1', name: 'Web', parentId: 'ou-synt-test0001' },
  { id: 'ou-synt-testdat1', name: 'Data', parentId: 'ou-synt-test0001' },
] as const;

const ACCOUNTS = 12;
/** Buckets, keys, queues, topics and secrets of each account but the one that manages the organization. */
const OF_EACH = 4;

type WholeOrganization = Required<Omit<OrganizationInput, 'keepsUnnamed' | 'wholeAttachments'>>;

/** A document with every list of one whole, made-up organization. */
export type Synthetic = Required<
  Omit<DirectoryDocument, 'accessKeys' | 'knowledge' | 'services' | 'wholeLists' | 'organizations'>
> & {
  readonly organizations: readonly [WholeOrganization];
};

export function accountId(index: number): string {
  return String(100_000_000_001 + index * 10_000_000_001).padStart(12, '0');
}

const MANAGEMENT = accountId(0);

/** The same seed makes the same organization. */
export function syntheticOrganization(seed: number): Synthetic {
  const random = generator(seed);
  const ids = Array.from({ length: ACCOUNTS }, (_, index) => accountId(index));
  const perAccount = ids.map((id, index) => accountContents(id, index, ids, random));
  const all = <T>(list: (contents: ReturnType<typeof accountContents>) => readonly T[]): T[] =>
    perAccount.flatMap(list);
  return {
    organizations: [organization(ids)],
    accounts: ids.map((id, index) => account(id, index, random)),
    policies: all(({ policies }) => policies),
    groups: all(({ groups }) => groups),
    users: all(({ users }) => users),
    roles: all(({ roles }) => roles),
    instanceProfiles: all(({ roles }) => [
      {
        arn: (roles[0]?.arn ?? '').replace(/:role\/.*/, ':instance-profile/servers/Server'),
        id: uniqueId('AIPA', roles[0]?.arn ?? ''),
        createdAt: CREATED,
        role: roles[0]?.arn ?? null,
      },
    ]),
    oidcProviders: all(({ oidcProviders }) => oidcProviders),
    resources: all(({ resources }) => resources),
    vpcEndpoints: all(({ vpcEndpoints }) => vpcEndpoints),
  };
}

function unitOf(index: number): string | null {
  // The account that manages the organization and one other are directly under the root.
  return index < 2 ? null : (UNITS[(index - 2) % UNITS.length]?.id ?? null);
}

function organization(ids: readonly string[]): WholeOrganization {
  const everywhere = [ROOT, ...UNITS.map(({ id }) => id), ...ids];
  const scp = (id: string, name: string, targets: readonly string[], document: string): ControlPolicyInput => ({
    id,
    type: 'SERVICE_CONTROL_POLICY',
    name,
    description: `${name} of the tests`,
    targets,
    document,
  });
  const rcp = (...args: Parameters<typeof scp>): ControlPolicyInput => ({
    ...scp(...args),
    type: 'RESOURCE_CONTROL_POLICY',
  });
  const outside = {
    ...deny(['s3:*', 'sqs:*', 'kms:*', 'secretsmanager:*']),
    Principal: '*',
    Condition: {
      StringNotEqualsIfExists: { 'aws:PrincipalOrgID': ORGANIZATION },
      BoolIfExists: { 'aws:PrincipalIsAWSService': 'false' },
    },
  };
  return {
    id: ORGANIZATION,
    rootId: ROOT,
    rootName: 'Root',
    managementAccountId: MANAGEMENT,
    scpEnabled: true,
    rcpEnabled: true,
    units: UNITS,
    allAccounts: [...ids].sort(),
    delegatedAdministrators: [{ accountId: ids[1] ?? '', servicePrincipal: 'access-analyzer.amazonaws.com' }],
    controlPolicies: [
      { ...scp('p-FullAWSAccess', 'FullAWSAccess', everywhere, FULL), description: 'Allows access to every operation' },
      {
        ...rcp('p-RCPFullAWSAccess', 'RCPFullAWSAccess', everywhere, FULL_RESOURCES),
        description: 'Allows access to every resource',
      },
      scp('p-scproot1', 'NoLeaving', [ROOT], policy(allow('*'), deny('organizations:LeaveOrganization'))),
      scp('p-scpunit1', 'NoKeysDeleted', ['ou-synt-prod0001'], policy(deny('kms:ScheduleKeyDeletion'))),
      scp('p-scpunit2', 'NoQueuesDeleted', ['ou-synt-prodweb1', 'ou-synt-testweb1'], policy(deny('sqs:DeleteQueue'))),
      scp('p-scpacct1', 'NoSecretsDeleted', [ids[2] ?? '', ids[5] ?? ''], policy(deny('secretsmanager:DeleteSecret'))),
      rcp('p-rcproot1', 'OnlyOurs', [ROOT], policy(outside)),
      rcp('p-rcpunit1', 'OnlyEncrypted', ['ou-synt-proddat1'], policy(insecure())),
      rcp('p-rcpacct1', 'NoQueuesPurged', [ids[3] ?? ''], policy({ ...deny('sqs:PurgeQueue'), Principal: '*' })),
    ],
  };
}

function insecure(): JsonObject {
  return { ...deny('s3:*'), Principal: '*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } };
}

function block(random: Random): PublicAccessBlock {
  return {
    blockPublicAcls: random.chance(0.5),
    ignorePublicAcls: random.chance(0.5),
    blockPublicPolicy: random.chance(0.5),
    restrictPublicBuckets: random.chance(0.5),
  };
}

const ALL_BLOCKED: PublicAccessBlock = {
  blockPublicAcls: true,
  ignorePublicAcls: true,
  blockPublicPolicy: true,
  restrictPublicBuckets: true,
};

function account(id: string, index: number, random: Random): AccountInput {
  return {
    id,
    partition: 'aws',
    name: `Account ${index}`,
    alias: index % 3 === 0 ? null : `synthetic-${index}`,
    membership: { organizationId: ORGANIZATION, unitId: unitOf(index) },
    publicAccessBlock: index % 2 === 0 ? null : block(random),
    organizationPublicAccessBlock: index % 4 === 1 ? ALL_BLOCKED : null,
  };
}

/** The form of IAM's unique ids, made from a name. */
export function uniqueId(prefix: string, name: string): string {
  let text = '';
  for (let state = hash(name); text.length < 17; state = hash(`${state}${name}`)) {
    text += state
      .toString(36)
      .toUpperCase()
      .replace(/[^A-Z2-7]/g, '');
  }
  return `${prefix}${text.slice(0, 17)}`;
}

function hash(text: string): number {
  let value = 2_166_136_261;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 16_777_619) >>> 0;
  return value;
}

const ACTIONS = [
  's3:GetObject',
  's3:ListBucket',
  'sqs:SendMessage',
  'sns:Publish',
  'kms:Decrypt',
  'secretsmanager:GetSecretValue',
];

/** One account's entities. Names are alike in all accounts, as they are where templates make them. */
function accountContents(id: string, index: number, ids: readonly string[], random: Random) {
  const iam = (rest: string): string => `arn:aws:iam::${id}:${rest}`;
  const other = ids[(index + 1 + random.below(ids.length - 1)) % ids.length] ?? id;
  const managed: ManagedPolicyInput = {
    arn: iam('policy/team/Shared'),
    id: uniqueId('ANPA', iam('policy/Shared')),
    createdAt: CREATED,
    defaultVersionId: 'v2',
    versions: [
      { versionId: 'v1', createdAt: CREATED, document: policy(allow('s3:*')) },
      { versionId: 'v2', createdAt: CREATED, document: policy(allow(random.some(ACTIONS)), deny('s3:DeleteObject')) },
    ],
  };
  const boundary: ManagedPolicyInput = {
    arn: iam('policy/Boundary'),
    id: uniqueId('ANPA', iam('policy/Boundary')),
    createdAt: CREATED,
    defaultVersionId: 'v1',
    versions: [{ versionId: 'v1', createdAt: CREATED, document: policy(allow(['s3:*', 'sqs:*', 'kms:*', 'sts:*'])) }],
  };
  const groups: readonly GroupInput[] = [
    {
      arn: iam('group/Developers'),
      id: uniqueId('AGPA', iam('group/Developers')),
      createdAt: CREATED,
      inlinePolicies: [{ name: 'queues', document: policy(allow('sqs:*', `arn:aws:sqs:*:${id}:*`)) }],
      attachedPolicies: [managed.arn],
    },
  ];
  const users: readonly UserInput[] = ['alice', 'bob', 'carol'].map((name, at) => ({
    arn: iam(`user/people/${name}`),
    id: uniqueId('AIDA', iam(`user/${name}`)),
    createdAt: CREATED,
    tags: at === 0 ? {} : { team: random.of(['red', 'blue']) },
    permissionsBoundary: at === 2 ? boundary.arn : null,
    groups: at === 0 ? [] : [iam('group/Developers')],
    inlinePolicies: at === 0 ? [{ name: 'admin', document: policy(allow('*')) }] : [],
    attachedPolicies: at === 1 ? ['arn:aws:iam::aws:policy/ReadOnlyAccess'] : [],
  }));
  const roles: readonly RoleInput[] = [
    role(iam('role/Server'), [trusts({ Service: 'ec2.amazonaws.com' })], random),
    role(iam('role/team/Reader'), [trusts({ AWS: `arn:aws:iam::${other}:root` })], random),
    role(iam('role/Writer'), [trusts({ AWS: users[0]?.arn ?? '' })], random, boundary.arn),
    role(iam('role/Pipeline'), [pipeline(id)], random),
  ];
  return {
    policies: [managed, boundary],
    groups,
    users,
    roles,
    oidcProviders: [provider(id)],
    resources: index === 0 ? [] : resourcesOf(id, index, other, roles, random),
    vpcEndpoints: index === 0 ? [] : endpointsOf(id, index),
  };
}

function role(arn: string, trust: readonly JsonObject[], random: Random, boundary: string | null = null): RoleInput {
  return {
    arn,
    id: uniqueId('AROA', arn),
    createdAt: CREATED,
    description: `The role ${arn.slice(arn.lastIndexOf('/') + 1)}`,
    tags: { purpose: random.of(['build', 'serve']) },
    trustPolicy: policy(...trust),
    permissionsBoundary: boundary,
    inlinePolicies: [{ name: 'own', document: policy(allow(random.some(ACTIONS))) }],
    attachedPolicies: [],
  };
}

function provider(id: string): OidcProviderInput {
  return {
    arn: `arn:aws:iam::${id}:oidc-provider/token.actions.githubusercontent.com`,
    url: 'https://token.actions.githubusercontent.com',
    clientIds: ['sts.amazonaws.com'],
    createdAt: CREATED,
  };
}

function pipeline(id: string): JsonObject {
  return trusts(
    { Federated: provider(id).arn },
    {
      action: 'sts:AssumeRoleWithWebIdentity',
      condition: { StringLike: { 'token.actions.githubusercontent.com:sub': 'repo:example/*' } },
    },
  );
}

/** An Allow for everybody is one in three, so that Block Public Access has something to do. */
function letsIn(
  actions: readonly string[],
  resource: string | readonly string[],
  principals: readonly string[],
  random: Random,
): JsonObject {
  return { ...allow(actions, resource), Principal: random.chance(0.33) ? '*' : { AWS: random.of(principals) } };
}

function resourcesOf(
  id: string,
  index: number,
  other: string,
  roles: readonly RoleInput[],
  random: Random,
): readonly ResourceInput[] {
  const principals = [`arn:aws:iam::${other}:root`, roles[0]?.arn ?? '', roles[1]?.arn ?? ''];
  const list: ResourceInput[] = [];
  const tags = (): Record<string, string> => (random.chance(0.5) ? { team: random.of(['red', 'blue']) } : {});
  for (let at = 0; at < OF_EACH; at++) {
    const bucket = `synthetic-${index}-${at}`;
    const s3 = `arn:aws:s3:::${bucket}`;
    const key = `arn:aws:kms:${REGION}:${id}:key/00000000-0000-4000-8000-${String(index).padStart(6, '0')}${String(at).padStart(6, '0')}`;
    const queue = `arn:aws:sqs:${REGION}:${id}:queue-${at}`;
    const topic = `arn:aws:sns:${REGION}:${id}:topic-${at}`;
    const secret = `arn:aws:secretsmanager:${REGION}:${id}:secret:app/secret-${at}-AbCdEf`;
    list.push(
      {
        arn: s3,
        accountId: id,
        region: REGION,
        tags: tags(),
        policy:
          at === 3 ? null : policy(letsIn(['s3:GetObject', 's3:ListBucket'], [s3, `${s3}/*`], principals, random)),
        publicAccessBlock: at % 2 === 0 ? null : block(random),
        objectOwnership: 'BucketOwnerEnforced',
        abacEnabled: at === 1,
      },
      {
        arn: key,
        accountId: id,
        tags: tags(),
        policy: policy(
          { ...allow('kms:*'), Principal: { AWS: `arn:aws:iam::${id}:root` } },
          letsIn(['kms:Decrypt'], '*', principals, random),
        ),
        grants:
          at === 0
            ? [
                {
                  id: `${String(index).padStart(32, '0')}${String(at).padStart(32, '0')}`,
                  name: 'for-the-server',
                  granteePrincipal: roles[0]?.arn ?? '',
                  operations: ['Decrypt', 'GenerateDataKey'],
                  encryptionContextSubset: { project: 'synthetic' },
                },
              ]
            : [],
      },
      {
        arn: queue,
        accountId: id,
        tags: tags(),
        policy: policy(letsIn(['sqs:SendMessage'], queue, principals, random)),
      },
      {
        arn: topic,
        accountId: id,
        tags: tags(),
        policy: policy(letsIn(['sns:Publish'], topic, principals, random)),
      },
      {
        arn: secret,
        accountId: id,
        tags: tags(),
        policy: at === 2 ? null : policy(letsIn(['secretsmanager:GetSecretValue'], '*', principals, random)),
      },
    );
  }
  return [...list, ...accessPointsOf(id, index, principals)];
}

/** One that everybody reaches, to the first bucket, and one of the account's VPC, to the last, which has no policy. */
function accessPointsOf(id: string, index: number, principals: readonly string[]): readonly ResourceInput[] {
  const point = (name: string, at: number, vpcId: string | null, document: string | null): ResourceInput => ({
    arn: `arn:aws:s3:${REGION}:${id}:accesspoint/${name}`,
    accountId: id,
    policy: document,
    publicAccessBlock: ALL_BLOCKED,
    accessPoint: { bucket: `arn:aws:s3:::synthetic-${index}-${at}`, vpcId },
  });
  const open = `arn:aws:s3:${REGION}:${id}:accesspoint/open-${index}`;
  const readers = { ...allow(['s3:GetObject'], `${open}/object/*`), Principal: { AWS: [...principals] } };
  return [point(`open-${index}`, 0, null, policy(readers)), point(`inside-${index}`, 3, vpcOf(index), null)];
}

function vpcOf(index: number): string {
  return `vpc-${String(index).padStart(17, '0')}`;
}

function endpointsOf(id: string, index: number): readonly VpcEndpointInput[] {
  const endpoint = (suffix: string, service: string, type: string, document: string): VpcEndpointInput => ({
    id: `vpce-${String(index).padStart(8, '0')}${suffix}`,
    accountId: id,
    region: REGION,
    vpcId: vpcOf(index),
    serviceName: `com.amazonaws.${REGION}.${service}`,
    type,
    tags: {},
    policy: document,
  });
  return [
    endpoint('aaaaaaaa1', 's3', 'Gateway', policy({ ...allow('s3:Get*'), Principal: '*' })),
    endpoint('bbbbbbbb2', 'sqs', 'Interface', policy({ ...allow('*'), Principal: '*' })),
  ];
}
