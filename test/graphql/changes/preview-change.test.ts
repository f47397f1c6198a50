import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/policy/json.ts';
import type { Caller } from '../../../src/session/caller.ts';
import { A, allow, aRole, aUser, B, policy, roleArn, trusts, userArn } from '../../support/policies.ts';
import { ANONYMOUS, NOW, OPERATOR } from '../gateway.ts';
import { type Live, openLive } from '../live.ts';
import { OPENING, type TestServices } from '../services.ts';

const SHARED = `arn:aws:iam::${A}:policy/Shared`;
const C = '333333333333';
const GROUP = `arn:aws:iam::${A}:group/Team`;
const BUCKET = 'arn:aws:s3:::previewed';

const through = (Action: string): JsonObject => ({ ...allow(Action), Principal: '*' });
const WITH_ID = { condition: { StringEquals: { 'sts:ExternalId': 'x' } } };
const PARTNERS = [trusts({ AWS: C }, WITH_ID), trusts({ Service: 'ec2.amazonaws.com' })];

let services: TestServices;
let live: Live;
let reader: Caller;
let blind: Caller;
let nobody: Caller;
let brief: Caller;

beforeAll(async () => {
  const changing = [
    'iam:Put*',
    'iam:Attach*',
    'iam:Detach*',
    'iam:Delete*',
    'iam:AddUserToGroup',
    'iam:UpdateAssumeRolePolicy',
  ];
  const opened = await openLive(
    { reader: userArn('reader'), blind: userArn('blind'), nobody: userArn('nobody'), brief: userArn('brief') },
    {
      accounts: [
        { id: A, membership: 'NONE' },
        { id: B, membership: 'NONE' },
      ],
      policies: [
        {
          arn: SHARED,
          defaultVersionId: 'v1',
          versions: [{ versionId: 'v1', document: policy(allow(['s3:GetObject', 'iam:PassRole'])) }],
        },
      ],
      groups: [
        { arn: GROUP, inlinePolicies: [{ name: 'p', document: policy(allow('sns:Publish')) }], attachedPolicies: [] },
      ],
      users: [
        aUser('reader', [
          allow([...changing, 'iam:Get*', 'iam:SimulatePrincipalPolicy', 's3:GetBucketPolicy', 's3:PutBucketPolicy']),
        ]),
        aUser('blind', [allow([...changing, 'iam:SimulatePrincipalPolicy'])]),
        aUser('nobody', []),
        aUser('brief', [
          allow([...changing, 'iam:Get*']),
          {
            ...allow('iam:SimulatePrincipalPolicy'),
            Condition: { DateLessThan: { 'aws:CurrentTime': new Date(NOW + 20_000).toISOString() } },
          },
        ]),
        aUser('ann', [allow('s3:ListBucket'), allow('sts:AssumeRole', [roleArn('Target')])]),
        { ...aUser('member', []), groups: [GROUP] },
        aUser('outside', [allow('s3:*')], { arn: userArn('outside', B) }),
        aUser('outside2', [allow('s3:ListBucket', BUCKET)]),
      ],
      roles: [
        aRole('Target', [trusts({ AWS: A })], [allow('sqs:SendMessage')]),
        aRole('Closed', [trusts({ AWS: B })], [allow('ec2:RunInstances')]),
        aRole('Partners', PARTNERS, [allow('iam:GetUser')], { arn: roleArn('Partners', B) }),
      ],
      resources: [{ arn: BUCKET, accountId: A, policy: null }],
      vpcEndpoints: [
        {
          id: 'vpce-1',
          accountId: A,
          region: 'eu-west-1',
          vpcId: null,
          serviceName: 'com.amazonaws.eu-west-1.s3',
          type: 'Gateway',
          policy: policy(through('s3:Get*')),
        },
      ],
    },
  );
  ({ services, live } = opened);
  ({ reader, blind, nobody, brief } = opened.callers);
}, OPENING);
afterAll(() => services.remove());

