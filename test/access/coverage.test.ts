import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createAccess } from '../../src/access/access.ts';
import type { Question } from '../../src/access/question.ts';
import { Work } from '../../src/access/work.ts';
import { openCatalog } from '../../src/catalog/catalog.ts';
import { parseRequestContext } from '../../src/evaluation/context.ts';
import { RolegateError } from '../../src/policy/errors.ts';
import { MemoryDirectory } from '../support/memory-directory.ts';
import { A, allow, aRole, aUser, B, deny, policy, roleArn, trusts, userArn } from '../support/policies.ts';
import { aQuestion, aSubject, NOON } from '../support/questions.ts';

const catalog = await openCatalog();
const INSTANCES = `arn:aws:ec2:*:${A}:instance/*`;
const world = {
  users: [
    aUser('admin', [allow('*')]),
    aUser('reader', [allow('s3:GetObject', ['arn:aws:s3:::b/a*', 'arn:aws:s3:::b/b*'])]),
    aUser('halves', [
      allow('s3:GetObject', ['arn:aws:s3:::b/x', 'arn:aws:s3:::b/x?*']),
      { ...allow('ec2:StopInstances'), Condition: { StringEquals: { 'aws:ResourceTag/team': 'x' } } },
    ]),
    aUser('denied', [allow('*'), { ...deny('s3:*', 'arn:aws:s3:::b/secret/*'), Sid: 'Secrets' }]),
    aUser('regional', [
      allow('*'),
      { ...deny('ec2:*'), Condition: { StringNotLike: { 'aws:RequestedRegion': 'eu-*' } } },
    ]),
    aUser('tags', [allow('*'), { ...deny('ec2:*'), Condition: { StringEquals: { 'aws:ResourceTag/team': 'x' } } }]),
    aUser('home', [allow('s3:*', `arn:aws:s3:::home/\${aws:username}/*`)]),
    aUser('nobody'),
  ],
  roles: [
    aRole('r1', [trusts({ AWS: userArn('admin') })], [allow('s3:*')]),
    aRole('r2', [trusts({ AWS: B })], [allow('s3:*')]),
  ],
  resources: [
    {
      arn: 'arn:aws:s3:::guarded',
      accountId: A,
      policy: policy({ ...deny('s3:*', 'arn:aws:s3:::guarded/*'), Principal: '*' }),
    },
    { arn: 'arn:aws:s3:::foreign', accountId: B },
  ],
};
const access = createAccess(new MemoryDirectory(world, catalog), catalog);

async function answer(
  who: string | Question['subject'],
  action: string,
  resource: string,
  more: Partial<Question> = {},
) {
  const question = { ...aQuestion(who, action, resource), resourceIsPattern: true, ...more };
  const [found] = await access.decideEach([question], NOON);
  if (found === undefined) throw new Error('no answer');
  return found;
}

it('patterns that name one thing each are decided in turns with others', async () => {
  let now = 0;
  // By this clock each look at it comes later than the end of a turn.
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => (now += 10));
  onTestFinished(() => clock.mockRestore());
  const work = new Work();
  const questions = Array.from({ length: 100 }, (_, n) => {
    return { ...aQuestion(userArn('reader'), 's3:GetObject', `arn:aws:s3:::b/a${n}`), resourceIsPattern: true };
  });
  const answers = await access.during(work).decideEach(questions, NOON);
  expect(answers.map((one) => !(one instanceof RolegateError) && one.coverage)).toEqual(questions.map(() => 'ALL'));
  expect(work.turns).toBeGreaterThanOrEqual(100);
});

async function ask(...given: Parameters<typeof answer>) {
  const found = await answer(...given);
  if (found instanceof RolegateError) throw found;
  const { effect, deniedBy, reason, matchedStatements } = found.decision;
  return {
    coverage: found.coverage,
    effect,
    deniedBy,
    reason,
    sids: matchedStatements.map(({ sid }) => sid),
    undecided: found.gaps.some((gap) => gap.includes('could not be decided')),
  };
}

async function fault(...given: Parameters<typeof answer>) {
  const found = await answer(...given);
  if (!(found instanceof RolegateError)) throw new Error('it was answered');
  return { code: found.code, field: found.field, message: found.message };
}

