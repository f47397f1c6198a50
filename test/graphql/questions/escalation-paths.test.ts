import { describe, expect, test } from 'vitest';
import type { Caller } from '../../../src/session/caller.ts';
import { A, allow, aRole, aUser, deny, policy, trusts, userArn } from '../../support/policies.ts';
import { OPERATOR, signedIn } from '../gateway.ts';
import { openedGateway } from '../services.ts';

const ASK = 'iam:SimulatePrincipalPolicy';

const gateway = openedGateway(() => ({
  users: [
    aUser('keys', [allow('iam:CreateAccessKey')]),
    aUser('admin', [allow('*')]),
    aUser('reader', [allow('s3:GetObject')]),
    aUser('auditor', [allow(ASK, [userArn('keys'), userArn('reader'), userArn('auditor')])]),
  ],
  roles: [aRole('worker', [trusts({ Service: 'lambda.amazonaws.com' })], [allow('sqs:*')])],
}));

const FIELDS = `
  nodes {
    principal { name } end { name } isAdministrator gained { effect } lacked { effect }
    steps { kind method title source needs from { arn } target to { name } decisions { action effect } }
  }
  administrators { name } withheld totalCount pageInfo { endCursor hasNextPage } revision gaps`;

interface Path {
  readonly principal: { readonly name: string };
  readonly end: { readonly name: string };
}
interface Page {
  readonly nodes: readonly Path[];
  readonly administrators: readonly { readonly name: string }[];
  readonly withheld: boolean;
  readonly totalCount: number;
  readonly pageInfo: { readonly endCursor: string; readonly hasNextPage: boolean };
}

async function asked(caller: Caller, args: string): Promise<Page> {
  const { data, errors } = await gateway.ask(caller, `{ escalationPaths(${args}) { ${FIELDS} } }`);
  expect(errors).toBeUndefined();
  return data?.['escalationPaths'] as Page; // as: what the query asks for
}

const ends = ({ nodes }: Page): readonly string[] =>
  nodes.map(({ principal, end }) => `${principal.name} > ${end.name}`);

test('each way has its steps, and what it gives', async () => {
  const page = await asked(OPERATOR, `principal: "${userArn('keys')}"`);
  expect(ends(page)).toEqual(['keys > admin', 'keys > auditor', 'keys > reader']);
  expect(page.administrators).toEqual([{ name: 'admin' }]);
  expect(page.nodes[0]).toMatchObject({
    isAdministrator: true,
    gained: { effect: 'ALLOWED' },
    lacked: { effect: 'IMPLICIT_DENY' },
    steps: [
      {
        kind: 'TAKE_CREDENTIALS',
        method: 'create-access-key',
        needs: null,
        from: { arn: userArn('keys') },
        target: userArn('admin'),
        to: { name: 'admin' },
        decisions: [{ action: 'iam:CreateAccessKey', effect: 'ALLOWED' }],
      },
    ],
  });
});

test('pages are parts of one list', async () => {
  const first = await asked(OPERATOR, `accountIds: ["${A}"], first: 2`);
  expect([ends(first), first.totalCount, first.pageInfo.hasNextPage]).toEqual([
    ['keys > admin', 'keys > auditor'],
    3,
    true,
  ]);
  const second = await asked(OPERATOR, `accountIds: ["${A}"], first: 2, after: "${first.pageInfo.endCursor}"`);
  expect([ends(second), second.pageInfo.hasNextPage]).toEqual([['keys > reader'], false]);
});

test('who may not ask about somebody is not told of it, not even by a number', async () => {
  const auditor = signedIn(userArn('auditor'));
  const page = await asked(auditor, 'first: 20');
  expect([ends(page), page.totalCount, page.administrators, page.withheld]).toEqual([
    ['keys > auditor', 'keys > reader'],
    2,
    [],
    true,
  ]);
  expect(JSON.stringify(page)).not.toContain('admin"');
  const { data, errors } = await gateway.ask(
    auditor,
    `{ escalationPaths(principal: "${userArn('admin')}") { totalCount } }`,
  );
  expect(data).toEqual({ escalationPaths: null });
  expect(errors?.[0]?.extensions['code']).toBe('FORBIDDEN');
});

