import type { PrincipalRef } from '../../policy/principal-id.ts';
import { brand } from '../brand.ts';
import { builder } from '../builder.ts';
import { Account } from './account.ts';
import { accountIn } from './arn-parts.ts';
import { OPERATOR, Principal, type PrincipalParent } from './principal.ts';

/** A principal that is not stored in the directory, because it consists only of its id. */
interface NamedPrincipal<Kind extends PrincipalRef['kind']> extends PrincipalParent {
  readonly ref: Extract<PrincipalRef, { kind: Kind }>;
}

builder.objectRef<NamedPrincipal<'root'>>('RootUser').implement({
  description:
    'The root user of an account. Identity policies do not limit it; control policies of the organization do',
  interfaces: [Principal],
  fields: (t) => ({
    arn: t.field({
      type: 'Arn',
      description: 'ARN of the root user: arn:aws:iam::111111111111:root',
      resolve: (parent) => parent.ref.arn,
    }),
    account: t.field({
      type: Account,
      description: 'The account of the root user',
      resolve: (parent) => accountIn(parent.ref.arn),
    }),
    accountId: t.field({
      type: 'AccountId',
      description: 'Id of the account of the root user',
      resolve: (parent) => parent.ref.accountId,
    }),
  }),
});

builder.objectRef<NamedPrincipal<'federatedUser'>>('FederatedUser').implement({
  description:
    'A federated user, made by sts:GetFederationToken: it may do what its user and its session policies both allow',
  interfaces: [Principal],
  fields: (t) => ({
    arn: t.field({
      type: 'Arn',
      description: 'ARN of the federated user: arn:aws:sts::111111111111:federated-user/name',
      resolve: (parent) => parent.ref.arn,
    }),
    account: t.field({
      type: Account,
      description: 'The account of the federated user',
      resolve: (parent) => accountIn(parent.ref.arn),
    }),
    accountId: t.field({
      type: 'AccountId',
      description: 'Id of the account of the federated user',
      resolve: (parent) => parent.ref.accountId,
    }),
    name: t.string({ description: 'Name of the federated user', resolve: (parent) => parent.ref.name }),
  }),
});

builder.objectRef<NamedPrincipal<'service'>>('ServicePrincipal').implement({
  description: 'An AWS service, which acts for itself and can assume roles that trust it',
  interfaces: [Principal],
  fields: (t) => ({
    name: t.string({
      description: 'Name of the service in policies, the same as `service`',
      resolve: (parent) => parent.ref.service,
    }),
    service: t.string({
      description: 'Name of the service in policies, e.g. ec2.amazonaws.com',
      resolve: (parent) => parent.ref.service,
    }),
  }),
});

builder.objectRef<NamedPrincipal<'anonymous'>>('AnonymousPrincipal').implement({
  description:
    'A caller that does not sign requests. Only resource-based policies that are open to everybody allow it anything',
  interfaces: [Principal],
});

builder.objectRef<PrincipalParent>('Operator').implement({
  description:
    'The operator, who runs the gateway: it may ask and change everything, and assume no role. It is no principal of IAM; what ' +
    'asks about its permissions is null, with an error',
  interfaces: [Principal],
});

/** The operator as a value of the interface. */
export function operatorValue(): PrincipalParent {
  return brand({ standIn: { id: OPERATOR, name: OPERATOR, noun: 'the operator' } }, 'Operator');
}