describe('a pattern is', () => {
  it.each<[string, string, string, string, string]>([
    ['all allowed', 'admin', 's3:GetObject', 'arn:aws:s3:::b/*', 'ALL'],
    ['all allowed by one of several entries', 'reader', 's3:GetObject', 'arn:aws:s3:::b/a?c*', 'ALL'],
    ['all allowed by several entries together', 'halves', 's3:GetObject', 'arn:aws:s3:::b/x*', 'ALL'],
    ['all allowed with the principal’s own name', 'home', 's3:GetObject', 'arn:aws:s3:::home/home/*', 'ALL'],
    ['partly allowed', 'reader', 's3:GetObject', 'arn:aws:s3:::b/*', 'SOME'],
    ['partly denied', 'denied', 's3:GetObject', 'arn:aws:s3:::b/s*', 'SOME'],
    ['partly denied by the policy of a bucket', 'admin', 's3:GetObject', 'arn:aws:s3:::g*/*', 'SOME'],
    ['partly in a bucket of another account', 'admin', 's3:GetObject', 'arn:aws:s3:::fo*/x', 'SOME'],
    ['partly in other Regions', 'regional', 'ec2:StopInstances', INSTANCES, 'SOME'],
    ['in Regions that are all allowed', 'regional', 'ec2:StopInstances', `arn:aws:ec2:eu-*:${A}:instance/i-1`, 'ALL'],
    ['partly in other accounts', 'admin', 'ec2:StopInstances', 'arn:aws:ec2:*:*:instance/*', 'SOME'],
    ['nowhere allowed', 'reader', 's3:GetObject', 'arn:aws:s3:::c/*', 'NONE'],
    ['altogether denied', 'denied', 's3:GetObject', 'arn:aws:s3:::b/secret/*', 'NONE'],
    ['altogether denied by the policy of a bucket', 'admin', 's3:GetObject', 'arn:aws:s3:::guarded/x*', 'NONE'],
    ['of roles that trust and others', 'admin', 'sts:AssumeRole', `arn:aws:iam::${A}:role/r?`, 'SOME'],
    ['of what the action is asked on only', 'reader', 's3:GetObject', 'arn:aws:s3:::b*', 'SOME'],
    ['without a wildcard, allowed', 'reader', 's3:GetObject', 'arn:aws:s3:::b/a', 'ALL'],
    ['without a wildcard, not allowed', 'reader', 's3:GetObject', 'arn:aws:s3:::b/c', 'NONE'],
    ['of an action without resources, allowed', 'admin', 'ec2:DescribeInstances', '*', 'ALL'],
    ['of an action without resources, not allowed', 'nobody', 'ec2:DescribeInstances', '*', 'NONE'],
    ['everything in the account, allowed', 'admin', 'ec2:StopInstances', '*', 'ALL'],
    ['everything in the account, partly denied', 'regional', 'ec2:StopInstances', '*', 'SOME'],
    ['everything in the account, denied to nobody else', 'nobody', 'ec2:StopInstances', '*', 'NONE'],
  ])('%s', async (_, who, action, resource, coverage) => {
    const found = await ask(userArn(who), action, resource);
    expect(found).toMatchObject({ coverage, undecided: false });
    expect(found.effect === 'ALLOWED').toBe(coverage === 'ALL');
  });

  it('a set of names: `*` and `?` are characters without `resourceIsPattern`', async () => {
    const [plain] = await access.decide([aQuestion(userArn('reader'), 's3:GetObject', 'arn:aws:s3:::b/*')], NOON);
    expect(plain?.decision.effect).toBe('IMPLICIT_DENY');
    expect(plain).not.toHaveProperty('coverage');
    // An object whose key is `a*`.
    const [star] = await access.decide([aQuestion(userArn('reader'), 's3:GetObject', 'arn:aws:s3:::b/a*')], NOON);
    expect(star?.decision.effect).toBe('ALLOWED');
    const [secret] = await access.decide([aQuestion(userArn('denied'), 's3:GetObject', 'arn:aws:s3:::b/*')], NOON);
    expect(secret?.decision.effect).toBe('ALLOWED');
  });
});

