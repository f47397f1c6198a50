import { randomUUID } from 'node:crypto';
import { RolegateError } from '../policy/errors.ts';
import { bindToDeleted } from './apply/bindings.ts';
import { ChangeSet, sha256 } from './apply/change-set.ts';
import { changeWithEvent, type Worked } from './change.ts';
import type { EntityStore } from './identity-stores.ts';
import type { Sql } from './prisma/database.ts';
import type { Store } from './store.ts';

function noSuch(noun: string, name: string): RolegateError {
  return new RolegateError('NoSuchEntity', `The ${noun} with name ${name} cannot be found.`);
}

/** Deletes a user or role. Policies that name it are bound to its unique id: a new one of that name is another. */
async function deleteEntity(sql: Sql, entity: 'User' | 'Role', arn: string): Promise<Worked<undefined>> {
  const [row] = await sql.query<{ id: string }>(`SELECT id FROM "${entity}" WHERE arn = $1`, [arn]);
  if (row === undefined) throw noSuch(entity.toLowerCase(), arn);
  const changes = new ChangeSet();
  await bindToDeleted(sql, new Map([[arn, row.id]]), new Set(), changes);
  const keys =
    entity === 'Role'
      ? []
      : await sql.query<{ id: string }>(`SELECT id FROM "AccessKey" WHERE "userId" = $1`, [row.id]);
  await sql.query(`DELETE FROM "${entity}" WHERE id = $1`, [row.id]);
  changes.touch(entity, arn);
  for (const { id } of keys) changes.touch('AccessKey', id);
  return { touched: changes.touched, result: undefined };
}

async function putRolePolicy(sql: Sql, roleArn: string, name: string, document: string): Promise<Worked<undefined>> {
  const [role] = await sql.query<{ id: string }>('SELECT id FROM "Role" WHERE arn = $1', [roleArn]);
  if (role === undefined) throw noSuch('role', roleArn);
  const hash = sha256(document);
  await sql.query('INSERT INTO "PolicyDocument" (hash, text) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING', [
    hash,
    document,
  ]);
  await sql.query(
    `INSERT INTO "InlinePolicy" (id, "roleId", name, "documentHash") VALUES ($1, $2, $3, $4)
     ON CONFLICT ("roleId", name) DO UPDATE SET "documentHash" = EXCLUDED."documentHash"`,
    [randomUUID(), role.id, name, hash],
  );
  return { touched: [{ entity: 'Role', entityId: roleArn }], result: undefined };
}

/** Changes of IAM's entities that sessions live or die by. */
export function entities(store: Store): EntityStore {
  return {
    deleteRole: (arn, event) => changeWithEvent(store, event, (sql) => deleteEntity(sql, 'Role', arn)),
    deleteUser: (arn, event) => changeWithEvent(store, event, (sql) => deleteEntity(sql, 'User', arn)),
    putRolePolicy: ({ roleArn, name, document }, event) =>
      changeWithEvent(store, event, (sql) => putRolePolicy(sql, roleArn, name, document)),

    setKeyActive: (id, active, event) =>
      changeWithEvent(store, event, async (sql) => {
        const rows = await sql.query<{ changed: boolean }>(
          `UPDATE "AccessKey" k SET status = $2::text::"AccessKeyStatus" FROM "AccessKey" before
            WHERE k.id = $1 AND before.id = k.id RETURNING before.status <> k.status AS changed`,
          [id, active ? 'ACTIVE' : 'INACTIVE'],
        );
        const [row] = rows;
        if (row === undefined) throw noSuch('Access Key', id);
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
