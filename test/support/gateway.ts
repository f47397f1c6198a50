import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { type GatewayOptions, type RunningGateway, startGateway } from '../../src/server/gateway.ts';
import { understandFiles } from '../../src/server/imports/understand.ts';
import { readSettings, type Settings } from '../../src/server/settings.ts';
import { putEmptyDirectory } from './empty-directory.ts';

/** A gateway on a port and a folder of its own. */
export interface TestGateway {
  readonly gateway: RunningGateway;
  readonly url: string;
  readonly settings: Settings;
  /** Authorization headers. */
  readonly as: { readonly operator: string; user(name: string): string };
  /** Asks over HTTP. */
  ask(query: string, options?: { variables?: object; authorization?: string }): Promise<Answer>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // The answers of many different queries: tests say what they expect with matchers.
  readonly body: ReturnType<typeof JSON.parse>;
}

/** A new folder, to be removed with `removeDataDir`. */
export function newDataDir(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'rolegate-test-'));
}

export function removeDataDir(dataDir: string): Promise<void> {
  return rm(dataDir, { recursive: true, force: true });
}

/** Tests ask for more in a second than any caller would. Those of the limits say theirs. */
const WITHOUT_LIMITS = { ROLEGATE_PRINCIPAL_COST: '0', ROLEGATE_CHECKER_COST: '0', ROLEGATE_ANONYMOUS_COST: '0' };

/** Starts one as `npm start` does, on an empty database that is made already, with `env` as its environment variables. */
export async function startTestGateway(
  dataDir: string,
  env: Record<string, string> = {},
  options: Pick<GatewayOptions, 'clock'> = {},
): Promise<TestGateway> {
  const settings = readSettings(
    {
      PORT: '0',
      LOG_LEVEL: 'silent',
      ROLEGATE_METRICS_ADDRESS: 'off',
      ROLEGATE_DATA_DIR: dataDir,
      ...WITHOUT_LIMITS,
      ...env,
    },
    '/',
  );
  if (settings.databaseUrl === null && !existsSync(join(dataDir, 'db'))) await putEmptyDirectory(dataDir);
  // Threads would need src/ as JavaScript; tests of processes use them.
  const gateway = await startGateway(settings, { understandFiles: (files) => understandFiles(files), ...options });
  const token = settings.operatorToken ?? (await readFile(join(dataDir, 'operator.token'), 'utf8')).trim();
  const { secrets } = gateway.services;
  const as = {
    operator: `Bearer ${token}`,
    user(name: string) {
      const id = gateway.demo?.signIns.find((signIn) => signIn.name === name)?.accessKeyId;
      if (id === undefined) throw new Error(`there is no ${name} in the demo organization`);
      return `Basic ${Buffer.from(`${id}:${secrets.secretFor(id)}`).toString('base64')}`;
    },
  };
  return { gateway, url: gateway.url, settings, as, ask: (query, options = {}) => ask(gateway.url, query, options) };
}

/** Starts one for the tests of a file or a block; it is there when they run. */
export function startedGateway(
  env: Record<string, string> = {},
  options: Pick<GatewayOptions, 'clock'> = {},
): TestGateway {
  let dataDir: string;
  let started: TestGateway;
  beforeAll(async () => {
    dataDir = await newDataDir();
    started = await startTestGateway(dataDir, env, options);
  });
  afterAll(async () => {
    await started.gateway.close();
    await removeDataDir(dataDir);
  });
  return {
    get gateway() {
      return started.gateway;
    },
    get url() {
      return started.url;
    },
    get settings() {
      return started.settings;
    },
    get as() {
      return started.as;
    },
    ask: (...operation) => started.ask(...operation),
  };
}

async function ask(
  url: string,
  query: string,
  { variables = {}, authorization }: { variables?: object; authorization?: string },
): Promise<Answer> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(authorization === undefined ? {} : { authorization }) },
    body: JSON.stringify({ query, variables }),
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}
