import type { JsonObject, JsonValue } from '../../policy/json.ts';
import { PARTITIONS, regionsOf } from '../../policy/regions.ts';
import { type AnswerName, parseAnswerPath } from '../answer-name.ts';
import { Entry, isJsonObject } from '../entry.ts';
import type { Facts } from '../facts.ts';
import type { Form } from '../recognise.ts';
import type { ParsedFile } from '../source-file.ts';
import { isTruncated } from '../truncation.ts';
import { hasFailed, type Operation } from './answer.ts';
import { OPERATIONS } from './operations.ts';

interface Taken {
  readonly file: string;
  readonly name: AnswerName;
  readonly operation: Operation;
  readonly json: JsonObject;
  /** Answers with the same key are pages of one. */
  readonly key: string;
}

/**
 * Answers that the AWS command line prints. The name of the file says which it is (answer-name.ts); else it is recognised by
 * its members, if they say enough.
 */
export class AnswersForm implements Form {
  readonly #facts: Facts;
  readonly #taken: Taken[] = [];
  /** Keys of which some page says that another one follows. */
  readonly #truncated = new Set<string>();

  constructor(facts: Facts) {
    this.#facts = facts;
  }

  take(file: ParsedFile): string | null {
    const json = joinPages(file.json);
    if (json === null) return null;
    const name = parseAnswerPath(file.path);
    const operation = operationOf(name, json);
    if (operation === null) return null;
    this.#notePartition(name, file);
    const key = [name.account, name.region, operation.command, ...name.arguments].join(' ');
    if (isTruncated(json)) this.#truncated.add(key);
    this.#taken.push({ file: file.path, name, operation, json, key });
    return `answer of ${operation.command}`;
  }

  finish(): void {
    // In the order of the operations: those that name organizations come first.
    const order = new Map(OPERATIONS.map((operation, index) => [operation, index]));
    const inOrder = this.#taken.sort(
      (one, other) => (order.get(one.operation) ?? 0) - (order.get(other.operation) ?? 0),
    );
    for (const { file, name, operation, json, key } of inOrder) {
      const entry = new Entry('', json, this.#facts.notes.of(file));
      const error = errorCode(json);
      const { command } = operation;
      const answer = { file, command, name, entry, error, isWhole: !this.#truncated.has(key), facts: this.#facts };
      if (!hasFailed(answer, operation)) operation.read(answer);
    }
  }

  /** ARNs of buckets have to be made up, with the partition of the account. */
  #notePartition({ account, region }: AnswerName, file: ParsedFile): void {
    if (account === null || region === null) return;
    const partition = PARTITIONS.find((name) => regionsOf(name).includes(region));
    if (partition !== undefined) this.#facts.accounts.say(account, { partition }, { file: file.path, place: '' });
  }
}

function operationOf(name: AnswerName, json: JsonObject): Operation | null {
  if (name.operation !== null) {
    const named = OPERATIONS.filter(({ command }) =>
      name.service === null ? command.endsWith(` ${name.operation}`) : command === `${name.service} ${name.operation}`,
    );
    const fitting =
      errorCode(json) === null ? named.filter((one) => one.looksLike?.(json) !== false || isEmpty(json)) : named;
    if (fitting.length === 1) return fitting[0] ?? null;
    if (named.length > 0 && fitting.length === 0) return null;
  }
  return OPERATIONS.find((operation) => operation.looksLike?.(json) === true) ?? null;
}

/** An answer that lists nothing shows no members by which it could be told. */
function isEmpty(json: JsonObject): boolean {
  const values = Object.values(json);
  const lists = values.filter((value) => Array.isArray(value));
  if (lists.length > 0) return lists.every((list) => list.length === 0);
  return values.every((value) => typeof value !== 'object' || value === null || Object.keys(value).length === 0);
}

/** One answer: itself, or the pages of a list. */
function joinPages(json: JsonValue): JsonObject | null {
  if (isJsonObject(json)) return json;
  if (!Array.isArray(json) || json.length === 0) return null;
  const pages: readonly JsonValue[] = json;
  const joined = new Map<string, JsonValue>();
  for (const page of pages) {
    if (!isJsonObject(page)) return null;
    for (const [name, value] of Object.entries(page)) {
      const earlier = joined.get(name);
      if (!Array.isArray(value)) joined.set(name, value);
      else if (Array.isArray(earlier)) for (const item of value) earlier.push(item);
      else joined.set(name, [...value]);
    }
  }
  const last = pages.at(-1);
  // Only the last page can leave something out.
  if (isJsonObject(last) && !isTruncated(last)) {
    for (const name of joined.keys())
      if (!Object.hasOwn(last, name) && typeof joined.get(name) !== 'object') joined.delete(name);
  }
  return Object.fromEntries(joined);
}

function errorCode(json: JsonObject): string | null {
  const error = Object.hasOwn(json, 'Error') ? json['Error'] : undefined;
  const code = isJsonObject(error) ? error['Code'] : undefined;
  return typeof code === 'string' && code !== '' ? code : null;
}
