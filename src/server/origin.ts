import type { CallOrigin } from '../session/call.ts';
import type { Client } from './client.ts';
import type { RequestHead } from './request-head.ts';

/** The origin of a request, for the condition keys of its caller's actions and for the audit trail. */
export function originOf(client: Client, head: RequestHead, requestId: string): CallOrigin {
  return {
    requestId,
    sourceIp: client.address,
    userAgent: head.header('user-agent'),
    secureTransport: client.secure,
    context: NO_KEYS,
  };
}

/** One for all: nobody writes to it. */
const NO_KEYS: CallOrigin['context'] = new Map();
