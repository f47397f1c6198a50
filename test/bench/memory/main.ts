/**
 * npm run bench -- memory: how much memory the gateway takes for a million mixed decisions on 100,000 principals, on a
 * PostgreSQL server of its own. Wanted: at most 1.3 times the setting above what the process takes before.
 */
import type * as catalogModule from '../../../src/catalog/catalog.ts';
import type * as directoryModule from '../../../src/directory/prisma/open-directory.ts';
import { startPostgres } from '../../support/postgres-server.ts';
import { built } from '../built.ts';
import { FULL_SIZE, organizationOf } from '../import/organization.ts';
import { QUICK } from '../measure.ts';
import { decideMixed } from './decide-mixed.ts';

const { openCatalog } = await built<typeof catalogModule>('catalog/catalog');
const { openDirectory } = await built<typeof directoryModule>('directory/prisma/open-directory');

const SETTING = QUICK ? 64_000_000 : 256_000_000;
const QUESTIONS = QUICK ? 100_000 : 1_000_000;
const SIZE = { ...FULL_SIZE, accounts: QUICK ? 50 : 250, roles: 360, users: 40, policies: 10 };
const WANTED = 1.3;

const server = await startPostgres();
const url = await server.createDatabase();
const directory = await openDirectory({ kind: 'server', url }, await openCatalog());
await directory.apply(organizationOf(SIZE));
await directory.close();
const { base, peak, heap, cpu } = await decideMixed({ url, setting: SETTING, questions: QUESTIONS, size: SIZE });
await server.stop();
const ratio = (peak - base) / SETTING;
const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;
console.log(
  `${QUESTIONS} decisions on ${SIZE.accounts * (SIZE.roles + SIZE.users)} principals, ${megabytes(SETTING)} set`,
);
console.log(
  `resident before: ${megabytes(base)}; most: ${megabytes(peak)}; heap in use at the end: ${megabytes(heap)}; ${cpu.toFixed(0)} s of CPU`,
);
console.log(
  `${ratio.toFixed(2)} times the setting (wanted: ${WANTED}): ${ratio <= WANTED ? 'reached' : 'NOT REACHED'}`,
);
process.exit(ratio <= WANTED ? 0 : 1);
