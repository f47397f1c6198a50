import { randomUUID } from 'node:crypto';
import type { NewKeySession } from '../directory/stores/key-session-store.ts';
import type { Call } from './call.ts';
import { expiryOf } from './credentials.ts';

type Required = 'kind' | 'keyId' | 'principal' | 'userId';

/** A key session that lasts `seconds`, made by a call. It lacks the facts that are left out. */
export function newKeySession<F extends Pick<NewKeySession, Required> & Partial<NewKeySession>>(
  { now, origin }: Call,
  seconds: number,
  facts: F,
): NewKeySession & F {
  return {
    id: randomUUID(),
    accessKeyId: null,
    federatedArn: null,
    tags: {},
    sessionPolicies: [],
    sessionPolicyArns: [],
    mfaAuthenticatedAt: null,
    sourceIp: origin.sourceIp,
    userAgent: origin.userAgent,
    issuedAt: now,
    expiresAt: expiryOf(now, seconds),
    ...facts,
  };
}
