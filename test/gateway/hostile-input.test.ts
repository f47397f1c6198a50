import fs from 'node:fs';
import { connect } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { TOTP } from 'otpauth';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { directoryDocument } from './given.ts';
import { type Outcome, operationOf, outcomeOf } from './operations.ts';
import { basic, bearer, type Headers, type StartedGateway, start } from './started.ts';
import { fromElsewhere } from './tokens.ts';

const ALICE = 'arn:aws:iam::111111111111:user/alice';
const ROLE = 'arn:aws:iam::111111111111:role/R';
const WEB = 'arn:aws:iam::111111111111:role/Web';
const PROVIDER = 'arn:aws:iam::111111111111:oidc-provider/id.example.com';
const WORLD = directoryDocument({
  users: { [ALICE]: { policy: [{ Effect: 'Allow', Action: 'sts:*', Resource: '*' }] } },
  roles: {
    [ROLE]: {
      trust: [
        {
          Effect: 'Allow',
          Principal: { AWS: ALICE },
          Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
        },
      ],
      policy: [{ Effect: 'Allow', Action: 's3:*', Resource: 'arn:aws:s3:::b/${aws:PrincipalTag/__proto__}' }],
    },
    [WEB]: {
      trust: [
        {
          Effect: 'Allow',
          Principal: { Federated: PROVIDER },
          Action: ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession', 'sts:SetSourceIdentity'],
        },
      ],
    },
  },
});

type Key = Awaited<ReturnType<StartedGateway['newKey']>>;
let gateway: StartedGateway;
let key: Key;
const provider = generateKeyPair('ES256', { extractable: true });
/** What the gateway has written to its log, at its most talkative. */
const log: string[] = [];
/** Everything that must never be in it. */
const secrets = new Set<string>();

beforeAll(async () => {
  const write = fs.writeSync;
  vi.spyOn(fs, 'writeSync').mockImplementation((fd: number, ...rest: [string]) => {
    if (fd !== 2) return write(fd, ...rest);
    log.push(rest[0]);
    return Buffer.byteLength(rest[0]);
  });
  gateway = await start({ LOG_LEVEL: 'trace', ROLEGATE_TRUSTED_PROXIES: '127.0.0.1' });
  const { directory, sessions } = gateway.running.services;
  await directory.apply(WORLD);
  key = await gateway.newKey(ALICE);
  secrets.add(key.secretAccessKey);
  secrets.add(String(gateway.operator['authorization']).slice('Bearer '.length));
  const jwk = { ...(await exportJWK((await provider).publicKey)), kid: 'k', alg: 'ES256' };
  await sessions.createOidcProvider(
    { kind: 'operator' },
    {
      accountId: '111111111111',
      url: 'https://id.example.com',
      clientIds: ['app'],
      jwks: JSON.stringify({ keys: [jwk] }),
    },
    gateway.now,
  );
});
afterAll(async () => {
  await gateway.stop();
  vi.restoreAllMocks();
  expectNothingSecretLogged();
});

/** Nothing that signs anybody in, also not in the encoding of headers, and no token's signature alone. */
function expectNothingSecretLogged(): void {
  const all = log.join('');
  expect([...secrets].filter((secret) => all.includes(secret))).toEqual([]);
  expect([...secrets].filter((secret) => all.includes(Buffer.from(secret).toString('base64').slice(4, -4)))).toEqual(
    [],
  );
  const signatures = [...secrets].flatMap((secret) => secret.split('.').slice(2));
  expect(signatures.filter((signature) => all.includes(signature))).toEqual([]);
}

async function ask(name: string, input: object, headers: Headers = basic(key)): Promise<Outcome> {
  const operation = operationOf(name);
  const { body, cookies } = await gateway.ask(operation.query, { input }, { ...fromElsewhere(), ...headers });
  const outcome = outcomeOf(operation, body);
  for (const secret of [outcome['secretAccessKey'], outcome['sessionToken'], cookies[0]?.split('=')[1]]) {
    if (typeof secret === 'string' && secret !== '') secrets.add(secret);
  }
  return outcome;
}

const assume = (input: object, headers?: Headers) =>
  ask('assumeRole', { role: ROLE, roleSessionName: 's1', ...input }, headers);

/** Texts that programs stumble over. */
const TEXTS: readonly (readonly [what: string, text: string])[] = [
  ['a NUL', 'a\0b'],
  ['a line break', 'a\r\nX-Injected: 1'],
  ['a control character', 'a\u0007b'],
  ['a delete', 'a\u007fb'],
  ['an emoji', 'a😀b'],
  ['half of a surrogate pair', 'a\ud83db'],
  ['right-to-left', 'a\u202eb'],
  ['zero width', 'a\u200bb'],
  ['SQL', 'a\'; DROP TABLE "RoleSession"; --'],
  ['HTML', '<script>alert(1)</script>'],
  ['a variable', '${aws:username}'],
  ['a wildcard', 'a*'],
  ['a path', '../../etc/passwd'],
  ['a mebibyte', 'x'.repeat(1_048_576)],
];

