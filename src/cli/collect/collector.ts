import { CommandFailed } from '../failure.ts';
import type { ProgressLine } from '../terminal.ts';
import { type Account, signInAgain } from './account.ts';
import type { AnswerFolder } from './answer-folder.ts';
import type { AwsAnswer, AwsCommand } from './aws-command.ts';
import type { AwsFailure } from './failure-of-aws.ts';
import { listMember, textMember } from './json.ts';
import type { ItemOperation, Items, Listing } from './operations.ts';
import { nameOf } from './permitted.ts';
import { type Item, itemsOf, type Question, questionOf } from './questions.ts';
import type { LeftOut } from './record.ts';
import { Slots } from './slots.ts';

/** Pages that are put together. */
const MAX_PAGES = 10_000;

/** What AWS says, and as it is kept. */
interface Answer {
  readonly value: object;
  readonly text: string;
}

/** Asks questions and keeps the answers, unless the folder has them. */
export class Collector {
  readonly #aws: AwsCommand;
  readonly #folder: AnswerFolder;
  readonly #progress: ProgressLine;
  readonly #slots: Slots;
  /** Operations that this `aws` command does not know are not tried for each item. */
  readonly #unsupported = new Map<string, AwsFailure>();
  /** Why nothing more is asked. */
  #stopped: CommandFailed | null = null;
  readonly #leftOut = new Map<string, LeftOut>();
  /** Shown before the counts. */
  stage = '';
  asked = 0;
  present = 0;

  /** `parallel`: how many questions are asked at once. */
  constructor(aws: AwsCommand, folder: AnswerFolder, progress: ProgressLine, parallel: number) {
    this.#aws = aws;
    this.#slots = new Slots(parallel);
    this.#folder = folder;
    this.#progress = progress;
  }

