import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import {
  bindMigrationAwareSqlAdapterFactory,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';
import type { MigrationList, SchemaEngine } from '@prisma/schema-engine-wasm';
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg';
import { RolegateError } from '../../policy/errors.ts';

/** Exports of wasm-bindgen's glue that its types leave out. */
interface Glue {
  readonly SchemaEngine: typeof SchemaEngine;
  __wbg_set_wasm(exports: WebAssembly.Exports): void;
}

/**
 * What wasm-bindgen's glue holds is one instance of the engine, and finalizers of the old one would write into a new one: it is loaded
 * once, also where this module is loaded again.
 */
const LOADING = Symbol.for('rolegate.schemaEngine');
const loaded = globalThis as { [LOADING]?: Promise<typeof SchemaEngine> };

/** Timers that the engine starts: at most ten seconds, for its lock. It never clears them, and they would keep the process alive. */
const timers = new Set<NodeJS.Timeout>();

/** Functions that the engine calls. Its timers are remembered, to be cleared with it. */
function engineImports(): WebAssembly.ModuleImports {
  const glue = bindings as unknown as WebAssembly.ModuleImports;
  const setTimer = (callback: () => void, milliseconds: number): NodeJS.Timeout => {
    const timer = setTimeout(callback, milliseconds >>> 0);
    timers.add(timer);
    return timer;
  };
  const named = Object.keys(glue).filter((name) => name.startsWith('__wbg_setTimeout_'));
  return { ...glue, ...Object.fromEntries(named.map((name) => [name, setTimer])) };
}

/**
 * Prisma's schema engine in its WebAssembly build. The package's own entry imports the `.wasm` file as a module, which
 * Node cannot do, so it is assembled here as that entry does it.
 */
async function loadEngine(): Promise<typeof SchemaEngine> {
  const glue = bindings as unknown as Glue;
  const entry = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm');
  const compiled = await WebAssembly.compile(await readFile(join(entry, '..', 'schema_engine_bg.wasm')));
  const instance = await WebAssembly.instantiate(compiled, {
    './schema_engine_bg.js': engineImports(),
  });
  // oxlint-disable-next-line no-underscore-dangle -- wasm-bindgen names it
  glue.__wbg_set_wasm(instance.exports);
  const begin = instance.exports['__wbindgen_start'];
  if (typeof begin === 'function') begin();
  return glue.SchemaEngine;
}

export interface Migrations {
  readonly folder: string;
  readonly migrations: readonly { readonly name: string; readonly script: string }[];
}

/** The folder in the engine's form. */
function listOf({ folder, migrations }: Migrations): MigrationList {
  return {
    baseDir: folder,
    lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' },
    shadowDbInitScript: '',
    migrationDirectories: migrations.map(({ name, script }) => ({
      path: name,
      migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: script } },
    })),
  };
}

/**
 * At the end of a script, which is one transaction: it is made and recorded, or neither. The engine records it afterwards, too, which
 * a process that is cut off does not reach. Whoever was taken for cut off by another gateway makes nothing.
 */
const RECORD = `
;DO $$ BEGIN
  UPDATE "_prisma_migrations" SET finished_at = now() WHERE finished_at IS NULL AND rolled_back_at IS NULL;
  IF NOT FOUND THEN RAISE EXCEPTION 'another gateway has begun this migration again'; END IF;
END $$;`;

/** Connections of `factory` that record each of the scripts in the transaction that makes it. */
function recording(
  factory: SqlMigrationAwareDriverAdapterFactory,
  scripts: ReadonlySet<string>,
): SqlMigrationAwareDriverAdapterFactory {
  const { provider, adapterName } = factory;
  return {
    provider,
    adapterName,
    connect: async () => {
      const connection = await factory.connect();
      const execute = connection.executeScript.bind(connection);
      return Object.assign(connection, {
        executeScript: (script: string) => execute(scripts.has(script) ? `${script}${RECORD}` : script),
      });
    },
    connectToShadowDb: () => factory.connectToShadowDb(),
  };
}

/** Applies the migrations that the database lacks, in order. Throws MIGRATION_FAILED with what the database said. */
export async function applyMigrations(
  factory: SqlMigrationAwareDriverAdapterFactory,
  migrations: Migrations,
): Promise<readonly string[]> {
  loaded[LOADING] ??= loadEngine();
  const engine = await (await loaded[LOADING]).new(
    { datamodels: undefined },
    () => undefined,
    bindMigrationAwareSqlAdapterFactory(recording(factory, new Set(migrations.migrations.map(({ script }) => script)))),
  );
  try {
    const { appliedMigrationNames } = await engine.applyMigrations({
      migrationsList: listOf(migrations),
      filters: { externalTables: [], externalEnums: [] },
    });
    return appliedMigrationNames;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const why = `the database could not be prepared: ${message}. Nothing was kept of the migration that failed: start again when its cause is gone`;
    throw new RolegateError('MIGRATION_FAILED', why, { cause: error });
  } finally {
    for (const timer of timers) clearTimeout(timer);
    timers.clear();
    engine.free();
  }
}
