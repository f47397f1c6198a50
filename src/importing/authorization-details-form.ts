import type { DirectoryDocument, UserInput } from '../directory/document.ts';
import type { JsonObject } from '../policy/json.ts';
import { parseAnswerPath } from './answer-name.ts';
import { isNamedOperation } from './answers/operations.ts';
import { AuthorizationDetailsReader } from './authorization-details-reader.ts';
import { type Facts, type IamList, policyVersionKey } from './facts.ts';
import { findAnswers, type LISTS } from './find-answers.ts';
import { GroupNames } from './groups.ts';
import { findHome, type Home } from './home.ts';
import { isAccountId, parseIamArn } from './iam-arn.ts';
import type { Form } from './recognise.ts';
import type { ParsedFile } from './source-file.ts';
import { isTruncated } from './truncation.ts';

const OPERATION = 'get-account-authorization-details';
const LIST_NAMES = {
  UserDetailList: 'users',
  GroupDetailList: 'groups',
  RoleDetailList: 'roles',
  Policies: 'policies',
} as const satisfies Record<(typeof LISTS)[number], IamList>;

const LIST_ENTRIES = Object.entries(LIST_NAMES) as readonly [keyof typeof LIST_NAMES, IamList][];

/** The answers of one file. */
interface FileAnswers {
  readonly file: string;
  readonly answers: readonly JsonObject[];
  readonly home: Home;
  /** Its name says that the command was asked for everything. */
  readonly isNamedForAll: boolean;
  /** It is not cut off: what would follow its last answer is not missing. */
  readonly hasEnd: boolean;
}

/**
 * Answers of IAM's GetAccountAuthorizationDetails. Files of one account belong together: users of one name groups of another.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
 *
 * An entity's entry is always whole. A list is whole if the command line printed it without paging it: then what it does not
 * hold is gone. Nothing tells whether a page is missing where there are pages; and a filter leaves lists empty. So an empty
 * list, and a page that says that it is the last, count only in a file whose name says that everything was asked for.
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
    const last = answers.at(-1);
    if (last === undefined) return null;
    const found = findHome(answers);
    // Whoever puts accounts together in one file cannot mean one of them, unless the file is named for one.
    const mayBeNamed = !found.isMixed || name.operation === OPERATION;
    const home = { ...found, account: found.account ?? (mayBeNamed ? name.account : null) };
    const isNamedForAll = name.operation === OPERATION && name.account === home.account && name.arguments.length === 0;
    // What several accounts are mixed in is read by itself: its entities name their accounts.
    const key = home.account ?? file.path;
    const files = this.#accounts.get(key) ?? [];
    this.#accounts.set(key, files);
    files.push({ file: file.path, answers, home, isNamedForAll, hasEnd: !isTruncated(last) });
    return `answer of iam ${OPERATION}`;
  }

  finish(): void {
    for (const files of this.#accounts.values()) this.#readAccount(files);
  }

  #readAccount(files: readonly FileAnswers[]): void {
    const groupNames = new GroupNames();
    const readers = files.map(({ file, answers, home }) => ({
      file,
      reader: new AuthorizationDetailsReader(answers, this.#facts.notes.of(file), home, groupNames),
    }));
    // Without this, a group that stands in another file would be taken to have the path `/`.
    if (readers.length > 1) for (const { reader } of readers) reader.readGroupNames();
    const described = new Set<IamList>(LIST_ENTRIES.map(([, list]) => list));
    const documents: DirectoryDocument[] = [];
    for (const [index, { file, reader }] of readers.entries()) {
      const document = reader.read();
      documents.push(document);
      this.#say(document, file);
      // Of an entry that is left out, nobody knows what it is.
      for (const [name, list] of LIST_ENTRIES) {
        if ((document[list]?.length ?? 0) < entryCount(files[index]?.answers ?? [], name)) described.delete(list);
      }
    }
    const absent = groupNames.absent();
    for (const { arn } of absent) this.#facts.groups.say(arn, {}, { file: files[0]?.file ?? '', place: 'GroupList' });
    if (absent.length > 0) described.delete('groups');
    if (lacksPolicies(documents)) described.delete('policies');
    this.#sayLists(files, documents, described);
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

  #sayLists(
    files: readonly FileAnswers[],
    documents: readonly DirectoryDocument[],
    described: ReadonlySet<IamList>,
  ): void {
    const account = files[0]?.home.account ?? null;
    if (account === null || !files.some(({ hasEnd }) => hasEnd)) return;
    const [only] = files.length === 1 ? files : [];
    for (const [name, list] of LIST_ENTRIES) {
      const isPresent = files.some(({ answers }) => answers.some((answer) => Object.hasOwn(answer, name)));
      if (!isPresent || !described.has(list)) continue;
      this.#facts.describesAll(account, list);
      if (only !== undefined && (only.isNamedForAll || (!isPage(only.answers) && holdsAny(documents, list, account)))) {
        this.#facts.isWhole({ accountId: account, kind: list });
      }
    }
  }
}

function holdsAny(documents: readonly DirectoryDocument[], list: IamList, account: string): boolean {
  return documents.some(
    (document) => document[list]?.some(({ arn }) => parseIamArn(arn)?.account === account) === true,
  );
}

/** The details hold every policy that is attached. AWS's own may be missing: the catalogue has their documents. */
function lacksPolicies(documents: readonly DirectoryDocument[]): boolean {
  const held = new Set(documents.flatMap(({ policies = [] }) => policies.map(({ arn }) => arn)));
  const isMissing = (arn: string) => parseIamArn(arn)?.account !== 'aws' && !held.has(arn);
  const lacks = ({ attachedPolicies = [], permissionsBoundary }: Partial<UserInput>) =>
    attachedPolicies.some(isMissing) || (typeof permissionsBoundary === 'string' && isMissing(permissionsBoundary));
  return documents.some(({ users = [], groups = [], roles = [] }) => [...users, ...groups, ...roles].some(lacks));
}

/** The command line joins pages and then prints no IsTruncated; with it, a last page looks like an only one. */
function isPage(answers: readonly JsonObject[]): boolean {
  return answers.some((answer) => Object.hasOwn(answer, 'IsTruncated'));
}

function entryCount(answers: readonly JsonObject[], name: string): number {
  return answers.reduce((count, answer) => {
    const list = Object.hasOwn(answer, name) ? answer[name] : undefined;
    return count + (Array.isArray(list) ? list.length : 0);
  }, 0);
}
