import type { IndexedHolder } from '../../directory/principals/indexed-principals.ts';

// Names of what is changed of a user or role, by which it is told whether it would be the same after others.

/** The change of one that gets a policy that allows everything. */
export const EVERYTHING = '*';

/** How the changes of what a group holds, and of who is in it, end. */
export function ofHolder({ arn }: IndexedHolder): string {
  return ` of ${arn}`;
}

/** The change of one that joins a group. */
export function joiningOf({ arn }: IndexedHolder): string {
  return `in ${arn}`;
}

/** Whether a change is that of a managed policy, and so its ARN. */
export function isRewritten(change: string): boolean {
  return change.startsWith('arn:');
}
