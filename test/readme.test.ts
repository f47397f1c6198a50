import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
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
import { newWorkingFolder, putEmptyDirectory } from './support/empty-directory.ts';
import { removeDataDir } from './support/gateway.ts';
import { schemaFaults } from './support/json-schema.ts';
import { NODE_FLAGS, type Running, startByNpm, run as startCommand } from './support/process.ts';

// Every test starts processes.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** The README, and the guides that it links to. That of the client has tests of its own (client/readme.test.ts, client/example.test.ts), but for checkers. */
const GUIDES = [
  'README.md',
  'src/importing/README.md',
  'src/client/README.md',
  'src/authzen/README.md',
  'src/aws/README.md',
  'src/graphql/README.md',
  'src/cli/README.md',
  'src/session/README.md',
  'src/server/README.md',
  '.deploy/README.md',
];
const TEXTS = new Map(GUIDES.map((path) => [path, readFileSync(`${ROOT}${path}`, 'utf8')]));
const README = [...TEXTS.values()].join('\n');

interface Block {
  readonly language: string;
  readonly text: string;
}
const BLOCKS: readonly Block[] = [...README.matchAll(/^```(\w*)\n([\s\S]*?)^```/gm)].map(
  ([, language = '', text = '']) => ({ language, text }),
);
/** Blocks that a test here runs, by what they hold; and what other tests run, which are named. */
const told = new Set<Block>();

const isIn = (text: string, holds: string | RegExp): boolean =>
  typeof holds === 'string' ? text.includes(holds) : holds.test(text);

/** The only block of a language that holds something. */
function only(language: string, holds: string | RegExp): string {
  const found = BLOCKS.filter((block) => block.language === language && isIn(block.text, holds));
  if (found.length !== 1) throw new Error(`${found.length} blocks of ${language} hold ${holds}`);
  for (const block of found) told.add(block);
  return found[0]?.text ?? '';
}

/** Blocks, each after the other in the text, that hold something. */
function several(language: string, count: number, holds: RegExp): readonly string[] {
  const found = BLOCKS.filter((block) => block.language === language && holds.test(block.text));
  if (found.length !== count) throw new Error(`${found.length} blocks of ${language} hold ${holds}`);
  for (const block of found) told.add(block);
  return found.map(({ text }) => text);
}

const START = only('sh', /^npm ci && npm start\n$/);
const TESTS = only('sh', /^npm ci && npm test\n$/);
const FIRST = only('sh', /^npx rolegate can .* s3:DeleteBucket .*\n$/);
const FIRST_OVER_HTTP = only('sh', /curl -s [\s\S]*s3:DeleteBucket/);
const COPY = only('graphql', 'query Copy');
const WAYS = only('graphql', 'query Ways');
const COPY_ANSWER = only('json', '"asHerself"');
const WAYS_ANSWER = only('json', '"accessRoutes"');
const SHORT_IMPORT = only('sh', /^npx rolegate collect [\s\S]*access-key create/);
const COLLECT = only('sh', 'rolegate collect aws-answers --organization');
const IMPORT = only('sh', 'get-account-authorization-details');
const KEYS = only('sh', /^npx rolegate access-key create/);
const EXPORT = only('sh', 'rolegate export exported');
const BY_HAND = only('json', '"$schema"');
const BACKUP = only('sh', 'rolegate backup ');
const RESTORE = only('sh', 'rolegate restore ');
const ROTATION = only('sh', 'rolegate rotate-master-key');
const FIND = only('graphql', 'principals(search: "data"');
const LEADS_ON = only('graphql', 'organizations { nodes { roots');
const ASKING = only('sh', 'rolegate who-can ');
const ESCALATIONS = only('graphql', 'escalationPaths');
const CHECKS = only('sh', 'rolegate check-policy ');
const PREVIEW = only('sh', 'rolegate preview ');
const ASSUME = only('sh', 'mutation { assumeRole');
const MAKE_CHECKER = only('graphql', 'createChecker');
const ASK_AS_CHECKER = only('graphql', 'decisionsFor');
const SERVICES_PROFILE = only('ini', '[services rolegate]');
const CREDENTIALS_PROFILE = only('ini', 'credential_process');
const CREDENTIALS = only('sh', 'rolegate credentials ');
const KEY_FORM = only('ini', /^aws_access_key_id/);
const METADATA = only('sh', 'rolegate metadata ');
const AUTHZEN = only('sh', '/access/v1/evaluation');
const AUTHZEN_ANSWER = only('json', '"decision": true');
const AUTHZEN_TABLE = only('json', '"subjects"');
const AUTHZEN_PLUGIN = only('json', '"authzen"');
const SCHEMA_FILES = only('sh', '/schema.graphql');
/** Run elsewhere. */
only('sh', /^aws sts /); // aws/programs/cli.test.ts, in the long runs
only('sql', 'CREATE ROLE'); // directory/server-guide.test.ts
several('js', 7, /^import/); // client/readme.test.ts, client/other-clients.test.ts; Relay's runtime: client/tools.test.ts, in the long runs
several('ts', 2, /^import/); // client/example.test.ts
only('graphql', 'mutation RegisterDocuments'); // client/example.test.ts
only('json', '"OfTheTeam"'); // client/example.test.ts
several('json', 2, /"(?:persistConfig|presetConfig)"/); // client/tools.test.ts, in the long runs
only('powershell', 'Invoke-RestMethod'); // cli/powershell.test.ts, in the long runs

