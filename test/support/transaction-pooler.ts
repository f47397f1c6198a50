import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/**
 * A pooler of PostgreSQL connections in transaction mode, as PgBouncer is: each transaction of a client gets the server's
 * connection that has been free for longest, so that nothing of a session is there for the next one.
 * https://www.postgresql.org/docs/current/protocol-message-formats.html
 */
export interface TransactionPooler {
  /** Of the database behind it. */
  readonly url: string;
  /** Statements that came through, without their parameters. */
  readonly statements: readonly string[];
  /** How many of its connections each client's transactions have been on, at most. */
  readonly spread: number;
  close(): Promise<void>;
}

/** What PgBouncer takes from a client without being told to ignore it, of what ours sends. */
const TAKEN = new Set(['user', 'database', 'client_encoding', 'application_name']);
/** `ignore_startup_parameters` */
const IGNORED = new Set(['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout']);
const SSL_REQUEST = 80_877_103;
const PROTOCOL = 196_608;
/** Messages that the server answers with ReadyForQuery: Query, Sync, FunctionCall. */
const ANSWERED = new Set(['Q', 'S', 'F']);

function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), head, body]);
}

const texts = (...parts: readonly string[]): Buffer => Buffer.from(parts.map((part) => `${part}\0`).join(''));
const typeOf = (one: Buffer): string => String.fromCharCode(one[0] ?? 0);

/** Cuts what arrives into messages. `head`: bytes before the length of each. */
class Messages {
  #rest: Buffer = Buffer.alloc(0);

