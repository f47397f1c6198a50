import { timingSafeEqual } from 'node:crypto';
import type { Proven } from '../session/authenticate.ts';
import type { Client } from './client.ts';
import type { RequestHead } from './request-head.ts';

interface Proof {
  readonly authorization: Buffer;
  readonly source: Client['address'];
  readonly proven: Proven;
}

/**
 * What the last credentials of each connection proved, so that the next request with the same ones needs no hash of them.
 * The header itself is kept with its connection and ends with it; a table of all callers would be a list of secrets. Behind
 * a proxy many clients share a connection: hence the address, and the comparison in constant time.
 */
export class ConnectionProofs {
  readonly #proofs = new WeakMap<object, Proof>();

  /** Null: these credentials are not those that were last right on this connection, from this address. */
  find({ connection }: RequestHead, { address }: Client, authorization: string): Proven | null {
    const proof = connection === undefined ? undefined : this.#proofs.get(connection);
    if (proof === undefined || proof.source !== address) return null;
    const given = Buffer.from(authorization);
    return given.length === proof.authorization.length && timingSafeEqual(given, proof.authorization)
      ? proof.proven
      : null;
  }

  keep({ connection }: RequestHead, { address }: Client, authorization: string, proven: Proven): void {
    if (connection === undefined) return;
    this.#proofs.set(connection, { authorization: Buffer.from(authorization), source: address, proven });
  }
}
