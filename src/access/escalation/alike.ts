import type { Catalog, CatalogAction } from '../../catalog/catalog.ts';
import { actionName } from '../../evaluation/layer-set.ts';
import type { PreparedPrincipal } from '../../evaluation/prepare.ts';
import { type ActionElement, actionMatches } from '../../policy/action-pattern.ts';
import type { CompiledStatement } from '../../policy/statement.ts';
import { kindOfEvery } from '../every-resource.ts';

/**
 * Actions of which each represents those that the same statements of the principal's policies, and of those above it, are about: what
 * is decided for one on `*` holds for all. Those of IAM come first. Actions that need more than identity policies on every resource
 * are left out, because `*` is denied for them.
 */
export function* unlikeActions(catalog: Catalog, principal: PreparedPrincipal): Iterable<CatalogAction> {
  const statements = statementsOf(principal);
  const seen = new Set<string>();
  for (const service of ['iam', ...catalog.services().filter((one) => one !== 'iam')]) {
    const about = statements.map(({ actions }) => coverage(actions, service));
    const whole = about.flatMap((isAbout, index) => (isAbout === true ? [index] : []));
    const partly = about.flatMap((isAbout, index) => (isAbout === null ? [index] : []));
    // Conditions can be on keys that other services do not have.
    const isOwn = [...whole, ...partly].some((index) => statements[index]?.conditions.length !== 0);
    const prefix = `${isOwn ? service : ''} ${whole.join()}`;
    const { all, kinds } = askedOnEverything(catalog, service);
    for (const action of partly.length === 0 ? kinds : all) {
      const matching = partly.filter((index) => {
        const actions = statements[index]?.actions;
        return actions !== undefined && actionMatches(actions, service, actionName(action));
      });
      const key = `${prefix} ${matching.join()} ${kindOf(action)}`;
      if (seen.has(key)) continue;
      seen.add(key);
      yield action;
    }
  }
}

/** The actions of a service that `*` is not denied for, and one of each kind. */
interface Asked {
  readonly all: readonly CatalogAction[];
  readonly kinds: readonly CatalogAction[];
}

const known = new WeakMap<Catalog, Map<string, Asked>>();

function askedOnEverything(catalog: Catalog, service: string): Asked {
  const ofCatalog = known.get(catalog) ?? new Map<string, Asked>();
  known.set(catalog, ofCatalog);
  const before = ofCatalog.get(service);
  if (before !== undefined) return before;
  const all = catalog.actionsOf(service).filter((action) => kindOfEvery(action) === 'other');
  const asked = { all, kinds: [...new Map(all.map((action) => [kindOf(action), action])).values()] };
  ofCatalog.set(service, asked);
  return asked;
}

/** How the decision on `*` treats it. */
function kindOf({ wildcardOnly, askedOn, resourceControlSupported }: CatalogAction): string {
  return `${wildcardOnly} ${askedOn !== undefined} ${resourceControlSupported}`;
}

function statementsOf({ policies }: PreparedPrincipal): readonly CompiledStatement[] {
  if (policies === null) return [];
  const { identity, boundary, serviceControl, resourceControl = null } = policies.source;
  const levels = [...(serviceControl ?? []), ...(resourceControl ?? [])];
  const attached = [
    ...identity,
    ...(boundary === null ? [] : [boundary]),
    ...levels.flatMap((level) => level.policies),
  ];
  return attached.flatMap(({ policy }) => policy.statements);
}

const covered = new WeakMap<ActionElement, Map<string, boolean | null>>();

/** Whether it covers every action of the service, or none; null: some. */
function coverage(element: ActionElement, service: string): boolean | null {
  const known = covered.get(element) ?? new Map<string, boolean | null>();
  covered.set(element, known);
  const before = known.get(service);
  if (before !== undefined) return before;
  const found = coverageOf(element, service);
  known.set(service, found);
  return found;
}

function coverageOf({ negated, patterns }: ActionElement, service: string): boolean | null {
  const about = patterns.filter((pattern) => pattern.service === null || pattern.service === service);
  if (about.length === 0) return negated;
  return about.some(({ name }) => name.everything) ? !negated : null;
}
