import { getIntrospectionQuery } from 'graphql';
import { beforeAll, describe, expect, test } from 'vitest';
import { createAccess } from '../../src/access/access.ts';
import { openCatalog } from '../../src/catalog/catalog.ts';
import { demoDirectory } from '../../src/directory/demo/demo.ts';
import type { DirectorySize } from '../../src/directory/directory.ts';
import type { GatewayServices } from '../../src/graphql/context.ts';
import { MemoryDirectory } from '../support/memory-directory.ts';
import { faultsOf, type Gateway, gatewayOn, OPERATOR } from './gateway.ts';

const ALICE = 'arn:aws:iam::111111111111:user/alice';
const DATA_WRITER = 'arn:aws:iam::222222222222:role/DataWriter';
const DECISIONS = 'query ($requests: [AccessRequestInput!]!) { decisions(requests: $requests) { allowed } }';

let directory: MemoryDirectory;
let gateway: Gateway;

beforeAll(async () => {
  const catalog = await openCatalog();
  directory = new MemoryDirectory(demoDirectory(), catalog);
  const access = createAccess(directory, catalog);
  gateway = gatewayOn({ access, directory, catalog } as unknown as GatewayServices); // nothing here reads tables or signs in
});

function requests(count: number): unknown[] {
  return Array.from({ length: count }, (_, index) => ({
    principal: ALICE,
    action: 's3:GetObject',
    resource: `arn:aws:s3:::shared-datasets/${index % 50}`,
  }));
}

describe('documents', () => {
  test('60 levels are refused, with the limit', async () => {
    const query = `{ account(accountId: "111111111111") { ${'users { nodes { account { '.repeat(20)} name ${'} } } '.repeat(20)} } }`;
    expect(faultsOf(await gateway.ask(OPERATOR, query))).toEqual([
      { code: 'QUERY_TOO_COMPLEX', message: 'the query is 62 levels deep; the limit is 12' },
    ]);
  });

  test('levels are counted through fragments', async () => {
    const query = `
      { account(accountId: "111111111111") { ...One } }
      fragment One on Account { users { nodes { account { ...Two } } } }
      fragment Two on Account { users { nodes { account { ...Three } } } }
      fragment Three on Account { users { nodes { account { ...Four } } } }
      fragment Four on Account { users { nodes { account { name } } } }`;
    expect(faultsOf(await gateway.ask(OPERATOR, query))[0]?.message).toContain('14 levels deep; the limit is 12');
  });

  test('introspection passes', async () => {
    const result = await gateway.ask(OPERATOR, getIntrospectionQuery({ inputValueDeprecation: true }));
    expect(result.errors).toBeUndefined();
  });

  test('the schema is described twice in one document, not a hundred times', async () => {
    const query = (count: number) =>
      `{ ${Array.from({ length: count }, (_, index) => `a${index}: __schema { types { name } }`).join(' ')} }`;
    expect((await gateway.ask(OPERATOR, query(2))).errors).toBeUndefined();
    expect(faultsOf(await gateway.ask(OPERATOR, query(100)))).toEqual([
      { code: 'QUERY_TOO_COMPLEX', message: 'the document selects the schema more than 2 times' },
    ]);
  });

  test('4,000 tokens are the most', async () => {
    const query = `{ ${'__typename '.repeat(4000)} }`;
    expect(faultsOf(await gateway.ask(OPERATOR, query))).toEqual([
      {
        code: 'QUERY_TOO_COMPLEX',
        message: 'the document has more than 4000 tokens; pass values as variables',
      },
    ]);
  });

  test('200 aliases are the most', async () => {
    const aliases = (count: number) =>
      `{ ${Array.from({ length: count }, (_, index) => `a${index}: __typename`).join(' ')} }`;
    expect((await gateway.ask(OPERATOR, aliases(200))).errors).toBeUndefined();
    expect(faultsOf(await gateway.ask(OPERATOR, aliases(201)))).toEqual([
      {
        code: 'QUERY_TOO_COMPLEX',
        message: 'the document has more than 200 aliases; `decisions` takes many requests in one field',
      },
    ]);
  });

  test('a document that is none is a syntax error, no fault of ours', async () => {
    expect(faultsOf(await gateway.ask(OPERATOR, '{ viewer { '))[0]).toMatchObject({ code: 'GRAPHQL_PARSE_FAILED' });
    expect(faultsOf(await gateway.ask(OPERATOR, '{ nobody }'))[0]).toMatchObject({ code: 'GRAPHQL_VALIDATION_FAILED' });
  });
});

