import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/policy/json.ts';
import type { Caller } from '../../../src/session/caller.ts';
import { A, allow, B, deny, policy, userArn } from '../../support/policies.ts';
import { OPERATOR } from '../gateway.ts';
import { type Live, openLive } from '../live.ts';
import { OPENING, type TestServices } from '../services.ts';

const MANAGEMENT = '999999999999';
const STRANGER = '888888888888';
const ORG = 'o-exampleorg1';
const ROOT = 'r-abcd';
const UNIT = 'ou-abcd-workload';
const on = { organizationId: ORG };
const SCP = 'SERVICE_CONTROL_POLICY';
const NO_S3 = JSON.parse(policy(deny('s3:*')));
const FULL = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };
const revision = expect.stringMatching(/^r\d{19}$/);

const USERS = {
  // The administrator of the organization, one of a member and one of another organization.
  admin: userArn('admin', MANAGEMENT),
  member: userArn('member'),
  stranger: userArn('stranger', STRANGER),
  // May attach service control policies to the unit, and nothing else.
  delegate: userArn('delegate', MANAGEMENT),
  // May tag control policies of one type.
  ofScps: userArn('ofScps', MANAGEMENT),
  ofRcps: userArn('ofRcps', MANAGEMENT),
  // May name the units that have its tag.
  owner: userArn('owner', MANAGEMENT),
};

const may = (arn: string, ...statements: readonly JsonObject[]) => ({
  arn,
  inlinePolicies: [{ name: 'p', document: policy(...statements) }],
});
const organizationsArn = (resource: string) => `arn:aws:organizations::${MANAGEMENT}:${resource}`;

let services: TestServices;
let live: Live;
let callers: Record<keyof typeof USERS, Caller>;

beforeAll(async () => {
  const opened = await openLive(USERS, {
    organizations: [
      {
        id: ORG,
        rootId: ROOT,
        managementAccountId: MANAGEMENT,
        rcpEnabled: false,
        units: [{ id: UNIT, name: 'Workloads', parentId: null }],
        controlPolicies: [
          {
            id: 'p-FullAWSAccess',
            type: SCP,
            name: 'FullAWSAccess',
            document: JSON.stringify(FULL),
            targets: [ROOT, UNIT, MANAGEMENT, A],
          },
          { id: 'p-nos3000000', type: SCP, name: 'NoS3', document: JSON.stringify(NO_S3), targets: [] },
        ],
      },
      { id: 'o-foreign000', rootId: 'r-fore', managementAccountId: STRANGER, scpEnabled: false, rcpEnabled: false },
    ],
    accounts: [
      { id: MANAGEMENT, membership: { organizationId: ORG, unitId: null } },
      { id: A, membership: { organizationId: ORG, unitId: UNIT } },
      { id: STRANGER, membership: { organizationId: 'o-foreign000', unitId: null } },
      { id: B, membership: 'NONE' },
    ],
    users: [
      may(USERS.admin, allow('*')),
      may(USERS.member, allow('*')),
      may(USERS.stranger, allow('*')),
      may(USERS.owner, {
        ...allow('organizations:UpdateOrganizationalUnit'),
        Condition: { StringEquals: { 'aws:ResourceTag/owner': 'delegate' } },
      }),
      ...(['SERVICE_CONTROL_POLICY', 'RESOURCE_CONTROL_POLICY'] as const).map((type) =>
        may(type === 'SERVICE_CONTROL_POLICY' ? USERS.ofScps : USERS.ofRcps, {
          ...allow(['organizations:TagResource', 'organizations:UntagResource']),
          Condition: { StringEquals: { 'organizations:PolicyType': type } },
        }),
      ),
      may(USERS.delegate, {
        ...allow('organizations:AttachPolicy', [
          organizationsArn(`ou/${ORG}/${UNIT}`),
          organizationsArn(`policy/${ORG}/service_control_policy/*`),
        ]),
        Condition: { StringEquals: { 'organizations:PolicyType': SCP } },
      }),
    ],
  });
  ({ services, live, callers } = opened);
}, OPENING);
afterAll(() => services.remove());

