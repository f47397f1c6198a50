import { expect, it } from 'vitest';
import type { DirectoryDocument, WholeList } from '../../src/directory/document.ts';
import type { OpenDirectory } from '../../src/directory/prisma/open-directory.ts';
import { ALICE, APP, allow, BASE, BOB, BUCKET, DEVS, grant, HERE, POLICY, ref, THERE } from './documents.ts';
import { describeInBothStores } from './stores.ts';

const PROFILE = `arn:aws:iam::${HERE}:instance-profile/App`;
const NOON = Date.parse('2026-06-01T12:00:00Z');

function whole(...kinds: readonly Exclude<WholeList['kind'], 'resources'>[]): readonly WholeList[] {
  return kinds.map((kind) => ({ accountId: HERE, kind }));
}

/** The users of BASE, and what else a document needs to be about users alone. */
const [alice, bob] = BASE.users ?? [];
const [own] = BASE.policies ?? [];
const [devs] = BASE.groups ?? [];

async function touched(directory: OpenDirectory): Promise<readonly string[]> {
  const rows = await directory.prisma.directoryChange.findMany({ where: { revision: await directory.revision() } });
  return rows.map(({ entity, entityId }) => `${entity} ${entityId}`).toSorted();
}

const ASKED = { principals: [ref(ALICE), ref(BOB)], roles: [APP], resources: [{ arn: BUCKET, accountId: null }] };

