import type { GroupInput } from '../directory/document.ts';
import { shorten } from './bounded-json.ts';
import type { Entry } from './entry.ts';
import { readHolder } from './holder.ts';
import { entityArn, type Home } from './home.ts';
import { formatIamArn, type IamArn } from './iam-arn.ts';

const KEYS = { id: 'GroupId', inlinePolicies: 'GroupPolicyList' };

/** Users name their groups without the path; a name is unique in its account, whatever the path. */
export class GroupNames {
  readonly #arns = new Map<string, string>();
  readonly #absent = new Set<string>();

  add(arn: IamArn): void {
    this.#arns.set(`${arn.account}/${arn.name}`, formatIamArn(arn));
  }

  /**
   * The ARN of the group `name` in the account of `user`. One that the export does not have (a page without it, an
   * export of users alone) is taken to have the path `/`, with a warning.
   */
  arnOf(user: IamArn, name: string, entry: Entry): string {
    const known = this.#arns.get(`${user.account}/${name}`);
    if (known !== undefined) return known;
    const arn = formatIamArn({ ...user, type: 'group', path: '/', name });
    this.#absent.add(arn);
    entry.warn(
      'GroupList',
      `the group \`${shorten(name)}\` is not in the export; \`${arn}\` is known without its policies until it is imported`,
    );
    return arn;
  }

  /** Groups that have members and that the export lacks: they must exist. */
  absent(): readonly GroupInput[] {
    return Array.from(this.#absent, (arn) => ({ arn }));
  }
}

/** One entry of GroupDetailList. Null, with a warning: it has no name. */
export function readGroup(entry: Entry, names: GroupNames, home: Home): GroupInput | null {
  const arn = entityArn(entry, 'group', 'GroupName', home);
  if (arn === null) return null;
  names.add(arn);
  return readHolder(entry, arn, KEYS, home);
}
