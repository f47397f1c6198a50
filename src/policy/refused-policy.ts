import { RolegateError } from './errors.ts';
import type { JsonValue } from './json.ts';
import { JsonFault, type Located, parseJsonText, placesIn } from './json-text.ts';
import { readPolicy } from './load.ts';
import { MalformedPolicy } from './malformed-policy.ts';
import { join } from './policy-checks.ts';
import type { PolicyFault } from './policy-fault.ts';
import type { PolicyKind } from './policy-kind.ts';
import { memberOf, reportUnreadable, statementsOf } from './unreadable.ts';
import { type PolicyFinding, validatePolicy } from './validate.ts';

/** A policy document that is refused, with every fault and its place. */
export class RefusedPolicy extends RolegateError {
  readonly findings: readonly PolicyFinding[];

  constructor(findings: readonly PolicyFinding[], first: PolicyFinding, field: string) {
    super(first.code, first.message, { field });
    this.findings = findings;
  }
}

/**
 * The unreadable pieces of a document, with their places: exactly the faults that `readPolicy` finds. AWS accepts most of them
 * and never matches them; here they are refused where documents are written or simulated, so that no Deny is missed. Empty for
 * a text that is not a policy document.
 */
export function unreadableFindings(document: string | JsonValue, kind: PolicyKind): readonly PolicyFinding[] {
  const faults = faultsOf(document, kind);
  const text = typeof document === 'string' ? decoded(document) : JSON.stringify(document);
  const root = faults.length === 0 ? null : parsed(text);
  if (root === null) return [];
  const placeOf = placesIn(text);
  const findings: PolicyFinding[] = [];
  const add = (message: string, path: string, { offset, value }: Located, suggestion: string | null): void => {
    const about = { path, value, suggestion, ...placeOf(offset) };
    findings.push({ severity: 'ERROR', code: 'MalformedPolicyDocument', message, ...about });
  };
  const told = new Set<string>();
  reportUnreadable(root, kind, (statement, element, what, path, node, suggestion) => {
    const hint = suggestion === undefined ? '' : `; did you mean \`${suggestion}\`?`;
    told.add(`${statement} ${element}`);
    add(`${what} (${path})${hint}`, path, node, suggestion ?? null);
  });
  const statements = statementsOf(root);
  for (const { message, statement, element } of faults) {
    if (told.has(`${statement} ${element}`)) continue;
    const within = (statement === null ? null : statements[statement]) ?? { path: '', node: root };
    const node = element === null ? within.node : (memberOf(within.node, element) ?? within.node);
    add(message, element === null ? within.path : join(within.path, element), node, null);
  }
  return findings;
}

function faultsOf(document: string | JsonValue, kind: PolicyKind): readonly PolicyFault[] {
  try {
    return readPolicy(document, kind).faults;
  } catch (error) {
    if (error instanceof MalformedPolicy) return [];
    throw error;
  }
}

/**
 * Checks a document that a caller writes. Throws RefusedPolicy with AWS's answer, and for what cannot be read. Sizes are
 * not checked where `isCounted` says no: those limits apply to a whole entity.
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

/** AWS's API returns documents URL-encoded. */
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
