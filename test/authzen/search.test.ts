import { describe, expect, test } from 'vitest';
import { searchResources } from '../../src/authzen/search-resource.ts';
import type { JsonObject } from '../../src/policy/json.ts';
import { UNKNOWN_ORIGIN } from '../../src/session/call.ts';
import { NOW, OPERATOR } from '../graphql/gateway.ts';
import { A, roleArn, userArn } from '../support/policies.ts';
import { caller, MAP, openedDecisionPoint, queueArn, saying, tableOf } from './world.ts';

const point = openedDecisionPoint();

const search = (what: string, body: JsonObject, who = OPERATOR) => point.ask(who, `search/${what}`, body);
const ids = ({ results }: { results: readonly { id: string }[] }) => results.map(({ id }) => id);

describe('subjects', () => {
  const body = { subject: { type: 'user' }, action: { name: 'read' }, resource: { type: 'doc', id: 'bill' } };

  test('are those of the type that may do it', async () => {
    expect(ids(await search('subject', body))).toEqual(['ann']);
    const principals = await search('subject', { ...body, subject: { type: 'principal' } });
    // Those of another account would need the bucket’s own policy.
    expect(ids(principals)).toEqual([userArn('ann'), roleArn('App')]);
  });

  test('properties of the resource count, of a search as of an evaluation', async () => {
    const resource = { type: 'doc', id: 'bill', properties: { status: 'open' } };
    expect(ids(await search('subject', { ...body, resource }))).toEqual(['alice', 'ann']);
    expect(ids(await search('subject', { ...body, resource: { type: 'doc', id: 'plan' } }))).toEqual([
      'alice',
      'ann',
      'bob',
    ]);
  });

  test('only those that the caller may ask about are found and counted', async () => {
    const plan = { ...body, resource: { type: 'doc', id: 'plan' }, page: {} };
    const total = async (name: string) => (await search('subject', plan, caller(name))).page.total;
    expect(ids(await search('subject', plan, caller('pep')))).toEqual(['alice', 'ann']);
    expect(await total('pep')).toBe(2);
    expect(await total('bob')).toBe(1);
    expect(ids(await search('subject', plan, caller('bob')))).toEqual(['bob']);
    expect(await total('admin')).toBe(3);
  });

  test('what is not known and could matter is said', async () => {
    const { context } = await search('subject', body);
    expect(context.gaps).toContainEqual(expect.stringContaining('arn:aws:s3:::docs is not in the directory'));
    // About the bucket only to whoever may know of it.
    const others = await search('subject', body, caller('pep'));
    expect(JSON.stringify(others.context ?? {})).not.toContain('arn:aws:s3:::docs');
  });

  test('the owner of a bucket has to be known', async () => {
    const { account: _account, ...others } = MAP;
    const asked = point.ask(OPERATOR, 'search/subject', body, tableOf(others, point.services));
    await expect(asked).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      message: 'the owner of the resource is not known: the table of short names has to say it as `account`',
    });
  });
});

describe('resources', () => {
  const body = { subject: { type: 'user', id: 'alice' }, action: { name: 'read' }, resource: { type: 'doc' } };

  test('of the table’s list, in the order of their ARNs, with their properties', async () => {
    expect(ids(await search('resource', body))).toEqual(['plan']);
    expect(ids(await search('resource', { ...body, subject: { type: 'user', id: 'bob' } }))).toEqual(['note', 'plan']);
    expect(ids(await search('resource', { ...body, subject: { type: 'user', id: 'ann' } }))).toEqual([
      'bill',
      'note',
      'plan',
    ]);
  });

  test('what is found is allowed, one by one', async () => {
    for (const id of ['bill', 'note', 'plan']) {
      const { decision } = await point.ask(OPERATOR, 'evaluation', { ...body, resource: { type: 'doc', id } });
      expect([id, decision]).toEqual([id, id === 'plan']);
    }
  });

  test('properties of the request are of those of which the table says nothing', async () => {
    const resource = { type: 'doc', properties: { status: 'open' } };
    expect(ids(await search('resource', { ...body, resource }))).toEqual(['note', 'plan']);
  });

  test('of the directory, by the form of the type’s ARNs', async () => {
    const queues = { ...body, action: { name: 'send' }, resource: { type: 'queue' } };
    expect(ids(await search('resource', queues))).toEqual(['test']);
    const ann = { ...queues, subject: { type: 'user', id: 'ann' } };
    expect(ids(await search('resource', ann))).toEqual(['live', 'test']);
    const any = { ...ann, action: { name: 'sqs:SendMessage' }, resource: { type: 'any' } };
    expect(ids(await search('resource', any))).toEqual([queueArn('live'), queueArn('test')]);
  });

  test('of the directory only for whoever may list them', async () => {
    const queues = {
      ...body,
      subject: { type: 'user', id: 'ann' },
      action: { name: 'send' },
      resource: { type: 'queue' },
    };
    expect(ids(await search('resource', queues, caller('admin')))).toEqual(['live', 'test']);
    expect(ids(await search('resource', queues, caller('pep')))).toEqual([]);
    expect(ids(await search('resource', queues, caller('ann')))).toEqual([]);
  });

  test('page by page, from the list into the directory', async () => {
    const table = tableOf({ ...MAP, known: { queue: [{ id: 'test' }, { id: 'zulu' }] } }, point.services);
    const request = {
      ...body,
      subject: { type: 'user', id: 'ann' },
      action: { name: 'send' },
      resource: { type: 'queue' },
    };
    const found: string[] = [];
    const counts: number[] = [];
    for (let page: JsonObject = { limit: 1 }; ; ) {
      const answer = await point.ask(OPERATOR, 'search/resource', { ...request, page }, table);
      found.push(...ids(answer));
      counts.push(answer.page.count);
      if (answer.page.next_token === '') break;
      page = { token: answer.page.next_token };
    }
    expect([found, counts]).toEqual([
      ['test', 'zulu', 'live'],
      [1, 1, 1],
    ]);
  });

  test('an action that is not for them finds none, and says why', async () => {
    const answer = await search('resource', { ...body, action: { name: 'sqs:SendMessage' } });
    expect(answer).toEqual({
      context: { reason: expect.stringContaining('`sqs:SendMessage` cannot be asked on') },
      results: [],
    });
  });
});

