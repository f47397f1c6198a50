import { describe, expect, test } from 'vitest';
import { AccessDeniedError, createRolegate, type Failure } from '../../src/client/index.ts';
import { ALLOWED, DENIED, decide, fakeGateway } from './fake-gateway.ts';

const ALICE = 'arn:aws:iam::111111111111:user/alice';
const BOB = 'arn:aws:iam::111111111111:user/bob';
const order = (id: number | string): string => `arn:aws:orders:eu-west-1:111111111111:order/${id}`;
const GET = 'orders:GetOrder';

describe('checks of one turn', () => {
  test('of one principal are one request for it, and have their own answers', async () => {
    const gateway = await fakeGateway((asked, response) => decide(response, asked, [ALLOWED, DENIED]));
    const rolegate = createRolegate({ url: gateway.url, token: 'secret' });
    const answers = await Promise.all([rolegate.can(ALICE, GET, order(1)), rolegate.can(ALICE, GET, order(2))]);
    expect(answers).toEqual([true, false]);
    expect(gateway.asked).toMatchObject([
      {
        authorization: 'Bearer secret',
        variables: {
          principal: ALICE,
          checks: [
            { action: GET, resource: order(1) },
            { action: GET, resource: order(2) },
          ],
        },
      },
    ]);
  });

  test('of several principals or contexts are one request for all, which has nothing but what the schema takes', async () => {
    const gateway = await fakeGateway((asked, response) => decide(response, asked, [ALLOWED]));
    const rolegate = createRolegate({ url: gateway.url, token: 'secret' });
    const context = { 'orders:Channel': 'web' };
    const mine = { principal: ALICE, action: GET, resource: order(1), context, note: 'mine' };
    const all = await Promise.all([
      rolegate.can(ALICE, GET, order(1), context, { assumedRole: 'arn:aws:iam::111111111111:role/App' }),
      // A turn has many microtasks.
      Promise.resolve().then(() => rolegate.can(BOB, GET, order(1))),
      rolegate.canAll([mine, { ...mine, context: { 'orders:Channel': 'app' } }]),
    ]);
    expect(all).toEqual([true, true, true]);
    expect(gateway.asked.map(({ count }) => count)).toEqual([4]);
    expect(JSON.stringify(gateway.asked[0]?.variables)).not.toContain('note');
  });

  test('are divided where they are more than one request may have, on connections that are kept', async () => {
    const gateway = await fakeGateway((asked, response) => decide(response, asked, [ALLOWED]));
    const rolegate = createRolegate({ url: gateway.url, token: 'secret', maxBatch: 10 });
    const resources = Array.from({ length: 25 }, (_, index) => order(index));
    expect(await rolegate.filter({ principal: ALICE, action: GET }, resources)).toEqual(resources);
    expect(gateway.asked.map(({ count }) => count).toSorted((a, b) => a - b)).toEqual([5, 10, 10]);
    for (let turn = 0; turn < 5; turn += 1) await rolegate.can(ALICE, GET, order(turn));
    expect(gateway.connections()).toBeLessThanOrEqual(3);
  });

  test('can be of things that have an ARN', async () => {
    const gateway = await fakeGateway((asked, response) => decide(response, asked, [DENIED, ALLOWED]));
    const rolegate = createRolegate({ url: gateway.url, token: async () => 'fresh' });
    const orders = [{ id: 1 }, { id: 2 }, { id: 3 }, { id: 4 }];
    const found = await rolegate.filter({ principal: ALICE, action: GET }, orders, { arnOf: ({ id }) => order(id) });
    expect(found).toEqual([{ id: 2 }, { id: 4 }]);
    expect(gateway.asked[0]?.authorization).toBe('Bearer fresh');
  });
});

test('what is required and denied is an error with the verdict', async () => {
  const gateway = await fakeGateway((asked, response) => decide(response, asked, [DENIED]));
  const rolegate = createRolegate({ url: gateway.url, token: { accessKeyId: 'AKIA1', secretAccessKey: 's' } });
  const error = await rolegate.requireCan(ALICE, GET, order(1)).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(AccessDeniedError);
  expect(error).toMatchObject({
    status: 403,
    message: 'no policy allows it',
    check: { principal: ALICE, action: GET, resource: order(1) },
    verdict: { allowed: false, effect: 'IMPLICIT_DENY', deniedBy: 'IDENTITY_POLICY', failure: null },
  });
  expect(gateway.asked[0]?.authorization).toBe(`Basic ${Buffer.from('AKIA1:s').toString('base64')}`);
});

