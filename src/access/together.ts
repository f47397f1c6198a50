import type { AskedDirectory, Gathered, Remembered, Revision } from '../directory/directory.ts';
import { NOT_IN_MEMORY } from '../directory/not-in-memory.ts';
import type { Rereading } from '../evaluation/rereading.ts';
import { RolegateError } from '../policy/errors.ts';
import { Decider, type DeciderTools } from './decider.ts';
import { nextTurn, turnBegan } from './next-turn.ts';
import type { Question } from './question.ts';
import type { Work } from './work.ts';

/** The dependencies of decisions. */
export interface DecideTools extends DeciderTools {
  readonly directory: AskedDirectory;
  /** The questions are a page of a search: see GatherRequest. */
  readonly forSearch?: true;
  /** The request that asks. Left out: each search is the work of a request of its own, and a batch has no end before its last. */
  readonly work?: Work;
}

/** How those who ask wait for what is not in memory. */
export interface Waiting {
  /** Any state of the directory that is no older is good enough; null: not known yet. */
  readonly since: Revision | null;
  /** Finds out. */
  check(): Promise<Revision>;
  /** Brings what questions need into memory. All of it is of one revision. */
  load(questions: readonly Question[]): Promise<Gathered>;
  /** Who decided last: what is asked one by one, as on a list, shares what was found out. Null: nobody yet. */
  decider: Decider | null;
}

/** What is decided together, one after the other. */
export interface Batch<T> {
  readonly count: number;
  question(index: number): Question;
  decide(index: number, decider: Decider): T;
}

type Results<T> = readonly (T | RolegateError)[];

/** Milliseconds for which a batch keeps others waiting, with what was done in its turn before. */
const TURN = 2;
/** Decisions between two looks at the clock. */
const BETWEEN = 32;
/** Tries before everything is decided on one read, in case others write all the time. */
const ATTEMPTS = 4;

/** Decisions from memory, of one revision, as far as it has what they need. */
class Round<T> {
  readonly revision: Revision;
  readonly #batch: Batch<T>;
  readonly #results: (T | RolegateError | undefined)[] = [];
  /** What is to be decided. Null: everything, in its order. */
  #left: readonly number[] | null = null;
  #missing: number[] = [];
  #next = 0;

  constructor(batch: Batch<T>, revision: Revision) {
    this.#batch = batch;
    this.revision = revision;
  }

  get missing(): readonly number[] {
    return this.#missing;
  }

  /** INVARIANT: nothing is missing. */
  get results(): Results<T> {
    return this.#results as Results<T>; // as: each was decided
  }

  /** Decides on for a turn, or to the end if nobody is to be let in. Returns whether it is through. */
  goOn(decider: Decider, turn: number): boolean {
    const end = this.#left?.length ?? this.#batch.count;
    const until = end - this.#next > BETWEEN ? turnBegan() + turn : Number.POSITIVE_INFINITY;
    while (this.#next < end) {
      const index = this.#left === null ? this.#next : (this.#left[this.#next] ?? 0);
      this.#next += 1;
      this.#decide(index, decider);
      if (this.#next % BETWEEN === 0 && performance.now() > until) return this.#next >= end;
    }
    return true;
  }

  /** Begins again with what was missing. */
  again(): void {
    this.#left = this.#missing;
    this.#missing = [];
    this.#next = 0;
  }

  #decide(index: number, decider: Decider): void {
    try {
      this.#results[index] = this.#batch.decide(index, decider);
    } catch (error) {
      if (error === NOT_IN_MEMORY) {
        this.#results[index] = undefined;
        this.#missing.push(index);
      } else if (error instanceof RolegateError) this.#results[index] = error;
      else throw error;
    }
  }
}

/**
 * Decides from memory; what is missing is loaded; decides again. Returns the results themselves if nothing is missing and they
 * take no longer than a turn. All are of one revision: where memory moves on between two turns everything is decided again, and
 * this time nobody is let in. `reading`: how to read the policies; null: as written.
 */
export function decideTogether<T>(
  tools: DecideTools,
  batch: Batch<T>,
  now: number,
  waiting: Waiting,
  reading: Rereading | null = null,
): Results<T> | Promise<Results<T>> {
  const only = batch.count === 1 ? onlyOne(tools, batch, now, waiting, reading) : undefined;
  if (only !== undefined) return [only];
  const together = new Together(tools, batch, now, waiting, reading);
  return together.fromMemory() ?? together.inTurns();
}