describe('actions', () => {
  const body = { subject: { type: 'user', id: 'ann' }, resource: { type: 'queue', id: 'live' } };
  const names = ({ results }: { results: readonly { name: string }[] }) => results.map(({ name }) => name);

  test('of the table, by name', async () => {
    expect(names(await search('action', body))).toEqual(['purge', 'send']);
    expect(names(await search('action', { ...body, subject: { type: 'user', id: 'alice' } }))).toEqual([]);
    const context = { 'aws:SourceIp': '192.0.2.7' };
    expect(names(await search('action', { ...body, subject: { type: 'user', id: 'alice' }, context }))).toEqual([
      'purge',
    ]);
  });

  test('of AWS, where the table has none for the type', async () => {
    const found = names(await search('action', { ...body, resource: { type: 'any', id: queueArn('live') } }));
    expect(found).toContain('sqs:DeleteQueue');
    expect(found).toEqual(found.toSorted());
    expect(found).not.toContain('sqs:ListQueues');
    expect(names(await search('action', { ...body, resource: { type: 'any', id: 'arn:aws:s3:::docs/plan' } }))).toEqual(
      ['s3:GetObject'],
    );
  });

  test('page by page', async () => {
    const first = await search('action', { ...body, page: { limit: 1 } });
    expect(first).toMatchObject({ page: { count: 1, total: 2 }, results: [{ name: 'purge' }] });
    const last = await search('action', { ...body, page: { token: first.page.next_token } });
    expect(last).toEqual({ page: { next_token: '', count: 1, total: 2 }, results: [{ name: 'send' }] });
  });
});

describe('what is not there, or may not be known, finds nothing', () => {
  const of = (id: string, who = OPERATOR) => [
    search('resource', { subject: { type: 'user', id }, action: { name: 'read' }, resource: { type: 'doc' } }, who),
    search('action', { subject: { type: 'user', id }, resource: { type: 'doc', id: 'plan' } }, who),
  ];

  test('the same for a subject that is not there and one that may not be asked about', async () => {
    for (const asked of [...of('nobody'), ...of('bob', caller('pep')), ...of('bertha', caller('pep'))]) {
      expect(await asked).toEqual({ results: [] });
    }
  });

  test.each([
    [
      'subject',
      { subject: { type: 'ship' }, action: { name: 'read' }, resource: { type: 'doc', id: 'plan' } },
      'there is no type `ship` of subjects',
    ],
    [
      'subject',
      { subject: { type: 'user' }, action: { name: 'read' }, resource: { type: 'ship', id: 'x' } },
      /^there is no type `ship` of resources/,
    ],
    [
      'subject',
      { subject: { type: 'user' }, action: { name: 'reda' }, resource: { type: 'doc', id: 'x' } },
      /^there is no action `reda`/,
    ],
    [
      'resource',
      { subject: { type: 'user', id: 'ann' }, action: { name: 'read' }, resource: { type: 'ship' } },
      'there is no type `ship` of resources',
    ],
    [
      'resource',
      { subject: { type: 'ship', id: 'x' }, action: { name: 'read' }, resource: { type: 'doc' } },
      /^there is no type `ship` of subjects/,
    ],
    [
      'resource',
      { subject: { type: 'user', id: 'ann' }, action: { name: 'reda' }, resource: { type: 'doc' } },
      /^there is no action `reda`/,
    ],
    [
      'action',
      { subject: { type: 'ship', id: 'x' }, resource: { type: 'doc', id: 'plan' } },
      /^there is no type `ship` of subjects/,
    ],
    [
      'action',
      { subject: { type: 'user', id: 'ann' }, resource: { type: 'ship', id: 'x' } },
      /^there is no type `ship` of resources/,
    ],
  ])('a %s by a name that means nothing: the answer says so', async (what, body, reason) => {
    expect(await search(what, body)).toEqual({ context: { reason: saying(reason) }, results: [] });
  });
});