describe('what is not decided is denied, and says why:', () => {
  const failing = async (
    answering: Parameters<typeof fakeGateway>[0],
    options: { readonly timeoutMs?: number } = {},
  ) => {
    const gateway = await fakeGateway(answering);
    const failures: Failure[] = [];
    const rolegate = createRolegate({
      url: gateway.url,
      token: 'secret',
      onFailure: (failure) => void failures.push(failure),
      ...options,
    });
    const verdict = await rolegate.decide({ principal: ALICE, action: GET, resource: order(1) });
    expect(verdict).toMatchObject({ allowed: false, effect: null, deniedBy: null });
    expect(failures).toEqual([verdict.failure]);
    expect(JSON.stringify(verdict)).not.toContain('secret');
    return { failure: verdict.failure, requests: gateway.asked.length, gateway, rolegate };
  };

  test('no answer in time', async () => {
    const begun = performance.now();
    const { failure } = await failing(() => undefined, { timeoutMs: 150 });
    expect(failure).toEqual({ code: 'TIMEOUT', message: 'the gateway did not answer within 150 ms' });
    expect(performance.now() - begun).toBeLessThan(2_000);
  });

  test('an answer that never ends', async () => {
    const { failure } = await failing((_asked, response) => void response.write('{"data":'), { timeoutMs: 150 });
    expect(failure?.code).toBe('TIMEOUT');
  });

  test('an entry that is refused, while its siblings are answered', async () => {
    const gateway = await fakeGateway((asked, response) =>
      decide(
        response,
        asked,
        [ALLOWED],
        [{ path: ['decisionsFor', 1], message: 'no action `x:Y`', extensions: { code: 'BAD_USER_INPUT' } }],
      ),
    );
    const rolegate = createRolegate({ url: gateway.url, token: 'secret' });
    const checks = [GET, 'x:Y', GET].map((action) => ({ principal: ALICE, action, resource: order(1) }));
    const verdicts = await rolegate.decideAll(checks);
    expect(verdicts.map(({ allowed }) => allowed)).toEqual([true, false, true]);
    expect(verdicts[1]?.failure).toEqual({ code: 'BAD_USER_INPUT', message: 'no action `x:Y`' });
    expect(await rolegate.canAll(checks)).toBe(false);
  });

  test('an error of all, credentials that do not count', async () => {
    const { failure, requests } = await failing((_asked, response) => {
      response.statusCode = 401;
      response.end(JSON.stringify({ errors: [{ message: 'not valid', extensions: { code: 'UNAUTHENTICATED' } }] }));
    });
    expect([failure, requests]).toEqual([{ code: 'UNAUTHENTICATED', message: 'not valid' }, 1]);
  });

  test.each([
    ['a page of a proxy', 502, '<html>', 'HTTP_502'],
    ['a list that is too short', 200, '{"data":{"decisionsFor":[]}}', 'UNREACHABLE'],
    ['an effect that is not known', 200, '{"data":{"decisionsFor":[{"effect":"MAYBE","reason":""}]}}', 'UNREACHABLE'],
    ['a text for an effect', 200, '{"data":{"decisionsFor":["ALLOWED"]}}', 'UNREACHABLE'],
    ['no data', 200, 'true', 'HTTP_200'],
    ['errors of another form', 200, '{"data":null,"errors":[1,null,{"message":"x"}]}', 'ERROR'],
  ])('%s', async (_what, status, body, code) => {
    const { failure } = await failing((_asked, response) => {
      response.statusCode = status;
      response.end(body);
    });
    expect(failure?.code).toBe(code);
  });

  test('an address that sends elsewhere: credentials do not follow', async () => {
    const other = await fakeGateway((asked, response) => decide(response, asked, [ALLOWED]));
    const { failure } = await failing(
      (_asked, response) => {
        response.writeHead(307, { location: other.url });
        response.end();
      },
      { timeoutMs: 300 },
    );
    expect(failure?.code).toMatch(/UNREACHABLE|TIMEOUT/);
    expect(other.asked).toEqual([]);
  });

  test('nobody listens', async () => {
    const rolegate = createRolegate({ url: 'http://127.0.0.1:1/graphql', token: 'secret', timeoutMs: 400 });
    const { failure } = await rolegate.decide({ principal: ALICE, action: GET, resource: order(1) });
    expect(failure?.code).toMatch(/UNREACHABLE|TIMEOUT/);
  });

  test('whatever becomes of what is told of it', async () => {
    const gateway = await fakeGateway((_asked, response) => {
      response.statusCode = 500;
      response.end();
    });
    const told: Failure[] = [];
    const onFailure = (failure: Failure): never => {
      told.push(failure);
      throw new Error('the log is full');
    };
    const rolegate = createRolegate({ url: gateway.url, token: 'secret', onFailure });
    const checks = [1, 2, 3].map((id) => ({ principal: ALICE, action: GET, resource: order(id) }));
    const verdicts = await rolegate.decideAll(checks);
    expect(verdicts.map(({ allowed, failure }) => [allowed, failure?.code])).toEqual(
      checks.map(() => [false, 'HTTP_500']),
    );
    expect(told).toHaveLength(3);
  });

  test('a token that cannot be had', async () => {
    const token = () => Promise.reject(new Error('no token'));
    const rolegate = createRolegate({ url: 'http://127.0.0.1:1/graphql', token, timeoutMs: 400 });
    expect(await rolegate.can(ALICE, GET, order(1))).toBe(false);
  });
});

