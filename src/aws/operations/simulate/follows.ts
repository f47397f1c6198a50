import type { Entity } from './entity.ts';

const OF_ACCOUNT = ['aws:principalaccount'];
const OF_ORGANIZATION = ['aws:principalorgid', 'aws:principalorgmasteraccountid', 'aws:principalorgpaths'];

/** The keys that follow from nobody in particular. */
export const NOTHING_FOLLOWS: ReadonlySet<string> = new Set();

/**
 * The condition keys that AWS's policy simulator fills in: those about the account and organization of the caller, its type, its
 * unique id and its name. All others have to be given, those of time, the caller's tags and its ARN included.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_testing-policies.html
 * `isStored`: the directory knows the caller, and not only its ARN.
 */
export function followsFrom({ kind }: Entity, isStored: boolean): ReadonlySet<string> {
  const ofAccount = isStored ? [...OF_ACCOUNT, ...OF_ORGANIZATION] : OF_ACCOUNT;
  if (kind === 'group') return new Set(ofAccount);
  const ofCaller = kind === 'user' ? ['aws:principaltype', 'aws:username'] : ['aws:principaltype'];
  return new Set([...ofAccount, ...ofCaller, ...(isStored ? ['aws:userid'] : [])]);
}
