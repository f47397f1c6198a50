import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHANGE_NAMES } from '../../../src/directory/entities/changes.ts';
import { MAX_CHANGES } from '../../../src/graphql/limits.ts';
import { buildSchema } from '../../../src/graphql/schema.ts';
import type { Caller } from '../../../src/session/caller.ts';
import { A, allow, aRole, aUser, policy, roleArn, trusts, userArn } from '../../support/policies.ts';
import { ANONYMOUS, OPERATOR } from '../gateway.ts';
import { type Live, openLive } from '../live.ts';
import { OPENING, type TestServices } from '../services.ts';

const READ_ONLY = 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess';
const BOUNDARY = `arn:aws:iam::${A}:policy/Boundary`;
const BUCKET = 'arn:aws:s3:::list-of-changes';
const S3 = JSON.parse(policy(allow('s3:*')));

let services: TestServices;
let live: Live;
let admin: Caller;
let attacher: Caller;
let delegate: Caller;

beforeAll(async () => {
  const bounded = { StringEquals: { 'iam:PermissionsBoundary': BOUNDARY } };
  const opened = await openLive(
    { admin: userArn('admin'), attacher: userArn('attacher'), delegate: userArn('delegate') },
    {
      accounts: [{ id: A, membership: 'NONE' }],
      policies: [
        { arn: BOUNDARY, defaultVersionId: 'v1', versions: [{ versionId: 'v1', document: policy(allow('s3:*')) }] },
      ],
      users: [
        aUser('admin', [allow('iam:*')]),
        aUser('attacher', [allow(['iam:AttachRolePolicy', 'iam:GetRole'])]),
        aUser('delegate', [
          { ...allow(['iam:PutRolePolicy', 'iam:PutRolePermissionsBoundary']), Condition: bounded },
          allow('iam:DeleteRolePermissionsBoundary'),
        ]),
      ],
      roles: [
        ...['R', 'Kept', 'Expected', 'Free', 'Free2', 'Doomed'].map((name) => aRole(name, [trusts({ AWS: A })])),
        aRole('Bounded', [trusts({ AWS: A })], [], { permissionsBoundary: BOUNDARY }),
      ],
      resources: [{ arn: BUCKET, accountId: A, policy: null }],
    },
  );
  ({ services, live } = opened);
  ({ admin, attacher, delegate } = opened.callers);
}, OPENING);
afterAll(() => services.remove());

const APPLY = `mutation ($changes: [DirectoryChangeInput!]!, $expectedRevision: Revision, $dryRun: Boolean) {
  it: applyChanges(changes: $changes, expectedRevision: $expectedRevision, dryRun: $dryRun) {
    __typename
    ... on ApplyChangesSuccess { targets revision touched { kind target } withheld dryRun }
    ... on UserError { code message }
    ... on ValidationError { field }
    ... on Conflict { touched { kind target } withheld }
    ... on ChangeFailed { index change cause { __typename code message ... on ValidationError { field } ... on AccessDenied { decision { deniedBy } } } } } }`;

async function apply(caller: Caller, changes: readonly object[], rest: object = {}) {
  return (await live.ask(caller, APPLY, { changes, ...rest })).it;
}

const put = (name: string, policyName = 'p') => ({
  putRolePolicy: { roleArn: roleArn(name), policyName, policyDocument: S3 },
});
const attach = (name: string, policyArn = READ_ONLY) => ({ attachRolePolicy: { roleArn: roleArn(name), policyArn } });
const bound = (name: string, permissionsBoundary = BOUNDARY) => ({
  putRolePermissionsBoundary: { roleArn: roleArn(name), permissionsBoundary },
});
const unbound = (name: string) => ({ deleteRolePermissionsBoundary: { roleArn: roleArn(name) } });
const policiesOf = async (name: string) => {
  const query = `{ principal(principalId: "${roleArn(name)}") { ... on Role { inlinePolicies { name } attachedPolicies { arn } } } }`;
  return (await live.ask(OPERATOR, query)).principal;
};