describeInBothStores('a list that a document holds whole', (store) => {
  it('removes users as a deletion does: keys and memberships go, grants that named them are dead', async () => {
    const directory = await store.open(BASE);
    await directory.keys.create({ id: 'AKIAALICE', userArn: ALICE });
    await directory.gather(ASKED);
    const applied = await directory.apply({ users: bob ? [bob] : [], wholeLists: whole('users') });
    expect(applied.counts).toContainEqual(
      expect.objectContaining({ accountId: HERE, kind: 'users', new: 0, changed: 0, unchanged: 1, gone: 1 }),
    );
    const gathered = await directory.gather(ASKED);
    expect(gathered.principal(ref(ALICE))).toBeNull();
    expect(gathered.principal(ref(BOB))).not.toBeNull();
    expect(gathered.role(APP)?.value.trust.facts.policyBindings).toEqual({ [ALICE]: 'AIDAALICE' });
    expect(gathered.resource(BUCKET, null).value.facts.policyBindings).toEqual({ [ALICE]: 'AIDAALICE' });
    expect(await directory.keys.find('AKIAALICE')).toBeNull();
    expect(await touched(directory)).toEqual([
      'AccessKey AKIAALICE',
      `Resource ${BUCKET}`,
      `Role ${APP}`,
      `User ${ALICE}`,
    ]);
  });

  it('never makes a key again that was deleted here', async () => {
    const directory = await store.open(BASE);
    const accessKeys = [{ id: 'AKIAALICE', user: ALICE }];
    await directory.apply({ accessKeys });
    await directory.apply({ users: [], wholeLists: whole('users') });
    const { warnings, changed } = await directory.apply({ users: alice ? [alice] : [], accessKeys });
    expect(warnings).toEqual(['access key AKIAALICE: it was deleted, and is not made again']);
    expect(changed).toBe(true);
    expect(await directory.keys.find('AKIAALICE')).toBeNull();
  });

  it('removes roles: their sessions end, instance profiles keep without them', async () => {
    const directory = await store.open({ ...BASE, instanceProfiles: [{ arn: PROFILE, role: APP }] });
    await directory.sessions.create({
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
      assumedById: 'AIDAALICE',
      federatedProvider: null,
      parentId: null,
      issuedAt: NOON,
      expiresAt: NOON + 100 * 365 * 86_400_000,
    });
    await directory.apply({ wholeLists: whole('roles') });
    expect(await directory.prisma.roleSession.findMany()).toMatchObject([
      { formerRoleId: 'AROAAPP', endReason: 'ROLE_DELETED', endedAt: expect.any(Date) },
    ]);
    expect(await directory.prisma.instanceProfile.findMany()).toMatchObject([{ arn: PROFILE, roleId: null }]);
    expect(await touched(directory)).toEqual([`InstanceProfile ${PROFILE}`, `Role ${APP}`]);
  });

  it('removes groups and instance profiles of its account alone', async () => {
    const elsewhere = `arn:aws:iam::${THERE}:group/devs`;
    const theirs = `arn:aws:iam::${THERE}:instance-profile/App`;
    const directory = await store.open({
      ...BASE,
      groups: [...(BASE.groups ?? []), { arn: elsewhere }],
      instanceProfiles: [{ arn: PROFILE }, { arn: theirs }],
    });
    await directory.apply({ wholeLists: whole('groups', 'instanceProfiles') });
    expect(await directory.prisma.group.findMany()).toMatchObject([{ arn: elsewhere }]);
    expect(await directory.prisma.instanceProfile.findMany()).toMatchObject([{ arn: theirs }]);
    expect(await directory.prisma.groupMembership.count()).toBe(0);
  });

  it('refuses a reference to what it removes', async () => {
    const directory = await store.open(BASE);
    const inNone = { users: alice ? [alice] : [], groups: [], wholeLists: whole('groups') };
    await expect(directory.apply(inNone)).rejects.toThrow(`${ALICE}: there is no group ${DEVS}`);
    const ofNone = { instanceProfiles: [{ arn: PROFILE, role: APP }], wholeLists: whole('roles') };
    await expect(directory.apply(ofNone)).rejects.toThrow(`${PROFILE}: there is no role ${APP}`);
    expect(await directory.revision()).toBe(1n);
  });

  it('removes policies that nothing uses any more, and warns of those in use; never AWS’s', async () => {
    const unused = `arn:aws:iam::${HERE}:policy/Unused`;
    const version = { versionId: 'v1', document: allow('sns:*') };
    const directory = await store.open({
      ...BASE,
      policies: [...(BASE.policies ?? []), { arn: unused, defaultVersionId: 'v1', versions: [version] }],
    });
    const first = await directory.apply({ wholeLists: whole('policies') });
    const why = 'it is not in its account any more, and stays because it is attached or a boundary';
    expect(first.warnings).toEqual([`policy ${POLICY}: ${why}`]);
    const names = async () => (await directory.prisma.managedPolicy.findMany()).map(({ name }) => name).toSorted();
    expect(await names()).toEqual(['Own', 'ReadOnlyAccess']);

    // The boundary still uses it when the group does not.
    const detached = { ...devs, arn: DEVS, attachedPolicies: [] };
    const second = await directory.apply({ groups: [detached], wholeLists: whole('policies') });
    expect(second.warnings).toEqual([`policy ${POLICY}: ${why}`]);
    const unbound = { ...alice, arn: ALICE, permissionsBoundary: null };
    const third = await directory.apply({ users: [unbound], wholeLists: whole('policies') });
    expect(third.warnings).toEqual([]);
    expect(third.counts).toContainEqual(expect.objectContaining({ kind: 'policies', accountId: HERE, gone: 1 }));
    expect(await names()).toEqual(['ReadOnlyAccess']);
    expect(await directory.prisma.policyVersion.count({ where: { policyId: 'ANPAOWN' } })).toBe(0);
  });

  it('takes the last user of a policy and the policy at once', async () => {
    const directory = await store.open(BASE);
    const { warnings } = await directory.apply({ wholeLists: whole('users', 'groups', 'roles', 'policies') });
    expect(warnings).toEqual([]);
    expect(await directory.prisma.managedPolicy.findMany()).toMatchObject([{ name: 'ReadOnlyAccess' }]);
    expect(await directory.userArns({ limit: 9 })).toEqual([]);
  });

  it('keeps a policy that the document attaches and does not contain', async () => {
    const directory = await store.open({ policies: own ? [own] : [], users: bob ? [bob] : [] });
    const attached = { ...bob, arn: BOB, attachedPolicies: [POLICY] };
    const { warnings } = await directory.apply({ users: [attached], wholeLists: whole('policies') });
    expect(warnings).toEqual([]);
    expect(await directory.prisma.policyAttachment.count()).toBe(1);
  });

  it('takes a user under another name for the same one, with its keys, and its former name for nobody’s', async () => {
    const directory = await store.open(BASE);
    await directory.keys.create({ id: 'AKIABOB', userArn: BOB });
    await directory.apply({ roles: [{ arn: APP, trustPolicy: grant(BOB, 'sts:AssumeRole') }] });
    const robert = `arn:aws:iam::${HERE}:user/robert`;
    const renamed = await directory.apply({
      users: [...(alice ? [alice] : []), { arn: robert, id: 'AIDABOB' }],
      wholeLists: whole('users'),
    });
    expect(renamed.warnings).toEqual([]);
    expect(renamed.counts).toContainEqual(
      expect.objectContaining({ kind: 'users', new: 0, changed: 1, unchanged: 1, gone: 0 }),
    );
    expect(await directory.keys.find('AKIABOB')).toMatchObject({ owner: { id: 'AIDABOB', arn: robert } });
    expect((await directory.gather(ASKED)).principal(ref(BOB))).toBeNull();
    expect((await directory.gather(ASKED)).role(APP)?.value.trust.facts.policyBindings).toEqual({ [BOB]: 'AIDABOB' });
    const rows = await directory.prisma.user.findMany({ where: { id: 'AIDABOB' } });
    expect(rows).toMatchObject([{ arn: robert, name: 'robert', path: '/' }]);
  });

  it('removes old versions of a policy where the document has all of them', async () => {
    const directory = await store.open(BASE);
    const latest = { arn: POLICY, defaultVersionId: 'v2', versions: own?.versions.slice(1) ?? [] };
    expect(await directory.apply({ policies: [latest] })).toMatchObject({ changed: false });
    const all = { policies: [{ ...latest, wholeVersions: true }] };
    expect(await directory.apply(all)).toMatchObject({ changed: true });
    expect(await directory.prisma.policyVersion.findMany({ where: { policyId: 'ANPAOWN' } })).toMatchObject([
      { versionId: 'v2' },
    ]);
    expect(await directory.apply(all)).toMatchObject({ changed: false });
    await expect(directory.apply({ policies: [{ ...latest, versions: [], wholeVersions: true }] })).rejects.toThrow(
      `policy ${POLICY}: its default version v2 is not among its versions`,
    );
  });
});

