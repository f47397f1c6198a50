// The types of the schema that the client uses. test/client/schema.test.ts holds them against schema.graphql.

/** What a decision comes to. */
export type DecisionEffect = 'ALLOWED' | 'EXPLICIT_DENY' | 'IMPLICIT_DENY';

/** The layers of policies that decide, as the schema names them. */
export type PolicyLayer =
  | 'BLOCK_PUBLIC_ACCESS'
  | 'IDENTITY_POLICY'
  | 'KMS_GRANT'
  | 'PERMISSIONS_BOUNDARY'
  | 'RESOURCE_CONTROL_POLICY'
  | 'RESOURCE_POLICY'
  | 'SERVICE_CONTROL_POLICY'
  | 'SESSION_POLICY'
  | 'TRUST_POLICY'
  | 'UNDERLYING_BUCKET_POLICY'
  | 'VPC_ENDPOINT_POLICY';

/** Condition keys of a request. A list is a key with several values. */
export type RequestContext = Readonly<Record<string, ContextValue | readonly ContextValue[]>>;
type ContextValue = string | number | boolean;

/** What Decision has, as far as the client selects it. */
export interface DecisionFields {
  readonly effect: DecisionEffect;
  readonly deniedBy: PolicyLayer | null;
  readonly reason: string;
}

/** A request to decide. */
export interface Check {
  /** An ARN, a service, a 12-digit account id, `anonymous`, or `me`: who calls the gateway. */
  readonly principal: string;
  /** `service:Action`. */
  readonly action: string;
  /** An ARN; `*`: no resource, or everything that the action can be asked on. */
  readonly resource: string;
  /** Left out: none beside those that follow from the request. */
  readonly context?: RequestContext | undefined;
  /** ARN of a role that the principal has assumed. Left out: it acts as itself. */
  readonly assumedRole?: string | undefined;
  /** Owner of the resource where neither its ARN nor the directory says it. */
  readonly resourceAccount?: string | undefined;
}

/** Why a check was not decided. */
export interface Failure {
  /**
   * `TIMEOUT`, `UNREACHABLE` (no answer, or none that can be read), `HTTP_503` …, or the code of the gateway's error:
   * `BAD_USER_INPUT`, `FORBIDDEN`, `NOT_FOUND`, `UNAUTHENTICATED` …
   */
  readonly code: string;
  readonly message: string;
}

/** What became of a check. INVARIANT: `allowed` is false where `failure` is not null. */
export interface Verdict {
  readonly allowed: boolean;
  /** Null: it was not decided. */
  readonly effect: DecisionEffect | null;
  /** The layer that denies; null: none, or it was not decided. */
  readonly deniedBy: PolicyLayer | null;
  /** AWS's sentence about the decision, or why there is none. */
  readonly reason: string;
  /** Null: it was decided. */
  readonly failure: Failure | null;
}

/** How a call is made. */
export interface CallOptions {
  /** Ends the wait: the promise rejects with the reason of the signal. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds after which the check is denied with the failure TIMEOUT. Left out: those of the client. */
  readonly timeoutMs?: number | undefined;
}

/** Options of a question about one thing: those of the call, and of the request. */
export type CheckOptions = CallOptions & Pick<Check, 'assumedRole' | 'resourceAccount'>;
