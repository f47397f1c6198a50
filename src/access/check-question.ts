import { parseArn } from '../policy/arn.ts';
import { InvalidInput } from '../policy/errors.ts';
import { isAccountId } from '../policy/principal-id.ts';
import { fieldOf, type Question } from './question.ts';

/** Greatest number of questions that are answered together. */
export const MAX_QUESTIONS = 10_000;

/** Throws if `count` exceeds the limit; `field` is the list's name as the client wrote it. */
export function checkQuestionCount(count: number, field: string): void {
  if (count > MAX_QUESTIONS) {
    throw new InvalidInput(field, `${count} questions; the limit is ${MAX_QUESTIONS}`);
  }
}

/** Greatest number of resources of one call beside the first one. */
const MAX_FURTHER_RESOURCES = 50;

/** Throws InvalidInput if a resource or the resource's account is malformed. */
export function checkResource(
  question: Pick<Question, 'resource' | 'furtherResources' | 'resourceAccount' | 'path' | 'fields'>,
): void {
  const { resource, furtherResources = [], resourceAccount } = question;
  checkArn(resource, fieldOf(question, 'resource'));
  const further = fieldOf(question, 'furtherResources');
  if (furtherResources.length > MAX_FURTHER_RESOURCES) {
    throw new InvalidInput(further, `${furtherResources.length} resources; the limit is ${MAX_FURTHER_RESOURCES}`);
  }
  for (const [index, each] of furtherResources.entries()) checkArn(each, `${further}[${index}]`);
  if (resourceAccount !== null && !isAccountId(resourceAccount)) {
    const field = fieldOf(question, 'resourceAccount');
    throw new InvalidInput(field, `\`${shortened(resourceAccount)}\` is not an account id of twelve digits`);
  }
}

function checkArn(resource: string, field: string): void {
  if (resource !== '*' && parseArn(resource) === null) {
    throw new InvalidInput(field, `\`${shortened(resource)}\` is neither an ARN nor *`);
  }
}

function shortened(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}
