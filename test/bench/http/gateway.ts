/** A gateway as `npm start` runs it, with what the questions of the benchmark are about; knows its engine's rate on them, too. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as authorizeModule from '../../../src/evaluation/authorize.ts';
import type * as principalModule from '../../../src/policy/principal-id.ts';
import type * as gatewayModule from '../../../src/server/gateway.ts';
import type * as settingsModule from '../../../src/server/settings.ts';
import { serveMeasurements } from '../server-cost.ts';
import { ACTION, BUCKET, KNOWN, READER } from './questions.ts';

const dist = (path: string): string => new URL(`../../../dist/${path}`, import.meta.url).href;
// as: what dist/ is made from
const { startGateway } = (await import(dist('server/gateway.js'))) as typeof gatewayModule;
const { readSettings } = (await import(dist('server/settings.js'))) as typeof settingsModule;
const { authorize } = (await import(dist('evaluation/authorize.js'))) as typeof authorizeModule;
const { parsePrincipalRef } = (await import(dist('policy/principal-id.js'))) as typeof principalModule;

const KEY = 'AKIAMEASUREDAAAAAAAA';
const ROLE = 'arn:aws:iam::111111111111:role/Asking';

const dataDir = await mkdtemp(join(tmpdir(), 'rolegate-bench-'));
const settings = readSettings(
  {
    PORT: '0',
    LOG_LEVEL: 'silent',
    ROLEGATE_DATA_DIR: dataDir,
    ROLEGATE_OPERATOR_TOKEN: 'operator-of-the-benchmark-0123456789',
    // One caller asks all that it can: admitting it costs the same, and nothing is refused.
    ROLEGATE_PRINCIPAL_COST: '999999999',
    // What is measured is what is not off.
    ROLEGATE_METRICS_ADDRESS: process.argv.includes('measured') ? '127.0.0.1:0' : 'off',
    ...(process.argv.includes('logged') && {
      ROLEGATE_DECISION_LOG: join(dataDir, 'decisions.jsonl'),
      ROLEGATE_DECISION_LOG_SHARE: '1',
    }),
  },
  '/',
);
const gateway = await startGateway(settings);
const policy = (...statements: readonly object[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements });
const asking = policy({ Effect: 'Allow', Action: ['iam:SimulatePrincipalPolicy', 'sts:AssumeRole'], Resource: '*' });
const ASKER = 'arn:aws:iam::111111111111:user/asker';
const { services } = gateway;
await services.directory.apply({
  users: [
    { arn: ASKER, inlinePolicies: [{ name: 'Asks', document: asking }] },
    {
      arn: READER,
      inlinePolicies: [
        { name: 'Reads', document: policy({ Effect: 'Allow', Action: 's3:Get*', Resource: `${BUCKET}/known/*` }) },
      ],
    },
  ],
  roles: [
    {
      arn: ROLE,
      trustPolicy: policy({ Effect: 'Allow', Principal: { AWS: ASKER }, Action: 'sts:AssumeRole' }),
      inlinePolicies: [{ name: 'Asks', document: asking }],
    },
  ],
  resources: [
    {
      arn: BUCKET,
      accountId: '111111111111',
      policy: policy({ Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: `${BUCKET}/*9` }),
    },
  ],
  accessKeys: [{ id: KEY, user: ASKER }],
});
const secretAccessKey = services.secrets.secretFor(KEY);
const caller = await services.sessions.authenticate(
  `Basic ${Buffer.from(`${KEY}:${secretAccessKey}`).toString('base64')}`,
  Date.now(),
);
const { credentials } = await services.sessions.assumeRole(
  caller,
  { role: ROLE, roleSessionName: 'bench' },
  Date.now(),
);

const ref = parsePrincipalRef(READER);
const action = services.catalog.action(ACTION);
if (ref === null || action === null) throw new Error('the benchmark asks about nothing');
const resources = KNOWN.map((arn) => ({ arn, accountId: null }));
const gathered = await services.directory.gather({ principals: [ref], roles: [], resources });
const principal = gathered.principal(ref)?.value;
if (principal === undefined) throw new Error('the benchmark has lost its principal');
const prepared = KNOWN.map((arn) => gathered.resource(arn, null).value);
const request = { now: Date.now(), context: new Map(), authority: 'directory', assumes: true } as const;

/** Microseconds for each decision, with and without reading its explanation. */
function engine(explained: boolean): number {
  let found = 0;
  const decideAll = (times: number): void => {
    for (let time = 0; time < times; time++) {
      for (const resource of prepared) {
        const decision = authorize(
          principal as NonNullable<typeof principal>,
          action as NonNullable<typeof action>,
          resource,
          request,
        );
        if (decision.allowed) found += 1;
        if (explained) found += decision.effect.length + decision.reason.length + (decision.deniedBy?.length ?? 0);
      }
    }
  };
  decideAll(100);
  const before = process.cpuUsage();
  decideAll(300);
  const { user, system } = process.cpuUsage(before);
  if (found === 0) throw new Error('nothing was decided');
  return (user + system) / (300 * prepared.length);
}

serveMeasurements(
  {
    url: gateway.url,
    operator: `Bearer ${settings.operatorToken}`,
    key: `Basic ${Buffer.from(`${KEY}:${secretAccessKey}`).toString('base64')}`,
    session: `Bearer ${credentials.sessionToken}`,
  },
  async () => {
    await gateway.close();
    await rm(dataDir, { recursive: true });
  },
  { engine: () => ({ effect: engine(false), explained: engine(true) }) },
);
