import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ownDocuments } from '../../src/server/documents/own.ts';
import { newDataDir, removeDataDir, startTestGateway, type TestGateway } from '../support/gateway.ts';

const WHO = 'query Who { viewer { kind } }';
const TYPE = '{ __typename }';
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hashed = (text: string) => ({ persistedQuery: { version: 1, sha256Hash: sha256(text) } });

let dataDir: string;
let folder: string;
/** One that takes all documents, and one that takes those of its file alone. */
let open: TestGateway;
let strict: TestGateway;

beforeAll(async () => {
  [dataDir, folder] = [await newDataDir(), await newDataDir()];
  const file = join(folder, 'documents.json');
  writeFileSync(file, JSON.stringify({ who: WHO }));
  const manifest = join(folder, 'manifest.json');
  writeFileSync(
    manifest,
    JSON.stringify({
      format: 'apollo-persisted-query-manifest',
      version: 1,
      operations: [{ id: 'who', name: 'Who', type: 'query', body: WHO }],
    }),
  );
  open = await startTestGateway(dataDir, { ROLEGATE_TRUSTED_DOCUMENTS: file });
  strict = await startTestGateway(folder, {
    ROLEGATE_TRUSTED_DOCUMENTS: manifest,
    ROLEGATE_TRUSTED_DOCUMENTS_MODE: 'only',
  });
});
afterAll(async () => {
  await Promise.all([open.gateway.close(), strict.gateway.close()]);
  await Promise.all([removeDataDir(dataDir), removeDataDir(folder)]);
});

async function post(gateway: TestGateway, body: object, authorization?: string) {
  const headers = { 'content-type': 'application/json', ...(authorization === undefined ? {} : { authorization }) };
  const response = await fetch(`${gateway.url}/graphql`, { method: 'POST', headers, body: JSON.stringify(body) });
  const answer = await response.json();
  const one = Array.isArray(answer) ? answer[0] : answer;
  return { status: response.status, answer, message: one.errors?.[0].message, code: one.errors?.[0].extensions.code };
}

function get(gateway: TestGateway, parameters: Record<string, string>, authorization: string) {
  return fetch(`${gateway.url}/graphql?${new URLSearchParams(parameters)}`, { headers: { authorization } }).then(
    (response) => response.json(),
  );
}

describe('automatic persisted queries', () => {
  const KEYS = 'query Keys { viewer { kind } again: __typename }';

  test('are registered by callers with credentials, and asked for by their hash', async () => {
    const alice = open.as.user('alice');
    expect(await post(open, { extensions: hashed(KEYS) }, alice)).toMatchObject({
      status: 200,
      message: 'PersistedQueryNotFound',
      code: 'PERSISTED_QUERY_NOT_FOUND',
    });
    expect((await post(open, { query: KEYS, extensions: hashed(KEYS) }, alice)).answer).toEqual({
      data: { viewer: { kind: 'USER' }, again: 'Query' },
    });
    expect((await post(open, { extensions: hashed(KEYS) }, open.as.operator)).answer.data.viewer.kind).toBe('OPERATOR');
    expect(await get(open, { extensions: JSON.stringify(hashed(KEYS)) }, alice)).toMatchObject({
      data: { again: 'Query' },
    });
    expect((await post(open, [{ extensions: hashed(KEYS) }, { query: TYPE }], alice)).answer).toMatchObject([
      { data: { again: 'Query' } },
      { data: { __typename: 'Query' } },
    ]);
  });

  test('are not for callers without credentials, whoever has registered them', async () => {
    await post(open, { query: TYPE, extensions: hashed(TYPE) }, open.as.operator);
    for (const body of [{ extensions: hashed(TYPE) }, { query: TYPE, extensions: hashed(TYPE) }])
      expect(await post(open, body)).toMatchObject({
        status: 200,
        message: 'PersistedQueryNotSupported',
        code: 'PERSISTED_QUERY_NOT_SUPPORTED',
      });
    expect((await post(open, { query: TYPE })).answer).toEqual({ data: { __typename: 'Query' } });
  });

  test('are not registered under the hash of something else', async () => {
    const other = '{ other: __typename }';
    // What a client sends is never taken for an answer.
    expect(await post(open, { query: TYPE, refusal: { status: 418, code: 'MINE', message: 'mine' } })).toMatchObject({
      status: 400,
      code: 'BAD_REQUEST',
    });
    expect(await post(open, { query: TYPE, extensions: hashed(other) }, open.as.operator)).toMatchObject({
      status: 400,
      code: 'BAD_REQUEST',
      message: '`sha256Hash` is not the SHA-256 of `query`',
    });
    expect((await post(open, { extensions: hashed(other) }, open.as.operator)).message).toBe('PersistedQueryNotFound');
  });

  test('may be long, but not so long that others wait while it is hashed', async () => {
    const long = `${TYPE} #${'x'.repeat(500_000)}`;
    expect(await post(open, { query: long, extensions: hashed(long) }, open.as.operator)).toMatchObject({
      status: 413,
      code: 'REQUEST_TOO_LARGE',
      message: 'a document that is sent with its hash has at most 500000 characters: send it without the hash',
    });
  });
});