test('every change that has a mutation has a field', () => {
  const input = buildSchema().getType('DirectoryChangeInput');
  const fields = input !== undefined && 'getFields' in input ? Object.keys(input.getFields()) : [];
  // IAM's UpdateRoleDescription is a part of UpdateRole: it has no mutation of its own.
  const mutations = buildSchema().getMutationType()?.getFields() ?? {};
  expect(CHANGE_NAMES.filter((name) => !Object.hasOwn(mutations, name))).toEqual(['updateRoleDescription']);
  expect(fields.toSorted()).toEqual(CHANGE_NAMES.filter((name) => Object.hasOwn(mutations, name)).toSorted());
});

describe('several changes', () => {
  test('are made in one revision, each with its event', async () => {
    const before = await services.directory.revision();
    const answer = await apply(admin, [put('R'), attach('R'), bound('R')]);
    expect(answer).toMatchObject({
      __typename: 'ApplyChangesSuccess',
      targets: [roleArn('R'), roleArn('R'), roleArn('R')],
      withheld: false,
      dryRun: false,
    });
    expect(answer.touched).toContainEqual({ kind: 'ROLE', target: roleArn('R') });
    expect(await services.directory.revision()).toBe(before + 1n);
    const events = (await live.trail()).slice(-3);
    expect(events.map(({ event, outcome }) => [event, outcome])).toEqual([
      ['PutRolePolicy', 'SUCCEEDED'],
      ['AttachRolePolicy', 'SUCCEEDED'],
      ['PutRolePermissionsBoundary', 'SUCCEEDED'],
    ]);
  });

  test('are all undone if one fails, whose place is named', async () => {
    const before = await services.directory.revision();
    const missing = `arn:aws:iam::${A}:policy/None`;
    expect(await apply(admin, [put('Kept'), attach('Kept', missing), put('Kept', 'q')])).toEqual({
      __typename: 'ChangeFailed',
      code: 'NoSuchEntity',
      message: `Policy ${missing} does not exist or is not attachable.`,
      index: 1,
      change: 'attachRolePolicy',
      cause: {
        __typename: 'NoSuchEntity',
        code: 'NoSuchEntity',
        message: `Policy ${missing} does not exist or is not attachable.`,
      },
    });
    expect(await policiesOf('Kept')).toEqual({ inlinePolicies: [], attachedPolicies: [] });
    expect(await services.directory.revision()).toBe(before);
    expect((await live.trail()).at(-1)).toMatchObject({ event: 'AttachRolePolicy', outcome: 'FAILED' });
  });

  test('a fault that needs no directory is found before any is made', async () => {
    const wrong = { putRolePolicy: { roleArn: roleArn('Kept'), policyName: 'with space', policyDocument: S3 } };
    expect(await apply(admin, [put('Kept'), wrong])).toMatchObject({
      __typename: 'ChangeFailed',
      index: 1,
      cause: { __typename: 'ValidationError', field: 'policyName' },
    });
  });

  test('none is made in a dry run', async () => {
    const before = await services.directory.revision();
    expect(await apply(admin, [put('Kept'), put('Kept', 'q')], { dryRun: true })).toMatchObject({
      __typename: 'ApplyChangesSuccess',
      touched: [{ kind: 'ROLE', target: roleArn('Kept') }],
      dryRun: true,
    });
    expect(await services.directory.revision()).toBe(before);
    expect(await policiesOf('Kept')).toEqual({ inlinePolicies: [], attachedPolicies: [] });
  });

  test('are refused together where one of them would conflict', async () => {
    const { revision } = await apply(admin, [put('Expected')]);
    await apply(OPERATOR, [put('Expected', 'q')]);
    expect(await apply(admin, [put('Kept'), put('Expected', 'r')], { expectedRevision: revision })).toMatchObject({
      __typename: 'Conflict',
      touched: [{ kind: 'ROLE', target: roleArn('Expected') }],
    });
    // It is nobody's failure alone.
    expect((await live.trail()).slice(-2)).toMatchObject([
      { event: 'PutRolePolicy', target: roleArn('Kept'), outcome: 'FAILED', code: 'CONFLICT' },
      { event: 'PutRolePolicy', target: roleArn('Expected'), outcome: 'FAILED', code: 'CONFLICT' },
    ]);
  });
});

