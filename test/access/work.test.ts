import { describe, expect, it, vi } from 'vitest';
import { beginTurn, nextTurn, turnBegan, turnIsOver } from '../../src/access/next-turn.ts';
import { Work } from '../../src/access/work.ts';

const LONG = { time: 1_000_000, cpu: 1_000_000 };

/** Steps without an end. */
function* endless() {
  for (;;) yield 1;
}

describe('turns', () => {
  it('are had one after the other, one in each round of the event loop', async () => {
    const order: string[] = [];
    const inRound: number[] = [];
    let isDone = false;
    const round = (): void => {
      inRound.push(order.length);
      if (!isDone) setImmediate(round);
    };
    setImmediate(round);
    const search = async (name: string) => {
      for (let part = 0; part < 3; part += 1) {
        await nextTurn();
        order.push(name);
      }
    };
    await Promise.all([search('a'), search('b'), search('c')]);
    isDone = true;
    expect(order).toEqual(['a', 'b', 'c', 'a', 'b', 'c', 'a', 'b', 'c']);
    const went = inRound.map((count, index) => count - (inRound[index - 1] ?? 0));
    expect(Math.max(...went)).toBe(1);
  });

  it('are given by work that goes on without an end, until it is stopped', async () => {
    const work = new Work(LONG);
    let others = 0;
    const other = (): void => {
      others += 1;
      if (others === 20) work.stop();
      else setImmediate(other);
    };
    setImmediate(other);
    await expect(work.run(endless())).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(others).toBe(20);
    expect(work.turns).toBeGreaterThan(10);
    expect(work.units).toBeGreaterThan(0);
  });
});

describe('a turn', () => {
  it('begins with a request, and is over by the clock', () => {
    let now = 1_000;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now);
    beginTurn();
    const seen = [0, 1, 3, 10, 100, -500].map((passed) => {
      now = 1_000 + passed;
      return [passed, turnIsOver(), turnBegan() - 1_000];
    });
    clock.mockRestore();
    expect(seen).toEqual([
      [0, false, 0],
      [1, false, 0],
      [3, true, 0],
      [10, true, 0],
      // It is not known when that one began.
      [100, true, 100],
      [-500, true, -500],
    ]);
  });

  it('is over sooner for a list that is decided after other work in it', async () => {
    let now = 5_000;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now);
    new Work(LONG).begin();
    now += 3;
    const work = new Work(LONG);
    const steps = function* () {
      yield 1;
      return work.turns;
    };
    const turns = await work.run(steps()).finally(() => clock.mockRestore());
    expect(turns).toBe(1);
  });
});

describe('work ends', () => {
  it('when it has taken too long, and says how long that is', async () => {
    const work = new Work({ time: -1000, cpu: 1000 });
    work.begin();
    await expect(work.run(endless())).rejects.toMatchObject({ code: 'TIMED_OUT' });
    expect(() => work.check()).toThrow('longer than');
    expect(new Work({ time: 30_000, cpu: 1000 }).timedOut().message).toContain('30 seconds');
  });

  it('not because other processes had the processor meanwhile', async () => {
    const used = vi.spyOn(process, 'cpuUsage').mockReturnValue({ user: 0, system: 0 });
    const work = new Work({ time: 1_000_000, cpu: 1_000 });
    let now = performance.now();
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => (now += 5));
    const steps = function* () {
      for (let step = 0; step < 1_000; step += 1) yield 1;
      return 'done';
    };
    const done = await work.run(steps()).finally(() => {
      used.mockRestore();
      clock.mockRestore();
    });
    // The turn that began by the other clock is over.
    await nextTurn();
    expect(done).toBe('done');
    expect(work.turns).toBeGreaterThan(500);
  });

  it('when it has used too much of the processor, and says how much that is', async () => {
    const work = new Work({ time: 1_000_000, cpu: 0 });
    await expect(work.run(endless())).rejects.toMatchObject({
      code: 'LIMIT_EXCEEDED',
      message: expect.stringContaining('0 seconds of processor time'),
    });
  });

  it('not by time before the request is there, nor while it gets on', () => {
    const work = new Work({ time: -1000, cpu: 1000 });
    expect(() => work.check()).not.toThrow();
    work.begin();
    expect(() => work.check()).toThrow('longer than');
    work.takesLong(LONG);
    expect(() => work.check()).not.toThrow();
  });

  it('and tells who waits for its end', () => {
    const work = new Work(LONG);
    const told: string[] = [];
    work.onStop(() => told.push('before'));
    work.stop();
    work.onStop(() => told.push('after'));
    expect(told).toEqual(['before', 'after']);
  });
});
