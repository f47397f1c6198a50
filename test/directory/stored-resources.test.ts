import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openCatalog } from '../../src/catalog/catalog.ts';
import type { Directory, Gathered } from '../../src/directory/directory.ts';
import type { DirectoryDocument, ResourceInput } from '../../src/directory/document.ts';
import { CompiledPolicies } from '../../src/directory/gather/compiled-policies.ts';
import { Gatherer } from '../../src/directory/gather/gather.ts';
import { Memory } from '../../src/directory/gather/memory.ts';
import type { ResourceRow } from '../../src/directory/gather/rows.ts';
import { StoredResources } from '../../src/directory/gather/stored-resources.ts';
import type { Database } from '../../src/directory/prisma/database.ts';
import { openEmbeddedDatabase } from '../../src/directory/prisma/embedded-database.ts';
import { migrate } from '../../src/directory/prisma/migrate.ts';
import { directoryIn, type OpenDirectory, openDirectory } from '../../src/directory/prisma/open-directory.ts';
import { openServerDatabase } from '../../src/directory/prisma/server-database.ts';
import { RolegateError } from '../../src/policy/errors.ts';
import { putEmptyDirectory } from '../support/empty-directory.ts';
import { newDataDir, removeDataDir } from '../support/gateway.ts';
import { sharedPostgres } from '../support/postgres-server.ts';
import { runs } from '../support/runs.ts';
import { unwatchedBudget } from '../support/unwatched-budget.ts';
import { allow, grant, HERE, THERE } from './documents.ts';
import { describeInBothStores } from './stores.ts';

const catalog = await openCatalog();

const ELSEWHERE = '333333333333';
const APP = `arn:aws:iam::${HERE}:role/App`;
const ALICE = `arn:aws:iam::${HERE}:user/alice`;
const ORGANIZATION = 'o-1';

const WORLD: DirectoryDocument = {
  organizations: [
    {
      id: ORGANIZATION,
      rootId: 'r-1',
      managementAccountId: THERE,
      controlPolicies: [
        { id: 'p-1', type: 'SERVICE_CONTROL_POLICY', name: 'all', document: allow('*'), targets: ['r-1'] },
        { id: 'p-2', type: 'RESOURCE_CONTROL_POLICY', name: 'all', document: allow('*'), targets: ['r-1'] },
      ],
    },
  ],
  accounts: [{ id: HERE, membership: { organizationId: ORGANIZATION, unitId: null } }, { id: THERE }],
  users: [{ arn: ALICE, tags: { team: 'a' } }],
  roles: [{ arn: APP, id: 'AROAAPP', trustPolicy: allow('sts:AssumeRole') }],
  resources: [
    { arn: 'arn:aws:s3:::known', accountId: HERE, policy: allow('s3:GetObject') },
    { arn: 'arn:aws:s3:::bare', accountId: THERE },
    { arn: `arn:aws:lambda:us-east-1:${HERE}:function:f`, accountId: HERE, policy: allow('lambda:InvokeFunction') },
  ],
};

const NOON = Date.UTC(2026, 5, 15, 12);

const SESSION = {
  id: 's1',
  accessKeyId: 'ASIA1',
  arn: `arn:aws:sts::${HERE}:assumed-role/App/s1`,
  roleArn: APP,
  roleId: 'AROAAPP',
  roleSessionName: 's1',
  sourceIdentity: null,
  tags: {},
  transitiveTagKeys: [],
  sessionPolicies: [],
  sessionPolicyArns: [],
  assumedBy: ALICE,
  assumedById: null,
  federatedProvider: null,
  parentId: null,
  issuedAt: NOON,
  expiresAt: NOON + 3_600_000,
};

/** Names that nobody has asked about, of every kind that is answered from memory. */
function newNames(round: string): readonly string[] {
  return [
    `arn:aws:s3:::known/object-${round}`,
    `arn:aws:s3:::bare/object-${round}`,
    `arn:aws:s3:::unknown-${round}/object`,
    `arn:aws:s3:::unknown-${round}`,
    `arn:aws:sqs:us-east-1:${HERE}:queue-${round}`,
    `arn:aws:sqs:us-east-1:${ELSEWHERE}:queue-${round}`,
    `arn:aws:lambda:us-east-1:${HERE}:function:f:alias-${round}`,
    `arn:aws:lambda:us-east-1:${HERE}:function:g-${round}:alias`,
    `arn:aws:dynamodb:us-east-1:${HERE}:table/t-${round}/index/i`,
    `arn:aws:kms:us-east-1:${HERE}:key/${round}`,
    `arn:aws:iam::${HERE}:user/nobody-${round}`,
    `arn:aws:iam::${HERE}:policy/none-${round}`,
  ];
}

