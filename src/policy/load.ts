import { isList, isObject, type JsonValue } from './json.ts';
import { membersIn, shapeOf } from './json-shape.ts';
import { MalformedPolicy } from './malformed-policy.ts';
import type { PolicyKind } from './policy-kind.ts';
import { PolicySource } from './policy-source.ts';
import { type CompiledStatement, compileStatement } from './statement.ts';

/** A policy document, compiled. Immutable and good for any number of requests at once; share it by its content. */
export interface CompiledPolicy {
  readonly kind: PolicyKind;
  readonly source: PolicySource;
  /** The document's Version knows policy variables. */
  readonly variables: boolean;
  readonly statements: readonly CompiledStatement[];
}

/** Characters; AWS's limit for a document that somebody writes. https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html */
export const MAX_WRITTEN_LENGTH = 131_072;
/** Characters of a document that is read. AWS's own AWSSupportServiceRolePolicy has 157,000. */
export const MAX_DOCUMENT_LENGTH = 262_144;

/** Levels of objects and lists; the deepest that is understood has six. */
export const MAX_DOCUMENT_DEPTH = 64;

const ELEMENTS = new Set(['Version', 'Id', 'Statement']);

/**
 * Reads a stored or imported document: an object, its JSON text, or that text URL-encoded, as AWS's API returns it. Takes
 * more than AWS would let somebody write today (Version 2008-10-17, operators in any case), but nothing it does not
 * understand: a restriction that were skipped would grant. Throws MalformedPolicy.
 */
export function loadPolicy(document: string | JsonValue, kind: PolicyKind): CompiledPolicy {
  const { json, text } = typeof document === 'string' ? parseText(document) : { json: document, text: null };
  if (!isObject(json)) throw new MalformedPolicy('a policy document must be a JSON object');
  for (const element of Object.keys(json)) {
    if (!ELEMENTS.has(element)) throw new MalformedPolicy(`unknown element \`${element}\``);
  }
  const variables = readVersion(json['Version']) === '2012-10-17';
  const statement = json['Statement'];
  if (statement === undefined) throw new MalformedPolicy('`Statement` is missing');
  const list = isList(statement) ? statement : [statement];
  const statements = list.map((one, i) => compileStatement(one, i, kind, variables));
  return { kind, source: new PolicySource(text ?? json), variables, statements };
}

/** Without a Version, variables are plain text, as in 2008-10-17. */
function readVersion(version: JsonValue | undefined): string {
  if (version === undefined) return '2008-10-17';
  if (version === '2012-10-17' || version === '2008-10-17') return version;
  throw new MalformedPolicy('`Version` must be `2012-10-17` or `2008-10-17`');
}

/** The document, and its text without URL-encoding. */
function parseText(text: string): { readonly json: JsonValue; readonly text: string } {
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
  if (members !== membersIn(json)) throw new MalformedPolicy('a policy document must not have a key twice');
  return { json, text: plain };
}
