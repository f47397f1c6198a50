import { InvalidInput } from '../../policy/errors.ts';
import { isServicePrincipal } from '../../policy/principal-id.ts';
import type { AccessKeyInput } from '../document.ts';
import { toIso } from '../instants.ts';
import type { Sql } from '../prisma/database.ts';
import type { ChangeSet } from './change-set.ts';
import { entityName } from './entity-arn.ts';
import type { IdOf } from './plan-holders.ts';
import { uniqueBy } from './unique.ts';

interface StoredKey {
  readonly id: string;
  readonly userId: string | null;
  readonly servicePrincipal: string | null;
}

/** Plans the access keys of a document. Call it when the users are planned: the keys of those that are deleted go with them. */
export async function planAccessKeys(
  sql: Sql,
  keys: readonly AccessKeyInput[],
  userId: IdOf,
  { changes, now }: { readonly changes: ChangeSet; readonly now: number },
): Promise<void> {
  if (keys.length === 0) return;
  const given = uniqueBy(
    keys,
    (key) => key.id,
    (key) => `access key ${key.id}`,
  );
  const ids = [...given.keys()];
  const deletedUsers = new Set((changes.deletions.get('User') ?? []).map((key) => key['id']));
  const rows = await sql.query<StoredKey>(
    `SELECT id, "userId", "servicePrincipal" FROM "AccessKey" WHERE id = ANY($1::text[])`,
    [ids],
  );
  const stored = new Map(rows.map((row) => [row.id, row]));
  const changed = await sql.query<{ id: string }>(
    `SELECT DISTINCT "entityId" AS id FROM "DirectoryChange" WHERE entity = 'AccessKey' AND "entityId" = ANY($1::text[])`,
    [ids],
  );
  const formerly = new Set(changed.map(({ id }) => id));
  const retired = await ofRetiredMasterKeys(sql, ids);
  for (const key of given.values()) {
    const row = stored.get(key.id) ?? null;
    const deleted = row === null ? formerly.has(key.id) : row.userId !== null && deletedUsers.has(row.userId);
    // Its secret follows from its id: whoever had it could sign in with it again.
    if (deleted) changes.warn(`access key ${key.id}: it was deleted, and is not made again`);
    else if (row === null && retired.has(key.id)) {
      changes.warn(`access key ${key.id}: its generation of the master key was retired, and it is not made`);
    } else planAccessKey(key, row, userId, now, changes);
  }
}

async function ofRetiredMasterKeys(sql: Sql, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await sql.query<{ id: string }>(
    `SELECT k.id FROM unnest($1::text[]) AS k(id) JOIN "MasterKey" m ON m.generation = "masterGenerationOf"(k.id)
      WHERE m."retiredAt" IS NOT NULL`,
    [ids],
  );
  return new Set(rows.map(({ id }) => id));
}

function planAccessKey(
  input: AccessKeyInput,
  stored: StoredKey | null,
  userId: IdOf,
  now: number,
  changes: ChangeSet,
): void {
  const { id, user, service } = input;
  if ((user === undefined) === (service === undefined)) {
    throw new InvalidInput('document', `access key ${id}: give exactly one of user and service`);
  }
  if (service !== undefined && !isServicePrincipal(service)) {
    throw new InvalidInput('document', `access key ${id}: \`${service}\` is not a service principal`);
  }
  const accountId = user === undefined ? null : entityName('User', user).accountId;
  const owner = user === undefined ? null : userId(user, `access key ${id}`);
  const servicePrincipal = service ?? null;
  if (stored !== null) {
    if (stored.userId !== owner || stored.servicePrincipal !== servicePrincipal) {
      throw new InvalidInput('document', `access key ${id} belongs to somebody else`);
    }
    changes.counts.add(accountId, 'accessKeys', 'unchanged');
    return;
  }
  changes.upsert('AccessKey', { id, userId: owner, servicePrincipal, createdAt: toIso(now) });
  changes.touch('AccessKey', id);
  changes.counts.add(accountId, 'accessKeys', 'new');
}