const nothing = { principals: [], roles: [], resources: [] };

function about(arns: readonly string[], accountId: string | null = null) {
  return { ...nothing, resources: arns.map((arn) => ({ arn, accountId })) };
}

const READS_THE_REVISION = 'SELECT s.revision::text AS revision, s."restoredRevision"';

/** Statements sent, but for the one that reads the revision on a server. */
function sent(statements: readonly string[]): readonly string[] {
  return statements.filter((sql) => !sql.trim().startsWith(READS_THE_REVISION));
}

describeInBothStores('names that nobody has asked about', (store) => {
  test('need no statement, stored or not', async () => {
    const directory = await store.open(WORLD);
    // What has just been written is read with the first question.
    await directory.gather(about(newNames('0')));
    store.statements.length = 0;
    await directory.gather(about(newNames('1')));
    await directory.gather(about(newNames('2'), ELSEWHERE));
    for (const { arn } of WORLD.resources ?? []) await directory.gather(about([arn]));
    await directory.gather(about([ALICE]));
    expect(sent(store.statements)).toEqual([]);
  });

  test('need none while sessions and credentials come and go', async () => {
    const directory = await store.open(WORLD);
    await directory.gather(about(newNames('0')));
    const before = await directory.revision();
    await directory.keys.create({ id: 'AKIATESTTESTTESTTEST', userArn: ALICE });
    await directory.sessions.create(SESSION);
    await directory.sessions.end(SESSION.id, SESSION.issuedAt + 1, 'EXITED');
    store.statements.length = 0;
    await directory.gather(about(newNames('1')));
    expect(sent(store.statements)).toEqual([]);
    expect(await directory.revision()).toBeGreaterThan(before);
  });

  test('after a change cost the same, stored or not: the next question reads what has changed', async () => {
    const directory = await store.open(WORLD);
    const counts: number[] = [];
    for (const [index, probe] of ['arn:aws:s3:::secret', 'arn:aws:s3:::absent'].entries()) {
      await directory.apply({
        resources: [{ arn: 'arn:aws:s3:::secret', accountId: HERE, policy: allow(`s3:Get${index}*`) }],
      });
      store.statements.length = 0;
      await directory.gather(about([`${probe}/object`]));
      counts.push(store.statements.length);
      store.statements.length = 0;
      await directory.gather(about([`${probe}/another`]));
      expect(sent(store.statements)).toEqual([]);
    }
    expect(counts[0]).toBe(counts[1]);
    expect(counts[0]).toBeGreaterThan(0);
  });
});

describe('what is held is bounded', () => {
  const arn = 'arn:aws:s3:::a';
  const row = (policyHash: string | null, name = arn): ResourceRow => ({
    arn: name,
    accountId: ELSEWHERE,
    tags: {},
    policyHash,
    policyBindings: {},
    objectOwnership: null,
    abacEnabled: null,
    region: null,
    publicAccessBlock: null,
    accessPoint: null,
    grants: [],
    known: [],
  });
  const around = { catalog, compiled: new CompiledPolicies(unwatchedBudget()), account: () => undefined };
  const wanted = { kind: 'resource', arn, accountId: null } as const;

  /** With room for so many rows without policies, or texts of the same length; `kept`: what takes room beside it. */
  function complete(rows: number): StoredResources {
    const room = rows * (JSON.stringify(row('0')).length + 200);
    const budget = unwatchedBudget(room / 0.6 / 0.4);
    const resources = new StoredResources(budget);
    resources.begin();
    resources.add(1n, { resources: [row('0')] });
    resources.keepText('0', allow('s3:*'));
    resources.complete();
    return resources;
  }

  /** One change of a resource after the other, each read with the question after it. */
  function change(resources: StoredResources, next: ResourceRow): void {
    resources.advance([{ entity: 'Resource', entityId: next.arn }]);
    resources.learn([next.arn], [next]);
  }

  test('policies that were replaced do not count, however often that happens', () => {
    const resources = complete(10);
    for (let index = 1; index < 1_000; index++) {
      change(resources, row(String(index)));
      resources.keepText(String(index), allow('s3:*'));
    }
    expect(resources.state).toBe('complete');
    expect(resources.make(wanted, 1n, around)).toBeDefined();
  });

  test('where too much is stored, and while it is read, statements read nothing along', () => {
    const touched = [{ entity: 'Resource', entityId: arn }];
    const given = complete(0);
    given.advance(touched);
    expect([given.state, given.stale.size]).toEqual(['tooMany', 0]);
    const reading = new StoredResources(unwatchedBudget());
    reading.begin();
    reading.advance(touched);
    expect(reading.stale.size).toBe(0);
    reading.complete();
    expect([...reading.stale]).toEqual([arn]);
  });

  test('policies that are in use count, and so do resources that are added one by one', () => {
    const long = complete(10);
    change(long, row('long'));
    long.keepText('long', ' '.repeat(10_000));
    expect(long.state).toBe('tooMany');
    const many = complete(10);
    for (let index = 0; index < 10; index++) change(many, row(null, `${arn}${index}`));
    expect(many.state).toBe('tooMany');
    expect(many.make(wanted, 1n, around)).toBeUndefined();
  });
});

