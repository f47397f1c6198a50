/**
 * A principal as the public schema names it (scalar PrincipalId): an ARN, a service principal, a 12-digit account id (its
 * root user), or `anonymous`. A role ARN means a session of the role whose name is not known.
 */
export type PrincipalRef =
  | { readonly kind: 'user'; readonly arn: string; readonly accountId: string }
  | { readonly kind: 'role'; readonly arn: string; readonly accountId: string }
  | {
      readonly kind: 'roleSession';
      readonly arn: string;
      readonly accountId: string;
      /** Without its path: a session ARN does not hold it. */
      readonly roleName: string;
      readonly sessionName: string;
    }
  | { readonly kind: 'federatedUser'; readonly arn: string; readonly accountId: string; readonly name: string }
  | { readonly kind: 'root'; readonly arn: string; readonly accountId: string }
  | { readonly kind: 'service'; readonly service: string }
  | { readonly kind: 'anonymous' };
