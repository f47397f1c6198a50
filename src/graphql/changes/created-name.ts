import type { NewName } from '../../directory/apply/entity-arn.ts';
import { partitionOf } from '../../guard/creation-attempts.ts';
import type { GatewayContext } from '../context.ts';

interface Given {
  readonly accountId: string;
  readonly path?: string | null | undefined;
}

/** Where a new entity is made: in the partition of its account, at `/` if no path is given. */
export async function newName(context: GatewayContext, { accountId, path }: Given): Promise<NewName> {
  return { accountId, partition: await partitionOf(context, accountId), path: path ?? '/' };
}

// Descriptions that creations share.
export const IN_ACCOUNT = 'The account in which it is made';
export const NEW_PATH = 'Begins and ends with a slash: `/division/team/`, at most 512 characters. Left out: `/`';
export const NEW_TAGS = 'Tags that it begins with, at most 50. They need the action for tags as well';
export const GIVEN_TAGS =
  'Tags to add, at most 50; one whose key differs from that of a tag in case alone takes its place';
export const GIVEN_TAG_KEYS = 'Keys of the tags to take away, in any case; keys that it does not have are passed over';

/** `most`: characters. */
export function nameOf(noun: string, most: 64 | 128): string {
  return `Name of the ${noun}: 1 to ${most} characters of A-Z a-z 0-9 _ + = , . @ -, unique in the account without regard to case`;
}
