import type { ExecutionResult } from 'graphql';
import { beforeAll, describe, expect, test } from 'vitest';
import { ANONYMOUS, faultsOf, OPERATOR, signedIn } from '../gateway.ts';
import { arn, guardedWorld, MEMBER } from '../guarded-world.ts';
import { openedGateway } from '../services.ts';

const NOBODY = signedIn(arn(MEMBER, 'user/nobody'));
const gateway = openedGateway(() => guardedWorld());

async function ask(query: string, variables = {}): Promise<Record<string, unknown>> {
  const result = await gateway.ask(NOBODY, query, variables);
  expect(result.errors).toBeUndefined();
  return result.data ?? {};
}

interface Page {
  readonly totalCount: number;
  readonly nodes: readonly Record<string, unknown>[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
}

const namesOf = ({ nodes }: Page): unknown[] => nodes.map(({ name }) => name);

/** All names of a list, page by page; their number is the total. */
async function allNames(list: string, first: number): Promise<unknown[]> {
  const names: unknown[] = [];
  let page: Page | null = null;
  do {
    const query = `query ($after: String) { page: ${list.replace(')', `, first: ${first}, after: $after)`)} {
      totalCount nodes { name } pageInfo { hasNextPage endCursor } } }`;
    const data = await ask(query, { after: page?.pageInfo.endCursor ?? null });
    page = (data as { readonly page: Page }).page;
    names.push(...namesOf(page));
  } while (page.pageInfo.hasNextPage);
  expect(names).toHaveLength(page.totalCount);
  return names;
}

describe('what people type is completed:', () => {
  test('names that begin with it come first, whatever its case, with or without the service', async () => {
    for (const search of ['getobject', 'GETOBJECT', 's3:getobject']) {
      const { actions } = (await ask(
        'query ($search: String) { actions(service: "S3", search: $search) { totalCount nodes { name service } } }',
        { search },
      )) as { actions: Page };
      expect(actions.nodes[0]).toEqual({ name: 's3:GetObject', service: 's3' });
      expect(actions.totalCount).toBe(actions.nodes.length);
    }
    const names = (await allNames('actions(service: "s3", search: "object")', 100)) as string[];
    const begins = names.map((name) => name.startsWith('s3:Object'));
    expect(begins.lastIndexOf(true)).toBeLessThan(begins.indexOf(false));
    expect(names.every((name) => name.toLowerCase().includes('object'))).toBe(true);
  });

  test('services by their prefix and their name', async () => {
    const { services } = (await ask(
      '{ services(search: "aMaZoN SQS") { nodes { prefix name actionCount supportsResourceControlPolicies } } }',
    )) as { services: Page };
    expect(services.nodes).toEqual([
      {
        prefix: 'sqs',
        name: expect.stringContaining('SQS'),
        actionCount: expect.any(Number),
        supportsResourceControlPolicies: true,
      },
    ]);
    const { s3 } = (await ask('{ s3: services(search: "s3", first: 1) { nodes { prefix } } }')) as { s3: Page };
    expect(s3.nodes).toEqual([{ prefix: 's3' }]);
  });

  test('condition keys of a service, with the global ones', async () => {
    const { conditionKeys } = (await ask(
      '{ conditionKeys(service: "kms", search: "viaservice") { nodes { name type isMultivalued service } } }',
    )) as { conditionKeys: Page };
    expect(conditionKeys.nodes).toEqual([
      { name: 'kms:ViaService', type: 'STRING', isMultivalued: false, service: 'kms' },
    ]);
    const { all } = (await ask(
      '{ all: conditionKeys(service: "kms", search: "aws:principalorg") { nodes { name type isMultivalued service } } }',
    )) as { all: Page };
    expect(all.nodes).toEqual([
      { name: 'aws:PrincipalOrgID', type: 'STRING', isMultivalued: false, service: null },
      { name: 'aws:PrincipalOrgPaths', type: 'STRING', isMultivalued: true, service: null },
    ]);
  });

  test('every condition key of the catalogue has a type', async () => {
    const { conditionKeys } = (await ask('{ conditionKeys(first: 1000) { totalCount nodes { type } } }')) as {
      conditionKeys: Page;
    };
    expect(conditionKeys.nodes).toHaveLength(1000);
    const names = (await allNames('conditionKeys(search: "")', 1000)) as string[];
    expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(names.length);
  });
});

