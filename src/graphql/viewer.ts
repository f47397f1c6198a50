import type { RoleSessionRecord } from '../directory/session-store.ts';
import type { PrincipalRef } from '../policy/principal-id.ts';
import { builder } from './builder.ts';
import { Principal } from './principal.ts';
import { assumer, principalOf, RoleSession, roleSessionValue } from './role-session.ts';

/** Who calls, as far as the schema shows it. */
export interface ViewerValue {
  readonly ref: PrincipalRef;
  /** Null: in no role. */
  readonly session: RoleSessionRecord | null;
}

export const Viewer = builder.objectRef<ViewerValue>('Viewer').implement({
  description: 'Who is calling (as sts:GetCallerIdentity says it), in which role, and what they return to',
  fields: (t) => ({
    principal: t.field({
      type: Principal,
      description: 'As whom the caller’s requests are decided: the role session while a role is assumed',
      resolve: ({ ref, session }) => principalOf({ principal: ref, heldSession: session }),
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
    resolve: (_root, _args, { caller }) =>
      caller.kind === 'principal' ? { ref: caller.ref, session: caller.session } : null,
  }),
);
