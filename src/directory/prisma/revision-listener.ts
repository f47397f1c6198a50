import { Client } from 'pg';
import { connectionOptions, type DatabaseTimes, USUAL_TIMES } from './database-times.ts';

/** The channel on which the trigger of migration told_of_changes tells of revisions. */
const CHANNEL = 'rolegate_revision';

/** Milliseconds. A connection that is lost is made again after the first, then after twice as long each time, up to the longest. */
const PAUSES = { first: 100, longest: 5_000 };
/** Between two looks whether the server is still there: a network can break without telling. Milliseconds. */
const LOOK_EVERY = 5_000;

/** Who is told. */
interface Told {
  /** A revision was committed, by any process. */
  told(revision: bigint): void;
  /** Revisions are told from now on. What was committed before was not: it has to be read. */
  listening(): Promise<void>;
  /** They are told no more, until `listening`. */
  deaf(): void;
}

/** Listens on a connection of its own, and makes it again whenever it is lost, until it is closed. */
export class RevisionListener {
  readonly #url: string;
  readonly #told: Told;
  readonly #times: DatabaseTimes;
  #client: Client | null = null;
  #timer: NodeJS.Timeout | undefined;
  #failures = 0;
  #closed = false;

  /** `url`: where statements of one session arrive at one session. */
  constructor(url: string, told: Told, times: DatabaseTimes = USUAL_TIMES) {
    this.#url = url;
    this.#told = told;
    this.#times = times;
    void this.#connect();
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    const client = this.#client;
    this.#client = null;
    if (client !== null) abandon(client);
  }

  async #connect(): Promise<void> {
    const client = new Client({
      connectionString: this.#url,
      application_name: 'rolegate listener',
      keepAlive: true,
      ...connectionOptions(this.#times),
    });
    this.#client = client;
    client.on('error', () => this.#lost(client));
    client.on('end', () => this.#lost(client));
    client.on('notification', ({ payload = '' }) => {
      if (/^\d{1,19}$/.test(payload)) this.#told.told(BigInt(payload));
    });
    try {
      await client.connect();
      await client.query(`LISTEN ${CHANNEL}`);
      if (this.#client !== client) return;
      this.#failures = 0;
      void this.#told.listening();
      this.#lookLater(client);
    } catch {
      this.#lost(client);
    }
  }

  #lookLater(client: Client): void {
    this.#timer = setTimeout(() => void this.#look(client), LOOK_EVERY);
    this.#timer.unref();
  }

  async #look(client: Client): Promise<void> {
    try {
      await client.query('SELECT 1');
      if (this.#client === client) this.#lookLater(client);
    } catch {
      this.#lost(client);
    }
  }

  #lost(client: Client): void {
    if (this.#client !== client) return;
    this.#client = null;
    clearTimeout(this.#timer);
    abandon(client);
    this.#told.deaf();
    if (this.#closed) return;
    const pause = Math.min(PAUSES.longest, PAUSES.first * 2 ** Math.min(this.#failures, 10));
    this.#failures += 1;
    // Gateways that lost one server do not all come back at once.
    this.#timer = setTimeout(() => void this.#connect(), pause * (0.5 + Math.random() / 2));
    this.#timer.unref();
  }
}

/** Ends a connection without waiting for a server that may be gone. */
function abandon(client: Client): void {
  (client as Client & { unref(): void }).unref(); // as: its types leave it out
  client.end().catch(() => undefined);
}
