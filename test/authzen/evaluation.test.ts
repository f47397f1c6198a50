import { describe, expect, test } from 'vitest';
import { NO_NAMES } from '../../src/authzen/names.ts';
import type { JsonObject } from '../../src/policy/json.ts';
import { OPERATOR } from '../graphql/gateway.ts';
import { A, roleArn, userArn } from '../support/policies.ts';
import { caller, openedDecisionPoint, queueArn, saying } from './world.ts';

const point = openedDecisionPoint();

const alice = { type: 'user', id: 'alice' };
const bob = { type: 'user', id: 'bob' };
const read = { name: 'read' };
const doc = (id: string, properties?: JsonObject) => ({
  type: 'doc',
  id,
  ...(properties === undefined ? {} : { properties }),
});

const evaluate = (body: JsonObject, who = OPERATOR) => point.ask(who, 'evaluation', body);

describe('names', () => {
  test.each([
    ['an ARN', { type: 'user', id: userArn('alice') }],
    ['an ARN, of any type', { type: 'whatever', id: userArn('alice') }],
    ['a short name', alice],
  ])('a subject by %s', async (_name, subject) => {
    const { decision, context } = await evaluate({ subject, action: read, resource: doc('plan') });
    expect([decision, context.effect]).toEqual([true, 'ALLOWED']);
    expect(context.reason).toMatch(
      /^User: arn:aws:iam::111111111111:user\/alice is authorized to perform: s3:GetObject on/,
    );
  });

  test.each([
    ['a role', roleArn('App'), true, /role\/App is authorized/],
    ['a session of a role', `arn:aws:sts::${A}:assumed-role/App/night`, true, /assumed-role\/App\/night is authorized/],
    ['an account', A, true, /:root is authorized/],
    ['a service', 'ec2.amazonaws.com', false, /ec2\.amazonaws\.com is not authorized/],
  ])('a subject that is %s', async (_name, id, decision, reason) => {
    const subject = { type: 'iam', id };
    const answer = await evaluate({ subject, action: { name: 's3:GetObject' }, resource: doc('plan') });
    expect(answer).toMatchObject({ decision, context: { reason: expect.stringMatching(reason) } });
  });

  test('of a type of the table, a number is no account, and the name of a service no service', async () => {
    for (const id of [A, 'ec2.amazonaws.com', 'anonymous']) {
      const { decision, context } = await evaluate({
        subject: { type: 'user', id },
        action: read,
        resource: doc('plan'),
      });
      expect(decision).toBe(false);
      expect(context.error.status).toBe(404);
      expect(context.error.message).toContain(`user/${id}`);
    }
  });

  test.each([
    ['sqs:SendMessage', 'send', { type: 'queue', id: 'test' }],
    ['sqs:sendmessage', 'sqs:sendmessage', { type: 'queue', id: queueArn('test') }],
    ['sqs:SendMessage', 'sqs:SendMessage', { type: 'any', id: queueArn('test') }],
    ['sqs:SendMessage', 'sqs:SendMessage', { type: 'unheard-of', id: queueArn('test') }],
  ])('%s as %s', async (_meaning, name, resource) => {
    expect(await evaluate({ subject: alice, action: { name }, resource })).toMatchObject({ decision: true });
  });

  test.each([
    [
      'a type of subjects that is not there',
      { subject: { type: 'spaceship', id: 'x' } },
      400,
      'there is no type `spaceship` of subjects, and the id `x` is not a principal (an ARN, an account, a service)',
    ],
    ['a subject that is not there', { subject: { type: 'user', id: 'nobody' } }, 404, /user\/nobody/],
    [
      'an id that nobody can have',
      { subject: { type: 'user', id: 'a b' } },
      404,
      'there is no subject `a b` of the type `user`',
    ],
    [
      'a type of resources that is not there',
      { resource: { type: 'spaceship', id: 'x' } },
      400,
      'there is no type `spaceship` of resources, and the id `x` is not an ARN',
    ],
    [
      'a short action that is not there',
      { action: { name: 'reda' } },
      400,
      'there is no action `reda` for resources of the type `doc`, and it is not `service:Action`',
    ],
    ['an action that AWS does not have', { action: { name: 's3:GetObjcet' } }, 400, /did you mean `s3:GetObject`\?$/],
    [
      'an action that is not for the resource',
      { action: { name: 'sqs:SendMessage' } },
      400,
      /`sqs:SendMessage` cannot be asked on/,
    ],
  ])('%s is a denial that says so, and no answer', async (_name, wrong, status, message) => {
    const answer = await evaluate({ subject: alice, action: read, resource: doc('plan'), ...wrong });
    expect(answer).toEqual({ decision: false, context: { error: { status, message: saying(message) } } });
  });

  test('without a table AWS’s names are understood', async () => {
    const body = { subject: { type: 'user', id: userArn('ann') }, action: { name: 'sqs:SendMessage' } };
    const ask = (id: string) => point.ask(OPERATOR, 'evaluation', { ...body, resource: { type: 'x', id } }, NO_NAMES);
    expect((await ask(queueArn('live'))).decision).toBe(true);
    expect((await ask('live')).context.error.status).toBe(400);
  });

  test('an id stands in the ARN as it is: no wildcard, no way out of the template', async () => {
    for (const id of ['*', '../bill', 'bill/../plan', '${aws:username}']) {
      const { context } = await evaluate({ subject: { type: 'user', id: 'ann' }, action: read, resource: doc(id) });
      expect(context.reason).toContain(`on resource: arn:aws:s3:::docs/${id} because`);
    }
  });
});

