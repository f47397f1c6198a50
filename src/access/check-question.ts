import type { Catalog } from '../catalog/catalog.ts';
import type { CatalogAction } from '../catalog/catalog-service.ts';
import { parseArn } from '../policy/arn.ts';
import { InvalidInput } from '../policy/errors.ts';
import { isAccountId, parsePrincipalRef } from '../policy/principal-id.ts';
import { Recent } from '../policy/recent.ts';
import { checkContext } from './check-context.ts';
import { checkFit, checkPattern, type Place, shortened } from './check-resource.ts';
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

/** Actions by resources on which they can be asked, so that a name that returns is not read again. */
export type KnownFits = Recent<CatalogAction>;

const memories = new WeakMap<Catalog, KnownFits>();

/** `catalog`: one that never changes. */
export function fitsIn(catalog: Catalog): KnownFits {
  const known = memories.get(catalog) ?? new Recent<CatalogAction>();
  memories.set(catalog, known);
  return known;
}

/** The parts of a question that do not depend on its principal's policies. */
export type AskedForm = Pick<
  Question,
  'resource' | 'resourceIsPattern' | 'furtherResources' | 'resourceAccount' | 'context' | 'path' | 'fields' | 'subject'
>;

/**
 * Throws InvalidInput if a question's resources, the resource's account or its context are invalid, or if the action cannot be
 * asked on the resources. Returns the gaps that follow from the question alone.
 */
export function checkQuestion(catalog: Catalog, question: AskedForm, action: CatalogAction): readonly string[] {
  checkAssumedRole(question.subject, () => fieldOf(question, 'assumedRole'));
  const gap = checkAsked(catalog, question, action, question.resource, null);
  const gaps = checkBeside(catalog, question, action);
  return gap === null ? gaps : [gap, ...gaps];
}

/** Checks the first resource: `resource`, in place of the question's own. Returns its gap. */
export function checkAsked(
  catalog: Catalog,
  question: AskedForm,
  action: CatalogAction,
  resource: string,
  fits: KnownFits | null,
): string | null {
  return fits !== null && fits.get(resource) === action ? null : checkNew(catalog, question, action, resource, fits);
}

/** By itself: what has closures costs those who do not come so far, too. */
function checkNew(
  catalog: Catalog,
  question: AskedForm,
  action: CatalogAction,
  resource: string,
  fits: KnownFits | null,
): string | null {
  const isPattern = question.resourceIsPattern === true && !action.wildcardOnly;
  const check = isPattern ? checkPattern : checkFit;
  const gap = check(catalog, action, resource, () => fieldOf(question, 'resource'));
  if (action.askedOn !== undefined) checkAccount(question, resource, action);
  else if (fits !== null && !isPattern && gap === null) fits.set(resource, action);
  return gap;
}

/** Checks what is given beside the first resource. Returns the gaps. */
export function checkBeside(catalog: Catalog, question: AskedForm, action: CatalogAction): readonly string[] {
  const { furtherResources = NO_GAPS, resourceAccount, context } = question;
  if (furtherResources.length === 0 && resourceAccount === null && context.size === 0) return NO_GAPS;
  return checkGivenBeside(catalog, question, action);
}

function checkGivenBeside(catalog: Catalog, question: AskedForm, action: CatalogAction): readonly string[] {
  const { furtherResources = NO_GAPS, resourceAccount, context } = question;
  const further = (): string => fieldOf(question, 'furtherResources');
  if (furtherResources.length > MAX_FURTHER_RESOURCES) {
    throw new InvalidInput(further(), `${furtherResources.length} resources; the limit is ${MAX_FURTHER_RESOURCES}`);
  }
  const gaps: (string | null)[] = furtherResources.map((each, index) =>
    checkFit(catalog, action, each, () => `${further()}[${index}]`),
  );
  if (resourceAccount !== null && !isAccountId(resourceAccount)) {
    const field = fieldOf(question, 'resourceAccount');
    throw new InvalidInput(field, `\`${shortened(resourceAccount)}\` is not an account id of twelve digits`);
  }
  const unknownKeys = context.size === 0 ? NO_GAPS : checkContext(catalog, context, () => fieldOf(question, 'context'));
  const found = gaps.filter((gap) => gap !== null);
  return found.length === 0 ? unknownKeys : [...found, ...unknownKeys];
}

const TAG_OF_BUCKET = /^(?:aws:resourcetag|s3:buckettag)\//;

/**
 * A sentence for each resource tag in the context of a question about objects of S3 that the decision passes over: objects have no
 * such keys. https://docs.aws.amazon.com/AmazonS3/latest/userguide/buckets-tagging-enable-abac.html
 */
export function passedOver(question: Question): readonly string[] {
  return question.context.size === 0 || question.tagsAsGiven === true ? NO_GAPS : passedOverTags(question);
}

function passedOverTags({ resource, furtherResources = [], context }: Question): readonly string[] {
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
export function checkAssumedRole({ assumedRole }: Pick<Subject, 'assumedRole'>, at: Place): void {
  const ref = assumedRole === null ? null : parsePrincipalRef(assumedRole);
  if (ref === null || ref.kind !== 'roleSession') return;
  const role = `arn:${parseArn(ref.arn)?.partition ?? 'aws'}:iam::${ref.accountId}:role/${ref.roleName}`;
  const message = `\`${shortened(ref.arn)}\` is a session: name its role, \`${role}\` (with its path, if it has one)`;
  throw new InvalidInput(at(), message);
}

/** A listing is asked in the caller's account: in the role's account, if a role is assumed. */
function checkAccount(question: AskedForm, resource: string, { name }: CatalogAction): void {
  const account = parseArn(resource)?.accountId ?? '';
  if (account === '') return;
  const { principal, assumedRole } = question.subject;
  const own =
    assumedRole === null ? ('accountId' in principal ? principal.accountId : '') : parseArn(assumedRole)?.accountId;
  if (own === account || own === undefined) return;
  const message = `\`${name}\` is asked in the caller's own account, which is not ${account}`;
  throw new InvalidInput(fieldOf(question, 'resource'), message);
}
