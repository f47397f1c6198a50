import { createHash } from 'node:crypto';
import type { MatchedStatement } from '../../evaluation/decision.ts';
import type { DocumentFinding } from '../../validation/validate-policy.ts';
import type { OutsiderKind } from '../named-outsiders.ts';
import type { GrantWitness } from '../policy-checks/outcome.ts';

/** In the order of lists. */
export const FINDING_KINDS = [
  'PUBLIC_ACCESS',
  'CROSS_ACCOUNT_ACCESS',
  'DANGEROUS_GRANT',
  'DATA_EXFILTRATION',
  'UNREADABLE_DOCUMENT',
  'UNUSED_ROLE',
  'GRANTS_NOTHING',
  'SHADOWED_STATEMENT',
] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];

/** The worst first. */
export const FINDING_WEIGHTS = ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW'] as const;
export type FindingWeight = (typeof FINDING_WEIGHTS)[number];

/** Whom a policy lets in from outside. */
export interface FoundOutsider {
  readonly kind: OutsiderKind;
  /** As of an outsider: an account id, an ARN, a provider, or `*`. */
  readonly value: string;
  /** Only under conditions that the caller can meet or not. */
  readonly conditional: boolean;
}

/** Something about a policy that somebody should look at, with what proves it. */
export interface Finding {
  /** Of what is found, in this text of the document: another one for whatever else is found, or found in another text. */
  readonly id: string;
  readonly kind: FindingKind;
  readonly weight: FindingWeight;
  /** ARN of what has the policy: a role, a user, a group, a resource, a VPC endpoint, or the managed or control policy itself. */
  readonly arn: string;
  readonly accountId: string | null;
  /** Name of an inline policy; null for all others. */
  readonly policyName: string | null;
  /** What is found, in a sentence. */
  readonly message: string;
  readonly outsider: FoundOutsider | null;
  /** Actions that it is about, the worst first. */
  readonly actions: readonly string[];
  /** The resource on which the first of the actions was decided; null: none was. */
  readonly resource: string | null;
  readonly statements: readonly MatchedStatement[];
  /** A request that the document grants; null: the proof is another one. */
  readonly witness: GrantWitness | null;
  /** What cannot be read, and where. */
  readonly unreadable: readonly DocumentFinding[];
}

/** What is found, before it has its id. */
export interface NewFinding extends Omit<Finding, 'id'> {
  /** Statements that prove something of it beside `statements`, and are not shown. Left out: none. */
  readonly alsoBy?: readonly MatchedStatement[];
}

/** What most findings do not have. */
export const NOTHING_ELSE = {
  policyName: null,
  outsider: null,
  actions: [],
  resource: null,
  statements: [],
  witness: null,
  unreadable: [],
} as const;

/**
 * Of what is found and of all that proves it: grants of a key and the policy of a bucket stand outside the document. It is made before
 * statements are left out that a caller may not read: it is the same for everybody. `text`: of the document; null: not known.
 */
export function idOfFinding(finding: NewFinding, text: string | null): string {
  const { kind, weight, arn, policyName, message, outsider, actions, resource } = finding;
  const what = [
    weight,
    arn,
    policyName,
    message,
    outsider,
    actions,
    resource,
    proofsOf([...finding.statements, ...(finding.alsoBy ?? [])]),
    text,
  ];
  return `${kind}.${digestOf(JSON.stringify(what))}`;
}

/** Each statement with its document, once, in an order that does not depend on where they were read. */
function proofsOf(statements: readonly MatchedStatement[]): readonly string[] {
  // Many statements can stand in one long document.
  const digests = new Map<string, string>();
  const proofs = statements.map((one) => {
    const { layer, policy, arn, holder, index, documentText } = one;
    const written = documentText ?? JSON.stringify(one.statement);
    const digest = digests.get(written) ?? digestOf(written);
    digests.set(written, digest);
    return JSON.stringify([layer, policy, arn, holder, index, digest]);
  });
  return [...new Set(proofs)].sort();
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

/** The place of a finding in lists: weight, kind, ARN, and what tells it from others of these. */
export function keyOfFinding({ kind, weight, arn, policyName, outsider, statements }: NewFinding): string {
  const what = outsider === null ? (statements[0]?.index ?? '') : `${outsider.kind} ${outsider.value}`;
  const place = [FINDING_WEIGHTS.indexOf(weight), FINDING_KINDS.indexOf(kind)].join(' ');
  return [place, arn, policyName ?? '', what].join('\n');
}
