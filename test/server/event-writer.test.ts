import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import type { RolegateError } from '../../src/policy/errors.ts';
import { EventWriter } from '../../src/server/event-writer.ts';

const TIMES = { keepAlive: 40, slowest: 200, last: 400 };

/** A stream to a client of TCP, which reads when it likes. */
async function streamed(): Promise<{ response: ServerResponse; writer: EventWriter; client: Socket }> {
  let took: (response: ServerResponse) => void = () => undefined;
  const taken = new Promise<ServerResponse>((resolve) => {
    took = resolve;
  });
  const server = createServer((_request, response) => took(response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1'); // as: it listens on TCP
  onTestFinished(() => {
    client.destroy();
    server.close();
  });
  client.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
  const response = await taken;
  return { response, writer: new EventWriter(response, 'request-1', TIMES), client };
}

const BIG = { data: { text: 'x'.repeat(1_000_000) } };

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
  for (let count = 0; count < 10; count += 1) void writer.next(BIG);
  await writer.end(null);
  await expect.poll(() => response.destroyed, { timeout: 5_000 }).toBe(true);
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
  await writer.next({ data: null });
  client.destroy();
  await expect.poll(() => response.destroyed).toBe(true);
  await writer.next(BIG);
  await writer.end(null);
});
