import { Secret, TOTP } from 'otpauth';
import { beforeAll, describe, expect, test } from 'vitest';
import { KeyGuard } from '../../src/guard/key-guard.ts';
import { ALICE, credentialsIn, DATA_WRITER, EC2, NOW, openedDoor, outcome, textOf } from './door.ts';
import { form, unsigned } from './signed.ts';
import { registerProvider, type WebIdentities } from './web-identities.ts';
import { CAROL, CAROL_ARN, CI, doorWorld, HOP, NEXT, PARTNER, PROVIDER, WITH_MFA } from './world.ts';

const door = openedDoor(doorWorld);
let provider: WebIdentities;

beforeAll(async () => {
  provider = await registerProvider(door.services.sessions, NOW);
});

const session = { RoleSessionName: 'carol' };
const assume = (role: string, rest = {}) =>
  door.ask(door.key(CAROL), 'AssumeRole', { RoleArn: role, ...session, ...rest });

/** Of the newest event of the audit trail. */
async function lastEvent() {
  return (await door.services.directory.audit.list({ limit: 1000 })).at(-1);
}

describe('AssumeRole', () => {
  test('answers as the guide shows it, and the session is somebody', async () => {
    const answer = await door.ask(door.key(ALICE), 'AssumeRole', {
      RoleArn: DATA_WRITER,
      RoleSessionName: 'copy',
      DurationSeconds: '900',
    });
    expect(outcome(answer)).toBe('200');
    expect(answer.headers).toMatchObject({
      'content-type': 'text/xml',
      'x-amzn-requestid': 'request-1',
      'cache-control': 'no-store',
    });
    expect(textOf(answer, 'Arn')).toBe('arn:aws:sts::222222222222:assumed-role/DataWriter/copy');
    expect(textOf(answer, 'AssumedRoleId')).toMatch(/^AROA[A-Z0-9]{17}:copy$/);
    expect(textOf(answer, 'Expiration')).toBe('2026-11-26T12:15:00Z');
    expect(textOf(answer, 'PackedPolicySize')).toBeNull();
    const who = await door.ask(credentialsIn(answer), 'GetCallerIdentity');
    expect(['UserId', 'Account', 'Arn'].map((name) => textOf(who, name))).toEqual([
      textOf(answer, 'AssumedRoleId'),
      '222222222222',
      'arn:aws:sts::222222222222:assumed-role/DataWriter/copy',
    ]);
  });

  test('a role is not let in on without its external id, and the trail says who tried', async () => {
    expect(outcome(await assume(PARTNER))).toBe('403 AccessDenied');
    const refused = await assume(PARTNER, { ExternalId: 'x-124' });
    expect(outcome(refused)).toBe('403 AccessDenied');
    expect(textOf(refused, 'Message')).toBe(
      `User: ${CAROL_ARN} is not authorized to perform: sts:AssumeRole on resource: ${PARTNER} because no role trust policy allows the sts:AssumeRole action`,
    );
    expect(await lastEvent()).toMatchObject({
      event: 'AssumeRole',
      principal: CAROL_ARN,
      target: PARTNER,
      outcome: 'REFUSED',
    });
    expect(outcome(await assume(PARTNER, { ExternalId: 'x-123' }))).toBe('200');
  });

  test('a chain carries transitive tags and the source identity on, and is an hour long at most', async () => {
    const tags = {
      'Tags.member.1.Key': 'team',
      'Tags.member.1.Value': 'data + more',
      'TransitiveTagKeys.member.1': 'team',
    };
    const first = await assume(HOP, { ...tags, SourceIdentity: 'carol-home', DurationSeconds: '7200' });
    expect(outcome(first)).toBe('200');
    expect([textOf(first, 'SourceIdentity'), Number(textOf(first, 'PackedPolicySize')) > 0]).toEqual([
      'carol-home',
      true,
    ]);
    const next = (rest = {}) => door.ask(credentialsIn(first), 'AssumeRole', { RoleArn: NEXT, ...session, ...rest });
    const second = await next();
    expect([outcome(second), textOf(second, 'SourceIdentity')]).toEqual(['200', 'carol-home']);
    const kept = await door.services.directory.prisma.roleSession.findUniqueOrThrow({
      where: { accessKeyId: credentialsIn(second).accessKeyId },
    });
    expect(kept).toMatchObject({
      tags: { team: 'data + more' },
      transitiveTagKeys: ['team'],
      sourceIdentity: 'carol-home',
    });
    expect(textOf(await next({ DurationSeconds: '3601' }), 'Message')).toMatch(
      /1 hour session limit for roles assumed by role chaining/,
    );
    expect(textOf(await next({ SourceIdentity: 'other' }), 'Message')).toMatch(/source identity is already set/);
  });

  test('MFA: both parameters, a right code, and the code only once', async () => {
    const { sessions } = door.services;
    const operator = { kind: 'operator' } as const;
    const device = await sessions.createVirtualMfaDevice(operator, { accountId: '111111111111', name: 'carol' }, NOW);
    const code = (at: number) => new TOTP({ secret: Secret.fromBase32(device.seed) }).generate({ timestamp: at });
    const enable = { serialNumber: device.serialNumber, userArn: CAROL_ARN };
    const codes = { authenticationCode1: code(NOW - 60_000), authenticationCode2: code(NOW - 30_000) };
    await sessions.enableMfaDevice(operator, { ...enable, ...codes }, NOW - 30_000);
    const SerialNumber = device.serialNumber;
    expect(outcome(await assume(WITH_MFA))).toBe('403 AccessDenied');
    const half = await assume(WITH_MFA, { SerialNumber });
    expect([outcome(half), textOf(half, 'Message')]).toEqual([
      '403 AccessDenied',
      'MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.',
    ]);
    const wrong = await assume(WITH_MFA, { SerialNumber, TokenCode: '000000' });
    expect(textOf(wrong, 'Message')).toBe('MultiFactorAuthentication failed with invalid MFA one time pass code.');
    expect(outcome(await assume(WITH_MFA, { SerialNumber, TokenCode: code(NOW) }))).toBe('200');
    expect(outcome(await assume(WITH_MFA, { SerialNumber, TokenCode: code(NOW) }))).toBe('403 AccessDenied');
    // Temporary credentials with MFA assume it without another code.
    door.now += 60_000;
    const token = await door.ask(door.key(CAROL), 'GetSessionToken', { SerialNumber, TokenCode: code(door.now) });
    expect(outcome(token)).toBe('200');
    expect(outcome(await door.ask(credentialsIn(token), 'AssumeRole', { RoleArn: WITH_MFA, ...session }))).toBe('200');
    // Guesses of codes: five, whatever the address, and not of others.
    door.guard = new KeyGuard();
    const guesses: string[] = [];
    for (let n = 0; n < 8; n++) {
      door.address = `192.0.2.${n}`;
      guesses.push(outcome(await assume(WITH_MFA, { SerialNumber, TokenCode: `00000${n}` })));
    }
    expect(guesses.slice(0, 5)).toEqual(Array(5).fill('403 AccessDenied'));
    expect(guesses.slice(5)).toEqual(Array(3).fill('400 Throttling'));
    expect(outcome(await assume(HOP))).toBe('200');
  });

  test('a service with its own key', async () => {
    const role = 'arn:aws:iam::111111111111:role/WebServer';
    const answer = await door.ask(door.key(EC2), 'AssumeRole', {
      RoleArn: role,
      RoleSessionName: 'i-0123456789abcdef0',
    });
    expect(textOf(answer, 'Arn')).toBe('arn:aws:sts::111111111111:assumed-role/WebServer/i-0123456789abcdef0');
    const who = await door.ask(door.key(EC2), 'GetCallerIdentity');
    expect(['UserId', 'Account', 'Arn'].map((name) => textOf(who, name))).toEqual([
      'ec2.amazonaws.com',
      null,
      'ec2.amazonaws.com',
    ]);
  });

  test.each([
    [
      'no role',
      { RoleSessionName: 's1' },
      "Value null at 'roleArn' failed to satisfy constraint: Member must not be null",
    ],
    [
      'a role that is none',
      { RoleArn: 'x', ...session },
      "Value 'x' at 'roleArn' failed to satisfy constraint: Member must have length greater than or equal to 20",
    ],
    [
      'a session name',
      { RoleArn: HOP, RoleSessionName: 'x y' },
      "Value 'x y' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*",
    ],
    [
      'a tag',
      {
        RoleArn: HOP,
        ...session,
        'Tags.member.1.Key': 'k',
        'Tags.member.1.Value': 'v',
        'Tags.member.2.Key': 'a!',
        'Tags.member.2.Value': 'v',
      },
      "Value 'a!' at 'tags.2.member.key'",
    ],
    [
      'a tag without value',
      { RoleArn: HOP, ...session, 'Tags.member.1.Key': 'k' },
      "Value null at 'tags.1.member.value'",
    ],
    [
      'a policy that is too long',
      { RoleArn: HOP, ...session, Policy: ' '.repeat(2049) },
      "Value '2049 characters' at 'policy'",
    ],
    [
      'managed policies',
      {
        RoleArn: HOP,
        ...session,
        ...Object.fromEntries(
          Array.from({ length: 11 }, (_, n) => [`PolicyArns.member.${n + 1}.arn`, `arn:aws:iam::aws:policy/P${n}`]),
        ),
      },
      "Value '11 entries' at 'policyArns'",
    ],
    [
      'a duration',
      { RoleArn: HOP, ...session, DurationSeconds: '1e3' },
      "Value '1e3' at 'durationSeconds' failed to satisfy constraint: Member must be a number",
    ],
    ['the code', { RoleArn: HOP, ...session, TokenCode: '12345x' }, "Value '******' at 'tokenCode'"],
  ])('out of its limits: %s, named as AWS names it', async (_, parameters, message) => {
    const answer = await door.ask(door.key(CAROL), 'AssumeRole', parameters);
    expect(outcome(answer)).toBe('400 ValidationError');
    const told = textOf(answer, 'Message')?.replaceAll('&apos;', "'");
    expect(told).toMatch(/^1 validation error detected: /);
    expect(told).toContain(message);
  });

  test('session policies: of a wrong form, and larger than can be packed', async () => {
    expect(outcome(await assume(HOP, { Policy: '{}' }))).toBe('400 MalformedPolicyDocument');
    const arns = { 'PolicyArns.member.1.arn': 'arn:aws:iam::aws:policy/NotThere' };
    expect(outcome(await assume(HOP, arns))).toBe('400 ValidationError');
  });
});

