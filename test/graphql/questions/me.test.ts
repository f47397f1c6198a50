import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../../../src/session/caller.ts';
import { A, allow, aRole, aUser, roleArn, trusts, userArn } from '../../support/policies.ts';
import { ANONYMOUS, OPERATOR } from '../gateway.ts';
import { type Live, openLive } from '../live.ts';
import { OPENING, type TestServices } from '../services.ts';

const ALICE = userArn('alice');
const APP = roleArn('App');
const QUEUE = `arn:aws:sqs:eu-west-1:${A}:queue`;
const asked = (action: string, principal = 'me') => ({ principal, action, resource: QUEUE });

let services: TestServices;
let live: Live;
let alice: Caller;
let inApp: Caller;

beforeAll(async () => {
  ({
    services,
    live,
    callers: { alice },
  } = await openLive(
    { alice: ALICE },
    {
      accounts: [{ id: A, membership: 'NONE' }],
      users: [aUser('alice', [allow('sqs:SendMessage'), allow('sts:AssumeRole'), allow('iam:CreateAccessKey', ALICE)])],
      roles: [aRole('App', [trusts({ AWS: ALICE })], [allow('sqs:*')])],
    },
  ));
  const limited = JSON.stringify({ Version: '2012-10-17', Statement: allow('sqs:ReceiveMessage') });
  for (const sessionPolicies of [[], [limited]]) {
    const { credentials } = await live.mutate(
      alice,
      'assumeRole',
      { role: APP, roleSessionName: 'same', ...(sessionPolicies.length > 0 && { sessionPolicies }) },
      '... on AssumeRoleSuccess { credentials { sessionToken } }',
    );
    // The one with the session policy is the newer one; what calls is the other.
    if (sessionPolicies.length === 0) inApp = await services.signInWith(credentials.sessionToken);
    live.now += 1000;
  }
}, OPENING);
afterAll(() => services.remove());

const effects = async (caller: Caller, query: string, variables: object, field: string): Promise<(string | null)[]> => {
  const answer = await live.ask(caller, query, variables);
  return answer[field].map((one: { effect: string } | null) => one?.effect ?? null);
};

describe('me', () => {
  const BATCH = 'query ($r: [AccessRequestInput!]!) { decisions(requests: $r) { effect } }';

  test('is the caller, in an argument, an input and an entry of a list', async () => {
    const one = `{ decision(request: { principal: "me", action: "sqs:SendMessage", resource: "${QUEUE}" }) { effect } }`;
    expect((await live.ask(alice, one)).decision.effect).toBe('ALLOWED');
    const r = [asked('sqs:SendMessage'), asked('sqs:DeleteMessage'), asked('sqs:SendMessage', ALICE)];
    expect(await effects(alice, BATCH, { r }, 'decisions')).toEqual(['ALLOWED', 'IMPLICIT_DENY', 'ALLOWED']);
    const checks = [{ action: 'sqs:SendMessage', resource: QUEUE }];
    const many = 'query ($c: [CheckInput!]!) { decisionsFor(principal: "me", checks: $c) { effect } }';
    expect(await effects(alice, many, { c: checks }, 'decisionsFor')).toEqual(['ALLOWED']);
    const { principal } = await live.ask(alice, '{ principal(principalId: "me") { arn } }');
    expect(principal.arn).toBe(ALICE);
    const { allowedResources } = await live.ask(
      alice,
      'query ($r: [Arn!]!) { allowedResources(principal: "me", action: "sqs:SendMessage", resources: $r) }',
      { r: [QUEUE] },
    );
    expect(allowedResources).toEqual([QUEUE]);
    const { assumableRoles } = await live.ask(alice, '{ assumableRoles(principal: "me") { nodes { role { arn } } } }');
    expect(assumableRoles.nodes).toEqual([{ role: { arn: APP } }]);
    expect(await live.outcome(alice, 'createAccessKey', { principal: 'me' })).toBe('CreateAccessKeySuccess');
  });

  test('is the very session that calls, and not another one of its name', async () => {
    expect(await effects(inApp, BATCH, { r: [asked('sqs:DeleteMessage')] }, 'decisions')).toEqual(['ALLOWED']);
    const { principal } = await live.ask(inApp, '{ principal(principalId: "me") { __typename name } }');
    expect(principal).toEqual({ __typename: 'RoleSession', name: 'same' });
  });

  test('is nobody where the operator calls: an entry fails alone, and says so', async () => {
    const sentence = 'the operator is not a principal of IAM: name the principal';
    expect(
      await live.fail(OPERATOR, BATCH, { r: [asked('sqs:SendMessage', ALICE), asked('sqs:SendMessage')] }),
    ).toEqual([
      {
        code: 'BAD_USER_INPUT',
        message: expect.stringMatching(new RegExp(`requests\\[1\\]\\.principal.*${sentence}`)),
      },
    ]);
    expect(await live.fail(OPERATOR, '{ principal(principalId: "me") { arn } }')).toEqual([
      { code: 'BAD_USER_INPUT', message: expect.stringContaining(sentence) },
    ]);
    expect(await live.fail(ANONYMOUS, '{ principal(principalId: "me") { arn } }')).toMatchObject([
      { code: 'UNAUTHENTICATED' },
    ]);
  });

  test('is a word of arguments alone: nothing else becomes it', async () => {
    expect(await live.fail(alice, '{ principal(principalId: "ME") { arn } }')).toMatchObject([
      { code: 'BAD_USER_INPUT', message: expect.stringContaining('or me') },
    ]);
  });
});

