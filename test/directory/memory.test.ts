import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { openCatalog } from '../../src/catalog/catalog.ts';
import { accountFacts } from '../../src/directory/gather/account-facts.ts';
import { buildUser } from '../../src/directory/gather/build-principals.ts';
import { buildResource } from '../../src/directory/gather/build-resources.ts';
import { CompiledPolicies } from '../../src/directory/gather/compiled-policies.ts';
import { dependency, type Entry, Memory } from '../../src/directory/gather/memory.ts';
import { LEAST_MEMORY, MemoryBudget, SHARES } from '../../src/directory/gather/memory-budget.ts';
import { resourceRows } from '../../src/directory/gather/resource-rows.ts';
import { authorize } from '../../src/evaluation/authorize.ts';
import { unwatchedBudget } from '../support/unwatched-budget.ts';
import { allow, HERE } from './documents.ts';

const KILOBYTE = 1_000;

function entry(name: string): Entry {
  return { value: name, dependencies: [dependency('User', name), 'Account 1'], bytes: KILOBYTE };
}

/** Of an entry in its place. */
const WEIGHT = KILOBYTE + 300 + 2 * 100;

/** Names of entries that are in memory. Looking is no use of them. */
function held(memory: Memory, names: readonly string[]): readonly string[] {
  return names.filter((name) => memory.get(name, true) !== undefined);
}