describe('page', () => {
  const body = { subject: { type: 'user' }, action: { name: 'read' }, resource: { type: 'doc', id: 'plan' } };
  const tokenOf = async (request: JsonObject): Promise<string> =>
    (await search('subject', { ...request, page: { limit: 1 } })).page.next_token;

  test('is in the answer if the request has one', async () => {
    expect(await search('subject', body)).not.toHaveProperty('page');
    expect((await search('subject', { ...body, page: {} })).page).toEqual({ next_token: '', count: 3, total: 3 });
    expect((await search('subject', { ...body, page: { limit: 5000, token: '' } })).page.count).toBe(3);
  });

  test('of no entry leads to the first one', async () => {
    const none = await search('subject', { ...body, page: { limit: 0 } });
    expect(none).toMatchObject({ page: { count: 0, total: 3 }, results: [] });
    expect(none.page.next_token).not.toBe('');
  });

  test('a token names an entry, so that it continues behind it even if the entry is gone', async () => {
    const token = await tokenOf(body);
    await point.services.directory.apply({ users: [{ arn: userArn('aaron'), inlinePolicies: [] }] });
    expect(ids(await search('subject', { ...body, page: { token } }))).toEqual(['ann']);
    expect(await tokenOf(body)).toBe(token);
  });

  test.each([
    ['another limit', { page: { limit: 2 } }, /^`page.limit` is not that of the search/],
    ['another action', { action: { name: 'write' } }, /^`page.token` belongs to another search/],
    ['another context', { context: { a: 1 } }, /^`page.token` belongs to another search/],
  ])('a token goes with the search that it is of: %s', async (_name, other, message) => {
    const token = await tokenOf(body);
    const page = { token, ...(other as { page?: object }).page };
    await expect(search('subject', { ...body, ...other, page })).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      message: expect.stringMatching(message),
    });
    // The order of members is no difference.
    const { resource, action, subject } = body;
    expect(ids(await search('subject', { resource, action, subject, page: { token, limit: 1 } }))).toEqual(['ann']);
  });

  test.each([
    [{ limit: -1 }, /^`page.limit` must be a whole number/],
    [{ limit: 1.5 }, /^`page.limit` must be a whole number/],
    [{ limit: '1' }, /^`page.limit` must be a whole number/],
    [{ token: 7 }, /^`page.token` must be a string/],
    [{ token: 'hunter2' }, /is not a `next_token` of this decision point$/],
    [{ token: Buffer.from('["a",1]').toString('base64url') }, /is not a `next_token`/],
    [{ token: Buffer.from('["a",1,"b"]').toString('base64url') }, /belongs to another search/],
    [{ token: 'x'.repeat(9000) }, /is not a `next_token`/],
  ])('%j is refused', async (page, message) => {
    await expect(search('subject', { ...body, page })).rejects.toMatchObject({
      message: expect.stringMatching(message),
    });
  });

  test('must be an object', async () => {
    await expect(search('subject', { ...body, page: 1 })).rejects.toMatchObject({
      message: '`page` must be an object',
    });
  });
});

test('a search in account A finds nobody of another account', async () => {
  const body = { subject: { type: 'user' }, action: { name: 'send' }, resource: { type: 'queue', id: 'live' } };
  expect(ids(await search('subject', body))).toEqual(['ann']);
  const all = await search('subject', { ...body, subject: { type: 'principal' } });
  expect(all.results.every(({ id }: { id: string }) => id.includes(`:${A}:`))).toBe(true);
});

test('a search for resources ends after 10,000, even if none of them is of the type, and goes on with the next page', async () => {
  const { directory, catalog, access } = point.services;
  const asked: unknown[] = [];
  const pages = ([one]: readonly [{ readonly after?: { readonly id: string } }]) => {
    asked.push(one.after?.id);
    const from = Number(one.after?.id.split('-').at(-1) ?? 0);
    const arns = Array.from({ length: 500 }, (_, index) => queueArn(`q-${String(from + index + 1).padStart(9, '0')}`));
    return Promise.resolve([arns.map((arn) => ({ arn }))]);
  };
  const endless = Object.create(directory, { find: { value: { pages } } });
  const table = tableOf(
    { ...MAP, resources: { part: `${queueArn('{id}')}/part` }, actions: {}, known: {} },
    point.services,
  );
  const searching = (page: JsonObject) => {
    const context = {
      access,
      catalog,
      directory: endless,
      caller: OPERATOR,
      now: NOW,
      origin: UNKNOWN_ORIGIN,
      request: {},
    };
    const body = {
      subject: { type: 'user', id: 'ann' },
      action: { name: 'sqs:SendMessage' },
      resource: { type: 'part' },
      page,
    };
    return searchResources({ context, table }, body);
  };
  const { page, results } = await searching({});
  expect([results, asked.length]).toEqual([[], 20]);
  await searching({ token: page?.next_token ?? '' });
  expect(asked[20]).toBe(queueArn('q-000010000'));
});
