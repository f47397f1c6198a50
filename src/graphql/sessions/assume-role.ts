import { callerWithKeySession } from '../../session/authenticate.ts';
import { signInOf } from '../../session/caller.ts';
import type { AssumedRole } from '../../session/grant-role.ts';
import { builder } from '../builder.ts';
import { TagInput } from '../entities/tag.ts';
import { expectingFailures } from '../failures.ts';
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
        'Name of the session: 2 to 64 characters of A-Z a-z 0-9 _ + = , . @ -. In a browser that is signed in it does not ' +
        'count: there, as in AWS’s console, the session is named after who signed in',
    }),
    durationSeconds: t.int({
      description:
        'How long the session lasts, in seconds: 900 to the role’s maximum (at most 43,200; 3,600 for a chained role). Left ' +
        'out: 3,600',
    }),
    externalId: t.string({ description: 'What the trust policy may ask for: 2 to 1,224 characters' }),
    ...sessionPolicyFields(t),
    tags: t.field({ type: [TagInput], description: 'Session tags, at most 50' }),
    transitiveTagKeys: t.stringList({ description: 'Keys of the tags that chained sessions inherit' }),
    sourceIdentity: t.string({
      description: 'The identity behind the session, 2 to 64 characters; it stays through role chaining',
    }),
    ...mfaFields(t, 'The MFA device of the caller, 9 to 256 characters'),
    sourceArn: t.field({
      type: 'Arn',
      description: 'aws:SourceArn: the resource that a service assumes the role for. For services only',
    }),
    sourceAccount: t.field({
      type: 'AccountId',
      description: 'aws:SourceAccount: the account of that resource. For services only',
    }),
  }),
});

export const AssumeRoleSuccess = builder.objectRef<AssumedRole>('AssumeRoleSuccess').implement({
  description: 'The role is assumed',
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
      'sts:AssumeRole. On success the answer holds temporary credentials; with a signed-in browser session the caller is ' +
      'switched into the role, as by AWS’s console: with the identity that signed in, also out of another role, which ends, for an ' +
      'hour at most; of the input, only `role` can be given then, and `credentials` are those of the same session, for use beside ' +
      'the browser until it leaves the role. For principals: the operator can assume no role',
    args: { input: t.arg({ type: AssumeRoleInput, required: true, description: 'The parameters of sts:AssumeRole' }) },
    errors: {
      types: SESSION_FAILURES,
      union: { name: 'AssumeRoleResult', description: 'The role is assumed, or why not' },
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
