import { describe, expect, it } from 'vitest';
import { createAccess } from '../../src/access/access.ts';
import type { Question } from '../../src/access/question.ts';
import { openCatalog } from '../../src/catalog/catalog.ts';
import type { DirectoryDocument } from '../../src/directory/document.ts';
import { RolegateError } from '../../src/policy/errors.ts';
import { MemoryDirectory } from '../support/memory-directory.ts';
import { allow, aRole, aUser, roleArn, trusts, userArn } from '../support/policies.ts';
import { aQuestion, aSubject, NOON } from '../support/questions.ts';

const catalog = await openCatalog();
const alice = userArn('alice');
const object = 'arn:aws:s3:::b/x';
const world: DirectoryDocument = {
  users: [aUser('alice', [allow('s3:GetObject')]), aUser('bob')],
  roles: [aRole('R', [trusts({ AWS: alice })], [allow('sqs:*')])],
};

function open(): { directory: MemoryDirectory; access: ReturnType<typeof createAccess> } {
  const directory = new MemoryDirectory(world, catalog);
  return { directory, access: createAccess(directory, catalog) };
}

async function faultOf(promise: Promise<unknown>): Promise<RolegateError> {
  const error: unknown = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof RolegateError)) throw new Error(`no fault: ${String(error)}`);
  return error;
}

describe('a call that touches several resources', () => {
  const launchers: DirectoryDocument = {
    users: [
      aUser('carol', [
        allow('ec2:RunInstances', 'arn:aws:ec2:*:*:instance/*'),
        allow('ec2:RunInstances', 'arn:aws:ec2:*::image/ami-1'),
        { Effect: 'Deny', Action: 'ec2:RunInstances', Resource: 'arn:aws:ec2:*:*:subnet/subnet-0' },
      ]),
    ],
  };
  const [instance, image, otherImage, subnet] = [
    'arn:aws:ec2:eu-west-1:111111111111:instance/*',
    'arn:aws:ec2:eu-west-1::image/ami-1',
    'arn:aws:ec2:eu-west-1::image/ami-2',
    'arn:aws:ec2:eu-west-1:111111111111:subnet/subnet-0',
  ];
  const launch = async (resource: string, ...furtherResources: string[]) => {
    const access = createAccess(new MemoryDirectory(launchers, catalog), catalog);
    const question = { ...aQuestion(userArn('carol'), 'ec2:RunInstances', resource), furtherResources };
    return (await access.decide([question], NOON))[0]?.decision;
  };

  it('is allowed when every one is', async () => {
    expect(await launch(instance, image)).toMatchObject({ effect: 'ALLOWED' });
  });

  it('is as the most restrictive says, wherever that stands, and names its resource', async () => {
    const missing = await launch(instance, image, otherImage);
    expect(missing).toMatchObject({ effect: 'IMPLICIT_DENY', deniedBy: 'IDENTITY_POLICY' });
    expect(missing?.reason).toContain(`on resource: ${otherImage} because no identity-based policy allows`);
    for (const denied of [await launch(instance, subnet, otherImage), await launch(subnet, image, otherImage)]) {
      expect(denied).toMatchObject({ effect: 'EXPLICIT_DENY', deniedBy: 'IDENTITY_POLICY' });
      expect(denied?.reason).toContain(`on resource: ${subnet} with an explicit deny in an identity-based policy`);
    }
  });

  it('is not asked about more than 50, nor about what is no ARN', async () => {
    expect(await faultOf(launch(instance, ...Array<string>(51).fill(image)))).toMatchObject({
      code: 'BAD_USER_INPUT',
      message: '51 resources; the limit is 50',
    });
    const fault = await faultOf(launch(instance, image, 'ami-1'));
    expect(fault.field).toMatch(/furtherResources\[1\]$/);
  });
});

describe('a batch', () => {
  it('keeps the order, is of one revision and gathers once', async () => {
    const { directory, access } = open();
    const subjects = [aSubject(alice), aSubject(userArn('bob')), aSubject(alice, roleArn('R')), aSubject(roleArn('R'))];
    const questions = Array.from({ length: 1000 }, (_, index) => {
      const subject = subjects[index % subjects.length] ?? aSubject(alice);
      return aQuestion(subject, 's3:GetObject', `arn:aws:s3:::b/${index}`, { path: `requests[${index}]` });
    });
    const answers = await access.decide(questions, NOON);
    expect(directory.gathers).toBe(1);
    expect(answers.map((answer) => answer.question)).toEqual(questions);
    expect(new Set(answers.map((answer) => answer.revision))).toEqual(new Set([1n]));
    expect(answers.map((answer) => answer.decision.allowed)).toEqual(questions.map((_, index) => index % 4 === 0));
  });

  it('answers none of its questions when one has a fault, and says how many have', async () => {
    const { access } = open();
    const good = aQuestion(alice, 's3:GetObject', object, { path: 'requests[0]' });
    const bad = (index: number): Question => aQuestion(alice, 's3:Get*', object, { path: `requests[${index}]` });
    const one = await faultOf(access.decide([good, bad(1)], NOON));
    expect(one).toMatchObject({ code: 'BAD_USER_INPUT', field: 'requests[1].action' });
    expect(one.message).not.toContain('more of');
    const two = await faultOf(access.decide([good, bad(1), good, bad(3)], NOON));
    expect(two).toMatchObject({ field: 'requests[1].action' });
    expect(two.message).toContain('(and 1 more of 4 could not be answered)');
  });

  it('answers the others when each is asked for itself', async () => {
    const { access } = open();
    const questions = [
      aQuestion(userArn('nobody'), 's3:GetObject', object),
      aQuestion(alice, 's3:GetObject', object),
      aQuestion(alice, 'x', object),
    ];
    const [first, second, third] = await access.decideEach(questions, NOON);
    expect(first).toBeInstanceOf(RolegateError);
    expect(second).toMatchObject({ decision: { allowed: true } });
    expect(third).toBeInstanceOf(RolegateError);
  });

  it('takes 10,000 questions and no more', async () => {
    const { access } = open();
    const subject = aSubject(alice);
    const question = aQuestion(subject, 's3:GetObject', object, { path: 'requests[0]' });
    const most = Array.from({ length: 10_000 }, () => question);
    expect(await access.decide(most, NOON)).toHaveLength(10_000);
    const error = await faultOf(access.decide([...most, question], NOON));
    expect(error).toMatchObject({ code: 'BAD_USER_INPUT', field: 'requests' });
    expect(error.message).toBe('10001 questions; the limit is 10000');
  });
});

