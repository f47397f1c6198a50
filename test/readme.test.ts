import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { fromNodeProviderChain } from '@aws-sdk/credential-providers';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { importFiles } from '../src/importing/import-files.ts';
import { readSettings } from '../src/server/settings.ts';
import { AwsHome, CREDENTIAL_VARIABLES } from './support/aws-clients.ts';
import { CollectedWorld } from './support/aws-world.ts';
import { putEmptyDirectory } from './support/empty-directory.ts';
import { newDataDir, removeDataDir } from './support/gateway.ts';
import { schemaFaults } from './support/json-schema.ts';
import { NODE_FLAGS, type Running, run as startCommand, startServer } from './support/process.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const README = readFileSync(`${ROOT}README.md`, 'utf8');
/** Of collecting what AWS says, run by a test of their own. */
const isCollect = (block: string): boolean => block.includes('rolegate collect ');
/** Of the credentials of roles, too. */
const isCredentials = (block: string): boolean => /rolegate (?:credentials|metadata) /.test(block);
/** Of AuthZEN, too. */
const isAuthzen = (block: string): boolean =>
  block.includes('/access/v1/') || /"(?:authzen|subjects|decision)":/.test(block);
/** Of AWS's own clients: the commands are run in the long runs (aws/programs/cli.test.ts). */
const isAwsClient = (block: string): boolean => block.includes('aws sts ');
/** Of backups, too. */
const isBackup = (block: string): boolean => /rolegate (?:backup|restore) /.test(block);
/** Of generations of the master key, too. */
const isRotation = (block: string): boolean => block.includes('rolegate rotate-master-key');
/** Of checks of policies, too. */
const isPolicyCheck = (block: string): boolean => block.includes('rolegate check-policy ');
/** Of commands that ask, too. */
const isAsking = (block: string): boolean => block.includes('rolegate who-can ');
/** Of previews of changes, too. */
const isPreview = (block: string): boolean => block.includes('rolegate preview ');
const HAVE_OWN_TESTS = [
  isAsking,
  isPolicyCheck,
  isPreview,
  isBackup,
  isRotation,
  isCollect,
  isCredentials,
  isAuthzen,
  isAwsClient,
];
const allBlocks = (language: string): readonly string[] =>
  [...README.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map((match) => match[1] ?? '');
const blocks = (language: string): readonly string[] =>
  allBlocks(language).filter((block) => !HAVE_OWN_TESTS.some((has) => has(block)));

/** What the README calls and a test machine may lack, or must not run: `npm ci` would take away what the tests run on. */
const STAND_INS = `
set -e
curl() { node "$ROOT/test/support/curl.mjs" "$@"; }
aws() { cat "$ROOT/test/data/account-authorization-details/cloudmapper-demo.json"; }
npx() { test "$1" = rolegate; shift; node ${NODE_FLAGS.join(' ')} "$ROOT/dist/cli/main.js" "$@"; }
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

test.each([0, 1])('query %i gives the answer that is printed below it', async (place) => {
  const query = blocks('graphql')[place];
  const token = readFileSync(`${cwd}/.rolegate/operator.token`, 'utf8').trim();
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query }),
  });
  expect(await response.json()).toEqual(JSON.parse(blocks('json')[place] ?? ''));
});

test('what the query finds is there', async () => {
  const [, , query] = blocks('graphql');
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

test('ways to more permissions have their steps', async () => {
  const query = blocks('graphql').find((block) => block.includes('escalationPaths'));
  const token = readFileSync(`${cwd}/.rolegate/operator.token`, 'utf8').trim();
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query }),
  });
  const { data, errors } = await response.json();
  expect(errors).toBeUndefined();
  expect(data.escalationPaths.nodes[0].steps[0]).toMatchObject({
    method: expect.any(String),
    source: expect.any(String),
  });
  expect(data.escalationPaths.withheld).toBe(false);
});

test('what is found leads on, and what people type is completed', async () => {
  const [, , , query] = blocks('graphql');
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
  const schema = JSON.parse(readFileSync(`${cwd}/exported/rolegate.schema.json`, 'utf8'));
  const written = JSON.parse(blocks('json').find((block) => block.includes('$schema')) ?? '');
  expect(schemaFaults(schema, written)).toEqual([]);
  const { document, report } = importFiles([{ path: 'by-hand.json', text: JSON.stringify(written) }]);
  expect(report.notUnderstood).toEqual([]);
  expect(document.roles).toHaveLength(1);
});

test('the directory is backed up, checked and restored as described', async () => {
  const [backup = '', restore = '', ...others] = allBlocks('sh').filter(isBackup);
  expect(others).toEqual([]);
  writeFileSync(`${cwd}/passphrase.txt`, 'correct horse battery staple\n', { mode: 0o600 });
  // Through the gateway, which is running.
  expect(await run(backup)).toMatch(
    /^backed up (\d+) rows to rolegate.backup, without the master key, .* s\nbacked up \d+ rows .*, with the master key, wrapped, .* s\nchecked .*: nothing is wrong\n$/,
  );
  expect(await run(restore)).toMatch(/^restored \d+ rows of the backup of /);
  expect(readFileSync(`${cwd}/restored/master.key`, 'utf8')).toBe(readFileSync(`${cwd}/.rolegate/master.key`, 'utf8'));
});

test('the master key is rotated, and the old one retired, as described', async () => {
  const [rotation = '', ...others] = allBlocks('sh').filter(isRotation);
  expect(others).toEqual([]);
  // Not that of the demo: its keys would end.
  await putEmptyDirectory(`${cwd}/rotated`);
  expect(await run(`export ROLEGATE_DATA_DIR=rotated\n${rotation}`)).toMatch(
    /^a new key is in .*\ngeneration 2 of the master key is in use: .*\n.*\ngeneration 1.*\n {2}1 {2}signing key {2}1\ngeneration 1 of the master key is retired; ended: 0 access keys, .* 1 signing key\n$/,
  );
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

/** Of the demo: what `demo-sign-in.txt` says of its owner, in the form of AWS's files. */
function keyOf(name: string): string {
  const text = readFileSync(`${cwd}/.rolegate/demo-sign-in.txt`, 'utf8').split(`  ${name}: `)[1] ?? '';
  const [, id, secret] = /access key id +(\S+)\s+secret access key +(\S+)/.exec(text) ?? [];
  return `aws_access_key_id = ${id}\naws_secret_access_key = ${secret}\n`;
}

async function sessionOf(sessionToken: string | undefined): Promise<string> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${sessionToken}` };
  const body = JSON.stringify({ query: '{ viewer { principal { principalId } } }' });
  const { data } = await (await fetch(`${url}/graphql`, { method: 'POST', headers, body })).json();
  return data.viewer.principal.principalId;
}

