import { describe, expect, test } from 'vitest';
import { openCatalog } from '../../src/catalog/catalog.ts';
import { LiveCatalog } from '../../src/catalog/live-catalog.ts';
import { prepareDocument } from '../../src/directory/apply/apply.ts';
import { inTurn } from '../../src/directory/apply/batches.ts';
import { raiseRevision } from '../../src/directory/apply/revision.ts';
import { goneEntities } from '../../src/directory/apply/whole-lists.ts';
import type { GatherRequest } from '../../src/directory/directory.ts';
import { CompiledPolicies } from '../../src/directory/gather/compiled-policies.ts';
import { Gatherer } from '../../src/directory/gather/gather.ts';
import { Memory } from '../../src/directory/gather/memory.ts';
import { StoredResources } from '../../src/directory/gather/stored-resources.ts';
import { readDetails } from '../../src/directory/iam/read-details.ts';
import type { Database, Sql, WritingSql } from '../../src/directory/prisma/database.ts';
import { roundsDuring } from '../support/rounds.ts';
import { unwatchedBudget } from '../support/unwatched-budget.ts';
import { allow, HERE } from './documents.ts';

// What has very many entries is gone through in turns with others.

const MANY = 300;
const each = <T>(make: (n: number) => T): readonly T[] => Array.from({ length: MANY }, (_, n) => make(n));

