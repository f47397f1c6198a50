/** The part of JSON Schema that the tests' own schemas use. An unknown keyword is an error: it would check nothing. */
type Schema = Readonly<Record<string, unknown>>;

const KNOWN = new Set([
  '$schema',
  '$id',
  '$defs',
  '$ref',
  'title',
  'description',
  'type',
  'properties',
  'required',
  'additionalProperties',
  'items',
  'minItems',
  'enum',
  'pattern',
  // Only says what the pattern beside it means.
  'format',
  'anyOf',
  'minimum',
  'maximum',
  'propertyNames',
]);

/** `root`: holds the definitions that `$ref` names. */

/** What is wrong with a value, each with its place; empty: nothing. */
export function schemaFaults(schema: Schema, value: unknown, place = '$', root = schema): readonly string[] {
  for (const keyword of Object.keys(schema)) if (!KNOWN.has(keyword)) throw new Error(`unknown keyword ${keyword}`);
  const faults: string[] = [];
  if (typeof schema['$ref'] === 'string') {
    const name = /^#\/\$defs\/(\w+)$/.exec(schema['$ref'])?.[1] ?? '';
    const definition = (root['$defs'] as Readonly<Record<string, Schema>> | undefined)?.[name];
    if (definition === undefined) throw new Error(`there is no ${schema['$ref']}`);
    faults.push(...schemaFaults(definition, value, place, root));
  }
  if (Array.isArray(schema['anyOf'])) {
    const each = (schema['anyOf'] as readonly Schema[]).map((one) => schemaFaults(one, value, place, root));
    if (each.every((found) => found.length > 0)) faults.push(...(each[0] ?? [`${place}: none fits`]));
  }
  const type = schema['type'];
  const actual = Array.isArray(value)
    ? 'array'
    : value === null
      ? 'null'
      : Number.isInteger(value)
        ? 'integer'
        : typeof value;
  if (type !== undefined && type !== actual && !(type === 'number' && actual === 'integer'))
    return [`${place}: ${actual} instead of ${JSON.stringify(type)}`];
  if (Array.isArray(schema['enum']) && !schema['enum'].includes(value)) faults.push(`${place}: ${String(value)}`);
  if (typeof schema['pattern'] === 'string' && !new RegExp(schema['pattern'], 'u').test(String(value)))
    faults.push(`${place}: ${String(value)}`);
  if (typeof value === 'number') {
    if (value < Number(schema['minimum'] ?? value) || value > Number(schema['maximum'] ?? value))
      faults.push(`${place}: ${value}`);
  }
  if (Array.isArray(value)) {
    if (value.length < Number(schema['minItems'] ?? 0)) faults.push(`${place}: too short`);
    const items = schema['items'] as Schema | undefined;
    if (items !== undefined)
      value.forEach((one, i) => void faults.push(...schemaFaults(items, one, `${place}[${i}]`, root)));
  } else if (typeof value === 'object' && value !== null) {
    faults.push(...objectFaults(schema, value as Readonly<Record<string, unknown>>, place, root));
  }
  return faults;
}

function objectFaults(
  schema: Schema,
  value: Readonly<Record<string, unknown>>,
  place: string,
  root: Schema,
): readonly string[] {
  const properties = (schema['properties'] ?? {}) as Readonly<Record<string, Schema>>;
  const others = schema['additionalProperties'];
  const missing = ((schema['required'] ?? []) as readonly string[])
    .filter((name) => !Object.hasOwn(value, name))
    .map((name) => `${place}.${name}: missing`);
  const inside = Object.entries(value).flatMap(([name, one]) => {
    const own = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (own !== undefined) return schemaFaults(own, one, `${place}.${name}`, root);
    if (others === false) return [`${place}.${name}: unknown`];
    return typeof others === 'object' ? schemaFaults(others as Schema, one, `${place}.${name}`, root) : [];
  });
  const names = schema['propertyNames'] as Schema | undefined;
  const named = names === undefined ? [] : Object.keys(value).flatMap((name) => schemaFaults(names, name, place, root));
  return [...missing, ...inside, ...named];
}