test('the cursor of another leads into nothing that is not its own to see', async () => {
  const { pageInfo } = await asked(OPERATOR, 'first: 1');
  const next = await asked(signedIn(userArn('auditor')), `first: 20, after: "${pageInfo.endCursor}"`);
  expect([ends(next), next.totalCount, next.withheld]).toEqual([['keys > reader'], 2, true]);
});

test('everybody may ask about itself', async () => {
  const own = await asked(signedIn(userArn('keys')), 'principal: "me"');
  expect([ends(own), own.withheld]).toEqual([[], true]);
});

test('neither a service nor a depth of six', async () => {
  const codeOf = async (args: string): Promise<unknown> => {
    const { errors } = await gateway.ask(OPERATOR, `{ escalationPaths(${args}) { totalCount } }`);
    return [errors?.[0]?.extensions['code'], errors?.[0]?.extensions['field']];
  };
  expect(await codeOf('principal: "ec2.amazonaws.com"')).toEqual(['BAD_USER_INPUT', 'principal']);
  expect(await codeOf('maxDepth: 6')).toEqual(['BAD_USER_INPUT', 'maxDepth']);
  expect(await codeOf(`principal: "${userArn('nobody')}"`)).toEqual(['NOT_FOUND', 'principal']);
});

/** All of these may ask about every user, and differ in what they may read. */
describe('groups and policies', () => {
  const STAFF = `arn:aws:iam::${A}:group/staff`;
  const WORK = `arn:aws:iam::${A}:policy/work`;
  const reads = allow(['iam:GetGroup', 'iam:GetGroupPolicy', 'iam:GetPolicyVersion']);
  const own = openedGateway(() => ({
    policies: [
      {
        arn: WORK,
        defaultVersionId: 'v1',
        versions: [{ versionId: 'v1', document: policy(allow('iam:CreatePolicyVersion', WORK)) }],
      },
    ],
    groups: [{ arn: STAFF, inlinePolicies: [{ name: 'inline', document: policy(allow('sqs:*')) }] }],
    users: [
      aUser('joiner', [allow('iam:AddUserToGroup', STAFF)]),
      aUser('writer', [], { attachedPolicies: [WORK] }),
      aUser('asker', [allow(ASK)]),
      aUser('reader', [allow(ASK), reads]),
      aUser('no-groups', [allow(ASK), reads, deny('iam:GetGroup')]),
      aUser('no-group-policies', [allow(ASK), reads, deny('iam:GetGroupPolicy')]),
      aUser('no-policies', [allow(ASK), reads, deny('iam:GetPolicyVersion')]),
    ],
  }));
  const told = async (caller: Caller) => {
    const { data, errors } = await own.ask(
      caller,
      `{ escalationPaths(accountIds: ["${A}"], maxDepth: 1) { nodes { steps { method target } } totalCount withheld gaps } }`,
    );
    expect(errors).toBeUndefined();
    return data?.['escalationPaths'];
  };

  test('are named to those who may read them', async () => {
    const all = {
      nodes: [
        { steps: [{ method: 'create-policy-version', target: WORK }] },
        { steps: [{ method: 'add-user-to-group', target: STAFF }] },
      ],
      totalCount: 2,
      withheld: false,
    };
    expect(await told(OPERATOR)).toMatchObject(all);
    expect(await told(signedIn(userArn('reader')))).toMatchObject(all);
  });

  test('are not told of to those who may not', async () => {
    const answer = await told(signedIn(userArn('asker')));
    expect(answer).toMatchObject({ nodes: [], totalCount: 0, withheld: true });
    expect(JSON.stringify(answer)).not.toMatch(/staff|work/);
  });

  test.for([
    ['no-groups', 'create-policy-version'],
    ['no-group-policies', 'create-policy-version'],
    ['no-policies', 'add-user-to-group'],
  ])('to %s only the other is told of', async ([name = '', method]) => {
    const nodes = [{ steps: [{ method }] }];
    expect(await told(signedIn(userArn(name)))).toMatchObject({ nodes, totalCount: 1, withheld: true });
  });
});
