import type { Catalog } from '../catalog/catalog.ts';
import type { ConditionKey } from '../catalog/catalog-service.ts';
import type { ContextValue, RequestContext } from '../evaluation/request.ts';
import { parseArn } from '../policy/arn.ts';
import { parseRange } from '../policy/compare/ip.ts';
import { parseDecimal } from '../policy/compare/number.ts';
import { contextKey } from '../policy/context-key.ts';
import { parseInstant } from '../policy/date.ts';
import { InvalidInput } from '../policy/errors.ts';
import { nearest } from '../policy/spelling.ts';
import { allKeys, globalKeys, serviceKeys } from '../validation/keys.ts';
import { checkRegion, type Place, shortened } from './check-resource.ts';

/** The description of the values of a key's type, and the check of one text. */
interface Form {
  readonly what: string;
  readonly reads: (text: string) => boolean;
}

const FORMS: Readonly<Record<string, Form>> = {
  IPAddress: { what: 'an IP address', reads: (text) => parseRange(text) !== null },
  Bool: { what: '`true` or `false`', reads: (text) => /^(?:true|false)$/i.test(text) },
  Numeric: { what: 'a number', reads: (text) => parseDecimal(text) !== null },
  Date: { what: 'a date, or seconds since 1970', reads: (text) => parseInstant(text) !== null },
  ARN: { what: 'an ARN', reads: (text) => parseArn(text) !== null },
};

/**
 * Throws InvalidInput, naming the key, for values of a wrong type, and for a list in place of the one value of a global key.
 * Returns a sentence for each unknown key with a prefix of AWS, and for each list in place of the one value of a service's
 * key, whose declared type is not always right; keys with other prefixes (of identity providers, of own services) pass.
 *
 * A plain operator never matches a list. A Deny on `"aws:SecureTransport": ["false"]` would be missed in silence.
 */
export function checkContext({ now: catalog }: Catalog, context: RequestContext, at: Place): readonly string[] {
  const checked = memory.get(catalog) ?? new WeakMap<RequestContext, readonly string[]>();
  memory.set(catalog, checked);
  const known = checked.get(context);
  if (known !== undefined) return known;
  const field = at();
  const sentences: string[] = [];
  for (const [name, value] of context) {
    const key = keyOf(catalog, name);
    if (key === null) {
      const sentence = unknownKey(catalog, name);
      if (sentence !== null) sentences.push(sentence);
      continue;
    }
    // The name of a tag's key has a placeholder for the tag.
    const shown = /\/tag-key$|\$\{/.test(key.name) ? shortened(name) : key.name;
    if (isListForOne(value, key)) {
      if (name.startsWith('aws:'))
        throw new InvalidInput(`${field}.${shown}`, `\`${shown}\` has one value: give it without a list`);
      sentences.push(
        `\`${shortened(name)}\` is given as a list, and has one value: operators without ForAnyValue or ForAllValues do not match a list`,
      );
    }
    const type = key.type.replace(/^ArrayOf/, '');
    // Values of keys that services declare as ARNs are not always ARNs.
    const form = type === 'ARN' && !name.startsWith('aws:') ? undefined : FORMS[type];
    if (form !== undefined) checkValues(value, form, `${field}.${shown}`);
    if (name !== 'aws:requestedregion') continue;
    for (const region of valuesOf(value)) {
      if (region !== '' && region !== 'aws-global') checkRegion(region, null, () => `${field}.${key.name}`);
    }
  }
  checked.set(context, sentences);
  return sentences;
}

/** An empty list is no value. */
function isListForOne(value: ContextValue, { name, type }: ConditionKey): boolean {
  if (typeof value === 'string' || value.length === 0 || type === '') return false;
  return !type.startsWith('ArrayOf') && !contextKey(name).multiValued;
}

/** The questions of a request share contexts. */
const memory = new WeakMap<Catalog, WeakMap<RequestContext, readonly string[]>>();

/** `name` in lower case. */
function keyOf(catalog: Catalog, name: string): ConditionKey | null {
  const global = globalKeys(catalog).find(name);
  if (global !== null) return global;
  const service = catalog.service(name.slice(0, Math.max(0, name.indexOf(':'))));
  if (service === null) return null;
  // Some services declare keys that begin with the name of another service.
  return serviceKeys(service).find(name) ?? allKeys(catalog).find(name);
}

function valuesOf(value: ContextValue): readonly string[] {
  return typeof value === 'string' ? [value] : value;
}

function checkValues(value: ContextValue, form: Form, field: string): void {
  for (const text of valuesOf(value)) {
    if (text !== '' && !form.reads(text)) throw new InvalidInput(field, `\`${shortened(text)}\` is not ${form.what}`);
  }
}

function unknownKey(catalog: Catalog, name: string): string | null {
  const prefix = name.slice(0, Math.max(0, name.indexOf(':')));
  const service = catalog.service(prefix);
  if (prefix !== 'aws' && service === null) return null;
  const known = service === null ? globalKeys(catalog).names() : service.conditionKeys.map((key) => key.name);
  const similar = nearest(name, known);
  const hint = similar === null ? '' : `; did you mean \`${similar}\`?`;
  return `the catalogue of ${catalog.version} has no condition key \`${shortened(name)}\`${hint}`;
}
