/** What questions leave unsaid, asked of a real account and of small ones: names of sessions, tags of buckets, keys of every request. */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createAccess } from '../../src/access/access.ts';
import type { Answer } from '../../src/access/question.ts';
import { openCatalog } from '../../src/catalog/catalog.ts';
import { openDirectory } from '../../src/directory/prisma/open-directory.ts';
import { parseAccountAuthorizationDetails } from '../../src/importing/account-authorization-details.ts';
import { isObject } from '../../src/policy/json.ts';
import { MemoryDirectory } from '../support/memory-directory.ts';
import { A, allow, aRole, aUser, B, deny, policy, roleArn, trusts, userArn } from '../support/policies.ts';
import { aQuestion, aSubject, NOON } from '../support/questions.ts';

const catalog = await openCatalog();

// https://github.com/salesforce/cloudsplaining: its trust policies name the session of an administrator of Identity Center.
describe('an account with Identity Center', () => {
  const text = readFileSync(
    new URL('../data/account-authorization-details/cloudsplaining-large.json', import.meta.url),
    'utf8',
  );
  const { document } = parseAccountAuthorizationDetails(text);
  const access = createAccess(new MemoryDirectory(document, catalog), catalog);
  const ADMIN = 'AWSReservedSSO_AdministratorAccess_dc6414f7f2ab04fc';
  const trusting = (document.roles ?? [])
    .filter((role) => role.trustPolicy.includes(`assumed-role/${ADMIN}/user@example.com`))
    .map((role) => role.arn);
  const admin = (document.roles ?? []).find((role) => role.arn.endsWith(`/${ADMIN}`))?.arn ?? '';
  const account = admin.split(':')[4] ?? '';
  const asked = (who: string): Promise<readonly Answer[]> =>
    access.decide(
      trusting.map((role) => aQuestion(who, 'sts:AssumeRole', role)),
      NOON,
    );

  it('is one in which forty roles trust a session of a role with a path', () => {
    expect(trusting).toHaveLength(40);
    expect(admin).toContain(':role/aws-reserved/sso.amazonaws.com/');
  });

  it('says of the role that a certain session of it may, by which statement', async () => {
    for (const { decision } of await asked(admin)) {
      expect(decision).toMatchObject({
        effect: 'IMPLICIT_DENY',
        deniedBy: 'TRUST_POLICY',
        requires: ['roleSessionName'],
        missingContextKeys: [],
      });
      const [statement] = decision.matchedStatements;
      expect(isObject(statement?.statement['Principal'])).toBe(true);
      expect(JSON.stringify(statement?.statement)).toContain(`assumed-role/${ADMIN}/user@example.com`);
    }
  });

  it('lets that session in, which nobody has to have made, and no other', async () => {
    const session = `arn:aws:sts::${account}:assumed-role/${ADMIN}`;
    for (const { decision } of await asked(`${session}/user@example.com`)) expect(decision.effect).toBe('ALLOWED');
    for (const { decision } of await asked(`${session}/other@example.com`)) {
      expect(decision).toMatchObject({ effect: 'IMPLICIT_DENY', requires: [], matchedStatements: [] });
    }
  });

  it('lists the roles that a session of a certain name could assume', async () => {
    const found = await access.assumableRoles(aSubject(admin), {}, NOON);
    const named = found.filter(({ requires }) => requires.length === 1 && requires[0] === 'roleSessionName');
    expect(named.map(({ roleArn: arn }) => arn).sort()).toEqual([...trusting].sort());
    const asSession = aSubject(`arn:aws:sts::${account}:assumed-role/${ADMIN}/user@example.com`);
    const now = (await access.assumableRoles(asSession, {}, NOON)).filter(({ requires }) => requires.length === 0);
    expect(now.map(({ roleArn: arn }) => arn)).toEqual(expect.arrayContaining(trusting));
  });
});

describe('a stored directory', () => {
  it('knows the role of a session by its name, whatever its path is, and sees it when it comes', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'rolegate-unsaid-'));
    const directory = await openDirectory({ kind: 'embedded', dataDir }, catalog);
    try {
      const access = createAccess(directory, catalog);
      const arn = `arn:aws:iam::${A}:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Admin_0123456789abcdef`;
      const session = `arn:aws:sts::${A}:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/someone@example.com`;
      const question = aQuestion(session, 's3:GetObject', 'arn:aws:s3:::b/x');
      await expect(access.decide([question], NOON)).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await directory.apply({ roles: [aRole('', [trusts({ AWS: A })], [allow('s3:GetObject')], { arn })] });
      const [answer] = await access.decide([question], NOON);
      expect(answer?.decision.effect).toBe('ALLOWED');
      expect(answer?.decision.reason).toContain(`User: ${session} is authorized`);
      expect(answer?.gaps).toContain(
        `${session} has no live session: it is taken to be one of ${arn} without session policies and tags`,
      );
      const elsewhere = aQuestion(session.replace(A, B), 's3:GetObject', 'arn:aws:s3:::b/x');
      await expect(access.decide([elsewhere], NOON)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    } finally {
      await directory.close();
      await rm(dataDir, { recursive: true, force: true });
    }
  });
});

