import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as apollo from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import * as urql from '@urql/core';
import { persistedExchange } from '@urql/exchange-persisted';
import { buildClientSchema, buildSchema, lexicographicSortSchema, printSchema } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newDataDir, removeDataDir, startTestGateway, type TestGateway } from '../support/gateway.ts';

const ROOT = new URL('../../', import.meta.url);
const GUIDE = readFileSync(new URL('src/graphql/README.md', ROOT), 'utf8');
/** What the question of the guide is answered for her. */
const ALICE = {
  viewer: {
    kind: 'USER',
    principal: {
      principalId: 'arn:aws:iam::111111111111:user/alice',
      assumableRoles: {
        nodes: expect.arrayContaining([
          expect.objectContaining({
            role: expect.objectContaining({ arn: 'arn:aws:iam::222222222222:role/DataWriter' }),
          }),
        ]),
      },
    },
  },
};
const POSSIBLE_TYPES = JSON.parse(readFileSync(new URL('dist/client/possible-types.json', ROOT), 'utf8'));
/** What Relay's compiler writes of a query with a connection: by its id, as it is sent. */
const RELAY = JSON.parse(readFileSync(new URL('relay-documents.json', import.meta.url), 'utf8')) as Record<
  string,
  string
>;
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** One that takes all documents, and one that takes what the clients below send, and nothing else. */
let open: TestGateway;
let strict: TestGateway;
const folders: string[] = [];

/** The code below a heading of the guide, without its imports. */
function codeOf(heading: string, language: string): string {
  const section = GUIDE.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const code = new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(section)?.[1];
  if (code === undefined) throw new Error(`the guide has no code for ${heading}`);
  return code.replaceAll(/^import .*\n/gm, '');
}

/** The clients, and what they have in the code of the guide. */
const CLIENTS = {
  'Apollo Client': { ...apollo, PersistedQueryLink, possibleTypes: POSSIBLE_TYPES },
  urql: { ...urql, persistedExchange },
} as const;
type Name = keyof typeof CLIENTS;
const NAMES = Object.keys(CLIENTS) as Name[]; // as: its keys
/** What each was answered when it asked for the first time. */
const first = new Map<Name, Asked>();

beforeAll(async () => {
  folders.push(await newDataDir(), await newDataDir());
  const [ofOpen = '', ofStrict = ''] = folders;
  open = await startTestGateway(ofOpen);
  for (const name of NAMES) first.set(name, await run(name, open, open.as.user('alice')));
  // What they have sent, as their tools write it.
  const texts = [...first.values()].flatMap(({ sent }) => sent.flatMap(({ query }) => query ?? []));
  const trusted = join(ofStrict, 'documents.json');
  writeFileSync(
    trusted,
    JSON.stringify({ ...RELAY, ...Object.fromEntries(texts.map((text) => [sha256(text), text])) }),
  );
  strict = await startTestGateway(ofStrict, {
    ROLEGATE_TRUSTED_DOCUMENTS: trusted,
    ROLEGATE_TRUSTED_DOCUMENTS_MODE: 'only',
  });
}, 180_000);
afterAll(async () => {
  await Promise.all([open?.gateway.close(), strict?.gateway.close()]);
  for (const folder of folders) await removeDataDir(folder);
});

interface Asked {
  readonly data: { readonly viewer: object };
  readonly error: unknown;
  /** What was sent to /graphql, and the status that came back. */
  readonly sent: readonly { readonly query?: string; readonly extensions: unknown; readonly status: number }[];
}

const AsyncFunction = Object.getPrototypeOf(async () => undefined).constructor;

