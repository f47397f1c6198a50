import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ASK_COMMANDS } from '../../../src/cli/ask/arguments.ts';
import { askCommand } from '../../../src/cli/ask/command.ts';
import { CommandFailed } from '../../../src/cli/failure.ts';
import { UsageError } from '../../../src/cli/usage-error.ts';
import { readSettings, type Settings } from '../../../src/server/settings.ts';
import { newDataDir, removeDataDir, startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { keptTerminal } from '../credentials/in-process.ts';

const ALICE = 'arn:aws:iam::111111111111:user/alice';
const BOB = 'arn:aws:iam::222222222222:user/bob';
const DEPLOYER = 'arn:aws:iam::111111111111:role/Deployer';
const WRITER = 'arn:aws:iam::222222222222:role/DataWriter';
const OWN = 'arn:aws:s3:::dev-alice/results.csv';
const SHARED = 'arn:aws:s3:::shared-datasets/results.csv';

let dataDir: string;
let gateway: TestGateway;
let folder: string;

beforeAll(async () => {
  dataDir = await newDataDir();
  gateway = await startTestGateway(dataDir);
  folder = await mkdtemp(join(tmpdir(), 'rolegate-ask-'));
});
afterAll(async () => {
  await gateway.gateway.close();
  await removeDataDir(dataDir);
  await rm(folder, { recursive: true, force: true });
});

interface Options {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly settings?: Settings;
}

/** `rolegate …` without a process. `failure`: the sentence of the exception. */
async function rolegate(args: readonly string[], { env = {}, input = '', settings = gateway.settings }: Options = {}) {
  const { terminal, written } = keptTerminal();
  const [name = '', ...rest] = args;
  try {
    const command = ASK_COMMANDS.get(name)?.(rest) ?? null;
    if (command === null) throw new Error('the help is asked for');
    const code = await askCommand(command, { env, settings: () => settings }, terminal, Readable.from([input]));
    return { ...written, code, failure: null };
  } catch (error) {
    if (!(error instanceof CommandFailed) && !(error instanceof UsageError)) throw error;
    return { ...written, code: null, failure: error.message };
  }
}

describe('what is asked', () => {
  test('can prints AWS’s sentence, and its exit code is the decision', async () => {
    const denied = await rolegate(['can', ALICE, 's3:DeleteBucket', 'arn:aws:s3:::dev-alice']);
    expect(denied).toMatchObject({ code: 1 });
    expect(denied.out).toMatch(
      /^User: \S+alice is not authorized to perform: s3:DeleteBucket .* explicit deny in a service control policy: \S+keepbuckets\n$/,
    );
    expect(denied.error).toBe(`asking the gateway at ${gateway.url}, which has the directory in ${dataDir}\n`);
    expect(await rolegate(['can', ALICE, 's3:GetObject', OWN])).toMatchObject({ code: 0 });
    const inRole = await rolegate(['can', ALICE, 's3:GetObject', OWN, '--role', WRITER, '--explain']);
    expect(inRole.code).toBe(1);
    expect(inRole.out).toMatch(/^RESOURCE_POLICY +IMPLICIT_DENY$/m);
    expect(await rolegate(['can', 'arn:aws:iam::111111111111:user/nobody', 's3:GetObject', OWN])).toMatchObject({
      code: null,
      failure: `the gateway at ${gateway.url} refuses: no such user: \`arn:aws:iam::111111111111:user/nobody\``,
    });
  });

  test('--json is the data of GraphQL', async () => {
    const { out, code } = await rolegate([
      'can',
      ALICE,
      's3:GetObject',
      OWN,
      '--json',
      '--context',
      'aws:SourceIp=192.0.2.1',
    ]);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ decision: { allowed: true, effect: 'ALLOWED', gaps: [] } });
  });

  test('who-can lists everybody, page by page', async () => {
    const { out } = await rolegate(['who-can', 's3:GetObject', SHARED]);
    const [head, ...lines] = out.trimEnd().split('\n');
    expect(head).toBe(`3 users and roles can do s3:GetObject on ${SHARED}`);
    expect(lines).toEqual([ALICE, 'arn:aws:iam::222222222222:user/bob', WRITER]);
    const first = await rolegate(['who-can', 's3:GetObject', SHARED, '--first', '1']);
    expect(first.out.split('\n').slice(1)).toEqual([ALICE, 'there are more: --first says how many are listed', '']);
    const { whoCan } = JSON.parse((await rolegate(['who-can', 's3:GetObject', SHARED, '--json'])).out);
    expect(whoCan).toMatchObject({ totalCount: 3, gaps: [], outsiders: [] });
    expect(whoCan.nodes).toHaveLength(3);
  });

  test('effective counts services, and lists the actions of those that are named', async () => {
    const summary = await rolegate(['effective', ALICE]);
    expect(summary.out).toMatch(/^s3 +\d+\/\d+ +list read write tagging permissions_management +Amazon S3$/m);
    const { out } = await rolegate(['effective', ALICE, '--service', 's3', '--role', WRITER]);
    expect(out).toMatch(/^s3:PutObject +write +on +\S+shared-datasets, \S+shared-datasets\/\* +if /m);
    expect(out).not.toMatch(/dev-alice/);
  });

  test('compare, roles and routes tell what a role is for', async () => {
    const compared = await rolegate(['compare', ALICE, '--role', WRITER, '--service', 's3']);
    expect(compared.out).toMatch(/: actions gained 0, lost \d+, changed \d+, unchanged \d+\n/);
    expect(compared.out).toMatch(/^lost +s3:DeleteObject +arn:aws:s3:::dev-alice/m);
    expect(compared.out).not.toMatch(/cannot be in/);
    // No policy of the demo asks for it.
    const context = ['--context', 'aws:SourceIp=192.0.2.1', '--context', 'aws:TagKeys=a', '--context', 'aws:TagKeys=b'];
    const asked = ['compare', ALICE, '--role', WRITER, '--service', 's3', ...context];
    expect(ASK_COMMANDS.get('compare')?.(asked.slice(1))).toMatchObject({
      question: { variables: { context: { 'aws:SourceIp': '192.0.2.1', 'aws:TagKeys': ['a', 'b'] } } },
    });
    expect(await rolegate(asked)).toMatchObject({ code: 0, out: compared.out });
    const roles = await rolegate(['roles', ALICE, '--depth', '2']);
    expect(roles.out).toBe(`${ALICE} can assume 2 roles\narn:aws:iam::111111111111:role/Deployer\n${WRITER}\n`);
    const routes = await rolegate(['routes', ALICE, '--need', `s3:GetObject=${OWN}`, `s3:PutObject=${SHARED}`]);
    expect(routes.out).toMatch(
      /^as itself: everything\n {2}yes {2}s3:GetObject {2}\S+ +by its own policies\n {2}yes {2}s3:PutObject {2}\S+ +by the policy of the resource and its own policies\n/,
    );
    expect(routes.out).toContain(`in ${WRITER}: 1 of 2\n`);
    expect(routes.out).toContain(`  gives up s3:GetObject on ${OWN}\n`);
  });

  test('compare puts somebody else beside a principal, page by page, and says first who cannot be in its role', async () => {
    const asked = ['compare', ALICE, '--other', BOB, '--other-role', DEPLOYER, '--service', 's3'];
    const { out } = await rolegate([...asked, '--first', '1']);
    const [denial, head, ...lines] = out.split('\n');
    expect(denial).toMatch(
      /^\S+bob cannot be in \S+Deployer: User: \S+bob is not authorized to perform: sts:AssumeRole /,
    );
    expect(head).toMatch(/^\S+bob in \S+Deployer compared with \S+alice: actions gained 0, lost [1-9]\d*, changed 0, /);
    expect(lines[0]).toMatch(/^lost {2}s3:/);
    expect(lines.at(-2)).toBe('there are more: --first says how many are listed');
    const { compareAccess } = JSON.parse((await rolegate([...asked, '--json'])).out);
    expect(compareAccess).toMatchObject({ gainedCount: 0, assumption: null, otherAssumption: { allowed: false } });
    expect(compareAccess.differences.nodes).toHaveLength(compareAccess.lostCount);
  });

  test('escalations lists ways to more permissions, of one or of all, and ends with 0', async () => {
    const one = await rolegate(['escalations', ALICE]);
    expect(one).toMatchObject({ code: 0, failure: null });
    expect(one.out.split('\n')).toEqual([
      `2 ways to more permissions from ${ALICE}`,
      `${ALICE}  1 step    Assume the role: ${DEPLOYER}`,
      expect.stringMatching(
        / {2}Start an instance with the role: \S+WebServer \(needs an instance profile that holds the role\)$/,
      ),
      '',
    ]);
    const all = await rolegate(['escalations', '--all', '--depth', '1', '--json']);
    const { escalationPaths } = JSON.parse(all.out);
    expect(escalationPaths).toMatchObject({ totalCount: 3, withheld: false, administrators: [] });
    const bob = {
      principal: { arn: BOB },
      steps: [{ method: 'assume-role', decisions: [{ action: 'sts:AssumeRole' }] }],
    };
    expect(escalationPaths.nodes[2]).toMatchObject(bob);
    const ofAccount = await rolegate(['escalations', '--account', '222222222222']);
    expect(ofAccount.out).toMatch(/^1 way to more permissions\n\S+bob {2}1 step {2,}Assume the role: \S+Auditor\n$/);
  });

  test('findings lists what somebody should look at, and fails on what weighs enough', async () => {
    const { out, code } = await rolegate(['findings']);
    expect(code).toBe(0);
    const [head, ...lines] = out.trimEnd().split('\n');
    expect(head).toBe(`${lines.length} finding${lines.length === 1 ? '' : 's'}`);
    const { findings } = JSON.parse((await rolegate(['findings', '--json'])).out);
    expect(findings.nodes).toHaveLength(lines.length);
    const [worst] = findings.nodes;
    const weight = worst.weight.toLowerCase();
    expect(lines[0]).toMatch(new RegExp(`^${weight} +[a-z -]+ {2}`));
    expect(lines[0]).toContain(worst.message);
    expect(await rolegate(['findings', '--fail-on', weight])).toMatchObject({ code: 1, out });
    expect(await rolegate(['findings', '--fail-on', 'critical', '--kind', 'shadowed-statement'])).toMatchObject({
      code: 0,
    });
    const annotated = await rolegate(['findings', '--format', 'github', '--account', worst.accountId]);
    expect(annotated.out).toMatch(/^::(?:error|warning|notice) title=[a-z ]+ \([a-z]+\)::/);
    expect((await rolegate(['findings', '--kind', 'nothing'])).failure).toMatch(/FindingKind/);
  });

  test('graph draws what is around, or all accounts', async () => {
    const file = join(folder, 'access.svg');
    const drawn = await rolegate(['graph', '--around', ALICE, '-o', file]);
    expect(drawn).toMatchObject({ code: 0, out: '', failure: null });
    expect(drawn.error).toMatch(/\n12 nodes, \d+ edges\n$/);
    expect(await readFile(file, 'utf8')).toMatch(
      /^<\?xml[\s\S]*<svg [\s\S]*>alice<[\s\S]*>DataWriter<[\s\S]*<\/svg>\n$/,
    );
    const all = await rolegate(['graph', '--dot']);
    expect(all.out).toMatch(/^digraph access \{\n[\s\S]*label="account 222222222222\\l"[\s\S]*\}\n$/);
    const { accessGraph } = JSON.parse((await rolegate(['graph', '--json', '--around', '222222222222'])).out);
    expect(accessGraph.edges).toContainEqual(expect.objectContaining({ source: ALICE, target: WRITER }));
    expect((await rolegate(['graph', '-o', join(folder, 'no', 'where.svg')])).failure).toMatch(/there is no such file/);
  });

  test('query prints data, and errors beside them', async () => {
    await writeFile(join(folder, 'variables.json'), '{"id":"111111111111"}');
    const document =
      'query Q($id: AccountId!) { account(accountId: $id) { name } other: account(accountId: "1") { name } }';
    const { out, error, code } = await rolegate(['query', '-', '--variables', join(folder, 'variables.json')], {
      input: document,
    });
    expect(JSON.parse(out)).toEqual({ account: { name: 'Development' }, other: null });
    expect(error).toMatch(/\nother: `accountId`: `1` is not an account id: .* \(BAD_USER_INPUT\)\n$/);
    expect(code).toBe(1);
    const wrong = await rolegate(['query', '-'], { input: '{ nothing }' });
    expect(wrong).toMatchObject({ code: 1, out: '' });
    expect(wrong.error).toMatch(/line 1, column 3: Cannot query field "nothing"/);
  });
});

