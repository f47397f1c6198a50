import { connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { startedGateway } from '../support/gateway.ts';
import { ALICE } from './door.ts';
import { form, type Key, sign } from './signed.ts';

// What no HTTP library sends. Whatever is answered, it is one answer, no failure of ours, and nobody whom the signature does not name.

const gateway = startedGateway();
const WHO = form('GetCallerIdentity');
const ALICE_ARN = '<Arn>arn:aws:iam::111111111111:user/alice</Arn>';

function alice(): Key {
  return { accessKeyId: ALICE, secretAccessKey: gateway.gateway.services.secrets.secretFor(ALICE) };
}

const host = (): string => new URL(gateway.url).host;

/** Writes bytes and reads until the other end closes. */
function exchange(text: string): Promise<string> {
  const { hostname, port } = new URL(gateway.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    let answer = '';
    socket.setEncoding('utf8').on('data', (data) => (answer += data));
    socket.once('close', () => resolve(answer));
    socket.once('error', reject);
    socket.write(text);
  });
}

type Lines = readonly (readonly [string, string])[];

/** The lines of a signed request. */
function linesOf(rest: Partial<Parameters<typeof sign>[1]> = {}): Lines {
  const { headers } = sign(alice(), {
    at: Date.now(),
    body: WHO,
    ...rest,
    headers: { host: host(), ...rest.headers },
  });
  return [...headers].map(([name, [value = '']]) => [name, value] as const);
}

function send(target: string, lines: Lines, version = 'HTTP/1.1', method = 'POST'): Promise<string> {
  const all = [...lines, ['content-length', String(WHO.length)], ['connection', 'close']];
  return exchange(`${method} ${target} ${version}\r\n${all.map((line) => line.join(': ')).join('\r\n')}\r\n\r\n${WHO}`);
}

function told(answer: string): string {
  const [, status = 'none'] = /^HTTP\/1\.1 (\d{3}) /.exec(answer) ?? [];
  const [, code = answer.includes(ALICE_ARN) ? 'alice' : ''] = /<Code>(\w+)</.exec(answer) ?? [];
  expect(answer.match(/^HTTP\/1\.1 /gm)).toHaveLength(1);
  return `${status} ${code}`.trim();
}

// Whatever came before, the next one is served.
afterEach(async () => {
  const answer = await send('/aws', linesOf());
  if (!answer.includes(ALICE_ARN)) throw new Error(`the gateway does not go on: ${answer}`);
});

const without = (lines: Lines, name: string): Lines => lines.filter(([each]) => each !== name);
const twice = (lines: Lines, name: string, value: string): Lines => [...lines, [name, value]];

describe('headers', () => {
  test('given twice', async () => {
    const lines = linesOf();
    expect(told(await send('/aws', twice(lines, 'Authorization', 'AWS4-HMAC-SHA256 x')))).toBe(
      '400 IncompleteSignature',
    );
    expect(told(await send('/aws', [['Authorization', 'Bearer x'], ...lines]))).toBe('400 IncompleteSignature');
    expect(told(await send('/aws', twice(lines, 'X-Amz-Date', '20260101T000000Z')))).toBe('403 SignatureDoesNotMatch');
    expect(told(await send('/aws', [['X-Amz-Date', '20260101T000000Z'], ...lines]))).toBe('403 SignatureDoesNotMatch');
    expect(told(await send('/aws', twice(lines, 'X-Amz-Security-Token', '')))).toBe('403 InvalidClientTokenId');
    expect(told(await send('/aws', twice(lines, 'Host', 'other.example')))).toBe('400 IncompleteSignature');
    expect(told(await send('/aws', [['Host', 'other.example'], ...lines]))).toBe('400 IncompleteSignature');
  });

  // Of two hosts, or two callers, one reader takes the first and another the last.
  test.each([
    ['/graphql', '"code":"BAD_REQUEST"'],
    ['/healthz', '"code":"BAD_REQUEST"'],
    ['/access/v1/evaluation', '"the header'],
    ['/aws', '<Code>IncompleteSignature<'],
  ])('that name the host or the caller are given once, at %s', async (target, form) => {
    const lines: Lines = [
      ['host', host()],
      ['content-type', 'application/json'],
    ];
    const doubled = [
      ['host', 'evil.example'],
      ['Host', host()],
      ['authorization', 'Bearer x'],
    ] as const;
    for (const [name, value] of doubled) {
      const answer = await send(target, [...lines, ['authorization', 'Bearer y'], [name, value]]);
      expect(answer).toMatch(/^HTTP\/1\.1 400 /);
      expect(answer).toContain(form);
      expect(answer).toContain(name.toLowerCase());
    }
  });

  test('on several lines', async () => {
    const folded = linesOf({ headers: { 'x-amz-meta': 'a b' } }).map(
      ([name, value]) => [name, name === 'x-amz-meta' ? 'a\r\n b' : value] as const,
    );
    expect(told(await send('/aws', folded))).toBe('400');
  });

  test('from a peer that is no proxy do not say which host was signed', async () => {
    const lines = linesOf({ headers: { host: 'iam.example.com' } });
    const forwarded = lines.map(([name, value]) => [name, name === 'host' ? host() : value] as const);
    const claimed = [
      ...forwarded,
      ['X-Forwarded-Host', 'iam.example.com'],
      ['Forwarded', 'host=iam.example.com'],
    ] as const;
    expect(told(await send('/aws', claimed))).toBe('403 SignatureDoesNotMatch');
  });

  test('without a host', async () => {
    expect(told(await send('/aws', without(linesOf(), 'host')))).toBe('400');
    expect(told(await send('/aws', without(linesOf(), 'host'), 'HTTP/1.0'))).toBe('403 SignatureDoesNotMatch');
    const empty = without(linesOf({ headers: { host: '' } }), 'host');
    expect(told(await send('/aws', empty, 'HTTP/1.0'))).toBe('200 alice');
  });
});

describe('targets', () => {
  // Dots and empty segments are no part of what is signed; what is percent-encoded is.
  test.each([
    ['/aws/../aws', '/aws', '200 alice'],
    ['/aws/./', '/aws/', '200 alice'],
    ['/x/../aws', '/aws', '200 alice'],
    ['/aws/%2e%2e/aws', '/aws/%252e%252e/aws', '200 alice'],
    ['/aws/%2e%2e/aws', '/aws', '403 SignatureDoesNotMatch'],
    ['/aws//', '/aws/', '400 InvalidAction'],
    ['//aws', '/aws', '404'],
    ['/AWS', '/AWS', '404'],
    ['/aws;x', '/aws%3Bx', '404'],
    ['/aws%2f', '/aws%252f', '404'],
    ['/aws?', '/aws', '200 alice'],
    ['/aws/?x', '/aws/', '200 alice'],
    ['/aws?Action=AssumeRole', '/aws', '400 ValidationError'],
    ['/?Action=GetCallerIdentity', '/', '400 ValidationError'],
    ['*', '/aws', '400'],
  ])('%s, signed as %s: %s', async (target, path, expected) => {
    const [, query] = target.split('?');
    const lines = linesOf({ path, ...(query === undefined ? {} : { query }) });
    expect(told(await send(target, lines))).toBe(expected);
  });

  test('that are whole addresses', async () => {
    for (const target of [`http://${host()}/aws`, 'http://other.example/aws', 'ftp://x/aws', 'http://']) {
      expect(told(await send(target, linesOf()))).toBe('400');
    }
  });
});
