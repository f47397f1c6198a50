import { describe, expect, test } from 'vitest';
import type { DirectoryDocument } from '../../../src/directory/document.ts';
import type { Caller } from '../../../src/session/caller.ts';
import { ANONYMOUS, faultsOf, OPERATOR, signedIn } from '../gateway.ts';
import {
  arn,
  DELEGATED,
  guardedWorld,
  MANAGEMENT,
  MEMBER,
  OTHER_DELEGATED,
  policy,
  READS_ALL,
  STRANGER,
  user,
} from '../guarded-world.ts';
import { openedGateway } from '../services.ts';

// Who may read an organization: https://docs.aws.amazon.com/organizations/latest/APIReference/ says of every operation which
// accounts may call it.

const ORGANIZATION = 'o-first00000';
const LISTS = { Effect: 'Allow', Action: ['organizations:Describe*', 'organizations:List*'], Resource: '*' } as const;

/** The guarded world, with units: Work, and Deep in it, where the member account lies. */
function world(): DirectoryDocument {
  const document = guardedWorld(
    user(MANAGEMENT, 'lists', LISTS, READS_ALL),
    user(DELEGATED, 'lists', LISTS),
    user(OTHER_DELEGATED, 'lists', LISTS),
    user(MEMBER, 'lists', LISTS),
    user(STRANGER, 'lists', LISTS),
    user(MANAGEMENT, 'describes', { Effect: 'Allow', Action: 'organizations:DescribeOrganization', Resource: '*' }),
    user(
      MANAGEMENT,
      'only-work',
      {
        Effect: 'Allow',
        Action: 'organizations:*',
        Resource: `arn:aws:organizations::${MANAGEMENT}:ou/${ORGANIZATION}/ou-fir1-workwork`,
      },
      { Effect: 'Allow', Action: ['organizations:ListRoots', 'organizations:DescribeOrganization'], Resource: '*' },
    ),
  );
  const [first, ...others] = document.organizations ?? [];
  if (first === undefined) throw new Error('no organization');
  return {
    ...document,
    organizations: [
      {
        ...first,
        units: [
          { id: 'ou-fir1-workwork', name: 'Work', parentId: null },
          { id: 'ou-fir1-deepdeep', name: 'Deep', parentId: 'ou-fir1-workwork' },
        ],
        controlPolicies: (first.controlPolicies ?? []).map((each) =>
          each.id === 'p-nogroups' ? each : { ...each, targets: [...each.targets, ...unitsOf(each.id)] },
        ),
      },
      ...others,
    ],
    accounts: (document.accounts ?? []).map((account) =>
      account.id === MEMBER
        ? { ...account, membership: { organizationId: ORGANIZATION, unitId: 'ou-fir1-deepdeep' } }
        : account,
    ),
  };
}

/** AWS attaches its own policies everywhere. */
function unitsOf(policyId: string): readonly string[] {
  return policyId === 'p-nosecrets' ? ['ou-fir1-workwork'] : ['ou-fir1-workwork', 'ou-fir1-deepdeep'];
}

const gateway = openedGateway(world);
const as = (account: string, name = 'lists') => signedIn(arn(account, `user/${name}`));

async function ask(caller: Caller, query: string): Promise<Record<string, unknown>> {
  const result = await gateway.ask(caller, query);
  expect(result.errors).toBeUndefined();
  return result.data ?? {};
}

const EVERYTHING = `{ organizations(first: 3) { totalCount nodes { organizationId managementAccountId managementAccount { accountId name }
  enabledPolicyTypes
  roots { rootId name units(first: 5) { nodes { unitId } } accounts(first: 5) { totalCount nodes { accountId } } controlPolicies { policyId } }
  units(first: 5) { totalCount nodes { unitId name parent { unitId } units(first: 3) { nodes { name } } accounts(first: 3) { nodes { accountId } } controlPolicies { name } organization { organizationId } } }
  accounts(search: "200", first: 3) { totalCount nodes { accountId unit { name } controlPolicies { policyId } } }
  controlPolicies(type: SERVICE_CONTROL_POLICY, first: 5) { totalCount nodes { policyId arn name type description document targets { targetId type root { name } unit { name } account { accountId } } } }
  delegatedAdministrators { account { accountId } servicePrincipal } } } }`;