const PREVIEW = `query ($changes: [DirectoryChangeInput!]!, $failIf: PreviewFailIfInput, $first: Int = 10, $after: String) {
  it: previewChange(changes: $changes, failIf: $failIf) {
    __typename
    ... on PreviewChangeSuccess {
      targets touched { target } withheld complete verdict gaps failures { pattern principal assumedRole action } failureCount
      accesses(first: $first, after: $after) { totalCount pageInfo { hasNextPage endCursor } nodes { principal { arn } assumedRole { arn }
        gainedCount changedCount lostCount partial
        differences(first: 300) { totalCount nodes { action accessLevel change gains before { resources } after { resources statements { policyName } } } } } } }
    ... on UserError { code message }
    ... on ChangeFailed { index change } } }`;

async function preview(caller: Caller, changes: readonly object[], rest: object = {}) {
  return (await live.ask(caller, PREVIEW, { changes, ...rest })).it;
}

interface Said {
  readonly accesses: {
    readonly nodes: readonly {
      readonly principal: { readonly arn: string };
      readonly assumedRole: { readonly arn: string } | null;
      readonly differences: {
        readonly nodes: readonly { readonly change: keyof typeof MARKS; readonly action: string }[];
      };
    }[];
  };
}

const MARKS = { GAINED: '+', LOST: '-', CHANGED: '~' } as const;
const last = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1);

/** `ann +iam:PassRole`; `ann in Target -sqs:SendMessage`. */
function said({ accesses }: Said): readonly string[] {
  return accesses.nodes.flatMap(({ principal, assumedRole, differences }) =>
    differences.nodes.map(({ change, action }) => {
      const role = assumedRole === null ? '' : ` in ${last(assumedRole.arn)}`;
      return `${last(principal.arn)}${role} ${MARKS[change]}${action}`;
    }),
  );
}

const doc = (...statements: readonly JsonObject[]) => JSON.parse(policy(...statements));
const attach = (name: string) => ({ attachUserPolicy: { userArn: userArn(name), policyArn: SHARED } });
const put = (name: string, ...statements: readonly JsonObject[]) => ({
  putUserPolicy: { userArn: userArn(name), policyName: 'inline', policyDocument: doc(...statements) },
});

