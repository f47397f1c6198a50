import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createGateway, type Gateway } from '../../src/server/gateway.ts';
import { createLog } from '../../src/server/log.ts';
import { newDataDir, removeDataDir, startTestGateway, type TestGateway } from '../support/gateway.ts';

const ALICE = 'arn:aws:iam::111111111111:user/alice';
const DATA_WRITER = 'arn:aws:iam::222222222222:role/DataWriter';
const ALICE_KEY = 'AKIADEMOALICEAAAAAAA';
const WHO = '{ viewer { principal { principalId } } }';
const SIGN_IN =
  'mutation($input: SignInInput!) { signIn(input: $input) { kind: __typename ... on UserError { code } } }';
const MINUTE = 60_000;

let dataDir: string;
let started: TestGateway;
/** A new one for each test, on the same directory: the counts are the process's. */
let gateway: Gateway;
const clock = { now: Date.now() };

beforeAll(async () => {
  dataDir = await newDataDir();
  started = await startTestGateway(dataDir);
});
beforeEach(() => {
  clock.now = Date.now();
  gateway = createGateway(started.gateway.services, createLog('silent'), { clock: () => clock.now });
});
afterAll(async () => {
  await started.gateway.close();
  await removeDataDir(dataDir);
});

interface Answered {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly text: string;
  // The answers of different operations: tests say what they expect of them.
  readonly body: ReturnType<typeof JSON.parse>;
}

async function ask(address: string, query: string, authorization: string | null, variables = {}): Promise<Answered> {
  const headers = { 'content-type': 'application/json', ...(authorization === null ? {} : { authorization }) };
  const body = JSON.stringify({ query, variables });
  const response = await gateway.fetch('http://localhost/graphql', { method: 'POST', headers, body }, { address });
  const text = await response.text();
  return { status: response.status, retryAfter: response.headers.get('retry-after'), text, body: JSON.parse(text) };
}

const basic = (id: string, secret: string): string => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
/** Told from everything else in answers. */
const wrongSecret = (n: number): string => `wrong-secret-${n}-hunter2`;

function rightSecret(): string {
  return started.gateway.services.secrets.secretFor(ALICE_KEY);
}

