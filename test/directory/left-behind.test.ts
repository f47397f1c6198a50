import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { NODE_FLAGS } from '../support/process.ts';

const SCRIPT = `
  const { openCatalog } = await import('./dist/catalog/catalog.js');
  const { openDirectory } = await import('./dist/directory/prisma/open-directory.js');
  const directory = await openDirectory({ kind: 'embedded', dataDir: process.argv[1] }, await openCatalog());
  await directory.close();
  console.log(JSON.stringify(process.getActiveResourcesInfo().filter((name) => name === 'Timeout')));
`;

test('a process that has made a directory and closed it has nothing to wait for', { timeout: 60_000 }, async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'rolegate-left-'));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  const args = [...NODE_FLAGS, '--input-type=module', '--eval', SCRIPT, dataDir];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  expect(JSON.parse(stdout)).toEqual([]);
});
