/**
 * Three gateways on one PostgreSQL server: writes on each, reads on all, while connections are cut and the server is restarted at
 * random. No answer is stale, nothing acknowledged is lost, and errors say that the database is gone.
 * ROLEGATE_FAULT_SECONDS: how long it goes on (otherwise a few seconds, in the long runs a minute). The seed is printed.
 */
import { createHash, randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { StoreUnavailable } from '../../src/directory/store-unavailable.ts';
import type { Caller } from '../../src/session/caller.ts';
import { A, allow, aRole, aUser, policy, roleArn, trusts, userArn } from '../support/policies.ts';
import { type PostgresServer, startPostgres } from '../support/postgres-server.ts';
import { aQuestion } from '../support/questions.ts';
import { basic, bearer, type Gateway, openOn } from './gateway.ts';

const SECONDS = Number(process.env['ROLEGATE_FAULT_SECONDS'] ?? { ordinary: 4, short: 20, long: 60 }[inject('length')]);
const SEED = randomInt(2 ** 31);
const OPERATOR: Caller = { kind: 'operator' };
const ALICE = userArn('alice');
const R = roleArn('R');
const WRITERS = 3;

/** Pseudo-random numbers from 0 to 1 (mulberry32). */
function drawn(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

let server: PostgresServer;
let url: string;
let gateways: readonly Gateway[] = [];

beforeAll(async () => {
  server = await startPostgres();
  url = await server.createDatabase();
  const opened: Gateway[] = [];
  for (let count = 0; count < 3; count++) opened.push(await openOn({ kind: 'server', url }));
  gateways = opened;
  await gateways[0]?.directory.apply({
    accounts: [{ id: A, membership: 'NONE' }],
    users: [aUser('alice', [allow('sts:AssumeRole')]), ...writersUsers()],
    roles: [aRole('R', [trusts({ AWS: ALICE })], [allow('s3:*')])],
  });
}, 180_000);
afterAll(async () => {
  for (const { directory } of gateways) await directory.close().catch(() => undefined);
  await server?.stop();
});

function writersUsers() {
  return Array.from({ length: WRITERS }, (_, index) => aUser(`writer${index}`));
}

/** What came of something that a fault may have hit; null: the database was gone. Everything else is a failure of the test. */
async function unlessGone<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof StoreUnavailable) {
      expect(error.message).toMatch(/database does not answer/);
      return null;
    }
    throw error;
  }
}

