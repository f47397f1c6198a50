import { type GraphQLError, getOperationAST, Kind, OperationTypeNode } from 'graphql';
import { parseBounded } from '../../graphql/limits.ts';

/** The one mutation that takes files. */
const MUTATION = 'importDirectory';

/** The parts of a multipart request do not have the form of the specification, or ask for something else than an import. */
export class BadUpload extends Error {}

/** A GraphQL operation with places for files, by the names of their parts. */
export interface UploadRequest {
  /** The parsed `operations`: query, variables … */
  readonly body: object;
  /** Puts a value at the place of a part. False: nothing has asked for it. */
  put(part: string, value: object): boolean;
  /** The part that has not come yet; null: all are there. */
  missing(): string | null;
}

/**
 * Reads `operations` and `map` of a multipart request, before any file of it. Throws BadUpload.
 * https://github.com/jaydenseric/graphql-multipart-request-spec
 */
export function readUploadRequest(operations: string, map: string, maxFiles: number): UploadRequest {
  const body = parseObject('operations', operations);
  checkOperation(body);
  const places = placesOf(body, parseObject('map', map), maxFiles);
  return {
    body,
    put: (part, value) => {
      const put = places.get(part);
      if (put === undefined) return false;
      places.delete(part);
      put(value);
      return true;
    },
    missing: () => places.keys().next().value ?? null,
  };
}

type JsonObject = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseObject(part: string, text: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new BadUpload(`\`${part}\` is not valid JSON`);
  }
  if (!isObject(value)) throw new BadUpload(`\`${part}\` must be a JSON object`);
  return value;
}

function checkOperation({ query, operationName }: JsonObject): void {
  if (typeof query !== 'string') throw new BadUpload('`operations` has no `query`');
  const operation = operationOf(query, typeof operationName === 'string' ? operationName : null);
  const isImport =
    operation?.operation === OperationTypeNode.MUTATION &&
    operation.selectionSet.selections.every((each) => each.kind === Kind.FIELD && each.name.value === MUTATION);
  if (!isImport) {
    throw new BadUpload(
      `a multipart request may contain the mutation \`${MUTATION}\` alone, without fragments around it`,
    );
  }
}

function operationOf(query: string, name: string | null) {
  try {
    return getOperationAST(parseBounded(query), name);
  } catch (error) {
    // Its messages are those that any request gets.
    throw new BadUpload((error as GraphQLError).message, { cause: error });
  }
}

type Put = (value: object) => void;

function placesOf(body: JsonObject, map: JsonObject, maxFiles: number): Map<string, Put> {
  const entries = Object.entries(map);
  if (entries.length > maxFiles) {
    throw new BadUpload(`\`map\` names ${entries.length} files; the limit is ${maxFiles}: put them into an archive`);
  }
  const places = new Map<string, Put>();
  const paths = new Set<string>();
  for (const [part, list] of entries) {
    const [path, ...others] = Array.isArray(list) ? (list as readonly unknown[]) : [];
    if (typeof path !== 'string' || others.length > 0) {
      throw new BadUpload('every entry of `map` must be a list of one path, such as variables.input.files.0.upload');
    }
    if (paths.has(path)) throw new BadUpload(`\`map\` names \`${path.slice(0, 200)}\` twice`);
    paths.add(path);
    places.set(part, placeAt(body, path));
  }
  return places;
}

/** The place at a path: null there, and within `variables`. */
function placeAt(body: JsonObject, path: string): Put {
  const names = path.split('.');
  const last = names.pop() ?? '';
  let holder: unknown = body;
  for (const name of names) holder = ownValue(holder, name);
  if (names[0] !== 'variables' || ownValue(holder, last) !== null) {
    throw new BadUpload(
      `\`map\` names \`${path.slice(0, 200)}\`, where \`operations\` has no null within \`variables\``,
    );
  }
  return (value) => {
    (holder as Record<string, unknown>)[last] = value; // as: something has an own value there
  };
}

function ownValue(holder: unknown, name: string): unknown {
  return typeof holder === 'object' && holder !== null && Object.hasOwn(holder, name)
    ? (holder as Readonly<Record<string, unknown>>)[name]
    : undefined;
}
