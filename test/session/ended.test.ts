import { expect, it } from 'vitest';
import type { OpenDirectory } from '../../src/directory/prisma/open-directory.ts';
import type { Caller } from '../../src/session/caller.ts';
import { describeInBothStores } from '../directory/stores.ts';
import { A, allow, aRole, aUser, policy, roleArn, trusts, userArn } from '../support/policies.ts';
import { NOON } from '../support/questions.ts';
import { basic, bearer, gatewayOn } from './gateway.ts';

const alice = userArn('alice');
const bob = userArn('bob');
const R = roleArn('R');
const TARGET = roleArn('Target');
const OPERATOR: Caller = { kind: 'operator' };
const POLICY = policy(allow('s3:*'));

const DOCUMENT = {
  accounts: [{ id: A, membership: 'NONE' as const }],
  users: [aUser('alice', [allow('*')]), aUser('bob', [allow('*')])],
  roles: [aRole('R', [trusts({ AWS: alice })], [allow('*')]), aRole('Target', [trusts({ AWS: bob })], [])],
};

/** Changes under way at the same time, for each caller that ends in the midst of them. */
const UNDER_WAY = 45;

/** The events of `event` that were committed after the first `ending`, by `principal`. */
async function committedAfter(directory: OpenDirectory, ending: string, principal: string): Promise<readonly string[]> {
  const events = await directory.audit.list({ limit: 1_000 });
  const ended = events.findIndex(({ event, outcome }) => event === ending && outcome === 'SUCCEEDED');
  expect(ended, `${ending} is in the trail`).toBeGreaterThanOrEqual(0);
  return events
    .slice(ended + 1)
    .filter((one) => one.principal === principal && one.outcome === 'SUCCEEDED')
    .map(({ event }) => event);
}

