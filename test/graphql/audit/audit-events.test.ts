import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../../../src/session/caller.ts';
import { A, allow, anOrganization, aRole, aUser, B, roleArn, trusts, userArn } from '../../support/policies.ts';
import { ANONYMOUS, NOW, OPERATOR } from '../gateway.ts';
import { keyIdOf, type Live, openLive } from '../live.ts';
import { OPENING, type TestServices } from '../services.ts';

const MANAGEMENT = '999999999999';
const MINUTE = 60_000;
const LOOKS = [allow('cloudtrail:LookupEvents')];
const KEYS = {
  alice: userArn('alice'),
  here: userArn('here'),
  there: userArn('there', B),
  manager: userArn('manager', MANAGEMENT),
} as const;
const There = roleArn('There', B);
const Closed = roleArn('Closed', B);

let services: TestServices;
let live: Live;
let callers: Record<keyof typeof KEYS, Caller>;
let session: { id: string; token: string };

/** Each block has a directory of its own. */
function inOwnDirectory(): void {
  beforeAll(async () => {
    ({ services, live, callers } = await openLive(KEYS, {
      ...anOrganization(MANAGEMENT, A, B),
      users: [
        aUser('alice', [allow(['sts:AssumeRole', 'sts:SetSourceIdentity'])]),
        aUser('here', LOOKS),
        aUser('there', LOOKS, { arn: KEYS.there }),
        aUser('manager', LOOKS, { arn: KEYS.manager }),
      ],
      roles: [
        aRole('There', [trusts({ AWS: A }, { action: ['sts:AssumeRole', 'sts:SetSourceIdentity'] })], [], {
          arn: There,
        }),
        aRole('Closed', [trusts({ AWS: B })], [], { arn: Closed }),
      ],
    }));
    await happen();
  }, OPENING);
  afterAll(() => services.remove());
}

/** Six events, a minute apart. */
async function happen(): Promise<void> {
  const next = () => (live.now += MINUTE);
  next();
  await live.browser().mutate('signIn', { accessKeyId: keyIdOf('alice'), secretAccessKey: 'my-wrong-secret' });
  next();
  const input = { role: There, roleSessionName: 'at', sourceIdentity: 'alice-badge' };
  const made = await live.mutate(
    callers.alice,
    'assumeRole',
    input,
    '... on AssumeRoleSuccess { roleSession { id } credentials { sessionToken } }',
  );
  session = { id: made.roleSession.id, token: made.credentials.sessionToken };
  next();
  await live.mutate(callers.alice, 'assumeRole', { role: Closed, roleSessionName: 'at' });
  next();
  await live.mutate(await services.signInWith(session.token), 'exitRole', null);
  next();
  await live.mutate(callers.alice, 'deleteRole', { roleArn: Closed });
  next();
  await live.mutate(OPERATOR, 'rotateSigningKey', {});
}

const LIST = `query ($filter: AuditEventFilterInput, $first: Int, $after: String, $last: Int, $before: String) {
  auditEvents(filter: $filter, first: $first, after: $after, last: $last, before: $before) {
    nodes { eventId event outcome } totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`;

interface Shown {
  readonly event: string;
  readonly outcome: string;
}

async function namesOf(caller: Caller, filter: object | null = null) {
  const { auditEvents } = await live.ask(caller, LIST, { filter });
  expect(auditEvents.totalCount).toBe(auditEvents.nodes.length);
  return auditEvents.nodes.map(({ event, outcome }: Shown) => `${event} ${outcome}`);
}

const ALL = [
  'SignIn REFUSED',
  'AssumeRole SUCCEEDED',
  'AssumeRole REFUSED',
  'ExitRole SUCCEEDED',
  'DeleteRole REFUSED',
  'RotateSigningKey SUCCEEDED',
];

