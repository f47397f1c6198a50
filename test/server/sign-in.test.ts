import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type RunningGateway, startGateway } from '../../src/server/gateway.ts';
import { readSettings } from '../../src/server/settings.ts';
import { cookieOf, exchange, operation, type Sent, signInCookieNameAt } from './exchange.ts';

const ALICE = 'arn:aws:iam::111111111111:user/alice';
const DATA_WRITER = 'arn:aws:iam::222222222222:role/DataWriter';
const HOUR = 3_600_000;

let dataDir: string;
let gateway: RunningGateway;
let operator: string;
/** The names of the cookie without TLS, and with it. */
let COOKIE: string;
let HOST_COOKIE: string;
const clock = { now: 0 };

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'rolegate-test-'));
  const env = {
    PORT: '0',
    LOG_LEVEL: 'silent',
    ROLEGATE_DATA_DIR: dataDir,
    ROLEGATE_TRUSTED_PROXIES: '127.0.0.9',
  };
  clock.now = Date.now();
  gateway = await startGateway(readSettings(env, '/'), { clock: () => clock.now });
  COOKIE = signInCookieNameAt(gateway.url);
  HOST_COOKIE = `__Host-${COOKIE}`;
  operator = (await readFile(join(dataDir, 'operator.token'), 'utf8')).trim();
});

afterAll(async () => {
  await gateway.close();
  await rm(dataDir, { recursive: true, force: true });
});

beforeEach(() => {
  clock.now = Date.now();
});

function keyOf(name: string) {
  const found = gateway.demo?.signIns.find((each) => each.name === name);
  if (found === undefined) throw new Error(`there is no ${name} in the demo organization`);
  return found;
}

function basic(name: string): string {
  const { accessKeyId, secretAccessKey } = keyOf(name);
  return `Basic ${Buffer.from(`${accessKeyId}:${secretAccessKey}`).toString('base64')}`;
}

interface As {
  readonly cookie?: string;
  readonly authorization?: string;
  /** Through the trusted proxy, from a browser that speaks TLS with it. */
  readonly tls?: boolean;
}

function ask(query: string, { cookie, authorization, tls = false }: As = {}, variables: object = {}): Promise<Sent> {
  const { headers, body } = operation(query, variables);
  return exchange(`${gateway.url}/graphql`, {
    body: body ?? '',
    headers: {
      ...headers,
      ...(cookie === undefined ? {} : { cookie }),
      ...(authorization === undefined ? {} : { authorization }),
      ...(tls ? { 'x-forwarded-for': '203.0.113.7', 'x-forwarded-proto': 'https' } : {}),
    },
    ...(tls ? { from: '127.0.0.9' } : {}),
  });
}

const WHO = '{ viewer { principal { principalId } roleSession { role { arn } } restoresTo { principalId } } }';
const SIGN_IN = `mutation($input: SignInInput!) {
  signIn(input: $input) { kind: __typename ... on SignInSuccess { viewer { principal { principalId } } } ... on UserError { code message } }
}`;
const ASSUME = `mutation { assumeRole(input: { role: "${DATA_WRITER}", roleSessionName: "alice" }) { kind: __typename ... on UserError { code message } } }`;
const EXIT = 'mutation { exitRole { kind: __typename } }';
const SIGN_OUT = 'mutation { signOut { kind: __typename } }';
const HERSELF = {
  data: { viewer: { principal: { principalId: ALICE }, roleSession: null, restoresTo: null } },
};
const NOBODY = { data: { viewer: null } };

function signIn(as: As = {}, name = 'alice'): Promise<Sent> {
  const { accessKeyId, secretAccessKey } = keyOf(name);
  return ask(SIGN_IN, as, { input: { accessKeyId, secretAccessKey } });
}

async function signedIn(as: As = {}): Promise<string> {
  const name = as.tls === true ? HOST_COOKIE : COOKIE;
  return `${name}=${cookieOf(await signIn(as), name)?.value}`;
}

