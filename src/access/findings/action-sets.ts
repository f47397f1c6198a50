import type { Catalog, CatalogAction } from '../../catalog/catalog.ts';
import { actionName } from '../../evaluation/layer-set.ts';
import { actionMatches } from '../../policy/action-pattern.ts';
import type { CompiledStatement } from '../../policy/statement.ts';
import type { Steps } from '../../policy/steps.ts';
import { RememberedByCatalog, textOfActions } from './remembered.ts';

/** By the text of Action or NotAction. */
const sets = new RememberedByCatalog<ReadonlySet<CatalogAction>>();

/** The actions of the catalogue that a statement names. */
export function* actionsNamed(catalog: Catalog, statement: CompiledStatement): Steps<ReadonlySet<CatalogAction>> {
  const memory = sets.of(catalog);
  const key = textOfActions(statement);
  const known = memory.get(key);
  if (known !== undefined) return known;
  const found = yield* actionsAmong(catalog, statement);
  memory.set(key, found, 60 * found.size);
  return found;
}

function* actionsAmong(catalog: Catalog, { actions }: CompiledStatement): Steps<ReadonlySet<CatalogAction>> {
  const found = new Set<CatalogAction>();
  for (const service of servicesNamed(catalog, actions)) {
    const known = catalog.actionsOf(service);
    yield known.length * actions.patterns.length;
    for (const action of known) if (actionMatches(actions, action.service, actionName(action))) found.add(action);
  }
  return found;
}

function servicesNamed(catalog: Catalog, { negated, patterns }: CompiledStatement['actions']): Iterable<string> {
  const named = new Set<string>();
  for (const { service } of patterns) {
    if (negated || service === null) return catalog.services();
    named.add(service);
  }
  return negated ? catalog.services() : named;
}