const WHOLE = {
  organizationId: ORGANIZATION,
  managementAccountId: MANAGEMENT,
  managementAccount: { accountId: MANAGEMENT, name: 'Account 900' },
  enabledPolicyTypes: ['SERVICE_CONTROL_POLICY', 'RESOURCE_CONTROL_POLICY'],
  roots: [
    {
      rootId: 'r-fir1',
      name: 'Root',
      units: { nodes: [{ unitId: 'ou-fir1-workwork' }] },
      accounts: { totalCount: 3, nodes: [DELEGATED, OTHER_DELEGATED, MANAGEMENT].map((accountId) => ({ accountId })) },
      controlPolicies: ['p-FullAWSAccess', 'p-RCPFullAWSAccess', 'p-nogroups', 'p-nosecrets'].map((policyId) => ({
        policyId,
      })),
    },
  ],
  units: {
    totalCount: 2,
    nodes: [
      {
        unitId: 'ou-fir1-deepdeep',
        name: 'Deep',
        parent: { unitId: 'ou-fir1-workwork' },
        units: { nodes: [] },
        accounts: { nodes: [{ accountId: MEMBER }] },
        controlPolicies: [{ name: 'FullAWSAccess' }, { name: 'RCPFullAWSAccess' }],
        organization: { organizationId: ORGANIZATION },
      },
      {
        unitId: 'ou-fir1-workwork',
        name: 'Work',
        parent: null,
        units: { nodes: [{ name: 'Deep' }] },
        accounts: { nodes: [] },
        controlPolicies: [{ name: 'FullAWSAccess' }, { name: 'RCPFullAWSAccess' }, { name: 'nosecrets' }],
        organization: { organizationId: ORGANIZATION },
      },
    ],
  },
  accounts: {
    totalCount: 1,
    nodes: [
      {
        accountId: MEMBER,
        unit: { name: 'Deep' },
        controlPolicies: [{ policyId: 'p-FullAWSAccess' }, { policyId: 'p-RCPFullAWSAccess' }],
      },
    ],
  },
  controlPolicies: {
    totalCount: 3,
    nodes: [
      expect.objectContaining({
        policyId: 'p-FullAWSAccess',
        arn: 'arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess',
      }),
      expect.objectContaining({
        policyId: 'p-nogroups',
        targets: [{ targetId: 'r-fir1', type: 'ROOT', root: { name: 'Root' }, unit: null, account: null }],
      }),
      {
        policyId: 'p-nosecrets',
        arn: `arn:aws:organizations::${MANAGEMENT}:policy/${ORGANIZATION}/service_control_policy/p-nosecrets`,
        name: 'nosecrets',
        type: 'SERVICE_CONTROL_POLICY',
        description: null,
        document: expect.objectContaining({ Version: '2012-10-17' }),
        targets: [
          {
            targetId: 'ou-fir1-workwork',
            type: 'ORGANIZATIONAL_UNIT',
            root: null,
            unit: { name: 'Work' },
            account: null,
          },
          { targetId: 'r-fir1', type: 'ROOT', root: { name: 'Root' }, unit: null, account: null },
        ],
      },
    ],
  },
  delegatedAdministrators: [
    { account: { accountId: DELEGATED }, servicePrincipal: 'access-analyzer.amazonaws.com' },
    { account: { accountId: OTHER_DELEGATED }, servicePrincipal: 'guardduty.amazonaws.com' },
  ],
};

describe('a whole organization is read', () => {
  test('by the operator, with every other one', async () => {
    const { organizations } = (await ask(OPERATOR, EVERYTHING)) as {
      organizations: { totalCount: number; nodes: unknown[] };
    };
    expect(organizations.totalCount).toBe(2);
    expect(organizations.nodes[0]).toEqual(WHOLE);
    expect(organizations.nodes[1]).toMatchObject({ organizationId: 'o-second0000', managementAccountId: STRANGER });
  });

  test('by principals of its management account, if their policies allow it', async () => {
    expect(await ask(as(MANAGEMENT), EVERYTHING)).toEqual({ organizations: { totalCount: 1, nodes: [WHOLE] } });
  });

  // RegisterDelegatedAdministrator: "grants read-only access to AWS Organizations service data".
  test.each([DELEGATED, OTHER_DELEGATED])(
    'by delegated administrators, whatever they administer: %s',
    async (account) => {
      const query = EVERYTHING.replace('managementAccount { accountId name }', 'managementAccount { accountId }');
      const { managementAccount: _named, ...rest } = WHOLE;
      expect(await ask(as(account), query)).toEqual({
        organizations: { totalCount: 1, nodes: [{ ...rest, managementAccount: { accountId: MANAGEMENT } }] },
      });
    },
  );
});

const PARTS = [
  'enabledPolicyTypes',
  'roots { rootId }',
  'units { totalCount }',
  'accounts { totalCount }',
  'controlPolicies { totalCount }',
  'delegatedAdministrators { servicePrincipal }',
];

