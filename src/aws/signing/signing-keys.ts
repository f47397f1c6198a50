import { LRUCache } from 'lru-cache';
import type { Signature } from './signature.ts';
import { signingKeyOf } from './verify.ts';

/** More callers than a gateway has at the same time, with a few Regions each. */
const MOST = 10_000;

/**
 * Signing keys that were right before: a request of the same day, Region and service does not derive its key again. What
 * nobody has signed with is not remembered, so that wrong requests displace nothing; secrets are never remembered.
 */
export class SigningKeys {
  readonly #known = new LRUCache<string, Buffer>({ max: MOST });

  /** Number of keys that are remembered. It is bounded. */
  get size(): number {
    return this.#known.size;
  }

  /** Whether `isRight` accepts the signing key of the signature. `secret`: derives the secret of its key id, at a cost. */
  prove(signature: Signature, secret: () => string, isRight: (signingKey: Buffer) => boolean): boolean {
    const { keyId, date, region, service } = signature;
    const name = `${keyId}/${date}/${region}/${service}`;
    const known = this.#known.get(name);
    if (known !== undefined) return isRight(known);
    const made = signingKeyOf(secret(), signature);
    const right = isRight(made);
    if (right) this.#known.set(name, made);
    return right;
  }
}
