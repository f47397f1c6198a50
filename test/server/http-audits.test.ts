import { serverAudits } from 'graphql-http';
import { expect, test } from 'vitest';
import { startedGateway } from '../support/gateway.ts';

const gateway = startedGateway();

// https://github.com/graphql/graphql-http/tree/main/audits: what GraphQL over HTTP asks of a server.
const audits = serverAudits({
  url: () => `${gateway.url}/graphql`,
  fetchFn: (url: string, init: RequestInit = {}) => {
    const headers = new Headers(init.headers);
    headers.set('authorization', gateway.as.operator);
    return fetch(url, { ...init, headers });
  },
});

test('there are as many audits as there were', () => {
  expect(audits).toHaveLength(61);
});

test.each(audits.map((audit) => [audit.name, audit] as const))('%s', async (_name, audit) => {
  const result = await audit.fn();
  expect(result.status === 'ok' ? 'ok' : `${result.status}: ${result.reason}`).toBe('ok');
});
