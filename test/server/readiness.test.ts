import { createServer } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { storageError } from '../../src/directory/prisma/storage-failure.ts';
import { StoreUnavailable } from '../../src/directory/store-unavailable.ts';
import { sendReadiness } from '../../src/server/health.ts';

let fault: Error | null = null;
const server = createServer((_request, response) => {
  void sendReadiness(response, 'ready', () => (fault === null ? Promise.resolve() : Promise.reject(fault)));
});
let url: string;

beforeAll(async () => {
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/`;
});
afterAll(() => void server.close());

async function readiness(error: Error | null) {
  fault = error;
  const response = await fetch(url);
  return [response.status, await response.json()];
}

test('readiness says what has failed, and no more than may be known', async () => {
  expect(await readiness(null)).toEqual([200, { status: 'ready' }]);
  const gone = { status: 'not ready', reason: 'the database does not answer' };
  expect(await readiness(new StoreUnavailable('DIRECTORY_UNAVAILABLE', 'x'))).toEqual([503, gone]);
  expect(await readiness(new Error('password=secret'))).toEqual([503, gone]);
  for (const [failure, code] of [
    ['full', 'DIRECTORY_FULL'],
    ['damaged', 'DIRECTORY_DAMAGED'],
    ['failing', 'DIRECTORY_FAILING'],
  ] as const) {
    const error = storageError(failure, new Error('base/5/16384'));
    expect(await readiness(error)).toEqual([503, { status: 'not ready', reason: error.message, code }]);
    expect(error.message).not.toContain('base/5');
  }
});
