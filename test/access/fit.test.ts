import { describe, expect, it } from 'vitest';
import { createAccess } from '../../src/access/access.ts';
import { openCatalog } from '../../src/catalog/catalog.ts';
import { parseRequestContext } from '../../src/evaluation/context.ts';
import { RolegateError } from '../../src/policy/errors.ts';
import type { JsonObject } from '../../src/policy/json.ts';
import { MemoryDirectory } from '../support/memory-directory.ts';
import { A, allow, aRole, aUser, B, roleArn, trusts, userArn } from '../support/policies.ts';
import { aQuestion, aSubject, NOON, refOf } from '../support/questions.ts';

const catalog = await openCatalog();
const admin = userArn('admin');
const world = {
  users: [
    aUser('admin', [allow('*')]),
    aUser('lister', [allow('s3:ListAllMyBuckets', 'arn:aws:s3:::*'), allow('iam:ListRoles', 'arn:aws:iam::*:role/*')]),
    aUser('regional', [allow('dynamodb:ListTables', 'arn:aws:dynamodb:eu-west-1:*:table/*')]),
    aUser('denied', [
      allow('*'),
      { Effect: 'Deny', Action: '*', Resource: 'arn:aws:dynamodb:us-east-1:*:table/*' },
      { Effect: 'Deny', Action: '*', Resource: 'arn:aws:s3:::*' },
    ]),
    aUser('mistaken', [allow('s3:GetObject', 'arn:aws:s3:::b'), allow('s3:ListBucket', 'arn:aws:s3:::b')]),
  ],
  roles: [aRole('R', [trusts({ AWS: admin })], [allow('sqs:*')])],
};
const access = createAccess(new MemoryDirectory(world, catalog), catalog);

async function ask(who: string, action: string, resource: string, context: JsonObject = {}) {
  const question = { ...aQuestion(who, action, resource), context: parseRequestContext(context, 'context') };
  const [answer] = await access.decideEach([question], NOON);
  if (answer === undefined) throw new Error('no answer');
  return answer;
}

async function fault(who: string, action: string, resource: string, context: JsonObject = {}) {
  const answer = await ask(who, action, resource, context);
  if (!(answer instanceof RolegateError)) throw new Error('it was answered');
  return { code: answer.code, field: answer.field, message: answer.message };
}

async function decision(who: string, action: string, resource: string, context: JsonObject = {}) {
  const answer = await ask(who, action, resource, context);
  if (answer instanceof RolegateError) throw answer;
  const { effect, deniedBy, missingContextKeys } = answer.decision;
  return { effect, deniedBy, missingContextKeys, gaps: answer.gaps };
}

