import { afterAll, beforeAll, describe, expect, it, onTestFinished, test } from 'vitest';
import { createAccess } from '../../src/access/access.ts';
import { type Catalog, openCatalog } from '../../src/catalog/catalog.ts';
import type { CatalogService } from '../../src/catalog/catalog-service.ts';
import { LiveCatalog } from '../../src/catalog/live-catalog.ts';
import type { OwnServiceInput } from '../../src/directory/document.ts';
import { type OpenDirectory, openDirectory } from '../../src/directory/prisma/open-directory.ts';
import { RolegateError } from '../../src/policy/errors.ts';
import { ORDERS, orderArn } from '../support/own-service.ts';
import { A, allow, aUser, policy, userArn } from '../support/policies.ts';
import { sharedPostgres } from '../support/postgres-server.ts';
import { aQuestion, NOON } from '../support/questions.ts';
import { takeDirectory } from '../support/recycled-database.ts';
import { describeInBothStores } from './stores.ts';

const ALICE = userArn('alice');
const BOB = userArn('bob');
const WORLD = {
  accounts: [{ id: A, membership: 'NONE' as const }],
  users: [aUser('alice', [allow('orders:*')]), aUser('bob')],
  resources: [
    {
      arn: orderArn('42'),
      accountId: A,
      policy: policy({ Effect: 'Allow', Principal: { AWS: BOB }, Action: 'orders:GetOrder', Resource: orderArn('42') }),
    },
  ],
};

/** The effect of a question, or the sentence of the error. */
async function told(directory: OpenDirectory, who: string, action: string, resource: string): Promise<string> {
  const access = createAccess(directory, directory.catalog);
  const [answer] = await access.decideEach([aQuestion(who, action, resource)], NOON);
  if (answer === undefined) throw new Error('no answer');
  return answer instanceof RolegateError ? answer.message : answer.decision.effect;
}

async function failure(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => null,
    ({ code, field, message }: RolegateError) => ({ code, field, message }),
  );
}