describe('properties', () => {
  test('of a resource are its tags, also where AWS has none, as of an object', async () => {
    const ask = (status: string) => evaluate({ subject: alice, action: read, resource: doc('other', { status }) });
    expect(await ask('open')).toMatchObject({ decision: true });
    expect(await ask('closed')).toMatchObject({ decision: false, context: { effect: 'IMPLICIT_DENY' } });
    const { context } = await evaluate({ subject: alice, action: read, resource: doc('other') });
    expect(context.missingContextKeys).toEqual(['aws:ResourceTag/status']);
  });

  test('of a resource in the directory are the directory’s', async () => {
    const ask = (id: string, env: string) =>
      evaluate({ subject: alice, action: { name: 'send' }, resource: { type: 'queue', id, properties: { env } } });
    expect(await ask('live', 'test')).toMatchObject({ decision: false });
    expect(await ask('test', 'live')).toMatchObject({ decision: true });
  });

  test('of a subject in the directory are the directory’s, too', async () => {
    const subject = { ...alice, properties: { team: 'red' } };
    const answer = await evaluate({ subject, action: { name: 's3:DeleteObject' }, resource: doc('plan') });
    expect(answer).toMatchObject({ decision: false, context: { effect: 'IMPLICIT_DENY' } });
  });

  test('that the table says of a resource count unless the request gives them', async () => {
    const ask = (resource: JsonObject) => evaluate({ subject: alice, action: read, resource });
    expect((await ask(doc('plan'))).decision).toBe(true);
    expect((await ask(doc('bill'))).decision).toBe(false);
    expect((await ask(doc('plan', { Status: 'closed' }))).decision).toBe(false);
    expect((await ask(doc('bill', { status: 'open', size: 3 }))).decision).toBe(true);
  });

  test('that no condition key can have are left out, and named', async () => {
    const { decision, context } = await evaluate({
      subject: { ...alice, properties: { roles: ['a', 'b'], name: null, team: 'red' } },
      action: { ...read, properties: { fields: ['a', 'b'], filter: { a: 1 } } },
      resource: doc('plan', { owner: { id: 1 } }),
      context: { 'urn:example:x': { a: 1 }, time: 'now', nested: { a: [{}] } },
    });
    expect(decision).toBe(true);
    expect(context.ignored).toEqual([
      'subject.properties.roles',
      'subject.properties.name',
      'resource.properties.owner',
      'action.properties.filter',
      'context.urn:example:x',
    ]);
  });

  test.each([
    [{ 'aws:SourceIp': '192.0.2.7' }, true, []],
    [{ 'aws:SourceIp': '198.51.100.7' }, false, []],
    [{ SourceIp: '192.0.2.7' }, false, ['aws:SourceIp']],
    [{}, false, ['aws:SourceIp']],
  ])('a member of the context with a colon is a condition key: %j', async (context, decision, missingContextKeys) => {
    const purge = { subject: alice, action: { name: 'purge' }, resource: { type: 'queue', id: 'test' } };
    expect(await evaluate({ ...purge, context })).toMatchObject({ decision, context: { missingContextKeys } });
  });

  test.each([
    ['given twice', { resource: doc('x', { a: 1 }), context: { 'aws:ResourceTag/a': '2' } }, /given twice/],
    ['given twice in other letters', { resource: doc('x', { a: 1, A: 2 }) }, /twice/],
    ['too long', { context: { 'app:k': 'x'.repeat(2049) } }, /2049 characters, the limit is 2048/],
    [
      'too many',
      { resource: doc('x', Object.fromEntries(Array.from({ length: 201 }, (_, i) => [`k${i}`, i]))) },
      /201 condition keys, the limit is 200/,
    ],
    ['of a wrong type', { context: { 'aws:SourceIp': 'here' } }, /`here` is not an IP address/],
  ])('condition keys %s are a denial that says so', async (_name, wrong, message) => {
    const answer = await evaluate({ subject: alice, action: read, resource: doc('plan'), ...wrong });
    const error = { status: 400, message: expect.stringMatching(message) };
    expect(answer).toEqual({ decision: false, context: { error } });
  });
});