const can = async (who: string) =>
  (
    await live.ask(
      OPERATOR,
      'query ($who: PrincipalId!) { decision(request: { principal: $who, action: "s3:ListAllMyBuckets", resource: "*" }) { allowed } }',
      { who },
    )
  ).decision.allowed;

describe('the administrator of an organization', () => {
  test('changes it, and the next decision knows it', async () => {
    expect(await can(USERS.member)).toBe(true);
    const attach = { ...on, policyId: 'p-nos3000000', targetId: ROOT };
    const answer = await live.mutate(
      callers.admin,
      'attachControlPolicy',
      attach,
      '... on ControlPolicyChangeSuccess { controlPolicy { name targets { targetId } } revision dryRun touched { kind target } }',
    );
    expect(answer).toEqual({
      __typename: 'ControlPolicyChangeSuccess',
      controlPolicy: { name: 'NoS3', targets: [{ targetId: ROOT }] },
      revision,
      dryRun: false,
      touched: [{ kind: 'ORGANIZATION', target: ORG }],
    });
    expect(await can(USERS.member)).toBe(false);
    expect((await live.trail()).at(-1)).toMatchObject({
      event: 'AttachPolicy',
      action: 'organizations:AttachPolicy',
      target: 'p-nos3000000',
      outcome: 'SUCCEEDED',
      principal: USERS.admin,
    });
    expect(await live.outcome(callers.admin, 'detachControlPolicy', attach)).toBe('ControlPolicyChangeSuccess');
    expect(await can(USERS.member)).toBe(true);
  });

  test('makes, changes and removes what is in it', async () => {
    const { admin } = callers;
    const made = await live.mutate(
      admin,
      'createOrganizationalUnit',
      { ...on, parentId: UNIT, name: 'Beneath' },
      '... on CreateOrganizationalUnitSuccess { unit { unitId name parent { unitId } controlPolicies { policyId } } revision }',
    );
    const { unitId } = made.unit;
    expect(made.unit).toEqual({
      unitId,
      name: 'Beneath',
      parent: { unitId: UNIT },
      controlPolicies: [{ policyId: 'p-FullAWSAccess' }],
    });
    const moved = await live.mutate(
      admin,
      'moveAccount',
      { ...on, accountId: A, sourceParentId: UNIT, destinationParentId: unitId },
      '... on AccountChangeSuccess { account { accountId unit { name } } }',
    );
    expect(moved.account).toEqual({ accountId: A, unit: { name: 'Beneath' } });
    expect(await live.outcome(admin, 'deleteOrganizationalUnit', { ...on, unitId })).toBe('DeleteConflict');
    expect(await live.mutate(admin, 'deleteOrganizationalUnit', { ...on, unitId })).toMatchObject({
      code: 'OrganizationalUnitNotEmptyException',
    });
    expect(await live.outcome(admin, 'moveAccount', { ...on, accountId: A, destinationParentId: UNIT })).toBe(
      'AccountChangeSuccess',
    );
    expect(await live.outcome(admin, 'updateOrganizationalUnit', { ...on, unitId, name: 'Renamed' })).toBe(
      'OrganizationalUnitChangeSuccess',
    );
    expect(await live.outcome(admin, 'deleteOrganizationalUnit', { ...on, unitId })).toBe(
      'DeleteOrganizationalUnitSuccess',
    );
    const created = await live.mutate(
      admin,
      'createControlPolicy',
      { ...on, type: SCP, name: 'New', description: 'd', policyDocument: NO_S3 },
      '... on CreateControlPolicySuccess { controlPolicy { policyId type name description document } }',
    );
    const { policyId } = created.controlPolicy;
    expect(created.controlPolicy).toEqual({ policyId, type: SCP, name: 'New', description: 'd', document: NO_S3 });
    expect(await live.outcome(admin, 'updateControlPolicy', { ...on, policyId, policyDocument: FULL })).toBe(
      'ControlPolicyChangeSuccess',
    );
    const deleted = await live.mutate(
      admin,
      'deleteControlPolicy',
      { ...on, policyId },
      '... on DeleteControlPolicySuccess { deletedPolicyId }',
    );
    expect(deleted.deletedPolicyId).toBe(policyId);
    const type = { ...on, type: 'RESOURCE_CONTROL_POLICY' };
    const enabled = await live.mutate(
      admin,
      'enablePolicyType',
      type,
      '... on OrganizationChangeSuccess { organization { enabledPolicyTypes } }',
    );
    expect(enabled.organization.enabledPolicyTypes).toEqual([SCP, 'RESOURCE_CONTROL_POLICY']);
    expect(await live.outcome(admin, 'disablePolicyType', type)).toBe('OrganizationChangeSuccess');
    const administration = { ...on, accountId: A, servicePrincipal: 'config.amazonaws.com' };
    expect(await live.outcome(admin, 'registerDelegatedAdministrator', administration)).toBe(
      'OrganizationChangeSuccess',
    );
    expect(await live.outcome(admin, 'deregisterDelegatedAdministrator', administration)).toBe(
      'OrganizationChangeSuccess',
    );
  });

  test('makes, names and closes accounts in it', async () => {
    const { admin } = callers;
    const made = await live.mutate(
      admin,
      'createAccount',
      { ...on, name: 'New' },
      '... on CreateAccountSuccess { accountId account { name organizationId } touched { kind target } }',
    );
    const { accountId } = made;
    expect(made.account).toEqual({ name: 'New', organizationId: ORG });
    expect(await live.outcome(admin, 'putAccountName', { accountId, name: 'Newer' })).toBe('AccountChangeSuccess');
    expect(await live.mutate(admin, 'closeAccount', { ...on, accountId })).toMatchObject({
      __typename: 'DeleteConflict',
      message: 'Cannot delete entity, must delete roles first.',
    });
    const closed = await live.mutate(
      admin,
      'closeAccount',
      { ...on, accountId, withDependents: true },
      '... on CloseAccountSuccess { closedAccountId }',
    );
    expect(closed.closedAccountId).toBe(accountId);
  });

  test('says what would be done in a dry run, and does nothing', async () => {
    const before = await services.directory.revision();
    const query =
      'mutation ($input: CreateAccountInput!) { createAccount(input: $input, dryRun: true) { ... on CreateAccountSuccess { account { id } accountId dryRun touched { kind } } } }';
    const { createAccount } = await live.ask(callers.admin, query, { input: { ...on, name: 'New' } });
    expect(createAccount).toMatchObject({
      account: null,
      accountId: expect.stringMatching(/^\d{12}$/),
      dryRun: true,
      touched: expect.arrayContaining([{ kind: 'ORGANIZATION' }]),
    });
    expect(await services.directory.revision()).toBe(before);
  });
});

