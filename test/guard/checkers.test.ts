import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Answer, Question } from '../../src/access/question.ts';
import {
  askEach,
  ask as askNow,
  checkMayAskAbout,
  mayAskAbout,
  maySimulateCustomPolicies,
} from '../../src/guard/ask.ts';
import { mayAsk, maySearch } from '../../src/guard/checker.ts';
import type { GuardContext } from '../../src/guard/context.ts';
import { knownGaps } from '../../src/guard/known-gaps.ts';
import { mayKnowResource } from '../../src/guard/known-resource.ts';
import { mayLookUp, mayLookUpPrincipal } from '../../src/guard/look-up.ts';
import { OPERATIONS, type OperationName } from '../../src/guard/operations.ts';
import { perform } from '../../src/guard/perform.ts';
import { mayDo } from '../../src/guard/permission.ts';
import { readableReason, readableStatements } from '../../src/guard/readable-policy.ts';
import { operatorOnly, signedIn as rulesPrincipals } from '../../src/guard/ruling.ts';
import { searchScope } from '../../src/guard/search-scope.ts';
import { withheldLayers } from '../../src/guard/withheld-layers.ts';
import { type PrincipalRef, parsePrincipalRef } from '../../src/policy/principal-id.ts';
import { UNKNOWN_ORIGIN } from '../../src/session/call.ts';
import type { Caller } from '../../src/session/caller.ts';
import type { NewCheckerInput } from '../../src/session/checkers.ts';
import { ANONYMOUS, NOW, OPERATOR } from '../graphql/gateway.ts';
import {
  arn,
  guardedWorld,
  MANAGEMENT,
  MEMBER,
  policy,
  STRANGER,
  type Statement,
  user,
} from '../graphql/guarded-world.ts';
import { OPENING, openServices, type TestServices } from '../graphql/services.ts';

const WORKER = arn(MEMBER, 'user/worker');
const SOMEBODY = arn(STRANGER, 'user/somebody');
const MAKER = arn(MEMBER, 'user/maker');
const WRITER = arn(MEMBER, 'role/team/Writer');
const FAR = arn(STRANGER, 'role/Far');
const LOG = 'arn:aws:s3:::logs/1';
const MAKER_KEY = 'AKIAMAKERAAAAAAAAAAA';
const MANAGER_KEY = 'AKIAMANAGERAAAAAAAAA';
const MAKES: Statement = {
  Effect: 'Allow',
  Action: ['rolegate:*', 'iam:SimulatePrincipalPolicy'],
  Resource: '*',
};
const KNOWS: Statement = { Effect: 'Allow', Action: ['iam:Get*', 's3:Get*'], Resource: '*' };

let services: TestServices;

beforeAll(async () => {
  services = await openServices({
    ...guardedWorld(user(MEMBER, 'maker', MAKES, KNOWS), user(MANAGEMENT, 'manager', MAKES)),
    accessKeys: [
      { id: MAKER_KEY, user: MAKER },
      { id: MANAGER_KEY, user: arn(MANAGEMENT, 'user/manager') },
    ],
  });
}, OPENING);
afterAll(() => services.remove());

/** A checker of `maker`, as it calls. */
async function checkerOf(maker: Caller, input: Partial<NewCheckerInput> = {}): Promise<Caller> {
  const given = { name: 'c', accountIds: [MEMBER], actions: null, search: false, expiresAt: null, ...input };
  const { token } = await services.sessions.createChecker(maker, given, NOW);
  return services.signInWith(token);
}

function requestOf(caller: Caller, origin: Partial<GuardContext['origin']> = {}): GuardContext {
  const { access, directory, catalog } = services;
  return { access, directory, catalog, caller, now: NOW, origin: { ...UNKNOWN_ORIGIN, ...origin }, request: {} };
}

/** What can be said from memory is said at once: here always later. */
const ask = async (...asked: Parameters<typeof askNow>) => askNow(...asked);

