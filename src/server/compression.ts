import type { ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { type DocumentNode, Kind, OperationTypeNode } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Work } from '../access/work.ts';
import type { GatewayContext, RequestFacts } from '../graphql/context.ts';
import { joinedInTurns } from './body.ts';
import { hasLongAnswer, withLongAnswers } from './written-answers.ts';

// Answers of questions are compressed; those of mutations, of /aws and of events are not.
//
// The length of a compressed text tells what in it repeats (BREACH, https://www.breachattack.com): whoever sees lengths on the network,
// and chooses text that stands beside a secret, can guess the secret letter by letter. Both are prevented. Secrets (access keys,
// tokens) are in answers of mutations and of /aws alone. And nobody but the caller chooses what is asked with its credentials: pages of
// others cannot send them (same-origin.ts, cross-origin.ts). What a caller may see of the directory is told to the caller, and
// no answer to a question repeats its credentials.

/** Bytes from which on an answer is compressed: a shorter one is a packet, compressed or not. */
export const LEAST_COMPRESSED = 1_024;

export type Coding = 'br' | 'gzip';

/** By the text of the header: nearly all clients send one of a few. */
const codings = new Map<string, Coding | null>();
const MOST_CODINGS = 100;

/** The coding that a client accepts best, the better one of two that it accepts alike; null: none of ours. */
export function codingOf(acceptEncoding: string | undefined): Coding | null {
  if (acceptEncoding === undefined) return null;
  const known = codings.get(acceptEncoding);
  if (known !== undefined) return known;
  const coding = bestOf(acceptEncoding);
  if (codings.size < MOST_CODINGS) codings.set(acceptEncoding, coding);
  return coding;
}

/** https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3 */
function bestOf(acceptEncoding: string): Coding | null {
  const weights = new Map<string, number>();
  for (const each of acceptEncoding.split(',')) {
    const [name = '', ...parameters] = each.split(';').map((part) => part.trim().toLowerCase());
    const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
    weights.set(name, weight === undefined ? 1 : Number(weight));
  }
  const weightOf = (name: string): number => weights.get(name) ?? weights.get('*') ?? 0;
  const [br, gz] = [weightOf('br'), weightOf('gzip')];
  if (!(Math.max(br, gz) > 0)) return null;
  return br >= gz ? 'br' : 'gzip';
}

/** The header `vary` of an answer that is compressed for who accepts it, beside what it has already. */
export function varied(response: Pick<ServerResponse, 'getHeader'>): string {
  const before = response.getHeader('vary');
  return before === undefined ? 'accept-encoding' : `${String(before)}, accept-encoding`;
}

const withGzip = promisify(gzip);
const withBrotli = promisify(brotliCompress);

/** In a thread of node's pool. Fast rather than small: answers are of one caller, and are compressed once each. */
export function compressed(bytes: Uint8Array, coding: Coding): Promise<Buffer> {
  if (coding === 'gzip') return withGzip(bytes, { level: 3 });
  return withBrotli(bytes, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 3, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  });
}

interface Executed {
  readonly document: DocumentNode;
  readonly operationName?: string | null;
  readonly contextValue: GatewayContext;
}

/** By HTTP request: one of its operations is a mutation. */
const changing = new WeakSet<object>();
/** By HTTP request: its work, which ends when the client has gone. */
const works = new WeakMap<object, Work>();

/** What Yoga knows of a request that came over HTTP; of another it has no answer. */
interface OverHttp {
  readonly res?: ServerResponse;
}

/** Compresses the answers that Yoga gives, after the data of long ones are in their place. */
export function useCompression(): Plugin<GatewayContext, RequestFacts> {
  return {
    onExecute({ args }) {
      const { document, operationName, contextValue } = args as Executed; // as: what Yoga executes
      const isMutation = document.definitions.some(
        (definition) =>
          definition.kind === Kind.OPERATION_DEFINITION &&
          definition.operation === OperationTypeNode.MUTATION &&
          (operationName == null || definition.name?.value === operationName),
      );
      if (isMutation) changing.add(contextValue.request);
      works.set(contextValue.request, contextValue.work);
    },
    async onResponse(hook) {
      const { request, response, fetchAPI } = hook;
      const isCompressed = isJson(response) && !changing.has(request);
      const isWritten = hasLongAnswer(request);
      if (!isWritten && (!isCompressed || isKnownShort(response))) return;
      if (works.get(request)?.isStopped === true) return;
      const given = new Uint8Array(await response.arrayBuffer());
      const bytes = isWritten ? await joinedInTurns(withLongAnswers(request, Buffer.from(given))) : given;
      const isLong = isCompressed && bytes.length >= LEAST_COMPRESSED;
      const coding = codingOf(request.headers.get('accept-encoding') ?? undefined);
      const body = isLong && coding !== null ? await compressed(bytes, coding) : bytes;
      const headers = new fetchAPI.Headers(response.headers);
      const { res } = hook.serverContext as OverHttp; // as: what Yoga adds to the facts
      if (isLong) headers.set('vary', res === undefined ? 'accept-encoding' : varied(res));
      headers.set('content-length', String(body.length));
      if (coding !== null && body !== bytes) headers.set('content-encoding', coding);
      const { status, statusText } = response;
      hook.setResponse(new fetchAPI.Response(bodyOf(body), { status, statusText, headers }));
    },
  };
}

/** The same bytes: a long answer is not copied once more. */
function bodyOf({ buffer, byteOffset, length }: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer as ArrayBuffer, byteOffset, length); // as: nothing here is shared between threads
}

/** Events, and parts that come later, are told when they are there. */
function isJson({ headers, body }: Response): boolean {
  return body !== null && /^application\/(?:graphql-response\+)?json\b/.test(headers.get('content-type') ?? '');
}

function isKnownShort({ headers }: Response): boolean {
  const length = headers.get('content-length');
  return length !== null && Number(length) < LEAST_COMPRESSED;
}
