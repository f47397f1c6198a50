import { OWNED_BY_AWS } from '../evaluation/aws-owned.ts';
import type { Evaluation } from '../evaluation/evaluation.ts';
import type { PreparedResource } from '../evaluation/prepare.ts';
import type { PrincipalFacts } from '../evaluation/principal.ts';
import type { ActionFacts } from '../evaluation/request.ts';
import { isServiceLinked } from '../evaluation/service-linked.ts';
import { bucketSide, resourceControlOf, resourcePolicyTakesPart } from '../evaluation/situation.ts';
import { EVERY_ACTION } from '../policy/action-pattern.ts';
import { EVERY_RESOURCE } from '../policy/resource-pattern.ts';
import type { CompiledStatement } from '../policy/statement.ts';
import type { Steps } from '../policy/steps.ts';
import { withoutResourceTypes } from './asked-on.ts';
import { conditionUse } from './condition-use.ts';
import type { Entry } from './entry.ts';
import type { Denial } from './idle.ts';
import { type ResourceGlob, resourceGlob } from './resource-set.ts';
import { ANYTHING, simplified, type Term } from './term.ts';

/** Replaces the statements of a policy with unknown content. */
export const EVERYTHING_DENIED: CompiledStatement = {
  index: 0,
  sid: null,
  allows: false,
  principal: { negated: false, everyone: true, named: [] },
  actions: { negated: false, patterns: [EVERY_ACTION] },
  resources: { negated: false, patterns: [EVERY_RESOURCE] },
  conditions: [],
};

/** The denied object: an action, the ARN it is asked on if it has no resource types (null: none), and the caller. */
interface Asked {
  readonly action: ActionFacts;
  readonly asked: ResourceGlob | null;
  readonly caller: PrincipalFacts;
}

/** Every denial of an action; `at`: the action, asked on a resource. */
export function* denialsOf(
  about: Asked,
  entries: readonly Entry[],
  at: (resource: PreparedResource) => Evaluation,
): Steps<readonly Denial[]> {
  const { action, caller } = about;
  const denials: Denial[] = [];
  for (const entry of entries) {
    for (const denial of yield* denialsBy(about, entry, at)) denials.push(denial);
    yield 1;
  }
  return [...denials, ...ofAws(action, caller)];
}

function* denialsBy(
  about: Asked,
  entry: Entry,
  at: (resource: PreparedResource) => Evaluation,
): Steps<readonly Denial[]> {
  const { slot } = entry;
  if (slot.kind === 'deny') return yield* onAnyResource(yield* entry.terms(), about);
  if (slot.kind === 'controlDeny') return yield* controlDenials(about, entry, [...slot.owners.values()].map(at));
  // No resource's policy applies to a request without a resource.
  if (about.action.wildcardOnly) return [];
  if (slot.kind !== 'resourceDeny' && slot.kind !== 'bucketDeny' && slot.kind !== 'bucketControlDeny') return [];
  const { bearer } = slot;
  if (!takesPart(slot.kind, at(bearer.resource))) return [];
  return (yield* entry.terms()).map((term) => ({ term, bearer }));
}

function takesPart(kind: 'resourceDeny' | 'bucketDeny' | 'bucketControlDeny', asked: Evaluation): boolean {
  if (kind === 'resourceDeny') return resourcePolicyTakesPart(asked);
  if (kind === 'bucketDeny') return bucketSide(asked) !== null;
  const control = resourceControlOf(asked);
  return control !== null && control === asked.resource.bucket?.controlPlans;
}

/** `owned`: the action on a resource of each account below the statement's policy. */
function* controlDenials(about: Asked, entry: Entry, owned: readonly Evaluation[]): Steps<readonly Denial[]> {
  const bound = owned.filter((evaluation) => resourceControlOf(evaluation) !== null);
  const accounts = bound.map(({ resource }) => resource.accountId).filter((accountId) => accountId !== null);
  const isHome = bound.some(({ principal, resource }) => resource.accountId === principal.accountId);
  // The policies above the caller's account apply to a request without a resource.
  if (about.action.wildcardOnly) return isHome ? yield* onAnyResource(yield* entry.terms(), about) : [];
  // They also apply to a request on a resource with an unknown owner.
  const operator = isHome ? 'StringEqualsIfExists' : 'StringEquals';
  const ofOwners = conditionUse(operator, 'aws:ResourceAccount', accounts);
  if (bound.length === 0 || ofOwners === null) return [];
  const denials: Denial[] = [];
  for (const term of yield* entry.terms()) {
    const ofThem = yield* simplified({ ...term, conditions: [...term.conditions, ofOwners] });
    if (ofThem !== null) denials.push({ term: ofThem, bearer: null });
  }
  return denials;
}

/** Denials by policies that do not belong to one resource. */
function* onAnyResource(terms: readonly Term[], { action, asked }: Asked): Steps<readonly Denial[]> {
  const denials: Denial[] = [];
  for (const term of terms) {
    const meant = action.wildcardOnly ? yield* withoutResourceTypes(term, asked) : term;
    if (meant !== null) denials.push({ term: meant, bearer: null });
  }
  return denials;
}

/** Denials of changes to what belongs to AWS, which come from no policy. */
function ofAws({ name }: ActionFacts, caller: PrincipalFacts): readonly Denial[] {
  if (isServiceLinked(caller)) return [];
  return OWNED_BY_AWS.filter(({ actions }) => actions.has(name.toLowerCase())).map(({ resources }) => ({
    term: { ...ANYTHING, resources: [resources.map(resourceGlob)] },
    bearer: null,
  }));
}
