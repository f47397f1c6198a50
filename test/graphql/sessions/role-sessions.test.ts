import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../../../src/session/caller.ts';
import { A, allow, anOrganization, aRole, aUser, B, roleArn, trusts, userArn } from '../../support/policies.ts';
import { ANONYMOUS, NOW, OPERATOR } from '../gateway.ts';
import { type Live, openLive } from '../live.ts';
import { OPENING, type TestServices } from '../services.ts';

const MANAGEMENT = '999999999999';
const OUTSIDE = '333333333333';
const MINUTE = 60_000;
const KEYS = {
  alice: userArn('alice'),
  auditor: userArn('auditor'),
  one: userArn('one'),
  manager: userArn('manager', MANAGEMENT),
  stranger: userArn('stranger', OUTSIDE),
} as const;

let services: TestServices;
let live: Live;
let callers: Record<keyof typeof KEYS, Caller>;

const organization = anOrganization(MANAGEMENT, A, B);

/** Each block has a directory of its own. */
function inOwnDirectory(): void {
  beforeAll(async () => {
    ({ services, live, callers } = await openLive(KEYS, {
      ...organization,
      accounts: [...organization.accounts, { id: OUTSIDE, membership: 'NONE' }],
      users: [
        aUser('alice', [allow('sts:AssumeRole')]),
        aUser('auditor', [allow(['iam:GetRole', 'iam:DeleteRole', 'iam:PutRolePolicy'])]),
        aUser('one', [allow('iam:GetRole', roleArn('One'))]),
        aUser('manager', [allow('iam:GetRole')], { arn: KEYS.manager }),
        aUser('stranger', [allow('iam:*')], { arn: KEYS.stranger }),
      ],
      roles: [
        aRole('One', [trusts({ AWS: A })], [allow('sts:AssumeRole')]),
        aRole('Two', [trusts({ AWS: A })]),
        aRole('Gone', [trusts({ AWS: A })]),
        aRole('There', [trusts({ AWS: A })], [allow('s3:*')], { arn: roleArn('There', B) }),
      ],
    }));
  }, OPENING);
  afterAll(() => services.remove());
}

const SUCCESS = '... on AssumeRoleSuccess { roleSession { id } credentials { sessionToken } }';

/** Assumed a minute after the one before. */
async function assume(caller: Caller, role: string, name: string) {
  live.now += MINUTE;
  const made = await live.mutate(caller, 'assumeRole', { role, roleSessionName: name }, SUCCESS);
  return { id: made.roleSession.id, session: await services.signInWith(made.credentials.sessionToken) };
}

const LIST = `query ($filter: RoleSessionFilterInput, $first: Int, $after: String) {
  roleSessions(filter: $filter, first: $first, after: $after) {
    nodes { roleSessionName } pageInfo { hasNextPage endCursor } totalCount } }`;

async function namesOf(caller: Caller, filter: object | null = null) {
  const { roleSessions } = await live.ask(caller, LIST, { filter });
  const { nodes, totalCount } = roleSessions;
  const names = nodes.map(({ roleSessionName }: { roleSessionName: string }) => roleSessionName);
  expect(totalCount).toBe(names.length);
  return names;
}

