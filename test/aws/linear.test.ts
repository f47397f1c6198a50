/**
 * What a stranger can send costs no more than its size. Compared is the shortest of some runs with that of input of ten times
 * the size: in a quadratic reader it would take a hundred times as long.
 */
import { expect, test } from 'vitest';
import { canonicalRequest } from '../../src/aws/signing/canonical-request.ts';
import { signatureOf } from '../../src/aws/signing/signature.ts';
import { formPairs, parametersOf } from '../../src/aws/wire/parameters.ts';
import { readInput } from '../../src/aws/wire/read-input.ts';
import { xmlText } from '../../src/aws/wire/xml.ts';
import { form, unsigned } from './signed.ts';

const PIECES = 900;

function shortest(work: () => unknown): number {
  let least = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 9; run++) {
    const begin = performance.now();
    try {
      work();
    } catch {
      // A refusal may take as long.
    }
    least = Math.min(least, performance.now() - begin);
  }
  return least;
}

const many = (count: number, piece: (n: number) => string, between = ''): string =>
  Array.from({ length: count }, (_, n) => piece(n)).join(between);
const read = (body: string) => readInput('sts', 'AssumeRoleRequest', parametersOf(formPairs(body)));
const canonical = (given: Partial<ReturnType<typeof unsigned>>, signed = ['host']) =>
  canonicalRequest({ ...unsigned(''), ...given }, signed, '', null);
const assume = form('AssumeRole', { RoleArn: 'r', RoleSessionName: 's' });

const CASES: Readonly<Record<string, (size: number) => unknown>> = {
  'entries of a list': (size) => read(`${assume}&${many(size, (n) => `TransitiveTagKeys.member.${size - n}=x`, '&')}`),
  'names with many dots': (size) => read(`${assume}&${many(size / 10, (n) => `${'a.'.repeat(200)}${n}=`, '&')}`),
  'one name of dots alone': (size) => read(`${'.'.repeat(size * 100)}=1`),
  'values with percent signs': (size) => read(`${assume}&Policy=${'%'.repeat(size * 100)}`),
  'segments of a path': (size) => canonical({ path: many(size, () => '/../a') }),
  'parameters of a query': (size) => canonical({ query: many(size, (n) => `x${size - n}=%20`, '&') }),
  'blanks in a header': (size) => canonical({ headers: new Map([['x', [`a${' '.repeat(size * 10)}b`]]]) }, ['x']),
  'one header many times': (size) =>
    canonical({ headers: new Map([['x', Array.from({ length: size }, () => ' a ')]]) }, ['x']),
  'signed headers': (size) =>
    signatureOf(
      unsigned('', {
        'x-amz-date': '20261126T120000Z',
        authorization: `AWS4-HMAC-SHA256 Credential=A/20261126/r/sts/aws4_request, SignedHeaders=${many(size / 10, () => 'host;')}, Signature=0`,
      }),
    ),
  'blanks in the header of the signature': (size) =>
    signatureOf(unsigned('', { authorization: `AWS4-HMAC-SHA256 ${' '.repeat(size)}` })),
  'text of an answer': (size) => xmlText('<\0&\ud800'.repeat(size * 10)),
};

test.each(Object.entries(CASES))('%s', (_, work) => {
  const small = shortest(() => work(PIECES));
  const large = shortest(() => work(PIECES * 10));
  // Below a tenth of a millisecond the clock says nothing.
  expect(large / Math.max(small, 0.1)).toBeLessThan(50);
});
