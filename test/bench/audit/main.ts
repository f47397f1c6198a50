/**
 * npm run bench -- audit: how long lists, counts and filters of the audit trail and of role sessions, and `assumeRole`, take on a
 * PostgreSQL server with a million events and a million ended sessions, against an empty one. Milliseconds by the clock, over
 * HTTP; what is judged are ratios. BENCH_ROWS: another number of each.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type * as gatewayModule from '../../../src/server/gateway.ts';
import type * as settingsModule from '../../../src/server/settings.ts';
import { startPostgres } from '../../support/postgres-server.ts';
import { built } from '../built.ts';
import { median, QUICK } from '../measure.ts';

const { startGateway } = await built<typeof gatewayModule>('server/gateway');
const { readSettings } = await built<typeof settingsModule>('server/settings');

const ROWS = Number(process.env['BENCH_ROWS'] ?? (QUICK ? 100_000 : 1_000_000));
const ROUNDS = QUICK ? 9 : 25;
/** Ratios that are wanted. */
const MOST = { list: 10, assume: 1.5 };

const ACCOUNT = '111111111111';
const FIRST = '2026-01-01T00:00:00Z';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/`;

const GENERATED = [
  // What happened until now is the beginning of the trail, also by its time.
  'SET session_replication_role = replica',
  `UPDATE "AuditEvent" SET at = timestamp '2025-12-31'`,
  'RESET session_replication_role',
  `INSERT INTO "AuditEvent" (at, event, principal, target, "roleSessionId", "sourceIp", outcome, code)
   SELECT timestamp '2026-01-01' + n * interval '1 second', (ARRAY['AssumeRole', 'SignIn', 'ExitRole', 'CreateRole'])[1 + n % 4],
     format('arn:aws:iam::%s:user/user%s', CASE WHEN n % 1000 = 0 THEN '222222222222' ELSE '${ACCOUNT}' END, n % 500),
     format('${ROLE}target%s', n % 1000), 'session' || (n / 10), '198.51.100.7',
     (CASE WHEN n % 10 = 0 THEN 'REFUSED' ELSE 'SUCCEEDED' END)::"AuditOutcome", CASE WHEN n % 10 = 0 THEN 'AccessDenied' END
    FROM generate_series(1, $1::int) n`,
  `INSERT INTO "AuditRepetition" (sequence, key, "firstAt", "lastAt", count)
   SELECT sequence, 'key' || sequence, at, at, 1 FROM "AuditEvent" WHERE outcome <> 'SUCCEEDED' ON CONFLICT DO NOTHING`,
  `INSERT INTO "AuditSpan" (block, earliest, latest)
   SELECT sequence / 512, min(at), max(at) FROM "AuditEvent" GROUP BY 1
   ON CONFLICT (block) DO UPDATE SET earliest = excluded.earliest, latest = excluded.latest`,
  `INSERT INTO "AuditEventAccount" (sequence, "accountId")
   SELECT sequence, split_part(principal, ':', 5) FROM "AuditEvent" WHERE principal LIKE 'arn:%' ON CONFLICT DO NOTHING`,
  `INSERT INTO "RoleSession" (id, "accessKeyId", arn, "roleId", "roleArn", "roleSessionName", "assumedBy", "issuedAt", "expiresAt", "endedAt",
     "endReason", "transitiveTagKeys", "sessionPolicies", "sessionPolicyArns")
   SELECT 'generated' || n, 'ASIAGENERATED' || n, replace(r.arn, ':iam:', ':sts:') || '/bench', r.id, r.arn, 'bench',
     'arn:aws:iam::${ACCOUNT}:user/user' || n % 500, now() - interval '30 days' + n * interval '1 second',
     now() - interval '30 days' + n * interval '1 second' + interval '1 hour',
     CASE WHEN n % 2 = 0 THEN now() - interval '30 days' + n * interval '1 second' + interval '1 minute' END,
     CASE WHEN n % 2 = 0 THEN 'EXITED'::"SessionEnd" END, '{}', '{}', '{}'
    FROM generate_series(1, $1::int) n
    JOIN (SELECT id, arn, row_number() OVER (ORDER BY id) AS place, count(*) OVER () AS roles FROM "Role" WHERE "accountId" = '${ACCOUNT}') r
      ON r.place = 1 + n % r.roles`,
];

const events = (args: string, selected = 'nodes { event at count }'): string =>
  `{ auditEvents(${args}) { ${selected} } }`;
const sessions = (args: string, selected = 'nodes { id state }'): string => `{ roleSessions(${args}) { ${selected} } }`;
/** At the role itself. */
const ofRole = (args: string, selected: string): string =>
  `{ node(id: "${Buffer.from(`Role:${ROLE}Deployer`).toString('base64')}") { ... on Role { sessions(${args}) { ${selected} } } } }`;

const QUESTIONS: Readonly<Record<string, string>> = {
  'events, first': events('first: 20'),
  'events, last': events('last: 20'),
  'events, count': events('first: 1', 'totalCount'),
  'events of an account, last': events(`last: 20, filter: { accountId: "${ACCOUNT}" }`),
  'events of an account, count': events(`first: 1, filter: { accountId: "${ACCOUNT}" }`, 'totalCount'),
  'events of another account, count': events('first: 1, filter: { accountId: "222222222222" }', 'totalCount'),
  'events of a principal, last': events(`last: 20, filter: { principal: "arn:aws:iam::${ACCOUNT}:user/user7" }`),
  'events of a principal, count': events(
    `first: 1, filter: { principal: "arn:aws:iam::${ACCOUNT}:user/user7" }`,
    'totalCount',
  ),
  'events of a target, last': events(`last: 20, filter: { target: "${ROLE}target7" }`),
  'events of an operation, last': events('last: 20, filter: { event: "SignIn" }'),
  'events of an operation, count': events('first: 1, filter: { event: "SignIn" }', 'totalCount'),
  'events that failed, last': events('last: 20, filter: { outcome: FAILED }'),
  'events that were refused, count': events('first: 1, filter: { outcome: REFUSED }', 'totalCount'),
  'events since the end': events('first: 20, filter: { from: "2099-01-01T00:00:00Z" }'),
  'events before the beginning, last': events(`last: 20, filter: { until: "${FIRST}" }`),
  'events of an hour': events('first: 20, filter: { from: "2026-01-01T12:00:00Z", until: "2026-01-01T13:00:00Z" }'),
  'events of an hour, count': events(
    'first: 1, filter: { from: "2026-01-01T12:00:00Z", until: "2026-01-01T13:00:00Z" }',
    'totalCount',
  ),
  'sessions, newest': sessions('first: 20'),
  'sessions, count': sessions('first: 1', 'totalCount'),
  'sessions, live': sessions('first: 20, filter: { state: LIVE }'),
  'sessions, live, count': sessions('first: 1, filter: { state: LIVE }', 'totalCount'),
  'sessions, ended': sessions('first: 20, filter: { state: ENDED }'),
  'sessions of an account': sessions(`first: 20, filter: { accountId: "${ACCOUNT}" }`),
  'sessions of another account': sessions('first: 20, filter: { accountId: "222222222222" }'),
  'sessions of an account, live': sessions(`first: 20, filter: { accountId: "${ACCOUNT}", state: LIVE }`),
  'sessions, ended, count': sessions('first: 1, filter: { state: ENDED }', 'totalCount'),
  'sessions of an account, count': sessions(`first: 1, filter: { accountId: "${ACCOUNT}" }`, 'totalCount'),
  'sessions of a role': sessions(`first: 20, filter: { role: "${ROLE}Deployer" }`),
  'sessions of a role, count': sessions(`first: 1, filter: { role: "${ROLE}Deployer" }`, 'totalCount'),
  'sessions of a principal': sessions(`first: 20, filter: { assumedBy: "arn:aws:iam::${ACCOUNT}:user/user7" }`),
  'sessions of a principal, count': sessions(
    `first: 1, filter: { assumedBy: "arn:aws:iam::${ACCOUNT}:user/user7" }`,
    'totalCount',
  ),
  'sessions of the role': ofRole('first: 20', 'nodes { id }'),
  'sessions of the role, count': ofRole('first: 1', 'totalCount'),
  'sessions of the role, live': ofRole('first: 20, state: LIVE', 'totalCount nodes { id }'),
};

/** The same for a principal, who sees those of roles that it may read, and its own. */
const OF_PRINCIPAL = Object.keys(QUESTIONS).filter((name) => name.startsWith('sessions'));

const dataDir = await mkdtemp(join(tmpdir(), 'rolegate-bench-'));
const postgres = await startPostgres();
const url = await postgres.createDatabase();
const env = { PORT: '0', LOG_LEVEL: 'silent', ROLEGATE_DATA_DIR: dataDir, DATABASE_URL: url, ROLEGATE_DEMO: 'on' };
const gateway = await startGateway(readSettings(env, '/'));
const operator = `Bearer ${(await readFile(join(dataDir, 'operator.token'), 'utf8')).trim()}`;
const basic = (name: string): string => {
  const id = gateway.demo?.signIns.find((signIn) => signIn.name === name)?.accessKeyId ?? '';
  return `Basic ${Buffer.from(`${id}:${gateway.services.secrets.secretFor(id)}`).toString('base64')}`;
};
const assuming = process.env['BENCH_ROLE'] ?? `${ROLE}Deployer`;
const ASSUME = `mutation { assumeRole(input: { role: "${assuming}", roleSessionName: "bench" }) { __typename } }`;

async function ask(query: string, authorization: string): Promise<void> {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization },
    body: JSON.stringify({ query }),
  });
  const text = await response.text();
  if (!response.ok || text.includes('"errors"') || text.includes('Error"')) throw new Error(`${query}: ${text}`);
}

async function timed(query: string, authorization: string, rounds = ROUNDS): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const start = performance.now();
    await ask(query, authorization);
    if (round > 0) times.push(performance.now() - start);
  }
  return median(times);
}

const missed: string[] = [];
const alice = basic('alice');

function complaint(error: unknown): number {
  console.log(String(error).slice(0, 300));
  return Number.NaN;
}

function mostOf(name: string): number {
  return name === 'assumeRole' ? MOST.assume : MOST.list;
}

async function measured(): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (const [name, query] of Object.entries(QUESTIONS)) {
    found.set(`operator: ${name}`, await timed(query, operator, Math.ceil(ROUNDS / 3)).catch(complaint));
  }
  for (const name of OF_PRINCIPAL) {
    found.set(`principal: ${name}`, await timed(QUESTIONS[name] ?? '', alice, Math.ceil(ROUNDS / 3)).catch(complaint));
  }
  found.set('assumeRole', await timed(ASSUME, alice, ROUNDS * 4));
  return found;
}

try {
  await measured();
  const empty = await measured();
  const client = new Client({ connectionString: url });
  await client.connect();
  for (const statement of GENERATED) await client.query(statement, statement.includes('$1') ? [ROWS] : []);
  await client.query('VACUUM ANALYZE');
  await client.end();
  // What seems too slow is asked once more: the server still writes what was put into it, and others use the machine.
  const full = await measured();
  for (const [name, milliseconds] of full) {
    if (milliseconds / (empty.get(name) ?? 1) <= mostOf(name)) continue;
    const [who = '', question = ''] = name.split(': ');
    const query = name === 'assumeRole' ? ASSUME : (QUESTIONS[question] ?? '');
    full.set(name, await timed(query, who === 'operator' ? operator : alice).catch(complaint));
  }
  console.log(`${ROWS} events and as many ended sessions`);
  for (const [name, milliseconds] of full) {
    const ratio = milliseconds / (empty.get(name) ?? 1);
    const most = mostOf(name);
    const isMissed = !(ratio <= most);
    if (isMissed) missed.push(name);
    const times = `${(empty.get(name) ?? 0).toFixed(1).padStart(7)} → ${milliseconds.toFixed(1).padStart(7)} ms`;
    console.log(
      `  ${name.padEnd(48)} ${times} ${ratio.toFixed(1).padStart(6)} ×${isMissed ? `  more than ${most}` : ''}`,
    );
  }
} finally {
  await gateway.close();
  await postgres.stop();
  await rm(dataDir, { recursive: true, force: true });
}
if (missed.length > 0) process.exitCode = 1;
