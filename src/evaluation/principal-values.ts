import type { ContextKey, ContextValue } from '../policy/context-key.ts';
import { instantText } from '../policy/date.ts';
import type { OrganizationFacts, PrincipalFacts, RoleFacts, Tags } from './principal.ts';

/** The ARN that AWS prints for a principal; for a session with an unknown name, its role's. */
export function printedArn(facts: PrincipalFacts): string {
  if (facts.kind === 'roleSession') return sessionArn(facts) ?? facts.role.arn;
  if (facts.kind === 'service') return facts.service;
  return facts.kind === 'anonymous' ? 'anonymous' : facts.arn;
}

/** `arn:P:sts::ACCOUNT:assumed-role/NAME/SESSION`, without the role's path; null if the session's name is unknown. */
export function sessionArn(facts: PrincipalFacts & { readonly kind: 'roleSession' }): string | null {
  return facts.sessionName === null ? null : `${sessionsOf(facts.role)}${facts.sessionName}`;
}

/** The common prefix of the ARNs of all sessions of a role. */
export function sessionsOf({ partition, accountId, name }: RoleFacts): string {
  return `arn:${partition}:sts::${accountId}:assumed-role/${name}/`;
}

/** Tags by key in lower case; later lists override earlier ones. */
export function foldTags(...lists: readonly Tags[]): ReadonlyMap<string, string> {
  const folded = new Map<string, string>();
  for (const tags of lists) {
    for (const [key, value] of Object.entries(tags)) folded.set(key.toLowerCase(), value);
  }
  return folded;
}

/** The tags that the principal has as aws:PrincipalTag. */
export function principalTags(facts: PrincipalFacts): ReadonlyMap<string, string> {
  if (facts.kind === 'roleSession') return foldTags(facts.role.tags, facts.tags);
  return facts.kind === 'user' || facts.kind === 'federatedUser' ? foldTags(facts.tags) : NO_TAGS;
}

const NO_TAGS: ReadonlyMap<string, string> = new Map();

/**
 * The value of a condition key for a principal, except its tags; undefined: the key is absent.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html and, for userid and username, the
 * table of https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-infotouse
 */
export function principalValue(key: ContextKey, facts: PrincipalFacts, now: number): ContextValue | undefined {
  if (facts.kind === 'service') return serviceValue(key, facts.service);
  if (facts.kind === 'anonymous') {
    return key.name === 'aws:federatedprovider' ? facts.federatedProvider : ANONYMOUS_VALUES.get(key.name);
  }
  switch (key.name) {
    case 'aws:principalarn':
      // For sessions, the role's ARN, never the session's.
      return facts.kind === 'roleSession' ? facts.role.arn : facts.arn;
    case 'aws:principalaccount':
      return facts.accountId;
    case 'aws:principalorgid':
      return facts.organization?.id;
    case 'aws:principalorgmasteraccountid':
      return facts.organization?.managementAccountId;
    case 'aws:principalorgpaths':
      return organizationPaths(facts.organization);
    case 'aws:principaltype':
      return PRINCIPAL_TYPES[facts.kind];
    case 'aws:principalisawsservice':
      return 'false';
    case 'aws:userid':
      return uniqueId(facts);
    case 'aws:username':
      return facts.kind === 'user' ? facts.name : undefined;
    case 'aws:tokenissuetime':
      return issueTime(facts, now);
    case 'aws:sourceidentity':
      return facts.kind === 'roleSession' ? (facts.sourceIdentity ?? undefined) : undefined;
    case 'aws:multifactorauthpresent':
      // Present in every temporary credential, and no session of AssumeRole or GetFederationToken proves MFA: AWS's
      // maintainers observed it in https://github.com/aws/aws-sdk-java-v2/issues/2554. For users, the request says it.
      return facts.kind === 'roleSession' || facts.kind === 'federatedUser' ? 'false' : undefined;
    case 'aws:federatedprovider':
      return facts.kind === 'roleSession' ? (facts.federatedProvider ?? undefined) : undefined;
    default:
      return undefined;
  }
}

type InAccount = Exclude<PrincipalFacts, { readonly kind: 'service' | 'anonymous' }>;

const PRINCIPAL_TYPES = {
  user: 'User',
  roleSession: 'AssumedRole',
  federatedUser: 'FederatedUser',
  root: 'Account',
} as const satisfies Record<InAccount['kind'], string>;

const ANONYMOUS_VALUES: ReadonlyMap<string, string> = new Map([
  ['aws:principalaccount', 'anonymous'],
  ['aws:principaltype', 'Anonymous'],
  ['aws:userid', 'anonymous'],
]);

/** AWS documents no PrincipalArn, PrincipalType and userid for service principals: they are absent. */
function serviceValue(key: ContextKey, service: string): ContextValue | undefined {
  switch (key.name) {
    case 'aws:principalisawsservice':
      return 'true';
    case 'aws:principalservicename':
      return service;
    case 'aws:principalservicenameslist':
      return [service];
    default:
      return undefined;
  }
}

function uniqueId(facts: InAccount): string | undefined {
  if (facts.kind === 'user') return facts.id;
  if (facts.kind === 'root') return facts.accountId;
  if (facts.kind === 'federatedUser') return `${facts.accountId}:${facts.name}`;
  return facts.sessionName === null ? undefined : `${facts.role.id}:${facts.sessionName}`;
}

/** Only temporary credentials have one. A hypothetical session is issued now. */
function issueTime(facts: InAccount, now: number): string | undefined {
  if (facts.kind === 'user' || facts.kind === 'root') {
    return facts.issuedAt === undefined ? undefined : instantText(facts.issuedAt);
  }
  return instantText(facts.issuedAt ?? now);
}

/** The value of aws:PrincipalOrgPaths and aws:ResourceOrgPaths. */
export function organizationPaths(organization: OrganizationFacts | null): readonly string[] | undefined {
  return organization === null ? undefined : [organization.path];
}
