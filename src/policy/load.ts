import { DOCUMENT_ELEMENTS } from './elements.ts';
import { isList, isObject, type JsonValue } from './json.ts';
import { membersIn, shapeOf } from './json-shape.ts';
import { MalformedPolicy } from './malformed-policy.ts';
import type { PolicyFault } from './policy-fault.ts';
import type { PolicyKind } from './policy-kind.ts';
import { PolicySource } from './policy-source.ts';
import { withoutRepeated } from './repeated-keys.ts';
import { type CompiledStatement, readStatement } from './statement.ts';
import type { VariableReading } from './variable.ts';

/** A policy document, compiled. Immutable and usable for any number of requests at once; share it by its content. */
export interface CompiledPolicy {
  readonly kind: PolicyKind;
  readonly source: PolicySource;
  /** The document's Version supports policy variables. */
  readonly variables: boolean;
  readonly statements: readonly CompiledStatement[];
  /** What cannot be read, and how it is treated. */
  readonly faults: readonly PolicyFault[];
  /** The document is unknown or is not a policy document: it allows nothing, and everything it could deny is denied. */
  readonly closed: boolean;
}

/** Characters; AWS's limit for a document that a caller writes. https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html */
export const MAX_WRITTEN_LENGTH = 131_072;
/** Characters of a document that is read. AWS's own AWSSupportServiceRolePolicy has 157,000. */
export const MAX_DOCUMENT_LENGTH = 262_144;

/** Levels of objects and lists; the deepest that is understood has six. */
export const MAX_DOCUMENT_DEPTH = 64;

/**
 * Reads a document that must be sound: an object, its JSON text, or that text URL-encoded, as AWS's API returns it. Accepts
 * more than AWS would accept today (Version 2008-10-17, operators in any case), but nothing that it does not
 * understand. Throws MalformedPolicy, naming the first piece that cannot be read.
 */
export function loadPolicy(document: string | JsonValue, kind: PolicyKind): CompiledPolicy {
  const policy = readPolicy(document, kind);
  const [first] = policy.faults;
  if (first !== undefined) throw new MalformedPolicy(first.message);
  return policy;
}

/**
 * Reads a stored or imported document like `loadPolicy`, but piece by piece: unreadable pieces are listed in `faults` and never
 * grant access (see `readStatement`). Throws MalformedPolicy for a text that is not a policy document: size, no JSON, no object, an
 * element other than Version, Id and Statement, no Statement.
 */
export function readPolicy(document: string | JsonValue, kind: PolicyKind): CompiledPolicy {
  const { json, text, repeated } =
    typeof document === 'string' ? parseText(document) : { json: document, text: null, repeated: [] };
  if (!isObject(json)) throw new MalformedPolicy('a policy document must be a JSON object');
  for (const element of Object.keys(json)) {
    if (!DOCUMENT_ELEMENTS.has(element)) throw new MalformedPolicy(`unknown element \`${element}\``);
  }
  const faults: PolicyFault[] = repeated.map((place) => ({
    message: `a policy document must not have a key twice: \`${place}\``,
    taken: null,
    statement: null,
    element: null,
  }));
  const variables = readVersion(json['Version'], faults);
  const statement = json['Statement'];
  if (statement === undefined) throw new MalformedPolicy('`Statement` is missing');
  const list = isList(statement) ? statement : [statement];
  const statements = list.map((one, i) => {
    const reading = readStatement(one, i, kind, variables);
    if (reading.faults.length > 0) faults.push(...reading.faults);
    return reading.statement;
  });
  const source = new PolicySource(text ?? json);
  return { kind, source, variables: variables === 'variables', statements, faults, closed: false };
}

/** Replaces a document that is unknown or not a policy document: nothing is allowed where it would count. */
export function closedPolicy(kind: PolicyKind): CompiledPolicy {
  return { kind, source: NO_SOURCE, variables: false, statements: [], faults: [], closed: true };
}

const NO_SOURCE = new PolicySource({ Version: '2012-10-17', Statement: [] });

/** Without a Version, variables are plain text, as in 2008-10-17. */
function readVersion(version: JsonValue | undefined, faults: PolicyFault[]): VariableReading {
  if (version === undefined || version === '2008-10-17') return 'plain';
  if (version === '2012-10-17') return 'variables';
  // Only policy variables depend on the Version: they are unreadable where they occur.
  faults.push({
    message: '`Version` must be `2012-10-17` or `2008-10-17`',
    taken: null,
    statement: null,
    element: 'Version',
  });
  return 'unknown';
}

interface ParsedText {
  /** Without URL-encoding. */
  readonly text: string;
  /** Null where a key is repeated: neither value counts. */
  readonly json: JsonValue;
  /** Places of repeated keys. */
  readonly repeated: readonly string[];
}

function parseText(text: string): ParsedText {
  if (text.length > MAX_DOCUMENT_LENGTH) {
    throw new MalformedPolicy(
      `a policy document has at most ${MAX_DOCUMENT_LENGTH} characters, this one ${text.length}`,
    );
  }
  let plain: string;
  let json: JsonValue;
  try {
    plain = text.trimStart().startsWith('%') ? decodeURIComponent(text) : text;
    json = JSON.parse(plain);
  } catch (cause) {
    throw new MalformedPolicy('a policy document must be JSON', { cause });
  }
  const { members, levels } = shapeOf(plain);
  if (levels > MAX_DOCUMENT_DEPTH) {
    throw new MalformedPolicy(`a policy document must not be nested more than ${MAX_DOCUMENT_DEPTH} levels deep`);
  }
  if (members === membersIn(json)) return { json, text: plain, repeated: [] };
  return { text: plain, ...withoutRepeated(plain) };
}
