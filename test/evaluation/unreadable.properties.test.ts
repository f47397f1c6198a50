import * as fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { engineDecision } from '../support/engine.ts';
import { documents, FULL_ACCESS } from '../support/generated-policies.ts';
import { requests } from '../support/generated-requests.ts';
import type { Doc, Json, NaiveRequest } from '../support/naive-request.ts';

// A loaded machine is slow; how fast this is, the benchmark says.
vi.setConfig({ testTimeout: 300_000 });

const RUNS = { numRuns: 300 };

/** Something that stands in a statement: one that cannot be read, and one that can. */
const pieces: fc.Arbitrary<{ readonly at: string; readonly unreadable: Json; readonly readable: Json }> = fc.oneof(
  fc.record({
    at: fc.constantFrom('Action', 'NotAction'),
    unreadable: fc.constantFrom<Json>('', 's3:Get Object', 'nonsense', 's*:*', 7, null),
    readable: fc.constantFrom<Json>('*', 's3:GetObject', 'sqs:*', 's3:*'),
  }),
  fc.record({
    at: fc.constantFrom('Resource', 'NotResource'),
    unreadable: fc.constantFrom<Json>('', 'foo', 'b/*', 7, null),
    readable: fc.constantFrom<Json>('*', 'arn:aws:s3:::b/*', 'arn:aws:sqs:us-east-1:*'),
  }),
  fc.record({
    at: fc.constant('Condition'),
    unreadable: fc.constantFrom<Json>(
      { StringEqual: { 'aws:username': 'alice' } },
      { IpAddress: { 'aws:SourceIp': '1.2.3' } },
      { NotIpAddress: { 'aws:SourceIp': ['10.0.0.0/8', '10.0.0.0/33'] } },
      { NumericLessThan: { 's3:max-keys': 'ten' } },
      { DateGreaterThan: { 'aws:CurrentTime': 'yesterday' } },
      { ArnLike: { 'aws:PrincipalArn': 'alice' } },
      { Bool: { 'aws:SecureTransport': 'yes' } },
      { Null: { 'aws:username': 'maybe' } },
    ),
    readable: fc.constantFrom<Json>(
      { StringEquals: { 'aws:username': 'alice' } },
      { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } },
      { NumericLessThan: { 's3:max-keys': '10' } },
      { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/*' } },
      { Null: { 'aws:username': false } },
    ),
  }),
);

const without = (statement: Doc, ...elements: readonly string[]): Doc =>
  Object.fromEntries(Object.entries(statement).filter(([element]) => !elements.includes(element)));

/** The statement with one more entry or line at `at`. */
function having(statement: Doc, at: string, piece: Json): Doc {
  if (at === 'Condition') return { ...statement, Condition: piece };
  const element = at.replace('Not', '');
  const had = statement[element] ?? statement[`Not${element}`] ?? [];
  const rest = without(statement, element, `Not${element}`);
  return { ...rest, [at]: [...(Array.isArray(had) ? (had as readonly Json[]) : [had]), piece] };
}

test('what cannot be read allows no more than anything that can stand there, and no more than nothing in its place', () => {
  const places: readonly ((q: NaiveRequest, document: Doc) => NaiveRequest)[] = [
    (q, document) => ({ ...q, identity: [...q.identity, document] }),
    (q, document) => (q.principal.kind === 'user' ? { ...q, boundary: document } : q),
    (q, document) => ({ ...q, scp: [[document, FULL_ACCESS]] }),
    (q, document) => ({ ...q, resource: { ...q.resource, policy: document } }),
  ];
  fc.assert(
    fc.property(requests, documents('resource'), fc.constantFrom(...places), pieces, (q, document, put, piece) => {
      const [first = {}] = document['Statement'] as readonly Doc[];
      const allowed = (changed: Doc): boolean => {
        const inResource = put === places[3];
        const statement = {
          ...without(changed, 'Principal', 'NotPrincipal'),
          ...(inResource ? { Principal: '*' } : {}),
        };
        return engineDecision(put(q, { Version: '2012-10-17', Statement: [statement] })).allowed;
      };
      fc.pre(allowed(having(first, piece.at, piece.unreadable)));
      const nothing = piece.at === 'Condition' ? without(first, 'Condition') : having(first, piece.at, piece.readable);
      expect([allowed(having(first, piece.at, piece.readable)), allowed(nothing)]).toEqual([true, true]);
    }),
    RUNS,
  );
});