const resource = (arn: string, region?: string) => ({
  arn,
  accountId: HERE,
  ...(region === undefined ? {} : { region }),
});
const EAST = 'us-east-1';
const WEST = 'eu-west-1';
const endpoint = (id: string, region: string) => ({
  id,
  accountId: HERE,
  region,
  vpcId: null,
  serviceName: `com.amazonaws.${region}.s3`,
  type: 'Gateway',
});
const STOCK: DirectoryDocument = {
  resources: [
    resource('arn:aws:s3:::east', EAST),
    resource('arn:aws:s3:::west', WEST),
    resource('arn:aws:s3:::anywhere'),
    resource(`arn:aws:s3:${EAST}:${HERE}:accesspoint/point`),
    resource(`arn:aws:kms:${EAST}:${HERE}:key/1`),
    resource(`arn:aws:kms:${EAST}:${HERE}:alias/a`),
    resource(`arn:aws:sqs:${EAST}:${HERE}:queue`),
    { arn: 'arn:aws:s3:::theirs', accountId: THERE, region: EAST },
  ],
  vpcEndpoints: [endpoint('vpce-1', EAST), endpoint('vpce-2', WEST)],
  oidcProviders: [
    { arn: `arn:aws:iam::${HERE}:oidc-provider/a.example`, url: 'https://a.example', clientIds: [] },
    { arn: `arn:aws:iam::${THERE}:oidc-provider/a.example`, url: 'https://a.example', clientIds: [] },
  ],
};

