import { describe, expect, test } from 'vitest';
import type { SignedRequest } from '../../src/aws/signing/signed-request.ts';
import { ALICE, BOB, credentialsIn, DATA_WRITER, EC2, NOW, openedDoor, outcome, textOf } from './door.ts';
import { altered, form, sign, unsigned } from './signed.ts';

const door = openedDoor();
const WHO = form('GetCallerIdentity');
const MINUTE = 60_000;

const who = (rest: Partial<Parameters<typeof sign>[1]> = {}) => sign(door.key(ALICE), { at: NOW, body: WHO, ...rest });
const told = (request: SignedRequest) => door.told(request);

describe('keys and tokens', () => {
  const invalid = ['403 InvalidClientTokenId', 'The security token included in the request is invalid.'];
  const assumed = async (key: string, role: string) =>
    credentialsIn(await door.ask(door.key(key), 'AssumeRole', { RoleArn: role, RoleSessionName: 'session' }));
  const asked = (key: Parameters<typeof sign>[0]) => told(sign(key, { at: door.now, body: WHO }));

  test('a key that is not there, and one that is off', async () => {
    expect(await asked(door.key('AKIANOTTHEREAAAAAAAA'))).toEqual(invalid);
    expect(await asked({ accessKeyId: 'AKIANOTTHEREAAAAAAAA', secretAccessKey: 'wrong' })).toEqual(invalid);
    const operator = { kind: 'operator' } as const;
    const off = await door.services.sessions.createAccessKey(
      { userArn: 'arn:aws:iam::222222222222:user/bob' },
      operator,
      NOW,
    );
    expect(outcome(await door.ask(off, 'GetCallerIdentity'))).toBe('200');
    await door.services.sessions.setAccessKeyActive(operator, { accessKeyId: off.accessKeyId, active: false }, NOW);
    expect(await asked(off)).toEqual(invalid);
    await door.services.sessions.deleteAccessKey(operator, { accessKeyId: off.accessKeyId }, NOW);
    expect(await asked(off)).toEqual(invalid);
  });

  test.each(['AKIA', 'x', `AKIA${'A'.repeat(4000)}`, 'ASIADEMOALICEAAAAAAA', 'AKIAÄDEMOALICEAAAAAA', '__proto__'])(
    'a key id of no long-term key: %.30s',
    async (accessKeyId) => {
      expect(await asked({ accessKeyId, secretAccessKey: 'x' })).toEqual(invalid);
    },
  );

  test('a long-term key has no token, a temporary one is nothing without', async () => {
    const role = await assumed(ALICE, DATA_WRITER);
    expect((await asked(role))[0]).toBe('200');
    expect(await asked({ ...door.key(ALICE), sessionToken: role.sessionToken })).toEqual(invalid);
    const { sessionToken: _token, ...bare } = role;
    expect(await asked(bare)).toEqual(invalid);
    expect(await asked({ ...role, sessionToken: 'eyJ.a.b' })).toEqual(invalid);
    expect((await asked({ ...role, secretAccessKey: 'wrong' }))[0]).toBe('403 SignatureDoesNotMatch');
  });

  test('the token of another session does not make a key speak for it', async () => {
    const mine = await assumed(ALICE, DATA_WRITER);
    const theirs = await assumed(EC2, 'arn:aws:iam::111111111111:role/WebServer');
    expect(await asked({ ...mine, sessionToken: theirs.sessionToken })).toEqual(invalid);
    expect(await asked({ ...theirs, sessionToken: mine.sessionToken })).toEqual(invalid);
  });

  test('a sign-in of a browser is no session token, nor is the operator anybody here', async () => {
    const mine = await assumed(ALICE, DATA_WRITER);
    const { token } = await door.services.sessions.signIn(door.key(ALICE), NOW);
    expect(await asked({ ...mine, sessionToken: token })).toEqual(invalid);
    expect(await asked({ ...mine, sessionToken: 'operator' })).toEqual(invalid);
  });

  test('a session that is over, by time and by leaving it', async () => {
    const expired = ['403 ExpiredToken', 'The security token included in the request is expired'];
    const mine = await assumed(ALICE, DATA_WRITER);
    const caller = await door.services.signInWith(mine.sessionToken);
    await door.services.sessions.exitRole(caller, NOW);
    expect(await asked(mine)).toEqual(expired);
    const other = await assumed(ALICE, DATA_WRITER);
    door.now = NOW + 60 * MINUTE;
    expect(await asked(other)).toEqual(expired);
  });
});

