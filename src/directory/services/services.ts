import { isDeepStrictEqual } from 'node:util';
import { RolegateError } from '../../policy/errors.ts';
import type { Touched } from '../apply/revision.ts';
import { makeChange } from '../change.ts';
import type { OwnServiceInput } from '../document.ts';
import type { ChangeOptions } from '../entities/change-options.ts';
import type { Sql } from '../prisma/database.ts';
import type { Store } from '../store.ts';
import type { NewAuditEvent } from '../stores/audit-store.ts';
import { checkPrefix, checkService, MOST_ACTIONS_OF_ALL, MOST_SERVICES } from './check-service.ts';
import { completed, type OwnService } from './own-service.ts';
import { OWN_SERVICE, type OwnServices } from './own-services.ts';
import type { SavedService, ServiceStore } from './service-store.ts';

/** Where a definition stands in a mutation. */
const INPUT = '';

/** All that are stored, by prefix. */
export async function storedServices(sql: Sql): Promise<ReadonlyMap<string, OwnService>> {
  const rows = await sql.query<{ definition: OwnService }>('SELECT definition FROM "OwnService" ORDER BY prefix');
  return new Map(rows.map(({ definition }) => [definition.prefix, definition]));
}

/** Throws LimitExceeded if there are too many with `added`. */
export function checkTotal(services: Iterable<OwnService>): void {
  const all = [...services];
  const actions = all.reduce((sum, service) => sum + service.actions.length, 0);
  if (all.length > MOST_SERVICES)
    throw new RolegateError('LimitExceeded', `a directory has at most ${MOST_SERVICES} services of its own`);
  if (actions > MOST_ACTIONS_OF_ALL) {
    const limit = `the services of a directory have at most ${MOST_ACTIONS_OF_ALL} actions together`;
    throw new RolegateError('LimitExceeded', `${limit}; with this one they have ${actions}`);
  }
}

async function write(sql: Sql, service: OwnService): Promise<void> {
  await sql.query(
    `INSERT INTO "OwnService" (prefix, definition) VALUES ($1, $2::text::jsonb)
       ON CONFLICT (prefix) DO UPDATE SET definition = EXCLUDED.definition`,
    [service.prefix, JSON.stringify(service)],
  );
}

function touching(prefix: string): Touched {
  return { entity: OWN_SERVICE, entityId: prefix };
}

function noSuchService(prefix: string): RolegateError {
  const message = `the service with the prefix ${prefix.slice(0, 100)} cannot be found`;
  return new RolegateError('NoSuchEntity', message, { field: `${INPUT}prefix` });
}

export function serviceStore(store: Store, services: OwnServices): ServiceStore {
  /** `work` returns what it touched. */
  const change = async (
    event: NewAuditEvent | undefined,
    options: ChangeOptions | undefined,
    prefix: string,
    work: (sql: Sql, stored: ReadonlyMap<string, OwnService>) => Promise<readonly Touched[]>,
  ): Promise<SavedService> =>
    makeChange(
      store,
      event,
      async (sql) => ({
        touched: await work(sql, await storedServices(sql)),
        // Also where it is already so: somebody else may have made it so.
        reads: [touching(prefix)],
        result: undefined,
      }),
      options,
    );
  const put = async (
    sql: Sql,
    stored: ReadonlyMap<string, OwnService>,
    input: OwnServiceInput,
  ): Promise<readonly Touched[]> => {
    const service = completed(input);
    checkTotal(new Map(stored).set(service.prefix, service).values());
    if (isDeepStrictEqual(stored.get(service.prefix), service)) return [];
    await write(sql, service);
    return [touching(service.prefix)];
  };
  return {
    get hiding() {
      return services.hiding;
    },

    list: async () => [...(await storedServices(store.database)).values()],

    register: async (input, event, options) => {
      checkPrefix(input.prefix, services.aws, `${INPUT}prefix`);
      checkService(input, INPUT);
      return change(event, options, input.prefix, (sql, stored) => {
        if (!stored.has(input.prefix)) return put(sql, stored, input);
        const message = `Service with prefix ${input.prefix} already exists.`;
        throw new RolegateError('EntityAlreadyExists', message, { field: `${INPUT}prefix` });
      });
    },

    update: async (input, event, options) => {
      checkService(input, INPUT);
      return change(event, options, input.prefix, (sql, stored) => {
        if (!stored.has(input.prefix)) throw noSuchService(input.prefix);
        return put(sql, stored, input);
      });
    },

    remove: (prefix, event, options) =>
      change(event, options, prefix, async (sql, stored) => {
        if (!stored.has(prefix)) throw noSuchService(prefix);
        await sql.query('DELETE FROM "OwnService" WHERE prefix = $1', [prefix]);
        return [touching(prefix)];
      }),
  };
}