describeInBothStores('a whole list of resources', (store) => {
  const left = async (...wholeLists: readonly WholeList[]): Promise<readonly string[]> => {
    const directory = await store.open(STOCK);
    const { counts } = await directory.apply({ wholeLists });
    const rows = await directory.prisma.resource.findMany();
    const gone = counts.filter(({ kind }) => kind === 'resources').reduce((sum, each) => sum + each.gone, 0);
    expect(rows.length + gone).toBe(STOCK.resources?.length);
    expect((await touched(directory)).length).toBe(gone);
    return rows.map(({ arn }) => arn.slice(arn.lastIndexOf(':') + 1)).toSorted();
  };

  it.each<readonly [string, WholeList, readonly string[]]>([
    ['a service', { accountId: HERE, kind: 'resources', service: 's3' }, ['alias/a', 'key/1', 'queue', 'theirs']],
    [
      'a service in a Region, where the Region is known',
      { accountId: HERE, kind: 'resources', service: 's3', region: EAST },
      ['alias/a', 'anywhere', 'key/1', 'queue', 'theirs', 'west'],
    ],
    [
      'a type',
      { accountId: HERE, kind: 'resources', service: 'kms', resourcePrefix: 'key/' },
      ['accesspoint/point', 'alias/a', 'anywhere', 'east', 'queue', 'theirs', 'west'],
    ],
    [
      'names without a type',
      { accountId: HERE, kind: 'resources', service: 's3', resourcePrefix: '' },
      ['accesspoint/point', 'alias/a', 'key/1', 'queue', 'theirs'],
    ],
  ])('is about %s', async (_what, list, rest) => {
    expect(await left(list)).toEqual(rest);
  });

  it('keeps what the document contains', async () => {
    const directory = await store.open(STOCK);
    await directory.apply({
      resources: [resource('arn:aws:s3:::east')],
      wholeLists: [{ accountId: HERE, kind: 'resources', service: 's3', resourcePrefix: '' }],
    });
    const buckets = await directory.prisma.resource.findMany({ where: { arn: { startsWith: 'arn:aws:s3:::' } } });
    expect(buckets).toMatchObject([{ arn: 'arn:aws:s3:::east', region: EAST }, { arn: 'arn:aws:s3:::theirs' }]);
  });

  it('says nothing of what is in its resources, where it says so', async () => {
    const table = (rest: string) => `arn:aws:dynamodb:${EAST}:${HERE}:table/${rest}`;
    const directory = await store.open({ resources: ['a', 'b', 'b/stream/2026'].map((name) => resource(table(name))) });
    const list = { accountId: HERE, kind: 'resources', service: 'dynamodb', resourcePrefix: 'table/' } as const;
    await directory.apply({ resources: [resource(table('a'))], wholeLists: [{ ...list, keepsParts: true }] });
    const rows = await directory.prisma.resource.findMany({ orderBy: { arn: 'asc' } });
    expect(rows.map(({ arn }) => arn)).toEqual([table('a'), table('b/stream/2026')]);
  });

  it('is like those of endpoints, of one Region or of all, and of providers', async () => {
    const directory = await store.open(STOCK);
    await directory.apply({
      vpcEndpoints: [endpoint('vpce-3', EAST)],
      wholeLists: [
        { accountId: HERE, kind: 'vpcEndpoints', region: EAST },
        { accountId: HERE, kind: 'oidcProviders' },
      ],
    });
    expect(await directory.prisma.vpcEndpoint.findMany({ orderBy: { id: 'asc' } })).toMatchObject([
      { id: 'vpce-2' },
      { id: 'vpce-3' },
    ]);
    expect(await directory.prisma.oidcProvider.findMany()).toMatchObject([{ accountId: THERE }]);
    await directory.apply({ wholeLists: [{ accountId: HERE, kind: 'vpcEndpoints' }] });
    expect(await directory.prisma.vpcEndpoint.count()).toBe(0);
    expect(await touched(directory)).toEqual(['VpcEndpoint vpce-2', 'VpcEndpoint vpce-3']);
  });
});

const ORGANIZATION = { id: 'o-exampleorg', rootId: 'r-ab12', managementAccountId: HERE };
const control = (id: string, ...targets: readonly string[]) => ({
  id,
  type: 'SERVICE_CONTROL_POLICY' as const,
  name: id,
  document: allow('*'),
  targets,
});