function refOf(id: string): PrincipalRef {
  const ref = parsePrincipalRef(id);
  if (ref === null) throw new Error(`no principal: ${id}`);
  return ref;
}

function questionOf(principal: string, more: Partial<Question> & { readonly role?: string } = {}): Question {
  const { role, ...rest } = more;
  const subject = { principal: refOf(principal), assumedRole: role ?? null, session: null };
  const question = {
    subject,
    action: 's3:GetObject',
    resource: LOG,
    resourceAccount: null,
    context: new Map(),
    path: 'request',
  };
  return { ...question, ...rest };
}

/** What is said of a principal, outside the scope as of one about whom the caller may not ask. */
const notAllowed = (principal: string) => ({
  code: 'FORBIDDEN',
  field: 'request.principal',
  message: `asking about \`${principal}\` needs iam:SimulatePrincipalPolicy on it, which you are not allowed`,
});

describe('a checker of the operator', () => {
  test('gets the decisions that the operator gets', async () => {
    const questions = [questionOf(WORKER), questionOf(WORKER, { action: 's3:PutObject', role: WRITER })];
    const [own, operators] = await Promise.all([
      askEach(requestOf(await checkerOf(OPERATOR)), questions),
      askEach(requestOf(OPERATOR), questions),
    ]);
    const decisions = (answers: readonly (Answer | Error)[]) =>
      answers.map((answer) => (answer instanceof Error ? answer : answer.decision.effect));
    expect(decisions(own)).toEqual(['ALLOWED', 'ALLOWED']);
    expect(decisions(own)).toEqual(decisions(operators));
  });

  test('of a principal outside its scope it is told what it is told of one that it may not know, there or not', async () => {
    const context = requestOf(await checkerOf(OPERATOR));
    const absent = arn(STRANGER, 'user/absent');
    const outside = [SOMEBODY, absent, 'ec2.amazonaws.com', 'anonymous', `arn:aws:sts::${STRANGER}:assumed-role/Far/s`];
    const answers = await askEach(
      context,
      outside.map((principal) => questionOf(principal)),
    );
    expect(answers).toMatchObject(outside.map(notAllowed));
    for (const principal of outside) {
      expect(await mayAskAbout(context, refOf(principal))).toBe(false);
      expect(await mayLookUpPrincipal(context, refOf(principal))).toEqual({ kind: 'concealed' });
    }
    // In its scope it learns what is not there, as whoever may ask about it does.
    await expect(ask(context, questionOf(arn(MEMBER, 'user/absent')))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('a role outside its scope is one that it may not ask about; one that is not there trusts nobody', async () => {
    const context = requestOf(await checkerOf(OPERATOR));
    await expect(ask(context, questionOf(WORKER, { role: FAR }))).rejects.toMatchObject(notAllowed(WORKER));
    const { decision } = await ask(context, questionOf(WORKER, { role: arn(MEMBER, 'role/Absent') }));
    expect(decision).toMatchObject({ allowed: false, deniedBy: 'TRUST_POLICY' });
  });

  test('resources are of any account: the scope is that of the principals', async () => {
    const { decision } = await ask(
      requestOf(await checkerOf(OPERATOR)),
      questionOf(WORKER, { resource: 'arn:aws:s3:::far/1' }),
    );
    expect(decision).toMatchObject({ allowed: false, deniedBy: 'RESOURCE_POLICY' });
  });

  test('for all accounts it asks about everybody, services included', async () => {
    const context = requestOf(await checkerOf(OPERATOR, { accountIds: null }));
    const answers = await askEach(
      context,
      [SOMEBODY, 'ec2.amazonaws.com', 'anonymous'].map((one) => questionOf(one)),
    );
    expect(answers.map((answer) => answer instanceof Error)).toEqual([false, false, false]);
  });

  test('with actions, it asks about these alone, whatever their case', async () => {
    const context = requestOf(await checkerOf(OPERATOR, { actions: ['s3:get*', 'SQS:SendMessage'] }));
    const actions = ['s3:GetObject', 'S3:GETOBJECT', 'sqs:SendMessage', 's3:PutObject', 's3:GetNothing'];
    const resource = (action: string) => (action.startsWith('sqs') ? `arn:aws:sqs:eu-west-1:${MEMBER}:q` : LOG);
    const answers = await askEach(
      context,
      actions.map((action) => questionOf(WORKER, { action, resource: resource(action) })),
    );
    expect(answers.map((answer) => (answer instanceof Error ? answer : answer.question.action))).toMatchObject([
      ...actions.slice(0, 3),
      {
        code: 'FORBIDDEN',
        field: 'request.action',
        message: 'asking about `s3:PutObject` needs a checker for this action: that of the caller is for others',
      },
      { code: 'BAD_USER_INPUT', field: 'request.action' },
    ]);
  });
});

describe('a checker of a principal asks with the present rights of its maker', () => {
  let maker: Caller;
  let context: GuardContext;
  const decided = (principal: string, caller = context.caller) => ask(requestOf(caller), questionOf(principal));
  const deny = (statement: object) => ({
    userArn: MAKER,
    policyName: 'Limits',
    policyDocument: policy({ Effect: 'Deny', Action: 'iam:SimulatePrincipalPolicy', Resource: '*', ...statement }),
  });

  beforeAll(async () => {
    maker = await services.signIn(MAKER_KEY);
    context = requestOf(await checkerOf(maker));
  });

  test('what its maker may ask about', async () => {
    expect((await decided(WORKER)).decision.effect).toBe('ALLOWED');
  });

  test('a right that its maker loses is gone with the next question, and back with it', async () => {
    await services.sessions.putUserPolicy(OPERATOR, deny({ Resource: WORKER }), NOW);
    await expect(decided(WORKER)).rejects.toMatchObject(notAllowed(WORKER));
    expect((await decided(arn(MEMBER, 'user/nobody'))).decision.effect).toBe('IMPLICIT_DENY');
    await services.sessions.deleteUserPolicy(OPERATOR, deny({}), NOW);
    expect((await decided(WORKER)).decision.effect).toBe('ALLOWED');
  });

  test('its conditions are about the checker’s own request', async () => {
    const outside = { NotIpAddress: { 'aws:SourceIp': '203.0.113.0/24' } };
    await services.sessions.putUserPolicy(OPERATOR, deny({ Condition: outside }), NOW);
    const from = (sourceIp: string) => ask(requestOf(context.caller, { sourceIp }), questionOf(WORKER));
    await expect(from('198.51.100.1')).rejects.toMatchObject(notAllowed(WORKER));
    expect((await from('203.0.113.7')).decision.effect).toBe('ALLOWED');
    await services.sessions.deleteUserPolicy(OPERATOR, deny({}), NOW);
  });

  test('also about its maker, which may always ask about itself', async () => {
    await services.sessions.putUserPolicy(OPERATOR, deny({ Resource: MAKER }), NOW);
    expect(await mayAskAbout(requestOf(maker), refOf(MAKER))).toBe(true);
    await expect(decided(MAKER)).rejects.toMatchObject(notAllowed(MAKER));
    await services.sessions.deleteUserPolicy(OPERATOR, deny({}), NOW);
  });

  test('in its organization, if its maker manages that; elsewhere its scope is of no use', async () => {
    const manager = await services.signIn(MANAGER_KEY);
    const caller = await checkerOf(manager, { accountIds: [MEMBER, STRANGER] });
    expect((await decided(WORKER, caller)).decision.effect).toBe('ALLOWED');
    await expect(decided(SOMEBODY, caller)).rejects.toMatchObject(notAllowed(SOMEBODY));
    // What its maker may, and its scope does not say.
    await expect(decided(arn(MANAGEMENT, 'user/reader'), caller)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  test('a gap about the resource is shown if its maker may know it', async () => {
    const gone = questionOf(WORKER, { action: 's3:PutObjectAcl', resource: 'arn:aws:s3:::unknown-bucket/1' });
    const blind = await checkerOf(await services.signIn(MANAGER_KEY));
    const gapsOf = async (caller: Caller) => knownGaps(requestOf(caller), await ask(requestOf(caller), gone));
    const ofOperator = await gapsOf(OPERATOR);
    expect(ofOperator.length).toBeGreaterThan(0);
    expect(await gapsOf(await checkerOf(OPERATOR))).toEqual(ofOperator);
    expect(await gapsOf(context.caller)).toEqual(await gapsOf(maker));
    expect((await gapsOf(blind)).length).toBeLessThan(ofOperator.length);
  });

  test('a maker that is deleted while a request is answered has no right left, and is not named', async () => {
    const leaver = arn(MEMBER, 'user/leaver');
    const key = 'AKIALEAVERAAAAAAAAAA';
    await services.directory.apply({ users: [user(MEMBER, 'leaver', MAKES)], accessKeys: [{ id: key, user: leaver }] });
    const caller = await checkerOf(await services.signIn(key));
    expect((await decided(WORKER, caller)).decision.effect).toBe('ALLOWED');
    await services.directory.entities.deleteUser({ userArn: leaver, withDependents: true });
    await expect(decided(WORKER, caller)).rejects.toMatchObject(notAllowed(WORKER));
  });

  test('a maker that is deleted between an answer and its gaps knows nothing of the resource, and is not named', async () => {
    const leaver = arn(MEMBER, 'user/next-leaver');
    const key = 'AKIANEXTLEAVERAAAAAA';
    const leavers = { users: [user(MEMBER, 'next-leaver', MAKES, KNOWS)], accessKeys: [{ id: key, user: leaver }] };
    await services.directory.apply(leavers);
    const asking = requestOf(await checkerOf(await services.signIn(key)));
    const gone = questionOf(WORKER, { action: 's3:PutObjectAcl', resource: 'arn:aws:s3:::unknown-bucket/1' });
    const answer = await ask(asking, gone);
    await services.directory.entities.deleteUser({ userArn: leaver, withDependents: true });
    const gaps = await knownGaps(asking, answer);
    expect(gaps.length).toBeLessThan(answer.gaps.length);
    const question = { action: 's3:GetObject', resource: LOG, resourceAccount: null, context: new Map(), path: '' };
    expect(await mayKnowResource(asking, question)).toBe(false);
  });
});

test('the roles of sessions are looked up together, stored or not, by whomever they are asked about', async () => {
  const maker = await services.signIn(MAKER_KEY);
  const sessions = ['Writer', 'Nobody'].flatMap((role) =>
    Array.from({ length: 50 }, (_, index) => `arn:aws:sts::${MEMBER}:assumed-role/${role}/s${index}`),
  );
  for (const caller of [maker, await checkerOf(maker)]) {
    let gathered = 0;
    const gather: GuardContext['directory']['gather'] = (request) => {
      gathered += 1;
      return services.directory.gather(request);
    };
    const directory = Object.create(services.directory, {
      gather: { value: gather },
      remember: { value: () => null },
    });
    const context = { ...requestOf(caller), directory };
    const answers = await askEach(
      context,
      sessions.map((session) => questionOf(session)),
    );
    expect(answers.slice(0, 50).every((answer) => 'decision' in answer)).toBe(true);
    expect(answers[50]).toMatchObject({ code: 'NOT_FOUND' });
    expect(gathered).toBe(1);
  }
});

describe('a checker that was made in a session of a role', () => {
  const CHECKING = arn(MEMBER, 'role/Checking');
  const DAY = 86_400_000;
  let caller: Caller;
  const decidedAt = (now: number) => ask({ ...requestOf(caller), now }, questionOf(WORKER));

  beforeAll(async () => {
    const trustPolicy = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS: MAKER }, Action: 'sts:AssumeRole' }],
    });
    const inlinePolicies = [{ name: 'Checks', document: policy(MAKES) }];
    await services.directory.apply({ roles: [{ arn: CHECKING, trustPolicy, inlinePolicies, attachedPolicies: [] }] });
    const given = { role: CHECKING, roleSessionName: 's1' };
    const { credentials } = await services.sessions.assumeRole(await services.signIn(MAKER_KEY), given, NOW);
    caller = await checkerOf(await services.signInWith(credentials.sessionToken));
  });

  test('asks on when the session has expired, until the older sessions of the role are revoked', async () => {
    expect((await decidedAt(NOW)).decision.effect).toBe('ALLOWED');
    expect((await decidedAt(NOW + 30 * DAY)).decision.effect).toBe('ALLOWED');
    await services.sessions.revokeRoleSessions(OPERATOR, CHECKING, NOW + DAY);
    await expect(decidedAt(NOW + 2 * DAY)).rejects.toMatchObject(notAllowed(WORKER));
  });
});

describe('of a decision a checker gets', () => {
  const SECRET = questionOf(WORKER, { action: 'secretsmanager:ListSecrets', resource: '*' });

  test.each([
    ['allowed', questionOf(WORKER)],
    ['denied by a control policy', SECRET],
    [
      'denied by the boundary',
      questionOf(WORKER, { action: 'sqs:SendMessage', resource: `arn:aws:sqs:eu-west-1:${MEMBER}:q` }),
    ],
    ['denied in a role', questionOf(WORKER, { action: 's3:DeleteObject', role: WRITER })],
  ])('%s: the reason without the name of a policy, each layer, and no statement', async (_what, question) => {
    const context = requestOf(await checkerOf(OPERATOR));
    const answer = await ask(context, question);
    const { decision } = answer;
    const reason = await readableReason(context, answer);
    expect(reason).toBe(decision.unnamedReason);
    expect(reason).not.toMatch(/policy\/|ReadsLogs|AtMost|Works|Writes/);
    expect(decision.layers.length).toBeGreaterThan(0);
    for (const { matchedStatements } of [decision, ...decision.layers]) {
      expect(await readableStatements(context, matchedStatements)).toEqual([]);
    }
    const withStatements = decision.layers.filter(({ matchedStatements }) => matchedStatements.length > 0);
    expect(await withheldLayers(context, decision)).toEqual(withStatements.map(({ layer }) => layer));
  });

  test('also of policies that come with the question, and of AWS', async () => {
    const session = { sessionPolicies: [policy({ Effect: 'Deny', Action: '*', Resource: '*' })] };
    const subject = { principal: refOf(WORKER), assumedRole: WRITER, session };
    const context = requestOf(await checkerOf(OPERATOR));
    const { decision } = await ask(context, { ...questionOf(WORKER), subject });
    expect(decision).toMatchObject({ effect: 'EXPLICIT_DENY', deniedBy: 'SESSION_POLICY' });
    expect(await readableStatements(context, decision.matchedStatements)).toEqual([]);
  });
});

describe('searches', () => {
  const search = { actions: ['s3:GetObject'], conditional: false, given: new Map() };
  const scopeOf = (caller: Caller, more: object = {}) => searchScope(requestOf(caller), { ...search, ...more });
  const visible = async (caller: Caller, ...principals: string[]) =>
    (await scopeOf(caller))?.visible(principals.map(refOf));

  test('are for checkers that were made for it', async () => {
    expect(maySearch(requestOf(await checkerOf(OPERATOR)))).toEqual({
      kind: 'refused',
      needs: 'a checker that was made with `search`',
    });
    expect(maySearch(requestOf(await checkerOf(OPERATOR, { search: true })))).toEqual({ kind: 'allowed' });
    expect(maySearch(requestOf(OPERATOR))).toEqual({ kind: 'allowed' });
    expect(maySearch(requestOf(ANONYMOUS))).toEqual({ kind: 'notSignedIn' });
  });

  test('find whom the checker may ask about', async () => {
    expect(await scopeOf(await checkerOf(OPERATOR, { search: true, accountIds: null }))).toBeNull();
    const ofMember = await checkerOf(OPERATOR, { search: true });
    expect(await scopeOf(ofMember)).toMatchObject({ accounts: [MEMBER] });
    expect(await visible(ofMember, WORKER, SOMEBODY)).toEqual([true, false]);
    const maker = await services.signIn(MAKER_KEY);
    const ofMaker = await checkerOf(maker, { search: true, accountIds: [MEMBER, MANAGEMENT] });
    expect(await scopeOf(ofMaker)).toMatchObject({ accounts: [MEMBER] });
    expect(await visible(ofMaker, WORKER, arn(MANAGEMENT, 'user/reader'))).toEqual([true, false]);
  });

  test('are about its actions, and never about conditions, which are of statements', async () => {
    const caller = await checkerOf(OPERATOR, { search: true, actions: ['s3:Get*'] });
    await expect(scopeOf(caller, { actions: ['s3:PutObject'] })).rejects.toMatchObject({
      code: 'FORBIDDEN',
      field: 'action',
    });
    await expect(scopeOf(caller, { conditional: true })).rejects.toMatchObject({
      code: 'FORBIDDEN',
      field: 'conditional',
    });
    expect(await scopeOf(OPERATOR, { conditional: true })).toBeNull();
  });
});

describe('everything else is refused where nothing else is said', () => {
  let context: GuardContext;
  beforeAll(async () => {
    context = requestOf(await checkerOf(OPERATOR, { accountIds: null, search: true }));
  });

  test('readings, look-ups, and questions that are not about a decision', async () => {
    const refused = { kind: 'refused', needs: 'the credentials of a principal or of the operator' };
    expect(mayAsk(context)).toEqual({ kind: 'allowed' });
    expect(rulesPrincipals(context)).toEqual(refused);
    expect(operatorOnly(context)).toEqual(refused);
    expect(await maySimulateCustomPolicies(context)).toEqual(refused);
    expect(await mayDo(context, { action: 'iam:GetUser', resource: WORKER, account: null })).toBe(false);
    for (const [type, id] of [
      ['User', WORKER],
      ['Account', MEMBER],
      ['Resource', 'arn:aws:s3:::logs'],
    ] as const) {
      expect(await mayLookUp(context, type, id)).toEqual({ kind: 'concealed' });
    }
    expect(await mayLookUpPrincipal(context, refOf(WORKER))).toEqual({ kind: 'allowed' });
    await expect(checkMayAskAbout(context, refOf(WORKER), 'principal')).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  const names = Object.keys(OPERATIONS) as OperationName[]; // as: its keys

  test.each(names)('the operation %s, also what anybody may; the refusal is in the trail', async (name) => {
    const before = await services.directory.audit.count({});
    const work = () => expect.unreachable('a refused operation was done');
    const refused = await perform(context, name, { checkerId: 'another' }, work);
    const message = 'a checker can only ask, and change nothing but its own token';
    expect(refused).toMatchObject({ kind: 'refused', denied: { code: 'AccessDenied', message, answer: null } });
    const [event] = (await services.directory.audit.list({ limit: 1000 })).slice(before);
    expect(event).toMatchObject({ event: name, principal: expect.stringMatching(/^checker\//), outcome: 'REFUSED' });
  });

  test('but its own rotation', async () => {
    const { caller } = context;
    const id = caller.kind === 'checker' ? caller.checker.id : '';
    for (const checkerId of [null, id]) {
      expect(await perform(context, 'RotateChecker', { checkerId }, () => 'done')).toEqual({
        kind: 'done',
        value: 'done',
      });
    }
  });
});
