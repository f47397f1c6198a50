import { afterAll, beforeAll, expect, test } from 'vitest';
import { form as formOf, type Key, sign } from '../aws/signed.ts';
import { newDataDir, removeDataDir } from '../support/gateway.ts';
import { type Running, runToEnd, startServer } from '../support/process.ts';
import { cookieOf, operation, exchange as send, signInCookieNameAt } from './exchange.ts';

const DATA_WRITER = 'arn:aws:iam::222222222222:role/DataWriter';

let cwd: string;
let running: Running;
let url: string;

beforeAll(async () => {
  cwd = await newDataDir();
  running = startServer(cwd, { LOG_LEVEL: 'trace' });
  url = await running.printed(/ready at (http:\S+)\/graphql/);
});
afterAll(async () => {
  running?.child.kill('SIGKILL');
  await running?.ended;
  await removeDataDir(cwd);
});

/** How many answers refused. */
let refusals = 0;

async function exchange(...sent: Parameters<typeof send>): ReturnType<typeof send> {
  const answer = await send(...sent);
  if ([401, 403, 429].includes(answer.status)) refusals += 1;
  return answer;
}

function ask(query: string, headers: Readonly<Record<string, string>>, variables: object = {}) {
  const { headers: type, body } = operation(query, variables);
  return exchange(`${url}/graphql`, { headers: { ...type, ...headers }, body: body ?? '' });
}