describeInBothStores('services of applications', (store) => {
  test('are decided from the revision on that registers them, and no more when they are removed', async () => {
    const directory = await store.open(WORLD);
    const unknown = expect.stringContaining('knows no action `orders:GetOrder`');
    expect(await told(directory, ALICE, 'orders:GetOrder', orderArn('1'))).toEqual(unknown);
    const before = await directory.revision();
    expect(await directory.services.register(ORDERS)).toMatchObject({ revision: before + 1n });
    expect(await directory.revision()).toBe(before + 1n);
    expect(await told(directory, ALICE, 'orders:GetOrder', orderArn('1'))).toBe('ALLOWED');
    expect(await told(directory, ALICE, 'ORDERS:getorder', orderArn('1'))).toBe('ALLOWED');
    expect(await told(directory, BOB, 'orders:GetOrder', orderArn('1'))).toBe('IMPLICIT_DENY');
    await directory.services.remove('orders');
    expect(await told(directory, ALICE, 'orders:GetOrder', orderArn('1'))).toEqual(unknown);
    expect(directory.catalog.services()).not.toContain('orders');
  });

  test('have resources with policies, where their types can', async () => {
    const directory = await store.open(WORLD);
    await directory.services.register(ORDERS);
    expect(await told(directory, BOB, 'orders:GetOrder', orderArn('42'))).toBe('ALLOWED');
    expect(await told(directory, BOB, 'orders:CancelOrder', orderArn('42'))).toBe('IMPLICIT_DENY');
    // The policy of an order does not reach what has a type of its own.
    const item = `${orderArn('42')}/item/7`;
    expect(await told(directory, BOB, 'orders:GetItem', item)).toBe('IMPLICIT_DENY');
    expect(directory.catalog.policyHolders(orderArn('42'))).toEqual([orderArn('42')]);
    expect(directory.catalog.policyHolders(item)).toEqual([]);
    expect(directory.catalog.hasResourcePolicies('orders')).toBe(true);
    await directory.services.update({ ...ORDERS, resourceTypes: withoutPolicies(ORDERS) });
    expect(directory.catalog.policyHolders(orderArn('42'))).toEqual([]);
    expect(directory.catalog.hasResourcePolicies('orders')).toBe(false);
  });

  test('know nothing of their resources that is not here: there is no gap', async () => {
    const directory = await store.open(WORLD);
    await directory.services.register(ORDERS);
    const access = createAccess(directory, directory.catalog);
    const [answer] = await access.decide([aQuestion(ALICE, 'orders:GetOrder', orderArn('1'))], NOON);
    expect(answer?.gaps.filter((gap) => gap.includes('order/1'))).toEqual([]);
  });

  test('refuse an action on what it does not take, like those of AWS', async () => {
    const directory = await store.open(WORLD);
    await directory.services.register(ORDERS);
    const item = `${orderArn('42')}/item/7`;
    expect(await told(directory, ALICE, 'orders:GetItem', item)).toBe('ALLOWED');
    expect(await told(directory, ALICE, 'orders:GetItem', orderArn('42'))).toContain('item');
    expect(await told(directory, ALICE, 'orders:ListOrders', orderArn('42'))).toContain('ask it on `*`');
    expect(await told(directory, ALICE, 'orders:ListOrders', '*')).toBe('ALLOWED');
    expect(await told(directory, ALICE, 'orders:GetOrdre', orderArn('42'))).toContain('`orders:GetOrder`');
    expect(await told(directory, ALICE, 'orders:GetOrder', 'arn:aws:s3:::bucket')).toContain('order (');
  });

  test('come and go in order, and the same again is no change', async () => {
    const directory = await store.open(WORLD);
    const { services } = directory;
    await services.register(ORDERS);
    const revision = await directory.revision();
    expect(await services.update(ORDERS)).toMatchObject({ revision, touched: [] });
    expect(await failure(services.register(ORDERS))).toMatchObject({ code: 'EntityAlreadyExists', field: 'prefix' });
    expect(await failure(services.update({ prefix: 'bills', name: 'Bills', actions: [ACTION] }))).toMatchObject({
      code: 'NoSuchEntity',
    });
    expect(await failure(services.remove('bills'))).toMatchObject({ code: 'NoSuchEntity', field: 'prefix' });
    expect(await directory.revision()).toBe(revision);
    expect((await services.list()).map(({ prefix, name }) => [prefix, name])).toEqual([
      ['orders', 'Orders of the shop'],
    ]);
    expect(services.hiding).toEqual([]);
  });

  test('are bounded together', async () => {
    const directory = await store.open({});
    const actions = Array.from({ length: 500 }, (_, index) => ({ name: `Do${index}`, accessLevel: 'WRITE' as const }));
    const service = (index: number): OwnServiceInput => ({ prefix: `app-${index}`, name: 'App', actions });
    await directory.apply({ services: Array.from({ length: 20 }, (_, index) => service(index)) });
    expect(await failure(directory.services.register(service(20)))).toMatchObject({
      code: 'LimitExceeded',
      message: expect.stringContaining('at most 10000 actions together; with this one they have 10500'),
    });
    const small = Array.from({ length: 101 }, (_, index) => ({ ...service(index), actions: actions.slice(0, 1) }));
    expect(await failure(directory.apply({ services: small }))).toMatchObject({
      code: 'LimitExceeded',
      message: 'a directory has at most 100 services of its own',
    });
  });

  test('are imported, counted and exported', async () => {
    const directory = await store.open({ services: [ORDERS] });
    expect(await told(directory, 'ec2.amazonaws.com', 'orders:ListOrders', '*')).toBe('IMPLICIT_DENY');
    const again = await directory.apply({ services: [ORDERS, { ...ORDERS, name: ORDERS.name }] });
    expect(again).toMatchObject({ changed: false, counts: [{ kind: 'services', accountId: null, unchanged: 1 }] });
    const changed = await directory.apply({ services: [{ ...ORDERS, name: 'Renamed' }] });
    expect(changed).toMatchObject({ changed: true, counts: [{ kind: 'services', changed: 1 }] });
    expect(directory.catalog.serviceName('orders')).toBe('Renamed');
    const page = await directory.exports.page(null, null);
    expect(page).toMatchObject({ kind: 'services', document: { services: [{ prefix: 'orders', name: 'Renamed' }] } });
    expect(await failure(directory.apply({ services: [{ ...ORDERS, prefix: 'sqs' }] }))).toMatchObject({
      code: 'BAD_USER_INPUT',
      message: expect.stringMatching(/^service sqs: .*AWS has a service/),
    });
  });
});