function tally(values: readonly (string | number)[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

describe('thousands of wrong keys', () => {
  test.each([
    ['10,000 secrets of one key, one after the other', 10_000, () => ALICE_KEY, { 401: 5, 429: 9_995 }],
    ['as many keys', 2_000, (n: number) => `AKIA${String(n).padStart(16, '0')}`, { 401: 30, 429: 1_970 }],
    ['key ids that are none', 2_000, (n: number) => `${n}`, { 401: 30, 429: 1_970 }],
  ])('%s', async (_name, count, keyId, expected) => {
    const statuses: number[] = [];
    const elsewhere: Answered[] = [];
    for (let n = 0; n < count; n++) {
      const answer = await ask('192.0.2.1', WHO, basic(keyId(n), wrongSecret(n)));
      statuses.push(answer.status);
      if (answer.text.includes('hunter2') || answer.text.includes(keyId(n))) throw new Error(answer.text);
      if (n % (count / 10) === count / 10 - 1)
        elsewhere.push(await ask('192.0.2.2', WHO, basic(ALICE_KEY, rightSecret())));
    }
    expect(elsewhere.map(({ body }) => body.data.viewer.principal.principalId)).toEqual(Array(10).fill(ALICE));
    expect(tally(statuses)).toEqual(expected);
    expect(statuses.slice(0, expected[401])).toEqual(Array(expected[401]).fill(401));
  });

  test('at the same time get no further than one after the other', async () => {
    const answers = await Promise.all(
      Array.from({ length: 2_000 }, (_, n) => ask('192.0.2.1', WHO, basic(ALICE_KEY, wrongSecret(n)))),
    );
    expect(tally(answers.map(({ status }) => status))).toEqual({ 401: 5, 429: 1_995 });
  });

  test('as tokens', async () => {
    const answers = await Promise.all(
      Array.from({ length: 1_000 }, (_, n) => ask('192.0.2.1', WHO, `Bearer ${wrongSecret(n)}`)),
    );
    expect(tally(answers.map(({ status }) => status))).toEqual({ 401: 30, 429: 970 });
  });

  test('as tokens of checkers, which are looked up; a right one from there is answered', async () => {
    const { sessions } = started.gateway.services;
    const input = { name: 'guessed', accountIds: null, actions: null, search: false, expiresAt: null };
    const { token } = await sessions.createChecker({ kind: 'operator' }, input, clock.now);
    const kind = async () => (await ask('192.0.2.1', '{ viewer { kind } }', `Bearer ${token}`)).body.data.viewer.kind;
    expect(await kind()).toBe('CHECKER');
    const answers = await Promise.all(
      Array.from({ length: 1_000 }, (_, n) => ask('192.0.2.1', WHO, `Bearer rgc_${String(n).padStart(43, '0')}`)),
    );
    expect(tally(answers.map(({ status }) => status))).toEqual({ 401: 30, 429: 970 });
    expect(answers[0]?.body.errors[0].extensions).toMatchObject({
      code: 'UNAUTHENTICATED',
      awsCode: 'InvalidClientTokenId',
    });
    expect(await kind()).toBe('CHECKER');
  });

  test('by the mutation: so many in a request, so many attempts', async () => {
    const one = (n: number) => `{ accessKeyId: "${ALICE_KEY}", secretAccessKey: "${wrongSecret(n)}" }`;
    const aliases = (from: number) =>
      Array.from({ length: 3 }, (_, n) => `a${n}: signIn(input: ${one(from + n)}) { ... on UserError { code } }`);
    const first = await ask('192.0.2.1', `mutation { ${aliases(0).join(' ')} }`, null);
    const codes = Object.values<{ code: string }>(first.body.data).map(({ code }) => code);
    expect(codes).toEqual(Array(3).fill('SignatureDoesNotMatch'));
    const second = await ask('192.0.2.1', `mutation { ${aliases(3).join(' ')} }`, null);
    expect([second.status, second.retryAfter]).toEqual([429, '1']);
    // What was answered before the pause is answered.
    const refused = { code: 'SignatureDoesNotMatch' };
    expect(second.body.data).toEqual({ a0: refused, a1: refused, a2: null });
    expect(second.body.errors[0].path).toEqual(['a2']);
    const right = { input: { accessKeyId: ALICE_KEY, secretAccessKey: rightSecret() } };
    expect((await ask('192.0.2.1', SIGN_IN, null, right)).status).toBe(429);
    expect((await ask('192.0.2.2', SIGN_IN, null, right)).body.data.signIn.kind).toBe('SignInSuccess');
    expect(first.text + second.text).not.toContain('hunter2');
  });

  test('by the mutation, many', async () => {
    const before = await started.gateway.services.directory.prisma.auditEvent.count();
    const answers: Answered[] = [];
    for (let n = 0; n < 500; n++) {
      const input = { accessKeyId: ALICE_KEY, secretAccessKey: wrongSecret(n) };
      answers.push(await ask('192.0.2.1', SIGN_IN, null, { input }));
    }
    expect(tally(answers.map(({ body, status }) => body.data?.signIn?.code ?? status))).toEqual({
      SignatureDoesNotMatch: 5,
      429: 495,
    });
    // What is looked at is one event with a count; what is not costs nothing.
    expect(await started.gateway.services.directory.prisma.auditEvent.count()).toBeLessThanOrEqual(before + 1);
  });
});

describe('the answer', () => {
  test('says how long to wait, with AWS’s code and nothing of what was sent', async () => {
    for (let n = 0; n < 5; n++) await ask('192.0.2.1', WHO, basic(ALICE_KEY, wrongSecret(n)));
    const { status, retryAfter, body } = await ask('192.0.2.1', WHO, basic(ALICE_KEY, rightSecret()));
    expect([status, retryAfter]).toEqual([429, '1']);
    expect(body).toEqual({
      errors: [
        {
          message: 'Rate exceeded: too many attempts with wrong credentials; try again in 1 s',
          extensions: { code: 'RATE_LIMITED', awsCode: 'Throttling', retryAfterSeconds: 1, requestId: 'in-process' },
        },
      ],
    });
  });

  test('the pauses grow, up to a quarter of an hour', async () => {
    const pauses: number[] = [];
    for (let n = 0; n < 60; n++) {
      await ask('192.0.2.1', WHO, basic(ALICE_KEY, wrongSecret(n)));
      const { status, retryAfter } = await ask('192.0.2.1', WHO, basic(ALICE_KEY, rightSecret().toLowerCase()));
      if (status === 429) pauses.push(Number(retryAfter));
      clock.now += Number(retryAfter) * 1000;
    }
    expect(pauses.slice(0, 9)).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256]);
    expect(Math.max(...pauses)).toBe(900);
    // What is forgotten meanwhile makes them no shorter than this.
    expect(Math.min(...pauses.slice(9))).toBe(256);
  });

  test('in a pause nothing counts: it ends when it was said to', async () => {
    for (let n = 0; n < 1_000; n++) await ask('192.0.2.1', WHO, basic(ALICE_KEY, wrongSecret(n)));
    clock.now += 999;
    expect((await ask('192.0.2.1', WHO, basic(ALICE_KEY, rightSecret()))).status).toBe(429);
    clock.now += 1;
    expect((await ask('192.0.2.1', WHO, basic(ALICE_KEY, rightSecret()))).status).toBe(200);
  });
});

