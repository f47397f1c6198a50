import type { Database } from '../prisma/database.ts';

/** Wrong attempts that are not yet forgotten, as it was `at` (milliseconds since 1970) the last of them. */
export interface GuessCount {
  readonly wrong: number;
  readonly at: number;
}

/** How wrong attempts of a kind are counted. */
export interface GuessRule {
  readonly kind: string;
  /** Milliseconds after which one is forgotten. */
  readonly forgottenEvery: number;
}

/** Wrong attempts of all gateways on a server. Null in its place: this process is alone, and counts in memory. */
export interface GuessStore {
  /** What is counted of these; what is left out is nothing. */
  read(kind: string, who: string): Promise<GuessCount | null>;
  /** One more. Returns what is counted then. */
  add(rule: GuessRule, who: string, now: number): Promise<GuessCount>;
  /** One less: it was right after all. */
  takeBack(kind: string, who: string): Promise<void>;
}

/** Longer ago than any pause. Milliseconds. */
const KEPT = 24 * 60 * 60 * 1000;
/** How many are added between two looks for what is of no use any more. */
const BETWEEN = 100;

export function guessStore(database: Database): GuessStore | null {
  if (database.exclusive) return null;
  let added = 0;
  return {
    read: async (kind, who) => {
      const [row] = await database.query<GuessCount>(
        'SELECT wrong, at::float8 AS at FROM "Guess" WHERE kind = $1 AND who = $2',
        [kind, who],
      );
      return row ?? null;
    },

    add: async ({ kind, forgottenEvery }, who, now) => {
      added += 1;
      if (added % BETWEEN === 0)
        await database.query('DELETE FROM "Guess" WHERE at < $1::text::bigint', [String(now - KEPT)]);
      const [row] = await database.query<GuessCount>(
        `INSERT INTO "Guess" AS g (kind, who, wrong, at) VALUES ($1, $2, 1, $3::text::bigint)
         ON CONFLICT (kind, who) DO UPDATE SET at = greatest(g.at, excluded.at),
           wrong = 1 + greatest(0, g.wrong - greatest(0, excluded.at - g.at) / $4::float8)
         RETURNING wrong, at::float8 AS at`,
        [kind, who, String(now), forgottenEvery],
      );
      if (row === undefined) throw new Error('a statement with RETURNING answered no row');
      return row;
    },

    takeBack: async (kind, who) => {
      await database.query('UPDATE "Guess" SET wrong = greatest(0, wrong - 1) WHERE kind = $1 AND who = $2', [
        kind,
        who,
      ]);
    },
  };
}
