import { grantedBy } from '../../access/granted-by.ts';
import type { Answer } from '../../access/question.ts';
import { knownGaps } from '../../guard/known-gaps.ts';
import { andThen } from '../../guard/maybe-promise.ts';
import { readableReason, readableStatements } from '../../guard/readable-policy.ts';
import { toldKeys } from '../../guard/told-keys.ts';
import { withheldLayers } from '../../guard/withheld-layers.ts';
import { builder } from '../builder.ts';
import { Principal } from '../entities/principal.ts';
import { Role, roleValue } from '../entities/role.ts';
import { sharedItems } from '../execution/repeated.ts';
import { countText } from '../repeated-text.ts';
import { principalOf } from '../sessions/role-session.ts';
import { DecisionEffect, LayerDecision, MatchedStatement, PolicyLayer } from './matched-statement.ts';

const Coverage = builder.enumType('Coverage', {
  description: 'How much of a pattern of resources is allowed, of those that the action can be asked on',
  values: {
    ALL: { description: 'Every resource that the pattern names' },
    SOME: {
      description:
        'Some resources are allowed and others are not. Also the answer if it could not be decided: `gaps` then says so',
    },
    NONE: { description: 'No resource' },
  } as const,
});

/** The evaluator computes reasons, layers and statements only when they are read, so only for selected fields. */
export const Decision = builder.objectRef<Answer>('Decision').implement({
  description: 'The answer to one request, with its reasons. A denial is an answer, not an error',
  // as: what the type is of
  extensions: sharedItems((answer) => (answer as Answer).question.effectAlone === true),
  fields: (t) => ({
    effect: t.field({ type: DecisionEffect, description: 'The outcome', resolve: ({ decision }) => decision.effect }),
    coverage: t.field({
      type: Coverage,
      nullable: true,
      description:
        'How much of a pattern, or of the bare `*`, is allowed; null if the question is about one named resource, or if `gaps` says that it could not be decided. `effect` is ALLOWED only for ALL. Otherwise the ' +
        'decision is the most restrictive one on a resource of the pattern: `reason`, `deniedBy`, `layers` and `matchedStatements` ' +
        'name what denies there, or the layer in which an Allow is missing',
      resolve: ({ coverage }) => coverage ?? null,
    }),
    allowed: t.boolean({
      description: 'Whether the request is allowed: `effect` is ALLOWED',
      resolve: ({ decision }) => decision.allowed,
    }),
    principal: t.field({
      type: Principal,
      description: 'The principal of the question, without its assumed role',
      resolve: ({ question }) => principalOf(question.subject),
    }),
    assumedRole: t.field({
      type: Role,
      nullable: true,
      description: 'The assumed role of the question; null: the question is about `principal` as itself',
      resolve: ({ question: { subject } }) => (subject.assumedRole === null ? null : roleValue(subject.assumedRole)),
    }),
    action: t.string({
      description: 'The action, as given in the question',
      resolve: ({ question }) => question.action,
    }),
    resource: t.field({
      type: 'Arn',
      description: 'The resource, as given in the question',
      resolve: ({ question }) => question.resource,
    }),
    gaps: t.stringList({
      description:
        'What the directory does not know and had to be left out, by name (an account that is not in it, an organization never ' +
        'imported …). Empty: nothing was left out, or the request is denied and the caller may not know whether the resource is in ' +
        'the directory',
      resolve: (answer, _args, context) => andThen(knownGaps(context, answer), (gaps) => countText(context, gaps)),
    }),
    revision: t.field({
      type: 'Revision',
      description: 'The revision of the directory on which this was decided',
      resolve: ({ revision }) => revision,
    }),
  }),
});

builder.objectFields(Decision, (t) => ({
  reason: t.string({
    description:
      'The sentence of AWS’s access-denied error; for ALLOWED, a sentence that names what allowed it. It leaves out the name of the ' +
      'policy if the caller may not read it',
    resolve: (answer, _args, context) => readableReason(context, answer),
  }),
  deniedBy: t.field({
    type: PolicyLayer,
    nullable: true,
    description: 'The layer that a denial is attributed to; null if allowed',
    resolve: ({ decision }) => decision.deniedBy,
  }),
  layers: t.field({
    type: [LayerDecision],
    description: 'The result of every layer that took part, in evaluation order',
    resolve: ({ decision }) => [...decision.layers],
  }),
  matchedStatements: t.field({
    type: [MatchedStatement],
    description:
      'The statements that determined the outcome: the denying ones, or the allowing ones. Without those of policies that the ' +
      'caller may not read: see `withheld`',
    resolve: ({ decision }, _args, context) => readableStatements(context, decision.matchedStatements),
  }),
  withheld: t.field({
    type: [PolicyLayer],
    description:
      'Layers with matching statements, or levels in `deniedAt`, that are not shown, because the ' +
      'caller may not read their policies: a managed policy needs iam:GetPolicyVersion, an inline one iam:GetUserPolicy, ' +
      'iam:GetGroupPolicy or iam:GetRolePolicy, a control policy organizations:DescribePolicy, a level without an Allow organizations:ListPoliciesForTarget, a trust policy iam:GetRole, a KMS grant kms:ListGrants, ' +
      'that of a VPC endpoint ec2:DescribeVpcEndpoints, the ' +
      'policy of a resource config:GetResourceConfigHistory or its service’s own action (s3:GetBucketPolicy …). Policies of AWS, and ' +
      'policies given with the question, need nothing. Empty: everything is shown',
    resolve: ({ decision }, _args, context) => withheldLayers(context, decision),
  }),
  assumedContextKeys: t.stringList({
    description:
      'Condition keys that every such request has and this question did not give (aws:SecureTransport, aws:ViaAWSService, ' +
      'aws:RequestedRegion …): those of which something was assumed, where it could have changed the outcome',
    resolve: (answer, _args, context) =>
      andThen(toldKeys(context, answer, answer.decision.assumedKeys), (keys) => countText(context, keys)),
  }),
  requires: t.stringList({
    description:
      'What the question left open and would have a denied request allowed: `roleSessionName`. Empty: nothing of it would',
    resolve: ({ decision }) => [...decision.requires],
  }),
  missingContextKeys: t.stringList({
    description:
      'Condition keys that a statement uses, that the request does not have, and whose value could have changed the outcome. Without ' +
      'those that only policies use which the caller may not read',
    resolve: async (answer, _args, context) => [
      ...countText(context, await toldKeys(context, answer, answer.decision.missingKeys)),
    ],
  }),
}));

builder.objectFields(Decision, (t) => ({
  grantedBy: t.field({
    type: [PolicyLayer],
    description:
      'The layers whose policies grant an allowed request: IDENTITY_POLICY, RESOURCE_POLICY, TRUST_POLICY and the like. Within one account ' +
      'one of them is enough, but for roles and keys; across accounts both sides are needed. Empty: the request is denied, or it needs no policy',
    resolve: ({ decision }) => [...grantedBy(decision)],
  }),
}));
