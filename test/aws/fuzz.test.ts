/** Requests that nobody would send. ROLEGATE_FUZZ_SECONDS says for how long: two by default, half a minute in the long runs. */
import * as fc from 'fast-check';
import { expect, inject, test } from 'vitest';
import { OPERATIONS } from '../../src/aws/operations/operations.ts';
import type { SignedRequest } from '../../src/aws/signing/signed-request.ts';
import { SERVICES, type ServiceName } from '../../src/aws/wire/shapes.ts';
import { allow, aUser, userArn } from '../support/policies.ts';
import { ALICE, DATA_WRITER, EC2, NOW, openedDoor, textOf } from './door.ts';
import { filled } from './filled.ts';
import { protocolOf } from './protocol.ts';
import { form, sign, unsigned } from './signed.ts';
import { CAROL, doorWorld } from './world.ts';

const seconds = Number(process.env['ROLEGATE_FUZZ_SECONDS'] ?? { ordinary: 2, short: 5, long: 30 }[inject('length')]);
/** fast-check prints the seed and the path of what it finds. */
const RUNS = {
  numRuns: Number.MAX_SAFE_INTEGER,
  interruptAfterTimeLimit: seconds * 1000,
  markInterruptAsFailure: false,
};

/** May do everything: guards stop none of it. */
const ADMIN = 'AKIAADMINAAAAAAAAAAA';
const door = openedDoor(() => {
  const world = doorWorld();
  return {
    ...world,
    users: [...(world.users ?? []), aUser('admin', [allow('*')])],
    accessKeys: [...(world.accessKeys ?? []), { id: ADMIN, user: userArn('admin') }],
  };
});
const protocols = { sts: protocolOf('sts'), iam: protocolOf('iam') };
const services: readonly ServiceName[] = ['sts', 'iam'];
const operations = services.flatMap((service) =>
  Object.entries(SERVICES[service].operations).map(([action, [input = null]]) => ({ service, action, input })),
);

const served = operations.filter(({ service, action }) => action in OPERATIONS[service]);

const WORDS =
  '__proto__ constructor prototype toString hasOwnProperty member entry key value 1 0 -1 999999999 1e9 NaN . .. %00 % & = null true * {} []';
const hostile = fc.constantFrom(
  ...WORDS.split(' '),
  '',
  '\0',
  '\u202e',
  '\ud800',
  'arn:aws:iam::111111111111:role/Hop',
  'Hop',
  'carol',
  DATA_WRITER,
  '${aws:username}',
  '{"Version":"2012-10-17","Statement":[]}',
  "' OR 1=1 --",
  '<!DOCTYPE x [<!ENTITY y "z">]>',
  'A'.repeat(3000),
);
const text = fc.oneof(hostile, fc.string({ unit: 'binary' }), fc.string());
const name = fc
  .array(
    fc.oneof(hostile, fc.constantFrom('RoleArn', 'Tags', 'PolicyArns', 'Policy', 'arn', 'Key', 'Value', 'Action')),
    { minLength: 1, maxLength: 15 },
  )
  .map((parts) => parts.join('.'));
/** What is done to the form of a request that an operation could have. */
const change = fc.oneof(
  fc.record({ kind: fc.constant('add' as const), name, text }),
  fc.record({ kind: fc.constant('set' as const), at: fc.nat(), text }),
  fc.record({ kind: fc.constant('rename' as const), at: fc.nat(), name }),
  fc.record({ kind: fc.constant('drop' as const), at: fc.nat() }),
  fc.record({ kind: fc.constant('below' as const), at: fc.nat(), name }),
  fc.record({ kind: fc.constant('twice' as const), at: fc.nat() }),
);

type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

function changed(pairs: readonly (readonly [string, string])[], each: Change): readonly (readonly [string, string])[] {
  if (each.kind === 'add') return [...pairs, [each.name, each.text]];
  if (pairs.length === 0) return pairs;
  const at = each.at % pairs.length;
  const [given = '', value = ''] = pairs[at] ?? [];
  switch (each.kind) {
    case 'set':
      return pairs.with(at, [given, each.text]);
    case 'rename':
      return pairs.with(at, [each.name, value]);
    case 'drop':
      return pairs.toSpliced(at, 1);
    case 'below':
      return [...pairs, [`${given}.${each.name}`, value]];
    case 'twice':
      return [...pairs, [given, value]];
    default:
      return each satisfies never;
  }
}

