import { describe, expect, test } from 'vitest';
import type { DirectoryDocument } from '../../../src/directory/document.ts';
import type { Caller } from '../../../src/session/caller.ts';
import { faultsOf, OPERATOR, signedIn } from '../gateway.ts';
import { arn, guardedWorld, MANAGEMENT, MEMBER, policy, STRANGER, user } from '../guarded-world.ts';
import { openedGateway } from '../services.ts';

// What leads from one entity to another: each needs AWS's own action, on the account that owns it.

const ENDPOINT = 'vpce-0123456789abcdef0';
const POINT = `arn:aws:s3:us-east-1:${MEMBER}:accesspoint/finance`;
const KEY = `arn:aws:kms:us-east-1:${MEMBER}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
const BLOCK = { blockPublicAcls: true, ignorePublicAcls: true, blockPublicPolicy: true, restrictPublicBuckets: false };
const READ_ONLY = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
const ALLOW_ALL = { Effect: 'Allow', Action: '*', Resource: '*' } as const;
const allows = (...actions: string[]) => ({ Effect: 'Allow', Action: actions, Resource: '*' }) as const;

function world(): DirectoryDocument {
  const document = guardedWorld(
    user(MEMBER, 'admin', ALLOW_ALL),
    user(MANAGEMENT, 'admin', ALLOW_ALL),
    user(STRANGER, 'admin', ALLOW_ALL),
    user(
      MEMBER,
      'gets',
      allows(
        'iam:GetPolicy',
        'iam:ListPolicyVersions',
        'iam:GetUser',
        'iam:ListGroupsForUser',
        'iam:ListRoles',
        'iam:ListPolicies',
      ),
    ),
    user(MEMBER, 'buckets', allows('s3:GetBucketLocation', 's3:GetBucketPublicAccessBlock', 's3:ListBucket')),
    { ...user(MEMBER, 'uses-aws'), attachedPolicies: [READ_ONLY] },
    { ...user(STRANGER, 'uses-aws'), attachedPolicies: [READ_ONLY] },
  );
  return {
    ...document,
    accounts: (document.accounts ?? []).map((account) =>
      account.id === MEMBER
        ? {
            ...account,
            publicAccessBlock: BLOCK,
            organizationPublicAccessBlock: { ...BLOCK, restrictPublicBuckets: true },
          }
        : account,
    ),
    policies: [
      ...(document.policies ?? []),
      {
        arn: arn(MEMBER, 'policy/Versions'),
        defaultVersionId: 'v2',
        versions: [
          { versionId: 'v1', document: policy(ALLOW_ALL), createdAt: '2026-01-01T00:00:00Z' },
          { versionId: 'v2', document: policy(allows('s3:GetObject')), createdAt: '2026-02-01T00:00:00Z' },
        ],
      },
    ],
    instanceProfiles: [{ arn: arn(MEMBER, 'instance-profile/web/Writers'), role: arn(MEMBER, 'role/team/Writer') }],
    vpcEndpoints: [
      {
        id: ENDPOINT,
        accountId: MEMBER,
        region: 'us-east-1',
        vpcId: 'vpc-1',
        serviceName: 'com.amazonaws.us-east-1.s3',
        type: 'Gateway',
        tags: { team: 'net' },
        policy: policy({ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }),
      },
    ],
    resources: [
      ...(document.resources ?? []).map((resource) =>
        resource.arn === 'arn:aws:s3:::logs'
          ? {
              ...resource,
              region: 'eu-west-1',
              publicAccessBlock: BLOCK,
              objectOwnership: 'BucketOwnerEnforced',
              abacEnabled: false,
            }
          : resource,
      ),
      {
        arn: KEY,
        accountId: MEMBER,
        grants: [
          {
            id: 'grant-1',
            granteePrincipal: arn(MEMBER, 'role/team/Writer'),
            operations: ['Decrypt'],
            encryptionContextSubset: { team: 'logs' },
          },
        ],
      },
      {
        arn: POINT,
        accountId: MEMBER,
        accessPoint: { bucket: 'arn:aws:s3:::logs', vpcId: 'vpc-1a2b3c' },
      },
      { arn: `arn:aws:events:us-east-1:${MEMBER}:rule/bus/rule`, accountId: MEMBER },
      { arn: `arn:aws:events:us-east-1:${MEMBER}:event-bus/bus`, accountId: MEMBER },
      { arn: `arn:aws:ec2:us-east-1:${MEMBER}:instance/i-1`, accountId: MEMBER },
    ],
  };
}

const gateway = openedGateway(world);
const as = (account: string, name: string) => signedIn(arn(account, `user/${name}`));

async function ask(caller: Caller, query: string): Promise<Record<string, unknown>> {
  const result = await gateway.ask(caller, query);
  expect(result.errors).toBeUndefined();
  return result.data ?? {};
}

/** What is answered, and the sentences of the errors in their order. */
async function refused(caller: Caller, query: string) {
  const result = await gateway.ask(caller, query);
  return {
    data: result.data,
    messages: faultsOf(result)
      .map(({ message }) => message)
      .toSorted(),
  };
}

const global = (type: string, id: string) => Buffer.from(`${type}:${id}`).toString('base64');
const nodeOf = (type: string, id: string, fields: string) =>
  `node(id: "${global(type, id)}") { ... on ${type} { ${fields} } }`;
const resourceOf = (name: string, fields: string) => `{ resource(arn: "${name}") { ${fields} } }`;
const READERS = [OPERATOR, as(MEMBER, 'admin'), as(MANAGEMENT, 'admin')];

describe('a group', () => {
  const users = nodeOf('Group', arn(MEMBER, 'group/people'), 'users(search: "work") { totalCount nodes { name arn } }');

  test('lists its users to who may read it: iam:GetGroup', async () => {
    const found = { node: { users: { totalCount: 1, nodes: [{ name: 'worker', arn: arn(MEMBER, 'user/worker') }] } } };
    for (const caller of READERS) expect(await ask(caller, `{ ${users} }`)).toEqual(found);
    expect(await ask(as(STRANGER, 'admin'), `{ ${users} }`)).toEqual({ node: null });
  });

  test('lists no users to who may only know that it is there', async () => {
    const query = `{ principal(principalId: "${arn(MEMBER, 'user/worker')}") { ... on User { groups { name users { totalCount } } } } }`;
    expect(await refused(as(MEMBER, 'gets'), query)).toEqual({
      data: { principal: { groups: [{ name: 'people', users: null }] } },
      messages: ['`users` needs iam:GetGroup, which you are not allowed'],
    });
  });
});

describe('a managed policy', () => {
  const versions = nodeOf(
    'ManagedPolicy',
    arn(MEMBER, 'policy/Versions'),
    'versions { versionId isDefault createdAt document }',
  );

  test('has its versions, newest first, with their documents', async () => {
    const found = {
      node: {
        versions: [
          {
            versionId: 'v2',
            isDefault: true,
            createdAt: '2026-02-01T00:00:00.000Z',
            document: JSON.parse(policy(allows('s3:GetObject'))),
          },
          {
            versionId: 'v1',
            isDefault: false,
            createdAt: '2026-01-01T00:00:00.000Z',
            document: JSON.parse(policy(ALLOW_ALL)),
          },
        ],
      },
    };
    for (const caller of READERS) expect(await ask(caller, `{ ${versions} }`)).toEqual(found);
    expect(await ask(as(STRANGER, 'admin'), `{ ${versions} }`)).toEqual({ node: null });
  });

  test('shows the document of a version only with iam:GetPolicyVersion', async () => {
    const { data, messages } = await refused(as(MEMBER, 'gets'), `{ ${versions} }`);
    expect(data).toMatchObject({
      node: {
        versions: [
          { versionId: 'v2', document: null },
          { versionId: 'v1', document: null },
        ],
      },
    });
    expect(messages).toEqual([
      '`document` needs iam:GetPolicyVersion, which you are not allowed',
      '`document` needs iam:GetPolicyVersion, which you are not allowed',
    ]);
  });

  const usersOf = (policyArn: string, args = '') =>
    `{ ${nodeOf('ManagedPolicy', policyArn, `attachedTo${args} { totalCount nodes { __typename arn name account { accountId } } }`)} }`;

  test('is attached to users, groups and roles, or is their boundary', async () => {
    const people = {
      __typename: 'Group',
      arn: arn(MEMBER, 'group/people'),
      name: 'people',
      account: { accountId: MEMBER },
    };
    const worker = {
      __typename: 'User',
      arn: arn(MEMBER, 'user/worker'),
      name: 'worker',
      account: { accountId: MEMBER },
    };
    for (const caller of READERS) {
      expect(await ask(caller, usersOf(arn(MEMBER, 'policy/ReadsLogs')))).toEqual({
        node: { attachedTo: { totalCount: 1, nodes: [people] } },
      });
      expect(await ask(caller, usersOf(arn(MEMBER, 'policy/AtMost')))).toEqual({
        node: { attachedTo: { totalCount: 1, nodes: [worker] } },
      });
      expect(await ask(caller, usersOf(arn(MEMBER, 'policy/AtMost'), '(usage: PERMISSIONS_POLICY)'))).toMatchObject({
        node: { attachedTo: { totalCount: 0 } },
      });
      expect(await ask(caller, usersOf(arn(MEMBER, 'policy/AtMost'), '(usage: PERMISSIONS_BOUNDARY)'))).toMatchObject({
        node: { attachedTo: { totalCount: 1 } },
      });
    }
  });

  test('of AWS shows each account its own entities alone', async () => {
    const accountsOf = async (caller: Caller) => {
      const { node } = (await ask(caller, usersOf(READ_ONLY))) as {
        node: { attachedTo: { totalCount: number; nodes: { account: { accountId: string } }[] } };
      };
      expect(node.attachedTo.totalCount).toBe(node.attachedTo.nodes.length);
      return node.attachedTo.nodes.map(({ account }) => account.accountId);
    };
    expect(await accountsOf(OPERATOR)).toEqual([MEMBER, STRANGER]);
    expect(await accountsOf(as(MEMBER, 'admin'))).toEqual([MEMBER]);
    expect(await accountsOf(as(STRANGER, 'admin'))).toEqual([STRANGER]);
    expect(await accountsOf(as(MANAGEMENT, 'admin'))).toEqual([MEMBER]);
  });

  test('does not sort its users by their creation, which iam:ListEntitiesForPolicy does not tell', async () => {
    const sorted = (field: string) => usersOf(arn(MEMBER, 'policy/ReadsLogs'), `(orderBy: { field: ${field} })`);
    expect(await ask(as(MEMBER, 'admin'), sorted('NAME'))).toMatchObject({ node: { attachedTo: { totalCount: 1 } } });
    expect(await refused(as(MEMBER, 'admin'), sorted('CREATED_AT'))).toEqual({
      data: { node: { attachedTo: null } },
      messages: ['`orderBy.field` is CREATED_AT; this list can be sorted by ID, ARN, NAME'],
    });
  });

  test.each([arn(MEMBER, 'policy/ReadsLogs'), READ_ONLY])('needs iam:ListEntitiesForPolicy: %s', async (policyArn) => {
    expect(await refused(as(MEMBER, 'gets'), usersOf(policyArn))).toEqual({
      data: { node: { attachedTo: null } },
      messages: ['`attachedTo` needs iam:ListEntitiesForPolicy, which you are not allowed'],
    });
  });
});

describe('an instance profile', () => {
  const PROFILE = arn(MEMBER, 'instance-profile/web/Writers');
  const FIELDS = 'arn name path uniqueId createdAt role { name } account { accountId }';
  const found = {
    arn: PROFILE,
    name: 'Writers',
    path: '/web/',
    uniqueId: expect.stringMatching(/^AIPA/),
    createdAt: expect.any(String),
    role: { name: 'Writer' },
    account: { accountId: MEMBER },
  };

  test('is found at its role, and by its id', async () => {
    const query = `{ ${nodeOf('Role', arn(MEMBER, 'role/team/Writer'), `instanceProfiles { ${FIELDS} }`)}
      profile: ${nodeOf('InstanceProfile', PROFILE, FIELDS)} }`;
    for (const caller of READERS) {
      expect(await ask(caller, query)).toEqual({ node: { instanceProfiles: [found] }, profile: found });
    }
    expect(await ask(as(STRANGER, 'admin'), query)).toEqual({ node: null, profile: null });
  });

  test('needs iam:ListInstanceProfilesForRole', async () => {
    const query = '{ roles(search: "writer") { nodes { name instanceProfiles { name } } } }';
    expect(await refused(as(MEMBER, 'gets'), query)).toEqual({
      data: { roles: { nodes: [{ name: 'Writer', instanceProfiles: null }] } },
      messages: ['`instanceProfiles` needs iam:ListInstanceProfilesForRole, which you are not allowed'],
    });
  });
});

describe('an account', () => {
  const FIELDS = `vpcEndpoints { totalCount nodes { endpointId arn region vpcId serviceName type policy tags { key } account { accountId } } }
    publicAccessBlock { blockPublicAcls ignorePublicAcls blockPublicPolicy restrictPublicBuckets }
    organizationPublicAccessBlock { restrictPublicBuckets }`;
  const query = `{ account(accountId: "${MEMBER}") { ${FIELDS} } }`;
  const endpoint = {
    endpointId: ENDPOINT,
    arn: `arn:aws:ec2:us-east-1:${MEMBER}:vpc-endpoint/${ENDPOINT}`,
    region: 'us-east-1',
    vpcId: 'vpc-1',
    serviceName: 'com.amazonaws.us-east-1.s3',
    type: 'Gateway',
    policy: expect.objectContaining({ Version: '2012-10-17' }),
    tags: [{ key: 'team' }],
    account: { accountId: MEMBER },
  };

  test('has its VPC endpoints and Block Public Access', async () => {
    const account = { vpcEndpoints: { totalCount: 1, nodes: [endpoint] }, publicAccessBlock: BLOCK };
    for (const caller of [OPERATOR, as(MANAGEMENT, 'admin')])
      expect(await ask(caller, query)).toEqual({
        account: { ...account, organizationPublicAccessBlock: { restrictPublicBuckets: true } },
      });
    expect(await refused(as(MEMBER, 'admin'), query)).toEqual({
      data: { account: { ...account, organizationPublicAccessBlock: null } },
      messages: [
        '`organizationPublicAccessBlock` needs organizations:DescribeEffectivePolicy, which you are not allowed',
      ],
    });
  });

  test('refuses each of them alone', async () => {
    expect(await refused(as(MEMBER, 'nobody'), query)).toEqual({
      data: { account: { vpcEndpoints: null, publicAccessBlock: null, organizationPublicAccessBlock: null } },
      messages: [
        '`organizationPublicAccessBlock` needs organizations:DescribeEffectivePolicy, which you are not allowed',
        '`publicAccessBlock` needs s3:GetAccountPublicAccessBlock, which you are not allowed',
        '`vpcEndpoints` needs ec2:DescribeVpcEndpoints, which you are not allowed',
      ],
    });
  });

  test('an endpoint is a node, for who may describe it: others learn nothing, not even by the number of statements', async () => {
    const node = (id: string) => `{ ${nodeOf('VpcEndpoint', id, 'endpointId')} }`;
    for (const caller of READERS) expect(await ask(caller, node(ENDPOINT))).toEqual({ node: { endpointId: ENDPOINT } });
    for (const caller of [as(MEMBER, 'nobody'), as(STRANGER, 'somebody')]) {
      const observed = [];
      for (const id of [ENDPOINT, 'vpce-nil', ENDPOINT, 'vpce-nil']) {
        const before = gateway.services.statements.length;
        const data = await ask(caller, node(id));
        observed.push({ data, statements: gateway.services.statements.length - before });
      }
      expect(observed[2]?.data).toEqual({ node: null });
      expect(observed[2]).toEqual(observed[3]);
    }
  });
});

describe('a resource', () => {
  const DETAILS =
    'region publicAccessBlock { restrictPublicBuckets } objectOwnership abacEnabled grants { grantId name granteePrincipal retiringPrincipal operations encryptionContextSubset { key value } encryptionContextEquals { key } }';

  test('has what S3 says of a bucket, and KMS of a key', async () => {
    for (const caller of READERS) {
      expect(await ask(caller, resourceOf('arn:aws:s3:::logs', DETAILS))).toEqual({
        resource: {
          region: 'eu-west-1',
          publicAccessBlock: { restrictPublicBuckets: false },
          objectOwnership: 'BUCKET_OWNER_ENFORCED',
          abacEnabled: false,
          grants: [],
        },
      });
      expect(await ask(caller, resourceOf(KEY, DETAILS))).toEqual({
        resource: {
          region: 'us-east-1',
          publicAccessBlock: null,
          objectOwnership: null,
          abacEnabled: null,
          grants: [
            {
              grantId: 'grant-1',
              name: null,
              granteePrincipal: arn(MEMBER, 'role/team/Writer'),
              retiringPrincipal: null,
              operations: ['Decrypt'],
              encryptionContextSubset: [{ key: 'team', value: 'logs' }],
              encryptionContextEquals: [],
            },
          ],
        },
      });
    }
  });

  test('has what S3 says of an access point', async () => {
    const fields = 'accessPoint { bucket networkOrigin vpcId }';
    for (const caller of READERS) {
      expect(await ask(caller, resourceOf(POINT, fields))).toEqual({
        resource: { accessPoint: { bucket: 'arn:aws:s3:::logs', networkOrigin: 'VPC', vpcId: 'vpc-1a2b3c' } },
      });
      expect(await ask(caller, resourceOf('arn:aws:s3:::logs', fields))).toEqual({ resource: { accessPoint: null } });
    }
  });

  test('shows each of it with the action of its service, and the rest not', async () => {
    expect(await refused(as(MEMBER, 'buckets'), resourceOf('arn:aws:s3:::logs', DETAILS))).toEqual({
      data: {
        resource: {
          region: 'eu-west-1',
          publicAccessBlock: { restrictPublicBuckets: false },
          objectOwnership: null,
          abacEnabled: null,
          grants: null,
        },
      },
      messages: [
        '`abacEnabled` needs config:GetResourceConfigHistory or s3:GetBucketAbac, which you are not allowed',
        '`grants` needs config:GetResourceConfigHistory, which you are not allowed',
        '`objectOwnership` needs config:GetResourceConfigHistory or s3:GetBucketOwnershipControls, which you are not allowed',
      ],
    });
  });

  test.each([
    ['a bucket by its own', 'arn:aws:s3:::logs', 'arn:aws:s3:::logs'],
    [
      'a rule by its bus',
      `arn:aws:events:us-east-1:${MEMBER}:rule/bus/rule`,
      `arn:aws:events:us-east-1:${MEMBER}:event-bus/bus`,
    ],
    ['an instance by none', `arn:aws:ec2:us-east-1:${MEMBER}:instance/i-1`, null],
  ])('is governed by the policy of its holder: %s', async (_what, name, holder) => {
    for (const caller of READERS) {
      expect(await ask(caller, resourceOf(name, 'policyHolder { arn service }'))).toMatchObject({
        resource: { policyHolder: holder === null ? null : { arn: holder } },
      });
    }
  });
});

describe('edges of lists cost the statements of one:', () => {
  test.each([
    [
      'users of groups',
      (first: number) =>
        `groups(first: ${first}) { nodes { users(first: 2) { totalCount nodes { name createdAt } } } }`,
      'groups',
    ],
    [
      'versions and users of policies',
      (first: number) =>
        `policies(first: ${first}, scope: CUSTOMER) { nodes { versions { document } attachedTo(first: 3) { totalCount nodes { name ... on User { createdAt } } } } }`,
      'policies',
    ],
    [
      'instance profiles of roles',
      (first: number) => `roles(first: ${first}) { nodes { instanceProfiles { name createdAt } } }`,
      'roles',
    ],
    [
      'endpoints of accounts',
      (first: number) =>
        `accounts(first: ${first}) { nodes { vpcEndpoints(first: 2) { totalCount nodes { policy } } publicAccessBlock { blockPublicAcls } } }`,
      'accounts',
    ],
    [
      'details of resources',
      (first: number) => `resources(last: ${first}) { nodes { region grants { grantId } policyHolder { arn } } }`,
      'resources',
    ],
  ])('%s', async (_what, query) => {
    const counted = async (first: number): Promise<number> => {
      const before = gateway.services.statements.length;
      await ask(OPERATOR, `{ ${query(first)} }`);
      return gateway.services.statements.length - before;
    };
    await counted(5);
    expect(await counted(5)).toBeLessThanOrEqual((await counted(1)) + 1);
  });
});
