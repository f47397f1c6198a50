import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { faultsOf, type Gateway, gatewayOn, OPERATOR, signedIn } from '../gateway.ts';
import { arn, guardedWorld, MEMBER, type Statement, user } from '../guarded-world.ts';
import { OPENING, openServices, type TestServices } from '../services.ts';

// Field by field: what an entity tells beyond that it is there takes the permission that AWS asks for it, however the entity
// was reached.

const WORKER = arn(MEMBER, 'user/worker');
const WRITER = arn(MEMBER, 'role/team/Writer');
const PEOPLE = arn(MEMBER, 'group/people');
const MANAGED = arn(MEMBER, 'policy/ReadsLogs');
const BUCKET = 'arn:aws:s3:::logs';

interface FieldCase {
  readonly field: string;
  /** Reaches the entity by another way than reading it. */
  readonly query: string;
  /** Any one of these shows the field. */
  readonly needs: readonly (readonly [action: string, resource: string])[];
  /** Also needed, to get there. */
  readonly also?: readonly (readonly [action: string, resource: string])[];
}

/** The principal of a decision is named by whoever asks. */
const asUser = (field: string) =>
  `{ decision(request: { principal: "${WORKER}", action: "s3:GetObject", resource: "${BUCKET}/1" }) { principal { ... on User { ${field} } } } }`;
const asRole = (field: string) =>
  `{ decision(request: { principal: "${WRITER}", action: "s3:GetObject", resource: "${BUCKET}/1" }) { principal { ... on Role { ${field} } } } }`;
const ofGroup = (field: string) => asUser(`groups { ${field} }`);
const ofPolicy = (field: string) => asUser(`groups { attachedPolicies { ${field} } }`);
const asks = ['iam:SimulatePrincipalPolicy', '*'] as const;
const lists = ['iam:ListGroupsForUser', WORKER] as const;
const attached = ['iam:ListAttachedGroupPolicies', PEOPLE] as const;

const CASES: readonly FieldCase[] = [
  ...['uniqueId', 'createdAt'].map((field) => ({
    field: `User.${field}`,
    query: asUser(field),
    needs: [['iam:GetUser', WORKER] as const, ['iam:ListUsers', '*'] as const],
  })),
  {
    field: 'User.tags',
    query: asUser('tags { key }'),
    needs: [
      ['iam:GetUser', WORKER],
      ['iam:ListUserTags', WORKER],
    ],
  },
  { field: 'User.permissionsBoundary', query: asUser('permissionsBoundary { arn }'), needs: [['iam:GetUser', WORKER]] },
  { field: 'User.groups', query: asUser('groups { arn }'), needs: [lists] },
  {
    field: 'User.attachedPolicies',
    query: asUser('attachedPolicies { arn }'),
    needs: [['iam:ListAttachedUserPolicies', WORKER]],
  },
  { field: 'User.inlinePolicies', query: asUser('inlinePolicies { name }'), needs: [['iam:ListUserPolicies', WORKER]] },
  {
    field: 'InlinePolicy.document',
    query: asUser('inlinePolicies { document }'),
    needs: [['iam:GetUserPolicy', WORKER]],
    also: [['iam:ListUserPolicies', WORKER]],
  },
  ...['uniqueId', 'createdAt', 'description', 'trustPolicy', 'maxSessionDuration'].map((field) => ({
    field: `Role.${field}`,
    query: asRole(field),
    needs: [['iam:GetRole', WRITER] as const, ['iam:ListRoles', '*'] as const],
  })),
  {
    field: 'Role.tags',
    query: asRole('tags { key }'),
    needs: [
      ['iam:GetRole', WRITER],
      ['iam:ListRoleTags', WRITER],
    ],
  },
  { field: 'Role.permissionsBoundary', query: asRole('permissionsBoundary { arn }'), needs: [['iam:GetRole', WRITER]] },
  {
    field: 'Role.attachedPolicies',
    query: asRole('attachedPolicies { arn }'),
    needs: [['iam:ListAttachedRolePolicies', WRITER]],
  },
  { field: 'Role.inlinePolicies', query: asRole('inlinePolicies { name }'), needs: [['iam:ListRolePolicies', WRITER]] },
  {
    field: 'InlinePolicy.document',
    query: asRole('inlinePolicies { document }'),
    needs: [['iam:GetRolePolicy', WRITER]],
    also: [['iam:ListRolePolicies', WRITER]],
  },
  {
    field: 'Group.createdAt',
    query: ofGroup('createdAt'),
    needs: [
      ['iam:GetGroup', PEOPLE],
      ['iam:ListGroups', '*'],
    ],
    also: [lists],
  },
  {
    field: 'Group.attachedPolicies',
    query: ofGroup('attachedPolicies { arn }'),
    needs: [attached],
    also: [lists],
  },
  {
    field: 'Group.inlinePolicies',
    query: ofGroup('inlinePolicies { name }'),
    needs: [['iam:ListGroupPolicies', PEOPLE]],
    also: [lists],
  },
  {
    field: 'InlinePolicy.document',
    query: ofGroup('inlinePolicies { document }'),
    needs: [['iam:GetGroupPolicy', PEOPLE]],
    also: [lists, ['iam:ListGroupPolicies', PEOPLE]],
  },
  ...['createdAt', 'defaultVersionId'].map((field) => ({
    field: `ManagedPolicy.${field}`,
    query: ofPolicy(field),
    needs: [['iam:GetPolicy', MANAGED] as const, ['iam:ListPolicies', '*'] as const],
    also: [lists, attached],
  })),
  {
    field: 'ManagedPolicy.document',
    query: ofPolicy('document'),
    needs: [['iam:GetPolicyVersion', MANAGED]],
    also: [lists, attached],
  },
  {
    field: 'Resource.policy',
    query: `{ resource(arn: "${BUCKET}") { policy } }`,
    needs: [
      ['config:GetResourceConfigHistory', '*'],
      ['s3:GetBucketPolicy', BUCKET],
    ],
    also: [['s3:ListBucket', BUCKET]],
  },
  {
    field: 'Resource.tags',
    query: `{ resource(arn: "${BUCKET}") { tags { key } } }`,
    needs: [['config:GetResourceConfigHistory', '*']],
    also: [['s3:ListBucket', BUCKET]],
  },
  ...(['users', 'roles', 'groups', 'policies'] as const).map((list) => ({
    field: `Account.${list}`,
    query: asUser(`account { ${list} { totalCount nodes { arn } } }`),
    needs: [[`iam:List${list.slice(0, 1).toUpperCase()}${list.slice(1)}`, '*'] as const],
  })),
  {
    field: 'Account.resources',
    query: asUser('account { resources { totalCount nodes { arn } } }'),
    needs: [['config:ListDiscoveredResources', '*']],
  },
  {
    field: 'Account.organizationId',
    query: asUser('account { organizationId }'),
    needs: [['account:GetAccountInformation', '*']],
  },
  {
    field: 'Account.knowledge',
    query: asUser('account { knowledge { layer state } }'),
    needs: [['account:GetAccountInformation', '*']],
  },
];

