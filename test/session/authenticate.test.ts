import { generateKeyPairSync } from 'node:crypto';
import { SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { principalIdOf } from '../../src/policy/principal-id.ts';
import { allow, aRole, aUser, roleArn, trusts, userArn } from '../support/policies.ts';
import { NOON } from '../support/questions.ts';
import { basic, bearer, type Gateway, open, signIn } from './gateway.ts';

const alice = userArn('alice');
const R = roleArn('R');
const HOUR = 3_600_000;
const INVALID = { code: 'InvalidClientTokenId', message: 'The security token included in the request is invalid.' };
const EXPIRED = { code: 'ExpiredToken', message: 'The security token included in the request is expired' };

function aGateway(): Promise<Gateway> {
  return open({
    users: [aUser('alice'), aUser('bob')],
    roles: [aRole('R', [trusts({ AWS: alice })], [allow('s3:*')])],
  });
}

async function inRole(gateway: Gateway): Promise<string> {
  const caller = await signIn(gateway, { userArn: alice }, NOON);
  return bearer(await gateway.sessions.assumeRole(caller, { role: R, roleSessionName: 's1' }, NOON));
}

describe('an access key', () => {
  it('signs its user in, with one look-up', async () => {
    const gateway = await aGateway();
    const key = await gateway.sessions.createAccessKey({ userArn: alice });
    expect(key.accessKeyId).toMatch(/^AKIA[A-Z2-7]{16}$/);
    expect(key.secretAccessKey).toMatch(/^[A-Za-z0-9+/]{40}$/);
    gateway.statements.length = 0;
    const caller = await gateway.sessions.authenticate(basic(key), NOON);
    expect(caller).toMatchObject({
      kind: 'principal',
      ref: { kind: 'user', arn: alice },
      keyId: key.accessKeyId,
      session: null,
    });
    expect(gateway.statements).toHaveLength(1);
  });

  it('signs its service in', async () => {
    const caller = await signIn(await aGateway(), { service: 'ec2.amazonaws.com' }, NOON);
    expect(caller).toMatchObject({ ref: { kind: 'service', service: 'ec2.amazonaws.com' }, session: null });
  });

  it('exists twice per user at most, and for those who are there', async () => {
    const { sessions } = await aGateway();
    await sessions.createAccessKey({ userArn: alice });
    await sessions.createAccessKey({ userArn: alice });
    await expect(sessions.createAccessKey({ userArn: alice })).rejects.toMatchObject({
      code: 'LimitExceeded',
    });
    await expect(sessions.createAccessKey({ userArn: userArn('nobody') })).rejects.toMatchObject({
      code: 'NoSuchEntity',
    });
    await expect(sessions.createAccessKey({ service: 'ec2' })).rejects.toMatchObject({ field: 'service' });
  });

  it('is refused alike when it is unknown and when it is switched off', async () => {
    const gateway = await aGateway();
    const key = await gateway.sessions.createAccessKey({ userArn: alice });
    const unknown = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: key.secretAccessKey };
    await expect(gateway.sessions.authenticate(basic(unknown), NOON)).rejects.toMatchObject(INVALID);
    await gateway.sessions.setAccessKeyActive({ kind: 'operator' }, { ...key, active: false }, NOON);
    await expect(gateway.sessions.authenticate(basic(key), NOON)).rejects.toMatchObject(INVALID);
  });

  it('is refused with another secret, also that of another key', async () => {
    const { sessions } = await aGateway();
    const key = await sessions.createAccessKey({ userArn: alice });
    const other = await sessions.createAccessKey({ userArn: userArn('bob') });
    for (const secretAccessKey of [
      other.secretAccessKey,
      '',
      key.secretAccessKey.slice(1),
      `${key.secretAccessKey} `,
    ]) {
      const attempt = sessions.authenticate(basic({ ...key, secretAccessKey }), NOON);
      await expect(attempt).rejects.toMatchObject({ code: 'SignatureDoesNotMatch' });
    }
  });

  it('that is temporary counts only with its token', async () => {
    const gateway = await aGateway();
    const caller = await signIn(gateway, { userArn: alice }, NOON);
    const { credentials } = await gateway.sessions.assumeRole(caller, { role: R, roleSessionName: 's1' }, NOON);
    await expect(gateway.sessions.authenticate(basic(credentials), NOON)).rejects.toMatchObject(INVALID);
  });
});

describe('a header', () => {
  it('that is not there is nobody', async () => {
    expect(await (await aGateway()).sessions.authenticate(null, NOON)).toEqual({ kind: 'anonymous' });
  });

  it('with the operator token is the operator', async () => {
    const { sessions } = await aGateway();
    expect(await sessions.authenticate('Bearer operator-token', NOON)).toEqual({ kind: 'operator' });
    expect(await sessions.authenticate('bearer  operator-token ', NOON)).toEqual({ kind: 'operator' });
    await expect(sessions.authenticate('Bearer operator-toke', NOON)).rejects.toMatchObject(INVALID);
  });

  it.each([
    ['', 'IncompleteSignature'],
    ['Bearer', 'IncompleteSignature'],
    ['Digest hunter2', 'IncompleteSignature'],
    ['Basic aHVudGVyMg==', 'IncompleteSignature'],
    ['Basic hunter2 hunter2', 'IncompleteSignature'],
    ['Bearer hunter2', 'InvalidClientTokenId'],
    [`Bearer ${'hunter2'.repeat(1000)}`, 'InvalidClientTokenId'],
    [`Bearer ${'hunter2'.repeat(2000)}`, 'IncompleteSignature'],
    ['AWS4-HMAC-SHA256 Credential=hunter2', 'IncompleteSignature'],
  ])('%s is refused without being repeated', async (header, code) => {
    const error: unknown = await (await aGateway()).sessions
      .authenticate(header, NOON)
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code });
    expect(String(error)).not.toContain('hunter2');
  });
});

