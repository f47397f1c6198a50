import { shortened } from './condition-block.ts';
import { isList, isObject, type JsonValue } from './json.ts';
import type { Faults } from './policy-fault.ts';
import { type NamedPrincipal, type PrincipalElement, readNamedPrincipal } from './principal-element.ts';

/**
 * Reads Principal or NotPrincipal; `place` is where it stands. Of an Allow, a name that cannot be read names nobody; of a Deny
 * everybody whom a name of its kind could mean. In NotPrincipal it spares nobody.
 */
export function readPrincipalElement(
  value: JsonValue,
  negated: boolean,
  place: string,
  allows: boolean,
  faults: Faults,
): PrincipalElement {
  // AWS writes a text other than `*` under a key; some tools store it bare.
  const byType = typeof value === 'string' ? { AWS: value } : value;
  const widens = !negated && !allows;
  const unread = (message: string): void => (negated ? faults.exception(message) : faults.entry(message));
  if (!isObject(byType)) {
    unread(`\`${place}\` must be \`*\` or an object`);
    return { negated, everyone: widens, named: [] };
  }
  let everyone = false;
  const named: NamedPrincipal[] = [];
  for (const [type, values] of Object.entries(byType)) {
    for (const one of isList(values) ? values : [values]) {
      const isEveryone = type === 'AWS' && one === '*';
      if (isEveryone) everyone = true;
      const read = typeof one === 'string' && !isEveryone ? readNamedPrincipal(type, one) : null;
      if (read !== null) named.push(read);
      if (read !== null || isEveryone) continue;
      const at = `\`${place}.${type}\``;
      unread(
        typeof one === 'string'
          ? `${at}: \`${shortened(one)}\` is not a principal`
          : `${at} must be a string or a list of strings`,
      );
      if (!widens) continue;
      if (type === 'Service') named.push(EVERY_SERVICE);
      else if (type === 'Federated') named.push(EVERY_FEDERATED);
      else everyone = true;
    }
  }
  return { negated, everyone, named };
}

const EVERY_SERVICE: NamedPrincipal = { kind: 'every', of: 'service' };
const EVERY_FEDERATED: NamedPrincipal = { kind: 'every', of: 'federated' };
