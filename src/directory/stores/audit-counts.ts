import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Sql } from '../prisma/database.ts';
import { selectCount } from './audit-search.ts';
import type { AuditFilter } from './audit-store.ts';

/** Filters whose counts are remembered. */
const MOST = 1_000;

/** The events of a filter up to a number, when those up to `pruned` were removed. */
interface Counted {
  readonly events: number;
  readonly upTo: bigint;
  readonly pruned: string | null;
}

interface CountRow {
  readonly events: number;
  readonly upTo: string | null;
  readonly pruned: string | null;
}

/**
 * Counts events. What was counted once is remembered: events are only added, in the order of their numbers, so that the next
 * count reads those that came since. After some were removed from the beginning it begins anew.
 */
export class AuditCounts {
  readonly #remembered = new LRUCache<string, Counted>({ max: MOST });

  async count(sql: Sql, filter: AuditFilter): Promise<number> {
    const key = createHash('sha256').update(JSON.stringify(filter)).digest('base64');
    const known = this.#remembered.get(key);
    const later = await read(sql, filter, known?.upTo);
    const counted =
      known === undefined || known.pruned === later.pruned
        ? { ...later, events: (known?.events ?? 0) + later.events }
        : await read(sql, filter);
    this.#remembered.set(key, counted);
    return counted.events;
  }
}

async function read(sql: Sql, filter: AuditFilter, after = 0n): Promise<Counted> {
  const { text, parameters } = selectCount(filter, after);
  const [row] = await sql.query<CountRow>(text, parameters);
  return { events: row?.events ?? 0, upTo: BigInt(row?.upTo ?? 0), pruned: row?.pruned ?? null };
}
