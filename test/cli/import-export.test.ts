import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { filesOfExport } from '../../src/cli/import-export.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rolegate-exported-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function exported(name: string, put: (path: string) => unknown): Promise<readonly string[] | null> {
  const path = join(folder, name);
  await mkdir(path);
  await writeFile(join(path, 'rolegate.schema.json'), '{}');
  await writeFile(join(path, 'accounts.jsonl'), '');
  await put(join(path, 'roles.jsonl'));
  return filesOfExport(path);
}

test('the files of an export stand in the order in which they name each other', async () => {
  expect(await exported('plain', (path) => writeFile(path, ''))).toEqual([
    join(folder, 'plain/accounts.jsonl'),
    join(folder, 'plain/roles.jsonl'),
  ]);
});

test('a folder with something else under such a name is read as any folder is', async () => {
  expect(await exported('folder', (path) => mkdir(path))).toBeNull();
  if (process.platform === 'win32') return;
  expect(await exported('link', (path) => symlink('accounts.jsonl', path))).toBeNull();
  // Who opens a pipe waits for its other end.
  expect(await exported('pipe', (path) => execFileSync('mkfifo', [path]))).toBeNull();
});