describe('the audit trail', () => {
  inOwnDirectory();

  test('tells who did what, in which role, from where, on which decision and revision, in order', async () => {
    const fields = `event principal accessKeyId roleArn roleSessionId sourceIdentity sourceIp userAgent requestId action target
      at outcome code effect deniedBy revision parameters { name value }`;
    const { auditEvents } = await live.ask(OPERATOR, `{ auditEvents { nodes { ${fields} } } }`);
    const at = (minutes: number) => new Date(NOW + minutes * MINUTE).toISOString();
    const common = {
      accessKeyId: keyIdOf('alice'),
      roleArn: null,
      roleSessionId: null,
      sourceIdentity: null,
      sourceIp: '203.0.113.7',
      userAgent: 'tests',
      requestId: 'request-1',
      code: null,
      effect: null,
      deniedBy: null,
      parameters: expect.any(Array),
    };
    const revision = expect.stringMatching(/^r\d{19}$/);
    expect(auditEvents.nodes).toEqual([
      {
        ...common,
        event: 'SignIn',
        principal: 'anonymous',
        accessKeyId: null,
        action: null,
        target: keyIdOf('alice'),
        at: at(1),
        outcome: 'REFUSED',
        code: 'SignatureDoesNotMatch',
        revision: null,
      },
      {
        ...common,
        event: 'AssumeRole',
        principal: KEYS.alice,
        action: 'sts:AssumeRole',
        target: There,
        at: at(2),
        outcome: 'SUCCEEDED',
        effect: 'ALLOWED',
        revision,
      },
      {
        ...common,
        event: 'AssumeRole',
        principal: KEYS.alice,
        action: 'sts:AssumeRole',
        target: Closed,
        at: at(3),
        outcome: 'REFUSED',
        code: 'AccessDenied',
        effect: 'IMPLICIT_DENY',
        deniedBy: 'TRUST_POLICY',
        revision,
      },
      {
        ...common,
        event: 'ExitRole',
        principal: `arn:aws:sts::${B}:assumed-role/There/at`,
        accessKeyId: expect.stringMatching(/^ASIA/),
        roleArn: There,
        roleSessionId: session.id,
        sourceIdentity: 'alice-badge',
        action: null,
        target: `arn:aws:sts::${B}:assumed-role/There/at`,
        at: at(4),
        outcome: 'SUCCEEDED',
        revision: expect.anything(),
      },
      {
        ...common,
        event: 'DeleteRole',
        principal: KEYS.alice,
        action: 'iam:DeleteRole',
        target: Closed,
        at: at(5),
        outcome: 'REFUSED',
        code: 'AccessDenied',
        effect: 'IMPLICIT_DENY',
        // The role is of another account.
        deniedBy: 'RESOURCE_POLICY',
        revision,
      },
      {
        ...common,
        event: 'RotateSigningKey',
        principal: 'operator',
        accessKeyId: null,
        action: null,
        target: null,
        at: at(6),
        outcome: 'SUCCEEDED',
        revision: expect.anything(),
      },
    ]);
    expect(JSON.stringify(auditEvents)).not.toContain('my-wrong-secret');
    expect(JSON.stringify(auditEvents)).not.toContain(session.token);
  });

  test('shows each what happened in its accounts, or to something of theirs, and counts that', async () => {
    expect(await namesOf(OPERATOR)).toEqual(ALL);
    expect(await namesOf(callers.here)).toEqual(ALL.filter((name) => !/ExitRole|Rotate/.test(name)));
    expect(await namesOf(callers.there)).toEqual(ALL.filter((name) => !/SignIn|Rotate/.test(name)));
    expect(await namesOf(callers.manager)).toEqual(ALL.filter((name) => !/Rotate/.test(name)));
    expect(await namesOf(callers.manager, { accountId: A })).toEqual(await namesOf(callers.here));
    expect(await namesOf(OPERATOR, { accountId: B })).toEqual(await namesOf(callers.there));
  });

  test('is closed to all others, and to accounts that they may not look into, there or not', async () => {
    const code = 'FORBIDDEN';
    const message = '`auditEvents` needs cloudtrail:LookupEvents, which you are not allowed';
    expect(await live.fail(callers.alice, LIST)).toEqual([{ code, message }]);
    for (const accountId of [B, '444444444444']) {
      expect(await live.fail(callers.here, LIST, { filter: { accountId } })).toEqual([{ code, message }]);
    }
    expect((await live.fail(ANONYMOUS, LIST))[0]).toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  test.each([
    [{ event: 'AssumeRole' }, ALL.slice(1, 3)],
    [{ outcome: 'REFUSED' }, [ALL[0], ALL[2], ALL[4]]],
    [{ principal: 'operator' }, ALL.slice(5)],
    [{ principal: KEYS.alice, target: Closed }, [ALL[2], ALL[4]]],
    [
      { from: new Date(NOW + 2 * MINUTE).toISOString(), until: new Date(NOW + 4 * MINUTE).toISOString() },
      ALL.slice(1, 3),
    ],
    [{ principal: 'nobody\0' }, []],
  ])('is looked through by %j', async (filter, names) => {
    expect(await namesOf(OPERATOR, filter)).toEqual(names);
  });

  test('is looked through by role session', async () => {
    expect(await namesOf(OPERATOR, { roleSession: session.id })).toEqual(['ExitRole SUCCEEDED']);
  });

  test('is gone through forwards and backwards, page by page', async () => {
    const pages = async (size: object, next: (info: Record<string, unknown>) => object | null) => {
      const found: string[][] = [];
      let at: object | null = {};
      while (at !== null) {
        const { auditEvents } = await live.ask(OPERATOR, LIST, { ...size, ...at });
        found.push(auditEvents.nodes.map(({ event, outcome }: Shown) => `${event} ${outcome}`));
        at = next(auditEvents.pageInfo);
      }
      return found;
    };
    expect(await pages({ first: 4 }, (info) => (info['hasNextPage'] ? { after: info['endCursor'] } : null))).toEqual([
      ALL.slice(0, 4),
      ALL.slice(4),
    ]);
    expect(
      await pages({ last: 4 }, (info) => (info['hasPreviousPage'] ? { before: info['startCursor'] } : null)),
    ).toEqual([ALL.slice(2), ALL.slice(0, 2)]);
  });

  test.each([
    [{ first: 1001 }, '`first` is 1001; a page has at most 1000 entries'],
    [{ last: -1 }, '`last` is -1; it must be 0 or more'],
    [{ after: 'x' }, '`after` is not a cursor of this connection: give a cursor that it has returned'],
    [{ before: 'ZXZlbnQ6MTIzeA' }, '`before` is not a cursor of this connection: give a cursor that it has returned'],
  ])('refuses %j', async (page, message) => {
    expect(await live.fail(OPERATOR, LIST, page)).toEqual([{ code: 'BAD_USER_INPUT', message }]);
  });
});

describe('what is kept', () => {
  inOwnDirectory();

  test('keeps the attempt of a mutation that is for the operator', async () => {
    expect(await live.mutate(callers.here, 'rotateSigningKey', {})).toEqual({
      __typename: 'AccessDenied',
      code: 'AccessDenied',
      message: 'only the operator may perform `rotateSigningKey`',
      decision: null,
    });
    expect((await live.trail()).at(-1)).toMatchObject({
      event: 'RotateSigningKey',
      principal: KEYS.here,
      outcome: 'REFUSED',
      code: 'AccessDenied',
    });
    const importing = 'mutation { importAccountAuthorizationDetails(input: { document: "{}" }) { __typename } }';
    expect(await live.fail(callers.here, importing)).toEqual([
      { code: 'FORBIDDEN', message: 'only the operator may perform `importAccountAuthorizationDetails`' },
    ]);
    expect((await live.trail()).at(-1)).toMatchObject({
      event: 'ImportAccountAuthorizationDetails',
      outcome: 'REFUSED',
    });
  });

  const last = async (caller: Caller, name: string) => {
    const { auditEvents } = await live.ask(caller, LIST, { filter: { event: name }, last: 1 });
    return auditEvents.nodes.map(({ eventId }: { eventId: string }) => eventId);
  };
  const newest = async () => [String((await live.trail()).at(-1)?.sequence)];

  test('a failed sign-in, when the user is gone', async () => {
    const gone = userArn('gone');
    await services.directory.apply({ users: [aUser('gone')], accessKeys: [{ id: keyIdOf('gone'), user: gone }] });
    await live.browser().mutate('signIn', { accessKeyId: keyIdOf('gone'), secretAccessKey: 'my-wrong-secret' });
    const failed = await newest();
    expect(await last(callers.here, 'SignIn')).toEqual(failed);
    const deleted = await live.mutate(OPERATOR, 'deleteUser', { userArn: gone, withDependents: true });
    expect(deleted).toEqual({ __typename: 'DeleteUserSuccess' });
    expect(await last(callers.here, 'SignIn')).toEqual(failed);
    expect(await last(callers.here, 'DeleteUser')).toEqual(await newest());
  });

  test('an import of two accounts, for both', async () => {
    const name = 'ImportAccountAuthorizationDetails';
    const policies = [A, B].map((account) => ({
      PolicyName: 'new',
      PolicyId: `ANPA${account}0000`,
      Arn: `arn:aws:iam::${account}:policy/new`,
      Path: '/',
      DefaultVersionId: 'v1',
      PolicyVersionList: [
        { VersionId: 'v1', IsDefaultVersion: true, Document: { Version: '2012-10-17', Statement: [] } },
      ],
    }));
    const document = JSON.stringify({
      UserDetailList: [],
      GroupDetailList: [],
      RoleDetailList: [],
      Policies: policies,
    });
    const imported = await live.mutate(OPERATOR, 'importAccountAuthorizationDetails', { document });
    expect(imported).toEqual({ __typename: 'ImportSuccess' });
    for (const caller of [callers.here, callers.there, callers.manager, OPERATOR]) {
      expect(await last(caller, name)).toEqual(await newest());
    }
  });
});
