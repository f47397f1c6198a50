import { setTimeout as delay } from 'node:timers/promises';
import {
  AggregatorRegistry,
  Counter,
  collectDefaultMetrics,
  Gauge,
  Histogram,
  type MetricObjectWithValues,
  type MetricValue,
  Registry,
} from 'prom-client';
import type { Answer, Question } from '../../access/question.ts';
import type { DirectoryState } from '../../directory/directory-state.ts';
import type { LiveSessions } from '../../directory/stores/session-history.ts';
import type { WatchedRequest } from '../../guard/watch.ts';
import { doorOf } from '../door.ts';
import type { Exchange } from '../exchange.ts';
import type { Meter } from '../meter.ts';

/** Seconds. Most questions take less than a millisecond. */
const DURATIONS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const BATCHES = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000];
const METHODS: ReadonlySet<string> = new Set(['GET', 'POST', 'HEAD', 'OPTIONS']);
const STATEMENTS: ReadonlySet<string> = new Set([
  'SELECT',
  'INSERT',
  'UPDATE',
  'DELETE',
  'WITH',
  'BEGIN',
  'COMMIT',
  'ROLLBACK',
]);
/** Of a list of allowed resources it is not known why others are denied. */
const DENIED_IN_LIST = 'DENIED_IN_LIST';
/** The form of codes of errors: names in it are ours. */
const CODE = /^[A-Za-z_]{1,64}$/;
/** Codes are ours, and few; should one ever be made of something else, metrics do not grow with it. */
const MOST_CODES = 200;

/** How long the database is waited for. Milliseconds: what it does not tell is left out. */
const PATIENCE = 1_000;

/** What the processes of a port have measured, as they tell each other. */
export type Measured = readonly MetricObjectWithValues<MetricValue<string>>[];

/** How many decisions of a batch are alike. */
interface Tally {
  readonly effect: string;
  readonly deniedBy: string | null;
  count: number;
}

/** There are as many as layers, at most. */
function tallyOf(tallies: Tally[], effect: string, deniedBy: string | null): Tally {
  const known = tallies.find((one) => one.effect === effect && one.deniedBy === deniedBy);
  if (known !== undefined) return known;
  const made = { effect, deniedBy, count: 0 };
  tallies.push(made);
  return made;
}

/**
 * The metrics of this process. Labels are of closed sets: never a name, an ARN, an account, an address or a text of a client.
 * https://prometheus.io/docs/practices/naming/
 */
export class Metrics implements Meter {
  readonly #registry = new Registry();
  readonly #requests: Counter<'door' | 'method' | 'status'>;
  readonly #durations: Histogram<'door'>;
  readonly #decisions: Counter<'effect' | 'layer'>;
  readonly #batches: Histogram;
  readonly #refusals: Counter<'code'>;
  readonly #statements: Counter<'kind'>;
  readonly #operations: Counter<'operation' | 'outcome'>;
  readonly #codes = new Set<string>();
  /** Of the whole directory: whoever is asked for the text tells it, and nobody else. */
  readonly #shared = new Registry();
  readonly #live: Gauge<'kind'>;
  /** Under way. */
  #askedSessions: Promise<string> | null = null;
  /** Null: the directory is not open. */
  #state: (() => DirectoryState) | null = null;
  #sessions: (() => Promise<LiveSessions>) | null = null;