describe('who is asked', () => {
  test('another gateway, as whoever has the token', async () => {
    await writeFile(join(folder, 'token'), `${gateway.as.operator.replace('Bearer ', '')}\n`);
    const [key = '', secret = ''] = Buffer.from(gateway.as.user('alice').replace('Basic ', ''), 'base64')
      .toString()
      .split(':');
    await writeFile(join(folder, 'key'), `aws_access_key_id = ${key}\naws_secret_access_key = ${secret}\n`);
    const nowhere = { settings: { ...gateway.settings, dataDir: '/nowhere' } };
    const asked = ['can', ALICE, 's3:GetObject', OWN, '--url', gateway.url];
    const byFile = await rolegate([...asked, '--token-file', join(folder, 'token')], nowhere);
    expect(byFile).toMatchObject({ code: 0, error: `asking the gateway at ${gateway.url}\n` });
    const { failure } = await rolegate(asked, { env: { ROLEGATE_TOKEN: 'wrong' }, ...nowhere });
    expect(failure).toMatch(/refuses: The security token included in the request is invalid\./);
    expect((await rolegate(asked, nowhere)).failure).toMatch(/^no token to ask with: set ROLEGATE_TOKEN/);
    await writeFile(join(folder, 'viewer.graphql'), '{ viewer { userId kind } }');
    const viewer = await rolegate(['query', join(folder, 'viewer.graphql'), '--key-file', join(folder, 'key')]);
    expect(JSON.parse(viewer.out)).toMatchObject({ viewer: { kind: 'USER' } });
  });

  test('a directory that nobody has is opened, for queries alone; one that is not there is not made', async () => {
    const empty = join(folder, 'empty');
    const settings = readSettings({ ROLEGATE_DATA_DIR: empty, LOG_LEVEL: 'silent' }, '/');
    expect((await rolegate(['roles', ALICE], { settings })).failure).toMatch(`there is no directory in ${empty}: `);
    expect(await readdir(folder)).not.toContain('empty');
    await gateway.gateway.close();
    try {
      const { out, error } = await rolegate(['roles', ALICE, '--json']);
      expect(JSON.parse(out).assumableRoles).toMatchObject({ totalCount: 2, nodes: [{ requires: [] }, {}] });
      expect(error).toBe(`asking the directory in ${dataDir}\n`);
      const refused = await rolegate(['query', '-'], { input: 'mutation { signOut { __typename } }' });
      expect(refused.code).toBe(1);
      expect(refused.error).toMatch(/this needs a running gateway/);
    } finally {
      gateway = await startTestGateway(dataDir);
    }
  });

  test.each([
    [['can', ALICE, 's3:GetObject'], '`rolegate can` needs PRINCIPAL ACTION RESOURCE'],
    [
      ['can', ALICE, 's3:GetObject', OWN, '--context', '=x'],
      '--context is KEY=VALUE, and is given once for each value',
    ],
    [['roles', ALICE, '--depth', '5'], '--depth is a number from 1 to 4'],
    [['roles', ALICE, '--first', '0'], '--first is a number from 1'],
    [['findings', ALICE], '`rolegate findings` takes options only'],
    [['findings', '--fail-on', 'much'], '--fail-on is critical, high, medium or low'],
    [['findings', '--kind', ''], '--kind is a kind of findings, such as public-access'],
    [['graph', ALICE], '`rolegate graph` takes options only'],
    [['graph', '--dot', '--json'], '--dot and --json exclude each other'],
    [['compare', ALICE], '`rolegate compare` needs --role ARN or --other PRINCIPAL'],
    [['compare', ALICE, '--role', WRITER, '--other-role', WRITER], '--other-role belongs to --other'],
    [['compare', ALICE, '--role', WRITER, '--other', ''], '--other is empty'],
    [['escalations', ALICE, '--all'], 'PRINCIPAL excludes --all and --account'],
    [['escalations'], '`rolegate escalations` needs PRINCIPAL, --all or --account ID'],
    [['escalations', '--all', '--depth', '6'], '--depth is a number from 1 to 5'],
    [['routes', ALICE], '`rolegate routes` needs --need ACTION=RESOURCE'],
    [['query', '-', '--variables', '-'], 'standard input (-) can be read only once'],
  ])('%j is wrong', async (args, sentence) => {
    expect((await rolegate(args)).failure).toBe(sentence);
  });

  test('a token is no argument, and is not repeated', async () => {
    const { failure } = await rolegate(['roles', ALICE, '--token', 'rgc_secret']);
    expect(failure).toMatch(/^a token is no argument/);
    expect(failure).not.toContain('rgc_secret');
  });
});
