import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Memory } from '../../src/directory/gather/memory.ts';
import type { Statement } from '../../src/directory/parameters.ts';
import type { Database } from '../../src/directory/prisma/database.ts';
import { openEmbeddedDatabase } from '../../src/directory/prisma/embedded-database.ts';
import { migrate, prismaFolder } from '../../src/directory/prisma/migrate.ts';
import { applyMigrations } from '../../src/directory/prisma/schema-engine.ts';
import { openServerDatabase } from '../../src/directory/prisma/server-database.ts';
import { Store } from '../../src/directory/store.ts';
import { auditEvents } from '../../src/directory/stores/audit-events.ts';
import { selectCount, selectPage } from '../../src/directory/stores/audit-search.ts';
import type { AuditPage, AuditStore, NewAuditEvent } from '../../src/directory/stores/audit-store.ts';
import { copyFolder } from '../support/copy-folder.ts';
import { newDataDir, removeDataDir } from '../support/gateway.ts';
import { sharedPostgres } from '../support/postgres-server.ts';
import { unwatchedBudget } from '../support/unwatched-budget.ts';

const BUSY = '111111111111';
const QUIET = '222222222222';
const OTHER = '333333333333';
const ALICE = `arn:aws:iam::${BUSY}:user/alice`;
const QUIETS = `arn:aws:iam::${QUIET}:user/quiet`;
const EVENTS = 50_000;
/** One of so many events is of the quiet account. */
const SELDOM = 5_000;

/** A time in the middle of them. */
const HALF = Date.UTC(2026, 0, 1) + (EVENTS / 2) * 1_000;

/** The migration that gave events their accounts. */
const MIGRATION = /_audit_accounts$/;

const EVENT: NewAuditEvent = {
  at: Date.UTC(2026, 0, 1),
  requestId: null,
  event: 'SignIn',
  principal: 'anonymous',
  keyId: null,
  roleArn: null,
  roleSessionId: null,
  sourceIdentity: null,
  sourceIp: null,
  userAgent: null,
  action: null,
  target: null,
  outcome: 'REFUSED',
  code: null,
  effect: null,
  deniedBy: null,
  revision: null,
};

/** What was there before that migration. */
const EARLIER = [
  `INSERT INTO "Account" (id) VALUES ('${BUSY}')`,
  `INSERT INTO "User" (id, arn, "accountId", name, "createdAt", path) VALUES ('AIDAALICE', '${ALICE}', '${BUSY}', 'alice', now(), '/')`,
  `INSERT INTO "AccessKey" (id, "userId", "createdAt") VALUES ('AKIAALICE', 'AIDAALICE', now())`,
  `INSERT INTO "AuditEvent" (at, event, principal, target, outcome) VALUES
     ('2025-12-31', 'SignIn', 'anonymous', 'AKIAALICE', 'REFUSED'), ('2025-12-31', 'SignIn', 'anonymous', 'AKIAGONE', 'REFUSED'),
     ('2025-12-31', 'Import', 'operator', '${OTHER}', 'SUCCEEDED'),
     ('2025-12-31', 'AssumeRole', '${ALICE}', 'arn:aws:iam::${QUIET}:role/R', 'SUCCEEDED'),
     ('2025-12-31', 'PutObject', '${ALICE}', 'arn:aws:s3:::bucket/a:b', 'SUCCEEDED')`,
];

async function migrateUntil(database: Database, end: RegExp): Promise<void> {
  const folder = join(prismaFolder(), 'migrations');
  const names = (await readdir(folder)).filter((name) => /^\d/.test(name)).sort();
  const before = names.slice(
    0,
    names.findIndex((name) => end.test(name)),
  );
  const migrations = before.map(async (name) => ({
    name,
    script: await readFile(join(folder, name, 'migration.sql'), 'utf8'),
  }));
  await applyMigrations(database.adapter, { folder, migrations: await Promise.all(migrations) });
}

interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Plan Rows': number;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly Plan[];
}

function nodesOf(plan: Plan): readonly Plan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
}

/** How many rows of the trail's tables it looks at. */
async function rowsRead(database: Database, { text, parameters }: Statement): Promise<number> {
  const explained = `EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ${text}`;
  const [row] = await database.query<{ 'QUERY PLAN': readonly { readonly Plan: Plan }[] }>(explained, parameters);
  const [explanation] = row?.['QUERY PLAN'] ?? [];
  if (explanation === undefined) throw new Error('no plan');
  return nodesOf(explanation.Plan)
    .filter((node) => node['Relation Name'] !== undefined || node['Node Type'] === 'Bitmap Index Scan')
    .map((node) => node['Actual Loops'] * (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)))
    .reduce((sum, rows) => sum + rows, 0);
}

/** Where a database is. */
interface Place {
  readonly open: () => Promise<Database>;
  /** Another place with what is in this one, which nobody has open. */
  readonly copy: () => Promise<Place>;
  readonly remove: () => Promise<void>;
}

