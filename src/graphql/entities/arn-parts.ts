import { parseArn } from '../../policy/arn.ts';
import { brand } from '../brand.ts';

/**
 * What the ARN of a user or role itself says. Nothing is looked up for it: an ARN can come from a question, and whoever asked
 * need not be told whether anything of that ARN is there.
 */
export function nameIn(arn: string): string {
  return partsOf(arn).resource.split('/').at(-1) ?? '';
}

/** Begins and ends with a slash. */
export function pathIn(arn: string): string {
  const { resource } = partsOf(arn);
  return resource.slice(resource.indexOf('/'), resource.lastIndexOf('/') + 1);
}

/** The account as a value of the schema; what is more than its number is loaded when it is asked for. */
export function accountIn(arn: string): { readonly id: string } {
  return brand({ id: partsOf(arn).accountId }, 'Account');
}

function partsOf(arn: string): NonNullable<ReturnType<typeof parseArn>> {
  const parts = parseArn(arn);
  if (parts === null) throw new Error(`the directory holds an ARN that is none: ${arn}`);
  return parts;
}