test('every block is run, here or elsewhere', () => {
  expect(BLOCKS.filter((block) => !told.has(block))).toEqual([]);
});

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
  // A first start that makes its database takes long; it has tests of its own (server/lifecycle.test.ts).
  cwd = await newWorkingFolder();
  gateway = startByNpm(cwd);
  url = await gateway.printed(/ready at (http:\S+)\/graphql/);
});

afterAll(async () => {
  // npm is told to stop: the gateway finishes what is under way.
  gateway?.child.kill('SIGTERM');
  await gateway?.ended;
  if (!/stopping.*\nstopped\n$/s.test(gateway?.out() ?? ''))
    throw new Error(`npm passed no signal on: ${gateway?.out()}`);
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

/** What the operator is answered. */
async function asOperator(query: string): Promise<ReturnType<typeof JSON.parse>> {
  const token = readFileSync(`${cwd}/.rolegate/operator.token`, 'utf8').trim();
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query }),
  });
  return response.json();
}

test('the two commands are what package.json runs', () => {
  const { scripts } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8'));
  // The gateway of these tests is started by npm.
  expect([START, TESTS]).toEqual(['npm ci && npm start\n', 'npm ci && npm test\n']);
  expect(scripts).toMatchObject({ prepare: 'npm run --silent build' });
  for (const [, name] of README.matchAll(/`npm run (\w+)`/g)) expect(Object.keys(scripts)).toContain(name);
  // In cmd and PowerShell scripts run as they do in sh.
  for (const script of Object.values(scripts)) expect(script).not.toMatch(/\bexec\b|\$\(|`|;|'|^[A-Z_]+=/);
});

test('every link leads somewhere, in a clone and in a package', () => {
  const { files } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as { readonly files: readonly string[] };
  // README.md is always in a package.
  const packed = [...files, 'README.md'].map((each) => new RegExp(`^${each.replaceAll('*', '[^/]*')}(?:/|$)`));
  const wrong: string[] = [];
  for (const [path, text] of [...TEXTS, ['src/README.md', readFileSync(`${ROOT}src/README.md`, 'utf8')] as const]) {
    for (const [, target = ''] of text.replaceAll(/^```[\s\S]*?^```/gm, '').matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      const [file = '', anchor] = target.split('#');
      const place = file === '' ? path : normalize(join(dirname(path), file)).replaceAll('\\', '/');
      const there = existsSync(`${ROOT}${place}`) && packed.some((pattern) => pattern.test(place));
      if (!there || (anchor !== undefined && !anchorsOf(place).includes(anchor))) wrong.push(`${path}: ${target}`);
    }
  }
  expect(wrong).toEqual([]);
});

/** What can be linked in a text: its headings, as GitHub names them, and what it names itself. */
function anchorsOf(path: string): readonly string[] {
  const text = readFileSync(`${ROOT}${path}`, 'utf8').replaceAll(/^```[\s\S]*?^```/gm, '');
  const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_\- ]/gu, '')
      .replaceAll(' ', '-'),
  );
  return [...headings, ...[...text.matchAll(/<a id="([^"]+)"/g)].map(([, id = '']) => id)];
}

test('a stranger reads little before the first answer', () => {
  expect(TEXTS.get('README.md')?.split('\n').length).toBeLessThan(350);
});

test('the first question on the command line is answered', async () => {
  const answer = JSON.parse(await run(FIRST_OVER_HTTP));
  expect(answer.data.decision.effect).toBe('EXPLICIT_DENY');
  expect(answer.data.decision.reason).toMatch(/with an explicit deny in a service control policy/);
  expect(await run(`set +e\n${FIRST}echo "ended with $?"`)).toMatch(
    /with an explicit deny in a service control policy[\s\S]*ended with 1\n/,
  );
});

test('the files of the schema are there', async () => {
  expect(await run(SCHEMA_FILES)).toBe('');
  expect(readFileSync(`${cwd}/schema.graphql`, 'utf8')).toBe(readFileSync(`${ROOT}schema.graphql`, 'utf8'));
  expect(JSON.parse(readFileSync(`${cwd}/possible-types.json`, 'utf8')).Principal).toContain('User');
});

test.each([
  ['Copy', COPY, COPY_ANSWER],
  ['Ways', WAYS, WAYS_ANSWER],
])('query %s gives the answer that is printed below it', async (_name, query, answer) => {
  expect(await asOperator(query)).toEqual(JSON.parse(answer));
});

test('what the query finds is there', async () => {
  const { data, errors } = await asOperator(FIND);
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
  const { data, errors } = await asOperator(ESCALATIONS);
  expect(errors).toBeUndefined();
  expect(data.escalationPaths.nodes[0].steps[0]).toMatchObject({
    method: expect.any(String),
    source: expect.any(String),
  });
  expect(data.escalationPaths.withheld).toBe(false);
});

test('what is found leads on, and what people type is completed', async () => {
  const { data, errors } = await asOperator(LEADS_ON);
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
  const [first, second] = (await run(IMPORT)).split('\n').filter((line) => line.startsWith('imported '));
  expect(first).toMatch(/2 users, 1 group, 4 roles.*: the directory has changed /);
  // The same as an archive: only the name of the account is new.
  expect(second).toMatch(/2 users, 1 group, 4 roles.*: the directory has changed /);
  const printed = await run(KEYS);
  expect(printed.match(/AKIA[A-Z0-9]{16}/g)).toHaveLength(2);
});

test('the directory is exported, and what is written by hand has the form that is described', async () => {
  expect(await run(EXPORT.split('\n')[0] ?? '')).toMatch(/^exported 1 organization, \d+ accounts, /);
  const schema = JSON.parse(readFileSync(`${cwd}/exported/rolegate.schema.json`, 'utf8'));
  const written = JSON.parse(BY_HAND);
  expect(schemaFaults(schema, written)).toEqual([]);
  const { document, report } = importFiles([{ path: 'by-hand.json', text: JSON.stringify(written) }]);
  expect(report.notUnderstood).toEqual([]);
  expect(document.roles).toHaveLength(1);
});

test('the directory is backed up, checked and restored as described', async () => {
  writeFileSync(`${cwd}/passphrase.txt`, 'correct horse battery staple\n', { mode: 0o600 });
  // Through the gateway, which is running.
  expect(await run(BACKUP)).toMatch(
    /^backed up (\d+) rows to rolegate.backup, without the master key, .* s\nbacked up \d+ rows .*, with the master key, wrapped, .* s\nchecked .*: nothing is wrong\n$/,
  );
  expect(await run(RESTORE)).toMatch(/^restored \d+ rows of the backup of /);
  expect(readFileSync(`${cwd}/restored/master.key`, 'utf8')).toBe(readFileSync(`${cwd}/.rolegate/master.key`, 'utf8'));
});

test('the master key is rotated, and the old one retired, as described', async () => {
  // Not that of the demo: its keys would end.
  await putEmptyDirectory(`${cwd}/rotated`);
  expect(await run(`export ROLEGATE_DATA_DIR=rotated\n${ROTATION}`)).toMatch(
    /^a new key is in .*\ngeneration 2 of the master key is in use: .*\n.*\ngeneration 1.*\n {2}1 {2}signing key {2}1\ngeneration 1 of the master key is retired; ended: 0 access keys, .* 1 signing key\n$/,
  );
});

test('what AWS says is collected and imported as described', async () => {
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
  const lines = COLLECT.trimEnd().split('\n');
  expect(lines).toHaveLength(5);
  // The README has some of them.
  const short = SHORT_IMPORT.trimEnd().split('\n');
  expect([...lines, ...KEYS.split('\n')]).toEqual(expect.arrayContaining(short));
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
  const answer = JSON.parse(await run(ASSUME));
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
  expect(CREDENTIALS_PROFILE.trimEnd().split('\n')).toHaveLength(3);
  const home = new AwsHome();
  onTestFinished(() => home.remove());
  const command = `${process.execPath} ${ROOT}dist/cli/main.js`;
  await home.write(
    CREDENTIALS_PROFILE.replace('/path/to/rolegate/node_modules/.bin/rolegate', command).replace(
      'http://127.0.0.1:4000',
      url,
    ),
    `[alice]\n${keyOf('alice')}`,
  );
  onTestFinished(() => void vi.unstubAllEnvs());
  for (const name of CREDENTIAL_VARIABLES) vi.stubEnv(name, undefined);
  for (const [name, value] of Object.entries(home.env)) vi.stubEnv(name, value);
  const { sessionToken } = await fromNodeProviderChain({ profile: 'writer' })();
  expect(await sessionOf(sessionToken)).toMatch(
    /^arn:aws:sts::222222222222:assumed-role\/DataWriter\/rolegate-session-/,
  );

  const printed = (await run(`${CREDENTIALS}echo "$AWS_SESSION_TOKEN"`)).trimEnd().split('\n');
  expect(printed).toHaveLength(2);
  for (const token of [JSON.parse(printed[0] ?? '').SessionToken, printed[1]]) {
    expect(await sessionOf(token)).toBe('arn:aws:sts::222222222222:assumed-role/DataWriter/copy');
  }
});

test('a workload has the credentials of its role without a key as described', async () => {
  expect(keyOf('EC2').replaceAll(/ = .*/g, '')).toBe(KEY_FORM.replaceAll(/ = .*/g, ''));
  writeFileSync(`${cwd}/ec2.key`, keyOf('EC2'), { mode: 0o600 });
  const lines = METADATA.trimEnd().split('\n');
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
  const { decision, context } = JSON.parse(AUTHZEN_ANSWER);
  const revision = expect.stringMatching(/^r\d+$/);
  expect(JSON.parse(await run(AUTHZEN))).toEqual({ decision, context: { ...context, revision } });
  expect(JSON.parse(AUTHZEN_TABLE)).toHaveProperty('subjects');
  expect(JSON.parse(AUTHZEN_PLUGIN)).toHaveProperty('authzen');
});

test('a checker is made, and asks what it may ask, as described', async () => {
  const post = async (token: string, query: string) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    return (await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) })).json();
  };
  const operator = readFileSync(`${cwd}/.rolegate/operator.token`, 'utf8').trim();
  const made = (await post(operator, MAKE_CHECKER)).data.createChecker;
  const lasts = Date.parse(made.checker.expiresAt) - Date.now();
  expect(Math.round(lasts / 86_400_000)).toBe(90);
  const { data, errors } = await post(made.token, ASK_AS_CHECKER);
  expect(data.decisionsFor).toBeNull();
  expect(errors).toMatchObject([{ path: ['decisionsFor'], extensions: { code: 'FORBIDDEN', field: 'principal' } }]);
  expect(data.own).toMatchObject({ allowed: expect.any(Boolean), reason: expect.stringMatching(/^User: .*alice is /) });
  expect((await post(made.token, '{ accounts { totalCount } }')).errors[0].extensions.code).toBe('FORBIDDEN');
});

test('a profile with the address of its services assumes its role as described', async () => {
  const home = new AwsHome();
  onTestFinished(() => home.remove());
  await home.write(SERVICES_PROFILE.replaceAll('http://127.0.0.1:4000', url), `[alice]\n${keyOf('alice')}`);
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
  const printed = await run(CHECKS);
  expect(printed).toMatch(/^no new access {2}passed$/m);
  expect(JSON.parse(printed.slice(printed.indexOf('{')))).toMatchObject({
    findings: [],
    checks: [{ check: 'notGranted', passed: true }],
  });
});

test('the commands that ask answer', async () => {
  const printed = await run(ASKING);
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
  const printed = await run(PREVIEW);
  expect(printed).toMatch(/^\d+ entit(?:y|ies) touched, /m);
  expect(printed).toMatch(/^passed {2}nobody gains what must not be gained$/m);
});
