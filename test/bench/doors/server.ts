/** A gateway as `npm start` runs it, in a process of its own: says on request how much CPU it has used. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as gatewayModule from '../../../src/server/gateway.ts';
import type * as settingsModule from '../../../src/server/settings.ts';
import { serveMeasurements } from '../server-cost.ts';

const dist = (path: string): string => new URL(`../../../dist/server/${path}`, import.meta.url).href;
// as: what dist/ is made from
const { startGateway } = (await import(dist('gateway.js'))) as typeof gatewayModule;
const { readSettings } = (await import(dist('settings.js'))) as typeof settingsModule;

const USER = 'arn:aws:iam::111111111111:user/measured';
const KEY = 'AKIAMEASUREDAAAAAAAA';

const dataDir = await mkdtemp(join(tmpdir(), 'rolegate-bench-'));
const settings = readSettings(
  { PORT: '0', LOG_LEVEL: 'silent', ROLEGATE_DATA_DIR: dataDir, ROLEGATE_PRINCIPAL_COST: '999999999' },
  '/',
);
const gateway = await startGateway(settings);
const document = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
});
await gateway.services.directory.apply({
  users: [{ arn: USER, inlinePolicies: [{ name: 'Everything', document }] }],
  accessKeys: [{ id: KEY, user: USER }],
});

serveMeasurements(
  { url: gateway.url, accessKeyId: KEY, secretAccessKey: gateway.services.secrets.secretFor(KEY) },
  async () => {
    await gateway.close();
    await rm(dataDir, { recursive: true });
  },
);
