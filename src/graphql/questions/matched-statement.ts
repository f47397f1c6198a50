import type {
  LayerDecision as LayerDecisionValue,
  MatchedStatement as MatchedStatementValue,
} from '../../evaluation/decision.ts';
import { readableStatements } from '../../guard/readable-policy.ts';
import { builder } from '../builder.ts';

export const DecisionEffect = builder.enumType('DecisionEffect', {
  description: 'The outcome of a request, or what one layer of policies says of it',
  values: {
    ALLOWED: { description: 'It is allowed' },
    EXPLICIT_DENY: { description: 'A Deny statement matches; nothing can overrule it' },
    IMPLICIT_DENY: { description: 'No Deny matches, and no statement allows it where one would have to' },
  } as const,
});

export const PolicyLayer = builder.enumType('PolicyLayer', {
  description: 'The kinds of policy that take part in a decision',
  values: {
    IDENTITY_POLICY: { description: 'Policies of the principal: of a user and its groups, or of a role' },
    RESOURCE_POLICY: { description: 'The policy of the resource, e.g. a bucket policy' },
    TRUST_POLICY: { description: 'The policy of a role that says who may assume it' },
    PERMISSIONS_BOUNDARY: { description: 'The bound of what the principal’s identity policies can allow' },
    SESSION_POLICY: { description: 'Policies passed when a role was assumed, which limit the session' },
    SERVICE_CONTROL_POLICY: {
      description: 'The organization’s bound of what principals of the caller’s account can do',
    },
    RESOURCE_CONTROL_POLICY: {
      description: 'The organization’s bound of what can be done to resources of its accounts',
    },
    VPC_ENDPOINT_POLICY: { description: 'The policy of the VPC endpoint that a request goes through' },
  } as const,
});

const StatementEffect = builder.enumType('StatementEffect', {
  description: 'The Effect of a statement',
  values: {
    ALLOW: { description: 'Effect: Allow' },
    DENY: { description: 'Effect: Deny' },
  } as const,
});

export const MatchedStatement = builder.objectRef<MatchedStatementValue>('MatchedStatement').implement({
  description: 'One statement of one policy that applied to a request',
  fields: (t) => ({
    layer: t.field({ type: PolicyLayer, description: 'In which layer it took part', resolve: (s) => s.layer }),
    policy: t.exposeString('policy', {
      description:
        'ARN of a managed policy, or the name of an inline one, a control policy’s id, or the resource’s ARN',
    }),
    policyName: t.exposeString('policyName', {
      nullable: true,
      description: 'Name of the policy; null where it has none',
    }),
    sid: t.exposeString('sid', { nullable: true, description: 'The statement’s Sid; null where it has none' }),
    index: t.exposeInt('index', { description: 'Position of the statement in the document, from 0' }),
    effect: t.field({ type: StatementEffect, description: 'What it does where it matches', resolve: (s) => s.effect }),
    statement: t.field({
      type: 'PolicyDocument',
      description: 'The statement as it stands in the document',
      resolve: (s) => s.statement,
    }),
  }),
});

export const LayerDecision = builder.objectRef<LayerDecisionValue>('LayerDecision').implement({
  description: 'What one layer of policies said on its own',
  fields: (t) => ({
    layer: t.field({ type: PolicyLayer, description: 'Which layer', resolve: (layer) => layer.layer }),
    effect: t.field({ type: DecisionEffect, description: 'What it said', resolve: (layer) => layer.effect }),
    matchedStatements: t.field({
      type: [MatchedStatement],
      description:
        'The statements that made it say so: the denying ones, or the allowing ones. Without those of policies that the ' +
        'caller may not read: see `Decision.withheld`',
      resolve: (layer, _args, context) => readableStatements(context, layer.matchedStatements),
    }),
  }),
});