describe('AssumeRoleWithWebIdentity', () => {
  const ask = async (rest: Record<string, string> = {}) =>
    door.askUnsigned('AssumeRoleWithWebIdentity', {
      RoleArn: CI,
      RoleSessionName: 'run-1',
      WebIdentityToken: await provider.token(NOW),
      ...rest,
    });

  test('needs no signature, and says whom it let in', async () => {
    const answer = await ask();
    expect(outcome(answer)).toBe('200');
    expect(['SubjectFromWebIdentityToken', 'Audience', 'Provider', 'Arn'].map((name) => textOf(answer, name))).toEqual([
      'repo:main',
      'rolegate',
      PROVIDER,
      'arn:aws:sts::111111111111:assumed-role/Ci/run-1',
    ]);
    expect(outcome(await door.ask(credentialsIn(answer), 'GetCallerIdentity'))).toBe('200');
  });

  test('a signature of somewhere else does not matter', async () => {
    const key = { accessKeyId: 'AKIAELSEWHEREAAAAAAA', secretAccessKey: 'x' };
    const parameters = { RoleArn: CI, RoleSessionName: 'run-1', WebIdentityToken: await provider.token(NOW) };
    expect(outcome(await door.ask(key, 'AssumeRoleWithWebIdentity', parameters))).toBe('200');
  });

  test('is posted: an address holds no token', async () => {
    const parameters = { RoleArn: CI, RoleSessionName: 'run-1', WebIdentityToken: await provider.token(NOW) };
    const query = form('AssumeRoleWithWebIdentity', parameters);
    const answer = await door.send({ ...unsigned(''), method: 'GET', query });
    expect(outcome(answer)).toBe('400 InvalidAction');
  });

  test('refusals have the codes of web identities', async () => {
    const expired = await ask({ WebIdentityToken: await provider.token(NOW - 7_200_000) });
    expect(outcome(expired)).toBe('400 ExpiredTokenException');
    expect(outcome(await ask({ WebIdentityToken: await provider.token(NOW, { aud: 'other' }) }))).toBe(
      '400 InvalidIdentityToken',
    );
    expect(outcome(await ask({ WebIdentityToken: 'no token' }))).toBe('400 InvalidIdentityToken');
    expect(outcome(await ask({ RoleArn: HOP }))).toBe('403 AccessDenied');
    expect(outcome(await ask({ RoleArn: `${CI}NotThere` }))).toBe('403 AccessDenied');
    const oauth = await ask({ ProviderId: 'www.amazon.com' });
    expect([outcome(oauth), textOf(oauth, 'Message')]).toEqual([
      '400 ValidationError',
      expect.stringMatching(/OAuth 2.0/),
    ]);
  });
});

