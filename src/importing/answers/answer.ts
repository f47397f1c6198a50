import { PARTITIONS, regionsOf } from '../../policy/regions.ts';
import type { AnswerName } from '../answer-name.ts';
import { shorten } from '../bounded-json.ts';
import type { Entry } from '../entry.ts';
import type { Facts } from '../facts.ts';
import type { Place } from '../source-file.ts';

/** One answer of the AWS command line, and what the place of its file says of it. */
export interface Answer {
  readonly file: string;
  readonly command: string;
  readonly name: AnswerName;
  readonly entry: Entry;
  /** The command failed with this code; null: it did not. */
  readonly error: string | null;
  /** Nothing says that a page of it is missing. */
  readonly isWhole: boolean;
  readonly facts: Facts;
}

/** One operation, and what its answer says. */
export interface Operation {
  /** Service and operation in the words of the command line: `s3api get-bucket-policy`. */
  readonly command: string;
  /** Whether an answer is of this operation, where the name of the file does not say it. Left out: only the name tells. */
  readonly looksLike?: (json: Readonly<Record<string, unknown>>) => boolean;
  /** Codes of errors that are answers: that there is none. */
  readonly noneCodes?: readonly string[];
  readonly read: (answer: Answer) => void;
}

/** Tells answers by members that no other operation has together. */
export function hasMembers(...names: readonly string[]): NonNullable<Operation['looksLike']> {
  return (json) => names.every((name) => Object.hasOwn(json, name));
}

/** Tells answers by the members of the first object in a list. */
export function hasListOf(list: string, ...names: readonly string[]): NonNullable<Operation['looksLike']> {
  return (json) => {
    const items = Object.hasOwn(json, list) ? json[list] : undefined;
    const first: unknown = Array.isArray(items) ? items[0] : undefined;
    return typeof first === 'object' && first !== null && names.every((name) => Object.hasOwn(first, name));
  };
}

/**
 * Whether the list in a member holds everything that there is, and so many of its entries are all of them. The name of the file
 * must say that everything was asked for, from the beginning: nothing in an answer tells a filter, or that pages before it are missing.
 */
export function isWholeList(answer: Answer, member: string, understood: number): boolean {
  const { command, entry, isWhole, name } = answer;
  if (!isWhole || name.arguments.length > 0 || !command.endsWith(` ${name.operation}`)) return false;
  return entry.count(member) === understood;
}

export function at(answer: Answer, place = ''): Place {
  return { file: answer.file, place };
}

/** What the answer is about, where it does not say so itself. Null, with a note: the name of the file does not say it either. */
export function argument(answer: Answer, noun: string, index = 0): string | null {
  const found = answer.name.arguments[index];
  if (found !== undefined && found !== '') return found;
  const operation = answer.command.slice(answer.command.indexOf(' ') + 1);
  answer.facts.note(
    at(answer),
    `nothing says which ${noun} this answer is about: name the file \`${operation}@${noun.toUpperCase().replaceAll(' ', '-')}.json\`; it is left out`,
  );
  return null;
}

/** The account whose command it was. Null, with a note. */
export function accountOf(answer: Answer): string | null {
  if (answer.name.account !== null) return answer.name.account;
  answer.facts.note(
    at(answer),
    'nothing says of which account this answer is: put it into a folder ACCOUNT/SERVICE; it is left out',
  );
  return null;
}

/** Account and Region of the command. Null, with a note. */
export function homeOf(answer: Answer): { readonly accountId: string; readonly region: string } | null {
  const { account, region } = answer.name;
  if (account !== null && region !== null) return { accountId: account, region };
  answer.facts.note(
    at(answer),
    'nothing says of which account and Region this answer is: put it into a folder ACCOUNT/REGION/SERVICE; it is left out',
  );
  return null;
}

/** The partition of the answer's Region; else the one that files say of its account. */
export function partitionOf(answer: Answer): string {
  const { region, account } = answer.name;
  const ofRegion = region === null ? undefined : PARTITIONS.find((partition) => regionsOf(partition).includes(region));
  return ofRegion ?? (account === null ? undefined : answer.facts.accounts.get(account).partition) ?? 'aws';
}

/** The ARN of a resource that is named by its ARN, or by what stands in the ARN after `prefix`. Null, with a note. */
export function regionalArn(answer: Answer, service: string, prefix: string, name: string): string | null {
  if (name.startsWith('arn:')) return name;
  const home = homeOf(answer);
  return home && `arn:${partitionOf(answer)}:${service}:${home.region}:${home.accountId}:${prefix}${name}`;
}

/** A member that must be there. Null, with a note. */
export function required(entry: Entry, key: string): string | null {
  const text = entry.text(key);
  if (text === null) entry.warn(key, 'it is missing; the entry is left out');
  return text;
}

/** True: the command failed, and not because there is none. Says so. */
export function hasFailed(answer: Answer, operation: Operation): boolean {
  if (answer.error === null || operation.noneCodes?.includes(answer.error) === true) return false;
  answer.facts.note(at(answer), `the command failed: ${shorten(answer.error)}`);
  return true;
}
