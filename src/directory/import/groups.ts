import type { GroupInput } from '../document.ts';
import type { Entry } from './entry.ts';
import { readHolder } from './holder.ts';
import { entityArn, type Home } from './home.ts';
import { formatIamArn, type IamArn } from './iam-arn.ts';

const KEYS = { id: 'GroupId', inlinePolicies: 'GroupPolicyList' };

/** Users name their groups without the path; a name is unique in its account whatever the path. */
export class GroupNames {
  readonly #arns = new Map<string, string>();

  add(arn: IamArn): void {
    this.#arns.set(`${arn.account}/${arn.name}`, formatIamArn(arn));
  }

  /** The ARN of the group `name` in the account of `user`; with the path `/` where the export does not have the group. */
  arnOf(user: IamArn, name: string): string {
    return this.#arns.get(`${user.account}/${name}`) ?? formatIamArn({ ...user, type: 'group', path: '/', name });
  }
}

/** One entry of GroupDetailList. Null, with a warning: it cannot be named. */
export function readGroup(entry: Entry, names: GroupNames, home: Home): GroupInput | null {
  const arn = entityArn(entry, 'group', 'GroupName', home);
  if (arn === null) return null;
  names.add(arn);
  return readHolder(entry, arn, KEYS, home);
}