/** Every operation on an organization that principals can be allowed. */
const CHANGES: readonly (readonly [string, string, object])[] = [
  ['createAccount', 'CreateAccount', { name: 'x' }],
  ['closeAccount', 'CloseAccount', { accountId: A }],
  ['moveAccount', 'MoveAccount', { accountId: A, destinationParentId: ROOT }],
  ['removeAccountFromOrganization', 'RemoveAccountFromOrganization', { accountId: A }],
  ['deleteOrganization', 'DeleteOrganization', {}],
  ['createOrganizationalUnit', 'CreateOrganizationalUnit', { parentId: ROOT, name: 'x' }],
  ['updateOrganizationalUnit', 'UpdateOrganizationalUnit', { unitId: UNIT, name: 'x' }],
  ['deleteOrganizationalUnit', 'DeleteOrganizationalUnit', { unitId: UNIT }],
  [
    'registerDelegatedAdministrator',
    'RegisterDelegatedAdministrator',
    { accountId: A, servicePrincipal: 'iam.amazonaws.com' },
  ],
  [
    'deregisterDelegatedAdministrator',
    'DeregisterDelegatedAdministrator',
    { accountId: A, servicePrincipal: 'iam.amazonaws.com' },
  ],
  ['createControlPolicy', 'CreatePolicy', { type: SCP, name: 'x', policyDocument: NO_S3 }],
  ['updateControlPolicy', 'UpdatePolicy', { policyId: 'p-nos3000000', name: 'x' }],
  ['deleteControlPolicy', 'DeletePolicy', { policyId: 'p-nos3000000' }],
  ['attachControlPolicy', 'AttachPolicy', { policyId: 'p-nos3000000', targetId: UNIT }],
  ['detachControlPolicy', 'DetachPolicy', { policyId: 'p-FullAWSAccess', targetId: UNIT }],
  ['enablePolicyType', 'EnablePolicyType', { type: 'RESOURCE_CONTROL_POLICY' }],
  ['disablePolicyType', 'DisablePolicyType', { type: SCP }],
];