describe('a session token', () => {
  it('makes its holder the role session, with one look-up', async () => {
    const gateway = await aGateway();
    const header = await inRole(gateway);
    gateway.statements.length = 0;
    const caller = await gateway.sessions.authenticate(header, NOON + HOUR - 1000);
    expect(caller).toMatchObject({ kind: 'principal', session: { roleArn: R, assumedBy: alice } });
    expect(caller.kind === 'principal' ? principalIdOf(caller.ref) : null).toBe(
      'arn:aws:sts::111111111111:assumed-role/R/s1',
    );
    expect(gateway.statements).toHaveLength(1);
  });

  it('ends with its time', async () => {
    const gateway = await aGateway();
    const header = await inRole(gateway);
    await expect(gateway.sessions.authenticate(header, NOON + HOUR)).rejects.toMatchObject(EXPIRED);
  });

  it('ends when its holder leaves the role', async () => {
    const gateway = await aGateway();
    const header = await inRole(gateway);
    await gateway.sessions.exitRole(await gateway.sessions.authenticate(header, NOON), NOON + 1000);
    await expect(gateway.sessions.authenticate(header, NOON + 2000)).rejects.toMatchObject(EXPIRED);
  });

  it.each([false, true])('is dead when its role was deleted (and made again: %s)', async (recreate) => {
    const gateway = await aGateway();
    const header = await inRole(gateway);
    await gateway.directory.entities.deleteRole({ roleArn: R, withDependents: true });
    if (recreate) await gateway.directory.apply({ roles: [aRole('R', [trusts({ AWS: alice })])] });
    await expect(gateway.sessions.authenticate(header, NOON)).rejects.toMatchObject(INVALID);
  });

  it('is refused when any part of it was altered', async () => {
    const gateway = await aGateway();
    const [header = '', payload = '', signature = ''] = (await inRole(gateway)).slice('Bearer '.length).split('.');
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const altered = [
      `${header}.${encode({ ...Object(claims), exp: (NOON + 100 * HOUR) / 1000 })}.${signature}`,
      `${header}.${payload}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`,
      `${header}.${payload}.`,
      `${encode({ alg: 'none', typ: 'rolegate-session+jwt' })}.${payload}.`,
      `${encode({ alg: 'none' })}.${payload}.${signature}`,
      `${header}.${payload}`,
    ];
    for (const token of altered) {
      await expect(gateway.sessions.authenticate(`Bearer ${token}`, NOON)).rejects.toMatchObject(INVALID);
    }
  });

  it('is refused when it was signed with another key, or in another way', async () => {
    const gateway = await aGateway();
    const caller = await gateway.sessions.authenticate(await inRole(gateway), NOON);
    const id = caller.kind === 'principal' ? (caller.session?.id ?? '') : '';
    const token = (options: { typ?: string; iss?: string; aud?: string; alg?: string }): SignJWT =>
      new SignJWT({
        sub: 'x',
        jti: id,
        iat: NOON / 1000,
        exp: (NOON + HOUR) / 1000,
        iss: options.iss ?? 'rolegate',
        aud: options.aud ?? 'rolegate',
        table: 'role',
      }).setProtectedHeader({ alg: options.alg ?? 'EdDSA', typ: options.typ ?? 'rolegate-session+jwt' });
    const { privateKey, publicKey: verificationKey } = gateway.secrets.signingKey(1);
    const accepted = await token({}).sign(privateKey);
    expect(await gateway.sessions.authenticate(`Bearer ${accepted}`, NOON)).toMatchObject({ session: { id } });

    const foreign = generateKeyPairSync('ed25519').privateKey;
    const publicKey = verificationKey.export({ format: 'der', type: 'spki' });
    const refused = [
      await token({}).sign(foreign),
      // The public key, which everybody may have, used as the secret of an HMAC.
      await token({ alg: 'HS256' }).sign(publicKey),
      await token({ typ: 'JWT' }).sign(privateKey),
      await token({ iss: 'other' }).sign(privateKey),
      await token({ aud: 'other' }).sign(privateKey),
    ];
    for (const each of refused) {
      await expect(gateway.sessions.authenticate(`Bearer ${each}`, NOON)).rejects.toMatchObject(INVALID);
    }
  });

  it('is refused by a gateway of another directory', async () => {
    const header = await inRole(await aGateway());
    await expect((await aGateway()).sessions.authenticate(header, NOON)).rejects.toMatchObject(INVALID);
  });
});
