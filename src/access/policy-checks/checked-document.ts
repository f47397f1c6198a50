import type { Ruled } from '../../analysis/grants/covers.ts';
import { EVERY_ACTION } from '../../policy/action-pattern.ts';
import { type CompiledPolicy, readPolicy } from '../../policy/load.ts';
import { MalformedPolicy } from '../../policy/malformed-policy.ts';
import type { PolicyKind } from '../../policy/policy-kind.ts';
import { unreadableFindings } from '../../policy/refused-policy.ts';
import { EVERY_RESOURCE } from '../../policy/resource-pattern.ts';
import type { Steps } from '../../policy/steps.ts';
import { errorSteps } from '../../policy/validate.ts';
import { type DocumentFinding, findingOf } from '../../validation/validate-policy.ts';

/** A document to check, compiled. */
export interface CheckedDocument {
  readonly text: string;
  readonly policy: CompiledPolicy;
  /** Its statements, in order. */
  readonly statements: readonly Ruled[];
}

/** A document that cannot be read completely: nothing is said of what it grants. */
interface UnreadableDocument {
  /** What cannot be read, and where. */
  readonly findings: readonly DocumentFinding[];
}

/** Reads a document, given as text. */
export function* checkedDocument(text: string, kind: PolicyKind): Steps<CheckedDocument | UnreadableDocument> {
  yield text.length;
  const unreadable = unreadableFindings(text, kind);
  if (unreadable.length > 0) return { findings: unreadable.map(findingOf) };
  try {
    const policy = readPolicy(text, kind);
    return checkedPolicy(policy, text) ?? { findings: (yield* errorSteps(text, kind)).map(findingOf) };
  } catch (error) {
    if (!(error instanceof MalformedPolicy)) throw error;
    const errors = (yield* errorSteps(text, kind)).map(findingOf);
    return { findings: errors.length > 0 ? errors : [notReadable(error.message)] };
  }
}

/** A document that is compiled already; null: it cannot be read completely, and `checkedDocument` says why. */
export function checkedPolicy(policy: CompiledPolicy, text: string): CheckedDocument | null {
  const { kind, variables, statements, faults, closed } = policy;
  if (closed || faults.length > 0) return null;
  // AWS refuses it; where an older document has it, nobody can say whom it grants something.
  if (statements.some(({ allows, principal }) => allows && principal?.negated === true)) return null;
  const own = statements.map((statement) => ({ statement, variables }));
  return { text, policy, statements: standsBesideFullAccess(kind, policy) ? [fullAccess(kind), ...own] : own };
}

/**
 * Whether a policy that AWS attaches everywhere stands beside the document: RCPFullAWSAccess, which cannot be detached, and
 * FullAWSAccess, without which an SCP that only denies would leave nothing to deny.
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html
 */
export function standsBesideFullAccess(kind: PolicyKind, { statements }: CompiledPolicy): boolean {
  return kind === 'rcp' || (kind === 'scp' && statements.every(({ allows }) => !allows));
}

/** The statement of RCPFullAWSAccess and FullAWSAccess. It is none of the document. */
function fullAccess(kind: PolicyKind): Ruled {
  return {
    statement: {
      index: -1,
      sid: null,
      allows: true,
      principal: kind === 'rcp' ? { negated: false, everyone: true, named: [] } : null,
      actions: { negated: false, patterns: [EVERY_ACTION] },
      resources: { negated: false, patterns: [EVERY_RESOURCE] },
      conditions: [],
    },
    variables: true,
  };
}

export function isUnreadable(document: CheckedDocument | UnreadableDocument): document is UnreadableDocument {
  return 'findings' in document;
}

function notReadable(message: string): DocumentFinding {
  const place = { path: '', line: 1, column: 1, value: null, suggestion: null };
  return { severity: 'ERROR', code: 'MalformedPolicyDocument', message, ...place };
}
