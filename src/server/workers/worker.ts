import cluster from 'node:cluster';
import { SharedUsage } from '../../guard/usage.ts';
import { type FromPrimary, type FromWorker, isOurs } from './messages.ts';

/** Between two tellings of what callers use. Milliseconds: for so long, several workers together may let in more than the limits. */
const TELL_EVERY = 50;

/** This process as one of several on a port. */
export interface Worker {
  /** What callers use at all workers of the port. */
  readonly usage: SharedUsage;
  /** Whether all of them have started. */
  readonly allReady: () => boolean;
  ready(announcement: string): void;
  /** Resolves when the primary process has been told. */
  failed(sentence: string): Promise<void>;
  /** Nothing more is told: the channel to the primary process would keep this one. */
  leave(): void;
}

/** Null: this process is alone on its port. */
export function asWorker(): Worker | null {
  if (!cluster.isWorker) return null;
  const usage = new SharedUsage();
  let workers = { ready: 0, of: 1 };
  process.on('message', (given: unknown) => {
    if (!isOurs(given)) return;
    const message = given as FromPrimary; // as: what the primary process sends
    if (message.rolegate === 'usage') usage.hear(message.from, message.usage);
    else if (message.rolegate === 'gone') usage.forget(message.from);
    else workers = message;
  });
  const timer = setInterval(() => {
    const told = usage.take();
    if (told !== null) void tell({ rolegate: 'usage', usage: told });
  }, TELL_EVERY);
  timer.unref();
  return {
    usage,
    allReady: () => workers.ready >= workers.of,
    ready: (announcement) => void tell({ rolegate: 'ready', announcement }),
    failed: (sentence) => tell({ rolegate: 'failed', sentence }),
    leave: () => {
      if (process.connected) process.disconnect();
    },
  };
}

/** Resolves when it was sent, or there is nobody any more to send it to. */
function tell(message: FromWorker): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined || !process.connected) resolve();
    else process.send(message, () => resolve());
  });
}
