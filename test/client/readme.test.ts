import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import SchemaBuilder from '@pothos/core';
import { GraphQLError } from 'graphql';
import { createYoga } from 'graphql-yoga';
import { describe, expect, onTestFinished, test } from 'vitest';
import * as client from '../../src/client/index.ts';
import { ALLOWED, type Asked, DENIED, decide, fakeGateway } from './fake-gateway.ts';

const README = readFileSync(new URL('../../src/client/README.md', import.meta.url), 'utf8');

/** The code below a heading, without its imports, which `run` gives it. */
function codeOf(heading: string): string {
  const section = README.split(`\n## ${heading}\n`)[1] ?? '';
  const code = /```js\n([\s\S]*?)```/.exec(section)?.[1];
  if (code === undefined) throw new Error(`the README has no code for ${heading}`);
  return code;
}

const AsyncFunction = Object.getPrototypeOf(async () => undefined).constructor;

/** Runs the code of a section. Returns what it calls `result`. */
async function run(
  heading: string,
  url: string,
  given: object,
  result: string,
): Promise<ReturnType<typeof JSON.parse>> {
  const names = { ...client, ...given, process: { env: { ROLEGATE_URL: url, ROLEGATE_TOKEN: 'secret', PORT: '0' } } };
  const code = codeOf(heading).replaceAll(/^import .*\n/gm, '');
  return new AsyncFunction(...Object.keys(names), `${code}\nreturn ${result};`)(...Object.values(names));
}

/** Alice may get order 42, and nobody may do anything else. */
const allowing = () =>
  fakeGateway((asked, response) => {
    const requests = (asked.variables['requests'] ?? asked.variables['checks']) as readonly Asked['variables'][]; // as: what the client sends
    const answers = requests.map((request) => {
      const { principal = asked.variables['principal'], action, resource } = request;
      const mine = [principal, action, resource].join() === `${ALICE},orders:GetOrder,${ORDER}`;
      return mine ? ALLOWED : DENIED;
    });
    decide(response, asked, answers);
  });

const ALICE = 'arn:aws:iam::111111111111:user/alice';
const ORDER = 'arn:aws:orders:eu-west-1:111111111111:order/42';

/** Asks a server, as a user. */
async function ask(url: string, user: string): Promise<string> {
  const response = await fetch(url, { headers: { 'x-user': user, connection: 'close' } });
  return `${response.status} ${await response.text()}`;
}

async function listening(server: ReturnType<typeof createServer>): Promise<string> {
  onTestFinished(() => void server.close());
  if (!server.listening) await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // as: it listens on a port
  return `http://127.0.0.1:${port}`;
}

test('the guard of node:http lets through what is allowed, and tells nobody why it does not', async () => {
  const gateway = await allowing();
  const url = await listening(await run('node:http', gateway.url, { createServer }, 'server'));
  expect(await ask(`${url}/42`, 'alice')).toBe('200 order 42');
  expect(await ask(`${url}/43`, 'alice')).toBe('403 {"message":"Forbidden"}');
  expect(await ask(`${url}/42`, 'bob')).toBe('403 {"message":"Forbidden"}');
});

test('where nothing is decided it answers 503', async () => {
  const gateway = await fakeGateway((_asked, response) => {
    response.statusCode = 500;
    response.end();
  });
  const url = await listening(await run('node:http', gateway.url, { createServer }, 'server'));
  expect(await ask(`${url}/42`, 'alice')).toBe('503 {"message":"Service Unavailable"}');
});

test('what finds out who asks may fail, and nothing to check is let through', async () => {
  const rolegate = client.createRolegate({ url: (await allowing()).url, token: 'secret' });
  const passed: unknown[] = [];
  const next = (error?: unknown): void => void passed.push(error);
  const response = { statusCode: 200, setHeader: () => undefined, end: () => undefined };
  const fault = new Error('no session');
  await client.middleware(rolegate, () => Promise.reject(fault))({}, response, next);
  await client.middleware(rolegate, () => null)({}, response, next);
  expect(passed).toEqual([fault, undefined]);
});

interface ExpressRequest {
  readonly headers: Record<string, string>;
  readonly params: { readonly id: string };
}
type ExpressHandler = (request: ExpressRequest, response: object, next: (error?: unknown) => void) => unknown;

