import { createHmac, generateKeyPairSync, type KeyObject, sign as signBytes } from 'node:crypto';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { signInCookieNameAt } from '../server/exchange.ts';
import { directoryDocument } from './given.ts';
import { basic, bearer, type Headers, type StartedGateway, start } from './started.ts';
import { encoded, fromElsewhere, partsOf, withBitChanged } from './tokens.ts';

const ALICE = 'arn:aws:iam::111111111111:user/alice';
const ROLE = 'arn:aws:iam::111111111111:role/R';
const SESSION = 'arn:aws:sts::111111111111:assumed-role/R/s1';
const WORLD = directoryDocument({
  users: { [ALICE]: {} },
  roles: { [ROLE]: { trust: [{ Effect: 'Allow', Principal: { AWS: ALICE }, Action: 'sts:AssumeRole' }] } },
});
const VIEWER = '{ viewer { principal { principalId } } }';
const ASSUME = `mutation ($input: AssumeRoleInput!) { assumeRole(input: $input) {
  ... on AssumeRoleSuccess { credentials { accessKeyId secretAccessKey sessionToken } } ... on UserError { message } } }`;
const SESSION_TOKEN = `mutation { getSessionToken { ... on GetSessionTokenSuccess { credentials { sessionToken } } } }`;
const SIGN_IN = 'mutation ($input: SignInInput!) { signIn(input: $input) { __typename } }';

type Key = Awaited<ReturnType<StartedGateway['newKey']>>;
let gateway: StartedGateway;
let key: Key;

async function opened(): Promise<readonly [StartedGateway, Key]> {
  const started = await start({ ROLEGATE_TRUSTED_PROXIES: '127.0.0.1' });
  await started.running.services.directory.apply(WORLD);
  return [started, await started.newKey(ALICE)];
}
beforeAll(async () => {
  [gateway, key] = await opened();
});
afterAll(() => gateway.stop());

async function assumed(at = gateway, by = key, durationSeconds = 3600) {
  const input = { role: ROLE, roleSessionName: 's1', durationSeconds };
  const { body } = await at.ask(ASSUME, { input }, basic(by));
  const credentials: Readonly<Record<'accessKeyId' | 'secretAccessKey' | 'sessionToken', string>> =
    body.data.assumeRole.credentials;
  return credentials;
}

/** The name of our gateway's cookie. */
const cookieName = (): string => signInCookieNameAt(gateway.url);

async function cookieToken(at = gateway, by = key): Promise<string> {
  const { cookies } = await at.ask(SIGN_IN, { input: by });
  return (cookies[0] ?? '').replace(`${signInCookieNameAt(at.url)}=`, '');
}

/** Who these headers make the caller; null: nobody; or AWS's code for why they are not accepted. */
async function who(headers: Headers, at = gateway): Promise<string | null> {
  const { status, body } = await at.ask(VIEWER, {}, { ...fromElsewhere(), ...headers });
  if (body.errors === undefined) return body.data.viewer?.principal.principalId ?? null;
  expect(status).toBe(401);
  // Nothing of what was sent comes back.
  const sent = Object.values(headers)
    .flatMap((value) => value.split(/[\s.=]/))
    .filter((piece) => piece.length > 12);
  for (const piece of sent) expect(JSON.stringify(body)).not.toContain(piece);
  return body.errors[0].extensions.awsCode;
}

const whoBearing = (token: string): Promise<string | null> => who(bearer(token));
const INVALID = 'InvalidClientTokenId';

/** Of tokens by what they are, those that are answered otherwise than as invalid, with the answer. */
async function notInvalid(tokens: readonly (readonly [label: unknown, token: string])[]): Promise<readonly unknown[]> {
  const answers: unknown[] = [];
  for (const [label, token] of tokens) {
    const answer = await whoBearing(token);
    if (answer !== INVALID) answers.push([label, answer]);
  }
  return answers;
}
const EXPIRED = 'ExpiredToken';

test('what all of this is compared with: a token that is right', async () => {
  const { sessionToken } = await assumed();
  expect(await whoBearing(sessionToken)).toBe(SESSION);
});

