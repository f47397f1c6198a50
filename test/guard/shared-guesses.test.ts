import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../src/directory/prisma/database.ts';
import { openServerDatabase } from '../../src/directory/prisma/server-database.ts';
import { guessStore } from '../../src/directory/stores/guess-store.ts';
import { KeyGuard } from '../../src/guard/key-guard.ts';
import { Throttled } from '../../src/guard/throttled.ts';
import { AuthenticationError, MultiFactorAuthenticationFailed } from '../../src/session/errors.ts';
import { sharedPostgres } from '../support/postgres-server.ts';

const HOUR = 3_600_000;
let database: Database;
beforeAll(async () => {
  database = openServerDatabase(await (await sharedPostgres()).createMigrated());
});
afterAll(() => database.close());

const gateway = (): KeyGuard => new KeyGuard(undefined, guessStore(database));
const wrongCode = () => Promise.reject(new MultiFactorAuthenticationFailed(''));
const wrongKey = () => Promise.reject(new AuthenticationError('SignatureDoesNotMatch'));

/** What became of attempts: wrong, throttled or right. */
async function outcomes(attempts: readonly Promise<unknown>[]): Promise<readonly string[]> {
  const settled = await Promise.allSettled(attempts);
  return settled.map((one) =>
    one.status === 'fulfilled' ? 'right' : one.reason instanceof Throttled ? 'throttled' : 'wrong',
  );
}

test('wrong MFA codes count at all gateways together, also those that are tried at once', async () => {
  const gateways = [gateway(), gateway(), gateway()];
  const tried = await outcomes(
    Array.from({ length: 30 }, (_, n) => (gateways[n % 3] as KeyGuard).proveMfa(['ann'], HOUR, wrongCode)),
  );
  expect(tried.filter((each) => each === 'wrong').length).toBeLessThanOrEqual(5);
  expect(tried).toContain('wrong');
  expect(await outcomes([gateway().proveMfa(['ann'], HOUR, async () => 1)])).toEqual(['throttled']);
  // Somebody else is not slowed down, and what is right does not count.
  for (let n = 0; n < 8; n += 1)
    expect(await outcomes([gateway().proveMfa(['bob'], HOUR, async () => 1)])).toEqual(['right']);
  // After the pause and long enough it is forgotten.
  expect(await outcomes([gateway().proveMfa(['ann'], 6 * HOUR, async () => 1)])).toEqual(['right']);
});

test('wrong keys count at all gateways, by their source', async () => {
  const proof = (n: number) => ({ source: '192.0.2.7', keyId: 'AKIAEXAMPLE', text: `secret ${n}` });
  for (let n = 0; n < 5; n += 1) expect(await outcomes([gateway().prove(proof(n), HOUR, wrongKey)])).toEqual(['wrong']);
  expect(await outcomes([gateway().prove(proof(9), HOUR, async () => 1)])).toEqual(['throttled']);
  const elsewhere = { ...proof(9), source: '192.0.2.8' };
  expect(await outcomes([gateway().prove(elsewhere, HOUR, async () => 1)])).toEqual(['right']);
  // Nothing of who guesses is stored but digests.
  const rows = await database.query<{ who: string }>('SELECT who FROM "Guess"');
  expect(rows.length).toBeGreaterThan(1);
  for (const { who } of rows) expect(who).toMatch(/^[A-Za-z0-9+/]{43}=$/);
});
