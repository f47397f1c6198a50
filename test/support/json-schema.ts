/** The part of JSON Schema that the tests' own schemas use. An unknown keyword is an error: it would check nothing. */
type Schema = Readonly<Record<string, unknown>>;

const KNOWN = new Set([
  '$schema',
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
]);

/** What is wrong with a value, each with its place; empty: nothing. */
export function schemaFaults(schema: Schema, value: unknown, place = '$'): readonly string[] {
  for (const keyword of Object.keys(schema)) if (!KNOWN.has(keyword)) throw new Error(`unknown keyword ${keyword}`);
  const faults: string[] = [];
  const type = schema['type'];
  const actual = Array.isArray(value)
    ? 'array'
    : value === null
      ? 'null'
      : Number.isInteger(value)
        ? 'integer'
        : typeof value;
  if (type !== undefined && type !== actual) return [`${place}: ${actual} instead of ${JSON.stringify(type)}`];
  if (Array.isArray(schema['enum']) && !schema['enum'].includes(value)) faults.push(`${place}: ${String(value)}`);
  if (typeof schema['pattern'] === 'string' && !new RegExp(schema['pattern']).test(String(value)))
    faults.push(`${place}: ${String(value)}`);
  if (Array.isArray(value)) {
    if (value.length < Number(schema['minItems'] ?? 0)) faults.push(`${place}: too short`);
    const items = schema['items'] as Schema | undefined;
    if (items !== undefined) value.forEach((one, i) => void faults.push(...schemaFaults(items, one, `${place}[${i}]`)));
  } else if (typeof value === 'object' && value !== null) {
    faults.push(...objectFaults(schema, value as Readonly<Record<string, unknown>>, place));
  }
  return faults;
}

function objectFaults(schema: Schema, value: Readonly<Record<string, unknown>>, place: string): readonly string[] {
  const properties = (schema['properties'] ?? {}) as Readonly<Record<string, Schema>>;
  const others = schema['additionalProperties'];
  const missing = ((schema['required'] ?? []) as readonly string[])
    .filter((name) => !(name in value))
    .map((name) => `${place}.${name}: missing`);
  const inside = Object.entries(value).flatMap(([name, one]) => {
    const own = properties[name];
    if (own !== undefined) return schemaFaults(own, one, `${place}.${name}`);
    if (others === false) return [`${place}.${name}: unknown`];
    return typeof others === 'object' ? schemaFaults(others as Schema, one, `${place}.${name}`) : [];
  });
  return [...missing, ...inside];
}
