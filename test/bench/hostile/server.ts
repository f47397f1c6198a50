/** A gateway as `npm start` runs it, in a process of its own, with a directory in which the worst questions are possible. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as gatewayModule from '../../../src/server/gateway.ts';
import type * as settingsModule from '../../../src/server/settings.ts';
import { built } from '../built.ts';
import { serveMeasurements } from '../server-cost.ts';
import { HOSTILE_KEY, hostileWorld, PLAIN_KEY } from './hostile-world.ts';

const { startGateway } = await built<typeof gatewayModule>('server/gateway');
const { readSettings } = await built<typeof settingsModule>('server/settings');

const OPERATOR = 'hostile-bench-operator-token';
const dataDir = await mkdtemp(join(tmpdir(), 'rolegate-bench-'));
const settings = readSettings(
  {
    PORT: '0',
    LOG_LEVEL: 'error',
    ROLEGATE_DATA_DIR: dataDir,
    ROLEGATE_OPERATOR_TOKEN: OPERATOR,
    ROLEGATE_DEMO: 'off',
    // What one request costs is measured, not how many of them are refused.
    ROLEGATE_PRINCIPAL_COST: '999999999',
    ROLEGATE_REQUEST_CPU_SECONDS: process.argv[3],
    ROLEGATE_REQUEST_SECONDS: process.argv[4],
  },
  '/',
);
const gateway = await startGateway(settings);
const roles = Number(process.argv[2] ?? 2_000);
await gateway.services.directory.apply(hostileWorld(roles));
const { secrets } = gateway.services;
const basic = (id: string): string => `Basic ${Buffer.from(`${id}:${secrets.secretFor(id)}`).toString('base64')}`;

serveMeasurements(
  {
    url: gateway.url,
    pid: process.pid,
    operator: `Bearer ${OPERATOR}`,
    hostile: basic(HOSTILE_KEY),
    plain: basic(PLAIN_KEY),
    plainSecret: secrets.secretFor(PLAIN_KEY),
  },
  async () => {
    await gateway.close();
    await rm(dataDir, { recursive: true });
  },
  { rss: () => ({ rss: process.memoryUsage.rss() }) },
);