describe('others have their turn', () => {
  test('while the policies that the entities of a document have are looked at', async () => {
    const document = {
      groups: each((n) => ({
        arn: `arn:aws:iam::${HERE}:group/g${n}`,
        attachedPolicies: [`arn:aws:iam::${HERE}:policy/p`],
      })),
    };
    // Before that each is looked at for its key, and behind it for its name.
    expect(await roundsDuring(() => prepareDocument(document))).toBeGreaterThan(2.9 * MANY);
  });

  test('while many short lists are gone through, one after the other', async () => {
    let now = 0;
    const lists = async (): Promise<void> => {
      for (let n = 0; n < MANY; n += 1) await inTurn([n], () => (now += 3));
    };
    expect(await roundsDuring(lists, () => now)).toBeGreaterThan(MANY / 3);
  });

  test('while it is noted what an import has touched', async () => {
    const sql: WritingSql = {
      batch: 2_000,
      query: async <Row>() => [{ revision: '2' } as Row], // as: what the statement answers
      copy: async () => undefined,
    };
    const touched = each((n) => ({ entity: 'Role', entityId: `arn:aws:iam::${HERE}:role/r${n}` }));
    const twice = [...touched, ...touched];
    expect(await roundsDuring(() => raiseRevision(sql, twice, 0))).toBeGreaterThan(2 * MANY);
  });

  test('while the policies of resources are compiled that are asked about together', async () => {
    const budget = unwatchedBudget();
    const resources = new StoredResources(budget);
    const memory = new Memory(1n, budget);
    const catalog = await openCatalog();
    resources.begin();
    const arns = each((n) => `arn:aws:s3:::bucket-${n}`);
    const unset = { vpcId: null, region: null, publicAccessBlock: null, accessPoint: null, grants: [], known: [] };
    const rows = arns.map((arn) => ({ arn, accountId: HERE, tags: {}, policyHash: arn, policyBindings: {}, ...unset }));
    resources.add(1n, { resources: rows as never }); // as: rows of the table
    for (const arn of arns) resources.keepText(arn, allow(`s3:Get*${arn}`));
    resources.complete();
    const tools = { catalog: new LiveCatalog(catalog), compiled: new CompiledPolicies(budget), memory, resources };
    const database: Partial<Database> = {};
    // as: the memory has all that is asked for
    const gatherer = new Gatherer(database as Database, tools, {
      isFresh: true,
      refresh: async () => undefined,
    });
    const request: GatherRequest = {
      principals: [],
      roles: [],
      resources: arns.map((arn) => ({ arn, accountId: null })),
    };
    expect(await roundsDuring(() => gatherer.gather(request))).toBeGreaterThanOrEqual(MANY);
    const gathered = await gatherer.gather(request);
    expect(gathered.resource(arns[7] ?? '', null).value.accountId).toBe(HERE);
  });

  test('while what was read is made and kept', async () => {
    const budget = unwatchedBudget();
    const memory = new Memory(1n, budget);
    const resources = new StoredResources(budget);
    resources.begin();
    resources.complete();
    const tools = {
      catalog: new LiveCatalog(await openCatalog()),
      compiled: new CompiledPolicies(budget),
      memory,
      resources,
    };
    const arns = each((n) => `arn:aws:iam::${HERE}:role/r${n}`);
    const unset = { inline: [], attached: [], tags: {}, boundary: null, trustBindings: {}, maxSessionDuration: 3600 };
    const roles = arns.map((arn) => {
      return { ...unset, id: arn, arn, name: arn.slice(-4), path: '/', accountId: HERE, trustPolicyHash: arn };
    });
    const none = { users: [], groups: [], sessions: [], federated: [], resources: [], endpoints: [], policies: [] };
    const answers: Readonly<Record<string, readonly object[]>> = {
      entities: [{ ...none, roles, revision: '1', touched: [] }],
      accounts: [{ accounts: [], organizations: [] }],
      documents: arns.map((hash) => ({ hash, text: allow(`sts:${hash}`) })),
    };
    const query = async <Row>(_text: string, _values: unknown, name: string) => answers[name] as Row[]; // as: of the statement
    const database = {
      transaction: async <T>(_kind: string, work: (sql: unknown) => Promise<T>) => work({ query }),
    };
    // as: what of the database is used
    const gatherer = new Gatherer(database as unknown as Database, tools, {
      isFresh: true,
      refresh: async () => undefined,
    });
    const request: GatherRequest = { principals: [], roles: arns, resources: [] };
    // Each is compiled, built, found for who asks, and kept.
    expect(await roundsDuring(() => gatherer.gather(request))).toBeGreaterThanOrEqual(4 * MANY);
    expect((await gatherer.gather(request)).role(arns[7] ?? '')?.value.facts.arn).toBe(arns[7]);
    expect(memory.get(`role ${arns[7]}`)).toBeDefined();
  });

  test('while it is looked for what whole lists of accounts do not name, however many rows each has', async () => {
    // Many small accounts, and a large one in their middle.
    const stored = Array.from({ length: 700 }, (_, n) => {
      const owner = String(n < 300 ? n : n < 600 ? 300 : n).padStart(12, '0');
      return { id: String(n).padStart(3, '0'), owner, arn: `arn:aws:iam::${owner}:role/r${n}` };
    });
    const answered: number[] = [];
    const sql: Sql = {
      batch: 125,
      query: async <Row>(_text: string, [of, after, most]: readonly unknown[] = []) => {
        const rows = Array.isArray(of)
          ? stored.filter(({ owner }) => of.includes(owner)).slice(0, Number(after))
          : stored.filter(({ owner, id }) => owner === of && id > String(after)).slice(0, Number(most));
        answered.push(rows.length);
        return rows.map(({ id, arn }) => ({ id, arn, key: id }) as Row); // as: what is selected
      },
    };
    const lists = [...new Set(stored.map(({ owner }) => owner))].map((accountId) => ({
      accountId,
      kind: 'roles' as const,
    }));
    const given = new Map(stored.flatMap(({ arn, id }) => (Number(id) % 7 === 0 ? [] : [[arn, null] as const])));
    const gone = await goneEntities(sql, 'Role', lists, given);
    expect([...gone.values()]).toEqual(stored.flatMap(({ id }) => (Number(id) % 7 === 0 ? [id] : [])));
    expect(Math.max(...answered)).toBeLessThanOrEqual(126);
    expect(answered.length).toBeLessThan(30);
  });

  test('while all that an account has is read, batch by batch, in its order', async () => {
    const asked: number[] = [];
    const sql: Sql = {
      batch: 125,
      query: async <Row>(_text: string, [ids]: readonly unknown[] = []) => {
        const batch = ids as readonly string[]; // as: the only parameter
        asked.push(batch.length);
        return batch.map((arn) => ({ arn, createdAt: 0, inlinePolicies: [], attachedPolicies: [] }) as Row); // as: what is looked at of a group
      },
    };
    const groups = each((n) => `arn:aws:iam::${HERE}:group/g${n}`);
    const details = await readDetails(sql, { users: [], groups, roles: [], policies: [] });
    expect(asked).toEqual([125, 125, 50]);
    expect(details.groups.map(({ arn }) => arn)).toEqual(groups);
  });
});
