import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type IncomingMessage, type OutgoingHttpHeaders, type RequestOptions, request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isHeld } from '../directory/prisma/data-dir-lock.ts';
import { RolegateError } from '../policy/errors.ts';
import { type GatewayAddress, readAddress } from '../server/address-file.ts';
import type { Settings } from '../server/settings.ts';
import { CommandFailed } from './failure.ts';
import { type AnswerText, type Data, dataOf, type Variables } from './gateway-answer.ts';
import { connectPinned } from './pinned-connection.ts';

/** The gateway that holds the data folder, called as its operator. */
export interface RunningGateway {
  readonly url: string;
  /** The `data` of the answer. Throws GatewayRefused with the gateway's message. */
  ask(query: string, variables: Variables): Promise<Data>;
  /** The body of the answer, whatever it says. */
  answer(query: string, variables: Variables): Promise<AnswerText>;
  /** As `ask`, with a file for the null at the place of the variable, however long the answer takes. */
  upload(query: string, variables: Variables, place: string, file: Upload): Promise<Data>;
  /** Posts to a path that is no GraphQL: the body of the answer as it comes, however long it takes. */
  post(path: string): Promise<IncomingMessage>;
}

interface Upload {
  readonly chunks: readonly Buffer[];
  readonly bytes: number;
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

/** The gateway that certainly holds the data folder. Null: nobody does, or it is not known without trying. */
export async function gatewayInCharge(settings: Settings): Promise<RunningGateway | null> {
  if (settings.databaseUrl !== null || (await readAddress(settings.dataDir)) === null) return null;
  return (await isHeld(settings.dataDir)) ? runningGateway(settings) : null;
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
  const { url } = address;
  const gateway: Place = { ...address, token };
  return {
    url,
    ask: async (query, variables) => dataOf(nameOf(url), await answer(gateway, query, variables)),
    answer: (query, variables) => answer(gateway, query, variables),
    upload: (query, variables, place, file) => upload(gateway, { query, variables }, place, file),
    post: (path) => post(gateway, path),
  };
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

/** What a gateway says of itself. */
export interface Readiness {
  readonly url: string;
  readonly pid: number;
  readonly isReady: boolean;
  /** Why it is not ready; null: it is. */
  readonly reason: string | null;
}

/** Asks the gateway that has left its address in the data folder; null: none has. */
export async function readinessOf({ dataDir }: Pick<Settings, 'dataDir'>): Promise<Readiness | null> {
  const address = await readAddress(dataDir);
  if (address === null) return null;
  const { url, pid } = address;
  try {
    const answer = await answerOf({ ...address, token: 'none' }, '/readyz', { 'content-length': 0 }, []);
    const text = await textOf(answer);
    if (answer.statusCode === 200) return { url, pid, isReady: true, reason: null };
    const { reason = `it answers with ${answer.statusCode}` } = JSON.parse(text) as { readonly reason?: string }; // as: what /readyz says
    return { url, pid, isReady: false, reason };
  } catch (error) {
    // One that was killed has left its address behind.
    return { url, pid, isReady: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

/** Where it is, what it shows, and the operator's token. */
type Place = Pick<GatewayAddress, 'url' | 'certificate'> & { readonly token: string };

async function answer(place: Place, query: string, variables: Variables): Promise<AnswerText> {
  const body = Buffer.from(JSON.stringify({ query, variables }));
  return send(place, { 'content-type': 'application/json', 'content-length': body.length }, [body]);
}

/**
 * A multipart request.
 * https://github.com/jaydenseric/graphql-multipart-request-spec
 */
async function upload(gateway: Place, operations: object, place: string, file: Upload): Promise<Data> {
  const boundary = `rolegate-${randomUUID()}`;
  const part = (disposition: string, content: string): string =>
    `--${boundary}\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n${content}`;
  const head = Buffer.from(
    part('name="operations"', `${JSON.stringify(operations)}\r\n`) +
      part('name="map"', `${JSON.stringify({ file: [place] })}\r\n`) +
      part('name="file"; filename="import.tar.gz"\r\nContent-Type: application/gzip', ''),
  );
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  const headers = {
    'content-type': `multipart/form-data; boundary=${boundary}`,
    'content-length': head.length + file.bytes + tail.length,
  };
  return dataOf(nameOf(gateway.url), await send(gateway, headers, [head, ...file.chunks, tail]));
}

async function send(place: Place, headers: OutgoingHttpHeaders, body: readonly Buffer[]): Promise<AnswerText> {
  return operatorsAnswer(place.url, await answerOf(place, '/graphql', headers, body));
}

/** Throws GatewayRefused, or CommandFailed if the gateway does not answer. */
async function post(place: Place, path: string): Promise<IncomingMessage> {
  const response = await answerOf(place, path, { 'content-length': 0 }, []);
  if (response.statusCode === 200) return response;
  dataOf(nameOf(place.url), await operatorsAnswer(place.url, response));
  throw noAnswer(place.url, undefined);
}

/** fetch would give up after five minutes without an answer, and large imports may take longer. */
async function answerOf(
  { url, certificate, token }: Place,
  path: string,
  headers: OutgoingHttpHeaders,
  body: readonly Buffer[],
): Promise<IncomingMessage> {
  try {
    const socket = certificate === null ? null : await connectPinned(url, certificate);
    const options: RequestOptions = {
      method: 'POST',
      headers: { ...headers, authorization: `Bearer ${token}` },
      ...(socket !== null && { createConnection: () => socket }),
    };
    return await new Promise((resolve, reject) => {
      // The connection is encrypted already.
      const sent = request(`${url.replace(/^https:/, 'http:')}${path}`, options, resolve);
      sent.once('error', reject);
      for (const chunk of body) sent.write(chunk);
      sent.end();
    });
  } catch (cause) {
    throw noAnswer(url, cause);
  }
}

export async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function nameOf(url: string): string {
  return `the gateway at ${url}`;
}

function noAnswer(url: string, cause: unknown): CommandFailed {
  return new CommandFailed(`the gateway at ${url}, which has the data folder, does not answer`, { cause });
}

async function operatorsAnswer(url: string, response: IncomingMessage): Promise<AnswerText> {
  const answer = { status: response.statusCode ?? 0, text: await textOf(response) };
  if (answer.status === 401) {
    throw new CommandFailed(`the gateway at ${url} has another operator token: give it in ROLEGATE_OPERATOR_TOKEN`);
  }
  return answer;
}
