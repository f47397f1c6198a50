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

/** Resources that one call touches beside the one that is named first. */
const MAX_FURTHER_RESOURCES = 50;

/** Throws InvalidInput when a question's resources or the resource's account are none. */
export function checkResource(
  question: Pick<Question, 'resource' | 'furtherResources' | 'resourceAccount' | 'path' | 'fields'>,
): void {
  const { resource, furtherResources = [], resourceAccount } = question;
  checkArn(resource, fieldOf(question, 'resource'));
  const further = fieldOf(question, 'furtherResources');
  if (furtherResources.length > MAX_FURTHER_RESOURCES) {
    throw new InvalidInput(
      further,
      `${furtherResources.length} resources; at most ${MAX_FURTHER_RESOURCES} are decided`,
    );
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
