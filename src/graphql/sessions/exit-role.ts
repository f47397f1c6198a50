import { leave } from '../../guard/left-sessions.ts';
import { callerWithKeySession } from '../../session/authenticate.ts';
import { type PrincipalCaller, signInOf } from '../../session/caller.ts';
import type { ExitedRole } from '../../session/exit-role.ts';
import { builder } from '../builder.ts';
import type { GatewayContext } from '../context.ts';
import { expectingFailures, ValidationFailure } from '../failures.ts';
import { NULL_RESULT } from '../null-answer.ts';
import { become } from './become.ts';
import { ownRoleSession, RoleSession } from './role-session.ts';
import { Viewer } from './viewer.ts';

/** A role that was left, and the caller's identity after it. */
interface LeftRole extends ExitedRole {
  readonly viewer: PrincipalCaller;
}

const ExitRoleSuccess = builder.objectRef<LeftRole>('ExitRoleSuccess').implement({
  description: 'The role was left: the session has ended, and the caller has its own permissions again',
  fields: (t) => ({
    endedSession: t.field({
      type: RoleSession,
      description: 'The session that ended',
      resolve: ({ endedSession }, _args, context) => ownRoleSession(context, endedSession),
    }),
    viewer: t.field({
      type: Viewer,
      description: 'The caller after leaving the role',
      resolve: ({ viewer }) => viewer,
    }),
  }),
});

builder.mutationField('exitRole', (t) =>
  t.field({
    type: ExitRoleSuccess,
    nullable: true,
    description:
      'Leaves the role: the session ends at once, on all gateways of the directory, and the caller returns to its ' +
      'previous identity. A browser continues as the identity that signed in; other callers make their next requests ' +
      `with the credentials with which they assumed the role. ${NULL_RESULT}`,
    errors: {
      types: [ValidationFailure],
      union: { name: 'ExitRoleResult', description: 'The ended session, or why the role was not left' },
    },
    resolve: (_root, _args, context) =>
      expectingFailures(async () => {
        const { sessions, caller, now, origin } = context;
        const exited = await sessions.exitRole(caller, now, origin);
        const signIn = signInOf(caller);
        if (signIn === null) {
          leave(context);
          return { ...exited, viewer: await restored(context, exited) };
        }
        const viewer = callerWithKeySession({ ...signIn, roleSessionId: null });
        become(context, viewer);
        return { ...exited, viewer };
      }),
  }),
);

/** The caller that assumed the role; for a chained role, the session that it was chained from. */
async function restored(
  { directory }: GatewayContext,
  { endedSession, restoresTo }: ExitedRole,
): Promise<PrincipalCaller> {
  const session = endedSession.parentId === null ? null : await directory.sessions.find(endedSession.parentId);
  // Which key it will use next is not known.
  return { kind: 'principal', ref: restoresTo, keyId: session?.accessKeyId ?? '', session };
}
