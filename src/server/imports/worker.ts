import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import type { GivenFile } from '../../importing/given-files.ts';
import { RolegateError } from '../../policy/errors.ts';
import type { FromWorker } from './in-worker.ts';
import { piecesOf } from './pieces.ts';
import { understandFiles } from './understand.ts';

// The other end of in-worker.ts: says what files hold, piece by piece, each when it is asked for.

const port = parentPort;
if (port === null) throw new Error('this is the beginning of a thread');
const say = (message: FromWorker): void => port.postMessage(message);

try {
  // as: what in-worker.ts hands over
  const { document, summary, leftOut } = await understandFiles(workerData as readonly GivenFile[]);
  for (const piece of piecesOf(document)) {
    const next = once(port, 'message');
    say({ kind: 'piece', piece });
    await next;
  }
  say({ kind: 'done', summary, leftOut });
} catch (error) {
  if (!(error instanceof RolegateError)) throw error;
  const { code, message, field } = error;
  say({ kind: 'refused', code, message, field });
}
port.close();
