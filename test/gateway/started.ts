import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type RunningGateway, startGateway } from '../../src/server/gateway.ts';
import { understandFiles } from '../../src/server/imports/understand.ts';
import { readSettings } from '../../src/server/settings.ts';
import { putEmptyDirectory } from '../support/empty-directory.ts';
import { newDataDir, removeDataDir } from '../support/gateway.ts';

/** Noon of the day on which these tests begin. */
export const NOON = Date.UTC(2026, 10, 23, 12);

export type Headers = Readonly<Record<string, string>>;

export interface Answered {
  readonly status: number;
  /** Of each Set-Cookie header, `name=value`. */
  readonly cookies: readonly string[];
  readonly headers: globalThis.Headers;
  // The answers of many different operations: tests say what they expect of them.
  readonly body: ReturnType<typeof JSON.parse>;
}

/** A gateway that serves over HTTP on a folder of its own, and whose clock stands still until it is moved. */
export class StartedGateway {
  readonly running: RunningGateway;
  readonly dataDir: string;
  /** Credentials of whoever runs it. */
  readonly operator: Headers;
  readonly #clock: { now: number };

  constructor(running: RunningGateway, dataDir: string, operatorToken: string, clock: { now: number }) {
    this.running = running;
    this.dataDir = dataDir;
    this.operator = { authorization: `Bearer ${operatorToken}` };
    this.#clock = clock;
  }

  get url(): string {
    return this.running.url;
  }

  /** Milliseconds since 1970. */
  get now(): number {
    return this.#clock.now;
  }

  advance(seconds: number): void {
    this.#clock.now += seconds * 1000;
  }

  async ask(query: string, variables: object = {}, headers: Headers = {}): Promise<Answered> {
    const response = await fetch(`${this.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query, variables }),
    });
    const text = await response.text();
    return {
      status: response.status,
      cookies: response.headers.getSetCookie().map((cookie) => cookie.split(';', 1)[0] ?? ''),
      headers: response.headers,
      body: text === '' ? null : JSON.parse(text),
    };
  }

  /** A long-term key of a user (its ARN) or a service, made by the operator. */
  async newKey(principal: string): Promise<{ readonly accessKeyId: string; readonly secretAccessKey: string }> {
    const { body } = await this.ask(
      'mutation($input: CreateAccessKeyInput!) { createAccessKey(input: $input) { is: __typename ... on CreateAccessKeySuccess { accessKeyId secretAccessKey } ... on UserError { message } } }',
      { input: { principal } },
      this.operator,
    );
    const key = body.data?.createAccessKey;
    if (key?.is !== 'CreateAccessKeySuccess') throw new Error(`no key: ${JSON.stringify(body)}`);
    return { accessKeyId: key.accessKeyId, secretAccessKey: key.secretAccessKey };
  }

  async stop(): Promise<void> {
    await this.running.close();
    await removeDataDir(this.dataDir);
  }
}

export function basic(key: { readonly accessKeyId: string; readonly secretAccessKey: string }): Headers {
  return { authorization: `Basic ${Buffer.from(`${key.accessKeyId}:${key.secretAccessKey}`).toString('base64')}` };
}

export function bearer(sessionToken: string): Headers {
  return { authorization: `Bearer ${sessionToken}` };
}

/** Starts one as `npm start` does, empty, with `env` as further settings. */
export async function start(env: Readonly<Record<string, string>> = {}): Promise<StartedGateway> {
  const dataDir = await newDataDir();
  await putEmptyDirectory(dataDir);
  const clock = { now: NOON };
  const settings = readSettings(
    { PORT: '0', LOG_LEVEL: 'silent', ROLEGATE_DEMO: 'off', ROLEGATE_DATA_DIR: dataDir, ...env },
    '/',
  );
  // Threads would need src/ as JavaScript; tests of processes use them.
  const running = await startGateway(settings, {
    clock: () => clock.now,
    understandFiles: (files) => understandFiles(files),
  });
  const token = settings.operatorToken ?? (await readFile(join(dataDir, 'operator.token'), 'utf8')).trim();
  return new StartedGateway(running, dataDir, token, clock);
}
