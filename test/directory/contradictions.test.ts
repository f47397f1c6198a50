import { expect, it } from 'vitest';
import type { DirectoryDocument, OrganizationInput } from '../../src/directory/document.ts';
import { ALICE, allow, BASE, BUCKET, grant, HERE, POLICY, THERE } from './documents.ts';
import { describeInBothStores } from './stores.ts';

const trustPolicy = grant(ALICE, 'sts:AssumeRole');
const role = (path: string) => ({ arn: `arn:aws:iam::${HERE}:role/${path}`, trustPolicy });
const unit = (id: string, parentId: string | null) => ({ id, name: id, parentId });

function organization(values: Partial<OrganizationInput>): OrganizationInput {
  return { id: 'o-1', rootId: 'r-1', managementAccountId: THERE, ...values };
}

function control(...targets: readonly string[]): DirectoryDocument {
  const policy = { id: 'p-1', type: 'SERVICE_CONTROL_POLICY', name: 'one', document: allow('*'), targets } as const;
  return { organizations: [organization({ units: [unit('ou-1', null)], controlPolicies: [policy] })] };
}

const NAMES = 'in case or path alone, and names are unique in an account';
const REFUSED: readonly (readonly [string, DirectoryDocument, string])[] = [
  [
    'units that are above each other',
    { organizations: [organization({ units: [unit('ou-1', 'ou-2'), unit('ou-2', 'ou-1')] })] },
    'organizational unit ou-1: it is above itself, or one of the units above it is',
  ],
  [
    'a unit that is above itself',
    { organizations: [organization({ units: [unit('ou-0', null), unit('ou-1', 'ou-1')] })] },
    'organizational unit ou-1: it is above itself, or one of the units above it is',
  ],
  [
    'a unit without its parent',
    { organizations: [organization({ units: [unit('ou-1', 'ou-2')] })] },
    'organizational unit ou-1: its parent `ou-2` is not a unit of o-1',
  ],
  [
    'a unit of two organizations',
    {
      organizations: [
        organization({ units: [unit('ou-1', null)] }),
        organization({ id: 'o-2', rootId: 'r-2', managementAccountId: HERE, units: [unit('ou-1', null)] }),
      ],
    },
    'organizational unit ou-1 belongs to the organization o-1, and to o-2 too',
  ],
  [
    'a root of two organizations',
    { organizations: [organization({}), organization({ id: 'o-2', managementAccountId: HERE })] },
    'root r-1 belongs to the organization o-1, and to o-2 too',
  ],
  [
    'a management account of two organizations',
    { organizations: [organization({}), organization({ id: 'o-2', rootId: 'r-2' })] },
    `management account ${THERE} belongs to the organization o-1, and to o-2 too`,
  ],
  [
    'an account in two organizations',
    {
      organizations: [organization({}), organization({ id: 'o-2', rootId: 'r-2', managementAccountId: HERE })],
      accounts: [
        { id: HERE, membership: { organizationId: 'o-1', unitId: null } },
        { id: HERE, membership: { organizationId: 'o-2', unitId: null } },
      ],
    },
    `account ${HERE}: it occurs twice, with different contents`,
  ],
  [
    'a management account in another organization',
    {
      organizations: [organization({}), organization({ id: 'o-2', rootId: 'r-2', managementAccountId: HERE })],
      accounts: [{ id: HERE, membership: { organizationId: 'o-1', unitId: null } }],
    },
    `organization o-2: its management account ${HERE} is no member of it`,
  ],
  [
    'an account in a unit that is not there',
    {
      organizations: [organization({})],
      accounts: [{ id: HERE, membership: { organizationId: 'o-1', unitId: 'ou-1' } }],
    },
    `account ${HERE}: there is no organizational unit \`ou-1\` in o-1`,
  ],
  [
    'a control policy on a unit that is not there',
    control('ou-1', 'ou-2'),
    'control policy p-1: its target `ou-2` is not the root, a unit or an account of the organization o-1',
  ],
  [
    'a control policy on an account that is not there',
    control('333333333333'),
    'control policy p-1: its target `333333333333` is not the root, a unit or an account of the organization o-1',
  ],
  [
    'a control policy on an account outside of the organization',
    { ...control(HERE), accounts: [{ id: HERE, membership: 'NONE' }] },
    `control policy p-1: its target \`${HERE}\` is not the root, a unit or an account of the organization o-1`,
  ],
  ['roles whose names differ in case alone', { roles: [role('App'), role('app')] }, NAMES],
  ['roles whose names differ in path alone', { roles: [role('a/App'), role('b/App')] }, NAMES],
  [
    'a user twice, with different contents',
    { users: [{ arn: ALICE }, { arn: ALICE, tags: { a: 'b' } }] },
    `user ${ALICE}: it occurs twice, with different contents`,
  ],
  [
    'a resource of two accounts',
    {
      resources: [
        { arn: BUCKET, accountId: HERE },
        { arn: BUCKET, accountId: THERE },
      ],
    },
    `resource ${BUCKET}: it occurs twice, with different contents`,
  ],
  [
    'an inline policy with two documents',
    {
      users: [
        {
          arn: ALICE,
          inlinePolicies: [
            { name: 'p', document: allow('*') },
            { name: 'p', document: allow('s3:*') },
          ],
        },
      ],
    },
    `${ALICE}: its inline policy p occurs twice, with different documents`,
  ],
  [
    'a version with two documents',
    {
      policies: [
        {
          arn: POLICY,
          defaultVersionId: 'v1',
          versions: [
            { versionId: 'v1', document: allow('*') },
            { versionId: 'v1', document: allow('s3:*') },
          ],
        },
      ],
    },
    `policy ${POLICY}: its version v1 occurs twice, with different documents`,
  ],
  [
    'two states of one layer',
    {
      knowledge: [
        { accountId: HERE, layer: 'GRANTS', state: 'COMPLETE' },
        { accountId: HERE, layer: 'GRANTS', state: 'NONE' },
      ],
    },
    `knowledge of account ${HERE}, GRANTS: it occurs twice, with different contents`,
  ],
  [
    'a whole list of no account',
    { wholeLists: [{ accountId: '1', kind: 'users' }] },
    'whole list of users: account `1` has not twelve digits',
  ],
  [
    'a text that no database stores',
    { users: [{ arn: ALICE, tags: { a: 'b\0' } }] },
    `User ${ALICE}: it contains U+0000 or half a surrogate pair, which cannot be stored`,
  ],
  [
    'a document that no database stores',
    { users: [{ arn: ALICE, inlinePolicies: [{ name: 'p', document: '"\ud800"' }] }] },
    `${ALICE}, inline policy p: a policy document holds no U+0000 and no half of a surrogate pair`,
  ],
  [
    'a provider whose URL is none',
    {
      oidcProviders: [{ arn: `arn:aws:iam::${HERE}:oidc-provider/a.example`, url: 'http://a.example', clientIds: [] }],
    },
    'its URL `http://a.example` is not https://…',
  ],
];

