import { request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { startedGateway } from '../support/gateway.ts';
import {
  BOUNDARY,
  bodyOf,
  details,
  IMPORT,
  importOf,
  noUploads,
  type Part,
  sendParts,
  uploadsOf,
} from './multipart.ts';

const gateway = startedGateway();

const send = (body: Buffer, headers?: Readonly<Record<string, string>>) => sendParts(gateway, body, headers);
const left = () => uploadsOf(gateway);
const revision = () => gateway.gateway.services.directory.revision();

afterEach(() => noUploads(gateway));

describe('refused while it is read, with nothing stored', () => {
  const ONE: readonly (readonly [string, string])[] = [['one.json', details('bad')]];
  const good = importOf(ONE);
  const withOperations = (operations: unknown, map: unknown = { f0: ['variables.input.files.0.upload'] }) => [
    { name: 'operations', content: typeof operations === 'string' ? operations : JSON.stringify(operations) },
    { name: 'map', content: typeof map === 'string' ? map : JSON.stringify(map) },
    ...good.slice(2),
  ];
  const variables = { input: { files: [{ name: 'one.json', upload: null }] } };
  const ALONE = 'a multipart request may contain the mutation `importDirectory` alone, without fragments around it';
  const ORDER = 'the parts must be `operations`, then `map`, then the files';
  const NO_NULL = 'where `operations` has no null within `variables`';

  test.each<readonly [string, readonly Part[], string]>([
    ['another mutation', withOperations({ query: 'mutation { rotateSigningKey { __typename } }', variables }), ALONE],
    ['a query', withOperations({ query: '{ viewer { __typename } }', variables }), ALONE],
    [
      'another mutation beside it',
      withOperations({ query: IMPORT.replace(/\}\s*$/, 'rotateSigningKey { __typename } }'), variables }),
      ALONE,
    ],
    [
      'it in a fragment',
      withOperations({
        query: 'mutation { ... on Mutation { importDirectory(input: {files: []}) { __typename } } }',
        variables,
      }),
      ALONE,
    ],
    [
      'an operation of another name',
      withOperations({ query: `${IMPORT} query Other { __typename }`, operationName: 'Other', variables }),
      ALONE,
    ],
    ['no GraphQL', withOperations({ query: 'mutation {', variables }), 'Syntax Error'],
    ['a batch', withOperations([{ query: IMPORT, variables }]), '`operations` must be a JSON object'],
    ['no query', withOperations({ variables }), '`operations` has no `query`'],
    ['no JSON', withOperations('{'), '`operations` is not valid JSON'],
    ['a map that is none', withOperations({ query: IMPORT, variables }, '[]'), '`map` must be a JSON object'],
    [
      'a place outside of the variables',
      withOperations({ query: IMPORT, variables, extensions: null }, { f0: ['extensions'] }),
      NO_NULL,
    ],
    [
      'a place that is not null',
      withOperations({ query: IMPORT, variables }, { f0: ['variables.input.files.0.name'] }),
      NO_NULL,
    ],
    [
      'a place that is not there',
      withOperations({ query: IMPORT, variables }, { f0: ['variables.input.__proto__.x'] }),
      NO_NULL,
    ],
    [
      'one file at two places',
      withOperations({ query: IMPORT, variables }, { f0: ['variables.a', 'variables.b'] }),
      'a list of one path',
    ],
    [
      'two files at one place',
      withOperations(
        { query: IMPORT, variables },
        { f0: ['variables.input.files.0.upload'], f1: ['variables.input.files.0.upload'] },
      ),
      'twice',
    ],
    ['files before what they are for', [...good.slice(2), ...good.slice(0, 2)], ORDER],
    ['the map first', [...good.slice(1, 2), ...good.slice(0, 1), ...good.slice(2)], ORDER],
    [
      'a file that nothing asks for',
      [...good, { name: 'f9', content: '{}', filename: 'x' }],
      '`map` does not name the part `f9`',
    ],
    ['a file that is missing', good.slice(0, 2), '`map` names the part `f0`, which is not there'],
    ['a file twice', [...good, ...good.slice(2)], 'or it is there twice'],
    ['no parts', [], 'the parts `operations` and `map` are not there'],
  ])('%s', async (_name, parts, message) => {
    const before = await revision();
    const { status, body } = await send(bodyOf(parts));
    expect(status).toBe(400);
    expect(body.errors[0].extensions.code).toBe('BAD_REQUEST');
    expect(body.errors[0].message).toContain(message);
    expect(await revision()).toBe(before);
  });

  test('a body without its end, and one that is no multipart', async () => {
    for (const body of [bodyOf(good, ''), bodyOf(good).subarray(0, -40), Buffer.from('hello')]) {
      const { status, body: answer } = await send(body);
      expect(status).toBe(400);
      expect(answer.errors[0].message).toBe('the body is not multipart/form-data as its header says');
    }
    const authorization = gateway.as.operator;
    const unbounded = await send(bodyOf(good), { authorization, 'content-type': 'multipart/form-data' });
    expect([unbounded.status, unbounded.body.errors[0].message]).toEqual([
      400,
      'the `content-type` names no boundary between the parts',
    ]);
  });

  test('more files than a request may have', async () => {
    const many = Array.from({ length: 10_001 }, (_, index): readonly [string, string] => [`${index}.json`, '{}']);
    const { status, body } = await send(bodyOf(importOf(many)));
    expect(status).toBe(400);
    expect(body.errors[0].message).toBe('`map` names 10001 files; the limit is 10000: put them into an archive');
  });

  test('a sender that disconnects: nothing is imported', async () => {
    const before = await revision();
    const whole = bodyOf(good);
    const sent = request(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
        'content-length': String(whole.length),
        authorization: gateway.as.operator,
      },
    });
    sent.on('error', () => undefined);
    sent.write(whole.subarray(0, -60));
    await expect.poll(left, { timeout: 5000 }).toHaveLength(1);
    sent.destroy();
    await expect.poll(left, { timeout: 5000 }).toEqual([]);
    await delay(100);
    expect(await revision()).toBe(before);
  });
});