describe('guesses', () => {
  const wrong = (n: number, accessKeyId = ALICE) =>
    sign({ accessKeyId, secretAccessKey: `wrong-${n}` }, { at: door.now, body: WHO });
  const right = () => door.ask(door.key(ALICE), 'GetCallerIdentity');
  const codes = async (count: number, guess: (n: number) => SignedRequest) => {
    const all: string[] = [];
    for (let n = 0; n < count; n++) all.push(outcome(await door.send(guess(n))));
    return all;
  };

  test('at one key are slowed down by address and key, and the owner elsewhere is not', async () => {
    const all = await codes(20, wrong);
    expect(all).toEqual([...Array(5).fill('403 SignatureDoesNotMatch'), ...Array(15).fill('400 Throttling')]);
    const paused = await door.send(wrong(20));
    expect([paused.headers['retry-after'], textOf(paused, 'Message')]).toEqual(['1', 'Rate exceeded']);
    expect(outcome(await right())).toBe('400 Throttling');
    // Another key behind the same address goes on, and the owner somewhere else.
    expect(outcome(await door.ask(door.key(BOB), 'GetCallerIdentity'))).toBe('200');
    door.address = '192.0.2.2';
    expect(outcome(await right())).toBe('200');
  });

  test('behind the address of the owner, who was there before, stop nobody', async () => {
    expect(outcome(await right())).toBe('200');
    const token = { accessKeyId: ALICE, secretAccessKey: 'x', sessionToken: 'x' };
    for (let n = 0; n < 40; n++) {
      await door.send(wrong(n));
      await door.send(sign(token, { at: door.now, body: WHO }));
      expect(outcome(await right())).toBe('200');
    }
  });

  test('at the same time gain nothing, also with one signature for many requests', async () => {
    const told = async (guesses: readonly SignedRequest[]) => {
      door.restart();
      const all = await Promise.all(guesses.map((guess) => door.send(guess)));
      return all.filter((answer) => outcome(answer) === '403 SignatureDoesNotMatch').length;
    };
    expect(await told(Array.from({ length: 50 }, (_, n) => wrong(n)))).toBe(5);
    const one = wrong(0);
    const bodies = Array.from({ length: 50 }, (_, n) => ({ ...one, body: Buffer.from(`${WHO}&Guess=${n}`) }));
    expect(await told(bodies)).toBe(5);
    const queries = Array.from({ length: 50 }, (_, n) => ({ ...one, query: `Guess=${n}` }));
    expect(await told(queries)).toBe(5);
    // One after the other they all count, too.
    expect(await codes(1, () => one)).toEqual(['400 Throttling']);
  });

  test('at as many keys are slowed down by address', async () => {
    const all = await codes(40, (n) => wrong(n, `AKIA${String(n).padStart(16, '0')}`));
    expect(all).toEqual([...Array(30).fill('403 InvalidClientTokenId'), ...Array(10).fill('400 Throttling')]);
  });

  test('what can be refused without the secret does not count', async () => {
    await codes(50, () => who({ at: NOW - 10 * MINUTE }));
    await codes(50, () => altered(unsigned(WHO), { authorization: 'AWS4-HMAC-SHA256 x' }));
    await codes(50, () => unsigned(WHO));
    expect(outcome(await right())).toBe('200');
  });

  test('are not remembered: signing keys that were never right', async () => {
    await codes(3, wrong);
    expect(door.signingKeys.size).toBe(0);
    await right();
    await right();
    expect(door.signingKeys.size).toBe(1);
  });
});
