import { RolegateError } from '../policy/errors.ts';
import { principalIdOf } from '../policy/principal-id.ts';
import type { Caller } from '../session/caller.ts';
import type { Sessions } from '../session/sessions.ts';
import type { KeyGuard } from './key-guard.ts';

/**
 * `sessions`, but whoever guesses credentials, MFA codes or web identities is slowed down, also within one request. An
 * attempt that is not checked throws Throttled, with the time to wait.
 */
export function throttledSessions(sessions: Sessions, guard: KeyGuard): Sessions {
  return {
    ...sessions,
    signIn(input, now, origin) {
      const source = origin?.sourceIp ?? null;
      const prove = (keyId: string | null, text: string) =>
        guard.prove({ source, keyId, text }, now, () => sessions.signIn(input, now, origin));
      if ('operatorToken' in input) return prove(null, input.operatorToken);
      if ('sessionToken' in input) return prove(null, input.sessionToken);
      const { accessKeyId, secretAccessKey } = input;
      const signIn = () => prove(accessKeyId, `${accessKeyId}:${secretAccessKey}`);
      // With the secret in the name, only a caller that knows it can use up the attempts.
      const who = [accessKeyId, secretAccessKey];
      return input.tokenCode == null ? signIn() : guard.proveMfa(who, now, signIn);
    },
    assumeRoleWithWebIdentity(input, now, origin) {
      const { role, webIdentityToken } = input;
      const proof = { source: origin?.sourceIp ?? null, keyId: role, text: `${role} ${webIdentityToken}` };
      const assume = () => sessions.assumeRoleWithWebIdentity(input, now, origin);
      return guard.prove(proof, now, assume, isWrongWebIdentity);
    },
    assumeRole: (caller, input, now, origin) =>
      withExternalId(guard, caller, input, now, () =>
        withMfa(guard, caller, input, now, () => sessions.assumeRole(caller, input, now, origin)),
      ),
    getSessionToken: (caller, input, now, origin) =>
      withMfa(guard, caller, input, now, () => sessions.getSessionToken(caller, input, now, origin)),
  };
}

function withMfa<T>(
  guard: KeyGuard,
  caller: Caller,
  { tokenCode }: { readonly tokenCode?: string | null | undefined },
  now: number,
  work: () => Promise<T>,
): Promise<T> {
  if (tokenCode == null || caller.kind !== 'principal') return work();
  // A browser or temporary credentials count as their maker: the device belongs to that user, however many sessions it has.
  return guard.proveMfa([caller.keySession?.principal ?? principalIdOf(caller.ref)], now, work);
}

/**
 * Somebody else's role is opened by a secret of its owner: each wrong one is in the audit trail, and counts for the caller on this
 * role. Sessions of a role count as the role, however many there are.
 */
function withExternalId<T>(
  guard: KeyGuard,
  caller: Caller,
  { role, externalId }: { readonly role: string; readonly externalId?: string | null | undefined },
  now: number,
  work: () => Promise<T>,
): Promise<T> {
  if (externalId == null || caller.kind !== 'principal') return work();
  const who = caller.session?.roleArn ?? caller.keySession?.principal ?? principalIdOf(caller.ref);
  return guard.proveExternalId([who, role], now, work);
}

/**
 * A token that is not accepted, or a role that does not accept it: anybody can get a token of a public provider and try it
 * on roles. An expired token was right.
 */
function isWrongWebIdentity(error: unknown): boolean {
  return error instanceof RolegateError && (error.code === 'InvalidIdentityToken' || error.code === 'AccessDenied');
}
