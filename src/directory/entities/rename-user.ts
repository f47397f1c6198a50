import { bindGrantsToDeleted, bindToDeleted } from '../apply/bindings.ts';
import { ChangeSet } from '../apply/change-set.ts';
import { entityName } from '../apply/entity-arn.ts';
import type { Sql } from '../prisma/database.ts';
import type { Made } from './change-of.ts';
import { changed, type Holder } from './holder.ts';
import { checkFreeName, ownName } from './new-entity.ts';

/**
 * Gives a user another ARN. It stays the same user: policies that name it are bound to its unique id and go on to mean it, and what
 * names it by its ARN alone (its temporary credentials, its checkers, the grants of keys) gets the new one. What has been is kept
 * as it was: the audit trail, and who assumed a role.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_users_rename.html
 */
export async function renameUser(sql: Sql, user: Holder, arn: string): Promise<Made> {
  if (arn === user.arn) return changed(user, []);
  await checkFreeName(sql, 'User', await ownName(sql, 'User', arn), user.id);
  const changes = new ChangeSet();
  await bindToDeleted(sql, new Map([[user.arn, user.id]]), new Set(), changes);
  await bindGrantsToDeleted(sql, new Map([[user.arn, arn]]), new Set(), changes);
  const { name, path } = entityName('User', arn);
  await sql.query('UPDATE "User" SET arn = $2, name = $3, path = $4 WHERE id = $1', [user.id, arn, name, path]);
  const touched = await sql.query<{ entity: string; name: string }>(
    `WITH sessions AS (UPDATE "KeySession" SET principal = $2 WHERE "userId" = $1 RETURNING id, "federatedArn"),
          checkers AS (UPDATE "Checker" SET maker = $2 WHERE "userId" = $1 RETURNING id)
     SELECT 'KeySession' AS entity, id AS name FROM sessions
     UNION ALL SELECT 'KeySession', "federatedArn" FROM sessions WHERE "federatedArn" IS NOT NULL
     UNION ALL SELECT 'Checker', id FROM checkers
     UNION ALL SELECT 'AccessKey', id FROM "AccessKey" WHERE "userId" = $1
     UNION ALL SELECT 'MfaDevice', "serialNumber" FROM "MfaDevice" WHERE "userId" = $1`,
    [user.id, arn],
  );
  for (const each of touched) changes.touch(each.entity, each.name);
  changes.touch('User', user.arn);
  changes.touch('User', arn);
  return { touched: changes.touched, result: arn };
}
