import type { Catalog } from '../../catalog/catalog.ts';
import { changeWithEvent } from '../change.ts';
import type { Store } from '../store.ts';
import type { NewAuditEvent } from '../stores/audit-store.ts';
import { CHANGE_NAMES } from './changes.ts';
import type { ChangeStep, EntityStore } from './entity-store.ts';
import { asOnlyOne } from './failed-change.ts';
import { noSuch } from './holder.ts';
import { makeChanges } from './make-changes.ts';

/** Changes of the directory's entities. */
export function entities(store: Store, catalog: Catalog): EntityStore {
  const single = CHANGE_NAMES.map((name) => [
    name,
    // as: the input is the one of this name
    (input: never, event?: NewAuditEvent) =>
      asOnlyOne(() => makeChanges(store, catalog, [{ name, input, event } as ChangeStep])),
  ]);
  return {
    // as: there is one of each name
    ...(Object.fromEntries(single) as Omit<EntityStore, 'catalog' | 'make' | 'setKeyActive' | 'instanceProfileRole'>),

    catalog,

    make: (steps, options) => makeChanges(store, catalog, steps, options),

    setKeyActive: (id, active, event) =>
      changeWithEvent(store, event, async (sql) => {
        const rows = await sql.query<{ changed: boolean }>(
          `UPDATE "AccessKey" k SET status = $2::text::"AccessKeyStatus" FROM "AccessKey" before
            WHERE k.id = $1 AND before.id = k.id RETURNING before.status <> k.status AS changed`,
          [id, active ? 'ACTIVE' : 'INACTIVE'],
        );
        const [row] = rows;
        if (row === undefined) throw noSuch('Access Key', id, 'id');
        return { touched: row.changed ? [{ entity: 'AccessKey', entityId: id }] : [], result: undefined };
      }),

    instanceProfileRole: async (arn) => {
      const [row] = await store.database.query<{ arn: string }>(
        'SELECT r.arn FROM "InstanceProfile" p JOIN "Role" r ON r.id = p."roleId" WHERE p.arn = $1',
        [arn],
      );
      return row?.arn ?? null;
    },
  };
}
