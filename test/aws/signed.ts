import { createHash, createHmac } from 'node:crypto';
import type { SignedRequest } from '../../src/aws/signing/signed-request.ts';

/** Credentials that requests are signed with. */
export interface Key {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** A request to be signed; what is left out is as a client of AWS sends it. */
export interface ToSign {
  readonly method?: string;
  readonly path?: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly service?: string;
  readonly region?: string;
  /** Of the scope; left out: that of `at`. */
  readonly date?: string;
  /** Seconds: signs in the query. */
  readonly presigned?: number;
}

const HOST = '127.0.0.1:4000';

/** Signs as the page on SigV4 says, on its own: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
export function sign(key: Key, given: ToSign): SignedRequest {
  const { path = '/aws', body = '', service = 'sts', region = 'us-east-1', presigned } = given;
  const method = given.method ?? (presigned === undefined ? 'POST' : 'GET');
  const stamp = new Date(given.at).toISOString().replace(/[-:]|\.\d+/g, '');
  const scope = `${given.date ?? stamp.slice(0, 8)}/${region}/${service}/aws4_request`;
  const headers = new Map<string, string>(Object.entries({ host: HOST, ...given.headers }));
  if (presigned === undefined) {
    if (method === 'POST' && !headers.has('content-type')) {
      headers.set('content-type', 'application/x-www-form-urlencoded; charset=utf-8');
    }
    headers.set('x-amz-date', stamp);
    if (key.sessionToken !== undefined) headers.set('x-amz-security-token', key.sessionToken);
  }
  const names = [...headers.keys()].sort();
  const credential = `${key.accessKeyId}/${scope}`;
  const query = new Map(new URLSearchParams(given.query));
  if (presigned !== undefined) {
    query.set('X-Amz-Algorithm', 'AWS4-HMAC-SHA256').set('X-Amz-Credential', credential).set('X-Amz-Date', stamp);
    query.set('X-Amz-Expires', String(presigned)).set('X-Amz-SignedHeaders', names.join(';'));
    if (key.sessionToken !== undefined) query.set('X-Amz-Security-Token', key.sessionToken);
  }
  const encoded = [...query].map(([name, value]) => [encode(name), encode(value)] as const);
  const sent = encoded
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
  const lines = names.map((name) => `${name}:${headers.get(name)?.trim()}\n`).join('');
  const canonical = [method, path, sent, lines, names.join(';'), sha256(body)].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', stamp, scope, sha256(canonical)].join('\n');
  let derived: Buffer | string = `AWS4${key.secretAccessKey}`;
  for (const part of [...scope.split('/'), toSign]) derived = createHmac('sha256', derived).update(part).digest();
  const signature = Buffer.from(derived).toString('hex');
  if (presigned === undefined) {
    const list = `Credential=${credential}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
    headers.set('authorization', `AWS4-HMAC-SHA256 ${list}`);
  }
  return {
    method,
    path,
    query: presigned === undefined ? sent : `${sent}&X-Amz-Signature=${signature}`,
    headers: new Map([...headers].map(([name, value]) => [name, [value]])),
    body: Buffer.from(body),
  };
}

/** A request without a signature. */
export function unsigned(body: string, headers: Readonly<Record<string, string>> = {}): SignedRequest {
  const all = { host: HOST, 'content-type': 'application/x-www-form-urlencoded', ...headers };
  const lists = Object.entries(all).map(([name, value]) => [name, [value]] as const);
  return { method: 'POST', path: '/aws', query: '', headers: new Map(lists), body: Buffer.from(body) };
}

/** The request with other headers than were signed. */
export function altered(
  request: SignedRequest,
  headers: Readonly<Record<string, string | readonly string[]>>,
): SignedRequest {
  const all = new Map(request.headers);
  for (const [name, value] of Object.entries(headers)) all.set(name, typeof value === 'string' ? [value] : value);
  return { ...request, headers: all };
}

/** The form of an operation of STS, or with `iam` of IAM. */
export function form(action: string, parameters: Readonly<Record<string, string>> = {}, service = 'sts'): string {
  const version = service === 'sts' ? '2011-06-15' : '2010-05-08';
  return new URLSearchParams({ Action: action, Version: version, ...parameters }).toString();
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
