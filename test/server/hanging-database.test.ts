import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCatalog } from '../../src/catalog/catalog.ts';
import { openDirectory } from '../../src/directory/prisma/open-directory.ts';
import { USUAL_FRESHNESS } from '../../src/directory/store.ts';
import { openStore } from '../../src/server/services.ts';
import { newDataDir, removeDataDir, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { sharedPostgres } from '../support/postgres-server.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';

/** The shortest that can be set. */
const SECOND = {
  ROLEGATE_DATABASE_STATEMENT_SECONDS: '1',
  ROLEGATE_DATABASE_LOCK_SECONDS: '1',
  ROLEGATE_DATABASE_CONNECT_SECONDS: '1',
};
const QUESTION = `{ decision(request: {
  principal: "arn:aws:iam::111111111111:user/alice", action: "s3:GetObject", resource: "arn:aws:s3:::dev-alice/x"
}) { allowed } }`;
const SESSIONS = '{ roleSessions { nodes { id } } }';
const EVENTS = '{ auditEvents(first: 1) { nodes { event } } }';
const SIGNING = 'mutation { rotateSigningKey { __typename } }';

let dataDir: string;
let url: string;
let proxy: TcpProxy;
let gateway: TestGateway;

beforeAll(async () => {
  dataDir = await newDataDir();
  url = await (await sharedPostgres()).createMigrated();
  const behind = new URL(url);
  proxy = await startTcpProxy(Number(behind.port));
  behind.port = String(proxy.port);
  gateway = await startTestGateway(dataDir, { ...SECOND, DATABASE_URL: behind.href, ROLEGATE_DEMO: 'on' });
});

afterAll(async () => {
  await gateway?.gateway.close();
  await proxy?.close();
  await removeDataDir(dataDir);
});

async function answerTo(query: string) {
  const { status, headers, body } = await gateway.ask(query, { authorization: gateway.as.operator });
  return [status, headers.get('retry-after'), body.errors?.[0]?.extensions?.code];
}

const GONE = [503, '1', 'DIRECTORY_UNAVAILABLE'];
const ANSWERED = [200, null, undefined];

describe('a lock that another connection holds', () => {
  let other: Client;

  beforeAll(async () => {
    other = new Client({ connectionString: url });
    await other.connect();
  });

  afterAll(() => other.end());

  test.each([
    ['a list', EVENTS, 'LOCK TABLE "AuditEvent" IN ACCESS EXCLUSIVE MODE'],
    ['what Prisma reads', SESSIONS, 'LOCK TABLE "RoleSession" IN ACCESS EXCLUSIVE MODE'],
    ['a change', SIGNING, 'SELECT 1 FROM "DirectoryState" FOR UPDATE'],
  ])('%s is told to come again, and answered when it is free', async (_what, query, lock) => {
    await other.query('BEGIN');
    await other.query(lock);
    try {
      expect(await answerTo(query)).toEqual(GONE);
    } finally {
      await other.query('ROLLBACK');
    }
    expect(await answerTo(query)).toEqual(ANSWERED);
  });
});

describe('a network that forwards nothing any more', () => {
  test('is a server that is gone until it forwards again', async () => {
    proxy.hang();
    try {
      const answers = await Promise.all([EVENTS, QUESTION, SIGNING].map((query) => answerTo(query)));
      expect(answers).toEqual([GONE, GONE, GONE]);
    } finally {
      proxy.resume();
    }
    expect(await answerTo(QUESTION)).toEqual(ANSWERED);
  });

  test('tells of the loss once, and of the return', async () => {
    const place = new URL(url);
    place.port = String(proxy.port);
    const told: boolean[] = [];
    const times = { statement: 300, lock: 300, idleTransaction: 300, connection: 300 };
    const directory = await openDirectory(
      { kind: 'server', url: place.href, times, onAvailability: (isThere) => told.push(isThere) },
      await openCatalog(),
    );
    try {
      proxy.hang();
      await Promise.allSettled([directory.revision(), directory.ping(), directory.audit.count({})]);
      expect(told).toEqual([false]);
      proxy.resume();
      await directory.ping();
      expect(told).toEqual([false, true]);
    } finally {
      proxy.resume();
      await directory.close();
    }
  });
});

describe('a start', () => {
  const place = (port: number) => {
    const at = new URL(url);
    at.port = String(port);
    const times = { statement: 300, lock: 300, idleTransaction: 300, connection: 300 };
    return {
      dataDir,
      databaseUrl: at.href,
      operatorToken: null,
      memory: 64_000_000,
      database: { times, startSeconds: 0, directUrl: null, replicaUrl: null, freshness: USUAL_FRESHNESS },
    };
  };

  test('waits for a server that comes in time', async () => {
    proxy.hang();
    const told: boolean[] = [];
    const onAvailability = (isThere: boolean): void => {
      told.push(isThere);
      if (!isThere) proxy.resume();
    };
    const { directory } = await openStore(place(proxy.port), { waitSeconds: 30, onAvailability });
    await directory.close();
    expect(told[0]).toBe(false);
  });

  test('and for no longer than it is told to', async () => {
    await expect(openStore(place(1), { waitSeconds: 1 })).rejects.toMatchObject({ code: 'DIRECTORY_UNAVAILABLE' });
  });
});
