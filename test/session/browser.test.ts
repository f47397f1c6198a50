import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { principalIdOf } from '../../src/policy/principal-id.ts';
import type { NewAccessKey } from '../../src/session/access-keys.ts';
import type { Caller } from '../../src/session/caller.ts';
import { SIGN_IN_SECONDS } from '../../src/session/sign-in-limits.ts';
import { A, allow, aRole, aUser, roleArn, trusts, userArn } from '../support/policies.ts';
import { NOON } from '../support/questions.ts';
import { bearer, decide, type Gateway, openShared } from './gateway.ts';
import { keptSessions } from './kept-sessions.ts';

const alice = userArn('team/alice');
const HOUR = 3_600_000;
const SQS = ['sqs:SendMessage', `arn:aws:sqs:eu-west-1:${A}:q`] as const;
const S3 = ['s3:GetObject', 'arn:aws:s3:::b/x'] as const;
const One = roleArn('One');
const Two = roleArn('Two');
const EVERY_ACTION = ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'];

describe('a browser', () => {
  let gateway: Gateway;
  let key: NewAccessKey;

  beforeAll(async () => {
    gateway = await openShared({
      accounts: [{ id: A }],
      users: [aUser('alice', [allow('sqs:*')], { arn: alice })],
      roles: [
        aRole('One', [trusts({ AWS: alice })], [allow('s3:*'), allow(EVERY_ACTION)], { maxSessionDuration: 43_200 }),
        // Admits One and alice, but each to one thing.
        aRole('Two', [trusts({ AWS: alice })], [allow('ec2:*')]),
        aRole('OnlyOne', [trusts({ AWS: One })]),
        aRole('External', [trusts({ AWS: alice }, { condition: { StringEquals: { 'sts:ExternalId': 'k' } } })]),
        aRole('Named', [
          trusts({ AWS: alice }, { action: EVERY_ACTION, condition: { StringLike: { 'sts:SourceIdentity': '*' } } }),
        ]),
      ],
    });
    key = await gateway.sessions.createAccessKey({ userArn: alice });
  });
  afterAll(() => gateway.directory.close());

  async function signedIn(now = NOON): Promise<string> {
    return (await gateway.sessions.signIn(key, now, { sourceIp: '203.0.113.7', userAgent: 'browser' })).token;
  }
  const who = (cookie: string, now: number): Promise<Caller> => gateway.sessions.authenticateSignIn(cookie, now);
  const idOf = (caller: Caller): string => (caller.kind === 'principal' ? principalIdOf(caller.ref) : caller.kind);
  const may = async (caller: Caller, now: number) => [
    (await decide(gateway, caller, SQS, now)).allowed,
    (await decide(gateway, caller, S3, now)).allowed,
  ];

  it('switches into a role, gives up the own permissions, and has them back when it leaves', async () => {
    const cookie = await signedIn();
    expect(await may(await who(cookie, NOON), NOON)).toEqual([true, false]);
    const switched = await gateway.sessions.switchRole(await who(cookie, NOON), { role: One }, NOON);
    expect(switched.session).toMatchObject({ roleSessionName: 'alice', assumedBy: alice, parentId: null });
    const inRole = await who(cookie, NOON + 1000);
    expect(idOf(inRole)).toBe(`arn:aws:sts::${A}:assumed-role/One/alice`);
    expect(await may(inRole, NOON + 1000)).toEqual([false, true]);
    const exited = await gateway.sessions.exitRole(inRole, NOON + 2000);
    expect(exited).toMatchObject({ endedSession: { endedAt: NOON + 2000 }, restoresTo: { arn: alice } });
    expect(idOf(await who(cookie, NOON + 2000))).toBe(alice);
    expect(await may(await who(cookie, NOON + 2000), NOON + 2000)).toEqual([true, false]);
  });

  it('switches from one role to another with the original identity, which is not chaining', async () => {
    const cookie = await signedIn();
    const first = await gateway.sessions.assumeRole(
      await who(cookie, NOON),
      { role: One, roleSessionName: 'somebody-else' },
      NOON,
    );
    expect(first.session.roleSessionName).toBe('alice');
    const second = await gateway.sessions.switchRole(await who(cookie, NOON), { role: Two }, NOON + 1000);
    expect(second.session).toMatchObject({ assumedBy: alice, parentId: null });
    expect(idOf(await who(cookie, NOON + 1000))).toBe(second.session.arn);
    const left = (await keptSessions(gateway, One)).find(({ id }) => id === first.session.id);
    expect(left).toMatchObject({ endReason: 'SWITCHED', endedAt: new Date(NOON + 1000) });
    // OnlyOne admits the role One, and alice is not One, although she was just there.
    const attempt = gateway.sessions.switchRole(await who(cookie, NOON), { role: roleArn('OnlyOne') }, NOON + 2000);
    await expect(attempt).rejects.toMatchObject({ answer: { decision: { deniedBy: 'TRUST_POLICY' } } });
    expect(idOf(await who(cookie, NOON + 2000))).toBe(second.session.arn);
  });

  it.each(['External', 'Named', 'NotThere'])('cannot switch into a role such as %s', async (name) => {
    const caller = await who(await signedIn(), NOON);
    const attempt = gateway.sessions.switchRole(caller, { role: roleArn(name) }, NOON);
    await expect(attempt).rejects.toMatchObject({ code: 'AccessDenied' });
  });

  it.each([{ externalId: 'kk' }, { tags: [{ key: 'a', value: 'b' }] }, { sourceIdentity: 'bob' }])(
    'cannot say %j',
    async (given) => {
      const caller = await who(await signedIn(), NOON);
      const input = { role: One, roleSessionName: 'alice', ...given };
      const attempt = gateway.sessions.assumeRole(caller, input, NOON);
      await expect(attempt).rejects.toMatchObject({ code: 'ValidationError', field: Object.keys(given)[0] });
    },
  );

  it('is in a role for an hour, no longer than it is signed in, and then is itself', async () => {
    const cookie = await signedIn();
    const { session } = await gateway.sessions.switchRole(await who(cookie, NOON), { role: One }, NOON);
    expect(session.expiresAt).toBe(NOON + HOUR);
    expect(idOf(await who(cookie, NOON + HOUR))).toBe(alice);
    const late = NOON + SIGN_IN_SECONDS * 1000 - 600_000;
    const short = await gateway.sessions.switchRole(await who(cookie, late), { role: One }, late);
    expect(short.session.expiresAt).toBe(late + 600_000);
    await expect(who(cookie, late + 600_000)).rejects.toMatchObject({ code: 'ExpiredToken' });
  });

  it('is signed out with its role, and its cookie and tokens are no good for each other', async () => {
    const cookie = await signedIn();
    const { session, credentials } = await gateway.sessions.switchRole(await who(cookie, NOON), { role: One }, NOON);
    await expect(who(credentials.sessionToken, NOON)).rejects.toMatchObject({ code: 'InvalidClientTokenId' });
    await expect(gateway.sessions.authenticate(`Bearer ${cookie}`, NOON)).rejects.toMatchObject({
      code: 'InvalidClientTokenId',
    });
    await gateway.sessions.signOut(await who(cookie, NOON), NOON + 1000);
    await expect(who(cookie, NOON + 1000)).rejects.toMatchObject({ code: 'ExpiredToken' });
    expect(await gateway.directory.sessions.find(session.id)).toMatchObject({ endedAt: NOON + 1000 });
    await expect(gateway.sessions.authenticate(bearer({ credentials }), NOON + 1000)).rejects.toMatchObject({
      code: 'ExpiredToken',
    });
  });

  it('has the time of its sign-in, and false for MFA, in its own requests', async () => {
    const caller = await who(await signedIn(), NOON);
    if (caller.kind !== 'principal') throw new Error('not signed in');
    expect(caller.keySession).toMatchObject({ kind: 'SIGN_IN', mfaAuthenticatedAt: null, sourceIp: '203.0.113.7' });
  });

  it('is out when its key is switched off', async () => {
    const cookie = await signedIn();
    await gateway.sessions.setAccessKeyActive({ kind: 'operator' }, { ...key, active: false }, NOON);
    await expect(who(cookie, NOON)).rejects.toMatchObject({ code: 'InvalidClientTokenId' });
    await gateway.sessions.setAccessKeyActive({ kind: 'operator' }, { ...key, active: true }, NOON);
    expect(idOf(await who(cookie, NOON))).toBe(alice);
  });

  it('is out when its key is deleted, and with it the role that it is in; browsers of another key stay', async () => {
    const another = await gateway.sessions.createAccessKey({ userArn: alice });
    const { token } = await gateway.sessions.signIn(another, NOON);
    const kept = await signedIn();
    const { session } = await gateway.sessions.switchRole(await who(token, NOON), { role: One }, NOON);
    await gateway.sessions.deleteAccessKey({ kind: 'operator' }, { accessKeyId: another.accessKeyId }, NOON + 1000);
    await expect(who(token, NOON + 1000)).rejects.toMatchObject({ code: 'ExpiredToken' });
    expect(await gateway.directory.sessions.find(session.id)).toMatchObject({ endedAt: NOON + 1000 });
    expect(idOf(await who(kept, NOON + 1000))).toBe(alice);
  });
});
