import { expect, it } from 'vitest';
import type { DirectoryDocument, KnowledgeInput, PublicAccessBlock } from '../../src/directory/document.ts';
import type { OpenDirectory } from '../../src/directory/prisma/open-directory.ts';
import { allow, BUCKET, HERE, THERE } from './documents.ts';
import { describeInBothStores } from './stores.ts';

const CLOSED: PublicAccessBlock = {
  blockPublicAcls: true,
  ignorePublicAcls: true,
  blockPublicPolicy: true,
  restrictPublicBuckets: true,
};
const OPEN: PublicAccessBlock = { ...CLOSED, restrictPublicBuckets: false };
const KEY = `arn:aws:kms:us-east-1:${HERE}:key/1`;
const PROVIDER = `arn:aws:iam::${HERE}:oidc-provider/issuer.example/a`;
const ENDPOINT = 'vpce-1';

const WORLD: DirectoryDocument = {
  organizations: [
    {
      id: 'o-1',
      rootId: 'r-1',
      rootName: 'Top',
      managementAccountId: THERE,
      controlPolicies: [
        {
          id: 'p-1',
          type: 'SERVICE_CONTROL_POLICY',
          name: 'one',
          description: 'the first',
          document: allow('*'),
          targets: ['r-1'],
        },
      ],
    },
  ],
  accounts: [
    {
      id: HERE,
      alias: 'here',
      membership: { organizationId: 'o-1', unitId: null },
      publicAccessBlock: CLOSED,
      organizationPublicAccessBlock: OPEN,
    },
  ],
  oidcProviders: [
    { arn: PROVIDER, url: 'https://issuer.example/a', clientIds: ['b', 'a'], createdAt: '2024-01-01T00:00:00Z' },
  ],
  resources: [
    {
      arn: BUCKET,
      accountId: HERE,
      region: 'eu-west-1',
      publicAccessBlock: OPEN,
      objectOwnership: 'BucketOwnerEnforced',
      abacEnabled: true,
    },
    {
      arn: KEY,
      accountId: HERE,
      grants: [
        { id: 'g2', granteePrincipal: 'dynamodb.amazonaws.com', operations: ['Encrypt', 'Decrypt'] },
        {
          id: 'g1',
          name: 'one',
          granteePrincipal: `arn:aws:iam::${HERE}:role/App`,
          retiringPrincipal: `arn:aws:iam::${HERE}:root`,
          operations: ['Decrypt'],
          encryptionContextSubset: { b: '1', a: '2' },
        },
      ],
    },
  ],
  vpcEndpoints: [
    {
      id: ENDPOINT,
      accountId: HERE,
      region: 'cn-north-1',
      vpcId: 'vpc-1',
      serviceName: 'com.amazonaws.cn-north-1.s3',
      type: 'Gateway',
      tags: { b: '1', a: '2' },
      policy: allow('s3:GetObject'),
    },
  ],
  knowledge: [
    { accountId: HERE, layer: 'GRANTS', state: 'COMPLETE' },
    { accountId: HERE, layer: 'RESOURCE_POLICIES', service: 's3', state: 'PARTIAL', missing: ['ACLs are missing'] },
    { accountId: HERE, layer: 'RESOURCE_POLICIES', service: 'kms', state: 'COMPLETE' },
  ],
};

async function knowledgeOf({ prisma }: OpenDirectory) {
  const rows = await prisma.accountKnowledge.findMany({ orderBy: [{ layer: 'asc' }, { service: 'asc' }] });
  return rows.map(({ layer, service, state, at, missing }) => ({ layer, service, state, at, missing }));
}

/** The entities that the latest change touched. */
async function touched(directory: OpenDirectory): Promise<readonly string[]> {
  const rows = await directory.prisma.directoryChange.findMany({ where: { revision: await directory.revision() } });
  return rows.map(({ entity, entityId }) => `${entity} ${entityId}`).toSorted();
}