/** The only result, if memory has what it needs. A list asks one question for each of its entries. */
function onlyOne<T>(
  tools: DecideTools,
  batch: Batch<T>,
  now: number,
  waiting: Waiting,
  reading: Rereading | null,
): T | RolegateError | undefined {
  const memory = tools.directory.remember(now, waiting.since, null);
  if (memory === null) return undefined;
  try {
    return batch.decide(0, deciderOn(tools, memory, now, waiting, reading));
  } catch (error) {
    if (error === NOT_IN_MEMORY) return undefined;
    if (error instanceof RolegateError) return error;
    throw error;
  }
}

function deciderOn(
  tools: DecideTools,
  memory: Remembered,
  now: number,
  waiting: Waiting,
  reading: Rereading | null,
): Decider {
  if (waiting.decider?.isOn(tools, memory, reading) !== true)
    waiting.decider = new Decider(tools, memory, now, reading);
  return waiting.decider;
}

class Together<T> {
  readonly #tools: DecideTools;
  readonly #batch: Batch<T>;
  readonly #now: number;
  readonly #waiting: Waiting;
  readonly #reading: Rereading | null;
  #round: Round<T> | null = null;
  #memory: Remembered | null = null;
  #decider: Decider | null = null;
  #isThrough = false;
  #turn = TURN;

  constructor(tools: DecideTools, batch: Batch<T>, now: number, waiting: Waiting, reading: Rereading | null) {
    this.#reading = reading;
    this.#tools = tools;
    this.#batch = batch;
    this.#now = now;
    this.#waiting = waiting;
  }

  /** Null: something is missing, or it takes more than a turn. */
  fromMemory(): Results<T> | null {
    if (!this.#begin(null)) return null;
    const round = this.#round;
    return round !== null && this.#isThrough && round.missing.length === 0 ? round.results : null;
  }

  async inTurns(): Promise<Results<T>> {
    const { since } = this.#waiting;
    let loaded: Gathered | null = null;
    if (this.#round === null && since === null) await this.#waiting.check();
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      if (this.#round === null && !this.#begin(loaded)) break;
      const round = await this.#throughItsTurns();
      if (round === null) continue;
      if (round.missing.length === 0) return round.results;
      loaded = await this.#waiting.load(round.missing.map((index) => this.#batch.question(index)));
      this.#goOnWith(round, loaded);
    }
    return this.#onOneRead();
  }

  /** A new round on what is in memory now; false: it is not known to be current. */
  #begin(loaded: Gathered | null): boolean {
    const memory = this.#tools.directory.remember(this.#now, this.#waiting.since, loaded);
    if (memory === null) return false;
    this.#start(new Round(this.#batch, memory.revision), memory);
    return true;
  }

  /** The same round with what was loaded; a new one if memory has another revision by now. */
  #goOnWith(round: Round<T>, loaded: Gathered): void {
    const memory = this.#tools.directory.remember(this.#now, this.#waiting.since, loaded);
    this.#round = null;
    if (memory === null || memory.revision !== round.revision) return;
    round.again();
    this.#start(round, memory);
  }

  #start(round: Round<T>, memory: Remembered): void {
    this.#round = round;
    this.#memory = memory;
    this.#decider = deciderOn(this.#tools, memory, this.#now, this.#waiting, this.#reading);
    this.#isThrough = round.goOn(this.#decider, this.#turn);
  }

  /** Null: memory has moved on meanwhile. */
  async #throughItsTurns(): Promise<Round<T> | null> {
    for (; !this.#isThrough; ) {
      await this.#rest();
      if (this.#round === null || this.#decider === null || this.#memory?.isCurrent !== true) {
        this.#round = null;
        this.#turn = Number.POSITIVE_INFINITY;
        return null;
      }
      this.#isThrough = this.#round.goOn(this.#decider, this.#turn);
    }
    return this.#round;
  }

  /** Lets others in. Throws where the request is over. */
  #rest(): Promise<void> {
    const { work } = this.#tools;
    return work === undefined ? nextTurn() : work.rest();
  }

  async #onOneRead(): Promise<Results<T>> {
    const questions = Array.from({ length: this.#batch.count }, (_, index) => this.#batch.question(index));
    const all = await this.#waiting.load(questions);
    const round = new Round(this.#batch, all.revision);
    round.goOn(new Decider(this.#tools, all, this.#now, this.#reading), Number.POSITIVE_INFINITY);
    return round.results;
  }
}
