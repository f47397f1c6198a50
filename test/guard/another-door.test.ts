import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { GuardContext } from '../../src/guard/context.ts';
import { leave } from '../../src/guard/left-sessions.ts';
import { mayLookUpPrincipal } from '../../src/guard/look-up.ts';
import { perform } from '../../src/guard/perform.ts';
import { READINGS } from '../../src/guard/readings.ts';
import { UNKNOWN_ORIGIN } from '../../src/session/call.ts';
import type { Caller } from '../../src/session/caller.ts';
import { ANONYMOUS, type Gateway, gatewayOn, NOW, OPERATOR, signedIn } from '../graphql/gateway.ts';
import { arn, guardedWorld, MEMBER, policy, user } from '../graphql/guarded-world.ts';
import { OPENING, openServices, type TestServices } from '../graphql/services.ts';

// Two directories that hold the same: one behind a door that knows no GraphQL, one behind GraphQL.

const ADMIN = arn(MEMBER, 'user/admin');
const WORKER = arn(MEMBER, 'user/worker');
const CLOSED = arn(MEMBER, 'role/Closed');
const ABSENT = arn(MEMBER, 'role/Absent');
const DOCUMENT = policy({ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' });
const ORIGIN = { ...UNKNOWN_ORIGIN, requestId: 'request-1', sourceIp: '203.0.113.7', userAgent: 'tests' };

let ours: TestServices;
let theirs: TestServices;
let graphql: Gateway;

beforeEach(async () => {
  const world = guardedWorld(
    user(MEMBER, 'admin', { Effect: 'Allow', Action: ['iam:*', 'sts:AssumeRole'], Resource: '*' }),
  );
  [ours, theirs] = await Promise.all([openServices(world), openServices(world)]);
  graphql = gatewayOn(theirs);
}, OPENING);
afterEach(() => Promise.all([ours.remove(), theirs.remove()]));

/** One request at our door. */
function requestOf(caller: Caller): GuardContext {
  const { access, directory, catalog } = ours;
  return { access, directory, catalog, caller, now: NOW, origin: ORIGIN, request: {} };
}

function putRolePolicy(context: GuardContext, roleArn: string) {
  const input = { roleArn, policyName: 'Reads', policyDocument: DOCUMENT };
  return perform(context, 'PutRolePolicy', input, () =>
    ours.sessions.putRolePolicy(context.caller, input, NOW, ORIGIN),
  );
}

function putRolePolicyByGraphql(caller: Caller, roleArn: string) {
  const mutation = `mutation ($input: PutRolePolicyInput!) { putRolePolicy(input: $input) {
    __typename ... on UserError { message } ... on AccessDenied { decision { deniedBy } } } }`;
  const input = { roleArn, policyName: 'Reads', policyDocument: DOCUMENT };
  return graphql.askFrom(ORIGIN, caller, mutation, { input });
}

/** What the trail has kept since `before` events: all but what numbers the events. */
async function trailOf({ directory }: TestServices, before = 0): Promise<object[]> {
  const events = await directory.audit.list({ limit: 1000 });
  return events.slice(before).map(({ sequence: _sequence, ...event }) => event);
}

/** The events of what is done at both doors, which have to be the same. */
async function sameEvents(atOurs: () => Promise<void>, atTheirs: () => Promise<void>): Promise<object[]> {
  const [before, beforeTheirs] = [await trailOf(ours), await trailOf(theirs)];
  await atOurs();
  await atTheirs();
  const events = await trailOf(ours, before.length);
  expect(await trailOf(theirs, beforeTheirs.length)).toEqual(events);
  return events;
}

describe('an operation behind the guard of another door', () => {
  test('allowed: it is done, and the trail has the same event as behind GraphQL', async () => {
    const events = await sameEvents(
      async () => expect(await putRolePolicy(requestOf(signedIn(ADMIN)), CLOSED)).toMatchObject({ kind: 'done' }),
      async () =>
        expect(await putRolePolicyByGraphql(signedIn(ADMIN), CLOSED)).toEqual({
          data: { putRolePolicy: { __typename: 'RoleChangeSuccess' } },
        }),
    );
    expect(events).toMatchObject([
      { event: 'PutRolePolicy', principal: ADMIN, target: CLOSED, outcome: 'SUCCEEDED', sourceIp: '203.0.113.7' },
    ]);
  });

  test('refused: it is not done, and says what is lacking, on which decision, in AWS’s sentence', async () => {
    const sentence = expect.stringContaining(`User: ${WORKER} is not authorized to perform: iam:PutRolePolicy`);
    let told: unknown;
    const events = await sameEvents(
      async () => {
        const work = () => expect.unreachable('a refused operation was done');
        const input = { roleArn: CLOSED };
        const refused = await perform(requestOf(signedIn(WORKER)), 'PutRolePolicy', input, work);
        expect(refused).toMatchObject({
          kind: 'refused',
          needs: 'iam:PutRolePolicy',
          attempted: { event: 'PutRolePolicy', action: 'iam:PutRolePolicy', target: CLOSED },
          denied: { code: 'AccessDenied', message: sentence, answer: { decision: { effect: 'IMPLICIT_DENY' } } },
        });
        told = refused.kind === 'refused' ? refused.denied.message : null;
      },
      async () =>
        expect(await putRolePolicyByGraphql(signedIn(WORKER), CLOSED)).toEqual({
          data: {
            putRolePolicy: {
              __typename: 'AccessDenied',
              message: told,
              decision: { deniedBy: expect.stringContaining('POLICY') },
            },
          },
        }),
    );
    expect(events).toMatchObject([
      { event: 'PutRolePolicy', principal: WORKER, target: CLOSED, outcome: 'REFUSED', effect: 'IMPLICIT_DENY' },
    ]);
  });

  test('concealed: what may not be known is refused as if it were there, and looked up as if it were not', async () => {
    const there = await putRolePolicy(requestOf(signedIn(WORKER)), CLOSED);
    const events = await sameEvents(
      async () => {
        const absent = await putRolePolicy(requestOf(signedIn(WORKER)), ABSENT);
        const named = JSON.stringify(there.kind === 'refused' && there.denied.message).replaceAll(CLOSED, ABSENT);
        expect(JSON.stringify(absent.kind === 'refused' && absent.denied.message)).toBe(named);
        for (const role of [CLOSED, ABSENT]) {
          const ref = { kind: 'role', arn: role, accountId: MEMBER } as const;
          expect(await mayLookUpPrincipal(requestOf(signedIn(WORKER)), ref)).toEqual({ kind: 'concealed' });
        }
      },
      async () => {
        await putRolePolicyByGraphql(signedIn(WORKER), ABSENT);
        for (const role of [CLOSED, ABSENT]) {
          const query = `{ principal(principalId: "${role}") { principalId } }`;
          expect(await graphql.askFrom(ORIGIN, signedIn(WORKER), query)).toEqual({ data: { principal: null } });
        }
      },
    );
    // Looking something up is no operation: the trail tells of the attempt alone.
    expect(events).toMatchObject([{ event: 'PutRolePolicy', target: ABSENT, outcome: 'REFUSED' }]);
  });

  test('what only the operation itself can refuse is thrown by it, and in the trail once', async () => {
    const input = { role: ABSENT, roleSessionName: 'worker' };
    const events = await sameEvents(
      async () => {
        const context = requestOf(signedIn(WORKER));
        const assume = () => ours.sessions.assumeRole(context.caller, input, NOW, ORIGIN);
        await expect(perform(context, 'AssumeRole', {}, assume)).rejects.toMatchObject({ code: 'AccessDenied' });
      },
      async () => {
        const mutation = `mutation { assumeRole(input: { role: "${ABSENT}", roleSessionName: "worker" }) { __typename } }`;
        const denied = { data: { assumeRole: { __typename: 'AccessDenied' } } };
        expect(await graphql.askFrom(ORIGIN, signedIn(WORKER), mutation)).toEqual(denied);
      },
    );
    expect(events).toMatchObject([{ event: 'AssumeRole', target: ABSENT, outcome: 'REFUSED' }]);
  });
});

describe('at every door', () => {
  test('nobody performs an operation without credentials, and no event is kept of it', async () => {
    const before = await trailOf(ours);
    expect(await putRolePolicy(requestOf(ANONYMOUS), CLOSED)).toEqual({ kind: 'notSignedIn' });
    expect(await trailOf(ours)).toEqual(before);
  });

  test('the operator’s operations are the operator’s', async () => {
    const work = () => 'done';
    const refused = await perform(requestOf(signedIn(ADMIN)), 'RotateSigningKey', {}, work);
    expect(refused).toMatchObject({
      kind: 'refused',
      needs: 'the operator',
      operatorsOnly: true,
      denied: { message: 'only the operator may perform `RotateSigningKey`', answer: null },
    });
    expect(await perform(requestOf(OPERATOR), 'RotateSigningKey', {}, work)).toEqual({ kind: 'done', value: 'done' });
    const [event] = (await trailOf(ours)).slice(-1);
    expect(event).toMatchObject({ event: 'RotateSigningKey', principal: ADMIN, outcome: 'REFUSED' });
  });

  test('a role session that the caller has left changes nothing more', async () => {
    const context = requestOf(signedIn(ADMIN));
    leave(context);
    const before = await trailOf(ours);
    expect(await putRolePolicy(context, CLOSED)).toEqual({ kind: 'sessionEnded' });
    expect(await trailOf(ours)).toEqual(before);
    expect(await putRolePolicy(requestOf(signedIn(ADMIN)), CLOSED)).toMatchObject({ kind: 'done' });
  });

  test('what an operation changes counts for the next one of the same request', async () => {
    const context = requestOf(signedIn(ADMIN));
    const deny = policy({ Effect: 'Deny', Action: 'iam:*', Resource: '*' });
    const input = { userArn: ADMIN, policyName: 'Deny', policyDocument: deny };
    const put = () =>
      perform(context, 'PutUserPolicy', input, () => ours.sessions.putUserPolicy(context.caller, input, NOW, ORIGIN));
    expect(await put()).toMatchObject({ kind: 'done' });
    expect(await put()).toMatchObject({
      kind: 'refused',
      denied: { answer: { decision: { effect: 'EXPLICIT_DENY' } } },
    });
    await ours.sessions.deleteUserPolicy(OPERATOR, input, NOW);
  });

  test('what may be read is a value too: allowed, or what it needs', async () => {
    const { account, user: ofUser, roleSession } = READINGS;
    const worker = () => requestOf(signedIn(WORKER));
    expect(await account.name(worker(), { id: MEMBER })).toEqual({ kind: 'allowed' });
    expect(await account.roles(worker(), { id: MEMBER })).toEqual({ kind: 'refused', needs: 'iam:ListRoles' });
    expect(await ofUser.tags(worker(), { arn: ADMIN })).toEqual({
      kind: 'refused',
      needs: 'iam:GetUser or iam:ListUserTags',
    });
    expect(await ofUser.tags(requestOf(OPERATOR), { arn: ADMIN })).toEqual({ kind: 'allowed' });
    expect(await ofUser.tags(requestOf(ANONYMOUS), { arn: ADMIN })).toEqual({ kind: 'notSignedIn' });
    const session = { id: 'none', arn: `arn:aws:sts::${MEMBER}:assumed-role/Closed/s` };
    expect(await roleSession.everything(worker(), session)).toEqual({
      kind: 'refused',
      needs: 'iam:GetRole on its role',
    });
  });
});