describe('the guard', () => {
  test('decides all before any is made, records every refusal, and names the first', async () => {
    const before = await services.directory.revision();
    expect(await apply(attacher, [attach('Kept'), put('Kept'), unbound('Kept')])).toMatchObject({
      __typename: 'ChangeFailed',
      code: 'AccessDenied',
      index: 1,
      change: 'putRolePolicy',
      cause: {
        __typename: 'AccessDenied',
        message: `User: ${userArn('attacher')} is not authorized to perform: iam:PutRolePolicy on resource: ${roleArn('Kept')} because no identity-based policy allows the iam:PutRolePolicy action`,
        decision: { deniedBy: 'IDENTITY_POLICY' },
      },
    });
    expect(await services.directory.revision()).toBe(before);
    const events = (await live.trail()).slice(-2);
    expect(events.map(({ event, outcome }) => [event, outcome])).toEqual([
      ['PutRolePolicy', 'REFUSED'],
      ['DeleteRolePermissionsBoundary', 'REFUSED'],
    ]);
  });

  test('is the same in a dry run', async () => {
    // Another role than above: a refusal that is repeated is counted, not listed.
    expect(await apply(attacher, [put('Expected')], { dryRun: true })).toMatchObject({
      code: 'AccessDenied',
      index: 0,
    });
  });

  test('takes the boundary that the list has given by then', async () => {
    expect(await apply(delegate, [put('Free')])).toMatchObject({ code: 'AccessDenied', index: 0 });
    expect(await apply(delegate, [bound('Free'), put('Free')])).toMatchObject({ __typename: 'ApplyChangesSuccess' });
    // What is taken off first does not help later.
    expect(await apply(delegate, [unbound('Bounded'), put('Bounded')])).toMatchObject({
      code: 'AccessDenied',
      index: 1,
    });
    expect(await apply(delegate, [put('Bounded'), unbound('Bounded')])).toMatchObject({
      __typename: 'ApplyChangesSuccess',
    });
  });

  test('makes entities with what hangs on them, and cannot decide about names that have changed before', async () => {
    const at = { accountId: A };
    const made = { userArn: userArn('team/made') };
    const policyArn = `arn:aws:iam::${A}:policy/Made`;
    const first = [
      { createPolicy: { ...at, policyName: 'Made', policyDocument: S3 } },
      { createUser: { ...at, userName: 'made', path: '/team/' } },
      { attachUserPolicy: { ...made, policyArn } },
    ];
    expect(await apply(admin, first)).toMatchObject({
      __typename: 'ApplyChangesSuccess',
      targets: [policyArn, made.userArn, made.userArn],
    });
    const tag = (arn: string) => ({ tagUser: { userArn: arn, tags: [{ key: 'team', value: 'a' }] } });
    const rename = { updateUser: { ...made, newUserName: 'remade' } };
    for (const later of [tag(made.userArn), tag(userArn('team/remade'))]) {
      expect(await apply(admin, [rename, later])).toMatchObject({
        __typename: 'ChangeFailed',
        index: 1,
        cause: { __typename: 'ValidationError', field: 'changes[1].tagUser' },
      });
    }
    const again = [{ deletePolicy: { policyArn, withDependents: true } }, first[0] ?? {}];
    expect(await apply(admin, again)).toMatchObject({
      __typename: 'ChangeFailed',
      index: 1,
      change: 'createPolicy',
      cause: { __typename: 'ValidationError' },
    });
    expect(await apply(admin, [tag(made.userArn), rename])).toMatchObject({
      __typename: 'ApplyChangesSuccess',
      targets: [made.userArn, userArn('team/remade')],
    });
    const alias = (accountAlias: string) => ({ createAccountAlias: { ...at, accountAlias } });
    expect(
      await apply(admin, [
        alias('one-more'),
        { deleteAccountAlias: { ...at, accountAlias: 'one-more' } },
        alias('other'),
      ]),
    ).toMatchObject({ __typename: 'ApplyChangesSuccess' });
  });

  test('cannot decide about what is deleted before', async () => {
    const gone = { deleteRole: { roleArn: roleArn('Doomed') } };
    expect(await apply(admin, [gone, put('Doomed')])).toMatchObject({
      __typename: 'ChangeFailed',
      index: 1,
      cause: { __typename: 'ValidationError', field: 'changes[1].putRolePolicy' },
    });
    expect(
      await apply(admin, [put('Doomed'), { deleteRolePolicy: { roleArn: roleArn('Doomed'), policyName: 'p' } }, gone]),
    ).toMatchObject({ __typename: 'ApplyChangesSuccess' });
  });

  test('takes what a list deletes for what ends with it, and nothing else', async () => {
    const bucketPolicy = policy({ ...allow('s3:GetObject'), Principal: { AWS: A }, Resource: `${BUCKET}/*` });
    expect(
      await apply(OPERATOR, [
        { deletePublicAccessBlock: { resourceArn: BUCKET } },
        { putResourcePolicy: { resourceArn: BUCKET, policyDocument: JSON.parse(bucketPolicy) } },
      ]),
    ).toMatchObject({ __typename: 'ApplyChangesSuccess', targets: [BUCKET, BUCKET] });
    const organizationId = 'o-exampleorgid';
    const policyId = 'p-examplepolicyid111';
    const ending = [
      [
        { deleteControlPolicy: { organizationId, policyId } },
        { updateControlPolicy: { organizationId, policyId, name: 'n' } },
      ],
      [{ closeAccount: { accountId: A } }, { putAccountName: { accountId: A, name: 'Again' } }],
      // Names of IAM differ in neither case nor path.
      [
        { deleteRole: { roleArn: roleArn('Doomed') } },
        { attachRolePolicy: { roleArn: roleArn('team/doomed'), policyArn: READ_ONLY } },
      ],
    ];
    for (const changes of ending) {
      expect(await apply(OPERATOR, changes)).toMatchObject({
        __typename: 'ChangeFailed',
        index: 1,
        message: expect.stringContaining('is deleted or renamed by an earlier change of the list'),
      });
    }
  });

  test('asks for credentials', async () => {
    expect(await live.fail(ANONYMOUS, APPLY, { changes: [put('R')] })).toEqual([
      expect.objectContaining({ code: 'UNAUTHENTICATED' }),
    ]);
  });
});

describe('limits', () => {
  test('a list has a greatest length', async () => {
    const many = Array.from({ length: MAX_CHANGES + 1 }, () => put('R'));
    expect(await apply(admin, many)).toMatchObject({ __typename: 'ValidationError', field: 'changes' });
    expect(await apply(admin, [])).toMatchObject({ __typename: 'ApplyChangesSuccess', targets: [], touched: [] });
  });

  test('a change is exactly one', async () => {
    const fail = async (change: object) => live.fail(admin, APPLY, { changes: [change] });
    expect(await fail({ ...put('R'), ...attach('R') })).toHaveLength(1);
    expect(await fail({})).toHaveLength(1);
    const malformed = { attachRolePolicy: { roleArn: 'no arn', policyArn: READ_ONLY } };
    expect(await fail(malformed)).toEqual([
      { code: 'BAD_USER_INPUT', message: expect.stringContaining('changes[0].attachRolePolicy.roleArn') },
    ]);
  });
});
