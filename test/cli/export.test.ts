import { mkdir, mkdtemp, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { exportThere } from '../../src/cli/export-command.ts';
import { ExportFolder } from '../../src/cli/export-folder.ts';
import { CommandFailed, GatewayRefused } from '../../src/cli/failure.ts';
import { ProgressLine } from '../../src/cli/terminal.ts';
import { EXPORTED_KINDS } from '../../src/directory/exporting/export-page.ts';
import { rolegate as command } from '../support/commands.ts';
import { newWorkingFolder, putEmptyDirectory } from '../support/empty-directory.ts';
import { removeDataDir, startTestGateway } from '../support/gateway.ts';
import { schemaFaults } from '../support/json-schema.ts';
import { runToEnd } from '../support/process.ts';

const ACCOUNT = fileURLToPath(
  new URL('../data/account-authorization-details/cloudsplaining-large.json', import.meta.url),
);

vi.setConfig({ testTimeout: 120_000 });

let cwd: string;
/** The first export, to `out`, in a process of its own. */
let first: Awaited<ReturnType<typeof rolegate>>;

const rolegate = (...args: readonly string[]) => command(args, { cwd });

beforeAll(async () => {
  cwd = await newWorkingFolder();
  await putEmptyDirectory(join(cwd, 'second'));
  await putEmptyDirectory(join(cwd, 'third'));
  await rolegate('import', ACCOUNT);
  first = await runToEnd('cli/main.js', ['export', 'out'], { cwd });
});
afterAll(() => removeDataDir(cwd));

async function contentsOf(folder: string): Promise<Readonly<Record<string, string>>> {
  const names = (await readdir(join(cwd, folder))).sort();
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await readFile(join(cwd, folder, name), 'utf8')] as const)),
  );
}

describe('an export', () => {
  test('is a file for each kind, one entity a line, of which its schema beside it tells', async () => {
    const { code, out, error } = first;
    expect([code, error]).toEqual([0, '']);
    expect(out).toMatch(
      /^exported 0 organizations, 2 accounts, \d+ policies, 5 groups, 44 users, 78 roles, 0 resources, 0 VPC endpoints to out, \d+\.\d s\n$/,
    );
    const files = await contentsOf('out');
    expect(Object.keys(files)).toEqual([
      'accounts.jsonl',
      'groups.jsonl',
      'instance-profiles.jsonl',
      'knowledge.jsonl',
      'policies.jsonl',
      'rolegate.schema.json',
      'roles.jsonl',
      'users.jsonl',
    ]);
    const schema = JSON.parse(files['rolegate.schema.json'] ?? '');
    for (const [name, text] of Object.entries(files)) {
      if (name === 'rolegate.schema.json') continue;
      for (const line of text.trimEnd().split('\n')) expect(schemaFaults(schema, JSON.parse(line))).toEqual([]);
    }
    expect(files['roles.jsonl']?.trimEnd().split('\n')).toHaveLength(78);
    expect((await rolegate('export', '--schema')).out).toBe(files['rolegate.schema.json']);
  });

  test.runIf(process.platform !== 'win32')('is for nobody else to read', async () => {
    expect((await stat(join(cwd, 'out'))).mode & 0o777).toBe(0o700);
    for (const name of await readdir(join(cwd, 'out'))) {
      expect((await stat(join(cwd, 'out', name))).mode & 0o777).toBe(0o600);
    }
  });

  test('takes the place of an earlier one, and is the same if nothing has changed', async () => {
    const before = await contentsOf('out');
    await writeFile(join(cwd, 'out/resources.jsonl'), 'of an earlier export');
    expect((await rolegate('export', 'out')).code).toBe(0);
    expect(await contentsOf('out')).toEqual(before);
  });

  test('through the gateway that has the folder is the same', async () => {
    const { gateway } = await startTestGateway(join(cwd, '.rolegate'), { ROLEGATE_DEMO: 'off' });
    onTestFinished(() => gateway.close());
    expect((await rolegate('export', 'through')).code).toBe(0);
    expect(await contentsOf('through')).toEqual(await contentsOf('out'));
  });

  test.each([
    ['a folder with something else in it', 'other', 'it is not empty and no earlier export: it holds "notes.txt"'],
    ['a file', 'file', 'it is no folder'],
  ])('is not written into %s', async (_what, path, sentence) => {
    await mkdir(join(cwd, 'other'), { recursive: true });
    await writeFile(join(cwd, 'other/notes.txt'), 'mine');
    await writeFile(join(cwd, 'file'), 'mine');
    const { code, out, error } = await rolegate('export', path);
    expect([code, out, error]).toEqual([1, '', `rolegate: ${path}: ${sentence}\n`]);
    expect(await readFile(join(cwd, 'other/notes.txt'), 'utf8')).toBe('mine');
  });

  test.runIf(process.platform !== 'win32')('does not follow a link to a file', async () => {
    await mkdir(join(cwd, 'linked'), { recursive: true });
    await writeFile(join(cwd, 'elsewhere'), 'mine');
    await symlink(join(cwd, 'elsewhere'), join(cwd, 'linked/roles.jsonl.partial'));
    await symlink(join(cwd, 'elsewhere'), join(cwd, 'linked/users.jsonl'));
    expect((await rolegate('export', 'linked')).code).toBe(0);
    expect(await readFile(join(cwd, 'elsewhere'), 'utf8')).toBe('mine');
    expect(await contentsOf('linked')).toEqual(await contentsOf('out'));
  });
});