const ACTION = { name: 'Pay', accessLevel: 'WRITE' } as const;

function withoutPolicies({ resourceTypes }: typeof ORDERS) {
  return resourceTypes.map((type) => ({ ...type, canHavePolicy: false }));
}

describe('what a service may hold', () => {
  const PLACE = 'resourceTypes[0].arnPattern';
  const typed = (arnPattern: string): Partial<OwnServiceInput> => ({
    conditionKeys: [],
    actions: [ACTION],
    resourceTypes: [{ name: 'order', arnPattern }],
  });
  const many = <T>(count: number, one: (index: number) => T): T[] => Array.from({ length: count }, (_, i) => one(i));

  let directory: OpenDirectory;
  beforeAll(async () => {
    directory = await takeDirectory();
  });
  afterAll(() => directory.close());

  it.each<[string, Partial<OwnServiceInput>, string, string]>([
    ['a prefix that AWS has', { prefix: 's3' }, 'prefix', 'AWS has'],
    ['a prefix that AWS has in ARNs alone', { prefix: 'catalog' }, 'prefix', 'AWS has'],
    ['a prefix of AWS to come', { prefix: 'awsorders' }, 'prefix', 'reserved'],
    ["the gateway's prefix", { prefix: 'rolegate' }, 'prefix', 'reserved'],
    ["AuthZEN's prefix", { prefix: 'authzen' }, 'prefix', 'reserved'],
    ['a prefix in upper case', { prefix: 'Orders' }, 'prefix', 'lower-case'],
    ['a prefix with a colon', { prefix: 'a:b' }, 'prefix', 'lower-case'],
    ['a long prefix', { prefix: 'a'.repeat(64) }, 'prefix', '63'],
    ['no name', { name: ' ' }, 'name', '128'],
    ['no actions', { actions: [] }, 'actions', 'at least one'],
    ['many actions', { actions: many(501, (i) => ({ ...ACTION, name: `A${i}` })) }, 'actions', '500'],
    ['two actions of one name', { actions: [ACTION, { ...ACTION, name: 'pay' }] }, 'actions[1].name', 'without case'],
    ['a wildcard', { actions: [{ ...ACTION, name: 'Pay*' }] }, 'actions[0].name', 'letters and digits'],
    [
      'a type that is not there',
      { actions: [{ ...ACTION, resourceTypes: ['bill'] }] },
      'actions[0].resourceTypes[0]',
      'no resource type `bill`',
    ],
    [
      'a key that is not there',
      { actions: [{ ...ACTION, conditionKeys: ['orders:X'] }] },
      'actions[0].conditionKeys[0]',
      'no condition key `orders:X`',
    ],
    [
      'a key of another service',
      { conditionKeys: [{ name: 's3:prefix', type: 'String' }] },
      'conditionKeys[0].name',
      'no condition key of the service',
    ],
    ['a type of keys', { conditionKeys: [{ name: 'orders:A', type: 'Text' }] }, 'conditionKeys[0].type', '`Text`'],
    ['ARNs of another service', typed('arn:aws:s3:::order/${Id}'), PLACE, 'not of the form'],
    [
      'ARNs of every service',
      typed('arn:${Partition}:${Service}:${Region}:${Account}:order/${Id}'),
      PLACE,
      'not of the form',
    ],
    ['no ARN', typed('order/${Id}'), PLACE, 'not of the form'],
    ['a wildcard in a pattern', typed('arn:aws:orders:::order/*'), PLACE, 'placeholders'],
    ['half a placeholder', typed('arn:aws:orders:::order/${Id'), PLACE, 'placeholders'],
    ['two placeholders in one', typed('arn:aws:orders:::order/${A}${B}'), PLACE, 'next to each other'],
    ['many placeholders', typed(`arn:aws:orders:::${many(9, (i) => `x\${A${i}}`).join('/')}`), PLACE, 'more than 8'],
    ['a long pattern', typed(`arn:aws:orders:::${'x'.repeat(512)}`), PLACE, '512'],
  ])('is not %s', async (_what, change, field, message) => {
    expect(await failure(directory.services.register({ ...ORDERS, ...change }))).toEqual({
      code: 'BAD_USER_INPUT',
      field,
      message: expect.stringContaining(message),
    });
  });
});

