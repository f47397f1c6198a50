import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RolegateError } from '../../policy/errors.ts';
import type { Database, Sql } from './database.ts';
import { indexSearches } from './search-indexes.ts';

interface Migration {
  readonly name: string;
  readonly script: string;
  readonly checksum: string;
}

/** The project's `prisma` folder, from `src/directory/prisma` as from `dist/directory/prisma`. */
export function prismaFolder(): string {
  return fileURLToPath(new URL('../../../prisma', import.meta.url));
}

async function readMigrations(folder: string): Promise<readonly Migration[]> {
  const names = (await readdir(folder)).filter((name) => existsSync(join(folder, name, 'migration.sql'))).sort();
  return Promise.all(
    names.map(async (name) => {
      const script = await readFile(join(folder, name, 'migration.sql'), 'utf8');
      return { name, script, checksum: createHash('sha256').update(script).digest('hex') };
    }),
  );
}

export interface AppliedMigration {
  readonly name: string;
  readonly checksum: string;
  readonly finished: boolean;
}

export async function readApplied(sql: Sql): Promise<readonly AppliedMigration[]> {
  const [table] = await sql.query<{ there: boolean }>(`SELECT to_regclass('_prisma_migrations') IS NOT NULL AS there`);
  if (table?.there !== true) return [];
  return sql.query<AppliedMigration>(
    `SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS finished
       FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY migration_name`,
  );
}

/** Throws if the migrations of this version do not lead to this database. */
function isUpToDate(migrations: readonly Migration[], applied: readonly AppliedMigration[]): boolean {
  const known = new Map(migrations.map((each) => [each.name, each.checksum]));
  for (const { name, checksum, finished } of applied) {
    // Another gateway is at it, or was cut off.
    if (!finished) return false;
    const expected = known.get(name);
    if (expected === undefined) {
      throw new RolegateError(
        'DIRECTORY_TOO_NEW',
        `the directory was written by a newer version: it has the migration \`${name}\``,
      );
    }
    if (expected !== checksum) {
      throw new RolegateError(
        'MIGRATION_CHANGED',
        `the migration \`${name}\` is not the one that this database was made with`,
      );
    }
  }
  return applied.length === migrations.length;
}

/** Brings the database to the present schema, with its indexes for searches. */
export async function migrate(database: Database): Promise<void> {
  await applyMissing(database);
  await indexSearches(database);
}

/**
 * Brings the database to the state of `prisma/schema.prisma`. Prisma's schema engine applies what is missing; it is loaded
 * only then, because it takes longer than the rest of a start.
 */
async function applyMissing(database: Database): Promise<void> {
  const folder = join(prismaFolder(), 'migrations');
  const migrations = await readMigrations(folder);
  if (isUpToDate(migrations, await readApplied(database))) return;
  await database.withLock(async (adapter) => {
    await beginAgain(database);
    // Another gateway may have done it while this one waited for the lock.
    if (isUpToDate(migrations, await readApplied(database))) return;
    const { applyMigrations } = await import('./schema-engine.ts');
    await applyMigrations(adapter, { folder, migrations });
  });
}

/**
 * A migration that was cut off has made nothing, or else is recorded as finished (`schema-engine.ts`): it is made again. Nobody else
 * migrates meanwhile.
 */
async function beginAgain(database: Database): Promise<void> {
  if ((await readApplied(database)).every(({ finished }) => finished)) return;
  await database.query(
    `UPDATE _prisma_migrations SET rolled_back_at = now() WHERE finished_at IS NULL AND rolled_back_at IS NULL`,
  );
}

/** Throws DIRECTORY_TOO_NEW and MIGRATION_CHANGED if this version does not have these migrations. */
export async function checkMigrations(wanted: readonly Pick<AppliedMigration, 'name' | 'checksum'>[]): Promise<void> {
  const all = await readMigrations(join(prismaFolder(), 'migrations'));
  const done = wanted.map((each) => ({ ...each, finished: true }));
  isUpToDate(all, done);
}

/**
 * Brings an empty database to the schema of a backup, whose migrations these are. Throws DIRECTORY_TOO_NEW and
 * MIGRATION_CHANGED if this version does not have them.
 */
export async function migrateTo(
  database: Database,
  wanted: readonly Pick<AppliedMigration, 'name' | 'checksum'>[],
): Promise<void> {
  await checkMigrations(wanted);
  const folder = join(prismaFolder(), 'migrations');
  const all = await readMigrations(folder);
  const names = new Set(wanted.map(({ name }) => name));
  await database.withLock(async (adapter) => {
    const { applyMigrations } = await import('./schema-engine.ts');
    await applyMigrations(adapter, { folder, migrations: all.filter(({ name }) => names.has(name)) });
  });
}
