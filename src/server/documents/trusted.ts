import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { type GraphQLSchema, specifiedRules, validate } from 'graphql';
import { DOCUMENT_RULES, parseBounded } from '../../graphql/limits.ts';
import { RolegateError } from '../../policy/errors.ts';
import { Problem } from '../setting-values.ts';

/** What is in the file of the settings. */
export interface TrustedTexts {
  /** By id. */
  readonly texts: ReadonlyMap<string, string>;
  /** Those of the gateway's own pages, which come with it. */
  readonly own: readonly string[];
  readonly isOnly: boolean;
}

/** The documents that the operator trusts, and those of the gateway's own pages. */
export interface TrustedDocuments {
  /** Whether nothing else is answered to anybody but the operator. */
  readonly isOnly: boolean;
  /** The text of a document by its id, or by the SHA-256 of its text. */
  get(id: string): string | undefined;
  /** Whether a text is one of them. */
  has(text: string): boolean;
}

export interface TrustedSettings {
  /** An absolute path; null: there are none. */
  readonly file: string | null;
  /** `also`: beside all others. */
  readonly mode: 'also' | 'only';
}

export const NO_TRUSTED: TrustedDocuments = { isOnly: false, get: () => undefined, has: () => false };

export function parseTrustedMode(text: string): 'also' | 'only' | Problem {
  return text === 'also' || text === 'only' ? text : new Problem('must be also or only');
}

/** Bytes of the file, and its documents. */
const MOST_BYTES = 16_777_216;
const MOST_DOCUMENTS = 10_000;

/** By id. Throws RolegateError. */
export async function readTrusted(file: string): Promise<ReadonlyMap<string, string>> {
  let given: unknown;
  try {
    if ((await stat(file)).size > MOST_BYTES) throw wrong(file, `is larger than ${MOST_BYTES} bytes`);
    given = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    if (error instanceof RolegateError) throw error;
    throw wrong(file, error instanceof SyntaxError ? 'is not valid JSON' : 'cannot be read');
  }
  const texts = new Map(entriesOf(given, file));
  if (texts.size > MOST_DOCUMENTS) throw wrong(file, `has ${texts.size} documents; the limit is ${MOST_DOCUMENTS}`);
  return texts;
}

/** Ids and texts, as GraphQL Code Generator and Relay write them, or a manifest of Apollo's. */
function entriesOf(given: unknown, file: string): readonly (readonly [string, string])[] {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw wrong(file, `must be ${FORM}`);
  const operations = 'operations' in given && Array.isArray(given.operations) ? given.operations : null;
  const entries: readonly (readonly [unknown, unknown])[] =
    operations === null ? Object.entries(given) : operations.map((one) => [one?.id, one?.body]);
  return entries.map(([id, text], index) => {
    if (typeof id !== 'string' || typeof text !== 'string')
      throw wrong(file, `must be ${FORM}; entry ${index + 1} is not`);
    return [id, text];
  });
}

const FORM = 'an object with the text of each document under its id, or a manifest of Apollo';

/** Throws RolegateError for a document that would not be answered. */
export function trustedIn({ texts, own, isOnly }: TrustedTexts, schema: GraphQLSchema): TrustedDocuments {
  const byId = new Map(own.map((text) => [sha256(text), text]));
  for (const [id, text] of texts) {
    const fault = faultOf(text, schema);
    if (fault !== null)
      throw new RolegateError('BAD_CONFIGURATION', `the trusted document ${id.slice(0, 100)} is not valid: ${fault}`);
    byId.set(sha256(text), text);
    byId.set(id, text);
  }
  const all = new Set([...own, ...texts.values()]);
  return { isOnly, get: (id) => byId.get(id.replace(/^sha256:/, '')) ?? byId.get(id), has: (text) => all.has(text) };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

const RULES = [...specifiedRules, ...DOCUMENT_RULES];

/** Null: it is valid. */
function faultOf(text: string, schema: GraphQLSchema): string | null {
  try {
    return validate(schema, parseBounded(text), RULES, { maxErrors: 1 })[0]?.message ?? null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function wrong(file: string, what: string): RolegateError {
  return new RolegateError('BAD_CONFIGURATION', `the file of trusted documents ${file} ${what}`);
}
