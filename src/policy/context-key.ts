import { ARN_KEYS } from './arn-keys.ts';
import { remembering } from './remember.ts';
import { readResourceTag, type Tagged } from './tag-keys.ts';

/** A string is a single-valued condition key, a list a multi-valued one. Numbers and booleans are written as strings. */
export type ContextValue = string | readonly string[];

/**
 * Where the value of a condition key comes from. Keys that do not follow from known facts come with the request; `mfa` only
 * with a request of a user or root user. `call`: it follows from the action, the caller and the resource together. `assumed`:
 * every such request to AWS has it, and a value is assumed if the question gives none.
 */
export type KeyOwner = 'request' | 'principal' | 'resource' | 'time' | 'mfa' | 'call' | 'assumed';

/**
 * Facts that every request has and a question can leave unsaid, as bits. If a statement depends on one, an Allow applies only
 * if it applies for every possible value, a Deny if it applies for some possible value.
 */
export type Unsaid = number;

/** The name of the role session that makes the call. */
export const SESSION_NAME: Unsaid = 1;
/** The name of the role session that the call would create. */
export const NEW_SESSION_NAME: Unsaid = 2;
/** Whether the tags of the bucket in the request count. */
export const TAGS_COUNT: Unsaid = 4;

/** A condition key as a policy names it. */
export interface ContextKey {
  /** In lower case: keys compare without case, including the tag key after the slash. */
  readonly name: string;
  /** Below NUMBERED_KEYS, the same for the same name, so that contexts find its value without comparing names; -1: it has none. */
  readonly number: number;
  /** As the policy spells it. */
  readonly written: string;
  readonly owner: KeyOwner;
  /** The tag key of `aws:PrincipalTag/team` and similar keys: `team`, in lower case. Null for other keys. */
  readonly tag: string | null;
  /** The kind of resource whose tags the key reads (`rds:db-tag/team`). Null: any kind. */
  readonly tagged: Tagged | null;
  /** The parts of a request that its value depends on and that a question can leave unsaid. */
  readonly unsaid: Unsaid;
  /** Declared multi-valued by AWS: even a single value is a set. */
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

const RESOURCE_KEYS = new Set(['aws:resourceaccount', 'aws:resourceorgid', 'aws:resourceorgpaths']);

// evaluation/call-keys.ts computes their values and explains the list.
const CALL_KEYS = new Set([
  'kms:calleraccount',
  'ec2:region',
  's3:resourceaccount',
  's3express:resourceaccount',
  'iam:permissionsboundary',
  's3:accesspointnetworkorigin',
  's3:dataaccesspointarn',
  's3:dataaccesspointaccount',
  's3express:dataaccesspointarn',
  's3express:dataaccesspointaccount',
  's3-outposts:dataaccesspointarn',
  's3-outposts:dataaccesspointaccount',
]);

const ASSUMED_KEYS = new Set([
  'aws:securetransport',
  'aws:viaawsservice',
  'aws:requestedregion',
  'secretsmanager:secretid',
  'lambda:functionarn',
  'ecs:cluster',
  ...ARN_KEYS,
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

const UNSAID: ReadonlyMap<string, Unsaid> = new Map([
  ['aws:userid', SESSION_NAME],
  ['sts:rolesessionname', NEW_SESSION_NAME],
]);

const PRINCIPAL_TAG = 'aws:principaltag/';

/** Reads the name of a condition key. Any name is a key: services define their own, also at run time (OIDC issuers). */
export const contextKey: (written: string) => ContextKey = remembering((written) => {
  const name = written.toLowerCase();
  const resourceTag = readResourceTag(name);
  return {
    name,
    number: numberOf(name),
    written,
    owner: resourceTag === null ? ownerOf(name) : 'resource',
    tag: name.startsWith(PRINCIPAL_TAG) ? name.slice(PRINCIPAL_TAG.length) : (resourceTag?.tag ?? null),
    tagged: resourceTag?.of ?? null,
    unsaid: resourceTag === null ? (UNSAID.get(name) ?? 0) : TAGS_COUNT,
    multiValued: MULTI_VALUED_KEYS.has(name),
  };
});

/** The first names that are read have a number: it is never taken away, so that there are few. */
export const NUMBERED_KEYS = 512;
const LONGEST_NUMBERED = 128;

const numbers = new Map<string, number>();

function numberOf(name: string): number {
  const known = numbers.get(name);
  if (known !== undefined) return known;
  if (numbers.size >= NUMBERED_KEYS || name.length > LONGEST_NUMBERED) return -1;
  numbers.set(name, numbers.size);
  return numbers.size - 1;
}

function ownerOf(name: string): KeyOwner {
  if (PRINCIPAL_KEYS.has(name) || name.startsWith(PRINCIPAL_TAG)) return 'principal';
  if (RESOURCE_KEYS.has(name)) return 'resource';
  if (MFA_KEYS.has(name)) return 'mfa';
  if (TIME_KEYS.has(name)) return 'time';
  if (CALL_KEYS.has(name)) return 'call';
  return ASSUMED_KEYS.has(name) ? 'assumed' : 'request';
}
