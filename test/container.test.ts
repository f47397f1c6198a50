/** The first stage of the image, step by step as its file has them, in a plain folder: Docker is not at hand where the tests run. */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newDataDir, removeDataDir } from './support/gateway.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FILE = readFileSync(join(ROOT, '.deploy/container/Containerfile'), 'utf8');
/** Of the stage that builds: what stands before the second FROM. */
const STEPS = (FILE.split(/^FROM /m)[1] ?? '').split('\n').slice(1);
/** The folders of the image that the steps name. */
const FOLDERS = /(?<=^|[ (])\/(build|app|tmp)(?=\/|$| )/g;

let folder: string;
const inFolder = (text: string): string => text.replaceAll(FOLDERS, `${folder}/$1`);
const run = promisify(execFile);

beforeAll(async () => {
  folder = await newDataDir();
  mkdirSync(join(folder, 'tmp'));
});
afterAll(() => removeDataDir(folder));

/** What `COPY . .` takes of a clone: what is in git, or will be, without what .dockerignore names. */
async function copyInto(target: string): Promise<void> {
  const ignored = readFileSync(join(ROOT, '.dockerignore'), 'utf8').split('\n');
  const { stdout } = await run('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
    maxBuffer: 2 ** 26,
  });
  for (const path of stdout.split('\0')) {
    const [top = ''] = path.split('/');
    if (path === '' || ignored.includes(top) || !statSync(join(ROOT, path), { throwIfNoEntry: false })?.isFile())
      continue;
    mkdirSync(dirname(join(target, path)), { recursive: true });
    cpSync(join(ROOT, path), join(target, path));
  }
}

function bytesIn(path: string): number {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + Math.ceil(statSync(join(parentPath, name)).size / 4096) * 4096, 0);
}

test('its steps build what runs, and leave room in 250 MB', { timeout: 600_000 }, async () => {
  let cwd = folder;
  const done: string[] = [];
  for (const step of STEPS.filter((each) => each !== '' && !each.startsWith('#'))) {
    const [, name = '', rest = ''] = /^(\w+) (.*)$/.exec(step) ?? [];
    done.push(name);
    if (name === 'WORKDIR') {
      cwd = inFolder(rest);
      mkdirSync(cwd, { recursive: true });
    } else if (name === 'COPY') {
      expect(rest).toBe('. .');
      await copyInto(cwd);
    } else {
      expect(name).toBe('RUN');
      // The folder is made by WORKDIR in an image, too.
      const command = inFolder(rest);
      const env = { PATH: process.env['PATH'], HOME: process.env['HOME'] };
      await run('sh', ['-ec', command], { cwd, env, maxBuffer: 2 ** 26 });
    }
  }
  expect(done).toEqual(expect.arrayContaining(['WORKDIR', 'COPY', 'RUN']));
  const app = join(folder, 'app');
  // Without Node (125 MB) and Alpine with libstdc++ (12 MB).
  expect(bytesIn(app) / 1e6).toBeLessThan(113);
  const { stdout } = await run(process.execPath, ['dist/cli/main.js', 'version'], { cwd: app });
  expect(stdout).toMatch(/^\d+\.\d+\.\d+ \(node /);
  const asked = await run(process.execPath, ['dist/cli/main.js', 'settings'], {
    cwd: app,
    env: { ROLEGATE_DATA_DIR: join(folder, 'data'), PORT: '0' },
  });
  expect(asked.stdout).toMatch(/^ROLEGATE_DATA_DIR +environment/m);
});