describe('what changes would do', () => {
  test('worst first, with terms, and nothing is stored', async () => {
    const before = await services.directory.revision();
    const answer = await preview(OPERATOR, [attach('ann')]);
    expect(answer).toMatchObject({
      targets: [userArn('ann')],
      touched: [{ target: userArn('ann') }],
      withheld: false,
      complete: true,
      verdict: null,
      failureCount: 0,
    });
    expect(said(answer)).toEqual(['ann +iam:PassRole', 'ann +s3:GetObject']);
    const [pass] = answer.accesses.nodes[0].differences.nodes;
    expect(pass).toMatchObject({
      accessLevel: 'PERMISSIONS_MANAGEMENT',
      before: [],
      after: [{ resources: [['*']], statements: [{ policyName: 'Shared' }] }],
    });
    expect(await services.directory.revision()).toBe(before);
    // What was tried is in no memory: the question about the present is answered as before.
    const now = await live.ask(
      OPERATOR,
      `{ effectivePermissions(principal: "${userArn('ann')}") { permissions(filter: { actions: ["iam:PassRole"] }) { totalCount } }
         decision(request: { principal: "${userArn('ann')}", action: "iam:PassRole", resource: "${roleArn('Target')}" }) { allowed } }`,
    );
    expect(now).toEqual({ effectivePermissions: { permissions: { totalCount: 0 } }, decision: { allowed: false } });
  });

  test('through groups, roles, trust policies and policies of resources, and by what is created or deleted', async () => {
    const trusting = {
      updateAssumeRolePolicy: { roleArn: roleArn('Closed'), policyDocument: doc(trusts({ AWS: userArn('ann') })) },
    };
    expect(said(await preview(OPERATOR, [trusting]))).toContain('ann in Closed +ec2:RunInstances');
    const granting = {
      Effect: 'Allow',
      Principal: { AWS: [userArn('outside', B), userArn('member')] },
      Action: 's3:GetObject',
      Resource: `${BUCKET}/*`,
    };
    const shared = await preview(OPERATOR, [
      { putResourcePolicy: { resourceArn: BUCKET, policyDocument: doc(granting) } },
    ]);
    expect(said(shared)).toEqual(['member +s3:GetObject', 'outside ~s3:GetObject']);
    expect(said(await preview(OPERATOR, [{ deleteGroup: { groupArn: GROUP, withDependents: true } }]))).toEqual([
      'member -sns:Publish',
    ]);
    const gone = said(await preview(OPERATOR, [{ deleteRole: { roleArn: roleArn('Target'), withDependents: true } }]));
    expect(gone).toEqual(
      expect.arrayContaining(['ann -sts:AssumeRole', 'Target -sqs:SendMessage', 'ann in Target -sqs:SendMessage']),
    );
    const made = [{ createUser: { accountId: A, userName: 'made' } }, put('made', allow('sns:Publish'))];
    expect(said(await preview(OPERATOR, made))).toEqual(['made +sns:Publish', 'made +sts:GetCallerIdentity']);
  });

  test('what must not be gained', async () => {
    const gaining = await preview(OPERATOR, [attach('ann')], { failIf: { gains: ['sqs:*', 'IAM:Pass*'] } });
    expect(gaining).toMatchObject({
      verdict: 'FAILED',
      failures: [{ pattern: 'IAM:Pass*', principal: userArn('ann'), assumedRole: null, action: 'iam:PassRole' }],
    });
    expect(await preview(OPERATOR, [attach('ann')], { failIf: { gains: ['sqs:*'] } })).toMatchObject({
      verdict: 'PASSED',
    });
    // Less than before is no gain, and more is one, although it is the same action.
    const [narrow, wide] = [allow('s3:ListBucket', BUCKET), allow('s3:ListBucket', [BUCKET, `${BUCKET}-2`])];
    expect(await preview(OPERATOR, [put('ann', narrow)], { failIf: { gains: ['s3:*'] } })).toMatchObject({
      verdict: 'PASSED',
    });
    expect(await preview(OPERATOR, [put('outside2', wide)], { failIf: { gains: ['s3:*'] } })).toMatchObject({
      verdict: 'FAILED',
    });
    expect(await preview(OPERATOR, [], { failIf: { gains: ['no action'] } })).toMatchObject({
      code: 'ValidationError',
    });
  });

  test('what others may gain, or changes without a term, is undecided, and said', async () => {
    const trusting = (principal: JsonObject | '*') => ({
      updateAssumeRolePolicy: { roleArn: roleArn('Closed'), policyDocument: doc(trusts(principal)) },
    });
    const foreign = { Effect: 'Allow', Principal: { AWS: C }, Action: 's3:*', Resource: `${BUCKET}/*` };
    const tags = [{ key: 'team', value: 'red' }];
    for (const [change, gap, undecided, decided] of [
      [trusting({ AWS: C }), C, 'iam:*', null],
      [trusting({ Federated: 'accounts.google.com' }), 'accounts.google.com', 'iam:*', null],
      [trusting('*'), '*', 'iam:*', null],
      [{ putResourcePolicy: { resourceArn: BUCKET, policyDocument: doc(foreign) } }, C, 's3:Get*', 'iam:*'],
      [{ tagResource: { resourceArn: BUCKET, tags } }, 'its tags change', 's3:*', 'iam:*'],
      [{ tagUser: { userArn: userArn('ann'), tags } }, 'its tags change', 'iam:*', 's3:*'],
      [{ tagRole: { roleArn: roleArn('Closed'), tags } }, 'its tags change', 's3:*', null],
    ] as const) {
      const answer = await preview(OPERATOR, [change], { failIf: { gains: [undecided] } });
      expect(answer).toMatchObject({ verdict: 'UNDECIDED', gaps: [expect.stringContaining(gap)] });
      // What nobody can be given so is sure.
      if (decided === null) continue;
      expect(await preview(OPERATOR, [change], { failIf: { gains: [decided] } })).toMatchObject({ verdict: 'PASSED' });
    }
    // Whatever a new role may do is compared; what is trusted only to those who are known, too.
    const made = { createRole: { accountId: A, roleName: 'made', assumeRolePolicyDocument: doc(trusts({ AWS: C })) } };
    for (const change of [made, trusting({ AWS: userArn('nobody') })])
      expect(await preview(OPERATOR, [change], { failIf: { gains: ['iam:*'] } })).toMatchObject({ verdict: 'PASSED' });
    expect(await preview(OPERATOR, [made], { failIf: { gains: ['sts:Assume*'] } })).toMatchObject({
      verdict: 'UNDECIDED',
    });
  });

  test('others gain nothing as long as what means them stays as it is, and what is denied is', async () => {
    const trusting = (...statements: JsonObject[]) => ({
      updateAssumeRolePolicy: { roleArn: roleArn('Partners', B), policyDocument: doc(...statements) },
    });
    const [partner = {}, service = {}] = PARTNERS;
    const failIf = { gains: ['iam:*'] };
    const nobody = userArn('nobody');
    for (const change of [
      trusting(service, partner, trusts({ AWS: nobody })),
      trusting(trusts({ AWS: [nobody, C] }, WITH_ID), { ...service, Sid: 'Renamed' }),
      trusting(partner, { Effect: 'Deny', Principal: '*', Action: 'sts:AssumeRole' }),
    ])
      expect(await preview(OPERATOR, [change], { failIf })).toMatchObject({ verdict: 'PASSED', gaps: [] });
    for (const [change, gap] of [
      [trusting(trusts({ AWS: C }), service), C],
      [trusting(partner, trusts({ Service: ['ec2.amazonaws.com', 'ecs.amazonaws.com'] })), 'ecs.amazonaws.com'],
    ] as const)
      expect(await preview(OPERATOR, [change], { failIf })).toMatchObject({
        verdict: 'UNDECIDED',
        gaps: [expect.stringContaining(gap)],
      });
  });

  test('the policy of a VPC endpoint lets more through, or does not', async () => {
    for (const [action, verdict, others] of [
      ['s3:GetObject', 'PASSED', 'PASSED'],
      ['s3:Get*', 'PASSED', 'PASSED'],
      ['s3:*', 'UNDECIDED', 'PASSED'],
      ['*', 'UNDECIDED', 'UNDECIDED'],
    ] as const) {
      const change = { modifyVpcEndpoint: { endpointId: 'vpce-1', policyDocument: doc(through(action)) } };
      expect(await preview(OPERATOR, [change], { failIf: { gains: ['s3:*'] } })).toMatchObject({ verdict });
      expect(await preview(OPERATOR, [change], { failIf: { gains: ['iam:*'] } })).toMatchObject({ verdict: others });
    }
  });

  test('who is new, or has another name, gains what policies of others give', async () => {
    const target = { updateAssumeRolePolicy: { roleArn: roleArn('Closed'), policyDocument: doc(trusts({ AWS: A })) } };
    const failIf = { gains: ['ec2:*'] };
    const made = [{ createUser: { accountId: A, userName: 'made' } }, put('made', allow('sts:AssumeRole')), target];
    expect(said(await preview(OPERATOR, made, { failIf }))).toContain('made in Closed +ec2:RunInstances');
    const renamed = [
      put('nobody', allow('sts:AssumeRole')),
      { updateUser: { userArn: userArn('nobody'), newUserName: 'other' } },
      target,
    ];
    const answer = await preview(OPERATOR, renamed, { failIf });
    expect(answer).toMatchObject({ verdict: 'FAILED' });
    expect(said(answer)).toContain('other in Closed +ec2:RunInstances');
  });

  test('ids that are drawn are the same for all that is looked at', async () => {
    // What names the new user is bound to its id, which is read at another time.
    const named = {
      Effect: 'Allow',
      Principal: { AWS: userArn('drawn') },
      Action: 's3:GetObject',
      Resource: `${BUCKET}/*`,
    };
    const answer = await preview(OPERATOR, [
      { createAccount: { name: 'drawn' } },
      { createUser: { accountId: A, userName: 'drawn' } },
      { putResourcePolicy: { resourceArn: BUCKET, policyDocument: doc(named) } },
    ]);
    expect(said(answer)).toContain('drawn +s3:GetObject');
  });

  test('pages continue at their places', async () => {
    const role = { deleteRole: { roleArn: roleArn('Target'), withDependents: true } };
    const all = await preview(OPERATOR, [role]);
    const names: string[] = [];
    for (let after: string | null = null; ; ) {
      const { accesses } = await preview(OPERATOR, [role], { first: 1, after });
      expect(accesses.totalCount).toBe(all.accesses.totalCount);
      names.push(...said({ accesses }));
      if (!accesses.pageInfo.hasNextPage) break;
      after = accesses.pageInfo.endCursor;
    }
    expect(names).toEqual(said(all));
  });

  test('a change that fails is named, and is in the trail', async () => {
    const answer = await preview(OPERATOR, [
      attach('ann'),
      { detachUserPolicy: { userArn: userArn('nobody'), policyArn: SHARED } },
    ]);
    expect(answer).toMatchObject({
      __typename: 'ChangeFailed',
      index: 1,
      change: 'detachUserPolicy',
      code: 'NoSuchEntity',
    });
    const { auditEvents } = await live.ask(
      OPERATOR,
      '{ auditEvents(first: 10) { nodes { event outcome code parameters { name value } } } }',
    );
    // Refusals of the tests before, at the same time, can be written later.
    const failed = auditEvents.nodes.filter(({ outcome }: { outcome: string }) => outcome === 'FAILED');
    expect(failed).toMatchObject([{ event: 'DetachUserPolicy', code: 'NoSuchEntity' }]);
    expect(failed[0].parameters).toContainEqual({ name: 'preview', value: 'true' });
  });
});