let services: TestServices;
let gateway: Gateway;

const allow = (permissions: readonly (readonly [string, string])[]): Statement[] =>
  [asks, ...permissions].map(([Action, Resource]) => ({ Effect: 'Allow', Action, Resource }));
const callerOf = (index: number, which: number | 'none' | 'others'): string => `caller-${index}-${which}`;

beforeAll(async () => {
  // One user for each way to be allowed a field, and one who lacks only that.
  const noGroups = (id: string) => id !== 'p-nogroups';
  const users = CASES.flatMap(({ needs, also = [] }, index) => [
    user(MEMBER, callerOf(index, 'none'), ...allow(also)),
    user(
      MEMBER,
      callerOf(index, 'others'),
      { Effect: 'Allow', Action: '*', Resource: '*' },
      { Effect: 'Deny', Action: needs.map(([action]) => action), Resource: '*' },
    ),
    ...needs.map((need, which) => user(MEMBER, callerOf(index, which), ...allow([...also, need]))),
  ]);
  const world = guardedWorld(...users);
  services = await openServices({
    ...world,
    organizations: (world.organizations ?? []).map((one) => ({
      ...one,
      controlPolicies: (one.controlPolicies ?? []).filter(({ id }) => noGroups(id)),
    })),
  });
  gateway = gatewayOn(services);
}, OPENING);
afterAll(() => services.remove());

describe.each(CASES.map((one, index) => ({ ...one, index })))('$field ($index)', ({ query, needs, field, index }) => {
  const as = (which: number | 'none' | 'others') =>
    gateway.ask(signedIn(arn(MEMBER, `user/${callerOf(index, which)}`)), query);

  test('is shown to who has one of the permissions, as to the operator', async () => {
    const toOperator = await gateway.ask(OPERATOR, query);
    expect(toOperator.errors).toBeUndefined();
    for (const which of needs.keys()) expect([needs[which], await as(which)]).toEqual([needs[which], toOperator]);
  });

  test.each(['none', 'others'] as const)('is refused to who lacks them (%s)', async (which) => {
    const name = field.split('.')[1];
    const actions = needs.map(([action]) => action);
    const faults = faultsOf(await as(which));
    expect(faults.length).toBeGreaterThan(0);
    for (const { code, message } of faults) {
      expect(code).toBe('FORBIDDEN');
      expect(message).toMatch(new RegExp(`^\`${name}\` needs ${actions.join(' or ')}, which you are not allowed$`));
    }
  });
});

test('policies of AWS are everybody’s to read', async () => {
  await services.directory.apply({
    users: [{ ...user(MEMBER, 'nobody'), attachedPolicies: ['arn:aws:iam::aws:policy/ReadOnlyAccess'] }],
  });
  const id = Buffer.from('ManagedPolicy:arn:aws:iam::aws:policy/ReadOnlyAccess').toString('base64');
  const { data, errors } = await gateway.ask(
    signedIn(arn(MEMBER, 'user/nobody')),
    'query ($id: ID!) { node(id: $id) { ... on ManagedPolicy { name document createdAt } } }',
    { id },
  );
  expect(errors).toBeUndefined();
  expect(data).toMatchObject({ node: { name: 'ReadOnlyAccess' } });
});

test('oneself is known by name; what is more takes the same permissions', async () => {
  const caller = signedIn(WORKER);
  const named = '{ viewer { principal { ... on User { arn name path account { accountId } } } } }';
  expect((await gateway.ask(caller, named)).errors).toBeUndefined();
  const more = '{ viewer { principal { ... on User { tags { key } } } } }';
  expect(faultsOf(await gateway.ask(caller, more))).toEqual([
    { code: 'FORBIDDEN', message: '`tags` needs iam:GetUser or iam:ListUserTags, which you are not allowed' },
  ]);
});
