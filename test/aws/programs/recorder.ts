import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, request as httpRequest, type Server } from 'node:http';
import { fileURLToPath } from 'node:url';

/** A request as a client sent it, with what is needed to verify its signature at any time. */
export interface RecordedRequest {
  /** Name and version of the client, and what it was told to do. */
  readonly client: string;
  readonly what: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly method: string;
  readonly url: string;
  readonly headers: readonly string[];
  readonly body: string;
}

/**
 * Stands between clients and a gateway, hands on what they send as it is, and keeps what is answered. With ROLEGATE_RECORD it is written
 * to `../recorded-$ROLEGATE_RECORD.json`, together with the secrets of the keys, which are those of a gateway that is gone then.
 */
export class Recorder {
  readonly requests: RecordedRequest[] = [];
  /** What the next requests are told to do. */
  what = '';
  readonly #server: Server;
  #client = '';

  private constructor(server: Server) {
    this.#server = server;
  }

  /** `gateway`: its address. */
  static async before(gateway: string, client: string): Promise<Recorder> {
    // A test may turn its own clock.
    const { now } = Date;
    const server = createServer();
    const recorder = new Recorder(server);
    recorder.#client = client;
    server.on('request', (request, response) => {
      const { method = '', url = '', rawHeaders } = request;
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.once('end', () => {
        const body = Buffer.concat(chunks);
        const { what } = recorder;
        const told = { client: recorder.#client, what, at: now(), method, url, headers: rawHeaders };
        const on = httpRequest(`${gateway}${url}`, { method, headers: rawHeaders, setHost: false }, (answer) => {
          // What was refused may have been signed wrongly on purpose.
          if (answer.statusCode === 200) recorder.requests.push({ ...told, body: body.toString() });
          response.writeHead(answer.statusCode ?? 500, answer.headers);
          answer.pipe(response);
        });
        on.once('error', () => response.destroy());
        on.end(body);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return recorder;
  }

  get url(): string {
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  }

  async close(secretFor: (keyId: string) => string): Promise<void> {
    this.#server.close();
    const name = process.env['ROLEGATE_RECORD'];
    if (name === undefined) return;
    // One of each kind, as signed with long-term and with temporary keys: the others differ in times and ids only.
    const kinds = new Map(
      this.requests.map((request) => {
        const signedWith = /Credential=(\w{4})/.exec(request.headers.join('\n'))?.[1];
        return [`${request.what} ${/^Action=\w+/.exec(request.body)?.[0]} ${signedWith}`, request];
      }),
    );
    const kept = [...kinds.values()].map((request) => {
      const keyId = /Credential=(\w+)\//.exec(request.headers.join('\n'))?.[1] ?? null;
      return { ...request, keyId, secret: keyId === null ? null : secretFor(keyId) };
    });
    const file = fileURLToPath(new URL(`../recorded-${name}.json`, import.meta.url));
    await writeFile(file, `${JSON.stringify(kept, null, 2)}\n`);
  }
}
