import type { Ruled } from '../../analysis/grants/covers.ts';
import { globsOverlap, type ResourceGlob, resourceGlob } from '../../analysis/resource-set.ts';
import type { Catalog, CatalogAction } from '../../catalog/catalog.ts';
import type { Condition } from '../../policy/condition.ts';
import { globOf } from '../../policy/pattern.ts';
import { PARTITIONS, regionsOf } from '../../policy/regions.ts';
import type { Steps } from '../../policy/steps.ts';

/** Which part of a pattern of resources no request has that is made up; null: none. */
function unknownPlace(parts: readonly string[]): string | null {
  const partition = globOf((parts[PARTITION] ?? '').replaceAll(VARIABLE, '*'));
  if (!PARTITIONS.some((name) => partition.matches(name))) return 'partition';
  const region = (parts[REGION] ?? '').replaceAll(VARIABLE, '*');
  return region === '' || isKnownRegion(region) ? null : 'Region';
}

function isKnownRegion(pattern: string): boolean {
  const glob = globOf(pattern);
  return regionsOf(null).some((name) => glob.matches(name));
}

const OF_REGION: ReadonlySet<string> = new Set(['aws:requestedregion', 'ec2:region']);

/** A Region that the condition compares and that no request has that is made up: AWS adds some. Null: there is none. */
export function unknownRegion({ key, operator, values }: Condition): string | null {
  if (!OF_REGION.has(key.name) || operator === 'Null') return null;
  return values.find((value) => !isKnownRegion(value.replaceAll(VARIABLE, '*').toLowerCase())) ?? null;
}

/**
 * The first resource that a statement names in a form of ARN that is not known, although it may be one of the action, or in a
 * Region or partition that is not known: no request on it is made up, so that nothing is known of what is granted on it. Null:
 * there is none. Otherwise a sentence that says so.
 */
export function* unknownForm(
  catalog: Catalog,
  action: CatalogAction,
  statements: readonly Ruled[],
): Steps<string | null> {
  const services = servicesOf(action);
  let forms: readonly ResourceGlob[] | undefined;
  for (const { statement } of statements)
    for (const { everything, parts } of statement.resources?.patterns ?? []) {
      if (everything || parts.length <= SERVICE) continue;
      const service = globOf(parts[SERVICE] ?? '');
      if (!services.some((name) => service.matches(name))) continue;
      const named = parts.join(':');
      const place = unknownPlace(parts);
      if (place !== null) return `\`${named}\` has a ${place} that is not known`;
      if (action.wildcardOnly) continue;
      forms ??= formsOf(catalog, action, services);
      yield forms.length;
      const glob = resourceGlob(named.replaceAll(VARIABLE, '*'));
      if (!forms.some((form) => globsOverlap(form, glob))) return `\`${named}\` has a form of ARN that is not known`;
    }
  return null;
}

const PARTITION = 1;
const SERVICE = 2;
const REGION = 3;
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