describe('tags of a bucket', () => {
  const resources = [{ arn: 'arn:aws:s3:::b', accountId: A, tags: { env: 'prod' } }];
  const ifProd = { ...allow('s3:ListBucket'), Condition: { StringEquals: { 'aws:ResourceTag/env': 'prod' } } };
  const unlessProd = { ...deny('s3:*'), Condition: { StringNotEquals: { 's3:BucketTag/env': 'prod' } } };
  const users = [aUser('tagged', [ifProd]), aUser('kept', [allow('s3:*'), unlessProd]), aUser('free', [allow('s3:*')])];
  const access = createAccess(new MemoryDirectory({ users, resources }, catalog), catalog);
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/buckets-tagging-enable-abac.html
  const gap = 'whether ABAC is enabled for arn:aws:s3:::b is not known: its tags are taken to allow nothing';

  it.each([
    ['tagged', 'IMPLICIT_DENY', [gap]],
    ['kept', 'EXPLICIT_DENY', [gap]],
    ['free', 'ALLOWED', []],
  ])('that may count or not: %s is answered %s', async (name, effect, gaps) => {
    const [answer] = await access.decide([aQuestion(userArn(name), 's3:ListBucket', 'arn:aws:s3:::b')], NOON);
    expect(answer).toMatchObject({ decision: { effect }, gaps });
  });
});

describe('keys of every request', () => {
  const secure = { ...deny('*'), Condition: { Bool: { 'aws:SecureTransport': 'false' } } };
  const inRegion = { ...allow('sqs:*'), Condition: { StringEquals: { 'aws:RequestedRegion': 'eu-west-1' } } };
  const overTls = { ...allow('s3:GetObject'), Condition: { Bool: { 'aws:SecureTransport': 'true' } } };
  const perRegion = { ...deny('iam:*'), Condition: { StringNotEquals: { 'aws:RequestedRegion': 'eu-west-1' } } };
  const roles = [
    aRole('Open', [trusts({ AWS: A }, { condition: { Bool: { 'aws:SecureTransport': 'true' } } })], [allow('s3:*')]),
  ];
  const users = [aUser('alice', [secure, inRegion, overTls, perRegion, allow(['iam:GetUser', 'sts:AssumeRole'])])];
  const access = createAccess(new MemoryDirectory({ users, roles }, catalog), catalog);
  const alice = userArn('alice');
  const OBJECT = 'arn:aws:s3:::b/x';

  it('are assumed in decisions, and missing where they are not wanted', async () => {
    const question = aQuestion(alice, 's3:GetObject', OBJECT);
    const [on, off] = await access.decide([question, { ...question, assumeContextKeys: false }], NOON);
    expect(on?.decision).toMatchObject({ effect: 'ALLOWED', assumedContextKeys: ['aws:SecureTransport'] });
    expect(off?.decision).toMatchObject({ effect: 'IMPLICIT_DENY', missingContextKeys: ['aws:SecureTransport'] });
  });

  it('are assumed of the call that assumes a role', async () => {
    const question = aQuestion(aSubject(alice, roleArn('Open')), 's3:PutObject', OBJECT);
    const [on, off] = await access.decide([question, { ...question, assumeContextKeys: false }], NOON);
    expect(on?.decision.effect).toBe('ALLOWED');
    expect(off?.decision).toMatchObject({ effect: 'IMPLICIT_DENY', deniedBy: 'TRUST_POLICY' });
  });

  it('let whoCan find who may', async () => {
    const { subject: _, ...open } = aQuestion(alice, 's3:GetObject', OBJECT, { resourceAccount: A });
    const page = { limit: 10 };
    const found = await access.whoCan(open, page, NOON);
    expect(found.entries.map(({ answer }) => answer.question.subject.principal)).toContainEqual(
      aSubject(alice).principal,
    );
    expect((await access.whoCan({ ...open, assumeContextKeys: false }, page, NOON)).total).toBe(1);
    expect(found.total).toBe(2);
  });

  it('are settled in closed forms as far as they follow from the action', async () => {
    const on = await access.effectivePermissions(aSubject(alice), new Map(), NOON);
    const off = await access.effectivePermissions(aSubject(alice), new Map(), NOON, false);
    const listed = await on.permissions({});
    const of = (name: string) => listed.find(({ action }) => action === name);
    const conditionsOf = (name: string): readonly string[] =>
      (of(name)?.allow ?? []).flatMap(({ conditions }) => conditions.flatMap((block) => Object.keys(block)));
    expect(conditionsOf('s3:GetObject')).not.toContain('Bool');
    // Requests to IAM are made in its home Region.
    expect(of('iam:GetUser')).toBeUndefined();
    // The Region of a queue is said by the ARN of each.
    expect(conditionsOf('sqs:SendMessage')).toContain('StringEquals');
    expect((await off.permissions({})).map(({ action }) => action)).toContain('iam:GetUser');
    for (const set of [on, off]) {
      const answer = await set.can({ action: 'iam:GetUser', resource: alice });
      // Missing, the key differs from every Region, too.
      expect(answer.decision.effect).toBe('EXPLICIT_DENY');
    }
    expect(
      (await on.can({ action: 'sqs:SendMessage', resource: `arn:aws:sqs:eu-west-1:${A}:q` })).decision.allowed,
    ).toBe(true);
    expect(
      (await off.can({ action: 'sqs:SendMessage', resource: `arn:aws:sqs:eu-west-1:${A}:q` })).decision.allowed,
    ).toBe(false);
  });

  it('are assumed in simulations', () => {
    const simulation = {
      caller: { principal: aSubject(alice).principal, roleArn: null, tags: {} },
      identityPolicies: [policy(overTls)],
      permissionsBoundaries: [],
      sessionPolicies: [],
      resourcePolicy: null,
      vpcEndpointPolicy: null,
      serviceControlPolicies: null,
      resourceControlPolicies: null,
      requests: [{ action: 's3:GetObject', resource: OBJECT, resourceAccount: null, context: new Map() }],
      path: 'input',
    };
    expect(access.simulate(simulation, NOON)[0]?.decision.assumedContextKeys).toEqual(['aws:SecureTransport']);
    expect(access.simulate({ ...simulation, assumeContextKeys: false }, NOON)[0]?.decision).toMatchObject({
      effect: 'IMPLICIT_DENY',
      assumedContextKeys: [],
    });
  });
});