describe('role sessions', () => {
  inOwnDirectory();

  beforeAll(async () => {
    await assume(callers.alice, roleArn('One'), 'first');
    const second = await assume(callers.alice, roleArn('Two'), 'second');
    await live.mutate(second.session, 'exitRole', null);
    const third = await assume(callers.alice, roleArn('One'), 'third');
    // Chained, into another account.
    await assume(third.session, roleArn('There', B), 'fourth');
    await assume(callers.alice, roleArn('Gone'), 'fifth');
    await live.mutate(callers.auditor, 'deleteRole', { roleArn: roleArn('Gone') });
  });

  test('are listed newest first, to each what it may see, and counted so', async () => {
    const all = ['fifth', 'fourth', 'third', 'second', 'first'];
    expect(await namesOf(OPERATOR)).toEqual(all);
    expect(await namesOf(callers.manager)).toEqual(all);
    // Of the own account; of the other account the auditor knows nothing.
    expect(await namesOf(callers.auditor)).toEqual(['fifth', 'third', 'second', 'first']);
    expect(await namesOf(callers.one)).toEqual(['third', 'first']);
    // Those that she has made; the fourth was made by a session.
    expect(await namesOf(callers.alice)).toEqual(['fifth', 'third', 'second', 'first']);
    expect(await namesOf(callers.stranger)).toEqual([]);
    expect((await live.fail(ANONYMOUS, LIST)).map(({ code }) => code)).toEqual(['UNAUTHENTICATED']);
  });

  test.each([
    [{ role: roleArn('One') }, ['third', 'first']],
    [{ role: roleArn('Gone') }, ['fifth']],
    [{ role: roleArn('NotThere') }, []],
    [{ accountId: B }, ['fourth']],
    [{ accountId: OUTSIDE }, []],
    [{ assumedBy: KEYS.alice }, ['fifth', 'third', 'second', 'first']],
    [{ assumedBy: `arn:aws:sts::${A}:assumed-role/One/third` }, ['fourth']],
    [{ state: 'LIVE' }, ['fourth', 'third', 'first']],
    [{ state: 'ENDED' }, ['fifth', 'second']],
    [{ state: 'LIVE', role: roleArn('Two') }, []],
  ])('are all of what is asked for: %j', async (filter, names) => {
    expect(await namesOf(OPERATOR, filter)).toEqual(names);
    expect(await namesOf(callers.manager, filter)).toEqual(names);
  });

  test('end by themselves', async () => {
    const before = live.now;
    live.now += 60 * MINUTE;
    expect(await namesOf(OPERATOR, { state: 'LIVE' })).toEqual([]);
    live.now = before;
  });

  test('are gone through page by page, each once', async () => {
    const names: string[] = [];
    let after: string | null = null;
    do {
      const { roleSessions } = await live.ask(callers.manager, LIST, { first: 2, after });
      names.push(...roleSessions.nodes.map((node: { roleSessionName: string }) => node.roleSessionName));
      expect(roleSessions.totalCount).toBe(5);
      after = roleSessions.pageInfo.hasNextPage ? roleSessions.pageInfo.endCursor : null;
    } while (after !== null);
    expect(names).toEqual(['fifth', 'fourth', 'third', 'second', 'first']);
    const [tooMany] = await live.fail(OPERATOR, LIST, { first: 1001 });
    expect(tooMany).toMatchObject({
      code: 'BAD_USER_INPUT',
      message: '`first` is 1001; a page has at most 1000 entries',
    });
  });

  test('of a role stand at the role, for who may read it', async () => {
    const query = `{ principal(principalId: "${roleArn('One')}") { ... on Role {
      live: sessions(state: LIVE, first: 1) { nodes { roleSessionName } totalCount pageInfo { hasNextPage } }
      ended: sessions(state: ENDED) { nodes { id } totalCount } } } }`;
    expect((await live.ask(callers.one, query)).principal).toEqual({
      live: { nodes: [{ roleSessionName: 'third' }], totalCount: 2, pageInfo: { hasNextPage: true } },
      ended: { nodes: [], totalCount: 0 },
    });
    const fields = `{ assumableRoles(principal: "${KEYS.alice}") { nodes { role { sessions { totalCount } } } } }`;
    const codes = (await live.fail(callers.alice, fields)).map(({ code }) => code);
    expect(new Set(codes)).toEqual(new Set(['FORBIDDEN']));
  });

  test('tell who assumed them, from where, until when, and why they ended; also of a role that is gone', async () => {
    const fields = `roleSessionName roleArn assumedBy { principalId } sourceIp userAgent issuedAt expiresAt endedAt endReason state`;
    const query = `{ roleSessions(filter: { state: ENDED }) { nodes { ${fields} } } }`;
    const at = (minutes: number) => new Date(NOW + minutes * MINUTE).toISOString();
    const common = {
      assumedBy: { principalId: KEYS.alice },
      sourceIp: '203.0.113.7',
      userAgent: 'tests',
      state: 'ENDED',
    };
    expect((await live.ask(callers.auditor, query)).roleSessions.nodes).toEqual([
      {
        ...common,
        roleSessionName: 'fifth',
        roleArn: roleArn('Gone'),
        issuedAt: at(5),
        expiresAt: at(65),
        endedAt: expect.any(String),
        endReason: 'ROLE_DELETED',
      },
      {
        ...common,
        roleSessionName: 'second',
        roleArn: roleArn('Two'),
        issuedAt: at(2),
        expiresAt: at(62),
        endedAt: at(2),
        endReason: 'EXITED',
      },
    ]);
    const gone = `{ roleSessions(filter: { role: "${roleArn('Gone')}" }) { nodes { role { name } } } }`;
    expect((await live.fail(callers.auditor, gone))[0]).toMatchObject({ code: 'NOT_FOUND' });
  });

  test('show the chain that led to them, as far as the caller may read it', async () => {
    const query = `{ roleSessions(filter: { accountId: "${B}" }) { nodes { chain { roleSessionName } assumedBy { principalId } } } }`;
    expect((await live.ask(callers.manager, query)).roleSessions.nodes).toEqual([
      {
        chain: [{ roleSessionName: 'third' }, { roleSessionName: 'fourth' }],
        assumedBy: { principalId: `arn:aws:sts::${A}:assumed-role/One/third` },
      },
    ]);
  });
});