describe('who may ask', () => {
  const body = (id: string) => ({ subject: { type: 'user', id }, action: read, resource: doc('plan') });

  test('everybody about itself, others with iam:SimulatePrincipalPolicy on the subject', async () => {
    expect((await evaluate(body('alice'), caller('alice'))).decision).toBe(true);
    expect((await evaluate(body('alice'), caller('pep'))).decision).toBe(true);
    expect((await evaluate(body('bob'), caller('admin'))).decision).toBe(true);
  });

  test('refused alike whether the subject is there or not', async () => {
    for (const id of ['bob', 'bertha']) {
      await expect(evaluate(body(id), caller('pep'))).rejects.toMatchObject({
        code: 'FORBIDDEN',
        message: `asking about \`${userArn(id)}\` needs iam:SimulatePrincipalPolicy on it, which you are not allowed`,
      });
    }
    // Whoever may ask about it may know that it is not there.
    expect(await evaluate(body('axel'), caller('pep'))).toMatchObject({ context: { error: { status: 404 } } });
  });

  test('names of policies are for those that may read them', async () => {
    const reasonFor = async (name: string) => (await evaluate(body('alice'), caller(name))).context.reason;
    expect(await reasonFor('admin')).toMatch(/allows the s3:GetObject action: inline$/);
    expect(await reasonFor('pep')).toMatch(/allows the s3:GetObject action$/);
  });
});

describe('evaluations', () => {
  const items = [doc('bill'), doc('plan'), doc('bill'), doc('plan')].map((resource) => ({ resource }));
  const ask = async (more: JsonObject, who = OPERATOR) =>
    (await point.ask(who, 'evaluations', { subject: alice, action: read, ...more })).evaluations;
  const decisions = (answers: readonly { decision: boolean }[]) => answers.map(({ decision }) => decision);

  test.each([
    [undefined, [false, true, false, true]],
    ['execute_all', [false, true, false, true]],
    ['deny_on_first_deny', [false]],
    ['permit_on_first_permit', [false, true]],
  ])('%s', async (semantic, expected) => {
    const options = semantic === undefined ? {} : { evaluations_semantic: semantic };
    expect(decisions(await ask({ evaluations: items, options: { ...options, other: 1 } }))).toEqual(expected);
  });

  test('all are answered where none ends them', async () => {
    const options = { evaluations_semantic: 'deny_on_first_deny' };
    expect(
      decisions(await ask({ options, evaluations: [{ resource: doc('plan') }, { resource: doc('plan') }] })),
    ).toEqual([true, true]);
  });

  test('an entry that is not of the form, or cannot be answered, is a denial at its place', async () => {
    const answers = await ask(
      {
        resource: doc('plan'),
        evaluations: [
          {},
          7,
          { resource: null },
          { action: { name: 5 } },
          { action: { name: 'reda' } },
          { subject: bob },
          {},
        ],
      },
      caller('pep'),
    );
    const errors = answers.map(({ decision, context }: { decision: boolean; context: { error?: unknown } }) => [
      decision,
      context.error ?? null,
    ]);
    expect(errors).toEqual([
      [true, null],
      [false, { status: 400, message: 'an entry of `evaluations` must be an object' }],
      [false, { status: 400, message: '`resource` must be an object' }],
      [false, { status: 400, message: '`action.name` must be a string' }],
      [false, { status: 400, message: expect.stringContaining('there is no action `reda`') }],
      [false, { status: 403, message: expect.stringContaining('iam:SimulatePrincipalPolicy') }],
      [true, null],
    ]);
  });

  test('a failure ends what ends with a denial', async () => {
    const options = { evaluations_semantic: 'deny_on_first_deny' };
    const answers = await ask({ options, resource: doc('plan'), evaluations: [{}, { action: { name: 'reda' } }, {}] });
    expect(decisions(answers)).toEqual([true, false]);
  });

  test('a default is replaced whole: nothing of it is merged in', async () => {
    const [answer] = await ask({
      resource: doc('plan', { status: 'open' }),
      evaluations: [{ resource: { type: 'doc', id: 'note' } }],
    });
    expect(answer).toMatchObject({ decision: false, context: { missingContextKeys: ['aws:ResourceTag/status'] } });
    const [part] = await ask({ resource: doc('plan'), evaluations: [{ resource: { id: 'plan' } }] });
    expect(part.context.error.message).toBe('`resource.type` is missing');
  });

  test.each([
    ['a list that is none', { evaluations: {} }, '`evaluations` must be a list'],
    ['null in its place', { evaluations: null }, '`evaluations` must be a list'],
    ['a default of a wrong type', { subject: 'alice', evaluations: items }, '`subject` must be an object'],
    ['options of a wrong type', { options: [], evaluations: items }, '`options` must be an object'],
    [
      'an unknown semantic',
      { options: { evaluations_semantic: 'toString' }, evaluations: items },
      '`options.evaluations_semantic` must be one of execute_all, deny_on_first_deny, permit_on_first_permit',
    ],
    [
      'too many',
      { evaluations: Array.from({ length: 10_001 }, () => ({})) },
      '`evaluations` has 10001 entries; the limit is 10000',
    ],
  ])('%s: the whole request has no answer', async (_name, wrong, message) => {
    await expect(ask(wrong)).rejects.toMatchObject({ code: 'BAD_USER_INPUT', message });
  });

  test('are decided together', async () => {
    await ask({ evaluations: items });
    const before = point.services.statements.length;
    await ask({
      evaluations: Array.from({ length: 1000 }, (_, i) => ({ resource: doc(`d${i}`, { status: 'open' }) })),
    });
    expect(point.services.statements.length - before).toBeLessThan(10);
  });
});
