import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openCatalog } from '../../src/catalog/catalog.ts';
import { type OpenDirectory, openDirectory } from '../../src/directory/prisma/open-directory.ts';

const catalog = await openCatalog();
const WRITER = fileURLToPath(new URL('writer.ts', import.meta.url));

describe('the data folder', () => {
  let folder: string;
  let dataDir: string;
  let writer: ChildProcess | null = null;
  let lines: string[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rolegate-folder-'));
    dataDir = join(folder, 'deep', 'data');
    lines = [];
  });

  afterEach(async () => {
    if (writer !== null) await killed();
    await rm(folder, { recursive: true, force: true });
  });

  const open = (): Promise<OpenDirectory> => openDirectory({ kind: 'embedded', dataDir }, catalog);

  function startWriter(): ChildProcess {
    const child = spawn(process.execPath, ['--import', 'tsx', WRITER, dataDir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let rest = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const parts = (rest + text).split('\n');
      rest = parts.pop() ?? '';
      lines.push(...parts);
    });
    writer = child;
    return child;
  }

  async function until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      if (writer?.exitCode !== null) throw new Error('the writer ended by itself');
      await delay(5);
    }
  }

  async function killed(): Promise<void> {
    const child = writer;
    writer = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const closed = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGKILL');
    await closed;
  }

  it('keeps what was acknowledged, and all of it or nothing, when its process is killed while it writes', async () => {
    for (let round = 0; round < 2; round++) {
      lines = [];
      startWriter();
      await until(() => lines.length > 6);
      await killed();
      const acknowledged = lines.slice(1).map(Number);
      const directory = await open();
      try {
        const arns = await directory.userArns({ limit: 100_000 });
        const names = new Set(arns.map((arn) => arn.slice(arn.lastIndexOf('/') + 1)));
        for (const pair of acknowledged) expect(names).toContain(`${pair}b`);
        const halves = (half: string) => [...names].filter((name) => name.endsWith(half)).length;
        expect(halves('a')).toBe(halves('b'));
        expect((await directory.apply({ users: [{ arn: 'arn:aws:iam::111111111111:user/after' }] })).warnings).toEqual(
          [],
        );
      } finally {
        await directory.close();
      }
    }
  });

  it.each(['db.unfinished', 'db/PG_VERSION', 'db/global/pg_control'])(
    'begins anew when the first start was killed once %s was there',
    async (file) => {
      startWriter();
      await until(() => existsSync(join(dataDir, file)));
      await killed();
      const directory = await open();
      expect(await directory.isEmpty()).toBe(lines.length < 2);
      await directory.apply({ users: [{ arn: 'arn:aws:iam::111111111111:user/first' }] });
      await directory.close();
      expect(existsSync(join(dataDir, 'db.unfinished'))).toBe(false);
    },
  );

  it('is for one process, and for its owner alone', async () => {
    startWriter();
    await until(() => lines.length > 0);
    await expect(open()).rejects.toMatchObject({
      code: 'DATA_DIR_LOCKED',
      message: `the data folder \`${dataDir}\` is in use by process ${String(writer?.pid)} on ${hostname()}: stop it, or choose another folder`,
    });
    expect((await stat(dataDir)).mode & 0o777).toBe(0o700);
  });

  it('is not opened twice by one process, and again after it was closed', async () => {
    const directory = await open();
    await expect(open()).rejects.toMatchObject({ code: 'DATA_DIR_LOCKED' });
    await directory.close();
    await (await open()).close();
  });

  it('is taken over from a process that is gone, also when another one has its pid', async () => {
    await (await open()).close();
    await rm(join(dataDir, 'db.lock'), { recursive: true, force: true });
    for (const holder of [
      { pid: 2 ** 22 + 1, host: hostname(), began: 'x' },
      { pid: process.pid, host: hostname(), began: 'an earlier boot' },
      { pid: process.ppid, host: hostname(), began: 'an earlier boot' },
    ]) {
      const directory = await open();
      await directory.close();
      await writeFile(join(dataDir, 'db.lock.json'), JSON.stringify(holder));
      await (await import('node:fs/promises')).mkdir(join(dataDir, 'db.lock'));
    }
    await (await open()).close();
  });

  it('says which folder cannot be made', async () => {
    await writeFile(join(folder, 'deep'), '');
    await expect(open()).rejects.toMatchObject({
      code: 'DATA_DIR_UNUSABLE',
      message: `the data folder \`${dataDir}\` cannot be made`,
    });
  });
});
