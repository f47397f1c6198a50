import { describe, expect, test } from 'vitest';
import type { SignedRequest } from '../../src/aws/signing/signed-request.ts';
import { ALICE, BOB, credentialsIn, DATA_WRITER, NOW, openedDoor, outcome, textOf } from './door.ts';
import { altered, form, sign, unsigned } from './signed.ts';

const door = openedDoor();
const WHO = form('GetCallerIdentity');
const MINUTE = 60_000;

const who = (rest: Partial<Parameters<typeof sign>[1]> = {}) => sign(door.key(ALICE), { at: NOW, body: WHO, ...rest });
const told = (request: SignedRequest) => door.told(request);

describe('a signature', () => {
  test('in any Region, with any headers', async () => {
    expect(outcome(await door.send(who({ region: 'mars-1' })))).toBe('200');
    const headers = { 'x-amz-user-agent': 'a/1 b/2', 'amz-sdk-request': 'attempt=1', accept: '*/*' };
    expect(outcome(await door.send(who({ path: '/aws/', headers })))).toBe('200');
  });

  test.each([
    ['the body', (request: SignedRequest) => ({ ...request, body: Buffer.from(`${WHO}&x=1`) })],
    ['the path', (request: SignedRequest) => ({ ...request, path: '/aws/' })],
    ['the query', (request: SignedRequest) => ({ ...request, query: 'x=1' })],
    ['the host', (request: SignedRequest) => altered(request, { host: 'other' })],
    [
      'another signed header',
      (request: SignedRequest) => altered(request, { 'content-type': 'application/x-www-form-urlencoded' }),
    ],
    [
      'a signed header sent twice',
      (request: SignedRequest) => altered(request, { host: ['127.0.0.1:4000', '127.0.0.1:4000'] }),
    ],
    [
      'the last digit',
      (request: SignedRequest) =>
        altered(request, {
          authorization: (request.headers.get('authorization')?.[0] ?? '').replace(/.$/, (digit) =>
            digit === '0' ? '1' : '0',
          ),
        }),
    ],
    ['the time', (request: SignedRequest) => altered(request, { 'x-amz-date': '20261126T120001Z' })],
    [
      'the key id',
      (request: SignedRequest) =>
        altered(request, { authorization: (request.headers.get('authorization')?.[0] ?? '').replace(ALICE, BOB) }),
    ],
    [
      'the Region',
      (request: SignedRequest) =>
        altered(request, {
          authorization: (request.headers.get('authorization')?.[0] ?? '').replace('us-east-1', 'us-east-2'),
        }),
    ],
  ])('does not match with %s altered', async (_, alter) => {
    expect(await told(alter(who()))).toEqual([
      '403 SignatureDoesNotMatch',
      expect.stringMatching(/^The request signature we calculated/),
    ]);
    // Nor once the key is known to be right.
    expect(outcome(await door.send(who()))).toBe('200');
    expect(outcome(await door.send(alter(who())))).toBe('403 SignatureDoesNotMatch');
  });

  test.each([
    [5 * MINUTE, '200', null],
    [-5 * MINUTE, '200', null],
    [
      -6 * MINUTE,
      '403 SignatureDoesNotMatch',
      'Signature expired: 20261126T115400Z is now earlier than 20261126T115500Z (20261126T120000Z - 5 min.)',
    ],
    [
      6 * MINUTE,
      '403 SignatureDoesNotMatch',
      'Signature not yet current: 20261126T120600Z is still later than 20261126T120500Z (20261126T120000Z + 5 min.)',
    ],
  ])('with a clock that is %i ms off', async (off, code, sentence) => {
    expect(await told(who({ at: NOW + off }))).toEqual([code, sentence]);
  });

  test('the date of the scope is that of the request, and the service that of the operation', async () => {
    expect(await told(who({ date: '20261125' }))).toEqual([
      '403 SignatureDoesNotMatch',
      "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20261125' != '20261126', from '20261126T120000Z'.",
    ]);
    const sentence = "Credential should be scoped to correct service: 'sts'.";
    expect(await told(who({ service: 's3' }))).toEqual(['403 SignatureDoesNotMatch', sentence]);
    expect(await told(who({ service: 'iam' }))).toEqual(['403 SignatureDoesNotMatch', sentence]);
    const iam = form('GetUser', {}, 'iam');
    expect((await told(who({ body: iam })))[1]).toBe("Credential should be scoped to correct service: 'iam'.");
  });

  test('made before midnight is of the day before, and its key no other day’s', async () => {
    const midnight = Date.UTC(2026, 10, 27);
    door.now = midnight + 2 * MINUTE;
    const before = midnight - 2 * MINUTE;
    expect((await told(who({ at: before })))[0]).toBe('200');
    expect((await told(who({ at: door.now })))[0]).toBe('200');
    expect(door.signingKeys.size).toBe(2);
    for (const [at, date] of [
      [before, '20261127'],
      [door.now, '20261126'],
    ] as const) {
      expect((await told(who({ at, date })))[1]).toMatch(/^Date in Credential scope does not match/);
      // The date of the scope, named as it should be, under the key of the other day.
      const named = date === '20261127' ? '20261126' : '20261127';
      const other = who({ at, date });
      const [authorization = ''] = other.headers.get('authorization') ?? [];
      const renamed = altered(other, { authorization: authorization.replace(`/${date}/`, `/${named}/`) });
      expect((await told(renamed))[0]).toBe('403 SignatureDoesNotMatch');
    }
  });

  test('the hash of the body, where it is sent, is that of the body', async () => {
    const headers = { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' };
    expect(await told(who({ headers }))).toEqual([
      '403 SignatureDoesNotMatch',
      expect.stringMatching(/x-amz-content-sha256/),
    ]);
  });

  test('that is missing, and a cookie that is not read', async () => {
    const missing = ['403 MissingAuthenticationToken', 'Request is missing Authentication Token'];
    expect(await told(unsigned(WHO))).toEqual(missing);
    const { token } = await door.services.sessions.signIn(
      { accessKeyId: ALICE, secretAccessKey: door.key(ALICE).secretAccessKey },
      NOW,
    );
    for (const name of ['rolegate-sign-in', '__Host-rolegate-sign-in']) {
      expect(await told(unsigned(WHO, { cookie: `${name}=${token}` }))).toEqual(missing);
    }
  });

  test.each([
    ['Bearer abc', /Authorization header/],
    ['Basic QUtJQTp4', /Authorization header/],
    [
      'AWS4-ECDSA-P256-SHA256 Credential=A/20261126/sts/aws4_request, SignedHeaders=host, Signature=00',
      /Authorization header/,
    ],
    ['AWS4-HMAC-SHA256', /Authorization header/],
    ['AWS4-HMAC-SHA256 Credential=AKIA/20261126/us-east-1/sts, SignedHeaders=host, Signature=00', /Credential/],
    ['AWS4-HMAC-SHA256 Credential=AKIA/20261126//sts/aws4_request, SignedHeaders=host, Signature=00', /Credential/],
    [
      'AWS4-HMAC-SHA256 Credential=AKIA/20261126/us-east-1/sts/aws4_request, SignedHeaders=date, Signature=00',
      /SignedHeaders: host/,
    ],
    [
      'AWS4-HMAC-SHA256 Credential=AKIA/20261126/us-east-1/sts/aws4_request, SignedHeaders=Host, Signature=00',
      /SignedHeaders/,
    ],
    [
      'AWS4-HMAC-SHA256 Credential=AKIA/20261126/us-east-1/sts/aws4_request, SignedHeaders=host;__proto__, Signature=00',
      /Signature$/,
    ],
    [
      'AWS4-HMAC-SHA256 Credential=AKIA/20261126/us-east-1/sts/aws4_request, SignedHeaders=host, Signature=zz',
      /Signature$/,
    ],
    ['AWS4-HMAC-SHA256 Credential=A/b, Credential=A/c, SignedHeaders=host, Signature=00', /given once/],
    [`AWS4-HMAC-SHA256 ${'x'.repeat(8192)}`, /Authorization header/],
  ])('of another form is incomplete: %s', async (authorization, message) => {
    const request = altered(unsigned(WHO), { authorization, 'x-amz-date': '20261126T120000Z' });
    expect(await told(request)).toEqual(['400 IncompleteSignature', expect.stringMatching(message)]);
  });

  test.each(['yesterday', '20261332T120000Z', '2026-11-26T12:00:00Z', ''])(
    'without an instant is incomplete: %j',
    async (date) => {
      expect((await told(altered(who(), { 'x-amz-date': date })))[0]).toBe('400 IncompleteSignature');
    },
  );
});

describe('presigned requests', () => {
  const query = WHO;
  const presigned = (rest: Partial<Parameters<typeof sign>[1]> = {}) =>
    sign(door.key(ALICE), { at: NOW, query, presigned: 60, ...rest });

  test('name the caller, with the header that EKS signs, in JSON if asked', async () => {
    expect(outcome(await door.send(presigned()))).toBe('200');
    const eks = presigned({ headers: { 'x-k8s-aws-id': 'cluster' } });
    const answer = await door.send(altered(eks, { accept: 'application/json' }));
    expect(answer.headers['content-type']).toBe('application/json');
    expect(JSON.parse(answer.body)).toEqual({
      GetCallerIdentityResponse: {
        GetCallerIdentityResult: {
          UserId: expect.stringMatching(/^AIDA/),
          Account: '111111111111',
          Arn: 'arn:aws:iam::111111111111:user/alice',
        },
        ResponseMetadata: { RequestId: 'request-1' },
      },
    });
    expect(outcome(await door.send(altered(eks, { 'x-k8s-aws-id': 'other' })))).toBe('403 SignatureDoesNotMatch');
    expect(outcome(await door.send(altered(eks, { 'x-k8s-aws-id': [] })))).toBe('403 SignatureDoesNotMatch');
    const refused = await door.send(altered(eks, { 'x-k8s-aws-id': 'other', accept: 'application/json' }));
    expect(JSON.parse(refused.body)).toMatchObject({
      Error: { Type: 'Sender', Code: 'SignatureDoesNotMatch' },
      RequestId: 'request-1',
    });
  });

  test('with temporary credentials', async () => {
    const role = credentialsIn(
      await door.ask(door.key(ALICE), 'AssumeRole', { RoleArn: DATA_WRITER, RoleSessionName: 'a1' }),
    );
    expect(textOf(await door.send(sign(role, { at: NOW, query, presigned: 60 })), 'Account')).toBe('222222222222');
  });

  test('are valid as long as they say, and 15 minutes at most', async () => {
    const long = presigned({ presigned: 604_800 });
    door.now = NOW + MINUTE;
    expect(outcome(await door.send(presigned()))).toBe('200');
    door.now = NOW + MINUTE + 1000;
    expect(await told(presigned())).toEqual([
      '403 SignatureDoesNotMatch',
      'Signature expired: 20261126T120000Z is now earlier than 20261126T120001Z (20261126T120101Z - 60 s.)',
    ]);
    door.now = NOW + 15 * MINUTE;
    expect(outcome(await door.send(long))).toBe('200');
    door.now = NOW + 15 * MINUTE + 1000;
    expect(await told(long)).toEqual(['403 SignatureDoesNotMatch', expect.stringMatching(/15 minutes/)]);
  });

  test.each([0, 604_801, -1, 1.5])('for %d seconds are malformed', async (seconds) => {
    expect(await told(presigned({ presigned: seconds }))).toEqual([
      '400 IncompleteSignature',
      expect.stringMatching(/X-Amz-Expires/),
    ]);
  });

  test('are for nothing else, and only GET', async () => {
    const assume = form('AssumeRole', { RoleArn: DATA_WRITER, RoleSessionName: 'a1' });
    expect((await told(presigned({ query: assume })))[0]).toBe('400 InvalidAction');
    expect((await told(sign(door.key(ALICE), { at: NOW, method: 'GET', query: assume })))[0]).toBe('400 InvalidAction');
    expect((await told(presigned({ query: assume, method: 'POST' })))[0]).toBe('400 IncompleteSignature');
    expect((await told(presigned({ method: 'POST' })))[0]).toBe('400 IncompleteSignature');
    expect(outcome(await door.send(sign(door.key(ALICE), { at: NOW, method: 'GET', query })))).toBe('200');
  });

  test('a plus sign in a query means what was signed', async () => {
    const { query: sent, ...rest } = presigned({ query: `${query}&x=a%2Bb` });
    expect(outcome(await door.send({ ...rest, query: sent.replace('x=a%2Bb', 'x=a+b') }))).toBe('200');
    // Read as a space, it would be another Action than was signed.
    const plus = presigned({ query: query.replace('GetCallerIdentity', 'Get%2BIdentity') });
    expect((await told({ ...plus, query: plus.query.replace('Get%2B', 'Get+') }))[1]).toContain("'Get+Identity'");
  });
});
