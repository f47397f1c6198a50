import { millisecondsOf } from '../instants.ts';
import type { Parameters } from '../parameters.ts';
import type { Sql } from '../prisma/database.ts';
import type { Keyed, ListPage } from './iam-store.ts';
import { readList } from './read-list.ts';
import type { AccessKeyMetadata, DeviceRecord } from './records.ts';

export function listAccessKeys(sql: Sql, userId: string, page: ListPage): Promise<readonly Keyed<AccessKeyMetadata>[]> {
  return readList(
    sql,
    {
      columns: `e.id, e.status = 'ACTIVE' AS active, ${millisecondsOf('e."createdAt"')} AS "createdAt"`,
      from: '"AccessKey" e',
      key: 'e.id COLLATE "C"',
      where: (given) => [`e."userId" = ${given.add(userId)}`],
    },
    page,
  );
}

const DEVICE = `e."serialNumber",
  CASE WHEN u.id IS NOT NULL THEN ${millisecondsOf('e."enabledAt"')} END AS "enabledAt",
  CASE WHEN u.id IS NOT NULL THEN json_build_object('id', u.id, 'arn', u.arn, 'name', u.name, 'path', u.path,
    'createdAt', ${millisecondsOf('u."createdAt"')}) END AS user`;

function devices(where: (given: Parameters) => readonly string[]) {
  return {
    columns: DEVICE,
    from: '"MfaDevice" e LEFT JOIN "User" u ON u.id = e."userId"',
    key: 'e."serialNumber" COLLATE "C"',
    where,
  };
}

export function listDevicesOfUser(sql: Sql, userId: string, page: ListPage): Promise<readonly Keyed<DeviceRecord>[]> {
  return readList(
    sql,
    devices((given) => [`e."userId" = ${given.add(userId)}`]),
    page,
  );
}

/** `assigned` null: enabled for a user or not. */
export function listDevices(
  sql: Sql,
  { accountId, assigned }: { readonly accountId: string; readonly assigned: boolean | null },
  page: ListPage,
): Promise<readonly Keyed<DeviceRecord>[]> {
  const where = (given: Parameters): readonly string[] => [
    `e."accountId" = ${given.add(accountId)}`,
    ...(assigned === null ? [] : [`e."userId" IS ${assigned ? 'NOT ' : ''}NULL`]),
  ];
  return readList(sql, devices(where), page);
}
