import { createServer, type RequestListener } from 'node:http';
import { Duplex } from 'node:stream';

/** Both ends of a connection without a socket: what the server writes is kept, and what it reads is pushed. */
class Within extends Duplex {
  readonly #written: Buffer[] = [];

  get written(): string {
    return Buffer.concat(this.#written).toString('utf8');
  }

  override _read(): void {
    // It is pushed when there is something.
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#written.push(chunk);
    done();
  }
}

/**
 * The body of the answer to a POST of JSON to `path`, as if it had come over HTTP, on a connection of its own that nobody else can
 * reach. Null: the connection was closed without one.
 */
export function askWithin(listener: RequestListener, path: string, body: object): Promise<string | null> {
  const text = JSON.stringify(body);
  const lines = [
    `POST ${path} HTTP/1.1`,
    'host: localhost',
    'authorization: Bearer within',
    'accept: */*',
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(text)}`,
  ];
  const connection = new Within();
  const server = createServer((request, response) => {
    response.once('finish', () => connection.destroy());
    listener(request, response);
  });
  return new Promise((resolve) => {
    connection.once('close', () => {
      const [head = '', ...answer] = connection.written.split('\r\n\r\n');
      resolve(head.startsWith('HTTP/1.1 200 ') ? answer.join('\r\n\r\n') : null);
    });
    // https://nodejs.org/api/http.html#event-connection: any stream can be given to a server that listens nowhere.
    server.emit('connection', connection);
    connection.push(`${lines.join('\r\n')}\r\n\r\n${text}`);
  });
}