test('an action says what it does, what it is asked on, and with which keys', async () => {
  const query = `{ actions(service: "kms", search: "kms:Decrypt", first: 1) { nodes {
    name accessLevel description conditionKeys dependentActions
    resourceTypes { name arnFormats isRequired conditionKeys } } } }`;
  expect(await ask(query)).toEqual({
    actions: {
      nodes: [
        {
          name: 'kms:Decrypt',
          accessLevel: 'WRITE',
          description: 'Controls permission to decrypt ciphertext that was encrypted under an AWS KMS key',
          conditionKeys: expect.arrayContaining(['kms:ViaService']),
          // The data has none of this action: that there are none is not known.
          dependentActions: null,
          resourceTypes: [
            {
              name: 'key',
              arnFormats: ['arn:${Partition}:kms:${Region}:${Account}:key/${KeyId}'],
              isRequired: true,
              conditionKeys: expect.any(Array),
            },
          ],
        },
      ],
    },
  });
});

test('actions of one access level only', async () => {
  const { actions } = (await ask(
    '{ actions(service: "sqs", accessLevel: PERMISSIONS_MANAGEMENT) { nodes { name accessLevel } } }',
  )) as { actions: Page };
  expect(namesOf(actions)).toEqual(expect.arrayContaining(['sqs:AddPermission', 'sqs:RemovePermission']));
  expect(new Set(actions.nodes.map(({ accessLevel }) => accessLevel))).toEqual(new Set(['PERMISSIONS_MANAGEMENT']));
});

describe('refused with its place:', () => {
  test.each([
    [
      'a service that does not exist',
      'actions(service: "s4")',
      'service',
      'there is no service `s4`; did you mean `s3`?',
    ],
    ['a large page', 'services(first: 1001)', 'first', '`first` is 1001; a page has at most 1000 entries'],
    [
      'a foreign cursor',
      'conditionKeys(after: "x")',
      'after',
      '`after` is not a cursor of this connection: give a cursor that it has returned',
    ],
    [
      'a long search',
      `actions(search: "${'x'.repeat(2049)}")`,
      'search',
      '`search` is 2049 characters long; the limit is 2048',
    ],
  ])('%s', async (_what, list, field, message) => {
    const result = await gateway.ask(NOBODY, `{ ${list} { totalCount } }`);
    expect(faultsOf(result)).toEqual([{ code: 'BAD_USER_INPUT', field, message }]);
  });
});

describe('the catalogue', () => {
  let answered: ExecutionResult;
  let statements: readonly string[];

  beforeAll(async () => {
    const before = gateway.services.statements.length;
    answered = await gateway.ask(OPERATOR, '{ actions(search: "GetObject") { totalCount } services { totalCount } }');
    statements = gateway.services.statements.slice(before);
  });

  test('is no part of the directory: no statement is sent', () => {
    expect(answered.data).toEqual({ actions: { totalCount: expect.any(Number) }, services: { totalCount: 457 } });
    expect(statements).toEqual([]);
  });

  test('needs credentials, as everything else does', async () => {
    const result = await gateway.ask(
      ANONYMOUS,
      '{ services { totalCount } actions { totalCount } conditionKeys { totalCount } }',
    );
    expect(result.data).toEqual({ services: null, actions: null, conditionKeys: null });
    expect(new Set(faultsOf(result).map(({ code }) => code))).toEqual(new Set(['UNAUTHENTICATED']));
  });
});
