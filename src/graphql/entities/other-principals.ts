import type { PrincipalRef } from '../../policy/principal-id.ts';
import { builder } from '../builder.ts';
import { Account } from './account.ts';
import { accountIn } from './arn-parts.ts';
import { Principal, type PrincipalParent } from './principal.ts';

/** A principal that stands nowhere in the directory, because it is what its id says. */
interface NamedPrincipal<Kind extends PrincipalRef['kind']> extends PrincipalParent {
  readonly ref: Extract<PrincipalRef, { kind: Kind }>;
}

builder.objectRef<NamedPrincipal<'root'>>('RootUser').implement({
  description: 'The root user of an account: no identity policy limits it, control policies of the organization do',
  interfaces: [Principal],
  fields: (t) => ({
    arn: t.field({
      type: 'Arn',
      description: 'arn:aws:iam::111111111111:root',
      resolve: (parent) => parent.ref.arn,
    }),
    account: t.field({
      type: Account,
      description: 'The account that it is the root user of',
      resolve: (parent) => accountIn(parent.ref.arn),
    }),
    accountId: t.field({
      type: 'AccountId',
      description: 'The number of the account that it is the root user of',
      resolve: (parent) => parent.ref.accountId,
    }),
  }),
});

builder.objectRef<NamedPrincipal<'federatedUser'>>('FederatedUser').implement({
  description: 'A session of sts:GetFederationToken: it holds what its user and its session policies both allow',
  interfaces: [Principal],
  fields: (t) => ({
    arn: t.field({
      type: 'Arn',
      description: 'arn:aws:sts::111111111111:federated-user/name',
      resolve: (parent) => parent.ref.arn,
    }),
    account: t.field({
      type: Account,
      description: 'The account it belongs to',
      resolve: (parent) => accountIn(parent.ref.arn),
    }),
    accountId: t.field({
      type: 'AccountId',
      description: 'The number of the account it belongs to',
      resolve: (parent) => parent.ref.accountId,
    }),
    name: t.string({ description: 'The name it was given', resolve: (parent) => parent.ref.name }),
  }),
});

builder.objectRef<NamedPrincipal<'service'>>('ServicePrincipal').implement({
  description: 'A service of AWS, which acts for itself and can assume the roles that trust it',
  interfaces: [Principal],
  fields: (t) => ({
    name: t.string({
      description: 'Its name in policies, as `service` has it',
      resolve: (parent) => parent.ref.service,
    }),
    service: t.string({
      description: 'Its name in policies, e.g. ec2.amazonaws.com',
      resolve: (parent) => parent.ref.service,
    }),
  }),
});

builder.objectRef<NamedPrincipal<'anonymous'>>('AnonymousPrincipal').implement({
  description: 'Somebody who does not sign requests: only resource-based policies open to everybody allow anything',
  interfaces: [Principal],
});