describe.each(TEXTS)('%s', (_what, text) => {
  test.each(['roleSessionName', 'externalId', 'sourceIdentity', 'serialNumber', 'tokenCode'])(
    'is no %s',
    async (field) => {
      const allowed = field === 'externalId' || field === 'serialNumber' ? /^[\w+=,.@:/-]*$/ : /^[\w+=,.@-]*$/;
      // Codes of other tests are forgotten by now.
      if (field === 'tokenCode') gateway.advance(24 * 3600);
      const outcome = await assume({ [field]: text });
      const isTaken = text.length <= 256 && allowed.test(text) && field !== 'tokenCode';
      expect(outcome['is']).toBe(
        isTaken ? (field === 'serialNumber' ? 'AccessDenied' : 'AssumeRoleSuccess') : 'ValidationError',
      );
      expect(JSON.stringify(outcome).length).toBeLessThan(5_000);
    },
  );

  test('is neither key nor value of a tag', async () => {
    for (const tag of [
      { key: text, value: 'v' },
      { key: 'k', value: text },
    ]) {
      const outcome = await assume({ tags: [tag] });
      const isTaken = text.length <= 128 && /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u.test(text);
      expect(outcome['is']).toBe(isTaken ? 'AssumeRoleSuccess' : 'ValidationError');
    }
  });

  test('is no role, no policy, no name of a federated user, no key id', async () => {
    const role = await assume({ role: `arn:aws:iam::111111111111:role/${text}` });
    expect(['AccessDenied', 'ValidationError', 'error']).toContain(role['is']);
    expect(role['code']).not.toBe('INTERNAL_SERVER_ERROR');
    const arn = await assume({ sessionPolicyArns: [`arn:aws:iam::111111111111:policy/${text}`] });
    expect(['ValidationError', 'error']).toContain(arn['is']);
    expect(arn['code']).not.toBe('INTERNAL_SERVER_ERROR');
    const policy = await assume({ sessionPolicies: [text] });
    expect(['MalformedPolicyDocument', 'ValidationError', 'error']).toContain(policy['is']);
    expect(policy['code']).not.toBe('INTERNAL_SERVER_ERROR');
    expect((await ask('getFederationToken', { name: text }))['is']).toBe('ValidationError');
    // Without credentials no more than 64 KiB are read.
    const accessKeyId = text.slice(0, 20_000);
    const signIn = await ask('signIn', { accessKeyId, secretAccessKey: accessKeyId }, {});
    expect(signIn).toMatchObject({ is: 'AuthenticationFailed', code: 'InvalidClientTokenId' });
  });
});

describe('names of JavaScript', () => {
  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'prototype'])(
    '%s is a tag like others',
    async (name) => {
      const outcome = await assume({ tags: [{ key: name, value: 'v' }], transitiveTagKeys: [name] });
      expect(outcome['is']).toBe('AssumeRoleSuccess');
      const tags = Object.entries(outcome['tags'] ?? {});
      expect(tags).toEqual([[name, 'v']]);
      const can =
        'query ($resource: Arn!) { viewer { principal { can(action: "s3:GetObject", resource: $resource) { effect } } } }';
      const headers = bearer(String(outcome['sessionToken']));
      const { body } = await gateway.ask(can, { resource: 'arn:aws:s3:::b/v' }, headers);
      expect(body.data.viewer.principal.can.effect).toBe(name === '__proto__' ? 'ALLOWED' : 'IMPLICIT_DENY');
    },
  );
});

describe('session policies', () => {
  const statement = { Effect: 'Allow', Action: 's3:*', Resource: '*' };
  test.each<[string, unknown]>([
    ['a list', [statement]],
    ['null', 'null'],
    ['a number', '1'],
    ['no statement', { Version: '2012-10-17' }],
    ['another version', { Version: '2013-10-17', Statement: [statement] }],
    ['an unknown element', { Version: '2012-10-17', Statement: [{ ...statement, Execute: true }] }],
    ['an unknown effect', { Version: '2012-10-17', Statement: [{ ...statement, Effect: 'Perhaps' }] }],
    ['a principal', { Version: '2012-10-17', Statement: [{ ...statement, Principal: '*' }] }],
    [
      'an operator that is none',
      { Version: '2012-10-17', Statement: [{ ...statement, Condition: { Is: { a: 'b' } } }] },
    ],
    ['depth', `${'['.repeat(1000)}${']'.repeat(1000)}`],
    ['depth in an object', `${'{"Statement":'.repeat(140)}1${'}'.repeat(140)}`],
  ])('that are none: %s', async (_name, document) => {
    const outcome = await assume({ sessionPolicies: [document] });
    expect(['MalformedPolicyDocument', 'error']).toContain(outcome['is']);
    expect(['MalformedPolicyDocument', 'BAD_USER_INPUT']).toContain(outcome['code']);
  });
});

