import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A proxy in front of a TCP server, which can stop forwarding without closing anything. */
export interface TcpProxy {
  readonly port: number;
  /** From now on nothing goes through, and nobody is told. */
  hang(): void;
  /** New connections are forwarded again; those that hung are closed. */
  resume(): void;
  close(): Promise<void>;
}

export async function startTcpProxy(target: number): Promise<TcpProxy> {
  let hangs = false;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1');
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.on('data', (bytes) => void (hangs || to.write(bytes)));
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    // as: it listens on TCP
    port: (server.address() as AddressInfo).port,
    hang: () => {
      hangs = true;
    },
    resume: () => {
      cut();
      hangs = false;
    },
    close: () => {
      cut();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
