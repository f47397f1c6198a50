import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openCatalog } from '../../src/catalog/catalog.ts';
import type { DirectoryDocument } from '../../src/directory/document.ts';
import type { Sql, SqlParameter } from '../../src/directory/prisma/database.ts';
import { type OpenDirectory, openDirectory } from '../../src/directory/prisma/open-directory.ts';
import type { Pruned, Retention } from '../../src/directory/pruning/prune.ts';
import { UnusedDocuments } from '../../src/directory/pruning/unused-documents.ts';
import type { NewAuditEvent } from '../../src/directory/stores/audit-store.ts';
import type { Caller } from '../../src/session/caller.ts';
import { basic, bearer, gatewayOn } from '../session/gateway.ts';
import { A, allow, aRole, aUser, policy, roleArn, trusts, userArn } from '../support/policies.ts';
import { sharedPostgres } from '../support/postgres-server.ts';
import { aQuestion } from '../support/questions.ts';
import { type TakenDatabase, takeDatabase, takeServerDatabase } from '../support/recycled-database.ts';

const DAY = 86_400_000;
const NOW = Date.now();
const KEEP: Retention = { sessions: Infinity, changes: Infinity, documents: Infinity, events: Infinity };
const NOTHING: Pruned = { roleSessions: 0, keySessions: 0, changes: 0, documents: 0, events: 0 };
const OPERATOR: Caller = { kind: 'operator' };
const ALICE = userArn('alice');
const R = roleArn('R');
const DOCUMENT: DirectoryDocument = {
  accounts: [{ id: A, membership: 'NONE' }],
  users: [aUser('alice', [allow('*')])],
  roles: [aRole('R', [trusts({ AWS: ALICE })], [allow('*')])],
};
const REFUSED: NewAuditEvent = {
  at: NOW,
  requestId: null,
  event: 'SignIn',
  principal: 'anonymous',
  keyId: null,
  roleArn: null,
  roleSessionId: null,
  sourceIdentity: null,
  sourceIp: '198.51.100.7',
  userAgent: null,
  action: null,
  target: ALICE,
  outcome: 'REFUSED',
  code: 'InvalidClientTokenId',
  effect: null,
  deniedBy: null,
  revision: null,
};

