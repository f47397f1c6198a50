import { builder } from '../builder.ts';
import { RoleSession } from './role-session.ts';

export const RoleSessionState = builder.enumType('RoleSessionState', {
  description: 'State of a role session',
  values: {
    LIVE: {
      description: 'The session can be used. A session revoked by a policy of its role is live, and denied everything',
    },
    ENDED: { description: 'The session was left or replaced, has expired, or its role was deleted' },
  } as const,
});

const RoleSessionEndReason = builder.enumType('RoleSessionEndReason', {
  description: 'Why a role session ended before it expired',
  values: {
    EXITED: { description: 'The session was left with exitRole, or by signing out' },
    REVOKED: { description: 'Somebody else ended the session' },
    SWITCHED: { description: 'The browser switched to another role' },
    ROLE_DELETED: { description: 'The role was deleted' },
  } as const,
});

builder.prismaObjectFields(RoleSession, (t) => ({
  endReason: t.expose('endReason', {
    type: RoleSessionEndReason,
    nullable: true,
    description: 'Why the session ended before it expired; null: it did not',
  }),
  state: t.field({
    type: RoleSessionState,
    nullable: true,
    description: 'Whether the session can be used now',
    select: { endedAt: true, expiresAt: true, roleId: true },
    resolve: ({ endedAt, expiresAt, roleId }, _args, { now }) =>
      endedAt === null && roleId !== null && expiresAt.getTime() > now ? 'LIVE' : 'ENDED',
  }),
  federatedProvider: t.expose('federatedProvider', {
    type: 'Arn',
    nullable: true,
    description: 'The OpenID Connect provider of the web identity that assumed the role; null: none',
  }),
  federatedSubject: t.exposeString('federatedSubject', {
    nullable: true,
    description: 'The `sub` of the web identity: the user’s id at the provider; null: none',
  }),
  mfaAuthenticatedAt: t.expose('mfaAuthenticatedAt', {
    type: 'DateTime',
    nullable: true,
    description: 'When the caller that assumed the role authenticated with MFA; null: it did not',
  }),
  sourceIp: t.exposeString('sourceIp', {
    nullable: true,
    description: 'IP address from which the role was assumed; null: not known',
  }),
  userAgent: t.exposeString('userAgent', {
    nullable: true,
    description: 'User agent of the client that assumed the role, at most 2,048 characters; null: none',
  }),
}));
