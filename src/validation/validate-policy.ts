import type { JsonValue } from '../policy/json.ts';
import { JsonFault, type Place, parseJsonText, placesIn } from '../policy/json-text.ts';
import { MAX_DOCUMENT_LENGTH } from '../policy/load.ts';
import { checkGrammar } from '../policy/policy-checks.ts';
import type { PolicyKind } from '../policy/policy-kind.ts';
import { decoded } from '../policy/refused-policy.ts';
import { validatePolicy as errorsOf, type PolicyFinding } from '../policy/validate.ts';
import type { KnownNames } from './known-names.ts';
import { policyWarnings } from './warnings.ts';

/** Something in a policy document that AWS would refuse, or that cannot do what it says. */
export interface DocumentFinding extends Place {
  readonly severity: 'ERROR' | 'WARNING';
  /** Of an error AWS's own code (S3's MalformedPolicy included), of a warning a PolicyWarningCode. */
  readonly code: string;
  readonly message: string;
  /** `Statement[0].Action[1]`; empty: the document as a whole. */
  readonly path: string;
  /** The text, number or boolean that stands there; null: something larger. */
  readonly value: string | null;
  /** What was probably meant; null: nothing is near. */
  readonly suggestion: string | null;
}

/** Findings in one answer. Whoever has so many is helped by the first ones. */
const MAX_FINDINGS = 1000;

/**
 * Everything that is wrong with a document of this kind: as AWS would refuse it, and by the catalogue; at most 1,000 findings.
 * Errors come first, the one that AWS would answer with before all others; then warnings in the order of the document, which
 * are there as soon as the grammar is right. A document that is URL-encoded, as AWS's API returns it, is read decoded: places are
 * those of the decoded text.
 */
export function validatePolicy(catalog: KnownNames, document: string, kind: PolicyKind): readonly DocumentFinding[] {
  const text = decoded(document);
  const errors = errorsOf(text, kind).map(findingOf);
  const more = warningsOf(catalog, text, kind);
  const refused = more.filter(({ severity }) => severity === 'ERROR');
  const warned = more.filter(({ severity }) => severity === 'WARNING');
  return [...errors, ...refused, ...warned].slice(0, MAX_FINDINGS);
}

function warningsOf(catalog: KnownNames, text: string, kind: PolicyKind): readonly DocumentFinding[] {
  if (text.length > MAX_DOCUMENT_LENGTH) return [];
  const policy = grammarOf(text);
  if (policy === null) return [];
  const placeOf = placesIn(text);
  return policyWarnings(catalog, policy, kind).map((warning): DocumentFinding => {
    const { code, message, path, node, suggestion, refusal } = warning;
    const about = { path, value: plainText(node.value), suggestion, ...placeOf(node.offset) };
    if (refusal === null) return { severity: 'WARNING', code, message, ...about };
    return { severity: 'ERROR', code: 'MalformedPolicy', message: refusal, ...about };
  });
}

/** An error of a document as findings show it. */
export function findingOf(finding: PolicyFinding): DocumentFinding {
  return { ...finding, value: plainText(finding.value) };
}

function grammarOf(text: string): ReturnType<typeof checkGrammar> {
  try {
    return checkGrammar(parseJsonText(text), () => {});
  } catch (error) {
    // Not JSON: an error says so, and where.
    if (error instanceof JsonFault) return null;
    throw error;
  }
}

function plainText(value: JsonValue | undefined): string | null {
  if (value === undefined || typeof value === 'object') return null;
  return String(value);
}