describe('a question that cannot be answered', () => {
  const cases: readonly [string, Question, string, string, RegExp][] = [
    [
      'an action without a colon',
      aQuestion(alice, 'GetObject', object),
      'BAD_USER_INPUT',
      'request.action',
      /`service:Action`$/,
    ],
    [
      'an action with a wildcard',
      aQuestion(alice, 's3:*', object),
      'BAD_USER_INPUT',
      'request.action',
      /without wildcards$/,
    ],
    [
      'an action nobody knows',
      aQuestion(alice, 's3:GetObjcet', object),
      'BAD_USER_INPUT',
      'request.action',
      /^the catalogue of \d{4}-\d\d-\d\d knows no action `s3:GetObjcet`; did you mean `s3:GetObject`\?$/,
    ],
    [
      'a resource that is no ARN',
      aQuestion(alice, 's3:GetObject', 'bucket/x'),
      'BAD_USER_INPUT',
      'request.resource',
      /^`bucket\/x` is neither an ARN nor \*$/,
    ],
    [
      'an account of five digits',
      aQuestion(alice, 's3:GetObject', object, { resourceAccount: '12345' }),
      'BAD_USER_INPUT',
      'request.resourceAccount',
      /twelve digits$/,
    ],
    [
      'a user that is not there',
      aQuestion(userArn('nobody'), 's3:GetObject', object),
      'NOT_FOUND',
      'request.principal',
      /^no such user: `arn:aws:iam::111111111111:user\/nobody`$/,
    ],
    [
      'a session of a role that is not there',
      aQuestion('arn:aws:sts::111111111111:assumed-role/none/s1', 's3:GetObject', object),
      'NOT_FOUND',
      'request.principal',
      /^no such role of such a session: /,
    ],
    [
      'a role that is not there',
      aQuestion(aSubject(alice, roleArn('none')), 's3:GetObject', object),
      'NOT_FOUND',
      'request.assumedRole',
      /^no such role: /,
    ],
    [
      'a session of a user',
      aQuestion(aSubject(alice, null, { roleSessionName: 's1' }), 's3:GetObject', object),
      'BAD_USER_INPUT',
      'request.session',
      /^a session is of a role/,
    ],
    [
      'a session name with a space',
      aQuestion(aSubject(alice, roleArn('R'), { roleSessionName: 's 1' }), 's3:GetObject', object),
      'BAD_USER_INPUT',
      'request.session.roleSessionName',
      /^Value 's 1' at 'roleSessionName' failed to satisfy constraint/,
    ],
    [
      'a session policy that is none',
      aQuestion(aSubject(alice, roleArn('R'), { sessionPolicies: ['{}'] }), 's3:GetObject', object),
      'MalformedPolicyDocument',
      'request.session.sessionPolicies[0]',
      /Statement/,
    ],
    [
      'a session policy of another account',
      aQuestion(
        aSubject(alice, roleArn('R'), { sessionPolicyArns: ['arn:aws:iam::222222222222:policy/p'] }),
        's3:GetObject',
        object,
      ),
      'BAD_USER_INPUT',
      'request.session.sessionPolicyArns[0]',
      /is not a policy of the role's account or of AWS$/,
    ],
  ];
  it.each(cases)('%s', async (_, question, code, field, message) => {
    const error = await faultOf(open().access.decide([question], NOON));
    expect(error).toMatchObject({ code, field });
    expect(error.message).toMatch(message);
  });

  it('is named where its parts stand, when they do not stand together', async () => {
    const question = {
      ...aQuestion(userArn('nobody'), 's3:GetObject', object, { path: 'checks[7]' }),
      fields: { principal: 'principal' },
    };
    expect(await faultOf(open().access.decide([question], NOON))).toMatchObject({ field: 'principal' });
    const atTop = { ...aQuestion(alice, 'x', object), path: '' };
    expect(await faultOf(open().access.decide([atTop], NOON))).toMatchObject({ field: 'action' });
  });
});

it('a root user may assume no role, also where none is named', async () => {
  const question = aQuestion('arn:aws:iam::111111111111:root', 'sts:AssumeRole', '*');
  const [answer] = await open().access.decide([question], NOON);
  expect(answer?.decision).toMatchObject({
    effect: 'IMPLICIT_DENY',
    deniedBy: null,
    reason: 'Roles may not be assumed by root accounts.',
  });
});
