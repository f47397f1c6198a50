import type { PrincipalFacts } from '../../evaluation/principal.ts';
import { parseArn, splitArn } from '../../policy/arn.ts';
import type { Condition } from '../../policy/condition.ts';
import { type ContextKey, type ContextValue, contextKey } from '../../policy/context-key.ts';
import { parseInstant } from '../../policy/date.ts';
import { isAccountId } from '../../policy/principal-id.ts';

// Which values of condition keys go together in one request, and which callers have them:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html

/** A value of a key; undefined: the request does not have it. */
export type AnyValue = ContextValue | undefined;

/** Two keys of which not all values go together. */
export interface Pair {
  readonly one: string;
  readonly other: string;
  readonly agree: (one: AnyValue, other: AnyValue) => boolean;
  /** It is so where the caller is of the resource's account. */
  readonly isWithinAccount?: true;
}

function listOf(value: AnyValue): readonly string[] {
  return value === undefined ? [] : [value].flat();
}

function isSame(one: AnyValue, other: AnyValue): boolean {
  return listOf(one).join('\n') === listOf(other).join('\n');
}

/** An organization and its paths; whoever is in one has both. */
function isOfOrganization(id: AnyValue, paths: AnyValue): boolean {
  if (id === undefined || paths === undefined) return id === paths;
  return listOf(paths).every((path) => path.startsWith(`${String(id)}/`));
}

const PAIRS: readonly Pair[] = [
  ...['aws:principalorg', 'aws:resourceorg', 'aws:sourceorg', 'aws:vpceorg'].map(
    (start): Pair => ({ one: `${start}id`, other: `${start}paths`, agree: isOfOrganization }),
  ),
  {
    one: 'aws:principalorgid',
    other: 'aws:principalorgmasteraccountid',
    agree: (id, account) => (id === undefined) === (account === undefined),
  },
  { one: 'aws:principalorgid', other: 'aws:resourceorgid', agree: isSame, isWithinAccount: true },
  { one: 'aws:principalorgpaths', other: 'aws:resourceorgpaths', agree: isSame, isWithinAccount: true },
  { one: 'aws:sourceaccount', other: 'aws:sourcearn', agree: isSourceInAccount },
  { one: 'aws:currenttime', other: 'aws:epochtime', agree: isOneInstant },
  // Not every service that calls on behalf of a principal is in the chain.
  { one: 'aws:viaawsservice', other: 'aws:calledvia', agree: (via, chain) => chain === undefined || isTrue(via) },
  ...['aws:calledviafirst', 'aws:calledvialast'].map(
    (end): Pair => ({
      one: 'aws:calledvia',
      other: end,
      agree: (chain, service) =>
        service === undefined ? chain === undefined : listOf(chain).includes(String(service)),
    }),
  ),
  {
    one: 'aws:multifactorauthpresent',
    other: 'aws:multifactorauthage',
    agree: (present, age) => age === undefined || isTrue(present),
  },
  // A request through a VPC endpoint has no public address.
  ...['vpcsourceip', 'sourcevpc', 'sourcevpce', 'sourcevpcarn', 'vpceaccount', 'vpceorgid', 'vpceorgpaths'].map(
    (key): Pair => ({
      one: 'aws:sourceip',
      other: `aws:${key}`,
      agree: (address, endpoint) => address === undefined || endpoint === undefined,
    }),
  ),
];

function isTrue(value: AnyValue): boolean {
  return String(value).toLowerCase() === 'true';
}

function isSourceInAccount(account: AnyValue, arn: AnyValue): boolean {
  if (typeof account !== 'string' || typeof arn !== 'string') return true;
  const owner = parseArn(arn)?.accountId ?? '';
  return !isAccountId(owner) || owner === account;
}

function isOneInstant(time: AnyValue, seconds: AnyValue): boolean {
  if (typeof time !== 'string' || typeof seconds !== 'string') return true;
  return parseInstant(time) === parseInstant(seconds);
}

const REQUEST_TAG = 'aws:requesttag/';
const TAG_KEYS = 'aws:tagkeys';