describe.each([
  ['in a folder', takeDatabase],
  ['on a server', takeServerDatabase],
])('pruning, %s', (_where, take) => {
  let taken: TakenDatabase;
  let directory: OpenDirectory;

  beforeEach(async () => {
    taken = await take();
    directory = await taken.openDirectory();
    await directory.apply(DOCUMENT);
  });
  afterEach(async () => {
    await directory.close();
    taken.giveBack();
  });

  const rows = async (table: string): Promise<number> => {
    const [row] = await taken.database.query<{ rows: number }>(`SELECT count(*)::int4 AS rows FROM "${table}"`);
    return row?.rows ?? Number.NaN;
  };

  describe('of sessions', () => {
    it('removes those that ended so long ago, whose tokens stay refused, and no others', async () => {
      const { sessions } = gatewayOn(directory, []);
      const key = await sessions.createAccessKey({ userArn: ALICE });
      const alice = await sessions.authenticate(basic(key), NOW);
      const assume = (roleSessionName: string, durationSeconds = 900) =>
        sessions.assumeRole(alice, { role: R, roleSessionName, durationSeconds }, NOW);
      const left = await assume('left');
      await sessions.exitRole(await sessions.authenticate(bearer(left), NOW), NOW + 1);
      const expired = await assume('expired');
      const longer = await assume('longer', 3_600);
      const temporary = await sessions.getSessionToken(alice, { durationSeconds: 900 }, NOW);
      await sessions.signIn(key, NOW);
      const retention = { ...KEEP, sessions: 90 };
      const revision = await directory.revision();

      expect(await directory.prune(retention, NOW + 90 * DAY)).toEqual(NOTHING);
      expect(await directory.prune(retention, NOW + 90 * DAY + 900_000 + 1_000)).toEqual({
        ...NOTHING,
        roleSessions: 2,
        keySessions: 1,
      });
      expect(await directory.sessions.find(longer.session.id)).not.toBeNull();
      expect(await directory.revision(), 'nothing that answers depend on').toBe(revision);
      for (const token of [bearer(left), bearer(expired), bearer({ credentials: temporary })]) {
        await expect(sessions.authenticate(token, NOW + 1_000)).rejects.toMatchObject({
          code: expect.stringMatching(/^(InvalidClientTokenId|ExpiredToken)$/),
        });
      }
      // Also where nothing is remembered of them.
      const other = await taken.openDirectory();
      await expect(gatewayOn(other, []).sessions.authenticate(bearer(left), NOW + 1_000)).rejects.toMatchObject({
        code: 'InvalidClientTokenId',
      });
      await other.close();
      // A sign-in lasts for twelve hours.
      expect(await directory.prune(retention, NOW + 91 * DAY)).toEqual({ ...NOTHING, roleSessions: 1, keySessions: 1 });
    });

    it('keeps the one in which a checker was made: it has its limits', async () => {
      const { sessions } = gatewayOn(directory, []);
      const alice = await sessions.authenticate(basic(await sessions.createAccessKey({ userArn: ALICE })), NOW);
      const assumed = await sessions.assumeRole(
        alice,
        { role: R, roleSessionName: 'maker', durationSeconds: 900 },
        NOW,
      );
      const inRole = await sessions.authenticate(bearer(assumed), NOW);
      const { token } = await sessions.createChecker(
        inRole,
        { name: 'c', accountIds: [A], actions: ['s3:*'], search: false, expiresAt: NOW + 300 * DAY },
        NOW,
      );
      expect(await directory.prune({ ...KEEP, sessions: 1 }, NOW + 200 * DAY)).toEqual(NOTHING);
      expect(await sessions.authenticate(`Bearer ${token}`, NOW + 200 * DAY)).toMatchObject({ kind: 'checker' });
    });
  });

  describe('of the log of changes', () => {
    const retention = { ...KEEP, changes: 30 };

    it('refuses to go on from a revision that the log does not reach back to', async () => {
      const before = await directory.revision();
      await directory.apply({ ...DOCUMENT, users: [aUser('alice', [allow('s3:*')])] });
      const after = await directory.revision();
      expect(await directory.prune(retention, NOW + 29 * DAY)).toEqual(NOTHING);
      expect(await directory.changedSince(before)).toBe(true);
      const { changes } = await directory.prune(retention, NOW + 31 * DAY);
      expect(changes).toBeGreaterThan(0);
      await expect(directory.changedSince(before)).rejects.toMatchObject({
        code: 'CONFLICT',
        message: 'this revision is older than the log of changes that is kept (ROLEGATE_CHANGE_DAYS): begin again',
      });
      await expect(directory.exports.page('users:', before)).rejects.toMatchObject({ code: 'CONFLICT' });
      expect(await directory.changedSince(after)).toBe(false);
      expect(await directory.revision()).toBe(after);
      expect(await directory.check()).toMatchObject({ faults: [] });
    });

    it('goes on from where it was, one change of many entities in several steps', async () => {
      const before = await directory.revision();
      const users = Array.from({ length: 600 }, (_, index) => aUser(`u${index}`, []));
      await directory.apply({ ...DOCUMENT, users });
      const all = await rows('DirectoryChange');
      let steps = 0;
      // The first step alone.
      const first = await directory.prune(retention, NOW + 31 * DAY, () => steps++ > 0);
      expect(first.changes).toBe(Math.min(all, taken.database.batch));
      await expect(directory.changedSince(before)).rejects.toMatchObject({ code: 'CONFLICT' });
      const second = await directory.prune(retention, NOW + 31 * DAY);
      expect(first.changes + second.changes).toBe(all);
      expect(await rows('DirectoryChange')).toBe(0);
    });

    it('does not forget an access key that was deleted: it is never made again', async () => {
      const { sessions } = gatewayOn(directory, []);
      const { accessKeyId } = await sessions.createAccessKey({ userArn: ALICE });
      await directory.keys.remove(accessKeyId, NOW);
      await directory.prune(retention, NOW + 31 * DAY);
      const { warnings } = await directory.apply({ accessKeys: [{ id: accessKeyId, user: ALICE }] });
      expect(warnings.join()).toContain(`access key ${accessKeyId}: it was deleted, and is not made again`);
    });
  });

  describe('of policy documents', () => {
    const retention = { ...KEEP, documents: 30 };
    const put = (text: string, event?: NewAuditEvent) =>
      directory.entities.putRolePolicy({ roleArn: R, policyName: 'p', policyDocument: text }, event);

    it('removes one that nothing has used for so long', async () => {
      await put(policy(allow('s3:One')));
      await put(policy(allow('s3:Two')));
      const there = await rows('PolicyDocument');
      // Seen unused for the first time.
      expect(await directory.prune(retention, NOW)).toEqual(NOTHING);
      expect(await directory.prune(retention, NOW + 29 * DAY)).toEqual(NOTHING);
      expect(await directory.prune(retention, NOW + 31 * DAY)).toEqual({ ...NOTHING, documents: 1 });
      expect(await rows('PolicyDocument')).toBe(there - 1);
      expect(await directory.check()).toMatchObject({ faults: [] });
    });

    it('keeps one that was used again meanwhile', async () => {
      await put(policy(allow('s3:One')));
      await put(policy(allow('s3:Two')));
      await directory.prune(retention, NOW);
      await put(policy(allow('s3:One')));
      await put(policy(allow('s3:Three')));
      // Both are unused now: the time begins anew.
      expect(await directory.prune(retention, NOW + 31 * DAY)).toEqual(NOTHING);
      expect(await directory.prune(retention, NOW + 62 * DAY)).toEqual({ ...NOTHING, documents: 2 });
    });

    it('keeps one that an event names, as long as the event', async () => {
      const { sessions } = gatewayOn(directory, []);
      const put = (action: string) =>
        sessions.putRolePolicy(OPERATOR, { roleArn: R, policyName: 'p', policyDocument: policy(allow(action)) }, NOW);
      await put('s3:One');
      await put('s3:Two');
      await directory.prune(retention, NOW);
      expect(await directory.prune(retention, NOW + 31 * DAY)).toEqual(NOTHING);
      const both = { ...retention, events: 60 };
      expect((await directory.prune(both, NOW + 59 * DAY)).documents).toBe(0);
      expect((await directory.prune(both, NOW + 61 * DAY)).events).toBeGreaterThan(0);
      expect((await directory.prune(both, NOW + 92 * DAY)).documents).toBe(1);
    });
  });

  describe('of the audit trail', () => {
    const record = (at: number, target: string) => directory.audit.record({ ...REFUSED, at, target });

    it('removes its beginning, and nothing behind the first event that is to stay', async () => {
      await record(NOW - 20 * DAY, 'one');
      await record(NOW - 20 * DAY, 'two');
      await record(NOW - 5 * DAY, 'three');
      // Of a clock that was behind.
      await record(NOW - 20 * DAY, 'four');
      const filter = { outcome: 'REFUSED' } as const;
      expect(await directory.audit.count(filter)).toBe(4);
      // Without one event more, so that what is remembered of a count would do.
      const own = await directory.audit.count({});
      expect((await directory.prune({ ...KEEP, events: 10 }, NOW)).events).toBe(2);
      expect(await directory.audit.count(filter)).toBe(2);
      expect(await directory.audit.count({})).toBe(own - 2);
      const targets = (await directory.audit.list({ limit: 10, filter })).map(({ target }) => target);
      expect(targets).toEqual(['three', 'four']);
      for (const table of ['AuditRepetition', 'AuditEventAccount']) {
        const [row] = await taken.database.query<{ rows: number }>(
          `SELECT count(*)::int4 AS rows FROM "${table}" x WHERE NOT EXISTS (SELECT 1 FROM "AuditEvent" e WHERE e.sequence = x.sequence)`,
        );
        expect(row?.rows).toBe(0);
      }
      expect(await directory.check()).toMatchObject({ faults: [] });
    });

    it('is the only way to remove events', async () => {
      await record(NOW, ALICE);
      for (const statement of [
        'DELETE FROM "AuditEvent"',
        'DELETE FROM "AuditEventAccount"',
        'DELETE FROM "AuditRepetition"',
        'TRUNCATE "AuditRepetition"',
        `UPDATE "AuditEvent" SET principal = 'x'`,
      ]) {
        await expect(taken.database.query(statement)).rejects.toThrow('the audit trail is never changed');
      }
    });

    it('keeps everything where nothing is said', async () => {
      await record(0, 'one');
      expect(await directory.prune(KEEP, NOW)).toEqual(NOTHING);
    });
  });
});

