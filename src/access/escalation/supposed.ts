import type { IndexedDocument, IndexedHolder } from '../../directory/principals/indexed-principals.ts';
import type { AttachedPolicy, PrincipalPolicies } from '../../evaluation/applicable-policies.ts';
import { type PreparedPrincipal, preparePolicies, preparePrincipal } from '../../evaluation/prepare.ts';
import { type CompiledPolicy, loadPolicy } from '../../policy/load.ts';

// What a user or role would hold after a change. Everything else about it stays: control policies, and Denies that it does not change.

const EVERYTHING = loadPolicy(
  { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] },
  'identity',
);

/** A policy that allows everything, in place of a managed one. */
function everything(arn: string): AttachedPolicy {
  return { policy: EVERYTHING, id: arn, name: null, arn };
}

/** The same beside the others, held by a user, role or group. */
function everythingOf(holder: string): AttachedPolicy {
  return { policy: EVERYTHING, id: 'everything', name: null, arn: null, holder };
}

function holding(
  { facts, policies }: PreparedPrincipal,
  change: (source: PrincipalPolicies) => Partial<PrincipalPolicies>,
): PreparedPrincipal {
  if (policies === null) throw new Error('neither a user nor a role');
  return preparePrincipal(facts, preparePolicies({ ...policies.source, ...change(policies.source) }), null);
}

/** With one more policy, which allows everything. `holder`: who holds it, the principal itself or a group that it is in. */
export function withEverything(principal: PreparedPrincipal, holder: string): PreparedPrincipal {
  return holding(principal, ({ identity }) => ({ identity: [...identity, everythingOf(holder)] }));
}

/** With a managed policy that allows everything, in place of what it says now. */
export function withPolicyAs(principal: PreparedPrincipal, policyArn: string): PreparedPrincipal {
  return holding(principal, ({ identity, boundary }) => ({
    identity: identity.map((one) => (one.arn === policyArn ? everything(policyArn) : one)),
    boundary: boundary?.arn === policyArn ? everything(policyArn) : boundary,
  }));
}

/** Without some of its own policies. */
export function without(principal: PreparedPrincipal, isTaken: (policy: AttachedPolicy) => boolean): PreparedPrincipal {
  return holding(principal, ({ identity }) => ({ identity: identity.filter((one) => !isTaken(one)) }));
}

export function withoutBoundary(principal: PreparedPrincipal): PreparedPrincipal {
  return holding(principal, () => ({ boundary: null }));
}

/** With what a group holds. INVARIANT: its documents can be read completely. */
export function inGroup(
  principal: PreparedPrincipal,
  group: IndexedHolder,
  compiled: (document: IndexedDocument) => CompiledPolicy,
): PreparedPrincipal {
  const { inline, attached } = group;
  return holding(principal, ({ identity }) => ({
    identity: [
      ...identity,
      ...inline.map((one) => ({ policy: compiled(one), id: one.hash, name: null, arn: null, holder: group.arn })),
      ...attached.map(({ arn, document }) => ({ policy: compiled(document), id: arn, name: null, arn })),
    ],
  }));
}

/** Whatever its account lets anybody do: control policies alone limit it. */
export function withoutLimits(principal: PreparedPrincipal): PreparedPrincipal {
  return holding(principal, () => ({ identity: [everythingOf('its account')], boundary: null }));
}
