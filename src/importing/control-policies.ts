import type { Facts } from './facts.ts';
import type { ControlPolicyType, OrganizationFacts } from './facts-types.ts';
import type { Chain } from './organization-chain.ts';

const ALLOW_ALL = { Effect: 'Allow', Action: '*', Resource: '*' };

/**
 * The policies that AWS attaches itself: the same in every organization.
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_examples.html
 */
export const AWS_CONTROL_POLICIES: Readonly<
  Partial<Record<string, { readonly type: ControlPolicyType; readonly name: string; readonly document: string }>>
> = {
  'p-FullAWSAccess': {
    type: 'SERVICE_CONTROL_POLICY',
    name: 'FullAWSAccess',
    document: JSON.stringify({ Version: '2012-10-17', Statement: [ALLOW_ALL] }),
  },
  'p-RCPFullAWSAccess': {
    type: 'RESOURCE_CONTROL_POLICY',
    name: 'RCPFullAWSAccess',
    document: JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }],
    }),
  },
};

export const CONTROL_POLICY_TYPES = {
  SERVICE_CONTROL_POLICY: { enabled: 'scpEnabled', all: 'allServiceControlPolicies', of: 'serviceControlPolicies' },
  RESOURCE_CONTROL_POLICY: { enabled: 'rcpEnabled', all: 'allResourceControlPolicies', of: 'resourceControlPolicies' },
} as const;

const NOUNS: Readonly<Record<ControlPolicyType, string>> = {
  SERVICE_CONTROL_POLICY: 'service control policies',
  RESOURCE_CONTROL_POLICY: 'resource control policies',
};

export const CONTROL_POLICY_TYPE_NAMES = Object.keys(CONTROL_POLICY_TYPES) as readonly ControlPolicyType[];

export function isControlPolicyType(text: string | null): text is ControlPolicyType {
  return text !== null && Object.hasOwn(CONTROL_POLICY_TYPES, text);
}

/**
 * What is missing to know all policies of a type in an organization, with documents and targets; empty: nothing. A type that
 * is not enabled has no effect, whatever policies there are.
 */
export function missingPolicies(
  type: ControlPolicyType,
  facts: Facts,
  organization: Partial<OrganizationFacts>,
): readonly string[] {
  const { enabled, all } = CONTROL_POLICY_TYPES[type];
  if (organization[enabled] === undefined) return [`whether ${NOUNS[type]} are enabled (organizations list-roots)`];
  if (!organization[enabled]) return [];
  const ids = organization[all];
  if (ids === undefined) return [`the list of ${NOUNS[type]} (organizations list-policies)`];
  return ids.flatMap((id) => [
    ...missingDocument(facts, id),
    ...(facts.controlPolicies.get(id).allTargets === undefined
      ? [`what ${id} is attached to (organizations list-targets-for-policy)`]
      : []),
  ]);
}

/** What is missing to know the control policies that apply to accounts. */
export class MissingPolicies {
  readonly #facts: Facts;
  readonly #known = new Map<string, readonly string[]>();

  constructor(facts: Facts) {
    this.#facts = facts;
  }

  of(chain: Chain): readonly string[] {
    return CONTROL_POLICY_TYPE_NAMES.flatMap((type) => this.#ofType(type, chain));
  }

  #ofType(type: ControlPolicyType, { organizationId, ids }: Chain): readonly string[] {
    const { enabled, of } = CONTROL_POLICY_TYPES[type];
    const organization = this.#facts.organizations.get(organizationId);
    const attached = ids.map((id) => this.#facts.targets.get(id)[of]);
    // Enough without the list of all policies: each target says what is attached to it.
    if (organization[enabled] === true && attached.every((policies) => policies !== undefined)) {
      return [...new Set(attached.flat())].flatMap((id) => missingDocument(this.#facts, id));
    }
    const key = `${organizationId} ${type}`;
    const missing = this.#known.get(key) ?? missingPolicies(type, this.#facts, organization);
    this.#known.set(key, missing);
    return missing;
  }
}

function missingDocument(facts: Facts, id: string): readonly string[] {
  const isKnown = facts.controlPolicies.get(id).document !== undefined || AWS_CONTROL_POLICIES[id] !== undefined;
  return isKnown ? [] : [`the document of ${id} (organizations describe-policy)`];
}