  constructor() {
    const registers = [this.#registry];
    const counter = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
      new Counter({ name: `rolegate_${name}`, help, labelNames, registers });
    this.#requests = counter('requests_total', 'Requests that were answered', ['door', 'method', 'status']);
    this.#decisions = counter('decisions_total', 'Decisions that callers were answered, by the layer that denied', [
      'effect',
      'layer',
    ]);
    this.#refusals = counter('refusals_total', 'What was refused, by the code of the error', ['code']);
    this.#statements = counter('sql_statements_total', 'Statements that were sent to the database', ['kind']);
    this.#operations = counter('operations_total', 'Operations of callers: sessions that begin and end, and changes', [
      'operation',
      'outcome',
    ]);
    this.#durations = new Histogram({
      name: 'rolegate_request_duration_seconds',
      help: 'How long requests took, their body included',
      labelNames: ['door'],
      buckets: DURATIONS,
      registers,
    });
    this.#batches = new Histogram({
      name: 'rolegate_decision_batch_size',
      help: 'Decisions that were asked for together',
      buckets: BATCHES,
      registers,
    });
    this.#live = new Gauge({
      name: 'rolegate_sessions',
      help: 'Sessions that can be used, of each kind up to 100000',
      labelNames: ['kind'],
      registers: [this.#shared],
    });
    this.#ofDirectory();
    // Memory, processor time, garbage collection, and the delay of the event loop.
    collectDefaultMetrics({ register: this.#registry });
  }

  /** From now on the state of the directory is told, too, and which sessions can be used. */
  watch(state: () => DirectoryState, sessions: () => Promise<LiveSessions>): void {
    this.#state = state;
    this.#sessions = sessions;
  }

  ended({ request, response, path }: Exchange, milliseconds: number): void {
    const door = doorOf({ request, path });
    const method = METHODS.has(request.method ?? '') ? (request.method ?? '') : 'other';
    this.#requests.inc({ door, method, status: String(response.statusCode) });
    this.#durations.observe({ door }, milliseconds / 1000);
  }

  refused(code: string): void {
    const isKnown = this.#codes.has(code) || (CODE.test(code) && this.#codes.size < MOST_CODES);
    if (isKnown) this.#codes.add(code);
    this.#refusals.inc({ code: isKnown ? code : 'other' });
  }

  statement(sql: string): void {
    const kind = /^\s*([A-Za-z]+)/.exec(sql)?.[1]?.toUpperCase() ?? '';
    this.#statements.inc({ kind: STATEMENTS.has(kind) ? kind : 'other' });
  }

  answered(_context: WatchedRequest, questions: readonly Question[], answers: readonly (Answer | Error)[]): void {
    this.#batches.observe(questions.length);
    const tallies: Tally[] = [];
    let tally: Tally | undefined;
    for (let index = 0; index < answers.length; index += 1) {
      const answer = answers[index];
      if (answer === undefined || answer instanceof Error) continue;
      const { effect, deniedBy } = answer.decision;
      // In a batch most are as the one before.
      if (tally?.effect !== effect || tally.deniedBy !== deniedBy) tally = tallyOf(tallies, effect, deniedBy);
      tally.count += 1;
    }
    for (const { effect, deniedBy, count } of tallies) this.#decisions.inc({ effect, layer: deniedBy ?? '' }, count);
  }

  answeredAmong(
    _context: WatchedRequest,
    _question: Question,
    _resources: readonly string[],
    allowed: readonly boolean[],
  ): void {
    this.#batches.observe(allowed.length);
    const yes = allowed.reduce((sum, each) => sum + Number(each), 0);
    if (yes > 0) this.#decisions.inc({ effect: 'ALLOWED', layer: '' }, yes);
    if (yes < allowed.length) this.#decisions.inc({ effect: DENIED_IN_LIST, layer: '' }, allowed.length - yes);
  }

  performed(operation: string, outcome: string): void {
    this.#operations.inc({ operation, outcome });
  }

  /** What this process has measured, for the others of its port. */
  measured(): Promise<Measured> {
    return this.#registry.getMetricsAsJSON();
  }

  /** In the text format of Prometheus. `others`: what other processes of the port have measured. */
  async text(others: readonly Measured[]): Promise<string> {
    const shared = await this.#ofSessions();
    if (others.length === 0) return (await this.#registry.metrics()) + shared;
    const all = [await this.measured(), ...others];
    return (await AggregatorRegistry.aggregate(all.map((one) => [...one])).metrics()) + shared;
  }

  /** For all who ask meanwhile, once. */
  #ofSessions(): Promise<string> {
    this.#askedSessions ??= this.#askSessions().finally(() => (this.#askedSessions = null));
    return this.#askedSessions;
  }

  /** Without values where the database does not answer. */
  async #askSessions(): Promise<string> {
    const asked = this.#sessions?.().catch(() => null) ?? null;
    const live = await Promise.race([asked, delay(PATIENCE, null, { ref: false })]);
    this.#live.reset();
    for (const [kind, count] of Object.entries(live ?? {})) this.#live.set({ kind }, count);
    return this.#shared.metrics();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  #ofDirectory(): void {
    this.#told('gauge', 'directory_revision', 'The revision that answers are of', 'max', ({ revision }) => [
      ['', Number(revision)],
    ]);
    this.#told('gauge', 'directory_revision_lag', 'Revisions that are known to be newer', 'max', ({ lag }) => [
      ['', lag],
    ]);
    this.#told(
      'gauge',
      'directory_entities',
      'The size of the directory, as the database estimates it',
      'max',
      ({ size }) => Object.entries(size),
    );
    this.#told('gauge', 'memory_bytes', 'What is kept of the directory, and how much may be', 'sum', ({ memory }) => [
      ['kept', memory.kept],
      ['room', memory.room],
    ]);
    this.#told('counter', 'memory_lookups_total', 'What was found in memory, and what was not', 'sum', ({ memory }) => [
      ['hit', memory.hits],
      ['miss', memory.misses],
    ]);
    this.#told(
      'gauge',
      'database_connections',
      'Connections to the server, and who waits for one',
      'sum',
      ({ connections }) => Object.entries(connections ?? {}),
    );
  }

  /** A metric that is read when it is asked for. `of`: values by their kinds. */
  #told(
    form: 'gauge' | 'counter',
    name: string,
    help: string,
    aggregator: 'sum' | 'max',
    of: (state: DirectoryState) => readonly (readonly [kind: string, value: number])[],
  ): void {
    const collect = (): void => {
      if (this.#state === null) return;
      for (const [kind, value] of of(this.#state())) {
        const labels: Record<string, string> = kind === '' ? {} : { kind };
        if (made instanceof Gauge) made.set(labels, value);
        else {
          made.remove(labels);
          made.inc(labels, value);
        }
      }
    };
    const options = {
      name: `rolegate_${name}`,
      help,
      labelNames: ['kind'],
      aggregator,
      registers: [this.#registry],
      collect,
    };
    const made = form === 'gauge' ? new Gauge(options) : new Counter(options);
  }
}
