import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { importFiles } from '../src/importing/import-files.ts';
import { AwsHome, CREDENTIAL_VARIABLES } from './support/aws-clients.ts';
import { CollectedWorld } from './support/aws-world.ts';
import { newDataDir, removeDataDir } from './support/gateway.ts';
import { schemaFaults } from './support/json-schema.ts';
import { type Running, startServer } from './support/process.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const README = readFileSync(`${ROOT}README.md`, 'utf8');
/** Of collecting what AWS says, run by a test of their own. */
const isCollect = (block: string): boolean => block.includes('rolegate collect ');
const allBlocks = (language: string): readonly string[] =>
  [...README.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map((match) => match[1] ?? '');
/** Of AWS's own clients: the commands are run in the long runs (aws/programs/cli.test.ts). */
const isAwsClient = (block: string): boolean => block.includes('aws sts ');
const blocks = (language: string): readonly string[] =>
  allBlocks(language).filter((block) => !isCollect(block) && !isAwsClient(block));

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

test('what is found leads on, and what people type is completed', async () => {
  const [, , query] = blocks('graphql');
  const token = readFileSync(`${cwd}/.rolegate/operator.token`, 'utf8').trim();
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query }),
  });
  const { data, errors } = await response.json();
  expect(errors).toBeUndefined();
  expect(data.organizations.nodes[0].roots[0].units.nodes).toContainEqual({
    name: 'Workloads',
    accounts: { nodes: [{ accountId: '111111111111', name: 'Development' }] },
    controlPolicies: expect.arrayContaining([{ name: 'KeepBuckets', targets: [{ targetId: 'ou-ab12-workload' }] }]),
  });
  expect(data.policies.nodes[0].versions[0].isDefault).toBe(true);
  expect(data.actions.nodes[0]).toMatchObject({ name: 's3:GetObject', accessLevel: 'READ' });
});

test('an account is imported, and its users get keys, as described', async () => {
  const [, , , imported, keys, exported, ...others] = blocks('sh');
  const [first, second] = (await run(imported ?? '')).split('\n').filter((line) => line.startsWith('imported '));
  expect(first).toMatch(/2 users, 1 group, 4 roles.*: the directory has changed /);
  // The same as an archive: only the name of the account is new.
  expect(second).toMatch(/2 users, 1 group, 4 roles.*: the directory has changed /);
  const printed = await run(keys ?? '');
  expect(printed.match(/AKIA[A-Z0-9]{16}/g)).toHaveLength(2);
  // The one that assumes a role is run below.
  expect(others).toHaveLength(1);
  expect(exported).toContain('npx rolegate export');
});

test('the directory is exported, and what is written by hand has the form that is described', async () => {
  const [exporting = ''] = blocks('sh').filter((block) => block.includes('rolegate export'));
  expect(await run(exporting.split('\n')[0] ?? '')).toMatch(/^exported 1 organization, \d+ accounts, /);
  const schema = JSON.parse(readFileSync(`${cwd}/backup/rolegate.schema.json`, 'utf8'));
  const written = JSON.parse(blocks('json').find((block) => block.includes('$schema')) ?? '');
  expect(schemaFaults(schema, written)).toEqual([]);
  const { document, report } = importFiles([{ path: 'by-hand.json', text: JSON.stringify(written) }]);
  expect(report.notUnderstood).toEqual([]);
  expect(document.roles).toHaveLength(1);
});

test('what AWS says is collected and imported as described', async () => {
  const [commands = '', ...others] = allBlocks('sh').filter(isCollect);
  expect(others).toEqual([]);
  // Not those of the demo: what an account does not have any more is removed by an import.
  const [one, two] = ['555555555555', '666666666666'] as const;
  const arn = (id: string): string => `arn:aws:organizations::${one}:account/o-readme0001/${id}`;
  const world = await CollectedWorld.of({
    profiles: { production: one, staging: two, default: one },
    roles: { [two]: 1_000_000 },
    answers: {
      'ec2 describe-regions': { Regions: [{ RegionName: 'eu-west-1' }] },
      'iam get-account-authorization-details': {
        UserDetailList: [],
        GroupDetailList: [],
        RoleDetailList: [],
        Policies: [],
      },
      'organizations describe-organization': { Organization: { Id: 'o-readme0001', MasterAccountId: one } },
      'organizations list-accounts': {
        Accounts: [one, two].map((Id) => ({ Id, Arn: arn(Id), Name: Id, Status: 'ACTIVE' })),
      },
    },
  });
  const settings = Object.entries(world.env).filter(([name]) => name !== 'PATH');
  const exports = settings.map(([name, value]) => `export ${name}='${value}'`).join('\n');
  const lines = commands.trimEnd().split('\n');
  expect(lines).toHaveLength(5);
  const [profiles = '', dry = '', organization = '', imported = '', again = ''] = lines;
  expect(await run(`${exports}\n${profiles}`)).toMatch(/^collected \d+ answers of 2 accounts in aws-answers\n$/);
  const asked = (await world.calls()).length;
  expect(await run(`${exports}\n${dry}`)).toMatch(
    / sts assume-role --role-arn arn:aws:iam::ACCOUNT:role\/OrganizationAccountAccessRole /,
  );
  expect(await world.calls()).toHaveLength(asked);
  expect(await run(`${exports}\n${organization}`)).toMatch(
    /^collected \d+ answers of 2 accounts in aws-answers, \d+ were there already\n$/,
  );
  // Through the gateway, which is running.
  expect(await run(imported)).toMatch(
    /^imported .* of accounts 555555555555, 666666666666: the directory has changed /m,
  );
  const report = JSON.parse(await run(again));
  expect(report).toMatchObject({ changed: false, notRecognised: [] });
});

test('a role is assumed by a program as described, and its token is what the table says', async () => {
  const answer = JSON.parse(await run(blocks('sh')[6] ?? ''));
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

test('a profile with the address of its services assumes its role as described', async () => {
  const [profiles = '', ...others] = allBlocks('ini').filter((block) => block.includes('[services rolegate]'));
  expect(others).toEqual([]);
  const home = new AwsHome();
  onTestFinished(() => home.remove());
  const text = readFileSync(`${cwd}/.rolegate/demo-sign-in.txt`, 'utf8').split('  alice: ')[1] ?? '';
  const [, id, secret] = /access key id +(\S+)\s+secret access key +(\S+)/.exec(text) ?? [];
  await home.write(
    profiles.replaceAll('http://127.0.0.1:4000', url),
    `[alice]\naws_access_key_id = ${id}\naws_secret_access_key = ${secret}\n`,
  );
  onTestFinished(() => void vi.unstubAllEnvs());
  for (const name of CREDENTIAL_VARIABLES) vi.stubEnv(name, undefined);
  for (const [name, value] of Object.entries({ ...home.env, AWS_PROFILE: 'writer' })) vi.stubEnv(name, value);
  const { Arn } = await new STSClient({ region: 'us-east-1' }).send(new GetCallerIdentityCommand({}));
  expect(README).toContain(`The first prints \`${Arn}\`.`);
});

test('every setting that is read is documented, and none that is not', () => {
  const source = readFileSync(`${ROOT}src/server/settings.ts`, 'utf8');
  const read = [...source.matchAll(/read(?:<[^>]*>)?\('([A-Z_]+)'/g)].map((match) => match[1]);
  const documented = [...README.matchAll(/^\| `([A-Z_]+)` \|/gm)].map((match) => match[1]);
  expect(new Set(documented)).toEqual(new Set(read));
});
