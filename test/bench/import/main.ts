/**
 * npm run bench -- import: how fast a directory takes an organization in, on the embedded database and on a server. Seconds
 * are those of the clock: the server works in another process.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCatalog } from '../../../src/catalog/catalog.ts';
import type { DirectoryDocument } from '../../../src/directory/document.ts';
import { type DirectoryOptions, openDirectory } from '../../../src/directory/prisma/open-directory.ts';
import { startPostgres } from '../../support/postgres-server.ts';
import { entitiesIn, FULL_SIZE, organizationOf } from './organization.ts';

const QUICK = process.argv.includes('--quick');
const SIZE = QUICK ? { ...FULL_SIZE, accounts: 5 } : FULL_SIZE;
/** What the directory is to do. */
const WANTED = { entitiesPerSecondOnServer: 5_000, secondsEmbedded: 120 };

const catalog = await openCatalog();
const document = organizationOf(SIZE);
const changed = { ...document, roles: (document.roles ?? []).map((role) => ({ ...role, description: 'changed' })) };
const entities = entitiesIn(document);

interface Figures {
  readonly first: number;
  readonly again: number;
  readonly changed: number;
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

async function measure(options: DirectoryOptions): Promise<Figures> {
  const directory = await openDirectory(options, catalog);
  const timed = async (input: DirectoryDocument): Promise<number> => {
    const start = performance.now();
    await directory.apply(input);
    return (performance.now() - start) / 1_000;
  };
  let first = 0;
  const pause = await longestPause(async () => {
    first = await timed(document);
  });
  const figures = { first, again: await timed(document), changed: await timed(changed), longestPause: pause };
  await directory.close();
  return figures;
}

function print(name: string, { first, again, changed: roles, longestPause: pause }: Figures): void {
  const rate = (seconds: number): string => `${Math.round(entities / seconds)} entities/s`;
  console.log(`${name}
  into an empty directory   ${first.toFixed(1)} s  ${rate(first)}
  the same again            ${again.toFixed(1)} s  ${rate(again)}
  with all roles changed    ${roles.toFixed(1)} s  ${rate(roles)}
  longest pause for others  ${pause.toFixed(0)} ms (of this process, during the first)`);
}

console.log(`${SIZE.accounts} accounts x ${SIZE.roles} roles: ${entities} entities`);
const dataDir = await mkdtemp(join(tmpdir(), 'rolegate-bench-'));
const embedded = await measure({ kind: 'embedded', dataDir });
print('PGlite', embedded);
await rm(dataDir, { recursive: true, force: true });
const server = await startPostgres();
const onServer = await measure({ kind: 'server', url: await server.createDatabase() });
print('PostgreSQL', onServer);
await server.stop();

const peak = Math.round(process.resourceUsage().maxRSS / 1024);
console.log(`memory at most ${peak} MB`);
const missed = [
  ...(entities / onServer.first < WANTED.entitiesPerSecondOnServer ? ['entities a second on PostgreSQL'] : []),
  ...(embedded.first > WANTED.secondsEmbedded ? ['seconds on PGlite'] : []),
];
if (missed.length > 0) {
  console.log(`not as wanted: ${missed.join(', ')}`);
  process.exitCode = 1;
}
process.exit();
