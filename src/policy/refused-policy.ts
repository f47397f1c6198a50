import { RolegateError } from './errors.ts';
import type { JsonValue } from './json.ts';
import { JsonFault, type Located, parseJsonText, placesIn } from './json-text.ts';
import type { PolicyKind } from './policy-kind.ts';
import { reportUnreadable } from './unreadable.ts';
import { type PolicyFinding, validatePolicy } from './validate.ts';

/** A policy document that is not taken, with everything that is wrong with it and where. */
export class RefusedPolicy extends RolegateError {
  readonly findings: readonly PolicyFinding[];

  constructor(findings: readonly PolicyFinding[], first: PolicyFinding, field: string) {
    super(first.code, first.message, { field });
    this.findings = findings;
  }
}

/**
 * What cannot be read in a document whose grammar is right. AWS takes most of it and never matches it; here it is refused
 * where documents are written or simulated, so that no Deny is passed over.
 */
export function unreadableFindings(document: string | JsonValue, kind: PolicyKind): readonly PolicyFinding[] {
  const text = typeof document === 'string' ? decoded(document) : JSON.stringify(document);
  const root = parsed(text);
  if (root === null) return [];
  const placeOf = placesIn(text);
  const findings: PolicyFinding[] = [];
  reportUnreadable(root, kind, (what, path, { offset, value }, suggestion) => {
    const hint = suggestion === undefined ? '' : `; did you mean \`${suggestion}\`?`;
    const about = { path, value, suggestion: suggestion ?? null, ...placeOf(offset) };
    findings.push({
      severity: 'ERROR',
      code: 'MalformedPolicyDocument',
      message: `${what} (${path})${hint}`,
      ...about,
    });
  });
  return findings;
}

/**
 * Checks a document that somebody writes. Throws RefusedPolicy with what AWS would answer, and for what nobody can read. Sizes are
 * left out where `isCounted` says no: they are those of a whole entity.
 */
export function checkWritten(
  document: string,
  kind: PolicyKind,
  field: string,
  isCounted: (finding: PolicyFinding) => boolean,
): void {
  const errors = validatePolicy(document, kind).filter(isCounted);
  const findings = errors.length > 0 ? errors : unreadableFindings(document, kind);
  const [first] = findings;
  if (first !== undefined) throw new RefusedPolicy(findings, first, field);
}

/** Documents come URL-encoded out of AWS's API. */
export function decoded(document: string): string {
  if (!document.trimStart().startsWith('%')) return document;
  try {
    return decodeURIComponent(document);
  } catch {
    return document;
  }
}

function parsed(text: string): Located | null {
  try {
    return parseJsonText(text);
  } catch (error) {
    if (error instanceof JsonFault) return null;
    throw error;
  }
}
