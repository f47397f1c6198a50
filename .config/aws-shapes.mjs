// Writes src/aws/wire/shapes.json: the operations of STS and IAM with the shapes of their inputs and outputs, from the schemas
// of AWS's SDK (Apache-2.0), so that none of them is typed by hand.
//
//   node .config/aws-shapes.mjs            writes it
//   node .config/aws-shapes.mjs --check    fails if it is not what would be written
import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import * as iam from '@aws-sdk/client-iam';
import * as sts from '@aws-sdk/client-sts';

const FILE = fileURLToPath(new URL('../src/aws/wire/shapes.json', import.meta.url));

// Kinds of schemas: https://github.com/smithy-lang/smithy-typescript, packages/types/src/schema
const [LIST, MAP, STRUCTURE, UNION, ERROR, OPERATION] = [1, 2, 3, 4, -3, 9];
const SCALARS = new Map([
  [0, 'string'],
  [1, 'number'],
  [2, 'boolean'],
  [4, 'time'],
  [21, 'blob'],
]);
const LIST_OF = 64;
const MAP_OF = 128;

/** `string`, `Role`, `[Role]` (a list) or `{Role}` (a map from strings). Structures are added to `types`. */
function typeOf(given, types) {
  const schema = typeof given === 'function' ? given() : given;
  if (typeof schema === 'number') {
    if (schema >= MAP_OF) return `{${typeOf(schema - MAP_OF, types)}}`;
    return schema >= LIST_OF ? `[${typeOf(schema - LIST_OF, types)}]` : scalar(schema);
  }
  // [schema, traits]
  if (typeof schema[1] !== 'string') return typeOf(schema[0], types);
  const [kind, , name] = schema;
  if (kind === LIST) return `[${typeOf(schema[4], types)}]`;
  if (kind === MAP) return `{${typeOf(schema[5], types)}}`;
  if (kind === 0) return typeOf(schema[4], types);
  if (kind !== STRUCTURE && kind !== UNION) throw new Error(`${name} is of a kind that is not known: ${kind}`);
  if (!(name in types)) {
    const [, , , , names, members, required = 0] = schema;
    types[name] = {};
    const entries = names.map((member, index) => [
      member,
      typeOf(members[index], types) + (index < required ? '!' : ''),
    ]);
    types[name] = Object.fromEntries(entries);
  }
  return name;
}

/** Of an operation's input or output; null: it has none. */
function shapeOf(given, types) {
  const schema = typeof given === 'function' ? given() : given;
  return schema === 'unit' ? null : typeOf(schema, types);
}

function scalar(code) {
  const name = SCALARS.get(code);
  if (name === undefined) throw new Error(`a scalar that is not known: ${code}`);
  return name;
}

function serviceOf(module, version) {
  const [types, operations, errors] = [{}, {}, {}];
  for (const [key, schema] of Object.entries(module)) {
    if (!key.endsWith('$') || !Array.isArray(schema)) continue;
    const [kind, , name, traits] = schema;
    if (kind === OPERATION) {
      const [, , , , input, output] = schema;
      operations[name] = [shapeOf(input, types), shapeOf(output, types)];
    }
    if (kind === ERROR && typeof traits === 'object') {
      const [code, status] = traits.awsQueryError ?? [name, traits.httpError];
      errors[code] = status;
    }
  }
  const sorted = (object) => Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
  return { version, operations: sorted(operations), errors: sorted(errors), types: sorted(types) };
}

/** A line for each operation, error and type, so that changes can be read. */
function text(services) {
  const block = (object) =>
    `{\n${Object.entries(object)
      .map(([name, value]) => `      ${JSON.stringify(name)}: ${JSON.stringify(value)}`)
      .join(',\n')}\n    }`;
  const entries = Object.entries(services).map(
    ([name, { version, operations, errors, types }]) =>
      `  ${JSON.stringify(name)}: {\n    "version": ${JSON.stringify(version)},\n    "operations": ${block(operations)},\n` +
      `    "errors": ${block(errors)},\n    "types": ${block(types)}\n  }`,
  );
  return `{\n${entries.join(',\n')}\n}\n`;
}

const made = text({ sts: serviceOf(sts, '2011-06-15'), iam: serviceOf(iam, '2010-05-08') });
if (process.argv[2] !== '--check') writeFileSync(FILE, made);
else if (readFileSync(FILE, 'utf8') !== made) {
  process.stderr.write('src/aws/wire/shapes.json is not what the SDK says: run `npm run shapes`\n');
  process.exitCode = 1;
}
