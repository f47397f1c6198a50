import { describe, expect, test } from 'vitest';
import { IAM_WRITES } from '../../src/aws/operations/iam-write/iam-write.ts';
import { NOW, openedDoor, textOf } from './door.ts';
import { form, sign } from './signed.ts';

// Who may not change anything learns nothing by trying: neither whether something is there, nor how its name is written.

const ACCOUNT = '111111111111';
const arn = (resource: string): string => `arn:aws:iam::${ACCOUNT}:${resource}`;
const NOBODY = 'AKIANOBODYAAAAAAAAAA';
const DOCUMENT = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}';
const TRUST = DOCUMENT.replace('"Action":"*","Resource":"*"', '"Principal":"*","Action":"sts:AssumeRole"');
const POLICY = arn('policy/any/Thing');

const door = openedDoor(() => ({
  accounts: [{ id: ACCOUNT }],
  users: [{ arn: arn('user/nobody') }, { arn: arn('user/teams/Hidden') }],
  groups: [{ arn: arn('group/teams/Hidden') }],
  instanceProfiles: [{ arn: arn('instance-profile/teams/Hidden') }],
  roles: [
    { arn: arn('role/teams/Hidden'), trustPolicy: TRUST },
    { arn: arn('role/aws-service-role/ec2.amazonaws.com/Linked'), trustPolicy: TRUST },
  ],
  accessKeys: [
    { id: NOBODY, user: arn('user/nobody') },
    { id: 'AKIAHIDDENAAAAAAAAAA', user: arn('user/teams/Hidden') },
  ],
}));

type Name = keyof typeof IAM_WRITES;
type Inputs = (name: string) => Readonly<Record<string, string>>;

const role: Inputs = (RoleName) => ({ RoleName });
const user: Inputs = (UserName) => ({ UserName });
const named =
  (of: Inputs, more: Readonly<Record<string, string>>): Inputs =>
  (name) => ({ ...of(name), ...more });
const document = { PolicyName: 'Own', PolicyDocument: DOCUMENT };
const boundary = { PermissionsBoundary: POLICY };
const attached = { PolicyArn: POLICY };
const member: Inputs = (name) => ({ GroupName: name, UserName: 'nobody' });
const group: Inputs = (GroupName) => ({ GroupName });
const profile: Inputs = (InstanceProfileName) => ({ InstanceProfileName });
const tags = { 'Tags.member.1.Key': 'team', 'Tags.member.1.Value': 'a' };
const tagKeys = { 'TagKeys.member.1': 'team' };
const key = { AccessKeyId: 'AKIAHIDDENAAAAAAAAAA' };
const device = { SerialNumber: arn('mfa/phone') };

/** Operations on what a caller names, and their parameters. */
const ON_NAMES: Partial<Record<Name, Inputs>> = {
  AddRoleToInstanceProfile: named(profile, { RoleName: 'None' }),
  AddUserToGroup: member,
  AttachGroupPolicy: named(group, attached),
  AttachRolePolicy: named(role, attached),
  AttachUserPolicy: named(user, attached),
  CreateAccessKey: user,
  CreateGroup: group,
  CreateInstanceProfile: named(profile, tags),
  CreateRole: named(role, { AssumeRolePolicyDocument: TRUST }),
  CreateUser: named(user, { ...tags, ...boundary }),
  DeactivateMFADevice: named(user, device),
  DeleteAccessKey: named(user, key),
  DeleteGroup: group,
  DeleteGroupPolicy: named(group, { PolicyName: 'Own' }),
  DeleteInstanceProfile: profile,
  DeleteRole: role,
  DeleteRolePermissionsBoundary: role,
  DeleteRolePolicy: named(role, { PolicyName: 'Own' }),
  DeleteUser: user,
  DeleteUserPermissionsBoundary: user,
  DeleteUserPolicy: named(user, { PolicyName: 'Own' }),
  DetachGroupPolicy: named(group, attached),
  DetachRolePolicy: named(role, attached),
  DetachUserPolicy: named(user, attached),
  EnableMFADevice: named(user, { ...device, AuthenticationCode1: '000000', AuthenticationCode2: '000000' }),
  PutGroupPolicy: named(group, document),
  PutRolePermissionsBoundary: named(role, boundary),
  PutRolePolicy: named(role, document),
  PutUserPermissionsBoundary: named(user, boundary),
  PutUserPolicy: named(user, document),
  RemoveRoleFromInstanceProfile: named(profile, { RoleName: 'None' }),
  RemoveUserFromGroup: member,
  TagInstanceProfile: named(profile, tags),
  TagRole: named(role, tags),
  TagUser: named(user, tags),
  UntagInstanceProfile: named(profile, tagKeys),
  UntagRole: named(role, tagKeys),
  UntagUser: named(user, tagKeys),
  UpdateAccessKey: named(user, { ...key, Status: 'Inactive' }),
  UpdateAssumeRolePolicy: named(role, { PolicyDocument: TRUST }),
  UpdateGroup: named(group, { NewGroupName: 'Other' }),
  UpdateRole: named(role, { Description: 'Other' }),
  UpdateRoleDescription: named(role, { Description: 'Other' }),
  UpdateUser: named(user, { NewUserName: 'Other' }),
};

