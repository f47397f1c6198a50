import type { TermSet } from '../analysis/combine.ts';
import { type ResourceGlob, resourceGlob } from '../analysis/resource-set.ts';
import { meets, type Term } from '../analysis/term.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { ActionResource, CatalogAction, ResourceType } from '../catalog/catalog-service.ts';
import { RolegateError } from '../policy/errors.ts';
import type { Steps } from '../policy/steps.ts';

/** Decides whether sets of requests contain a request on some resource of a type that an action takes. */
export class MetTypes {
  readonly #globs: (type: ResourceType) => readonly ResourceGlob[];
  readonly #known = new Map<TermSet, Map<readonly ActionResource[], boolean>>();

  /** `partition`: the principal's, to which all its permissions are limited; `*` if it has none. */
  constructor(partition: string) {
    const known = new Map<ResourceType, readonly ResourceGlob[]>();
    this.#globs = (type) => {
      const globs = known.get(type) ?? globsOf(type, partition);
      known.set(type, globs);
      return globs;
    };
  }

  *isMet(set: TermSet, { resourceTypes }: CatalogAction): Steps<boolean> {
    // Actions without resource types were checked when the set was made.
    if (set.allow.length === 0 || resourceTypes.length === 0) return true;
    // Actions share lists of types, and sets.
    const byTypes = this.#known.get(set) ?? new Map<readonly ActionResource[], boolean>();
    this.#known.set(set, byTypes);
    let met = byTypes.get(resourceTypes);
    if (met === undefined) {
      met = yield* this.#meetsSome(set, resourceTypes);
      byTypes.set(resourceTypes, met);
    }
    return met;
  }

  *#meetsSome({ allow }: TermSet, resourceTypes: readonly ActionResource[]): Steps<boolean> {
    for (const term of allow) if (yield* this.meetsOne(term, resourceTypes)) return true;
    return false;
  }

  /** The same for one of its terms. */
  *meetsOne(term: Term, resourceTypes: readonly ActionResource[]): Steps<boolean> {
    if (resourceTypes.length === 0 || (term.resources.length === 0 && term.notResources.length === 0)) return true;
    for (const { type } of resourceTypes) {
      for (const glob of this.#globs(type)) {
        if (yield* meets(term, glob)) return true;
        yield 1;
      }
    }
    return false;
  }
}

/** The forms of a type as patterns that match at least all of its resources. */
function globsOf(type: ResourceType, partition: string): readonly ResourceGlob[] {
  return type.arns.map((arn) => resourceGlob(arn.replace('${Partition}', partition).replace(/\$\{[^}]*\}/g, '*')));
}

const SHUT_IN = [
  [
    'kms',
    ':key/*',
    'key policies of KMS keys that the directory does not have are not known: what they let in is not listed',
  ],
  [
    'sts',
    ':role/*',
    'trust policies of roles that the directory does not have are not known: what they let in is not listed',
  ],
] as const;

/**
 * Gaps where the caller's own policies allow a request that a resource's policy, possibly unknown, must also allow. `known`:
 * services of which all such policies in the caller's account are known.
 */
export function* unlistedGaps(
  catalog: Catalog,
  known: ReadonlySet<string>,
  saidOf: (action: CatalogAction) => Steps<TermSet>,
): Steps<readonly string[]> {
  const gaps: string[] = [];
  for (const [service, end, gap] of SHUT_IN) {
    if (known.has(service)) continue;
    for (const action of catalog.actionsOf(service)) {
      if (action.wildcardOnly || !(yield* excludes(saidOf, action, end))) continue;
      gaps.push(gap);
      break;
    }
  }
  return gaps;
}

function* excludes(
  saidOf: (action: CatalogAction) => Steps<TermSet>,
  action: CatalogAction,
  end: string,
): Steps<boolean> {
  try {
    return (yield* saidOf(action)).allow.some(({ notResources }) =>
      notResources.some(({ text }) => text.endsWith(end)),
    );
  } catch (error) {
    // More than can be listed: such requests may exist, too.
    if (error instanceof RolegateError && error.code === 'LIMIT_EXCEEDED') return true;
    throw error;
  }
}
