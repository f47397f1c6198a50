import { describe, expect, it } from 'vitest';
import { createAccess } from '../../src/access/access.ts';
import type { Answer, HypotheticalSession, Question } from '../../src/access/question.ts';
import { openCatalog } from '../../src/catalog/catalog.ts';
import type { DirectoryDocument } from '../../src/directory/document.ts';
import type { JsonObject } from '../../src/policy/json.ts';
import { MemoryDirectory } from '../support/memory-directory.ts';
import { A, allow, aRole, aUser, B, deny, policy, roleArn, trusts, userArn } from '../support/policies.ts';
import { aQuestion, aSubject, NOON } from '../support/questions.ts';

const catalog = await openCatalog();
const alice = userArn('alice');
const bob = userArn('bob', B);
const R = roleArn('R');
const ORGANIZATION = { id: 'o-exampleorg1', rootId: 'r-ab12', managementAccountId: '999999999999' } as const;
const MEMBER = { organizationId: ORGANIZATION.id, unitId: null } as const;

async function ask(document: DirectoryDocument, question: Question): Promise<Answer> {
  const [answer] = await createAccess(new MemoryDirectory(document, catalog), catalog).decide([question], NOON);
  if (answer === undefined) throw new Error('no answer');
  return answer;
}

/** What alice (of A, as R is) or bob (of B) may do with R. */
function aWorld(
  trust: readonly JsonObject[],
  caller: readonly JsonObject[],
  rest: DirectoryDocument = {},
): DirectoryDocument {
  return {
    users: [aUser('alice', caller), aUser('bob', caller, { arn: bob })],
    roles: [aRole('R', trust, [allow('s3:GetObject')]), aRole('X', [trusts({ AWS: A })], caller)],
    ...rest,
  };
}

const may = [allow('sts:AssumeRole', R)];

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html and …/id_roles.html */
describe('who may assume a role of the same account', () => {
  it.each<[string, string, readonly JsonObject[], readonly JsonObject[], true | string]>([
    ['named by its ARN, without a policy of its own', alice, [trusts({ AWS: alice })], [], true],
    ['through its account, without a policy', alice, [trusts({ AWS: A })], [], 'IDENTITY_POLICY'],
    ['through its account, with a policy', alice, [trusts({ AWS: A })], may, true],
    ['through everybody', alice, [trusts({ AWS: '*' })], [], true],
    ['not named, though an administrator', alice, [trusts({ AWS: userArn('else') })], [allow('*')], 'TRUST_POLICY'],
    ['named, with an explicit deny', alice, [trusts({ AWS: alice })], [deny('sts:AssumeRole')], 'IDENTITY_POLICY'],
    ['a session of a role that is named', roleArn('X'), [trusts({ AWS: roleArn('X') })], [], true],
    ['a role that is not named, itself', R, [trusts({ AWS: alice })], [allow('*')], 'TRUST_POLICY'],
    ['a service', 'ec2.amazonaws.com', [trusts({ Service: 'ec2.amazonaws.com' })], [], true],
    ['another service', 'lambda.amazonaws.com', [trusts({ Service: 'ec2.amazonaws.com' })], [], 'TRUST_POLICY'],
    ['nobody, though everybody is trusted', 'anonymous', [trusts('*')], [], 'TRUST_POLICY'],
  ])('%s', async (_, principal, trust, caller, expected) => {
    const { decision } = await ask(aWorld(trust, caller), aQuestion(principal, 'sts:AssumeRole', R));
    const inRole = await ask(
      aWorld(trust, caller),
      aQuestion(aSubject(principal, R), 's3:GetObject', 'arn:aws:s3:::b/x'),
    );
    const denied = expected !== true;
    expect(decision).toMatchObject({ allowed: !denied, deniedBy: denied ? expected : null });
    expect(decision.reason).toContain(
      `is ${denied ? 'not ' : ''}authorized to perform: sts:AssumeRole on resource: ${R}`,
    );
    // In the role: what the role may do, or why there is no role to be in.
    expect(inRole.decision).toMatchObject(denied ? { allowed: false, reason: decision.reason } : { allowed: true });
  });

  it('never the root user, in the words of AWS', async () => {
    const world = aWorld([trusts({ AWS: A })], []);
    const question = aQuestion(aSubject(A, R), 's3:GetObject', 'arn:aws:s3:::b/x');
    for (const asked of [question, aQuestion(A, 'sts:AssumeRole', R)]) {
      const { decision } = await ask(world, asked);
      expect(decision).toMatchObject({ allowed: false, reason: 'Roles may not be assumed by root accounts.' });
    }
  });
});