describeInBothStores('a document that contradicts itself', (store) => {
  it.each(REFUSED)('is refused: %s', async (_what, document, why) => {
    const directory = await store.open({});
    const refused = directory.apply({ ...BASE, ...document });
    await expect(refused).rejects.toMatchObject({ code: 'BAD_USER_INPUT', field: 'document' });
    await expect(refused).rejects.toThrow(why);
    expect(await directory.isEmpty()).toBe(true);
    expect(await directory.revision()).toBe(0n);
  });

  it('may say the same twice, and units in any order', async () => {
    const directory = await store.open({});
    const units = [unit('ou-3', 'ou-2'), unit('ou-2', 'ou-1'), unit('ou-1', null), unit('ou-1', null)];
    const applied = await directory.apply({
      organizations: [organization({ units }), organization({ units })],
      users: [{ arn: ALICE }, { arn: ALICE }],
    });
    expect(applied).toMatchObject({ changed: true, users: 1 });
    expect(await directory.prisma.organizationalUnit.count()).toBe(3);
  });
});

describeInBothStores('a document that contradicts the directory', (store) => {
  it('is refused where a new name differs from a stored one in case or path alone', async () => {
    const directory = await store.open({ roles: [role('a/App')] });
    await expect(directory.apply({ roles: [role('b/app')] })).rejects.toThrow(NAMES);
    const wholeLists = [{ accountId: HERE, kind: 'roles' }] as const;
    await directory.apply({ roles: [role('b/app')], wholeLists });
    expect(await directory.roleArns({ limit: 9 })).toEqual([role('b/app').arn]);
  });

  it('is refused where a root or unit belongs to another organization', async () => {
    const directory = await store.open({ organizations: [organization({ units: [unit('ou-1', null)] })] });
    const other = organization({ id: 'o-2', managementAccountId: HERE });
    await expect(directory.apply({ organizations: [other] })).rejects.toThrow(
      'root r-1 belongs to the organization o-1',
    );
    const taking = organization({ id: 'o-2', rootId: 'r-2', managementAccountId: HERE, units: [unit('ou-1', null)] });
    await expect(directory.apply({ organizations: [taking] })).rejects.toThrow(
      'organizational unit ou-1 belongs to the organization o-1, and to o-2 too',
    );
  });

  it('does not move an account up when its unit is gone: its place is not known any more', async () => {
    const membership = { organizationId: 'o-1', unitId: 'ou-1' };
    const directory = await store.open({
      organizations: [organization({ units: [unit('ou-1', null)] })],
      accounts: [{ id: HERE, membership }],
    });
    const gone = { organizations: [organization({ units: [] })] };
    const { warnings } = await directory.apply(gone);
    expect(warnings).toEqual([
      `account ${HERE}: the organizational unit ou-1 is gone, and the account's place is not known any more`,
    ]);
    const account = await directory.prisma.account.findUnique({ where: { id: HERE } });
    expect(account).toMatchObject({ membership: 'UNKNOWN', organizationId: null, unitId: null });
    const placed = { accounts: [{ id: HERE, membership: { ...membership, unitId: null } }] };
    expect((await directory.apply({ ...gone, ...placed })).warnings).toEqual([]);
  });

  it('detaches control policies from units that are gone', async () => {
    const directory = await store.open(control('r-1', 'ou-1'));
    await directory.apply({ organizations: [organization({ units: [] })] });
    expect(await directory.prisma.controlPolicyAttachment.findMany()).toMatchObject([{ targetId: 'r-1' }]);
  });
});