describe('the cookie', () => {
  test('of a browser without TLS', async () => {
    const sent = await signIn();
    expect(sent.body.data.signIn.kind).toBe('SignInSuccess');
    const cookie = cookieOf(sent, COOKIE);
    expect(cookie?.value).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
    const end = new Date(Math.floor(clock.now / 1000) * 1000 + 12 * HOUR).toUTCString();
    // It ends on a whole second, up to one before twelve hours are over.
    expect(cookie?.attributes).toMatch(/^Max-Age=43(?:199|200); Path=\/; Expires=/);
    expect(cookie?.attributes).toContain(`; Path=/; Expires=${end}; HttpOnly; SameSite=Strict`);
    expect(cookie?.attributes).not.toContain('Secure');
    expect(cookieOf(sent, HOST_COOKIE)).toBeNull();
  });

  test('behind TLS is kept to this host and to TLS', async () => {
    const sent = await signIn({ tls: true });
    expect(cookieOf(sent, HOST_COOKIE)?.attributes).toMatch(/; Path=\/; .*; HttpOnly; Secure; SameSite=Strict$/);
    expect(cookieOf(sent, HOST_COOKIE)?.attributes).not.toContain('Domain');
    expect(cookieOf(sent, COOKIE)).toBeNull();
  });

  test('behind TLS, one without the prefix is nobody’s: a sub-domain may have planted it', async () => {
    const cookie = await signedIn();
    expect((await ask(WHO, { cookie, tls: true })).body).toEqual(NOBODY);
    const secure = await signedIn({ tls: true });
    expect((await ask(WHO, { cookie: secure, tls: true })).body).toEqual(HERSELF);
    expect((await ask(WHO, { cookie: secure })).body).toEqual(NOBODY);
  });

  test('is found among others', async () => {
    const cookie = `a=b; ${await signedIn()}; theme="dark"; %%%; =;`;
    expect((await ask(WHO, { cookie })).body).toEqual(HERSELF);
  });

  test('answers with it are kept by nobody', async () => {
    expect((await ask(WHO, { cookie: await signedIn() })).headers['cache-control']).toBe('no-store');
  });
});

describe('switching roles', () => {
  test('happens on the server: the cookie stays the same', async () => {
    const cookie = await signedIn();
    expect((await ask(WHO, { cookie })).body).toEqual(HERSELF);
    const assumed = await ask(ASSUME, { cookie });
    expect(assumed.body.data.assumeRole).toEqual({ kind: 'AssumeRoleSuccess' });
    expect(assumed.headers['set-cookie']).toBeUndefined();
    expect((await ask(WHO, { cookie })).body).toEqual({
      data: {
        viewer: {
          principal: { principalId: 'arn:aws:sts::222222222222:assumed-role/DataWriter/alice' },
          roleSession: { role: { arn: DATA_WRITER } },
          restoresTo: { principalId: ALICE },
        },
      },
    });
    expect((await ask(EXIT, { cookie })).body.data.exitRole.kind).toBe('ExitRoleSuccess');
    expect((await ask(WHO, { cookie })).body).toEqual(HERSELF);
  });

  test('of one browser is not that of another', async () => {
    const [one, other] = [await signedIn(), await signedIn()];
    await ask(ASSUME, { cookie: one });
    expect((await ask(WHO, { cookie: other })).body).toEqual(HERSELF);
  });

  test('ends with the hour of the role session, and the own permissions are back', async () => {
    const cookie = await signedIn();
    await ask(ASSUME, { cookie });
    clock.now += HOUR;
    expect((await ask(WHO, { cookie })).body).toEqual(HERSELF);
  });
});

