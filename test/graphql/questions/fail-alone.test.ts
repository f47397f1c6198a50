import * as fc from 'fast-check';
import type { ExecutionResult } from 'graphql';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createAccess } from '../../../src/access/access.ts';
import { type Catalog, openCatalog } from '../../../src/catalog/catalog.ts';
import { demoDirectory } from '../../../src/directory/demo/demo.ts';
import type { GatewayServices } from '../../../src/graphql/context.ts';
import { RolegateError } from '../../../src/policy/errors.ts';
import { MemoryDirectory } from '../../support/memory-directory.ts';
import { faultsOf, type Gateway, gatewayOn, OPERATOR, signedIn } from '../gateway.ts';

// A field that can fail alone fails alone: a question that cannot be answered is null at its place, with its error there,
// and its neighbours are answered as if it had not been asked.

const ALICE = 'arn:aws:iam::111111111111:user/alice';
const BOB = 'arn:aws:iam::222222222222:user/bob';
const OWN_OBJECT = 'arn:aws:s3:::dev-alice/notes.txt';
const DEPLOYER = 'arn:aws:iam::111111111111:role/Deployer';

let catalog: Catalog;
let directory: MemoryDirectory;
let gateway: Gateway;

beforeAll(async () => {
  catalog = await openCatalog();
});

beforeEach(() => {
  directory = new MemoryDirectory(demoDirectory(), catalog);
  const access = createAccess(directory, catalog);
  gateway = gatewayOn({ access, directory, catalog } as unknown as GatewayServices); // nothing here reads tables or signs in
});

const GOOD = { principal: ALICE, action: 's3:GetObject', resource: OWN_OBJECT };

const DECISIONS =
  'query ($requests: [AccessRequestInput!]!) { decisions(requests: $requests) { allowed reason action resource } }';

/** The request at fault, its input at fault, and the code. */
const FAULTS: readonly (readonly [string, object, string, string])[] = [
  ['an ARN that is none', { resource: 's3://bucket/key' }, 'resource', 'BAD_USER_INPUT'],
  ['an ARN with U+0000', { resource: 'arn:aws:s3:::dev-alice/a\0b' }, 'resource', 'BAD_USER_INPUT'],
  ['a principal that is none', { principal: 'alice' }, 'principal', 'BAD_USER_INPUT'],
  ['an account that is none', { resourceAccount: '1234' }, 'resourceAccount', 'BAD_USER_INPUT'],
  ['a context value that is none', { context: { 'aws:SourceIp': { ip: 1 } } }, 'context', 'BAD_USER_INPUT'],
  ['a context text that is no JSON', { context: '{"aws:SourceIp": ' }, 'context', 'BAD_USER_INPUT'],
  ['a context key given twice', { context: { 'aws:a': 'x', 'AWS:A': 'y' } }, 'context', 'BAD_USER_INPUT'],
  ['an action that is none', { action: 's3:GetObjcet' }, 'action', 'BAD_USER_INPUT'],
  ['a role ARN that is none', { assumedRole: 'Deployer' }, 'assumedRole', 'BAD_USER_INPUT'],
  [
    'a further resource that is none',
    { furtherResources: [OWN_OBJECT, 'nothing'] },
    'furtherResources[1]',
    'BAD_USER_INPUT',
  ],
  [
    'a tag given twice',
    {
      assumedRole: DEPLOYER,
      session: {
        tags: [
          { key: 'team', value: 'a' },
          { key: 'Team', value: 'b' },
        ],
      },
    },
    'session.tags[1].key',
    'BAD_USER_INPUT',
  ],
  [
    'a session policy that is no ARN',
    { assumedRole: DEPLOYER, session: { sessionPolicyArns: ['ReadOnly'] } },
    'session.sessionPolicyArns[0]',
    'BAD_USER_INPUT',
  ],
  ['a principal that is not there', { principal: 'arn:aws:iam::111111111111:user/nobody' }, 'principal', 'NOT_FOUND'],
  ['a role that is not there', { assumedRole: 'arn:aws:iam::111111111111:role/Nothing' }, 'assumedRole', 'NOT_FOUND'],
];

