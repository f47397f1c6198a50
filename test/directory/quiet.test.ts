import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Quiet } from '../../src/directory/gather/quiet.ts';

// What is read in the background lets those who wait for an answer go first, and is not kept waiting for ever by them.

test('a turn comes when what is read for others has been read', async () => {
  const quiet = new Quiet();
  const events: string[] = [];
  const question = quiet.during(async () => {
    // Longer than a turn of the process, which others always have.
    await setTimeout(10);
    events.push('answered');
  });
  const turn = quiet.turn().then(() => events.push('read on'));
  await Promise.all([question, turn]);
  expect(events).toEqual(['answered', 'read on']);
});

test('a turn comes although questions never end, and after one that failed', async () => {
  const quiet = new Quiet();
  void quiet.during(() => new Promise<never>(() => undefined));
  await quiet.turn();
  const other = new Quiet();
  await expect(other.during(() => Promise.reject(new Error('gone')))).rejects.toThrow('gone');
  await other.turn();
});

test('a turn comes later where a question is expected', async () => {
  const quiet = new Quiet();
  const events: string[] = [];
  quiet.expect();
  const turn = quiet.turn().then(() => events.push('read on'));
  // Between its arrival and what it reads.
  await setTimeout(5);
  const question = quiet.during(async () => events.push('read'));
  await Promise.all([question, turn]);
  expect(events).toEqual(['read', 'read on']);
});