describe('revoking the sessions of a role', () => {
  inOwnDirectory();

  const REVOKED = '... on RevokeRoleSessionsSuccess { role { name } policyName policyDocument issuedBefore }';

  test('denies them everything, and lets later ones work', async () => {
    const role = roleArn('There', B);
    const third = await assume(callers.alice, roleArn('One'), 'revoker');
    const old = await assume(third.session, role, 'old');
    live.now += MINUTE;
    const query =
      '{ viewer { principal { can(action: "s3:GetObject", resource: "arn:aws:s3:::b/x") { effect deniedBy } } } }';
    const effectOf = async (caller: Caller) => (await live.ask(caller, query)).viewer.principal.can.effect;
    expect(await effectOf(old.session)).toBe('ALLOWED');
    const revoked = await live.mutate(OPERATOR, 'revokeRoleSessions', { roleArn: role }, REVOKED);
    expect(revoked).toEqual({
      __typename: 'RevokeRoleSessionsSuccess',
      role: { name: 'There' },
      policyName: 'AWSRevokeOlderSessions',
      policyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Deny',
            Action: ['*'],
            Resource: ['*'],
            Condition: { DateLessThan: { 'aws:TokenIssueTime': new Date(live.now).toISOString() } },
          },
        ],
      },
      issuedBefore: new Date(live.now).toISOString(),
    });
    expect(await effectOf(old.session)).toBe('EXPLICIT_DENY');
    const young = await assume(third.session, role, 'young');
    expect(await effectOf(young.session)).toBe('ALLOWED');
  });

  test('takes iam:PutRolePolicy on the role; the refusal is kept', async () => {
    for (const name of ['One', 'NotThere']) {
      expect(await live.mutate(callers.one, 'revokeRoleSessions', { roleArn: roleArn(name) })).toEqual({
        __typename: 'AccessDenied',
        code: 'AccessDenied',
        message: `User: ${KEYS.one} is not authorized to perform: iam:PutRolePolicy on resource: ${roleArn(name)} because no identity-based policy allows the iam:PutRolePolicy action`,
        decision: { effect: 'IMPLICIT_DENY', deniedBy: 'IDENTITY_POLICY' },
      });
      expect((await live.trail()).at(-1)).toMatchObject({
        event: 'RevokeRoleSessions',
        action: 'iam:PutRolePolicy',
        target: roleArn(name),
        outcome: 'REFUSED',
      });
    }
    const missing = { roleArn: roleArn('NotThere') };
    expect(await live.mutate(callers.auditor, 'revokeRoleSessions', missing)).toMatchObject({
      __typename: 'NoSuchEntity',
    });
    // Reading for an organization is not changing for it.
    expect(await live.mutate(callers.manager, 'revokeRoleSessions', { roleArn: roleArn('One') })).toMatchObject({
      __typename: 'AccessDenied',
    });
  });
});