describe('who is not concerned', () => {
  async function exhaust(address: string): Promise<void> {
    for (let n = 0; n < 40; n++) await ask(address, WHO, basic(`AKIA${n}`, wrongSecret(n)));
  }

  test('another key from the same source, until the source has tried too many', async () => {
    for (let n = 0; n < 10; n++) await ask('192.0.2.1', WHO, basic(ALICE_KEY, wrongSecret(n)));
    expect((await ask('192.0.2.1', WHO, started.as.user('bob'))).status).toBe(200);
    await exhaust('192.0.2.1');
    expect((await ask('192.0.2.1', WHO, started.as.operator)).status).toBe(429);
  });

  test('who was right from there before', async () => {
    await ask('192.0.2.1', WHO, started.as.user('bob'));
    await exhaust('192.0.2.1');
    expect((await ask('192.0.2.1', WHO, started.as.user('bob'))).status).toBe(200);
    expect((await ask('192.0.2.1', WHO, started.as.user('alice'))).status).toBe(429);
  });

  test('until it is right no more', async () => {
    const key = await started.gateway.services.sessions.createAccessKey({ userArn: ALICE });
    const authorization = basic(key.accessKeyId, key.secretAccessKey);
    expect((await ask('192.0.2.1', WHO, authorization)).status).toBe(200);
    const off = { accessKeyId: key.accessKeyId, active: false };
    await started.gateway.services.sessions.setAccessKeyActive({ kind: 'operator' }, off, clock.now);
    const statuses: number[] = [];
    for (let n = 0; n < 10; n++) statuses.push((await ask('192.0.2.1', WHO, authorization)).status);
    expect(tally(statuses)).toEqual({ 401: 5, 429: 5 });
  });

  test('who was right, takes nothing back that others have counted', async () => {
    for (let n = 0; n < 29; n++) await ask('192.0.2.1', WHO, basic(`AKIA${n}`, wrongSecret(n)));
    for (let n = 0; n < 3; n++) expect((await ask('192.0.2.1', WHO, started.as.user('alice'))).status).toBe(200);
    expect((await ask('192.0.2.1', WHO, basic('AKIA30', wrongSecret(30)))).status).toBe(401);
    expect((await ask('192.0.2.1', WHO, basic('AKIA31', wrongSecret(31)))).status).toBe(429);
  });

  test('who is right a hundred times at once', async () => {
    const answers = await Promise.all(Array.from({ length: 100 }, () => ask('192.0.2.1', WHO, started.as.user('bob'))));
    expect(tally(answers.map(({ status }) => status))).toEqual({ 200: 100 });
  });

  test('who is nobody, or signed in by a cookie', async () => {
    const input = { accessKeyId: ALICE_KEY, secretAccessKey: rightSecret() };
    const body = JSON.stringify({ query: SIGN_IN, variables: { input } });
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
    const connection = { address: '192.0.2.1' };
    const signedIn = await gateway.fetch('https://localhost/graphql', init, connection);
    const cookie = signedIn.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    expect(cookie).toMatch(/^__Host-rolegate-sign-in=/);
    await exhaust('192.0.2.1');
    expect((await ask('192.0.2.1', WHO, null)).body).toEqual({ data: { viewer: null } });
    const again = { ...init, headers: { ...init.headers, cookie }, body: JSON.stringify({ query: WHO }) };
    const response = await gateway.fetch('https://localhost/graphql', again, connection);
    expect(await response.json()).toEqual({ data: { viewer: { principal: { principalId: ALICE } } } });
  });

  test('who has an expired token, or a header out of its form', async () => {
    const { sessions } = started.gateway.services;
    const caller = await sessions.authenticate(started.as.user('alice'), clock.now);
    const { credentials } = await sessions.assumeRole(
      caller,
      { role: DATA_WRITER, roleSessionName: 'alice', durationSeconds: 900 },
      clock.now,
    );
    clock.now += 16 * MINUTE;
    for (let n = 0; n < 40; n++) {
      const expired = await ask('192.0.2.1', WHO, `Bearer ${credentials.sessionToken}`);
      expect([expired.status, expired.body.errors[0].extensions.awsCode]).toEqual([401, 'ExpiredToken']);
      expect((await ask('192.0.2.1', WHO, `Basic ${n}`)).status).toBe(401);
    }
  });

  test('who has assumed a role since', async () => {
    await exhaust('192.0.2.1');
    const { sessions } = started.gateway.services;
    const caller = await sessions.authenticate(started.as.user('alice'), clock.now);
    const { session, credentials } = await sessions.assumeRole(
      caller,
      { role: DATA_WRITER, roleSessionName: 'alice' },
      clock.now,
    );
    const answer = await ask('192.0.2.1', WHO, `Bearer ${credentials.sessionToken}`);
    expect(answer.body.data.viewer.principal.principalId).toBe(session.arn);
    const forged = await ask('192.0.2.1', WHO, `Bearer ${credentials.sessionToken.slice(0, -8)}AAAAAAAA`);
    expect([forged.status, forged.body.errors[0].extensions.awsCode]).toEqual([401, 'InvalidClientTokenId']);
  });

  test('neighbours of IPv6 are one source, networks of others not', async () => {
    for (let n = 0; n < 40; n++) await ask(`2001:db8::${n}`, WHO, basic(`AKIA${n}`, wrongSecret(n)));
    expect((await ask('2001:db8::ffff', WHO, started.as.user('alice'))).status).toBe(429);
    expect((await ask('2001:db8:0:1::1', WHO, started.as.user('alice'))).status).toBe(200);
  });
});