/** Operations on what has an ARN, or will have one. */
const OTHERS: Partial<Record<Name, Readonly<Record<string, string>>>> = {
  AddClientIDToOpenIDConnectProvider: { OpenIDConnectProviderArn: arn('oidc-provider/x.example'), ClientID: 'c' },
  CreateAccountAlias: { AccountAlias: 'alias' },
  CreateOpenIDConnectProvider: { Url: 'https://x.example' },
  CreatePolicy: { PolicyName: 'Own', PolicyDocument: DOCUMENT, ...tags },
  CreatePolicyVersion: { ...attached, PolicyDocument: DOCUMENT },
  CreateVirtualMFADevice: { VirtualMFADeviceName: 'phone' },
  DeleteAccountAlias: { AccountAlias: 'alias' },
  DeleteOpenIDConnectProvider: { OpenIDConnectProviderArn: arn('oidc-provider/x.example') },
  DeletePolicy: attached,
  DeletePolicyVersion: { ...attached, VersionId: 'v1' },
  DeleteVirtualMFADevice: device,
  RemoveClientIDFromOpenIDConnectProvider: { OpenIDConnectProviderArn: arn('oidc-provider/x.example'), ClientID: 'c' },
  SetDefaultPolicyVersion: { ...attached, VersionId: 'v1' },
  TagPolicy: { ...attached, ...tags },
  UntagPolicy: { ...attached, ...tagKeys },
};

const body = (action: string, input: Readonly<Record<string, string>>) =>
  sign(door.key(NOBODY), { at: NOW, service: 'iam', body: form(action, input, 'iam') });

test('every change is in one of the tables', () => {
  expect([...Object.keys(ON_NAMES), ...Object.keys(OTHERS)].sort()).toEqual(Object.keys(IAM_WRITES).sort());
});

describe.each(Object.entries(ON_NAMES))('%s', (action, inputs) => {
  test.each(['hIdDeN', 'Hidden', 'linked'])('of what is there is refused as of what is not: %s', async (name) => {
    const [present, absent] = [
      await door.told(body(action, inputs(name))),
      await door.told(body(action, inputs('none'))),
    ];
    const said = absent[1]?.replaceAll('none', name);
    expect(present).toEqual(['403 AccessDenied', said]);
    expect(said).toMatch(
      new RegExp(`to perform: iam:${action} on resource: (?:user|role|group|instance profile) ${name} because `),
    );
  });
});

test.each(Object.entries(OTHERS))('%s is refused', async (action, input) => {
  const answer = await door.send(body(action, input));
  expect([answer.status, textOf(answer, 'Code')]).toEqual([403, 'AccessDenied']);
  // The alias of an account is no resource.
  const of = action.endsWith('AccountAlias') ? 'because' : 'on resource:';
  expect(textOf(answer, 'Message')).toContain(`to perform: iam:${action} ${of} `);
});
