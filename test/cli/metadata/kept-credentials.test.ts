import { beforeEach, describe, expect, test } from 'vitest';
import type { RoleCredentials } from '../../../src/cli/credentials/assume.ts';
import { KeptCredentials } from '../../../src/cli/metadata/kept-credentials.ts';

const MINUTE = 60_000;
const NOON = Date.parse('2026-11-26T12:00:00Z');

let now: number;
/** Minutes for which the next credentials are given. */
let minutes: number;
/** Attempts so far; each gets credentials with its number, or fails with it. */
let attempts: number;
let fails: boolean;
/** Whether attempts have no end. */
let hangs: boolean;
let failures: (readonly [string, string | null])[];

beforeEach(() => {
  now = NOON;
  minutes = 60;
  attempts = 0;
  fails = false;
  hangs = false;
  failures = [];
});

function issued(id: string): RoleCredentials {
  const expiration = now + minutes * MINUTE;
  return { accessKeyId: id, secretAccessKey: 's', sessionToken: 't', expiration, sessionArn: 'arn' };
}

const take = async (): Promise<RoleCredentials> => {
  attempts += 1;
  if (hangs) return new Promise(() => undefined);
  if (fails) throw new Error(`failure ${attempts}`);
  return issued(String(attempts));
};

const kept = (): KeptCredentials =>
  new KeptCredentials(
    issued('first'),
    take,
    (error, valid) => failures.push([String(error), valid?.accessKeyId ?? null]),
    () => now,
  );
const idOf = async (credentials: KeptCredentials) => (await credentials.get()).accessKeyId;
const at = (elapsed: number): void => {
  now = NOON + elapsed * MINUTE;
};

describe('credentials', () => {
  test('are the same while more than 20 minutes are left, then others', async () => {
    const credentials = kept();
    at(39.9);
    expect([await idOf(credentials), attempts]).toEqual(['first', 0]);
    at(40);
    expect([await idOf(credentials), attempts]).toEqual(['1', 1]);
    at(79.9);
    expect([await idOf(credentials), attempts]).toEqual(['1', 1]);
    at(80);
    expect([await idOf(credentials), attempts]).toEqual(['2', 2]);
  });

  test('of a short session have two thirds of its time left', async () => {
    minutes = 15;
    const credentials = kept();
    at(4.9);
    expect(await idOf(credentials)).toBe('first');
    at(5);
    expect(await idOf(credentials)).toBe('1');
  });

  test('are asked for once, for all who wait', async () => {
    const credentials = kept();
    at(61);
    expect(await Promise.all(Array.from({ length: 20 }, () => idOf(credentials)))).toEqual(Array(20).fill('1'));
    expect(attempts).toBe(1);
  });
});

describe('when no new ones can be had', () => {
  beforeEach(() => {
    fails = true;
  });

  test('those that are valid are given, to the last moment, and the failure is told', async () => {
    const credentials = kept();
    at(50);
    expect(await idOf(credentials)).toBe('first');
    expect(failures).toEqual([['Error: failure 1', 'first']]);
    now = NOON + 60 * MINUTE - 1;
    expect(await idOf(credentials)).toBe('first');
    at(60);
    fails = false;
    now += MINUTE;
    expect(await idOf(credentials)).toBe('3');
  });

  test('expired ones are never given: the failure is thrown, to all who wait', async () => {
    const credentials = kept();
    at(60);
    const outcomes = await Promise.allSettled([credentials.get(), credentials.get()]);
    expect(outcomes.map((outcome) => outcome.status === 'rejected' && outcome.reason.message)).toEqual([
      'failure 1',
      'failure 1',
    ]);
    expect(failures).toEqual([['Error: failure 1', null]]);
  });

  test('nothing is asked for a while, which gets longer, and ends with the first success', async () => {
    const credentials = kept();
    at(61);
    const asked: number[] = [];
    for (let second = 0; second <= 200; second++) {
      now = NOON + 61 * MINUTE + second * 1000;
      const before = attempts;
      const failure = await credentials.get().catch(String);
      if (attempts > before) asked.push(second);
      // In between it is the last one.
      expect(failure).toBe(`Error: failure ${attempts}`);
    }
    expect(asked).toEqual([0, 1, 3, 7, 15, 31, 63, 123, 183]);
    fails = false;
    now += MINUTE;
    expect(await idOf(credentials)).toBe('10');
    fails = true;
    now += 41 * MINUTE;
    await credentials.get();
    now += 1000;
    await credentials.get();
    // A second after the first failure again.
    expect(attempts).toBe(12);
  });

  test('nobody waits for a gateway that does not answer while the old ones are valid', async () => {
    hangs = true;
    const credentials = kept();
    at(45);
    expect(await Promise.all([idOf(credentials), idOf(credentials)])).toEqual(['first', 'first']);
    expect(attempts).toBe(1);
  });
});
