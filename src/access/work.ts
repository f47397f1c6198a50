import { RolegateError } from '../policy/errors.ts';
import type { Steps } from '../policy/steps.ts';
import { beginTurn, nextTurn, turnIsOver } from './next-turn.ts';

/** How long a request may take. Milliseconds. */
export interface WorkLimits {
  /** From its beginning to its answer. */
  readonly time: number;
  /** Of this process's time, for what is computed step by step. */
  readonly cpu: number;
}

/** The limits where no others are set. */
export const WORK_LIMITS: WorkLimits = { time: 30_000, cpu: 10_000 };

/** The part of the limit up to which the clock is read alone: what the process has used takes longer to ask for. */
const BY_THE_CLOCK = 0.25;

/** The part of the limits after which what can be left out is. */
const NEARLY = 0.7;

/** Items that are made together. */
const TOGETHER = 32;

/**
 * The work of one request: counted, in turns with others, and with an end. One object is made for each request and handed down
 * to where the work is done. It ends, with an error that names what was reached, when the request has taken too long, when it
 * has used too much of this process's time, or when nobody waits for its answer any more.
 */
export class Work {
  #limits: WorkLimits;
  #until = Number.POSITIVE_INFINITY;
  #cpu = 0;
  #units = 0;
  #turns = 0;
  #gone = false;
  #running = 0;
  #tookTurns = false;
  #afterTurns: (() => void)[] = [];
  #stopped: (() => void)[] | null = null;

  /** Its time begins with `begin`, or with the first progress. */
  constructor(limits: WorkLimits = WORK_LIMITS) {
    this.#limits = limits;
  }

  /** The request is there: its time begins, and its turn. */
  begin(): void {
    beginTurn();
    this.#until = performance.now() + this.#limits.time;
  }

  /** From now on the time counts from the last progress: for what may take long as long as it gets on. */
  takesLong(limits: WorkLimits): void {
    this.#limits = limits;
    this.#until = performance.now() + limits.time;
  }

  /** Milliseconds until it has taken too long. */
  get left(): number {
    return this.#until - performance.now();
  }

  /** Milliseconds of this process's time until it has used too much. */
  get cpuLeft(): number {
    return this.#limits.cpu - this.#cpu;
  }

  /** Whether only so much is left as it takes to answer with what there is. */
  get isNearlyOver(): boolean {
    const { time, cpu } = this.#limits;
    return this.left < time * (1 - NEARLY) || this.cpuLeft < cpu * (1 - NEARLY);
  }

  /** Comparisons made step by step. */
  get units(): number {
    return this.#units;
  }

  /** How often others had their turn. */
  get turns(): number {
    return this.#turns;
  }

  /** Nobody waits for the answer any more: what is under way ends at its next step. */
  stop(): void {
    this.#gone = true;
    const told = this.#stopped;
    this.#stopped = null;
    if (told !== null) for (const stopped of told) stopped();
  }

  get isStopped(): boolean {
    return this.#gone;
  }

