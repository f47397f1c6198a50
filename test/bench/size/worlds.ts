import { Client } from 'pg';
import type * as catalogModule from '../../../src/catalog/catalog.ts';
import type * as directoryModule from '../../../src/directory/prisma/open-directory.ts';
import { built } from '../built.ts';
import { entitiesIn, type OrganizationSize, organizationOf } from '../import/organization.ts';
import { backendsOf, cpuOf } from '../processes.ts';

const { openCatalog } = await built<typeof catalogModule>('catalog/catalog');
const { openDirectory } = await built<typeof directoryModule>('directory/prisma/open-directory');

export const catalog = await openCatalog();

/** 100,000 principals, 20,000 managed policies, 1,000,000 attachments and 100,000 resources with policies, in 500 accounts. */
export const FULL: OrganizationSize = {
  accounts: 500,
  roles: 160,
  users: 40,
  groups: 1,
  policies: 40,
  buckets: 200,
  attachments: 10,
};

/** Every account is as in FULL, so that what is asked about costs the same: 1,000 principals. */
export const HUNDREDTH: OrganizationSize = { ...FULL, accounts: 5 };

export const principalsIn = ({ accounts, roles, users }: OrganizationSize): number => accounts * (roles + users);

/** What taking a world in has cost. */
export interface Imported {
  readonly entities: number;
  readonly attachments: number;
  /** Seconds by the clock, and of the CPU of this process and of the server's for it. */
  readonly clock: number;
  readonly cpu: number;
}

/** Imports an organization into an empty database, and has the server learn how large its tables are, as it would within minutes. */
export async function writeWorld(url: string, size: OrganizationSize): Promise<Imported> {
  const document = organizationOf(size);
  const directory = await openDirectory({ kind: 'server', url }, catalog);
  const client = new Client({ connectionString: url });
  await client.connect();
  const pids = [process.pid, ...(await backendsOf(client))];
  const [start, before] = [performance.now(), await cpuOf(pids)];
  await directory.apply(document);
  const clock = (performance.now() - start) / 1000;
  const cpu = (await cpuOf(pids)) - before;
  await directory.close();
  await client.query('VACUUM ANALYZE');
  await client.end();
  const holders = [...(document.users ?? []), ...(document.roles ?? []), ...(document.groups ?? [])];
  const attachments = holders.reduce((sum, { attachedPolicies = [] }) => sum + attachedPolicies.length, 0);
  return { entities: entitiesIn(document), attachments, clock, cpu };
}