/** A trail that an earlier version began. */
interface Trail {
  readonly database: Database;
  readonly audit: AuditStore;
  readonly shown: (accountIds: readonly string[], page?: Partial<AuditPage>) => Promise<readonly string[]>;
  readonly remove: () => Promise<void>;
}

/** A trail that an earlier version began and this one has gone on with. */
async function begin(place: Place): Promise<void> {
  const earlier = await place.open();
  await migrateUntil(earlier, MIGRATION);
  for (const statement of EARLIER) await earlier.query(statement);
  await earlier.close();
  const database = await place.open();
  await migrate(database);
  await database.close();
}

async function openTrail(place: Place): Promise<Trail> {
  const database = await place.open();
  const audit = auditEvents(new Store(database, new Memory(0n, unwatchedBudget())));
  return {
    database,
    audit,
    shown: async (accountIds, page = {}) =>
      (await audit.list({ limit: 1000, ...page, filter: { ...page.filter, accountIds } })).map(
        ({ event, target }) => `${event} ${target}`,
      ),
    remove: async () => {
      await database.close();
      await place.remove();
    },
  };
}

/** Pages of a long trail, by what is looked for, that are found fast whatever the planner knows of the trail. */
const PAGES: readonly (readonly [string, AuditPage])[] = [
  ['the beginning of an account with few', { limit: 101, filter: { accountIds: [QUIET] } }],
  ['the end of an account with few', { limit: 101, newest: true, filter: { accountIds: [QUIET] } }],
  ['accounts without any', { limit: 101, filter: { accountIds: ['444444444444', '555555555555'] } }],
  ['what was refused to few', { limit: 101, filter: { accountIds: [QUIET], outcome: 'REFUSED' } }],
  ['what few did', { limit: 101, filter: { accountIds: [BUSY], principal: QUIETS } }],
  ['the end of an account with many', { limit: 101, newest: true, filter: { accountIds: [BUSY] } }],
  ['a page in the middle', { limit: 101, after: 20_000n, filter: { accountIds: [BUSY, QUIET] } }],
  ['the beginning of an account with many', { limit: 101, filter: { accountIds: [BUSY] } }],
  ['what was an event of many', { limit: 101, newest: true, filter: { event: 'SignIn' } }],
  ['what happened in no session', { limit: 101, newest: true, filter: { roleSessionId: 'none' } }],
  ['what ended as nothing else', { limit: 101, newest: true, filter: { outcome: 'FAILED' } }],
  ['what many did at some time', { limit: 101, filter: { accountIds: [BUSY], from: HALF, until: HALF + 3_600_000 } }],
  ['what many did', { limit: 101, newest: true, filter: { accountIds: [BUSY, QUIET], principal: ALICE } }],
];

/** Pages for which the planner has to know how many events there are. */
const PAGES_BY_TIME: readonly (readonly [string, AuditPage])[] = [
  ['what happened at some time', { limit: 101, filter: { from: HALF } }],
  ['what an operation did until then', { limit: 101, newest: true, filter: { event: 'SignIn', until: HALF } }],
];

async function addEvents(database: Database): Promise<void> {
  await database.query(
    `WITH added AS (
       INSERT INTO "AuditEvent" (at, event, principal, outcome)
       SELECT timestamp '2026-01-01' + n * interval '1 second', 'SignIn',
           CASE WHEN n % $1::int = 0 THEN $2::text ELSE $3::text END, 'SUCCEEDED'
         FROM generate_series(1, $4::int) n
       RETURNING sequence, principal)
     INSERT INTO "AuditEventAccount" (sequence, "accountId")
     SELECT sequence, split_part(principal, ':', 5) FROM added`,
    [SELDOM, QUIETS, ALICE, EVENTS],
  );
  await database.query(`INSERT INTO "AuditSpan" SELECT sequence / 512, min(at), max(at) FROM "AuditEvent" GROUP BY 1
    ON CONFLICT (block) DO UPDATE SET earliest = excluded.earliest, latest = excluded.latest`);
}

