import { contextKey, NEW_SESSION_NAME, SESSION_NAME, TAGS_COUNT, type Unsaid } from '../policy/context-key.ts';
import type { Asked } from './asked.ts';
import { isBucket } from './bucket.ts';
import type { PreparedPrincipal, PreparedResource } from './prepare.ts';
import type { RequestFacts } from './request.ts';
import type { Rule } from './rule.ts';
import { candidateNames, MAX_NAMES } from './session-names.ts';
import { withFacts } from './with-facts.ts';

const USER_ID = contextKey('aws:userid');
const ROLE_SESSION_NAME = contextKey('sts:RoleSessionName');

/**
 * Calls of STS that create a role session, or are checked with one that does, in lower case. Each has a key for its name.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#ck_rolesessionname
 */
const NAMES_A_SESSION: ReadonlySet<string> = new Set([
  'sts:assumerole',
  'sts:assumerolewithsaml',
  'sts:assumerolewithwebidentity',
  'sts:setsourceidentity',
  'sts:tagsession',
]);

/** The unsaid facts of this question, out of all that a question can leave unsaid. */
export function unsaidBy(evaluation: Asked<unknown>): Unsaid {
  const { principal, action, resource } = evaluation;
  const { facts } = principal;
  let unsaid: Unsaid = 0;
  if (facts.kind === 'roleSession' && facts.sessionName === null && evaluation.value(USER_ID) === undefined) {
    unsaid |= SESSION_NAME;
  }
  if (action.service === 'sts' && NAMES_A_SESSION.has(action.name.toLowerCase())) {
    if (evaluation.value(ROLE_SESSION_NAME) === undefined) unsaid |= NEW_SESSION_NAME;
  }
  if (resource.tagsCount !== true && resource.tags !== null && resource.tags.size > 0 && isBucket(resource)) {
    unsaid |= TAGS_COUNT;
  }
  return unsaid;
}

/** Whether a rule that depends on `unsaid` facts applies: an Allow must apply for every value, a Deny for some value. */
export function appliesUnsaid(
  evaluation: Asked<{ applies(rule: Rule): boolean; denies(rule: Rule): boolean }>,
  rule: Rule,
  unsaid: Unsaid,
): boolean {
  // One name for all of a Deny: its Principal may name one session, and its conditions another.
  return holdsUnsaid(evaluation, rule, unsaid, (supposed) =>
    rule.allows ? supposed.applies(rule) : supposed.denies(rule),
  );
}

/** The same for a part of the rule: `test` returns whether it holds when all facts are given. */
export function holdsUnsaid<Supposed>(
  evaluation: Asked<Supposed>,
  rule: Pick<Rule, 'statement'>,
  unsaid: Unsaid,
  test: (supposed: Supposed) => boolean,
): boolean {
  const names = candidateNames(evaluation, [rule.statement], unsaid);
  const supposed = supposing(evaluation, unsaid, names);
  const tooMany = names.length >= MAX_NAMES;
  return rule.statement.allows ? !tooMany && supposed.every(test) : tooMany || supposed.some(test);
}

/** Whether `test` depends on the `unsaid` facts: it holds for some values and not for others. */
export function variesUnsaid<Supposed>(
  evaluation: Asked<Supposed>,
  rule: Pick<Rule, 'statement'>,
  unsaid: Unsaid,
  test: (supposed: Supposed) => boolean,
): boolean {
  const supposed = everyWay(evaluation, rule, unsaid);
  return supposed.some(test) && !supposed.every(test);
}

function everyWay<Supposed>(
  evaluation: Asked<Supposed>,
  { statement }: Pick<Rule, 'statement'>,
  unsaid: Unsaid,
): readonly Supposed[] {
  return supposing(evaluation, unsaid, candidateNames(evaluation, [statement], unsaid));
}

/** The same request with every combination of values for the `unsaid` facts; session names are those of `names`. */
export function supposing<Supposed>(
  evaluation: Asked<Supposed>,
  unsaid: Unsaid,
  names: readonly string[],
): readonly Supposed[] {
  const { principal, resource, request } = evaluation;
  const principals = (unsaid & SESSION_NAME) === 0 ? [principal] : names.map((name) => named(principal, name));
  const requests = (unsaid & NEW_SESSION_NAME) === 0 ? [request] : names.map((name) => naming(request, name));
  const resources = (unsaid & TAGS_COUNT) === 0 ? [resource] : bothWays(resource);
  return principals.flatMap((who) =>
    requests.flatMap((how) => resources.map((what) => evaluation.supposing(who, what, how))),
  );
}

function named(principal: PreparedPrincipal, sessionName: string): PreparedPrincipal {
  const { facts } = principal;
  if (facts.kind !== 'roleSession') return principal;
  return withFacts(principal, { ...facts, sessionName });
}

function naming(request: RequestFacts, sessionName: string): RequestFacts {
  return { ...request, context: new Map([...request.context, [ROLE_SESSION_NAME.name, sessionName]]) };
}

const NO_TAGS: ReadonlyMap<string, string> = new Map();

/**
 * Whether the tags of a bucket count is a setting of the bucket, off by default, which no directory knows.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/buckets-tagging-enable-abac.html
 */
function bothWays(bucket: PreparedResource): readonly PreparedResource[] {
  return [
    { ...bucket, tagsCount: true },
    { ...bucket, tags: NO_TAGS },
  ];
}