test('a profile of AWS’s clients has the credentials of a role, and a shell too, as described', async () => {
  const [profile = '', ...others] = allBlocks('ini').filter(isCredentials);
  expect([others, profile.trimEnd().split('\n').length]).toEqual([[], 3]);
  const home = new AwsHome();
  onTestFinished(() => home.remove());
  const command = `${process.execPath} ${ROOT}dist/cli/main.js`;
  await home.write(
    profile.replace('/path/to/rolegate/node_modules/.bin/rolegate', command).replace('http://127.0.0.1:4000', url),
    `[alice]\n${keyOf('alice')}`,
  );
  onTestFinished(() => void vi.unstubAllEnvs());
  for (const name of CREDENTIAL_VARIABLES) vi.stubEnv(name, undefined);
  for (const [name, value] of Object.entries(home.env)) vi.stubEnv(name, value);
  const { sessionToken } = await fromNodeProviderChain({ profile: 'writer' })();
  expect(await sessionOf(sessionToken)).toMatch(
    /^arn:aws:sts::222222222222:assumed-role\/DataWriter\/rolegate-session-/,
  );

  const [commands = '', ...more] = allBlocks('sh').filter(isCredentials);
  expect(more).toHaveLength(1);
  const printed = (await run(`${commands}echo "$AWS_SESSION_TOKEN"`)).trimEnd().split('\n');
  expect(printed).toHaveLength(2);
  for (const token of [JSON.parse(printed[0] ?? '').SessionToken, printed[1]]) {
    expect(await sessionOf(token)).toBe('arn:aws:sts::222222222222:assumed-role/DataWriter/copy');
  }
});

test('a workload has the credentials of its role without a key as described', async () => {
  const [, commands = ''] = allBlocks('sh').filter(isCredentials);
  const [form = ''] = allBlocks('ini').filter((block) => block.startsWith('aws_access_key_id'));
  expect(keyOf('EC2').replaceAll(/ = .*/g, '')).toBe(form.replaceAll(/ = .*/g, ''));
  writeFileSync(`${cwd}/ec2.key`, keyOf('EC2'), { mode: 0o600 });
  const lines = commands.trimEnd().split('\n');
  expect(lines).toHaveLength(3);
  for (const [index, line] of lines.entries()) {
    const args = line.replace(/^npx rolegate /, '').split(' ');
    const endpoint = startCommand('cli/main.js', args, { cwd });
    const uri = await endpoint.printed(/FULL_URI='(.*)'\n/);
    const file = await endpoint.printed(/TOKEN_FILE='(.*)'\n/);
    const answer = await fetch(uri, { headers: { authorization: readFileSync(file, 'utf8') } });
    const name = index === 1 ? 'web-1' : 'i-0123456789abcdef0';
    const { Token } = await answer.json();
    expect(await sessionOf(Token)).toBe(`arn:aws:sts::111111111111:assumed-role/WebServer/${name}`);
    endpoint.child.kill('SIGTERM');
    expect([await endpoint.ended, endpoint.error()]).toEqual([0, '']);
    expect(/AWS_EC2_METADATA_SERVICE_ENDPOINT='http:.*\/'\n/.test(endpoint.out())).toBe(index === 2);
  }
});