function placesOf({ errors = [] }: ExecutionResult): readonly unknown[] {
  return errors.map(({ path, extensions }) => ({ path, code: extensions?.['code'], field: extensions?.['field'] }));
}

describe('`decisions`', () => {
  test.each(FAULTS)('%s is null at its place, and its neighbours are answered', async (_what, fault, input, code) => {
    const requests = Array.from({ length: 20 }, (_, index) => (index === 17 ? { ...GOOD, ...fault } : GOOD));
    const result = await gateway.ask(OPERATOR, DECISIONS, { requests });
    const decisions = result.data?.['decisions'] as readonly unknown[];
    expect(decisions.map((decision) => decision === null)).toEqual(requests.map((_, index) => index === 17));
    expect(decisions[18]).toMatchObject({ allowed: true, action: 's3:GetObject' });
    expect(placesOf(result)).toEqual([{ path: ['decisions', 17], code, field: `requests[17].${input}` }]);
    expect(result.errors?.[0]?.locations).toHaveLength(1);
  });

  test('a literal is judged as a variable is', async () => {
    const query = `{ decisions(requests: [
      { principal: "alice", action: "s3:GetObject", resource: "${OWN_OBJECT}" },
      { principal: "${ALICE}", action: "s3:GetObject", resource: "${OWN_OBJECT}", context: { a: { b: 1 } } },
      { principal: "${ALICE}", action: "s3:GetObject", resource: "${OWN_OBJECT}" }
    ]) { allowed } }`;
    const result = await gateway.ask(OPERATOR, query);
    expect(result.data).toEqual({ decisions: [null, null, { allowed: true }] });
    expect(placesOf(result)).toEqual([
      { path: ['decisions', 0], code: 'BAD_USER_INPUT', field: 'requests[0].principal' },
      { path: ['decisions', 1], code: 'BAD_USER_INPUT', field: 'requests[1].context' },
    ]);
  });

  test('a context may be a text that holds it as JSON, but not a text in a text', async () => {
    const resource = OWN_OBJECT;
    const told = async (context: unknown) => {
      const request = { ...GOOD, resource, context };
      const result = await gateway.ask(
        OPERATOR,
        'query ($request: AccessRequestInput!) { decision(request: $request) { context: missingContextKeys effect } }',
        { request },
      );
      return result.errors === undefined ? result.data : placesOf(result);
    };
    const given = { 'aws:SourceIp': '203.0.113.7', 'aws:TagKeys': ['team'] };
    expect(await told(JSON.stringify(given))).toEqual(await told(given));
    const bad = [{ path: undefined, code: 'BAD_USER_INPUT', field: 'request.context' }];
    for (const text of ['null', '[]', '3', JSON.stringify(JSON.stringify(given)), `"${'x'.repeat(262_143)}"`])
      expect(await told(text)).toEqual(bad);
  });

  test('what the caller may not ask is null at its place', async () => {
    const result = await gateway.ask(signedIn(ALICE), DECISIONS, { requests: [GOOD, { ...GOOD, principal: BOB }] });
    expect(result.data?.['decisions']).toMatchObject([{ allowed: true }, null]);
    expect(placesOf(result)).toEqual([{ path: ['decisions', 1], code: 'FORBIDDEN', field: 'requests[1].principal' }]);
  });

  test('what is no text fails the request: no field is asked', async () => {
    const result = await gateway.ask(OPERATOR, DECISIONS, { requests: [GOOD, { ...GOOD, resource: 1 }] });
    expect(result.data).toBeUndefined();
    expect(placesOf(result)).toEqual([{ path: undefined, code: 'BAD_USER_INPUT', field: 'requests[1].resource' }]);
  });

  test('a directory that cannot be read is one error of the field, and not one for each request', async () => {
    directory.gather = () => Promise.reject(new RolegateError('DIRECTORY_UNAVAILABLE', 'the database is away'));
    const result = await gateway.ask(OPERATOR, DECISIONS, { requests: [GOOD, GOOD, GOOD] });
    expect(result.data).toEqual({ decisions: null });
    expect(placesOf(result)).toEqual([{ path: ['decisions'], code: 'DIRECTORY_UNAVAILABLE', field: undefined }]);
  });
});

