import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { ConsoleList } from '../../src/server/console/assets.ts';
import { consoleShell } from '../../src/server/console/shell.ts';
import { newDataDir, removeDataDir, startedGateway, startTestGateway } from '../support/gateway.ts';

/** Without fetch, which decompresses by itself. */
function raw(url: string, headers: Record<string, string>) {
  return new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: Buffer }>((resolve, reject) => {
    get(url, { headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.once('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    }).once('error', reject);
  });
}

const HTML = { accept: 'text/html,application/xhtml+xml' };
const LIST = fileURLToPath(new URL('../../dist/console/console.json', import.meta.url));
const readList = async (): Promise<ConsoleList> => JSON.parse(await readFile(LIST, 'utf8'));

describe('the page', () => {
  const gateway = startedGateway();

  test('is the same at every address of the console, and names only files of this gateway', async () => {
    const { status, headers, body } = await raw(`${gateway.url}/`, HTML);
    expect(status).toBe(200);
    const links = [...body.toString().matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link]) => link ?? '');
    const files = links.filter((link) => !link.startsWith('data:image/svg+xml,'));
    expect(files.length).toBeGreaterThan(2);
    for (const file of files) {
      expect(file).toMatch(/^\/console\/[\w-]+-[A-Z0-9]{8}\.(?:js|css)$/);
      expect((await raw(`${gateway.url}${file}`, {})).status).toBe(200);
    }
    expect(headers['cache-control']).toBe('no-cache');
    const deep = await raw(`${gateway.url}/ask?principal=x`, HTML);
    expect([deep.status, deep.body.toString()]).toEqual([200, expect.stringContaining('<div id="console"></div>')]);
  });

  test.each(['/', '/import', '/p/x'])(
    '%s allows nothing inline, nothing foreign, and no text to become markup',
    async (path) => {
      const policy = String((await raw(`${gateway.url}${path}`, HTML)).headers['content-security-policy']);
      expect(policy).toContain("default-src 'none'");
      expect(policy).toMatch(/script-src 'self';/);
      expect(policy).toMatch(/style-src 'self';/);
      expect(policy).toContain("require-trusted-types-for 'script'; trusted-types 'none'");
      expect(policy).not.toContain('unsafe');
    },
  );

  test('is told who can sign in to the demo, and no secret', async () => {
    const page = (await raw(`${gateway.url}/`, HTML)).body.toString();
    expect(page).toContain('{"name":"alice","accessKeyId":"AKIADEMOALICEAAAAAAA"}');
    for (const { secretAccessKey } of gateway.gateway.demo?.signIns ?? []) expect(page).not.toContain(secretAccessKey);
  });

  test('is for browsers: programs get what they got before', async () => {
    expect((await raw(`${gateway.url}/`, {})).headers['content-type']).toBe('text/plain; charset=utf-8');
    expect((await raw(`${gateway.url}/ask`, {})).status).toBe(404);
    expect((await raw(`${gateway.url}/nowhere`, HTML)).status).toBe(404);
  });

  test('its files are compressed, for ever, and no others are served', async () => {
    const { script } = await readList();
    const plain = await raw(`${gateway.url}/console/${script}`, {});
    const br = await raw(`${gateway.url}/console/${script}`, { 'accept-encoding': 'gzip, deflate, br' });
    const gzip = await raw(`${gateway.url}/console/${script}`, { 'accept-encoding': 'gzip, br;q=0' });
    expect(br.headers).toMatchObject({
      'content-encoding': 'br',
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
      vary: 'accept-encoding',
    });
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(gzip.headers['content-encoding']).toBe('gzip');
    expect(brotliDecompressSync(br.body).equals(plain.body)).toBe(true);
    expect(gunzipSync(gzip.body).equals(plain.body)).toBe(true);
    for (const name of ['console.json', `${script}.br`, '__proto__', '..%2fserver%2fmain.js', '']) {
      expect((await raw(`${gateway.url}/console/${name}`, {})).status).toBe(404);
    }
  });
});

test('switched off, there is no page', async () => {
  const dataDir = await newDataDir();
  const { gateway, url } = await startTestGateway(dataDir, { ROLEGATE_CONSOLE: 'off' });
  expect((await raw(`${url}/ask`, HTML)).status).toBe(404);
  const { script } = await readList();
  expect((await raw(`${url}/console/${script}`, {})).status).toBe(404);
  await gateway.close();
  await removeDataDir(dataDir);
});

test('what could not be read is read again, and what was not built is not there', async () => {
  // The module as it lies in a folder of its own, where files come and go.
  const root = await mkdtemp(join(tmpdir(), 'rolegate-console-'));
  const at = join(root, 'src/server/console');
  const assets = fileURLToPath(new URL('../../src/server/console/assets.ts', import.meta.url));
  await cp(assets, join(at, 'assets.ts'));
  const { consoleFile, consoleList } = await import(pathToFileURL(join(at, 'assets.ts')).href);
  expect([await consoleList(), await consoleFile('a.js', '')]).toEqual([null, null]);
  const built = join(root, 'dist/console');
  const file = { type: 'text/javascript', forms: [], bytes: 1, compressed: 1 };
  await mkdir(built, { recursive: true });
  await writeFile(join(built, 'console.json'), '{ "half":');
  await expect(consoleList()).rejects.toThrow(SyntaxError);
  await writeFile(join(built, 'console.json'), JSON.stringify({ files: { 'a.js': file } }));
  await expect(consoleFile('a.js', '')).rejects.toThrow('ENOENT');
  await writeFile(join(built, 'a.js'), '1');
  expect(await consoleFile('a.js', '')).toEqual({ type: file.type, encoding: null, body: Buffer.from('1') });
  await rm(root, { recursive: true });
});

test('what the page is told cannot end the element that it stands in', async () => {
  const people = [{ name: '</script><script>alert(1)</script>', accessKeyId: 'x' }];
  const page = consoleShell('/console/', 'home', await readList(), { people, graphiql: false });
  expect(page).not.toContain('<script>alert');
});

describe('the weight of a page, compressed', () => {
  const KB = 1024;
  /** The first pages; every other page may weigh twice as much. */
  const BUDGETS: Readonly<Record<string, number>> = { home: 150 * KB, ask: 150 * KB };

  test('is within its budget together with all that any page loads later', async () => {
    const { files } = await readList();
    const scripts = Object.entries(files).filter(([name]) => name.endsWith('.js'));
    expect(scripts.some(([name]) => name.startsWith('policy-editor-'))).toBe(true);
    expect(scripts.reduce((sum, [, { compressed }]) => sum + compressed, 0)).toBeLessThan(300 * KB);
  });

  test('is within its budget', async () => {
    const { pages, script, style, files } = await readList();
    expect(Object.keys(pages)).toEqual(
      expect.arrayContaining([
        'home',
        'ask',
        'sign-in',
        'switch-role',
        'principal',
        'trail',
        'findings',
        'import',
        'compare',
      ]),
    );
    for (const [page, names] of Object.entries(pages)) {
      const loaded = new Set([script, style, ...names]);
      const bytes = [...loaded].reduce((sum, name) => sum + (files[name]?.compressed ?? Number.NaN), 0);
      expect({ page, bytes, fits: bytes < (BUDGETS[page] ?? 300 * KB) }).toMatchObject({ fits: true });
    }
  });
});
