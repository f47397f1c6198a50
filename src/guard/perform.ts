import type { Answer } from '../access/question.ts';
import { isProtected, unmodifiable } from '../directory/entities/holder.ts';
import { type Attempted, recordRefusal } from '../session/audited.ts';
import { aCall } from '../session/call.ts';
import { AccessDenied } from '../session/errors.ts';
import type { Attempt } from './attempt.ts';
import type { GuardContext } from './context.ts';
import { forgetDecisions } from './decision-loader.ts';
import { eachInTurns } from './each-in-turns.ts';
import { hasLeft } from './left-sessions.ts';
import { OPERATIONS, type OperationName, type OperationValues } from './operations.ts';
import { verdictOn } from './permission.ts';
import { readableReason } from './readable-policy.ts';
import { ALLOWED, NOT_SIGNED_IN, type NotSignedIn, type RefusedOperation } from './ruling.ts';

/** The result of an operation. Errors of its work are thrown. */
export type Performed<T> = Done<T> | NotSignedIn | SessionEnded | RefusedOperation;

interface Done<T> {
  readonly kind: 'done';
  readonly value: T;
}

/** The caller has left the role session that it calls with. */
interface SessionEnded {
  readonly kind: 'sessionEnded';
}

/** Operations that are ruled on together: each has permissions of its own. */
const RULED = 32;

const SESSION_ENDED: SessionEnded = { kind: 'sessionEnded' };

/**
 * Performs an operation of the caller behind its guard, for any door: runs `work` if the caller is allowed, otherwise
 * records the refusal in the audit trail and returns what the caller lacks. Decisions made before an operation do not hold
 * after it: none is reused for questions that follow in the request.
 */
export async function perform<Name extends OperationName, T>(
  context: GuardContext,
  name: Name,
  values: OperationValues[Name],
  work: () => T | Promise<T>,
): Promise<Performed<T>> {
  if (hasLeft(context)) return SESSION_ENDED;
  forgetDecisions(context);
  try {
    await context.directory.history.beforeChange();
    const ruling = await rule(context, name, values);
    if (ruling.kind === 'allowed') return { kind: 'done', value: await watched(context, [name], work) };
    context.watch?.performed(name, 'refused');
    if (ruling.kind === 'refused') await keepRefusal(context, ruling);
    return ruling;
  } finally {
    forgetDecisions(context);
  }
}

/** An operation with its values. */
export type OperationOf = {
  readonly [Name in OperationName]: { readonly name: Name; readonly values: OperationValues[Name] };
}[OperationName];

/** The first operation of several that the caller is not allowed. */
export interface RefusedOne extends RefusedOperation {
  readonly index: number;
}

/**
 * Performs several operations of the caller as one piece of work, behind all their guards: all are decided before, as things are
 * then. Every refusal is recorded, and the first is returned. `parameters`: what the trail says of refusals beside what was attempted.
 */
export async function performAll<T>(
  context: GuardContext,
  operations: readonly OperationOf[],
  work: () => Promise<T>,
  parameters?: Attempted['parameters'],
): Promise<Done<T> | NotSignedIn | SessionEnded | RefusedOne> {
  if (hasLeft(context)) return SESSION_ENDED;
  forgetDecisions(context);
  try {
    const rulings = await eachInTurns(context, operations, ({ name, values }) => rule(context, name, values), RULED);
    let first: RefusedOne | null = null;
    for (const [index, ruling] of rulings.entries()) {
      if (ruling.kind === 'notSignedIn') return ruling;
      if (ruling.kind !== 'refused') continue;
      await keepRefusal(context, ruling, parameters);
      first ??= { ...ruling, index };
    }
    const names = operations.map(({ name }) => name);
    if (first === null) return { kind: 'done', value: await watched(context, names, work) };
    context.watch?.performed(names[first.index] ?? 'ApplyChanges', 'refused');
    return first;
  } finally {
    forgetDecisions(context);
  }
}

async function watched<T>(
  { watch }: GuardContext,
  names: readonly OperationName[],
  work: () => T | Promise<T>,
): Promise<T> {
  let outcome: 'done' | 'failed' = 'failed';
  try {
    const value = await work();
    outcome = 'done';
    return value;
  } finally {
    for (const name of names) watch?.performed(name, outcome);
  }
}

async function rule<Name extends OperationName>(
  context: GuardContext,
  name: Name,
  values: OperationValues[Name],
): Promise<typeof ALLOWED | NotSignedIn | RefusedOperation> {
  const { caller, attempt, checker } = OPERATIONS[name];
  if (context.caller.kind === 'checker') return checker?.(values, context.caller) === true ? ALLOWED : toChecker(name);
  if (caller === 'anybody' || context.caller.kind === 'operator') return ALLOWED;
  if (context.caller.kind === 'anonymous') return NOT_SIGNED_IN;
  if (attempt === null) return ALLOWED;
  return (await refusalOf(context, await attempt(values, context))) ?? ALLOWED;
}

/** The refusal of an operation to a checker. */
function toChecker(event: OperationName): RefusedOperation {
  const denied = new AccessDenied('a checker can only ask, and change nothing but its own token');
  return { kind: 'refused', needs: 'a principal or the operator', attempted: { event }, denied, operatorsOnly: false };
}

/** Null: the caller, a principal, is allowed. */
async function refusalOf(context: GuardContext, attempt: Attempt): Promise<RefusedOperation | null> {
  if (attempt.kind === 'operators') {
    const { attempted, sentence, always } = attempt;
    const denied = new AccessDenied(sentence);
    return { kind: 'refused', needs: 'the operator', attempted, denied, operatorsOnly: always };
  }
  const { permissions, event, target } = attempt;
  const verdicts = await eachInTurns(context, permissions, (permission) => verdictOn(context, permission));
  const index = verdicts.findIndex(({ allowed }) => !allowed);
  const [permission, answer] = [permissions[index], verdicts[index]?.answer];
  if (permission === undefined || answer == null) return null;
  const { action, resource } = permission;
  const attempted = { event: event ?? action.split(':', 2)[1] ?? action, action, target: target ?? resource };
  // No policy denies it: AWS keeps its own roles to itself.
  const byAws = answer.decision.deniedBy === null && isProtected(resource);
  const denied = byAws ? unmodifiable(resource) : await deniedBy(context, answer);
  return { kind: 'refused', needs: action, attempted, denied, operatorsOnly: false };
}

async function deniedBy(context: GuardContext, answer: Answer): Promise<AccessDenied> {
  // What allows the action on the key does not allow it for this grant.
  if (answer.decision.allowed) return new AccessDenied(NOT_BY_GRANT);
  return new AccessDenied(await readableReason(context, answer), answer);
}

const NOT_BY_GRANT =
  'not authorized to perform: kms:RetireGrant, because neither this grant nor an identity policy of the account of its key lets you retire it';

/** Records the refusal; nothing is answered that the trail could not record. */
async function keepRefusal(
  context: GuardContext,
  { attempted, denied }: RefusedOperation,
  parameters?: Attempted['parameters'],
): Promise<void> {
  const { directory, caller, now, origin } = context;
  const told =
    parameters === undefined ? attempted : { ...attempted, parameters: { ...attempted.parameters, ...parameters } };
  await recordRefusal(directory.audit, aCall(caller, now, origin), told, denied);
}
