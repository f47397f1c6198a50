import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../../../src/session/caller.ts';
import { A, allow, aRole, aUser, B, policy, roleArn, trusts, userArn } from '../../support/policies.ts';
import { ANONYMOUS, OPERATOR } from '../gateway.ts';
import { type Live, openLive } from '../live.ts';
import { OPENING, type TestServices } from '../services.ts';

const SHARED = `arn:aws:iam::${A}:policy/Shared`;
const GROUP = `arn:aws:iam::${A}:group/Team`;
const BUCKET = 'arn:aws:s3:::previewed';

let services: TestServices;
let live: Live;
let reader: Caller;
let blind: Caller;
let nobody: Caller;

beforeAll(async () => {
  const changing = ['iam:Put*', 'iam:Attach*', 'iam:Detach*', 'iam:Delete*', 'iam:AddUserToGroup', 'iam:UpdateAssumeRolePolicy'];
  const opened = await openLive(
    { reader: userArn('reader'), blind: userArn('blind'), nobody: userArn('nobody') },
    {
      accounts: [{ id: A, membership: 'NONE' }, { id: B, membership: 'NONE' }],
      policies: [
        {
          arn: SHARED,
          defaultVersionId: 'v1',
          versions: [{ versionId: 'v1', document: policy(allow(['s3:GetObject', 'iam:PassRole'])) }],
        },
      ],
      groups: [{ arn: GROUP, inlinePolicies: [{ name: 'p', document: policy(allow('sns:Publish')) }], attachedPolicies: [] }],
      users: [
        aUser('reader', [allow([...changing, 'iam:Get*', 'iam:SimulatePrincipalPolicy', 's3:GetBucketPolicy', 's3:PutBucketPolicy'])]),
        aUser('blind', [allow([...changing, 'iam:SimulatePrincipalPolicy'])]),
        aUser('nobody', []),
        aUser('ann', [allow('s3:ListBucket'), allow('sts:AssumeRole', [roleArn('Target')])]),
        { ...aUser('member', []), groups: [GROUP] },
        aUser('outside', [allow('s3:*')], B),
      ],
      roles: [aRole('Target', [trusts({ AWS: A })], [allow('sqs:SendMessage')]), aRole('Closed', [trusts({ AWS: B })], [allow('ec2:*')])],
      resources: [{ arn: BUCKET, accountId: A, policy: null }],
    },
  );
  ({ services, live } = opened);
  ({ reader, blind, nobody } = opened.callers);
}, OPENING);
afterAll(() => services.remove());

const PREVIEW = `query ($changes: [DirectoryChangeInput!]!, $failIf: PreviewFailIfInput, $first: Int = 20, $after: String) {
  it: previewChange(changes: $changes, failIf: $failIf) {
    __typename
    ... on PreviewChangeSuccess {
      targets touched { target } withheld complete verdict failures { pattern principal assumedRole action } failureCount
      accesses(first: $first, after: $after) { totalCount pageInfo { hasNextPage endCursor } nodes { principal { arn } assumedRole { arn }
        gainedCount changedCount lostCount partial
        differences(first: 50) { totalCount nodes { action accessLevel change gains before { resources } after { resources statements { policyName } } } } } } }
    ... on UserError { code message }
    ... on ChangeFailed { index change } } }`;

async function preview(caller: Caller, changes: readonly object[], rest: object = {}) {
  return (await live.ask(caller, PREVIEW, { changes, ...rest })).it;
}

/** `ann +iam:PassRole`; `ann in Target -sqs:SendMessage`. */
function said(answer: any): readonly string[] {
  const mark = { GAINED: '+', LOST: '-', CHANGED: '~' } as Record<string, string>;
  return answer.accesses.nodes.flatMap((access: any) =>
    access.differences.nodes.map((one: any) => {
      const role = access.assumedRole === null ? '' : ` in ${access.assumedRole.arn.split('/').at(-1)}`;
      return `${access.principal.arn.split('/').at(-1)}${role} ${mark[one.change]}${one.action}`;
    }),
  );
}

test('x', async () => {
  const a = await preview(OPERATOR, [{ attachUserPolicy: { userArn: userArn('ann'), policyArn: SHARED } }], { failIf: { gains: ['iam:*'] } });
  console.log(JSON.stringify(a, null, 1), said(a));
  for (const change of [
    [{ putRolePolicy: { roleArn: roleArn('Target'), policyName: 'more', policyDocument: JSON.parse(policy(allow('kms:Decrypt'))) } }],
    [{ deleteRole: { roleArn: roleArn('Target'), withDependents: true } }],
    [{ addUserToGroup: { userArn: userArn('ann'), groupArn: GROUP } }],
    [{ updateAssumeRolePolicy: { roleArn: roleArn('Closed'), policyDocument: JSON.parse(policy(trusts({ AWS: userArn('ann') }))) } }],
    [{ deleteGroup: { groupArn: GROUP, withDependents: true } }],
    [{ putResourcePolicy: { resourceArn: BUCKET, policyDocument: JSON.parse(policy({ Effect: 'Allow', Principal: { AWS: [userArn('outside', B), userArn('member')] }, Action: 's3:GetObject', Resource: `${BUCKET}/*` })) } }],
    [{ deleteUser: { userArn: userArn('ann'), withDependents: true } }],
  ]) {
    const b = await preview(OPERATOR, change);
    console.log(JSON.stringify(change).slice(0, 80), b.__typename === 'PreviewChangeSuccess' ? [said(b), b.touched] : b);
  }
});
