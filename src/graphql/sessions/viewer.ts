import type { PrincipalCaller } from '../../session/caller.ts';
import { brand } from '../brand.ts';
import { builder } from '../builder.ts';
import { Account } from '../entities/account.ts';
import { Principal } from '../entities/principal.ts';
import { assumer, principalOf, RoleSession, roleSessionValue } from './role-session.ts';

export const Viewer = builder.objectRef<PrincipalCaller>('Viewer').implement({
  description: 'Who is calling (as sts:GetCallerIdentity says it), in which role, and what they return to',
  fields: (t) => ({
    principal: t.field({
      type: Principal,
      description:
        'As whom the caller’s requests are decided: the role session while a role is assumed. Its `principalId` is the `Arn` of ' +
        'sts:GetCallerIdentity',
      resolve: ({ ref, session }) => principalOf({ principal: ref, heldSession: session }),
    }),
    userId: t.string({
      description:
        'The `UserId` of sts:GetCallerIdentity: `AIDA…` of a user, `AROA…:session` of a role session, the account’s number of a ' +
        'root user, `111111111111:name` of a federated user; of a service its name',
      resolve: async (caller, _args, { sessions }) => (await sessions.getCallerIdentity(caller)).userId,
    }),
    account: t.field({
      type: Account,
      nullable: true,
      description:
        'The account that the caller speaks from: of a role session the role’s; null for a service, which is of none',
      resolve: ({ ref }) => ('accountId' in ref ? brand({ id: ref.accountId }, 'Account') : null),
    }),
    roleSession: t.field({
      type: RoleSession,
      nullable: true,
      description: 'Set while a role is assumed',
      resolve: ({ session }) => (session === null ? null : roleSessionValue(session)),
    }),
    restoresTo: t.field({
      type: Principal,
      nullable: true,
      description: 'Whom the caller becomes again by leaving the role; null while none is assumed',
      resolve: ({ session }) => (session === null ? null : assumer(session.assumedBy, session.parentId)),
    }),
  }),
});

builder.queryField('viewer', (t) =>
  t.field({
    type: Viewer,
    nullable: true,
    description: 'The caller; null without credentials, and for the operator, who is no principal of IAM',
    resolve: (_root, _args, { caller }) => (caller.kind === 'principal' ? caller : null),
  }),
);