describe('GetSessionToken and GetFederationToken', () => {
  test('temporary credentials of a user', async () => {
    const answer = await door.ask(door.key(CAROL), 'GetSessionToken', { DurationSeconds: '900' });
    expect(textOf(answer, 'Expiration')).toBe('2026-11-26T12:15:00Z');
    const who = await door.ask(credentialsIn(answer), 'GetCallerIdentity');
    expect(textOf(who, 'Arn')).toBe(CAROL_ARN);
    // Not with themselves.
    expect(outcome(await door.ask(credentialsIn(answer), 'GetSessionToken'))).toBe('403 AccessDenied');
  });

  test('a federated user', async () => {
    const Policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }],
    });
    const answer = await door.ask(door.key(CAROL), 'GetFederationToken', { Name: 'app', Policy });
    expect([textOf(answer, 'FederatedUserId'), textOf(answer, 'Arn')]).toEqual([
      '111111111111:app',
      'arn:aws:sts::111111111111:federated-user/app',
    ]);
    expect(Number(textOf(answer, 'PackedPolicySize'))).toBeGreaterThan(0);
    expect(textOf(await door.ask(credentialsIn(answer), 'GetCallerIdentity'), 'UserId')).toBe('111111111111:app');
    expect(outcome(await door.ask(door.key(ALICE), 'GetFederationToken', { Name: 'app' }))).toBe('403 AccessDenied');
    expect(outcome(await door.ask(door.key(CAROL), 'GetFederationToken', { Name: 'a b' }))).toBe('400 ValidationError');
  });
});

