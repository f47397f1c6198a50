import { expect, test } from 'vitest';
import { worldOfIam } from '../aws/iam-world.ts';
import { describeInBothStores } from './stores.ts';

const ACCOUNT = '111111111111';
const arn = (resource: string): string => `arn:aws:iam::${ACCOUNT}:${resource}`;
const FIRST = { after: null, limit: 10 };

describeInBothStores("what IAM's operations read", (store) => {
  test('entities are found by name, whatever their path and the case of the name', async () => {
    const [world = {}] = worldOfIam();
    const { iam } = await store.open({ ...world, groups: [...(world.groups ?? []), { arn: arn('group/developers') }] });
    expect(await iam.named('User', ACCOUNT, 'CAROL')).toEqual({ id: 'AIDACAROL', arn: arn('user/teams/ops/Carol') });
    expect(await iam.named('Role', ACCOUNT, 'runner')).toEqual({ id: 'AROARUNNER', arn: arn('role/teams/Runner') });
    expect(await iam.named('Group', ACCOUNT, 'Operators')).toMatchObject({ id: 'AGPAOPERATORS' });
    expect(await iam.named('InstanceProfile', ACCOUNT, 'empty')).toMatchObject({ id: 'AIPAEMPTY' });
    expect(await iam.named('User', '222222222222', 'Carol')).toBeNull();
    expect(await iam.named('Role', ACCOUNT, 'Carol')).toBeNull();
    expect(await iam.named('User', ACCOUNT, 'Car\0l')).toBeNull();
  });

  test('lists, pages and counts', async () => {
    const [world = {}] = worldOfIam();
    const { iam } = await store.open({ ...world, groups: [...(world.groups ?? []), { arn: arn('group/developers') }] });
    const [user] = await iam.users(['AIDANOBODY', 'AIDACAROL']);
    expect(user).toMatchObject({
      name: 'Carol',
      path: '/teams/ops/',
      permissionsBoundary: arn('policy/limits/Limits'),
    });
    const [role] = await iam.roles(['AROARUNNER']);
    expect(role).toMatchObject({ maxSessionDuration: 7200, createdAt: Date.parse('2024-05-06T07:08:09Z') });
    const holder = { column: 'userId', id: 'AIDACAROL' } as const;
    expect(await iam.inlinePolicies(holder, { after: 'Zeta', limit: 10 })).toMatchObject([{ name: "p_%<&>'+,.@=-" }]);
    const ofAws = await iam.attachedPolicies(
      { ...holder, path: '/' },
      { after: arn('policy/limits/Limits'), limit: 1 },
    );
    expect(ofAws.map(({ name }) => name)).toEqual(['ReadOnlyAccess']);
    const groups = await iam.groupsOfUser('AIDACAROL', FIRST);
    expect(groups.map(({ name }) => name)).toEqual(['developers', 'Operators']);
    const versions = await iam.policyVersions('ANPALIMITS', FIRST);
    expect(versions.map(({ versionId, isDefault }) => [versionId, isDefault])).toEqual([
      ['v10', false],
      ['v2', true],
      ['v1', false],
    ]);
    expect(await iam.policy(arn('policy/limits/Limits'), ACCOUNT)).toMatchObject({ attachments: 2, boundaries: 2 });
    const profiles = await iam.instanceProfiles({ accountId: ACCOUNT, path: '/' }, FIRST);
    expect(profiles.map(({ name, role: of }) => [name, of?.name])).toEqual([
      ['Empty', undefined],
      ['Runner', 'Runner'],
    ]);
    expect(await iam.counts(ACCOUNT)).toMatchObject({ users: 1, groups: 2, roles: 1, policies: 1, policyVersions: 3 });
    expect(await iam.alias(ACCOUNT)).toBe('example-development');
    expect(await iam.devices({ accountId: ACCOUNT, assigned: true }, FIRST)).toEqual([]);
    expect(await iam.accessKeys('AIDACAROL', FIRST)).toEqual([]);
  });
});
