import { expect, test } from 'vitest';
import type { DirectoryDocument } from '../../../src/directory/document.ts';
import { A, allow, aRole, aUser, B, roleArn, trusts, userArn } from '../../support/policies.ts';
import { faultsOf, OPERATOR, signedIn } from '../gateway.ts';
import { openedGateway } from '../services.ts';

const ALICE = userArn('alice');
const BOB = userArn('bob');
const OPEN = roleArn('Open');
const SHUT = roleArn('Shut');

const document = (): DirectoryDocument => ({
  accounts: [{ id: A, membership: 'NONE' }],
  users: [
    aUser('alice', [allow(['iam:PutUserPolicy', 's3:PutObject', 's3:GetObject'], '*')]),
    aUser('bob', [
      allow(['s3:GetObject', 'sqs:SendMessage', 'iam:PassRole']),
      allow('iam:SimulatePrincipalPolicy', ALICE),
    ]),
  ],
  roles: [
    aRole('Open', [trusts({ AWS: [ALICE, BOB] })], [allow('s3:GetObject', 'arn:aws:s3:::b/*')]),
    aRole('Shut', [trusts({ AWS: B })], [allow('*')]),
  ],
});

const gateway = openedGateway(document);

const QUERY = `query ($one: PrincipalId!, $role: Arn, $other: ComparedSubjectInput, $context: RequestContext, $after: String, $kinds: [AccessDifferenceKind!]) {
  compareAccess(principal: $one, assumedRole: $role, other: $other, context: $context, filter: { services: ["s3", "sqs", "iam", "sts"] }) {
    assumption { allowed action resource deniedBy } otherAssumption { allowed resource }
    gained { action } gainedCount lostCount changedCount keptCount partial gaps revision
    differences(first: 2, after: $after, differenceKinds: $kinds) {
      totalCount pageInfo { endCursor hasNextPage } nodes { action kind accessLevel before { conditions } after { resources } } } } }`;

interface Compared {
  readonly differences: {
    readonly nodes: readonly { readonly action: string; readonly kind: string }[];
    readonly totalCount: number;
    readonly pageInfo: { readonly endCursor: string; readonly hasNextPage: boolean };
  };
}

async function compared(variables: Readonly<Record<string, unknown>>, caller = OPERATOR): Promise<Compared> {
  const { data, errors } = await gateway.ask(caller, QUERY, variables);
  expect(errors).toBeUndefined();
  return (data as { compareAccess: Compared }).compareAccess;
}

test('two principals are compared page by page, the worst first', async () => {
  const seen: string[] = [];
  let after: string | null = null;
  for (;;) {
    const { differences } = await compared({ one: ALICE, other: { principal: BOB }, after });
    expect(differences.totalCount).toBe(5);
    seen.push(...differences.nodes.map(({ kind, action }) => `${kind} ${action}`));
    if (!differences.pageInfo.hasNextPage) break;
    after = differences.pageInfo.endCursor;
  }
  expect(seen).toEqual([
    'GAINED iam:PassRole',
    'LOST iam:PutUserPolicy',
    'LOST s3:PutObject',
    'GAINED sqs:SendMessage',
    'GAINED iam:SimulatePrincipalPolicy',
  ]);
});

test('a role that cannot be assumed says so first, and gives nothing', async () => {
  expect(await compared({ one: ALICE, role: SHUT })).toMatchObject({
    assumption: { allowed: false, action: 'sts:AssumeRole', resource: SHUT, deniedBy: 'TRUST_POLICY' },
    otherAssumption: null,
    gained: [],
    gainedCount: 0,
    keptCount: 0,
    partial: [],
  });
});

test('two are compared in their roles', async () => {
  const other = { principal: BOB, assumedRole: OPEN };
  const both = await compared({ one: ALICE, role: OPEN, other });
  expect(both).toMatchObject({ assumption: { allowed: true }, otherAssumption: { allowed: true, resource: OPEN } });
  expect(both.differences.totalCount).toBe(0);
  expect(both).toMatchObject({ keptCount: 2 });
});

test('whoever asks must be allowed to ask about both', async () => {
  const forBob = signedIn(BOB);
  expect(
    (await compared({ one: BOB, other: { principal: ALICE }, kinds: ['LOST'] }, forBob)).differences.nodes[0],
  ).toMatchObject({
    action: 'iam:PassRole',
  });
  const refused = await gateway.ask(signedIn(ALICE), QUERY, { one: ALICE, other: { principal: BOB } });
  expect(faultsOf(refused)).toMatchObject([{ code: 'FORBIDDEN', field: 'other.principal' }]);
  const nothing = await gateway.ask(OPERATOR, QUERY, { one: ALICE });
  expect(faultsOf(nothing)).toMatchObject([{ code: 'BAD_USER_INPUT', field: 'assumedRole' }]);
  const absent = await gateway.ask(OPERATOR, QUERY, { one: ALICE, other: { principal: userArn('nobody') } });
  expect(faultsOf(absent)).toMatchObject([{ code: 'NOT_FOUND', field: 'other.principal' }]);
});
