import { type PrincipalRef, parsePrincipalRef, principalIdOf } from '../../policy/principal-id.ts';
import { AccessDenied } from '../../session/errors.ts';
import { brand } from '../brand.ts';
import { builder } from '../builder.ts';
import { Account } from './account.ts';
import { accountIn, nameIn } from './arn-parts.ts';

/** As the audit trail names the operator. */
export const OPERATOR = 'operator';

/**
 * A value of the interface: a row of the directory (it has an ARN) or a principal that needs none. A row may hold nothing
 * but its ARN: other fields are loaded when they are selected, together for all rows.
 */
export interface PrincipalParent {
  readonly arn?: string | null;
  readonly ref?: PrincipalRef;
  /** A caller that is no principal of IAM and stands in the place of one where the caller is named: the operator, a checker. */
  readonly standIn?: StandIn;
}

interface StandIn {
  /** As the audit trail names it. */
  readonly id: string;
  readonly name: string;
  /** `the operator`, for messages. */
  readonly noun: string;
}

/** The principal of a value behind the interface. */
export function refOf(parent: PrincipalParent): PrincipalRef {
  if (parent.ref !== undefined) return parent.ref;
  if (parent.standIn !== undefined)
    throw new AccessDenied(`${parent.standIn.noun} is not a principal of IAM, and has no policies`);
  const ref = parsePrincipalRef(parent.arn ?? '');
  if (ref === null) throw new Error(`the directory holds a principal with an invalid ARN: ${parent.arn}`);
  return ref;
}

export const Principal = builder.interfaceRef<PrincipalParent>('Principal').implement({
  description:
    'An entity that can make requests. Implemented by User, Role, RootUser, RoleSession, ServicePrincipal, ' +
    'AnonymousPrincipal and FederatedUser; and by Operator and Checker, which stand where the caller is named and are no principals ' +
    'of IAM',
  fields: (t) => ({
    principalId: t.field({
      type: 'PrincipalId',
      description:
        'Id of the principal in requests: its ARN, service principal or `anonymous`; of the operator and of checkers, about whom ' +
        'nothing can be asked, `operator` and `checker/…`',
      resolve: (parent) => parent.standIn?.id ?? principalIdOf(refOf(parent)),
    }),
    arn: t.field({
      type: 'Arn',
      nullable: true,
      description: 'ARN of the principal; null for services and `anonymous`',
      resolve: (parent) => (parent.standIn === undefined ? arnOf(refOf(parent)) : null),
    }),
    name: t.string({
      nullable: true,
      description:
        'Name of the principal, without its path. For a role session it is the name of the session, for a service ' +
        'its name in policies; null for root users and `anonymous`',
      resolve: (parent) => parent.standIn?.name ?? nameOf(refOf(parent)),
    }),
    account: t.field({
      type: Account,
      nullable: true,
      description: 'The account of the principal; null for services and `anonymous`',
      resolve: (parent) => (parent.standIn === undefined ? accountOf(refOf(parent)) : null),
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

/** The value of the interface for a principal that is known to exist. It does not read the directory. */
export function principalValue(ref: Exclude<PrincipalRef, { kind: 'roleSession' }>): PrincipalParent {
  const value: PrincipalParent = 'arn' in ref ? { arn: ref.arn, ref } : { ref };
  brand(value, TYPE_OF_KIND[ref.kind]);
  return value;
}
