import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { rolegate as command } from '../../support/commands.ts';
import { putEmptyDirectory } from '../../support/empty-directory.ts';
import { newDataDir, removeDataDir, startTestGateway, type TestGateway } from '../../support/gateway.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const ALICE = 'arn:aws:iam::111111111111:user/alice';
const ROLE = 'arn:aws:iam::222222222222:role/DataWriter';
const PASSPHRASE = 'correct horse battery staple';
const QUESTIONS = `{
  own: decision(request: { principal: "${ALICE}", action: "s3:GetObject", resource: "arn:aws:s3:::dev-alice/x" }) { effect reason }
  role: decision(request: { principal: "${ALICE}", assumedRole: "${ROLE}", action: "s3:PutObject", resource: "arn:aws:s3:::shared-datasets/x" }) { effect reason }
  denied: decision(request: { principal: "${ALICE}", action: "s3:DeleteBucket", resource: "arn:aws:s3:::dev-alice" }) { effect reason }
}`;
const WHO = '{ viewer { principal { principalId } } }';

let cwd: string;
let source: TestGateway;
/** Of the source: what it decided, exported, and gave before the backup. */
let decided: unknown;
let given: { readonly session: string; readonly checker: string; readonly alice: string; readonly revision: string };
let withKeys: Awaited<ReturnType<typeof run>>;

function run(dataDir: string, args: readonly string[], env: Record<string, string> = {}) {
  return command(args, { cwd, env: { ROLEGATE_DATA_DIR: join(cwd, dataDir), ...env } });
}

async function filesOf(folder: string): Promise<Readonly<Record<string, string>>> {
  const names = (await readdir(join(cwd, folder))).sort();
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await readFile(join(cwd, folder, name), 'utf8')] as const)),
  );
}

/** The source, which has its directory, answers while it is backed up. */
beforeAll(async () => {
  cwd = await newDataDir();
  source = await startTestGateway(join(cwd, 'source'));
  const { operator } = source.as;
  const alice = source.as.user('alice');
  decided = (await source.ask(QUESTIONS, { authorization: operator })).body.data;
  const assume = `mutation { assumeRole(input: { role: "${ROLE}", roleSessionName: "before" }) {
    ... on AssumeRoleSuccess { credentials { sessionToken } } } }`;
  const assumed = await source.ask(assume, { authorization: alice });
  const make = `mutation { createChecker(input: { name: "backend", scope: ALL }) {
    ... on CreateCheckerSuccess { token } ... on UserError { message } } }`;
  const made = await source.ask(make, { authorization: operator });
  const first = await source.ask('{ directoryExport { revision } }', { authorization: operator });
  given = {
    alice,
    session: `Bearer ${assumed.body.data.assumeRole.credentials.sessionToken}`,
    checker: `Bearer ${made.body.data.createChecker.token}`,
    revision: first.body.data.directoryExport.revision,
  };
  await run('source', ['export', 'exported']);
  withKeys = await run('source', ['backup', 'keys.backup', '--with-keys'], { ROLEGATE_BACKUP_PASSPHRASE: PASSPHRASE });
});
afterAll(async () => {
  await source?.gateway.close();
  await removeDataDir(cwd);
});

/** What of the credentials of the source lets somebody in at a gateway on another folder. */
async function lives(dataDir: string, work: (gateway: TestGateway) => Promise<void> = () => Promise.resolve()) {
  const started = await startTestGateway(join(cwd, dataDir), { ROLEGATE_DEMO: 'off' });
  try {
    await work(started);
    const isIn = async (authorization: string) => (await started.ask(WHO, { authorization })).status === 200;
    const { alice, session, checker } = given;
    return { key: await isIn(alice), session: await isIn(session), checker: await isIn(checker) };
  } finally {
    await started.gateway.close();
  }
}