describe('more than 100 errors at one place', () => {
  test('150 of 10,000: 100 at their places, and one that counts the others', async () => {
    const isBad = (index: number): boolean => index % 66 === 0 && index < 9900;
    const checks = Array.from({ length: 10_000 }, (_, index) => ({
      action: 's3:GetObject',
      resource: isBad(index) ? 'x'.repeat(2000) : `arn:aws:s3:::dev-alice/${index}`,
    }));
    const query = `query ($checks: [CheckInput!]!) { decisionsFor(principal: "${ALICE}", checks: $checks) { allowed } }`;
    const result = await gateway.ask(OPERATOR, query, { checks });
    const decisions = result.data?.['decisionsFor'] as readonly ({ readonly allowed: boolean } | null)[];
    expect(decisions.map((decision) => decision?.allowed ?? null)).toEqual(
      checks.map((_, index) => (isBad(index) ? null : true)),
    );
    const errors = result.errors ?? [];
    expect(errors).toHaveLength(101);
    expect(placesOf({ errors: errors.slice(0, 100) })).toEqual(
      Array.from({ length: 100 }, (_, nth) => ({
        path: ['decisionsFor', nth * 66],
        code: 'BAD_USER_INPUT',
        field: `checks[${nth * 66}].resource`,
      })),
    );
    expect(errors[100]).toEqual({
      message: '`decisionsFor`: 50 more could not be answered; they are null, too',
      extensions: { code: 'MORE_ERRORS', count: 50 },
    });
    // Each error names its value, shortened.
    expect(JSON.stringify(errors).length).toBeLessThan(100_000);
  });

  test('exactly 100 are all told, and nothing is counted', async () => {
    const requests = Array.from({ length: 100 }, () => ({ ...GOOD, resource: 'none' }));
    const { errors = [] } = await gateway.ask(OPERATOR, DECISIONS, { requests });
    expect(errors).toHaveLength(100);
    expect(errors.filter(({ path }) => path === undefined)).toEqual([]);
  });

  test('each alias, and each operation of a batch, has its own', async () => {
    const bad = (count: number): object[] => Array.from({ length: count }, () => ({ ...GOOD, action: 's3:None' }));
    const query = `query ($a: [AccessRequestInput!]!, $b: [AccessRequestInput!]!) {
      a: decisions(requests: $a) { allowed } b: decisions(requests: $b) { allowed } decisions(requests: $b) { allowed }
    }`;
    const counts = (result: ExecutionResult | undefined): readonly unknown[] =>
      (result?.errors ?? [])
        .filter(({ path }) => path === undefined)
        .map(({ message, extensions }) => [message.split(':')[0], extensions?.['code'], extensions?.['count']]);
    const [first, second] = await gateway.askTogether(OPERATOR, [
      { query, variables: { a: bad(130), b: bad(40) } },
      { query, variables: { a: bad(99), b: bad(101) } },
    ]);
    expect(counts(first)).toEqual([['`a`', 'MORE_ERRORS', 30]]);
    expect(first?.errors).toHaveLength(100 + 40 + 40 + 1);
    expect(counts(second)).toEqual([
      ['`b`', 'MORE_ERRORS', 1],
      ['`decisions`', 'MORE_ERRORS', 1],
    ]);
    expect(second?.errors).toHaveLength(99 + 100 + 100 + 2);
  });

  test('of a field beneath a list as well', async () => {
    const query = `query ($requests: [AccessRequestInput!]!) {
      decisions(requests: $requests) { principal { can(action: "s3:None", resource: "*") { allowed } } }
    }`;
    const requests = Array.from({ length: 120 }, () => GOOD);
    const result = await gateway.ask(OPERATOR, query, { requests });
    expect(result.data?.['decisions']).toEqual(requests.map(() => ({ principal: { can: null } })));
    expect(result.errors).toHaveLength(101);
    expect(result.errors?.[99]?.path).toEqual(['decisions', 99, 'principal', 'can']);
    expect(result.errors?.[100]).toMatchObject({
      message: expect.stringContaining('`decisions.principal.can`'),
      extensions: { code: 'MORE_ERRORS', count: 20 },
    });
  });
});