describe('trusted documents', () => {
  test.each([
    ['beside others', () => open],
    ['alone', () => strict],
  ])('%s are asked for by anybody, by id, hash or text', async (_name, gatewayOf) => {
    const gateway = gatewayOf();
    for (const body of [
      { documentId: 'who' },
      { documentId: `sha256:${sha256(WHO)}` },
      { extensions: hashed(WHO) },
      { query: WHO, extensions: hashed(WHO) },
      { query: WHO },
    ])
      expect((await post(gateway, body)).answer).toEqual({ data: { viewer: null } });
    expect((await post(gateway, { documentId: 'who' }, gateway.as.user('alice'))).answer.data.viewer.kind).toBe('USER');
    expect((await post(gateway, { documentId: 'nothing' }, gateway.as.operator)).message).toBe(
      '`documentId` names no document that is trusted here',
    );
    expect((await post(gateway, { documentId: 'who', query: TYPE }, gateway.as.operator)).status).toBe(400);
  });

  test('alone: nothing else is answered, in whatever way it is asked, to anybody but the operator', async () => {
    const alice = strict.as.user('alice');
    const refused = {
      status: 403,
      code: 'FORBIDDEN',
      message: 'only documents that the operator trusts are answered here: this one is none of them',
    };
    for (const body of [
      { query: TYPE },
      { query: '{ __schema { __typename } }' },
      { query: `${WHO} ` },
      [{ query: WHO }, { query: TYPE }],
      { query: 'mutation { exitRole { __typename } }' },
    ])
      expect(await post(strict, body, alice)).toMatchObject(refused);
    expect((await post(strict, { query: TYPE, extensions: hashed(TYPE) }, alice)).message).toBe(
      'PersistedQueryNotSupported',
    );
    expect((await get(strict, { query: TYPE }, alice)).errors[0].extensions.code).toBe('FORBIDDEN');
    expect((await get(strict, { query: WHO }, alice)).data.viewer.kind).toBe('USER');
    expect((await post(strict, { query: TYPE }, strict.as.operator)).answer).toEqual({ data: { __typename: 'Query' } });
  });

  test('alone: what the gateway’s own pages send is answered to everybody, signing in included', async () => {
    const own = await ownDocuments();
    const refused: string[] = [];
    for (const query of own) {
      const { code, message } = await post(strict, { query });
      if (code === 'FORBIDDEN' && /only documents that/.test(message)) refused.push(query);
    }
    expect(refused).toEqual([]);
    const named = (name: string): string => own.find((text) => text.includes(name)) ?? '';
    const input = { operatorToken: strict.as.operator.replace('Bearer ', '') };
    expect(await post(strict, { query: named('mutation SignIn('), variables: { input } })).toMatchObject({
      status: 200,
      answer: { data: { signIn: { __typename: 'SignInSuccess' } } },
    });
    expect((await post(strict, { query: named('query IntrospectionQuery') })).answer).toMatchObject({
      data: { __schema: { types: expect.any(Array) } },
    });
    expect((await post(strict, { query: named('query Who {') }, strict.as.user('alice'))).answer).toMatchObject({
      data: { viewer: { kind: 'USER' } },
    });
  });

  test('that are not valid refuse the start', async () => {
    const other = await newDataDir();
    const file = join(other, 'documents.json');
    writeFileSync(file, JSON.stringify({ 'what-is-this': '{ nothing }' }));
    await expect(startTestGateway(other, { ROLEGATE_TRUSTED_DOCUMENTS: file })).rejects.toThrow(
      /^the trusted document what-is-this is not valid: Cannot query field "nothing"/,
    );
    await removeDataDir(other);
  });
});
