import type {
  AccountInput,
  DirectoryDocument,
  GroupInput,
  InstanceProfileInput,
  ManagedPolicyInput,
  RoleInput,
  UserInput,
} from '../directory/document.ts';
import { InvalidInput } from '../policy/errors.ts';
import type { JsonObject } from '../policy/json.ts';
import { describeJson, parseBoundedJson, shorten } from './bounded-json.ts';
import { Collection } from './collection.ts';
import { Entry, isJsonObject } from './entry.ts';
import { findAnswers, type LISTS } from './find-answers.ts';
import { GroupNames, readGroup } from './groups.ts';
import { findHome, type Home } from './home.ts';
import { isAccountId, parseIamArn } from './iam-arn.ts';
import { readManagedPolicy } from './managed-policies.ts';
import { readInstanceProfiles, readRole } from './roles.ts';
import { readUser } from './users.ts';
import { Warnings } from './warnings.ts';

/** 32 MiB of ASCII: the export of an account at its quotas is half of that. */
export const MAX_IMPORT_CHARACTERS = 33_554_432;

const LIMITS = { characters: MAX_IMPORT_CHARACTERS, depth: 64, values: 1_000_000 };
const EXPECTED = 'the JSON that `aws iam get-account-authorization-details` prints';

type ListName = (typeof LISTS)[number];

/** The result of an import, and what it could not understand. */
export interface ParsedImport {
  readonly document: DirectoryDocument;
  readonly warnings: readonly string[];
}

/**
 * Reads an answer of IAM's GetAccountAuthorizationDetails: whole, one page of it, a list of pages, or answers within a
 * recording; without some of its lists; with policy documents as objects, JSON or URL-encoded text.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
 *
 * Everything that can be stored is stored; a warning names the entity and element of what cannot be understood. Throws
 * InvalidInput on `document` if it is too large, not JSON, or no such answer.
 *
 * A list that the export lacks is left out of the document, so that stored data stays. An entity's own lists are complete,
 * and replace stored data.
 */
export function parseAccountAuthorizationDetails(text: string): ParsedImport {
  const json = parseBoundedJson(text, 'document', EXPECTED, LIMITS);
  const answers = findAnswers(json);
  if (answers.length === 0) {
    const message = `\`document\` is not ${EXPECTED}: expected \`UserDetailList\`, \`GroupDetailList\`, \`RoleDetailList\` or \`Policies\` (with \`PolicyVersionList\`), found ${describeJson(json)}`;
    throw new InvalidInput('document', message);
  }
  return new ImportReader(answers).read();
}

/** Reads the entities of all answers, kind by kind: users name groups that may be on another page. */
class ImportReader {
  readonly #answers: readonly JsonObject[];
  readonly #home: Home;
  readonly #warnings = new Warnings();
  readonly #accounts = new Map<string, AccountInput>();

  constructor(answers: readonly JsonObject[]) {
    this.#answers = answers;
    this.#home = findHome(answers);
  }

  read(): ParsedImport {
    this.#warnOfMissingPages();
    const groupNames = new GroupNames();
    const policies = this.#collect<ManagedPolicyInput>('Policies', 'policy', 'PolicyName', 'PolicyId', (entry) =>
      readManagedPolicy(entry, this.#home),
    );
    const groups = this.#collect<GroupInput>('GroupDetailList', 'group', 'GroupName', 'GroupId', (entry) =>
      readGroup(entry, groupNames, this.#home),
    );
    const users = this.#collect<UserInput>('UserDetailList', 'user', 'UserName', 'UserId', (entry) =>
      readUser(entry, groupNames, this.#home),
    );
    const instanceProfiles = new Collection<InstanceProfileInput>();
    const roles = this.#collect<RoleInput>('RoleDetailList', 'role', 'RoleName', 'RoleId', (entry) => {
      const role = readRole(entry, this.#home);
      for (const found of role === null ? [] : readInstanceProfiles(entry, role.arn, this.#home)) {
        instanceProfiles.add(found.entry, 'InstanceProfileId', found.profile);
      }
      return role;
    });
    const absent = groupNames.absent();
    const document: DirectoryDocument = {
      accounts: [...this.#accounts.values()],
      ...(policies && { policies }),
      ...((groups || absent.length > 0) && { groups: [...(groups ?? []), ...absent] }),
      ...(users && { users }),
      ...(roles && { roles, instanceProfiles: instanceProfiles.list() }),
    };
    return { document, warnings: this.#warnings.list() };
  }

  /** The entities of one list over all answers; undefined if no answer has it. */
  #collect<T extends { readonly arn: string; readonly id?: string }>(
    list: ListName,
    kind: string,
    nameKey: string,
    idKey: string,
    read: (entry: Entry) => T | null,
  ): readonly T[] | undefined {
    const collection = new Collection<T>();
    let isPresent = false;
    for (const answer of this.#answers) {
      const items = new Entry('document', answer, this.#warnings).list(list);
      isPresent ||= items !== undefined;
      for (const [index, item] of (items ?? []).entries()) {
        if (!isJsonObject(item)) {
          this.#warnings.add(`${list}[${index}]`, '', `expected an object, found ${describeJson(item)}`);
          continue;
        }
        const entry = new Entry(label(item, kind, nameKey, `${list}[${index}]`), item, this.#warnings);
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

  /** A page followed by another one is complete together with it; only the last one can leave something out. */
  #warnOfMissingPages(): void {
    const last = this.#answers.at(-1);
    if (last === undefined || (last['IsTruncated'] !== true && typeof last['Marker'] !== 'string')) return;
    this.#warnings.add(
      'document',
      'IsTruncated',
      'this is one page of the answer; what follows it is missing. Without `--max-items` the command prints all pages',
    );
  }
}

function label(item: JsonObject, kind: string, nameKey: string, place: string): string {
  const name = item[nameKey] ?? item['Arn'];
  return typeof name === 'string' && name !== '' ? `${kind} ${shorten(name)}` : place;
}
