import type { Sql } from '../prisma/database.ts';
import { quotaExceeded } from './holder.ts';
import { TAGS_PER_ENTITY } from './quotas.ts';

/** A tag that is given with a change. */
export interface GivenTag {
  readonly key: string;
  readonly value: string;
}

type Tags = Readonly<Record<string, string>>;

/** What has tags of IAM. */
export type TaggedKind = 'User' | 'Role' | 'ManagedPolicy' | 'InstanceProfile';

/** IAM's names of the quota. */
const QUOTAS = {
  User: 'TagsPerUser',
  Role: 'TagsPerRole',
  ManagedPolicy: 'TagsPerPolicy',
  InstanceProfile: 'TagsPerInstanceProfile',
} as const;

/**
 * The tags of an entity with those given: a key that differs from one of them in case alone takes its place.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html#id_tags_rules
 * Throws LimitExceeded.
 */
export function withTags(kind: TaggedKind, stored: Tags, given: readonly GivenTag[]): Tags {
  const tags = new Map(Object.entries(stored));
  for (const { key, value } of given) {
    for (const other of tags.keys()) if (other.toLowerCase() === key.toLowerCase()) tags.delete(other);
    tags.set(key, value);
  }
  if (tags.size > TAGS_PER_ENTITY) throw quotaExceeded(QUOTAS[kind], TAGS_PER_ENTITY, 'tags');
  return Object.fromEntries(tags);
}

/** The tags without those of these keys, in any case. */
export function withoutTags(stored: Tags, keys: readonly string[]): Tags {
  const gone = new Set(keys.map((key) => key.toLowerCase()));
  return Object.fromEntries(Object.entries(stored).filter(([key]) => !gone.has(key.toLowerCase())));
}

/** Changes the tags of the entity with this id; false: they were as they are to be. */
export async function changeTags(
  sql: Sql,
  kind: TaggedKind,
  id: string,
  change: (stored: Tags) => Tags,
): Promise<boolean> {
  const [row] = await sql.query<{ tags: Tags }>(`SELECT tags FROM "${kind}" WHERE id = $1`, [id]);
  const tags = change(row?.tags ?? {});
  const rows = await sql.query(
    `UPDATE "${kind}" SET tags = $2::text::jsonb WHERE id = $1 AND tags <> $2::text::jsonb RETURNING id`,
    [id, JSON.stringify(tags)],
  );
  return rows.length > 0;
}
