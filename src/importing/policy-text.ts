import { storable } from '../directory/storable.ts';
import type { JsonValue } from '../policy/json.ts';
import { MAX_DOCUMENT_LENGTH, readPolicy } from '../policy/load.ts';
import { MalformedPolicy } from '../policy/malformed-policy.ts';
import type { PolicyKind } from '../policy/policy-kind.ts';
import { unreadableFindings } from '../policy/refused-policy.ts';
import { exceededLimit } from './bounded-json.ts';
import type { Entry } from './entry.ts';

const DOCUMENT_LIMITS = { characters: MAX_DOCUMENT_LENGTH, depth: 32, values: MAX_DOCUMENT_LENGTH };

/** The text of a document, out of its URL encoding; null: the encoding is broken. */
function plainText(document: JsonValue): string | null {
  if (typeof document !== 'string') return JSON.stringify(document);
  const text = document.trim();
  if (!text.startsWith('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/**
 * A policy document of an export as the text to store: compact JSON, members in the order they have, whether the export
 * has an object, its JSON, or that URL-encoded.
 *
 * A document that cannot be read is kept and warned of, not left out: without it, an Allow in it would look like a
 * missing permission and a Deny like none, and nobody would know. Kept, every decision that it could change names it.
 */
export function policyText(entry: Entry, key: string, kind: PolicyKind): string {
  const document = entry.get(key) ?? null;
  const text = plainText(document);
  const { problem, faults } =
    text === null ? { problem: 'its URL encoding is broken', faults: 0 } : readingOf(text, kind);
  if (text !== null && problem === null) {
    if (faults > 0) for (const message of unreadableParts(text, kind)) entry.warn(key, message);
    // Of a key that stands twice, JSON would keep one.
    return faults === 0 ? JSON.stringify(JSON.parse(text)) : storable(text);
  }
  const found = document === null ? 'there is no policy document' : `the policy document is not understood: ${problem}`;
  entry.warn(key, `${found}; it is stored as it is`);
  return storable(typeof document === 'string' ? document : JSON.stringify(document));
}

/** Warnings of one document: a faulty one is mostly faulty in one way. */
const MAX_WARNINGS = 10;

/** What is wrong with a document that is stored as it is, as sentences; empty: it is understood. */
export function documentWarnings(text: string, kind: PolicyKind): readonly string[] {
  const { problem, faults } = readingOf(text, kind);
  if (problem !== null) return [`the policy document is not understood: ${problem}; it is stored as it is`];
  return faults === 0 ? [] : unreadableParts(text, kind);
}

function unreadableParts(text: string, kind: PolicyKind): readonly string[] {
  const findings = unreadableFindings(text, kind);
  const more = findings.length - MAX_WARNINGS;
  return [
    ...findings.slice(0, MAX_WARNINGS).map(({ message }) => `a part of the policy document cannot be read: ${message}`),
    ...(more > 0 ? [`${more} more parts of the policy document cannot be read`] : []),
  ];
}

/** `problem`: why a text is no policy document at all; null: it is one, with or without faults. */
function readingOf(text: string, kind: PolicyKind): { readonly problem: string | null; readonly faults: number } {
  const exceeded = exceededLimit(text, DOCUMENT_LIMITS);
  if (exceeded !== null) return { problem: exceeded, faults: 0 };
  try {
    return { problem: null, faults: readPolicy(text, kind).faults.length };
  } catch (error) {
    if (error instanceof MalformedPolicy) return { problem: error.message, faults: 0 };
    throw error;
  }
}
