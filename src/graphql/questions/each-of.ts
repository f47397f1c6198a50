import { GraphQLError } from 'graphql';
import type { Answer, Question } from '../../access/question.ts';
import { askEach } from '../../guard/ask.ts';
import type { Answers } from '../../guard/decision-loader.ts';
import { andThen, type MaybePromise } from '../../guard/maybe-promise.ts';
import { RolegateError } from '../../policy/errors.ts';
import { finished, type Steps } from '../../policy/steps.ts';
import type { GatewayContext } from '../context.ts';
import { faultIn, isKnownWellFormed, isWellFormed } from '../malformed.ts';

/** What an entry of a list becomes; its error if it is malformed or `read` refuses it. */
type Read<Value> = Value | RolegateError;

/**
 * The entries of `list` (its name as the client wrote it), each read by `read`. An entry that is malformed, or that `read`
 * refuses, is replaced by its error.
 */
export function eachOf<Item, Value>(
  items: readonly Item[],
  list: string,
  read: (item: Item, index: number) => Value,
): readonly Read<Value>[] {
  return finished(readEach(items, list, read));
}

/** The same, with room for others between the entries of a long list. */
export function eachInTurns<Item, Value>(
  { work }: GatewayContext,
  items: readonly Item[],
  list: string,
  read: (item: Item, index: number) => Value,
): MaybePromise<readonly Read<Value>[]> {
  return items.length > LONG ? work.run(readEach(items, list, read)) : eachOf(items, list, read);
}

/** Entries of a list that are read without letting others in. */
const LONG = 2_000;
/** Entries that are read in one step. */
const AT_ONCE = 500;

function* readEach<Item, Value>(
  items: readonly Item[],
  list: string,
  read: (item: Item, index: number) => Value,
): Steps<readonly Read<Value>[]> {
  const isWhole = isKnownWellFormed(items);
  const all: Read<Value>[] = [];
  for (let from = 0; from < items.length; from += AT_ONCE) {
    readSome(items, { from, to: Math.min(items.length, from + AT_ONCE), list, isWhole, read }, all);
    yield AT_ONCE;
  }
  return all;
}

function readSome<Item, Value>(
  items: readonly Item[],
  {
    from,
    to,
    list,
    isWhole,
    read,
  }: {
    readonly from: number;
    readonly to: number;
    readonly list: string;
    readonly isWhole: boolean;
    readonly read: (item: Item, index: number) => Value;
  },
  all: Read<Value>[],
): void {
  for (let index = from; index < to; index += 1) {
    const item = items[index] as Item; // as: it is one of them
    try {
      const fault = isWhole || isWellFormed(item) ? null : faultAt(item, list, index);
      all.push(fault ?? read(item, index));
    } catch (error) {
      if (!(error instanceof RolegateError)) throw error;
      all.push(error);
    }
  }
}

/** By itself, so that the many entries without a fault pay for no closure. */
function faultAt(item: unknown, list: string, index: number): RolegateError | null {
  return faultIn(item, () => `${list}[${index}]`);
}

/**
 * Answers in the order of `questions`, which are the entries of `list`; an error in place of each one that cannot be
 * answered. Throws errors that concern no single entry: their common principal does not exist, the directory cannot be read.
 */
export function answerEach(
  context: GatewayContext,
  questions: readonly Read<Question>[],
  list: string,
): MaybePromise<Answers> {
  const readable = isReadable(questions)
    ? questions
    : questions.filter((question): question is Question => !(question instanceof RolegateError));
  return andThen(askEach(context, readable), (answers) => {
    for (let index = 0; index < answers.length; index += 1) {
      const answer = answers[index];
      if (answer instanceof Error && !isOfEntry(answer, list)) throw answer;
    }
    return readable.length === questions.length ? answers : inOrder(questions, answers);
  });
}

function isReadable(questions: readonly Read<Question>[]): questions is readonly Question[] {
  return !questions.some((question) => question instanceof RolegateError);
}

function inOrder(questions: readonly Read<Question>[], answers: Answers): Answers {
  let next = 0;
  return questions.map((question) => {
    if (question instanceof RolegateError) return question;
    const answer = answers[next];
    next += 1;
    if (answer === undefined) throw new Error('a question without an answer');
    return answer;
  });
}

function isOfEntry(error: Error, list: string): boolean {
  return error instanceof RolegateError && error.field?.startsWith(`${list}[`) === true;
}

/** Answers as a list of the schema: graphql-js reports each error at its place, with null there. */
export function inTheirPlaces(answers: MaybePromise<Answers>): MaybePromise<readonly (Answer | null)[]> {
  return answers as MaybePromise<readonly (Answer | null)[]>; // as: graphql-js turns an error into null
}

/** Greatest number of faults that one error names. */
const MAX_NAMED_FAULTS = 20;

/** Answers that are useful only together. Throws one error that names the entries of `list` without an answer. */
export function withoutFaults(answers: Answers, list: string): readonly Answer[] {
  const faults = answers.filter((answer) => answer instanceof RolegateError);
  const [first] = faults;
  if (first === undefined) return answers as readonly Answer[]; // as: `answerEach` returns no other errors
  const count = faults.length;
  const of = count === 1 ? '' : ` (the first of ${count} faults in \`${list}\`)`;
  throw new GraphQLError(`${first.message}${of}`, {
    extensions: {
      code: 'BAD_USER_INPUT',
      field: first.field,
      count,
      faults: faults.slice(0, MAX_NAMED_FAULTS).map(({ field, message }) => ({ field, message })),
    },
  });
}
