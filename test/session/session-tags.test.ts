import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/policy/json.ts';
import type { AssumeRoleInput } from '../../src/session/assume-role-parameters.ts';
import type { Caller } from '../../src/session/caller.ts';
import { A, allow, aRole, aUser, B, roleArn, trusts, userArn } from '../support/policies.ts';
import { NOON } from '../support/questions.ts';
import { bearer, decide, type Gateway, openShared, signIn } from './gateway.ts';

const TAGGING = ['sts:AssumeRole', 'sts:TagSession'];
const IDENTIFYING = ['sts:AssumeRole', 'sts:SetSourceIdentity'];
const alice = userArn('alice');
const bob = userArn('bob', B);

const trusting = (condition: JsonObject, action = TAGGING): JsonObject => trusts({ AWS: alice }, { action, condition });
const onTag = (action: string, key: string, value: string): JsonObject => ({
  ...allow(action),
  Condition: { StringEquals: { [`aws:PrincipalTag/${key}`]: value } },
});

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html and …/id_credentials_temp_control-access_monitor.html */
describe('a role session', () => {
  let gateway: Gateway;
  const callers: Record<string, Caller> = {};

  beforeAll(async () => {
    gateway = await openShared({
      accounts: [A, B].map((id) => ({ id, membership: 'NONE' as const })),
      users: [
        aUser('alice', [], { tags: { Team: 'red' } }),
        aUser('bob', [allow('sts:AssumeRole')], { arn: bob }),
        aUser('bea', [allow(['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'])], {
          arn: userArn('bea', B),
        }),
      ],
      roles: [
        aRole(
          'Tagged',
          [trusts({ AWS: [alice, B] }, { action: [...TAGGING, 'sts:SetSourceIdentity'] })],
          [
            onTag('s3:GetObject', 'stage', 'dev'),
            onTag('s3:PutObject', 'stage', 'prod'),
            onTag('sqs:*', 'Team', 'red'),
          ],
          { tags: { Stage: 'dev', Team: 'red' } },
        ),
        aRole('Plain', [trusts({ AWS: alice })]),
        aRole('RequestTag', [trusting({ StringEquals: { 'aws:RequestTag/stage': 'dev' } })]),
        aRole('TagKeys', [trusting({ 'ForAllValues:StringEquals': { 'aws:TagKeys': ['Stage'] } })]),
        aRole('Transitive', [trusting({ 'ForAllValues:StringEquals': { 'sts:TransitiveTagKeys': ['Stage'] } })]),
        aRole('CallersTag', [trusting({ StringEquals: { 'aws:PrincipalTag/team': 'red' } })]),
        aRole('RolesTag', [trusting({ StringEquals: { 'aws:ResourceTag/team': '${aws:PrincipalTag/Team}' } })], [], {
          tags: { Team: 'red' },
        }),
        aRole(
          'OtherRolesTag',
          [trusting({ StringEquals: { 'iam:ResourceTag/team': '${aws:PrincipalTag/Team}' } })],
          [],
          {
            tags: { Team: 'blue' },
          },
        ),
        aRole(
          'Named',
          [trusting({ StringEquals: { 'sts:SourceIdentity': 'alice' } }, IDENTIFYING)],
          [{ ...allow('s3:*'), Condition: { StringEquals: { 'aws:SourceIdentity': 'alice' } } }],
        ),
        aRole('External', [trusting({ StringEquals: { 'sts:ExternalId': 'k-1' } }, ['sts:AssumeRole'])]),
        aRole(
          'Next',
          [trusts({ AWS: roleArn('Tagged') }, { action: TAGGING })],
          [onTag('s3:GetObject', 'Stage', 'dev'), onTag('sqs:*', 'Team', 'red')],
        ),
        aRole('Own', [trusts({ AWS: roleArn('Tagged') }, { action: TAGGING })], [onTag('s3:*', 'Stage', 'own')], {
          tags: { STAGE: 'own' },
        }),
      ],
    });
    callers['alice'] = await signIn(gateway, { userArn: alice }, NOON);
    callers['bob'] = await signIn(gateway, { userArn: bob }, NOON);
    callers['bea'] = await signIn(gateway, { userArn: userArn('bea', B) }, NOON);
  });
  afterAll(() => gateway.directory.close());

  const assume = async (role: string, given: Partial<AssumeRoleInput> = {}, caller = callers['alice']) => {
    const input = { role: roleArn(role), roleSessionName: 's1', ...given };
    const assumed = await gateway.sessions.assumeRole(caller ?? { kind: 'anonymous' }, input, NOON);
    return gateway.sessions.authenticate(bearer(assumed), NOON);
  };
  const may = async (caller: Caller, action: string) => (await decide(gateway, caller, [action, '*'], NOON)).allowed;
  const refused = (deniedBy: string, action: string) => ({
    code: 'AccessDenied',
    message: expect.stringContaining(`is not authorized to perform: ${action} on`),
    answer: { decision: { deniedBy } },
  });
  const stage = (value: string, key = 'Stage') => ({ tags: [{ key, value }] });

  it('has the tags of its role, and its own over them, whatever the case of their keys', async () => {
    const plain = await assume('Tagged');
    expect([await may(plain, 's3:GetObject'), await may(plain, 's3:PutObject')]).toEqual([true, false]);
    const tagged = await assume('Tagged', stage('prod', 'STAGE'));
    expect([await may(tagged, 's3:GetObject'), await may(tagged, 's3:PutObject')]).toEqual([false, true]);
    expect(await may(tagged, 'sqs:SendMessage')).toBe(true);
  });

  it('is tagged only with sts:TagSession in the trust policy', async () => {
    expect(await assume('Plain')).toHaveProperty('session');
    await expect(assume('Plain', stage('dev'))).rejects.toMatchObject(refused('TRUST_POLICY', 'sts:TagSession'));
  });

  it('is tagged and named by somebody of another account only with the permissions of that account', async () => {
    expect(await assume('Tagged', {}, callers['bob'])).toHaveProperty('session');
    await expect(assume('Tagged', stage('dev'), callers['bob'])).rejects.toMatchObject(
      refused('IDENTITY_POLICY', 'sts:TagSession'),
    );
    await expect(assume('Tagged', { sourceIdentity: 'bob' }, callers['bob'])).rejects.toMatchObject(
      refused('IDENTITY_POLICY', 'sts:SetSourceIdentity'),
    );
    expect(await assume('Tagged', { ...stage('dev'), sourceIdentity: 'bea' }, callers['bea'])).toHaveProperty(
      'session',
    );
  });

  it.each<[role: string, right: Partial<AssumeRoleInput>, wrong: Partial<AssumeRoleInput>]>([
    ['RequestTag', stage('dev'), stage('prod')],
    ['TagKeys', stage('dev'), { tags: [...stage('dev').tags, { key: 'Other', value: '' }] }],
    [
      'Transitive',
      { tags: [...stage('dev').tags, { key: 'Other', value: '' }], transitiveTagKeys: ['Stage'] },
      { tags: [...stage('dev').tags, { key: 'Other', value: '' }], transitiveTagKeys: ['Stage', 'Other'] },
    ],
    ['External', { externalId: 'k-1' }, { externalId: 'k-2' }],
    ['External', { externalId: 'k-1' }, {}],
    ['Named', { sourceIdentity: 'alice' }, { sourceIdentity: 'bob' }],
    ['Named', { sourceIdentity: 'alice' }, {}],
  ])('of %s is decided by what the call says', async (role, right, wrong) => {
    expect(await assume(role, right)).toHaveProperty('session');
    await expect(assume(role, wrong)).rejects.toMatchObject(refused('TRUST_POLICY', 'sts:AssumeRole'));
  });

  it('is decided by the tags of who calls and of the role, not by those that are passed', async () => {
    expect(await assume('CallersTag')).toHaveProperty('session');
    expect(await assume('CallersTag', { tags: [{ key: 'Team', value: 'blue' }] })).toHaveProperty('session');
    expect(await assume('RolesTag')).toHaveProperty('session');
    await expect(assume('OtherRolesTag', { tags: [{ key: 'Team', value: 'blue' }] })).rejects.toMatchObject(
      refused('TRUST_POLICY', 'sts:AssumeRole'),
    );
  });

  it('has its source identity in its requests', async () => {
    expect(await may(await assume('Named', { sourceIdentity: 'alice' }), 's3:GetObject')).toBe(true);
  });

  it('hands on tags that are transitive, over those of the next role, and none of its role', async () => {
    const transitive = await assume('Tagged', { ...stage('dev'), transitiveTagKeys: ['stage'] });
    const next = await assume('Next', {}, transitive);
    expect([await may(next, 's3:GetObject'), await may(next, 'sqs:SendMessage')]).toEqual([true, false]);
    expect(await may(await assume('Own', {}, transitive), 's3:GetObject')).toBe(false);
    const not = await assume('Tagged', stage('dev'));
    expect(await may(await assume('Next', {}, not), 's3:GetObject')).toBe(false);
    expect(await may(await assume('Own', {}, not), 's3:GetObject')).toBe(true);
  });
});
