/**
 * npm run bench -- import: how fast a directory takes an organization in, on the embedded database and on a server. On a quiet machine
 * the clock counts: this process and the server's for it work at the same time. On a busy one it waits for others; there the
 * seconds of CPU of both together count, which are more than a quiet machine's clock would say.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type * as catalogModule from '../../../src/catalog/catalog.ts';
import type { DirectoryDocument } from '../../../src/directory/document.ts';
import type * as directoryModule from '../../../src/directory/prisma/open-directory.ts';
import type { DirectoryOptions } from '../../../src/directory/prisma/open-directory.ts';
import { startPostgres } from '../../support/postgres-server.ts';
import { built } from '../built.ts';
import { backendsOf, cpuOf } from '../processes.ts';
import { entitiesIn, FULL_SIZE, organizationOf } from './organization.ts';

const QUICK = process.argv.includes('--quick');
const SIZE = QUICK ? { ...FULL_SIZE, accounts: 5 } : FULL_SIZE;
/** What the directory is to do. */
const WANTED = { entitiesPerSecondOnServer: 5_000, secondsEmbedded: 120 };

const { openCatalog } = await built<typeof catalogModule>('catalog/catalog');
const { openDirectory } = await built<typeof directoryModule>('directory/prisma/open-directory');
const catalog = await openCatalog();
const document = organizationOf(SIZE);
const changed = { ...document, roles: (document.roles ?? []).map((role) => ({ ...role, description: 'changed' })) };
const entities = entitiesIn(document);

/** By the clock, and of CPU: what other processes do on the machine does not count in the latter. */
interface Seconds {
  readonly clock: number;
  /** Of this process. */
  readonly own: number;
  /** Of the server's processes for it. */
  readonly server: number;
}

/** What a quiet machine takes at most. */
function judged({ clock, own, server }: Seconds): number {
  return Math.min(clock, own + server);
}

interface Figures {
  readonly first: Seconds;
  readonly again: Seconds;
  readonly changed: Seconds;
  readonly longestPause: number;
}

/** The longest time for which other work in this process had to wait while `work` ran, in milliseconds. */
async function longestPause(work: () => Promise<unknown>): Promise<number> {
  let last = performance.now();
  let longest = 0;
  const timer = setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  }, 1);
  await work();
  clearInterval(timer);
  return Math.max(longest, performance.now() - last);
}

/** `backends`: the processes that the server has for this one. */
async function measure(options: DirectoryOptions, backends: () => Promise<readonly number[]>): Promise<Figures> {
  const directory = await openDirectory(options, catalog);
  const timed = async (input: DirectoryDocument): Promise<Seconds> => {
    const pids = await backends();
    const [start, own, server] = [performance.now(), await cpuOf([process.pid]), await cpuOf(pids)];
    await directory.apply(input);
    const clock = (performance.now() - start) / 1_000;
    return { clock, own: (await cpuOf([process.pid])) - own, server: (await cpuOf(pids)) - server };
  };
  let first: Seconds = { clock: 0, own: 0, server: 0 };
  const pause = await longestPause(async () => {
    first = await timed(document);
  });
  const figures = { first, again: await timed(document), changed: await timed(changed), longestPause: pause };
  await directory.close();
  return figures;
}

function print(name: string, { first, again, changed: roles, longestPause: pause }: Figures): void {
  const rates = ({ clock, own, server }: Seconds): string =>
    `${clock.toFixed(1)} s, ${Math.round(entities / clock)} entities/s; of CPU ${own.toFixed(1)} + ${server.toFixed(1)} s, ${Math.round(entities / (own + server))} entities/s`;
  console.log(`${name}
  into an empty directory   ${rates(first)}
  the same again            ${rates(again)}
  with all roles changed    ${rates(roles)}
  longest pause for others  ${pause.toFixed(0)} ms (of this process, during the first)`);
}

console.log('CPU: of this process + of the server');
console.log(`${SIZE.accounts} accounts x ${SIZE.roles} roles: ${entities} entities`);
const dataDir = await mkdtemp(join(tmpdir(), 'rolegate-bench-'));
const embedded = await measure({ kind: 'embedded', dataDir }, async () => []);
print('PGlite', embedded);
await rm(dataDir, { recursive: true, force: true });
const server = await startPostgres();
const url = await server.createDatabase();
const watcher = new Client({ connectionString: url });
await watcher.connect();
const onServer = await measure({ kind: 'server', url }, () => backendsOf(watcher));
print('PostgreSQL', onServer);
await watcher.end();
await server.stop();

console.log(`memory at most ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`);
const missed = [
  ...(entities / judged(onServer.first) < WANTED.entitiesPerSecondOnServer ? ['entities a second on PostgreSQL'] : []),
  ...(judged(embedded.first) > WANTED.secondsEmbedded ? ['seconds on PGlite'] : []),
];
if (missed.length > 0) {
  console.log(`not as wanted: ${missed.join(', ')}`);
  process.exitCode = 1;
}
process.exit();
