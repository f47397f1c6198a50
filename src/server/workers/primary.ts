import cluster, { type Worker } from 'node:cluster';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stopSignal } from '../stop-signal.ts';
import { Collecting } from './collecting.ts';
import { type FromPrimary, type FromWorker, isOurs } from './messages.ts';

/** Milliseconds. A worker that has ended begins again after the first, and after twice as long each time that it ends at once. */
const PAUSES = { first: 100, longest: 10_000 };
/** A worker that lived so long did not end at once. Milliseconds. */
const LIVED = 30_000;

interface Output {
  out(text: string): void;
  error(text: string): void;
}

/** The workers of one port. */
class Workers {
  readonly #count: number;
  readonly #output: Output;
  readonly #ready = new Set<number>();
  readonly #collecting = new Collecting();
  #allWereReady = false;
  #stopping = false;
  #announced = false;
  #failed: (sentence: string) => void = () => undefined;

  constructor(count: number, output: Output) {
    this.#count = count;
    this.#output = output;
  }

  /** Starts one alone, which makes what is missing in the data folder, and then the others. A sentence says why it did not start. */
  async start(): Promise<string | null> {
    const sentence = await new Promise<string | null>((resolve) => {
      this.#failed = resolve;
      this.#fork(1, 0, () => resolve(null));
    });
    if (sentence !== null) return sentence;
    for (let place = 2; place <= this.#count; place += 1) this.#fork(place, 0);
    return null;
  }

  /** Tells all to stop, and resolves when they have ended. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const ended = this.#living().map((worker) => new Promise((resolve) => worker.once('exit', resolve)));
    for (const worker of this.#living()) worker.process.kill('SIGTERM');
    await Promise.all(ended);
  }

  #living(): readonly Worker[] {
    return Object.values(cluster.workers ?? {}).filter(
      (worker) => worker !== undefined && !worker.isDead(),
    ) as Worker[]; // as: filtered
  }

  /** `failures`: how often the worker of this place has ended at once. */
  #fork(place: number, failures: number, onReady: () => void = () => undefined): void {
    const began = Date.now();
    const worker = cluster.fork();
    const { id } = worker;
    let sentence: string | null = null;
    worker.on('message', (given: unknown) => {
      if (!isOurs(given)) return;
      const message = given as FromWorker; // as: what workers send
      if (message.rolegate === 'usage') this.#tellOthers(id, { rolegate: 'usage', from: id, usage: message.usage });
      else if (message.rolegate === 'failed') sentence = message.sentence;
      else if (message.rolegate === 'measured') this.#collecting.answered(message.question, id, message.measured);
      else if (message.rolegate === 'collect') this.#collect(worker, message.id);
      else {
        this.#announce(message.announcement);
        this.#ready.add(id);
        this.#tellAll();
        onReady();
      }
    });
    // A worker that cannot be told something has ended, or will; one that could not be made ends by nothing else.
    worker.on('error', (error) => {
      sentence ??= error.message;
      if (worker.process.pid === undefined) worker.emit('exit', 1, null);
    });
    worker.once('exit', (code, signal) => {
      const wasReady = this.#ready.delete(id);
      this.#tellOthers(id, { rolegate: 'gone', from: id });
      if (this.#stopping) return;
      if (!this.#announced) {
        this.#failed(sentence ?? `the first worker ended (${signal ?? `exit code ${code}`}) before it answered`);
        return;
      }
      this.#tellAll();
      const how = sentence ?? signal ?? `exit code ${code}`;
      this.#output.error(`rolegate: worker ${place} ended (${how}); another one takes its place\n`);
      const again = wasReady && Date.now() - began > LIVED ? 0 : failures + 1;
      const pause = again === 0 ? 0 : Math.min(PAUSES.longest, PAUSES.first * 2 ** Math.min(again - 1, 10));
      setTimeout(() => {
        if (!this.#stopping) this.#fork(place, again);
      }, pause);
    });
  }

  /** What the other workers have measured, for one. */
  #collect(worker: Worker, id: number): void {
    const others = [...this.#ready].filter((other) => other !== worker.id);
    this.#collecting.from(
      others,
      (question) => this.#tellOthers(worker.id, { rolegate: 'measure', question }),
      (measured) => {
        if (worker.isConnected())
          worker.send({ rolegate: 'collected', id, measured } satisfies FromPrimary, () => undefined);
      },
    );
  }

  #announce(announcement: string): void {
    if (this.#announced) return;
    this.#announced = true;
    this.#output.out(announcement);
  }

  /** Once all have started, those that live answer for one that has ended. */
  #tellAll(): void {
    if (this.#ready.size >= this.#count) this.#allWereReady = true;
    const ready = this.#allWereReady ? this.#count : this.#ready.size;
    this.#tellOthers(null, { rolegate: 'workers', ready, of: this.#count });
  }

  #tellOthers(from: number | null, message: FromPrimary): void {
    for (const worker of this.#living())
      if (worker.id !== from && worker.isConnected()) worker.send(message, () => undefined);
  }
}

/** Runs `count` workers on one port until it is told to stop, and returns the exit code. `args`: the settings of the command line. */
export async function servePrimary(count: number, output: Output, args: readonly string[]): Promise<number> {
  const stop = stopSignal();
  const here = fileURLToPath(import.meta.url);
  // The workers take connections themselves. Handed out by this process, one that is on its way to a worker that dies would be
  // answered by nobody, and its client would wait.
  cluster.schedulingPolicy = cluster.SCHED_NONE;
  cluster.setupPrimary({ exec: fileURLToPath(new URL(`../main${extname(here)}`, import.meta.url)), args: [...args] });
  const workers = new Workers(count, output);
  const sentence = await Promise.race([workers.start(), stop.then(() => null)]);
  if (sentence !== null) {
    output.error(`rolegate: ${sentence}\n`);
    await workers.stop();
    return 1;
  }
  await stop;
  output.out('stopping: no new requests, finishing those under way\n');
  await workers.stop();
  output.out('stopped\n');
  return 0;
}