describe('a header', () => {
  test('wins over the cookie', async () => {
    const cookie = await signedIn();
    const { body } = await ask(WHO, { cookie, authorization: basic('bob') });
    expect(body.data.viewer.principal.principalId).toBe('arn:aws:iam::222222222222:user/bob');
    const { body: asOperator } = await ask(WHO, { cookie, authorization: `Bearer ${operator}` });
    expect(asOperator.data.viewer.principal.principalId).toBe('operator');
  });

  test('that is wrong is refused, whatever the cookie says', async () => {
    const { status, headers } = await ask(WHO, { cookie: await signedIn(), authorization: 'Bearer x' });
    expect(status).toBe(401);
    expect(headers['set-cookie']).toBeUndefined();
  });

  test('that is empty is none', async () => {
    expect((await ask(WHO, { cookie: await signedIn(), authorization: '' })).body).toEqual(HERSELF);
  });

  test('cannot bear the value of a cookie, nor a cookie that of a header', async () => {
    const token = (await signedIn()).slice(`${COOKIE}=`.length);
    expect((await ask(WHO, { authorization: `Bearer ${token}` })).status).toBe(401);
    expect((await ask(WHO, { cookie: `${COOKIE}=${operator}` })).body).toEqual(NOBODY);
  });
});

describe('a cookie that is good for nothing', () => {
  const cleared = (sent: Sent) => cookieOf(sent, COOKIE);

  /** What becomes of it, and of who signs in again with it: neither does it stand in the way. */
  async function afterwards(cookie: string) {
    const sent = await ask(WHO, { cookie });
    const again = await signIn({ cookie });
    const who = await ask(WHO, { cookie: `${COOKIE}=${cleared(again)?.value}` });
    return { status: sent.status, body: sent.body, cleared: cleared(sent), again: who.body };
  }

  const NOTHING = {
    status: 200,
    body: NOBODY,
    cleared: {
      value: '',
      attributes: 'Max-Age=0; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; SameSite=Strict',
    },
    again: HERSELF,
  };

  test('expired', async () => {
    const cookie = await signedIn();
    clock.now += 12 * HOUR;
    expect(await afterwards(cookie)).toEqual(NOTHING);
  });

  test('signed out', async () => {
    const cookie = await signedIn();
    const sent = await ask(SIGN_OUT, { cookie });
    expect(sent.body.data.signOut.kind).toBe('SignOutSuccess');
    expect(cleared(sent)?.value).toBe('');
    expect(await afterwards(cookie)).toEqual(NOTHING);
  });

  test.each([
    ['no token', 'x'],
    ['no characters of one', '%00%0d%0aset-cookie:%20a=b'],
    ['an unsigned one', `${btoa('{"alg":"none","typ":"rolegate-sign-in+jwt"}')}.${btoa('{"sub":"x"}')}.`],
    ['a huge one', 'x'.repeat(10_000)],
  ])('forged: %s', async (_name, value) => {
    expect(await afterwards(`${COOKIE}=${value}`)).toEqual(NOTHING);
  });

  test('altered', async () => {
    const cookie = await signedIn();
    const [head, payload = '', signature] = cookie.split('.');
    const claims = Buffer.from(payload, 'base64url').toString().replace('user/alice', 'user/bobby');
    expect(await afterwards(`${head}.${Buffer.from(claims).toString('base64url')}.${signature}`)).toEqual(NOTHING);
  });

  test('of a browser whose session lasts longer than its key', async () => {
    const key = await gateway.services.sessions.createAccessKey({ userArn: ALICE });
    const sent = await ask(SIGN_IN, {}, { input: key });
    const cookie = `${COOKIE}=${cleared(sent)?.value}`;
    expect((await ask(WHO, { cookie })).body).toEqual(HERSELF);
    const { accessKeyId } = key;
    await gateway.services.sessions.setAccessKeyActive({ kind: 'operator' }, { accessKeyId, active: false }, clock.now);
    expect(await afterwards(cookie)).toEqual(NOTHING);
  });
});

test('several operations of one request: the last word about the cookie counts', async () => {
  const { accessKeyId, secretAccessKey } = keyOf('alice');
  const { headers } = operation('');
  const body = JSON.stringify([
    { query: SIGN_IN, variables: { input: { accessKeyId, secretAccessKey } } },
    { query: 'query Who { kind: __typename }' },
  ]);
  const sent = await exchange(`${gateway.url}/graphql`, { headers: headers ?? {}, body });
  expect(sent.body[0].data.signIn.kind).toBe('SignInSuccess');
  expect((await ask(WHO, { cookie: `${COOKIE}=${cookieOf(sent, COOKIE)?.value}` })).body).toEqual(HERSELF);
});

