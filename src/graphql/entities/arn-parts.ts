import { parseArn } from '../../policy/arn.ts';
import { brand } from '../brand.ts';

/**
 * The name in the ARN of a user or role. Nothing is looked up: an ARN can come from a question, and the caller need not be
 * allowed to know whether it exists.
 */
export function nameIn(arn: string): string {
  return partsOf(arn).resource.split('/').at(-1) ?? '';
}

/** Begins and ends with a slash. */
export function pathIn(arn: string): string {
  const { resource } = partsOf(arn);
  return resource.slice(resource.indexOf('/'), resource.lastIndexOf('/') + 1);
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
