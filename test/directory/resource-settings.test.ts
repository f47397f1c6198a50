import { expect, it } from 'vitest';
import type {
  AccountInput,
  DirectoryDocument,
  PublicAccessBlock,
  ResourceInput,
} from '../../src/directory/document.ts';
import { ALICE, allow, BUCKET, grant, HERE, THERE } from './documents.ts';
import { describeInBothStores } from './stores.ts';

const OPEN: PublicAccessBlock = {
  blockPublicAcls: false,
  ignorePublicAcls: false,
  blockPublicPolicy: false,
  restrictPublicBuckets: false,
};
const CLOSED: PublicAccessBlock = { ...OPEN, restrictPublicBuckets: true };
const ACCESS_POINT = `arn:aws:s3:eu-west-1:${HERE}:accesspoint/p`;
const KEY = `arn:aws:kms:us-east-1:${HERE}:key/1`;
const PUBLIC = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: '*', Action: 's3:*', Resource: '*' }],
});

/** Of another account: not public. */
const NAMED = {
  policy: JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: THERE }, Action: 's3:*', Resource: '*' }],
  }),
};
const LIMITED: Partial<ResourceInput> = { accessPoint: { bucket: BUCKET, vpcId: 'vpc-1a2b3c' } };

function world(account: Partial<AccountInput>, ...resources: readonly Partial<ResourceInput>[]): DirectoryDocument {
  return {
    accounts: [{ id: HERE, ...account }, { id: THERE }],
    users: [{ arn: ALICE, inlinePolicies: [{ name: 'all', document: allow('*') }] }],
    resources: resources.map((resource) => ({ arn: BUCKET, accountId: HERE, policy: PUBLIC, ...resource })),
  };
}

