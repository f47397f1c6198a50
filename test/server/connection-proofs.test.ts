import { describe, expect, it } from 'vitest';
import { KeyGuard } from '../../src/guard/key-guard.ts';
import { type Admitted, type Authenticate, authenticateWith } from '../../src/server/authenticate.ts';
import type { Refusal } from '../../src/server/graphql-error.ts';
import type { RequestHead } from '../../src/server/request-head.ts';
import type { Caller } from '../../src/session/caller.ts';
import { basic, bearer, type Gateway, open } from '../session/gateway.ts';
import { allow, aRole, aUser, roleArn, trusts, userArn } from '../support/policies.ts';
import { NOON } from '../support/questions.ts';

// A connection remembers what its last credentials proved, but never for longer than they are right.

const alice = userArn('alice');
const R = roleArn('R');
const HOUR = 3_600_000;
const OPERATOR: Caller = { kind: 'operator' };

interface Door {
  readonly gateway: Gateway;
  readonly ask: (authorization: string, options?: Options) => ReturnType<Authenticate>;
  /** How often credentials were proved. */
  readonly proved: () => number;
}

interface Options {
  readonly connection?: object;
  readonly address?: string;
  readonly now?: number;
}

async function aDoor(): Promise<Door> {
  const gateway = await open({
    users: [aUser('alice')],
    roles: [aRole('R', [trusts({ AWS: alice })], [allow('s3:*')])],
  });
  const { sessions } = gateway;
  let proved = 0;
  const prove: typeof sessions.prove = (authorization, now) => {
    proved += 1;
    return sessions.prove(authorization, now);
  };
  const authenticate = authenticateWith({ ...sessions, prove }, new KeyGuard());
  const one = {};
  const ask: Door['ask'] = (authorization, { connection = one, address = '192.0.2.1', now = NOON } = {}) => {
    const header = (name: string): string | null => (name === 'authorization' ? authorization : null);
    const head: RequestHead = { header, connection, remoteAddress: address, encrypted: false };
    return authenticate(head, { address, secure: false, host: null, throughProxy: false }, now);
  };
  return { gateway, ask, proved: () => proved };
}

function callerOf(admitted: Admitted | Refusal): Caller {
  if ('status' in admitted) throw new Error(admitted.message);
  return admitted.caller;
}

const refusedAs = (awsCode: string): object => ({ status: 401, extensions: { awsCode } });

async function aKey({ gateway }: Door): Promise<string> {
  return basic(await gateway.sessions.createAccessKey({ userArn: alice }));
}

async function aToken(door: Door): Promise<string> {
  const caller = callerOf(await door.ask(await aKey(door), { connection: {} }));
  return bearer(await door.gateway.sessions.assumeRole(caller, { role: R, roleSessionName: 's1' }, NOON));
}

describe('the next request of a connection', () => {
  it('of the operator waits for nothing', async () => {
    const { ask, proved } = await aDoor();
    const first = ask('Bearer operator-token');
    expect(first).toBeInstanceOf(Promise);
    expect(callerOf(await first)).toEqual(OPERATOR);
    expect(ask('Bearer operator-token')).toEqual({ caller: OPERATOR, staleCookie: false });
    expect(proved()).toBe(1);
  });

  it.each([
    ['with a key', aKey],
    ['with a session token', aToken],
  ])('%s proves nothing, reads nothing, and has the same caller', async (_what, credentials) => {
    const door = await aDoor();
    const authorization = await credentials(door);
    const first = callerOf(await door.ask(authorization));
    const before = door.proved();
    door.gateway.statements.length = 0;
    expect(callerOf(await door.ask(authorization))).toBe(first);
    expect(door.proved()).toBe(before);
    expect(door.gateway.statements).toEqual([]);
  });

  it('with other credentials is not taken for the one before', async () => {
    const door = await aDoor();
    const authorization = await aKey(door);
    await door.ask(authorization);
    const wrong = Buffer.from(authorization.slice('Basic '.length), 'base64').toString('utf8').replace(/.$/, '~');
    expect(await door.ask(`Basic ${Buffer.from(wrong).toString('base64')}`)).toMatchObject(
      refusedAs('SignatureDoesNotMatch'),
    );
    expect(await door.ask('Bearer operator-tokem')).toMatchObject(refusedAs('InvalidClientTokenId'));
    expect(callerOf(await door.ask('Bearer operator-token'))).toEqual(OPERATOR);
    expect(await door.ask('Bearer operator-token', { address: '192.0.2.2' })).toMatchObject({ caller: OPERATOR });
    expect(callerOf(await door.ask(authorization))).toMatchObject({ kind: 'principal' });
  });

  it('from another address, or on another connection, is proved anew', async () => {
    const { ask, proved } = await aDoor();
    await ask('Bearer operator-token');
    await ask('Bearer operator-token', { address: '192.0.2.2' });
    await ask('Bearer operator-token', { connection: {} });
    expect(proved()).toBe(3);
  });

  it.each([
    [
      'when the key is inactive',
      'InvalidClientTokenId',
      async ({ sessions }: Gateway, keyId: string) =>
        sessions.setAccessKeyActive(OPERATOR, { accessKeyId: keyId, active: false }, NOON),
    ],
    [
      'when the key is deleted',
      'InvalidClientTokenId',
      async ({ sessions }: Gateway, keyId: string) => sessions.deleteAccessKey(OPERATOR, { accessKeyId: keyId }, NOON),
    ],
    [
      'when the user is deleted',
      'InvalidClientTokenId',
      async ({ directory }: Gateway) => directory.entities.deleteUser({ userArn: alice, withDependents: true }),
    ],
  ])('is refused %s', async (_what, code, change) => {
    const door = await aDoor();
    const authorization = await aKey(door);
    const caller = callerOf(await door.ask(authorization));
    await change(door.gateway, caller.kind === 'principal' ? caller.keyId : '');
    expect(await door.ask(authorization)).toMatchObject(refusedAs(code));
    expect(await door.ask(authorization)).toMatchObject(refusedAs(code));
  });

  it('is refused when the session was left, and when it has expired', async () => {
    const door = await aDoor();
    const authorization = await aToken(door);
    const caller = callerOf(await door.ask(authorization));
    expect(await door.ask(authorization, { now: NOON + HOUR })).toMatchObject(refusedAs('ExpiredToken'));
    expect(callerOf(await door.ask(authorization, { now: NOON + HOUR - 1 }))).toEqual(caller);
    await door.gateway.sessions.exitRole(caller, NOON);
    expect(await door.ask(authorization)).toMatchObject(refusedAs('ExpiredToken'));
  });

  it('is refused when its signing key is retired', async () => {
    const door = await aDoor();
    const authorization = await aToken(door);
    await door.ask(authorization);
    await door.gateway.sessions.rotateSigningKey(OPERATOR, {}, NOON);
    expect(callerOf(await door.ask(authorization))).toMatchObject({ kind: 'principal' });
    await door.gateway.sessions.rotateSigningKey(OPERATOR, { retireOlder: true }, NOON);
    expect(await door.ask(authorization)).toMatchObject(refusedAs('InvalidClientTokenId'));
  });
});
