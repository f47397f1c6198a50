import type { LevelName } from '../../evaluation/applicable-policies.ts';
import type {
  LayerDecision as LayerDecisionValue,
  MatchedStatement as MatchedStatementValue,
} from '../../evaluation/decision.ts';
import { readableDeniedAt, readableLevel } from '../../guard/readable-level.ts';
import { readableStatements } from '../../guard/readable-policy.ts';
import { builder } from '../builder.ts';
import { countText } from '../repeated-text.ts';

export const DecisionEffect = builder.enumType('DecisionEffect', {
  description: 'The outcome of a request, or the result of one layer of policies for it',
  values: {
    ALLOWED: { description: 'The request is allowed' },
    EXPLICIT_DENY: { description: 'A Deny statement matches, which nothing can override' },
    IMPLICIT_DENY: { description: 'No Deny matches, but an Allow that the request needs is missing' },
  } as const,
});

export const PolicyLayer = builder.enumType('PolicyLayer', {
  description: 'Layers of policies that take part in a decision',
  values: {
    IDENTITY_POLICY: { description: 'Identity-based policies: those of a user and its groups, or of a role' },
    RESOURCE_POLICY: { description: 'The policy of the resource, e.g. a bucket policy' },
    UNDERLYING_BUCKET_POLICY: {
      description:
        'The policy of the bucket behind an S3 access point, which also has to permit what comes through the access point',
    },
    TRUST_POLICY: { description: 'The trust policy of a role, which says who may assume it' },
    PERMISSIONS_BOUNDARY: {
      description: 'The permissions boundary, which limits what the principal’s identity policies can allow',
    },
    SESSION_POLICY: { description: 'Policies passed when the session was made, which limit it' },
    SERVICE_CONTROL_POLICY: {
      description:
        'Service control policies, with which the organization limits what principals of the caller’s account can do',
    },
    RESOURCE_CONTROL_POLICY: {
      description: 'Resource control policies, with which the organization limits access to resources of its accounts',
    },
    VPC_ENDPOINT_POLICY: { description: 'The policy of the VPC endpoint that the request goes through' },
    BLOCK_PUBLIC_ACCESS: {
      description:
        'S3 Block Public Access: a bucket or access point with a public policy, in which RestrictPublicBuckets lets only AWS services ' +
        'and its own account. A setting, which has no statements',
    },
    KMS_GRANT: { description: 'Grants of the KMS key, which allow beside its key policy and identity policies' },
  } as const,
});

const StatementEffect = builder.enumType('StatementEffect', {
  description: 'The Effect of a statement',
  values: {
    ALLOW: { description: 'Effect: Allow' },
    DENY: { description: 'Effect: Deny' },
  } as const,
});

const ControlPolicyLevelKind = builder.enumType('ControlPolicyLevelKind', {
  description: 'Kinds of levels of an organization',
  values: {
    ROOT: { description: 'The root of the organization' },
    ORGANIZATIONAL_UNIT: { description: 'An organizational unit' },
    ACCOUNT: { description: 'The account itself' },
  } as const,
});

const ControlPolicyLevel = builder.objectRef<LevelName>('ControlPolicyLevel').implement({
  description: 'A level of an organization at which control policies are attached',
  fields: (t) => ({
    kind: t.field({ type: ControlPolicyLevelKind, description: 'The kind of level', resolve: ({ kind }) => kind }),
    id: t.exposeID('id', {
      description:
        'Id of the root (r-…), of the organizational unit (ou-…), or of the account; in a simulation the place of the level ' +
        '(`serviceControlPolicies[0]`)',
    }),
    name: t.exposeString('name', { nullable: true, description: 'Name of the level; null if not known' }),
  }),
});

export const MatchedStatement = builder.objectRef<MatchedStatementValue>('MatchedStatement').implement({
  description: 'One statement of one policy that applied to a request',
  fields: (t) => ({
    layer: t.field({ type: PolicyLayer, description: 'The layer of the policy', resolve: (s) => s.layer }),
    policy: t.exposeString('policy', {
      description:
        'Id of the policy: ARN of a managed policy, name of an inline policy, id of a control policy, ARN of the ' +
        'resource, or id of a KMS grant',
    }),
    policyName: t.exposeString('policyName', {
      nullable: true,
      description: 'Name of the policy; null if it has none',
    }),
    level: t.field({
      type: ControlPolicyLevel,
      nullable: true,
      description:
        'The level of the organization at which a control policy is attached; null for other policies. Where a policy of AWS ' +
        '(FullAWSAccess) is attached is shown to callers with organizations:ListPoliciesForTarget on the level',
      resolve: (statement, _args, context) => readableLevel(context, statement),
    }),
    sid: t.string({
      nullable: true,
      description: 'Sid of the statement; null if it has none',
      resolve: ({ sid }, _args, context) => countText(context, sid),
    }),
    index: t.exposeInt('index', { description: 'Position of the statement in the document, from 0' }),
    effect: t.field({ type: StatementEffect, description: 'Effect of the statement', resolve: (s) => s.effect }),
    statement: t.field({
      type: 'PolicyDocument',
      description:
        'The statement as written in the document; for a KMS grant, what it means as a statement of the key policy',
      resolve: ({ statement }, _args, context) => countText(context, statement),
    }),
  }),
});

export const LayerDecision = builder.objectRef<LayerDecisionValue>('LayerDecision').implement({
  description: 'The result of one layer of policies by itself',
  fields: (t) => ({
    layer: t.field({ type: PolicyLayer, description: 'The layer', resolve: (layer) => layer.layer }),
    effect: t.field({ type: DecisionEffect, description: 'The result of the layer', resolve: (layer) => layer.effect }),
    matchedStatements: t.field({
      type: [MatchedStatement],
      description:
        'The statements that determined the result: the denying ones, or the allowing ones. Statements of policies ' +
        'that the caller may not read are left out: see `Decision.withheld`',
      resolve: (layer, _args, context) => readableStatements(context, layer.matchedStatements),
    }),
    deniedAt: t.field({
      type: [ControlPolicyLevel],
      description:
        'The levels of the organization at which control policies deny, from the root down. For EXPLICIT_DENY, those with a ' +
        'matching Deny; for IMPLICIT_DENY, those at which no policy allows the action. Empty for an allowed request and for other ' +
        'layers. Levels that the caller may not know are left out: see `Decision.withheld`',
      resolve: async (layer, _args, context) => [...(await readableDeniedAt(context, layer))],
    }),
  }),
});
