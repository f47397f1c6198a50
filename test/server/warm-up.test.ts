import { afterAll, beforeAll, expect, test } from 'vitest';
import { createContext } from '../../src/graphql/context.ts';
import { buildSchema } from '../../src/graphql/schema.ts';
import { understandFiles } from '../../src/server/imports/understand.ts';
import { warmUp } from '../../src/server/warm-up.ts';
import { newDataDir, removeDataDir, startTestGateway, type TestGateway } from '../support/gateway.ts';

let dataDir: string;
let started: TestGateway;

beforeAll(async () => {
  dataDir = await newDataDir();
  started = await startTestGateway(dataDir);
});

afterAll(async () => {
  await started.gateway.close();
  await removeDataDir(dataDir);
});

test('the database was asked about nobody, and a decision was made and explained', async () => {
  const { services } = started.gateway;
  const result = await warmUp(
    buildSchema(),
    (facts, request) =>
      createContext({ ...services, understandFiles: async (files) => understandFiles(files) }, facts, request),
    Date.UTC(2026, 5, 15, 12),
  );
  expect(result?.data).toEqual({
    decision: null,
    simulateCustomPolicies: [
      { effect: 'ALLOWED', deniedBy: null, reason: expect.stringContaining('arn:aws:iam::000000000000:user/nobody') },
    ],
  });
  expect(result?.errors?.map(({ message, path }) => ({ message, path }))).toEqual([
    { message: 'no such user: `arn:aws:iam::000000000000:user/nobody`', path: ['decision'] },
  ]);
});