describe('who may preview what', () => {
  test('what one may not do one may not preview, and the trail says who tried', async () => {
    const answer = await preview(nobody, [attach('ann')]);
    expect(answer).toMatchObject({ __typename: 'ChangeFailed', index: 0, code: 'AccessDenied' });
    const { auditEvents } = await live.ask(
      OPERATOR,
      '{ auditEvents(first: 20) { nodes { event outcome principal parameters { name value } } } }',
    );
    expect(auditEvents.nodes).toContainEqual({
      event: 'AttachUserPolicy',
      outcome: 'REFUSED',
      principal: userArn('nobody'),
      parameters: [{ name: 'preview', value: 'true' }],
    });
    await expect(preview(ANONYMOUS, [attach('ann')])).rejects.toThrow('UNAUTHENTICATED');
  });

  test('who may read what is changed is told what the operator is told', async () => {
    const [told, all] = [await preview(reader, [attach('ann')]), await preview(OPERATOR, [attach('ann')])];
    expect(said(told)).toEqual(said(all));
    expect(told).toMatchObject({ withheld: false, complete: true });
  });

  test('of policies that one may not read nothing is told', async () => {
    for (const change of [
      attach('ann'),
      put('ann', allow('sqs:SendMessage')),
      { addUserToGroup: { userArn: userArn('ann'), groupArn: GROUP } },
    ]) {
      expect(await preview(blind, [change], { failIf: { gains: ['ec2:*'] } })).toMatchObject({
        withheld: true,
        verdict: 'UNDECIDED',
        accesses: { totalCount: 0, nodes: [] },
      });
    }
  });

  test('of whom one may not ask about nothing is told, whatever happens to them', async () => {
    const policyOf = (Action: string) =>
      doc({ Effect: 'Allow', Principal: { AWS: userArn('outside', B) }, Action, Resource: `${BUCKET}/*` });
    const granting = { putResourcePolicy: { resourceArn: BUCKET, policyDocument: policyOf('s3:PutObject') } };
    expect(await preview(reader, [granting])).toMatchObject({ withheld: true, accesses: { totalCount: 0 } });
    // As much is said of somebody who is not there.
    const other = {
      putResourcePolicy: {
        resourceArn: BUCKET,
        policyDocument: doc({
          Effect: 'Allow',
          Principal: { AWS: B },
          Action: 's3:PutObject',
          Resource: `${BUCKET}/*`,
        }),
      },
    };
    expect(await preview(reader, [other])).toMatchObject({ withheld: true, accesses: { totalCount: 0 } });
  });

  test('what one may be told is looked up for each page', async () => {
    expect(await preview(brief, [attach('ann')])).toMatchObject({ withheld: false, accesses: { totalCount: 1 } });
    live.now += 40_000;
    expect(await preview(brief, [attach('ann')])).toMatchObject({ withheld: true, accesses: { totalCount: 0 } });
    live.now -= 40_000;
  });
});
