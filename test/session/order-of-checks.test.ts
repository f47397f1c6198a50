import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AssumeRoleInput } from '../../src/session/assume-role-parameters.ts';
import type { Caller } from '../../src/session/caller.ts';
import { A, allow, aRole, aUser, policy, roleArn, trusts, userArn } from '../support/policies.ts';
import { NOON } from '../support/questions.ts';
import { bearer, type Gateway, openShared, signIn } from './gateway.ts';

const R = roleArn('R');
const EVERY_ACTION = ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'];
/** More than fits into a packed session. */
const MANY_TAGS = Array.from({ length: 50 }, (_, index) => ({
  key: `key-${index}`,
  value: createHash('sha512').update(String(index)).digest('base64url'),
}));

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
describe('sts:AssumeRole', () => {
  let gateway: Gateway;
  let alice: Caller;

  beforeAll(async () => {
    const condition = { StringEquals: { 'sts:ExternalId': 'right' } };
    gateway = await openShared({
      accounts: [{ id: A, membership: 'NONE' }],
      users: [aUser('alice'), aUser('gone', [allow('*')])],
      roles: [
        aRole('First', [trusts({ AWS: userArn('alice') }, { action: EVERY_ACTION })]),
        aRole('R', [trusts({ AWS: roleArn('First') }, { action: EVERY_ACTION, condition })], [], {
          maxSessionDuration: 7200,
        }),
        aRole('Limits', [trusts({ AWS: userArn('alice') }, { action: EVERY_ACTION })], [], {
          maxSessionDuration: 43_200,
        }),
      ],
    });
    alice = await signIn(gateway, { userArn: userArn('alice') }, NOON);
  });
  afterAll(() => gateway.directory.close());

  it('tells of several faults the first, in the order of AWS', async () => {
    const first = await gateway.sessions.assumeRole(alice, { role: roleArn('First'), roleSessionName: 's1' }, NOON);
    const caller = await gateway.sessions.authenticate(bearer(first), NOON);
    const faulty: AssumeRoleInput = {
      role: R,
      roleSessionName: 'x',
      externalId: 'wrong',
      durationSeconds: 7201,
      sessionPolicies: ['{'],
      tags: MANY_TAGS,
    };
    const corrections: readonly (readonly [Partial<AssumeRoleInput>, string, RegExp])[] = [
      [{}, 'ValidationError', /at 'roleSessionName' failed to satisfy constraint/],
      [{ roleSessionName: 's1' }, 'AccessDenied', /no role trust policy allows the sts:AssumeRole action/],
      [{ externalId: 'right' }, 'ValidationError', /exceeds the MaxSessionDuration set for this role\.$/],
      [{ durationSeconds: 3601 }, 'ValidationError', /exceeds the 1 hour session limit for roles assumed by role/],
      [{ durationSeconds: 3600 }, 'MalformedPolicyDocument', /^Syntax errors in policy\.$/],
      [
        { sessionPolicies: [policy(allow('s3:*'))] },
        'PackedPolicyTooLarge',
        /^Packed policy consumes \d+% of allotted space/,
      ],
    ];
    let input = faulty;
    for (const [correction, code, message] of corrections) {
      input = { ...input, ...correction };
      const attempt = gateway.sessions.assumeRole(caller, input, NOON);
      await expect(attempt).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    }
    const assumed = await gateway.sessions.assumeRole(caller, { ...input, tags: MANY_TAGS.slice(0, 1) }, NOON);
    expect(assumed.session).toMatchObject({ roleArn: R, expiresAt: NOON + 3_600_000 });
  });

  it('looks at who calls before all but the parameters', async () => {
    const gone = await signIn(gateway, { userArn: userArn('gone') }, NOON);
    await gateway.directory.entities.deleteUser({ userArn: userArn('gone'), withDependents: true });
    const attempt = (rest: Partial<AssumeRoleInput> = {}) =>
      gateway.sessions.assumeRole(gone, { role: R, roleSessionName: 's1', ...rest }, NOON);
    await expect(attempt({ roleSessionName: 'x' })).rejects.toMatchObject({ code: 'ValidationError' });
    await expect(attempt({ durationSeconds: 43_200 })).rejects.toMatchObject({
      code: 'InvalidClientTokenId',
      message: 'The security token included in the request is invalid.',
    });
  });

  const tags = (count: number, value: string) =>
    Array.from({ length: count }, (_, index) => ({ key: `k${index}`, value }));
  it.each<[string, Partial<AssumeRoleInput>]>([
    ['the shortest name and duration', { roleSessionName: 'ab', durationSeconds: 900 }],
    ['the longest name and duration', { roleSessionName: 'x'.repeat(64), durationSeconds: 43_200 }],
    ['every character of a name', { roleSessionName: 'aZ09_+=,.@-' }],
    ['the shortest external id', { externalId: 'ab' }],
    ['the longest external id', { externalId: 'a:/'.repeat(408) }],
    ['the longest source identity', { sourceIdentity: 'x'.repeat(64) }],
    [
      'fifty tags, all of them transitive',
      { tags: tags(50, ''), transitiveTagKeys: tags(50, '').map(({ key }) => key) },
    ],
    ['the longest tag', { tags: [{ key: 'é'.repeat(128), value: 'x'.repeat(256) }] }],
    ['ten policies', { sessionPolicyArns: Array.from({ length: 10 }, () => 'arn:aws:iam::aws:policy/ReadOnlyAccess') }],
  ])('takes %s', async (_, given) => {
    const input = { role: roleArn('Limits'), roleSessionName: 's1', ...given };
    const { session } = await gateway.sessions.assumeRole(alice, input, NOON);
    expect(session.expiresAt).toBe(NOON + (given.durationSeconds ?? 3600) * 1000);
  });

  it.each<[string, Partial<AssumeRoleInput>]>([
    ['externalId', { externalId: 'a'.repeat(1225) }],
    ['transitiveTagKeys', { tags: tags(50, ''), transitiveTagKeys: tags(51, '').map(({ key }) => key) }],
    ['roleSessionName', { roleSessionName: '' }],
    ['sourceIdentity', { sourceIdentity: 'x' }],
  ])('does not take %s over its limit', async (field, given) => {
    const input = { role: roleArn('Limits'), roleSessionName: 's1', ...given };
    await expect(gateway.sessions.assumeRole(alice, input, NOON)).rejects.toMatchObject({
      code: 'ValidationError',
      field: expect.stringContaining(field),
    });
  });
});
