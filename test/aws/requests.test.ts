import { describe, expect, test } from 'vitest';
import type { SignedRequest } from '../../src/aws/signing/signed-request.ts';
import { RolegateError } from '../../src/policy/errors.ts';
import { ALICE, BOB, credentialsIn, DATA_WRITER, EC2, NOW, openedDoor, outcome, textOf } from './door.ts';
import { form, sign, unsigned } from './signed.ts';

const door = openedDoor();
const WHO = form('GetCallerIdentity');
const MINUTE = 60_000;

const who = (rest: Partial<Parameters<typeof sign>[1]> = {}) => sign(door.key(ALICE), { at: NOW, body: WHO, ...rest });

function altered(request: SignedRequest, headers: Readonly<Record<string, string | readonly string[]>>): SignedRequest {
  const all = new Map(request.headers);
  for (const [name, value] of Object.entries(headers)) all.set(name, typeof value === 'string' ? [value] : value);
  return { ...request, headers: all };
}

/** Code and sentence of an error. */
async function told(request: SignedRequest): Promise<readonly [string, string | null]> {
  const answer = await door.send(request);
  return [outcome(answer), textOf(answer, 'Message')?.replaceAll('&apos;', "'") ?? null];
}

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

describe('requests', () => {
  const asked = (body: string, rest: Partial<Parameters<typeof sign>[1]> = {}) => told(who({ body, ...rest }));
  const assume = (more: string) =>
    asked(`${form('AssumeRole', { RoleArn: DATA_WRITER, RoleSessionName: 'a1' })}&${more}`);

  test.each(['HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'constructor'])('by %s are not answered', async (method) => {
    const answer = await door.send(who({ method, query: WHO, body: '' }));
    expect([outcome(answer), answer.headers['allow']]).toEqual(['405 MethodNotAllowed', 'GET, POST']);
  });

  test.each([
    'application/json',
    'text/plain',
    'multipart/form-data; boundary=x',
    'application/x-www-form-urlencodedx',
  ])('of the type %s are not read', async (type) => {
    expect((await asked(WHO, { headers: { 'content-type': type } }))[0]).toBe('415 UnsupportedMediaType');
  });

  test('that are packed are not read', async () => {
    expect((await asked(WHO, { headers: { 'content-encoding': 'gzip' } }))[0]).toBe('415 UnsupportedMediaType');
  });

  test.each([
    ['', '400 MissingAction', /^There is no Action\. This address serves STS/],
    ['Version=2011-06-15', '400 MissingAction', /^There is no Action/],
    [
      'Action=GetCallerIdentity',
      '400 InvalidAction',
      /^Could not find operation 'GetCallerIdentity' for version NO_VERSION_SPECIFIED/,
    ],
    ['Action=GetCallerIdentity&Version=2011-06-16', '400 InvalidAction', /for version '2011-06-16'/],
    ['Action=ListBuckets&Version=2011-06-15', '400 InvalidAction', /'ListBuckets' for version '2011-06-15'/],
    ['Action=GetUser&Version=2011-06-15', '400 InvalidAction', /'GetUser'/],
    ['Action=__proto__&Version=2011-06-15', '400 InvalidAction', /'__proto__'/],
    ['Action=constructor&Version=2010-05-08', '400 InvalidAction', /'constructor'/],
    ['action=GetCallerIdentity&version=2011-06-15', '400 MissingAction', /^There is no Action/],
  ])('that ask for nothing that is here: %s', async (body, code, message) => {
    expect(await asked(body)).toEqual([code, expect.stringMatching(message)]);
  });

  test('of other services by JSON are told so in JSON', async () => {
    const answer = await door.send(
      unsigned('{}', { 'x-amz-target': 'DynamoDB_20120810.ListTables', 'content-type': 'application/x-amz-json-1.0' }),
    );
    expect([answer.status, answer.headers['content-type'], JSON.parse(answer.body)]).toEqual([
      400,
      'application/x-amz-json-1.0',
      { __type: 'UnknownOperationException', message: expect.stringMatching(/AWS_ENDPOINT_URL_STS/) },
    ]);
  });

  test('an operation in the query, and its parameters in the body', async () => {
    const query = 'Action=AssumeRole&Version=2011-06-15';
    const body = new URLSearchParams({ RoleArn: DATA_WRITER, RoleSessionName: 'a1' }).toString();
    expect((await asked(body, { query }))[0]).toBe('200');
    expect(await asked(`${body}&Action=GetCallerIdentity`, { query })).toEqual([
      '400 ValidationError',
      'The parameter Action is given more than once',
    ]);
  });

  test('unknown parameters do not matter, as at AWS', async () => {
    expect((await assume('MinimumSessionTokenSize=4096&x.y.z=1&=&&'))[0]).toBe('200');
  });

  test.each([
    ['RoleArn=arn', /The parameter RoleArn is given more than once/],
    ['RoleArn.x=1', /'roleArn' must be a value/],
    ['ExternalId.member.1=x', /'externalId' must be a value/],
    ['Policy=%7B%7D&Policy.__proto__.x=1', /'policy' must be a value/],
    ['Tags=x', /'tags' must be a list/],
    ['Tags.1.Key=k&Tags.1.Value=v', /'tags' must be a list: its entries are named `member.1`/],
    ['PolicyArns.1.arn=x', /'policyArns' must be a list/],
    ['Tags.member=x', /'tags' must be a list/],
    ['Tags.member.x.Key=k', /'tags' must be a list/],
    ['Tags.member.__proto__.Key=k', /'tags' must be a list/],
    ['Tags.member.-1.Key=k', /'tags' must be a list/],
    ['Tags.member.1=x', /'tags.1.member' must be a structure/],
    [
      'Tags.member.1.Key=k&Tags.member.1.Value=v&Tags.member.01.Key=k&Tags.member.01.Value=v',
      /an entry is given twice/,
    ],
    ['DurationSeconds=NaN', /'durationSeconds' failed to satisfy constraint: Member must be a number/],
    ['DurationSeconds=9e9', /Member must be a number/],
    ['DurationSeconds=999999999999999', /less than or equal to 43200/],
  ])('that could be read in two ways are refused: %s', async (more, message) => {
    expect(await assume(more)).toEqual(['400 ValidationError', expect.stringMatching(message)]);
  });

  test('an index is a number, and takes no room', async () => {
    const tags = 'Tags.member.999999999.Key=b&Tags.member.999999999.Value=v&Tags.member.7.Key=a&Tags.member.7.Value=v';
    // alice may tag no session: the two tags were read.
    expect(await assume(tags)).toEqual(['403 AccessDenied', expect.stringMatching(/sts:TagSession/)]);
    expect(
      await assume('Tags.member.10.Key=b!&Tags.member.10.Value=v&Tags.member.9.Key=a!&Tags.member.9.Value=v'),
    ).toEqual([
      '400 ValidationError',
      expect.stringMatching(/Value 'a!' at 'tags\.1\.member\.key'.*Value 'b!' at 'tags\.2\.member\.key'/),
    ]);
  });

  test.each([
    '__proto__.polluted',
    '__proto__[polluted]',
    'constructor.prototype.polluted',
    'Tags.__proto__.polluted',
    'RoleArn.__proto__.polluted',
    'Tags.member.1.__proto__.polluted',
  ])('a parameter named %s pollutes nothing', async (name) => {
    await assume(`${encodeURIComponent(name)}=yes`);
    expect(Object.getOwnPropertyNames(Object.prototype)).not.toContain('polluted');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test('with more parameters than any operation takes are not read', async () => {
    const many = Array.from({ length: 10_000 }, (_, n) => `x${n}=`).join('&');
    expect(await asked(many)).toEqual(['400 MissingAction', expect.any(String)]);
    expect(await asked(`${many}&x=`)).toEqual(['400 ValidationError', 'The request has more than 10000 parameters']);
  });

  test('an answer holds what XML cannot as a replacement character', async () => {
    const answer = await door.ask(door.key(ALICE), 'AssumeRole', {
      RoleArn: DATA_WRITER,
      RoleSessionName: 'a\u0000\u001b<&>"\'\r\uFFFE',
    });
    expect(outcome(answer)).toBe('400 ValidationError');
    expect(answer.body).toContain('a\uFFFD\uFFFD&lt;&amp;&gt;&quot;&apos;&#xD;\uFFFD');
  });

  test('what is long is not repeated', async () => {
    const answer = await asked(`Action=${'x'.repeat(50_000)}&Version=${'y'.repeat(50_000)}`);
    expect(answer[0]).toBe('400 InvalidAction');
    expect(answer[1]?.length).toBeLessThan(500);
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

describe('errors of the gateway itself', () => {
  test('that nobody expected say nothing, and are told to the log', async () => {
    const fault = new TypeError('secret of the inside');
    door.instead = { getCallerIdentity: () => Promise.reject(fault) };
    const answer = await door.send(who());
    expect([outcome(answer), textOf(answer, 'Type'), textOf(answer, 'Message')]).toEqual([
      '500 InternalFailure',
      'Receiver',
      'The request processing has failed because of an unexpected error.',
    ]);
    expect(answer.unexpected).toBe(fault);
  });

  test('without a code of AWS’s are unexpected too', async () => {
    const fault = new RolegateError('BAD_SECRETS', 'secret of the inside');
    door.instead = { getCallerIdentity: () => Promise.reject(fault) };
    const answer = await door.send(who());
    expect([outcome(answer), answer.unexpected]).toEqual(['500 InternalFailure', fault]);
    expect(answer.body).not.toContain('inside');
  });

  test('a directory that cannot be reached is to be asked again', async () => {
    const fault = new RolegateError('DIRECTORY_UNAVAILABLE', 'the database does not answer');
    door.instead = { authenticateSigned: () => Promise.reject(fault) };
    const answer = await door.send(who());
    expect([outcome(answer), answer.headers['retry-after'], answer.unexpected]).toEqual([
      '503 ServiceUnavailable',
      '1',
      null,
    ]);
  });
});
