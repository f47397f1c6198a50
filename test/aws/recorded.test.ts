/** Requests of AWS's own clients, as they were recorded: see programs/recorder.ts. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { askedOf } from '../../src/aws/request.ts';
import { signatureOf } from '../../src/aws/signing/signature.ts';
import type { SignedRequest } from '../../src/aws/signing/signed-request.ts';
import { checkScope, isSignedWith, payloadHashOf, signingKeyOf } from '../../src/aws/signing/verify.ts';
import type { RecordedRequest } from './programs/recorder.ts';

type Kept = RecordedRequest & { readonly keyId: string | null; readonly secret: string | null };

function recorded(name: string): readonly Kept[] {
  return JSON.parse(readFileSync(new URL(`recorded-${name}.json`, import.meta.url), 'utf8'));
}

function requestOf({ method, url, headers, body }: Kept): SignedRequest {
  const [path = '', query = ''] = url.split('?');
  const lists = new Map<string, string[]>();
  for (let at = 0; at < headers.length; at += 2) {
    const name = (headers[at] ?? '').toLowerCase();
    lists.set(name, [...(lists.get(name) ?? []), headers[at + 1] ?? '']);
  }
  return { method, path, query, headers: lists, body: Buffer.from(body) };
}

describe.each(['cli', 'js', 'dotnet'])('requests of %s', (name) => {
  const signed = recorded(name).filter(({ keyId }) => keyId !== null);

  test('are signed with long-term and with temporary keys', () => {
    const kinds = new Set(signed.map(({ keyId }) => keyId?.slice(0, 4)));
    expect(kinds).toEqual(new Set(['AKIA', 'ASIA']));
    const actions = signed.map(({ body }) => /Action=(\w+)/.exec(body)?.[1]);
    expect(actions).toEqual(expect.arrayContaining(['GetCallerIdentity', 'AssumeRole']));
  });

  test.each(signed)('$what, with $keyId', (kept) => {
    const request = requestOf(kept);
    const signature = signatureOf(request);
    if (signature === null) throw new Error('not signed');
    const payloadHash = payloadHashOf(request);
    const isRight = (secret: string, given = request): boolean =>
      isSignedWith(signingKeyOf(secret, signature), given, signature, payloadHashOf(given));
    expect(signature.keyId).toBe(kept.keyId);
    expect(isRight(kept.secret ?? '')).toBe(true);
    expect(isRight(`${kept.secret}x`)).toBe(false);
    expect(isRight(kept.secret ?? '', { ...request, body: Buffer.from(`${kept.body}&x=1`) })).toBe(false);
    checkScope(request, signature, { service: signature.service, payloadHash, now: kept.at });
  });

  test.each(recorded(name))('$what is understood', (kept) => {
    expect(kept.body).toContain(`Action=${askedOf(requestOf(kept)).action}`);
  });
});