describe('a gateway that is busy is asked again', () => {
  test.each([429, 503])('after %i, when it says', async (status) => {
    const times: number[] = [];
    const gateway = await fakeGateway((asked, response, index) => {
      times.push(performance.now());
      if (index > 0) return decide(response, asked, [ALLOWED]);
      response.writeHead(status, { 'retry-after': '1' });
      response.end();
    });
    const rolegate = createRolegate({ url: gateway.url, token: 'secret', timeoutMs: 10_000 });
    expect(await rolegate.can(ALICE, GET, order(1))).toBe(true);
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(900);
  });

  test('but not where that would be too late: it is denied at once', async () => {
    const gateway = await fakeGateway((_asked, response) => {
      response.writeHead(429, { 'retry-after': '60' });
      response.end(JSON.stringify({ errors: [{ message: 'slow down', extensions: { code: 'THROTTLED' } }] }));
    });
    const rolegate = createRolegate({ url: gateway.url, token: 'secret', timeoutMs: 20_000 });
    const { failure } = await rolegate.decide({ principal: ALICE, action: GET, resource: order(1) });
    expect([failure, gateway.asked.length]).toEqual([{ code: 'THROTTLED', message: 'slow down' }, 1]);
  });

  test('a few times', async () => {
    const gateway = await fakeGateway((_asked, response) => {
      response.writeHead(503, { 'retry-after': '0' });
      response.end();
    });
    const rolegate = createRolegate({ url: gateway.url, token: 'secret', timeoutMs: 20_000 });
    const { failure } = await rolegate.decide({ principal: ALICE, action: GET, resource: order(1) });
    expect([failure?.code, gateway.asked.length]).toEqual(['HTTP_503', 5]);
  });
});

describe('a call that is called off', () => {
  test('rejects with the reason, and its request ends when nobody waits any more', async () => {
    let ended = 0;
    const gateway = await fakeGateway((_asked, response) => void response.on('close', () => (ended += 1)));
    const rolegate = createRolegate({ url: gateway.url, token: 'secret', timeoutMs: 20_000 });
    const control = new AbortController();
    const calls = [1, 2].map((id) => rolegate.can(ALICE, GET, order(id), {}, { signal: control.signal }));
    const settled = Promise.allSettled(calls);
    await expect.poll(() => gateway.asked.length).toBe(1);
    control.abort(new Error('enough'));
    for (const one of await settled) expect(one).toMatchObject({ status: 'rejected', reason: { message: 'enough' } });
    await expect.poll(() => ended).toBe(1);
  });

  test('before it was sent is not asked, and the others are', async () => {
    const gateway = await fakeGateway((asked, response) => decide(response, asked, [ALLOWED]));
    const rolegate = createRolegate({ url: gateway.url, token: 'secret' });
    const control = new AbortController();
    const called = rolegate.can(ALICE, GET, order(1), {}, { signal: control.signal });
    control.abort();
    const other = rolegate.can(ALICE, GET, order(2));
    await expect(called).rejects.toThrow('aborted');
    await expect(rolegate.can(ALICE, GET, order(3), {}, { signal: control.signal })).rejects.toThrow('aborted');
    expect(await other).toBe(true);
    expect(gateway.asked.map(({ count }) => count)).toEqual([1]);
  });
});

test.each([
  ['an address of another kind', { url: 'ftp://example.com' }],
  ['no address', { url: 'rolegate' }],
  ['no time', { timeoutMs: 0 }],
  ['more time than a timer has', { timeoutMs: 2 ** 31 }],
  ['too many', { maxBatch: 10_001 }],
])('%s is refused', (_what, options) => {
  expect(() => createRolegate({ url: 'http://127.0.0.1:1', token: 'secret', ...options })).toThrow(TypeError);
});
