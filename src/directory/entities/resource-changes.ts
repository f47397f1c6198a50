import { RolegateError } from '../../policy/errors.ts';
import type { WritingSql } from '../prisma/database.ts';
import type { Made } from './change-of.ts';
import { createGrant, revokeGrant } from './grants.ts';
import { deletePublicAccessBlock, putPublicAccessBlock } from './public-access.ts';
import type { ResourceChanges, ResourceEntry, ResourceName } from './resource-inputs.ts';
import { deleteResourcePolicy, putResourcePolicy } from './resource-policies.ts';
import {
  accountIn,
  checkAccount,
  findResource,
  recordOf,
  sayOf,
  storedResource,
  tagsWith,
  touchingResource,
} from './resources.ts';

async function putResource(
  sql: WritingSql,
  { resourceArn: arn, accountId, tags, ...rest }: ResourceName & ResourceEntry,
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
  const said = tags === undefined ? {} : { tags: tagsWith(recordOf(tags), stored) };
  return sayOf(sql, stored, { arn, accountId: owner, ...said, ...rest }, [{ entity: 'Account', entityId: owner }]);
}

async function deleteResource(sql: WritingSql, { resourceArn: arn }: ResourceName): Promise<Made> {
  await findResource(sql, arn);
  await sql.query('DELETE FROM "Resource" WHERE arn = $1', [arn]);
  return { touched: [touchingResource(arn)], result: arn };
}

/** Changes of resources. */
export const RESOURCE_CHANGES: ResourceChanges = {
  putResource,
  deleteResource,
  putResourcePolicy,
  deleteResourcePolicy,
  tagResource: async (sql, { resourceArn: arn, tags }) => {
    const stored = await findResource(sql, arn);
    const all = tagsWith({ ...stored.tags, ...recordOf(tags) }, stored);
    return sayOf(sql, stored, { arn, accountId: stored.accountId, tags: all });
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
};