describe.each(CHANGES)('%s', (name, operation, input) => {
  test('is refused to administrators of members and of other organizations, and kept', async () => {
    const before = await services.directory.revision();
    for (const caller of [callers.member, callers.stranger]) {
      const answer = await live.mutate(caller, name, { ...on, ...input });
      expect(answer).toMatchObject({ __typename: 'AccessDenied', decision: { effect: 'IMPLICIT_DENY' } });
      expect(answer.message).toContain(`organizations:${operation}`);
      expect((await live.trail()).at(-1)).toMatchObject({
        event: operation,
        action: `organizations:${operation}`,
        outcome: 'REFUSED',
      });
    }
    expect(await services.directory.revision()).toBe(before);
  });

  test('tells a stranger the same of an organization that is not there, and nothing of the one that is', async () => {
    const { stranger } = callers;
    const there = await live.mutate(stranger, name, { ...on, ...input });
    const missing = await live.mutate(stranger, name, { organizationId: 'o-notthere00', ...input });
    expect(missing.message.replaceAll('o-notthere00', ORG)).toBe(there.message);
    expect(there.message).not.toContain(MANAGEMENT);
  });
});

describe('tags of what AWS Organizations has', () => {
  const TAGS =
    '... on ResourceChangeSuccess { resource { account { accountId } tags { key value } } touched { kind target } }';
  const tag = (who: Caller, resourceArn: string) =>
    live.mutate(who, 'tagResource', { resourceArn, tags: [{ key: 'owner', value: 'delegate' }] }, TAGS);

  test.each([
    ['an account', `account/${ORG}/${A}`],
    ['a unit', `ou/${ORG}/${UNIT}`],
    ['the root', `root/${ORG}/${ROOT}`],
    ['a control policy', `policy/${ORG}/service_control_policy/p-nos3000000`],
  ])('%s is tagged by who may, without being entered', async (_what, resource) => {
    const arn = organizationsArn(resource);
    for (const who of [callers.member, callers.stranger, callers.delegate]) {
      const refused = await tag(who, arn);
      expect(refused).toMatchObject({ __typename: 'AccessDenied' });
      expect(refused.message).toContain('is not authorized to perform: organizations:TagResource');
    }
    expect(await tag(callers.admin, arn)).toMatchObject({
      resource: { account: { accountId: MANAGEMENT }, tags: [{ key: 'owner', value: 'delegate' }] },
      touched: [{ kind: 'RESOURCE', target: arn }],
    });
    const untag = { resourceArn: arn, tagKeys: ['owner'] };
    expect(await live.mutate(callers.admin, 'untagResource', untag, TAGS)).toMatchObject({ resource: { tags: [] } });
  });

  test('of control policies are given and taken by whom a condition lets by their type', async () => {
    const scp = organizationsArn(`policy/${ORG}/service_control_policy/p-nos3000000`);
    for (const [who, isLet] of [
      [callers.ofScps, true],
      [callers.ofRcps, false],
    ] as const) {
      const outcome = isLet ? 'ResourceChangeSuccess' : 'AccessDenied';
      expect(await tag(who, scp)).toMatchObject({ __typename: outcome });
      const untag = { resourceArn: scp, tagKeys: ['owner'] };
      expect(await live.mutate(who, 'untagResource', untag, TAGS)).toMatchObject({ __typename: outcome });
    }
  });

  test('count in the conditions of what changes it, and go with it', async () => {
    const { admin } = callers;
    const { unit } = await live.mutate(
      admin,
      'createOrganizationalUnit',
      { ...on, parentId: ROOT, name: 'Tagged' },
      '... on CreateOrganizationalUnitSuccess { unit { unitId } }',
    );
    const named = { ...on, unitId: unit.unitId };
    const arn = organizationsArn(`ou/${ORG}/${unit.unitId}`);
    const rename = (name: string) => live.outcome(callers.owner, 'updateOrganizationalUnit', { ...named, name });
    expect(await rename('Mine')).toBe('AccessDenied');
    await tag(admin, arn);
    expect(await rename('Mine')).toBe('OrganizationalUnitChangeSuccess');
    const deleted = await live.mutate(
      admin,
      'deleteOrganizationalUnit',
      named,
      '... on DeleteOrganizationalUnitSuccess { withheld touched { kind target } }',
    );
    expect(deleted).toMatchObject({ touched: [{ kind: 'ORGANIZATION', target: ORG }], withheld: true });
    expect(await live.ask(OPERATOR, 'query ($arn: Arn!) { resource(arn: $arn) { arn } }', { arn })).toEqual({
      resource: null,
    });
    expect(await tag(admin, arn)).toMatchObject({ __typename: 'NoSuchEntity' });
  });

  test.each([
    `ou/${ORG}/ou-abcd-nowhere0`,
    `account/${ORG}/${B}`,
    `root/o-foreign000/${ROOT}`,
    `policy/${ORG}/resource_control_policy/p-nos3000000`,
  ])('%s is not there', async (resource) => {
    expect(await tag(OPERATOR, organizationsArn(resource))).toMatchObject({ __typename: 'NoSuchEntity' });
  });
});

