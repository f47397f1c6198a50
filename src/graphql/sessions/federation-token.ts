import { storedPrincipal } from '../../session/authenticate.ts';
import type { FederationToken } from '../../session/temporary-credentials.ts';
import { builder } from '../builder.ts';
import { Principal, principalValue } from '../entities/principal.ts';
import { TagInput } from '../entities/tag.ts';
import { expectingFailures } from '../failures.ts';
import { NULL_RESULT } from '../null-answer.ts';
import { CREDENTIALS, PACKED_POLICY_SIZE, SESSION_FAILURES, USER_DURATION } from './issued-fields.ts';
import { withPolicyTexts } from './session-policies.ts';

const GetFederationTokenInput = builder.inputType('GetFederationTokenInput', {
  description: 'The parameters of sts:GetFederationToken, with AWS’s limits',
  fields: (t) => ({
    name: t.string({
      required: true,
      description: 'Name of the federated user: 2 to 32 characters of A-Z a-z 0-9 _ + = , . @ -',
    }),
    durationSeconds: t.int({ description: USER_DURATION }),
    sessionPolicies: t.field({
      type: ['PolicyDocument'],
      description:
        'Session policies, together at most 2,048 characters. The federated user may do what these and the caller’s ' +
        'own policies both allow. Without them and without `sessionPolicyArns`, it may do only what resource-based ' +
        'policies grant it',
    }),
    sessionPolicyArns: t.field({
      type: ['Arn'],
      description: 'Managed policies of the user’s account or of AWS that apply like `sessionPolicies`, at most 10',
    }),
    tags: t.field({ type: [TagInput], description: 'Session tags, at most 50. They need sts:TagSession' }),
  }),
});

const GetFederationTokenSuccess = builder.objectRef<FederationToken>('GetFederationTokenSuccess').implement({
  description: 'Temporary credentials of a federated user',
  fields: (t) => ({
    federatedUser: t.field({
      type: Principal,
      description: 'The FederatedUser as which requests with these credentials are made',
      resolve: ({ arn }) => {
        const ref = storedPrincipal(arn);
        if (ref.kind !== 'federatedUser') throw new Error(`not a federated user: ${arn}`);
        return principalValue(ref);
      },
    }),
    federatedUserId: t.exposeString('federatedUserId', { description: 'Value of aws:userid: 111111111111:name' }),
    credentials: t.field(CREDENTIALS),
    packedPolicySize: t.exposeInt('packedPolicySize', PACKED_POLICY_SIZE),
  }),
});

builder.mutationField('getFederationToken', (t) =>
  t.field({
    type: GetFederationTokenSuccess,
    nullable: true,
    description:
      'sts:GetFederationToken: creates temporary credentials for somebody who acts on behalf of a user. Only for ' +
      `users with their long-term key, who need sts:GetFederationToken on the federated user. ${NULL_RESULT}`,
    args: {
      input: t.arg({
        type: GetFederationTokenInput,
        required: true,
        description: 'The parameters of sts:GetFederationToken',
      }),
    },
    errors: {
      types: SESSION_FAILURES,
      union: { name: 'GetFederationTokenResult', description: 'The credentials, or why they were not created' },
    },
    resolve: (_root, { input }, { sessions, caller, now, origin }) =>
      expectingFailures(() => sessions.getFederationToken(caller, withPolicyTexts(input), now, origin)),
  }),
);