describe('pruning beside other gateways of a server', () => {
  const catalogs = openCatalog();
  let url: string;

  beforeEach(async () => {
    url = await (await sharedPostgres()).createMigrated();
  });

  const gateway = async (): Promise<OpenDirectory> => {
    const directory = await openDirectory({ kind: 'server', url }, await catalogs);
    onTestFinished(() => directory.close());
    return directory;
  };

  const connected = async (): Promise<Client> => {
    const client = new Client({ connectionString: url });
    await client.connect();
    onTestFinished(() => client.end());
    return client;
  };

  it('leaves none behind: one that has not looked since begins anew', async () => {
    const [one, other] = [await gateway(), await gateway()];
    await one.apply(DOCUMENT);
    const decide = async (from: OpenDirectory): Promise<string | undefined> => {
      const [answer] = await gatewayOn(from, []).access.decide(
        [aQuestion(ALICE, 's3:ListBucket', 'arn:aws:s3:::b')],
        NOW,
      );
      return answer?.decision.effect;
    };
    expect(await decide(other)).toBe('ALLOWED');
    await one.apply({ ...DOCUMENT, users: [aUser('alice', [])] });
    await one.prune({ ...KEEP, changes: 1 }, NOW + 2 * DAY);
    expect(await decide(other)).toBe('IMPLICIT_DENY');
  });

  it('waits for nobody, and holds up nobody', async () => {
    const directory = await gateway();
    await directory.apply(DOCUMENT);
    const writer = await connected();
    await writer.query('BEGIN');
    await writer.query('SELECT id FROM "DirectoryState" WHERE id = 1 FOR UPDATE');
    let asked = 0;
    const start = performance.now();
    expect(await directory.prune({ ...KEEP, changes: 1 }, NOW + 2 * DAY, () => asked++ > 2)).toEqual(NOTHING);
    // Its tries are a quarter of a second apart; a lock would have been waited for for five.
    expect(performance.now() - start).toBeLessThan(4_000);
    await writer.query('ROLLBACK');
    expect((await directory.prune({ ...KEEP, changes: 1 }, NOW + 2 * DAY)).changes).toBeGreaterThan(0);
  });

  it('is done by one of them at a time', async () => {
    const directory = await gateway();
    await directory.apply(DOCUMENT);
    const other = await connected();
    await other.query('BEGIN');
    await other.query('SELECT pg_advisory_xact_lock(7265117003)');
    let asked = 0;
    expect(await directory.prune({ ...KEEP, changes: 1 }, NOW + 2 * DAY, () => asked++ > 0)).toEqual(NOTHING);
    await other.query('COMMIT');
    expect((await directory.prune({ ...KEEP, changes: 1 }, NOW + 2 * DAY)).changes).toBeGreaterThan(0);
  });
});