describeInBothStores('the settings of resources', (store) => {
  const gatherer = async (document: DirectoryDocument) => {
    const directory = await store.open(document);
    return async (arn: string) => {
      const gathered = await directory.gather({ principals: [], roles: [], resources: [{ arn, accountId: null }] });
      return gathered.resource(arn, null).value;
    };
  };

  it.each<[string, Partial<AccountInput>, Partial<ResourceInput>, string | null]>([
    ['of the bucket', {}, { publicAccessBlock: CLOSED }, 'BUCKET'],
    ['of the account', { publicAccessBlock: CLOSED }, { publicAccessBlock: OPEN }, 'ACCOUNT'],
    ['of the organization', { organizationPublicAccessBlock: CLOSED, publicAccessBlock: OPEN }, {}, 'ORGANIZATION'],
    ['of the organization, off', { organizationPublicAccessBlock: OPEN, publicAccessBlock: CLOSED }, {}, null],
    ['none', {}, {}, null],
    ['of a bucket without a public policy', { publicAccessBlock: CLOSED }, { policy: grant(ALICE, 's3:*') }, null],
  ])('Block Public Access %s counts for the bucket and its objects', async (_name, account, resource, level) => {
    const resourceOf = await gatherer(world(account, resource));
    expect((await resourceOf(BUCKET)).restrictedBy).toBe(level);
    expect((await resourceOf(`${BUCKET}/x`)).restrictedBy).toBe(level);
  });

  it('Block Public Access of an access point counts for itself and what is behind it', async () => {
    const resourceOf = await gatherer(world({}, { arn: ACCESS_POINT, publicAccessBlock: CLOSED }, {}));
    expect((await resourceOf(ACCESS_POINT)).restrictedBy).toBe('ACCESS_POINT');
    expect((await resourceOf(`${ACCESS_POINT}/object/x`)).restrictedBy).toBe('ACCESS_POINT');
    expect((await resourceOf(`${BUCKET}/x`)).restrictedBy).toBeNull();
  });

  it.each<[string, Partial<AccountInput>, Partial<ResourceInput>, Partial<ResourceInput>, string | null]>([
    ['its own', {}, { publicAccessBlock: CLOSED }, {}, 'ACCESS_POINT'],
    ['the one of its bucket', {}, {}, { publicAccessBlock: CLOSED }, 'BUCKET'],
    ['the one of the account', { publicAccessBlock: CLOSED }, {}, {}, 'ACCOUNT'],
    ['that of the bucket, for the public policy of the bucket', {}, NAMED, { publicAccessBlock: CLOSED }, 'BUCKET'],
    ['its own, which is not about the policy of the bucket', {}, { ...NAMED, publicAccessBlock: CLOSED }, {}, null],
    [
      'none, of an access point that only a VPC reaches',
      {},
      LIMITED,
      { policy: NAMED.policy, publicAccessBlock: CLOSED },
      null,
    ],
  ])('of an access point the most restrictive setting counts: %s', async (_name, account, point, bucket, level) => {
    const accessPoint = { bucket: BUCKET, vpcId: null };
    const resourceOf = await gatherer(world(account, { arn: ACCESS_POINT, accessPoint, ...point }, bucket));
    expect((await resourceOf(ACCESS_POINT)).restrictedBy).toBe(level);
    expect((await resourceOf(`${ACCESS_POINT}/object/x`)).restrictedBy).toBe(level);
  });

  it('a bucket that changes counts for its access points from then on', async () => {
    const accessPoint = { bucket: BUCKET, vpcId: null };
    const directory = await store.open(world({}, { arn: ACCESS_POINT, accessPoint }, {}));
    const level = async () => {
      const resources = [{ arn: `${ACCESS_POINT}/object/x`, accountId: null }];
      const gathered = await directory.gather({ principals: [], roles: [], resources });
      return gathered.resource(`${ACCESS_POINT}/object/x`, null).value.restrictedBy;
    };
    expect(await level()).toBeNull();
    await directory.apply({ resources: [{ arn: BUCKET, accountId: HERE, publicAccessBlock: CLOSED }] });
    expect(await level()).toBe('BUCKET');
    await directory.apply({ resources: [{ arn: BUCKET, accountId: HERE, publicAccessBlock: null }] });
    expect(await level()).toBeNull();
  });

  it('an access point of a VPC is found with the resources that have policies, for lists', async () => {
    const directory = await store.open(world({}, { arn: ACCESS_POINT, policy: null, ...LIMITED }));
    expect(await directory.resourceArnsWithPolicy({ limit: 5 })).toEqual([ACCESS_POINT]);
  });

  it.each<[string, unknown]>([
    ['a name', 'b'],
    ['an object', `${BUCKET}/x`],
    ['an access point', ACCESS_POINT],
  ])('what an access point leads to is the ARN of a bucket, not %s', async (_name, bucket) => {
    const accessPoint = { bucket: String(bucket), vpcId: null };
    await expect(store.open(world({}, { arn: ACCESS_POINT, accessPoint }))).rejects.toThrow(
      'is not the ARN of a bucket',
    );
  });

  it('a setting that changes counts from then on', async () => {
    const directory = await store.open(world({}, {}));
    const level = async () => {
      const resources = [{ arn: BUCKET, accountId: null }];
      return (await directory.gather({ principals: [], roles: [], resources })).resource(BUCKET, null).value
        .restrictedBy;
    };
    expect(await level()).toBeNull();
    await directory.apply({ accounts: [{ id: HERE, publicAccessBlock: CLOSED }] });
    expect(await level()).toBe('ACCOUNT');
    await directory.apply({ accounts: [{ id: HERE, publicAccessBlock: null }] });
    expect(await level()).toBeNull();
  });

  it('the Region of a bucket is that of its objects, and its tags count as it says', async () => {
    const tagged = { region: 'eu-west-1', tags: { team: 'red' } };
    const counting = await gatherer(world({}, { ...tagged, abacEnabled: true }));
    expect((await counting(`${BUCKET}/x`)).facts.region).toBe('eu-west-1');
    expect(await counting(BUCKET)).toMatchObject({ tagsCount: true, tags: new Map([['team', 'red']]) });
    const idle = await gatherer(world({}, { ...tagged, abacEnabled: false }));
    expect((await idle(BUCKET)).tags).toEqual(new Map());
  });

  it('grants of a key are found also where its policy is not, and one to somebody who is gone is not for a successor', async () => {
    const directory = await store.open(
      world({}, { arn: KEY, policy: null, grants: [{ id: 'g', granteePrincipal: ALICE, operations: ['Decrypt'] }] }),
    );
    expect(await directory.resourceArnsWithPolicy({ limit: 5 })).toEqual([KEY]);
    const grantees = async () => {
      const gathered = await directory.gather({
        principals: [{ kind: 'user', arn: ALICE, accountId: HERE }],
        roles: [],
        resources: [{ arn: KEY, accountId: null }],
      });
      const user = gathered.principal({ kind: 'user', arn: ALICE, accountId: HERE })?.value.facts;
      const grants = gathered.resource(KEY, null).value.facts.grants ?? [];
      return { id: user?.kind === 'user' ? user.id : null, grantees: grants.map((one) => one.granteePrincipal) };
    };
    const first = await grantees();
    expect(first.grantees).toEqual([ALICE]);
    await directory.entities.deleteUser({ userArn: ALICE, withDependents: true });
    await directory.apply({ users: [{ arn: ALICE }] });
    const second = await grantees();
    expect(second.id).not.toBe(first.id);
    expect(second.grantees).toEqual([first.id]);
    // Grants that are given again mean who has the name now.
    await directory.apply({
      resources: [
        { arn: KEY, accountId: HERE, grants: [{ id: 'g', granteePrincipal: ALICE, operations: ['Decrypt'] }] },
      ],
    });
    expect((await grantees()).grantees).toEqual([ALICE]);
  });
});