describeInBothStores('ended credentials', (store) => {
  const open = async () => {
    const directory = await store.open(DOCUMENT);
    const { sessions, secrets } = gatewayOn(directory, store.statements);
    const key = await sessions.createAccessKey({ userArn: alice });
    const user = await sessions.authenticate(basic(key), NOON);
    const signIn = async () => sessions.authenticateSignIn((await sessions.signIn(key, NOON)).token, NOON);
    /**
     * The codes of changes of `caller` that fail: of those that are under way when `end` begins, that follow it without waiting,
     * and that were let in before but come to their change after it was answered.
     */
    const during = async (caller: Caller, end: () => Promise<unknown>) => {
      const changes = (first: number) =>
        Array.from({ length: UNDER_WAY / 3 }, (_, index) =>
          sessions.putRolePolicy(
            caller,
            { roleArn: TARGET, policyName: `p${first + index}`, policyDocument: POLICY },
            NOON,
          ),
        );
      const before = Promise.allSettled(changes(0));
      const ending = end();
      const beside = Promise.allSettled(changes(UNDER_WAY / 3));
      await ending;
      const after = Promise.allSettled(changes((2 * UNDER_WAY) / 3));
      const results = (await Promise.all([before, beside, after])).flat();
      const codes = results.flatMap((one) => (one.status === 'rejected' ? [String(one.reason.code)] : []));
      return new Set(codes);
    };
    return { directory, sessions, secrets, key, user, signIn, during };
  };

  it('commit nothing after exitRole was answered', async () => {
    const { directory, sessions, user, during } = await open();
    const assumed = await sessions.assumeRole(user, { role: R, roleSessionName: 's1' }, NOON);
    const inRole = await sessions.authenticate(bearer(assumed), NOON);
    expect(await during(inRole, () => sessions.exitRole(inRole, NOON + 1))).toEqual(new Set(['ExpiredToken']));
    expect(await committedAfter(directory, 'ExitRole', assumed.session.arn)).toEqual([]);
    // A refusal, and no failure of the change.
    const events = await directory.audit.list({ limit: 1_000 });
    const outcomes = events.filter(({ code }) => code === 'ExpiredToken').map(({ outcome }) => outcome);
    expect(new Set(outcomes)).toEqual(new Set(['REFUSED']));
  });

  it('commit nothing after their key was switched off, or deleted', async () => {
    const { directory, sessions, key, user, during } = await open();
    const { accessKeyId } = key;
    const off = () => sessions.setAccessKeyActive(OPERATOR, { accessKeyId, active: false }, NOON);
    expect(await during(user, off)).toEqual(new Set(['InvalidClientTokenId']));
    expect(await committedAfter(directory, 'UpdateAccessKey', alice)).toEqual([]);
    await sessions.setAccessKeyActive(OPERATOR, { accessKeyId, active: true }, NOON);
    const remove = () => sessions.deleteAccessKey(OPERATOR, { accessKeyId }, NOON);
    expect(await during(user, remove)).toEqual(new Set(['InvalidClientTokenId']));
    expect(await committedAfter(directory, 'DeleteAccessKey', alice)).toEqual([]);
  });

  it('commit nothing after a browser has signed out, or its key was switched off', async () => {
    const { directory, sessions, key, signIn, during } = await open();
    const browser = await signIn();
    expect(await during(browser, () => sessions.signOut(browser, NOON + 1))).toEqual(new Set(['ExpiredToken']));
    expect(await committedAfter(directory, 'SignOut', alice)).toEqual([]);
    const another = await signIn();
    const off = () => sessions.setAccessKeyActive(OPERATOR, { accessKeyId: key.accessKeyId, active: false }, NOON);
    expect(await during(another, off)).toEqual(new Set(['InvalidClientTokenId']));
    expect(await committedAfter(directory, 'UpdateAccessKey', alice)).toEqual([]);
  });

  it('commit nothing after a browser that signed in with a token has signed out', async () => {
    const { directory, sessions, user, during } = await open();
    const { sessionToken } = await sessions.getSessionToken(user, {}, NOON);
    const inputs = { operator: { operatorToken: 'operator-token' }, [alice]: { sessionToken } };
    for (const [principal, input] of Object.entries(inputs)) {
      const { token } = await sessions.signIn(input, NOON);
      const browser = await sessions.authenticateSignIn(token, NOON);
      expect(await during(browser, () => sessions.signOut(browser, NOON + 1))).toEqual(new Set(['ExpiredToken']));
      const events = await directory.audit.list({ limit: 1_000 });
      const own = events.filter((one) => one.principal === principal && one.outcome === 'SUCCEEDED');
      expect(own.at(-1)?.event).toBe('SignOut');
    }
  });

  it('commit nothing after a browser has switched into another role, or has left it', async () => {
    const { directory, sessions, signIn, during } = await open();
    const browser = await signIn();
    const { session } = await sessions.switchRole(browser, { role: R }, NOON);
    if (browser.kind !== 'principal' || browser.keySession === undefined) throw new Error('no browser');
    const inRole: Caller = { ...browser, ref: { ...browser.ref }, session };
    expect(await during(inRole, () => sessions.exitRole(inRole, NOON + 1))).toEqual(new Set(['ExpiredToken']));
    const events = await directory.audit.list({ limit: 1_000 });
    const exit = events.findIndex(({ event }) => event === 'ExitRole');
    expect(events.slice(exit).filter((one) => one.roleSessionId === session.id && one.outcome === 'SUCCEEDED')).toEqual(
      [expect.objectContaining({ event: 'ExitRole' })],
    );
  });

  it('commit nothing after their user was deleted', async () => {
    const { directory, sessions, user, during } = await open();
    const token = await sessions.getSessionToken(user, {}, NOON);
    const temporary = await sessions.authenticate(`Bearer ${token.sessionToken}`, NOON);
    const remove = () => sessions.deleteUser(OPERATOR, { userArn: alice, withDependents: true }, NOON);
    expect(await during(temporary, remove)).toEqual(new Set(['InvalidClientTokenId']));
    expect(await committedAfter(directory, 'DeleteUser', alice)).toEqual([]);
  });

  it('make no sessions, sign-ins or checkers any more', async () => {
    const { directory, sessions, key, user } = await open();
    const all = [
      sessions.setAccessKeyActive(OPERATOR, { accessKeyId: key.accessKeyId, active: false }, NOON),
      sessions.assumeRole(user, { role: R, roleSessionName: 's1' }, NOON),
      sessions.getSessionToken(user, {}, NOON),
      sessions.getFederationToken(user, { name: 'fred' }, NOON),
      sessions.signIn(key, NOON),
      sessions.createChecker(user, { name: 'c', accountIds: [A], actions: null, search: false, expiresAt: null }, NOON),
      sessions.createAccessKey({ userArn: bob }, user, NOON),
    ];
    await Promise.allSettled(all);
    expect(await committedAfter(directory, 'UpdateAccessKey', alice)).toEqual([]);
  });

  it('of a checker rotate nothing any more', async () => {
    const { sessions, user } = await open();
    const input = { name: 'c', accountIds: [A], actions: null, search: false, expiresAt: null };
    const { checker, token } = await sessions.createChecker(user, input, NOON);
    const asChecker = await sessions.authenticate(`Bearer ${token}`, NOON);
    await sessions.rotateChecker(OPERATOR, { checkerId: checker.id, expiresAt: null }, NOON);
    await expect(sessions.rotateChecker(asChecker, { checkerId: null, expiresAt: null }, NOON)).rejects.toMatchObject({
      code: 'InvalidClientTokenId',
    });
  });

  it('say so when they are asked before an operation', async () => {
    const { sessions, user } = await open();
    const assumed = await sessions.assumeRole(user, { role: R, roleSessionName: 's1' }, NOON);
    const inRole = await sessions.authenticate(bearer(assumed), NOON);
    await sessions.checkStillCounts(inRole, NOON);
    await sessions.exitRole(inRole, NOON + 1);
    await expect(sessions.checkStillCounts(inRole, NOON)).rejects.toMatchObject({ code: 'ExpiredToken' });
    await sessions.checkStillCounts(user, NOON);
    await sessions.checkStillCounts(OPERATOR, NOON);
    await sessions.checkStillCounts({ kind: 'anonymous' }, NOON);
  });
});
