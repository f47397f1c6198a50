import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseArn, resourceText, splitArn } from '../../src/policy/arn.ts';
import { parseBinary } from '../../src/policy/compare/binary.ts';
import { parseRange, rangeHolds } from '../../src/policy/compare/ip.ts';
import { parseDecimal } from '../../src/policy/compare/number.ts';
import { instantText, parseInstant } from '../../src/policy/date.ts';
import { parsePrincipalRef, principalIdOf } from '../../src/policy/principal-id.ts';
import { marksOfResource } from '../../src/policy/resource-marks.ts';

describe('dates', () => {
  test.each([
    ['2026-11-23T17:00:00Z', Date.UTC(2026, 10, 23, 17)],
    ['2026-11-23T17:00:00.5Z', Date.UTC(2026, 10, 23, 17, 0, 0, 500)],
    ['2026-11-23T19:00:00+02:00', Date.UTC(2026, 10, 23, 17)],
    ['2026-11-23T12:30:00-0430', Date.UTC(2026, 10, 23, 17)],
    ['2026-11-23T17:00Z', Date.UTC(2026, 10, 23, 17)],
    ['2026-11-23', Date.UTC(2026, 10, 23)],
    ['2026-11', Date.UTC(2026, 10, 1)],
    ['2026', Date.UTC(2026, 0, 1)],
    ['1795453200', Date.UTC(2026, 10, 23, 17)],
    ['1795453200.25', Date.UTC(2026, 10, 23, 17) + 250],
    ['0', 0],
    ['2024-02-29', Date.UTC(2024, 1, 29)],
    // What AWS was seen to take when a policy is written has to mean something when it is evaluated.
    ['01T', Date.parse('0001-01-01T00:00:00Z')],
    ['2016-12-13t2:00:00.593194+23', Date.UTC(2016, 11, 12, 3, 0, 0) + 593.194],
    ['2016-12-13T21:20:37.593194+00:00', Date.UTC(2016, 11, 13, 21, 20, 37) + 593.194],
    ['2016-12-13T02', Date.UTC(2016, 11, 13, 2)],
    ['2016-12-13T02z', Date.UTC(2016, 11, 13, 2)],
    ['2026-1-1', Date.UTC(2026, 0, 1)],
    ['2026-11-23T17:00:00-23', Date.UTC(2026, 10, 24, 16)],
  ])('%s', (text, milliseconds) => expect(parseInstant(text)).toBe(milliseconds));

  test.each([
    '',
    'yesterday',
    '2026-13-01',
    '2026-02-29',
    '2026-11-31',
    '2026-11-23T25:00:00Z',
    '2026-11-23T24:00:01Z',
    '234-13',
    '2016-12-13t2:00:00.593194+1',
    '2016-12-13t2:00:00.1999999999+10:59',
    '+123',
    '2026-11-23 17:00',
    '1e9',
    ' 1',
  ])('`%s` is none', (text) => expect(parseInstant(text)).toBeNull());

  test('printing and reading is the same instant, as JavaScript has it', () => {
    fc.assert(
      fc.property(fc.integer({ min: -60_000_000_000_000, max: 250_000_000_000_000 }), (milliseconds) => {
        expect(instantText(milliseconds)).toBe(new Date(milliseconds).toISOString());
        expect(parseInstant(instantText(milliseconds))).toBe(milliseconds);
      }),
    );
  });
});

describe('addresses', () => {
  const holds = (given: string, range: string): boolean | null => {
    const [one, other] = [parseRange(given), parseRange(range)];
    return one === null || other === null ? null : rangeHolds(one, other);
  };
  test.each([
    ['203.0.113.7', '203.0.113.0/24', true],
    ['203.0.114.7', '203.0.113.0/24', false],
    ['203.0.113.7', '203.0.113.7', true],
    ['203.0.113.8', '203.0.113.7', false],
    ['10.255.0.1', '10.128.0.0/9', true],
    ['10.127.0.1', '10.128.0.0/9', false],
    ['1.2.3.4', '0.0.0.0/0', true],
    ['2001:db8::1', '2001:db8::/32', true],
    ['2001:db9::1', '2001:db8::/32', false],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1', true],
    ['::ffff:1.2.3.4', '::ffff:102:304', true],
    ['::1', '::/0', true],
    ['1.2.3.4', '::/0', false],
    ['::1', '0.0.0.0/0', false],
    ['10.0.0.0/8', '10.1.0.0/16', false],
    ['1.2.3', '0.0.0.0/0', null],
    ['1.2.3.256', '0.0.0.0/0', null],
    ['1.2.3.4', '1.2.3.4/33', null],
    ['1:2:3:4:5:6:7:8:9', '::/0', null],
    ['1::2::3', '::/0', null],
    [':1', '::/0', null],
    ['1:2:3:4:5:6:7::8:9', '::/0', null],
  ])('%s in %s: %s', (given, range, expected) => expect(holds(given, range)).toBe(expected));
});

