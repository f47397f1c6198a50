import { describe, expect, test } from 'vitest';
import type { SignedRequest } from '../../src/aws/signing/signed-request.ts';
import { RolegateError } from '../../src/policy/errors.ts';
import { ALICE, DATA_WRITER, NOW, openedDoor, outcome, textOf } from './door.ts';
import { form, sign, unsigned } from './signed.ts';

const door = openedDoor();
const WHO = form('GetCallerIdentity');

const who = (rest: Partial<Parameters<typeof sign>[1]> = {}) => sign(door.key(ALICE), { at: NOW, body: WHO, ...rest });
const told = (request: SignedRequest) => door.told(request);

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