test('all is forgotten in time', async () => {
  for (let n = 0; n < 5; n++) await ask('192.0.2.1', WHO, basic(ALICE_KEY, wrongSecret(n)));
  clock.now += 5 * 15 * MINUTE;
  const statuses: number[] = [];
  for (let n = 0; n < 6; n++) statuses.push((await ask('192.0.2.1', WHO, basic(ALICE_KEY, wrongSecret(n)))).status);
  expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
});

describe('MFA codes', () => {
  /** alice's device, and what it shows. */
  async function device(name: string) {
    const { sessions } = started.gateway.services;
    const operator = { kind: 'operator' } as const;
    const { serialNumber, seed } = await sessions.createVirtualMfaDevice(
      operator,
      { accountId: '111111111111', name },
      clock.now,
    );
    const totp = new TOTP({ secret: Secret.fromBase32(seed) });
    const codeAt = (now: number): string => totp.generate({ timestamp: now });
    const [authenticationCode1, authenticationCode2] = [codeAt(clock.now), codeAt(clock.now + 30_000)];
    const enabled = { userArn: ALICE, serialNumber, authenticationCode1, authenticationCode2 };
    await sessions.enableMfaDevice(operator, enabled, clock.now + 30_000);
    clock.now += 2 * MINUTE;
    const wrongCode = (n: number): string => {
      const right = Number(codeAt(clock.now));
      // Not one of the three that count now, either.
      return String((right + 333_333 + n) % 1_000_000).padStart(6, '0');
    };
    return { serialNumber, code: () => codeAt(clock.now), wrongCode };
  }

  test('at the sign-in: five, from wherever they come, and only with the right secret', async () => {
    const { serialNumber, code, wrongCode } = await device('sign-in');
    const attempt = (address: string, secretAccessKey: string, tokenCode: string) =>
      ask(address, SIGN_IN, null, { input: { accessKeyId: ALICE_KEY, secretAccessKey, serialNumber, tokenCode } });
    for (let n = 0; n < 20; n++) {
      const { body, status } = await attempt(`192.0.2.${n}`, wrongSecret(n), wrongCode(n));
      expect([status, body.data.signIn.code]).toEqual([200, 'SignatureDoesNotMatch']);
    }
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, n) => attempt(`198.51.100.${n}`, rightSecret(), wrongCode(n))),
    );
    expect(tally(answers.map(({ body, status }) => body.data?.signIn?.code ?? status))).toEqual({
      AccessDenied: 5,
      429: 45,
    });
    expect((await attempt('203.0.113.1', rightSecret(), code())).status).toBe(429);
    clock.now += MINUTE;
    const right = await attempt('203.0.113.1', rightSecret(), code());
    expect(right.body.data.signIn.kind).toBe('SignInSuccess');
  });

  test('at the assumption of a role, with however many credentials', async () => {
    const { serialNumber, code, wrongCode } = await device('assume-role');
    const assume = (tokenCode: string) =>
      ask(
        '192.0.2.1',
        `mutation { assumeRole(input: { role: "${DATA_WRITER}", roleSessionName: "alice", serialNumber: "${serialNumber}", tokenCode: "${tokenCode}" }) { kind: __typename } }`,
        started.as.user('alice'),
      );
    const answers: Answered[] = [];
    for (let n = 0; n < 10; n++) answers.push(await assume(wrongCode(n)));
    expect(tally(answers.map(({ body, status }) => body.data?.assumeRole?.kind ?? status))).toEqual({
      AccessDenied: 5,
      429: 5,
    });
    clock.now += MINUTE;
    expect((await assume(code())).body.data.assumeRole.kind).toBe('AssumeRoleSuccess');
  });
});

