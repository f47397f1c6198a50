import { describe, expect, test } from 'vitest';
import { KeyGuard } from '../../src/guard/key-guard.ts';
import { Throttled } from '../../src/guard/throttled.ts';
import { AuthenticationError } from '../../src/session/errors.ts';

describe('what is kept', () => {
  const wrong = () => Promise.reject(new AuthenticationError('SignatureDoesNotMatch'));

  test('is bounded, however many sources there are', async () => {
    const guard = new KeyGuard();
    for (let n = 0; n < 60_000; n++) {
      const proof = { source: `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`, keyId: `AKIA${n}`, text: `secret ${n}` };
      await guard.prove(proof, 0, wrong).catch(() => undefined);
    }
    expect(guard.size).toBe(20_000 + 50_000);
    for (let n = 0; n < 21_000; n++) {
      await guard.prove({ source: '192.0.2.1', keyId: null, text: `token ${n}` }, 0, async () => n);
    }
    expect(guard.size).toBe(20_000 + 50_000 + 20_000);
  });

  test('is nothing of an attempt that is refused', async () => {
    const guard = new KeyGuard();
    const attempt = (n: number) => guard.prove({ source: 'a', keyId: `AKIA${n}`, text: `${n}` }, 0, wrong);
    for (let n = 0; n < 30; n++) await expect(attempt(n)).rejects.toThrow(AuthenticationError);
    const size = guard.size;
    for (let n = 30; n < 1_000; n++) await expect(attempt(n)).rejects.toThrow(Throttled);
    expect(guard.size).toBe(size);
  });

  test('is told to the log when a pause begins, not while it lasts', async () => {
    const told: (readonly [string, number])[] = [];
    const guard = new KeyGuard((source, milliseconds) => told.push([source, milliseconds]));
    for (let n = 0; n < 1_000; n++) {
      await guard.prove({ source: '192.0.2.1', keyId: null, text: `${n}` }, 0, wrong).catch(() => undefined);
    }
    expect(told).toEqual([['192.0.2.1', 1_000]]);
  });
});
