import { parseArn } from '../../policy/arn.ts';
import { RolegateError } from '../../policy/errors.ts';
import { isAccountId } from '../../policy/principal-id.ts';
import { ChangeSet } from '../apply/change-set.ts';
import { planResource } from '../apply/plan-resource.ts';
import type { Touched } from '../apply/revision.ts';
import { readResources, type StoredResource } from '../apply/stored.ts';
import { writeChanges } from '../apply/write.ts';
import type { ResourceInput } from '../document.ts';
import type { WritingSql } from '../prisma/database.ts';
import type { Made } from './change-of.ts';
import { noSuch } from './holder.ts';
import type { GivenTag } from './resource-inputs.ts';

/** Tags of a resource. https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html */
const MOST_TAGS = 50;

/** Tags that AWS itself makes. Nobody else can write them, and they do not count. */
const OF_AWS = /^aws:/i;

export async function storedResource(sql: WritingSql, arn: string): Promise<StoredResource | null> {
  const [stored] = await readResources(sql, [arn]);
  return stored ?? null;
}

/** Throws NoSuchEntity. */
export async function findResource(sql: WritingSql, arn: string): Promise<StoredResource> {
  const stored = await storedResource(sql, arn);
  if (stored !== null) return stored;
  throw new RolegateError('NoSuchEntity', `The resource ${arn} cannot be found.`);
}

export function touchingResource(arn: string): Touched {
  return { entity: 'Resource', entityId: arn };
}

/** The account in the ARN of a resource; null: it names none. */
export function accountIn(arn: string): string | null {
  const accountId = parseArn(arn)?.accountId ?? '';
  return isAccountId(accountId) ? accountId : null;
}

export async function checkAccount(sql: WritingSql, accountId: string): Promise<void> {
  const rows = await sql.query('SELECT 1 FROM "Account" WHERE id = $1', [accountId]);
  if (rows.length === 0) throw noSuch('account', accountId, 'id');
}

/** Writes what `said` says of a resource; the rest stays. The result is its ARN. */
export async function sayOf(
  sql: WritingSql,
  stored: StoredResource | null,
  said: ResourceInput,
  reads: readonly Touched[] = [],
): Promise<Made> {
  const changes = new ChangeSet();
  planResource(said, stored, changes);
  await writeChanges(sql, changes, () => undefined);
  return { touched: changes.touched, result: said.arn, reads: [touchingResource(said.arn), ...reads] };
}

/** Keys of tags that are stored and not among `tags`, except those of AWS, which stay. */
export function goneTags(stored: readonly string[], tags: readonly GivenTag[]): readonly string[] {
  const named = new Set(tags.map(({ key }) => key));
  return stored.filter((key) => !named.has(key) && !OF_AWS.test(key));
}

/** The tags after a change: `tags`, and those of AWS that are stored. Throws LimitExceeded. */
export function tagsWith(
  tags: Readonly<Record<string, string>>,
  stored: Pick<StoredResource, 'tags'> | null,
): Readonly<Record<string, string>> {
  const own = Object.entries(tags).filter(([key]) => !OF_AWS.test(key));
  if (own.length > MOST_TAGS) {
    throw new RolegateError('LimitExceeded', `A resource has at most ${MOST_TAGS} tags.`, { field: 'tags' });
  }
  const kept = Object.entries(stored?.tags ?? {}).filter(([key]) => OF_AWS.test(key));
  return Object.fromEntries([...kept, ...own]);
}

export function recordOf(tags: readonly GivenTag[]): Readonly<Record<string, string>> {
  return Object.fromEntries(tags.map(({ key, value }) => [key, value]));
}
