import { principalIdOf } from '../policy/principal-id.ts';
import type { CallOrigin } from '../session/call.ts';
import type { Caller } from '../session/caller.ts';
import type { Sessions } from '../session/sessions.ts';
import type { KeyGuard } from './key-guard.ts';

/** `sessions`, but whoever guesses credentials or MFA codes is slowed down: also several times in one request. */
export function throttledSessions(sessions: Sessions, guard: KeyGuard): Sessions {
  return {
    ...sessions,
    signIn(input, now, origin) {
      const { accessKeyId, secretAccessKey } = input;
      const proof = { source: sourceOf(origin), keyId: accessKeyId, text: `${accessKeyId}:${secretAccessKey}` };
      const signIn = () => guard.prove(proof, now, () => sessions.signIn(input, now, origin));
      // With the secret in the name, only who knows it can use up the attempts.
      return input.tokenCode == null ? signIn() : guard.proveMfa([accessKeyId, secretAccessKey], now, signIn);
    },
    assumeRole: (caller, input, now, origin) =>
      withMfa(guard, caller, input.tokenCode, now, () => sessions.assumeRole(caller, input, now, origin)),
    getSessionToken: (caller, input, now, origin) =>
      withMfa(guard, caller, input.tokenCode, now, () => sessions.getSessionToken(caller, input, now, origin)),
  };
}

function sourceOf(origin: Partial<CallOrigin> | undefined): string | null {
  return origin?.sourceIp ?? null;
}

function withMfa<T>(
  guard: KeyGuard,
  caller: Caller,
  tokenCode: string | null | undefined,
  now: number,
  work: () => Promise<T>,
): Promise<T> {
  if (tokenCode == null || caller.kind !== 'principal') return work();
  // Of a browser or temporary credentials who made them: the device is that user's, however many there are.
  return guard.proveMfa([caller.keySession?.principal ?? principalIdOf(caller.ref)], now, work);
}
