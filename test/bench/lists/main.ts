/**
 * npm run bench -- lists: what lists cost, in CPU time of one process, executed as the gateway executes a common request. On the
 * embedded database pages come from memory, so that what is measured is the answering: reading them is `npm run bench -- find`.
 * Loading entities is measured on PostgreSQL, beside the same statements sent by `pg` alone.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSchema as buildPlainSchema, type ExecutionResult, execute, parse } from 'graphql';
import { Client } from 'pg';
import type * as accessModule from '../../../src/access/access.ts';
import type * as workModule from '../../../src/access/work.ts';
import type * as catalogModule from '../../../src/catalog/catalog.ts';
import type { FindPage, FindStore, Found } from '../../../src/directory/find/find-store.ts';
import type * as directoryModule from '../../../src/directory/prisma/open-directory.ts';
import type * as authorizeModule from '../../../src/evaluation/authorize.ts';
import type * as executionModule from '../../../src/graphql/execution/execute-plan.ts';
import type * as planModule from '../../../src/graphql/execution/plan.ts';
import type * as schemaModule from '../../../src/graphql/schema.ts';
import type * as principalModule from '../../../src/policy/principal-id.ts';
import { startPostgres } from '../../support/postgres-server.ts';
import { built } from '../built.ts';
import { FULL_SIZE, organizationOf } from '../import/organization.ts';
import { median, QUICK } from '../measure.ts';

const { openCatalog } = await built<typeof catalogModule>('catalog/catalog');
const { openDirectory } = await built<typeof directoryModule>('directory/prisma/open-directory');
const { createAccess } = await built<typeof accessModule>('access/access');
const { buildSchema } = await built<typeof schemaModule>('graphql/schema');
const { executePlan } = await built<typeof executionModule>('graphql/execution/execute-plan');
const { planQuery } = await built<typeof planModule>('graphql/execution/plan');
const { Work } = await built<typeof workModule>('access/work');
const { authorize } = await built<typeof authorizeModule>('evaluation/authorize');
const { parsePrincipalRef } = await built<typeof principalModule>('policy/principal-id');

const ENTITIES = 1_000;
const ROUNDS = QUICK ? 25 : 100;
const ACTION = 's3:GetObject';
const RESOURCES = ['arn:aws:s3:::data-100000000000-1/a', 'arn:aws:s3:::data-100000000000-2/b', 'arn:aws:s3:::other/c'];

const dataDir = await mkdtemp(join(tmpdir(), 'rolegate-bench-'));
const catalog = await openCatalog();
const directory = await openDirectory({ kind: 'embedded', dataDir }, catalog);
await directory.apply(organizationOf({ ...FULL_SIZE, accounts: 25, roles: 40, policies: 10, buckets: 10 }));

const { find } = directory;
const pages = new Map<string, readonly (readonly Found[])[]>();
const remembered: FindStore = {
  ...find,
  pages: async (asked: readonly FindPage[]) => {
    const key = JSON.stringify(asked);
    const known = pages.get(key) ?? (await find.pages(asked));
    pages.set(key, known);
    return known;
  },
};
Object.assign(directory, { find: remembered });
const services = { directory, catalog, access: createAccess(directory, catalog) };
const schema = buildSchema();

type Answer = Readonly<Record<string, never>>;

function dataOf({ data, errors }: ExecutionResult): Answer {
  if (errors !== undefined) throw errors[0] ?? new Error('no answer');
  return data as Answer;
}

/** Microseconds of CPU of each work, in turns: medians. */
async function timed(...works: readonly ((n: number) => unknown)[]): Promise<number[]> {
  const times = works.map(() => [] as number[]);
  // The first rounds warm up.
  for (let round = -5; round < ROUNDS; round++) {
    for (const [index, work] of works.entries()) {
      const before = process.cpuUsage();
      await work(round + 5);
      const { user, system } = process.cpuUsage(before);
      if (round >= 0) times[index]?.push(user + system);
    }
  }
  return times.map(median);
}

/** A query of the operator, executed by its plan. */
function asked(text: string, of: object = services): (n?: number) => Promise<Answer> {
  const plan = planQuery(schema, parse(text));
  if (plan === null) throw new Error('the gateway would not execute it by a plan');
  return async () => {
    const origin = { sourceIp: null, secureTransport: true, userAgent: null, referer: null };
    const work = new Work();
    const context = { ...of, caller: { kind: 'operator' }, now: Date.now(), origin, request: {}, work };
    const result = await executePlan(plan, context, {}, work);
    if (result === null) throw new Error('the gateway would not execute it by a plan');
    return dataOf(result);
  };
}

const failed: string[] = [];
function judge(name: string, figure: string, reached: boolean): void {
  process.stdout.write(`${name}: ${figure}: ${reached ? 'reached' : 'NOT REACHED'}\n`);
  if (!reached) failed.push(name);
}

async function plainFields(): Promise<void> {
  const FIELDS = 'arn name path';
  const ours = asked(`{ users(first: ${ENTITIES}) { nodes { ${FIELDS} } } }`);
  const data = await ours();
  const plainSchema = buildPlainSchema(
    'type User { arn: String! name: String! path: String! } type Page { nodes: [User!]! } type Query { users: Page! }',
  );
  const document = parse(`{ users { nodes { ${FIELDS} } } }`);
  const rows = (data['users'] as unknown as { readonly nodes: readonly object[] }).nodes.map((row) => ({ ...row }));
  if (rows.length !== ENTITIES) throw new Error('the page is too short');
  const root = { users: { nodes: rows } };
  const plain = (): unknown => execute({ schema: plainSchema, document, rootValue: root });
  // As clients that put fragments together send them.
  const merged = asked(
    `{ users(first: ${ENTITIES}) { ...Named nodes { arn name @include(if: true) } } } fragment Named on UserConnection { nodes { arn path } }`,
  );
  const [one = 0, other = 1, fragments = 0] = await timed(ours, plain, merged);
  const told = (name: string, time: number): void =>
    judge(
      `1,000 entities x 3 plain fields${name}`,
      `${time.toFixed(0)} µs, graphql-js ${other.toFixed(0)} µs, ${(time / other).toFixed(2)} times (wanted: 1.3)`,
      time / other <= 1.3,
    );
  told('', one);
  told(', merged', fragments);
}

