/**
 * npm run bench -- find: how long a page of 100,000 principals takes to find on the embedded database, first and later pages, and
 * their number. Milliseconds by the clock and of CPU; the latter is judged, because other processes do not count in it.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as catalogModule from '../../../src/catalog/catalog.ts';
import type { FindPage, FindSelection } from '../../../src/directory/find/find-store.ts';
import type * as directoryModule from '../../../src/directory/prisma/open-directory.ts';
import { built } from '../built.ts';
import { FULL_SIZE, organizationOf } from '../import/organization.ts';
import { median, QUICK, ROUNDS } from '../measure.ts';

const { openCatalog } = await built<typeof catalogModule>('catalog/catalog');
const { openDirectory } = await built<typeof directoryModule>('directory/prisma/open-directory');

const SIZE = { ...FULL_SIZE, accounts: QUICK ? 25 : 250, roles: 360, users: 40, policies: 10, buckets: 0 };
/** Entries of a page, and how many come before a later one. */
const PAGE = 20;
const LATER = QUICK ? 200 : 2_000;
/** Milliseconds of CPU for one page. Counting reads all entries that are found, and is not judged. */
const WANTED = 100;

const SEARCHES = [
  { name: 'everything', search: '' },
  { name: 'rare', search: 'user-39' },
  { name: 'one', search: `${100_000_000_000 + 7}:role/app/role-299` },
  { name: 'common', search: 'role-1' },
  { name: 'absent', search: 'nobody-of-this-name' },
  { name: 'two letters', search: 'ro' },
] as const;
const ORDER = { field: 'NAME', descending: false } as const;

function selectionOf(search: string): FindSelection {
  const scopes = (['User', 'Role'] as const).map((kind) => ({ kind, accountIds: null }));
  return { scopes, filter: search === '' ? {} : { search } };
}

interface Milliseconds {
  readonly clock: number;
  readonly cpu: number;
}

async function timed(work: () => Promise<unknown>): Promise<Milliseconds> {
  const rounds: Milliseconds[] = [];
  // The first one warms up.
  for (let round = 0; round <= ROUNDS; round += 1) {
    const [start, before] = [performance.now(), process.cpuUsage()];
    await work();
    const { user, system } = process.cpuUsage(before);
    if (round > 0) rounds.push({ clock: performance.now() - start, cpu: (user + system) / 1_000 });
  }
  return { clock: median(rounds.map(({ clock }) => clock)), cpu: median(rounds.map(({ cpu }) => cpu)) };
}

const dataDir = await mkdtemp(join(tmpdir(), 'rolegate-bench-'));
const directory = await openDirectory({ kind: 'embedded', dataDir }, await openCatalog());
await directory.apply(organizationOf(SIZE));
const { find } = directory;
console.log(`${SIZE.accounts * (SIZE.roles + SIZE.users)} principals, pages of ${PAGE} by name, PGlite`);

const missed: string[] = [];
let searched = '';
function print(what: string, { clock, cpu }: Milliseconds, most = WANTED): void {
  console.log(`  ${what.padEnd(40)} ${clock.toFixed(1).padStart(8)} ms, of CPU ${cpu.toFixed(1).padStart(8)} ms`);
  if (cpu > most) missed.push(`${searched}: ${what}`);
}

for (const { name, search } of SEARCHES) {
  const selection = selectionOf(search);
  const [entries = 0] = await find.counts([selection]);
  const label = `${name}${search === '' ? '' : ` (${search})`}`;
  const page: FindPage = { ...selection, order: ORDER, limit: PAGE };
  searched = label;
  console.log(`${label}: ${entries} found`);
  print('first page', await timed(() => find.pages([page])));
  const [before = []] = await find.pages([{ ...page, limit: Math.min(LATER, Math.max(entries - PAGE, 0)) }]);
  const place = before.at(-1);
  if (place !== undefined) {
    const later = { ...page, after: { key: place.key, id: place.id } };
    print(`page after ${before.length} entries`, await timed(() => find.pages([later])));
  }
  print('their number', await timed(() => find.counts([selection])), Number.POSITIVE_INFINITY);
}
await directory.close();
await rm(dataDir, { recursive: true, force: true });
if (missed.length > 0) {
  console.log(`more than ${WANTED} ms of CPU: ${missed.join(', ')}`);
  process.exitCode = 1;
}
process.exit();
