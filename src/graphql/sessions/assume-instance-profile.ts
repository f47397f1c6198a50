import { builder } from '../builder.ts';
import { AccessDeniedFailure, expectingFailures, ValidationFailure } from '../failures.ts';
import { NULL_RESULT } from '../null-answer.ts';
import { AssumeRoleSuccess } from './assume-role.ts';
import { ROLE_DURATION } from './issued-fields.ts';

const AssumeInstanceProfileInput = builder.inputType('AssumeInstanceProfileInput', {
  description: 'The instance profile, and the instance for which a service takes its role',
  fields: (t) => ({
    instanceProfile: t.field({
      type: 'Arn',
      required: true,
      description: 'ARN of the profile: arn:aws:iam::111111111111:instance-profile/name',
    }),
    instanceId: t.string({
      required: true,
      description: 'Id of the instance, i-…, which is also the name of the session; 2 to 64 characters',
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
      'Assumes the role of an instance profile, as EC2 does for an instance. Only for services, which the trust ' +
      'policy of the role must name. A profile that does not exist, or has no role, is answered like one that may ' +
      'not be used. ' +
      NULL_RESULT,
    args: {
      input: t.arg({
        type: AssumeInstanceProfileInput,
        required: true,
        description: 'The profile and the instance',
      }),
    },
    errors: {
      types: [AccessDeniedFailure, ValidationFailure],
      union: { name: 'AssumeInstanceProfileResult', description: 'The session, or why the role was not assumed' },
    },
    resolve: (_root, { input }, { sessions, caller, now, origin }) =>
      expectingFailures(() => sessions.assumeInstanceProfile(caller, input, now, origin)),
  }),
);
