import { contentKey } from '../../directory/previews/content-key.ts';
import type { AttachedPolicy } from '../../evaluation/applicable-policies.ts';
import type { PreparedResource } from '../../evaluation/prepare.ts';
import { EVERYBODY, namesIn } from '../../evaluation/principal-names.ts';
import type { CompiledStatement } from '../../policy/statement.ts';
import type { ChangedBearer } from './subject-parts.ts';

/**
 * The names of those to whom the changed policy of a resource or role may give more than before, as `namesIn` has them. An Allow gives
 * nothing new to whom it meant before, with the same words beside its Principal, as long as nothing that denies is gone.
 */
export function namesGiven({ before, after }: Pick<ChangedBearer, 'before' | 'after'>): ReadonlySet<string> {
  const given = new Set<string>();
  const known = isSameBeside({ before, after }) && keepsDenies(before, after) ? allowsOf(before) : NOTHING;
  for (const [name, allows] of allowsOf(after)) {
    // An ARN can mean another one than before.
    const isBound = [before, after].some(({ facts }) => Object.hasOwn(facts.policyBindings, name.slice('arn '.length)));
    const earlier = isBound ? undefined : known.get(name);
    if (earlier === undefined || [...allows].some((allow) => !earlier.has(allow))) given.add(name);
  }
  return given;
}

const NOTHING: ReadonlyMap<string, ReadonlySet<string>> = new Map();

/** Whether all that decides beside the policy itself is as it was. */
export function isSameBeside({ before, after }: Pick<ChangedBearer, 'before' | 'after'>): boolean {
  const [one, other] = [before, after].map(({ kind, facts, grantPolicies, bucket, restrictedBy }) => {
    const { policy: _policy, policyBindings: _bindings, resourceControl, ...others } = facts;
    const control = (resourceControl ?? []).map(({ level, policies }) => [level.id, policies.map(contentOf)]);
    const behind = bucket === null ? null : [bucket.facts, bucket.policy === null ? null : contentOf(bucket.policy)];
    return JSON.stringify([
      kind,
      others,
      resourceControl === null,
      control,
      grantPolicies.map(contentOf),
      behind,
      restrictedBy,
    ]);
  });
  return one === other;
}

function contentOf({ id, policy }: AttachedPolicy): string {
  return `${id} ${contentKey(policy)}`;
}

/** Whether everything that was denied still is; what cannot be read could deny anything. */
function keepsDenies(
  { facts: { policy: one } }: PreparedResource,
  { facts: { policy: other } }: PreparedResource,
): boolean {
  if (one === null) return true;
  const { closed, faults, statements } = one.policy;
  if (closed || faults.length > 0) return false;
  const kept = new Set(
    (other?.policy.statements ?? []).filter(({ allows }) => !allows).map((each) => textOf(other, each)),
  );
  return statements.every((each) => each.allows || kept.has(textOf(one, each)));
}

/** By name, the Allows that mean it, without their Principal. */
function allowsOf({ facts: { policy } }: PreparedResource): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const statement of policy?.policy.statements ?? []) {
    // An Allow without Principal, or with NotPrincipal, means nobody: it gives nothing, before or after.
    if (!statement.allows || statement.principal === null || statement.principal.negated) continue;
    const text = textOf(policy, statement, false);
    for (const name of namesIn(statement, {}) ?? [`every ${EVERYBODY}`])
      found.set(name, (found.get(name) ?? new Set()).add(text));
  }
  return found;
}

/** A statement as it is written, and whether its policy has variables. */
function textOf(attached: AttachedPolicy | null, { index }: CompiledStatement, hasPrincipal = true): string {
  const { Sid: _sid, Principal, NotPrincipal, ...others } = attached?.policy.source.statement(index) ?? {};
  const whom = hasPrincipal ? [Principal, NotPrincipal] : [];
  return JSON.stringify([attached?.policy.variables, whom, others]);
}
