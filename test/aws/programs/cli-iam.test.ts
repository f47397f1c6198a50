/** Every operation of IAM that is served, by the AWS CLI of this machine, with `--endpoint-url`: every version knows the flag. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OPERATIONS } from '../../../src/aws/operations/operations.ts';
import { AwsHome, awsCli } from '../../support/aws-clients.ts';
import { startedGateway } from '../../support/gateway.ts';

const cli = awsCli();
const gateway = startedGateway();
const home = new AwsHome();

const ACCOUNT = '111111111111';
const arn = (resource: string): string => `arn:aws:iam::${ACCOUNT}:${resource}`;
const ADMIN_KEY = 'AKIAADMINISTRATORAAA';
const MANAGED = arn('policy/Managed');
const DEVICE = arn('mfa/phone');
const PROVIDER = arn('oidc-provider/issuer.example');
const document = (...statements: readonly object[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements });
/** Older versions require one. */
const THUMBPRINT = ['--thumbprint-list', 'a'.repeat(40)];
const READS = document({ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' });
const TRUST = document({ Effect: 'Allow', Principal: { AWS: arn('root') }, Action: 'sts:AssumeRole' });

beforeAll(async () => {
  await gateway.gateway.services.directory.apply({
    policies: [{ arn: MANAGED, defaultVersionId: 'v1', versions: [{ versionId: 'v1', document: READS }] }],
    groups: [{ arn: arn('group/team'), inlinePolicies: [{ name: 'InGroup', document: READS }] }],
    users: [
      {
        arn: arn('user/administrator'),
        inlinePolicies: [{ name: 'All', document: document({ Effect: 'Allow', Action: '*', Resource: '*' }) }],
      },
      { arn: arn('user/worker') },
    ],
    roles: [{ arn: arn('role/Work'), trustPolicy: TRUST, tags: { team: 'a' } }],
    instanceProfiles: [{ arn: arn('instance-profile/Work'), role: arn('role/Work') }],
    accessKeys: [{ id: ADMIN_KEY, user: arn('user/administrator') }],
  });
});
afterAll(() => home.remove());

// The answers of different commands: tests say what they expect of them.
type Json = ReturnType<typeof JSON.parse>;

const used = new Set<string>();

/** Runs `aws iam`; the first word is the command. Throws what it prints where it fails. */
function iam(...words: readonly string[]): Promise<Json> {
  const [command = ''] = words;
  used.add(command.replaceAll('-', ''));
  const env = {
    PATH: process.env['PATH'] ?? '',
    ...home.env,
    AWS_ACCESS_KEY_ID: ADMIN_KEY,
    AWS_SECRET_ACCESS_KEY: gateway.gateway.services.secrets.secretFor(ADMIN_KEY),
  };
  return new Promise((resolve, reject) => {
    const all = ['--endpoint-url', `${gateway.url}/aws`, 'iam', ...words, '--output', 'json'];
    execFile(cli ?? '', all, { env }, (error, out, text) => {
      if (error !== null) reject(new Error(text));
      else resolve(out.trim() === '' ? null : JSON.parse(out));
    });
  });
}

const USER = ['--user-name', 'worker'];
const ROLE = ['--role-name', 'Work'];
const INLINE = ['--policy-name', 'Inline'];
const ATTACHED = ['--policy-arn', MANAGED];

/** Changes users, roles and groups, and reads what it has changed. */
async function changesAndReads(): Promise<void> {
  await iam('put-user-policy', ...USER, ...INLINE, '--policy-document', READS);
  expect((await iam('get-user-policy', ...USER, ...INLINE)).PolicyDocument).toEqual(JSON.parse(READS));
  expect((await iam('list-user-policies', ...USER)).PolicyNames).toEqual(['Inline']);
  await iam('attach-user-policy', ...USER, ...ATTACHED);
  expect((await iam('list-attached-user-policies', ...USER)).AttachedPolicies).toHaveLength(1);
  await iam('put-user-permissions-boundary', ...USER, '--permissions-boundary', MANAGED);
  const { User } = await iam('get-user', ...USER);
  expect(User.PermissionsBoundary.PermissionsBoundaryArn).toBe(MANAGED);
  await iam('add-user-to-group', ...USER, '--group-name', 'team');
  expect((await iam('get-group', '--group-name', 'team')).Users).toHaveLength(1);
  expect((await iam('list-groups-for-user', ...USER)).Groups).toHaveLength(1);

  await iam('put-role-policy', ...ROLE, ...INLINE, '--policy-document', READS);
  expect((await iam('get-role-policy', ...ROLE, ...INLINE)).PolicyDocument).toEqual(JSON.parse(READS));
  expect((await iam('list-role-policies', ...ROLE)).PolicyNames).toEqual(['Inline']);
  await iam('attach-role-policy', ...ROLE, ...ATTACHED);
  expect((await iam('list-attached-role-policies', ...ROLE)).AttachedPolicies).toHaveLength(1);
  await iam('put-role-permissions-boundary', ...ROLE, '--permissions-boundary', MANAGED);
  await iam('update-assume-role-policy', ...ROLE, '--policy-document', TRUST);
  const { Role } = await iam('get-role', ...ROLE);
  expect(Role.AssumeRolePolicyDocument).toEqual(JSON.parse(TRUST));
  expect((await iam('list-entities-for-policy', ...ATTACHED)).PolicyRoles).toHaveLength(1);
}

/** Makes entities, changes what they are, and deletes them. */
async function makesEntities(): Promise<void> {
  const tags = ['--tags', 'Key=team,Value=a'];
  const keys = ['--tag-keys', 'team'];
  const path = ['--path', '/made/'];
  const policy = ['--policy-arn', arn('policy/made/Made')];
  const made = ['--policy-name', 'Made', '--policy-document', READS, '--description', 'Reads'];
  expect((await iam('create-policy', ...made, ...path)).Policy.Arn).toBe(arn('policy/made/Made'));
  await iam('tag-policy', ...policy, ...tags);
  expect((await iam('list-policy-tags', ...policy)).Tags).toEqual([{ Key: 'team', Value: 'a' }]);
  await iam('untag-policy', ...policy, ...keys);
  const { PolicyVersion } = await iam('create-policy-version', ...policy, '--policy-document', READS);
  expect(PolicyVersion).toMatchObject({ VersionId: 'v2', IsDefaultVersion: false });
  await iam('set-default-policy-version', ...policy, '--version-id', 'v2');
  await iam('delete-policy-version', ...policy, '--version-id', 'v1');

  const { User } = await iam('create-user', '--user-name', 'made', ...path, ...tags);
  expect(User).toMatchObject({ Arn: arn('user/made/made'), Tags: [{ Key: 'team', Value: 'a' }] });
  await iam('update-user', '--user-name', 'made', '--new-user-name', 'remade', '--new-path', '/');
  await iam('untag-user', '--user-name', 'remade', ...keys);
  await iam('tag-user', '--user-name', 'remade', ...tags);
  await iam('delete-user', '--user-name', 'remade');

  const group = ['--group-name', 'made'];
  expect((await iam('create-group', ...group)).Group.Arn).toBe(arn('group/made'));
  await iam('put-group-policy', ...group, ...INLINE, '--policy-document', READS);
  await iam('delete-group-policy', ...group, ...INLINE);
  await iam('attach-group-policy', ...group, ...policy);
  await expect(iam('delete-policy', ...policy)).rejects.toThrow('(DeleteConflict)');
  await iam('detach-group-policy', ...group, ...policy);
  await iam('update-group', ...group, '--new-group-name', 'remade');
  await iam('delete-group', '--group-name', 'remade');
  await iam('delete-policy', ...policy);

  const role = ['--role-name', 'Made'];
  const { Role } = await iam('create-role', ...role, '--assume-role-policy-document', TRUST);
  expect(Role.AssumeRolePolicyDocument).toEqual(JSON.parse(TRUST));
  await iam('update-role', ...role, '--max-session-duration', '7200');
  const described = await iam('update-role-description', ...role, '--description', 'Works');
  expect(described.Role).toMatchObject({ Description: 'Works', MaxSessionDuration: 7200 });
  await iam('tag-role', ...role, ...tags);
  await iam('untag-role', ...role, ...keys);
  const profile = ['--instance-profile-name', 'Made'];
  expect((await iam('create-instance-profile', ...profile)).InstanceProfile.Roles).toEqual([]);
  await iam('tag-instance-profile', ...profile, ...tags);
  expect((await iam('list-instance-profile-tags', ...profile)).Tags).toEqual([{ Key: 'team', Value: 'a' }]);
  await iam('untag-instance-profile', ...profile, ...keys);
  await iam('add-role-to-instance-profile', ...profile, ...role);
  await iam('remove-role-from-instance-profile', ...profile, ...role);
  await iam('delete-instance-profile', ...profile);
  await iam('delete-role', ...role);

  await iam('create-account-alias', '--account-alias', 'made-here');
  expect((await iam('list-account-aliases')).AccountAliases).toEqual(['made-here']);
  await iam('delete-account-alias', '--account-alias', 'made-here');
}

/** Simulates policies, and asks which condition keys they need. */
async function simulates(): Promise<void> {
  const source = ['--policy-source-arn', arn('user/worker')];
  const asked = ['--action-names', 's3:GetObject', '--resource-arns', 'arn:aws:s3:::b/x'];
  for (const answer of [
    await iam('simulate-principal-policy', ...source, ...asked),
    await iam('simulate-custom-policy', '--policy-input-list', READS, ...asked),
  ]) {
    expect(answer.EvaluationResults).toMatchObject([{ EvalActionName: 's3:GetObject', EvalDecision: 'allowed' }]);
  }
  const withKey = document({
    Effect: 'Allow',
    Action: '*',
    Resource: '*',
    Condition: { Bool: { 'aws:SecureTransport': 'true' } },
  });
  const keys = await iam('get-context-keys-for-custom-policy', '--policy-input-list', withKey);
  expect(keys.ContextKeyNames).toEqual(['aws:SecureTransport']);
  expect(await iam('get-context-keys-for-principal-policy', ...source)).toEqual({ ContextKeyNames: [] });
}

/** Manages keys, devices and providers. */
async function managesCredentials(): Promise<void> {
  const { AccessKey } = await iam('create-access-key', ...USER);
  const named = [...USER, '--access-key-id', AccessKey.AccessKeyId];
  await iam('update-access-key', ...named, '--status', 'Inactive');
  expect((await iam('list-access-keys', ...USER)).AccessKeyMetadata).toMatchObject([{ Status: 'Inactive' }]);
  await iam('delete-access-key', ...named);

  const seed = join(home.folder, 'seed');
  const made = ['--virtual-mfa-device-name', 'phone', '--outfile', seed, '--bootstrap-method', 'Base32StringSeed'];
  await iam('create-virtual-mfa-device', ...made);
  const totp = new TOTP({ secret: Secret.fromBase32(readFileSync(seed, 'utf8').trim()) });
  const [one, other] = [-60_000, -30_000].map((before) => totp.generate({ timestamp: Date.now() + before }));
  const serial = ['--serial-number', DEVICE];
  const codes = ['--authentication-code1', one ?? '', '--authentication-code2', other ?? ''];
  await iam('enable-mfa-device', ...USER, ...serial, ...codes);
  expect((await iam('list-mfa-devices', ...USER)).MFADevices).toHaveLength(1);
  expect((await iam('list-virtual-mfa-devices')).VirtualMFADevices).toMatchObject([{ SerialNumber: DEVICE }]);
  await iam('deactivate-mfa-device', ...USER, ...serial);
  await iam('delete-virtual-mfa-device', ...serial);

  const provider = ['--open-id-connect-provider-arn', PROVIDER];
  await iam(
    'create-open-id-connect-provider',
    '--url',
    'https://issuer.example',
    '--client-id-list',
    'a',
    ...THUMBPRINT,
  );
  await iam('add-client-id-to-open-id-connect-provider', ...provider, '--client-id', 'b');
  await iam('remove-client-id-from-open-id-connect-provider', ...provider, '--client-id', 'a');
  expect((await iam('get-open-id-connect-provider', ...provider)).ClientIDList).toEqual(['b']);
  expect((await iam('list-open-id-connect-providers')).OpenIDConnectProviderList).toEqual([{ Arn: PROVIDER }]);
  await iam('delete-open-id-connect-provider', ...provider);
}

/** Reads everything else. */
async function readsTheRest(): Promise<void> {
  const version = [...ATTACHED, '--version-id', 'v1'];
  expect((await iam('get-policy', ...ATTACHED)).Policy.Arn).toBe(MANAGED);
  expect((await iam('get-policy-version', ...version)).PolicyVersion.Document).toEqual(JSON.parse(READS));
  expect((await iam('list-policy-versions', ...ATTACHED)).Versions).toHaveLength(1);
  expect((await iam('list-policies', '--scope', 'Local')).Policies).toContainEqual(
    expect.objectContaining({ Arn: MANAGED }),
  );
  const team = ['--group-name', 'team'];
  expect((await iam('list-group-policies', ...team)).PolicyNames).toEqual(['InGroup']);
  expect((await iam('get-group-policy', ...team, '--policy-name', 'InGroup')).GroupName).toBe('team');
  expect((await iam('list-attached-group-policies', ...team)).AttachedPolicies).toEqual([]);
  expect((await iam('list-role-tags', ...ROLE)).Tags).toEqual([{ Key: 'team', Value: 'a' }]);
  expect((await iam('list-user-tags', ...USER)).Tags).toEqual([]);
  const profile = ['--instance-profile-name', 'Work'];
  expect((await iam('get-instance-profile', ...profile)).InstanceProfile.Roles).toHaveLength(1);
  expect((await iam('list-instance-profiles-for-role', ...ROLE)).InstanceProfiles).toHaveLength(1);
  expect((await iam('list-instance-profiles')).InstanceProfiles.length).toBeGreaterThan(0);
  for (const [list, members] of [
    ['list-users', 'Users'],
    ['list-roles', 'Roles'],
    ['list-groups', 'Groups'],
  ] as const) {
    expect((await iam(list))[members].length).toBeGreaterThan(0);
  }
  expect((await iam('get-account-summary')).SummaryMap.Users).toBeGreaterThan(0);
  expect((await iam('list-account-aliases')).AccountAliases).toEqual([]);
  expect((await iam('get-account-authorization-details')).RoleDetailList.length).toBeGreaterThan(0);
  await expect(iam('get-mfa-device', '--serial-number', DEVICE)).rejects.toThrow(/NoSuchEntity|Invalid choice/);
}

/** Takes everything away again. */
async function takesAllAway(): Promise<void> {
  await expect(iam('delete-user', ...USER)).rejects.toThrow('(DeleteConflict)');
  await iam('remove-user-from-group', ...USER, '--group-name', 'team');
  await iam('detach-user-policy', ...USER, ...ATTACHED);
  await iam('delete-user-policy', ...USER, ...INLINE);
  await iam('delete-user-permissions-boundary', ...USER);
  await iam('delete-user', ...USER);
  await expect(iam('get-user', ...USER)).rejects.toThrow('(NoSuchEntity)');
  await iam('detach-role-policy', ...ROLE, ...ATTACHED);
  await iam('delete-role-policy', ...ROLE, ...INLINE);
  await iam('delete-role-permissions-boundary', ...ROLE);
  await expect(iam('delete-role', ...ROLE)).rejects.toThrow('(DeleteConflict)');
}

test.skipIf(cli === null)('the AWS CLI uses every operation that is served', { timeout: 600_000 }, async () => {
  await changesAndReads();
  await makesEntities();
  await simulates();
  await managesCredentials();
  await readsTheRest();
  await takesAllAway();
  const served = Object.keys(OPERATIONS.iam).map((name) => name.toLowerCase());
  expect(served.filter((name) => !used.has(name))).toEqual([]);
});
