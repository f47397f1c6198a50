import type { Catalog } from '../catalog/catalog.ts';
import { actionMatches, readActionPattern } from '../policy/action-pattern.ts';

/** Whether a pattern, as in the Action of a policy, names at least one action of the catalogue. */
export function namesAction(catalog: Catalog, text: string): boolean {
  const pattern = readActionPattern(text);
  if (pattern === null) return false;
  const { service } = pattern;
  if (service === null) return true;
  const element = { negated: false, patterns: [pattern] };
  return catalog.actionsOf(service).some(({ name }) => {
    return actionMatches(element, service, name.slice(service.length + 1).toLowerCase());
  });
}