test('several sign-ins of one request: only the one whose cookie is kept goes on', async () => {
  const { accessKeyId, secretAccessKey } = keyOf('alice');
  const one = { query: SIGN_IN, variables: { input: { operatorToken: operator } } };
  const another = { query: SIGN_IN, variables: { input: { accessKeyId, secretAccessKey } } };
  const open = async (principal: string) => {
    const events = await gateway.services.directory.audit.list({ limit: 1_000 });
    const count = (event: string) =>
      events.filter((each) => each.event === event && each.principal === principal).length;
    return count('SignIn') - count('SignOut');
  };
  const send = (operations: readonly object[]) => {
    const headers = { 'content-type': 'application/json' };
    return exchange(`${gateway.url}/graphql`, { headers, body: JSON.stringify(operations) });
  };
  const before = { operator: await open('operator'), alice: await open(ALICE) };
  const sent = await send([one, another]);
  expect((await ask(WHO, { cookie: `${COOKIE}=${cookieOf(sent, COOKIE)?.value}` })).body).toEqual(HERSELF);
  expect({ operator: await open('operator'), alice: await open(ALICE) }).toEqual({
    operator: before.operator,
    alice: before.alice + 1,
  });
  const left = await send([one, { query: SIGN_OUT }]);
  expect(left.body[1].data.signOut.kind).toBe('SignOutSuccess');
  expect(cookieOf(left, COOKIE)?.value).toBe('');
  expect(await open('operator')).toBe(before.operator);
});

test('where a browser signed in from stands in its session', async () => {
  const cookie = await signedIn({ tls: true });
  const id = JSON.parse(Buffer.from(cookie.split('.')[1] ?? '', 'base64url').toString()).jti;
  const session = await gateway.services.directory.keySessions.find(id);
  expect(session?.sourceIp).toBe('203.0.113.7');
});

test('a gateway on another port of the same host does not take the sign-in away', async () => {
  const mine = await signedIn();
  // What the other gateway would set, or clear, has another name.
  const sent = await ask(WHO, { cookie: `rolegate-sign-in=x; ${mine}; rolegate-sign-in-1=x` });
  expect(sent.body).toEqual(HERSELF);
  expect(sent.headers['set-cookie']).toBeUndefined();
  expect((await ask(WHO, { cookie: mine.replace(COOKIE, 'rolegate-sign-in-1') })).body).toEqual(NOBODY);
});