test('a question asked at several places is decided once, and each of its errors names its own place', async () => {
  const query = `query ($request: AccessRequestInput!, $check: CheckInput!) {
    decision(request: $request) { allowed }
    decisions(requests: [$request, $request]) { allowed }
    decisionsFor(principal: "${ALICE}", checks: [$check]) { allowed }
  }`;
  const check = { action: 's3:None', resource: OWN_OBJECT };
  const result = await gateway.ask(OPERATOR, query, { request: { principal: ALICE, ...check }, check });
  expect(result.data).toMatchObject({ decision: null, decisions: [null, null], decisionsFor: [null] });
  const places = [
    [['decision'], 'request.action'],
    [['decisions', 0], 'requests[0].action'],
    [['decisions', 1], 'requests[1].action'],
    [['decisionsFor', 0], 'checks[0].action'],
  ].map(([path, field]) => ({ path, code: 'BAD_USER_INPUT', field }));
  expect(placesOf(result)).toHaveLength(places.length);
  expect(placesOf(result)).toEqual(expect.arrayContaining(places));
  expect(directory.gathers).toBe(1);
});

describe('lists of other questions', () => {
  test('`decisionsFor`: a check fails alone, and who is asked about fails the field', async () => {
    const query = `query ($principal: PrincipalId!, $role: Arn, $checks: [CheckInput!]!) {
      decisionsFor(principal: $principal, assumedRole: $role, checks: $checks) { allowed }
    }`;
    const good = { action: 's3:GetObject', resource: OWN_OBJECT };
    const checks = [good, { ...good, action: 'getObject' }, { ...good, resourceAccount: 'x' }, good];
    const mixed = await gateway.ask(OPERATOR, query, { principal: ALICE, checks });
    expect(mixed.data).toEqual({ decisionsFor: [{ allowed: true }, null, null, { allowed: true }] });
    expect(placesOf(mixed)).toEqual([
      { path: ['decisionsFor', 1], code: 'BAD_USER_INPUT', field: 'checks[1].action' },
      { path: ['decisionsFor', 2], code: 'BAD_USER_INPUT', field: 'checks[2].resourceAccount' },
    ]);
    const cases = [
      [{ principal: 'nobody', checks }, 'BAD_USER_INPUT', 'principal'],
      [{ principal: 'arn:aws:iam::111111111111:user/nobody', checks }, 'NOT_FOUND', 'principal'],
      [{ principal: ALICE, role: 'arn:aws:iam::111111111111:role/None', checks }, 'NOT_FOUND', 'assumedRole'],
    ] as const;
    for (const [variables, code, field] of cases) {
      const result = await gateway.ask(OPERATOR, query, variables);
      expect(result.data).toEqual({ decisionsFor: null });
      expect(placesOf(result)).toEqual([{ path: ['decisionsFor'], code, field }]);
    }
  });

  test('`simulateCustomPolicies`: a request fails alone, and a policy fails the field', async () => {
    const query =
      'query ($input: SimulateCustomPoliciesInput!) { simulateCustomPolicies(input: $input) { allowed resource } }';
    const policy = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 's3:*', Resource: '*' } };
    const good = { action: 's3:GetObject', resource: OWN_OBJECT };
    const requests = [{ ...good, resource: 'x' }, good, { ...good, action: 's3:*' }, { ...good, context: { a: [{}] } }];
    const input = { caller: { principal: ALICE }, identityPolicies: [policy], requests };
    const result = await gateway.ask(OPERATOR, query, { input });
    expect(result.data).toEqual({
      simulateCustomPolicies: [null, { allowed: true, resource: OWN_OBJECT }, null, null],
    });
    expect(placesOf(result)).toEqual([
      { path: ['simulateCustomPolicies', 0], code: 'BAD_USER_INPUT', field: 'input.requests[0].resource' },
      { path: ['simulateCustomPolicies', 2], code: 'BAD_USER_INPUT', field: 'input.requests[2].action' },
      { path: ['simulateCustomPolicies', 3], code: 'BAD_USER_INPUT', field: 'input.requests[3].context' },
    ]);
    for (const [fault, field] of [
      [{ identityPolicies: [policy, { Statement: 1 }] }, 'input.identityPolicies[1]'],
      [{ caller: { principal: 'alice' } }, 'input.caller.principal'],
    ] as const) {
      const failed = await gateway.ask(OPERATOR, query, { input: { ...input, ...fault } });
      expect(failed.data).toEqual({ simulateCustomPolicies: null });
      expect(placesOf(failed)).toEqual([{ path: ['simulateCustomPolicies'], code: 'BAD_USER_INPUT', field }]);
    }
  });

  test('`simulateCustomPolicies` repeats no more than ten million characters of its policies', async () => {
    const query =
      'query ($input: SimulateCustomPoliciesInput!) { simulateCustomPolicies(input: $input) { allowed missingContextKeys } }';
    const key = `aws:PrincipalTag/${'k'.repeat(250_000)}`;
    const statement = { Effect: 'Allow', Action: 's3:*', Resource: '*', Condition: { StringEquals: { [key]: 'x' } } };
    const requests = Array.from({ length: 45 }, () => ({ action: 's3:GetObject', resource: OWN_OBJECT }));
    const input = {
      caller: { principal: ALICE },
      identityPolicies: [{ Version: '2012-10-17', Statement: statement }],
      requests,
    };
    const result = await gateway.ask(OPERATOR, query, { input });
    const fits = Math.floor(10_000_000 / key.length);
    const answers = result.data?.['simulateCustomPolicies'] as readonly unknown[];
    expect(answers.map((answer) => answer !== null)).toEqual(requests.map((_, index) => index < fits));
    expect(answers[0]).toEqual({ allowed: false, missingContextKeys: [key] });
    expect(result.errors?.map(({ extensions }) => extensions?.['code'])).toEqual(
      requests.slice(fits).map(() => 'QUERY_TOO_COMPLEX'),
    );
    // Whoever does not ask for them gets every answer.
    const bare = await gateway.ask(OPERATOR, query.replace(' missingContextKeys', ''), { input });
    expect(bare.errors).toBeUndefined();
  });

  test('`allowedResources` is null with one error that lists what cannot be asked about', async () => {
    const query = `query ($resources: [Arn!]!) { allowedResources(principal: "${ALICE}", action: "s3:GetObject", resources: $resources) }`;
    const resources = [OWN_OBJECT, ...Array.from({ length: 30 }, (_, index) => `none-${index}`)];
    const result = await gateway.ask(OPERATOR, query, { resources });
    expect(result.data).toEqual({ allowedResources: null });
    const fault = (index: number): string =>
      `\`resources[${index}]\`: \`none-${index - 1}\` is not an ARN: expected arn:partition:service:region:account:resource`;
    expect(result.errors).toEqual([
      {
        message: `${fault(1)} (the first of 30 faults in \`resources\`)`,
        path: ['allowedResources'],
        locations: [{ line: 1, column: 31 }],
        extensions: {
          code: 'BAD_USER_INPUT',
          field: 'resources[1]',
          count: 30,
          faults: Array.from({ length: 20 }, (_, nth) => ({ field: `resources[${nth + 1}]`, message: fault(nth + 1) })),
        },
      },
    ]);
  });

  test('`accessRoutes` needs all of its needs: one that is none fails the field, and no other', async () => {
    const need = { action: 's3:GetObject', resource: OWN_OBJECT };
    const query = `query ($needs: [NeedInput!]!, $request: AccessRequestInput!) {
      accessRoutes(principal: "${ALICE}", needs: $needs) { kind } decision(request: $request) { allowed }
    }`;
    const result = await gateway.ask(OPERATOR, query, { needs: [need, { ...need, resource: '?' }], request: GOOD });
    expect(result.data).toEqual({ accessRoutes: null, decision: { allowed: true } });
    expect(placesOf(result)).toEqual([{ path: ['accessRoutes'], code: 'BAD_USER_INPUT', field: 'needs[1].resource' }]);
  });
});

