import { type PrincipalRef, parsePrincipalRef, principalIdOf } from '../../policy/principal-id.ts';
import { brand } from '../brand.ts';
import { builder } from '../builder.ts';
import { Account } from './account.ts';
import { accountIn, nameIn } from './arn-parts.ts';

/**
 * What stands behind the interface: a row of the directory (it has an ARN) or a principal that needs none. Rows may be
 * bare, an ARN and nothing else: what is asked of them beyond it is loaded then, together for all of them.
 */
export interface PrincipalParent {
  readonly arn?: string | null;
  readonly ref?: PrincipalRef;
}

/** Which principal a value behind the interface is. */
export function refOf(parent: PrincipalParent): PrincipalRef {
  if (parent.ref !== undefined) return parent.ref;
  const ref = parsePrincipalRef(parent.arn ?? '');
  if (ref === null) throw new Error(`the directory holds a principal whose ARN is none: ${parent.arn}`);
  return ref;
}

export const Principal = builder.interfaceRef<PrincipalParent>('Principal').implement({
  description:
    'Something that can make requests. Implemented by User, Role, RootUser, RoleSession, ServicePrincipal, ' +
    'AnonymousPrincipal and FederatedUser',
  fields: (t) => ({
    principalId: t.field({
      type: 'PrincipalId',
      description: 'How requests name it: its ARN, service principal or `anonymous`',
      resolve: (parent) => principalIdOf(refOf(parent)),
    }),
    arn: t.field({
      type: 'Arn',
      nullable: true,
      description: 'Its ARN; null for services and for `anonymous`, which have none',
      resolve: (parent) => arnOf(refOf(parent)),
    }),
    name: t.string({
      nullable: true,
      description:
        'Its name without its path: of a role session the session’s, of a service its name in policies; null for root users and ' +
        'for `anonymous`, which have none',
      resolve: (parent) => nameOf(refOf(parent)),
    }),
    account: t.field({
      type: Account,
      nullable: true,
      description: 'The account it belongs to; null for services and for `anonymous`, which belong to none',
      resolve: (parent) => accountOf(refOf(parent)),
    }),
  }),
});

function arnOf(ref: PrincipalRef): string | null {
  return 'arn' in ref ? ref.arn : null;
}

function nameOf(ref: PrincipalRef): string | null {
  if (ref.kind === 'service') return ref.service;
  return ref.kind === 'root' || ref.kind === 'anonymous' ? null : nameIn(ref.arn);
}

function accountOf(ref: PrincipalRef): { readonly id: string } | null {
  return 'arn' in ref ? accountIn(ref.arn) : null;
}

const TYPE_OF_KIND = {
  user: 'User',
  role: 'Role',
  root: 'RootUser',
  federatedUser: 'FederatedUser',
  service: 'ServicePrincipal',
  anonymous: 'AnonymousPrincipal',
} as const;

/** The value behind the interface for a principal that is known to exist. Asks nothing of the directory. */
export function principalValue(ref: Exclude<PrincipalRef, { kind: 'roleSession' }>): PrincipalParent {
  const value: PrincipalParent = 'arn' in ref ? { arn: ref.arn, ref } : { ref };
  brand(value, TYPE_OF_KIND[ref.kind]);
  return value;
}
