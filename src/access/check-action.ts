import type { Catalog, CatalogAction } from '../catalog/catalog.ts';
import { InvalidInput } from '../policy/errors.ts';

/** `service:Action`, without anything that is allowed only in policies. */
const CONCRETE_ACTION = /^[A-Za-z0-9-]+:[A-Za-z0-9]+$/;

/** Greatest length of a name in a message. */
const QUOTED_CHARACTERS = 100;

/** The catalogue's entry of the action `name`. Throws InvalidInput for `field` if it is malformed or unknown. */
export function checkAction(catalog: Catalog, name: string, field: string): CatalogAction {
  const quoted = name.length > QUOTED_CHARACTERS ? `${name.slice(0, QUOTED_CHARACTERS)}…` : name;
  if (!CONCRETE_ACTION.test(name)) {
    const wildcard = name.includes('*') || name.includes('?') ? ' without wildcards' : '';
    throw new InvalidInput(field, `\`${quoted}\` is not an action: expected \`service:Action\`${wildcard}`);
  }
  const action = catalog.action(name);
  if (action !== null) return action;
  const similar = catalog.suggest(name);
  const hint = similar === null ? '' : `; did you mean \`${similar}\`?`;
  throw new InvalidInput(field, `the catalogue of ${catalog.version} knows no action \`${quoted}\`${hint}`);
}