describe('cost', () => {
  test('a document that is sent again is refused by what it costs this time', async () => {
    const fields = Array.from({ length: 30 }, (_, n) => `a${n}: decisions(requests: $requests) { allowed }`);
    const query = `query ($requests: [AccessRequestInput!]!) { ${fields.join(' ')} }`;
    const refused: (number | null)[] = [];
    for (const count of [1, 10_000, 2, 9_000, 1]) {
      const [fault] = faultsOf(await gateway.ask(OPERATOR, query, { requests: requests(count) }));
      refused.push(fault === undefined ? null : Number(/costs (\d+)/.exec(fault.message)?.[1]));
    }
    expect(refused).toEqual([null, 600_000, null, 540_000, null]);
  });

  test('counts pages by what is asked for', async () => {
    const query = `query ($first: Int) { account(accountId: "111111111111") { users(first: $first) { nodes {
      account { users(first: $first) { nodes { name } } } } } } }`;
    const [fault] = faultsOf(await gateway.ask(OPERATOR, query, { first: 1000 }));
    expect(fault?.code).toBe('QUERY_TOO_COMPLEX');
    expect(fault?.message).toMatch(/^the operation costs 200\d{4}; the limit is 500000/);
  });

  test('counts searches for what they are', async () => {
    const searches = (count: number) =>
      `{ ${Array.from({ length: count }, (_, index) => `a${index}: whoCan(action: "s3:GetObject", resource: "*") { totalCount }`).join(' ')} }`;
    const [fault] = faultsOf(await gateway.ask(OPERATOR, searches(100)));
    expect(fault?.message).toMatch(/^the operation costs 1002\d{3}; the limit is 500000/);
  });

  test('counts searches by the size of the directory, and one of the largest is possible', async () => {
    const costOf = async (field: string, size: Partial<DirectorySize>): Promise<number> => {
      directory.size = { principals: 0, roles: 0, resources: 0, ...size };
      const fields = Array.from({ length: 100 }, (_, index) => `a${index}: ${field}`).join(' ');
      const [fault] = faultsOf(await gateway.ask(OPERATOR, `{ ${fields} }`));
      directory.size = { principals: 0, roles: 0, resources: 0 };
      return Math.floor(Number(/costs (\d+)/.exec(fault?.message ?? '')?.[1]) / 100_000) * 1000;
    };
    const whoCan = 'whoCan(action: "s3:GetObject", resource: "*") { totalCount }';
    expect(await costOf(whoCan, { principals: 999 })).toBe(10_000);
    expect(await costOf(whoCan, { principals: 1000 })).toBe(11_000);
    expect(await costOf(whoCan, { principals: 100_000 })).toBe(110_000);
    expect(await costOf(whoCan, { principals: 10_000_000 })).toBe(200_000);
    const roles = { roles: 20_000 };
    expect(await costOf(`assumableRoles(principal: "${ALICE}", first: 1) { totalCount }`, roles)).toBe(30_000);
    const compared = `compareAccess(principal: "${ALICE}", assumedRole: "${DATA_WRITER}") { keptCount }`;
    expect(await costOf(compared, roles)).toBe(120_000);
    expect(await costOf('resources(first: 1) { totalCount }', { resources: 50_000 })).toBe(60_000);
    expect(await costOf('principals(first: 1) { totalCount }', { principals: 50_000 })).toBe(60_000);
  });

  test('counts searches of the catalogue, which read the names of all actions', async () => {
    const searches = (count: number) =>
      `{ ${Array.from({ length: count }, (_, index) => `a${index}: actions(search: "x${index}", first: 100) { nodes { name resourceTypes { conditionKeys } } }`).join(' ')} }`;
    expect(faultsOf(await gateway.ask(OPERATOR, searches(2)))).toEqual([]);
    const [fault] = faultsOf(await gateway.ask(OPERATOR, searches(180)));
    expect(fault?.message).toMatch(/^the operation costs 5\d{5}; the limit is 500000/);
  });

  test('counts each part of all permissions, and comparing them for more', async () => {
    const few = (fields: string) => Array.from({ length: 25 }, (_, index) => `a${index}: ${fields}`).join(' ');
    const all = `effectivePermissions(principal: "${ALICE}") { summary { service } permissions { totalCount } policyDocument }`;
    const [parts] = faultsOf(await gateway.ask(OPERATOR, `{ ${few(all)} }`));
    expect(parts?.message).toMatch(/^the operation costs 50\d{4}; /);
    const compared = `compareAccess(principal: "${ALICE}", assumedRole: "${DATA_WRITER}") { keptCount }`;
    const [comparing] = faultsOf(await gateway.ask(OPERATOR, `{ ${few(compared)} }`));
    expect(comparing?.message).toMatch(/^the operation costs 1000050; /);
  });

  test('counts the sessions that led to those of a list', async () => {
    const query =
      'query ($first: Int) { roleSessions(first: $first) { nodes { chain { chain { arn } } assumedBy { principalId } } } }';
    const [fault] = faultsOf(await gateway.ask(OPERATOR, query, { first: 1000 }));
    expect(fault?.message).toMatch(/^the operation costs 15\d{5}; /);
  });

  test('is one budget for all operations of a request', async () => {
    const search = (count: number) => ({
      query: `{ ${Array.from({ length: count }, (_, index) => `a${index}: assumableRoles(principal: "${ALICE}", first: 1) { totalCount }`).join(' ')} }`,
    });
    const [first, second, third] = await gateway.askTogether(OPERATOR, [search(30), search(30), search(5)]);
    expect(first?.errors).toBeUndefined();
    expect(second && faultsOf(second)[0]?.message).toMatch(
      /^the operation costs 300090 \(600180 with the other operations of its request\); the limit is 500000/,
    );
    expect(second?.errors?.[0]?.extensions).toMatchObject({ cost: 600_180, limit: 500_000 });
    expect(third?.errors).toBeUndefined();
    // Another request has a budget of its own.
    expect((await gateway.ask(OPERATOR, search(30).query)).errors).toBeUndefined();
  });

  test('is that of the operation asked for, not of the first one', async () => {
    const operations = `
      query Cheap { viewer { principal { principalId } } }
      query Dear { account(accountId: "111111111111") { users(first: 1000) { nodes { account { users(first: 1000) { nodes { name } } } } } } }`;
    const [dear] = await gateway.askTogether(OPERATOR, [{ query: operations, operationName: 'Dear' }]);
    const [cheap] = await gateway.askTogether(OPERATOR, [{ query: operations, operationName: 'Cheap' }]);
    expect(dear && faultsOf(dear)[0]?.code).toBe('QUERY_TOO_COMPLEX');
    expect(cheap?.errors).toBeUndefined();
  });
});

