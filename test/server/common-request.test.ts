import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { IncomingMessage, request, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { Work } from '../../src/access/work.ts';
import type { GatewayContext, RequestFacts } from '../../src/graphql/context.ts';
import { buildSchema } from '../../src/graphql/schema.ts';
import { answerCommonWith } from '../../src/server/common-request.ts';
import type { Exchange } from '../../src/server/exchange.ts';
import { demoTabs } from '../../src/server/graphiql/demo-tabs.ts';
import { createLog } from '../../src/server/log.ts';
import { startedGateway } from '../support/gateway.ts';

// Most requests are answered without Yoga (src/server/common-request.ts). A body with a key that is not one of GraphQL's is left to
// Yoga, which passes over it if it is null: both answers have to be the same, byte for byte.
const YOGAS = { other: null };

const gateway = startedGateway();

interface Sent {
  readonly query: string;
  readonly variables?: unknown;
  readonly operationName?: unknown;
  readonly extensions?: unknown;
}

interface Exchanged {
  readonly status: number | undefined;
  readonly statusText: string | undefined;
  /** Names as they were sent, but for those that differ from request to request. */
  readonly headers: readonly string[];
  readonly body: string;
}

async function exchange(body: object | string, headers: Record<string, string>, search = ''): Promise<Exchanged> {
  const { bytes: _bytes, ...exchanged } = await exchangeBytes(body, headers, search);
  return exchanged;
}

function exchangeBytes(
  body: object | string,
  headers: Record<string, string>,
  search = '',
): Promise<Exchanged & { readonly bytes: Buffer }> {
  return new Promise((resolve, reject) => {
    const sending = request(
      `${gateway.url}/graphql${search}`,
      { method: 'POST', headers: { 'content-type': 'application/json', ...headers } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const { rawHeaders } = response;
          const told = rawHeaders.flatMap((name, index) =>
            index % 2 === 1 || /^(date|x-request-id)$/i.test(name)
              ? []
              : [`${name.toLowerCase()}: ${rawHeaders[index + 1]}`],
          );
          const bytes = Buffer.concat(chunks);
          resolve({
            bytes,
            status: response.statusCode,
            statusText: response.statusMessage,
            headers: told.toSorted(),
            body: bytes.toString('utf8').replaceAll(/"requestId":"[^"]+"/g, '"requestId":""'),
          });
        });
        response.on('error', reject);
      },
    );
    sending.on('error', reject);
    sending.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
}

const DECISION = `query ($request: AccessRequestInput!) { decision(request: $request) { effect reason layers { layer effect } } }`;
const READS = {
  principal: 'arn:aws:iam::111111111111:user/alice',
  action: 's3:GetObject',
  resource: 'arn:aws:s3:::reports/a',
};

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

const persisted = (sha256Hash: string) => ({ persistedQuery: { version: 1, sha256Hash } });

/** An object in an object, `levels` times. */
function deep(levels: number): unknown {
  let value: unknown = null;
  for (let level = 0; level < levels; level++) value = { a: value };
  return value;
}

const REQUESTS: readonly (readonly [string, Sent])[] = [
  // Signing in twice with a wrong secret is answered otherwise the second time.
  ...demoTabs
    .filter(({ query }) => !/^mutation/m.test(query))
    .map(({ title, query, variables }): readonly [string, Sent] => [
      `the tour: ${title}`,
      { query, ...(variables === undefined ? {} : { variables: JSON.parse(variables) }) },
    ]),
  ['the name of the type', { query: '{ __typename }' }],
  ['a decision', { query: DECISION, variables: { request: READS } }],
  ['variables that are null', { query: '{ __typename }', variables: null }],
  ['variables that nobody asks for', { query: '{ __typename }', variables: { a: 1 } }],
  ['variables that are a list', { query: '{ __typename }', variables: [] }],
  ['a variable that is missing', { query: DECISION }],
  ['a variable of a wrong type', { query: DECISION, variables: { request: { ...READS, principal: 7 } } }],
  ['an action that does not exist', { query: DECISION, variables: { request: { ...READS, action: 's3:GetObjekt' } } }],
  [
    'a principal that does not exist',
    { query: DECISION, variables: { request: { ...READS, principal: 'arn:aws:iam::111111111111:user/nobody' } } },
  ],
  [
    'a batch with faults',
    {
      query: 'query ($requests: [AccessRequestInput!]!) { decisions(requests: $requests) { effect } }',
      variables: { requests: [READS, { ...READS, action: 'nothing' }, { ...READS, resource: 'nothing' }] },
    },
  ],
  [
    'more than a hundred faults',
    {
      query: 'query ($requests: [AccessRequestInput!]!) { decisions(requests: $requests) { effect } }',
      variables: { requests: Array.from({ length: 130 }, () => ({ ...READS, action: 'nothing' })) },
    },
  ],
  [
    'fields that fail alone',
    { query: '{ a: account(accountId: "999999999999") { name } viewer { kind } roles(first: 2) { nodes { name } } }' },
  ],
  ['a fragment', { query: 'query A { viewer { ...V } } fragment V on Viewer { kind }' }],
  ['a document that is no GraphQL', { query: '{' }],
  ['a document with an unknown field', { query: '{ nothing }' }],
  ['two operations', { query: 'query A { __typename } query B { __typename }' }],
  ['a mutation', { query: 'mutation { exitRole { __typename } }' }],
  ['the schema', { query: '{ __schema { queryType { name } } }' }],
  ['a type beside other fields', { query: '{ __typename __type(name: "User") { name } }' }],
  ['a document too deep', { query: `{ ${'viewer { principal { '.repeat(20)}__typename${' } }'.repeat(20)} }` }],
  ['the schema in a fragment', { query: 'query A { ...S } fragment S on Query { __schema { queryType { name } } }' }],
  [
    'the schema in a fragment, too often',
    {
      query:
        '{ ...S ... on Query { b: __type(name: "User") { name } c: __schema { __typename } } } fragment S on Query { __schema { __typename } }',
    },
  ],
  [
    'a fragment of a fragment of itself',
    { query: '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }' },
  ],
  ['a fragment that nobody uses', { query: '{ __typename } fragment A on Query { __typename }' }],
  [
    'what is skipped',
    {
      query: 'query ($no: Boolean!) { __typename @skip(if: $no) viewer @include(if: $no) { kind } }',
      variables: { no: true },
    },
  ],
  ['a directive without its variable', { query: 'query ($no: Boolean!) { __typename @skip(if: $no) }' }],
  ['a part that comes later', { query: '{ ... @defer { __typename } }' }],
  ['a list that streams', { query: '{ roles(first: 2) { nodes @stream { name } } }' }],
  ['a subscription', { query: 'subscription { __typename }' }],
  ['no operation', { query: 'fragment A on Query { __typename }' }],
  ['nothing', { query: '' }],
  ['a comment', { query: '# nothing' }],
  ['a byte order mark', { query: '\uFEFF{ __typename }' }],
  ['one name twice', { query: '{ a: __typename a: viewer { kind } }' }],
  ['fields that cannot be merged', { query: '{ viewer { a: kind } viewer { a: __typename } }' }],
  ['names of prototypes', { query: '{ constructor: __typename toString: __typename hasOwnProperty: __typename }' }],
  ['a name that is a prototype', { query: '{ __proto__: __typename }' }],
  [
    'variables by names of prototypes',
    {
      query: 'query ($constructor: Boolean, $toString: Boolean) { __typename @skip(if: $constructor) }',
      variables: {},
    },
  ],
  [
    'a variable that is null',
    { query: 'query ($no: Boolean!) { __typename @skip(if: $no) }', variables: { no: null } },
  ],
  ['a variable with a default', { query: 'query ($no: Boolean! = true) { __typename @skip(if: $no) }' }],
  ['deep variables', { query: DECISION, variables: { request: deep(2_000) } }],
  ['deep variables in a context', { query: DECISION, variables: { request: { ...READS, context: deep(200) } } }],
  ['variables that are a text', { query: '{ __typename }', variables: '{}' }],
  ['variables that are a number', { query: '{ __typename }', variables: 0 }],
  ['a long document', { query: `{ ${'a'.repeat(20_000)}: __typename }` }],
  [
    'too many aliases',
    { query: `{ ${Array.from({ length: 201 }, (_, index) => `a${index}: __typename`).join(' ')} }` },
  ],
  ['too many tokens', { query: `{ ${'__typename '.repeat(4_001)} }` }],
  ['too many entries', { query: '{ roles(first: 100000) { nodes { name } } }' }],
  ['an expensive query', { query: '{ roles(first: 1000) { nodes { sessions(first: 1000) { nodes { arn } } } } }' }],
  ['letters of everywhere', { query: '{ é: __typename }' }],
  ['its operation by name', { query: 'query A { viewer { kind } }', operationName: 'A' }],
  ['its operation by a name that it has not', { query: 'query A { viewer { kind } }', operationName: 'B' }],
  ['an operation without a name by one', { query: '{ viewer { kind } }', operationName: 'A' }],
  ['its operation by an empty name', { query: 'query A { viewer { kind } }', operationName: '' }],
  ['no name of its operation', { query: 'query A { viewer { kind } }', operationName: null }],
  ['a name that is a number', { query: 'query A { viewer { kind } }', operationName: 7 }],
  ['a name that is a list', { query: 'query A { viewer { kind } }', operationName: ['A'] }],
  ['one of two operations', { query: 'query A { viewer { kind } } query B { __typename }', operationName: 'B' }],
  ['a mutation by its name', { query: 'mutation A { exitRole { __typename } }', operationName: 'A' }],
  ['a name of prototypes', { query: 'query constructor { __typename }', operationName: 'constructor' }],
  ['an invalid document by its name', { query: 'query A { nothing }', operationName: 'A' }],
  ['a name and variables', { query: `query D${DECISION.slice(6)}`, operationName: 'D', variables: { request: READS } }],
  ['extensions that are empty', { query: '{ viewer { kind } }', extensions: {} }],
  ['extensions that are null', { query: '{ viewer { kind } }', extensions: null }],
  ['extensions that are a list', { query: '{ viewer { kind } }', extensions: [] }],
  ['extensions that are a text', { query: '{ viewer { kind } }', extensions: 'a' }],
  [
    'what Apollo sends',
    {
      query: 'query A { viewer { kind } }',
      operationName: 'A',
      variables: {},
      extensions: { clientLibrary: { name: '@apollo/client', version: '4.0.0' } },
    },
  ],
  ['a document with its hash', { query: '{ viewer { kind } }', extensions: persisted(hashOf('{ viewer { kind } }')) }],
  ['a document with the hash of another', { query: '{ viewer { kind } }', extensions: persisted('0'.repeat(64)) }],
  ['a hash that is none', { query: '{ viewer { kind } }', extensions: { persistedQuery: { sha256Hash: 7 } } }],
  [
    'values of everywhere',
    { query: DECISION, variables: { request: { ...READS, resource: 'arn:aws:s3:::reports/äöü\u{1f600}"<' } } },
  ],
];

const CALLERS: readonly (readonly [string, () => Record<string, string>])[] = [
  ['the operator', () => ({ authorization: gateway.as.operator })],
  ['alice', () => ({ authorization: gateway.as.user('alice') })],
  ['nobody', () => ({})],
];

const ACCEPTS = [
  undefined,
  '*/*',
  'application/json',
  'application/json, */*',
  'application/graphql-response+json',
  'application/graphql-response+json, application/json',
  'application/graphql-response+json,application/json;q=0.9',
  'application/json, application/graphql-response+json',
  'text/html',
  'application/json; charset=utf-16',
];

/** The same request on both roads. */
async function onBothRoads(sent: Sent, headers: Record<string, string>): Promise<readonly [Exchanged, Exchanged]> {
  const common = await exchange(sent, headers);
  return [common, await exchange({ ...sent, ...YOGAS }, headers)];
}

describe.each(CALLERS)('both roads answer %s alike', (_name, headers) => {
  test.each(REQUESTS)('%s', async (_what, sent) => {
    const [common, yogas] = await onBothRoads(sent, headers());
    expect(common).toEqual(yogas);
  });
});

/**
 * The queries that the tests of `test/graphql` and `test/guard` send, each with the shortest and the longest variables they send with it: a
 * recording of a whole run, without mutations. Here most of what they ask about does not exist.
 */
const RECORDED = readFileSync(new URL('../data/recorded-documents.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Sent);

/** Of fields that wait for the database, whichever is answered first fails first: the second road finds in memory what the first has read. */
function told({ body }: Exchanged): { readonly body: string; readonly errors: readonly string[] } {
  const { errors = [], ...rest } = JSON.parse(body) as { readonly errors?: readonly object[] }; // as: an answer of GraphQL
  return { body: JSON.stringify(rest), errors: errors.map((error) => JSON.stringify(error)).toSorted() };
}

test.each(CALLERS)(
  'both roads answer all recorded documents of %s alike',
  async (_name, headers) => {
    expect(RECORDED.length).toBeGreaterThan(400);
    let next = 0;
    const work = async (): Promise<void> => {
      for (let sent = RECORDED[next++]; sent !== undefined; sent = RECORDED[next++]) {
        const [common, yogas] = await onBothRoads(sent, headers());
        expect({ sent, ...common, ...told(common) }).toEqual({ sent, ...yogas, ...told(yogas) });
      }
    };
    await Promise.all([work(), work(), work(), work()]);
  },
  120_000,
);

test.each(ACCEPTS)('both roads answer who accepts %s alike', async (accept) => {
  const headers = { authorization: gateway.as.operator, ...(accept === undefined ? {} : { accept }) };
  for (const [, sent] of REQUESTS.filter(([what]) => /^(the name|a batch|a document|a variable)/.test(what))) {
    const [common, yogas] = await onBothRoads(sent, headers);
    expect(common).toEqual(yogas);
  }
});

const MANY = {
  query: 'query ($requests: [AccessRequestInput!]!) { decisions(requests: $requests) { effect reason } }',
  variables: {
    requests: Array.from({ length: 40 }, (_, index) => ({ ...READS, resource: `arn:aws:s3:::reports/${index}` })),
  },
};
/** Longer than what is written in one step. */
const VERY_MANY = {
  query: MANY.query,
  variables: {
    requests: Array.from({ length: 4_000 }, (_, index) => ({ ...READS, resource: `arn:aws:s3:::reports/${index}` })),
  },
};

describe.each([
  ['gzip', 'gzip', gunzipSync],
  ['gzip, deflate, br', 'br', brotliDecompressSync],
  ['br;q=0.5, GZIP', 'gzip', gunzipSync],
  ['*', 'br', brotliDecompressSync],
  ['gzip;q=0, br;q=0', null, null],
  ['identity', null, null],
] as const)('who accepts the coding %s', (accepted, coding, decompress) => {
  const headers = () => ({ authorization: gateway.as.operator, 'accept-encoding': accepted });

  test.each([
    ['short', MANY],
    ['long', VERY_MANY],
  ])('gets a %s answer in it on both roads', async (_length, sent) => {
    const common = await exchangeBytes(sent, headers());
    const yogas = await exchangeBytes({ ...sent, ...YOGAS }, headers());
    expect(common.headers).toEqual(yogas.headers);
    expect(common.bytes.equals(yogas.bytes)).toBe(true);
    expect(common.headers.filter((header) => header.startsWith('content-encoding'))).toEqual(
      coding === null ? [] : [`content-encoding: ${coding}`],
    );
    expect(common.headers).toContain('vary: accept-encoding');
    const text = (decompress === null ? common.bytes : decompress(common.bytes)).toString('utf8');
    expect(JSON.parse(text).data.decisions).toHaveLength(sent.variables.requests.length);
    const plain = await exchange(sent, { authorization: gateway.as.operator });
    expect(text).toBe(plain.body);
  });

  test('gets what is short, and what may hold a secret, as it is', async () => {
    const twenty = Array.from({ length: 60 }, (_, index) => `a${index}: exitRole { __typename }`);
    const [short, mutation] = await Promise.all(
      ['{ __typename }', `mutation { ${twenty.join(' ')} }`].map((query) => exchange({ query }, headers())),
    );
    expect(mutation?.body.length).toBeGreaterThan(1_024);
    for (const sent of [short, mutation]) {
      expect(sent?.headers.filter((header) => /^(content-encoding|vary)/.test(header))).toEqual([]);
      expect(JSON.parse(sent?.body ?? '')).toHaveProperty('data');
    }
  });
});

const THIRD = '"other": null';

/** Bodies as texts, with a place for what makes them Yoga's. */
const BODIES: readonly (readonly [string, (third: string) => string])[] = [
  ['the same key twice', (third) => `{"query":"{ nothing }","query":"{ __typename }"${third}}`],
  [
    'variables twice',
    (third) =>
      `{"query":"query($a: Boolean!){ __typename @skip(if: $a) }","variables":{"a":1},"variables":{"a":true}${third}}`,
  ],
  ['a prototype in the body', (third) => `{"query":"{ __typename }","__proto__":{"operationName":"B"}${third}}`],
  [
    'a prototype in the variables',
    (third) =>
      `{"query":"query($a: Boolean){ __typename @skip(if: $a) }","variables":{"__proto__":{"a":true}}${third}}`,
  ],
  [
    'a prototype in an input',
    (third) =>
      `{"query":${JSON.stringify(DECISION)},"variables":{"request":{"__proto__":${JSON.stringify(READS)}}}${third}}`,
  ],
  ['a query that is no text', (third) => `{"query":{"a":1}${third}}`],
  ['a query that is null', (third) => `{"query":null${third}}`],
];

test.each(BODIES)('both roads answer %s alike', async (_what, bodyWith) => {
  const headers = { authorization: gateway.as.operator };
  expect(await exchange(bodyWith(''), headers)).toEqual(await exchange(bodyWith(`,${THIRD}`), headers));
});

test.each([
  '?query={__schema{queryType{name}}}',
  '?operationName=B',
  '?variables={"a":1}',
  '?extensions={"persistedQuery":{}}',
])('both roads answer alike what is asked at an address with %s', async (search) => {
  const headers = { authorization: gateway.as.operator };
  const sent = { query: 'query A { __typename }' };
  const address = encodeURI(search);
  expect(await exchange(sent, headers, address)).toEqual(await exchange({ ...sent, ...YOGAS }, headers, address));
});

test.each([['application/graphql+json'], ['application/json; charset=utf-8'], ['APPLICATION/JSON']])(
  'both roads answer alike what is sent as %s',
  async (type) => {
    const headers = { authorization: gateway.as.operator, 'content-type': type };
    const sent = { query: '{ __typename }' };
    expect(await exchange(sent, headers)).toEqual(await exchange({ ...sent, ...YOGAS }, headers));
  },
);

interface Head {
  readonly method?: string;
  readonly accept?: string;
}

describe('the common road', () => {
  const answer = answerCommonWith({
    schema: buildSchema(),
    // No resolver is called.
    contextOf: () => ({}) as GatewayContext,
    reports: { log: createLog('silent') },
  });

  async function isAnswered(body: object, { method = 'POST', accept = '*/*' }: Head = {}): Promise<boolean> {
    const incoming = Object.assign(new IncomingMessage(new Socket()), { method });
    incoming.headers.accept = accept;
    const response = new ServerResponse(incoming);
    const work = new Work();
    const exchange: Exchange = {
      request: incoming,
      response,
      path: '/graphql',
      requestId: 'r',
      now: 0,
      began: 0,
      work,
      caller: 'none',
    };
    return answer(exchange, {} as RequestFacts, body);
  }

  test('answers a valid query, with variables or without', async () => {
    expect(await isAnswered({ query: '{ __typename }' })).toBe(true);
    const query = 'query A($skip: Boolean!) { __typename @skip(if: $skip) }';
    expect(await isAnswered({ query, variables: { skip: true } })).toBe(true);
    expect(await isAnswered({ query, variables: { skip: 'no' } })).toBe(false);
  });

  test('answers what Apollo and urql send', async () => {
    const query = 'query A { __typename }';
    expect(await isAnswered({ operationName: 'A', variables: {}, extensions: { clientLibrary: {} }, query })).toBe(
      true,
    );
    expect(await isAnswered({ operationName: 'A', query, variables: {} })).toBe(true);
    expect(await isAnswered({ operationName: null, query: '{ __typename }', extensions: null })).toBe(true);
  });

  test.each<readonly [string, object, Head]>([
    ['a mutation', { query: 'mutation { __typename }' }, {}],
    ['several operations', { query: 'query A { __typename } query B { __typename }' }, {}],
    ['a document that is not valid', { query: '{ nothing }' }, {}],
    ['a document that is no GraphQL', { query: '{' }, {}],
    ['the schema', { query: '{ __schema { __typename } }' }, {}],
    ['a batch of operations', [{ query: '{ __typename }' }], {}],
    ['a name that no operation has', { query: 'query A { __typename }', operationName: 'B' }, {}],
    ['an empty name', { query: '{ __typename }', operationName: '' }, {}],
    ['a name that is no text', { query: '{ __typename }', operationName: 7 }, {}],
    ['extensions that are no object', { query: '{ __typename }', extensions: [] }, {}],
    ['what is not GraphQL', { query: '{ __typename }', ...YOGAS }, {}],
    ['GET', { query: '{ __typename }' }, { method: 'GET' }],
    ['other types of answers', { query: '{ __typename }' }, { accept: 'text/html' }],
  ])('leaves %s to Yoga', async (_what, body, head) => {
    expect(await isAnswered(body, head)).toBe(false);
  });
});