function describeTrails(where: string, prepare: () => Promise<Place>): void {
  describe(`the audit trail ${where}`, () => {
    /** The beginning of every trail, made once. */
    let begun: Place;
    beforeAll(async () => {
      begun = await prepare();
      await begin(begun);
    }, 60_000);
    afterAll(() => begun.remove());

    describe('that an earlier version began', () => {
      let trail: Trail;
      beforeEach(async () => {
        trail = await openTrail(await begun.copy());
      }, 60_000);
      afterEach(() => trail.remove());

      it('has the accounts of what happened before it kept them', async () => {
        const { shown, audit } = trail;
        expect(await shown([BUSY])).toEqual([
          'SignIn AKIAALICE',
          `AssumeRole arn:aws:iam::${QUIET}:role/R`,
          'PutObject arn:aws:s3:::bucket/a:b',
        ]);
        expect(await shown([QUIET])).toEqual([`AssumeRole arn:aws:iam::${QUIET}:role/R`]);
        expect(await shown([OTHER])).toEqual([`Import ${OTHER}`]);
        expect(await audit.list({ limit: 1000 })).toHaveLength(5);
      });

      it('keeps of which accounts an event was, whatever becomes of them', async () => {
        const { shown, audit, database } = trail;
        await audit.record({ ...EVENT, event: 'Later', target: 'AKIAALICE' });
        await audit.record({ ...EVENT, event: 'Shared', accountIds: [BUSY, OTHER, 'x\0', '1'], target: null });
        await audit.record({ ...EVENT, event: 'Nobody', principal: 'ec2.amazonaws.com', target: 'AKIANONE\0' });
        await database.query('DELETE FROM "User"');
        expect((await shown([BUSY])).slice(3)).toEqual(['Later AKIAALICE', 'Shared null']);
        expect((await shown([OTHER])).slice(1)).toEqual(['Shared null']);
        // An event of several accounts is one event, however it is looked for.
        expect((await shown([OTHER, BUSY])).slice(4)).toEqual(['Later AKIAALICE', 'Shared null']);
        expect(await shown([OTHER, BUSY], { newest: true, limit: 2 })).toEqual(['Shared null', 'Later AKIAALICE']);
        for (const filter of [{}, { principal: 'anonymous' }, { event: 'Shared' }, { outcome: 'REFUSED' }] as const) {
          const wanted = { ...filter, accountIds: [OTHER, BUSY] };
          expect(await audit.count(wanted)).toBe((await audit.list({ limit: 1000, filter: wanted })).length);
        }
        expect(await shown([OTHER, BUSY], { filter: { principal: 'anonymous' } })).toEqual([
          'SignIn AKIAALICE',
          'Later AKIAALICE',
          'Shared null',
        ]);
        expect(await shown([])).toEqual([]);
      });

      it.each(['UPDATE "AuditEventAccount" SET "accountId" = \'1\'', 'DELETE FROM "AuditEventAccount"'])(
        'refuses %s',
        async (statement) => {
          const { shown, database } = trail;
          const before = await shown([OTHER]);
          expect(before).toContain(`Import ${OTHER}`);
          await expect(database.query(statement)).rejects.toThrow('the audit trail is never changed');
          expect(await shown([OTHER])).toEqual(before);
        },
      );
    });

    describe.each([
      ['without statistics', false],
      ['with statistics', true],
    ] as const)(`of ${EVENTS} events, %s`, (_what, statistics) => {
      let trail: Trail;
      beforeAll(async () => {
        trail = await openTrail(await begun.copy());
        await addEvents(trail.database);
        if (statistics) await trail.database.query('ANALYZE "AuditEvent", "AuditEventAccount"');
      }, 60_000);
      afterAll(() => trail.remove());

      it.each(statistics ? [...PAGES, ...PAGES_BY_TIME] : PAGES)(
        'reads no more than it has to for %s',
        async (_page, page) => {
          expect(await rowsRead(trail.database, selectPage('e.sequence', page))).toBeLessThan(1_500);
        },
      );

      // Where it believes that next to nothing is found, it starts further processes, which takes longer than all else.
      it('believes that a page is full, also at a time at which nothing happened', async () => {
        const { text, parameters } = selectPage('e.sequence', { limit: 21, filter: { from: Date.UTC(2099, 0) } });
        const [row] = await trail.database.query<{ 'QUERY PLAN': readonly { readonly Plan: Plan }[] }>(
          `EXPLAIN (FORMAT JSON) ${text}`,
          parameters,
        );
        const plan = row?.['QUERY PLAN'][0]?.Plan;
        const limit = plan === undefined ? undefined : nodesOf(plan).find((node) => node['Node Type'] === 'Limit');
        expect(limit?.['Plan Rows']).toBe(21);
      });

      it('counts an account with few without reading the others’', async () => {
        const { audit, database } = trail;
        expect(await audit.count({ accountIds: [QUIET] })).toBe(1 + EVENTS / SELDOM);
        expect(await rowsRead(database, selectCount({ accountIds: [QUIET] }))).toBeLessThan(1_000);
        if (!statistics) return;
        expect(await rowsRead(database, selectCount({ accountIds: [QUIET], outcome: 'REFUSED' }))).toBeLessThan(1_000);
      });
    });
  });
}

function folder(dataDir: string): Place {
  return {
    open: () => openEmbeddedDatabase(dataDir, async () => undefined),
    copy: async () => {
      const copied = await newDataDir();
      await copyFolder(join(dataDir, 'db'), join(copied, 'db'));
      return folder(copied);
    },
    remove: () => removeDataDir(dataDir),
  };
}

describeTrails('in a folder', async () => folder(await newDataDir()));

function onServer(url: string): Place {
  return {
    open: async () => openServerDatabase(url),
    copy: async () => onServer(await (await sharedPostgres()).createDatabase(url)),
    remove: async () => undefined,
  };
}

describeTrails('on a server', async () => onServer(await (await sharedPostgres()).createDatabase()));
