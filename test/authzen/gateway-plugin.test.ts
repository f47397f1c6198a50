import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readNameTable } from '../../src/authzen/name-table.ts';
import { openCatalog } from '../../src/catalog/catalog.ts';
import type { DirectoryDocument } from '../../src/directory/document.ts';
import type { JsonObject } from '../../src/policy/json.ts';
import { OPERATOR } from '../graphql/gateway.ts';
import { A, allow, aUser } from '../support/policies.ts';
import { openedDecisionPoint, tableOf } from './world.ts';

// The README's table of short names, and its configuration of a gateway's plugin.

const README = readFileSync(new URL('../../src/authzen/README.md', import.meta.url), 'utf8');
const blocks = [...README.matchAll(/^```json\n([\s\S]*?)^```/gm)].map(([, text = '']) => text);
const block = (member: string) => JSON.parse(blocks.find((text) => text.includes(`"${member}":`)) ?? '');

const API = `arn:aws:execute-api:eu-west-1:${A}:a1b2c3d4e5/prod`;
const document: DirectoryDocument = {
  accounts: [{ id: A, membership: 'NONE' }],
  users: [
    aUser('ann', [
      allow('execute-api:Invoke', `${API}/GET/todos/*`),
      {
        ...allow('s3:GetObject', 'arn:aws:s3:::reports/*'),
        Condition: { StringEquals: { 'aws:ResourceTag/status': 'final' } },
      },
    ]),
  ],
};
const point = openedDecisionPoint(document);

/**
 * The body that https://github.com/twogenidentity/apisix-authzen sends (apisix-plugins/authzen.lua, build_authzen_request, at
 * 05cd63d7eeba5dff7470376ff0bb2f2335e66b85), for the value sources that the README uses.
 */
function bodyOfPlugin(request: { readonly method: string; readonly uri: string; readonly sub: string }): JsonObject {
  const { subject, resource, action } = block('authzen').authzen;
  const values: Readonly<Record<string, string>> = {
    'claim::sub': request.sub,
    uri: request.uri,
    method: request.method,
  };
  const given = (source: string): string => values[source] ?? source;
  return {
    subject: { type: subject.type, id: given(subject.id) },
    resource: { type: resource.type, id: given(resource.id) },
    action: { name: given(action.name) },
  };
}

describe('the plugin of APISIX', () => {
  test.each([
    ['/todos/1', 'ann', true, `on resource: ${API}/GET/todos/1 because an identity-based policy allows`],
    ['/todos/*', 'ann', true, `on resource: ${API}/GET/todos/* because an identity-based policy allows`],
    ['/users/1', 'ann', false, `on resource: ${API}/GET/users/1 because no identity-based policy allows`],
    ['/todos/1', 'nobody', false, 'user/nobody'],
  ])('a GET of %s by %s', async (uri, sub, decision, said) => {
    const body = bodyOfPlugin({ method: 'GET', uri, sub });
    const answer = await point.ask(OPERATOR, 'evaluation', body, tableOf(block('subjects'), point.services));
    expect(answer.decision).toBe(decision);
    expect(JSON.stringify(answer.context)).toContain(said);
  });

  test('a method that the table does not have is denied', async () => {
    const body = bodyOfPlugin({ method: 'PATCH', uri: '/todos/1', sub: 'ann' });
    const { decision, context } = await point.ask(
      OPERATOR,
      'evaluation',
      body,
      tableOf(block('subjects'), point.services),
    );
    expect([decision, context.error.message]).toEqual([false, expect.stringContaining('there is no action `PATCH`')]);
  });
});

test('the table is valid, and what it says of a resource is used by searches and evaluations', async () => {
  const table = readNameTable(block('subjects'), await openCatalog());
  expect(table).toHaveProperty('subjects');
  const asked = { subject: { type: 'identity', id: 'ann' }, action: { name: 'read' } };
  const report = { type: 'report', id: '2026-10' };
  const names = tableOf(block('subjects'), point.services);
  expect(await point.ask(OPERATOR, 'search/resource', { ...asked, resource: { type: 'report' } }, names)).toEqual({
    results: [report],
  });
  expect(await point.ask(OPERATOR, 'evaluation', { ...asked, resource: report }, names)).toMatchObject({
    decision: true,
  });
});
