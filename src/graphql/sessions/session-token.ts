import type { TemporaryCredentials as TemporaryCredentialsValue } from '../../session/credentials.ts';
import { builder } from '../builder.ts';
import { AccessDeniedFailure, expectingFailures, ValidationFailure } from '../failures.ts';
import { TemporaryCredentials } from './temporary-credentials.ts';

const GetSessionTokenInput = builder.inputType('GetSessionTokenInput', {
  description: 'The parameters of sts:GetSessionToken, with AWS’s limits',
  fields: (t) => ({
    durationSeconds: t.int({
      description:
        'How long the credentials work, in seconds: 900 to 129,600. Left out: 43,200. Of a root user 3,600 at most',
    }),
    serialNumber: t.string({ description: 'The MFA device of the user; together with `tokenCode`' }),
    tokenCode: t.string({ description: 'What the MFA device shows: six digits. A code counts once' }),
  }),
});

const GetSessionTokenSuccess = builder
  .objectRef<{ readonly credentials: TemporaryCredentialsValue }>('GetSessionTokenSuccess')
  .implement({
    description: 'Temporary credentials of the caller itself',
    fields: (t) => ({
      credentials: t.field({
        type: TemporaryCredentials,
        description: 'What requests are signed in with, as the caller itself',
        resolve: ({ credentials }) => credentials,
      }),
    }),
  });

builder.mutationField('getSessionToken', (t) =>
  t.field({
    type: GetSessionTokenSuccess,
    nullable: true,
    description:
      'sts:GetSessionToken: temporary credentials of a user for itself, with MFA if a code is given. For users with their ' +
      'long-term key; needs no permission. Made without MFA, they cannot call IAM',
    args: { input: t.arg({ type: GetSessionTokenInput, description: 'The parameters of sts:GetSessionToken' }) },
    errors: {
      types: [AccessDeniedFailure, ValidationFailure],
      union: { name: 'GetSessionTokenResult', description: 'The credentials, or why there are none' },
    },
    resolve: (_root, { input }, { sessions, caller, now, origin }) =>
      expectingFailures(async () => ({
        credentials: await sessions.getSessionToken(caller, input ?? {}, now, origin),
      })),
  }),
);