describe('with a token', () => {
  const VIEWER = '{ viewer { kind principal { principalId } signIn { expiresAt canSwitchRoles } } }';
  const withInput = (input: object) => ask(SIGN_IN, {}, { input });
  const jar = (sent: Sent) => ({ cookie: `${COOKIE}=${cookieOf(sent, COOKIE)?.value}` });

  /** A session of DataWriter, as a program of alice has it. */
  async function sessionToken(): Promise<string> {
    const mutation = `mutation { assumeRole(input: { role: "${DATA_WRITER}", roleSessionName: "job" }) { ... on AssumeRoleSuccess { credentials { sessionToken } } } }`;
    return (await ask(mutation, { authorization: basic('alice') })).body.data.assumeRole.credentials.sessionToken;
  }

  test('of the operator: for an hour, in the audit trail, and not for what the command line asks', async () => {
    const sent = await withInput({ operatorToken: operator });
    expect(sent.body.data.signIn).toMatchObject({
      kind: 'SignInSuccess',
      viewer: { principal: { principalId: 'operator' } },
    });
    expect(cookieOf(sent, COOKIE)?.attributes).toMatch(/^Max-Age=(3599|3600); .*HttpOnly; SameSite=Strict$/);
    expect(cookieOf(sent, COOKIE)?.value).not.toContain(operator);
    expect((await ask(VIEWER, jar(sent))).body.data.viewer).toMatchObject({
      kind: 'OPERATOR',
      signIn: { canSwitchRoles: false },
    });
    const trail = await ask(
      '{ auditEvents(first: 1, filter: { event: "SignIn", principal: "operator" }) { nodes { outcome target } } }',
      jar(sent),
    );
    expect(trail.body.data.auditEvents.nodes).toEqual([{ outcome: 'SUCCEEDED', target: 'operator' }]);
    const backup = await exchange(`${gateway.url}/operator/backup`, { headers: jar(sent), body: '' });
    expect(backup.status).toBe(401);
    const left = await ask(SIGN_OUT, jar(sent));
    expect(left.body.data.signOut.kind).toBe('SignOutSuccess');
    expect((await ask(WHO, jar(sent))).body).toEqual(NOBODY);
    const again = await withInput({ operatorToken: operator });
    clock.now += HOUR;
    expect((await ask(WHO, jar(again))).body).toEqual(NOBODY);
  });

  test('of a role session: ends with it, and does not switch roles', async () => {
    const sent = await withInput({ sessionToken: await sessionToken() });
    const { viewer } = (await ask(WHO, jar(sent))).body.data;
    expect(viewer.roleSession).toEqual({ role: { arn: DATA_WRITER } });
    const refused = await ask(ASSUME, jar(sent));
    expect(refused.body.data.assumeRole).toMatchObject({
      kind: 'ValidationError',
      message: expect.stringContaining('cannot switch roles'),
    });
    // Signing out ends the browser's sign-in, and not the session of the program.
    const other = await withInput({ sessionToken: await sessionToken() });
    await ask(SIGN_OUT, jar(other));
    expect((await ask(WHO, jar(other))).body).toEqual(NOBODY);
    await ask(EXIT, jar(sent));
    expect((await ask(WHO, jar(sent))).body).toEqual(NOBODY);
    const late = await withInput({ sessionToken: await sessionToken() });
    clock.now += HOUR;
    expect((await ask(WHO, jar(late))).body).toEqual(NOBODY);
  });

  test('signed out, the browser is nobody in what follows in the same request', async () => {
    const temporary = await gateway.services.sessions.authenticate(basic('alice'), clock.now);
    const own = await gateway.services.sessions.getSessionToken(temporary, {}, clock.now);
    const cookies = {
      key: jar(await signIn()),
      operator: jar(await withInput({ operatorToken: operator })),
      role: jar(await withInput({ sessionToken: await sessionToken() })),
      temporary: jar(await withInput({ sessionToken: own.sessionToken })),
    };
    const batch = [
      SIGN_OUT,
      '{ viewer { principal { principalId } } }',
      'mutation { createUser(input: { accountId: "111111111111", userName: "late" }) { kind: __typename } }',
    ];
    const body = JSON.stringify(batch.map((query) => ({ query })));
    for (const [of, headers] of Object.entries(cookies)) {
      const sent = await exchange(`${gateway.url}/graphql`, {
        headers: { 'content-type': 'application/json', ...headers },
        body,
      });
      const [left, ...rest] = sent.body;
      expect({ of, left: left.data?.signOut.kind }).toEqual({ of, left: 'SignOutSuccess' });
      for (const one of rest) {
        const { code } = one.errors?.[0].extensions ?? {};
        expect({ of, data: one.data ?? null, code }).toEqual({ of, data: null, code: 'UNAUTHENTICATED' });
      }
    }
  });

  test('that is wrong, or beside another one', async () => {
    for (const input of [{ operatorToken: `${operator}x` }, { sessionToken: 'x' }, { sessionToken: operator }]) {
      const sent = await withInput(input);
      expect(sent.body.data.signIn.kind).toBe('AuthenticationFailed');
      expect(cookieOf(sent, COOKIE)).toBeNull();
    }
    for (const input of [{}, { accessKeyId: 'AKIADEMOALICEAAAAAAA' }, { operatorToken: operator, sessionToken: 'x' }]) {
      expect((await withInput(input)).body.data.signIn.kind).toBe('ValidationError');
    }
  });
});