describe('other members', () => {
  test('may describe it, as DescribeOrganization can be called from every account, and read nothing else', async () => {
    const query = `{ organization(id: "${ORGANIZATION}") { organizationId managementAccountId ${PARTS.join(' ')} } }`;
    for (const caller of [as(MEMBER), as(MANAGEMENT, 'describes')]) {
      const result = await gateway.ask(caller, query);
      expect(result.data).toEqual({
        organization: {
          organizationId: ORGANIZATION,
          managementAccountId: MANAGEMENT,
          enabledPolicyTypes: null,
          roots: null,
          units: null,
          accounts: null,
          controlPolicies: null,
          delegatedAdministrators: null,
        },
      });
      expect(
        faultsOf(result)
          .map(({ message }) => message)
          .toSorted(),
      ).toEqual(
        [
          '`enabledPolicyTypes` needs organizations:ListRoots, which you are not allowed',
          '`roots` needs organizations:ListRoots, which you are not allowed',
          '`units` needs organizations:ListOrganizationalUnitsForParent, which you are not allowed',
          '`accounts` needs organizations:ListAccounts, which you are not allowed',
          '`controlPolicies` needs organizations:ListPolicies, which you are not allowed',
          '`delegatedAdministrators` needs organizations:ListDelegatedAdministrators, which you are not allowed',
        ].toSorted(),
      );
    }
  });

  test('cannot list organizations without the right, which the error names', async () => {
    const result = await gateway.ask(as(MEMBER, 'nobody'), '{ organizations { totalCount } }');
    expect(result.data).toEqual({ organizations: null });
    expect(faultsOf(result)).toEqual([
      {
        code: 'FORBIDDEN',
        message: '`organizations` needs organizations:DescribeOrganization, which you are not allowed',
      },
    ]);
  });

  test('see of their own account which organization it is in, and not where: ListParents is not theirs', async () => {
    const query = `{ account(accountId: "${MEMBER}") { organization { organizationId managementAccountId } unit { unitId } controlPolicies { policyId } organizationPublicAccessBlock { blockPublicAcls } } }`;
    const result = await gateway.ask(as(MEMBER, 'reader'), query);
    expect(result.data).toEqual({
      account: {
        organization: { organizationId: ORGANIZATION, managementAccountId: MANAGEMENT },
        unit: null,
        controlPolicies: null,
        organizationPublicAccessBlock: null,
      },
    });
    expect(
      faultsOf(result)
        .map(({ message }) => message)
        .toSorted(),
    ).toEqual([
      '`controlPolicies` needs organizations:ListPoliciesForTarget, which you are not allowed',
      '`organizationPublicAccessBlock` needs organizations:DescribeEffectivePolicy, which you are not allowed',
      '`unit` needs organizations:ListParents, which you are not allowed',
    ]);
  });
});

test('a right on one unit reads that unit alone', async () => {
  const query = `{ organization(id: "${ORGANIZATION}") { roots { units { nodes { unitId } } } units { totalCount } }
    work: node(id: "${Buffer.from('OrganizationalUnit:ou-fir1-workwork').toString('base64')}") { ... on OrganizationalUnit { name units { nodes { unitId name accounts { totalCount } } } accounts { totalCount } } }
    deep: node(id: "${Buffer.from('OrganizationalUnit:ou-fir1-deepdeep').toString('base64')}") { id } }`;
  const result = await gateway.ask(as(MANAGEMENT, 'only-work'), query);
  expect(result.data).toEqual({
    organization: { roots: [{ units: null }], units: null },
    work: {
      name: 'Work',
      units: { nodes: [{ unitId: 'ou-fir1-deepdeep', name: null, accounts: null }] },
      accounts: { totalCount: 0 },
    },
    deep: null,
  });
  expect(result.errors).toHaveLength(4);
});

