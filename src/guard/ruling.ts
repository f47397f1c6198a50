import type { Attempted } from '../session/audited.ts';
import type { AccessDenied } from '../session/errors.ts';
import type { GuardContext } from './context.ts';
import { mayDo, type Permission } from './permission.ts';

/** What a guard answers: whether the caller may, and if not, what it may be told. Each door says it in its own words. */
export type Ruling = Allowed | NotSignedIn | Refused | Concealed;

interface Allowed {
  readonly kind: 'allowed';
}

/** It takes credentials, and none were given. */
export interface NotSignedIn {
  readonly kind: 'notSignedIn';
}

/** The caller may not, and is told what it would need. */
export interface Refused {
  readonly kind: 'refused';
  /** Actions of AWS, or `the operator`. */
  readonly needs: string;
}

/** The caller may not know: it is answered as if nothing were there. */
interface Concealed {
  readonly kind: 'concealed';
}

/** An operation was refused. The audit trail has it. */
export interface RefusedOperation extends Refused {
  readonly attempted: Attempted;
  /** AWS's AccessDenied with AWS's sentence, and the decision that it rests on; no decision where only the operator may. */
  readonly denied: AccessDenied;
  /** Whether the operation is the operator's, whatever it is given: a door may know it by another name. */
  readonly operatorsOnly: boolean;
}

export const ALLOWED: Allowed = { kind: 'allowed' };
export const NOT_SIGNED_IN: NotSignedIn = { kind: 'notSignedIn' };
export const CONCEALED: Concealed = { kind: 'concealed' };

/** Whether somebody has signed in, which is all that it takes here. */
export function signedIn({ caller }: GuardContext): Allowed | NotSignedIn {
  return caller.kind === 'anonymous' ? NOT_SIGNED_IN : ALLOWED;
}

/** Any one of the permissions is enough; none given: everybody who has signed in may. The operator may always. */
export function needsAny(context: GuardContext, permissions: readonly Permission[]): Ruling | Promise<Ruling> {
  const { caller } = context;
  if (caller.kind !== 'principal' || permissions.length === 0) return signedIn(context);
  return Promise.all(permissions.map((permission) => mayDo(context, permission))).then((verdicts) =>
    verdicts.includes(true)
      ? ALLOWED
      : { kind: 'refused', needs: [...new Set(permissions.map(({ action }) => action))].join(' or ') },
  );
}

/** What the caller may not read is not there. */
export async function orConcealed(readable: Promise<boolean>): Promise<Ruling> {
  return (await readable) ? ALLOWED : CONCEALED;
}