test('fields of questions fail beside each other, by values of every scalar', async () => {
  const query = `query ($request: AccessRequestInput!) {
    good: decision(request: $request) { allowed }
    bad: decision(request: { principal: "alice", action: "s3:GetObject", resource: "${OWN_OBJECT}" }) { allowed }
    effectivePermissions(principal: "${ALICE}", assumedRole: "role") { gaps }
    compareAccess(principal: "${ALICE}", assumedRole: "${DEPLOYER}", filter: { resource: "x" }) { keptCount }
    assumableRoles(principal: "?") { totalCount }
    whoCan(action: "s3:GetObject", resource: "${OWN_OBJECT}", resourceAccount: "12") { totalCount }
    account(accountId: "1") { name }
    resource(arn: "a") { arn }
    principal(principalId: "b") { principalId }
  }`;
  const result = await gateway.ask(OPERATOR, query, { request: GOOD });
  const { good, ...others } = result.data ?? {};
  expect(good).toEqual({ allowed: true });
  expect(Object.values(others)).toEqual(Object.values(others).map(() => null));
  expect([...placesOf(result)].sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)))).toEqual(
    [
      ['account', 'accountId'],
      ['assumableRoles', 'principal'],
      ['bad', 'request.principal'],
      ['compareAccess', 'filter.resource'],
      ['effectivePermissions', 'assumedRole'],
      ['principal', 'principalId'],
      ['resource', 'arn'],
      ['whoCan', 'resourceAccount'],
    ].map(([name, field]) => ({ path: [name], code: 'BAD_USER_INPUT', field })),
  );
});

