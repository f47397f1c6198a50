import * as iam from '@aws-sdk/client-iam';
import { beforeAll, describe, expect, test } from 'vitest';
import { answered, iamClient } from './iam-clients.ts';
import {
  ALLOW_ALL,
  CREATED_AT,
  DENY_ALL,
  HOSTILE_POLICY,
  LIMITS,
  READ_ONLY,
  READER_KEY,
  startedIamWorld,
} from './iam-world.ts';

const started = startedIamWorld();
let client: iam.IAMClient;

beforeAll(() => {
  client = iamClient(started, READER_KEY);
});

const WHOLE = { IsTruncated: false };
const LIMITS_POLICY = {
  PolicyName: 'Limits',
  PolicyId: 'ANPALIMITS',
  Arn: LIMITS,
  Path: '/limits/',
  DefaultVersionId: 'v2',
  AttachmentCount: 2,
  PermissionsBoundaryUsageCount: 2,
  IsAttachable: true,
  CreateDate: CREATED_AT,
};

describe('policies of users, groups and roles', () => {
  test('lists name the inline policies in the order of their names', async () => {
    const user = answered(await client.send(new iam.ListUserPoliciesCommand({ UserName: 'Carol' })));
    expect(user).toEqual({ PolicyNames: ['Zeta', HOSTILE_POLICY], ...WHOLE });
    const role = answered(await client.send(new iam.ListRolePoliciesCommand({ RoleName: 'Runner' })));
    expect(role).toEqual({ PolicyNames: ['Run'], ...WHOLE });
    const group = answered(await client.send(new iam.ListGroupPoliciesCommand({ GroupName: 'Operators' })));
    expect(group).toEqual({ PolicyNames: [], ...WHOLE });
  });

  test('documents are percent-encoded (RFC 3986)', async () => {
    const name = { UserName: 'Carol', PolicyName: HOSTILE_POLICY };
    const user = answered(await client.send(new iam.GetUserPolicyCommand(name)));
    expect(user).toEqual({ ...name, PolicyDocument: encodeURIComponent(DENY_ALL).replaceAll('*', '%2A') });
    const role = await client.send(new iam.GetRolePolicyCommand({ RoleName: 'Runner', PolicyName: 'Run' }));
    expect(decodeURIComponent(role.PolicyDocument ?? '')).toBe(ALLOW_ALL);
    const of = { GroupName: 'developers', PolicyName: 'ViewOwnPermissions' };
    const group = await client.send(new iam.GetGroupPolicyCommand(of));
    expect(JSON.parse(decodeURIComponent(group.PolicyDocument ?? ''))).toMatchObject({ Version: '2012-10-17' });
  });

  test('attached policies are filtered by the path of the policy', async () => {
    const both = answered(await client.send(new iam.ListAttachedUserPoliciesCommand({ UserName: 'Carol' })));
    const limits = { PolicyName: 'Limits', PolicyArn: LIMITS };
    const readOnly = { PolicyName: 'ReadOnlyAccess', PolicyArn: READ_ONLY };
    expect(both).toEqual({ AttachedPolicies: [limits, readOnly], ...WHOLE });
    const given = { RoleName: 'Runner', PathPrefix: '/limits/' };
    const role = answered(await client.send(new iam.ListAttachedRolePoliciesCommand(given)));
    expect(role).toEqual({ AttachedPolicies: [limits], ...WHOLE });
    const group = answered(await client.send(new iam.ListAttachedGroupPoliciesCommand({ GroupName: 'Operators' })));
    expect(group).toEqual({ AttachedPolicies: [], ...WHOLE });
  });
});

