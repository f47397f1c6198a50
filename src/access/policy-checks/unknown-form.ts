import type { Ruled } from '../../analysis/grants/covers.ts';
import { globsOverlap, type ResourceGlob, resourceGlob } from '../../analysis/resource-set.ts';
import type { Catalog, CatalogAction } from '../../catalog/catalog.ts';
import { globOf } from '../../policy/pattern.ts';
import type { Steps } from '../../policy/steps.ts';

/**
 * The first resource that a statement names in a form of ARN that the catalogue does not have, although it may be one of the action:
 * no request on it is made up, so that nothing is known of what is granted on it. Null: there is none.
 */
export function* unknownForm(
  catalog: Catalog,
  action: CatalogAction,
  statements: readonly Ruled[],
): Steps<string | null> {
  if (action.wildcardOnly) return null;
  const services = servicesOf(action);
  let forms: readonly ResourceGlob[] | undefined;
  for (const { statement } of statements)
    for (const { everything, parts } of statement.resources?.patterns ?? []) {
      if (everything || parts.length <= SERVICE) continue;
      const service = globOf(parts[SERVICE] ?? '');
      if (!services.some((name) => service.matches(name))) continue;
      forms ??= formsOf(catalog, action, services);
      yield forms.length;
      const named = parts.join(':');
      const glob = resourceGlob(named.replaceAll(VARIABLE, '*'));
      if (!forms.some((form) => globsOverlap(form, glob))) return named;
    }
  return null;
}

const SERVICE = 2;
/** A policy variable, and the placeholder of a template. */
const VARIABLE = /\$\{[^}]*\}/g;

/** The services that resources of the action belong to, and its own. */
function servicesOf({ name, resourceTypes }: CatalogAction): readonly string[] {
  const ofTypes = resourceTypes.flatMap(({ type }) => type.arns.map((arn) => arn.split(':')[SERVICE] ?? ''));
  return [...new Set([...ofTypes, name.split(':')[0] ?? ''].map((service) => service.toLowerCase()))];
}

/** The known forms of ARNs of the action's resources, and of all resources of `services`. */
function formsOf(
  catalog: Catalog,
  { resourceTypes }: CatalogAction,
  services: readonly string[],
): readonly ResourceGlob[] {
  const types = services.flatMap((service) => catalog.service(service)?.resourceTypes ?? []);
  return [...resourceTypes.map(({ type }) => type), ...types].flatMap(({ arns }) =>
    arns.map((arn) => resourceGlob(arn.replaceAll(VARIABLE, '*'))),
  );
}