describe('the decision on a pattern', () => {
  it('names what denies, and the pattern in the place of the resource', async () => {
    expect(await ask(userArn('denied'), 's3:GetObject', 'arn:aws:s3:::b/s*')).toMatchObject({
      effect: 'EXPLICIT_DENY',
      deniedBy: 'IDENTITY_POLICY',
      sids: ['Secrets'],
      reason: expect.stringContaining('on resource: arn:aws:s3:::b/s* '),
    });
  });

  it('names the layer in which an Allow is missing', async () => {
    expect(await ask(userArn('reader'), 's3:GetObject', 'arn:aws:s3:::b/*')).toMatchObject({
      effect: 'IMPLICIT_DENY',
      deniedBy: 'IDENTITY_POLICY',
      sids: [],
    });
  });

  it('does not tell the names of resources that the pattern matches', async () => {
    const found = await ask(userArn('admin'), 's3:GetObject', 'arn:aws:s3:::g*/*');
    expect(found).toMatchObject({ effect: 'EXPLICIT_DENY', deniedBy: 'RESOURCE_POLICY' });
    expect(found.reason).not.toContain('guarded');
  });

  it('is that on assuming the role, where that is denied', async () => {
    const subject = aSubject(userArn('nobody'), roleArn('r1'));
    expect(await ask(subject, 's3:GetObject', 'arn:aws:s3:::b/*')).toMatchObject({
      coverage: 'NONE',
      effect: 'IMPLICIT_DENY',
      reason: expect.stringContaining('sts:AssumeRole'),
    });
  });

  it.each([
    ['a Deny that hangs on tags', 'tags'],
    ['an Allow that hangs on tags', 'halves'],
  ])('is not said to be known with %s', async (_, who) => {
    expect(await ask(userArn(who), 'ec2:StopInstances', `arn:aws:ec2:eu-west-1:${A}:instance/*`)).toMatchObject({
      coverage: null,
      undecided: true,
    });
    expect((await ask(userArn(who), 'ec2:StopInstances', `arn:aws:ec2:eu-west-1:${A}:instance/*`)).effect).not.toBe(
      'ALLOWED',
    );
  });

  it('of a pattern with more wildcards than can be followed is refused as undecided, not as one that matches nothing', async () => {
    const pattern = `arn:aws:s3:::b/${'*a'.repeat(1000)}`;
    const question = { ...aQuestion(userArn('admin'), 's3:GetObject', pattern), resourceIsPattern: true };
    await expect(access.decide([question], NOON)).rejects.toThrow(
      /could not be decided: the pattern has too many wildcards/,
    );
  });

  it('is not said to be known where the statements make too many cells', async () => {
    const entries = 'abcdefghijklmnop'.split('').map((char) => `arn:aws:s3:::b/*${char}*`);
    const many = createAccess(
      new MemoryDirectory({ users: [aUser('u', [allow('*'), deny('s3:*', entries)])] }, catalog),
      catalog,
    );
    const question = { ...aQuestion(userArn('u'), 's3:GetObject', 'arn:aws:s3:::b/*'), resourceIsPattern: true };
    const [found] = await many.decide([question], NOON);
    expect(found).toMatchObject({
      coverage: null,
      decision: { allowed: false, effect: 'IMPLICIT_DENY', deniedBy: null },
    });
    expect(found?.decision.reason).toContain('could not be decided');
    expect(found?.gaps).toEqual([expect.stringContaining('could not be decided')]);
  });

  it('follows the context of the question', async () => {
    const context = parseRequestContext({ 'aws:RequestedRegion': 'eu-west-1' }, 'context');
    expect(await ask(userArn('regional'), 'ec2:StopInstances', INSTANCES, { context })).toMatchObject({
      coverage: 'ALL',
    });
  });
});

describe('a pattern is refused', () => {
  it('if the action is asked on nothing that it matches', async () => {
    expect(await fault(userArn('admin'), 's3:GetObject', `arn:aws:ec2:*:${A}:instance/*`)).toEqual({
      code: 'BAD_USER_INPUT',
      field: 'request.resource',
      message: expect.stringContaining('`s3:GetObject` cannot be asked on anything that'),
    });
  });

  it.each([
    ['no ARN', 'b/*', /neither an ARN nor \*/],
    ['no Region', `arn:aws:ec2:us-east-9:${A}:instance/*`, /there is no Region/],
    ['no partition', 'arn:awz:s3:::b/*', /there is no partition/],
    ['no account', 'arn:aws:ec2:*:123:instance/*', /not an account id/],
  ])('that is or names %s', async (_, resource, message) => {
    expect((await fault(userArn('admin'), 'ec2:StopInstances', resource)).message).toMatch(message);
  });

  it('beyond a hundred in one request', async () => {
    const one = { ...aQuestion(userArn('reader'), 's3:GetObject', 'arn:aws:s3:::b/a*'), resourceIsPattern: true };
    const answers = await access.decideEach(
      Array.from({ length: 101 }, () => one),
      NOON,
    );
    expect(answers.slice(0, 100).every((each) => !(each instanceof RolegateError))).toBe(true);
    expect(answers[100]).toMatchObject({ code: 'BAD_USER_INPUT', message: 'more than 100 patterns in one request' });
  });
});