function names(prefix: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${index}`);
}

describe('memory', () => {
  test('holds no more than there is room for, and what was used longest', () => {
    const budget = unwatchedBudget(1_000 * KILOBYTE);
    const memory = new Memory(1n, budget);
    const used = names('used', 50);
    for (const name of used) memory.put(name, entry(name));
    for (const name of names('once', 10_000)) {
      memory.put(name, entry(name));
      for (const each of used) memory.get(each);
      expect(budget.weight).toBeLessThanOrEqual(budget.room);
    }
    expect(held(memory, used)).toEqual(used);
    expect(held(memory, names('once', 10_000)).length).toBeGreaterThan(100);
  });

  test('keeps everything that decisions have read while a search goes through ten times as much', () => {
    const memory = new Memory(1n, unwatchedBudget(1_000 * KILOBYTE));
    const decided = names('decided', 300);
    for (const name of decided) memory.put(name, entry(name));
    for (const name of names('searched', 5_000)) memory.put(name, entry(name), true);
    for (const name of names('searched', 5_000)) memory.get(name, true);
    expect(held(memory, decided)).toEqual(decided);
    expect(held(memory, names('searched', 5_000)).length).toBeGreaterThan(10);
  });

  test('forgets what a change touches, also where that is most of what it knows', () => {
    const budget = unwatchedBudget(1_000_000 * KILOBYTE);
    const memory = new Memory(1n, budget);
    const of = (account: string, name: string): Entry => ({ ...entry(name), dependencies: [`Account ${account}`] });
    const others = names('other', 3);
    const all = names('one', 20_000);
    for (const name of others) memory.put(name, of('2', name));
    for (const name of names('few', 100)) memory.put(name, of('3', name));
    for (const name of all) memory.put(name, of('1', name));
    memory.advance(2n, [{ entity: 'Account', entityId: '3' }]);
    expect(held(memory, names('few', 100))).toEqual([]);
    expect(held(memory, [...others, ...all])).toEqual([...others, ...all]);
    memory.advance(3n, [{ entity: 'Account', entityId: '1' }]);
    expect(held(memory, all)).toEqual([]);
    expect(budget.weight).toBe(0);
    for (const name of others) memory.put(name, of('2', name));
    memory.advance(4n, [{ entity: 'Account', entityId: '2' }]);
    expect([held(memory, others), budget.weight]).toEqual([[], 0]);
  });

  test('counts what a search has read as used as soon as a decision uses it', () => {
    const memory = new Memory(1n, unwatchedBudget(1_000 * KILOBYTE));
    memory.put('found', entry('found'), true);
    expect(memory.get('found')?.value).toBe('found');
    for (const name of names('searched', 5_000)) memory.put(name, entry(name), true);
    expect(held(memory, ['found'])).toEqual(['found']);
  });

  test('forgets what a change has touched, and nothing else; its weight goes with it', () => {
    const budget = unwatchedBudget();
    const memory = new Memory(1n, budget);
    for (const name of ['a', 'b']) memory.put(name, entry(name));
    memory.put('c', entry('c'), true);
    const before = budget.weight;
    memory.advance(2n, [{ entity: 'User', entityId: 'b' }]);
    expect(held(memory, ['a', 'b', 'c'])).toEqual(['a', 'c']);
    expect(budget.weight).toBeCloseTo((before * 2) / 3);
    memory.advance(3n, [{ entity: 'Account', entityId: '1' }]);
    expect([held(memory, ['a', 'b', 'c']), budget.weight]).toEqual([[], 0]);
  });

  test('forgets everything where too much has changed', () => {
    const budget = unwatchedBudget();
    const memory = new Memory(1n, budget);
    memory.put('a', entry('a'));
    memory.put('b', entry('b'), true);
    memory.advance(2n, null);
    expect([held(memory, ['a', 'b']), budget.weight]).toEqual([[], 0]);
  });
});

describe('everything that is kept', () => {
  test.each([
    ['nothing is held whole', 0],
    ['resources are held', SHARES.held.resources],
    ['everything is held that may be', SHARES.held.resources + SHARES.held.principals + SHARES.held.bearers],
  ])('is no more than there is room for, and gathered things have their part: %s', (_what, heldWhole) => {
    const budget = unwatchedBudget(10_000 * KILOBYTE);
    const memory = new Memory(1n, budget);
    const compiled = new CompiledPolicies(budget);
    const all = names('asked', 8_000);
    const fill = (): void => {
      for (const [index, name] of all.entries()) {
        memory.put(name, entry(name));
        if (index % 10 === 0) compiled.compile('identity', name, allow('s3:GetObject', `arn:aws:s3:::${name}/*`));
      }
    };
    fill();
    budget.addHeld(budget.room * heldWhole);
    fill();
    expect(budget.weight).toBeLessThanOrEqual(budget.room);
    const left = 1 - heldWhole;
    const kept = held(memory, all).length * WEIGHT;
    expect(kept / budget.room).toBeGreaterThan(left * 0.7);
    expect(kept / budget.room).toBeLessThan(left);
  });
});

describe('what is kept counts as much as the heap has grown by it', () => {
  function watched() {
    let told: (used: number) => void = () => undefined;
    const budget = new MemoryBudget(1_000, (tell) => {
      told = tell;
      return () => undefined;
    });
    return { budget, told: (used: number) => told(used) };
  }

  test('twice the weight leaves half of the room', () => {
    const { budget, told } = watched();
    const room = budget.room;
    told(5_000);
    budget.add(300);
    for (let round = 0; round < 20; round++) told(5_600);
    expect(budget.room).toBeCloseTo(room / 2);
  });

  test('less than the weight leaves the room as it is, and so does growth with next to nothing kept', () => {
    const { budget, told } = watched();
    const room = budget.room;
    told(5_000);
    told(9_000);
    expect(budget.room).toBe(room);
    budget.add(500);
    told(5_200);
    expect(budget.room).toBe(room);
  });

  test('what was under way for one measurement is forgotten after the next ones', () => {
    const { budget, told } = watched();
    const room = budget.room;
    told(5_000);
    budget.add(300);
    told(50_000);
    expect(budget.room).toBeLessThan(room / 10);
    for (let round = 0; round < 30; round++) told(5_300);
    expect(budget.room).toBeCloseTo(room);
  });
});

test('twenty thousand users that are asked about take no more of the heap than the least setting', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void; // as: what the flag adds
  const catalog = await openCatalog();
  const actions = ['s3:GetObject', 'sqs:SendMessage', 'ec2:DescribeInstances'].flatMap(
    (name) => catalog.action(name) ?? [],
  );
  const request = { now: 0, context: new Map(), authority: 'directory', assumes: true } as const;
  const used = async (): Promise<number> => {
    collect();
    // The measurement of the budget is told in a turn of its own.
    await setImmediate();
    return process.memoryUsage().heapUsed;
  };
  const budget = new MemoryBudget(LEAST_MEMORY);
  const memory = new Memory(1n, budget);
  const compiled = new CompiledPolicies(budget);
  const account = accountFacts(HERE, null, null, compiled);
  const about = resourceRows({ arn: 'arn:aws:s3:::a/b', accountId: HERE }, [], new Map());
  const resource = buildResource(about, account, null, compiled).value.value;
  const before = await used();
  let most = 0;
  let allowed = 0;
  for (let index = 0; index < 20_000; index++) {
    const arn = `arn:aws:iam::${HERE}:user/u${index}`;
    const hash = String(index);
    compiled.compile('identity', hash, allow('s3:GetObject', `arn:aws:s3:::bucket-${index % 100}/*`));
    const row = {
      id: arn,
      arn,
      name: `u${index}`,
      accountId: HERE,
      tags: {},
      boundary: null,
      groups: [],
      attached: [],
    };
    const user = buildUser({ ...row, inline: [['own', hash]] }, new Map(), account, compiled);
    memory.put(arn, user);
    for (const action of actions) if (authorize(user.value.value, action, resource, request).allowed) allowed += 1;
    if (index % 2_000 === 1_999) most = Math.max(most, await used());
  }
  budget.close();
  expect(allowed).toBe(0);
  expect(most - before).toBeLessThan(LEAST_MEMORY);
  expect(memory.get(`arn:aws:iam::${HERE}:user/u19999`)).toBeDefined();
});
