import { lstat, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GetCallerIdentityCommand, GetSessionTokenCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { rolegate as command } from '../../support/commands.ts';
import { putEmptyDirectory } from '../../support/empty-directory.ts';
import { newDataDir, removeDataDir, startTestGateway, type TestGateway } from '../../support/gateway.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const ALICE = 'arn:aws:iam::111111111111:user/alice';
const WHO = '{ viewer { principal { principalId } } }';
const PASSPHRASE = { ROLEGATE_BACKUP_PASSPHRASE: 'correct horse battery staple' };

let cwd: string;
beforeAll(async () => {
  cwd = await newDataDir();
});
afterAll(() => removeDataDir(cwd));

function run(dataDir: string, args: readonly string[], env: Record<string, string> = {}) {
  return command(args, { cwd, env: { ROLEGATE_DATA_DIR: join(cwd, dataDir), ...env } });
}

const linesOf = async (...path: string[]): Promise<readonly string[]> =>
  (await readFile(join(cwd, ...path), 'utf8')).trimEnd().split('\n');

/** The header of the key that a command prints. */
const headerIn = (out: string): string => /"(Basic [^"]+)"/.exec(out)?.[1] ?? '';

describe('on a running gateway', () => {
  let gateway: TestGateway;
  let alice: string;
  let ofSecond: string;
  let outputs: Readonly<Record<'prepared' | 'preparedAgain' | 'rotated' | 'made' | 'backedUp', string>>;

  const statusOf = async (authorization: string, there: TestGateway = gateway) =>
    (await there.ask(WHO, { authorization })).status;
  const outOf = async (...args: string[]): Promise<string> => {
    const { code, out, error } = await run('source', args, PASSPHRASE);
    expect([code, error]).toEqual([0, '']);
    return out;
  };

  /** A generation is begun while it answers. */
  beforeAll(async () => {
    gateway = await startTestGateway(join(cwd, 'source'));
    alice = gateway.as.user('alice');
    outputs = {
      prepared: await outOf('rotate-master-key', '--prepare'),
      preparedAgain: await outOf('rotate-master-key', '--prepare'),
      rotated: await outOf('rotate-master-key'),
      made: await outOf('access-key', 'create', ALICE),
      backedUp: await outOf('backup', 'both.backup', '--with-keys'),
    };
    ofSecond = headerIn(outputs.made);
  });
  afterAll(() => gateway?.gateway.close());

  test('the key is put into the file first, once, and then its generation begins', async () => {
    const file = join(cwd, 'source', 'master.key');
    const then = 'put this file in the place of those of all other gateways, and then run rotate-master-key\n';
    expect(outputs.prepared).toBe(`a new key is in ${file}\n${then}`);
    expect(outputs.preparedAgain).toBe(`${file} has a key that is not in use yet\n${then}`);
    expect(outputs.rotated).toBe(
      'generation 2 of the master key is in use: new keys and tokens are of it, others go on\n' +
        `back ${file} up; \`rolegate keys --generation 1\` lists what is still of the one before\n`,
    );
    expect(await linesOf('source', 'master.key')).toHaveLength(2);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(outputs.made).toMatch(/access key id {6}AKIA9AA[A-Z2-7]{13}\n/);
  });

  test('what there was and what is new is listed by generation, without a secret', async () => {
    const all = await outOf('keys');
    expect(all).toMatch(/^generation 1.*\ngeneration 2 of \d{4}-.*\n/);
    expect(all).toContain(`  1  access key  AKIADEMOALICEAAAAAAA  ${ALICE}  of `);
    expect(await outOf('keys', '--generation', '1')).not.toContain('AKIA9AA');
    const listed = (await outOf('keys', '--generation', '2', '--json')).trimEnd().split('\n');
    const records = listed.map((line) => JSON.parse(line)).filter(({ kind }) => kind !== 'temporary credentials');
    expect(records).toMatchObject([
      { generation: 2, kind: 'access key', holder: ALICE, active: true, expiresAt: null },
      { generation: 2, kind: 'signing key', id: '2' },
    ]);
    const secret = Buffer.from(ofSecond.slice('Basic '.length), 'base64').toString().split(':')[1] ?? '';
    expect(secret).not.toBe('');
    expect(all).not.toContain(secret);
  });

  test("AWS's own client signs with a key of the new generation", async () => {
    const [accessKeyId = '', secretAccessKey = ''] = Buffer.from(ofSecond.slice('Basic '.length), 'base64')
      .toString()
      .split(':');
    const client = new STSClient({
      endpoint: `${gateway.url}/aws`,
      region: 'us-east-1',
      credentials: { accessKeyId, secretAccessKey },
    });
    expect(await client.send(new GetCallerIdentityCommand({}))).toMatchObject({ Arn: ALICE });
    const { Credentials: temporary } = await client.send(new GetSessionTokenCommand({}));
    expect(temporary?.AccessKeyId).toMatch(/^ASIA9AA/);
    const credentials = {
      accessKeyId: temporary?.AccessKeyId ?? '',
      secretAccessKey: temporary?.SecretAccessKey ?? '',
      sessionToken: temporary?.SessionToken ?? '',
    };
    const inSession = new STSClient({ endpoint: `${gateway.url}/aws`, region: 'us-east-1', credentials });
    expect(await inSession.send(new GetCallerIdentityCommand({}))).toMatchObject({ Arn: ALICE });
  });

  test.each(['/operator/keys', '/operator/master-key', '/operator/master-key/rotate', '/operator/master-key/retire'])(
    'the door %s is for the operator, and posted',
    async (path) => {
      const status = async (method: string, authorization?: string) => {
        const headers = authorization === undefined ? {} : { authorization };
        return (await fetch(`${gateway.url}${path}`, { method, headers })).status;
      };
      expect(await status('GET', gateway.as.operator)).toBe(405);
      expect(await status('POST')).toBe(401);
      expect(await status('POST', ofSecond)).toBe(403);
      expect(await status('POST', 'Bearer wrong')).toBe(401);
    },
  );

  test('a number that is none is refused', async () => {
    const headers = { authorization: gateway.as.operator };
    for (const path of ['keys', 'master-key/retire']) {
      const answer = await fetch(`${gateway.url}/operator/${path}?generation=x`, { method: 'POST', headers });
      expect([answer.status, (await answer.json()).errors[0].extensions.code]).toEqual([400, 'BAD_USER_INPUT']);
    }
  });

  test('the newest generation, and one that is none, are not retired', async () => {
    const refused = async (generation: string) => {
      const { code, error } = await run('source', ['keys', '--retire', generation]);
      return [code, error];
    };
    const refuses = `rolegate: the gateway at ${gateway.url} refuses: `;
    expect(await refused('2')).toEqual([
      1,
      `${refuses}generation 2 is the newest one: begin another with rotate-master-key\n`,
    ]);
    expect(await refused('7')).toEqual([1, `${refuses}there is no generation 7 of the master key\n`]);
  });

  test('another file than that of the gateway gets no key', async () => {
    await mkdir(join(cwd, 'elsewhere'));
    const other = join(cwd, 'elsewhere', 'master.key');
    const text = `${Buffer.alloc(32, 7).toString('base64')}\n`;
    await writeFile(other, text);
    const { code, error } = await run('source', ['rotate-master-key'], { ROLEGATE_MASTER_KEY_FILE: other });
    expect([code, error]).toEqual([
      1,
      expect.stringContaining('lacks generation 1 of the master key: it is not the file'),
    ]);
    expect(await readFile(other, 'utf8')).toBe(text);
  });

  test('a backup with keys has all generations', async () => {
    await putEmptyDirectory(join(cwd, 'restored'));
    expect((await run('restored', ['restore', 'both.backup'], PASSPHRASE)).code).toBe(0);
    expect(await linesOf('restored', 'master.key')).toEqual(await linesOf('source', 'master.key'));
    const restored = await startTestGateway(join(cwd, 'restored'), { ROLEGATE_DEMO: 'off' });
    try {
      expect([await statusOf(alice, restored), await statusOf(ofSecond, restored)]).toEqual([200, 200]);
    } finally {
      await restored.gateway.close();
    }
    expect(JSON.parse((await run('restored', ['check', '--json'])).out).faults).toEqual([]);
    // What is made there is of the newest one.
    expect((await run('restored', ['access-key', 'create', 'ec2.amazonaws.com'])).out).toMatch(/AKIA9AA/);
  });

  describe('where a generation is retired', () => {
    let retired: string;
    beforeAll(async () => {
      await putEmptyDirectory(join(cwd, 'retiring'));
      await run('retiring', ['restore', 'both.backup'], PASSPHRASE);
      retired = (await run('retiring', ['keys', '--retire', '1'])).out;
    });

    test('its keys get the answer of every invalid key, and those of the newest work', async () => {
      expect(retired).toMatch(
        /^generation 1 of the master key is retired; ended: \d+ access keys, 0 sign-ins, 0 temporary credentials, 0 role sessions, 0 checkers, 0 MFA devices, 0 signing keys\n$/,
      );
      expect((await run('retiring', ['keys'])).out).toMatch(/^generation 1.*, retired \d{4}-.*\ngeneration 2 of /);
      const there = await startTestGateway(join(cwd, 'retiring'), { ROLEGATE_DEMO: 'off' });
      try {
        expect(await statusOf(ofSecond, there)).toBe(200);
        const { status, body } = await there.ask(WHO, { authorization: alice });
        expect([status, body.errors[0].message]).toEqual([
          401,
          'The security token included in the request is invalid.',
        ]);
      } finally {
        await there.gateway.close();
      }
    });
  });
});

