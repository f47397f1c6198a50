import { execFileSync, spawn } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** The program, where this machine has it: ROLEGATE_TEST_PGBOUNCER, or by its name. Null: it has not. */
export const pgbouncer: string | null = found();

function found(): string | null {
  const name = process.env['ROLEGATE_TEST_PGBOUNCER'] ?? 'pgbouncer';
  try {
    execFileSync(name, ['--version'], { stdio: 'ignore', env: { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` } });
    return name;
  } catch {
    return null;
  }
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function isThere(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

/** PgBouncer in transaction mode in front of a database, set as our documentation says. */
export async function startPgbouncer(program: string, target: string, connections = 3) {
  const { hostname, port: targetPort, username, password, pathname } = new URL(target);
  const folder = await mkdtemp(join(tmpdir(), 'rolegate-pgbouncer-'));
  const port = await freePort();
  const file = join(folder, 'pgbouncer.ini');
  const database = `host=${hostname} port=${targetPort} user=${username} password=${password}`;
  await writeFile(
    file,
    `[databases]
${pathname.slice(1)} = ${database}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = ${connections}
ignore_startup_parameters = statement_timeout, lock_timeout, idle_in_transaction_session_timeout
${process.getuid?.() === 0 ? 'user = postgres' : ''}
`,
  );
  await chmod(folder, 0o755);
  const env = { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` };
  const child = spawn(program, ['-q', file], { stdio: 'ignore', env });
  const ended = new Promise((resolve) => child.once('close', resolve));
  for (let tries = 0; !(await isThere(port)); tries += 1) {
    if (tries === 100) throw new Error('PgBouncer does not answer');
    await delay(100);
  }
  return {
    url: target.replace(/:\d+\//, `:${port}/`),
    close: async (): Promise<void> => {
      child.kill('SIGINT');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
