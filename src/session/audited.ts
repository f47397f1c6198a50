import type { Answer } from '../access/question.ts';
import type { ChangeOptions } from '../directory/entities/entity-store.ts';
import { FailedChange } from '../directory/entities/failed-change.ts';
import { StoreUnavailable } from '../directory/store-unavailable.ts';
import type { AuditStore, NewAuditEvent } from '../directory/stores/audit-store.ts';
import { RolegateError } from '../policy/errors.ts';
import { principalIdOf } from '../policy/principal-id.ts';
import { actingCredentials, asAuthenticationError } from './acting.ts';
import type { Call } from './call.ts';
import { AccessDenied, AuthenticationError } from './errors.ts';

/** How a checker is named where callers are: `checker/` and its id. It is no principal id. */
export function checkerName(id: string): string {
  return `checker/${id}`;
}

/** An attempted operation. */
export interface Attempted {
  /** AWS's name of the operation, where there is one. */
  readonly event: string;
  /** service:Action; left out: AWS has no such action. */
  readonly action?: string;
  /** ARN or id; left out: the caller itself. */
  readonly target?: string;
  /** Parameters beside the target; left out: none are recorded. */
  readonly parameters?: Readonly<Record<string, string>>;
}

/** An attempted operation of IAM that is one action; `event`: its name. */
export function iamOperation(event: string, target: string, parameters?: Attempted['parameters']): Attempted {
  const attempted = { event, action: `iam:${event}`, target };
  return parameters === undefined ? attempted : { ...attempted, parameters };
}

/** What the trail says of a dry run that fails. */
export function tried({ dryRun = false }: Pick<ChangeOptions, 'dryRun'>): { readonly dryRun: 'true' } | undefined {
  return dryRun ? { dryRun: 'true' } : undefined;
}

/** The event of a call that succeeds. */
export function auditEvent(call: Call, { event, action, target, parameters }: Attempted): NewAuditEvent {
  const { origin, now } = call;
  return {
    ...callerFacts(call),
    at: now,
    requestId: origin.requestId,
    sourceIp: origin.sourceIp,
    userAgent: origin.userAgent,
    event,
    action: action ?? null,
    target: target ?? null,
    parameters: parameters ?? null,
    outcome: 'SUCCEEDED',
    code: null,
    effect: null,
    deniedBy: null,
    revision: null,
    acting: actingCredentials(call.caller),
  };
}

function callerFacts({
  caller,
}: Call): Pick<NewAuditEvent, 'principal' | 'keyId' | 'roleArn' | 'roleSessionId' | 'sourceIdentity' | 'accountIds'> {
  const nobody = { keyId: null, roleArn: null, roleSessionId: null, sourceIdentity: null };
  if (caller.kind === 'checker') {
    const { id, accountIds } = caller.checker;
    return { ...nobody, principal: checkerName(id), accountIds: accountIds ?? [] };
  }
  if (caller.kind !== 'principal') return { ...nobody, principal: caller.kind };
  const { ref, keyId, session } = caller;
  return {
    principal: principalIdOf(ref),
    keyId,
    roleArn: session?.roleArn ?? null,
    roleSessionId: session?.id ?? null,
    sourceIdentity: session?.sourceIdentity ?? null,
  };
}

/** The same event with the decision behind it. */
export function withDecision(event: NewAuditEvent, answer: Pick<Answer, 'decision' | 'revision'>): NewAuditEvent {
  const { decision, revision } = answer;
  return { ...event, effect: decision.effect, deniedBy: decision.deniedBy, revision };
}

/**
 * Runs `work`, which gets the event of its success, to store it together with its change. If it fails for a reason that
 * concerns the caller, the failure is recorded instead. Nothing is answered that the trail could not record.
 */
export function audited<T>(
  audit: AuditStore,
  call: Call,
  attempted: Attempted,
  work: (event: NewAuditEvent) => Promise<T>,
): Promise<T> {
  const event = auditEvent(call, attempted);
  return recording(
    audit,
    () => [event],
    () => work(event),
  );
}

/**
 * As `audited`, for operations that are carried out together or not at all: FailedChange is the failure of one of them, and any other
 * failure, such as a conflict, that of each.
 */
export function auditedAll<T>(
  audit: AuditStore,
  call: Call,
  attempted: readonly Attempted[],
  work: (events: readonly NewAuditEvent[]) => Promise<T>,
): Promise<T> {
  const events = attempted.map((one) => auditEvent(call, one));
  const failing = (error: RolegateError) =>
    error instanceof FailedChange ? events.slice(error.index, error.index + 1) : events;
  return recording(audit, failing, () => work(events));
}

async function recording<T>(
  audit: AuditStore,
  eventsOf: (error: RolegateError) => readonly NewAuditEvent[],
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    const error = asAuthenticationError(thrown);
    if (error instanceof RolegateError && !(error instanceof StoreUnavailable)) {
      for (const event of eventsOf(error)) await audit.record(failed(event, error));
    }
    throw error;
  }
}

/** Records that `attempted` was refused before any of it was done. Nothing is answered that the trail could not record. */
export async function recordRefusal(
  audit: AuditStore,
  call: Call,
  attempted: Attempted,
  error: RolegateError,
): Promise<void> {
  await audit.record(failed(auditEvent(call, attempted), error));
}

function failed(event: NewAuditEvent, error: RolegateError): NewAuditEvent {
  const refused = error instanceof AccessDenied || error instanceof AuthenticationError;
  const outcome = refused ? 'REFUSED' : 'FAILED';
  const code = error.code;
  const answer = error instanceof AccessDenied ? error.answer : null;
  return answer === null ? { ...event, outcome, code } : { ...withDecision(event, answer), outcome, code };
}
