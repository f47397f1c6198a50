import type { DirectoryDocument, UserInput } from '../directory/document.ts';
import type { JsonObject } from '../policy/json.ts';
import { parseAnswerPath } from './answer-name.ts';
import { isNamedOperation } from './answers/operations.ts';
import { AuthorizationDetailsReader } from './authorization-details-reader.ts';
import { type DetailsFile, sortPages, type WholeAnswer } from './details-pages.ts';
import { type Facts, type IamList, policyVersionKey } from './facts.ts';
import { findAnswers, type LISTS } from './find-answers.ts';
import { GroupNames } from './groups.ts';
import { findHome, type Home } from './home.ts';
import { isAccountId, parseIamArn } from './iam-arn.ts';
import type { Form } from './recognise.ts';
import type { ParsedFile } from './source-file.ts';

const OPERATION = 'get-account-authorization-details';
const LIST_NAMES = {
  UserDetailList: 'users',
  GroupDetailList: 'groups',
  RoleDetailList: 'roles',
  Policies: 'policies',
} as const satisfies Record<(typeof LISTS)[number], IamList>;

const LIST_ENTRIES = Object.entries(LIST_NAMES) as readonly [keyof typeof LIST_NAMES, IamList][];

/** The answers of one file. */
interface FileAnswers extends DetailsFile {
  readonly home: Home;
}

/** The same, read. */
interface ReadAnswers extends FileAnswers {
  readonly document: DirectoryDocument;
}

/**
 * Answers of IAM's GetAccountAuthorizationDetails. Files of one account belong together: users of one name groups of another.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
 *
 * An entity's entry is always whole. A list is known in full if one whole answer (details-pages.ts) holds all of it that any
 * file of the account holds. What a list does not hold is gone only if that answer is the only one; and a filter leaves lists
 * empty, so that an empty list removes something only if the name of its file says that everything was asked for.
 */
export class AuthorizationDetailsForm implements Form {
  readonly #facts: Facts;
  readonly #accounts = new Map<string, FileAnswers[]>();

  constructor(facts: Facts) {
    this.#facts = facts;
  }

  take(file: ParsedFile): string | null {
    const name = parseAnswerPath(file.path);
    // An empty list of another operation looks like an empty one of this.
    if (isNamedOperation(name)) return null;
    const answers = findAnswers(file.json);
    if (answers.length === 0) return null;
    const found = findHome(answers);
    // Whoever puts accounts together in one file cannot mean one of them, unless the file is named for one.
    const mayBeNamed = !found.isMixed || name.operation === OPERATION;
    const home = { ...found, account: found.account ?? (mayBeNamed ? name.account : null) };
    const isOfAccount = name.account === null || name.account === home.account;
    const ofOperation = name.operation === OPERATION && isOfAccount ? name : null;
    // What several accounts are mixed in is read by itself: its entities name their accounts.
    const key = home.account ?? file.path;
    const files = this.#accounts.get(key) ?? [];
    this.#accounts.set(key, files);
    files.push({ file: file.path, answers, home, name: ofOperation });
    return `answer of iam ${OPERATION}`;
  }

  finish(): void {
    for (const files of this.#accounts.values()) this.#readAccount(files);
  }

  #readAccount(files: readonly FileAnswers[]): void {
    const groupNames = new GroupNames();
    const readers = files.map(({ file, answers, home }) => {
      return new AuthorizationDetailsReader(answers, this.#facts.notes.of(file), home, groupNames);
    });
    // Without this, a group that stands in another file would be taken to have the path `/`.
    if (readers.length > 1) for (const reader of readers) reader.readGroupNames();
    const described = new Set<IamList>(LIST_ENTRIES.map(([, list]) => list));
    const read: ReadAnswers[] = [];
    for (const [index, file] of files.entries()) {
      const document = readers[index]?.read() ?? {};
      read.push({ ...file, document });
      this.#say(document, file.file);
      // Of an entry that is left out, nobody knows what it is.
      for (const [name, list] of LIST_ENTRIES) {
        if ((document[list]?.length ?? 0) < entryCount(file.answers, name)) described.delete(list);
      }
    }
    const absent = groupNames.absent();
    for (const { arn } of absent) this.#facts.groups.say(arn, {}, { file: files[0]?.file ?? '', place: 'GroupList' });
    if (absent.length > 0) described.delete('groups');
    if (lacksPolicies(read.map(({ document }) => document))) described.delete('policies');
    this.#sayLists(read, described);
  }

  #say(document: DirectoryDocument, file: string): void {
    const facts = this.#facts;
    const at = (kind: string, arn: string) => ({ file, place: `${kind} ${arn}` });
    for (const { id, ...account } of document.accounts ?? []) {
      facts.accounts.say(
        id,
        { ...(account.partition !== undefined && { partition: account.partition }) },
        at('account', id),
      );
      facts.describesSome(id);
    }
    for (const { arn, ...user } of document.users ?? []) facts.users.say(arn, user, at('user', arn));
    for (const { arn, ...group } of document.groups ?? []) facts.groups.say(arn, group, at('group', arn));
    for (const { arn, ...role } of document.roles ?? []) facts.roles.say(arn, role, at('role', arn));
    for (const { arn, ...profile } of document.instanceProfiles ?? []) {
      facts.instanceProfiles.say(arn, profile, at('instance profile', arn));
    }
    for (const { arn, versions, ...policy } of document.policies ?? []) {
      // Of AWS's own policies, the details need not have old versions.
      const isOwn = isAccountId(parseIamArn(arn)?.account ?? '');
      facts.policies.say(arn, { ...policy, ...(isOwn && { wholeVersions: true }) }, at('policy', arn));
      for (const { versionId, ...version } of versions) {
        facts.policyVersions.say(policyVersionKey(arn, versionId), version, at('policy', arn));
      }
    }
  }