  /** Calls `stopped` when nobody waits any more, at once if that is so. */
  onStop(stopped: () => void): void {
    if (this.#gone) stopped();
    else if (this.#stopped === null) this.#stopped = [stopped];
    else this.#stopped.push(stopped);
  }

  timedOut(): RolegateError {
    const message = `the request takes longer than ${shown(this.#limits.time)}, which is the limit: ask for less`;
    return new RolegateError('TIMED_OUT', message);
  }

  /** Throws TIMED_OUT, LIMIT_EXCEEDED, or CANCELLED, which nobody reads. */
  check(): void {
    if (this.#gone) throw new RolegateError('CANCELLED', 'the client did not wait for the answer');
    const { cpu } = this.#limits;
    if (this.left < 0) {
      throw this.timedOut();
    }
    if (this.#cpu > cpu) {
      throw new RolegateError(
        'LIMIT_EXCEEDED',
        `the request needs more than ${shown(cpu)} of processor time, which is the limit: ask for less`,
      );
    }
  }

  /** Begins to measure this process's time for a turn that is not one of `run`: `spend` counts it. */
  measure(): Slice {
    const isLong = this.#cpu > this.#limits.cpu * BY_THE_CLOCK;
    return { began: performance.now(), used: isLong ? process.cpuUsage() : null };
  }

  /** Counts what this process has used since. */
  spend(slice: Slice): void {
    this.#cpu += timeOf(slice);
  }

  /** An execution begins to take turns, which `endTurns` ends. */
  beginTurns(): void {
    this.#running += 1;
    this.#tookTurns = true;
  }

  endTurns(): void {
    this.#running -= 1;
    if (this.#running === 0 && this.#afterTurns.length > 0) this.#endAfterAll();
  }

  /** Calls when no execution has turns left: what its fields ask for until then can be done together. */
  afterTurns(call: () => void): void {
    if (!this.#tookTurns) {
      queueMicrotask(call);
      return;
    }
    this.#afterTurns.push(call);
    if (this.#running === 0) this.#endAfterAll();
  }

  /** What was begun in the last turn asks behind a timer of its own, which comes first. */
  #endAfterAll(): void {
    setTimeout(() => {
      if (this.#running > 0) return;
      const calls = this.#afterTurns;
      this.#afterTurns = [];
      for (const call of calls) call();
    }, 1);
  }

  /** Whether others should have their turn now, which `rest` gives them. */
  get isDue(): boolean {
    return turnIsOver();
  }

  /** Lets others have their turn if this one is over. */
  async turn(): Promise<void> {
    this.check();
    if (turnIsOver()) await this.rest();
  }

  /** Lets others have their turn. */
  async rest(): Promise<void> {
    this.#turns += 1;
    await nextTurn();
    this.check();
  }

  /**
   * What `make` makes of each item, with room for others between them: where it is made at once, whenever the turn is over; what has to
   * be waited for is begun for `together` of them at a time, and for fewer where that takes long. Throws as `check`.
   */
  async each<T, R>(items: readonly T[], make: (item: T) => R | Promise<R>, together = TOGETHER): Promise<R[]> {
    const made: R[] = [];
    let begun: (R | Promise<R>)[] = [];
    for (const item of items) {
      if (begun.length === together) {
        for (const one of await Promise.all(begun)) made.push(one);
        begun = [];
      }
      if (begun.length === 0) await this.turn();
      else if (turnIsOver() && (begun.length % TOGETHER === 0 || !(begun.at(-1) instanceof Promise))) await this.rest();
      const one = make(item);
      // Whoever waits for all of them is told.
      if (one instanceof Promise) one.catch(() => undefined);
      begun.push(one);
    }
    for (const one of await Promise.all(begun)) made.push(one);
    return made;
  }

  /** Runs `steps` to the end, with room for others between them. Throws as `check`. */
  async run<T>(steps: Steps<T>): Promise<T> {
    await this.turn();
    let slice = this.measure();
    for (;;) {
      const step = steps.next();
      if (step.done === true) {
        this.spend(slice);
        return step.value;
      }
      this.#units += step.value;
      if (!turnIsOver()) continue;
      this.spend(slice);
      this.check();
      await this.rest();
      slice = this.measure();
    }
  }
}

/** Work between two turns of others. */
interface Slice {
  readonly began: number;
  /** What the process had used; null: only the clock counts. */
  readonly used: NodeJS.CpuUsage | null;
}

/** Milliseconds. On a busy machine much of what passes by the clock belongs to other processes. Windows counts in steps longer than a turn. */
function timeOf({ began, used }: Slice): number {
  const passed = performance.now() - began;
  if (used === null || process.platform === 'win32') return passed;
  const { user, system } = process.cpuUsage(used);
  return Math.min(passed, (user + system) / 1000);
}

function shown(milliseconds: number): string {
  return milliseconds === 1000 ? 'a second' : `${milliseconds / 1000} seconds`;
}
