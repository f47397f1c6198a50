import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { RolegateError } from '../policy/errors.ts';
import { readAddress } from '../server/address-file.ts';
import type { Settings } from '../server/settings.ts';
import { CommandFailed, GatewayRefused } from './failure.ts';

/** The gateway that holds the data folder, called as its operator. */
export interface RunningGateway {
  readonly url: string;
  /** The `data` of the answer. Throws GatewayRefused with the gateway's message. */
  ask(query: string, variables: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, unknown>>>;
}

/** How long a command waits for another one that holds the data folder. Milliseconds. */
const PATIENCE = 30_000;
const BETWEEN = 250;

/**
 * Does the work of a command in the data folder itself, or through the gateway that holds it. While another command holds
 * it, waits for that to end. `here` returns null if the folder is held. Throws CommandFailed if it stays held.
 */
export async function hereOrThere<T>(
  settings: Settings,
  here: () => Promise<T | null>,
  there: (gateway: RunningGateway) => Promise<T>,
): Promise<T> {
  const deadline = Date.now() + PATIENCE;
  for (;;) {
    const done = await here();
    if (done !== null) return done;
    if ((await readAddress(settings.dataDir)) !== null || Date.now() > deadline) {
      return there(await runningGateway(settings));
    }
    await delay(BETWEEN);
  }
}

/** What is opened; null: another process holds the data folder. */
export async function orNullIfHeld<T>(opening: Promise<T>): Promise<T | null> {
  try {
    return await opening;
  } catch (error) {
    if (error instanceof RolegateError && error.code === 'DATA_DIR_LOCKED') return null;
    throw error;
  }
}

/** Finds the gateway by its files in the data folder. Throws CommandFailed that says what is missing. */
async function runningGateway(settings: Settings): Promise<RunningGateway> {
  const address = await readAddress(settings.dataDir);
  if (address === null) {
    throw new CommandFailed(
      `the data folder ${settings.dataDir} is in use by another process, and no gateway has left its address there`,
    );
  }
  const token = settings.operatorToken ?? (await readToken(settings.dataDir));
  return { url: address.url, ask: (query, variables) => ask(address.url, token, query, variables) };
}

async function readToken(dataDir: string): Promise<string> {
  try {
    return (await readFile(join(dataDir, 'operator.token'), 'utf8')).trim();
  } catch (cause) {
    throw new CommandFailed(`the operator token is not in ${dataDir}: give the gateway's in ROLEGATE_OPERATOR_TOKEN`, {
      cause,
    });
  }
}

async function ask(url: string, token: string, query: string, variables: Readonly<Record<string, unknown>>) {
  let response: Response;
  try {
    response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query, variables }),
    });
  } catch (cause) {
    throw new CommandFailed(`the gateway at ${url}, which has the data folder, does not answer`, { cause });
  }
  if (response.status === 401) {
    throw new CommandFailed(`the gateway at ${url} has another operator token: give it in ROLEGATE_OPERATOR_TOKEN`);
  }
  const answer: unknown = await response.json().catch(() => null);
  const { data, errors } = isObject(answer) ? answer : {};
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
  if (isObject(first)) {
    const code = isObject(first['extensions']) ? String(first['extensions']['code']) : '';
    throw new GatewayRefused(`the gateway at ${url} refuses: ${String(first['message'])}`, code);
  }
  if (!isObject(data)) throw new CommandFailed(`the gateway at ${url} gives no answer (status ${response.status})`);
  return data;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
