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
const group: Inputs = (name) => ({ GroupName: name, UserName: 'nobody' });
const key = { AccessKeyId: 'AKIAHIDDENAAAAAAAAAA' };
const device = { SerialNumber: arn('mfa/phone') };

/** Operations on what a caller names, and their parameters. */
const ON_NAMES: Partial<Record<Name, Inputs>> = {
  AddUserToGroup: group,
  AttachRolePolicy: named(role, attached),
  AttachUserPolicy: named(user, attached),
  CreateAccessKey: user,
  DeactivateMFADevice: named(user, device),
  DeleteAccessKey: named(user, key),
  DeleteRole: role,
  DeleteRolePermissionsBoundary: role,
  DeleteRolePolicy: named(role, { PolicyName: 'Own' }),
  DeleteUser: user,
  DeleteUserPermissionsBoundary: user,
  DeleteUserPolicy: named(user, { PolicyName: 'Own' }),
  DetachRolePolicy: named(role, attached),
  DetachUserPolicy: named(user, attached),
  EnableMFADevice: named(user, { ...device, AuthenticationCode1: '000000', AuthenticationCode2: '000000' }),
  PutRolePermissionsBoundary: named(role, boundary),
  PutRolePolicy: named(role, document),
  PutUserPermissionsBoundary: named(user, boundary),
  PutUserPolicy: named(user, document),
  RemoveUserFromGroup: group,
  UpdateAccessKey: named(user, { ...key, Status: 'Inactive' }),
  UpdateAssumeRolePolicy: named(role, { PolicyDocument: TRUST }),
};

/** Operations on what has an ARN, or will have one. */
const OTHERS: Partial<Record<Name, Readonly<Record<string, string>>>> = {
  AddClientIDToOpenIDConnectProvider: { OpenIDConnectProviderArn: arn('oidc-provider/x.example'), ClientID: 'c' },
  CreateOpenIDConnectProvider: { Url: 'https://x.example' },
  CreateVirtualMFADevice: { VirtualMFADeviceName: 'phone' },
  DeleteOpenIDConnectProvider: { OpenIDConnectProviderArn: arn('oidc-provider/x.example') },
  DeleteVirtualMFADevice: device,
  RemoveClientIDFromOpenIDConnectProvider: { OpenIDConnectProviderArn: arn('oidc-provider/x.example'), ClientID: 'c' },
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
    expect(said).toMatch(new RegExp(`to perform: iam:${action} on resource: (?:user|role|group) ${name} because `));
  });
});

test.each(Object.entries(OTHERS))('%s is refused', async (action, input) => {
  const answer = await door.send(body(action, input));
  expect([answer.status, textOf(answer, 'Code')]).toEqual([403, 'AccessDenied']);
  expect(textOf(answer, 'Message')).toContain(`to perform: iam:${action} on resource: `);
});