test('a null entry never means denied or allowed: entries that have answers have them as if asked alone', async () => {
  const good = fc.constantFrom(
    GOOD,
    { ...GOOD, action: 's3:DeleteObject' },
    { ...GOOD, resource: 'arn:aws:s3:::dev-bob/notes.txt' },
    { ...GOOD, assumedRole: DEPLOYER },
    { ...GOOD, principal: BOB, context: { 'aws:SourceIp': '203.0.113.7' } },
  );
  const bad = fc.constantFrom(...FAULTS.map(([, fault, field, code]) => ({ fault, field, code })));
  const entry = fc.oneof(
    good.map((request) => ({ request, bad: null })),
    fc.tuple(good, bad).map(([request, { fault, field, code }]) => ({
      request: { ...GOOD, ...(field === 'context' ? request : {}), ...fault },
      bad: { field, code },
    })),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(entry, { maxLength: 12 }), async (entries) => {
      const { data, errors } = await gateway.ask(OPERATOR, DECISIONS, {
        requests: entries.map(({ request }) => request),
      });
      const alone = await gateway.askTogether(
        OPERATOR,
        entries
          .filter(({ bad: fault }) => fault === null)
          .slice(0, 10)
          .map(({ request }) => ({ query: DECISIONS, variables: { requests: [request] } })),
      );
      const decisions = Object(data?.['decisions']) as readonly unknown[];
      expect(decisions.filter((decision) => decision !== null).slice(0, 10)).toEqual(
        alone.map((result) => Object(result.data?.['decisions'])[0]),
      );
      expect(placesOf({ errors: errors ?? [] })).toEqual(
        entries.flatMap(({ bad: fault }, index) =>
          fault === null
            ? []
            : [{ path: ['decisions', index], code: fault.code, field: `requests[${index}].${fault.field}` }],
        ),
      );
      expect(decisions.map((decision) => decision === null)).toEqual(entries.map(({ bad: fault }) => fault !== null));
    }),
    { numRuns: 40 },
  );
});

test('nothing malformed reaches the evaluator by a guarded field either', async () => {
  const results = await Promise.all(
    [
      'resource(arn: "a\\u0000") { arn }',
      'account(accountId: "x") { name }',
      'principal(principalId: "x") { principalId }',
    ].map((field) => gateway.ask(signedIn(ALICE), `{ ${field} }`)),
  );
  expect(results.flatMap(faultsOf).map(({ code }) => code)).toEqual(results.map(() => 'BAD_USER_INPUT'));
  expect(directory.gathers).toBe(0);
});
