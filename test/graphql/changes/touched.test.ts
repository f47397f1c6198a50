import { exportJWK, generateKeyPair } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { revisionText } from '../../../src/directory/revision-text.ts';
import type { Caller } from '../../../src/session/caller.ts';
import { A, allow, aRole, aUser, policy, roleArn, trusts, userArn } from '../../support/policies.ts';
import { OPERATOR } from '../gateway.ts';
import { type Live, openLive } from '../live.ts';
import { OPENING, type TestServices } from '../services.ts';

const BUCKET = 'arn:aws:s3:::bucket';
const S3 = JSON.parse(policy(allow('s3:*')));
const names = Array.from({ length: 7 }, (_, index) => `R${index}`);

let services: TestServices;
let live: Live;
let admin: Caller;
let writer: Caller;
let mover: Caller;
let leaver: Caller;
let truster: Caller;

beforeAll(async () => {
  const opened = await openLive(
    {
      admin: userArn('admin'),
      writer: userArn('writer'),
      mover: userArn('mover'),
      leaver: userArn('leaver'),
      truster: userArn('truster'),
    },
    {
      accounts: [{ id: A, membership: 'NONE' }],
      users: [
        aUser('admin', [allow('iam:*')]),
        aUser('writer', [
          allow(['iam:PutRolePolicy', 'iam:DeleteUser', 'iam:DeleteAccessKey', 'iam:DeleteUserPolicy']),
        ]),
        aUser('gone', [allow('s3:*')]),
        aUser('mover', [allow('iam:*')]),
        aUser('leaver', [allow('iam:*')]),
        aUser('truster', [allow('iam:UpdateAssumeRolePolicy')]),
      ],
      roles: [
        ...names.map((name) => aRole(name, [trusts({ AWS: A })])),
        aRole('Entry', [trusts({ AWS: [userArn('mover'), userArn('leaver')] })]),
      ],
      resources: [
        {
          arn: BUCKET,
          accountId: A,
          policy: policy({
            ...allow('s3:GetObject', `${BUCKET}/*`),
            Principal: { AWS: names.map((name) => roleArn(name)) },
          }),
        },
      ],
    },
  );
  ({ services, live } = opened);
  ({ admin, writer, mover, leaver, truster } = opened.callers);
}, OPENING);
afterAll(() => services.remove());

const TOUCHED = 'touched { kind target } withheld';
const changing = (name: string, success: string, options = '') =>
  `mutation ($input: ${name.slice(0, 1).toUpperCase()}${name.slice(1)}Input!) {
    it: ${name}(input: $input ${options}) { ... on ${success} { revision dryRun ${TOUCHED} } ... on Conflict { code ${TOUCHED} } } }`;

async function change(caller: Caller, name: string, success: string, input: object, options = '') {
  return (await live.ask(caller, changing(name, success, options), { input })).it;
}

const put = (name: string, policyName = 'p') => ({ roleArn: roleArn(name), policyName, policyDocument: S3 });
const role = (name: string) => ({ kind: 'ROLE', target: roleArn(name) });