describe('altered', () => {
  test.each([
    ['header', 0],
    ['payload', 1],
    ['signature', 2],
  ])('in its %s: every bit of letters at its beginning, in its middle and near its end', async (_name, part) => {
    const { sessionToken } = await assumed();
    const length = (sessionToken.split('.')[part] ?? '').length;
    const positions = [0, 1, Math.floor(length / 3), Math.floor(length / 2), length - 3, length - 2];
    const altered = positions.flatMap((position) =>
      [0, 1, 2, 3, 4, 5].map((bit) => [{ position, bit }, withBitChanged(sessionToken, part, position, bit)] as const),
    );
    expect(new Set([sessionToken, ...altered.map(([, token]) => token)]).size).toBe(37);
    expect(await notInvalid(altered)).toEqual([]);
  });

  test('in the bits that base64 leaves over at its end: nobody else, at most', async () => {
    const { sessionToken } = await assumed();
    const [, , signature = ''] = sessionToken.split('.');
    for (let bit = 0; bit < 6; bit += 1) {
      expect([INVALID, SESSION]).toContain(
        await whoBearing(withBitChanged(sessionToken, 2, signature.length - 1, bit)),
      );
    }
  });

  test('in its form', async () => {
    const { sessionToken } = await assumed();
    const [header, payload, signature] = sessionToken.split('.');
    const forms = [
      `${header}.${payload}`,
      `${header}.${payload}.`,
      `..${signature}`,
      `${header}..${signature}`,
      `${header}.${payload}.${signature}.${signature}`,
      `.${sessionToken}`,
      `${sessionToken}.`,
      `${payload}.${header}.${signature}`,
      sessionToken.slice(0, -1),
      sessionToken.toLowerCase(),
      `"${sessionToken}"`,
      `${sessionToken}A`,
      'null',
      '[object+Object]',
      `${'A'.repeat(5000)}.A.A`,
    ];
    expect(await notInvalid(forms.map((form) => [form.slice(0, 40), form]))).toEqual([]);
  });

  test('in what it says, under the signature it had', async () => {
    const { sessionToken } = await assumed();
    const other = await assumed();
    const { header, payload, signature } = partsOf(sessionToken);
    const changes = [
      { sub: 'arn:aws:sts::111111111111:assumed-role/Admin/s1' },
      { jti: partsOf(other.sessionToken).payload['jti'] },
      { exp: 4_102_444_800 },
      { table: 'key' },
      { aud: 'somebody' },
    ];
    const changed = changes.map((change) => `${encoded(header)}.${encoded({ ...payload, ...change })}.${signature}`);
    expect(await notInvalid(changed.map((token, i) => [changes[i], token]))).toEqual([]);
  });
});