describe('permissions', () => {
  test('on a policy and its target, with the type of the policy', async () => {
    const { delegate } = callers;
    const attach = (targetId: string) =>
      live.mutate(delegate, 'attachControlPolicy', { ...on, policyId: 'p-nos3000000', targetId });
    expect(await attach(ROOT)).toMatchObject({ __typename: 'AccessDenied' });
    expect(await attach(UNIT)).toMatchObject({ __typename: 'ControlPolicyChangeSuccess' });
    expect(
      await live.outcome(delegate, 'detachControlPolicy', { ...on, policyId: 'p-nos3000000', targetId: UNIT }),
    ).toBe('AccessDenied');
    expect(
      await live.outcome(OPERATOR, 'detachControlPolicy', { ...on, policyId: 'p-nos3000000', targetId: UNIT }),
    ).toBe('ControlPolicyChangeSuccess');
  });

  test('that only the operator has: chosen ids, accounts of no organization, accounts that are not asked', async () => {
    const { admin } = callers;
    const account = { accountId: '444444444444', name: 'Given' };
    for (const [name, input] of [
      ['createAccount', { ...on, ...account }],
      ['createAccount', { name: 'Alone' }],
      ['closeAccount', { accountId: A }],
      ['addAccountToOrganization', { ...on, accountId: B }],
    ] as const) {
      expect(await live.mutate(admin, name, input)).toMatchObject({
        __typename: 'AccessDenied',
        message: expect.stringMatching(/^only the operator may /),
      });
    }
    expect(await live.outcome(OPERATOR, 'createAccount', account)).toBe('CreateAccountSuccess');
    expect(await live.outcome(OPERATOR, 'addAccountToOrganization', { ...on, accountId: '444444444444' })).toBe(
      'AccountChangeSuccess',
    );
    expect(await live.outcome(OPERATOR, 'closeAccount', { accountId: '444444444444' })).toBe('CloseAccountSuccess');
  });

  test('to name an account: in it, or in the management account of its organization', async () => {
    const rename = (caller: Caller, accountId: string) =>
      live.outcome(caller, 'putAccountName', { accountId, name: 'Name' });
    expect(await rename(callers.member, A)).toBe('AccountChangeSuccess');
    expect(await rename(callers.admin, A)).toBe('AccountChangeSuccess');
    expect(await rename(callers.member, MANAGEMENT)).toBe('AccessDenied');
    expect(await rename(callers.stranger, A)).toBe('AccessDenied');
    // Neither belongs to an organization that the caller manages.
    expect(await rename(callers.admin, B)).toBe('AccessDenied');
    expect(await rename(callers.admin, STRANGER)).toBe('AccessDenied');
  });

  test('to make an organization: in the account that manages it', async () => {
    const create = (caller: Caller) => live.mutate(caller, 'createOrganization', { accountId: B });
    expect(await create(callers.admin)).toMatchObject({ __typename: 'AccessDenied' });
    const made = await live.mutate(
      OPERATOR,
      'createOrganization',
      { accountId: B },
      '... on CreateOrganizationSuccess { organization { organizationId managementAccountId enabledPolicyTypes } }',
    );
    const { organizationId } = made.organization;
    expect(made.organization).toEqual({ organizationId, managementAccountId: B, enabledPolicyTypes: [] });
    expect(await live.outcome(OPERATOR, 'deleteOrganization', { organizationId })).toBe('DeleteOrganizationSuccess');
  });
});

