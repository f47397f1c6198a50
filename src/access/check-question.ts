import { parseArn } from '../policy/arn.ts';
import { InvalidInput } from '../policy/errors.ts';
import { isAccountId } from '../policy/principal-id.ts';
import { fieldOf, type Question } from './question.ts';

/** The most questions that are answered together. */
export const MAX_QUESTIONS = 10_000;

/** Throws when `count` is more than is answered together; `field` is the list's name as the client wrote it. */
export function checkQuestionCount(count: number, field: string): void {
  if (count > MAX_QUESTIONS) {
    throw new InvalidInput(field, `${count} questions; at most ${MAX_QUESTIONS} are answered together`);
  }
}

/** Throws InvalidInput when a question's resource or the resource's account is none. */
export function checkResource(question: Pick<Question, 'resource' | 'resourceAccount' | 'path' | 'fields'>): void {
  const { resource, resourceAccount } = question;
  if (resource !== '*' && parseArn(resource) === null) {
    throw new InvalidInput(fieldOf(question, 'resource'), `\`${shortened(resource)}\` is neither an ARN nor *`);
  }
  if (resourceAccount !== null && !isAccountId(resourceAccount)) {
    const field = fieldOf(question, 'resourceAccount');
    throw new InvalidInput(field, `\`${shortened(resourceAccount)}\` is not an account id of twelve digits`);
  }
}

function shortened(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}