describeInBothStores('units and control policies of an organization', (store) => {
  const contents = async (keepsUnnamed: boolean) => {
    const directory = await store.open({
      organizations: [
        {
          ...ORGANIZATION,
          units: [{ id: 'ou-ab12-11111111', name: 'One', parentId: null }],
          controlPolicies: [control('p-11111111', 'r-ab12', 'ou-ab12-11111111'), control('p-22222222', 'r-ab12')],
        },
      ],
    });
    const parentId = keepsUnnamed ? 'ou-ab12-11111111' : null;
    await directory.apply({
      organizations: [
        {
          ...ORGANIZATION,
          keepsUnnamed,
          units: [{ id: 'ou-ab12-22222222', name: 'Two', parentId }],
          controlPolicies: [control('p-11111111', 'ou-ab12-22222222')],
        },
      ],
    });
    const units = await directory.prisma.organizationalUnit.findMany();
    const attachments = await directory.prisma.controlPolicyAttachment.findMany();
    return {
      units: units.map(({ id }) => id).toSorted(),
      attachments: attachments.map(({ policyId, targetId }) => `${policyId} ${targetId}`).toSorted(),
    };
  };

  it('that are stored and not named are gone', async () => {
    expect(await contents(false)).toEqual({
      units: ['ou-ab12-22222222'],
      attachments: ['p-11111111 ou-ab12-22222222'],
    });
  });

  it('are detached from a target of which all are named, also where the unnamed stays', async () => {
    const directory = await store.open({
      organizations: [
        { ...ORGANIZATION, controlPolicies: [control('p-11111111', 'r-ab12'), control('p-22222222', 'r-ab12')] },
      ],
    });
    const attachments = async (type: 'RESOURCE_CONTROL_POLICY' | 'SERVICE_CONTROL_POLICY') => {
      const wholeAttachments = [{ type, targetId: 'r-ab12' }];
      const controlPolicies = [control('p-11111111', 'r-ab12')];
      const organization = { ...ORGANIZATION, keepsUnnamed: true, wholeAttachments, controlPolicies };
      await directory.apply({ organizations: [organization] });
      const rows = await directory.prisma.controlPolicyAttachment.findMany();
      return rows.map(({ policyId }) => policyId).toSorted();
    };
    expect(await attachments('RESOURCE_CONTROL_POLICY')).toEqual(['p-11111111', 'p-22222222']);
    expect(await attachments('SERVICE_CONTROL_POLICY')).toEqual(['p-11111111']);
    expect(await directory.prisma.controlPolicy.count()).toBe(2);
  });

  it('that are stored and not named stay where the document says so, and new units may be in them', async () => {
    expect(await contents(true)).toEqual({
      units: ['ou-ab12-11111111', 'ou-ab12-22222222'],
      attachments: [
        'p-11111111 ou-ab12-11111111',
        'p-11111111 ou-ab12-22222222',
        'p-11111111 r-ab12',
        'p-22222222 r-ab12',
      ],
    });
  });
});

