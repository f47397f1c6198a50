import type { Catalog } from '../catalog/catalog.ts';
import type { KeySessionRecord } from '../directory/stores/key-session-store.ts';
import type { PreparedPrincipal } from '../evaluation/prepare.ts';
import { barredFromRoles } from './assume.ts';
import { barredFromKeySession } from './key-session.ts';

/** Actions that no policy can grant to the principal; with `held`, also those that its credentials can never call. */
export function neverAllowed(
  catalog: Catalog,
  principal: PreparedPrincipal,
  held: KeySessionRecord | null,
): ReadonlySet<string> {
  const names = new Set(barredFromRoles(principal, '') === null ? [] : ['sts:AssumeRole']);
  if (held === null && principal.facts.kind !== 'federatedUser') return names;
  for (const action of [...catalog.actionsOf('iam'), ...catalog.actionsOf('sts')]) {
    if (barredFromKeySession(held, principal, action, '*') !== null) names.add(action.name);
  }
  return names;
}