/** Never makes anything: everything is asked of the database. */
class NothingStored extends StoredResources {
  override make(): undefined {
    return undefined;
  }
}

/** Gathers by the database alone. */
function slowly(database: Database): Pick<Directory, 'gather'> {
  return {
    gather: (request) => {
      const budget = unwatchedBudget();
      const memory = new Memory(0n, budget);
      const tools = { catalog, compiled: new CompiledPolicies(budget), memory, resources: new NothingStored(budget) };
      const gatherer = new Gatherer(database, tools, { isFresh: false, refresh: () => Promise.resolve() });
      return gatherer.gather(request);
    },
  };
}

/** What is known of a resource, without what differs between two compilations of one document. */
function told(gathered: Gathered, arn: string, accountId: string | null) {
  const { value, gaps, unknown } = gathered.resource(arn, accountId);
  const { facts, closed, kind, restrictedBy, accountId: owner } = value;
  const { policy, resourceControl, ...rest } = facts;
  return {
    ...rest,
    gaps,
    unknown,
    closed,
    kind,
    restrictedBy,
    owner,
    policy:
      policy === null ? null : { id: policy.id, holder: policy.holder, statements: policy.policy.statements.length },
    resourceControl: resourceControl?.map(({ level, policies }) => [level.id, policies.map(({ id }) => id)]) ?? null,
  };
}

const bucket = fc.constantFrom('a', 'b', 'c');
const key = `arn:aws:kms:us-east-1:${HERE}:key/k`;
const asked = fc.tuple(
  fc.oneof(
    fc.constantFrom(key, `arn:aws:s3:us-east-1:${THERE}:accesspoint/p`, `arn:aws:sqs:us-east-1:${ELSEWHERE}:q`),
    bucket.map((name) => `arn:aws:s3:::${name}`),
    fc.tuple(bucket, fc.constantFrom('x', 'y')).map(([name, key]) => `arn:aws:s3:::${name}/${key}`),
    fc.constantFrom(HERE, ELSEWHERE).map((id) => `arn:aws:lambda:us-east-1:${id}:function:f:live`),
    fc.constantFrom('alice', 'bob').map((name) => `arn:aws:iam::${HERE}:user/${name}`),
  ),
  fc.constantFrom(null, THERE, ELSEWHERE),
);

const resource: fc.Arbitrary<ResourceInput> = fc
  .record({
    arn: fc.oneof(
      bucket.map((name) => `arn:aws:s3:::${name}`),
      fc.constantFrom('', ':live').map((alias) => `arn:aws:lambda:us-east-1:${HERE}:function:f${alias}`),
    ),
    accountId: fc.constantFrom(HERE, HERE, THERE),
    policy: fc.constantFrom(
      null,
      allow('s3:GetObject'),
      allow('*'),
      'no policy',
      grant(ALICE, 's3:*'),
      grant(APP, 's3:*'),
    ),
    tags: fc.constantFrom({}, { a: 'b' }),
  })
  .map((one) => (one.arn.includes(':lambda:') ? { ...one, accountId: HERE } : one));

const BLOCK = { blockPublicAcls: true, ignorePublicAcls: true, blockPublicPolicy: true, restrictPublicBuckets: true };

/** What stands above resources, is kept with them, or is named by their policies. */
const surroundings: fc.Arbitrary<DirectoryDocument> = fc.oneof(
  fc
    .constantFrom(
      'NONE' as const,
      { organizationId: ORGANIZATION, unitId: null },
      { organizationId: ORGANIZATION, unitId: 'ou-1' },
    )
    .map((membership) => ({ accounts: [{ id: HERE, membership }] })),
  fc
    .tuple(fc.constantFrom('r-1', 'ou-1', HERE), fc.constantFrom(allow('*'), allow('s3:*')), fc.boolean())
    .map(([target, document, rcpEnabled]) => ({
      organizations: [
        {
          id: ORGANIZATION,
          rootId: 'r-1',
          managementAccountId: THERE,
          rcpEnabled,
          units: [{ id: 'ou-1', name: 'unit', parentId: null }],
          controlPolicies: [
            { id: 'p-2', type: 'RESOURCE_CONTROL_POLICY' as const, name: 'all', document, targets: [target] },
          ],
        },
      ],
    })),
  fc.constant({
    organizations: [{ id: ORGANIZATION, rootId: 'r-1', managementAccountId: THERE, allAccounts: [THERE] }],
  }),
  fc.constantFrom(null, BLOCK).map((publicAccessBlock) => ({ accounts: [{ id: HERE, publicAccessBlock }] })),
  fc
    .constantFrom(null, BLOCK)
    .map((publicAccessBlock) => ({ resources: [{ arn: 'arn:aws:s3:::a', accountId: HERE, publicAccessBlock }] })),
  fc.constantFrom([], [{ id: 'g', granteePrincipal: ALICE, operations: ['Decrypt'] }]).map((grants) => ({
    resources: [{ arn: key, accountId: HERE, grants }],
  })),
  fc.constantFrom('users' as const, 'roles' as const).map((kind) => ({ wholeLists: [{ accountId: HERE, kind }] })),
  fc.constant({ roles: [{ arn: APP, trustPolicy: allow('sts:AssumeRole') }] }),
);

