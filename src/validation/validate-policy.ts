import type { JsonValue } from '../policy/json.ts';
import { JsonFault, type Place, parseJsonText, placesIn } from '../policy/json-text.ts';
import { MAX_DOCUMENT_LENGTH } from '../policy/load.ts';
import { checkGrammar } from '../policy/policy-checks.ts';
import type { PolicyKind } from '../policy/policy-kind.ts';
import { decoded } from '../policy/refused-policy.ts';
import type { Steps } from '../policy/steps.ts';
import { errorSteps, MAX_FINDINGS, type PolicyFinding } from '../policy/validate.ts';
import type { KnownNames } from './known-names.ts';
import { policyWarnings } from './warnings.ts';

/** A part of a policy document that AWS would refuse, or that has no effect as written. */
export interface DocumentFinding extends Place {
  readonly severity: 'ERROR' | 'WARNING';
  /** For an error AWS's own code (S3's MalformedPolicy included), for a warning a PolicyWarningCode. */
  readonly code: string;
  readonly message: string;
  /** `Statement[0].Action[1]`; empty: the document as a whole. */
  readonly path: string;
  /** The string, number or boolean at that place; null: a list or an object. */
  readonly value: string | null;
  /** What was probably meant; null: no name is close enough. */
  readonly suggestion: string | null;
}

/**
 * All faults of a document of this kind, according to AWS and to the catalogue; at most 1,000 findings.
 * Errors come first, starting with the one that AWS would answer with; then warnings in the order of the document. Of a document that
 * breaks the grammar, everything else is read as if the faulty parts were not there. A document that is URL-encoded, as AWS's API returns it, is decoded first: places refer to
 * the decoded text.
 */
export function* validatePolicy(
  catalog: KnownNames,
  document: string,
  kind: PolicyKind,
): Steps<readonly DocumentFinding[]> {
  const text = decoded(document);
  const errors = (yield* errorSteps(text, kind)).map(findingOf);
  yield text.length;
  const more = yield* warningsOf(catalog, text, kind);
  const refused = more.filter(({ severity }) => severity === 'ERROR');
  const warned = more.filter(({ severity }) => severity === 'WARNING');
  return [...errors, ...refused, ...warned].slice(0, MAX_FINDINGS);
}

function* warningsOf(catalog: KnownNames, text: string, kind: PolicyKind): Steps<readonly DocumentFinding[]> {
  if (text.length > MAX_DOCUMENT_LENGTH) return [];
  const policy = grammarOf(text);
  if (policy === null) return [];
  const placeOf = placesIn(text);
  yield text.length;
  const warnings = yield* policyWarnings(catalog, policy, kind);
  return warnings.map((warning): DocumentFinding => {
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
    // Not JSON: an error reports it with its place.
    if (error instanceof JsonFault) return null;
    throw error;
  }
}

function plainText(value: JsonValue | undefined): string | null {
  if (value === undefined || typeof value === 'object') return null;
  return String(value);
}