describe('forged', () => {
  const stranger = generateKeyPairSync('ed25519');
  const ours = (generation = 1) => gateway.running.services.secrets.signingKey(generation);
  const signedBy = (privateKey: KeyObject, header: object, payload: object): string => {
    const text = `${encoded(header)}.${encoded(payload)}`;
    return `${text}.${signBytes(null, Buffer.from(text), privateKey).toString('base64url')}`;
  };
  const real = async () => partsOf((await assumed()).sessionToken);

  test('the way of these tests to sign is a right one', async () => {
    const { header, payload } = await real();
    expect(await whoBearing(signedBy(ours().privateKey, header, payload))).toBe(SESSION);
  });

  test('by a key of somebody else, whatever the header says about it', async () => {
    const { header, payload } = await real();
    const jwk = stranger.publicKey.export({ format: 'jwk' });
    const headers = [
      header,
      { ...header, kid: 'strangers' },
      { ...header, kid: undefined },
      { ...header, jwk },
      { ...header, kid: undefined, jwk },
      { ...header, jku: 'http://127.0.0.1:9/jwks.json' },
      { ...header, x5u: 'http://127.0.0.1:9/cert.pem' },
      { ...header, kid: '../../../../dev/null' },
      { ...header, kid: "' OR 1=1 --" },
      { ...header, kid: 1 },
      { ...header, kid: ['a'] },
    ];
    expect(await notInvalid(headers.map((one) => [one, signedBy(stranger.privateKey, one, payload)]))).toEqual([]);
  });

  test('by no key at all', async () => {
    const { header, payload } = await real();
    for (const alg of ['none', 'None', 'NONE', 'nOnE', '', undefined, null, 0]) {
      for (const signature of ['', 'AA']) {
        expect(await whoBearing(`${encoded({ ...header, alg })}.${encoded(payload)}.${signature}`)).toBe(INVALID);
      }
    }
  });

  test('with the public key taken for a shared secret', async () => {
    const { header, payload } = await real();
    const { publicKey, jwk } = ours();
    const secrets = [
      Buffer.from(jwk.x ?? '', 'base64url'),
      jwk.x ?? '',
      publicKey.export({ format: 'pem', type: 'spki' }),
      publicKey.export({ format: 'der', type: 'spki' }),
      JSON.stringify(jwk),
      JSON.stringify(await gateway.running.services.sessions.jwks(gateway.now)),
      '',
    ];
    for (const [alg, hash] of [
      ['HS256', 'sha256'],
      ['HS384', 'sha384'],
      ['HS512', 'sha512'],
    ] as const) {
      for (const secret of secrets) {
        const text = `${encoded({ ...header, alg })}.${encoded(payload)}`;
        const signature = createHmac(hash, secret).update(text).digest('base64url');
        expect(await whoBearing(`${text}.${signature}`)).toBe(INVALID);
      }
    }
  });

  test('with another algorithm', async () => {
    const { header, payload } = await real();
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const kid = String(header['kid']);
    for (const [alg, { privateKey }] of [
      ['RS256', rsa],
      ['PS256', rsa],
      ['ES256', ec],
    ] as const) {
      const token = await new SignJWT({ ...payload }).setProtectedHeader({ ...header, alg, kid }).sign(privateKey);
      expect(await notInvalid([[alg, token]])).toEqual([]);
    }
    const algorithms = ['Ed25519', 'EdDSA ', 'eddsa', 'HS256', 'RS256'];
    const named = algorithms.map((alg) => [alg, signedBy(ours().privateKey, { ...header, alg }, payload)] as const);
    expect(await notInvalid(named)).toEqual([]);
  });

  test('under our own key, with a header that asks for what is not understood, or of another kind', async () => {
    const { header, payload } = await real();
    const headers = [
      { ...header, crit: ['exp'], exp: 1 },
      { ...header, crit: ['nothing'], nothing: true },
      { ...header, crit: [] },
      { ...header, crit: ['b64'], b64: false },
      { ...header, typ: undefined },
      { ...header, typ: 'JWT' },
      { ...header, typ: 'rolegate-sign-in+jwt' },
      { ...header, typ: 'at+jwt' },
      { ...header, kid: ours(2).jwk.kid },
    ];
    expect(await notInvalid(headers.map((one) => [one, signedBy(ours().privateKey, one, payload)]))).toEqual([]);
  });

  test('under our own key, with claims that are missing, wrong or of a wrong type', async () => {
    const { header, payload } = await real();
    const claims = [
      { iss: 'somebody' },
      { iss: undefined },
      { aud: 'somebody' },
      { aud: undefined },
      { sub: undefined },
      { jti: undefined },
      { jti: 1 },
      { jti: { id: payload['jti'] } },
      { jti: 'no such session' },
      { jti: "' OR '1'='1" },
      { exp: undefined },
      { exp: 'tomorrow' },
      { iat: undefined },
      { table: undefined },
      { table: 'key' },
      { table: 'AccessKey' },
      { table: '__proto__' },
      { nbf: 4_102_444_800 },
    ];
    const signed = claims.map((claim) => signedBy(ours().privateKey, header, { ...payload, ...claim }));
    expect(await notInvalid(signed.map((token, i) => [claims[i], token]))).toEqual([]);
    expect(await whoBearing(signedBy(ours().privateKey, header, { ...payload, exp: 1 }))).toBe(EXPIRED);
    // The claim may say what it will: it is over when the session is that is stored.
    const { sessionToken } = await assumed(gateway, key, 900);
    const longer = signedBy(ours().privateKey, header, { ...partsOf(sessionToken).payload, exp: 4_102_444_800 });
    expect(await whoBearing(longer)).toBe(SESSION);
    gateway.advance(900);
    expect(await whoBearing(longer)).toBe(EXPIRED);
  });
});