describe('managed policies', () => {
  const named = async (input: iam.ListPoliciesRequest) =>
    (await client.send(new iam.ListPoliciesCommand(input))).Policies?.map(({ PolicyName }) => PolicyName);

  test('ListPolicies has those of the account, and of AWS those that the account uses', async () => {
    const { Policies = [], ...rest } = answered(await client.send(new iam.ListPoliciesCommand({})));
    expect(rest).toEqual(WHOLE);
    expect(Policies.find(({ Arn }) => Arn === LIMITS)).toEqual(LIMITS_POLICY);
    const own = ['DeveloperAccess', 'DeveloperBoundary', 'Limits'];
    expect(Policies.map(({ PolicyName }) => PolicyName)).toEqual([
      'AmazonSSMManagedInstanceCore',
      ...own,
      'ReadOnlyAccess',
    ]);
    expect(await named({ Scope: 'Local' })).toEqual(own);
    expect(await named({ Scope: 'AWS' })).toEqual(['AmazonSSMManagedInstanceCore', 'ReadOnlyAccess']);
  });

  test('ListPolicies filters by path, attachment and use', async () => {
    expect(await named({ PathPrefix: '/limits/' })).toEqual(['Limits']);
    expect(await named({ OnlyAttached: true, Scope: 'Local' })).toEqual(['DeveloperAccess', 'Limits']);
    expect(await named({ PolicyUsageFilter: 'PermissionsBoundary' })).toEqual(['DeveloperBoundary', 'Limits']);
    expect(await named({ PolicyUsageFilter: 'PermissionsBoundary', OnlyAttached: true })).toEqual(['Limits']);
    expect(await named({ PolicyUsageFilter: 'PermissionsPolicy', Scope: 'Local' })).toEqual([
      'DeveloperAccess',
      'Limits',
    ]);
  });

  test('GetPolicy', async () => {
    const { Policy } = await client.send(new iam.GetPolicyCommand({ PolicyArn: LIMITS }));
    expect(Policy).toEqual(LIMITS_POLICY);
  });

  test('a policy of AWS that nobody uses comes from the catalogue, which has neither id nor dates', async () => {
    const PolicyArn = 'arn:aws:iam::aws:policy/job-function/Billing';
    const { Policy } = await client.send(new iam.GetPolicyCommand({ PolicyArn }));
    expect(Policy).toEqual({
      PolicyName: 'Billing',
      Arn: PolicyArn,
      Path: '/job-function/',
      DefaultVersionId: expect.stringMatching(/^v\d+$/),
      AttachmentCount: 0,
      PermissionsBoundaryUsageCount: 0,
      IsAttachable: true,
    });
    const VersionId = Policy?.DefaultVersionId;
    const { PolicyVersion } = await client.send(new iam.GetPolicyVersionCommand({ PolicyArn, VersionId }));
    expect(PolicyVersion).toEqual({ Document: expect.stringMatching(/^%7B/), VersionId, IsDefaultVersion: true });
    const versions = answered(await client.send(new iam.ListPolicyVersionsCommand({ PolicyArn })));
    expect(versions).toEqual({ Versions: [{ VersionId, IsDefaultVersion: true }], ...WHOLE });
  });

  test('versions, the newest first, of which the list has no documents', async () => {
    const answer = answered(await client.send(new iam.ListPolicyVersionsCommand({ PolicyArn: LIMITS })));
    const version = (VersionId: string, CreateDate: Date) => ({
      VersionId,
      CreateDate,
      IsDefaultVersion: VersionId === 'v2',
    });
    const v1 = version('v1', CREATED_AT);
    expect(answer).toEqual({
      Versions: [version('v10', new Date('2024-07-01')), version('v2', new Date('2024-06-01')), v1],
      ...WHOLE,
    });
    const asked = { PolicyArn: LIMITS, VersionId: 'v1' };
    const { PolicyVersion } = await client.send(new iam.GetPolicyVersionCommand(asked));
    expect(PolicyVersion).toEqual({ ...v1, Document: encodeURIComponent(DENY_ALL).replaceAll('*', '%2A') });
  });

  test('ListEntitiesForPolicy, by kind, use and path', async () => {
    const list = async (input: Omit<iam.ListEntitiesForPolicyRequest, 'PolicyArn'>) =>
      answered(await client.send(new iam.ListEntitiesForPolicyCommand({ PolicyArn: LIMITS, ...input })));
    const users = [{ UserName: 'Carol', UserId: 'AIDACAROL' }];
    const roles = [{ RoleName: 'Runner', RoleId: 'AROARUNNER' }];
    const all = { PolicyGroups: [], PolicyUsers: users, PolicyRoles: roles, ...WHOLE };
    expect(await list({})).toEqual(all);
    expect(await list({ PolicyUsageFilter: 'PermissionsBoundary' })).toEqual(all);
    expect(await list({ EntityFilter: 'Role' })).toEqual({ ...all, PolicyUsers: [] });
    expect(await list({ PathPrefix: '/teams/ops/' })).toEqual({ ...all, PolicyRoles: [] });
    expect(await list({ EntityFilter: 'AWSManagedPolicy' })).toEqual({ ...all, PolicyUsers: [], PolicyRoles: [] });
  });
});
