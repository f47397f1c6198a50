import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openCatalog } from '../../src/catalog/catalog.ts';
import { readAuthzenMap } from '../../src/server/authzen-map.ts';
import { MAP } from '../authzen/world.ts';
import { newDataDir, removeDataDir, startTestGateway } from '../support/gateway.ts';

const catalog = await openCatalog();
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rolegate-authzen-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function fileWith(text: string): Promise<string> {
  const path = join(folder, `${Math.random()}.json`);
  await writeFile(path, text);
  return path;
}

test('short names come from the file, and without a file there are none', async () => {
  // Windows tools put a byte order mark in front.
  const table = await readAuthzenMap(await fileWith(`\ufeff${JSON.stringify(MAP)}`), catalog);
  expect(table.subjects.get('user')?.textOf('alice')).toBe('arn:aws:iam::111111111111:user/alice');
  expect([...(table.known.get('doc')?.keys() ?? [])]).toEqual(['plan', 'bill', 'note']);
  expect((await readAuthzenMap(null, catalog)).subjects.size).toBe(0);
});

test.each([
  ['no JSON', '{"subjects":', [expect.stringMatching(/^the file is not JSON.*: expected an object with short names$/)]],
  ['nothing', '', ['the file is empty: expected an object with short names']],
  [
    'problems',
    '{"a":1,"account":"x"}',
    [expect.stringMatching(/^it has a member `a`/), '`account` must be a string of twelve digits'],
  ],
  ['deep nesting', '['.repeat(50), ['the file is too large: it is nested more than 16 levels deep']],
])('a file with %s is refused, with its path', async (_name, text, sentences) => {
  const path = await fileWith(text);
  const refused = await readAuthzenMap(path, catalog).catch((error: unknown) => error);
  const problems = (refused as { problems: string[] }).problems.map((problem) => {
    expect(problem).toMatch(/^ROLEGATE_AUTHZEN_MAP \(/);
    return problem.slice(`ROLEGATE_AUTHZEN_MAP (${path}): `.length);
  });
  expect(problems).toEqual(sentences);
});

test('a file that is not there ends the start with a sentence, and leaves nothing open', async () => {
  const dataDir = await newDataDir();
  const path = join(folder, 'not-there.json');
  try {
    const start = (env: Record<string, string>) => startTestGateway(dataDir, { ROLEGATE_DEMO: 'off', ...env });
    await expect(start({ ROLEGATE_AUTHZEN_MAP: path })).rejects.toMatchObject({
      name: 'InvalidSettings',
      problems: [`ROLEGATE_AUTHZEN_MAP (${path}): it cannot be read (ENOENT)`],
    });
    const again = await start({ ROLEGATE_AUTHZEN_MAP: await fileWith(JSON.stringify(MAP)) });
    await again.gateway.close();
  } finally {
    await removeDataDir(dataDir);
  }
});
