import type { ServerResponse } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

// V8 collects what was made lately when a good 16 MB of it are there, and copies what is still in use while everybody waits. In
// the middle of a list of 10,000 that is all that was made for it; before it begins it is next to nothing, and takes a millisecond.

// The flag is one of the process, and stays: another thread could take it back before the context here is made.
setFlagsFromString('--expose-gc');
const collect = runInNewContext('globalThis.gc') as ((options: { readonly type: 'minor' }) => void) | undefined; // as: V8's own function

/** Long requests that are not yet answered. */
let underWay = 0;

/** What was made lately and is of no use is collected now, and not during the next request. */
export function collectYoung(): void {
  collect?.({ type: 'minor' });
}

/** A long request begins, which `response` will answer: what others have left is collected, unless one is in the middle. */
export function collectBefore(response: ServerResponse): void {
  if (response.closed) return;
  underWay += 1;
  // A response that waits behind another one does not close with its connection.
  const { socket } = response.req;
  let isOver = false;
  const over = (): void => {
    if (!isOver) underWay -= 1;
    isOver = true;
    response.off('close', over);
    socket.off('close', over);
  };
  response.once('close', over);
  socket.once('close', over);
  if (underWay === 1) collectYoung();
}
