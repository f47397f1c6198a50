import type { IncomingMessage } from 'node:http';
import type { CallOrigin } from '../session/call.ts';

/** Where a request comes from: what becomes condition keys of what its caller does, and goes into the audit trail. */
export function originOf(request: IncomingMessage, requestId: string): CallOrigin {
  const { socket, headers } = request;
  return {
    requestId,
    sourceIp: socket.remoteAddress ?? null,
    userAgent: headers['user-agent'] ?? null,
    secureTransport: null,
    context: new Map(),
  };
}
