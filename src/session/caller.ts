import type { Subject } from '../access/question.ts';
import type { CheckerRecord } from '../directory/stores/checker-store.ts';
import type { KeySessionRecord } from '../directory/stores/key-session-store.ts';
import type { RoleSessionRecord } from '../directory/stores/session-store.ts';
import type { PrincipalRef } from '../policy/principal-id.ts';
import { AccessDenied, AuthenticationError } from './errors.ts';

/** The operator, who runs the gateway and is not a principal of IAM. */
export interface OperatorCaller {
  readonly kind: 'operator';
  /** The sign-in of its browser; left out: it sent its token. */
  readonly tokenSignIn?: KeySessionRecord;
}

/** A caller that can only ask, and is not a principal of IAM. */
export interface CheckerCaller {
  readonly kind: 'checker';
  readonly checker: CheckerRecord;
  /** As whom each of its questions is decided, too. */
  readonly maker: OperatorCaller | PrincipalCaller;
}

/** The caller of the gateway. */
export type Caller =
  /** No credentials were given. */
  { readonly kind: 'anonymous' } | OperatorCaller | CheckerCaller | PrincipalCaller;

/** A caller that signed in with credentials of IAM. */
export interface PrincipalCaller {
  readonly kind: 'principal';
  readonly ref: PrincipalRef;
  /** The access key used: AKIA… of a user or service, ASIA… of a role session. */
  readonly keyId: string;
  /** The role session whose credentials were used. */
  readonly session: RoleSessionRecord | null;
  /**
   * The temporary credentials or the browser's sign-in that was used; left out: a long-term key, or a role session's
   * token. A browser that has switched into a role has both, and acts as the role session.
   */
  readonly keySession?: KeySessionRecord;
  /** The sign-in of a browser with a session's token, as which it calls; left out: it has none. */
  readonly tokenSignIn?: KeySessionRecord;
}

/** The caller as the subject of a question: in the session that it calls with. */
export function subjectOf({ ref, session, keySession }: PrincipalCaller): Subject {
  const heldKeySession = session === null ? (keySession ?? null) : null;
  return { principal: ref, heldSession: session, heldKeySession, assumedRole: null, session: null };
}

/** The caller's browser sign-in, whatever it was made with; null: it has none. */
export function browserSignInOf(caller: Caller): KeySessionRecord | null {
  const byToken = caller.kind === 'operator' || caller.kind === 'principal' ? caller.tokenSignIn : undefined;
  return byToken ?? signInOf(caller);
}

/** The caller's browser sign-in with a long-term key, which can switch roles; null: it has none. */
export function signInOf(caller: Caller): KeySessionRecord | null {
  const keySession = caller.kind === 'principal' ? caller.keySession : undefined;
  return keySession?.kind === 'SIGN_IN' ? keySession : null;
}

/** The caller if it signed in with credentials of IAM; throws for all others. `predicate`: ends the sentence about the operator. */
export function principalCaller(caller: Caller, predicate: string): PrincipalCaller {
  switch (caller.kind) {
    case 'principal':
      return caller;
    case 'operator':
      throw new AccessDenied(`the operator is not a principal of IAM and ${predicate}`);
    case 'checker':
      throw new AccessDenied(`a checker is not a principal of IAM and ${predicate}`);
    case 'anonymous':
      throw new AuthenticationError('MissingAuthenticationToken');
    default:
      return caller satisfies never;
  }
}