describe('what is not there and what one may not know get one answer:', () => {
  const FORMS = [
    'Organization:o-first00000',
    'OrganizationRoot:r-fir1',
    'OrganizationalUnit:ou-fir1-workwork',
    'ControlPolicy:o-first00000/p-nosecrets',
  ];
  const MISSING = [
    'Organization:o-nothing000',
    'OrganizationRoot:r-nil0',
    'OrganizationalUnit:ou-nil0-workwork',
    'ControlPolicy:o-nothing000/p-nosecrets',
  ];
  const nodes = (ids: readonly string[]) =>
    `{ nodes(ids: ${JSON.stringify(ids.map((id) => Buffer.from(id).toString('base64')))}) { __typename id } }`;

  test('nodes are found by who may read them', async () => {
    const found = FORMS.map((id) => ({ __typename: id.split(':')[0], id: Buffer.from(id).toString('base64') }));
    for (const caller of [OPERATOR, as(MANAGEMENT)]) expect(await ask(caller, nodes(FORMS))).toEqual({ nodes: found });
    for (const caller of [OPERATOR, as(MANAGEMENT)])
      expect(await ask(caller, nodes(MISSING))).toEqual({ nodes: [null, null, null, null] });
  });

  test('and by nobody else, with the same statements', async () => {
    for (const caller of [as(STRANGER), as(MEMBER, 'nobody'), as(STRANGER, 'somebody')]) {
      const observed = [];
      for (const ids of [FORMS, MISSING, FORMS, MISSING]) {
        const before = gateway.services.statements.length;
        const data = await ask(caller, nodes(ids));
        observed.push({ data, statements: gateway.services.statements.slice(before).length });
      }
      expect(observed[2]?.data).toEqual({ nodes: [null, null, null, null] });
      expect(observed[2]).toEqual(observed[3]);
    }
  });

  test('an organization by its own id, or that of its node', async () => {
    const global = Buffer.from(`Organization:${ORGANIZATION}`).toString('base64');
    for (const id of [ORGANIZATION, global]) {
      const query = `{ organization(id: "${id}") { organizationId id } }`;
      expect(await ask(as(MEMBER), query)).toEqual({ organization: { organizationId: ORGANIZATION, id: global } });
      expect(await ask(OPERATOR, query)).toEqual({ organization: { organizationId: ORGANIZATION, id: global } });
      expect(await ask(as(STRANGER), query)).toEqual({ organization: null });
      expect(await ask(as(MEMBER, 'nobody'), query)).toEqual({ organization: null });
    }
    expect(await ask(OPERATOR, '{ organization(id: "o-\\u0000") { id } }')).toEqual({ organization: null });
    expect(faultsOf(await gateway.ask(ANONYMOUS, `{ organization(id: "${ORGANIZATION}") { id } }`))).toMatchObject([
      { code: 'UNAUTHENTICATED' },
    ]);
  });
});

test('control policies are read page by page, forwards and backwards', async () => {
  const page = async (args: string) =>
    (
      (await ask(
        OPERATOR,
        `{ organization(id: "${ORGANIZATION}") { controlPolicies(${args}) { nodes { policyId } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }`,
      )) as {
        organization: {
          controlPolicies: {
            nodes: { policyId: string }[];
            pageInfo: { hasNextPage: boolean; endCursor: string; startCursor: string };
          };
        };
      }
    ).organization.controlPolicies;
  const first = await page('first: 3');
  expect(first.nodes.map(({ policyId }) => policyId)).toEqual(['p-FullAWSAccess', 'p-RCPFullAWSAccess', 'p-nogroups']);
  const second = await page(`first: 3, after: "${first.pageInfo.endCursor}"`);
  expect(second.nodes).toEqual([{ policyId: 'p-nosecrets' }]);
  expect(second.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
  expect((await page(`last: 3, before: "${second.pageInfo.startCursor}"`)).nodes).toEqual(first.nodes);
  const query = `{ organization(id: "${ORGANIZATION}") { controlPolicies(after: "eA") { totalCount } } }`;
  expect(faultsOf(await gateway.ask(OPERATOR, query))).toMatchObject([{ code: 'BAD_USER_INPUT', field: 'after' }]);
});

test('units, accounts, policies and targets of many cost as many statements as those of one', async () => {
  const second = 'o-second0000';
  const ids = Array.from({ length: 30 }, (_, index) => String(index).padStart(2, '0'));
  const unitIds = ids.map((id) => `ou-sec2-unit00${id}`);
  await gateway.services.directory.apply({
    organizations: [
      {
        id: second,
        rootId: 'r-sec2',
        managementAccountId: STRANGER,
        units: unitIds.map((id, index) => ({ id, name: id, parentId: index < 15 ? null : (unitIds[0] ?? null) })),
        controlPolicies: ids.map((id) => ({
          id: `p-policy${id}`,
          type: 'SERVICE_CONTROL_POLICY',
          name: id,
          document: policy({ Effect: 'Deny', Action: 's3:*', Resource: `arn:aws:s3:::b${id}` }),
          targets: [...unitIds, 'r-sec2', STRANGER],
        })),
      },
    ],
    accounts: unitIds.map((unitId, index) => ({
      id: `7000000000${String(index).padStart(2, '0')}`,
      membership: { organizationId: second, unitId },
    })),
  });
  const query = (first: number) => `{ organization(id: "${second}") {
    units(last: ${first}) { nodes { name parent { name } accounts(first: 2) { totalCount nodes { name unit { name } } } controlPolicies { name } } }
    controlPolicies(first: ${first}) { nodes { name document targets { root { name } unit { name } account { name } } } } } }`;
  const counted = async (first: number): Promise<number> => {
    const before = gateway.services.statements.length;
    await ask(OPERATOR, query(first));
    return gateway.services.statements.length - before;
  };
  await counted(30);
  // Where others have their turn in between, one load can become two.
  expect(await counted(30)).toBeLessThanOrEqual((await counted(1)) + 3);
});
