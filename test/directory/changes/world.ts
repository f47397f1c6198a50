import type { DirectoryDocument } from '../../../src/directory/document.ts';
import { A, allow, aRole, aUser, deny, policy, roleArn, trusts, userArn } from '../../support/policies.ts';

// A small world, near to its quotas: what random changes do in it is refused as often as it is made.

export const USERS = ['u0', 'u1'].map((name) => userArn(name));
export const ROLES = ['r0', 'r1'].map((name) => roleArn(name));
const [U0 = '', U1 = ''] = USERS;
const [R0 = '', R1 = ''] = ROLES;

export const policyArn = (name: string) => `arn:aws:iam::${A}:policy/${name}`;
export const groupArn = (name: string) => `arn:aws:iam::${A}:group/${name}`;

export const S3 = 's3:GetObject';
export const SQS = 'sqs:SendMessage';
export const RESOURCES = { [S3]: 'arn:aws:s3:::b/x', [SQS]: `arn:aws:sqs:eu-west-1:${A}:q` } as const;
export type Asked = keyof typeof RESOURCES;

/** What a document says of each action: everything else is neither allowed nor denied. */
export interface Says {
  readonly allows?: readonly Asked[];
  readonly denies?: readonly Asked[];
}

/** Documents of identity policies, with what they say. */
export const DOCUMENTS = new Map<string, Says>([
  [policy(allow(S3)), { allows: [S3] }],
  [policy(allow(SQS)), { allows: [SQS] }],
  [policy(deny(S3)), { denies: [S3] }],
  // Three of them are too much for a user.
  [policy({ ...allow(S3), Sid: 'a'.repeat(900) }), { allows: [S3] }],
  // Three of them are too much for a role, and one is for a user.
  [policy({ ...deny(SQS), Sid: 'b'.repeat(4000) }), { denies: [SQS] }],
]);
const [ALLOWS_S3 = '', ALLOWS_SQS = '', DENIES_S3 = ''] = DOCUMENTS.keys();

export const READ_ONLY = 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess';

const names = (prefix: string, count: number) => Array.from({ length: count }, (_, index) => `${prefix}${index}`);

/** Managed policies, with what they say. The last is one of AWS, and not stored. */
export const POLICIES = new Map<string, Says>([
  ...names('p', 28).map((name, index): [string, Says] => [
    policyArn(name),
    index === 0 ? { allows: [S3] } : index === 1 ? { denies: [SQS] } : { allows: [SQS] },
  ]),
  [READ_ONLY, { allows: [S3] }],
]);

/** Groups, with what their one policy says. */
export const GROUPS = new Map<string, Says>(
  names('g', 12).map((name, index): [string, Says] => [
    groupArn(name),
    index === 0 ? { allows: [SQS] } : index === 1 ? { denies: [S3] } : {},
  ]),
);

/** Trust policies, with the users and roles that they name. */
export const TRUSTS = new Map<string, readonly string[]>([
  [policy(trusts({ AWS: A })), []],
  [policy(trusts({ AWS: U0 })), [U0]],
  [policy(trusts({ AWS: [U1, R1] })), [U1, R1]],
  [policy(trusts({ AWS: [R0] })), [R0]],
  [policy(trusts({ AWS: userArn('never') })), [userArn('never')]],
]);
const [NOBODY = ''] = TRUSTS.keys();
export const FIRST_TRUST = NOBODY;

/** How many policies the first user and the first role have at first, and how many groups the user is in. */
export const HELD = { [U0]: 19, [R0]: 24, groups: 9 } as const;
export const held = (arn: string): readonly string[] => [...POLICIES.keys()].slice(3, 3 + (HELD[arn] ?? 0));
export const joined = (arn: string): readonly string[] =>
  arn === U0 ? [...GROUPS.keys()].slice(2, 2 + HELD.groups) : [];

const textOf = ({ allows = [], denies = [] }: Says): string =>
  allows[0] === S3 ? ALLOWS_S3 : allows[0] === SQS ? ALLOWS_SQS : denies[0] === S3 ? DENIES_S3 : policy(deny(SQS));

/** The inline policy that a group has at first. */
export const groupPolicies = (): readonly (readonly [string, string])[] =>
  [...GROUPS].flatMap(([arn, says]) => (Object.keys(says).length === 0 ? [] : [[arn, textOf(says)] as const]));

/** The world before the first change. */
export const WORLD: DirectoryDocument = {
  accounts: [{ id: A, membership: 'NONE' }],
  policies: [...POLICIES]
    .filter(([arn]) => arn !== READ_ONLY)
    .map(([arn, says]) => ({
      arn,
      defaultVersionId: 'v1',
      versions: [{ versionId: 'v1', document: textOf(says) }],
    })),
  groups: [...GROUPS].map(([arn, says]) => ({
    arn,
    inlinePolicies: Object.keys(says).length === 0 ? [] : [{ name: 'p', document: textOf(says) }],
  })),
  users: [
    ...USERS.map((arn) => ({ arn, attachedPolicies: [...held(arn)], groups: [...joined(arn)] })),
    // Somebody is always there, so that the account is known to have users.
    aUser('steady'),
  ],
  roles: ROLES.map((arn) => aRole('', [trusts({ AWS: A })], [], { arn, attachedPolicies: [...held(arn)] })),
};
