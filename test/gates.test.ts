import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** A gate is worth what it refuses: each is shown a fault, in a copy of the project. */
describe('the checks refuse', () => {
  const copy = mkdtempSync(join(tmpdir(), 'rolegate-faults-'));
  let planted: string | null = null;

  beforeAll(() => {
    const parts = ['src', 'test', 'prisma', '.config', '.dependency-cruiser.cjs', '.oxlintrc.json', '.gitignore'];
    for (const part of [...parts, 'package.json', 'tsconfig.json', 'schema.graphql']) {
      cpSync(join(ROOT, part), join(copy, part), { recursive: true });
    }
    symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  });

  afterAll(() => rmSync(copy, { recursive: true }));

  afterEach(() => {
    if (planted !== null) rmSync(planted);
    planted = null;
  });

  function plant(path: string, text: string): void {
    planted = join(copy, path);
    writeFileSync(planted, text);
  }

  function check(command: string, ...args: string[]) {
    const { status, stdout, stderr } = spawnSync(command, args, { cwd: copy, encoding: 'utf8' });
    return { status, output: stdout + stderr };
  }

  /** The table of rooms with a change, in the copy; the original comes back after `during`. */
  function withTable<T>(line: string, changed: string, during: () => T): T {
    const path = join(copy, '.dependency-cruiser.cjs');
    const text = readFileSync(path, 'utf8');
    expect(text).toContain(line);
    writeFileSync(path, text.replace(line, changed));
    try {
      return during();
    } finally {
      writeFileSync(path, text);
    }
  }

  test('a pair of rooms in the table that goes upwards', () => {
    const { status, output } = withTable('policy: [],', "policy: ['access'],", () =>
      check('node', '.config/layers.mjs'),
    );
    expect(output).toMatch(/src\/policy may not import access: no room before it/);
    expect(status).not.toBe(0);
  });

  describe('among the imports of rooms', () => {
    const FAULTS = [
      ['one against their direction', 'catalog', "export { decide as planted } from '../access/decide.ts'"],
      [
        'an earlier room that the table does not name',
        'session',
        "export { findingOf as planted } from '../validation/validate-policy.ts'",
      ],
      ['GraphQL behind the guards', 'guard', "export { GraphQLError as planted } from 'graphql'"],
      ['a type of Pothos behind the guards', 'guard', "export type { ObjectRef as Planted } from '@pothos/core'"],
      ['Yoga behind the guards', 'guard', "export { createYoga as planted } from 'graphql-yoga'"],
      [
        'what Pothos knows, at a remove',
        'guard',
        "export { getDatamodel as planted } from '../directory/schema-types.ts'",
      ],
      [
        'what is not pure in importing/',
        'importing',
        "export { readRevision as planted } from '../directory/gather/rows.ts'",
      ],
      ['what is not pure in validation/', 'validation', "export { nearest as planted } from '../catalog/catalog.ts'"],
    ] as const;
    const RULES: Readonly<Record<string, string>> = {
      guard: 'guard-knows-no-graphql',
      importing: 'core-is-pure',
      validation: 'core-is-pure',
    };
    let found: ReturnType<typeof check>;

    beforeAll(() => {
      const files = FAULTS.map(([, room, text], index) => {
        const path = join(copy, `src/${room}/planted-fault-${index}.ts`);
        writeFileSync(path, `${text};\n`);
        return path;
      });
      found = withTable("session: ['policy',", "session: ['policy', 'analysis',", () =>
        check('node', '.config/layers.mjs'),
      );
      for (const file of files) rmSync(file);
    });

    test.each(FAULTS.map(([name, room], index) => [name, room, index] as const))('%s', (_name, room, index) => {
      const rule = RULES[room] ?? `${room}-imports-only-its-rooms`;
      expect(found.output).toContain(`${rule}: src/${room}/planted-fault-${index}.ts`);
      expect(found.status).not.toBe(0);
    });

    test('a pair in the table that no import needs any more', () => {
      expect(found.output).toContain('src/session imports nothing of src/analysis any more');
    });

    test('and nothing else', () => {
      expect(new Set(found.output.match(/src\/\w+\/planted-fault-\d/g))).toHaveProperty('size', FAULTS.length);
      expect(found.output.match(/imports nothing of/g)).toHaveLength(1);
    });
  });

  describe('what is not pure', () => {
    const ROOMS = ['policy', 'validation', 'importing'] as const;
    const FAULTS = {
      'planted-node': 'export const planted = process.env;\n',
      'planted-clock': 'export const planted = async () => { Promise.resolve(Date.now()); };\n',
    };
    let types: ReturnType<typeof check>;
    let lint: ReturnType<typeof check>;

    beforeAll(() => {
      const files = ROOMS.flatMap((room) =>
        Object.entries(FAULTS).map(([name, text]) => {
          const path = join(copy, `src/${room}/${name}.ts`);
          writeFileSync(path, text);
          return path;
        }),
      );
      types = check('node_modules/.bin/tsc', '-p', 'src/tsconfig.pure.json');
      const folders = ROOMS.map((room) => `src/${room}`);
      lint = check('node_modules/.bin/oxlint', '--type-aware', '--deny-warnings', '--format=unix', ...folders);
      for (const file of files) rmSync(file);
    });

    test.each(ROOMS)('Node in the pure room %s', (room) => {
      expect(types.output).toMatch(new RegExp(`^src/${room}/planted-node\\.ts.*TS2`, 'm'));
      expect(types.status).not.toBe(0);
    });

    test.each(ROOMS)('a clock in the pure room %s, and an unawaited promise', (room) => {
      for (const rule of ['no-restricted-globals', 'no-floating-promises']) {
        expect(lint.output).toMatch(new RegExp(`^src/${room}/planted-clock\\.ts.*${rule}`, 'm'));
      }
      expect(lint.status).not.toBe(0);
    });
  });

  test('a file that nothing uses', () => {
    plant('src/policy/planted-fault.ts', 'export const planted = 1;\n');
    const { status, output } = check('node_modules/.bin/knip');
    expect(output).toMatch(/planted-fault\.ts/);
    expect(status).not.toBe(0);
  });

  test('a schema.graphql that is not what the code prints', () => {
    writeFileSync(join(copy, 'schema.graphql'), 'type Planted { fault: Int }\n');
    const { status, output } = check('node_modules/.bin/tsx', 'src/graphql/print.ts', '--check');
    expect(output).toMatch(/schema\.graphql/);
    expect(status).not.toBe(0);
  });
});
