/** What the naive evaluator is asked and what it says: policies as JSON, as they stand. */
import type { DecisionEffect } from '../../src/evaluation/decision.ts';
import type { PolicyLayer } from '../../src/evaluation/layer.ts';
import type { OrganizationFacts, PrincipalFacts } from '../../src/evaluation/principal.ts';
import type { ActionFacts } from '../../src/evaluation/request.ts';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export interface Doc {
  readonly [key: string]: Json;
}

export interface NaiveRequest {
  readonly principal: PrincipalFacts;
  readonly action: ActionFacts;
  readonly resource: {
    readonly arn: string;
    readonly accountId: string | null;
    readonly organization: OrganizationFacts | null;
    readonly tags: Readonly<Record<string, string>> | null;
    readonly policy: Doc | null;
    readonly bindings: Readonly<Record<string, string>>;
    readonly rcp: readonly (readonly Doc[])[] | null;
  };
  readonly identity: readonly Doc[];
  readonly boundary: Doc | null;
  readonly session: readonly Doc[] | null;
  readonly scp: readonly (readonly Doc[])[] | null;
  readonly context: ReadonlyMap<string, string | readonly string[]>;
  readonly now: number;
  readonly authority: 'directory' | 'context';
  /** The policy of the VPC endpoint on the way; left out: there is none. */
  readonly endpoint?: Doc | null;
}

export interface NaiveOutcome {
  readonly effect: DecisionEffect;
  readonly deniedBy: PolicyLayer | null;
  /** What decided, as it stands in the documents: all denying statements, or all that grant. */
  readonly statements: readonly Doc[];
}

export type Effect = 'Allow' | 'Deny';

/** What kind of policy a statement stands in: what an element means depends on it. */
export type Kind = 'identity' | 'boundary' | 'session' | 'scp' | 'rcp' | 'resource' | 'trust' | 'vpce';

/** The owner of the resource; null: nobody says. */
export function ownerOf(q: NaiveRequest): string | null {
  const inArn = q.resource.arn.split(':')[4] ?? '';
  return q.resource.accountId ?? (/^\d{12}$/.test(inArn) ? inArn : null);
}
