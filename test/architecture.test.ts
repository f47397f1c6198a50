import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

// as: what the file exports beside its rules
const { rooms } = createRequire(import.meta.url)('../.dependency-cruiser.cjs') as {
  readonly rooms: Readonly<Record<string, readonly string[]>>;
};

test('the top level holds what belongs there and dotfiles', () => {
  const tracked = execFileSync('git', ['ls-files'], { cwd: ROOT, encoding: 'utf8' });
  const top = new Set(tracked.split('\n').flatMap((path) => path.split('/')[0] || []));
  expect(new Set([...top].filter((name) => !name.startsWith('.')))).toEqual(
    new Set([
      'README.md',
      'package-lock.json',
      'package.json',
      'prisma',
      'schema.graphql',
      'src',
      'test',
      'tsconfig.json',
    ]),
  );
});

test('the table of folders in src/README.md is true, in the order that the layers are checked in', () => {
  const readme = readFileSync(`${ROOT}src/README.md`, 'utf8');
  const table = [...readme.matchAll(/^\| `(\w+)\/` +\|/gm)].map((match) => match[1] ?? '');
  const folders = readdirSync(`${ROOT}src`, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(table.toSorted()).toEqual(folders.map((entry) => entry.name).toSorted());
  expect(table.filter((name) => name !== 'generated')).toEqual(Object.keys(rooms));
});

test('a room may import only rooms before it', () => {
  const names = Object.keys(rooms);
  const later = Object.entries(rooms).filter(([room, imports]) =>
    imports.some((name) => !names.slice(0, names.indexOf(room)).includes(name)),
  );
  expect(later).toEqual([]);
  expect(names.length).toBeGreaterThan(10);
});