const change: fc.Arbitrary<DirectoryDocument> = fc.oneof(
  { weight: 4, arbitrary: resource.map((one) => ({ resources: [one] })) },
  fc.constantFrom(HERE, THERE).map(
    (accountId): DirectoryDocument => ({
      wholeLists: [{ accountId, kind: 'resources', service: 's3' }],
    }),
  ),
  fc
    .constantFrom('alice', 'bob')
    .map(
      (name): DirectoryDocument => ({ users: [{ arn: `arn:aws:iam::${HERE}:user/${name}`, tags: { [name]: 'x' } }] }),
    ),
  { weight: 4, arbitrary: surroundings },
  fc.constant<DirectoryDocument>({ accounts: [{ id: ELSEWHERE }] }),
  fc.constantFrom('COMPLETE' as const, 'NONE' as const).map(
    (state): DirectoryDocument => ({
      knowledge: [{ accountId: HERE, layer: 'RESOURCE_POLICIES', service: 's3', state }],
    }),
  ),
);

const step = fc.oneof(
  { weight: 2, arbitrary: change.map((document) => ({ kind: 'change' as const, document })) },
  { weight: 1, arbitrary: fc.constantFrom(ALICE, APP).map((arn) => ({ kind: 'delete' as const, arn })) },
  {
    weight: 3,
    arbitrary: fc.array(asked, { minLength: 1, maxLength: 3 }).map((names) => ({ kind: 'ask' as const, names })),
  },
);

/** What a state of the directory refuses changes nothing. */
function notNow(error: unknown): void {
  if (!(error instanceof RolegateError)) throw error;
}

function deleted({ entities }: Pick<OpenDirectory, 'entities'>, arn: string): Promise<void> {
  return arn === ALICE
    ? entities.deleteUser({ userArn: arn, withDependents: true })
    : entities.deleteRole({ roleArn: arn, withDependents: true });
}

async function agreement(
  writer: Pick<OpenDirectory, 'apply' | 'entities'>,
  reader: Pick<Directory, 'gather'>,
  database: Database,
): Promise<void> {
  await writer.apply(WORLD);
  const slow = slowly(database);
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      for (const one of steps) {
        if (one.kind === 'change') {
          await writer.apply(one.document).catch(notNow);
          continue;
        }
        if (one.kind === 'delete') {
          await deleted(writer, one.arn).catch(notNow);
          continue;
        }
        const request = { ...nothing, resources: one.names.map(([arn, accountId]) => ({ arn, accountId })) };
        const [quick, all] = [await reader.gather(request), await slow.gather(request)];
        for (const [arn, accountId] of one.names)
          expect(told(quick, arn, accountId)).toEqual(told(all, arn, accountId));
        expect(quick.revision).toBe(all.revision);
      }
    }),
    { numRuns: runs(10) },
  );
}

describe('what is made of stored names is what the database says, with writes between', () => {
  test('in a folder', async () => {
    const dataDir = await newDataDir();
    await putEmptyDirectory(dataDir);
    const database = await openEmbeddedDatabase(dataDir, migrate);
    const directory = await directoryIn(database, catalog);
    await expect(agreement(directory, directory, database)).resolves.toBeUndefined();
    await directory.close();
    await removeDataDir(dataDir);
  });

  test('on a server, written by another gateway', async () => {
    const url = await (await sharedPostgres()).createMigrated();
    const [writer, reader] = [
      await openDirectory({ kind: 'server', url }, catalog),
      await openDirectory({ kind: 'server', url }, catalog),
    ];
    const database = openServerDatabase(url);
    await expect(agreement(writer, reader, database)).resolves.toBeUndefined();
    await Promise.all([writer.close(), reader.close(), database.close()]);
  });
});
