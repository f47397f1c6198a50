import type { TemporaryCredentials as TemporaryCredentialsValue } from '../../session/credentials.ts';
import { builder } from '../builder.ts';
import { AccessDeniedFailure, expectingFailures, ValidationFailure } from '../failures.ts';
import { NULL_RESULT } from '../null-answer.ts';
import { CREDENTIALS, mfaFields, USER_DURATION } from './issued-fields.ts';

const GetSessionTokenInput = builder.inputType('GetSessionTokenInput', {
  description: 'The parameters of sts:GetSessionToken, with AWS’s limits',
  fields: (t) => ({
    durationSeconds: t.int({ description: USER_DURATION }),
    ...mfaFields(t, 'The MFA device of the user; together with `tokenCode`'),
  }),
});

const GetSessionTokenSuccess = builder
  .objectRef<{ readonly credentials: TemporaryCredentialsValue }>('GetSessionTokenSuccess')
  .implement({
    description: 'Temporary credentials of the caller itself',
    fields: (t) => ({
      credentials: t.field({
        ...CREDENTIALS,
        description: 'The credentials for requests as the caller itself',
      }),
    }),
  });

builder.mutationField('getSessionToken', (t) =>
  t.field({
    type: GetSessionTokenSuccess,
    nullable: true,
    description:
      'sts:GetSessionToken: creates temporary credentials of a user for itself, with MFA if a code is given. Only ' +
      'for users with their long-term key; needs no permission. Credentials made without MFA cannot call IAM. ' +
      NULL_RESULT,
    args: { input: t.arg({ type: GetSessionTokenInput, description: 'The parameters of sts:GetSessionToken' }) },
    errors: {
      types: [AccessDeniedFailure, ValidationFailure],
      union: { name: 'GetSessionTokenResult', description: 'The credentials, or why they were not created' },
    },
    resolve: (_root, { input }, { sessions, caller, now, origin }) =>
      expectingFailures(async () => ({
        credentials: await sessions.getSessionToken(caller, input ?? {}, now, origin),
      })),
  }),
);
