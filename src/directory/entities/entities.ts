import type { Catalog } from '../../catalog/catalog.ts';
import { changeWithEvent } from '../change.ts';
import type { Store } from '../store.ts';
import type { EntityStore } from './entity-store.ts';
import { noSuch } from './holder.ts';
import { roleChanges } from './role-changes.ts';
import { userChanges } from './user-changes.ts';

/** Changes of IAM's entities that sessions depend on. */
export function entities(store: Store, catalog: Catalog): EntityStore {
  return {
    ...roleChanges(store, catalog),
    ...userChanges(store, catalog),

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
