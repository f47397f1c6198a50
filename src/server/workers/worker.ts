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
  /** What the other workers have measured; nothing where they do not answer. */
  readonly measuredByOthers: () => Promise<readonly unknown[]>;
  /** What this one has measured, when others ask. */
  readonly onMeasure: (measure: () => Promise<unknown>) => void;
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
  const collected = new Collected();
  let measure: () => Promise<unknown> = () => Promise.resolve([]);
  let workers = { ready: 0, of: 1 };
  process.on('message', (given: unknown) => {
    if (!isOurs(given)) return;
    const message = given as FromPrimary; // as: what the primary process sends
    if (message.rolegate === 'usage') usage.hear(message.from, message.usage);
    else if (message.rolegate === 'gone') usage.forget(message.from);
    else if (message.rolegate === 'collected') collected.tell(message.id, message.measured);
    else if (message.rolegate === 'measure') {
      const { question } = message;
      measure().then(
        (measured) => void tell({ rolegate: 'measured', question, measured }),
        () => undefined,
      );
    } else workers = message;
  });
  const timer = setInterval(() => {
    const told = usage.take();
    if (told !== null) void tell({ rolegate: 'usage', usage: told });
  }, TELL_EVERY);
  timer.unref();
  return {
    usage,
    allReady: () => workers.ready >= workers.of,
    measuredByOthers: () => collected.wait((id) => void tell({ rolegate: 'collect', id })),
    onMeasure: (measured) => {
      measure = measured;
    },
    ready: (announcement) => void tell({ rolegate: 'ready', announcement }),
    failed: (sentence) => tell({ rolegate: 'failed', sentence }),
    leave: () => {
      if (process.connected) process.disconnect();
    },
  };
}

/** How long the primary process is waited for, which waits for the others. Milliseconds. */
const PATIENCE = 2_000;

/** What was asked of the primary process, and is not answered yet. */
class Collected {
  readonly #waiting = new Map<number, (measured: readonly unknown[]) => void>();
  #last = 0;

  wait(ask: (id: number) => void): Promise<readonly unknown[]> {
    this.#last += 1;
    const id = this.#last;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      setTimeout(() => this.tell(id, []), PATIENCE).unref();
      ask(id);
    });
  }

  tell(id: number, measured: readonly unknown[]): void {
    this.#waiting.get(id)?.(measured);
    this.#waiting.delete(id);
  }
}

/** Resolves when it was sent, or there is nobody any more to send it to. */
function tell(message: FromWorker): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined || !process.connected) resolve();
    else process.send(message, () => resolve());
  });
}
