import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseAccountAuthorizationDetails } from '../../src/importing/account-authorization-details.ts';
import { parsePrincipalRef } from '../../src/policy/principal-id.ts';

function read(name: string) {
  const url = new URL(`../data/account-authorization-details/${name}.json`, import.meta.url);
  return parseAccountAuthorizationDetails(readFileSync(url, 'utf8'));
}

function counts({ document }: ReturnType<typeof read>) {
  return Object.fromEntries(Object.entries(document).map(([kind, list]) => [kind, list.length]));
}

test('a large account, merged with some entities of a second one', () => {
  const parsed = read('cloudsplaining-large');
  expect(counts(parsed)).toEqual({
    accounts: 2,
    users: 44,
    groups: 5,
    roles: 78,
    policies: 84,
    instanceProfiles: 2,
  });
  expect(parsed.document.accounts?.map(({ id }) => id)).toEqual(['200611803367', '012345678901']);
  expect(parsed.warnings).toEqual([]);
  const member = parsed.document.users?.find(({ arn }) => arn.endsWith('user/privesc10-PutUserPolicy-user'));
  expect(member?.arn).toBe('arn:aws:iam::200611803367:user/privesc10-PutUserPolicy-user');
  expect(member?.inlinePolicies).toEqual([]);
});

test.each([
  ['cloudsplaining-medium', { accounts: 1, policies: 32, groups: 2, users: 3, roles: 3, instanceProfiles: 1 }],
  ['cloudsplaining-small', { accounts: 1, policies: 2, groups: 1, users: 1, roles: 2, instanceProfiles: 0 }],
  ['cloudsplaining-partial-no-roles', { accounts: 1, policies: 1, groups: 1, users: 0 }],
])('%s goes in without a warning', (name, expected) => {
  const parsed = read(name);
  expect(counts(parsed)).toEqual(expected);
  expect(parsed.warnings).toEqual([]);
});

test('a list that the export does not have is left out, so that what is stored stays', () => {
  const { document } = read('cloudsplaining-partial-no-roles');
  expect(Object.keys(document)).not.toContain('roles');
  expect(Object.keys(document)).not.toContain('instanceProfiles');
  expect(document.users).toEqual([]);
});

describe("AWS's own example: one page, an object where a list belongs", () => {
  const parsed = read('aws-cli-reference-paginated');

  test('warns of the missing rest', () => {
    expect(parsed.warnings).toEqual([
      'document: IsTruncated: this is one page of the answer; what follows it is missing. Without `--max-items` the command prints all pages',
    ]);
  });

  test('reads the one attached policy that stands for a list', () => {
    expect(parsed.document.groups?.map(({ arn, attachedPolicies }) => [arn, attachedPolicies])).toEqual([
      ['arn:aws:iam::123456789012:group/Admins', ['arn:aws:iam::aws:policy/AdministratorAccess']],
      ['arn:aws:iam::123456789012:group/Dev', ['arn:aws:iam::aws:policy/PowerUserAccess']],
      ['arn:aws:iam::123456789012:group/Finance', []],
    ]);
  });

  test('a role with its instance profile', () => {
    const role = 'arn:aws:iam::123456789012:role/EC2role';
    expect(parsed.document.instanceProfiles).toEqual([
      {
        arn: 'arn:aws:iam::123456789012:instance-profile/EC2role',
        id: 'AIPAFFYRBHWXW2EXAMPLE',
        createdAt: '2014-07-30T17:09:20.000Z',
        role,
      },
    ]);
    expect(parsed.document.roles).toEqual([
      {
        arn: role,
        id: 'AROAFP4BKI7Y7TEXAMPLE',
        createdAt: '2014-07-30T17:09:20.000Z',
        inlinePolicies: [],
        attachedPolicies: [
          'arn:aws:iam::aws:policy/AmazonS3FullAccess',
          'arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess',
        ],
        trustPolicy:
          '{"Version":"2012-10-17","Statement":[{"Sid":"","Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}',
        permissionsBoundary: null,
      },
    ]);
  });
});

test('entities of the account `aws` belong to the one account of the export, and it says so', () => {
  const { document, warnings } = read('cloudmapper-demo');
  expect(document.accounts).toEqual([{ id: '123456789012', partition: 'aws' }]);
  expect(document.users?.map(({ arn, groups }) => [arn, groups])).toEqual([
    ['arn:aws:iam::123456789012:user/USER_WITH_BAD_INLINE_POLICY', []],
    ['arn:aws:iam::123456789012:user/USER', ['arn:aws:iam::123456789012:group/GROUP_WITH_BAD_INLINE_POLICY']],
  ]);
  expect(warnings).toEqual([
    'policy AmazonEC2RoleforSSM: Path: `/job-function/` is not what the ARN says; the ARN counts',
    'group GROUP_WITH_BAD_INLINE_POLICY: Arn: `arn:aws:iam::aws:group/GROUP_WITH_BAD_INLINE_POLICY` names no account; taken to be of 123456789012, the one account of the export',
    'user USER_WITH_BAD_INLINE_POLICY: Arn: `arn:aws:iam::aws:user/USER_WITH_BAD_INLINE_POLICY` names no account; taken to be of 123456789012, the one account of the export',
    'user USER: Arn: `arn:aws:iam::aws:user/USER` names no account; taken to be of 123456789012, the one account of the export',
    'role level1: RoleId: `AROAIBATWWYQXZTTALNCE` is already the id of `arn:aws:iam::123456789012:role/bad_role`; a new one is generated',
  ]);
});

test('recorded answers within an envelope, with placeholders', () => {
  const { document, warnings } = read('localstack-recorded-aws-responses');
  expect(document.accounts).toEqual([{ id: '111111111111', partition: 'aws' }]);
  expect(document.roles?.map(({ arn, id }) => [arn, id])).toEqual([
    ['arn:aws:iam::111111111111:role/my-path/<role-name:1>', undefined],
    ['arn:aws:iam::111111111111:role/<role-name:1>', undefined],
  ]);
  const managed = document.policies?.find(({ arn }) => arn.startsWith('arn:aws:iam::aws:'));
  expect(managed?.defaultVersionId).toBe('v2');
  expect(managed?.versions.map(({ versionId }) => versionId)).toEqual(['v2', 'v1']);
  expect(warnings).toContain('role <role-name:1>: Arn: `<partition>` is no partition; taken to be `aws`');
  expect(warnings).toContain('role <role-name:1>: RoleId: `<role-id:1>` is not a unique id; one is generated');
  expect(warnings).toContain(
    'user <user-name:1>: CreateDate: the string `<datetime>` is not a date that is understood',
  );
  expect(new Set(warnings).size).toBe(warnings.length);
});

const FILES = readdirSync(new URL('../data/account-authorization-details/', import.meta.url))
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.slice(0, -'.json'.length));

test.each(FILES)('%s: every user and role can be asked about', (name) => {
  const { document } = read(name);
  const principals = [...(document.users ?? []), ...(document.roles ?? [])].map(({ arn }) => arn);
  expect(principals.filter((arn) => parsePrincipalRef(arn) === null)).toEqual([]);
});
