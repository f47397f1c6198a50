import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import type { Sessions } from '../../src/session/sessions.ts';
import { A } from '../support/policies.ts';
import { ISSUER } from './world.ts';

/** A provider of web identities that account A has registered. */
export interface WebIdentities {
  /** An ID token; what is not claimed is as the role Ci takes it. `now`: milliseconds since 1970. */
  token(now: number, claims?: JWTPayload): Promise<string>;
}

export async function registerProvider(
  sessions: Pick<Sessions, 'createOidcProvider'>,
  now: number,
): Promise<WebIdentities> {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const jwks = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256' }] });
  const provider = { accountId: A, url: ISSUER, clientIds: ['rolegate'], jwks };
  await sessions.createOidcProvider({ kind: 'operator' }, provider, now);
  return {
    token: (at, claims = {}) => {
      const times = { iat: at / 1000, exp: at / 1000 + 3600 };
      const whole = { iss: ISSUER, aud: 'rolegate', sub: 'repo:main', ...times, ...claims };
      return new SignJWT(whole).setProtectedHeader({ alg: 'ES256', kid: 'one' }).sign(privateKey);
    },
  };
}
