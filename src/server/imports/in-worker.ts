import { Worker } from 'node:worker_threads';
import { Work } from '../../access/work.ts';
import type { DirectoryDocument } from '../../directory/document.ts';
import type { GivenFile, UnderstandDetails, UnderstandFiles, Waiting } from '../../importing/given-files.ts';
import type { ImportSummary } from '../../importing/summary.ts';
import { RolegateError } from '../../policy/errors.ts';
import { type LongTexts, longTextsOf } from '../long-texts.ts';
import { type HandedText, handedText } from './handed-text.ts';
import { type DocumentPiece, JoinedPieces } from './pieces.ts';

/** A file as a worker gets it. */
export interface FileForWorker {
  readonly name: string;
  readonly content: HandedText | { readonly storedAt: string };
}

/** What a worker is to read. Texts come as bytes: it decodes and parses them. */
export type ForWorker = { readonly files: readonly FileForWorker[] } | { readonly details: HandedText };

/** What somebody wants to be understood. */
type Given = { readonly files: readonly GivenFile[] } | { readonly details: string };

/** How it ended, beside the document. */
export type Understood =
  | { readonly of: 'files'; readonly summary: ImportSummary; readonly leftOut: readonly string[] }
  | { readonly of: 'details'; readonly warnings: readonly string[] };

/** What the worker says, in this order: pieces, each answered by an empty message, then how it ended. */
export type FromWorker =
  | { readonly kind: 'piece'; readonly piece: DocumentPiece }
  | { readonly kind: 'done'; readonly understood: Understood }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string; readonly field: string | null };

/** Beside this file, compiled or not. */
const WORKER = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url);

/** What is understood in a thread of its own. */
export interface InWorkers {
  readonly understandFiles: UnderstandFiles;
  readonly understandDetails: UnderstandDetails;
}

/**
 * Understands imports in a thread of their own, so that others are answered meanwhile. One import after the other: each may
 * need a gigabyte of memory. A thread for which nobody waits any more is ended.
 */
export function understandInWorkers(): InWorkers {
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = (given: Given, waiting: Waiting | undefined): ReturnType<typeof understandInWorker> => {
    const understood = last.then(async () =>
      understandInWorker(await handedOver(given, longTextsOf(waiting)), waiting),
    );
    last = understood.catch(() => undefined);
    return understood;
  };
  return {
    understandFiles: async (files, waiting) => {
      const { document, understood } = await inTurn({ files }, waiting);
      if (understood.of !== 'files') throw new Error('a thread has read something else');
      return { document, summary: understood.summary, leftOut: understood.leftOut };
    },
    understandDetails: async (details, waiting) => {
      const { document, understood } = await inTurn({ details }, waiting);
      if (understood.of !== 'details') throw new Error('a thread has read something else');
      return { document, warnings: understood.warnings };
    },
  };
}

/** As the import's own work, which ends with its request: see Waiting. */
async function handedOver(given: Given, texts: LongTexts): Promise<ForWorker> {
  const work = new Work(UNLIMITED);
  const handed = (text: string) => work.run(handedText(text, texts.partsOf(text)));
  if ('details' in given) return { details: await handed(given.details) };
  const files: FileForWorker[] = [];
  for (const { name, content } of given.files) {
    files.push({ name, content: 'text' in content ? await handed(content.text) : content });
  }
  return { files };
}

const UNLIMITED = { time: Number.POSITIVE_INFINITY, cpu: Number.POSITIVE_INFINITY };

/** The bytes that a worker takes over, and this thread has no longer. */
function bytesIn(given: ForWorker): ArrayBuffer[] {
  if ('details' in given) return [given.details.bytes];
  return given.files.flatMap(({ content }) => ('bytes' in content ? [content.bytes] : []));
}

function understandInWorker(
  given: ForWorker,
  waiting: Waiting | undefined,
): Promise<{ readonly document: DirectoryDocument; readonly understood: Understood }> {
  const worker = new Worker(WORKER, { workerData: given, transferList: bytesIn(given) });
  const joined = new JoinedPieces();
  return new Promise((resolve, reject) => {
    waiting?.onStop(() => {
      reject(new RolegateError('CANCELLED', 'nobody waits for the import'));
      void worker.terminate();
    });
    worker.on('message', (message: FromWorker) => {
      waiting?.begin();
      if (message.kind === 'piece') {
        joined.add(message.piece);
        // Others come first: many messages would be taken in one turn.
        setImmediate(() => worker.postMessage(null, []));
      } else if (message.kind === 'done') {
        resolve({ document: joined.document, understood: message.understood });
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
