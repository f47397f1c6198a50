import { describe, expect, it } from 'vitest';
import { CompiledPolicies } from '../../src/directory/gather/compiled-policies.ts';
import { IndexKeeper, type IndexTools } from '../../src/directory/principals/index-keeper.ts';
import { TrustEdges } from '../../src/directory/principals/trust-edges.ts';
import { loadPolicy } from '../../src/policy/load.ts';
import { indexOf } from '../support/index-of.ts';
import { A, allow, policy, roleArn, trusts, userArn } from '../support/policies.ts';
import { roundsDuring } from '../support/rounds.ts';
import { unwatchedBudget } from '../support/unwatched-budget.ts';

const role = (name: string) => ({ arn: roleArn(name) }) as never;
const ANYBODY = loadPolicy(policy(trusts({ AWS: '*' })), 'trust');

describe('names in trust policies', () => {
  it('lead to a role that is read again, although nobody else has its trust policy', () => {
    const edges = new TrustEdges();
    edges.learn('h1', ANYBODY);
    const [before, after] = [role('Only'), role('Only')];
    edges.put(before, 'h1', {});
    edges.remove(before);
    edges.put(after, 'h1', {});
    edges.dropUnheld();
    expect([...edges.under(['*'])]).toEqual([after]);
  });

  it('are forgotten with the last role that has them', () => {
    const edges = new TrustEdges();
    edges.learn('h1', ANYBODY);
    const only = role('Only');
    edges.put(only, 'h1', {});
    edges.remove(only);
    edges.dropUnheld();
    expect([edges.has('h1'), edges.weight, edges.under(['*', `account ${A}`]).size]).toEqual([false, 0, 0]);
  });
});

const READ = policy(allow('s3:GetObject'));
const WRITE = policy(allow('s3:PutObject'));
const groupArn = (name: string): string => `arn:aws:iam::${A}:group/${name}`;

/** Users and groups of a stored directory, of which a text is its own hash. */
class Stored {
  revision = 1n;
  /** By name: the document, and the groups. */
  readonly users = new Map<string, { document: string; groups: readonly string[] }>();
  readonly groups = new Set<string>();
  /** Statements that read documents fail, as often as this. */
  failures = 0;

  /** As IndexKeeper asks: pages behind a name, what is named, documents. */
  readonly query = async (sql: string, parameters: readonly unknown[] = []): Promise<readonly unknown[]> => {
    const revision = String(this.revision);
    if (sql.includes('"PolicyDocument"')) {
      if (this.failures > 0) {
        this.failures -= 1;
        throw new Error('the connection is lost');
      }
      return (parameters[0] as string[]).map((hash) => ({ hash, text: hash })); // as: what readDocuments gives
    }
    if (sql.includes('AS touched')) {
      const [users, , groups] = parameters as string[][]; // as: what readNamedPrincipals gives
      const named = (rows: readonly { readonly arn: string }[], arns: readonly string[] = []) =>
        rows.filter(({ arn }) => arns.includes(arn));
      return [
        {
          revision,
          touched: [],
          users: named(this.#users(), users),
          roles: [],
          groups: named(this.#groups(), groups),
          policies: [],
        },
      ];
    }
    const all = sql.includes('FROM "User"') ? this.#users() : sql.includes('FROM "Group"') ? this.#groups() : [];
    const behind = all.filter(({ arn }) => arn > String(parameters[0])).sort((a, b) => (a.arn < b.arn ? -1 : 1));
    return [{ revision, rows: behind.slice(0, 250) }];
  };

  #users() {
    return [...this.users].map(([name, { document, groups }]) => ({
      id: `AIDA${name}`,
      arn: userArn(name),
      accountId: A,
      tags: {},
      boundary: null,
      inline: [['inline', document]],
      attached: [],
      groups: groups.map((group) => `AGPA${group}`),
    }));
  }

  #groups() {
    return [...this.groups].map((name) => ({ id: `AGPA${name}`, arn: groupArn(name), inline: [], attached: [] }));
  }
}

