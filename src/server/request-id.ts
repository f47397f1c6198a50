import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** The id of a request, for its answer and the logs. */
export interface RequestId {
  readonly id: string;
  /** Whether the sender gave an id that is not of the form, and the request is to be refused for it. */
  readonly malformed: boolean;
}

/** A harmless form: nothing has to be escaped anywhere. */
const ORDINARY = /^[A-Za-z0-9._-]{1,128}$/;
/** Visible ASCII: a header can carry it back as it is. */
const ECHOED = /^[\x21-\x7e]{1,256}$/;

/**
 * The sender's own id, so that both logs can be compared, otherwise a new one. `echoed`: where a protocol has every id echoed, an id
 * of another form makes the request malformed, because another one in its place would be taken for an answer to another request.
 */
export function requestIdOf({ headers }: IncomingMessage, echoed: boolean): RequestId {
  const given = headers['x-request-id'];
  const isGiven = typeof given === 'string' && given !== '';
  if (isGiven && (echoed ? ECHOED : ORDINARY).test(given)) return { id: given, malformed: false };
  return { id: randomUUID(), malformed: echoed && isGiven };
}
