import { httpsOrigin } from '../authzen/https-origin.ts';
import { clientOf } from './client.ts';
import type { RequestHead } from './request-head.ts';

interface Known {
  /** What the operator's setting says; null: nothing. */
  readonly publicUrl: string | null;
  /** What holds where neither the setting nor a trusted proxy says it; null: nothing. */
  readonly otherwise: string | null;
  readonly isTrustedProxy: (address: string) => boolean;
}

/** The address under which the client of a request reaches this gateway, https://host; null: it is not known. */
export type AddressOf = (head: RequestHead) => string | null;

/**
 * Of what a client sends, `Host` included, nothing counts: it could lead others to an address of its choice. A trusted proxy that has
 * ended TLS passes the name on that the client used; where the gateway ends it itself, only the setting says its name. Several names: a proxy has added its own to what a client has sent, and none of
 * them counts.
 */
export function addressOfWith({ publicUrl, otherwise, isTrustedProxy }: Known): AddressOf {
  return (head) => {
    if (publicUrl !== null) return publicUrl;
    const { secure, host, throughProxy } = clientOf(head, isTrustedProxy);
    const isOne = head.header('x-forwarded-host')?.includes(',') !== true;
    return (secure && throughProxy && isOne && host !== null ? httpsOrigin(`https://${host}`) : null) ?? otherwise;
  };
}