  get leftOut(): readonly LeftOut[] {
    return [...this.#leftOut.values()];
  }

  /** Keeps the answer of a question. Returns what it says, or null: it was left out. Throws CommandFailed, AccountRefused. */
  async answer(question: Question, options: { readonly anew?: boolean } = {}): Promise<unknown> {
    const path = this.#folder.pathOf(placeOf(question));
    if (path === null) return this.leaveOut(question, tooLong);
    if (options.anew !== true && (await this.#folder.has(question.account.id, path))) {
      const kept = await this.#folder.read(path);
      if (kept !== null) {
        this.present += 1;
        return kept;
      }
    }
    const asked = await this.#slots.use(
      async () => this.#unsupported.get(nameOf(question.operation)) ?? (await this.#ask(question)),
    );
    const answer = 'value' in asked ? asked : noneIn(asked, question);
    if (answer === null) {
      await this.#folder.remove(path);
      if ('kind' in asked) this.leaveOut(question, asked);
    } else {
      await this.#folder.write(path, answer.text);
      this.asked += 1;
      this.notLeftOut(question);
    }
    this.#progress.show(`${this.stage}${this.asked} answers, ${this.#leftOut.size} left out`);
    return answer?.value ?? null;
  }

  /** A list, and what there is to ask about each of its items. */
  async listing(account: Account, region: string | null, listing: Listing): Promise<void> {
    const question = questionOf(account, region, listing);
    const answer = await this.answer(question);
    if (answer === null || listing.items === undefined) return;
    const items = this.items(question, answer, listing.items);
    await Promise.all((listing.each ?? []).map((each) => this.each(account, region, each, items)));
  }

  /** The items of an answer; those without a usable name are left out by their number. */
  items(question: Question, answer: unknown, items: Items): readonly Item[] {
    const { found, unusable } = itemsOf(answer, items);
    const message = `${unusable} of its items have no name that can be given to a command`;
    if (unusable > 0) this.leaveOut(question, { kind: 'other', code: 'UnusableName', message });
    return found;
  }

  /** Asks one operation about each item. */
  async each(account: Account, region: string | null, operation: ItemOperation, items: readonly Item[]): Promise<void> {
    const questions = items.map((item) => questionOf(account, region, operation, item));
    const distinct = withoutTwins(questions, this.#folder.isCaseSensitive);
    for (const question of questions) if (!distinct.has(question)) this.leaveOut(question, twin);
    await Promise.all([...distinct].map((question) => this.answer(question)));
  }

  /** Notes that a question has no answer, once. */
  leaveOut(question: Question, failure: AwsFailure): null {
    const place = placeOf(question);
    // What the `aws` command does not know, it knows of no item.
    const { account, region, service, operation } = place;
    const argument = failure.kind === 'unsupported' ? null : place.argument;
    const { code, message } = failure;
    const entry = { account, region, service, operation, argument, code, message };
    this.#leftOut.set(JSON.stringify({ ...place, argument }), entry);
    return null;
  }

  /** It was answered in another way. */
  notLeftOut(question: Question): void {
    this.#leftOut.delete(JSON.stringify(placeOf(question)));
  }

  /** An account that cannot be asked anything. */
  leaveOutAccount(account: string, failure: Pick<AwsFailure, 'code' | 'message'>): void {
    const nothing = { region: null, service: null, operation: null, argument: null };
    this.#leftOut.set(account, { account, ...nothing, code: failure.code, message: failure.message });
  }

  async #ask(question: Question): Promise<Answer | AwsFailure> {
    if (this.#stopped !== null) throw this.#stopped;
    const pages: object[] = [];
    const tokens = new Set<string>();
    for (let token: string | null = null; ; ) {
      const answer = await this.#askPage(question, token === null ? [] : ['--next-token', token]);
      if (answer.kind === 'failure') {
        if (answer.failure.kind === 'unsupported') this.#unsupported.set(nameOf(question.operation), answer.failure);
        return answer.failure;
      }
      const page = objectIn(answer.text);
      if (page === null) return noJson;
      pages.push(page);
      token = nextToken(page);
      if (token === null) return whole(pages, question, answer.text);
      if (tokens.has(token) || pages.length === MAX_PAGES) return noEnd;
      tokens.add(token);
    }
  }

  /** Credentials of a role can expire between two questions, or be revoked: they are renewed once. */
  async #askPage({ account, operation, options }: Question, more: readonly string[]): Promise<AwsAnswer> {
    const identity = await account.identity();
    const answer = await this.#aws.ask(operation, [...options, ...more], identity);
    if (answer.kind === 'answer' || answer.failure.kind !== 'signIn') return answer;
    const renewed = await account.renewed(identity);
    const second = renewed === null ? answer : await this.#aws.ask(operation, [...options, ...more], renewed);
    if (second.kind === 'failure' && second.failure.kind === 'signIn') {
      this.#stopped = new CommandFailed(signInAgain(second.failure));
      throw this.#stopped;
    }
    return second;
  }
}

const tooLong: AwsFailure = { kind: 'other', code: 'NameTooLong', message: 'its name is too long for a file' };
const twin: AwsFailure = {
  kind: 'other',
  code: 'NameOnlyDiffersInCase',
  message: 'on this file system its file would be that of another item, whose name differs in case alone',
};
const noJson: AwsFailure = { kind: 'other', code: 'NoJson', message: 'the answer is no JSON object' };
const noEnd: AwsFailure = { kind: 'other', code: 'PagesWithoutEnd', message: 'the pages of the answer do not end' };

function placeOf({ account, region, operation: { service, operation }, argument }: Question) {
  return { account: account.id, region, service, operation, argument };
}

/** Without questions whose files would be one, where file names that differ in case are the same. */
export function withoutTwins(questions: readonly Question[], isCaseSensitive: boolean): ReadonlySet<Question> {
  const byName = new Map<string, Question>();
  for (const question of questions) {
    const argument = question.argument ?? '';
    const name = isCaseSensitive ? argument : argument.toLowerCase();
    if (!byName.has(name)) byName.set(name, question);
  }
  return new Set(byName.values());
}

/** The AWS command line prints nothing at all for some empty answers. */
function objectIn(text: string): object | null {
  if (text.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

/** The AWS command line puts pages together by itself, but not for operations such as `events list-event-buses`. */
function nextToken(page: object): string | null {
  return textMember(page, 'NextToken') || textMember(page, 'nextToken') || null;
}

/** A failure by which AWS says that there is none, as an answer. */
function noneIn({ code }: AwsFailure, { operation }: Question): Answer | null {
  if (operation.none?.includes(code) !== true) return null;
  const value = { Error: { Code: code } };
  return { value, text: `${JSON.stringify(value)}\n` };
}

function whole(pages: readonly object[], { omit }: Question, text: string): Answer {
  const [first = {}] = pages;
  if (pages.length === 1 && omit === null && text.trim() !== '') return { value: first, text };
  const { NextToken: _, nextToken: __, ...value }: Record<string, unknown> = { ...first };
  for (const name of Object.keys(value)) {
    if (!Array.isArray(value[name])) continue;
    const list = pages.flatMap((page) => listMember(page, name));
    value[name] = omit?.list === name ? list.map((entry) => without(entry, omit.members)) : list;
  }
  return { value, text: `${JSON.stringify(value, null, 2)}\n` };
}

function without(entry: unknown, members: readonly string[]): unknown {
  if (typeof entry !== 'object' || entry === null) return entry;
  return Object.fromEntries(Object.entries(entry).filter(([name]) => !members.includes(name)));
}
