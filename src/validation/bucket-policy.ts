import type { Located } from '../policy/json-text.ts';
import { type StatementNode, textsAt } from '../policy/policy-checks.ts';
import type { PolicyKind } from '../policy/policy-kind.ts';
import type { PolicyWarningCode } from './report.ts';

/** The message of a service that refuses a document for a warning of this code at this place; null: it accepts it. */
export type RefusalOf = (code: PolicyWarningCode, node: Located) => string | null;

export const noRefusal: RefusalOf = () => null;

const NO_RESOURCE = 'Action does not apply to any resource(s) in statement';
const NO_CONDITION = 'Conditions do not apply to combination of actions and resources in statement';

/** The statement is in a policy of S3: S3 checks its resources, while IAM and most other services do not. */
export function isOfBucket(statement: StatementNode, kind: PolicyKind): boolean {
  if (kind !== 'resource') return false;
  const resources = textsAt(statement, 'Resource');
  const actions = textsAt(statement, 'Action');
  return (
    resources.length > 0 &&
    actions.length > 0 &&
    resources.every(({ text }) => text.split(':', 3)[2] === 's3') &&
    actions.every(({ text }) => text.toLowerCase().startsWith('s3:'))
  );
}

/** S3 refuses what it knows by name; an action with wildcards may match nothing. https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshoot-403-errors.html */
export const bucketRefusal: RefusalOf = (code, { value }) => {
  const text = typeof value === 'string' ? value : '';
  if (code === 'ACTION_WITHOUT_RESOURCE' || code === 'ACTION_NEEDS_ALL_RESOURCES') {
    return /[*?]/.test(text) ? null : NO_RESOURCE;
  }
  return code === 'CONDITION_KEY_NOT_SUPPORTED' && text.toLowerCase().startsWith('s3:') ? NO_CONDITION : null;
};