/** The pairs among these keys. */
export function pairsAmong(names: readonly string[]): readonly Pair[] {
  const there = new Set(names);
  const pairs = PAIRS.filter(({ one, other }) => there.has(one) && there.has(other));
  for (const name of there.has(TAG_KEYS) ? names : []) {
    if (!name.startsWith(REQUEST_TAG)) continue;
    const tag = name.slice(REQUEST_TAG.length);
    const isListed = (keys: AnyValue): boolean => listOf(keys).some((key) => key.toLowerCase() === tag);
    pairs.push({ one: name, other: TAG_KEYS, agree: (value, keys) => (value !== undefined) === isListed(keys) });
  }
  const tags = new Map<string, string>();
  for (const name of names) {
    const tag = sharedName(contextKey(name));
    const first = tags.get(tag);
    if (first === undefined) tags.set(tag, name);
    else pairs.push({ one: first, other: name, agree: isSame });
  }
  return pairs;
}

/** Pairs of requests to the resources of others. */
export function strangersPairs(names: readonly string[]): readonly Pair[] {
  const isOther = (one: AnyValue, other: AnyValue): boolean => one === undefined || !isSame(one, other);
  return ['aws:principalorgid', 'aws:principalorgpaths']
    .map((one): Pair => ({ one, other: one.replace('principal', 'resource'), agree: isOther }))
    .filter(({ one, other }) => names.includes(one) && names.includes(other));
}

/** The same for keys of the same tag of a resource: `aws:ResourceTag/team` and `ec2:ResourceTag/team`. */
export function sharedName({ name, owner, tag, tagged }: ContextKey): string {
  return owner === 'resource' && tag !== null && tagged === null ? `resource tag ${tag}` : name;
}

const OF_SOURCE: ReadonlySet<string> = new Set([
  'aws:sourceaccount',
  'aws:sourcearn',
  'aws:sourceorgid',
  'aws:sourceorgpaths',
]);

/**
 * Which values of a key the requests of a caller have; null: any. `byStrangers`: a service that acts for somebody counts as a request
 * of that one.
 */
export function limits(
  name: string,
  caller: PrincipalFacts,
  byStrangers: boolean,
): ((value: AnyValue) => boolean) | null {
  if (name === 'aws:userid') return (value) => typeof value !== 'string' || isIdOf(value, caller.kind);
  // A key of a tag has a character.
  if (name === TAG_KEYS) return (value) => !listOf(value).includes('');
  // Only services act on behalf of a resource.
  if (OF_SOURCE.has(name) && caller.kind !== 'service' && !byStrangers) return (value) => value === undefined;
  return null;
}

/** Whether `aws:userid` can be so; what is only a part of an id counts. */
function isIdOf(value: string, kind: PrincipalFacts['kind']): boolean {
  if (/^\d{12}(?::|$)/.test(value) || value === 'anonymous') return false;
  if (kind === 'user') return !value.startsWith('AROA') && !value.includes(':');
  return kind !== 'roleSession' || !value.startsWith('AIDA');
}

/** Values of a key that go with those of other keys: without them, what goes together might not be found. */
export function valuesBeside(name: string, conditions: readonly Condition[]): readonly string[] {
  const valuesOf = (other: string): readonly string[] =>
    conditions.flatMap(({ key, values, operator }) => (key.name === other && operator !== 'Null' ? values : []));
  if (name === TAG_KEYS)
    return conditions.flatMap(({ key }) =>
      key.name.startsWith(REQUEST_TAG) ? [key.written.slice(REQUEST_TAG.length)] : [],
    );
  if (name.endsWith('orgid'))
    return valuesOf(name.replace(/id$/, 'paths')).flatMap((path) => /^(o-[a-z0-9]+)\//.exec(path)?.[1] ?? []);
  if (name.endsWith('orgpaths'))
    return valuesOf(name.replace(/paths$/, 'id')).flatMap((id) => (/^o-[a-z0-9]+$/.test(id) ? [`${id}/`] : []));
  if (name === 'aws:sourceaccount')
    return valuesOf('aws:sourcearn')
      .map((arn) => splitArn(arn)[ACCOUNT] ?? '')
      .filter(isAccountId);
  if (name === 'aws:calledvia')
    return [...valuesOf('aws:calledviafirst'), ...valuesOf('aws:calledvialast')].filter((one) => !/[*?$]/.test(one));
  return name === 'aws:calledviafirst' || name === 'aws:calledvialast'
    ? valuesOf('aws:calledvia').filter((one) => !/[*?$]/.test(one))
    : [];
}

const ACCOUNT = 4;