// Service authorization reference: the resource types of each action.
describe('an action is asked on what it takes', () => {
  it.each([
    [
      's3:GetObject',
      'arn:aws:s3:::b',
      /^`s3:GetObject` cannot be asked on `arn:aws:s3:::b`, .* bucket: it takes .*object/,
    ],
    ['s3:ListBucket', 'arn:aws:s3:::b/x', /of the type object: it takes accesspoint .* or bucket/],
    ['ec2:StopInstances', 'arn:aws:s3:::b', /it takes instance \(`arn:aws:ec2:/],
    ['kms:Decrypt', `arn:aws:kms:eu-west-1:${A}:alias/a`, /it takes key/],
    ['ec2:DescribeInstances', `arn:aws:ec2:eu-west-1:${A}:instance/i-1`, /it takes no resource: ask it on `\*`$/],
    ['s3:ListAllMyBuckets', 'arn:aws:s3:::b', /it takes `\*`, or `arn:aws:s3:::\*`$/],
    ['iam:ListRoles', `arn:aws:iam::${B}:role/`, /is asked in the caller's own account, which is not/],
  ])('%s not on %s', async (action, resource, message) => {
    expect(await fault(admin, action, resource)).toEqual({
      code: 'BAD_USER_INPUT',
      field: 'request.resource',
      message: expect.stringMatching(message),
    });
  });

  it('what is of no form that the catalogue has is asked, with a gap', async () => {
    const { effect, gaps } = await decision(admin, 's3:GetObject', 'arn:aws:nosuch:::x');
    expect(effect).toBe('ALLOWED');
    expect(gaps).toContainEqual(expect.stringContaining('has no resource of the form of arn:aws:nosuch:::x'));
  });

  it.each([
    ['arn:awss:s3:::b/x', 'there is no partition `awss`; did you mean `aws`?'],
    [
      `arn:aws:sqs:eu-wset-1:${A}:q`,
      'there is no Region `eu-wset-1` in the partition `aws`; did you mean `eu-west-1`?',
    ],
    ['arn:aws:sqs:eu-west-1:1234:q', '`1234` in the ARN is not an account id of twelve digits'],
  ])('%s: there is none', async (resource, message) => {
    expect(await fault(admin, 's3:GetObject', resource)).toMatchObject({ field: 'request.resource', message });
  });
});

describe('the context of a question', () => {
  it.each([
    ['aws:SourceIp', '1.2.3', '`1.2.3` is not an IP address'],
    ['aws:SecureTransport', 'yes', '`yes` is not `true` or `false`'],
    ['aws:CurrentTime', 'now', '`now` is not a date, or seconds since 1970'],
    ['s3:max-keys', 'many', '`many` is not a number'],
    ['aws:SourceArn', 'topic', '`topic` is not an ARN'],
    ['aws:RequestedRegion', 'eu-west1', 'there is no Region `eu-west1`; did you mean `eu-west-1`?'],
  ])('%s is not %s', async (key, value, message) => {
    const found = await fault(admin, 's3:GetObject', 'arn:aws:s3:::b/x', { [key]: value });
    expect(found).toEqual({ code: 'BAD_USER_INPUT', field: `request.context.${key}`, message });
  });

  // A plain operator never matches a list, so that a Deny on the key would be missed.
  it.each([
    ['aws:SecureTransport', ['false']],
    ['aws:SourceIp', ['192.0.2.1', '192.0.2.2']],
    ['aws:requesttag/team', ['red']],
  ])('a list is not the one value of the global key %s', async (key, value) => {
    expect(await fault(admin, 's3:GetObject', 'arn:aws:s3:::b/x', { [key]: value })).toEqual({
      code: 'BAD_USER_INPUT',
      field: `request.context.${key}`,
      message: `\`${key}\` has one value: give it without a list`,
    });
  });

  it('a list for a key that its service declares with one value is named; lists for keys with several values pass', async () => {
    const { effect, gaps } = await decision(admin, 's3:GetObject', 'arn:aws:s3:::b/x', {
      's3:signatureversion': ['AWS4-HMAC-SHA256'],
      'aws:TagKeys': ['team'],
      'aws:SourceIp': [],
    });
    expect(effect).toBe('ALLOWED');
    expect(gaps).toEqual([
      '`s3:signatureversion` is given as a list, and has one value: operators without ForAnyValue or ForAllValues do not match a list',
    ]);
  });

  it("keys of AWS's prefixes that there are none of are named; those of others pass", async () => {
    const { effect, gaps } = await decision(admin, 's3:GetObject', 'arn:aws:s3:::b/x', {
      'aws:SourceIP2': '1.2.3.4',
      'my-issuer.example:sub': 'x',
      'own:key': 'x',
    });
    expect(effect).toBe('ALLOWED');
    expect(gaps).toEqual([
      expect.stringMatching(/has no condition key `aws:sourceip2`; did you mean `aws:SourceIp`\?$/),
    ]);
  });
});

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/buckets-tagging-enable-abac.html
describe('tags of a bucket in the context', () => {
  const given = { 'aws:ResourceTag/team': 'red', 's3:BucketTag/team': 'red' };
  const sentence = (key: string) =>
    `\`${key}\` of the context is not considered for arn:aws:s3:::b/x: tags of a bucket do not count for its objects, whose own ` +
    'tags are `s3:ExistingObjectTag/…`';

  it('are named where an object is asked about, which they do not concern', async () => {
    const { gaps } = await decision(admin, 's3:GetObject', 'arn:aws:s3:::b/x', given);
    expect(gaps).toEqual([sentence('aws:resourcetag/team'), sentence('s3:buckettag/team')]);
  });

  it('count for the bucket, and an object’s own for the object, without a word', async () => {
    expect((await decision(admin, 's3:ListBucket', 'arn:aws:s3:::b', given)).gaps).toEqual([]);
    const own = { 's3:ExistingObjectTag/team': 'red' };
    expect((await decision(admin, 's3:GetObject', 'arn:aws:s3:::b/x', own)).gaps).toEqual([]);
  });
});

