import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { steadyClock } from '../../src/server/steady-clock.ts';
import { newDataDir, removeDataDir, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { sharedPostgres } from '../support/postgres-server.ts';

const HOUR = 3_600_000;
const NOON = Date.UTC(2026, 5, 15, 12);

describe('a clock that is set back', () => {
  let wall: number;
  let elapsed: number;
  const start = () => {
    [wall, elapsed] = [NOON, 0];
    return steadyClock(
      () => wall,
      () => elapsed,
    );
  };
  const pass = (milliseconds: number): void => {
    wall += milliseconds;
    elapsed += milliseconds;
  };

  test('is followed while it goes on', () => {
    const clock = start();
    pass(1_000);
    expect(clock()).toBe(NOON + 1_000);
    wall += HOUR;
    expect(clock()).toBe(NOON + HOUR + 1_000);
  });

  test('is waited for, at half the speed', () => {
    const clock = start();
    wall -= HOUR;
    expect(clock()).toBe(NOON);
    pass(HOUR);
    expect(clock()).toBe(NOON + HOUR / 2);
    pass(HOUR);
    expect(clock()).toBe(NOON + HOUR);
    pass(HOUR);
    expect(clock()).toBe(NOON + 2 * HOUR);
  });
});

describe.each([
  ['in a folder', async () => ({})],
  ['on a server', async () => ({ DATABASE_URL: await (await sharedPostgres()).createMigrated(), ROLEGATE_DEMO: 'on' })],
])('sessions of a gateway whose clock is set back an hour, %s', (_where, environment) => {
  let dataDir: string;
  let gateway: TestGateway;
  let wall = NOON;
  let elapsed = 0;
  beforeAll(async () => {
    dataDir = await newDataDir();
    const clock = steadyClock(
      () => wall,
      () => elapsed,
    );
    gateway = await startTestGateway(dataDir, await environment(), { clock });
  });
  afterAll(async () => {
    await gateway?.gateway.close();
    await removeDataDir(dataDir);
  });

  const pass = (milliseconds: number): void => {
    wall += milliseconds;
    elapsed += milliseconds;
  };

  async function assumed(durationSeconds = 3600): Promise<string> {
    const mutation = `mutation { assumeRole(input: { role: "arn:aws:iam::111111111111:role/Deployer", roleSessionName: "s1",
      durationSeconds: ${durationSeconds} }) { ... on AssumeRoleSuccess { credentials { sessionToken } } } }`;
    const { body } = await gateway.ask(mutation, { authorization: gateway.as.user('alice') });
    return `Bearer ${body.data.assumeRole.credentials.sessionToken}`;
  }

  const answerTo = async (authorization: string, query = '{ viewer { kind } }') => {
    const { body } = await gateway.ask(query, { authorization });
    return body.errors?.[0]?.extensions?.awsCode ?? 'valid';
  };

  test('what has ended or expired stays so; what begins then is valid, also after a revocation', async () => {
    const [left, short, lasting] = [await assumed(), await assumed(900), await assumed()];
    pass(16 * 60_000);
    expect(await answerTo(left, 'mutation { exitRole { __typename } }')).toBe('valid');
    wall -= HOUR;
    expect(await answerTo(left)).toBe('ExpiredToken');
    expect(await answerTo(short)).toBe('ExpiredToken');
    expect(await answerTo(lasting)).toBe('valid');
    pass(1_000);
    expect(await answerTo(await assumed())).toBe('valid');
  });
});
