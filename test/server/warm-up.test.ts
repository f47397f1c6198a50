import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Directory } from '../../src/directory/directory.ts';
import { buildSchema } from '../../src/graphql/schema.ts';
import type { GivenFile } from '../../src/importing/given-files.ts';
import { understandFiles } from '../../src/server/imports/understand.ts';
import { innerDoor } from '../../src/server/inner-door.ts';
import { warmUp } from '../../src/server/warm-up.ts';
import { newDataDir, removeDataDir, startTestGateway, type TestGateway } from '../support/gateway.ts';

let dataDir: string;
let started: TestGateway;

let decisionLog: string;

beforeAll(async () => {
  dataDir = await newDataDir();
  decisionLog = join(dataDir, 'decisions.log');
  const env = { ROLEGATE_DECISION_LOG: decisionLog, ROLEGATE_METRICS_ADDRESS: 'main' };
  started = await startTestGateway(dataDir, env);
});

afterAll(async () => {
  await started.gateway.close();
  await removeDataDir(dataDir);
});

async function asked(directory: Pick<Directory, 'userArns'>): Promise<unknown> {
  const { services } = started.gateway;
  const ofSchema = { ...services, understandFiles: (files: readonly GivenFile[]) => understandFiles(files) };
  const now = Date.UTC(2026, 5, 15, 12);
  const door = innerDoor(buildSchema(), { ...ofSchema, watch: undefined }, () => now);
  const answer = await warmUp(door, directory);
  return answer === null ? null : JSON.parse(answer);
}

const OWN = {
  effect: 'ALLOWED',
  deniedBy: null,
  reason: expect.stringContaining('arn:aws:iam::000000000000:user/nobody'),
};

test('nobody was told of what a start asked itself', async () => {
  const { url, as } = started;
  const told = await fetch(`${url}/metrics`, { headers: { authorization: as.operator } });
  const counts = (await told.text()).split('\n').filter((line) => /^rolegate_(requests|decisions)_total/.test(line));
  expect(counts).toEqual([]);
  expect(await readFile(decisionLog, 'utf8')).toBe('');
});

test('the first user that is stored was read and decided about, and a decision was made and explained', async () => {
  const result = await asked(started.gateway.services.directory);
  expect(result).toEqual({ data: { decision: { effect: 'IMPLICIT_DENY' }, simulateCustomPolicies: [OWN] } });
});

test('where no user is stored, the database was asked about nobody', async () => {
  const result = await asked({ userArns: async () => [] });
  expect(result).toMatchObject({
    data: { decision: null, simulateCustomPolicies: [OWN] },
    errors: [{ message: 'no such user: `arn:aws:iam::000000000000:user/nobody`', path: ['decision'] }],
  });
});

test('a start does not fail where nothing can be read', async () => {
  expect(await asked({ userArns: () => Promise.reject(new Error('gone')) })).toBeNull();
});
