import type { AnswerName } from '../answer-name.ts';
import { ACCOUNT } from './account.ts';
import type { Operation } from './answer.ts';
import { KMS } from './kms.ts';
import { MESSAGING } from './messaging.ts';
import { ORGANIZATION_POLICIES } from './organization-policies.ts';
import { ORGANIZATION_TREE } from './organization-tree.ts';
import { REGIONAL } from './regional.ts';
import { S3 } from './s3.ts';
import { SERVICES } from './services.ts';

/** All operations whose answers are understood, in the order in which they are read: what others refer to comes first. */
export const OPERATIONS: readonly Operation[] = [
  ...ORGANIZATION_TREE,
  ...ORGANIZATION_POLICIES,
  ...ACCOUNT,
  ...S3,
  ...KMS,
  ...MESSAGING,
  ...SERVICES,
  ...REGIONAL,
];

const COMMANDS: ReadonlySet<string> = new Set(OPERATIONS.map(({ command }) => command));

/** Whether the name of a file says that it holds the answer of one of these. */
export function isNamedOperation({ service, operation }: AnswerName): boolean {
  return service !== null && operation !== null && COMMANDS.has(`${service} ${operation}`);
}
