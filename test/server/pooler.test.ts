import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { subscribe } from '../support/events.ts';
import { newDataDir, removeDataDir, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { pgbouncer, startPgbouncer } from '../support/pgbouncer.ts';
import { sharedPostgres } from '../support/postgres-server.ts';
import { startTransactionPooler, type TransactionPooler } from '../support/transaction-pooler.ts';

// Gateways behind a pooler that gives each transaction another connection: what needs a session is on DATABASE_DIRECT_URL.

const ACCOUNT = '111111111111';
const user = (index: number): string => `arn:aws:iam::${ACCOUNT}:user/user${index}`;
const USERS = 12;
const PUT = `mutation ($input: PutUserPolicyInput!) {
  putUserPolicy(input: $input) { kind: __typename ... on UserChangeSuccess { revision } } }`;
const DECISION = `query ($request: AccessRequestInput!, $atLeast: Revision) {
  decision(request: $request, atLeast: $atLeast) { allowed } }`;
const LISTS = `{ users(first: 50) { totalCount nodes { arn inlinePolicies { name document } } }
  auditEvents(filter: { event: "PutUserPolicy" }, first: 100) { totalCount } }`;
const CHANGED = 'subscription { directoryChanged { revision isLast } }';
/** Nothing here is about how long something takes. */
const PATIENT = {
  ROLEGATE_DATABASE_STATEMENT_SECONDS: '60',
  ROLEGATE_DATABASE_LOCK_SECONDS: '60',
  ROLEGATE_DATABASE_IDLE_SECONDS: '60',
  ROLEGATE_DATABASE_CONNECT_SECONDS: '60',
};
/** What is there for the next statement of a session, and so for nobody behind a pooler. */
const OF_A_SESSION =
  /^\s*(PREPARE|LISTEN|UNLISTEN|SET(?! LOCAL| CONSTRAINTS| TRANSACTION)|CREATE TEMP|DECLARE .* WITH HOLD)|pg_(try_)?advisory_lock|set_config/i;

const isLeftOut = pgbouncer === null ? ' (left out: it is not on this machine)' : '';

interface Pooler {
  readonly url: string;
  close(): Promise<void>;
}
const POOLERS: readonly (readonly [string, boolean, (target: string) => Promise<Pooler>])[] = [
  ['a pooler of the tests', true, (target) => startTransactionPooler(target)],
  [`PgBouncer${isLeftOut}`, pgbouncer !== null, (target) => startPgbouncer(pgbouncer ?? '', target)],
];

describe.each(POOLERS)('behind %s in transaction mode', (_name, isThere, startPooler) => {
  let dataDir: string;
  let direct: string;
  let pooler: Pooler;
  let gateways: readonly [TestGateway, TestGateway];

  beforeAll(async () => {
    if (!isThere) return;
    dataDir = await newDataDir();
    // Empty: migrations, with their lock, are made at the first start.
    direct = await (await sharedPostgres()).createDatabase();
    pooler = await startPooler(direct);
    const env = { DATABASE_URL: pooler.url, DATABASE_DIRECT_URL: direct, ROLEGATE_DEMO: 'off', ...PATIENT };
    const first = await startTestGateway(dataDir, env);
    gateways = [first, await startTestGateway(dataDir, { ...env, ROLEGATE_MAX_STALENESS: '60000' })];
    await first.gateway.services.directory.apply({
      accounts: [{ id: ACCOUNT }],
      users: Array.from({ length: USERS }, (_, index) => ({ arn: user(index) })),
    });
  }, 120_000);

  afterAll(async () => {
    if (!isThere) return;
    for (const { gateway } of gateways ?? []) await gateway.close();
    await pooler?.close();
    await removeDataDir(dataDir);
  });

  test.runIf(isThere)('changes and questions of many at once are answered as without it', async () => {
    const [one, other] = gateways;
    const authorization = one.as.operator;
    const document = (index: number): string =>
      JSON.stringify({
        Version: '2012-10-17',
        Statement: { Sid: `U${index}`, Effect: 'Allow', Action: 's3:GetObject', Resource: `arn:aws:s3:::b/${index}` },
      });
    const change = async (index: number): Promise<void> => {
      const input = { userArn: user(index), policyName: 'p', policyDocument: document(index) };
      const { body } = await gateways[index % 2 === 0 ? 0 : 1].ask(PUT, { variables: { input }, authorization });
      expect(body).toMatchObject({ data: { putUserPolicy: { kind: 'UserChangeSuccess' } } });
      const { revision } = body.data.putUserPolicy;
      // At the other one, about what it is allowed and what another is.
      const answers = [index, (index + 1) % USERS].map(async (of) => {
        const request = { principal: user(index), action: 's3:GetObject', resource: `arn:aws:s3:::b/${of}` };
        const variables = { request, atLeast: revision };
        const asked = await gateways[index % 2 === 0 ? 1 : 0].ask(DECISION, { variables, authorization });
        return asked.body;
      });
      expect(await Promise.all(answers)).toEqual([
        { data: { decision: { allowed: true } } },
        { data: { decision: { allowed: false } } },
      ]);
    };
    await Promise.all(Array.from({ length: USERS }, (_, index) => change(index)));
    const { body } = await other.ask(LISTS, { authorization });
    expect(body.data.users.nodes).toEqual(
      Array.from({ length: USERS }, (_, index) => ({
        arn: user(index),
        inlinePolicies: [{ name: 'p', document: JSON.parse(document(index)) }],
      })).toSorted((a, b) => (a.arn < b.arn ? -1 : 1)),
    );
    expect(body.data.auditEvents.totalCount).toBe(USERS);
  });

  test.runIf(isThere)('gateways are told of changes on connections of their own', async () => {
    const [one, other] = gateways;
    const authorization = one.as.operator;
    const live = await subscribe(other.url, CHANGED, { authorization });
    const { revision } = await one.gateway.services.directory.apply({ users: [{ arn: user(0), tags: { a: 'told' } }] });
    const { data } = await live.next();
    expect(data.data.directoryChanged).toEqual({ revision: `r${String(revision).padStart(19, '0')}`, isLast: true });
    live.leave();
    const client = new Client({ connectionString: direct });
    await client.connect();
    const listening = `SELECT count(*)::int AS count FROM pg_stat_activity
      WHERE application_name = 'rolegate listener' AND datname = current_database()`;
    const { rows } = await client.query<{ count: number }>(listening);
    await client.end();
    expect(rows).toEqual([{ count: 2 }]);
  });

  test.runIf(isThere)('nothing that needs a session goes through it', async () => {
    const { statements, spread } = pooler as Partial<TransactionPooler>;
    if (statements === undefined) return;
    expect(statements.length).toBeGreaterThan(100);
    expect(spread).toBeGreaterThan(1);
    expect(statements.filter((text) => OF_A_SESSION.test(text))).toEqual([]);
  });
});