describe('a backup with keys, of a running gateway', () => {
  test('begins while a session and a checker live', async () => {
    for (const authorization of [given.session, given.checker]) {
      expect((await source.ask(WHO, { authorization })).body.errors).toBeUndefined();
    }
  });

  test('is a file for its owner alone, and says what it holds', async () => {
    expect([withKeys.code, withKeys.error]).toEqual([0, '']);
    expect(withKeys.out).toMatch(/^backed up \d+ rows to keys.backup, with the master key, wrapped, \d+\.\d s\n$/);
    const { mode } = await stat(join(cwd, 'keys.backup'));
    expect(process.platform === 'win32' ? 0o600 : mode & 0o777).toBe(0o600);
    const lines = gunzipSync(await readFile(join(cwd, 'keys.backup')))
      .toString('utf8')
      .trimEnd()
      .split('\n');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ form: 'rolegate-backup', version: 1 });
    expect(Object.keys(JSON.parse(lines[1] ?? ''))).toEqual(['keys']);
    expect(Object.keys(JSON.parse(lines.at(-1) ?? ''))).toEqual(['sha256']);
    const masterKey = (await readFile(join(cwd, 'source', 'master.key'), 'utf8')).trim();
    expect(lines.join('\n')).not.toContain(masterKey);
  });

  test('makes the same directory elsewhere: same decisions, same export, long-term keys; all else has ended', async () => {
    await putEmptyDirectory(join(cwd, 'restored'));
    const restored = await run('restored', ['restore', 'keys.backup'], { ROLEGATE_BACKUP_PASSPHRASE: PASSPHRASE });
    expect([restored.code, restored.error]).toEqual([0, '']);
    expect(restored.out).toMatch(/^restored \d+ rows of the backup of \d{4}-.*\n/);
    expect(restored.out).toMatch(/\nended: 1 role session, 0 sign-ins or temporary credentials of users, 1 checker\n/);
    expect(restored.out).toMatch(new RegExp(`\n  AKIADEMOALICEAAAAAAA  ${ALICE}  of \\d{4}-`));
    await run('restored', ['export', 'again']);
    expect(await filesOf('again')).toEqual(await filesOf('exported'));
    const checked = await run('restored', ['check']);
    expect([checked.code, checked.error]).toEqual([0, '']);
    expect(checked.out).toMatch(/^checked \d+ tables, \d+ rows, \d+ policy documents: nothing is wrong\n$/);
    const alive = await lives('restored', async (there) => {
      const ask = async (query: string) => (await there.ask(query, { authorization: there.as.operator })).body;
      expect((await ask(QUESTIONS)).data).toEqual(decided);
      const since = `{ directoryExport(unchangedSince: "${given.revision}") { revision } }`;
      const { errors } = await ask(since);
      expect(errors[0]).toMatchObject({
        message: 'the directory was restored from a backup after this revision: begin again',
        extensions: { code: 'CONFLICT' },
      });
      const { auditEvents } = (await ask('{ auditEvents(last: 1) { nodes { event } } }')).data;
      expect(auditEvents.nodes).toEqual([{ event: 'RestoreBackup' }]);
    });
    expect(alive).toEqual({ key: true, session: false, checker: false });
  });

  test('keeps credentials if that is asked for', async () => {
    await putEmptyDirectory(join(cwd, 'kept'));
    await writeFile(join(cwd, 'passphrase'), `${PASSPHRASE}\n`);
    const args = ['restore', 'keys.backup', '--keep-credentials', '--passphrase-file', 'passphrase'];
    const { code, out } = await run('kept', args);
    expect([code, out]).toEqual([0, expect.stringContaining('sessions, sign-ins and checkers go on')]);
    expect(await lives('kept')).toEqual({ key: true, session: true, checker: true });
  });

  test('is not restored with another passphrase, nor over a directory, nor beside another master key', async () => {
    const wrong = await run('wrong', ['restore', 'keys.backup'], { ROLEGATE_BACKUP_PASSPHRASE: 'another one' });
    expect([wrong.code, wrong.error]).toEqual([
      1,
      'rolegate: keys.backup: the passphrase is not the one that the keys were wrapped with\n',
    ]);
    const none = await run('wrong', ['restore', 'keys.backup']);
    expect(none.error).toBe(
      'rolegate: no passphrase is given: name a file with --passphrase-file, or set ROLEGATE_BACKUP_PASSPHRASE\n',
    );
    await putEmptyDirectory(join(cwd, 'wrong'));
    await writeFile(join(cwd, 'wrong', 'master.key'), `${Buffer.alloc(32, 7).toString('base64')}\n`);
    const other = await run('wrong', ['restore', 'keys.backup'], { ROLEGATE_BACKUP_PASSPHRASE: PASSPHRASE });
    expect([other.code, other.error]).toEqual([1, expect.stringContaining('is another master key than the one')]);
    await putEmptyDirectory(join(cwd, 'taken'));
    await run('taken', ['restore', 'keys.backup'], { ROLEGATE_BACKUP_PASSPHRASE: PASSPHRASE });
    const over = await run('taken', ['restore', 'keys.backup'], { ROLEGATE_BACKUP_PASSPHRASE: PASSPHRASE });
    expect([over.code, over.error]).toEqual([
      1,
      'rolegate: there is a directory already: a backup is restored where there is none\n',
    ]);
    const held = await run('source', ['restore', 'keys.backup'], { ROLEGATE_BACKUP_PASSPHRASE: PASSPHRASE });
    expect([held.code, held.error]).toEqual([1, expect.stringContaining('is in use by process')]);
  });
});