describe('one-time codes', () => {
  const MFA = 'arn:aws:iam::111111111111:mfa/alice';
  const operator = { kind: 'operator' } as const;
  let totp: TOTP;
  const codeNow = () => totp.generate({ timestamp: gateway.now });
  // Each test has a device of its own, and nobody has guessed for a day.
  beforeEach(async () => {
    gateway.advance(24 * 3600);
    const { sessions } = gateway.running.services;
    const device = await sessions.createVirtualMfaDevice(
      operator,
      { accountId: '111111111111', name: 'alice' },
      gateway.now,
    );
    secrets.add(device.seed);
    totp = new TOTP({ secret: device.seed, algorithm: 'SHA1', digits: 6, period: 30 });
    const [authenticationCode1, authenticationCode2] = [totp.generate({ timestamp: gateway.now - 30_000 }), codeNow()];
    const codes = { authenticationCode1, authenticationCode2 };
    await sessions.enableMfaDevice(operator, { userArn: ALICE, serialNumber: MFA, ...codes }, gateway.now);
  });
  afterEach(async () => {
    const { sessions } = gateway.running.services;
    await sessions.deactivateMfaDevice(operator, { userArn: ALICE, serialNumber: MFA }, gateway.now);
    await sessions.deleteVirtualMfaDevice(operator, MFA, gateway.now);
  });

  test('the one that enabled the device is used up', async () => {
    expect(await assume({ serialNumber: MFA, tokenCode: codeNow() })).toMatchObject({ is: 'AccessDenied' });
  });

  test('of twenty requests with one code at once, exactly one gets in', async () => {
    for (let round = 0; round < 3; round += 1) {
      gateway.advance(24 * 3600);
      const tokenCode = codeNow();
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          index % 2 === 0
            ? assume({ serialNumber: MFA, tokenCode })
            : ask('getSessionToken', { serialNumber: MFA, tokenCode }),
        ),
      );
      const successes = outcomes.filter(({ is }) => is === 'AssumeRoleSuccess' || is === 'GetSessionTokenSuccess');
      expect(successes).toHaveLength(1);
      const refused = outcomes.filter(({ code }) => code === 'AccessDenied' || code === 'RATE_LIMITED');
      expect(refused).toHaveLength(19);
    }
  });

  test('an older one than the last is refused, also within the window', async () => {
    gateway.advance(24 * 3600);
    const older = codeNow();
    gateway.advance(30);
    expect(await assume({ serialNumber: MFA, tokenCode: codeNow() })).toMatchObject({ is: 'AssumeRoleSuccess' });
    expect(await assume({ serialNumber: MFA, tokenCode: older })).toMatchObject({ is: 'AccessDenied' });
  });
});

describe('tokens of providers', () => {
  const seconds = () => Math.floor(gateway.now / 1000);
  const tokenOf = async (claims: object, header: object = {}) => {
    // A wrong one is forgotten after a quarter of an hour: who comes slowly enough is answered.
    gateway.advance(15 * 60);
    const all = {
      iss: 'https://id.example.com',
      aud: 'app',
      sub: 'u-1',
      iat: seconds(),
      exp: seconds() + 300,
      ...claims,
    };
    return new SignJWT(all).setProtectedHeader({ alg: 'ES256', kid: 'k', ...header }).sign((await provider).privateKey);
  };
  const come = async (webIdentityToken: string) =>
    ask('assumeRoleWithWebIdentity', { role: WEB, roleSessionName: 's1', webIdentityToken }, {});

  test('one that is right, and subjects that programs stumble over', async () => {
    expect(await come(await tokenOf({}))).toMatchObject({ is: 'AssumeRoleWithWebIdentitySuccess' });
    for (const [, text] of TEXTS.filter(([, each]) => each.length < 100)) {
      const outcome = await come(await tokenOf({ sub: text }));
      expect(['AssumeRoleWithWebIdentitySuccess', 'InvalidIdentityToken', 'AccessDenied']).toContain(outcome['is']);
    }
  });

  test.each<[string, object, string]>([
    ['without a subject', { sub: undefined }, 'InvalidIdentityToken'],
    ['with an empty subject', { sub: '' }, 'InvalidIdentityToken'],
    ['with a subject that is none', { sub: { a: 1 } }, 'InvalidIdentityToken'],
    ['for nobody', { aud: undefined }, 'InvalidIdentityToken'],
    ['for others', { aud: ['x', 'y'] }, 'InvalidIdentityToken'],
    ['that never ends', { exp: undefined }, 'InvalidIdentityToken'],
    ['of an issuer over http', { iss: 'http://id.example.com' }, 'InvalidIdentityToken'],
    ['of an issuer with a path', { iss: 'https://id.example.com/' }, 'InvalidIdentityToken'],
    ['with a NUL in a tag', { 'https://aws.amazon.com/tags': { principal_tags: { k: ['a\0b'] } } }, 'ValidationError'],
    [
      'with two values of a tag',
      { 'https://aws.amazon.com/tags': { principal_tags: { k: ['a', 'b'] } } },
      'InvalidIdentityToken',
    ],
    ['with a source identity of AWS', { 'https://aws.amazon.com/source_identity': 'aws:x' }, 'ValidationError'],
    ['that is longer than 20,000 characters', { pad: 'x'.repeat(20_000) }, 'InvalidIdentityToken'],
  ])('%s', async (_name, claims, is) => {
    expect((await come(await tokenOf(claims)))['is']).toBe(is);
  });

  test('our own session token is none', async () => {
    const { sessionToken } = await assume({});
    expect(await come(String(sessionToken))).toMatchObject({ is: 'InvalidIdentityToken' });
  });
});

