import { chown, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { openCatalog } from '../../src/catalog/catalog.ts';
import { openDirectory } from '../../src/directory/prisma/open-directory.ts';
import { failureSentence } from '../../src/server/failure-sentence.ts';
import type { Settings } from '../../src/server/settings.ts';
import { selfSigned } from '../support/certificate.ts';
import { newDataDir, removeDataDir } from '../support/gateway.ts';
import { sharedPostgres } from '../support/postgres-server.ts';

const GUIDE = await readFile(new URL('../../src/server/README.md', import.meta.url), 'utf8');
const NAME = 'guided';
const PASSWORD = 'another one';

/** The server's key belongs to its user, and to nobody else. */
async function keepFor(folder: string, name: string, text: string): Promise<void> {
  const { uid, gid } = await stat(folder);
  await writeFile(join(folder, name), text, { mode: 0o600 });
  if (process.getuid?.() === 0) await chown(join(folder, name), uid, gid);
}

test('the user that the guide makes has the rights that a directory needs, and TLS checks who the server is', async () => {
  const connectionString = await (await sharedPostgres()).createDatabase();
  const admin = new Client({ connectionString });
  await admin.connect();
  onTestFinished(() => admin.end());
  const statements = /```sql\n([\s\S]*?)```/.exec(GUIDE)?.[1] ?? '';
  expect(statements).toContain(`'${PASSWORD}'`);
  for (const statement of statements.replaceAll('rolegate', NAME).trim().split('\n')) await admin.query(statement);

  const { rows } = await admin.query<{ folder: string; port: string }>(
    `SELECT current_setting('data_directory') AS folder, current_setting('port') AS port`,
  );
  const [{ folder, port } = { folder: '', port: '' }] = rows;
  const { cert, key } = selfSigned();
  await keepFor(folder, 'server.crt', cert);
  await keepFor(folder, 'server.key', key);
  await admin.query('ALTER SYSTEM SET ssl = on');
  await admin.query('SELECT pg_reload_conf()');
  onTestFinished(async () => {
    await admin.query('ALTER SYSTEM RESET ssl');
    await admin.query('SELECT pg_reload_conf()');
  });
  // The server takes it when it comes to it: a new connection says whether it has.
  const isOn = async () => {
    const probe = new Client({ connectionString });
    await probe.connect();
    const { rows: said } = await probe.query<{ ssl: string }>('SHOW ssl');
    await probe.end();
    return said[0]?.ssl;
  };
  await expect.poll(isOn, { timeout: 30_000 }).toBe('on');
  const own = await newDataDir();
  onTestFinished(() => removeDataDir(own));
  await writeFile(join(own, 'ca.pem'), cert);

  const open = async (host: string, parameters: string) => {
    const url = `postgresql://${NAME}:${encodeURIComponent(PASSWORD)}@${host}:${port}/${NAME}?${parameters}`;
    return openDirectory({ kind: 'server', url }, await openCatalog());
  };
  const directory = await open('localhost', `sslmode=verify-full&sslrootcert=${join(own, 'ca.pem')}`);
  expect(directory.searchIndexed).toBe(true);
  const connections = await admin.query(
    `SELECT count(*)::int4 AS all, count(*) FILTER (WHERE s.ssl)::int4 AS encrypted
       FROM pg_stat_activity a JOIN pg_stat_ssl s USING (pid) WHERE a.usename = '${NAME}'`,
  );
  const [{ all, encrypted } = { all: 0, encrypted: 0 }] = connections.rows;
  await directory.close();
  expect(all).toBeGreaterThan(0);
  expect(encrypted).toBe(all);
  // Nobody that Node knows has signed it.
  const refused: unknown = await open('localhost', 'sslmode=verify-full').catch((error: unknown) => error);
  const databaseUrl = `postgresql://${NAME}:secret@localhost/${NAME}`;
  expect(failureSentence(refused, { databaseUrl } as Settings)).toBe(
    `there is no safe connection to the database: self-signed certificate (sslmode and sslrootcert of DATABASE_URL postgresql://${NAME}:***@localhost/${NAME})`,
  );
});
