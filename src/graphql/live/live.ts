import type { Live } from '../../guard/live/live.ts';
import { RolegateError } from '../../policy/errors.ts';
import type { GatewayContext } from '../context.ts';

/** The open subscription of a context. Throws where the door cannot hold one open. */
export function liveOf({ live }: GatewayContext): Live {
  if (live !== undefined) return live;
  throw new RolegateError('BAD_USER_INPUT', 'subscriptions are answered as events: send `accept: text/event-stream`');
}
