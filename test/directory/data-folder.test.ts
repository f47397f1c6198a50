import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, inject, it, onTestFinished, vi } from 'vitest';
import { openCatalog } from '../../src/catalog/catalog.ts';
import { type OpenDirectory, openDirectory } from '../../src/directory/prisma/open-directory.ts';
import { putEmptyDirectory } from '../support/empty-directory.ts';
import { NODE_FLAGS } from '../support/process.ts';

const catalog = await openCatalog();
const WRITER = fileURLToPath(new URL('writer.mjs', import.meta.url));

// Every test starts the database several times.
vi.setConfig({ testTimeout: 180_000 });

const open = (dataDir: string): Promise<OpenDirectory> => openDirectory({ kind: 'embedded', dataDir }, catalog);

/** A folder that does not exist yet, in one that is removed when the test is over. */
async function aFolder(): Promise<string> {
  const parent = await mkdtemp(join(tmpdir(), 'rolegate-folder-'));
  onTestFinished(() => rm(parent, { recursive: true, force: true }));
  return join(parent, 'deep', 'data');
}

/** One that holds an empty directory: for what is not about the first start. */
async function aMadeFolder(): Promise<string> {
  const dataDir = await aFolder();
  await putEmptyDirectory(dataDir);
  return dataDir;
}

/** A process that writes into a folder until it is killed. */
class Writer {
  readonly lines: string[] = [];
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown>;

  constructor(dataDir: string) {
    const child = spawn(process.execPath, [...NODE_FLAGS, WRITER, dataDir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let rest = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const parts = (rest + text).split('\n');
      rest = parts.pop() ?? '';
      this.lines.push(...parts);
    });
    this.#child = child;
    this.#closed = new Promise((resolve) => child.once('close', resolve));
    onTestFinished(() => this.kill());
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      if (this.#child.exitCode !== null) throw new Error('the writer ended by itself');
      await delay(5);
    }
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#closed;
  }
}

describe('the data folder', () => {
  it('keeps what was acknowledged, and all of it or nothing, when its process is killed while it writes', async () => {
    const dataDir = await aMadeFolder();
    const rounds = { ordinary: 2, short: 3, long: 10 }[inject('length')];
    for (let round = 0; round < rounds; round++) {
      const writer = new Writer(dataDir);
      await writer.until(() => writer.lines.length > 6);
      await writer.kill();
      const acknowledged = writer.lines.slice(1).map(Number);
      const directory = await open(dataDir);
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
      const dataDir = await aFolder();
      const writer = new Writer(dataDir);
      await writer.until(() => existsSync(join(dataDir, file)));
      await writer.kill();
      const directory = await open(dataDir);
      expect(await directory.isEmpty()).toBe(true);
      await directory.apply({ users: [{ arn: 'arn:aws:iam::111111111111:user/first' }] });
      await directory.close();
      expect(existsSync(join(dataDir, 'db.unfinished'))).toBe(false);
    },
  );

  it('is for one process, and for its owner alone', async () => {
    const dataDir = await aFolder();
    const writer = new Writer(dataDir);
    await writer.until(() => writer.lines.length > 0);
    await expect(open(dataDir)).rejects.toMatchObject({
      code: 'DATA_DIR_LOCKED',
      message: `the data folder \`${dataDir}\` is in use by process ${String(writer.pid)} on ${hostname()}: stop it, or choose another folder`,
    });
    expect((await stat(dataDir)).mode & 0o777).toBe(0o700);
  });

  it('is not opened twice by one process, and again after it was closed', async () => {
    const dataDir = await aMadeFolder();
    const directory = await open(dataDir);
    await expect(open(dataDir)).rejects.toMatchObject({ code: 'DATA_DIR_LOCKED' });
    await directory.close();
    await (await open(dataDir)).close();
  });

  it('is taken over from a process that is gone, also when another one has its pid', async () => {
    const dataDir = await aMadeFolder();
    await (await open(dataDir)).close();
    await rm(join(dataDir, 'db.lock'), { recursive: true, force: true });
    for (const holder of [
      { pid: 2 ** 22 + 1, host: hostname(), began: 'x' },
      { pid: process.pid, host: hostname(), began: 'an earlier boot' },
      { pid: process.ppid, host: hostname(), began: 'an earlier boot' },
    ]) {
      const directory = await open(dataDir);
      await directory.close();
      await writeFile(join(dataDir, 'db.lock.json'), JSON.stringify(holder));
      await mkdir(join(dataDir, 'db.lock'));
    }
    const directory = await open(dataDir);
    expect(await directory.isEmpty()).toBe(true);
    await directory.close();
  });

  it('says which folder cannot be created', async () => {
    const dataDir = await aFolder();
    await writeFile(dirname(dataDir), '');
    await expect(open(dataDir)).rejects.toMatchObject({
      code: 'DATA_DIR_UNUSABLE',
      message: `the data folder \`${dataDir}\` cannot be created`,
    });
  });

  it('says so, and ends, where the file system answers ENOENT for ever', async () => {
    await expect(open('/proc/rolegate/deep')).rejects.toMatchObject({ code: 'DATA_DIR_UNUSABLE' });
  });
});