test('in Express each route has its own check', async () => {
  const routes = new Map<string, readonly ExpressHandler[]>();
  const app = {
    get: (path: string, ...handlers: ExpressHandler[]) => routes.set(`GET ${path}`, handlers),
    delete: (path: string, ...handlers: ExpressHandler[]) => routes.set(`DELETE ${path}`, handlers),
    listen: () => undefined,
  };
  await run('Express', (await allowing()).url, { express: () => app }, 'app');
  const serve = async (route: string, user: string, id: string): Promise<string> => {
    const answer = { statusCode: 200, text: '' };
    const response = {
      set statusCode(status: number) {
        answer.statusCode = status;
      },
      setHeader: () => undefined,
      end: (text: string) => (answer.text = text),
      json: (value: unknown) => (answer.text = JSON.stringify(value)),
    };
    const [guard, handler] = routes.get(route) ?? [];
    const request = { headers: { 'x-user': user }, params: { id } };
    await guard?.(request, response, (error) =>
      error === undefined ? handler?.(request, response, () => undefined) : undefined,
    );
    return `${answer.statusCode} ${answer.text}`;
  };
  expect(await serve('GET /orders/:id', 'alice', '42')).toBe('200 {"id":"42"}');
  expect(await serve('GET /orders/:id', 'bob', '42')).toBe('403 {"message":"Forbidden"}');
  expect(await serve('DELETE /orders/:id', 'alice', '42')).toBe('403 {"message":"Forbidden"}');
});

interface FastifyRoute {
  readonly options: { readonly preHandler: (request: object, reply: object) => Promise<unknown> };
  readonly handler: (request: object) => Promise<unknown>;
}

test('in Fastify each route has its own hook', async () => {
  const routes = new Map<string, FastifyRoute>();
  const app = {
    get: (path: string, options: FastifyRoute['options'], handler: FastifyRoute['handler']) =>
      routes.set(`GET ${path}`, { options, handler }),
    delete: (path: string, options: FastifyRoute['options'], handler: FastifyRoute['handler']) =>
      routes.set(`DELETE ${path}`, { options, handler }),
    listen: async () => undefined,
  };
  await run('Fastify', (await allowing()).url, { Fastify: () => app }, 'app');
  const serve = async (name: string, user: string, id: string): Promise<unknown> => {
    const request = { headers: { 'x-user': user }, params: { id } };
    let sent: unknown = null;
    const reply = { code: (status: number) => ({ send: (body: unknown) => (sent = { status, body }) }) };
    const route = routes.get(name);
    await route?.options.preHandler(request, reply);
    // Fastify goes on where the hook has sent nothing.
    return sent ?? route?.handler(request);
  };
  expect(await serve('GET /orders/:id', 'alice', '42')).toEqual({ id: '42' });
  expect(await serve('GET /orders/:id', 'bob', '42')).toEqual({ status: 403, body: { message: 'Forbidden' } });
  expect(await serve('DELETE /orders/:id', 'alice', '42')).toMatchObject({ status: 403 });
});

describe('fields of Pothos, served by Yoga,', () => {
  const start = async () => {
    const gateway = await allowing();
    const given = { SchemaBuilder, GraphQLError, createYoga };
    const yoga: RequestListener = await run('Yoga and Pothos', gateway.url, given, 'yoga');
    const url = `${await listening(createServer(yoga).listen(0, '127.0.0.1'))}/graphql`;
    const query = async (user: string | null) => {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', connection: 'close', ...(user !== null && { 'x-user': user }) },
        body: JSON.stringify({ query: '{ orders { id total } }' }),
      });
      return response.json() as Promise<{
        data: unknown;
        errors?: { message: string; path: unknown; extensions: unknown }[];
      }>;
    };
    return { gateway, query };
  };

  test('are resolved for those who may, and null with an error for others; one request asks for all', async () => {
    const { gateway, query } = await start();
    const { data, errors } = await query('alice');
    expect(data).toEqual({
      orders: [
        { id: '42', total: '42.00' },
        { id: '43', total: null },
      ],
    });
    expect(errors).toMatchObject([
      { message: 'you may not orders:GetOrder', path: ['orders', 1, 'total'], extensions: { code: 'FORBIDDEN' } },
    ]);
    expect(gateway.asked.map(({ count }) => count)).toEqual([2]);
  });

  test('are refused where nobody is signed in, without a question', async () => {
    const { gateway, query } = await start();
    const { data, errors = [] } = await query(null);
    expect(data).toEqual({
      orders: [
        { id: '42', total: null },
        { id: '43', total: null },
      ],
    });
    expect([errors.length, gateway.asked.length]).toEqual([2, 0]);
  });
});

test('every example of a server has at most twenty lines', () => {
  for (const heading of ['node:http', 'Express', 'Fastify']) {
    const lines = codeOf(heading).trimEnd().split('\n');
    expect([heading, lines.length <= 20]).toEqual([heading, true]);
  }
});
