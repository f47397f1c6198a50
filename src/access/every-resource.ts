import type { CatalogAction } from '../catalog/catalog-service.ts';
import type { Decision } from '../evaluation/decision.ts';
import type { PreparedResource } from '../evaluation/prepare.ts';
import { InvalidInput } from '../policy/errors.ts';

/** By service: the catalogue's type of resources whose own policy must allow, and their kind in decisions. */
const OWN_SIDE: Readonly<Record<string, readonly [type: string, kind: PreparedResource['kind']]>> = {
  kms: ['key', 'key'],
  sts: ['role', 'role'],
};

/** The kind of the resources that the action can be asked on, if their own policies must let the caller in. */
export function kindOfEvery({ service, resourceTypes }: CatalogAction): PreparedResource['kind'] {
  const [wanted, kind] = OWN_SIDE[service] ?? [];
  return kind !== undefined && resourceTypes.some(({ type }) => type.name === wanted) ? kind : 'other';
}

/**
 * A bare `*` asks about everything that the action can be asked on. For kms:Decrypt that is every key, for
 * sts:AssumeRole every role: their own policies must let the caller in, so that identity policies alone are never enough.
 */
export function everyResource(action: CatalogAction, resource: PreparedResource): PreparedResource {
  if (resource.text !== '*') return resource;
  const kind = kindOfEvery(action);
  return kind === 'other' ? resource : { ...resource, kind };
}

/**
 * Throws InvalidInput for a bare `*` where an action has resources. It would be a question about all of them, which
 * searches over many principals or roles do not ask: a statement that is literally about `*` decides less.
 */
export function checkNamesResource({ name, wildcardOnly }: CatalogAction, resource: string, field: string): void {
  if (wildcardOnly || resource !== '*') return;
  const message = `\`*\` is everything that \`${name}\` can be asked on: name one resource, or ask \`decision\` about one principal`;
  throw new InvalidInput(field, message);
}

export function everyResourceGaps(action: CatalogAction, { effect }: Decision): readonly string[] {
  if (effect === 'EXPLICIT_DENY') return [];
  return kindOfEvery(action) === 'key'
    ? ['`*` is every KMS key: a key policy must let the caller in, and not all key policies are known']
    : ['`*` is every role: a trust policy must let the caller in, and not all trust policies are known'];
}
