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

/** What `COPY . .` takes of a clone: what is in git, or will be, without what the list beside it names. */
async function copyInto(target: string): Promise<void> {
  const ignored = readFileSync(join(ROOT, '.deploy/container/Containerfile.dockerignore'), 'utf8').split('\n');
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
  const steps = STEPS.filter((each) => each !== '' && !each.startsWith('#')).map(
    (each) => [each.split(' ')[0] ?? '', each.slice(each.indexOf(' ') + 1)] as const,
  );
  // What is done here for each of them; `.` is all.
  expect(
    steps.filter(([name, rest]) => !(name === 'RUN' || name === 'WORKDIR' || `${name} ${rest}` === 'COPY . .')),
  ).toEqual([]);
  let cwd = folder;
  for (const [name, rest] of steps) {
    if (name === 'WORKDIR') {
      cwd = inFolder(rest);
      mkdirSync(cwd, { recursive: true });
    } else if (name === 'COPY') {
      await copyInto(cwd);
    } else {
      const env = { PATH: process.env['PATH'], HOME: process.env['HOME'] };
      await run('sh', ['-ec', inFolder(rest)], { cwd, env, maxBuffer: 2 ** 26 });
    }
  }
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
