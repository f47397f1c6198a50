import { callerWithKeySession } from '../../session/authenticate.ts';
import { signInOf } from '../../session/caller.ts';
import type { AssumedRole } from '../../session/grant-role.ts';
import { builder } from '../builder.ts';
import { TagInput } from '../entities/tag.ts';
import { expectingFailures } from '../failures.ts';
import { NULL_RESULT } from '../null-answer.ts';
import { become } from './become.ts';
import { CREDENTIALS, MADE_ROLE_SESSION, mfaFields, PACKED_POLICY_SIZE, SESSION_FAILURES } from './issued-fields.ts';
import { sessionPolicyFields, withPolicyTexts } from './session-policies.ts';

const AssumeRoleInput = builder.inputType('AssumeRoleInput', {
  description: 'The parameters of sts:AssumeRole, with AWS’s limits',
  fields: (t) => ({
    role: t.field({ type: 'Arn', required: true, description: 'The role to assume' }),
    roleSessionName: t.string({
      required: true,
      description:
        'Name of the session: 2 to 64 characters of A-Z a-z 0-9 _ + = , . @ -. It is ignored in a signed-in browser, ' +
        'where, as in AWS’s console, the session is named after the signed-in identity',
    }),
    durationSeconds: t.int({
      description:
        'Duration of the session in seconds: 900 to the role’s maximum (at most 43,200; 3,600 for a chained role). ' +
        'Left out: 3,600',
    }),
    externalId: t.string({ description: 'External id, which the trust policy may require: 2 to 1,224 characters' }),
    ...sessionPolicyFields(t),
    tags: t.field({ type: [TagInput], description: 'Session tags, at most 50' }),
    transitiveTagKeys: t.stringList({ description: 'Keys of the tags that are passed on to chained sessions' }),
    sourceIdentity: t.string({
      description: 'The identity behind the session, 2 to 64 characters; role chaining keeps it',
    }),
    ...mfaFields(t, 'The MFA device of the caller, 9 to 256 characters'),
    sourceArn: t.field({
      type: 'Arn',
      description: 'aws:SourceArn: the resource for which a service assumes the role. Only for services',
    }),
    sourceAccount: t.field({
      type: 'AccountId',
      description: 'aws:SourceAccount: the account of that resource. Only for services',
    }),
  }),
});

export const AssumeRoleSuccess = builder.objectRef<AssumedRole>('AssumeRoleSuccess').implement({
  description: 'The role was assumed',
  fields: (t) => ({
    roleSession: t.field(MADE_ROLE_SESSION),
    credentials: t.field(CREDENTIALS),
    packedPolicySize: t.exposeInt('packedPolicySize', PACKED_POLICY_SIZE),
  }),
});

builder.mutationField('assumeRole', (t) =>
  t.field({
    type: AssumeRoleSuccess,
    nullable: true,
    description:
      'sts:AssumeRole. On success the answer holds temporary credentials. A signed-in browser is also switched to ' +
      'the role, as in AWS’s console: with the identity that signed in, and for at most one hour. If the browser is ' +
      'in another role, that session ends. A browser can give only `role` in the input, and `credentials` are those ' +
      'of the same session, for use outside the browser until it leaves the role. Only for principals: the operator ' +
      `cannot assume a role. ${NULL_RESULT}`,
    args: { input: t.arg({ type: AssumeRoleInput, required: true, description: 'The parameters of sts:AssumeRole' }) },
    errors: {
      types: SESSION_FAILURES,
      union: { name: 'AssumeRoleResult', description: 'The session, or why the role was not assumed' },
    },
    resolve: (_root, { input }, context) =>
      expectingFailures(async () => {
        const { sessions, caller, now, origin } = context;
        const assumed = await sessions.assumeRole(caller, withPolicyTexts(input), now, origin);
        const signIn = signInOf(caller);
        if (signIn !== null) {
          const { session } = assumed;
          become(context, callerWithKeySession({ ...signIn, roleSessionId: session.id }, session));
        }
        return assumed;
      }),
  }),
);
