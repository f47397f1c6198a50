import type { PrincipalCaller } from '../../session/caller.ts';
import { brand } from '../brand.ts';
import { builder } from '../builder.ts';
import { Account } from '../entities/account.ts';
import { Principal } from '../entities/principal.ts';
import { assumer, principalOf, RoleSession, roleSessionValue } from './role-session.ts';

export const Viewer = builder.objectRef<PrincipalCaller>('Viewer').implement({
  description: 'The caller (as in sts:GetCallerIdentity), its role, and the identity that it returns to',
  fields: (t) => ({
    principal: t.field({
      type: Principal,
      description:
        'The principal as which the caller’s requests are decided: the role session while a role is assumed. Its ' +
        '`principalId` is the `Arn` of sts:GetCallerIdentity',
      resolve: ({ ref, session }) => principalOf({ principal: ref, heldSession: session }),
    }),
    userId: t.string({
      description:
        'The `UserId` of sts:GetCallerIdentity: `AIDA…` for a user, `AROA…:session` for a role session, the account ' +
        'id for a root user, `111111111111:name` for a federated user; for a service its name',
      resolve: async (caller, _args, { sessions }) => (await sessions.getCallerIdentity(caller)).userId,
    }),
    account: t.field({
      type: Account,
      nullable: true,
      description: 'The account of the caller: for a role session that of the role; null for a service, which has none',
      resolve: ({ ref }) => ('accountId' in ref ? brand({ id: ref.accountId }, 'Account') : null),
    }),
    roleSession: t.field({
      type: RoleSession,
      nullable: true,
      description: 'The session of the assumed role; null: none',
      resolve: ({ session }) => (session === null ? null : roleSessionValue(session)),
    }),
    restoresTo: t.field({
      type: Principal,
      nullable: true,
      description: 'The principal that the caller returns to by leaving the role; null: no role is assumed',
      resolve: ({ session }) => (session === null ? null : assumer(session.assumedBy, session.parentId)),
    }),
  }),
});

builder.queryField('viewer', (t) =>
  t.field({
    type: Viewer,
    nullable: true,
    description: 'The caller; null without credentials, and for the operator, who is not a principal of IAM',
    resolve: (_root, _args, { caller }) => (caller.kind === 'principal' ? caller : null),
  }),
);
