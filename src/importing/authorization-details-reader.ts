import type {
  AccountInput,
  DirectoryDocument,
  GroupInput,
  InstanceProfileInput,
  ManagedPolicyInput,
  RoleInput,
  UserInput,
} from '../directory/document.ts';
import type { JsonObject } from '../policy/json.ts';
import { describeJson, shorten } from './bounded-json.ts';
import { Collection } from './collection.ts';
import { Entry, isJsonObject } from './entry.ts';
import type { LISTS } from './find-answers.ts';
import { type GroupNames, readGroup } from './groups.ts';
import type { Home } from './home.ts';
import { isAccountId, parseIamArn } from './iam-arn.ts';
import { readManagedPolicy } from './managed-policies.ts';
import { readInstanceProfiles, readRole } from './roles.ts';
import { readUser } from './users.ts';
import type { WarningSink } from './warnings.ts';

type ListName = (typeof LISTS)[number];

const SILENT: WarningSink = { add: () => undefined };

/** Reads the entities of all answers, kind by kind: users name groups that may be on another page. */
export class AuthorizationDetailsReader {
  readonly #answers: readonly JsonObject[];
  readonly #home: Home;
  readonly #warnings: WarningSink;
  readonly #groupNames: GroupNames;
  readonly #accounts = new Map<string, AccountInput>();

  constructor(answers: readonly JsonObject[], warnings: WarningSink, home: Home, groupNames: GroupNames) {
    this.#answers = answers;
    this.#warnings = warnings;
    this.#home = home;
    this.#groupNames = groupNames;
  }

  /** The names of groups alone, so that users of other answers find them. Says nothing of what is not understood. */
  readGroupNames(): void {
    this.#groups(SILENT);
  }

  /** Groups that only users name are in `groupNames.absent()`. */
  read(): DirectoryDocument {
    const policies = this.#collect<ManagedPolicyInput>('Policies', 'policy', 'PolicyName', 'PolicyId', (entry) =>
      readManagedPolicy(entry, this.#home),
    );
    const groups = this.#groups(this.#warnings);
    const users = this.#collect<UserInput>('UserDetailList', 'user', 'UserName', 'UserId', (entry) =>
      readUser(entry, this.#groupNames, this.#home),
    );
    const instanceProfiles = new Collection<InstanceProfileInput>();
    const roles = this.#collect<RoleInput>('RoleDetailList', 'role', 'RoleName', 'RoleId', (entry) => {
      const role = readRole(entry, this.#home);
      for (const found of role === null ? [] : readInstanceProfiles(entry, role.arn, this.#home)) {
        instanceProfiles.add(found.entry, 'InstanceProfileId', found.profile);
      }
      return role;
    });
    return {
      accounts: [...this.#accounts.values()],
      ...(policies && { policies }),
      ...(groups && { groups }),
      ...(users && { users }),
      ...(roles && { roles, instanceProfiles: instanceProfiles.list() }),
    };
  }

  #groups(warnings: WarningSink): readonly GroupInput[] | undefined {
    return this.#collect<GroupInput>(
      'GroupDetailList',
      'group',
      'GroupName',
      'GroupId',
      (entry) => readGroup(entry, this.#groupNames, this.#home),
      warnings,
    );
  }

  /** The entities of one list over all answers; undefined if no answer has it. */
  #collect<T extends { readonly arn: string; readonly id?: string }>(
    list: ListName,
    kind: string,
    nameKey: string,
    idKey: string,
    read: (entry: Entry) => T | null,
    warnings = this.#warnings,
  ): readonly T[] | undefined {
    const collection = new Collection<T>();
    let isPresent = false;
    for (const answer of this.#answers) {
      const items = new Entry('document', answer, warnings).list(list);
      isPresent ||= items !== undefined;
      for (const [index, item] of (items ?? []).entries()) {
        if (!isJsonObject(item)) {
          warnings.add(`${list}[${index}]`, '', `expected an object, found ${describeJson(item)}`);
          continue;
        }
        const entry = new Entry(label(item, kind, nameKey, `${list}[${index}]`), item, warnings);
        const entity = read(entry);
        if (entity === null) continue;
        collection.add(entry, idKey, entity);
        this.#noteAccount(entity.arn);
      }
    }
    return isPresent ? collection.list() : undefined;
  }

  #noteAccount(arn: string): void {
    const { account, partition } = parseIamArn(arn) ?? this.#home;
    if (account !== null && isAccountId(account) && !this.#accounts.has(account)) {
      this.#accounts.set(account, { id: account, partition });
    }
  }
}

function label(item: JsonObject, kind: string, nameKey: string, place: string): string {
  const name = item[nameKey] ?? item['Arn'];
  return typeof name === 'string' && name !== '' ? `${kind} ${shorten(name)}` : place;
}
