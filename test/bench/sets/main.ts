/**
 * npm run bench -- sets: what questions about sets cost at 1,000 and 10,000 principals, and with `--large` at 100,000, on
 * PostgreSQL. Milliseconds of this process's CPU: what the database and other processes do does not count.
 */
import type * as accessModule from '../../../src/access/access.ts';
import type * as findingModule from '../../../src/access/findings/finding.ts';
import type { Question } from '../../../src/access/question.ts';
import type * as workModule from '../../../src/access/work.ts';
import type * as catalogModule from '../../../src/catalog/catalog.ts';
import type * as directoryModule from '../../../src/directory/prisma/open-directory.ts';
import type * as principalModule from '../../../src/policy/principal-id.ts';
import { startPostgres } from '../../support/postgres-server.ts';
import { built } from '../built.ts';
import { median, ROUNDS } from '../measure.ts';
import { formerly } from './former.ts';
import { A_USER, ADMINISTRATOR, OBJECT, type SetsSize, setsWorld } from './sets-world.ts';

const { openCatalog } = await built<typeof catalogModule>('catalog/catalog');
const { openDirectory } = await built<typeof directoryModule>('directory/prisma/open-directory');
const { createAccess } = await built<typeof accessModule>('access/access');
const { FINDING_KINDS } = await built<typeof findingModule>('access/findings/finding');
const { Work } = await built<typeof workModule>('access/work');
const { parsePrincipalRef } = await built<typeof principalModule>('policy/principal-id');

const LARGE = process.argv.includes('--large');
const SIZES: readonly SetsSize[] = [
  { principals: 1_000, accounts: 10 },
  { principals: 10_000, accounts: 50 },
  ...(LARGE ? [{ principals: 100_000, accounts: 500 }] : []),
];
/** Bytes: enough to hold everything of the largest one. */
const MEMORY = 2_000_000_000;
/** Only this process's time counts: a busy machine's database may take long. Milliseconds. */
const PATIENT = { statement: 120_000, lock: 120_000, idleTransaction: 120_000, connection: 120_000 };
/** More are not decided one by one: that takes longer than a request may. */
const MOST_DECIDED = 10_000;
const NOW = Date.parse('2026-11-27T12:00:00Z');

