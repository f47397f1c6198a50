import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newDataDir, removeDataDir } from './support/gateway.ts';
import { type Running, startServer } from './support/process.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const README = readFileSync(`${ROOT}README.md`, 'utf8');
const blocks = (language: string): readonly string[] =>
  [...README.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map((match) => match[1] ?? '');

/** What the README calls and a test machine may lack, or must not run: `npm ci` would take away what the tests run on. */
const STAND_INS = `
set -e
curl() { node "$ROOT/test/support/curl.mjs" "$@"; }
aws() { cat "$ROOT/test/data/account-authorization-details/cloudmapper-demo.json"; }
npx() { test "$1" = rolegate; shift; node "$ROOT/dist/cli/main.js" "$@"; }
`;

let cwd: string;
let gateway: Running;
let url: string;

beforeAll(async () => {
  cwd = await newDataDir();
  gateway = startServer(cwd);
  url = await gateway.printed(/ready at (http:\S+)\/graphql/);
});

afterAll(async () => {
  gateway?.child.kill('SIGTERM');
  await gateway?.ended;
  await removeDataDir(cwd);
});

async function run(script: string): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(
    'sh',
    ['-c', `${STAND_INS}\n${script.replaceAll('http://127.0.0.1:4000', url)}`],
    { cwd, env: { ...process.env, ROOT } },
  );
  return stdout + stderr;
}

test('the two commands are what package.json runs', () => {
  const { scripts } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8'));
  expect(blocks('sh').slice(0, 2)).toEqual(['npm ci && npm start\n', 'npm ci && npm test\n']);
  // The gateway of these tests is the file that `npm start` runs.
  expect(scripts).toMatchObject({ start: 'exec node dist/server/main.js', prepare: 'npm run --silent build' });
  for (const [, name] of README.matchAll(/`npm run (\w+)`/g)) expect(Object.keys(scripts)).toContain(name);
});

test('the first question on the command line is answered', async () => {
  const answer = JSON.parse(await run(blocks('sh')[2] ?? ''));
  expect(answer.data.decision.effect).toBe('EXPLICIT_DENY');
  expect(answer.data.decision.reason).toMatch(/with an explicit deny in a service control policy/);
});

test('the query gives the answer that is printed below it', async () => {
  const [query] = blocks('graphql');
  const token = readFileSync(`${cwd}/.rolegate/operator.token`, 'utf8').trim();
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query }),
  });
  expect(await response.json()).toEqual(JSON.parse(blocks('json')[0] ?? ''));
});

test('what the query finds is there', async () => {
  const [, query] = blocks('graphql');
  const token = readFileSync(`${cwd}/.rolegate/operator.token`, 'utf8').trim();
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query }),
  });
  const { data, errors } = await response.json();
  expect(errors).toBeUndefined();
  expect(data.principals.nodes).toContainEqual({
    arn: 'arn:aws:iam::222222222222:role/DataWriter',
    account: { name: expect.any(String) },
  });
  expect(data.principals.totalCount).toBe(data.principals.nodes.length);
  expect(data.resources.nodes).toContainEqual({ arn: 'arn:aws:s3:::shared-datasets', policy: expect.any(Object) });
  expect(data.accounts.nodes).toEqual([
    { accountId: '111111111111', name: 'Development', users: { nodes: expect.arrayContaining([{ name: 'alice' }]) } },
  ]);
});

test('an account is imported, and its users get keys, as described', async () => {
  const [, , , imported, keys, ...others] = blocks('sh');
  const [first, second] = (await run(imported ?? '')).split('\n').filter((line) => line.startsWith('imported '));
  expect(first).toMatch(/2 users, 1 group, 4 roles.*: the directory has changed /);
  // The same as an archive: only the name of the account is new.
  expect(second).toMatch(/2 users, 1 group, 4 roles.*: the directory has changed /);
  const printed = await run(keys ?? '');
  expect(printed.match(/AKIA[A-Z0-9]{16}/g)).toHaveLength(2);
  // The one that assumes a role is run below.
  expect(others).toHaveLength(1);
});

test('a role is assumed by a program as described, and its token is what the table says', async () => {
  const answer = JSON.parse(await run(blocks('sh')[5] ?? ''));
  const { sessionToken } = answer.data.assumeRole.credentials;
  const { payload } = await jwtVerify(sessionToken, createRemoteJWKSet(new URL(`${url}/.well-known/jwks.json`)), {
    typ: 'rolegate-session+jwt',
    issuer: 'rolegate',
    audience: 'rolegate',
    algorithms: ['EdDSA'],
  });
  expect(payload.sub).toBe('arn:aws:sts::222222222222:assumed-role/DataWriter/copy-job');
  const described = [...README.matchAll(/^\| (?:header )?((?:`\w+`(?:, )?)+) \|/gm)].flatMap(([, names = '']) =>
    [...names.matchAll(/`(\w+)`/g)].map(([, name = '']) => name),
  );
  expect(described).toEqual(expect.arrayContaining(Object.keys(payload)));
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${sessionToken}` };
  const body = JSON.stringify({ query: '{ viewer { principal { principalId } } }' });
  const viewer = await (await fetch(`${url}/graphql`, { method: 'POST', headers, body })).json();
  expect(viewer.data.viewer.principal.principalId).toBe(payload.sub);
});

test('every setting that is read is documented, and none that is not', () => {
  const source = readFileSync(`${ROOT}src/server/settings.ts`, 'utf8');
  const read = [...source.matchAll(/read(?:<[^>]*>)?\('([A-Z_]+)'/g)].map((match) => match[1]);
  const documented = [...README.matchAll(/^\| `([A-Z_]+)` \|/gm)].map((match) => match[1]);
  expect(new Set(documented)).toEqual(new Set(read));
});