describeInBothStores('what a document says beside identities', (store) => {
  it('is stored whole', async () => {
    const { prisma } = await store.open(WORLD);
    expect(await prisma.organization.findMany()).toMatchObject([{ id: 'o-1', rootName: 'Top' }]);
    expect(await prisma.controlPolicy.findMany()).toMatchObject([{ id: 'p-1', description: 'the first' }]);
    expect(await prisma.account.findUnique({ where: { id: HERE } })).toMatchObject({
      alias: 'here',
      publicAccessBlock: CLOSED,
      organizationPublicAccessBlock: OPEN,
    });
    expect(await prisma.oidcProvider.findMany()).toEqual([
      {
        arn: PROVIDER,
        accountId: HERE,
        url: 'https://issuer.example/a',
        clientIds: ['b', 'a'],
        jwks: { keys: [] },
        createdAt: new Date('2024-01-01T00:00:00Z'),
      },
    ]);
    expect(await prisma.resource.findMany({ orderBy: { arn: 'asc' } })).toMatchObject([
      {
        arn: KEY,
        publicAccessBlock: null,
        objectOwnership: null,
        abacEnabled: null,
        grants: [
          { id: 'g1', name: 'one', operations: ['Decrypt'], encryptionContextSubset: { a: '2', b: '1' } },
          { id: 'g2', granteePrincipal: 'dynamodb.amazonaws.com', operations: ['Decrypt', 'Encrypt'] },
        ],
      },
      {
        arn: BUCKET,
        region: 'eu-west-1',
        publicAccessBlock: OPEN,
        objectOwnership: 'BucketOwnerEnforced',
        abacEnabled: true,
        grants: [],
      },
    ]);
    const endpoints = await prisma.vpcEndpoint.findMany({ include: { policy: true } });
    expect(endpoints).toMatchObject([
      {
        id: ENDPOINT,
        arn: `arn:aws-cn:ec2:cn-north-1:${HERE}:vpc-endpoint/${ENDPOINT}`,
        vpcId: 'vpc-1',
        tags: { a: '2', b: '1' },
        policy: { text: allow('s3:GetObject') },
      },
    ]);
  });

  it('changes nothing when it is said again, whatever the order of its sets', async () => {
    const directory = await store.open(WORLD);
    const again: DirectoryDocument = {
      ...WORLD,
      oidcProviders: WORLD.oidcProviders?.map((each) => ({ ...each, clientIds: each.clientIds.toReversed() })) ?? [],
      resources: WORLD.resources?.map((each) => ({ ...each, grants: (each.grants ?? []).toReversed() })) ?? [],
    };
    const before = await knowledgeOf(directory);
    expect(await directory.apply(again)).toMatchObject({ changed: false, revision: 1n });
    expect(await knowledgeOf(directory)).toEqual(before);
  });

  it('stays as it is where a later document is silent', async () => {
    const directory = await store.open(WORLD);
    const applied = await directory.apply({
      organizations: [{ id: 'o-1', rootId: 'r-1', managementAccountId: THERE }],
      accounts: [{ id: HERE }],
      oidcProviders: [{ arn: PROVIDER, url: 'https://issuer.example/a', clientIds: ['a', 'b'] }],
      resources: [
        { arn: BUCKET, accountId: HERE },
        { arn: KEY, accountId: HERE },
      ],
    });
    expect(applied.changed).toBe(false);
  });

  it('is removed where a later document says that there is none', async () => {
    const directory = await store.open(WORLD);
    await directory.apply({
      accounts: [{ id: HERE, alias: null, publicAccessBlock: null, organizationPublicAccessBlock: null }],
      resources: [
        { arn: BUCKET, accountId: HERE, publicAccessBlock: null, objectOwnership: null, abacEnabled: null },
        { arn: KEY, accountId: HERE, grants: [] },
      ],
      vpcEndpoints: (WORLD.vpcEndpoints ?? []).map((each) => ({ ...each, policy: null })),
    });
    expect(await directory.prisma.account.findUnique({ where: { id: HERE } })).toMatchObject({
      alias: null,
      publicAccessBlock: null,
      organizationPublicAccessBlock: null,
    });
    expect(await directory.prisma.resource.findMany()).toMatchObject([
      { publicAccessBlock: null, objectOwnership: null, abacEnabled: null, grants: [] },
      { publicAccessBlock: null, objectOwnership: null, abacEnabled: null, grants: [] },
    ]);
    expect(await directory.prisma.vpcEndpoint.findMany()).toMatchObject([{ policyHash: null }]);
    expect(await touched(directory)).toEqual([
      `Account ${HERE}`,
      `Resource ${KEY}`,
      `Resource ${BUCKET}`,
      `VpcEndpoint ${ENDPOINT}`,
    ]);
  });

  it('keeps the keys of a provider that is imported again without them', async () => {
    const directory = await store.open(WORLD);
    const jwks = { keys: [{ kty: 'RSA', kid: '1' }] };
    await directory.oidcProviders.update(PROVIDER, { jwks });
    await directory.apply({
      oidcProviders: [{ arn: PROVIDER, url: 'https://issuer.example/a', clientIds: ['c'] }],
    });
    expect(await directory.oidcProviders.find(PROVIDER)).toMatchObject({ clientIds: ['c'], jwks });
    expect(await touched(directory)).toEqual([`OidcProvider ${PROVIDER}`]);
  });
});

describeInBothStores('what is known of an account', (store) => {
  const say = (input: Partial<KnowledgeInput>): DirectoryDocument => ({
    knowledge: [{ accountId: HERE, layer: 'TRUST_POLICIES', state: 'COMPLETE', ...input }],
  });

  it('has the time since which it is complete', async () => {
    const before = Date.now();
    const directory = await store.open(say({}));
    const [row] = await knowledgeOf(directory);
    expect(row).toMatchObject({ layer: 'TRUST_POLICIES', service: '', state: 'COMPLETE', missing: [] });
    expect(row?.at?.getTime()).toBeGreaterThanOrEqual(before);
    expect(await touched(directory)).toEqual([`Account ${HERE}`]);
  });

  it('becomes partial with what is missing, complete again, and unknown', async () => {
    const directory = await store.open(say({}));
    await directory.apply(say({ state: 'PARTIAL', missing: ['a is missing'] }));
    expect(await knowledgeOf(directory)).toMatchObject([{ state: 'PARTIAL', at: null, missing: ['a is missing'] }]);
    await directory.apply(say({ state: 'PARTIAL', missing: ['b is missing'] }));
    expect(await knowledgeOf(directory)).toMatchObject([{ state: 'PARTIAL', missing: ['b is missing'] }]);
    await directory.apply(say({}));
    expect(await knowledgeOf(directory)).toMatchObject([{ state: 'COMPLETE', at: expect.any(Date), missing: [] }]);
    expect(await directory.apply(say({ state: 'NONE' }))).toMatchObject({ changed: true });
    expect(await knowledgeOf(directory)).toEqual([]);
    expect(await directory.apply(say({ state: 'NONE' }))).toMatchObject({ changed: false });
  });

  it('is about a service for resource policies, and for nothing else', async () => {
    const directory = await store.open({});
    const why = 'RESOURCE_POLICIES names a service, and no other layer does';
    await expect(directory.apply(say({ service: 's3' }))).rejects.toThrow(
      `knowledge of account ${HERE}, TRUST_POLICIES of s3: ${why}`,
    );
    await expect(directory.apply(say({ layer: 'RESOURCE_POLICIES' }))).rejects.toThrow(why);
    expect(await directory.revision()).toBe(0n);
  });
});