test('web identities: a role is tried five times, a source thirty', async () => {
  const mutation = `mutation ($input: AssumeRoleWithWebIdentityInput!) {
    assumeRoleWithWebIdentity(input: $input) { kind: __typename } }`;
  const come = async (address: string, role: string, n: number) => {
    const input = { role, roleSessionName: 'run-1', webIdentityToken: `${wrongSecret(n)}.${n}.x` };
    const { body, status, retryAfter } = await ask(address, mutation, null, { input });
    return body.data?.assumeRoleWithWebIdentity?.kind ?? `${status} ${retryAfter} ${body.errors[0].extensions.awsCode}`;
  };
  const counted = async () =>
    (await started.gateway.services.directory.audit.list({ limit: 1000 }))
      .filter(({ event }) => event === 'AssumeRoleWithWebIdentity')
      .reduce((sum, { count }) => sum + count, 0);
  const before = await counted();
  const one: string[] = [];
  for (let n = 0; n < 20; n++) one.push(await come('192.0.2.1', DATA_WRITER, n));
  expect(tally(one)).toEqual({ InvalidIdentityToken: 5, '429 1 Throttling': 15 });
  const others: string[] = [];
  for (let n = 0; n < 40; n++) others.push(await come('192.0.2.1', `arn:aws:iam::222222222222:role/R${n}`, n));
  expect(tally(others)).toEqual({ InvalidIdentityToken: 25, '429 1 Throttling': 15 });
  expect(await counted()).toBe(before + 30);
  expect(await come('192.0.2.2', DATA_WRITER, 1)).toBe('InvalidIdentityToken');
});
