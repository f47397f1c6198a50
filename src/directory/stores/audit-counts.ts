import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Sql } from '../prisma/database.ts';
import { selectCount } from './audit-search.ts';
import type { AuditFilter } from './audit-store.ts';

/** Filters whose counts are remembered. */
const MOST = 1_000;

/** The events of a filter up to a number, in a trail that begins with another one. */
interface Counted {
  readonly events: number;
  readonly upTo: bigint;
  readonly since: bigint;
}

interface CountRow {
  readonly events: number;
  readonly upTo: string | null;
  readonly since: string | null;
}

/**
 * Counts events. What was counted once is remembered: events are only added, in the order of their numbers, so that the next
 * count reads those that came since. Where retention has removed some, all are counted again.
 */
export class AuditCounts {
  readonly #remembered = new LRUCache<string, Counted>({ max: MOST });

  async count(sql: Sql, filter: AuditFilter): Promise<number> {
    const key = createHash('sha256').update(JSON.stringify(filter)).digest('base64');
    const known = this.#remembered.get(key);
    let counted = await read(sql, filter, known?.upTo);
    if (known !== undefined) {
      const isGrown = counted.since === known.since;
      counted = isGrown ? { ...counted, events: known.events + counted.events } : await read(sql, filter);
    }
    this.#remembered.set(key, counted);
    return counted.events;
  }
}

async function read(sql: Sql, filter: AuditFilter, after = 0n): Promise<Counted> {
  const { text, parameters } = selectCount(filter, after);
  const [row] = await sql.query<CountRow>(text, parameters);
  return { events: row?.events ?? 0, upTo: BigInt(row?.upTo ?? 0), since: BigInt(row?.since ?? 0) };
}