describe('who may assume a role of another account', () => {
  const scp = (document: string): DirectoryDocument => ({
    organizations: [
      {
        ...ORGANIZATION,
        controlPolicies: [
          {
            id: 'p-full',
            type: 'SERVICE_CONTROL_POLICY',
            name: 'Full',
            document: policy(allow('*')),
            targets: ['r-ab12'],
          },
          { id: 'p-b', type: 'SERVICE_CONTROL_POLICY', name: 'B', document, targets: [B] },
        ],
      },
    ],
    accounts: [{ id: B, membership: MEMBER }],
  });
  const rcp: DirectoryDocument = {
    organizations: [
      {
        ...ORGANIZATION,
        controlPolicies: [
          {
            id: 'p-r',
            type: 'RESOURCE_CONTROL_POLICY',
            name: 'R',
            document: policy({ ...deny('sts:AssumeRole'), Principal: '*' }),
            targets: [A],
          },
        ],
      },
    ],
    accounts: [{ id: A, membership: MEMBER }],
  };
  it.each<[string, JsonObject | '*', readonly JsonObject[], DirectoryDocument, true | string]>([
    ['its account is trusted, no policy', { AWS: B }, [], {}, 'IDENTITY_POLICY'],
    ['it is named, no policy', { AWS: bob }, [], {}, 'IDENTITY_POLICY'],
    ['its account is trusted, with a policy', { AWS: B }, may, {}, true],
    ['it is named, with a policy', { AWS: bob }, may, {}, true],
    ['everybody is trusted, with a policy', '*', may, {}, true],
    ['an SCP of its account lacks sts', { AWS: B }, may, scp(policy(allow('s3:*'))), 'SERVICE_CONTROL_POLICY'],
    ['an RCP of the role denies', { AWS: B }, may, rcp, 'RESOURCE_CONTROL_POLICY'],
  ])('%s', async (_, principal, caller, organization, expected) => {
    const { decision } = await ask(
      aWorld([trusts(principal)], caller, organization),
      aQuestion(aSubject(bob, R), 's3:GetObject', 'arn:aws:s3:::b/x', { resourceAccount: A }),
    );
    expect({ allowed: decision.allowed, deniedBy: decision.deniedBy }).toEqual({
      allowed: expected === true,
      deniedBy: expected === true ? null : expected,
    });
  });
});

