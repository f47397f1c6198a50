// What generators of typed clients need of the schema, as the package has it beside the client (`rolegate/client/…`), and the gateway
// lets it be read (src/server/schema-files.ts):
//
//   schema.graphql        the same as at the top of the package
//   introspection.json    the answer to the introspection query: for generators that take no SDL
//   possible-types.json   the members of every union and interface: `possibleTypes` of Apollo Client's cache
import { buildSchema, introspectionFromSchema, isAbstractType } from 'graphql';

/** By file name, its text. `sdl`: schema.graphql. */
export function clientFiles(sdl) {
  const schema = buildSchema(sdl);
  const abstract = Object.values(schema.getTypeMap()).filter(isAbstractType);
  const possible = abstract.map((type) => [type.name, schema.getPossibleTypes(type).map(({ name }) => name)]);
  return {
    'schema.graphql': sdl,
    'introspection.json': `${JSON.stringify(introspectionFromSchema(schema))}\n`,
    'possible-types.json': `${JSON.stringify(Object.fromEntries(possible))}\n`,
  };
}
