import { Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newDataDir, removeDataDir } from '../support/gateway.ts';
import { type PostgresServer, startPostgres } from '../support/postgres-server.ts';
import { type Running, startServer } from '../support/process.ts';

let cwd: string;
let postgres: PostgresServer;
let running: Running;

beforeAll(async () => {
  cwd = await newDataDir();
  postgres = await startPostgres();
}, 180_000);
afterAll(async () => {
  running?.child.kill('SIGKILL');
  await running?.ended;
  await postgres?.stop();
  await removeDataDir(cwd);
});

test('a start says once that searches are not indexed, where the database refuses the extension', async () => {
  const owner = await postgres.createDatabase();
  const pool = new Pool({ connectionString: owner });
  // The server may stop before the connections are closed.
  pool.on('error', () => undefined);
  await pool.query(`CREATE ROLE plain LOGIN PASSWORD 'plain'; GRANT ALL ON SCHEMA public TO plain`);
  await pool.end();
  running = startServer(cwd, { DATABASE_URL: owner.replace('rolegate:rolegate@', 'plain:plain@') });
  await running.printed(/ready at (http:\S+)\/graphql/);
  expect(running.error().match(/searches are not indexed.*CREATE EXTENSION pg_trgm/g)).toHaveLength(1);
});
