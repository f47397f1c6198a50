import type { Server, Socket } from 'node:net';
import { canonicalAddress, subscriberOf } from '../directory/addresses.ts';

/** Closes connections beyond `most` of one subscriber, before any of their bytes is read. */
export function limitPerAddress(
  server: Server,
  most: number,
  isUncounted: (address: string) => boolean = () => false,
): void {
  const counts = new Map<string, number>();
  // TLS begins behind this event, and hands on another socket.
  server.prependListener('connection', (socket: Socket) => {
    const address = canonicalAddress(socket.remoteAddress ?? '');
    if (address === null || isUncounted(address)) return;
    const subscriber = subscriberOf(address);
    const count = (counts.get(subscriber) ?? 0) + 1;
    if (count > most) {
      socket.destroy();
      return;
    }
    counts.set(subscriber, count);
    socket.once('close', () => {
      const left = (counts.get(subscriber) ?? 1) - 1;
      if (left > 0) counts.set(subscriber, left);
      else counts.delete(subscriber);
    });
  });
}
