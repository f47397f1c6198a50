import { IncomingMessage, request, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import type { GatewayContext, RequestFacts } from '../../src/graphql/context.ts';
import { buildSchema } from '../../src/graphql/schema.ts';
import { answerCommonWith } from '../../src/server/common-request.ts';
import { demoTabs } from '../../src/server/graphiql/demo-tabs.ts';
import { createLog } from '../../src/server/log.ts';
import { startedGateway } from '../support/gateway.ts';

// Most requests are answered without Yoga (src/server/common-request.ts). A body with a third key is left to Yoga, although
// `"operationName": null` means the same: both answers have to be the same, byte for byte.

const gateway = startedGateway();

interface Sent {
  readonly query: string;
  readonly variables?: unknown;
}

interface Exchanged {
  readonly status: number | undefined;
  readonly statusText: string | undefined;
  /** Names as they were sent, but for those that differ from request to request. */
  readonly headers: readonly string[];
  readonly body: string;
}

function exchange(body: object, headers: Record<string, string>): Promise<Exchanged> {
  return new Promise((resolve, reject) => {
    const sending = request(
      `${gateway.url}/graphql`,
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
          resolve({
            status: response.statusCode,
            statusText: response.statusMessage,
            headers: told.toSorted(),
            body: Buffer.concat(chunks)
              .toString('utf8')
              .replaceAll(/"requestId":"[^"]+"/g, '"requestId":""'),
          });
        });
        response.on('error', reject);
      },
    );
    sending.on('error', reject);
    sending.end(JSON.stringify(body));
  });
}

const DECISION = `query ($request: AccessRequestInput!) { decision(request: $request) { effect reason layers { layer effect } } }`;
const READS = {
  principal: 'arn:aws:iam::111111111111:user/alice',
  action: 's3:GetObject',
  resource: 'arn:aws:s3:::reports/a',
};

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
  ['letters of everywhere', { query: '{ é: __typename }' }],
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
  return [common, await exchange({ ...sent, operationName: null }, headers)];
}

describe.each(CALLERS)('both roads answer %s alike', (_name, headers) => {
  test.each(REQUESTS)('%s', async (_what, sent) => {
    const [common, yogas] = await onBothRoads(sent, headers());
    expect(common).toEqual(yogas);
  });
});

test.each(ACCEPTS)('both roads answer who accepts %s alike', async (accept) => {
  const headers = { authorization: gateway.as.operator, ...(accept === undefined ? {} : { accept }) };
  for (const [, sent] of REQUESTS.filter(([what]) => /^(the name|a batch|a document|a variable)/.test(what))) {
    const [common, yogas] = await onBothRoads(sent, headers);
    expect(common).toEqual(yogas);
  }
});

interface Head {
  readonly method?: string;
  readonly accept?: string;
}

describe('the common road', () => {
  const answer = answerCommonWith({
    schema: buildSchema(),
    // No resolver is called.
    contextOf: () => ({}) as GatewayContext,
    log: createLog('silent'),
  });

  async function isAnswered(body: unknown, { method = 'POST', accept = '*/*' }: Head = {}): Promise<boolean> {
    const incoming = Object.assign(new IncomingMessage(new Socket()), { method, body });
    incoming.headers.accept = accept;
    return answer(incoming, new ServerResponse(incoming), {} as RequestFacts);
  }

  test('answers a valid query, with variables or without', async () => {
    expect(await isAnswered({ query: '{ __typename }' })).toBe(true);
    const query = 'query A($skip: Boolean!) { __typename @skip(if: $skip) }';
    expect(await isAnswered({ query, variables: { skip: true } })).toBe(true);
    expect(await isAnswered({ query, variables: { skip: 'no' } })).toBe(false);
  });

  test.each<readonly [string, unknown, Head]>([
    ['a mutation', { query: 'mutation { __typename }' }, {}],
    ['several operations', { query: 'query A { __typename } query B { __typename }' }, {}],
    ['a document that is not valid', { query: '{ nothing }' }, {}],
    ['a document that is no GraphQL', { query: '{' }, {}],
    ['the schema', { query: '{ __schema { __typename } }' }, {}],
    ['a batch of operations', [{ query: '{ __typename }' }], {}],
    ['an operation by its name', { query: 'query A { __typename }', operationName: 'A' }, {}],
    ['extensions', { query: '{ __typename }', extensions: {} }, {}],
    ['GET', { query: '{ __typename }' }, { method: 'GET' }],
    ['other types of answers', { query: '{ __typename }' }, { accept: 'text/html' }],
  ])('leaves %s to Yoga', async (_what, body, head) => {
    expect(await isAnswered(body, head)).toBe(false);
  });
});
