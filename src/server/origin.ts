import type { CallOrigin } from '../session/call.ts';
import type { Client } from './client.ts';
import type { RequestHead } from './request-head.ts';

/** Where a request comes from: what becomes condition keys of what its caller does, and goes into the audit trail. */
export function originOf(client: Client, head: RequestHead, requestId: string): CallOrigin {
  return {
    requestId,
    sourceIp: client.address,
    userAgent: head.header('user-agent'),
    secureTransport: client.secure,
    context: new Map(),
  };
}
