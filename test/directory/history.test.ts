import { describe, expect, it } from 'vitest';
import { Memory } from '../../src/directory/gather/memory.ts';
import { MemoryBudget } from '../../src/directory/gather/memory-budget.ts';
import { Advances } from '../../src/directory/history.ts';
import type { Database } from '../../src/directory/prisma/database.ts';
import type { OwnServices } from '../../src/directory/services/own-services.ts';
import { Store } from '../../src/directory/store.ts';

describe('listeners of advances', () => {
  it('that come or go while others are told are not told of what was before or after', () => {
    const advances = new Advances();
    const told: string[] = [];
    let stop = (): void => undefined;
    advances.add(() => {
      told.push('first');
      advances.add(() => void told.push('late'));
      stop();
    });
    stop = advances.add(() => void told.push('gone'));
    advances.tell([]);
    expect(told).toEqual(['first']);
  });
});

describe('a store that is told of changes', () => {
  /** Reads of the revision wait until they are let go. */
  function opened() {
    const waiting: (() => void)[] = [];
    let failing = false;
    const query = () =>
      new Promise((resolve, reject) => {
        waiting.push(() =>
          failing ? reject(new Error('lost')) : resolve([{ revision: '1', restored: null, touched: null }]),
        );
      });
    const database = { exclusive: false, query } as unknown as Database; // as: nothing else of it is used
    const memory = new Memory(1n, new MemoryBudget(1_000_000, () => () => undefined));
    const store = new Store(database, memory, null, { freshness: { maxStaleness: 60_000, catchUp: 0 } });
    const answer = async (): Promise<void> => {
      for (const each of waiting.splice(0)) each();
      await new Promise(setImmediate);
    };
    const fail = (now: boolean): void => {
      failing = now;
    };
    /** Whether credentials are taken from memory. */
    const reads = (): boolean => {
      void store.refreshCredentials().catch(() => undefined);
      return waiting.length > 0;
    };
    return { store, answer, reads, fail };
  }

  it('believes its memory only while it listens', async () => {
    const { store, answer, reads } = opened();
    expect(reads()).toBe(true);
    await answer();
    void store.listening();
    await answer();
    expect(reads()).toBe(false);
    store.deaf();
    expect(reads()).toBe(true);
    await answer();
    // The connection is lost while what was before is read.
    void store.listening();
    store.deaf();
    await answer();
    expect(reads()).toBe(true);
  });

  it('believes it from the first read that succeeds, also if the one with which it began to listen does not', async () => {
    const { store, answer, reads, fail } = opened();
    fail(true);
    const listening = store.listening();
    await answer();
    await listening;
    fail(false);
    expect(reads()).toBe(true);
    await answer();
    expect(reads()).toBe(false);
  });
});

it('a change of services that cannot be read afterwards is made, and read by the next question', async () => {
  const touched = [{ entity: 'OwnService', entityId: 'orders' }];
  let failing = true;
  const query = async () => {
    if (failing) throw new Error('lost');
    return [{ revision: '2', restored: null, touched, services: [] }];
  };
  const made = { revision: 2n, touched, result: 'made' };
  // as: nothing else of them is used
  const database = { exclusive: true, query, transaction: async () => made } as unknown as Database;
  const services = {
    advance: (memory: Memory, state: { revision: bigint }) => memory.advance(state.revision, touched),
  } as unknown as OwnServices;
  const memory = new Memory(1n, new MemoryBudget(1_000_000, () => () => undefined));
  const store = new Store(database, memory, null, { services });
  expect(await store.change(async () => made)).toBe('made');
  expect([memory.revision, store.isFresh]).toEqual([1n, false]);
  failing = false;
  await store.refresh();
  expect([memory.revision, store.isFresh]).toEqual([2n, true]);
});