async function cpu(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

type Row = Readonly<Record<string, string | number>>;

function subjectOf(arn: string): Question['subject'] {
  const principal = parsePrincipalRef(arn);
  if (principal === null) throw new Error(`no principal: ${arn}`);
  return { principal, assumedRole: null, session: null };
}

const about = (action: string, resource: string) => ({
  action,
  resource,
  resourceAccount: null,
  context: new Map(),
  path: '',
});

async function measure(url: string, size: SetsSize): Promise<readonly Row[]> {
  const catalog = await openCatalog();
  const directory = await openDirectory({ kind: 'server', url, memory: MEMORY, times: PATIENT }, catalog);
  const rows: Row[] = [];
  /** The first time, and the median of the next ones. */
  const row = async (name: string, work: () => Promise<unknown>, again = ROUNDS): Promise<number> => {
    const first = await cpu(work);
    const later: number[] = [];
    for (let round = 0; round < again; round += 1) later.push(await cpu(work));
    const warm = later.length === 0 ? first : median(later);
    rows.push({
      principals: size.principals,
      question: name,
      first: Math.round(first),
      warm: Math.round(warm * 10) / 10,
      before: formerly(size.principals, name),
    });
    return warm;
  };
  try {
    const world = setsWorld(size);
    await directory.apply(world);
    const access = createAccess(directory, catalog);
    const [resource, admin] = [OBJECT, subjectOf(ADMINISTRATOR)];
    const before = process.memoryUsage().rss;
    await row('reading the index', async () => directory.principals());
    rows.push({
      principals: size.principals,
      question: 'index, MB of RSS',
      first: Math.round((process.memoryUsage().rss - before) / 1e6),
      warm: '',
    });
    await row('one decision', async () =>
      access.decideEach([{ ...about('s3:GetObject', resource), subject: subjectOf(A_USER) }], NOW),
    );
    const whoCan = (action: string, on: string) => () => access.whoCan(about(action, on), { limit: 20 }, NOW);
    await row('whoCan s3:GetObject', whoCan('s3:GetObject', resource));
    const { entries, total, list } = await access.whoCan(about('s3:GetObject', resource), { limit: 20 }, NOW);
    const last = entries.at(-1)?.answer.question.subject.principal;
    const after = last !== undefined && 'arn' in last ? last.arn : null;
    // As a gateway keeps the list for the caller's next page.
    await row('whoCan, the next page', () =>
      access.whoCan(about('s3:GetObject', resource), { limit: 20, after, list }, NOW),
    );
    await row('whoCan iam:CreateAccessKey', whoCan('iam:CreateAccessKey', A_USER));
    await row('whoCan ec2:DescribeInstances', whoCan('ec2:DescribeInstances', '*'));
    const { action: _any, ...open } = about('', resource);
    await row(
      'whoCan, all actions on an object',
      () => access.whoCanAny({ ...open, actions: null }, { limit: 20 }, NOW),
      1,
    );
    if (size.principals <= MOST_DECIDED) {
      const all = [...(world.users ?? []), ...(world.roles ?? [])];
      const questions = all.map(({ arn }) => ({ ...about('s3:GetObject', resource), subject: subjectOf(arn) }));
      const each = await row('deciding for each principal', async () => access.decideEach(questions, NOW));
      // Beside each other, when both have run often.
      const found = await row('whoCan s3:GetObject, once more', whoCan('s3:GetObject', resource));
      rows.push({
        principals: size.principals,
        question: `… / whoCan (${total} found)`,
        first: '',
        warm: Math.round((each / found) * 10) / 10,
      });
    }
    const holders = {
      users: (world.users ?? []).map(({ arn }) => arn),
      roles: (world.roles ?? []).map(({ arn }) => arn),
      resources: (world.resources ?? []).map(({ arn }) => arn),
      policies: (world.policies ?? []).map(({ arn }) => arn),
      groups: new Set<string>(),
      roots: [],
      accountIds: null,
      endpoints: [],
    };
    // Of more than a request has time for, a part is left out: here all of it counts.
    const unlimited = access.during(new Work({ time: Number.MAX_SAFE_INTEGER, cpu: Number.MAX_SAFE_INTEGER }));
    await row(
      'findings, all kinds',
      () => unlimited.findings({ holders, kinds: new Set(FINDING_KINDS), mayRead: () => true }, NOW),
      1,
    );
    await row('summary of an administrator', async () =>
      (await access.effectivePermissions(admin, new Map(), NOW)).summary(),
    );
    await row('permissions, the first 1,000', async () =>
      (await access.effectivePermissions(admin, new Map(), NOW)).listed().after(null, 1_000),
    );
    const inRole = { ...admin, assumedRole: (world.roles ?? [])[0]?.arn ?? '' };
    const comparison = await access.compareAccess(inRole, {}, NOW);
    await row('compareAccess, the first 20', async () =>
      (await access.compareAccess(inRole, {}, NOW)).listed().after(null, 20),
    );
    const [, , third] = await comparison.listed().after(null, 3);
    await row('compareAccess, the next page', () => comparison.listed().after(third?.place ?? null, 20));
    for (const maxDepth of [1, 2, 3]) {
      await row(`assumableRoles, depth ${maxDepth}`, () => access.assumableRoles(admin, { maxDepth }, NOW), 2);
    }
  } finally {
    await directory.close();
  }
  return rows;
}

const postgres = await startPostgres();
try {
  for (const size of SIZES) console.table(await measure(await postgres.createDatabase(), size));
} finally {
  await postgres.stop();
}
