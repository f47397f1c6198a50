import type { Catalog } from '../catalog/catalog.ts';
import type { CatalogAction } from '../catalog/catalog-service.ts';
import { parseArn } from '../policy/arn.ts';
import { InvalidInput } from '../policy/errors.ts';
import { isAccountId, parsePrincipalRef } from '../policy/principal-id.ts';
import { checkContext } from './check-context.ts';
import { checkFit, checkPattern, shortened } from './check-resource.ts';
import { fieldOf, type Question, type Subject } from './question.ts';

/** Greatest number of questions that are answered together. */
export const MAX_QUESTIONS = 10_000;

/** Throws if `count` exceeds the limit; `field` is the list's name as the client wrote it. */
export function checkQuestionCount(count: number, field: string): void {
  if (count > MAX_QUESTIONS) {
    throw new InvalidInput(field, `${count} questions; the limit is ${MAX_QUESTIONS}`);
  }
}

/** Greatest number of resources of one call in addition to the first one. */
const MAX_FURTHER_RESOURCES = 50;

/**
 * Throws InvalidInput if a question's resources, the resource's account or its context are invalid, or if the action cannot be
 * asked on the resources. Returns the gaps that follow from the question alone.
 */
export function checkQuestion(
  catalog: Catalog,
  question: Pick<
    Question,
    | 'resource'
    | 'resourceIsPattern'
    | 'furtherResources'
    | 'resourceAccount'
    | 'context'
    | 'path'
    | 'fields'
    | 'subject'
  >,
  action: CatalogAction,
): readonly string[] {
  const { resource, furtherResources = [], resourceAccount, context } = question;
  checkAssumedRole(question.subject, fieldOf(question, 'assumedRole'));
  const isPattern = question.resourceIsPattern === true && !action.wildcardOnly;
  const check = isPattern ? checkPattern : checkFit;
  const gaps: (string | null)[] = [check(catalog, action, resource, fieldOf(question, 'resource'))];
  checkAccount(question, action);
  const further = fieldOf(question, 'furtherResources');
  if (furtherResources.length > MAX_FURTHER_RESOURCES) {
    throw new InvalidInput(further, `${furtherResources.length} resources; the limit is ${MAX_FURTHER_RESOURCES}`);
  }
  for (const [index, each] of furtherResources.entries())
    gaps.push(checkFit(catalog, action, each, `${further}[${index}]`));
  if (resourceAccount !== null && !isAccountId(resourceAccount)) {
    const field = fieldOf(question, 'resourceAccount');
    throw new InvalidInput(field, `\`${shortened(resourceAccount)}\` is not an account id of twelve digits`);
  }
  const unknownKeys = context.size === 0 ? [] : checkContext(catalog, context, fieldOf(question, 'context'));
  const found = gaps.filter((gap) => gap !== null);
  return found.length === 0 && unknownKeys.length === 0 ? NO_GAPS : [...found, ...unknownKeys];
}

const TAG_OF_BUCKET = /^(?:aws:resourcetag|s3:buckettag)\//;

/**
 * A sentence for each resource tag in the context of a question about objects of S3 that the decision passes over: objects have no
 * such keys. https://docs.aws.amazon.com/AmazonS3/latest/userguide/buckets-tagging-enable-abac.html
 */
export function passedOver({ resource, furtherResources = [], context, tagsAsGiven }: Question): readonly string[] {
  if (context.size === 0 || tagsAsGiven === true) return NO_GAPS;
  const tags = [...context.keys()].filter((key) => TAG_OF_BUCKET.test(key));
  const object = tags.length === 0 ? undefined : [resource, ...furtherResources].find(isObjectArn);
  if (object === undefined) return NO_GAPS;
  return tags.map(
    (key) =>
      `\`${shortened(key)}\` of the context is not considered for ${shortened(object)}: tags of a bucket do not count for its objects, ` +
      'whose own tags are `s3:ExistingObjectTag/…`',
  );
}

function isObjectArn(arn: string): boolean {
  const { service, accountId, resource } = parseArn(arn) ?? { service: '', accountId: '', resource: '' };
  return service === 's3' && accountId === '' && resource.includes('/');
}

const NO_GAPS: readonly string[] = [];

/** Throws InvalidInput for the ARN of a session in place of its role's; the message names the role that was probably meant. */
export function checkAssumedRole({ assumedRole }: Pick<Subject, 'assumedRole'>, field: string): void {
  const ref = assumedRole === null ? null : parsePrincipalRef(assumedRole);
  if (ref === null || ref.kind !== 'roleSession') return;
  const role = `arn:${parseArn(ref.arn)?.partition ?? 'aws'}:iam::${ref.accountId}:role/${ref.roleName}`;
  const message = `\`${shortened(ref.arn)}\` is a session: name its role, \`${role}\` (with its path, if it has one)`;
  throw new InvalidInput(field, message);
}

/** A listing is asked in the caller's account: in the role's account, if a role is assumed. */
function checkAccount(question: Parameters<typeof checkQuestion>[1], { name, askedOn }: CatalogAction): void {
  const account = askedOn === undefined ? '' : (parseArn(question.resource)?.accountId ?? '');
  if (account === '') return;
  const { principal, assumedRole } = question.subject;
  const own =
    assumedRole === null ? ('accountId' in principal ? principal.accountId : '') : parseArn(assumedRole)?.accountId;
  if (own === account || own === undefined) return;
  const message = `\`${name}\` is asked in the caller's own account, which is not ${account}`;
  throw new InvalidInput(fieldOf(question, 'resource'), message);
}