describe('headers', () => {
  /** What comes back for a request written by hand. */
  const raw = (head: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const { hostname, port } = new URL(gateway.url);
      const socket = connect(Number(port), hostname, () => socket.end(head, 'latin1'));
      let answer = '';
      socket.setEncoding('latin1').on('data', (text: string) => {
        answer += text;
      });
      socket.on('end', () => resolve(answer)).on('error', reject);
    });
  const body = JSON.stringify({ query: '{ viewer { principal { principalId } } }' });
  const post = (...headers: readonly string[]): Promise<string> =>
    raw(
      [
        'POST /graphql HTTP/1.1',
        'Host: localhost',
        'Content-Type: application/json',
        'Connection: close',
        `Content-Length: ${body.length}`,
        ...headers,
        '',
        body,
      ].join('\r\n'),
    );
  const authorization = () => basic(key)['authorization'] ?? '';

  test('two of who is calling: neither counts', async () => {
    const operator = gateway.operator['authorization'];
    const both = await post(`Authorization: ${authorization()}`, `Authorization: ${operator}`);
    expect(both).toMatch(/^HTTP\/1\.1 400/);
    expect(both).toContain('the header `authorization` must be sent once');
    expect(both).not.toContain(ALICE);
  });

  test.each([
    ['a NUL', 'Authorization: Bearer a\0b'],
    ['a bare carriage return', 'Authorization: Bearer a\rX: b'],
    ['a line that is folded', 'Authorization: Bearer a\r\n b'],
    ['32 KiB of it', `Authorization: Bearer ${'a'.repeat(32_768)}`],
    ['no scheme', 'Authorization: abc'],
    ['another scheme', 'Authorization: AWS4-HMAC-SHA256 Credential=AKIA/20261123/us-east-1/sts/aws4_request'],
    ['basic without a colon', 'Authorization: Basic YWJj'],
    ['a space in a name', 'Authori zation: x'],
    ['two lengths', 'Content-Length: 5'],
    ['a length and chunks', 'Transfer-Encoding: chunked'],
  ])('%s is refused', async (_name, header) => {
    const answer = await post(header);
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(answer).not.toContain('principalId');
  });

  test('a request id that is not harmless is not sent back', async () => {
    const answer = await post('X-Request-Id: <script>', `Authorization: ${authorization()}`);
    expect(answer).toMatch(/^HTTP\/1\.1 200/);
    expect(answer).not.toContain('<script>');
  });

  test('what the client says about itself is kept in bounds, and changes nothing', async () => {
    const userAgent = 'é"\\${jndi:ldap://x}'.repeat(200);
    const answer = await post(`User-Agent: ${userAgent}`, `Authorization: ${authorization()}`);
    expect(answer).toContain(ALICE);
  });
});

// Over all tests of this file this is looked at once more, at their end.
test('nothing that signs anybody in is logged, though everything is', async () => {
  const [lines, known] = [log.length, secrets.size];
  for (const [, text] of TEXTS) {
    const { sessionToken } = await assume({});
    await assume({ externalId: text });
    await ask('assumeRole', { role: ROLE, roleSessionName: text }, bearer(String(sessionToken)));
    await ask('getSessionToken', { tokenCode: text });
    await ask('signIn', key, {});
    await ask('signIn', { ...key, secretAccessKey: `${key.secretAccessKey.slice(1)}!` }, {});
  }
  expect(log.length - lines).toBeGreaterThanOrEqual(6 * TEXTS.length);
  expect(secrets.size - known).toBeGreaterThanOrEqual(3 * TEXTS.length);
  expectNothingSecretLogged();
});