  take(bytes: Buffer, head = 1): Buffer[] {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    const found: Buffer[] = [];
    while (this.#rest.length >= head + 4) {
      const end = head + this.#rest.readInt32BE(head);
      if (this.#rest.length < end) break;
      found.push(this.#rest.subarray(0, end));
      this.#rest = this.#rest.subarray(end);
      // Only the first message of a client has no type.
      if (head === 0) break;
    }
    return found;
  }
}

/** A connection to the server, and the client that has it for a transaction. */
interface ServerConnection {
  readonly socket: Socket;
  /** What a client is told of the server when it comes. */
  readonly parameters: readonly Buffer[];
  client: PooledClient | null;
}

function openServer(target: URL, onMessage: (from: ServerConnection, one: Buffer) => void): Promise<ServerConnection> {
  const { username, password, hostname, port, pathname } = target;
  const socket = connect(Number(port), hostname);
  const protocol = Buffer.alloc(4);
  protocol.writeInt32BE(PROTOCOL);
  const startup = Buffer.concat([protocol, texts('user', username, 'database', pathname.slice(1), '')]);
  socket.write(message('', startup));
  const messages = new Messages();
  const parameters: Buffer[] = [];
  const server: ServerConnection = { socket, parameters, client: null };
  return new Promise((resolve, reject) => {
    let isReady = false;
    socket.once('error', reject);
    socket.on('data', (bytes) => {
      for (const one of messages.take(bytes)) {
        if (isReady) onMessage(server, one);
        else if (typeOf(one) === 'R' && one.readInt32BE(5) === 3) socket.write(message('p', texts(password)));
        else if (typeOf(one) === 'S') parameters.push(one);
        else if (typeOf(one) === 'E') reject(new Error(one.toString('latin1')));
        else if (typeOf(one) === 'Z') {
          isReady = true;
          resolve(server);
        }
      }
    });
  });
}

interface PooledClient {
  readonly socket: Socket;
  server: ServerConnection | null;
  /** Sent when it has a connection. */
  readonly waiting: Buffer[];
  /** ReadyForQuery messages that are to come. */
  owed: number;
  readonly used: Set<ServerConnection>;
}

/** `target`: URL of a database whose server asks for the password in clear text. */
export async function startTransactionPooler(target: string, connections = 3): Promise<TransactionPooler> {
  const statements: string[] = [];
  let spread = 0;
  const free: ServerConnection[] = [];
  const queue: PooledClient[] = [];
  const sockets = new Set<Socket>();

  function serve(): void {
    while (free.length > 0 && queue.length > 0) {
      const [server, client] = [free.shift(), queue.shift()];
      if (server === undefined || client === undefined) return;
      client.server = server;
      server.client = client;
      client.used.add(server);
      spread = Math.max(spread, client.used.size);
      for (const one of client.waiting.splice(0)) send(client, server, one);
    }
  }

  function send(client: PooledClient, server: ServerConnection, one: Buffer): void {
    if (typeOf(one) === 'Q') statements.push(one.toString('utf8', 5, one.length - 1));
    if (typeOf(one) === 'P') {
      const [name = '', text = ''] = one.toString('utf8', 5).split('\0');
      statements.push(name === '' ? text : `PREPARE ${name} AS ${text}`);
    }
    if (ANSWERED.has(typeOf(one))) client.owed += 1;
    server.socket.write(one);
  }

  function fromServer(server: ServerConnection, one: Buffer): void {
    const { client } = server;
    // What comes to nobody, as a notification, is lost.
    if (client === null) return;
    client.socket.write(one);
    if (typeOf(one) !== 'Z') return;
    client.owed -= 1;
    if (client.owed > 0 || one[5] !== 'I'.charCodeAt(0)) return;
    client.server = null;
    server.client = null;
    free.push(server);
    serve();
  }

  async function open(): Promise<void> {
    const server = await openServer(new URL(target), fromServer);
    sockets.add(server.socket);
    server.socket.on('close', () => {
      sockets.delete(server.socket);
      server.client?.socket.destroy();
    });
    greeting = [...server.parameters];
    free.push(server);
    serve();
  }

  function fromClient(client: PooledClient, one: Buffer): void {
    if (typeOf(one) === 'X') client.socket.end();
    else if (client.server !== null) send(client, client.server, one);
    else {
      if (client.waiting.push(one) === 1) queue.push(client);
      serve();
    }
  }

  function left(client: PooledClient): void {
    const { server } = client;
    if (queue.includes(client)) queue.splice(queue.indexOf(client), 1);
    if (server === null) return;
    // In the middle of a transaction, which ends with its connection.
    server.client = null;
    server.socket.destroy();
    void open().catch(() => undefined);
  }

  let greeting: readonly Buffer[] = [];
  const pooler = createServer((socket) => {
    const client: PooledClient = { socket, server: null, waiting: [], owed: 0, used: new Set() };
    const messages = new Messages();
    let isStarted = false;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      sockets.delete(socket);
      left(client);
    });
    socket.on('data', (bytes) => {
      for (const one of messages.take(bytes, isStarted ? 1 : 0)) {
        if (isStarted) fromClient(client, one);
        else isStarted = welcome(socket, one, greeting);
      }
    });
  });
  for (let count = 0; count < connections; count += 1) await open();
  await new Promise<void>((resolve) => pooler.listen(0, '127.0.0.1', resolve));
  const { port } = pooler.address() as AddressInfo; // as: it listens on TCP
  return {
    url: target.replace(/:\d+\//, `:${port}/`),
    statements,
    get spread() {
      return spread;
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => pooler.close(() => resolve()));
    },
  };
}

/** Answers the first message of a client, whoever it is. Returns whether it may go on. */
function welcome(socket: Socket, one: Buffer, greeting: readonly Buffer[]): boolean {
  if (one.readInt32BE(4) === SSL_REQUEST) {
    socket.write('N');
    return false;
  }
  const parameters = one.toString('utf8', 8).split('\0');
  const unknown = parameters.find((name, at) => at % 2 === 0 && name !== '' && !TAKEN.has(name) && !IGNORED.has(name));
  if (unknown !== undefined) {
    const said = texts('SFATAL', 'C08P01', `Munsupported startup parameter: ${unknown}`, '');
    socket.end(message('E', said));
    return false;
  }
  socket.write(Buffer.concat([message('R', Buffer.alloc(4)), ...greeting, message('Z', Buffer.from('I'))]));
  return true;
}