describe('of one kind, used as another', () => {
  test('a cookie as bearer, a bearer token as cookie', async () => {
    const cookie = await cookieToken();
    expect(await who({ cookie: `${cookieName()}=${cookie}` })).toBe(ALICE);
    expect(await whoBearing(cookie)).toBe(INVALID);
    const { sessionToken } = await assumed();
    const { body } = await gateway.ask(SESSION_TOKEN, {}, basic(key));
    const tokens = [sessionToken, String(body.data.getSessionToken.credentials.sessionToken)];
    const operator = String(gateway.operator['authorization']).slice('Bearer '.length);
    for (const token of [...tokens, operator, key.secretAccessKey]) {
      expect(await who({ cookie: `${cookieName()}=${encodeURIComponent(token)}` })).toBeNull();
    }
  });

  test('the sign-in of another name, twice, empty or quoted', async () => {
    const cookie = await cookieToken();
    for (const text of [
      `__Host-${cookieName()}=${cookie}`,
      `Rolegate-Sign-In=${cookie}`,
      `${cookieName()}=`,
      cookieName(),
    ]) {
      expect([text.slice(0, 24), await who({ cookie: text })]).toEqual([text.slice(0, 24), null]);
    }
    const twice = await who({ cookie: `${cookieName()}=forged; ${cookieName()}=${cookie}` });
    // The first of them counts.
    expect(twice).toBeNull();
    // A header that is wrong is not made good by a cookie.
    expect(await who({ ...bearer('forged'), cookie: `${cookieName()}=${cookie}` })).toBe(INVALID);
  });

  test('keys and secrets in each other’s places', async () => {
    const credentials = await assumed();
    const operator = String(gateway.operator['authorization']).slice('Bearer '.length);
    expect(await who(basic(credentials))).toBe(INVALID);
    expect(await who(basic({ ...key, secretAccessKey: credentials.sessionToken }))).toBe('SignatureDoesNotMatch');
    expect(await who(basic({ accessKeyId: 'operator', secretAccessKey: operator }))).toBe(INVALID);
    expect(await whoBearing(key.accessKeyId)).toBe(INVALID);
    expect(await whoBearing(key.secretAccessKey)).toBe(INVALID);
    expect(await whoBearing(`${key.accessKeyId}:${key.secretAccessKey}`)).toBe(INVALID);
    expect(await whoBearing(operator.slice(0, -1))).toBe(INVALID);
    expect(await whoBearing(`${operator}A`)).toBe(INVALID);
  });
});

describe('of another time or place', () => {
  test('expired, left, and of a role that is gone', async () => {
    const { sessionToken: short } = await assumed(gateway, key, 900);
    const { sessionToken: left } = await assumed();
    await gateway.ask('mutation { exitRole { __typename } }', {}, bearer(left));
    expect(await whoBearing(left)).toBe(EXPIRED);
    gateway.advance(899);
    expect(await whoBearing(short)).toBe(SESSION);
    gateway.advance(1);
    expect(await whoBearing(short)).toBe(EXPIRED);
    const { sessionToken: gone } = await assumed();
    const remove = 'mutation ($input: DeleteRoleInput!) { deleteRole(input: $input) { __typename } }';
    await gateway.ask(remove, { input: { roleArn: ROLE, withDependents: true } }, gateway.operator);
    expect(await whoBearing(gone)).toBe(INVALID);
    await gateway.running.services.directory.apply(WORLD);
    expect(await whoBearing(gone)).toBe(INVALID);
  });

  test('of another gateway, which has the same users and roles', async () => {
    const [foreign, foreignKey] = await opened();
    onTestFinished(() => foreign.stop());
    const { sessionToken } = await assumed(foreign, foreignKey);
    expect(await who(bearer(sessionToken), foreign)).toBe(SESSION);
    expect(await whoBearing(sessionToken)).toBe(INVALID);
    expect(await who({ cookie: `${cookieName()}=${await cookieToken(foreign, foreignKey)}` })).toBeNull();
    expect(await who(basic(foreignKey))).toBe(INVALID);
    expect(await who(foreign.operator)).toBe(INVALID);
    expect(await who(basic({ ...key, secretAccessKey: foreignKey.secretAccessKey }))).toBe('SignatureDoesNotMatch');
  });

  test('of a key that was rotated: good until it is retired', async () => {
    const rotate = `mutation ($input: RotateSigningKeyInput) { rotateSigningKey(input: $input) {
      ... on RotateSigningKeySuccess { generation } ... on UserError { code } } }`;
    const [own, ownKey] = await opened();
    onTestFinished(() => own.stop());
    const { sessionToken: before } = await assumed(own, ownKey);
    const cookie = `${signInCookieNameAt(own.url)}=${await cookieToken(own, ownKey)}`;
    const kid = (token: string) => partsOf(token).header['kid'];
    const refused = await own.ask(rotate, {}, basic(ownKey));
    expect(refused.body.data).toEqual({ rotateSigningKey: { code: 'AccessDenied' } });
    expect((await own.ask(rotate, {}, own.operator)).body.data.rotateSigningKey).toEqual({ generation: 2 });
    const { sessionToken: after } = await assumed(own, ownKey);
    expect(kid(after)).not.toBe(kid(before));
    const all = () => Promise.all([bearer(before), bearer(after), { cookie }].map((headers) => who(headers, own)));
    expect(await all()).toEqual([SESSION, SESSION, ALICE]);
    await own.ask(rotate, { input: { retireOlder: true } }, own.operator);
    expect(await all()).toEqual([INVALID, INVALID, null]);
    const { sessionToken: newest } = await assumed(own, ownKey);
    expect(await who(bearer(newest), own)).toBe(SESSION);
  });
});
