import { shortened } from './condition-block.ts';
import { isList, isObject, type JsonValue } from './json.ts';
import type { Faults } from './policy-fault.ts';
import { type NamedPrincipal, type PrincipalElement, readNamedPrincipal } from './principal-element.ts';

/** Principal or NotPrincipal, with its name. */
interface Element {
  readonly name: string;
  readonly value: JsonValue;
  readonly negated: boolean;
}

/**
 * Reads Principal or NotPrincipal of the statement at `place`. An unreadable name means nobody in an Allow; in a Deny it means
 * everybody that a name of its kind could mean. In NotPrincipal it excludes nobody.
 */
export function readPrincipalElement(
  { name, value, negated }: Element,
  place: string,
  allows: boolean,
  faults: Faults,
): PrincipalElement {
  // The only text that the grammar allows is `*`: a name stands under the key of its kind.
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
  const byType = value === '*' ? { AWS: value } : value;
  const widens = !negated && !allows;
  const unread = (message: string): void => (negated ? faults.exception(name, message) : faults.entry(name, message));
  if (!isObject(byType)) {
    unread(`\`${place}.${name}\` must be \`*\` or an object`);
    return { negated, everyone: widens, named: [] };
  }
  let everyone = false;
  const named: NamedPrincipal[] = [];
  for (const [type, values] of Object.entries(byType)) {
    for (const one of isList(values) ? values : [values]) {
      const read = typeof one === 'string' ? readPrincipal(type, one) : null;
      if (read === EVERYONE) everyone = true;
      else if (read !== null) named.push(read);
      if (read !== null) continue;
      const at = `\`${place}.${name}.${type}\``;
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

const EVERYONE = '*';

/** What one text under a key of Principal means; null: it cannot be read. */
export function readPrincipal(type: string, text: string): NamedPrincipal | typeof EVERYONE | null {
  return type === 'AWS' && text === EVERYONE ? EVERYONE : readNamedPrincipal(type, text);
}

const EVERY_SERVICE: NamedPrincipal = { kind: 'every', of: 'service' };
const EVERY_FEDERATED: NamedPrincipal = { kind: 'every', of: 'federated' };
