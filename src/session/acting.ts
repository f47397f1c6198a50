import { type ActingCredentials, EndedCredentials } from '../directory/stores/acting-credentials.ts';
import type { Caller } from './caller.ts';
import { AuthenticationError } from './errors.ts';
import type { SessionTools } from './session-tools.ts';

/**
 * What must still count when a change of the caller is made; null: nothing, as for the operator's token, and calls without
 * credentials.
 */
export function actingCredentials(caller: Caller): ActingCredentials | null {
  switch (caller.kind) {
    case 'operator':
      return caller.tokenSignIn === undefined ? null : { ...NONE, signInId: caller.tokenSignIn.id };
    case 'anonymous':
      return null;
    case 'checker': {
      const { id, tokenHash } = caller.checker;
      return { ...NONE, checker: { id, tokenHash } };
    }
    case 'principal': {
      const { ref, keyId, session, keySession, tokenSignIn } = caller;
      // A browser's sign-in with a token ends by itself, and with what the token is of.
      const signInId = tokenSignIn?.id ?? null;
      const roleSessionId = session?.id ?? null;
      // Keys of root users are not stored.
      const isKey = session === null && ref.kind !== 'root';
      if (keySession === undefined) return { ...NONE, signInId, roleSessionId, keyId: isKey ? keyId : null };
      // Temporary credentials outlive the key that made them; a browser is signed out with it.
      const ofBrowser = keySession.kind === 'SIGN_IN' ? keySession.keyId : null;
      return { ...NONE, signInId, keySessionId: keySession.id, roleSessionId, keyId: ofBrowser };
    }
    default:
      return caller satisfies never;
  }
}

const NONE: ActingCredentials = {
  keyId: null,
  keySessionId: null,
  signInId: null,
  roleSessionId: null,
  checker: null,
};

/** What the directory says of credentials that ended while a change was made, as an AuthenticationError; other errors unchanged. */
export function asAuthenticationError(error: unknown): unknown {
  return error instanceof EndedCredentials ? new AuthenticationError(error.code, { cause: error }) : error;
}

/** Throws AuthenticationError if what the caller acts with has ended. */
export async function checkStillCounts({ directory }: SessionTools, caller: Caller, now: number): Promise<void> {
  try {
    await directory.credentials.check(actingCredentials(caller), now);
  } catch (error) {
    throw asAuthenticationError(error);
  }
}
