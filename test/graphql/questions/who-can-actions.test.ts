import { expect, test } from 'vitest';
import type { DirectoryDocument } from '../../../src/directory/document.ts';
import { A, allow, aUser, policy, userArn } from '../../support/policies.ts';
import { faultsOf, OPERATOR, signedIn } from '../gateway.ts';
import { openedGateway } from '../services.ts';

const OBJECT = 'arn:aws:s3:::b/x';

const document = (): DirectoryDocument => ({
  accounts: [{ id: A, membership: 'NONE' }],
  users: [
    aUser('alice', [allow('s3:GetObject')]),
    aUser('bob', [allow(['s3:PutObject', 's3:DeleteObject'])]),
    aUser('carol', [allow('sqs:*')]),
    aUser('erin', [allow('s3:PutObject', 'arn:aws:s3:::b/xy/*')]),
    aUser('dora', [allow('s3:GetObject'), allow('iam:SimulatePrincipalPolicy', userArn('bob'))]),
  ],
  resources: [
    {
      arn: 'arn:aws:s3:::b',
      accountId: A,
      policy: policy({
        ...allow('s3:PutObject', 'arn:aws:s3:::b/*'),
        Principal: { Service: 'logging.s3.amazonaws.com' },
      }),
    },
  ],
});

const gateway = openedGateway(document);

const QUERY = `query ($action: String, $actions: [String!], $resource: Arn!, $isPattern: Boolean, $onAll: Boolean, $conditional: Boolean, $after: String) {
  whoCan(action: $action, actions: $actions, resource: $resource, resourceIsPattern: $isPattern, onAll: $onAll, conditional: $conditional, first: 2, after: $after) {
    totalCount revision gaps pageInfo { endCursor hasNextPage } outsiders { kind value }
    nodes { principal { name } decision { action allowed coverage } conditions actions { decision { action allowed } conditions } } } }`;

interface Page {
  readonly totalCount: number;
  readonly pageInfo: { readonly endCursor: string; readonly hasNextPage: boolean };
  readonly nodes: readonly {
    readonly principal: { readonly name: string };
    readonly decision: { readonly coverage: string };
    readonly actions: readonly { readonly decision: { readonly action: string } }[];
  }[];
}

async function pages(variables: Readonly<Record<string, unknown>>, caller = OPERATOR) {
  const found: [string, readonly string[]][] = [];
  for (let after: string | null = null; ; ) {
    const { data, errors } = await gateway.ask(caller, QUERY, { resource: OBJECT, ...variables, after });
    expect(errors).toBeUndefined();
    const page = (data as { whoCan: Page }).whoCan;
    for (const { principal, actions } of page.nodes) {
      found.push([principal.name, actions.map(({ decision }) => decision.action)]);
    }
    if (!page.pageInfo.hasNextPage) return { found, page };
    after = page.pageInfo.endCursor;
  }
}

test('several actions find everybody who may do one of them, with those that it may', async () => {
  const { found, page } = await pages({ actions: ['s3:GetObject', 's3:putobject'] });
  expect(found).toEqual([
    ['alice', ['s3:GetObject']],
    ['bob', ['s3:PutObject']],
    ['dora', ['s3:GetObject']],
  ]);
  expect(page).toMatchObject({ totalCount: 3, outsiders: [{ kind: 'SERVICE', value: 'logging.s3.amazonaws.com' }] });
});

test('without an action all are asked about that the type of the resource takes', async () => {
  const { found } = await pages({});
  expect(found).toEqual([
    ['alice', ['s3:GetObject']],
    ['bob', ['s3:DeleteObject', 's3:PutObject']],
    ['dora', ['s3:GetObject']],
  ]);
});

test('whoever asks sees those that it may ask about', async () => {
  const { found } = await pages({ actions: ['s3:PutObject', 's3:GetObject'] }, signedIn(userArn('dora')));
  expect(found).toEqual([
    ['bob', ['s3:PutObject']],
    ['dora', ['s3:GetObject']],
  ]);
});

test('a pattern finds who may on some of it, or on all', async () => {
  const names = async (variables: Readonly<Record<string, unknown>>) => {
    const asked = { action: 's3:PutObject', resource: 'arn:aws:s3:::b/x*', isPattern: true, ...variables };
    const { data, errors } = await gateway.ask(OPERATOR, QUERY, asked);
    expect(errors).toBeUndefined();
    return (data as { whoCan: Page }).whoCan.nodes.map(({ principal, decision }) => [
      principal.name,
      decision.coverage,
    ]);
  };
  expect(await names({})).toEqual([
    ['bob', 'ALL'],
    ['erin', 'SOME'],
  ]);
  expect(await names({ onAll: true })).toEqual([['bob', 'ALL']]);
  expect(await names({ action: null, actions: ['s3:GetObject', 's3:PutObject'], onAll: true })).toEqual([
    ['alice', 'ALL'],
    ['bob', 'ALL'],
  ]);
});

test('what cannot be asked is refused with its place', async () => {
  const fault = async (variables: Readonly<Record<string, unknown>>) =>
    faultsOf(await gateway.ask(OPERATOR, QUERY, { resource: OBJECT, ...variables }))[0];
  expect(await fault({ action: 's3:GetObject', actions: ['s3:PutObject'] })).toMatchObject({ field: 'actions' });
  expect(await fault({ actions: ['s3:GetObject', 's3:GetObjekt'] })).toMatchObject({ field: 'actions[1]' });
  expect(await fault({ actions: ['s3:GetObject', 's3:CreateBucket'] })).toMatchObject({ code: 'BAD_USER_INPUT' });
  expect(await fault({ actions: [] })).toMatchObject({ field: 'actions' });
  expect(await fault({ resource: '*' })).toMatchObject({ field: 'resource' });
  expect(await fault({ resource: 'arn:aws:s3:::*', isPattern: true, conditional: true })).toMatchObject({
    field: 'conditional',
  });
});