/** Runs the code of a section as it stands there, with a `fetch` that is looked at. */
async function run(name: Name, gateway: TestGateway, authorization: string): Promise<Asked> {
  const sent: { query?: string; extensions: unknown; status: number }[] = [];
  const watched = async (...[url, init]: Parameters<typeof fetch>): Promise<Response> => {
    const response = await fetch(url, init);
    if (init?.method === 'POST')
      sent.push({ ...JSON.parse(await new Request(url, init).text()), status: response.status });
    return response;
  };
  const code = codeOf(name, 'js')
    .replaceAll('http://127.0.0.1:4000', gateway.url)
    .replaceAll(/new HttpLink\(\{|new Client\(\{/g, '$& fetch,');
  const names = { createHash, fetch: watched, process: { env: { AUTHORIZATION: authorization } }, ...CLIENTS[name] };
  const { data, error } = await new AsyncFunction(...Object.keys(names), `${code}\nreturn { data, error };`)(
    ...Object.values(names),
  );
  return { data, error, sent };
}

describe.each(NAMES)('%s', (name) => {
  test('sends a document once, and then its hash', async () => {
    const { data, error, sent } = first.get(name) as Asked; // as: there is one for each
    expect(error ?? null).toBeNull();
    expect(data).toMatchObject(ALICE);
    expect(sent.map(({ query, status }) => [query === undefined, status])).toEqual([
      [true, 200],
      [false, 200],
    ]);
    const again = await run(name, open, open.as.user('bob'));
    expect(again.error ?? null).toBeNull();
    expect(again.sent.map(({ query }) => query)).toEqual([undefined]);
  });

  test('asks for trusted documents by their hash, where nothing else is answered', async () => {
    const { data, error, sent } = await run(name, strict, strict.as.user('alice'));
    expect(error ?? null).toBeNull();
    expect(data).toMatchObject(ALICE);
    expect(sent.map(({ query }) => query)).toEqual([undefined]);
  });
});

test('what Relay’s compiler writes is asked for by its id', async () => {
  const [id = '', text = ''] = Object.entries(RELAY).find(([, each]) => each.includes('viewer')) ?? [];
  expect(text).toContain('edges');
  const response = await fetch(`${strict.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: strict.as.operator },
    body: JSON.stringify({ documentId: id, variables: { count: 2 } }),
  });
  const { data, errors } = await response.json();
  expect(errors).toBeUndefined();
  expect(data.roles.edges.length).toBeGreaterThan(0);
});

describe('the files of the schema', () => {
  const PATHS = ['/schema.graphql', '/schema/introspection.json', '/schema/possible-types.json'];
  const read = (gateway: TestGateway, path: string, headers: Record<string, string> = {}, method = 'GET') =>
    fetch(`${gateway.url}${path}`, { method, headers });

  test('are those of the schema that answers', async () => {
    const [sdl, introspection, possible] = await Promise.all(
      PATHS.map(async (path) => (await read(open, path)).text()),
    );
    expect(sdl).toBe(readFileSync(new URL('schema.graphql', ROOT), 'utf8'));
    const printed = (schema: ReturnType<typeof buildSchema>): string => printSchema(lexicographicSortSchema(schema));
    expect(printed(buildClientSchema(JSON.parse(introspection ?? '')))).toBe(printed(buildSchema(sdl ?? '')));
    expect(JSON.parse(possible ?? '').Principal).toContain('Role');
  });

  test('are sent compressed, whole or not again, and only read', async () => {
    for (const path of PATHS) {
      for (const coding of ['br', 'gzip', 'identity']) {
        const response = await read(open, path, { 'accept-encoding': coding });
        expect(response.headers.get('content-encoding') ?? 'identity').toBe(coding);
        const etag = response.headers.get('etag') ?? '';
        expect([response.headers.get('cache-control'), response.headers.get('vary')]).toEqual([
          'public, no-cache',
          'accept-encoding',
        ]);
        await response.arrayBuffer();
        const again = await read(open, path, { 'accept-encoding': coding, 'if-none-match': etag });
        expect([again.status, await again.text()]).toEqual([304, '']);
      }
      const head = await read(open, path, {}, 'HEAD');
      expect([head.status, await head.text(), Number(head.headers.get('content-length')) > 100]).toEqual([
        200,
        '',
        true,
      ]);
      expect((await read(open, path, {}, 'POST')).status).toBe(405);
    }
    expect((await read(open, '/schema/constructor')).status).toBe(404);
  });

  test('are for the operator where only trusted documents are answered', async () => {
    for (const path of PATHS) {
      const statuses = await Promise.all(
        [
          {},
          { authorization: strict.as.user('alice') },
          { authorization: 'Bearer wrong' },
          { authorization: strict.as.operator },
        ].map(async (headers) => (await read(strict, path, headers)).status),
      );
      expect(statuses).toEqual([403, 403, 401, 200]);
    }
  });
});
