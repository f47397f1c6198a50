import { parseArn, sameText } from './arn.ts';
import { isAccountId, parsePrincipalRef } from './principal-id.ts';
import { isPartition } from './regions.ts';

/** One principal that a policy names. */
export type NamedPrincipal =
  /** The whole account: its 12 digits or its root ARN. `partition`: from the ARN; null: digits alone, in any partition. */
  | { readonly kind: 'account'; readonly accountId: string; readonly partition: string | null }
  /** User, role, role session or federated user. */
  | { readonly kind: 'arn'; readonly arn: string }
  /** AIDA… or AROA…: how AWS stores a user or role, and prints it after the entity is deleted. */
  | { readonly kind: 'uniqueId'; readonly id: string }
  | { readonly kind: 'service'; readonly service: string }
  /** SAML or OIDC provider, web identity provider. */
  | { readonly kind: 'federated'; readonly provider: string }
  | { readonly kind: 'canonicalUser'; readonly id: string }
  /** In a Deny, replaces an unreadable name of one of these kinds. */
  | { readonly kind: 'every'; readonly of: 'service' | 'federated' };

/** Principal or NotPrincipal of a statement. */
export interface PrincipalElement {
  readonly negated: boolean;
  /** `"*"` or `{"AWS":"*"}`: everybody, including anonymous callers. */
  readonly everyone: boolean;
  readonly named: readonly NamedPrincipal[];
}

const UNIQUE_ID = /^(?:AIDA|AROA)[A-Z0-9]{4,124}$/;

const SERVICE = /^[a-z0-9][a-z0-9.-]*\.[a-z]+$/i;
const CANONICAL_USER = /^[0-9a-f]{64,96}$/i;
/** AWS's own accounts have words for ids: `cloudfront`. */
const ENTITY = /^(?:user|role)\/.+$/;
const WILDCARD = /[*?]/;
const AWS_ACCOUNT = /^[a-z]+(?:-[a-z]+)*$/;

/**
 * One value under a key of Principal. Null: it cannot be read (groups, instance profiles and partial wildcards are no
 * principals). https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
export function readNamedPrincipal(type: string, value: string): NamedPrincipal | null {
  switch (type) {
    case 'AWS':
      return readAwsPrincipal(value);
    case 'Service':
      return SERVICE.test(value) ? { kind: 'service', service: value } : null;
    case 'Federated':
      return value === '' || value.includes('*') ? null : { kind: 'federated', provider: value };
    case 'CanonicalUser':
      return CANONICAL_USER.test(value) ? { kind: 'canonicalUser', id: value } : null;
    default:
      return null;
  }
}

function readAwsPrincipal(value: string): NamedPrincipal | null {
  if (isAccountId(value)) return { kind: 'account', accountId: sameText(value), partition: null };
  if (UNIQUE_ID.test(value)) return { kind: 'uniqueId', id: value };
  const arn = parseArn(value);
  if (arn === null || !isPartition(arn.partition) || arn.region !== '' || WILDCARD.test(value)) return null;
  const ref = parsePrincipalRef(value);
  if (ref?.kind === 'root') {
    return { kind: 'account', accountId: sameText(arn.accountId), partition: sameText(arn.partition) };
  }
  const isOfAws = arn.service === 'iam' && AWS_ACCOUNT.test(arn.accountId) && ENTITY.test(arn.resource);
  return ref === null && !isOfAws ? null : { kind: 'arn', arn: value };
}
