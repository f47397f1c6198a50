import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startedGateway } from '../support/gateway.ts';
import { A, aUser } from '../support/policies.ts';
import { documents } from './example/documents.ts';

const read = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');
const README = read('../../src/client/README.md');
const POLICY = read('example/documents-policy.json');
const MUTATION = read('example/documents-service.graphql');

describe('the example application', () => {
  const started = startedGateway({ ROLEGATE_DEMO: 'off' });
  const member = (name: string, team: string) =>
    aUser(name, [], { tags: { team }, inlinePolicies: [{ name: 'documents', document: POLICY }] });

  let registered: unknown;

  beforeAll(async () => {
    registered = (await started.ask(MUTATION, { authorization: started.as.operator })).body;
    await started.gateway.services.directory.apply({
      accounts: [{ id: A, membership: 'NONE' }],
      users: [member('alice', 'red'), member('bob', 'blue'), member('carol', 'green'), aUser('dora')],
    });
  });

  /** What the application answers a user. */
  async function get(user: string, path: string, token = started.as.operator.slice('Bearer '.length)) {
    const server = documents(`${started.url}/graphql`, token).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo; // as: it listens on a port
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      headers: { 'x-user': user, connection: 'close' },
    });
    return `${response.status} ${await response.text()}`;
  }

  test('has a service of its own', () => {
    expect(registered).toEqual({ data: { registerService: { __typename: 'SaveServiceSuccess' } } });
  });

  test('lists what each may read: their own documents, and those of their team', async () => {
    expect(await get('alice', '/documents')).toBe('200 ["1","3"]');
    expect(await get('bob', '/documents')).toBe('200 ["2"]');
    expect(await get('carol', '/documents')).toBe('200 ["3"]');
    expect(await get('dora', '/documents')).toBe('200 []');
    expect(await get('nobody', '/documents')).toBe('200 []');
  });

  test('gives one document, or says that there is none', async () => {
    expect(await get('alice', '/documents/3')).toBe('200 The minutes');
    expect(await get('bob', '/documents/3')).toBe('404 Not found');
    expect(await get('bob', '/documents/9')).toBe('404 Not found');
  });

  test('shows nothing where its token is not known', async () => {
    expect(await get('alice', '/documents', 'not-a-token')).toBe('200 []');
    expect(await get('alice', '/documents/1', 'not-a-token')).toBe('404 Not found');
  });

  test('is what its README shows', () => {
    const shown = read('example/documents.ts').replace('../../../src/client/index.ts', 'rolegate/client');
    for (const text of [shown, MUTATION, POLICY]) expect(README).toContain(text.trimEnd());
    expect(shown.trimEnd().split('\n').length).toBeLessThanOrEqual(42);
  });
});
