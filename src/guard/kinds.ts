import type { Attempted } from '../session/audited.ts';
import { AccessDenied } from '../session/errors.ts';
import type { GuardContext } from './context.ts';
import { mayDo, type Permission, verdictOn } from './permission.ts';

/** Null: the caller may. Else what it lacks. */
export type Check = (args: Arguments, context: GuardContext, parent: unknown) => Promise<Lacking | null>;
export type Arguments = Readonly<Record<string, unknown>>;

export interface Lacking {
  /** What the caller would need, for the message. */
  readonly needs: string;
  /** For mutations: what it attempted, and what it is told, with the decision if there is one. */
  readonly refused?: { readonly attempted: Attempted; readonly denied: AccessDenied };
}

export interface Guard {
  /** `anybody`: also without credentials. The operator passes every guard. */
  readonly caller: 'anybody' | 'signedIn';
  /** Values that anybody may see who has got them. */
  readonly open?: (parent: unknown) => boolean;
  readonly check?: Check;
  /**
   * What is answered to who may not: as if nothing were there, or an error. `accessDenied`: AWS's AccessDenied with AWS's
   * sentence, as a member of the mutation's result where that has it, else as an error; the audit trail tells of it.
   */
  readonly refusal: 'null' | 'error' | 'accessDenied';
}

/** What a mutation attempts, and all that it takes. */
export interface MutationAttempt {
  /** In their order; the first that the caller lacks is the one it is told of. */
  readonly permissions: readonly Permission[];
  /** AWS's name of the operation, for the audit trail; left out: that of the first permission. */
  readonly event?: string;
  /** ARN or id, for the audit trail; left out: the resource of the first permission. */
  readonly target?: string;
}

export const ANYBODY: Guard = { caller: 'anybody', refusal: 'error' };
/** What may be asked about whom is decided where the question is asked, in one batch with it: see ask.ts. */
export const SIGNED_IN: Guard = { caller: 'signedIn', refusal: 'error' };

export function lookUp(isReadable: (args: Arguments, context: GuardContext) => Promise<boolean>): Guard {
  const check: Check = async (args, context) => ((await isReadable(args, context)) ? null : { needs: 'reading it' });
  return { caller: 'signedIn', refusal: 'null', check };
}

export function allowed(permissionOf: (parent: unknown) => Permission): Guard {
  const check: Check = async (_args, context, parent) => {
    const permission = permissionOf(parent);
    return (await mayDo(context, permission)) ? null : { needs: permission.action };
  };
  return { caller: 'signedIn', refusal: 'error', check };
}

/**
 * A mutation that takes permissions, which depend on its arguments. No permissions: whoever has signed in may. The
 * operator may always; who has not signed in may never.
 */
export function allowedMutation(
  attemptOf: (args: Arguments, context: GuardContext) => MutationAttempt | Promise<MutationAttempt>,
): Guard {
  return guardedMutation(async (args, context) => lackingOf(context, await attemptOf(args, context)));
}

export function guardedMutation(check: Check): Guard {
  return { caller: 'signedIn', refusal: 'accessDenied', check };
}

/** The first permission that the caller lacks. */
export async function lackingOf(
  context: GuardContext,
  { permissions, event, target }: MutationAttempt,
): Promise<Lacking | null> {
  const verdicts = await Promise.all(permissions.map((permission) => verdictOn(context, permission)));
  const index = verdicts.findIndex(({ allowed }) => !allowed);
  const [permission, answer] = [permissions[index], verdicts[index]?.answer];
  if (permission === undefined || answer == null) return null;
  const { action, resource } = permission;
  const attempted = { event: event ?? action.split(':', 2)[1] ?? action, action, target: target ?? resource };
  return { needs: action, refused: { attempted, denied: new AccessDenied(answer.decision.reason, answer) } };
}

/** What all but the operator lack. `what`: begins the sentence. */
export function beingOperator(attempted: Attempted, what: string): Lacking {
  return { needs: 'the operator', refused: { attempted, denied: new AccessDenied(`${what} for the operator`) } };
}

/** A mutation for the operator alone. `event`: its name in the audit trail. */
export function operatorsMutation(event: string): Guard {
  const field = `${event.slice(0, 1).toLowerCase()}${event.slice(1)}`;
  return guardedMutation(async () => beingOperator({ event }, `\`${field}\` is`));
}

/** Any one of the permissions is enough; none given: everybody who has signed in may. */
export function anyOf(permissionsOf: (parent: unknown, context: GuardContext) => readonly Permission[]): Guard {
  const check: Check = async (_args, context, parent) => {
    const permissions = permissionsOf(parent, context);
    const verdicts = await Promise.all(permissions.map((permission) => mayDo(context, permission)));
    if (permissions.length === 0 || verdicts.includes(true)) return null;
    return { needs: [...new Set(permissions.map(({ action }) => action))].join(' or ') };
  };
  return { caller: 'signedIn', refusal: 'error', check };
}