describe('what a change touched', () => {
  test('is named as far as the caller may know of it', async () => {
    // The bucket's policy names the role: it is bound to the id of the one that is gone.
    expect(await change(admin, 'deleteRole', 'DeleteRoleSuccess', { roleArn: roleArn('R0') })).toMatchObject({
      touched: [role('R0')],
      withheld: true,
      dryRun: false,
    });
    const answer = await change(OPERATOR, 'deleteRole', 'DeleteRoleSuccess', { roleArn: roleArn('R1') });
    expect(answer).toMatchObject({ withheld: false });
    expect(answer.touched).toEqual(expect.arrayContaining([role('R1'), { kind: 'RESOURCE', target: BUCKET }]));
    expect(answer.touched).toHaveLength(2);
  });

  test('has what the caller named, though it may not read it', async () => {
    expect(await change(writer, 'putRolePolicy', 'RoleChangeSuccess', put('R2'))).toMatchObject({
      touched: [role('R2')],
      withheld: false,
    });
  });

  test('is answered also to who has renamed or deleted itself, and may read nothing any more', async () => {
    const moved = { userArn: userArn('mover'), newUserName: 'moved' };
    expect(await change(mover, 'updateUser', 'UserChangeSuccess', moved)).toMatchObject({
      touched: [userArn('mover'), userArn('moved')].map((target) => ({ kind: 'USER', target })),
      withheld: true,
    });
    const left = { userArn: userArn('leaver'), withDependents: true };
    expect(await change(leaver, 'deleteUser', 'DeleteUserSuccess', left)).toMatchObject({
      touched: [{ kind: 'USER', target: userArn('leaver') }],
      withheld: true,
    });
  });

  test('is empty where everything was already so', async () => {
    await change(admin, 'putRolePolicy', 'RoleChangeSuccess', put('R6'));
    expect(await change(admin, 'putRolePolicy', 'RoleChangeSuccess', put('R6'))).toMatchObject({
      touched: [],
      withheld: false,
    });
  });

  test('keys of a deleted user are for those who may list its keys', async () => {
    const gone = { userArn: userArn('gone'), withDependents: true };
    await services.directory.apply({ accessKeys: [{ id: 'AKIAGONE', user: gone.userArn }] });
    const trying = (caller: Caller) => change(caller, 'deleteUser', 'DeleteUserSuccess', gone, 'dryRun: true');
    const user = { kind: 'USER', target: gone.userArn };
    const key = { kind: 'ACCESS_KEY', target: 'AKIAGONE' };
    expect(await trying(writer)).toMatchObject({ touched: [user], withheld: true });
    const dry = await trying(admin);
    expect(dry).toMatchObject({ withheld: false, dryRun: true });
    expect(dry.touched).toEqual(expect.arrayContaining([user, key]));
    const done = await change(admin, 'deleteUser', 'DeleteUserSuccess', gone);
    expect({ ...done, revision: null }).toEqual({ ...dry, revision: null, dryRun: false });
  });
});

describe('a dry run', () => {
  test('shows what would be touched, and what is there', async () => {
    const before = await services.directory.revision();
    const query = `mutation ($input: PutRolePolicyInput!) { it: putRolePolicy(input: $input, dryRun: true) {
      ... on RoleChangeSuccess { role { inlinePolicies { name } } dryRun ${TOUCHED} } } }`;
    expect(await live.ask(admin, query, { input: put('R3') })).toEqual({
      it: { role: { inlinePolicies: [] }, dryRun: true, touched: [role('R3')], withheld: false },
    });
    expect(await services.directory.revision()).toBe(before);
  });
});

describe('an OpenID Connect provider', () => {
  const made = (name: string, input: object, options: string) =>
    change(
      OPERATOR,
      name,
      name.startsWith('delete') ? 'DeleteOidcProviderSuccess' : 'SaveOidcProviderSuccess',
      input,
      options,
    );
  const arn = `arn:aws:iam::${A}:oidc-provider/idp.example.com`;

  test('is changed as everything in the directory is', async () => {
    const { publicKey } = await generateKeyPair('ES256');
    const jwks = JSON.stringify({ keys: [await exportJWK(publicKey)] });
    const create = { accountId: A, url: 'https://idp.example.com', clientIds: ['a'], jwks };
    const touched = [{ kind: 'OIDC_PROVIDER', target: arn }];
    const revision = revisionText(await services.directory.revision());
    expect(await made('createOidcProvider', create, 'dryRun: true')).toEqual({
      revision,
      dryRun: true,
      touched,
      withheld: false,
    });
    expect(await services.directory.oidcProviders.find(arn)).toBeNull();
    expect(await made('createOidcProvider', create, '')).toMatchObject({ dryRun: false, touched });
    const expecting = `expectedRevision: "${revision}"`;
    expect(await made('updateOidcProvider', { arn, clientIds: ['b'] }, expecting)).toMatchObject({
      code: 'CONFLICT',
      touched,
    });
    expect(await made('deleteOidcProvider', { arn }, expecting)).toMatchObject({ code: 'CONFLICT', touched });
    expect(await made('deleteOidcProvider', { arn }, '')).toMatchObject({ touched });
  });
});

