import type { AssumedRoleWithWebIdentity } from '../../session/web-identity.ts';
import { builder } from '../builder.ts';
import { expectingFailures, IdentityTokenFailure } from '../failures.ts';
import { NULL_RESULT } from '../null-answer.ts';
import {
  CREDENTIALS,
  MADE_ROLE_SESSION,
  PACKED_POLICY_SIZE,
  ROLE_DURATION,
  SESSION_FAILURES,
} from './issued-fields.ts';
import { sessionPolicyFields, withPolicyTexts } from './session-policies.ts';

const AssumeRoleWithWebIdentityInput = builder.inputType('AssumeRoleWithWebIdentityInput', {
  description: 'The parameters of sts:AssumeRoleWithWebIdentity, with AWS’s limits',
  fields: (t) => ({
    role: t.field({ type: 'Arn', required: true, description: 'The role to assume' }),
    roleSessionName: t.string({
      required: true,
      description: 'Name of the session: 2 to 64 characters of A-Z a-z 0-9 _ + = , . @ -',
    }),
    webIdentityToken: t.string({
      required: true,
      description:
        'The ID token of an OpenID Connect provider of the role’s account: a JWT of 4 to 20,000 characters. Clocks ' +
        'may differ by one minute',
    }),
    durationSeconds: t.int({ description: ROLE_DURATION }),
    ...sessionPolicyFields(t),
  }),
});

const AssumeRoleWithWebIdentitySuccess = builder
  .objectRef<AssumedRoleWithWebIdentity>('AssumeRoleWithWebIdentitySuccess')
  .implement({
    description: 'The role was assumed',
    fields: (t) => ({
      roleSession: t.field(MADE_ROLE_SESSION),
      credentials: t.field(CREDENTIALS),
      packedPolicySize: t.exposeInt('packedPolicySize', PACKED_POLICY_SIZE),
      provider: t.expose('provider', { type: 'Arn', description: 'The provider that issued the token' }),
      subjectFromWebIdentityToken: t.exposeString('subjectFromWebIdentityToken', {
        description: 'The `sub` of the token: the user’s id at the provider',
      }),
      audience: t.exposeString('audience', {
        description: 'The `aud` of the token: one of the provider’s client ids',
      }),
    }),
  });

builder.mutationField('assumeRoleWithWebIdentity', (t) =>
  t.field({
    type: AssumeRoleWithWebIdentitySuccess,
    nullable: true,
    description:
      'sts:AssumeRoleWithWebIdentity: assumes a role with a token of an OpenID Connect provider that the role ' +
      `trusts. Needs no credentials; any credentials are ignored. ${NULL_RESULT}`,
    args: {
      input: t.arg({
        type: AssumeRoleWithWebIdentityInput,
        required: true,
        description: 'The parameters of sts:AssumeRoleWithWebIdentity',
      }),
    },
    errors: {
      types: [...SESSION_FAILURES, IdentityTokenFailure],
      union: {
        name: 'AssumeRoleWithWebIdentityResult',
        description:
          'The session, or why the role was not assumed. A role that does not exist is answered like one that may ' +
          'not be assumed',
      },
    },
    resolve: (_root, { input }, { sessions, now, origin }) =>
      expectingFailures(() => sessions.assumeRoleWithWebIdentity(withPolicyTexts(input), now, origin)),
  }),
);
