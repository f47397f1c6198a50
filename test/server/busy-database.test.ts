import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type EventClient, subscribe } from '../support/events.ts';
import { newDataDir, removeDataDir, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { sharedPostgres } from '../support/postgres-server.ts';

// A server that answers, but not soon: its connections are all taken, or its tables are held by others.

const SECOND = {
  ROLEGATE_DATABASE_STATEMENT_SECONDS: '2',
  ROLEGATE_DATABASE_LOCK_SECONDS: '2',
  ROLEGATE_DATABASE_CONNECT_SECONDS: '1',
};
const ALICE = 'arn:aws:iam::111111111111:user/alice';
const QUESTION = `{ decision(request: {
  principal: "${ALICE}", action: "s3:GetObject", resource: "arn:aws:s3:::dev-alice/x" }) { allowed } }`;
const TAGS = `mutation ($input: PutUserPolicyInput!) {
  putUserPolicy(input: $input) { kind: __typename ... on UserChangeSuccess { revision } } }`;
const CHANGED = 'subscription { directoryChanged { revision isLast } }';

let dataDir: string;
let url: string;
let gateway: TestGateway;
let holder: Client;

beforeAll(async () => {
  dataDir = await newDataDir();
  url = await (await sharedPostgres()).createMigrated();
  gateway = await startTestGateway(dataDir, { DATABASE_URL: url, ROLEGATE_DEMO: 'on', ...SECOND });
});
afterAll(async () => {
  await gateway.gateway.close();
  await removeDataDir(dataDir);
});
afterEach(() => holder.end());

async function hold(...statements: readonly string[]): Promise<void> {
  holder = new Client({ connectionString: url });
  await holder.connect();
  for (const statement of ['BEGIN', ...statements]) await holder.query(statement);
}

const put = (index: number) =>
  gateway.ask(TAGS, {
    variables: {
      input: {
        userArn: ALICE,
        policyName: 'busy',
        policyDocument: `{"Version":"2012-10-17","Statement":{"Sid":"S${index}","Effect":"Allow","Action":"sqs:*","Resource":"*"}}`,
      },
    },
    authorization: gateway.as.operator,
  });

async function changesInTrail(): Promise<number> {
  const { body } = await gateway.ask('{ auditEvents(filter: { event: "PutUserPolicy" }, first: 1) { totalCount } }', {
    authorization: gateway.as.operator,
  });
  return body.data.auditEvents.totalCount;
}

test('when all connections are taken, who comes is told to come again, and nothing acknowledged is lost', async () => {
  const before = await changesInTrail();
  await hold('SELECT * FROM "DirectoryState" FOR UPDATE');
  const names = Array.from({ length: 25 }, (_, index) => index);
  const changes = names.map(put);
  const began = Date.now();
  const asked = await gateway.ask(QUESTION, { authorization: gateway.as.operator });
  expect(Date.now() - began).toBeLessThan(5_000);
  expect([200, 503]).toContain(asked.status);
  const answers = await Promise.all(changes);
  for (const { status, headers, body } of answers) {
    expect(status).toBe(503);
    expect(headers.get('retry-after')).toBe('1');
    expect(body.errors).toMatchObject([
      { message: "the directory's database does not answer", extensions: { code: 'DIRECTORY_UNAVAILABLE' } },
    ]);
  }
  await holder.query('ROLLBACK');
  // It goes on by itself, and what was refused was not made.
  for (const name of names) expect((await put(name)).body.data.putUserPolicy.kind).toBe('UserChangeSuccess');
  expect(await changesInTrail()).toBe(before + names.length);
});

test('a slow statement ends in time, while what is in memory is answered', async () => {
  await gateway.ask(QUESTION, { authorization: gateway.as.operator });
  await hold('LOCK TABLE "Role" IN ACCESS EXCLUSIVE MODE');
  const role = QUESTION.replace(ALICE, 'arn:aws:iam::111111111111:role/not-looked-up-yet');
  const slow = gateway.ask(role, { authorization: gateway.as.operator });
  expect((await gateway.ask(QUESTION, { authorization: gateway.as.operator })).body).toEqual({
    data: { decision: { allowed: true } },
  });
  const { status, body } = await slow;
  expect([status, body.errors[0].extensions.code]).toEqual([503, 'DIRECTORY_UNAVAILABLE']);
  await holder.query('ROLLBACK');
  const { body: then } = await gateway.ask(role, { authorization: gateway.as.operator });
  expect(then.errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
});

test('subscribers that leave or do not read keep nobody else waiting', async () => {
  await hold();
  const { operator } = gateway.as;
  const all = await Promise.all(
    Array.from({ length: 9 }, () => subscribe(gateway.url, CHANGED, { authorization: operator })),
  );
  const [reader, ...others] = all as [EventClient, ...EventClient[]]; // as: there are nine
  for (const other of others) other.leave();
  for (let count = 0; count < 5; count += 1) await put(100 + count);
  const seen: string[] = [];
  for (let count = 0; count < 5; count += 1) seen.push((await reader.next()).data.data.directoryChanged.revision);
  expect(seen).toEqual([...new Set(seen)].sort());
  reader.leave();
  // What they held is free again.
  const more = await Promise.all(
    Array.from({ length: 15 }, () => subscribe(gateway.url, CHANGED, { authorization: operator })),
  );
  await put(200);
  for (const each of more) {
    expect((await each.next()).data.data?.directoryChanged.isLast).toBe(true);
    each.leave();
  }
});

test('a subscription ends with a last event when the gateway stops, and one that was open too long does', async () => {
  await hold();
  const folder = await newDataDir();
  const other = await startTestGateway(folder, {
    DATABASE_URL: await (await sharedPostgres()).createMigrated(),
    ROLEGATE_SUBSCRIPTION_SECONDS: '2',
  });
  const authorization = other.as.operator;
  const old = await subscribe(other.url, CHANGED, { authorization });
  expect((await old.next()).data.errors).toMatchObject([{ extensions: { code: 'TIMED_OUT' } }]);
  await old.over();
  const live = await subscribe(other.url, CHANGED, { authorization });
  const closing = other.gateway.close();
  expect((await live.next()).data.errors).toMatchObject([{ extensions: { code: 'STOPPING' } }]);
  await live.over();
  await closing;
  await removeDataDir(folder);
});
