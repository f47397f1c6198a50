import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { signatureOf } from '../../src/aws/signing/signature.ts';
import type { SignedRequest } from '../../src/aws/signing/signed-request.ts';
import { isSignedWith, payloadHashOf, signingKeyOf } from '../../src/aws/signing/verify.ts';

interface Vector {
  readonly name: string;
  readonly context: {
    readonly credentials: { readonly secret_access_key: string };
    readonly normalize: boolean;
  };
  readonly 'header-signed-request': string;
  readonly 'query-signed-request': string;
}

const VECTORS: readonly Vector[] = JSON.parse(readFileSync(new URL('sigv4-vectors.json', import.meta.url), 'utf8'));

/** Its token was added after signing: a verifier reads a token in the query as signed, as every other parameter there. */
const NOT_FOR_VERIFIERS = 'post-sts-header-after in the query';

const SIGNED = VECTORS.flatMap((vector) => [
  { ...vector, name: `${vector.name} in the header`, text: vector['header-signed-request'] },
  { ...vector, name: `${vector.name} in the query`, text: vector['query-signed-request'] },
]).filter(({ name }) => name !== NOT_FOR_VERIFIERS);

/** A request in the text form of the suite, which is that of HTTP/1.1 with folded lines. */
function parse(text: string): SignedRequest {
  const [head = '', ...body] = text.split('\n\n');
  const [line = '', ...lines] = head.replace(/\n[ \t]+/g, ' ').split('\n');
  const [, method = '', target = ''] = /^(\S+) (.*) HTTP\/1\.1$/.exec(line) ?? [];
  const [path = '', ...query] = target.split('?');
  const headers = new Map<string, string[]>();
  for (const each of lines) {
    const at = each.indexOf(':');
    const name = each.slice(0, at).toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), each.slice(at + 1)]);
  }
  return { method, path, query: query.join('?'), headers, body: Buffer.from(body.join('\n\n')) };
}

function isAccepted(request: SignedRequest, { context }: Vector): boolean {
  const signature = signatureOf(request);
  if (signature === null) throw new Error('not signed');
  const { secret_access_key: secret } = context.credentials;
  const key = signingKeyOf(secret, signature);
  return isSignedWith(key, request, signature, payloadHashOf(request), { normalizePath: context.normalize });
}

describe('signatures of AWS’s signing suite', () => {
  test('75 of its 76 requests are there', () => {
    expect(SIGNED).toHaveLength(75);
  });

  test.each(SIGNED)('$name is accepted, and refused with a signed part altered', (vector) => {
    const request = parse(vector.text);
    expect(isAccepted(request, vector)).toBe(true);
    expect(isAccepted({ ...request, method: 'PUT' }, vector)).toBe(false);
    expect(isAccepted({ ...request, path: `${request.path}x` }, vector)).toBe(false);
    expect(isAccepted({ ...request, body: Buffer.from('other') }, vector)).toBe(false);
    expect(isAccepted({ ...request, query: `${request.query}&more=1` }, vector)).toBe(false);
    const headers = new Map([...request.headers, ['host', ['example.org']]] as const);
    expect(isAccepted({ ...request, headers }, vector)).toBe(false);
  });
});