test('an enforcement point of AuthZEN gets the answer that is printed', async () => {
  const [asking = '', ...others] = allBlocks('sh').filter(isAuthzen);
  expect(others).toEqual([]);
  const [printed = '', table = '', plugin] = allBlocks('json').filter(isAuthzen);
  const { decision, context } = JSON.parse(printed);
  const revision = expect.stringMatching(/^r\d+$/);
  expect(JSON.parse(await run(asking))).toEqual({ decision, context: { ...context, revision } });
  expect(JSON.parse(table)).toHaveProperty('subjects');
  expect(JSON.parse(plugin ?? '')).toHaveProperty('authzen');
});

test('a checker is made, and asks what it may ask, as described', async () => {
  const all = blocks('graphql');
  const [making = '', asking = ''] = all.slice(all.findIndex((block) => block.includes('createChecker')));
  const post = async (token: string, query: string) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    return (await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) })).json();
  };
  const operator = readFileSync(`${cwd}/.rolegate/operator.token`, 'utf8').trim();
  const made = (await post(operator, making)).data.createChecker;
  const lasts = Date.parse(made.checker.expiresAt) - Date.now();
  expect(Math.round(lasts / 86_400_000)).toBe(90);
  const { data, errors } = await post(made.token, asking);
  expect(data.decisionsFor).toBeNull();
  expect(errors).toMatchObject([{ path: ['decisionsFor'], extensions: { code: 'FORBIDDEN', field: 'principal' } }]);
  expect(data.own).toMatchObject({ allowed: expect.any(Boolean), reason: expect.stringMatching(/^User: .*alice is /) });
  expect((await post(made.token, '{ accounts { totalCount } }')).errors[0].extensions.code).toBe('FORBIDDEN');
});

test('a profile with the address of its services assumes its role as described', async () => {
  const [profiles = '', ...others] = allBlocks('ini').filter((block) => block.includes('[services rolegate]'));
  expect(others).toEqual([]);
  const home = new AwsHome();
  onTestFinished(() => home.remove());
  await home.write(profiles.replaceAll('http://127.0.0.1:4000', url), `[alice]\n${keyOf('alice')}`);
  onTestFinished(() => void vi.unstubAllEnvs());
  for (const name of CREDENTIAL_VARIABLES) vi.stubEnv(name, undefined);
  for (const [name, value] of Object.entries({ ...home.env, AWS_PROFILE: 'writer' })) vi.stubEnv(name, value);
  const { Arn } = await new STSClient({ region: 'us-east-1' }).send(new GetCallerIdentityCommand({}));
  expect(README).toContain(`The first prints \`${Arn}\`.`);
});

test('every setting that is read is documented, and none that is not', () => {
  const read = new Set<string>();
  const env = new Proxy<Record<string, string>>({}, { get: (_env, name) => void read.add(String(name)) });
  readSettings(env, '/');
  // The first cell of each row of the table.
  const rows = [...README.matchAll(/^\| (`[A-Z_]+`[^|]*) \|/gm)].map((match) => match[1] ?? '');
  const documented = rows.flatMap((cell) => [...cell.matchAll(/`([A-Z_]+)`/g)].map((match) => match[1]));
  expect(new Set(documented)).toEqual(read);
});

test('policies are checked as the README says', async () => {
  const statement = { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/*' };
  const documentOf = (one: object): string => JSON.stringify({ Version: '2012-10-17', Statement: [one] });
  writeFileSync(`${cwd}/policy.json`, documentOf(statement));
  writeFileSync(`${cwd}/deployed.json`, documentOf({ ...statement, Action: 's3:*' }));
  writeFileSync(`${cwd}/bucket-policy.json`, documentOf({ ...statement, Principal: { AWS: '111111111111' } }));
  const [block = ''] = allBlocks('sh').filter(isPolicyCheck);
  const printed = await run(block);
  expect(printed).toMatch(/^no new access {2}passed$/m);
  expect(JSON.parse(printed.slice(printed.indexOf('{')))).toMatchObject({
    findings: [],
    checks: [{ check: 'notGranted', passed: true }],
  });
});

test('the commands that ask answer', async () => {
  const [block = ''] = allBlocks('sh').filter(isAsking);
  const printed = await run(block);
  expect(printed).toMatch(/^User: \S+alice is authorized to perform: s3:GetObject/m);
  expect(printed).toMatch(/^3 users and roles can do s3:GetObject/m);
  expect(printed).toMatch(/^there are more: --first/m);
  expect(printed).toMatch(/: actions gained 0, lost \d+, changed \d+, unchanged \d+$/m);
  expect(printed).toMatch(/^\S+bob compared with \S+alice: actions gained \d+, lost [1-9]/m);
  expect(printed).toMatch(/^\d+ ways? to more permissions$/m);
  expect(printed).toMatch(/^\S+alice can assume 2 roles$/m);
  expect(printed).toMatch(/^as itself: everything$/m);
  expect(readFileSync(`${cwd}/access.svg`, 'utf8')).toContain('DataWriter');
  expect(printed).toContain('"name": "Development"');
});

test('changes are previewed as the README says', async () => {
  const [block = ''] = allBlocks('sh').filter(isPreview);
  const printed = await run(block);
  expect(printed).toMatch(/^\d+ entit(?:y|ies) touched, /m);
  expect(printed).toMatch(/^passed {2}nobody gains what must not be gained$/m);
});
