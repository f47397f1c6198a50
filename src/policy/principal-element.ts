import { parseArn, sameText } from './arn.ts';
import { isAccountId } from './principal-id.ts';

/** One principal that a policy names. */
export type NamedPrincipal =
  /** The account as a whole: its 12 digits or its root ARN. `partition`: of the ARN; null: the digits alone, of any. */
  | { readonly kind: 'account'; readonly accountId: string; readonly partition: string | null }
  /** User, role, role session or federated user. */
  | { readonly kind: 'arn'; readonly arn: string }
  /** AIDA… or AROA…: how AWS stores a user or role, and prints it once it is gone. */
  | { readonly kind: 'uniqueId'; readonly id: string }
  | { readonly kind: 'service'; readonly service: string }
  /** SAML or OIDC provider, web identity provider. */
  | { readonly kind: 'federated'; readonly provider: string }
  | { readonly kind: 'canonicalUser'; readonly id: string };

/** Principal or NotPrincipal of a statement. */
export interface PrincipalElement {
  readonly negated: boolean;
  /** `"*"` or `{"AWS":"*"}`: everybody, also those who have not signed in. */
  readonly everyone: boolean;
  readonly named: readonly NamedPrincipal[];
}

const UNIQUE_ID = /^(?:AIDA|AROA)[A-Z0-9]{4,124}$/;

/**
 * One value under a key of Principal. Null: the value names nobody (groups, instance profiles and partial wildcards
 * are no principals). https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
export function readNamedPrincipal(type: string, value: string): NamedPrincipal | null {
  switch (type) {
    case 'AWS':
      return readAwsPrincipal(value);
    case 'Service':
      return { kind: 'service', service: value };
    case 'Federated':
      return { kind: 'federated', provider: value };
    case 'CanonicalUser':
      return { kind: 'canonicalUser', id: value };
    default:
      return null;
  }
}

function readAwsPrincipal(value: string): NamedPrincipal | null {
  if (isAccountId(value)) return { kind: 'account', accountId: sameText(value), partition: null };
  if (UNIQUE_ID.test(value)) return { kind: 'uniqueId', id: value };
  const arn = parseArn(value);
  if (arn === null) return null;
  if (arn.service === 'iam' && arn.resource === 'root') {
    return { kind: 'account', accountId: sameText(arn.accountId), partition: sameText(arn.partition) };
  }
  return { kind: 'arn', arn: value };
}
