import { remembering } from './remember.ts';

/** A string is a single-valued condition key, a list a multi-valued one. Numbers and booleans are written as strings. */
export type ContextValue = string | readonly string[];

/**
 * Who says what a condition key holds. Everything that does not follow from what is known comes with the request; `mfa` only
 * with one of a user or root user.
 */
export type KeyOwner = 'request' | 'principal' | 'resource' | 'time' | 'mfa';

/** A condition key as a policy names it. */
export interface ContextKey {
  /** In lower case: keys compare without case, the tag key behind the slash included. */
  readonly name: string;
  /** As the policy spells it. */
  readonly written: string;
  readonly owner: KeyOwner;
  /** Of `aws:PrincipalTag/team` and its like: `team`, in lower case. Null for other keys. */
  readonly tag: string | null;
  /** Declared multi-valued by AWS: also one value of it is a set. */
  readonly multiValued: boolean;
}

/** Where conditions and policy variables find the values of a request. */
export interface ContextReader {
  /** Undefined: the request has no such key. Never an empty list. */
  value(key: ContextKey): ContextValue | undefined;
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
const PRINCIPAL_KEYS = new Set([
  'aws:principalarn',
  'aws:principalaccount',
  'aws:principalorgid',
  'aws:principalorgpaths',
  'aws:principalorgmasteraccountid',
  'aws:principaltype',
  'aws:principalisawsservice',
  'aws:principalservicename',
  'aws:principalservicenameslist',
  'aws:userid',
  'aws:username',
  'aws:tokenissuetime',
  'aws:sourceidentity',
  'aws:federatedprovider',
  'aws:assumedroot',
]);

const RESOURCE_KEYS = new Set([
  'aws:resourceaccount',
  'aws:resourceorgid',
  'aws:resourceorgpaths',
  's3:resourceaccount',
]);

const MFA_KEYS = new Set(['aws:multifactorauthpresent', 'aws:multifactorauthage']);

const TIME_KEYS = new Set(['aws:currenttime', 'aws:epochtime']);

const MULTI_VALUED_KEYS = new Set([
  'aws:principalorgpaths',
  'aws:principalservicenameslist',
  'aws:tagkeys',
  'aws:resourceorgpaths',
  'aws:sourceorgpaths',
  'aws:vpceorgpaths',
  'aws:calledvia',
  'sts:transitivetagkeys',
]);

const PRINCIPAL_TAG = 'aws:principaltag/';
// `aws:ResourceTag/k`, and the older keys of single services for the same thing (`iam:ResourceTag/k`, `ec2:ResourceTag/k`).
const RESOURCE_TAG = ':resourcetag/';

/** Reads the name of a condition key. Any name is a key: services define their own, also at run time (OIDC issuers). */
export const contextKey: (written: string) => ContextKey = remembering((written) => {
  const name = written.toLowerCase();
  return { name, written, owner: ownerOf(name), tag: tagOf(name), multiValued: MULTI_VALUED_KEYS.has(name) };
});

function ownerOf(name: string): KeyOwner {
  if (PRINCIPAL_KEYS.has(name) || name.startsWith(PRINCIPAL_TAG)) return 'principal';
  if (RESOURCE_KEYS.has(name) || name.includes(RESOURCE_TAG)) return 'resource';
  if (MFA_KEYS.has(name)) return 'mfa';
  return TIME_KEYS.has(name) ? 'time' : 'request';
}

function tagOf(name: string): string | null {
  if (name.startsWith(PRINCIPAL_TAG)) return name.slice(PRINCIPAL_TAG.length);
  const at = name.indexOf(RESOURCE_TAG);
  return at < 0 ? null : name.slice(at + RESOURCE_TAG.length);
}
