import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Admit } from './admission.ts';
import { refuseUnread } from './body.ts';
import { type Coding, codingOf, compressed } from './compression.ts';
import type { PersistedDocuments } from './documents/persisted.ts';
import { entityTag, isKnown } from './entity-tag.ts';
import type { Exchange } from './exchange.ts';
import type { Refusal } from './graphql-error.ts';
import { headOfMessage } from './request-head.ts';

/** What generators of typed clients and caches take, by its path. The build has written the files (.config/client.mjs). */
const FILES: Readonly<Record<string, { readonly name: string; readonly type: string }>> = {
  '/schema.graphql': { name: 'schema.graphql', type: 'text/plain; charset=utf-8' },
  '/schema/introspection.json': { name: 'introspection.json', type: 'application/json' },
  '/schema/possible-types.json': { name: 'possible-types.json', type: 'application/json' },
};

/** Beside this file's folder where the gateway is compiled; in a clone that runs from src/ where the build has put them. */
const FOLDERS = ['../client/', '../../dist/client/'];

/** Whether a file of the schema is at this path. */
export function isSchemaFile(path: string): boolean {
  return Object.hasOwn(FILES, path);
}

/** Who may read the schema. */
interface SchemaReaders {
  readonly admit: Admit;
  /** Left out: everybody. */
  readonly documents?: Pick<PersistedDocuments, 'isOnly'>;
}

/** GET and HEAD of the files of the schema: for the operator alone where only trusted documents are answered. */
export async function serveSchemaFile(readers: SchemaReaders, exchange: Exchange): Promise<void> {
  const { request, response, requestId, path } = exchange;
  const isForAll = readers.documents?.isOnly !== true;
  const refusal = refusalOf(exchange) ?? (isForAll ? null : await forOperator(readers.admit, exchange));
  const file = FILES[path];
  const body = refusal === null && file !== undefined ? await bodyOf(file.name) : null;
  if (file === undefined || body === null) {
    refuseUnread(request, response, refusal ?? NOT_BUILT, requestId);
    return;
  }
  const coding = codingOf(request.headers['accept-encoding']);
  const sent = coding === null ? body : await formOf(file.name, body, coding);
  const tag = tagOf(file.name, body, coding);
  const headers = {
    etag: tag,
    // It changes with the version of the gateway, which may be another one at any time.
    'cache-control': `${isForAll ? 'public' : 'private'}, no-cache`,
    vary: 'accept-encoding',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'",
  };
  // What is sent does not matter.
  request.resume();
  if (isKnown(request.headers['if-none-match'], [tag])) {
    response.writeHead(304, headers).end();
    return;
  }
  response.writeHead(200, {
    ...headers,
    'content-type': file.type,
    'content-length': sent.length,
    'content-disposition': `attachment; filename="${file.name}"`,
    ...(coding !== null && { 'content-encoding': coding }),
  });
  response.end(request.method === 'HEAD' ? undefined : sent);
}

function refusalOf({ request, path }: Exchange): Refusal | null {
  if (request.method === 'GET' || request.method === 'HEAD') return null;
  const headers = { allow: 'GET, HEAD' };
  return { status: 405, code: 'BAD_REQUEST', message: `${path} is read with GET`, headers };
}

async function forOperator(admit: Admit, exchange: Exchange): Promise<Refusal | null> {
  const facts = await admit(headOfMessage(exchange.request), exchange, exchange.response);
  exchange.caller = 'status' in facts ? 'refused' : facts.caller.kind;
  if ('status' in facts) return facts;
  return facts.caller.kind === 'operator' ? null : FOR_OPERATOR;
}

const FOR_OPERATOR: Refusal = {
  status: 403,
  code: 'FORBIDDEN',
  message: 'only documents that the operator trusts are answered here, and the schema is for the operator',
};

const NOT_BUILT: Refusal = {
  status: 404,
  code: 'NOT_FOUND',
  message: 'the files of the schema were not built: `npm run build` makes them',
};

/** Read when somebody asks for the first time, then kept. */
const bodies = new Map<string, Promise<Buffer | null>>();
/** By name and coding. */
const forms = new Map<string, Promise<Buffer>>();
/** By name and coding. */
const tags = new Map<string, string>();

function bodyOf(name: string): Promise<Buffer | null> {
  return keptIn(bodies, name, () => readFirst(name));
}

function formOf(name: string, body: Buffer, coding: Coding): Promise<Buffer> {
  return keptIn(forms, `${name} ${coding}`, () => compressed(body, coding));
}

function tagOf(name: string, body: Buffer, coding: Coding | null): string {
  const key = `${name} ${coding}`;
  const known = tags.get(key);
  if (known !== undefined) return known;
  const tag = entityTag(body, coding);
  tags.set(key, tag);
  return tag;
}

/** Null: it is nowhere. */
async function readFirst(name: string): Promise<Buffer | null> {
  for (const folder of FOLDERS) {
    try {
      return await readFile(fileURLToPath(new URL(`${folder}${name}`, import.meta.url)));
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    }
  }
  return null;
}

/** What fails, or is nowhere, is tried again. */
function keptIn<T>(kept: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const known = kept.get(key);
  if (known !== undefined) return known;
  const made = make();
  kept.set(key, made);
  const forget = (): void => void kept.delete(key);
  made.then((value) => value === null && forget(), forget);
  return made;
}