describe('batches', () => {
  test('10,000 decisions are answered, 20,000 are refused before any work', async () => {
    const all = await gateway.ask(OPERATOR, DECISIONS, { requests: requests(10_000) });
    expect(all.errors).toBeUndefined();
    expect(all.data?.['decisions']).toHaveLength(10_000);
    expect(faultsOf(await gateway.ask(OPERATOR, DECISIONS, { requests: requests(20_000) }))).toEqual([
      {
        code: 'BAD_USER_INPUT',
        field: 'requests',
        message: '`requests` has 20000 entries; the limit is 10000',
      },
    ]);
  });

  test('pages are 1,000 entries at most', async () => {
    const query = '{ assumableRoles(principal: "anonymous", first: 1001) { totalCount } }';
    expect(faultsOf(await gateway.ask(OPERATOR, query))).toEqual([
      { code: 'BAD_USER_INPUT', field: 'first', message: '`first` is 1001; a page has at most 1000 entries' },
    ]);
  });

  test('a cursor that is none is refused', async () => {
    const query = `{ assumableRoles(principal: "${ALICE}", after: "nonsense") { totalCount } }`;
    expect(faultsOf(await gateway.ask(OPERATOR, query))[0]).toMatchObject({ code: 'BAD_USER_INPUT', field: 'after' });
  });
});

describe('searches', () => {
  test('of one request leave others their turn', async () => {
    const events: string[] = [];
    const searches = Array.from(
      { length: 8 },
      (_, index) => `a${index}: effectivePermissions(principal: "${ALICE}") { summary { service } policyDocument }`,
    );
    const dear = { query: `{ ${searches.join(' ')} }` };
    const expensive = gateway.askTogether(OPERATOR, [dear, dear]).then((results) => {
      events.push('expensive');
      return results;
    });
    // A request that comes as requests do: while this one is worked on.
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    expect(events).toEqual([]);
    const cheap = gateway.ask(OPERATOR, '{ viewer { principal { principalId } } }').then((result) => {
      events.push('cheap');
      return result;
    });
    const [results] = await Promise.all([expensive, cheap]);
    expect(results.map(({ errors }) => errors)).toEqual([undefined, undefined]);
    expect(events).toEqual(['cheap', 'expensive']);
  });

  test('that fail do not hold up those after them', async () => {
    const [bad, good] = await gateway.askTogether(OPERATOR, [
      { query: `{ assumableRoles(principal: "${ALICE}", maxDepth: 9) { totalCount } }` },
      { query: `{ assumableRoles(principal: "${ALICE}") { totalCount } }` },
    ]);
    expect(bad && faultsOf(bad)).toMatchObject([{ code: 'BAD_USER_INPUT', field: 'maxDepth' }]);
    expect(good?.data).toEqual({ assumableRoles: { totalCount: expect.any(Number) } });
  });
});