describe('an import', () => {
  const IMPORT = `mutation ($input: ImportAccountAuthorizationDetailsInput!, $expectedRevision: Revision, $dryRun: Boolean) {
    it: importAccountAuthorizationDetails(input: $input, expectedRevision: $expectedRevision, dryRun: $dryRun) {
      ... on ImportSuccess { users changed revision dryRun } ... on Conflict { code touched { target } } } }`;
  const imported = userArn('imported');
  const document = JSON.stringify({
    UserDetailList: [{ Arn: imported, UserName: 'imported', UserId: 'AIDAIMPORTED', Path: '/' }],
    GroupDetailList: [],
    RoleDetailList: [],
    Policies: [],
  });
  const run = async (rest: object) => (await live.ask(OPERATOR, IMPORT, { input: { document }, ...rest })).it;
  const isThere = async () => (await services.directory.prisma.user.findUnique({ where: { arn: imported } })) !== null;

  test('is tried without being made, and refused if something that it names was touched', async () => {
    const revision = revisionText(await services.directory.revision());
    expect(await run({ dryRun: true })).toEqual({ users: 1, changed: true, revision, dryRun: true });
    expect(await isThere()).toBe(false);
    expect(await run({})).toMatchObject({ users: 1, changed: true, dryRun: false });
    expect(await isThere()).toBe(true);
    // It would change nothing, and yet says something about what was touched.
    expect(await run({ expectedRevision: revision })).toMatchObject({
      code: 'CONFLICT',
      touched: expect.arrayContaining([{ target: imported }]),
    });
    expect(await run({ expectedRevision: revisionText(await services.directory.revision()) })).toMatchObject({
      changed: false,
    });
  });
});

describe('a conflict', () => {
  test('names what was touched since, to those who may read it', async () => {
    const { revision } = await change(admin, 'putRolePolicy', 'RoleChangeSuccess', put('R4'));
    await change(OPERATOR, 'putRolePolicy', 'RoleChangeSuccess', put('R4', 'q'));
    const expecting = `expectedRevision: "${revision}"`;
    const conflict = { code: 'CONFLICT' };
    expect(await change(admin, 'putRolePolicy', 'RoleChangeSuccess', put('R4', 'r'), expecting)).toEqual({
      ...conflict,
      touched: [role('R4')],
      withheld: false,
    });
    expect(await change(writer, 'putRolePolicy', 'RoleChangeSuccess', put('R4', 'r'), expecting)).toEqual({
      ...conflict,
      touched: [],
      withheld: true,
    });
    expect(await change(admin, 'putRolePolicy', 'RoleChangeSuccess', put('R5'), expecting)).toMatchObject({
      touched: [role('R5')],
    });
  });

  // Otherwise whoever may write some policy could find out when somebody else was changed, revision by revision.
  test('is none with what the caller may not read, tried or made, and the trail says nothing of it either', async () => {
    const victim = userArn('victim');
    await services.directory.apply({ users: [aUser('victim')] });
    const { revision } = await change(OPERATOR, 'putRolePolicy', 'RoleChangeSuccess', put('R6'));
    await services.directory.apply({ users: [{ ...aUser('victim'), tags: { a: '1' } }] });
    const trusting = { roleArn: roleArn('R6'), policyDocument: JSON.parse(policy(trusts({ AWS: victim }))) };
    const expecting = `expectedRevision: "${revision}"`;
    const conflict = { code: 'CONFLICT', touched: [{ kind: 'USER', target: victim }], withheld: false };
    expect(await change(admin, 'updateAssumeRolePolicy', 'RoleChangeSuccess', trusting, expecting)).toEqual(conflict);
    const before = (await live.trail()).length;
    for (const options of [`${expecting}, dryRun: true`, expecting]) {
      expect(await change(truster, 'updateAssumeRolePolicy', 'RoleChangeSuccess', trusting, options)).toMatchObject({
        touched: [role('R6')],
        withheld: false,
      });
    }
    expect((await live.trail()).slice(before)).toMatchObject([
      { event: 'UpdateAssumeRolePolicy', outcome: 'SUCCEEDED' },
    ]);
    // What it is about is compared all the same.
    expect(await change(truster, 'updateAssumeRolePolicy', 'RoleChangeSuccess', trusting, expecting)).toMatchObject({
      code: 'CONFLICT',
    });
  });
});
