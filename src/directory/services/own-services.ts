import type { Catalog } from '../../catalog/catalog.ts';
import type { CatalogService } from '../../catalog/catalog-service.ts';
import { LiveCatalog } from '../../catalog/live-catalog.ts';
import type { Touched } from '../apply/revision.ts';
import type { Memory } from '../gather/memory.ts';
import { changesOf, type TouchedRows, touchedSince } from '../gather/revision-rows.ts';
import type { Sql } from '../prisma/database.ts';
import { catalogServiceOf, type OwnService } from './own-service.ts';

/** What a change of a service touches. */
export const OWN_SERVICE = 'OwnService';

/** The services of one revision, all of them. */
export interface ServicesState {
  readonly revision: bigint;
  /** Since the revision that was asked for; null: too much to list, or not known. */
  readonly touched: readonly Touched[] | null;
  readonly services: readonly OwnService[];
}

/** One statement, so that all of it is of one state. */
export async function readServices(sql: Sql, since: bigint): Promise<ServicesState> {
  const [row] = await sql.query<{
    revision: string;
    touched: TouchedRows;
    services: readonly OwnService[];
  }>(
    `SELECT s.revision::text AS revision, ${touchedSince('$1')} AS touched,
        (SELECT coalesce(json_agg(o.definition ORDER BY o.prefix), '[]') FROM "OwnService" o) AS services
       FROM "DirectoryState" s WHERE s.id = 1`,
    [String(since)],
  );
  return {
    revision: BigInt(row?.revision ?? 0),
    touched: changesOf(row?.touched ?? null),
    services: row?.services ?? [],
  };
}

/** Whether the services may be others than before. */
export function touchesServices(touched: readonly Touched[] | null): boolean {
  return touched === null || touched.some(({ entity }) => entity === OWN_SERVICE);
}

/** What of a memory moves on with the services. */
export type ServicedMemory = Pick<Memory, 'revision' | 'advance' | 'forget'>;

/**
 * The services of applications that the directory holds, and the catalogue with them. INVARIANT: the catalogue is that of the
 * memory's revision, because both move on in the same turn.
 */
export class OwnServices {
  readonly aws: Catalog;
  readonly catalog: LiveCatalog;
  #texts: ReadonlyMap<string, string> = new Map();
  #services: ReadonlyMap<string, CatalogService> = new Map();

  /** `aws`: the catalogue without services of applications. */
  constructor(aws: Catalog, first: readonly OwnService[] = []) {
    this.aws = aws;
    this.catalog = new LiveCatalog(aws);
    this.#become(first);
  }

  /** Prefixes that AWS has by now, too: the own service counts. */
  get hiding(): readonly string[] {
    return [...this.#services.keys()].filter((prefix) => this.aws.service(prefix) !== null);
  }

  /** The catalogue with other services than those of now. */
  catalogWith(services: readonly OwnService[]): Catalog {
    return this.aws.withServices(new Map(services.map((each) => [each.prefix, catalogServiceOf(each)])));
  }

  /** Moves to a later revision, and the memory with it. An earlier one changes nothing. */
  advance(memory: ServicedMemory, { revision, touched, services }: ServicesState): void {
    if (revision < memory.revision) return;
    const changed = this.#become(services);
    if (revision > memory.revision) memory.advance(revision, touched);
    // The memory was there before: a change that is not acknowledged yet.
    else memory.forget(changed.map((prefix) => ({ entity: OWN_SERVICE, entityId: prefix })));
  }

  /** Returns the prefixes of those that are new, gone or not as before. What is as before stays the same object. */
  #become(services: readonly OwnService[]): readonly string[] {
    const texts = new Map(services.map((each) => [each.prefix, JSON.stringify(each)]));
    const changed = [...new Set([...texts.keys(), ...this.#texts.keys()])].filter(
      (prefix) => texts.get(prefix) !== this.#texts.get(prefix),
    );
    if (changed.length === 0) return changed;
    const before = this.#services;
    const isSame = (prefix: string): boolean => texts.get(prefix) === this.#texts.get(prefix);
    this.#services = new Map(
      services.map((each) => {
        const known = isSame(each.prefix) ? before.get(each.prefix) : undefined;
        return [each.prefix, known ?? catalogServiceOf(each)];
      }),
    );
    this.#texts = texts;
    this.catalog.become(this.aws.withServices(this.#services));
    return changed;
  }
}
