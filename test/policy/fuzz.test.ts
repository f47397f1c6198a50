/** Documents and requests that nobody would write. ROLEGATE_FUZZ_SECONDS says for how long: two by default, a minute in the long runs. */
import * as fc from 'fast-check';
import { expect, inject, test } from 'vitest';
import { RolegateError } from '../../src/policy/errors.ts';
import { loadPolicy } from '../../src/policy/load.ts';
import type { PolicyKind } from '../../src/policy/policy-kind.ts';
import { unreadableFindings } from '../../src/policy/refused-policy.ts';
import { validatePolicy } from '../../src/policy/validate.ts';
import { engineDecision } from '../support/engine.ts';
import { documents } from '../support/generated-policies.ts';
import { requests } from '../support/generated-requests.ts';
import type { Doc } from '../support/naive-evaluator.ts';

const wanted = process.env['ROLEGATE_FUZZ_SECONDS'] ?? { ordinary: 2, short: 10, long: 60 }[inject('length')];
/** Of each of the two tests. */
const seconds = Number(wanted) / 2;
const RUNS = {
  numRuns: Number.MAX_SAFE_INTEGER,
  interruptAfterTimeLimit: seconds * 1000,
  markInterruptAsFailure: false,
};
const TIMEOUT = seconds * 1000 + 30_000;
const kinds = fc.constantFrom<PolicyKind>('identity', 'boundary', 'session', 'trust', 'resource', 'vpce', 'scp', 'rcp');

/** A sound document with one thing broken: cut, doubled, replaced by something else. */
const broken = fc
  .tuple(
    fc.oneof(documents('own'), documents('resource'), documents('trust')),
    fc.nat(),
    fc.nat(20),
    fc.oneof(
      fc.string(),
      fc.constantFrom('{', '}', '[', ']', '"', ':', ',', '\\', '*', '${', 'null', '{}', '[]', '1e999'),
    ),
  )
  .map(([document, at, length, more]) => {
    const text = JSON.stringify(document);
    const place = at % text.length;
    return text.slice(0, place) + more + text.slice(place + length);
  });
const anything = fc.oneof(
  broken,
  fc.json(),
  fc.string(),
  fc.anything().map((value) => JSON.stringify(value) ?? 'undefined'),
);

function isReadable(text: string, kind: PolicyKind): boolean {
  try {
    loadPolicy(text, kind);
    return true;
  } catch (error) {
    if (error instanceof RolegateError) return false;
    throw error;
  }
}

test('reading and validating never fail otherwise than by saying so, and agree with JSON', { timeout: TIMEOUT }, () => {
  fc.assert(
    fc.property(anything, kinds, (text, kind) => {
      const findings = validatePolicy(text, kind);
      expect(validatePolicy(text, kind)).toEqual(findings);
      for (const { line, column, message } of findings) {
        expect(line).toBeGreaterThan(0);
        expect(column).toBeGreaterThan(0);
        expect(message).not.toBe('');
      }
      // What cannot be read is refused, where AWS takes it as well; and what can be read is not, but for AWS's errors.
      const unreadable = unreadableFindings(text, kind);
      expect(isReadable(text, kind) || findings.length + unreadable.length > 0).toBe(true);
      expect(isReadable(text, kind) && unreadable.length > 0).toBe(false);
    }),
    RUNS,
  );
});

test('odd texts in every element: no exception, and the same answer twice', { timeout: TIMEOUT }, () => {
  const odd = fc.oneof(
    fc.string({ unit: fc.constantFrom('*', '?', '$', '{', '}', ':', '/', ',', "'", 'a', ' '), maxLength: 40 }),
    fc.string(),
  );
  const statement = fc.record({
    Effect: fc.constantFrom('Allow', 'Deny'),
    Action: fc.oneof(fc.constant('*'), odd),
    Resource: fc.oneof(
      fc.constant('*'),
      odd,
      odd.map((text) => `arn:aws:s3:::${text}`),
    ),
    Condition: fc.record(
      {
        StringLike: fc.dictionary(odd, odd),
        ArnLike: fc.dictionary(odd, odd),
        IpAddress: fc.dictionary(odd, odd),
        'ForAnyValue:StringNotEqualsIfExists': fc.dictionary(odd, odd),
      },
      { requiredKeys: [] },
    ),
  });
  fc.assert(
    fc.property(requests, fc.array(statement, { minLength: 1, maxLength: 3 }), odd, (q, Statement, resource) => {
      const identity = [{ Version: '2012-10-17', Statement } as unknown as Doc];
      const asked = { ...q, identity, resource: { ...q.resource, arn: resource } };
      const read = () => {
        const { effect, deniedBy, reason, layers, matchedStatements, missingContextKeys } = engineDecision(asked);
        return { effect, deniedBy, reason, layers, matchedStatements, missingContextKeys };
      };
      expect(read()).toEqual(read());
    }),
    RUNS,
  );
});

test('patterns and texts as long as they can be: what took more than its lengths multiplied would not end', () => {
  // Near misses, on which a matcher that goes back over its choices never ends: a*a*a*…b on aaaa…
  const unit = fc.constantFrom('a*', '*a', '?*', 'a?', '**', 'ab*', '*${aws:username}*');
  const pattern = fc
    .array(unit, { minLength: 200, maxLength: 600 })
    .chain((parts) => fc.constantFrom('b', '', '*b*c', '?').map((end) => parts.join('') + end));
  const text = fc.constantFrom('a', 'ab', 'a/', 'aaaaab').map((part) => part.repeat(Math.floor(50_000 / part.length)));
  fc.assert(
    fc.property(requests, pattern, text, fc.constantFrom('Allow', 'Deny'), (q, glob, long, Effect) => {
      const Statement = [
        { Effect, Action: '*', Resource: `arn:aws:s3:::${glob}`, Condition: { StringLike: { 'aws:userid': glob } } },
        { Effect, Action: glob.replaceAll(/[^a*?]/g, ''), NotResource: `arn:aws:s3:::${glob}` },
      ];
      const identity = [{ Version: '2012-10-17', Statement } as unknown as Doc];
      const resource = { ...q.resource, arn: `arn:aws:s3:::${long}` };
      const { effect } = engineDecision({ ...q, identity, resource });
      expect(['ALLOWED', 'EXPLICIT_DENY', 'IMPLICIT_DENY']).toContain(effect);
    }),
    { numRuns: 40 },
  );
});