function keeperOf(stored: Stored) {
  const memory = { revision: stored.revision };
  const budget = unwatchedBudget();
  const tools = {
    database: stored,
    memory,
    compiled: new CompiledPolicies(budget),
    budget,
    synchronize: async () => undefined,
  };
  const keeper = new IndexKeeper(tools as unknown as IndexTools); // as: nothing else of these is used
  const moveOn = (...touched: readonly (readonly [entity: string, entityId: string])[]): void => {
    stored.revision += 1n;
    memory.revision = stored.revision;
    keeper.advance(touched.map(([entity, entityId]) => ({ entity, entityId })) as never); // as: entities of the directory
  };
  return { keeper, moveOn };
}

describe('the index of principals', () => {
  it('is read anew where the reading of a change failed in the middle', async () => {
    const stored = new Stored();
    stored.users.set('alice', { document: READ, groups: [] });
    const { keeper, moveOn } = keeperOf(stored);
    expect((await keeper.current())?.users[0]?.inline).toMatchObject([{ hash: READ, isWhole: true }]);
    stored.users.set('alice', { document: WRITE, groups: [] });
    stored.failures = 1;
    moveOn(['User', userArn('alice')]);
    await expect(keeper.current()).rejects.toThrow('the connection is lost');
    const index = await keeper.current();
    expect(index?.users[0]?.inline).toMatchObject([{ hash: WRITE, isWhole: true }]);
    expect(index?.revision).toBe(2n);
  });

  it('is read in turns with others, policy by policy', async () => {
    const stored = new Stored();
    for (let index = 0; index < 200; index += 1)
      stored.users.set(`n${index}`, { document: policy(allow(`s3:Get*${index}`)), groups: [] });
    const { keeper } = keeperOf(stored);
    expect(await roundsDuring(() => keeper.current())).toBeGreaterThan(200);
    expect((await keeper.current())?.users).toHaveLength(200);
  });

  it('knows the groups of users that one change puts into more than are read together', async () => {
    const stored = new Stored();
    const { keeper, moveOn } = keeperOf(stored);
    expect((await keeper.current())?.users).toEqual([]);
    const names = Array.from({ length: 260 }, (_, index) => `n${index}`);
    for (const name of names) {
      stored.groups.add(name);
      // The last ones that are read.
      stored.users.set(name, { document: READ, groups: names.slice(-3) });
    }
    moveOn(...names.flatMap((name) => [['User', userArn(name)] as const, ['Group', groupArn(name)] as const]));
    const index = await keeper.current();
    expect(index?.users).toHaveLength(names.length);
    const wanted = names.slice(-3).map(groupArn);
    for (const { groups } of index?.users ?? []) expect(groups.map(({ arn }) => arn)).toEqual(wanted);
  });

  it('keeps a document that one loses and another one gets in the same change', () => {
    const row = (name: string, document: string) => ({
      id: `AIDA${name}`,
      arn: userArn(name),
      name,
      accountId: A,
      tags: {},
      boundary: null,
      inline: [['inline', document]] as const,
      attached: [],
      groups: [],
    });
    const rows = { revision: 1n, roles: [], groups: [], policies: [] };
    const index = indexOf({ ...rows, users: [row('a', READ), row('b', WRITE)] });
    index.principals.put({ ...rows, users: [row('a', WRITE), row('b', READ)] });
    index.documents.dropUnheld();
    expect(index.users.map(({ inline }) => inline)).toMatchObject([
      [{ hash: WRITE, isWhole: true }],
      [{ hash: READ, isWhole: true }],
    ]);
    index.principals.put({ ...rows, users: [row('b', WRITE)] });
    index.documents.dropUnheld();
    expect([index.documents.has(READ), index.documents.has(WRITE)]).toEqual([false, true]);
  });
});