/** Cuts connections, now and then restarts the server, until it is told to stop. */
async function breakThings(random: () => number, isOver: () => boolean): Promise<{ cuts: number; restarts: number }> {
  const done = { cuts: 0, restarts: 0 };
  while (!isOver()) {
    await delay(50 + random() * 250);
    if (random() < 0.06) {
      await server.pause();
      await delay(random() * 300);
      await server.start();
      done.restarts++;
      continue;
    }
    const admin = new Client({ connectionString: url });
    admin.on('error', () => undefined);
    try {
      await admin.connect();
      const { rowCount } = await admin.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE application_name = 'rolegate' AND pid <> pg_backend_pid() AND random() < 0.4`,
      );
      done.cuts += rowCount ?? 0;
    } finally {
      await admin.end().catch(() => undefined);
    }
  }
  return done;
}

interface Told {
  /** SHA-256 of every document whose writing was answered. */
  readonly acknowledged: string[];
  reads: number;
  gone: number;
}

/** One user's policy is changed on a gateway of chance, and decided on another: as it was answered, or as one of those in doubt. */
async function write(index: number, random: () => number, isOver: () => boolean, told: Told): Promise<void> {
  const user = userArn(`writer${index}`);
  const any = (): Gateway => gateways[Math.floor(random() * gateways.length)] as Gateway;
  let possible = new Set([false]);
  for (let count = 0; !isOver(); count++) {
    const allows = random() < 0.5;
    const document = policy({ ...allow(allows ? 's3:GetObject' : 'sqs:*'), Sid: `w${index}x${count}` });
    const input = { userArn: user, policyName: 'p', policyDocument: document };
    const written = await unlessGone(() =>
      any()
        .sessions.putUserPolicy(OPERATOR, input, Date.now())
        .then(() => true),
    );
    if (written === null) {
      told.gone++;
      // It may have been committed.
      possible.add(allows);
      await delay(20);
    } else {
      told.acknowledged.push(createHash('sha256').update(document).digest('hex'));
      possible = new Set([allows]);
    }
    for (let reads = 0; reads < 2; reads++) {
      const question = aQuestion(user, 's3:GetObject', 'arn:aws:s3:::b/x');
      const answers = await unlessGone(() => any().access.decide([question], Date.now()));
      if (answers === null) continue;
      told.reads++;
      const allowed = answers[0]?.decision.allowed === true;
      expect(possible, `seed ${SEED}: a stale answer about ${user} after write ${count}`).toContain(allowed);
      possible = new Set([allowed]);
    }
  }
}

/** A session that was left on one gateway is refused on every other one. */
async function comeAndGo(alice: Caller, random: () => number, isOver: () => boolean): Promise<number> {
  const any = (): Gateway => gateways[Math.floor(random() * gateways.length)] as Gateway;
  let left = 0;
  for (let count = 0; !isOver(); count++) {
    const assumed = await unlessGone(() =>
      any().sessions.assumeRole(alice, { role: R, roleSessionName: `s${count}` }, Date.now()),
    );
    if (assumed === null) continue;
    const inRole = await unlessGone(() => any().sessions.authenticate(bearer(assumed), Date.now()));
    if (inRole === null) continue;
    const exited = await unlessGone(() => any().sessions.exitRole(inRole, Date.now()));
    if (exited === null) continue;
    left++;
    for (const gateway of gateways) {
      const code = await unlessGone(() =>
        gateway.sessions.authenticate(bearer(assumed), Date.now()).then(
          () => 'let in',
          (error: unknown) => {
            if (error instanceof StoreUnavailable) throw error;
            return String((error as { code?: unknown }).code);
          },
        ),
      );
      // Null: the database was gone.
      expect([null, 'ExpiredToken']).toContain(code);
    }
  }
  return left;
}

it(`three gateways under faults for ${SECONDS} s: no stale answer, no lost change`, {
  timeout: SECONDS * 1_000 + 120_000,
}, async () => {
  const random = drawn(SEED);
  const first = gateways[0] as Gateway;
  const key = await first.sessions.createAccessKey({ userArn: ALICE });
  const alice = await first.sessions.authenticate(basic(key), Date.now());
  const end = performance.now() + SECONDS * 1_000;
  const isOver = (): boolean => performance.now() > end;
  const told: Told = { acknowledged: [], reads: 0, gone: 0 };
  const writers = Array.from({ length: WRITERS }, (_, index) => write(index, random, isOver, told));
  const [faults, left] = await Promise.all([breakThings(random, isOver), comeAndGo(alice, random, isOver), ...writers]);
  console.log(
    `seed ${SEED}: ${told.acknowledged.length} changes, ${told.reads} decisions, ${left} sessions left, ${faults.cuts} connections cut, ` +
      `${faults.restarts} restarts, ${told.gone} changes in doubt`,
  );
  expect(told.acknowledged.length).toBeGreaterThan(0);
  expect(faults.cuts + faults.restarts).toBeGreaterThan(0);

  // It goes on by itself, and the trail has each change that was answered, once.
  const documents: string[] = [];
  let after = 0n;
  for (const gateway of gateways)
    await expect.poll(() => gateway.directory.ping().then(() => true), { timeout: 20_000 }).toBe(true);
  for (;;) {
    const events = await first.directory.audit.list({ limit: 1_000, after, filter: { event: 'PutUserPolicy' } });
    for (const { parameters } of events) documents.push(String(parameters?.['policyDocument']).slice('sha256:'.length));
    const last = events.at(-1);
    if (last === undefined) break;
    after = last.sequence;
  }
  expect(new Set(documents).size).toBe(documents.length);
  const kept = new Set(documents);
  expect(told.acknowledged.filter((hash) => !kept.has(hash))).toEqual([]);
  expect(await first.directory.check()).toMatchObject({ faults: [] });
});
