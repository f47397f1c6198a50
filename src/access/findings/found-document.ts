import type { AttachedPolicy } from '../../evaluation/applicable-policies.ts';
import type { MatchedStatement } from '../../evaluation/decision.ts';
import type { PolicyLayer } from '../../evaluation/layer.ts';
import { StatementInPolicy } from '../../evaluation/matched-statement.ts';
import type { PolicyKind } from '../../policy/policy-kind.ts';
import type { CompiledStatement } from '../../policy/statement.ts';

/** A policy document, where it stands. */
export interface FoundDocument {
  /** ARN of what has it, or of the managed policy itself. */
  readonly arn: string;
  readonly accountId: string | null;
  /** Name of an inline policy. */
  readonly policyName: string | null;
  readonly layer: PolicyLayer;
  readonly kind: Extract<PolicyKind, 'identity' | 'trust' | 'resource' | 'scp' | 'rcp' | 'vpce'>;
  readonly attached: AttachedPolicy;
  /** Of a trust policy: the unique ids that its names were bound to. */
  readonly bindings?: Readonly<Record<string, string>>;
}

/** A statement of the document, as decisions show it. */
export function statementIn({ layer, attached }: FoundDocument, statement: CompiledStatement): MatchedStatement {
  return new StatementInPolicy(layer, attached, statement);
}

const WORDS: Readonly<Record<FoundDocument['kind'], string>> = {
  identity: 'the policy',
  trust: 'the trust policy of',
  resource: 'the policy of',
  scp: 'the service control policy',
  rcp: 'the resource control policy',
  vpce: 'the policy of',
};

/** How sentences name the document. */
export function named({ arn, kind, policyName }: FoundDocument): string {
  return policyName === null ? `${WORDS[kind]} ${arn}` : `the inline policy ${policyName} of ${arn}`;
}
