import type { Server, Socket } from 'node:net';
import { canonicalAddress, subscriberOf } from '../directory/addresses.ts';
import type { SharedUsage } from '../guard/usage.ts';

/** Closes connections beyond `most`, at all processes of the port together. */
export function limitConnections(server: Server, most: number, usage: SharedUsage): void {
  let open = 0;
  server.prependListener('connection', (socket: Socket) => {
    if (open + usage.heldByOthers(CONNECTIONS) >= most) {
      socket.destroy();
      return;
    }
    open += 1;
    usage.hold(CONNECTIONS, 1);
    socket.once('close', () => {
      open -= 1;
      usage.hold(CONNECTIONS, -1);
    });
  });
}

const CONNECTIONS = 'connections';

/**
 * Closes connections beyond `most` of one subscriber, before any of their bytes is read. `usage`: those at other processes of the
 * port count, too; null: there are none.
 */
export function limitPerAddress(
  server: Server,
  most: number,
  isUncounted: (address: string) => boolean = () => false,
  usage: SharedUsage | null = null,
): void {
  const counts = new Map<string, number>();
  // TLS begins behind this event, and hands on another socket.
  server.prependListener('connection', (socket: Socket) => {
    const address = canonicalAddress(socket.remoteAddress ?? '');
    if (address === null || isUncounted(address)) return;
    const subscriber = subscriberOf(address);
    const count = (counts.get(subscriber) ?? 0) + 1;
    const name = `${CONNECTIONS} ${subscriber}`;
    if (count + (usage?.heldByOthers(name) ?? 0) > most) {
      socket.destroy();
      return;
    }
    counts.set(subscriber, count);
    usage?.hold(name, 1);
    socket.once('close', () => {
      usage?.hold(name, -1);
      const left = (counts.get(subscriber) ?? 1) - 1;
      if (left > 0) counts.set(subscriber, left);
      else counts.delete(subscriber);
    });
  });
}
