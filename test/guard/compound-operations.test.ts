import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GuardContext } from '../../src/guard/context.ts';
import { OPERATIONS, type OperationName, type OperationValues } from '../../src/guard/operations.ts';
import { perform } from '../../src/guard/perform.ts';
import { mayDo } from '../../src/guard/permission.ts';
import { UNKNOWN_ORIGIN } from '../../src/session/call.ts';
import type { Caller } from '../../src/session/caller.ts';
import { NOW, signedIn } from '../graphql/gateway.ts';
import { OPENING, openServices, type TestServices } from '../graphql/services.ts';
import { A, allow, aRole, aUser, deny, policy, roleArn, trusts, userArn } from '../support/policies.ts';
import { aQuestion } from '../support/questions.ts';

const GUARDED = `arn:aws:iam::${A}:policy/Guarded`;
const OTHER = `arn:aws:iam::${A}:policy/Other`;
const BOUND = `arn:aws:iam::${A}:policy/Bound`;
const PROFILE = `arn:aws:iam::${A}:instance-profile/P`;
const DEVS = `arn:aws:iam::${A}:group/Devs`;

const anyPolicy = (arn: string) => ({
  arn,
  defaultVersionId: 'v1',
  versions: [{ versionId: 'v1', document: policy(allow('s3:*')) }],
});
const when = (statement: object, operator: string, key: string, value: string) => ({
  ...statement,
  Condition: { [operator]: { [key]: value } },
});

const ALL = allow('iam:*');
/** Who may do what, by name: what a part of a compound operation has to be asked with. */
const WHO = {
  detachesAllButGuarded: [
    ALL,
    when(deny(['iam:DetachRolePolicy', 'iam:DetachUserPolicy']), 'ArnEquals', 'iam:PolicyARN', GUARDED),
  ],
  detachesOnlyGuarded: [
    allow([
      'iam:DeleteRole',
      'iam:DeleteUser',
      'iam:DeleteRolePolicy',
      'iam:DeleteUserPolicy',
      'iam:RemoveUserFromGroup',
    ]),
    when(allow(['iam:DetachRolePolicy', 'iam:DetachUserPolicy']), 'ArnEquals', 'iam:PolicyARN', GUARDED),
  ],
  changesOnlyBound: [
    when(allow('iam:*'), 'ArnEquals', 'iam:PermissionsBoundary', BOUND),
    allow(['iam:DeleteUser', 'iam:RemoveUserFromGroup']),
  ],
  changesAllButBound: [ALL, when(deny('iam:Delete*Policy'), 'ArnEquals', 'iam:PermissionsBoundary', BOUND)],
  deletesAlone: [allow(['iam:DeleteRole', 'iam:DeleteUser'])],
  leavesProfiles: [ALL, deny('iam:RemoveRoleFromInstanceProfile', PROFILE)],
  leavesGroups: [ALL, deny('iam:RemoveUserFromGroup', DEVS)],
  readsOnlyBound: [
    when(allow(['iam:GetRole', 'iam:GetUser', 'iam:ListRoleTags']), 'ArnEquals', 'iam:PermissionsBoundary', BOUND),
  ],
  readsAllButBound: [
    allow(['iam:GetRole', 'iam:GetUser']),
    when(deny(['iam:GetRole', 'iam:GetUser']), 'ArnEquals', 'iam:PermissionsBoundary', BOUND),
  ],
};

const TRUST = [trusts({ AWS: A })];
const KINDS = {
  Bare: {},
  WithGuarded: { attachedPolicies: [GUARDED] },
  WithBoth: { attachedPolicies: [GUARDED, OTHER] },
  WithInline: { inlinePolicies: [{ name: 'p', document: policy(allow('s3:*')) }] },
  Bounded: {
    attachedPolicies: [OTHER],
    permissionsBoundary: BOUND,
    inlinePolicies: [{ name: 'p', document: policy(allow('s3:*')) }],
  },
};

let services: TestServices;
let context: (caller: Caller) => GuardContext;

