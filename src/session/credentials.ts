import type { SessionTable } from './session-token.ts';
import type { SessionTools } from './session-tools.ts';

/** Credentials of a session. Shown once: the gateway keeps no copy of the secret. */
export interface TemporaryCredentials {
  /** ASIA… */
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** Milliseconds since 1970. */
  readonly expiration: number;
}

/** The credentials of a stored session. */
export async function credentialsOf(
  { secrets, tokens }: SessionTools,
  session: {
    readonly id: string;
    readonly subject: string;
    readonly table: SessionTable;
    readonly accessKeyId: string;
    readonly issuedAt: number;
    readonly expiresAt: number;
  },
): Promise<TemporaryCredentials> {
  const { accessKeyId, expiresAt } = session;
  return {
    accessKeyId,
    secretAccessKey: secrets.secretFor(accessKeyId),
    sessionToken: await tokens.sign('session', session),
    expiration: expiresAt,
  };
}

/**
 * When a session of `durationSeconds` created at `now` expires: on a whole second, as in its token. Sessions are issued to
 * the millisecond, so that one made before a revocation and one made after it can be told apart.
 */
export function expiryOf(now: number, durationSeconds: number): number {
  return (Math.floor(now / 1000) + durationSeconds) * 1000;
}
