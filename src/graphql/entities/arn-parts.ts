import { parseArn } from '../../policy/arn.ts';
import { brand } from '../brand.ts';

// Lists have thousands of names: nothing more is cut out of an ARN than what is wanted. Slashes stand in its last part alone.

/**
 * The name in the ARN of a user or role. Nothing is looked up: an ARN can come from a question, and the caller need not be
 * allowed to know whether it exists.
 */
export function nameIn(arn: string): string {
  const slash = arn.lastIndexOf('/');
  return slash < 0 ? partsOf(arn).resource : arn.slice(slash + 1);
}

/** Begins and ends with a slash. */
export function pathIn(arn: string): string {
  const slash = arn.indexOf('/');
  return slash < 0 ? '' : arn.slice(slash, arn.lastIndexOf('/') + 1);
}

/** The account as a value of the schema; all fields but its id are loaded when they are selected. */
export function accountIn(arn: string): { readonly id: string } {
  return brand({ id: partsOf(arn).accountId }, 'Account');
}

function partsOf(arn: string): NonNullable<ReturnType<typeof parseArn>> {
  const parts = parseArn(arn);
  if (parts === null) throw new Error(`the directory holds an invalid ARN: ${arn}`);
  return parts;
}