it('looks by indexes whether a document is used, in tables that have grown since their statistics too', async () => {
  const taken = await takeDatabase();
  const directory = await taken.openDirectory();
  onTestFinished(async () => {
    await directory.close();
    taken.giveBack();
  });
  await directory.apply(DOCUMENT);
  // Most policies have the same text, and that is what the statistics say.
  const user = '(SELECT id FROM "User" LIMIT 1)';
  const add = (from: number, to: number, hash: string) =>
    taken.query(
      `INSERT INTO "InlinePolicy" (id, "userId", name, "documentHash")
       SELECT 'p' || n, ${user}, 'p' || n, ${hash} FROM generate_series(${from}, ${to}) AS n`,
    );
  await add(1, 2_000, '(SELECT min(hash) FROM "PolicyDocument")');
  await taken.query('ANALYZE "InlinePolicy"');
  const hashOf = `lpad(n::text, 64, '0')`;
  await taken.query(
    `INSERT INTO "PolicyDocument" (hash, text) SELECT ${hashOf}, '{}' FROM generate_series(2001, 7000) AS n`,
  );
  await add(2_001, 7_000, hashOf);
  const plans: string[] = [];
  await taken.database.transaction('write', async (sql) => {
    const explained: Sql = {
      batch: sql.batch,
      query: async <Row>(text: string, parameters?: readonly SqlParameter[]) => {
        if (text.includes('SELECT d.hash')) plans.push(JSON.stringify(await sql.query(`EXPLAIN ${text}`, parameters)));
        return sql.query<Row>(text, parameters);
      },
    };
    expect(await new UnusedDocuments(NOW, NOW).step(explained, 100)).toBe(true);
  });
  expect(plans).toEqual([expect.stringContaining('InlinePolicy_documentHash_idx')]);
});
