import type { TermSet } from '../analysis/combine.ts';
import { type AccessComparison, compareAccess as compareSets } from '../analysis/compare.ts';
import type { CatalogAction } from '../catalog/catalog-service.ts';
import type { RequestContext } from '../evaluation/request.ts';
import type { Steps } from '../policy/steps.ts';
import type { DecideTools } from './decide.ts';
import { type EffectivePermissions, effectivePermissions } from './effective-permissions.ts';
import { filteredActions, type PermissionFilter } from './effective-permissions-filter.ts';
import { onOneCatalog } from './one-catalog.ts';
import type { Subject } from './question.ts';
import { Work } from './work.ts';

/**
 * Permissions that the principal of `subject` gains and loses by assuming its role, action by action, on one revision of the
 * directory. If it may not assume the role, it has no permissions there: all are lost. Throws as `effectivePermissions` does.
 */
export function compareAccess(
  tools: DecideTools,
  subject: AssumingSubject,
  options: ComparisonOptions,
  now: number,
): Promise<AccessComparison> {
  return onOneCatalog(tools, (all) => compareWith(all, subject, options, now));
}

type AssumingSubject = Subject & { readonly assumedRole: string };

interface ComparisonOptions {
  readonly filter?: PermissionFilter | null;
  readonly context?: RequestContext;
  readonly assumeContextKeys?: boolean;
}

async function compareWith(
  tools: DecideTools,
  subject: AssumingSubject,
  options: ComparisonOptions,
  now: number,
): Promise<AccessComparison> {
  const filter = options.filter ?? {};
  const actions = filteredActions(tools.catalog, filter, 'filter');
  const work = tools.work ?? new Work();
  const inRole = await effectivePermissions(
    { ...tools, work },
    subject,
    options.context ?? new Map(),
    now,
    options.assumeContextKeys,
  );
  return work.run(compared(inRole, actions, filter.resource ?? null));
}

function* compared(
  inRole: EffectivePermissions,
  actions: Iterable<CatalogAction>,
  resource: string | null,
): Steps<AccessComparison> {
  const sets: { readonly name: string; readonly before: TermSet; readonly after: TermSet }[] = [];
  for (const action of actions) {
    const { suspended } = inRole;
    const before = suspended === null ? NOTHING : yield* suspended.setOf(action, resource);
    sets.push({ name: action.name, before, after: yield* inRole.setOf(action, resource) });
  }
  return yield* compareSets(sets);
}

const NOTHING: TermSet = { allow: [], deny: [] };