// IAM guide: a key policy or trust policy has to let the caller in, whatever identity policies say.
describe('`*` is everything that the action can be asked on', () => {
  it.each([
    ['kms:Decrypt', 'RESOURCE_POLICY', /every KMS key/],
    ['sts:AssumeRole', 'TRUST_POLICY', /every role/],
  ])('%s', async (action, deniedBy, gap) => {
    const { gaps, ...rest } = await decision(admin, action, '*');
    expect(rest).toMatchObject({ effect: 'IMPLICIT_DENY', deniedBy });
    expect(gaps).toContainEqual(expect.stringMatching(gap));
  });

  it('an administrator may list keys, but not use all of them', async () => {
    expect(await decision(admin, 'kms:ListKeys', '*')).toMatchObject({ effect: 'ALLOWED', gaps: [] });
  });
});

// S3 User Guide, walkthrough 1; AWS's access-denied sentences.
describe('actions without resource types that AWS asks on an ARN', () => {
  const lister = userArn('lister');
  it.each([
    ['s3:ListAllMyBuckets', '*'],
    ['s3:ListAllMyBuckets', 'arn:aws:s3:::*'],
    ['iam:ListRoles', '*'],
    ['iam:ListRoles', `arn:aws:iam::${A}:role/`],
  ])('%s on %s is allowed by what matches the ARN', async (action, resource) => {
    expect(await decision(lister, action, resource)).toMatchObject({ effect: 'ALLOWED' });
  });

  it('a Deny that matches the ARN denies', async () => {
    expect(await decision(userArn('denied'), 's3:ListAllMyBuckets', '*')).toMatchObject({ effect: 'EXPLICIT_DENY' });
  });

  it('without a Region an Allow has to match in all, a Deny in some', async () => {
    const regional = userArn('regional');
    expect(await decision(regional, 'dynamodb:ListTables', '*')).toMatchObject({
      effect: 'IMPLICIT_DENY',
      missingContextKeys: ['aws:RequestedRegion'],
    });
    const inRegion = (region: string) =>
      decision(regional, 'dynamodb:ListTables', '*', { 'aws:RequestedRegion': region });
    expect(await inRegion('eu-west-1')).toMatchObject({ effect: 'ALLOWED', missingContextKeys: [] });
    expect(await inRegion('us-east-1')).toMatchObject({ effect: 'IMPLICIT_DENY' });
    expect(await decision(regional, 'dynamodb:ListTables', `arn:aws:dynamodb:eu-west-1:${A}:table/*`)).toMatchObject({
      effect: 'ALLOWED',
    });
    expect(await decision(userArn('denied'), 'dynamodb:ListTables', '*')).toMatchObject({
      effect: 'EXPLICIT_DENY',
      missingContextKeys: ['aws:RequestedRegion'],
    });
  });

  it('closed forms list them', async () => {
    const permissions = await access.effectivePermissions(aSubject(lister), new Map(), NOON);
    const listed = await permissions.permissions({ services: ['iam', 's3'] });
    expect(listed.map(({ action }) => action)).toEqual(['iam:ListRoles', 's3:ListAllMyBuckets']);
  });
});

