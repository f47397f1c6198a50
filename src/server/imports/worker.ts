import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import type { DirectoryDocument } from '../../directory/document.ts';
import { parseAccountAuthorizationDetails } from '../../importing/account-authorization-details.ts';
import type { GivenFile } from '../../importing/given-files.ts';
import { RolegateError } from '../../policy/errors.ts';
import { textOf } from './handed-text.ts';
import type { FileForWorker, ForWorker, FromWorker, Understood } from './in-worker.ts';
import { piecesOf } from './pieces.ts';
import { understandFiles } from './understand.ts';

// The other end of in-worker.ts: says what an import holds, piece by piece, each when it is asked for.

const port = parentPort;
if (port === null) throw new Error('this is the beginning of a thread');
const say = (message: FromWorker): void => port.postMessage(message);

async function understand(
  given: ForWorker,
): Promise<{ readonly document: DirectoryDocument; readonly understood: Understood }> {
  if ('details' in given) {
    const { document, warnings } = parseAccountAuthorizationDetails(textOf(given.details));
    return { document, understood: { of: 'details', warnings } };
  }
  const { document, summary, leftOut } = await understandFiles(given.files.map(fileOf));
  return { document, understood: { of: 'files', summary, leftOut } };
}

function fileOf({ name, content }: FileForWorker): GivenFile {
  return { name, content: 'bytes' in content ? { text: textOf(content) } : content };
}

try {
  // as: what in-worker.ts hands over
  const { document, understood } = await understand(workerData as ForWorker);
  for (const piece of piecesOf(document)) {
    const next = once(port, 'message');
    say({ kind: 'piece', piece });
    await next;
  }
  say({ kind: 'done', understood });
} catch (error) {
  if (!(error instanceof RolegateError)) throw error;
  const { code, message, field } = error;
  say({ kind: 'refused', code, message, field });
}
port.close();
