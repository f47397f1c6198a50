import { describe, expect, test } from 'vitest';
import { type Client, clientOf } from '../../src/server/client.ts';
import { inNetworks, isNetwork } from '../../src/server/networks.ts';
import { newDataDir, removeDataDir, startTestGateway } from '../support/gateway.ts';
import { exchange, operation } from './exchange.ts';

const PROXY = '10.0.0.1';
const isTrusted = inNetworks(['10.0.0.0/8', '2001:db8:ffff::/48']);

function client(headers: Readonly<Record<string, string>>, remoteAddress: string | null = PROXY): Client {
  const head = { header: (name: string) => headers[name] ?? null, remoteAddress, encrypted: false };
  return clientOf(head, isTrusted);
}

const address = (forwarded: string, from?: string) => client({ 'x-forwarded-for': forwarded }, from).address;
const secure = (protocol: string, from?: string) => client({ 'x-forwarded-proto': protocol }, from).secure;

describe('the address of the client', () => {
  test.each([
    ['one proxy', '192.0.2.1', '192.0.2.1'],
    ['two', '192.0.2.1, 10.2.3.4', '192.0.2.1'],
    ['what the client itself has sent does not count', '198.51.100.9, 192.0.2.1', '192.0.2.1'],
    ['also when it says that it is a proxy', '10.9.9.9, 192.0.2.1, 10.2.3.4', '192.0.2.1'],
    ['a request of the proxies’ own network', '10.7.7.7, 10.2.3.4', '10.7.7.7'],
    ['IPv6', '2001:DB8:0:0::1, 2001:db8:ffff::2', '2001:db8::1'],
    ['IPv4 in IPv6', '::ffff:192.0.2.1', '192.0.2.1'],
    ['IPv4 in IPv6, written otherwise', '::ffff:c000:201', '192.0.2.1'],
    ['with a port', '192.0.2.1:4711', '192.0.2.1'],
    ['IPv6 with a port', '[2001:db8::1]:4711', '2001:db8::1'],
    ['IPv6 in brackets', '[2001:db8::1]', '2001:db8::1'],
    ['no blanks', '192.0.2.1,10.2.3.4', '192.0.2.1'],
  ])('%s', (_name, forwarded, expected) => {
    expect(address(forwarded)).toBe(expected);
  });

  test('is the connection’s where the proxy names none', () => {
    expect(client({}).address).toBe(PROXY);
    expect(client({}, '::ffff:10.0.0.1').address).toBe(PROXY);
  });

  test.each([
    ['nothing', ''],
    ['a blank one', ' '],
    ['one too few', '192.0.2.1,'],
    ['a word', 'unknown'],
    ['a name', 'localhost'],
    ['three numbers', '192.0.2'],
    ['a number', '3221225985'],
    ['octal', '0300.0.2.1'],
    ['hexadecimal', '0xc0.0.2.1'],
    ['too large', '192.0.2.256'],
    ['a network', '192.0.2.0/24'],
    ['line breaks', '192.0.2.1\r\nx-admin: 1'],
    ['absurdly long', '1'.repeat(10_000)],
    ['absurdly long IPv6', `${'0:'.repeat(5_000)}1`],
    ['a quoted one', '"192.0.2.1"'],
  ])('is not known where the proxy names %s', (_name, last) => {
    expect(address(last === '' ? '' : `192.0.2.7, ${last}`)).toBeNull();
  });

  test.each(['192.0.2.66', '::1', '2001:db8::66', '11.0.0.1'])(
    '%s is no proxy: what it says counts nothing',
    (from) => {
      expect(
        client({ 'x-forwarded-for': '10.0.0.1', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'a' }, from),
      ).toEqual({
        address: from,
        secure: false,
        host: null,
        throughProxy: false,
      });
    },
  );

  test('a long way is walked to its end', () => {
    expect(address(`192.0.2.1${', 10.0.0.2'.repeat(500)}`)).toBe('192.0.2.1');
  });

  test('is not known in process, unless it is said', () => {
    expect(client({ 'x-forwarded-for': '10.0.0.1' }, null).address).toBeNull();
  });
});

