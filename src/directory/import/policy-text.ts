import type { JsonValue } from '../../policy/json.ts';
import { loadPolicy, MAX_DOCUMENT_LENGTH } from '../../policy/load.ts';
import { MalformedPolicy } from '../../policy/malformed-policy.ts';
import type { PolicyKind } from '../../policy/policy-kind.ts';
import { exceededLimit } from './bounded-json.ts';
import type { Entry } from './entry.ts';

const DOCUMENT_LIMITS = { characters: MAX_DOCUMENT_LENGTH, depth: 32, values: MAX_DOCUMENT_LENGTH };

/** The document as compact JSON, members in the order they have. Text that is no JSON stays as it is. */
function normalise(document: JsonValue): string {
  if (typeof document !== 'string') return JSON.stringify(document);
  let text = document.trim();
  if (text.startsWith('%')) {
    try {
      text = decodeURIComponent(text);
    } catch {
      return document;
    }
  }
  if (exceededLimit(text, DOCUMENT_LIMITS) !== null) return document;
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return document;
  }
}

/**
 * A policy document of an export as the text to store: an object, its JSON, or that URL-encoded.
 *
 * A document that cannot be read is kept and warned of, not left out: without it, an Allow in it would look like a
 * missing permission and a Deny like none, and nobody would know. Kept, every decision that it could change names it.
 */
export function policyText(entry: Entry, key: string, kind: PolicyKind): string {
  const document = entry.get(key) ?? null;
  // Only text that is no JSON can still hold U+0000, which PostgreSQL does not store.
  const text = normalise(document).replaceAll('\0', '\ufffd');
  try {
    const exceeded = exceededLimit(text, DOCUMENT_LIMITS);
    if (exceeded !== null) throw new MalformedPolicy(exceeded);
    loadPolicy(text, kind);
  } catch (error) {
    if (!(error instanceof MalformedPolicy)) throw error;
    const problem =
      document === null ? 'there is no policy document' : `the policy document is not understood: ${error.message}`;
    entry.warn(key, `${problem}; it is stored as it is`);
  }
  return text;
}
