import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2';
import { type AddressInfo, connect, type Server } from 'node:net';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { RolegateError } from '../../src/policy/errors.ts';
import { EventWriter } from '../../src/server/event-writer.ts';

const TIMES = { keepAlive: 40, slowest: 200, last: 400 };

/** A stream to a client that reads when it likes. */
interface Streamed {
  readonly response: ServerResponse;
  readonly writer: EventWriter;
  readonly client: Readable;
}

function taking(): {
  readonly onRequest: (request: unknown, response: ServerResponse) => void;
  taken: Promise<ServerResponse>;
} {
  let onRequest: (request: unknown, response: ServerResponse) => void = () => undefined;
  const taken = new Promise<ServerResponse>((resolve) => {
    onRequest = (_request, response) => resolve(response);
  });
  return { onRequest, taken };
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port; // as: it listens on TCP
}

async function overHttp1(): Promise<Streamed> {
  const { onRequest, taken } = taking();
  const client = connect(await listening(createServer(onRequest)), '127.0.0.1');
  onTestFinished(() => void client.destroy());
  client.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
  const response = await taken;
  return { response, writer: new EventWriter(response, 'request-1', TIMES), client };
}

async function overHttp2(): Promise<Streamed> {
  const { onRequest, taken } = taking();
  // as: what node offers in place of a response of HTTP/1.1
  const server = createHttp2Server(onRequest as unknown as Parameters<typeof createHttp2Server>[0]);
  const session = connectHttp2(`http://127.0.0.1:${await listening(server)}`);
  session.on('error', () => undefined);
  onTestFinished(() => session.destroy());
  const client = session.request({ ':path': '/' });
  client.on('error', () => undefined);
  const response = await taken;
  return { response, writer: new EventWriter(response, 'request-1', TIMES), client };
}

const BIG = { data: { text: 'x'.repeat(1_000_000) } };

describe.each([
  ['HTTP/1.1', overHttp1],
  ['HTTP/2', overHttp2],
])('over %s', (_protocol, streamed) => {
  test('a client that does not read is found out, and told so when it reads again', async () => {
    const { response, writer, client } = await streamed();
    client.pause();
    const slow: RolegateError[] = [];
    writer.onSlow = (reason) => void slow.push(reason);
    let isWritten = false;
    const writing = (async () => {
      for (let count = 0; count < 30; count += 1) await writer.next(BIG);
      isWritten = true;
    })();
    await expect.poll(() => slow.length, { timeout: 5_000 }).toBe(1);
    expect(isWritten).toBe(false);
    expect(slow).toMatchObject([{ code: 'LIMIT_EXCEEDED', message: expect.stringMatching(/not read for too long/) }]);
    // No more was written than it may leave unread.
    expect(response.writableLength).toBeLessThan(3_000_000);
    let text = '';
    client.on('data', (bytes) => {
      text += bytes.toString().slice(-400);
    });
    await writer.end({ errors: [{ message: 'too slow' } as never] });
    client.resume();
    await expect.poll(() => text.includes('event: complete'), { timeout: 5_000 }).toBe(true);
    expect(text).toContain('data: {"errors":[{"message":"too slow"}]}');
    await writing.catch(() => undefined);
  });

  test('one that never reads again is cut off', async () => {
    const { response, writer, client } = await streamed();
    client.pause();
    let isClosed = false;
    response.once('close', () => {
      isClosed = true;
    });
    for (let count = 0; count < 10; count += 1) void writer.next(BIG);
    await writer.end(null);
    await expect.poll(() => isClosed, { timeout: 5_000 }).toBe(true);
  });

  test('a connection on which nothing happens is kept open', async () => {
    const { writer, client } = await streamed();
    let text = '';
    client.on('data', (bytes) => {
      text += bytes.toString();
    });
    writer.begin();
    await delay(250);
    expect(text.match(/^:$/gm)?.length).toBeGreaterThan(3);
    await writer.end(null);
  });

  test('one whose client has gone is written to no more', async () => {
    const { response, writer, client } = await streamed();
    const slow: RolegateError[] = [];
    writer.onSlow = (reason) => void slow.push(reason);
    await writer.next({ data: null });
    const closed = once(response, 'close');
    client.destroy();
    await closed;
    expect(writer.isGone).toBe(true);
    for (let count = 0; count < 5; count += 1) await writer.next(BIG);
    await writer.end(null);
    await delay(2 * TIMES.slowest);
    expect(slow).toEqual([]);
    // As one that is answered only then.
    expect(new EventWriter(response, 'request-2', TIMES).isGone).toBe(true);
  });
});