const request = fc.record({
  operation: fc.oneof(fc.constantFrom(...operations), fc.constantFrom(...served)),
  seed: fc.nat(1000),
  isFilled: fc.boolean(),
  changes: fc.array(change, { maxLength: 6 }),
  key: fc.constantFrom(CAROL, ADMIN, ADMIN, ALICE, EC2),
  headers: fc.dictionary(
    fc.constantFrom(
      'accept',
      'user-agent',
      'x-amz-meta',
      'content-type',
      'x-amz-content-sha256',
      'host',
      'x-amz-target',
      'cookie',
    ),
    text,
    { maxKeys: 2 },
  ),
  method: fc.oneof({ weight: 9, arbitrary: fc.constant('POST') }, fc.constantFrom('GET', 'HEAD', 'PUT', '')),
});

/** What is wrong with the answer, whatever was asked; null: nothing. */
async function faultOf(sent: SignedRequest): Promise<string | null> {
  const answer = await door.send(sent);
  const { status, body, headers, unexpected } = answer;
  const own = Object.getOwnPropertyNames(Object.prototype).sort();
  if (own.join() !== PROTOTYPE.join()) return `polluted: ${own.join()}`;
  if (unexpected !== null || (status >= 500 && status !== 501)) return `${status} ${String(unexpected)} ${body}`;
  if (headers['content-type'] !== 'text/xml') return null;
  // Every sign that means something in XML is one of ours, and every character one that XML can hold.
  const text = body.replace(/<\/?[A-Za-z]+( xmlns="[^"<>&]*")?\/?>|&(amp|lt|gt|quot|apos|#xD);/g, '');
  if (/[<>&]|(?![\t\n\u007F-\u009F])\p{Cc}/u.test(text)) return body;
  return textOf(answer, 'RequestId') === 'request-1' ? null : body;
}

const PROTOTYPE = Object.getOwnPropertyNames(Object.prototype).sort();

test('whatever is signed is answered', { timeout: seconds * 1000 + 30_000 }, async () => {
  const property = fc.asyncProperty(request, async ({ operation, seed, isFilled, changes, key, headers, method }) => {
    const { service, action, input } = operation;
    const whole =
      input !== null && isFilled
        ? await protocols[service].write(action, filled(service, input, seed))
        : form(action, {}, service);
    const pairs = changes.reduce(changed, [...new URLSearchParams(whole)] as readonly (readonly [string, string])[]);
    const body = new URLSearchParams(pairs.map(([given, value]) => [given, value])).toString();
    const sent = sign(door.key(key), {
      at: NOW,
      service,
      method,
      headers,
      ...(method === 'POST' ? { body } : { query: body }),
    });
    // The key was right before: nothing is slowed down.
    await door.ask(door.key(key), 'GetCallerIdentity');
    expect(await faultOf(sent)).toBeNull();
  });
  await fc.assert(property, RUNS);
});

test('whatever is not signed is answered', { timeout: seconds * 1000 + 30_000 }, async () => {
  const garbled = fc.record({
    method: fc.constantFrom('POST', 'GET'),
    path: fc.constantFrom('/aws', '/aws/', '/', '/aws/../..//%2e%2e/', '/%zz'),
    query: fc.oneof(text, fc.constant('Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Signature=x')),
    authorization: fc.oneof(
      text,
      fc
        .tuple(text, text, text)
        .map(
          ([a, b, c]) =>
            `AWS4-HMAC-SHA256 Credential=${a}/20261126/us-east-1/sts/aws4_request, SignedHeaders=host;${b}, Signature=${c}`,
        ),
      fc.constant(
        `AWS4-HMAC-SHA256 Credential=${CAROL}/20261126/us-east-1/sts/aws4_request, SignedHeaders=host, Signature=${'0'.repeat(64)}`,
      ),
    ),
    date: fc.oneof(text, fc.constant('20261126T120000Z')),
    body: fc.oneof(
      text,
      fc.constant(form('GetCallerIdentity')),
      fc
        .string({ unit: 'binary' })
        .map((each) =>
          form('AssumeRoleWithWebIdentity', { RoleArn: each, RoleSessionName: 's1', WebIdentityToken: each }),
        ),
    ),
  });
  const property = fc.asyncProperty(garbled, async ({ method, path, query, authorization, date, body }) => {
    const plain = unsigned(body, { authorization, 'x-amz-date': date });
    door.restart();
    expect(await faultOf({ ...plain, method, path, query })).toBeNull();
  });
  await fc.assert(property, { ...RUNS, interruptAfterTimeLimit: seconds * 500 });
});
