import { RolegateError } from '../../policy/errors.ts';
import type { WritingSql } from '../prisma/database.ts';
import type { Made } from './change-of.ts';
import { createGrant, revokeGrant } from './grants.ts';
import { partOfOrganization } from './organization-tags.ts';
import { PARTS, refuseOthers } from './parts.ts';
import { deletePublicAccessBlock, putPublicAccessBlock } from './public-access.ts';
import type { GivenTag, ResourceChanges, ResourceEntry, ResourceName } from './resource-inputs.ts';
import { deleteResourcePolicy, putResourcePolicy } from './resource-policies.ts';
import {
  accountIn,
  checkAccount,
  findResource,
  goneTags,
  recordOf,
  sayOf,
  storedResource,
  tagsWith,
  touchingResource,
} from './resources.ts';

async function putResource(
  sql: WritingSql,
  { resourceArn: arn, accountId, tags, parts, ...rest }: ResourceName & ResourceEntry,
): Promise<Made> {
  const stored = await storedResource(sql, arn);
  const owner = accountId ?? accountIn(arn) ?? stored?.accountId;
  if (owner === undefined) {
    const why = `the ARN ${arn} names no account: say which one owns the resource`;
    throw new RolegateError('ValidationError', why, { field: 'accountId' });
  }
  if (stored !== null && stored.accountId !== owner) {
    throw new RolegateError('EntityAlreadyExists', `The resource ${arn} belongs to another account.`, {
      field: 'accountId',
    });
  }
  await checkAccount(sql, owner);
  const gone = tags === undefined ? [] : goneTags(Object.keys(stored?.tags ?? {}), tags);
  refuseOthers(arn, gone.map(PARTS.tag), parts, 'replaced');
  const said = tags === undefined ? {} : { tags: tagsWith(recordOf(tags), stored) };
  return sayOf(sql, stored, { arn, accountId: owner, ...said, ...rest }, [{ entity: 'Account', entityId: owner }]);
}

async function deleteResource(sql: WritingSql, { resourceArn: arn }: ResourceName): Promise<Made> {
  await findResource(sql, arn);
  await sql.query('DELETE FROM "Resource" WHERE arn = $1', [arn]);
  return { touched: [touchingResource(arn)], result: arn };
}

/**
 * Services tell keys apart by their case, and conditions do not: with both, nobody could say which value a condition has.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-resourcetag
 */
function refuseAlike(stored: Readonly<Record<string, string>>, given: readonly GivenTag[]): void {
  const names = new Map(Object.keys(stored).map((key) => [key.toLowerCase(), key]));
  for (const { key } of given) {
    const other = names.get(key.toLowerCase());
    if (other === undefined || Object.hasOwn(stored, key)) continue;
    const message = `Duplicate tag keys found: the resource has the tag ${other}, which differs from ${key} in case alone. Remove it first.`;
    throw new RolegateError('InvalidInput', message, { field: 'tags' });
  }
}

/** Changes of resources. */
export const RESOURCE_CHANGES: ResourceChanges = {
  putResource,
  deleteResource,
  putResourcePolicy,
  deleteResourcePolicy,
  tagResource: async (sql, { resourceArn: arn, tags }) => {
    const before = await storedResource(sql, arn);
    // What AWS Organizations has is there without being entered.
    const stored = before ?? (await partOfOrganization(sql, arn)) ?? (await findResource(sql, arn));
    refuseAlike(stored.tags, tags);
    const all = tagsWith({ ...stored.tags, ...recordOf(tags) }, stored);
    return sayOf(sql, before, { arn, accountId: stored.accountId, tags: all });
  },
  untagResource: async (sql, { resourceArn: arn, tagKeys }) => {
    const stored = await findResource(sql, arn);
    const removed = new Set(tagKeys);
    const left = Object.fromEntries(Object.entries(stored.tags).filter(([key]) => !removed.has(key)));
    return sayOf(sql, stored, { arn, accountId: stored.accountId, tags: tagsWith(left, stored) });
  },
  putPublicAccessBlock,
  deletePublicAccessBlock,
  createGrant,
  revokeGrant,
  retireGrant: revokeGrant,
};
