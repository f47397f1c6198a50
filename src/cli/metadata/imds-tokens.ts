import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const NONCE_BYTES = 16;
const EXPIRY_BYTES = 6;
const MAC_BYTES = 32;

/** Tokens of IMDSv2. Each says when it ends, and is signed: none is kept. */
export class ImdsTokens {
  readonly #key = randomBytes(32);

  /** `expiration`: milliseconds since 1970. */
  issue(expiration: number): string {
    const payload = Buffer.alloc(EXPIRY_BYTES + NONCE_BYTES);
    payload.writeUIntBE(expiration, 0, EXPIRY_BYTES);
    randomBytes(NONCE_BYTES).copy(payload, EXPIRY_BYTES);
    return Buffer.concat([payload, this.#mac(payload)]).toString('base64url');
  }

  isValid(token: string, now: number): boolean {
    if (!/^[\w-]{72}$/.test(token)) return false;
    const bytes = Buffer.from(token, 'base64url');
    const payload = bytes.subarray(0, EXPIRY_BYTES + NONCE_BYTES);
    const mac = bytes.subarray(payload.length);
    return (
      mac.length === MAC_BYTES && timingSafeEqual(mac, this.#mac(payload)) && payload.readUIntBE(0, EXPIRY_BYTES) > now
    );
  }

  #mac(payload: Buffer): Buffer {
    return createHmac('sha256', this.#key).update(payload).digest();
  }
}