describe('GetAccessKeyInfo', () => {
  const account = async (AccessKeyId: string, by = CAROL) => {
    const answer = await door.ask(door.key(by), 'GetAccessKeyInfo', { AccessKeyId });
    return textOf(answer, 'Account') ?? outcome(answer);
  };

  test('the account of long-term and of temporary keys, of any account', async () => {
    expect(await account('AKIADEMOBOBAAAAAAAAA')).toBe('222222222222');
    const role = credentialsIn(
      await door.ask(door.key(ALICE), 'AssumeRole', { RoleArn: DATA_WRITER, RoleSessionName: 'a1' }),
    );
    expect(await account(role.accessKeyId)).toBe('222222222222');
    const own = credentialsIn(await door.ask(door.key(CAROL), 'GetSessionToken'));
    expect(await account(own.accessKeyId)).toBe('111111111111');
    const federated = credentialsIn(await door.ask(door.key(CAROL), 'GetFederationToken', { Name: 'app' }));
    expect(await account(federated.accessKeyId)).toBe('111111111111');
  });

  test('a service belongs to no account; permission comes first', async () => {
    expect(await account(EC2)).toBe('400 ValidationError');
    expect(await account('AKIANOTTHEREAAAAAAAA')).toBe('400 ValidationError');
    expect(await account('x')).toBe('400 ValidationError');
    expect(await account('AKIANOTTHEREAAAAAAAA', ALICE)).toBe('403 AccessDenied');
    expect(await account(ALICE, ALICE)).toBe('403 AccessDenied');
  });
});

test('DecodeAuthorizationMessage: no message is one of ours, after the permission', async () => {
  const ask = (by: string) => door.ask(door.key(by), 'DecodeAuthorizationMessage', { EncodedMessage: 'x' });
  expect(outcome(await ask(CAROL))).toBe('400 InvalidAuthorizationMessageException');
  expect(outcome(await ask(ALICE))).toBe('403 AccessDenied');
});

test.each([
  'AssumeRoleWithSAML',
  'AssumeRoot',
  'GetWebIdentityToken',
  'GetDelegatedAccessToken',
  'GetScopedCredentials',
])('%s is not served, and says so', async (action) => {
  const answer = await door.ask(door.key(CAROL), action);
  expect([outcome(answer), textOf(answer, 'Message')]).toEqual([
    '501 NotImplemented',
    `Rolegate does not serve ${action}`,
  ]);
});
