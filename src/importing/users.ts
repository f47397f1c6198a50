import type { UserInput } from '../directory/document.ts';
import { optional } from './collection.ts';
import type { Entry } from './entry.ts';
import type { GroupNames } from './groups.ts';
import { permissionsBoundary, readHolder } from './holder.ts';
import { entityArn, type Home } from './home.ts';

const KEYS = { id: 'UserId', inlinePolicies: 'UserPolicyList' };

/**
 * One entry of UserDetailList. Null, with a warning: it cannot be named. A user without inline policies has no
 * UserPolicyList: of all the lists, AWS leaves out this one when it is empty.
 */
export function readUser(entry: Entry, groupNames: GroupNames, home: Home): UserInput | null {
  const arn = entityArn(entry, 'user', 'UserName', home);
  if (arn === null) return null;
  const groups = entry.texts('GroupList')?.map((name) => groupNames.arnOf(arn, name, entry));
  return {
    inlinePolicies: [],
    ...readHolder(entry, arn, KEYS, home),
    ...optional('tags', entry.tags()),
    ...optional('permissionsBoundary', permissionsBoundary(entry, home)),
    ...optional('groups', groups && [...new Set(groups)]),
  };
}