test('without a gateway the file that the settings name gets the key, where a link leads', async () => {
  await putEmptyDirectory(join(cwd, 'alone'));
  await mkdir(join(cwd, 'mounted'));
  const file = join(cwd, 'mounted', 'key');
  await writeFile(file, `${Buffer.alloc(32, 9).toString('base64')}\n`, { mode: 0o640 });
  await symlink(file, join(cwd, 'link'));
  const env = { ROLEGATE_MASTER_KEY_FILE: join(cwd, 'link') };
  const { code, out, error } = await run('alone', ['rotate-master-key'], env);
  expect([code, error, out]).toEqual([0, '', expect.stringContaining('generation 2 of the master key is in use')]);
  expect((await lstat(join(cwd, 'link'))).isSymbolicLink()).toBe(true);
  expect(await linesOf('mounted', 'key')).toHaveLength(2);
  // A gateway that runs as another user can go on reading it.
  expect((await stat(file)).mode & 0o777).toBe(0o640);
  expect((await run('alone', ['access-key', 'create', 'ec2.amazonaws.com'], env)).out).toMatch(/AKIA9AA/);
  // While another process changes it, it is left.
  await writeFile(`${file}.lock`, '');
  const held = await run('alone', ['rotate-master-key'], env);
  expect([held.code, held.error]).toEqual([1, expect.stringContaining('is being changed by another process')]);
  expect(await linesOf('mounted', 'key')).toHaveLength(2);
});
