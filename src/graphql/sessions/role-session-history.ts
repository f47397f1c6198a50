import { builder } from '../builder.ts';
import { RoleSession } from './role-session.ts';

export const RoleSessionState = builder.enumType('RoleSessionState', {
  description: 'Whether a role session can be used',
  values: {
    LIVE: {
      description: 'It can. A session that was revoked by a policy of its role is live, and denied everything',
    },
    ENDED: { description: 'It was left or replaced, has expired, or its role was deleted' },
  } as const,
});

const RoleSessionEndReason = builder.enumType('RoleSessionEndReason', {
  description: 'Why a role session ended before its time',
  values: {
    EXITED: { description: 'It was left: by exitRole, or by signing out' },
    REVOKED: { description: 'It was ended by somebody else' },
    SWITCHED: { description: 'The browser that was in it switched to another role' },
    ROLE_DELETED: { description: 'Its role was deleted' },
  } as const,
});

builder.prismaObjectFields(RoleSession, (t) => ({
  endReason: t.expose('endReason', {
    type: RoleSessionEndReason,
    nullable: true,
    description: 'Why it ended before its time; null: it did not',
  }),
  state: t.field({
    type: RoleSessionState,
    nullable: true,
    description: 'Whether it can be used now',
    select: { endedAt: true, expiresAt: true, roleId: true },
    resolve: ({ endedAt, expiresAt, roleId }, _args, { now }) =>
      endedAt === null && roleId !== null && expiresAt.getTime() > now ? 'LIVE' : 'ENDED',
  }),
  federatedProvider: t.expose('federatedProvider', {
    type: 'Arn',
    nullable: true,
    description: 'The OpenID Connect provider whose web identity it was assumed with; null: none',
  }),
  federatedSubject: t.exposeString('federatedSubject', {
    nullable: true,
    description: 'The `sub` of the web identity: whom the provider said it is; null: none',
  }),
  mfaAuthenticatedAt: t.expose('mfaAuthenticatedAt', {
    type: 'DateTime',
    nullable: true,
    description: 'When who assumed the role had proved to hold its MFA device; null: it had not',
  }),
  sourceIp: t.exposeString('sourceIp', {
    nullable: true,
    description: 'The address that the role was assumed from; null: not known',
  }),
  userAgent: t.exposeString('userAgent', {
    nullable: true,
    description: 'What the client that assumed the role called itself, at most 2,048 characters; null: nothing',
  }),
}));
