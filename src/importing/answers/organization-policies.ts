import { CONTROL_POLICY_TYPES, isControlPolicyType } from '../control-policies.ts';
import type { Entry } from '../entry.ts';
import { policyText } from '../policy-text.ts';
import { type Answer, argument, at, hasListOf, type Operation, required } from './answer.ts';
import { isObjectWith, organizationOf, theOrganization } from './organization-arn.ts';
import { readEffectivePolicy } from './s3-policy.ts';

/**
 * Answers of AWS Organizations on policies and what they are attached to.
 * https://docs.aws.amazon.com/organizations/latest/APIReference/API_Operations.html
 */
export const ORGANIZATION_POLICIES: readonly Operation[] = [
  { command: 'organizations list-policies', looksLike: hasListOf('Policies', 'Id', 'AwsManaged'), read: readPolicies },
  {
    command: 'organizations describe-policy',
    looksLike: (json) => isObjectWith(json['Policy'], 'PolicySummary'),
    read: readPolicy,
  },
  {
    command: 'organizations list-targets-for-policy',
    looksLike: hasListOf('Targets', 'TargetId', 'Type'),
    read: readTargets,
  },
  { command: 'organizations list-policies-for-target', read: readPoliciesForTarget },
  {
    command: 'organizations describe-effective-policy',
    looksLike: (json) => isObjectWith(json['EffectivePolicy'], 'PolicyType'),
    noneCodes: ['EffectivePolicyNotFoundException', 'PolicyTypeNotEnabledException'],
    read: readEffectivePolicy,
  },
];

/** Null: it is of a type that is not evaluated here, or cannot be named. */
function sayPolicy(answer: Answer, entry: Entry, document?: string) {
  const id = required(entry, 'Id');
  const type = entry.text('Type');
  if (id === null || !isControlPolicyType(type)) return null;
  const organizationId = organizationOf(answer, entry);
  const isAws = entry.get('AwsManaged') === true;
  if (organizationId === null && !isAws) entry.warn('Arn', 'it does not name the organization');
  const name = entry.text('Name');
  const description = entry.text('Description');
  answer.facts.controlPolicies.say(
    id,
    {
      type,
      ...(isAws ? { organizationId: null } : organizationId !== null && { organizationId }),
      ...(name !== null && { name }),
      ...(description !== null && { description }),
      ...(document !== undefined && { document }),
    },
    at(answer, id),
  );
  return { id, type, organizationId };
}

function readPolicies(answer: Answer): void {
  const entries = answer.entry.entries('Policies') ?? [];
  const policies = entries.map((entry) => sayPolicy(answer, entry)).filter((policy) => policy !== null);
  const type = answer.name.arguments[0] ?? policies[0]?.type ?? null;
  // AWS's own policies do not name it; an organization in whose files the answer stands does.
  const organizationId =
    policies.find((policy) => policy.organizationId !== null)?.organizationId ?? theOrganization(answer);
  if (!answer.isWhole || !isControlPolicyType(type) || organizationId === null) return;
  if (answer.entry.count('Policies') !== policies.length) return;
  answer.facts.organizations.say(
    organizationId,
    { [CONTROL_POLICY_TYPES[type].all]: policies.map(({ id }) => id) },
    at(answer),
  );
}

function readPolicy(answer: Answer): void {
  const policy = answer.entry.child('Policy');
  const summary = policy?.child('PolicySummary');
  if (!policy || !summary) return;
  const type = summary.text('Type');
  if (!isControlPolicyType(type)) return;
  sayPolicy(answer, summary, policyText(policy, 'Content', type === 'SERVICE_CONTROL_POLICY' ? 'scp' : 'rcp'));
}

function readTargets(answer: Answer): void {
  const id = argument(answer, 'policy');
  if (id === null) return;
  const entries = answer.entry.entries('Targets') ?? [];
  const targets = entries.map((entry) => required(entry, 'TargetId')).filter((target) => target !== null);
  if (answer.isWhole && answer.entry.count('Targets') === targets.length) {
    answer.facts.controlPolicies.say(id, { allTargets: targets }, at(answer));
  } else answer.facts.note(at(answer), 'some targets are missing; what the policy is attached to is not stored');
}

function readPoliciesForTarget(answer: Answer): void {
  const target = argument(answer, 'target');
  if (target === null) return;
  const entries = answer.entry.entries('Policies') ?? [];
  const policies = entries.map((entry) => sayPolicy(answer, entry)).filter((policy) => policy !== null);
  const type = answer.name.arguments[1] ?? policies[0]?.type ?? null;
  if (!isControlPolicyType(type)) {
    if (entries.length === 0) argument(answer, 'type', 1);
    return;
  }
  if (!answer.isWhole || answer.entry.count('Policies') !== policies.length) return;
  answer.facts.targets.say(target, { [CONTROL_POLICY_TYPES[type].of]: policies.map(({ id }) => id) }, at(answer));
}