describe('gateways on one server', () => {
  it('have one catalogue at each revision', async () => {
    const url = await (await sharedPostgres()).createMigrated();
    const open = async (): Promise<OpenDirectory> => {
      const directory = await openDirectory({ kind: 'server', url }, await openCatalog());
      onTestFinished(() => directory.close());
      return directory;
    };
    const [one, other] = [await open(), await open()];
    await one.apply(WORLD);
    await other.revision();
    await one.services.register(ORDERS);
    // Nothing has told the other one: the question itself finds it.
    expect(await told(other, ALICE, 'orders:CancelOrder', orderArn('1'))).toBe('ALLOWED');
    await other.services.update({ ...ORDERS, actions: ORDERS.actions.slice(1) });
    expect(await told(one, ALICE, 'orders:CancelOrder', orderArn('1'))).toContain('knows no action');
    const access = createAccess(one, one.catalog);
    await other.services.update(ORDERS);
    const found = await access.whoCan(
      { ...aQuestion(ALICE, 'orders:CancelOrder', orderArn('1')) },
      { limit: 10 },
      NOON,
    );
    expect(found.entries.map(({ answer }) => answer.decision.effect)).toEqual(['ALLOWED']);
  });

  it('let the service of an application count where a new catalogue has its prefix, until it is removed', async () => {
    const url = await (await sharedPostgres()).createMigrated();
    const before = await openDirectory({ kind: 'server', url }, new FormerCatalog(await openCatalog()));
    await before.apply({ ...WORLD, users: [aUser('alice', [allow('sqs:*')])] });
    await before.services.register({ prefix: 'sqs', name: 'Quiz', actions: [ACTION] });
    expect(before.services.hiding).toEqual([]);
    await before.close();
    const later = await openDirectory({ kind: 'server', url }, await openCatalog());
    onTestFinished(() => later.close());
    expect(later.services.hiding).toEqual(['sqs']);
    const queue = `arn:aws:sqs:eu-west-1:${A}:queue`;
    expect(await told(later, ALICE, 'sqs:Pay', '*')).toBe('ALLOWED');
    expect(await told(later, ALICE, 'sqs:SendMessage', queue)).toContain('knows no action');
    await later.services.update({ prefix: 'sqs', name: 'Quiz 2', actions: [ACTION] });
    await later.services.remove('sqs');
    expect(await told(later, ALICE, 'sqs:SendMessage', queue)).toBe('ALLOWED');
    expect(later.services.hiding).toEqual([]);
  });
});

/** A catalogue from before AWS had SQS. */
class FormerCatalog extends LiveCatalog {
  override get aws(): Catalog {
    return this;
  }

  override services(): readonly string[] {
    return super.services().filter((prefix) => prefix !== 'sqs');
  }

  override service(key: string): CatalogService | null {
    return key === 'sqs' ? null : super.service(key);
  }
}