describe('faults', () => {
  test.each([
    [
      'createControlPolicy',
      { type: SCP, name: 'x', policyDocument: '{' },
      'MalformedPolicyDocument',
      'MalformedPolicyDocumentException',
    ],
    ['createControlPolicy', { type: SCP, name: '', policyDocument: NO_S3 }, 'ValidationError', 'ValidationError'],
    [
      'createControlPolicy',
      { type: SCP, name: 'NoS3', policyDocument: NO_S3 },
      'EntityAlreadyExists',
      'DuplicatePolicyException',
    ],
    ['updateControlPolicy', { policyId: 'p-FullAWSAccess', name: 'x' }, 'ValidationError', 'InvalidInputException'],
    ['deleteControlPolicy', { policyId: 'p-none000000' }, 'NoSuchEntity', 'PolicyNotFoundException'],
    [
      'detachControlPolicy',
      { policyId: 'p-FullAWSAccess', targetId: UNIT },
      'ConstraintViolation',
      'ConstraintViolationException',
    ],
    ['enablePolicyType', { type: SCP }, 'EntityAlreadyExists', 'PolicyTypeAlreadyEnabledException'],
    [
      'removeAccountFromOrganization',
      { accountId: MANAGEMENT },
      'ConstraintViolation',
      'MasterCannotLeaveOrganizationException',
    ],
    ['deleteOrganizationalUnit', { unitId: 'x' }, 'ValidationError', 'ValidationError'],
    ['moveAccount', { accountId: B, destinationParentId: ROOT }, 'NoSuchEntity', 'AccountNotFoundException'],
  ])('%s %j', async (name, input, failure, code) => {
    expect(await live.mutate(callers.admin, name, { ...on, ...input })).toMatchObject({ __typename: failure, code });
    expect((await live.trail()).at(-1)).toMatchObject({ outcome: 'FAILED', code });
  });
});