describe('closed forms', () => {
  it('list an action only if some resource that it takes can be met', async () => {
    const permissions = await access.effectivePermissions(aSubject(userArn('mistaken')), new Map(), NOON);
    expect((await permissions.permissions({ services: ['s3'] })).map(({ action }) => action)).toEqual([
      's3:ListBucket',
    ]);
    expect(await permissions.gaps()).toEqual([]);
  });

  it('of an administrator do not count what no key policy lets it do, and say so', async () => {
    const permissions = await access.effectivePermissions(aSubject(admin), new Map(), NOON);
    const kms = (await permissions.summary()).find(({ service }) => service === 'kms');
    const all = catalog.actionsOf('kms');
    const withoutKey = all.filter(({ resourceTypes }) => resourceTypes.every(({ type }) => type.name !== 'key'));
    const alsoOfOthers = all.filter(({ resourceTypes }) => resourceTypes.length > 1);
    expect(kms).toMatchObject({ totalActions: all.length });
    expect(kms?.allowedActions).toBe(new Set([...withoutKey, ...alsoOfOthers]).size);
    expect(await permissions.gaps()).toEqual([
      expect.stringContaining('key policies of KMS keys that the directory does not have are not known'),
      expect.stringContaining('trust policies of roles that the directory does not have are not known'),
    ]);
  });
});

it('a session in the place of a role is refused with the role to name', async () => {
  const session = `arn:aws:sts::${A}:assumed-role/R/s`;
  const question = { ...aQuestion(admin, 's3:GetObject', 'arn:aws:s3:::b/x'), subject: aSubject(admin, session) };
  const [answer] = await access.decideEach([question], NOON);
  expect(answer).toMatchObject({
    code: 'BAD_USER_INPUT',
    field: 'request.assumedRole',
    message: expect.stringContaining(`name its role, \`${roleArn('R')}\``),
  });
});

// A Deny whose operator does not exist was once passed over: its Allow then answered alone.
describe('simulations refuse what cannot be read, with its place', () => {
  const simulate = (statement: JsonObject) =>
    access.simulate(
      {
        caller: { principal: refOf(admin), roleArn: null, tags: {} },
        identityPolicies: [{ Version: '2012-10-17', Statement: [statement] }],
        permissionsBoundaries: [],
        sessionPolicies: [],
        resourcePolicy: null,
        vpcEndpointPolicy: null,
        serviceControlPolicies: null,
        resourceControlPolicies: null,
        requests: [{ action: 's3:GetObject', resource: 'arn:aws:s3:::b/x', resourceAccount: null, context: new Map() }],
        path: 'input',
      },
      NOON,
    );
  const deny = (more: JsonObject): JsonObject => ({ Effect: 'Deny', Action: 's3:*', Resource: '*', ...more });

  it.each<[JsonObject, string]>([
    [
      { Condition: { StringEqual: { 'aws:username': 'a' } } },
      '`StringEqual` is no condition operator (Statement[0].Condition.StringEqual); did you mean `StringEquals`?',
    ],
    [
      { Condition: { IpAddress: { 'aws:SourceIp': ['10.0.0.0/8', '10.0.0.0/33'] } } },
      '`IpAddress` compares addresses: `10.0.0.0/33` is not an IP address or range (Statement[0].Condition.IpAddress.aws:SourceIp[1])',
    ],
    [
      { Condition: { NumericLessThan: { 's3:max-keys': 'ten' } } },
      '`NumericLessThan` compares numbers: `ten` is not a number (Statement[0].Condition.NumericLessThan.s3:max-keys)',
    ],
    [
      { Condition: { DateLessThan: { 'aws:CurrentTime': 'tomorrow' } } },
      '`DateLessThan` compares dates: `tomorrow` is not a date (Statement[0].Condition.DateLessThan.aws:CurrentTime)',
    ],
    [
      { Action: ['s3:*', 's3 :x'] },
      "`s3 :x` is no action: that is a service's prefix, a colon and a name (Statement[0].Action[1])",
    ],
    [{ Resource: 'bucket' }, '`bucket` is neither an ARN nor `*` (Statement[0].Resource)'],
    [
      { Resource: 'arn:awss:s3:::b' },
      '`arn:awss:s3:::b` is not an ARN: there is no partition `awss` (Statement[0].Resource); did you mean `aws`?',
    ],
  ])('%j', (more, message) => {
    expect(() => simulate(deny(more))).toThrow(
      expect.objectContaining({ code: 'MalformedPolicyDocument', field: 'input.identityPolicies[0]', message }),
    );
  });

  it('what can be read is decided', () => {
    expect(simulate(deny({ Condition: { stringequals: { 'aws:username': 'admin' } } }))).toHaveLength(1);
  });
});
