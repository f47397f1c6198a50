import { GraphQLError } from 'graphql';
import type { Answer, Question } from '../../access/question.ts';
import { askEach } from '../../guard/ask.ts';
import { RolegateError } from '../../policy/errors.ts';
import type { GatewayContext } from '../context.ts';
import { faultIn } from '../malformed.ts';

/**
 * The entries of `list` (its name as the client wrote it) as `read` makes them. In the place of one that is malformed, or
 * that `read` refuses, stands its error.
 */
export function eachOf<Item, Value>(
  items: readonly Item[],
  list: string,
  read: (item: Item, path: string) => Value,
): (Value | RolegateError)[] {
  return items.map((item, index) => {
    const path = `${list}[${index}]`;
    try {
      return faultIn(item, path) ?? read(item, path);
    } catch (error) {
      if (error instanceof RolegateError) return error;
      throw error;
    }
  });
}

/**
 * Answers in the order of `questions`, which stand in `list`; an error in the place of one that cannot be answered. Throws
 * an error that is of no entry: who is asked about for all of them is not there, the directory cannot be read.
 */
export async function answerEach(
  context: GatewayContext,
  questions: readonly (Question | RolegateError)[],
  list: string,
): Promise<(Answer | Error)[]> {
  const answers = await askEach(
    context,
    questions.filter((question): question is Question => !(question instanceof RolegateError)),
  );
  let next = 0;
  return questions.map((question) => {
    if (question instanceof RolegateError) return question;
    const answer = answers[next];
    next += 1;
    if (answer === undefined) throw new Error('a question without an answer');
    if (answer instanceof Error && !isOfEntry(answer, list)) throw answer;
    return answer;
  });
}

function isOfEntry(error: Error, list: string): boolean {
  return error instanceof RolegateError && error.field?.startsWith(`${list}[`) === true;
}

/** Answers as a list of the schema has them: graphql-js tells an error at the place where it stands, with null there. */
export function inTheirPlaces(answers: readonly (Answer | Error)[]): (Answer | null)[] {
  return answers as (Answer | null)[]; // as: an error is what graphql-js makes null of
}

/** Faults that one error names. */
const MAX_NAMED_FAULTS = 20;

/** Answers that are of use only together. Throws one error that names the entries of `list` that have none. */
export function allOf(answers: readonly (Answer | Error)[], list: string): readonly Answer[] {
  const faults = answers.filter((answer) => answer instanceof RolegateError);
  const [first] = faults;
  if (first === undefined) return answers as readonly Answer[]; // as: `answerEach` has no other errors
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