describe('resources that are named', () => {
  const REFS = `query ($arns: [Arn!]!) { resourceRefs(arns: $arns) { arn
    send: viewerCan(action: "sqs:SendMessage") { effect } delete: viewerCan(action: "sqs:DeleteMessage") { effect reason } } }`;
  const queue = (index: number): string => `${QUEUE}-${index}`;

  test('are asked about in one query, with as many statements for many as for one', async () => {
    await live.ask(alice, REFS, { arns: [QUEUE] });
    const statementsFor = async (arns: readonly string[]): Promise<number> => {
      services.statements.length = 0;
      const { resourceRefs } = await live.ask(alice, REFS, { arns });
      expect(resourceRefs.map(({ arn }: { arn: string }) => arn)).toEqual(arns);
      for (const one of resourceRefs) {
        expect([one.send.effect, one.delete.effect]).toEqual(['ALLOWED', 'IMPLICIT_DENY']);
        expect(one.delete.reason).toContain('no identity-based policy allows');
      }
      return services.statements.length;
    };
    const one = await statementsFor([queue(0)]);
    expect(await statementsFor(Array.from({ length: 500 }, (_, index) => queue(index + 1)))).toBe(one);
  });

  test('agree with decisions, in a role too', async () => {
    const { resourceRefs } = await live.ask(
      alice,
      `{ resourceRefs(arns: ["${QUEUE}"]) { viewerCan(action: "sqs:DeleteMessage", assumedRole: "${APP}") { effect onAssumption: assumedRole { arn } } } }`,
    );
    expect(resourceRefs[0].viewerCan.effect).toBe('ALLOWED');
    expect(
      await live.fail(alice, `{ resourceRefs(arns: ["${QUEUE}"]) { viewerCan(action: "s3:GetObject") { effect } } }`),
    ).toMatchObject([{ code: 'BAD_USER_INPUT', message: expect.stringContaining('cannot be asked on') }]);
  });

  test('are of principals alone, well formed, and not too many', async () => {
    expect(await live.fail(OPERATOR, REFS, { arns: [QUEUE] })).toMatchObject([
      { code: 'FORBIDDEN' },
      { code: 'FORBIDDEN' },
    ]);
    expect(await live.fail(ANONYMOUS, REFS, { arns: [QUEUE] })).toMatchObject([{ code: 'UNAUTHENTICATED' }]);
    expect(await live.fail(alice, REFS, { arns: [QUEUE, 'queue'] })).toMatchObject([
      { code: 'BAD_USER_INPUT', message: expect.stringContaining('`arns[1]`') },
    ]);
    const arns = Array.from({ length: 10_001 }, (_, index) => queue(index));
    expect(
      await live.fail(alice, 'query ($arns: [Arn!]!) { resourceRefs(arns: $arns) { arn } }', { arns }),
    ).toMatchObject([{ code: 'BAD_USER_INPUT', message: expect.stringContaining('the limit is 10000') }]);
  });
});