describe('TLS', () => {
  test.each([
    ['https', true],
    ['HTTPS', true],
    ['https, https', true],
    ['http', false],
    ['http, https', false],
    ['https, http', false],
    ['', false],
    ['https,', false],
    ['wss', false],
    ['https\r\n', false],
  ])('%j is %s', (protocol, expected) => {
    // Node has taken the line breaks' blanks away before.
    expect(secure(protocol === 'https\r\n' ? 'https\r\nx: y' : protocol)).toBe(expected);
    expect(secure(protocol, '192.0.2.1')).toBe(false);
  });

  test('there is none where nobody says so', () => {
    expect(client({}).secure).toBe(false);
  });
});

describe('networks', () => {
  test.each(['127.0.0.1', '10.0.0.0/8', '::1', 'fd00::/8', '::ffff:10.0.0.0/104', '10.0.0.5/8'])('%s', (text) => {
    expect(isNetwork(text)).toBe(true);
  });

  test.each([
    '',
    'localhost',
    '10',
    '10.0.0',
    '10.0.0.0/33',
    '::/129',
    '10.0.0.0/-1',
    '10.0.0.0/8/8',
    '0.0.0.0/0',
    '::/0',
    '10.0.0.0/',
    '::ffff:10.0.0.0/64',
  ])('%j is none', (text) => {
    expect(isNetwork(text)).toBe(false);
  });

  test('hold what is in them, of their own kind', () => {
    const isIn = inNetworks(['192.0.2.7', '::ffff:10.0.0.0/104', 'fd00::/8']);
    for (const text of ['192.0.2.7', '::ffff:192.0.2.7', '10.255.255.255', 'fdff::1'])
      expect([text, isIn(text)]).toEqual([text, true]);
    for (const text of ['192.0.2.8', '11.0.0.0', 'fc00::1', '::', 'x', ''])
      expect([text, isIn(text)]).toEqual([text, false]);
  });
});

test('a role session keeps where it was made from: what a trusted proxy says, and nobody else', async () => {
  const dataDir = await newDataDir();
  const gateway = await startTestGateway(dataDir, { ROLEGATE_TRUSTED_PROXIES: '127.0.0.9, 127.0.1.0/24' });
  try {
    const role = 'arn:aws:iam::222222222222:role/DataWriter';
    const assume = `mutation { assumeRole(input: { role: "${role}", roleSessionName: "alice" }) { ... on AssumeRoleSuccess { credentials { accessKeyId } } } }`;
    const sourceIp = async (from: string, forwarded: string | readonly string[]) => {
      const { headers, body } = operation(assume);
      const authorization = gateway.as.user('alice');
      const sent = await exchange(`${gateway.url}/graphql`, {
        headers: { ...headers, authorization, 'user-agent': 'test/1', 'x-forwarded-for': forwarded },
        body: body ?? '',
        from,
      });
      const { accessKeyId } = sent.body.data.assumeRole.credentials;
      const where = { accessKeyId };
      const session = await gateway.gateway.services.directory.prisma.roleSession.findFirstOrThrow({ where });
      return session.sourceIp;
    };
    expect(await sourceIp('127.0.0.9', '192.0.2.1')).toBe('192.0.2.1');
    expect(await sourceIp('127.0.0.9', ['192.0.2.66', '192.0.2.1', '127.0.1.77'])).toBe('192.0.2.1');
    expect(await sourceIp('127.0.0.9', 'unknown')).toBeNull();
    expect(await sourceIp('127.0.0.8', '192.0.2.1')).toBe('127.0.0.8');
  } finally {
    await gateway.gateway.close();
    await removeDataDir(dataDir);
  }
});
