import { Worker } from 'node:worker_threads';
import type { GivenFile, UnderstandFiles, UnderstoodFiles } from '../../importing/given-files.ts';
import type { ImportSummary } from '../../importing/summary.ts';
import { RolegateError } from '../../policy/errors.ts';
import { type DocumentPiece, JoinedPieces } from './pieces.ts';

/** What the worker says, in this order: pieces, each answered by an empty message, then how it ended. */
export type FromWorker =
  | { readonly kind: 'piece'; readonly piece: DocumentPiece }
  | { readonly kind: 'done'; readonly summary: ImportSummary; readonly leftOut: readonly string[] }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string; readonly field: string | null };

/** Beside this file, compiled or not. */
const WORKER = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url);

/**
 * Understands files in a thread of their own, so that others are answered meanwhile. One import after the other: each may
 * need a gigabyte of memory.
 */
export function understandInWorkers(): UnderstandFiles {
  let last: Promise<unknown> = Promise.resolve();
  return (files) => {
    const understood = last.then(() => understandInWorker(files));
    last = understood.catch(() => undefined);
    return understood;
  };
}

function understandInWorker(files: readonly GivenFile[]): Promise<UnderstoodFiles> {
  const worker = new Worker(WORKER, { workerData: files });
  const joined = new JoinedPieces();
  return new Promise((resolve, reject) => {
    worker.on('message', (message: FromWorker) => {
      if (message.kind === 'piece') {
        joined.add(message.piece);
        // Others come first: many messages would be taken in one turn.
        setImmediate(() => worker.postMessage(null, []));
      } else if (message.kind === 'done') {
        resolve({ document: joined.document, summary: message.summary, leftOut: message.leftOut });
      } else {
        const { code, message: text, field } = message;
        reject(new RolegateError(code, text, { field }));
      }
    });
    worker.once('error', (error: Error) => reject(failureOf(error)));
    worker.once('exit', (code) => reject(new Error(`the thread of an import ended with ${code}`)));
  });
}

/** A thread that needs more memory than it may have ends alone, and not the gateway. */
function failureOf(error: Error): Error {
  if (!('code' in error) || error.code !== 'ERR_WORKER_OUT_OF_MEMORY') return error;
  const message = 'the files need more memory than one import may have: import fewer of them at once';
  return new RolegateError('BAD_USER_INPUT', message, { field: 'files', cause: error });
}
