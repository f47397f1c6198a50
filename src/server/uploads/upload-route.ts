import type { IncomingMessage } from 'node:http';
import type { RequestFacts } from '../../graphql/context.ts';
import type { Caller } from '../../session/caller.ts';
import { BodyIncomplete, BodyTooLarge, isDeclaredLarger, refuseUnread, sendContinue, tooLarge } from '../body.ts';
import { ENCODED, isEncoded } from '../content-type.ts';
import type { Exchange, GraphqlListener } from '../exchange.ts';
import type { Refusal } from '../graphql-error.ts';
import type { UploadLimits } from '../limits.ts';
import { receiveUpload } from './receive.ts';
import type { UploadFolders } from './upload-folders.ts';
import { BadUpload } from './upload-request.ts';

/** What multipart requests need. */
export interface UploadPlace {
  readonly folders: UploadFolders;
  readonly limits: UploadLimits;
  /** Why the caller may not upload anything, which the audit trail then says; null: it may. */
  readonly refuse: (facts: RequestFacts, request: object) => Promise<Refusal | null>;
}

/**
 * A multipart request, which only the mutation that imports files takes. Everything that its head says is checked before
 * its body is read; its files are removed when it is answered.
 */
export async function serveUpload(
  place: UploadPlace,
  exchange: Exchange,
  facts: RequestFacts,
  answer: GraphqlListener,
): Promise<void> {
  const { request, response, requestId, work } = exchange;
  const { folders, limits } = place;
  const refusal = refusalOfHead(request, facts.caller, limits) ?? (await place.refuse(facts, request));
  if (refusal !== null) {
    refuseUnread(request, response, refusal, requestId);
    return;
  }
  sendContinue(request, response, limits.bytes);
  await folders.within(async (folder) => {
    const body = await receive(request, folder, limits, facts.caller);
    if (body === null) return;
    work.begin();
    if ('status' in body) refuseUnread(request, response, body, requestId);
    else await answer(exchange, facts, body.value);
  });
}

/**
 * A browser sends its cookie by itself, and forms of any page can be multipart: only a header says that somebody means it.
 */
function refusalOfHead(request: IncomingMessage, caller: Caller, limits: UploadLimits): Refusal | null {
  if ((request.headers.authorization ?? '') === '') {
    return {
      status: 415,
      code: 'BAD_REQUEST',
      message:
        'the `content-type` of a POST must be application/json; multipart/form-data is taken with an `authorization` header, ' +
        'and a cookie does not count',
    };
  }
  if (isEncoded(request)) return ENCODED;
  return isDeclaredLarger(request, limits.bytes) ? tooLarge(limits.bytes, caller) : null;
}

/** The operation with its files, a refusal, or null if the sender has disconnected. */
async function receive(
  request: IncomingMessage,
  folder: string,
  limits: UploadLimits,
  caller: Caller,
): Promise<{ readonly value: object } | Refusal | null> {
  try {
    const upload = await receiveUpload(request, folder, limits);
    return { value: upload.body };
  } catch (error) {
    if (error instanceof BodyIncomplete) return null;
    if (error instanceof BodyTooLarge) return tooLarge(error.limit, caller);
    if (error instanceof BadUpload) return { status: 400, code: 'BAD_REQUEST', message: error.message };
    throw error;
  }
}