async function decisions(): Promise<void> {
  const can = RESOURCES.map((arn, n) => `c${n}: can(action: "${ACTION}", resource: "${arn}") { effect }`).join(' ');
  const list = asked(`{ users(first: ${ENTITIES}) { nodes { ${can} } } }`);
  const answered = (await list())['users'] as unknown as { readonly nodes: readonly object[] };
  if (answered.nodes.length !== ENTITIES) throw new Error('the page is too short');
  const arns = (
    (await asked(`{ users(first: ${ENTITIES}) { nodes { arn } } }`)())['users'] as unknown as {
      nodes: { arn: string }[];
    }
  ).nodes;
  const refs = arns.map(({ arn }) => parsePrincipalRef(arn) as NonNullable<ReturnType<typeof parsePrincipalRef>>);
  const gathered = await directory.gather({
    principals: refs,
    roles: [],
    resources: RESOURCES.map((arn) => ({ arn, accountId: null })),
  });
  const principals = refs.map((ref) => gathered.principal(ref)?.value as never);
  const resources = RESOURCES.map((arn) => gathered.resource(arn, null).value);
  const action = catalog.action(ACTION) as never;
  const request = { now: Date.now(), context: new Map(), authority: 'directory', assumes: true } as const;
  const engine = (): number => {
    let allowed = 0;
    for (let times = 0; times < 10; times++)
      for (const principal of principals)
        for (const resource of resources) if (authorize(principal, action, resource, request).allowed) allowed += 1;
    return allowed;
  };
  const count = ENTITIES * RESOURCES.length;
  const [listed = 0, decided = 0] = await timed(list, engine);
  const [one, other] = [listed / count, decided / count / 10];
  judge(
    '1,000 principals x 3 can',
    `${one.toFixed(2)} µs a decision, engine ${other.toFixed(2)} µs (wanted: 8 above)`,
    one - other <= 8,
  );
}

async function permissions(): Promise<void> {
  const of = (role: string, fields: string) =>
    asked(`{ effectivePermissions(principal: "${role}") { permissions(first: 20) { ${fields} } } }`);
  const roleOf = (n: number): string => `arn:aws:iam::${100_000_000_000 + (n % 25)}:role/app/role-${n % 40}`;
  const ENTRIES = 'nodes { action accessLevel }';
  const [each = 0, same = 0, counted = 0] = await timed(
    (n) => of(roleOf(n), ENTRIES)(),
    of(roleOf(0), ENTRIES),
    of(roleOf(0), `${ENTRIES} totalCount`),
  );
  const told = (name: string, time: number): void =>
    judge(`effectivePermissions, first page, ${name}`, `${(time / 1_000).toFixed(2)} ms (wanted: 5)`, time <= 5_000);
  told('another role each time', each);
  told('the same role', same);
  told('the same role, counted', counted);
}

/** The statements that `work` sends, by whatever sends them. */
async function statementsOf(work: () => Promise<unknown>): Promise<readonly { text: string; values: unknown[] }[]> {
  const sent: { text: string; values: unknown[] }[] = [];
  const prototype = Client.prototype as unknown as { query: (...given: unknown[]) => unknown };
  const { query } = prototype;
  prototype.query = function (this: unknown, ...given: unknown[]): unknown {
    const [first, values] = given as [string | { text: string; values?: unknown[] }, unknown];
    const text = typeof first === 'string' ? first : first.text;
    sent.push({ text, values: (Array.isArray(values) ? values : typeof first === 'string' ? [] : first.values) ?? [] });
    return query.apply(this, given);
  };
  try {
    await work();
  } finally {
    prototype.query = query;
  }
  return sent;
}

async function loading(): Promise<void> {
  const COUNT = 100;
  const postgres = await startPostgres();
  const url = await postgres.createDatabase();
  const onServer = await openDirectory({ kind: 'server', url }, catalog);
  await onServer.apply(organizationOf({ ...FULL_SIZE, accounts: 5, roles: 40, policies: 10, buckets: 10 }));
  const access = createAccess(onServer, catalog);
  const ours = asked(`{ users(first: ${COUNT}) { nodes { arn uniqueId createdAt tags { key value } } } }`, {
    directory: onServer,
    catalog,
    access,
  });
  await ours();
  const statements = await statementsOf(ours);
  const client = new Client(url);
  await client.connect();
  const plain = async (): Promise<void> => {
    for (const { text, values } of statements) await client.query({ text, values });
  };
  const [one = 0, other = 1] = await timed(ours, plain);
  const ratio = one / other;
  judge(
    `loading ${COUNT} entities`,
    `${one.toFixed(0)} µs, pg ${other.toFixed(0)} µs for the same ${statements.length} statements, ${ratio.toFixed(2)} times (wanted: 1.2)`,
    ratio <= 1.2,
  );
  await client.end();
  await onServer.close();
  await postgres.stop();
}

const ONLY = process.argv.find((one) => one.startsWith('--only='))?.slice(7);
for (const [name, measure] of Object.entries({ plainFields, decisions, permissions, loading })) {
  if (ONLY === undefined || ONLY === name) await measure();
}
await directory.close();
await rm(dataDir, { recursive: true, force: true });
process.exit(failed.length > 0 ? 1 : 0);
