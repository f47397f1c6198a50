// Writes the next migration: what leads from the migrations that there are to prisma/schema.prisma.
//   node .config/migrate.mjs NAME

import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PGlite } from '@electric-sql/pglite';
import { dataDir } from '@electric-sql/pglite-prepopulatedfs';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import * as glue from '@prisma/schema-engine-wasm/schema_engine_bg';
import { PrismaPGlite } from 'pglite-prisma-adapter';

const name = process.argv[2];
if (!/^[a-z0-9_]+$/.test(name ?? '')) throw new Error('usage: node .config/migrate.mjs NAME (a-z, 0-9, _)');

const prisma = fileURLToPath(new URL('../prisma', import.meta.url));
const folder = join(prisma, 'migrations');
await mkdir(folder, { recursive: true });

const wasm = join(
  dirname(createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm')),
  'schema_engine_bg.wasm',
);
const module_ = await WebAssembly.compile(await readFile(wasm));
const instance = await WebAssembly.instantiate(module_, { './schema_engine_bg.js': glue });
glue.__wbg_set_wasm(instance.exports);
instance.exports.__wbindgen_start();

const present = (await readdir(folder)).filter((each) => existsSync(join(folder, each, 'migration.sql'))).sort();
const migrationDirectories = await Promise.all(
  present.map(async (path) => ({
    path,
    migrationFile: {
      path: 'migration.sql',
      content: { tag: 'ok', value: await readFile(join(folder, path, 'migration.sql'), 'utf8') },
    },
  })),
);

const schemaPath = join(prisma, 'schema.prisma');
const content = await readFile(schemaPath, 'utf8');
const client = await PGlite.create({ dataDir: 'memory://', loadDataDir: await dataDir() });
const prismaPGlite = new PrismaPGlite(client);
// The engine replays the migrations in a database of its own; the one in memory is as empty as that has to be.
const factory = bindMigrationAwareSqlAdapterFactory({
  provider: prismaPGlite.provider,
  adapterName: prismaPGlite.adapterName,
  connect: () => prismaPGlite.connect(),
  connectToShadowDb: () => prismaPGlite.connect(),
});
const engine = await glue.SchemaEngine.new({ datamodels: [[schemaPath, content]] }, () => undefined, factory);
const script = await engine.diff({
  from: {
    tag: 'migrations',
    baseDir: folder,
    lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' },
    shadowDbInitScript: '',
    migrationDirectories,
  },
  to: { tag: 'schemaDatamodel', files: [{ path: schemaPath, content }] },
  script: true,
  exitCode: null,
  filters: { externalTables: [], externalEnums: [] },
});
await client.close();

const text = (script.stdout ?? '').trim();
if (text === '' || /^-- This is an empty migration/.test(text)) {
  console.log('the migrations already lead to the schema');
} else {
  const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
  const target = join(folder, `${stamp}_${name}`);
  await mkdir(target);
  await writeFile(join(target, 'migration.sql'), `${text}\n`);
  await writeFile(join(folder, 'migration_lock.toml'), 'provider = "postgresql"\n');
  console.log(target);
}
