import { createContextCache } from '@pothos/core';
import DataLoader from 'dataloader';
import { brand } from '../brand.ts';
import { builder } from '../builder.ts';
import type { GatewayContext } from '../context.ts';
import { Account } from '../entities/account.ts';
import { knownAccount } from '../entities/known-account.ts';
import { CONTROL_POLICY } from './control-policy-page.ts';
import { ControlPolicy, Organization, OrganizationalUnit, OrganizationRoot } from './types.ts';

export const ControlPolicyType = builder.enumType('ControlPolicyType', {
  description: 'Types of control policies',
  values: {
    SERVICE_CONTROL_POLICY: { description: 'Limits what principals can be allowed' },
    RESOURCE_CONTROL_POLICY: { description: 'Limits what can be allowed on resources' },
  } as const,
});

const ControlPolicyTargetType = builder.enumType('ControlPolicyTargetType', {
  description: 'What a control policy can be attached to',
  values: {
    ROOT: { description: 'The root of the organization: the policy applies to all member accounts' },
    ORGANIZATIONAL_UNIT: {
      description: 'A unit: the policy applies to all accounts in it and in the units beneath it',
    },
    ACCOUNT: { description: 'One account' },
  } as const,
});

interface TargetValue {
  readonly targetId: string;
  readonly organization: { readonly id: string; readonly managementAccountId: string };
}

function typeOf({ targetId }: TargetValue): 'ACCOUNT' | 'ORGANIZATIONAL_UNIT' | 'ROOT' {
  if (targetId.startsWith('r-')) return 'ROOT';
  return targetId.startsWith('ou-') ? 'ORGANIZATIONAL_UNIT' : 'ACCOUNT';
}

const ControlPolicyTarget = builder.objectRef<TargetValue>('ControlPolicyTarget').implement({
  description: 'A root, organizational unit or account that a control policy is attached to',
  fields: (t) => ({
    targetId: t.exposeString('targetId', { description: 'Id of the target: r-…, ou-… or an account id' }),
    type: t.field({ type: ControlPolicyTargetType, description: 'What the target is', resolve: typeOf }),
    root: t.field({
      type: OrganizationRoot,
      nullable: true,
      description: 'The target if it is the root; null: it is something else',
      resolve: (target) =>
        typeOf(target) === 'ROOT'
          ? brand({ ...target.organization, rootId: target.targetId }, 'OrganizationRoot')
          : null,
    }),
    unit: t.field({
      type: OrganizationalUnit,
      nullable: true,
      description: 'The target if it is an organizational unit; null: it is something else',
      resolve: (target) =>
        typeOf(target) === 'ORGANIZATIONAL_UNIT'
          ? brand({ id: target.targetId, organization: target.organization }, 'OrganizationalUnit')
          : null,
    }),
    account: t.field({
      type: Account,
      nullable: true,
      description: 'The target if it is an account; null: it is something else',
      resolve: (target, _args, context) =>
        typeOf(target) === 'ACCOUNT' ? knownAccount(context, target.targetId) : null,
    }),
  }),
});

builder.prismaObjectFields(ControlPolicy, (t) => ({
  type: t.expose('type', { type: ControlPolicyType, description: 'Whether it limits principals or resources' }),
  description: t.exposeString('description', {
    nullable: true,
    description: 'Description of the policy; null: none, or not known',
  }),
  organization: t.field({
    type: Organization,
    description: 'The organization that the policy is attached in',
    resolve: ({ organization }) => organization,
  }),
  document: t.field({
    type: 'PolicyDocument',
    nullable: true,
    description: 'The policy document. Needs organizations:DescribePolicy; everybody may read policies of AWS',
    select: { document: { select: { text: true } } },
    resolve: ({ document }) => document.text,
  }),
  targets: t.field({
    type: [ControlPolicyTarget],
    nullable: true,
    description: 'What the policy is attached to, in the order of the ids. Needs organizations:ListTargetsForPolicy',
    select: { attachments: { select: { targetId: true }, orderBy: { targetId: 'asc' } } },
    resolve: ({ attachments, organization }) => attachments.map(({ targetId }) => ({ targetId, organization })),
  }),
}));

async function attachedPolicies({ directory }: GatewayContext, targets: readonly string[]) {
  const rows = await directory.prisma.controlPolicyAttachment.findMany({
    where: { targetId: { in: [...targets] } },
    orderBy: { policyId: 'asc' },
    select: { targetId: true, policy: { select: CONTROL_POLICY } },
  });
  return targets.map((target) => rows.filter(({ targetId }) => targetId === target).map(({ policy }) => policy));
}

type Attached = Awaited<ReturnType<typeof attachedPolicies>>[number];

const byTarget = createContextCache(
  (context: GatewayContext) => new DataLoader<string, Attached>((targets) => attachedPolicies(context, targets)),
);

/** The control policies attached to a root, unit or account itself. All look-ups of a request are made together. */
export async function policiesAttachedTo(context: GatewayContext, target: string): Promise<Attached> {
  const policies = await byTarget(context).load(target);
  return policies.map((policy) => brand({ ...policy }, 'ControlPolicy'));
}

const POLICIES: [typeof ControlPolicy] = [ControlPolicy];

/** With `policiesAttachedTo`. */
export const CONTROL_POLICIES = {
  type: POLICIES,
  nullable: true,
  description:
    'The control policies attached to it itself, in the order of their ids. Those attached above it apply as well. Needs ' +
    'organizations:ListPoliciesForTarget',
} as const;
