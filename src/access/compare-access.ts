import { type AccessComparison, compareAccess as compareSets } from '../analysis/compare.ts';
import type { RequestContext } from '../evaluation/request.ts';
import type { DecideTools } from './decide.ts';
import { effectivePermissions } from './effective-permissions.ts';
import { filteredActions, type PermissionFilter } from './effective-permissions-filter.ts';
import type { Subject } from './question.ts';

/**
 * Permissions that the principal of `subject` gains and loses by assuming its role, action by action, on one revision of the
 * directory. If it may not assume the role, it has no permissions there: all are lost. Throws as `effectivePermissions` does.
 */
export async function compareAccess(
  tools: DecideTools,
  subject: Subject & { readonly assumedRole: string },
  options: {
    readonly filter?: PermissionFilter | null;
    readonly context?: RequestContext;
    readonly assumeContextKeys?: boolean;
  },
  now: number,
): Promise<AccessComparison> {
  const filter = options.filter ?? {};
  const actions = filteredActions(tools.catalog, filter, 'filter');
  const inRole = await effectivePermissions(
    tools,
    subject,
    options.context ?? new Map(),
    now,
    options.assumeContextKeys,
  );
  const resource = filter.resource ?? null;
  return compareSets(
    Array.from(actions, (action) => ({
      name: action.name,
      before: inRole.suspended?.setOf(action, resource) ?? { allow: [], deny: [] },
      after: inRole.setOf(action, resource),
    })),
  );
}
