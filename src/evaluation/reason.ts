import { belongsToAws } from './aws-owned.ts';
import type { Outcome } from './decide.ts';
import type { MatchedStatement } from './decision.ts';
import type { Evaluation } from './evaluation.ts';
import type { PolicyLayer } from './layer.ts';
import type { OrganizationFacts } from './principal.ts';
import { printedArn } from './principal-values.ts';
import type { PublicAccessLevel } from './public-access.ts';
import { needsNoPermission, sameAccount } from './situation.ts';

/** How AWS's messages name the layers. https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html */
const NAMES: Readonly<Record<PolicyLayer, { readonly name: string; readonly withArticle: string }>> = {
  IDENTITY_POLICY: { name: 'identity-based policy', withArticle: 'an identity-based policy' },
  RESOURCE_POLICY: { name: 'resource-based policy', withArticle: 'a resource-based policy' },
  UNDERLYING_BUCKET_POLICY: { name: 'resource-based policy', withArticle: 'a resource-based policy' },
  TRUST_POLICY: { name: 'role trust policy', withArticle: 'the role trust policy' },
  PERMISSIONS_BOUNDARY: { name: 'permissions boundary', withArticle: 'a permissions boundary' },
  SESSION_POLICY: { name: 'session policy', withArticle: 'a session policy' },
  SERVICE_CONTROL_POLICY: { name: 'service control policy', withArticle: 'a service control policy' },
  RESOURCE_CONTROL_POLICY: { name: 'resource control policy', withArticle: 'a resource control policy' },
  VPC_ENDPOINT_POLICY: { name: 'VPC endpoint policy', withArticle: 'a VPC endpoint policy' },
  BLOCK_PUBLIC_ACCESS: { name: 'S3 Block Public Access', withArticle: 'S3 Block Public Access' },
  KMS_GRANT: { name: 'KMS grant', withArticle: 'a KMS grant' },
};

/**
 * AWS's access-denied sentence, word for word; for an allowed request a sentence of the same form (a gateway extension:
 * AWS prints none). `determining`: the denying statements, or the allowing ones. `named`: with the name of the policy.
 */
export function reasonOf(
  evaluation: Evaluation,
  outcome: Outcome,
  determining: readonly MatchedStatement[],
  named: boolean,
): string {
  const { principal, action, resource } = evaluation;
  const isAllowed = outcome.effect === 'ALLOWED';
  const isNamed = action.askedOn?.named ?? !action.wildcardOnly;
  const whatIsAsked = beginningOf(principal.facts, action, isAllowed);
  const request = isNamed ? `${whatIsAsked} on resource: ${resource.facts.arn}` : whatIsAsked;
  if (isAllowed) return `${request} because ${whatAllows(evaluation, determining, named)}`;
  if (outcome.deniedBy === null) return `${request} because ${belongsToAws(evaluation) ?? 'AWS refuses it'}`;
  if (outcome.deniedBy === 'BLOCK_PUBLIC_ACCESS') return `${request} because ${whatRestricts(evaluation, named)}`;
  const layer = NAMES[outcome.deniedBy];
  if (outcome.effect === 'IMPLICIT_DENY') {
    return `${request} because no ${layer.name} allows the ${action.name} action`;
  }
  const arn = determining.find((one) => one.layer === outcome.deniedBy)?.arn ?? null;
  const showArn = named && arn !== null && isDisclosed(evaluation, outcome.deniedBy);
  return `${request} with an explicit deny in ${layer.withArticle}${showArn ? `: ${arn}` : ''}`;
}

/** Made last, and of what: in a list most sentences begin alike, and putting them together takes longer than deciding. */
let beginning = '';
let beginsFor: Evaluation['principal']['facts'] | null = null;
let beginsWith: Evaluation['action'] | null = null;
let beginsAllowed = false;

function beginningOf(
  facts: Evaluation['principal']['facts'],
  action: Evaluation['action'],
  isAllowed: boolean,
): string {
  if (facts !== beginsFor || action !== beginsWith || isAllowed !== beginsAllowed) {
    beginning = `User: ${printedArn(facts)} is ${isAllowed ? '' : 'not '}authorized to perform: ${action.name}`;
    beginsFor = facts;
    beginsWith = action;
    beginsAllowed = isAllowed;
  }
  return beginning;
}

/** The same of the end of sentences. */
let ending = '';
let endsFor: MatchedStatement | null = null;
let endsWith: Evaluation['action'] | null = null;
let endsNamed = false;

function endingOf(first: MatchedStatement, action: Evaluation['action'], named: boolean): string {
  if (first !== endsFor || action !== endsWith || named !== endsNamed) {
    const { arn, policyName, policy, layer } = first;
    const sentence = `${NAMES[layer].withArticle} allows the ${action.name} action`;
    // A grant has an id in all messages of AWS, a name only where somebody gave it one.
    ending = named ? `${sentence}: ${arn ?? (layer === 'KMS_GRANT' ? policy : (policyName ?? policy))}` : sentence;
    endsFor = first;
    endsWith = action;
    endsNamed = named;
  }
  return ending;
}

function whatAllows(evaluation: Evaluation, determining: readonly MatchedStatement[], named: boolean): string {
  const { action, principal } = evaluation;
  const first = determining[0];
  if (first !== undefined) return endingOf(first, action, named);
  if (needsNoPermission(evaluation)) return `the ${action.name} action needs no permission`;
  const isRoot = principal.facts.kind === 'root';
  return `the root user${isRoot ? '' : ', whose session it is,'} may do everything in its account`;
}

/** In the form of AWS's sentence for calls that BlockPublicPolicy refuses; AWS publishes none for access that is restricted. */
function whatRestricts({ resource }: Evaluation, named: boolean): string {
  const sentence = 'public policies are restricted by the RestrictPublicBuckets setting in S3 Block Public Access';
  return named && resource.restrictedBy !== null ? `${sentence} of the ${LEVELS[resource.restrictedBy]}` : sentence;
}

const LEVELS: Readonly<Record<PublicAccessLevel, string>> = {
  ORGANIZATION: 'organization',
  ACCOUNT: 'account',
  ACCESS_POINT: 'access point',
  BUCKET: 'bucket',
};

const NEVER_NAMED: ReadonlySet<PolicyLayer> = new Set([
  'RESOURCE_POLICY',
  'UNDERLYING_BUCKET_POLICY',
  'TRUST_POLICY',
  'VPC_ENDPOINT_POLICY',
]);

/** AWS shows the ARN of a denying policy only within one account or organization. */
function isDisclosed(evaluation: Evaluation, layer: PolicyLayer): boolean {
  if (NEVER_NAMED.has(layer)) return false;
  if (sameAccount(evaluation)) return true;
  const facts = evaluation.principal.facts;
  if (facts.kind === 'service' || facts.kind === 'anonymous') return false;
  return sameOrganization(facts.organization, evaluation.resource.facts.organization);
}

function sameOrganization(one: OrganizationFacts | null, other: OrganizationFacts | null): boolean {
  return one !== null && other !== null && one.id === other.id;
}
