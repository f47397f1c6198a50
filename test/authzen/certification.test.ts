import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { importFiles } from '../../src/importing/import-files.ts';
import { startedGateway } from '../support/gateway.ts';
import { type Answer, type HttpsFront, openHttpsFront } from './https-front.ts';

// AuthZEN's certification scenario, every level, over HTTPS: see test/data/authzen/SOURCES.md.

const DATA = fileURLToPath(new URL('../data/authzen/', import.meta.url));
const gateway = startedGateway({
  ROLEGATE_DEMO: 'off',
  ROLEGATE_AUTHZEN_MAP: `${DATA}map.json`,
  ROLEGATE_TRUSTED_PROXIES: '127.0.0.1',
});

let front: HttpsFront;

beforeAll(async () => {
  const text = readFileSync(`${DATA}account.json`, 'utf8');
  await gateway.gateway.services.directory.apply(importFiles([{ path: 'account.json', text }]).document);
  front = await openHttpsFront(gateway.url);
});
afterAll(() => front.close());

function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  return front.ask(path, {
    headers: { authorization: gateway.as.operator, 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

const EVALUATION = '/access/v1/evaluation';
const EVALUATIONS = '/access/v1/evaluations';
const search = (what: string) => `/access/v1/search/${what}`;

const alice = { type: 'user', id: 'alice' };
const bob = { type: 'user', id: 'bob' };
const admin = { ...bob, properties: { role: 'admin' } };
const record1 = { type: 'record', id: 'record-1' };
const record2 = { type: 'record', id: 'record-2' };
const archived = { ...record2, properties: { status: 'archived' } };
const active = { ...record1, properties: { status: 'active' } };
const read = { name: 'read' };
const write = { name: 'write' };
const softly = (soft: boolean) => ({ name: 'delete', properties: { soft } });
const NOW = { time: '2025-06-27T18:03-07:00', ip: '192.168.1.1' };

describe('Basic', () => {
  test.each([
    ['alice reads record-1', { subject: alice, action: read, resource: record1 }, true],
    ['alice writes record-1', { subject: alice, action: write, resource: record1 }, true],
    ['bob reads record-1', { subject: bob, action: read, resource: record1 }, true],
    ['bob does not write record-1', { subject: bob, action: write, resource: record1 }, false],
    ['a context changes nothing', { subject: alice, action: read, resource: record1, context: NOW }, true],
    ['alice does not write what is archived', { subject: alice, action: write, resource: archived }, false],
    ['an admin writes what is archived', { subject: admin, action: write, resource: archived }, true],
    ['alice deletes softly', { subject: alice, action: softly(true), resource: record1 }, true],
    ['alice does not delete otherwise', { subject: alice, action: softly(false), resource: record1 }, false],
    [
      'more properties',
      {
        subject: { ...alice, properties: { department: 'Sales', role: 'manager' } },
        action: { ...read, properties: { method: 'GET' } },
        resource: { ...active, properties: { ...active.properties, owner: 'bob' } },
      },
      true,
    ],
    [
      'unknown members',
      { subject: alice, action: read, resource: record1, foo: 'bar', futureField: { nested: true } },
      true,
    ],
  ])('%s', async (_name, body, decision) => {
    const answer = await post(EVALUATION, body);
    expect(answer).toMatchObject({
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: { decision, context: { effect: decision ? 'ALLOWED' : 'IMPLICIT_DENY', reason: expect.any(String) } },
    });
    // The same question has the same answer.
    expect((await post(EVALUATION, body)).body).toEqual(answer.body);
  });

  test.each([
    ['no subject', { action: read, resource: record1 }, '`subject` is missing'],
    ['no action', { subject: alice, resource: record1 }, '`action` is missing'],
    ['no resource', { subject: alice, action: read }, '`resource` is missing'],
    ['no type', { subject: { id: 'alice' }, action: read, resource: record1 }, '`subject.type` is missing'],
    ['no id', { subject: { type: 'user' }, action: read, resource: record1 }, '`subject.id` is missing'],
    ['no name', { subject: alice, action: {}, resource: record1 }, '`action.name` is missing'],
    [
      'no type of a resource',
      { subject: alice, action: read, resource: { id: 'record-1' } },
      '`resource.type` is missing',
    ],
    ['no id of a resource', { subject: alice, action: read, resource: { type: 'record' } }, '`resource.id` is missing'],
    [
      'a subject that is a string',
      { subject: 'alice', action: read, resource: record1 },
      '`subject` must be an object',
    ],
    [
      'a name that is a number',
      { subject: alice, action: { name: 123 }, resource: record1 },
      '`action.name` must be a string',
    ],
    ['no JSON', '{nope', 'the `body` is not JSON'],
    ['an empty body', '', 'the `body` is empty'],
  ])('%s is 400, with a sentence', async (_name, body, sentence) => {
    const { status, headers, body: said } = await post(EVALUATION, body);
    expect([status, headers['content-type']]).toEqual([400, 'application/json']);
    expect(said).toContain(sentence.replace(/^the /, ''));
  });

  test('another content type is 400', async () => {
    const { status, body } = await post(EVALUATION, '{}', { 'content-type': 'text/plain' });
    expect([status, body]).toEqual([400, 'the `content-type` must be application/json; it is `text/plain`']);
  });

  test('the id of a request comes back', async () => {
    const id = 'bfe9eb29-ab87-4ca3-be83-a1d5d8305716';
    const { headers } = await post(
      EVALUATION,
      { subject: alice, action: read, resource: record1 },
      { 'x-request-id': id },
    );
    expect(headers['x-request-id']).toBe(id);
    const without = await post(EVALUATION, { subject: alice, action: read, resource: record1 });
    expect(without.headers['x-request-id']).toMatch(/^[\w-]{36}$/);
  });
});

describe('Batch', () => {
  test.each([
    [
      'one subject',
      { subject: alice, action: read, evaluations: [{ resource: record1 }, { resource: record2 }] },
      [true, true],
    ],
    [
      'one resource',
      { subject: bob, resource: record1, evaluations: [{ action: read }, { action: write }] },
      [true, false],
    ],
    [
      'properties of resources',
      { subject: alice, action: write, evaluations: [{ resource: active }, { resource: archived }] },
      [true, false],
    ],
    [
      'properties of subjects',
      { action: write, resource: archived, evaluations: [{ subject: alice }, { subject: admin }] },
      [false, true],
    ],
    [
      'no defaults',
      {
        evaluations: [
          { subject: alice, action: read, resource: record1 },
          { subject: bob, action: write, resource: record1 },
        ],
      },
      [true, false],
    ],
    [
      'a context for all, and another',
      {
        subject: alice,
        action: read,
        context: NOW,
        evaluations: [{ resource: record1 }, { resource: record2, context: { source: 'other' } }],
      },
      [true, true],
    ],
    [
      'a default that is replaced whole',
      { subject: alice, action: write, resource: active, evaluations: [{}, { resource: archived }] },
      [true, false],
    ],
    [
      'an entry that lacks a member',
      {
        subject: alice,
        action: read,
        options: { evaluations_semantic: 'execute_all' },
        evaluations: [{ resource: record1 }, {}],
      },
      [true, false],
    ],
  ])('%s', async (_name, body, decisions) => {
    const answer = await post(EVALUATIONS, body);
    expect(answer.status).toBe(200);
    expect(answer.body).not.toHaveProperty('decision');
    expect(answer.body.evaluations.map((one: { decision: boolean }) => one.decision)).toEqual(decisions);
  });

  test.each([
    ['without a list', {}],
    ['with an empty one', { evaluations: [] }],
  ])('%s it is one evaluation', async (_name, more) => {
    const { status, body } = await post(EVALUATIONS, { subject: alice, action: read, resource: record1, ...more });
    expect([status, body.decision]).toEqual([200, true]);
  });
});

describe('Search', () => {
  const users = { subject: { type: 'user' }, action: read, resource: record1 };
  const ofUsers = (...ids: string[]) => ids.map((id) => ({ type: 'user', id }));

  test.each([
    ['who reads', users, ofUsers('alice', 'bob')],
    ['who reads, with a context', { ...users, context: NOW }, ofUsers('alice', 'bob')],
    ['an id is ignored', { ...users, subject: alice }, ofUsers('alice', 'bob')],
    ['who writes what is archived', { subject: { type: 'user' }, action: write, resource: archived }, ofUsers('bob')],
    ['nobody of a type that is not there', { ...users, subject: { type: 'spaceship' } }, []],
  ])('subjects: %s', async (_name, body, results) => {
    expect(await post(search('subject'), body)).toMatchObject({ status: 200, body: { results } });
  });

  const ofRecords = (...ids: string[]) => ids.map((id) => ({ type: 'record', id }));

  test.each([
    [
      'what alice reads',
      { subject: alice, action: read, resource: { type: 'record' } },
      ofRecords('record-1', 'record-2'),
    ],
    ['an id is ignored', { subject: alice, action: read, resource: record1 }, ofRecords('record-1', 'record-2')],
    ['what an admin writes', { subject: admin, action: write, resource: { type: 'record' } }, ofRecords('record-2')],
  ])('resources: %s', async (_name, body, results) => {
    expect(await post(search('resource'), body)).toMatchObject({ status: 200, body: { results } });
  });

  test.each([
    ['what alice does', { subject: alice, resource: record1 }, ['read', 'write']],
    ['the same with a context', { subject: alice, resource: record1, context: NOW }, ['read', 'write']],
    ['what an admin does', { subject: admin, resource: archived }, ['read', 'write']],
    [
      'nothing for a subject that is not there',
      { subject: { type: 'user', id: 'nonexistent-user' }, resource: record1 },
      [],
    ],
  ])('actions: %s', async (_name, body, names) => {
    const { status, body: found } = await post(search('action'), body);
    expect([status, found.results]).toEqual([200, names.map((name) => ({ name }))]);
  });

  test('page by page', async () => {
    const first = await post(search('subject'), { ...users, page: { limit: 1 } });
    expect(first.body).toMatchObject({
      page: { next_token: expect.stringMatching(/^[\w-]+$/), count: 1, total: 2 },
      results: ofUsers('alice'),
    });
    const token = first.body.page.next_token;
    const second = await post(search('subject'), { ...users, page: { token } });
    expect(second.body).toMatchObject({ page: { next_token: '', count: 1, total: 2 }, results: ofUsers('bob') });
    // The token is good again, and the same.
    expect((await post(search('subject'), { ...users, page: { token } })).body).toEqual(second.body);
    expect((await post(search('subject'), { ...users, page: { limit: 1 } })).body).toEqual(first.body);
  });

  test.each([
    ['subject', { subject: { type: 'user' }, resource: record1 }],
    ['resource', { action: read, resource: { type: 'record' } }],
    ['action', { subject: alice }],
    ['subject', { subject: { type: 'user' }, action: read, resource: { type: 'record' } }],
    ['resource', { subject: { type: 'user' }, action: read, resource: { type: 'record' } }],
    ['action', { subject: { type: 'user' }, resource: record1 }],
  ])('of a %s without a member is 400', async (what, body) => {
    const answer = await post(search(what), body);
    expect(answer).toMatchObject({ status: 400, body: expect.stringContaining('is missing') });
  });
});

test('Discovery', async () => {
  const { status, headers, body } = await front.ask('/.well-known/authzen-configuration', { method: 'GET' });
  expect([status, headers['content-type']]).toEqual([200, 'application/json']);
  expect(body).toEqual({
    policy_decision_point: front.url,
    access_evaluation_endpoint: `${front.url}/access/v1/evaluation`,
    access_evaluations_endpoint: `${front.url}/access/v1/evaluations`,
    search_subject_endpoint: `${front.url}/access/v1/search/subject`,
    search_resource_endpoint: `${front.url}/access/v1/search/resource`,
    search_action_endpoint: `${front.url}/access/v1/search/action`,
  });
  const { host } = new URL(front.url);
  for (const url of Object.values<string>(body)) expect(new URL(url).host).toBe(host);
});