beforeAll(async () => {
  services = await openServices({
    accounts: [{ id: A, membership: 'NONE' }],
    policies: [GUARDED, OTHER, BOUND].map(anyPolicy),
    groups: [{ arn: DEVS }],
    users: [
      ...Object.entries(WHO).map(([name, statements]) => aUser(name, statements)),
      ...Object.entries(KINDS).map(([name, rest]) => ({ arn: userArn(name), ...rest })),
      { arn: userArn('InGroup'), groups: [DEVS] },
      { arn: userArn('WithKey') },
    ],
    roles: [
      ...Object.entries(KINDS).map(([name, rest]) => ({ ...aRole(name, TRUST), ...rest })),
      aRole('InProfile', TRUST),
    ],
    instanceProfiles: [{ arn: PROFILE, role: roleArn('InProfile') }],
  });
  context = (caller) => ({ ...services, caller, now: NOW, origin: UNKNOWN_ORIGIN, request: {} });
}, OPENING);
afterAll(() => services.remove());

/** What the caller lacks of an operation; null: it may. Nothing is done. */
async function lacks<Name extends OperationName>(who: keyof typeof WHO, name: Name, values: OperationValues[Name]) {
  const performed = await perform(context(signedIn(userArn(who))), name, values, () => 'nothing');
  return performed.kind === 'refused' ? performed.needs : null;
}

const role = (name: string) => ({ roleArn: roleArn(name), withDependents: true });
const user = (name: string) => ({ userArn: userArn(name), withDependents: true });

describe('deleting with dependents asks for each part as IAM does', () => {
  it.each([
    ['detachesAllButGuarded', 'WithGuarded', 'iam:DetachRolePolicy'],
    ['detachesAllButGuarded', 'WithBoth', 'iam:DetachRolePolicy'],
    ['detachesAllButGuarded', 'Bounded', null],
    ['detachesOnlyGuarded', 'WithGuarded', null],
    ['detachesOnlyGuarded', 'WithBoth', 'iam:DetachRolePolicy'],
    ['changesOnlyBound', 'Bounded', null],
    ['changesOnlyBound', 'WithInline', 'iam:DeleteRole'],
    ['changesAllButBound', 'Bounded', 'iam:DeleteRolePolicy'],
    ['changesAllButBound', 'WithInline', null],
    // What is not there is not taken away.
    ['deletesAlone', 'Bare', null],
    ['deletesAlone', 'WithInline', 'iam:DeleteRolePolicy'],
    ['deletesAlone', 'WithGuarded', 'iam:DetachRolePolicy'],
    ['deletesAlone', 'None', null],
    ['leavesProfiles', 'InProfile', 'iam:RemoveRoleFromInstanceProfile'],
    ['leavesProfiles', 'Bare', null],
  ] as const)('%s deletes the role %s: lacks %s', async (who, name, needs) => {
    expect(await lacks(who, 'DeleteRole', role(name))).toBe(needs);
  });

  it.each([
    ['detachesAllButGuarded', 'WithGuarded', 'iam:DetachUserPolicy'],
    ['detachesOnlyGuarded', 'WithGuarded', null],
    ['detachesOnlyGuarded', 'WithBoth', 'iam:DetachUserPolicy'],
    ['changesOnlyBound', 'Bounded', null],
    ['changesOnlyBound', 'WithInline', 'iam:DeleteUserPolicy'],
    ['changesAllButBound', 'Bounded', 'iam:DeleteUserPolicy'],
    ['deletesAlone', 'Bare', null],
    ['deletesAlone', 'InGroup', 'iam:RemoveUserFromGroup'],
    ['leavesGroups', 'InGroup', 'iam:RemoveUserFromGroup'],
    ['leavesGroups', 'WithBoth', null],
  ] as const)('%s deletes the user %s: lacks %s', async (who, name, needs) => {
    expect(await lacks(who, 'DeleteUser', user(name))).toBe(needs);
  });

  it('names the policy that the caller may not detach as target, with the condition keys of the decision', async () => {
    const performed = await perform(
      context(signedIn(userArn('detachesOnlyGuarded'))),
      'DeleteRole',
      role('WithBoth'),
      () => 'nothing',
    );
    expect(performed).toMatchObject({
      kind: 'refused',
      attempted: { event: 'DetachRolePolicy', target: roleArn('WithBoth') },
    });
  });

  it('asks for keys and devices of a user', async () => {
    await services.sessions.createAccessKey({ userArn: userArn('WithKey') });
    expect(await lacks('detachesOnlyGuarded', 'DeleteUser', user('WithKey'))).toBe('iam:DeleteAccessKey');
  });
});

// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
describe('iam:GetRole, of all readings, has the boundary of the role as a condition key', () => {
  const may = async (who: keyof typeof WHO, action: string, resource: string, claimed?: string) =>
    mayDo(context(signedIn(userArn(who))), {
      action,
      resource,
      account: null,
      ...(claimed !== undefined && { context: new Map([['iam:permissionsboundary', claimed]]) }),
    });

  it.each([
    ['readsOnlyBound', 'iam:GetRole', roleArn('Bounded'), true],
    ['readsOnlyBound', 'iam:GetRole', roleArn('Bare'), false],
    ['readsOnlyBound', 'iam:GetUser', userArn('Bounded'), false],
    ['readsOnlyBound', 'iam:ListRoleTags', roleArn('Bounded'), false],
    ['readsAllButBound', 'iam:GetRole', roleArn('Bounded'), false],
    ['readsAllButBound', 'iam:GetRole', roleArn('Bare'), true],
    ['readsAllButBound', 'iam:GetUser', userArn('Bounded'), true],
  ] as const)('%s: %s on %s is %s', async (who, action, resource, expected) => {
    expect(await may(who, action, resource)).toBe(expected);
  });

  it('whatever the request says', async () => {
    expect(await may('readsOnlyBound', 'iam:GetRole', roleArn('Bare'), BOUND)).toBe(false);
    expect(await may('readsAllButBound', 'iam:GetRole', roleArn('Bounded'), OTHER)).toBe(false);
  });

  it('and when the boundary changes', async () => {
    const on = { roleArn: roleArn('InProfile') };
    await services.directory.entities.putRolePermissionsBoundary({ ...on, permissionsBoundary: BOUND });
    expect(await may('readsOnlyBound', 'iam:GetRole', on.roleArn)).toBe(true);
    await services.directory.entities.deleteRolePermissionsBoundary(on);
    expect(await may('readsOnlyBound', 'iam:GetRole', on.roleArn)).toBe(false);
  });

  it('which is not known of all roles of a pattern', async () => {
    const question = (resource: string) => ({
      ...aQuestion(userArn('readsAllButBound'), 'iam:GetRole', resource),
      resourceIsPattern: true,
    });
    const [all] = await services.access.decideEach([question(`arn:aws:iam::${A}:role/*`)], NOW);
    expect(all).toMatchObject({ decision: { allowed: false } });
  });
});

describe('every operation on a user or role is asked with the boundary that it has, where AWS has the key', () => {
  it.each([
    ['UpdateAssumeRolePolicy', { roleArn: roleArn('Bounded') }],
    ['DeleteRole', { roleArn: roleArn('Bounded'), withDependents: false }],
    ['PutRolePolicy', { roleArn: roleArn('Bounded') }],
    ['RevokeRoleSessions', { roleArn: roleArn('Bounded') }],
    ['DetachRolePolicy', { roleArn: roleArn('Bounded'), policyArn: OTHER }],
    ['DeleteRolePermissionsBoundary', { roleArn: roleArn('Bounded') }],
    ['DeleteUserPermissionsBoundary', { userArn: userArn('Bounded') }],
  ] as const)('%s', async (name, values) => {
    // as: each pair is an operation with its values
    expect(await lacks('changesOnlyBound', name, values as never)).toBeNull();
    expect(OPERATIONS[name].caller).toBe('signedIn');
  });
});