  #sayLists(files: readonly ReadAnswers[], described: ReadonlySet<IamList>): void {
    const { whole, loose } = sortPages(files);
    const { notes } = this.#facts;
    for (const { file, reason } of loose) notes.of(file.file).add('document', 'IsTruncated', reason);
    const account = files[0]?.home.account ?? null;
    for (const { file, home } of files) if (account === null && home.isMixed) notes.of(file).add('document', '', MIXED);
    if (account === null) return;
    const only = whole.find((answer) => answer.files.length === files.length);
    for (const [name, list] of LIST_ENTRIES) {
      if (!described.has(list)) continue;
      const describing = whole.filter((answer) => describes(answer, name));
      if (describing.length === 0) continue;
      const held = ownArns(files, list, account);
      if (!describing.some((answer) => ownArns(answer.files, list, account).size === held.size)) {
        const place = { file: files[0]?.file ?? '', place: name };
        this.#facts.note(
          place,
          'files of this account hold different parts of the list: nothing says that they are all',
        );
        continue;
      }
      this.#facts.describesAll(account, list);
      if (only !== undefined && (only.isNamedForAll || held.size > 0)) {
        this.#facts.isWhole({ accountId: account, kind: list });
      }
    }
  }
}

/** Why a file makes no list whole. */
const MIXED =
  'it holds entities of several accounts, and no answer of AWS does: nothing says that it lists all of any of them. If it is ' +
  'that of one account, name it `ACCOUNT/iam/get-account-authorization-details.json`';

/** Whether an answer has the list in full. */
function describes({ files, asked }: WholeAnswer<FileAnswers>, name: keyof typeof LIST_NAMES): boolean {
  if (asked !== null && !asked.includes(LIST_NAMES[name])) return false;
  return files.some(({ answers }) => answers.some((answer) => Object.hasOwn(answer, name)));
}

/** AWS's own policies are in the catalogue: which of them a file holds does not matter. */
function ownArns(files: readonly ReadAnswers[], list: IamList, account: string): ReadonlySet<string> {
  const arns = files.flatMap(({ document }) => (document[list] ?? []).map(({ arn }) => arn));
  return new Set(arns.filter((arn) => parseIamArn(arn)?.account === account));
}

/** The details hold every policy that is attached. AWS's own may be missing: the catalogue has their documents. */
function lacksPolicies(documents: readonly DirectoryDocument[]): boolean {
  const held = new Set(documents.flatMap(({ policies = [] }) => policies.map(({ arn }) => arn)));
  const isMissing = (arn: string) => parseIamArn(arn)?.account !== 'aws' && !held.has(arn);
  const lacks = ({ attachedPolicies = [], permissionsBoundary }: Partial<UserInput>) =>
    attachedPolicies.some(isMissing) || (typeof permissionsBoundary === 'string' && isMissing(permissionsBoundary));
  return documents.some(({ users = [], groups = [], roles = [] }) => [...users, ...groups, ...roles].some(lacks));
}

/** What stands in place of a list, and is not empty as some serializers write it, is one entry, whatever it is. */
function entryCount(answers: readonly JsonObject[], name: string): number {
  return answers.reduce((count, answer) => {
    const list = Object.hasOwn(answer, name) ? (answer[name] ?? []) : [];
    if (typeof list !== 'object') return count + 1;
    return count + (Array.isArray(list) ? list.length : Math.min(Object.keys(list).length, 1));
  }, 0);
}