describe('an import of an export', () => {
  const commandIn = (dataDir: string, ...args: readonly string[]) =>
    command(args, { cwd, env: { ROLEGATE_DATA_DIR: join(cwd, dataDir) } });
  const elsewhere = (...args: readonly string[]) => commandIn('second', ...args);

  test('makes the same directory, and again changes nothing', async () => {
    const imported = await elsewhere('import', 'out');
    expect([imported.code, imported.out.split('\n')[0]]).toEqual([
      0,
      expect.stringMatching(
        /^imported 44 users, 5 groups, 78 roles, \d+ policies of accounts .*: the directory has changed/,
      ),
    ]);
    expect((await elsewhere('export', 'copy')).code).toBe(0);
    expect(await contentsOf('copy')).toEqual(await contentsOf('out'));
    expect((await elsewhere('import', 'copy')).out).toContain(': nothing has changed (revision');
    // With other files beside it, it goes the way of all files.
    expect((await elsewhere('import', 'copy', ACCOUNT)).out).toContain(': nothing has changed (revision');
  });

  test.each([
    ['what is no JSON', 'roles.jsonl', '{"roles":[', 'line 2: it is not JSON'],
    [
      'a member that is unknown',
      'users.jsonl',
      '{"users":[{"name":"x"}]}',
      'line 2: users[0]: there is no member `name`: ',
    ],
    ['a member twice', 'users.jsonl', '{"users":[],"users":[]}', 'line 2: `users` stands twice'],
    [
      'an entity twice',
      'accounts.jsonl',
      '{"accounts":[{"id":"111111111111"}]}',
      'line 2: 111111111111 stands in `accounts` twice (first: FILE, line 1)',
    ],
  ])('names the line with %s, and stores nothing', async (_what, name, line, sentence) => {
    const folder = await mkdtemp(join(cwd, 'faulty-'));
    const first = name === 'accounts.jsonl' ? line : '{"accounts":[{"id":"333333333333"}]}';
    await writeFile(join(folder, name), `${first}\n${line}\n`);
    await writeFile(join(folder, 'rolegate.schema.json'), '{}');
    const { code, out, error } = await commandIn('third', 'import', folder);
    expect([code, out]).toEqual([1, '']);
    const file = join(folder, name);
    expect(error.startsWith(`rolegate: ${file}, ${sentence.replace('FILE', file)}`)).toBe(true);
    const exported = await commandIn('third', 'export', join(cwd, `third-${name}-${line.length}`));
    expect(exported.out).toMatch(/^exported 0 organizations, 0 accounts, /);
  });
});

describe('through a gateway', () => {
  const silent = new ProgressLine({ out: () => undefined, error: () => undefined, isInteractive: false });
  const line = (name: string) => JSON.stringify({ roles: [{ arn: name }] });

  /** A gateway that answers with these pages, one after the other; null: the directory has changed. */
  function gatewayWith(...answers: readonly (readonly [document: string, next: string | null] | null)[]) {
    const asked: unknown[] = [];
    let count = 0;
    return {
      url: 'http://gateway',
      asked,
      ask: async (_query: string, variables: Readonly<Record<string, unknown>>) => {
        asked.push(variables);
        const answer = answers[count++ % answers.length] ?? null;
        if (answer === null) throw new GatewayRefused('the directory has changed', 'CONFLICT');
        const [document, next] = answer;
        return { directoryExport: { member: 'roles', documents: [document], next, revision: `r${count}` } };
      },
      upload: () => Promise.reject(new Error('an export uploads nothing')),
      post: () => Promise.reject(new Error('an export is asked of GraphQL')),
    };
  }

  async function folder() {
    const parent = await mkdtemp(join(tmpdir(), 'rolegate-export-'));
    onTestFinished(() => removeDataDir(parent));
    const path = join(parent, 'out');
    return { path, open: await ExportFolder.open(path, EXPORTED_KINDS) };
  }

  test('an export begins again when the directory changes, and holds one state', async () => {
    const gateway = gatewayWith([line('old'), 'roles:old'], null, [line('one'), 'roles:one'], [line('two'), null]);
    const { path, open } = await folder();
    await exportThere(open, gateway, silent);
    await open.finish();
    expect(await readFile(join(path, 'roles.jsonl'), 'utf8')).toBe(`${line('one')}\n${line('two')}\n`);
    expect(gateway.asked).toEqual([
      { after: null, since: null },
      { after: 'roles:old', since: 'r1' },
      { after: null, since: null },
      { after: 'roles:one', since: 'r3' },
    ]);
  });

  test('an export gives up when the directory never stays the same', async () => {
    const { open } = await folder();
    const gateway = gatewayWith(null);
    const failed = await exportThere(open, gateway, silent).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(CommandFailed);
    expect(failed).not.toBeInstanceOf(GatewayRefused);
    expect(String(failed)).toContain('changed during each of 10 exports');
    expect(gateway.asked).toHaveLength(10);
  });

  test('an export that is cut off leaves the earlier one', async () => {
    const { path, open } = await folder();
    await open.write('roles', [line('old')]);
    await open.finish();
    const next = await ExportFolder.open(path, EXPORTED_KINDS);
    await next.write('roles', [line('new')]);
    await next.restart();
    expect(await readdir(path)).toEqual(['rolegate.schema.json', 'roles.jsonl']);
    expect(await readFile(join(path, 'roles.jsonl'), 'utf8')).toBe(`${line('old')}\n`);
  });
});
