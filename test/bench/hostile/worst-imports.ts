import { QUICK } from '../measure.ts';
import type { WorstForm } from './worst-forms.ts';

/** Imports at their limits, and what reads the whole directory, for the operator. */

const ACCOUNT = '333333333333';
const MIB = 1_048_576;
/** The longest export of IAM that is taken, and a short one. */
const CHARACTERS = (QUICK ? 2 : 32) * MIB;
const FILES = QUICK ? 1_000 : 10_000;

const DATE = '2024-01-01T00:00:00+00:00';
const ID_LETTERS = 'ABCDEFGHIJ';

function idOf(prefix: string, index: number): string {
  return `${prefix}${String(index)
    .padStart(17, '0')
    .replace(/\d/g, (digit) => ID_LETTERS[Number(digit)] ?? '')}`;
}

function role(index: number, mark: string): object {
  const document = (action: string) => ({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: action,
        Resource: [`arn:aws:s3:::${mark}-${index}`, `arn:aws:s3:::${mark}-${index}/*`],
      },
    ],
  });
  return {
    Path: '/app/',
    RoleName: `role-${index}`,
    RoleId: idOf('AROA', index),
    Arn: `arn:aws:iam::${ACCOUNT}:role/app/role-${index}`,
    CreateDate: DATE,
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'sts:AssumeRole' }],
    },
    InstanceProfileList: [],
    RolePolicyList: [
      { PolicyName: 'one', PolicyDocument: document('s3:GetObject') },
      { PolicyName: 'two', PolicyDocument: document('s3:PutObject') },
    ],
    AttachedManagedPolicies: [{ PolicyName: 'ReadOnlyAccess', PolicyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }],
    Tags: [{ Key: 'team', Value: mark }],
  };
}

/** An export of as many roles as have room. */
function details(characters: number, mark: string): string {
  const count = Math.floor(characters / (JSON.stringify(role(100_000, mark)).length + 1));
  const RoleDetailList = Array.from({ length: count }, (_, index) => role(index, mark));
  return JSON.stringify({ UserDetailList: [], GroupDetailList: [], RoleDetailList, Policies: [] });
}

const IMPORT_DETAILS = `mutation ($input: ImportAccountAuthorizationDetailsInput!) {
  importAccountAuthorizationDetails(input: $input) { __typename ... on ImportSuccess { changed } ... on UserError { message } }
}`;
const IMPORT_FILES = `mutation ($input: ImportDirectoryInput!) {
  importDirectory(input: $input) { __typename ... on ImportDirectorySuccess { changed leftOut } ... on UserError { message } }
}`;

function importing(name: string, query: string, input: () => object): WorstForm {
  return {
    name,
    path: '/graphql',
    as: 'operator',
    body: () => JSON.stringify({ query, variables: { input: input() } }),
  };
}

const asked = (name: string, path: string): WorstForm => ({ name, path, as: 'operator', body: () => '' });

export const WORST_IMPORTS: readonly WorstForm[] = [
  importing('an export of IAM, new', IMPORT_DETAILS, () => ({ document: details(CHARACTERS, 'first') })),
  importing('an export of IAM, changed', IMPORT_DETAILS, () => ({ document: details(CHARACTERS, 'other') })),
  importing('an export of IAM, unchanged', IMPORT_DETAILS, () => ({ document: details(CHARACTERS, 'other') })),
  importing('an export of IAM that is none', IMPORT_DETAILS, () => ({ document: '['.repeat(CHARACTERS) })),
  importing('one file', IMPORT_FILES, () => ({
    files: [{ name: 'details.json', content: details(CHARACTERS, 'third') }],
  })),
  importing('many files', IMPORT_FILES, () => ({
    files: Array.from({ length: FILES }, (_, index) => ({
      name: `get-role-${index}.json`,
      content: JSON.stringify({ Role: role(index, 'fourth') }),
    })),
  })),
  asked('backup', '/operator/backup'),
  asked('check', '/operator/check'),
  asked('keys', '/operator/keys'),
];