describeInBothStores('an organization that names all its accounts', (store) => {
  const ORGANIZATION = 'o-exampleorg1';
  const LEFT = '333333333333';
  const policy = {
    id: 'p-limit',
    type: 'SERVICE_CONTROL_POLICY',
    name: 'Limit',
    document: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }),
    targets: ['r-abcd', LEFT],
  } as const;
  const organization = { id: ORGANIZATION, rootId: 'r-abcd', managementAccountId: THERE };
  const member = (id: string) => ({ id, membership: { organizationId: ORGANIZATION, unitId: null } });
  const ADMINISTERS_NO_LONGER = `the account ${LEFT} is no member of the organization ${ORGANIZATION} any more, and administers iam.amazonaws.com for it no longer`;
  const OTHER = { organizationId: 'o-otherorg11', unitId: null };
  const known = { accountId: LEFT, layer: 'CONTROL_POLICIES', state: 'COMPLETE' } as const;
  const before: DirectoryDocument = {
    organizations: [
      {
        ...organization,
        controlPolicies: [policy],
        delegatedAdministrators: [{ accountId: LEFT, servicePrincipal: 'iam.amazonaws.com' }],
      },
    ],
    accounts: [member(THERE), member(LEFT)],
    knowledge: [known, { ...known, layer: 'ORGANIZATION' }, { ...known, layer: 'GRANTS' }],
  };

  it('loses the others: nothing says where they are, and what was known of their place is forgotten', async () => {
    const directory = await store.open(before);
    const gone = { organizations: [{ ...organization, allAccounts: [THERE] }] };
    const applied = await directory.apply(gone);
    expect(applied.warnings).toEqual([
      `account ${LEFT}: the organization ${ORGANIZATION} does not list it any more; which one it is in is not known`,
      ADMINISTERS_NO_LONGER,
    ]);
    expect(applied.counts).toContainEqual(
      expect.objectContaining({ organizationId: ORGANIZATION, kind: 'accounts', gone: 1, changed: 0 }),
    );
    const [account] = await directory.prisma.account.findMany({ where: { id: LEFT } });
    expect(account).toMatchObject({ membership: 'UNKNOWN', organizationId: null, unitId: null });
    const layers = await directory.prisma.accountKnowledge.findMany({ where: { accountId: LEFT } });
    expect(layers.map(({ layer }) => layer)).toEqual(['GRANTS']);
    expect(await directory.prisma.controlPolicyAttachment.findMany({ select: { targetId: true } })).toEqual([
      { targetId: 'r-abcd' },
    ]);
    expect(await directory.prisma.delegatedAdministrator.count()).toBe(0);
    expect(await touched(directory)).toEqual([`Account ${LEFT}`, `Organization ${ORGANIZATION}`]);
    expect((await directory.apply(gone)).changed).toBe(false);
  });

  it('keeps an account that is named, and says nothing of one that the document places elsewhere', async () => {
    const directory = await store.open(before);
    expect((await directory.apply({ organizations: [{ ...organization, allAccounts: [LEFT, THERE] }] })).changed).toBe(
      false,
    );
    const moved = await directory.apply({
      organizations: [{ ...organization, allAccounts: [THERE] }],
      accounts: [{ id: LEFT, membership: 'NONE' }],
    });
    expect(moved.warnings).toEqual([ADMINISTERS_NO_LONGER]);
    expect(await directory.prisma.account.findUnique({ where: { id: LEFT } })).toMatchObject({ membership: 'NONE' });
  });

  it.each([
    ['that it left', {}, 'UNKNOWN', null, 'PARTIAL'],
    ['where it is in none', { membership: 'NONE' as const }, 'NONE', null, 'COMPLETE'],
    ['where it is in another', { membership: OTHER }, 'MEMBER', OTHER.organizationId, 'PARTIAL'],
  ])('sets nothing for an account %s', async (_where, there, membership, organizationId, state) => {
    const all = { blockPublicAcls: true, ignorePublicAcls: true, blockPublicPolicy: true, restrictPublicBuckets: true };
    const directory = await store.open({
      ...before,
      accounts: [member(THERE), { ...member(LEFT), organizationPublicAccessBlock: all }],
      knowledge: [{ accountId: LEFT, layer: 'BLOCK_PUBLIC_ACCESS', state: 'COMPLETE' }],
    });
    await directory.apply({
      organizations: [
        { ...organization, allAccounts: [THERE] },
        { id: OTHER.organizationId, rootId: 'r-wxyz', managementAccountId: '777777777777' },
      ],
      accounts: [{ id: LEFT, ...there }],
    });
    expect(await directory.prisma.account.findUnique({ where: { id: LEFT } })).toMatchObject({
      membership,
      organizationId,
      organizationPublicAccessBlock: null,
    });
    expect(await directory.prisma.accountKnowledge.findMany({ where: { accountId: LEFT } })).toEqual([
      expect.objectContaining({ layer: 'BLOCK_PUBLIC_ACCESS', state }),
    ]);
  });

  it.each([
    ['without its management account', [LEFT], {}, THERE],
    ['without an account that the document places in it', [THERE], { accounts: [member(LEFT)] }, LEFT],
  ])('is refused %s', async (_what, allAccounts, more, missing) => {
    const directory = await store.open(before);
    await expect(directory.apply({ organizations: [{ ...organization, allAccounts }], ...more })).rejects.toThrow(
      `organization ${ORGANIZATION}: its account ${missing} is not among all its accounts`,
    );
  });
});
