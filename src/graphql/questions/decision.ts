import type { Answer } from '../../access/question.ts';
import { knownGaps } from '../../guard/known-gaps.ts';
import { readableReason, readableStatements, withheldLayers } from '../../guard/readable-policy.ts';
import { builder } from '../builder.ts';
import { Principal } from '../entities/principal.ts';
import { Role, roleValue } from '../entities/role.ts';
import { principalOf } from '../sessions/role-session.ts';
import { DecisionEffect, LayerDecision, MatchedStatement, PolicyLayer } from './matched-statement.ts';

/** Reasons, layers and statements are worked out by the evaluator when they are read: only selected fields are. */
export const Decision = builder.objectRef<Answer>('Decision').implement({
  description: 'The answer to one request, with its reasons. A denial is an answer and no error',
  fields: (t) => ({
    effect: t.field({ type: DecisionEffect, description: 'The outcome', resolve: ({ decision }) => decision.effect }),
    allowed: t.boolean({
      description: 'Whether the request is allowed: `effect` is ALLOWED',
      resolve: ({ decision }) => decision.allowed,
    }),
    principal: t.field({
      type: Principal,
      description: 'Who was asked about, as itself also where a role was asked about',
      resolve: ({ question }) => principalOf(question.subject),
    }),
    assumedRole: t.field({
      type: Role,
      nullable: true,
      description: 'The role that `principal` was asked about as having assumed; null: as itself',
      resolve: ({ question: { subject } }) => (subject.assumedRole === null ? null : roleValue(subject.assumedRole)),
    }),
    action: t.string({
      description: 'The action asked for, as it was asked',
      resolve: ({ question }) => question.action,
    }),
    resource: t.field({
      type: 'Arn',
      description: 'The resource asked for',
      resolve: ({ question }) => question.resource,
    }),
    gaps: t.stringList({
      description:
        'What the directory did not know and had to leave out, by name (an account that is not in it, an organization never ' +
        'imported …). Empty: nothing was guessed, or the request is denied on a resource of which the caller may not know whether it ' +
        'is there',
      resolve: (answer, _args, context) => knownGaps(context, answer),
    }),
    revision: t.field({
      type: 'Revision',
      description: 'The state of the directory that this was decided on',
      resolve: ({ revision }) => revision,
    }),
  }),
});

builder.objectFields(Decision, (t) => ({
  reason: t.string({
    description:
      'The sentence AWS prints in its access-denied error; for ALLOWED, one that names what allowed it. Without the name of the ' +
      'policy where the caller may not read it',
    resolve: (answer, _args, context) => readableReason(context, answer),
  }),
  deniedBy: t.field({
    type: PolicyLayer,
    nullable: true,
    description: 'The layer a denial is attributed to; null when allowed',
    resolve: ({ decision }) => decision.deniedBy,
  }),
  layers: t.field({
    type: [LayerDecision],
    description: 'What every layer that took part said, in evaluation order',
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
      'Layers that have statements that matched and are shown neither in `matchedStatements` nor in `layers`, because the ' +
      'caller may not read their policies: a managed policy needs iam:GetPolicyVersion, an inline one iam:GetUserPolicy, ' +
      'iam:GetGroupPolicy or iam:GetRolePolicy, a control policy organizations:DescribePolicy, a trust policy iam:GetRole, the ' +
      'policy of a resource config:GetResourceConfigHistory or its service’s own action (s3:GetBucketPolicy …). Policies of AWS, and ' +
      'those that came with the question, need nothing. Empty: everything is shown',
    resolve: ({ decision }, _args, context) => withheldLayers(context, decision),
  }),
  assumedContextKeys: t.stringList({
    description:
      'Condition keys that every such request has and this question did not give (aws:SecureTransport, aws:ViaAWSService, ' +
      'aws:RequestedRegion …): those of which something was assumed, where it could have changed the outcome',
    resolve: ({ decision }) => [...decision.assumedContextKeys],
  }),
  requires: t.stringList({
    description:
      'What the question left open and would have a denied request allowed: `roleSessionName`. Empty: nothing of it would',
    resolve: ({ decision }) => [...decision.requires],
  }),
  missingContextKeys: t.stringList({
    description:
      'Condition keys that a statement asked for and the request did not carry, and whose value could have changed the outcome',
    resolve: ({ decision }) => [...decision.missingContextKeys],
  }),
}));