test.each([
  ['1', 1],
  ['-1.5', -1.5],
  ['+.5', 0.5],
  ['10.', 10],
  ['', null],
  ['0x10', null],
  ['1e3', null],
  ['ten', null],
  ['Infinity', null],
])('the number `%s`', (text, value) => expect(parseDecimal(text)).toBe(value));

test.each([
  ['QmluYXJ5', 'QmluYXJ5'],
  ['QQ==', 'QQ'],
  ['QQ', 'QQ'],
  // Bits of the last digit that belong to no byte do not count: RFC 4648, section 3.5.
  ['QR==', 'QQ'],
  ['Q/', 'Qw'],
  ['QUJ=', 'QUI'],
  ['QUM=', 'QUM'],
  ['', ''],
  ['Q', null],
  ['Q===', null],
  ['ä', null],
])('the bytes `%s`', (text, value) => expect(parseBinary(text)).toBe(value));

describe('ARNs', () => {
  test('the resource keeps its colons and slashes', () => {
    expect(splitArn('arn:aws:sns:us-east-1:1:t:sub:x/y')).toEqual(['arn', 'aws', 'sns', 'us-east-1', '1', 't:sub:x/y']);
    expect(parseArn('arn:aws:s3:::b/x:y')).toEqual({
      partition: 'aws',
      service: 's3',
      region: '',
      accountId: '',
      resource: 'b/x:y',
    });
  });
  test.each(['', '*', 'arn:aws:s3:::', 'arn:aws:s3::b', 'urn:aws:s3:::b', 'arn::s3:::b', 'arn:aws::::b'])(
    '`%s` is none',
    (text) => {
      expect(parseArn(text)).toBeNull();
    },
  );
  test('the head of a resource is in lower case, the rest as written', () => {
    expect(resourceText('arn:AWS:S3:::B/X')).toEqual({
      text: 'arn:AWS:S3:::B/X',
      arn: true,
      head: 'arn:aws:s3:::',
      service: 'arn:aws:s3:',
      segments: ['arn', 'aws', 's3', '', ''],
      rest: 'B/X',
      marks: marksOfResource('arn:aws:s3:::', 'B/X'),
    });
    expect(resourceText('*')).toMatchObject({ arn: false, rest: '*' });
  });
});

describe('principals', () => {
  test.each([
    ['arn:aws:iam::111111111111:user/alice', 'user'],
    ['arn:aws:iam::111111111111:user/a/b/alice', 'user'],
    ['arn:aws:iam::111111111111:user/<user-name:1>', 'user'],
    ['arn:aws:sts::111111111111:assumed-role/<role-name:1>/s1', 'roleSession'],
    ['arn:aws-cn:iam::111111111111:role/team/App', 'role'],
    ['arn:aws:sts::111111111111:assumed-role/App/s1', 'roleSession'],
    ['arn:aws:sts::111111111111:federated-user/bob', 'federatedUser'],
    ['arn:aws:iam::111111111111:root', 'root'],
    ['ec2.amazonaws.com', 'service'],
    ['states.us-east-1.amazonaws.com', 'service'],
    ['ec2.amazonaws.com.cn', 'service'],
    ['anonymous', 'anonymous'],
  ])('%s is a %s, and prints as it was', (text, kind) => {
    const ref = parsePrincipalRef(text);
    expect(ref).toMatchObject({ kind });
    expect(ref === null ? null : principalIdOf(ref)).toBe(text);
  });
  test('an account id is its root user', () => {
    expect(parsePrincipalRef('111111111111')).toEqual({
      kind: 'root',
      arn: 'arn:aws:iam::111111111111:root',
      accountId: '111111111111',
    });
  });
  test.each([
    '',
    '*',
    'alice',
    '11111111111',
    'arn:aws:iam::111111111111:group/g',
    'arn:aws:iam::111111111111:user/',
    'arn:aws:iam::111111111111:user/a b',
    'arn:aws:iam::111111111111:user/*',
    'arn:aws:iam::111111111111:role/a?',
    'arn:aws:iam::1:user/alice',
    'arn:aws:iam:us-east-1:111111111111:user/alice',
    'arn:aws:sts::111111111111:assumed-role/App',
    'arn:aws:sts::111111111111:assumed-role/team/App/s1',
    'arn:aws:s3:::b',
    'amazonaws.com',
    'evil.example.com',
    `arn:aws:iam::111111111111:user/${'a'.repeat(200)}`,
  ])('`%s` is nobody', (text) => expect(parsePrincipalRef(text)).toBeNull());
});
