import { builder } from '../builder.ts';
import { AccessDeniedFailure, expectingFailures, ValidationFailure } from '../failures.ts';
import { AssumeRoleSuccess } from './assume-role.ts';
import { ROLE_DURATION } from './issued-fields.ts';

const AssumeInstanceProfileInput = builder.inputType('AssumeInstanceProfileInput', {
  description: 'For which instance a service takes the role of an instance profile',
  fields: (t) => ({
    instanceProfile: t.field({
      type: 'Arn',
      required: true,
      description: 'arn:aws:iam::111111111111:instance-profile/name',
    }),
    instanceId: t.string({
      required: true,
      description: 'The instance, i-…: the session is named after it; 2 to 64 characters',
    }),
    durationSeconds: t.int({ description: ROLE_DURATION }),
    sourceArn: t.field({ type: 'Arn', description: 'aws:SourceArn: the resource that the service calls for' }),
    sourceAccount: t.field({ type: 'AccountId', description: 'aws:SourceAccount: the account of that resource' }),
  }),
});

builder.mutationField('assumeInstanceProfile', (t) =>
  t.field({
    type: AssumeRoleSuccess,
    nullable: true,
    description:
      'The role of an instance profile, as EC2 takes it for an instance. For services; the trust policy of the role has to name ' +
      'the service. A profile that is not there, or holds no role, is answered as one that may not be used',
    args: {
      input: t.arg({
        type: AssumeInstanceProfileInput,
        required: true,
        description: 'Which profile, for which instance',
      }),
    },
    errors: {
      types: [AccessDeniedFailure, ValidationFailure],
      union: { name: 'AssumeInstanceProfileResult', description: 'The role is assumed, or why not' },
    },
    resolve: (_root, { input }, { sessions, caller, now, origin }) =>
      expectingFailures(() => sessions.assumeInstanceProfile(caller, input, now, origin)),
  }),
);
