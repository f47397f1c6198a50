import type { Catalog, CatalogAction } from '../catalog/catalog.ts';
import { InvalidInput } from '../policy/errors.ts';
import { checkAction } from './check-action.ts';
import { checkArn, shortened } from './check-resource.ts';
import { canBeAbout } from './effective-permissions-filter.ts';
import type { Question } from './question.ts';

/** Greatest number of actions in one search for principals: the types of resources of AWS take no more. */
export const MOST_ACTIONS = 200;

/**
 * The actions of a search, each once, in the order in which they are given. Null: all that the resource's type takes, in the order of
 * their names. Throws InvalidInput for the place of one that does not exist, and if there are none or too many.
 */
export function askedActions(
  catalog: Catalog,
  names: readonly string[] | null,
  { resource, resourceIsPattern = false }: Pick<Question, 'resource' | 'resourceIsPattern'>,
): readonly CatalogAction[] {
  if (names === null) return actionsOn(catalog, resource, resourceIsPattern);
  if (names.length === 0) throw new InvalidInput('actions', 'no action is given: leave `actions` out for all of them');
  if (names.length > MOST_ACTIONS) throw tooMany('actions', names.length);
  return [...new Set(names.map((name, index) => checkAction(catalog, name, `actions[${index}]`)))];
}

function actionsOn(catalog: Catalog, resource: string, isPattern: boolean): readonly CatalogAction[] {
  if (resource === '*') {
    throw new InvalidInput('resource', '`*` is of no type: name a resource, or give `action` or `actions`');
  }
  checkArn(resource, () => 'resource', isPattern);
  const isAbout = canBeAbout(catalog, resource);
  const found = catalog
    .services()
    .flatMap((service) => catalog.actionsOf(service))
    .filter((action) => isAbout(action) && (isPattern || catalog.fit(action, resource).kind === 'fits'));
  if (found.length === 0) {
    const message = `the catalogue of ${catalog.version} knows no action on \`${shortened(resource)}\`: give \`action\` or \`actions\``;
    throw new InvalidInput('resource', message);
  }
  if (found.length > MOST_ACTIONS) throw tooMany('resource', found.length);
  return found.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function tooMany(field: string, count: number): InvalidInput {
  return new InvalidInput(field, `${count} actions; the limit is ${MOST_ACTIONS}`);
}
