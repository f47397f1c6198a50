import type { RequestContext } from '../../evaluation/request.ts';
import { builder } from '../builder.ts';
import { eachAlone } from '../check-arguments.ts';
import { TagInput } from '../entities/tag.ts';
import { textsOf } from '../given-document.ts';
import { Decision } from './decision.ts';
import { eachOf, inTheirPlaces } from './each-of.ts';
import {
  ACTION_DESCRIPTION,
  ASSUME_KEYS_DESCRIPTION,
  CONTEXT_DESCRIPTION,
  checkBatchSize,
  NULL_ITEM,
  RESOURCE_DESCRIPTION,
  RESOURCE_IS_PATTERN_DESCRIPTION,
  toTags,
} from './question-input.ts';
import { KmsGrantInput, PublicAccessBlocksInput, toGrant } from './simulated-resource.ts';

const SimulatedCallerInput = builder.inputType('SimulatedCallerInput', {
  description: 'The caller of a simulation',
  fields: (t) => ({
    principal: t.field({
      type: 'PrincipalId',
      required: true,
      description:
        'The principal, which gives its kind and account. The ARN of a role is a session whose name is not said: see `Decision.requires`',
    }),
    roleArn: t.field({
      type: 'Arn',
      description: 'For a role session: the ARN of its role, if the role has a path',
    }),
    tags: t.field({ type: [TagInput], description: 'Tags of the principal' }),
    federatedProvider: t.string({
      description:
        'With `anonymous`, for sts:AssumeRoleWithSAML and sts:AssumeRoleWithWebIdentity: the provider whose assertion or token the call ' +
        'carries, as `Federated` names it in trust policies: the ARN of a SAML or OIDC provider, or `accounts.google.com` and its like',
    }),
    canonicalUser: t.string({
      description:
        'Canonical user id, as `CanonicalUser` names it in bucket policies: that of the principal’s account; with `anonymous`, of an ' +
        'origin access identity of CloudFront',
    }),
  }),
});

const SimulatedRequestInput = builder.inputType('SimulatedRequestInput', {
  description:
    '`context` may contain any condition key, those of the principal and the resource included; where one contradicts ' +
    'what follows from `caller`, the given one counts',
  fields: (t) => ({
    action: t.string({ required: true, description: ACTION_DESCRIPTION }),
    resource: t.field({ type: 'Arn', required: true, description: RESOURCE_DESCRIPTION }),
    resourceIsPattern: t.boolean({ defaultValue: false, description: RESOURCE_IS_PATTERN_DESCRIPTION }),
    resourceAccount: t.field({
      type: 'AccountId',
      description:
        'Owner of the resource if its ARN names no account. Left out: it counts as the caller’s own, but condition keys about its owner, ' +
        'such as aws:ResourceAccount, are missing where `context` does not give them',
    }),
    context: t.field({ type: 'RequestContext', description: CONTEXT_DESCRIPTION }),
  }),
});

const SimulateCustomPoliciesInput = builder.inputType('SimulateCustomPoliciesInput', {
  description: 'Policies, and requests to decide on these policies only',
  fields: (t) => ({
    caller: t.field({ type: SimulatedCallerInput, required: true, description: 'The caller' }),
    identityPolicies: t.field({
      type: ['PolicyDocument'],
      description:
        'Identity policies of the caller; those of root users, services and anonymous callers are ignored. Left out: none',
    }),
    permissionsBoundaries: t.field({
      type: ['PolicyDocument'],
      description: 'Permissions boundary of the caller, at most one; only users and roles can have one',
    }),
    sessionPolicies: t.field({
      type: ['PolicyDocument'],
      description: 'Session policies of the caller, which must be a role session or a federated user. Left out: none',
    }),
    resourcePolicy: t.field({
      type: 'PolicyDocument',
      description: 'Resource policy for every resource in `requests`; null: no policy',
    }),
    vpcEndpointPolicy: t.field({
      type: 'PolicyDocument',
      description: 'Policy of the VPC endpoint that the requests go through; null: no endpoint',
    }),
    publicAccessBlock: t.field({
      type: PublicAccessBlocksInput,
      description: 'S3 Block Public Access of every bucket and access point in `requests`; null: none',
    }),
    kmsGrants: t.field({
      type: [KmsGrantInput],
      description: 'Grants of every KMS key in `requests`, at most 100. Left out: none',
    }),
    serviceControlPolicies: t.field({
      type: t.listRef(t.listRef('PolicyDocument')),
      description:
        'Policies attached at each level from the organization’s root down to the account, at most 7 levels; null: not in an ' +
        'organization. FullAWSAccess is not added: give it where it is attached',
    }),
    resourceControlPolicies: t.field({
      type: t.listRef(t.listRef('PolicyDocument')),
      description:
        'Resource control policies of the resource’s account, in the same form; RCPFullAWSAccess is added at every level',
    }),
    requests: t.field({
      type: [SimulatedRequestInput],
      required: true,
      description: 'The requests to decide, at most 10,000; the answers keep their order',
    }),
    assumeContextKeys: t.boolean({ defaultValue: true, description: ASSUME_KEYS_DESCRIPTION }),
  }),
});

const NO_CONTEXT: RequestContext = new Map();

builder.queryField('simulateCustomPolicies', (t) =>
  t.field({
    type: [Decision],
    nullable: { list: true, items: true },
    extensions: eachAlone('input.requests'),
    description:
      'Decides on the policies given here instead of those in the directory, which is not read. Needs iam:SimulateCustomPolicy. ' +
      `Null if the caller or a document is malformed: BAD_USER_INPUT with its place. ${NULL_ITEM}`,
    args: {
      input: t.arg({ type: SimulateCustomPoliciesInput, required: true, description: 'The policies and the requests' }),
    },
    resolve: async (_root, { input }, { access, directory, now }) => {
      await directory.revision();
      checkBatchSize(input.requests.length, 'input.requests');
      const { caller, requests } = input;
      const answers = await access.simulateEach(
        {
          caller: {
            principal: caller.principal,
            roleArn: caller.roleArn ?? null,
            tags: toTags(caller.tags ?? [], 'input.caller.tags'),
            federatedProvider: caller.federatedProvider ?? null,
            canonicalUser: caller.canonicalUser ?? null,
          },
          identityPolicies: textsOf(input.identityPolicies ?? []),
          permissionsBoundaries: textsOf(input.permissionsBoundaries ?? []),
          sessionPolicies: textsOf(input.sessionPolicies ?? []),
          resourcePolicy: input.resourcePolicy?.text ?? null,
          vpcEndpointPolicy: input.vpcEndpointPolicy?.text ?? null,
          publicAccess: input.publicAccessBlock ?? {},
          kmsGrants: (input.kmsGrants ?? []).map((grant, i) => toGrant(grant, `input.kmsGrants[${i}]`)),
          serviceControlPolicies: input.serviceControlPolicies?.map(textsOf) ?? null,
          resourceControlPolicies: input.resourceControlPolicies?.map(textsOf) ?? null,
          requests: eachOf(
            requests,
            'input.requests',
            ({ action, resource, resourceIsPattern, resourceAccount, context }) => ({
              action,
              resource,
              ...(resourceIsPattern === true || resource === '*' ? { resourceIsPattern: true } : {}),
              resourceAccount: resourceAccount ?? null,
              context: context ?? NO_CONTEXT,
            }),
          ),
          assumeContextKeys: input.assumeContextKeys ?? true,
          path: 'input',
        },
        now,
      );
      return inTheirPlaces(answers);
    },
  }),
);