describe('a backup without keys', () => {
  let plain: Awaited<ReturnType<typeof run>>;

  beforeAll(async () => {
    plain = await run('source', ['backup', 'plain.backup']);
  });

  test('says what is missing, and works with the master key of the gateway', async () => {
    expect([plain.code, plain.out]).toEqual([0, expect.stringContaining('plain.backup, without the master key')]);
    await putEmptyDirectory(join(cwd, 'plain'));
    const { code, out } = await run('plain', ['restore', 'plain.backup']);
    expect([code, out]).toEqual([0, expect.stringContaining('there is no master.key in ')]);
    await writeFile(join(cwd, 'plain', 'master.key'), await readFile(join(cwd, 'source', 'master.key')));
    expect(await lives('plain')).toEqual({ key: true, session: false, checker: false });
  });

  const text = async () => gunzipSync(await readFile(join(cwd, 'plain.backup'))).toString('utf8');

  test.each([
    ['something else', async () => Buffer.from('no gzip'), 'it is not a backup of Rolegate'],
    ['something else, packed', async () => gzipSync('{"form":"other"}\n'), 'it is not a backup of Rolegate'],
    ['nothing', async () => gzipSync(''), 'it is not a backup of Rolegate'],
    [
      'one of a newer form',
      async () => gzipSync((await text()).replace('"version":1', '"version":2')),
      'the backup was written by a newer version of Rolegate (form 2): restore it with that version',
    ],
    [
      'one of a newer schema',
      async () => gzipSync((await text()).replace(/"name":"\d+_directory"/, '"name":"29990101000000_later"')),
      'the directory was written by a newer version: it has the migration `29990101000000_later`',
    ],
    [
      'half of its bytes',
      async () => (await readFile(join(cwd, 'plain.backup'))).subarray(0, 4000),
      'the backup is cut off',
    ],
    [
      'half of its lines',
      async () =>
        gzipSync(
          (await text())
            .split('\n')
            .slice(0, 9)
            .map((line) => `${line}\n`)
            .join(''),
        ),
      'the backup is cut off',
    ],
    [
      'a changed row',
      async () => gzipSync((await text()).replace('"name": "alice"', '"name": "malory"')),
      'the backup is damaged: it is not what was written',
    ],
  ])('is refused when it is %s, and nothing is left', async (_what, bytes, sentence) => {
    await writeFile(join(cwd, 'faulty.backup'), await bytes());
    const { code, out, error } = await run('faulty', ['restore', 'faulty.backup']);
    expect([code, out, error]).toEqual([1, '', `rolegate: faulty.backup: ${sentence}\n`]);
    const left = await readdir(join(cwd, 'faulty')).catch(() => []);
    expect(left.filter((name) => name !== 'db.lock.json')).toEqual([]);
  });

  test.each([
    [['backup', 'none/x'], 'none/x: there is no such file or folder'],
    [['backup', '.'], '.: it is a folder'],
    [['restore', 'none'], 'none: there is no such file or folder'],
    [
      ['backup', 'x', '--with-keys'],
      'no passphrase is given: name a file with --passphrase-file, or set ROLEGATE_BACKUP_PASSPHRASE',
    ],
  ])('%j is refused with a sentence', async (args, sentence) => {
    expect(await run('source', args)).toEqual({ code: 1, out: '', error: `rolegate: ${sentence}\n` });
    expect((await readdir(cwd)).filter((name) => name.includes('partial'))).toEqual([]);
  });
});

test('a new passphrase must not be short', async () => {
  const short = { ROLEGATE_BACKUP_PASSPHRASE: 'short' };
  expect((await run('source', ['backup', 'x', '--with-keys'], short)).error).toBe(
    'rolegate: the passphrase must have at least 12 characters\n',
  );
});

describe('the doors of the command line', () => {
  test.each(['/operator/backup', '/operator/check'])('%s is for the operator, and posted', async (path) => {
    const status = async (method: string, authorization?: string) => {
      const headers = authorization === undefined ? {} : { authorization };
      return (await fetch(`${source.url}${path}`, { method, headers })).status;
    };
    expect(await status('GET', source.as.operator)).toBe(405);
    expect(await status('POST')).toBe(401);
    expect(await status('POST', given.alice)).toBe(403);
    expect(await status('POST', given.checker)).toBe(403);
    expect(await status('POST', 'Bearer wrong')).toBe(401);
  });
});