/** In the way that it was sent, and in those in which a log could write it. */
function spellings(secret: string): readonly string[] {
  return [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64').slice(0, -4)];
}

test('whatever is logged, nothing of it signs anybody in', async () => {
  const secretAccessKey = await running.printed(/alice: [\s\S]*?secret access key {2}(\S+)/);
  const basic = await running.printed(/alice: [\s\S]*?"(Basic [^"]+)"/);
  const operator = await running.printed(/operator token {2}(\S+)/);
  const accessKeyId = 'AKIADEMOALICEAAAAAAA';
  const assume = `mutation { assumeRole(input: { role: "${DATA_WRITER}", roleSessionName: "alice" }) { ... on AssumeRoleSuccess { credentials { secretAccessKey sessionToken } } } }`;
  const signIn = 'mutation($input: SignInInput!) { signIn(input: $input) { __typename } }';

  const signedIn = await ask(signIn, {}, { input: { accessKeyId, secretAccessKey } });
  const name = signInCookieNameAt(url);
  const cookie = cookieOf(signedIn, name)?.value ?? '';
  expect(cookie).not.toBe('');
  await ask('{ viewer { principal { principalId } } }', { cookie: `${name}=${cookie}` });
  await ask(assume, { cookie: `${name}=${cookie}` });
  await ask('{ viewer { __typename } }', { cookie: `${name}=${cookie}-forged-hunter2` });
  await ask(assume, { cookie: `${name}=${cookie}`, origin: 'https://evil.example' });
  await ask('{ viewer { __typename } }', { authorization: `Bearer ${operator}` });
  const { body } = await ask(assume, { authorization: basic });
  const { sessionToken, secretAccessKey: ofSession } = body.data.assumeRole.credentials;
  await ask('{ viewer { __typename } }', { authorization: `Bearer ${sessionToken}` });
  const inTheAddress = `query=${encodeURIComponent(`{ viewer { __typename } } # ${secretAccessKey}`)}`;
  await exchange(`${url}/graphql?${inTheAddress}`, { method: 'GET', headers: { authorization: basic } });
  // At AWS's door the form of a request holds secrets, and its answer more of them.
  const atAws = async (key: Key, action: string, parameters: Readonly<Record<string, string>> = {}) => {
    const { host } = new URL(url);
    const sent = sign(key, { at: Date.now(), body: formOf(action, parameters), headers: { host } });
    const headers = Object.fromEntries([...sent.headers].map(([name, [value = '']]) => [name, value]));
    return exchange(`${url}/aws`, { headers, body: Buffer.from(sent.body).toString() });
  };
  const session = { RoleArn: DATA_WRITER, RoleSessionName: 'alice' };
  const assumed = await atAws({ accessKeyId, secretAccessKey }, 'AssumeRole', session);
  const [, atAwsSecret = '', atAwsToken = ''] =
    /<SecretAccessKey>(.*?)<.*<SessionToken>(.*?)</.exec(assumed.text) ?? [];
  expect(atAwsToken).toMatch(/^eyJ/);
  const mfa = { SerialNumber: 'hunter2-device', TokenCode: 'hunter2' };
  await atAws({ accessKeyId, secretAccessKey }, 'AssumeRole', { ...session, ...mfa });
  await atAws({ accessKeyId, secretAccessKey }, 'GetSessionToken', mfa);
  await atAws({ accessKeyId, secretAccessKey: 'hunter2' }, 'GetCallerIdentity');
  const webIdentity = { ...session, WebIdentityToken: 'hunter2.hunter2.hunter2' };
  await atAws({ accessKeyId, secretAccessKey }, 'AssumeRoleWithWebIdentity', webIdentity);
  await exchange(`${url}/aws?${formOf('AssumeRoleWithWebIdentity', webIdentity)}`, { method: 'GET' });
  // Side by side, so that more are refused in a second than have lines of their own; on a slow machine they may not be.
  await Promise.all(
    Array.from({ length: 40 }, async (_, n) => {
      await ask('{ viewer { __typename } }', { authorization: `Bearer wrong-hunter2-${n}` });
      await ask(signIn, {}, { input: { accessKeyId: 'AKIAhunter2', secretAccessKey: `hunter2-${n}` } });
      await ask('{ viewer { __typename } }', { authorization: `Basic ${btoa(`AKIAIOSFODNN7EXAMPLE:hunter2-${n}`)}` });
    }),
  );
  await ask('{ syntax', { authorization: basic }, { input: { secretAccessKey } });
  await ask(signIn, {}, { input: { accessKeyId, secretAccessKey, tokenCode: 'hunter2', serialNumber: 'hunter2' } });
  const status = await runToEnd('cli/main.js', ['status'], { cwd });
  expect(status).toMatchObject({ code: 0, error: '' });
  expect(status.out).toMatch(/^gateway +http:\S+ \(process \d+\)\ndata folder +\S+\nready +yes\n$/);
  running.child.kill('SIGTERM');
  await running.ended;
  const stopped = await runToEnd('cli/main.js', ['status', '--json'], { cwd });
  expect([stopped.code, JSON.parse(stopped.out)]).toMatchObject([1, { url: null, isReady: false }]);

  const lines = running.error().trim().split('\n');
  expect(lines.length).toBeGreaterThan(100);
  expect(lines.filter((line) => line.includes('too many wrong credentials')).length).toBeGreaterThan(0);
  // One line of each request, with the id that its answer has; one of a refusal, or a count of how many more there were.
  const told = lines.map((line) => JSON.parse(line));
  const ofAnswer = told.filter(({ requestId }) => requestId === signedIn.headers['x-request-id']);
  expect(ofAnswer).toMatchObject([
    { level: 30, msg: 'request', method: 'POST', path: '/graphql', status: 200, caller: 'anonymous' },
  ]);
  const refused = told.filter(({ msg }) => msg === 'refused');
  expect(refused.every(({ level, requestId, path }) => level === 40 && requestId !== '' && path !== '')).toBe(true);
  expect(refused.map(({ code }) => code)).toEqual(expect.arrayContaining(['UNAUTHENTICATED', 'FORBIDDEN']));
  const more = told.filter(({ msg }) => msg === 'more were refused within a second');
  expect(more.every(({ level }) => level === 40)).toBe(true);
  expect(refusals).toBeGreaterThan(50);
  expect(more.reduce((sum, { requests }) => sum + requests, refused.length)).toBe(refusals);
  const secrets = [
    secretAccessKey,
    basic.slice('Basic '.length),
    operator,
    cookie,
    ...cookie.split('.').slice(1),
    sessionToken,
    ...sessionToken.split('.').slice(1),
    ofSession,
    atAwsSecret,
    atAwsToken,
    'hunter2',
  ];
  for (const secret of secrets) {
    const found = spellings(secret).flatMap((spelling) => lines.filter((line) => line.includes(spelling)));
    expect(found).toEqual([]);
  }
  // Nor in what is printed for people, after what the first start shows once.
  expect(running.out()).not.toContain(cookie);
  expect(running.out()).not.toContain(sessionToken);
});