describe('what the call says', () => {
  const inRole = (session: HypotheticalSession, rest = {}): Question =>
    aQuestion(aSubject(alice, R, session), 's3:GetObject', 'arn:aws:s3:::b/x', rest);
  const trusting = (condition: JsonObject, action?: readonly string[]): DirectoryDocument =>
    aWorld([trusts({ AWS: alice }, action === undefined ? { condition } : { condition, action })], []);

  it.each<[string, JsonObject, HypotheticalSession, HypotheticalSession, string]>([
    [
      'the external id',
      { StringEquals: { 'sts:ExternalId': 'k-1' } },
      { externalId: 'k-1' },
      { externalId: 'k-2' },
      'sts:ExternalId',
    ],
    [
      'the session name',
      { StringLike: { 'sts:RoleSessionName': '${aws:username}-*' } },
      { roleSessionName: 'alice-1' },
      { roleSessionName: 'bob-1' },
      'sts:RoleSessionName',
    ],
    [
      'the second factor',
      { Bool: { 'aws:MultiFactorAuthPresent': 'true' } },
      { mfaAuthenticated: true },
      { mfaAuthenticated: false },
      'aws:MultiFactorAuthPresent',
    ],
  ])('decides by %s, and names it when it is not said', async (_, condition, right, wrong, key) => {
    const world = trusting(condition);
    expect((await ask(world, inRole(right))).decision.allowed).toBe(true);
    expect((await ask(world, inRole(wrong))).decision).toMatchObject({ deniedBy: 'TRUST_POLICY' });
    const { decision } = await ask(world, inRole({}));
    expect(decision.allowed).toBe(false);
    expect(decision.missingContextKeys.map((name) => name.toLowerCase())).toEqual([key.toLowerCase()]);
  });

  it('needs sts:TagSession for tags and sts:SetSourceIdentity for a source identity', async () => {
    const only = aWorld([trusts({ AWS: alice })], []);
    const tagged = await ask(only, inRole({ tags: { team: 'red' } }));
    expect(tagged.decision.reason).toContain('is not authorized to perform: sts:TagSession');
    const named = await ask(only, inRole({ sourceIdentity: 'alice' }));
    expect(named.decision.reason).toContain('is not authorized to perform: sts:SetSourceIdentity');
    const all = trusting({}, ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity']);
    const both = await ask(all, inRole({ tags: { team: 'red' }, sourceIdentity: 'alice' }));
    expect(both.decision.allowed).toBe(true);
  });

  it('shows passed tags to the trust policy, and no tags of the request asked about', async () => {
    const world = trusting({ StringEquals: { 'aws:RequestTag/team': 'red' } }, ['sts:AssumeRole', 'sts:TagSession']);
    expect((await ask(world, inRole({ tags: { team: 'red' } }))).decision.allowed).toBe(true);
    const leaked = await ask(world, inRole({}, { context: { 'aws:RequestTag/team': 'red' } }));
    expect(leaked.decision).toMatchObject({ allowed: false, deniedBy: 'TRUST_POLICY' });
  });

  it('takes sts keys of the context for the assumption, unless the request asked about is one to STS', async () => {
    const world = trusting({ StringEquals: { 'sts:ExternalId': 'k-1' } });
    const context = { context: { 'sts:ExternalId': 'k-1' } };
    expect((await ask(world, inRole({}, context))).decision.allowed).toBe(true);
    const next = aQuestion(aSubject(alice, R), 'sts:AssumeRole', roleArn('X'), context);
    expect((await ask(world, next)).decision.reason).toContain(`on resource: ${R}`);
  });
});

describe('the session that the role gives', () => {
  const object = 'arn:aws:s3:::b/x';
  it('holds the permissions of the role and not those that were given up', async () => {
    const world = aWorld([trusts({ AWS: alice })], [allow('sqs:SendMessage'), deny('s3:*')]);
    const queue = `arn:aws:sqs:eu-west-1:${A}:q`;
    expect((await ask(world, aQuestion(alice, 'sqs:SendMessage', queue))).decision.allowed).toBe(true);
    const inRole = await ask(world, aQuestion(aSubject(alice, R), 'sqs:SendMessage', queue));
    expect(inRole.decision).toMatchObject({ effect: 'IMPLICIT_DENY', deniedBy: 'IDENTITY_POLICY' });
    expect(inRole.decision.reason).toContain(`User: ${R} is not authorized`);
    expect((await ask(world, aQuestion(aSubject(alice, R), 's3:GetObject', object))).decision.allowed).toBe(true);
  });

  it('is limited by session policies, given as documents or as ARNs', async () => {
    const world = aWorld([trusts({ AWS: alice })], []);
    const limited = (session: HypotheticalSession): Promise<Answer> =>
      ask(world, aQuestion(aSubject(alice, R, session), 's3:GetObject', object));
    expect((await limited({ sessionPolicies: [policy(allow('sqs:*'))] })).decision.deniedBy).toBe('SESSION_POLICY');
    expect((await limited({ sessionPolicies: [policy(allow('s3:*'))] })).decision.allowed).toBe(true);
    const managed = (name: string): string => `arn:aws:iam::aws:policy/${name}`;
    expect((await limited({ sessionPolicyArns: [managed('AmazonS3ReadOnlyAccess')] })).decision.allowed).toBe(true);
    const denied = await limited({ sessionPolicyArns: [managed('AmazonSQSReadOnlyAccess')] });
    expect(denied.decision.deniedBy).toBe('SESSION_POLICY');
  });

  it('carries its tags as aws:PrincipalTag, over the tags of the role', async () => {
    const statement = { ...allow('s3:GetObject'), Condition: { StringEquals: { 'aws:PrincipalTag/team': 'red' } } };
    const trust = trusts({ AWS: alice }, { action: ['sts:AssumeRole', 'sts:TagSession'] });
    const world = { users: [aUser('alice')], roles: [aRole('R', [trust], [statement], { tags: { Team: 'blue' } })] };
    const question = (session: HypotheticalSession): Question =>
      aQuestion(aSubject(alice, R, session), 's3:GetObject', object);
    expect((await ask(world, question({}))).decision.deniedBy).toBe('IDENTITY_POLICY');
    expect((await ask(world, question({ tags: { TEAM: 'red' } }))).decision.allowed).toBe(true);
  });

  it('can be described for a role given as the principal', async () => {
    const question = aQuestion(
      aSubject(R, null, { roleSessionName: 's1', sessionPolicies: [policy(allow('sqs:*'))] }),
      's3:GetObject',
      object,
    );
    const { decision } = await ask(aWorld([], []), question);
    expect(decision.deniedBy).toBe('SESSION_POLICY');
    expect(decision.reason).toContain(`User: arn:aws:sts::${A}:assumed-role/R/s1 is not authorized`);
  });
});
