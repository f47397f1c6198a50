import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { importJWK, type JWK, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAccess } from '../../src/access/access.ts';
import { openCatalog } from '../../src/catalog/catalog.ts';
import type { Database } from '../../src/directory/prisma/database.ts';
import { openEmbeddedDatabase } from '../../src/directory/prisma/embedded-database.ts';
import { prismaFolder } from '../../src/directory/prisma/migrate.ts';
import { type OpenDirectory, openDirectory } from '../../src/directory/prisma/open-directory.ts';
import { applyMigrations } from '../../src/directory/prisma/schema-engine.ts';
import { subjectOf } from '../../src/session/caller.ts';
import { createSecrets } from '../../src/session/secrets.ts';
import { createSessions } from '../../src/session/sessions.ts';
import { newDataDir, removeDataDir } from '../support/gateway.ts';
import { A, roleArn } from '../support/policies.ts';
import { aQuestion, NOON } from '../support/questions.ts';

/** The last migration of the version that wrote the rows. */
const LAST = '20261123235608_audit_accounts';

/** What that version kept, at noon of 2026-11-23: its rows, its master key, and session tokens that it issued. */
interface Kept {
  readonly masterKey: string;
  /** The private key of both OIDC providers. */
  readonly providerKey: JWK;
  readonly tokens: Readonly<Record<'R' | 'Slash' | 'Plain', string>>;
  readonly sequences: Readonly<Record<string, number>>;
  readonly tables: Readonly<Record<string, readonly object[]>> & {
    readonly DirectoryState: readonly [{ readonly revision: number }];
  };
}

const kept: Kept = JSON.parse(await readFile(new URL(`../data/older-databases/${LAST}.json`, import.meta.url), 'utf8'));
const catalog = await openCatalog();

/** Brings an empty database to where that version left it. */
async function writeAsThen(database: Database): Promise<void> {
  const folder = join(prismaFolder(), 'migrations');
  const names = (await readdir(folder)).filter((name) => /^\d/.test(name) && name <= LAST).sort();
  const migrations = await Promise.all(
    names.map(async (name) => ({ name, script: await readFile(join(folder, name, 'migration.sql'), 'utf8') })),
  );
  expect(migrations.at(-1)?.name).toBe(LAST);
  await applyMigrations(database.adapter, { folder, migrations });
  await database.transaction('write', async (sql) => {
    await sql.query('SET LOCAL session_replication_role = replica');
    for (const [table, rows] of Object.entries(kept.tables)) {
      await sql.query(`DELETE FROM "${table}"`);
      const into = `INSERT INTO "${table}" OVERRIDING SYSTEM VALUE`;
      const json = JSON.stringify(rows);
      await sql.query(`${into} SELECT * FROM jsonb_populate_recordset(NULL::"${table}", $1::text::jsonb)`, [json]);
    }
    for (const [name, value] of Object.entries(kept.sequences)) {
      await sql.query(`SELECT setval('"${name}"', $1::bigint)`, [value]);
    }
  });
}

describe('a data folder of the version before OIDC providers kept the slash of their URL', () => {
  let dataDir: string;
  let directory: OpenDirectory;
  let sessions: ReturnType<typeof createSessions>;
  let access: ReturnType<typeof createAccess>;
  let secretOf: (keyId: string) => string;

  beforeAll(async () => {
    dataDir = await newDataDir();
    await writeFile(join(dataDir, 'master.key'), `${kept.masterKey}\n`, { mode: 0o600 });
    await (await openEmbeddedDatabase(dataDir, writeAsThen)).close();
    directory = await openDirectory({ kind: 'embedded', dataDir }, catalog);
    const secrets = await createSecrets({ dataDir, operatorToken: 'operator' });
    await secrets.masterKeys.open(directory);
    secretOf = (keyId) => secrets.secretFor(keyId);
    access = createAccess(directory, catalog);
    sessions = createSessions({ directory, access, secrets });
  });
  afterAll(async () => {
    await directory.close();
    await removeDataDir(dataDir);
  });

  /** Whether the caller may read and write an object. */
  async function readsAndWrites(authorization: string) {
    const caller = await sessions.authenticate(authorization, NOON);
    if (caller.kind !== 'principal') throw new Error(`a ${caller.kind}`);
    const questions = ['s3:GetObject', 's3:PutObject'].map((action) =>
      aQuestion(subjectOf(caller), action, 'arn:aws:s3:::b/x'),
    );
    return (await access.decide(questions, NOON)).map(({ decision: { effect, deniedBy } }) => ({ effect, deniedBy }));
  }

  const YES = { effect: 'ALLOWED', deniedBy: null };
  const NO = { effect: 'IMPLICIT_DENY', deniedBy: 'IDENTITY_POLICY' };

  test('long-term keys are good, and decide as before', async () => {
    const key = `AKIAALICEAAAAAAAAAAA:${secretOf('AKIAALICEAAAAAAAAAAA')}`;
    expect(await readsAndWrites(`Basic ${Buffer.from(key).toString('base64')}`)).toEqual([NO, YES]);
  });

  test.each(['R', 'Slash', 'Plain'] as const)(
    'the session of the role %s goes on, and decides as before',
    async (name) => {
      expect(await readsAndWrites(`Bearer ${kept.tokens[name]}`)).toEqual([YES, NO]);
    },
  );

  test.each([
    ['Slash', 'https://tenant.example.com/', 'tenant.example.com'],
    ['Plain', 'https://token.example.com/ci', 'token.example.com/ci'],
  ])('the role %s can be assumed with a token of %s, by the name that its policies know', async (name, url, known) => {
    const [iat, role] = [NOON / 1000, roleArn(name)];
    const token = await new SignJWT({ iss: url, aud: 'app', sub: 'repo:main', iat, exp: iat + 3600 })
      .setProtectedHeader({ alg: 'ES256', kid: 'one' })
      .sign(await importJWK(kept.providerKey, 'ES256'));
    const input = { role, roleSessionName: 'later', webIdentityToken: token };
    const assumed = await sessions.assumeRoleWithWebIdentity(input, NOON);
    expect(assumed.provider).toBe(`arn:aws:iam::${A}:oidc-provider/${known}`);
    expect(await readsAndWrites(`Bearer ${assumed.credentials.sessionToken}`)).toEqual([YES, NO]);
  });

  test('its master key is the first generation', async () => {
    const fingerprint = createHash('sha256').update(Buffer.from(kept.masterKey, 'base64')).digest('hex');
    expect(await directory.masterKeys.list()).toMatchObject([{ generation: 1, fingerprint, retiredAt: null }]);
    expect(await directory.signingKeys.list()).toMatchObject([{ generation: 1, masterGeneration: 1 }]);
  });

  test('revisions go on from where they were', async () => {
    const { revision } = await directory.apply({ accounts: [{ id: '222222222222', membership: 'NONE' }] });
    const [{ revision: last }] = kept.tables.DirectoryState;
    expect(revision).toBeGreaterThan(BigInt(last));
  });
});
