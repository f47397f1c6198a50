import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { resourceText } from '../../src/policy/arn.ts';
import { EVERY_MARK, marksOfPattern, marksOfResource } from '../../src/policy/resource-marks.ts';
import { readResourcePattern } from '../../src/policy/resource-pattern.ts';

const part = fc.stringMatching(/^[a-z0-9-]{1,6}$/);
const account = fc.constantFrom('', '111111111111', '222222222222');
const rest = fc.stringMatching(/^[A-Za-z0-9/:._-]{1,24}$/);
const arns = fc
  .tuple(part, part, account, rest)
  .map(([service, region, owner, name]) => `arn:aws:${service}:${region}:${owner}:${name}`);

/** A pattern that covers the ARN: wildcards stand where some of its letters did. */
const covering = arns.chain((arn) =>
  fc
    .array(fc.record({ at: fc.nat(arn.length - 1), length: fc.nat(8), star: fc.boolean() }), { maxLength: 3 })
    .map((holes) => {
      const letters = arn.split('');
      for (const { at, length, star } of holes) {
        // Colons stay, so that the parts do, and what says that it is an ARN.
        const until = star ? at + length : at + 1;
        for (let i = at; i < until && i < letters.length && arn[i] !== ':'; i += 1)
          if (i > 2) letters[i] = star ? '*' : '?';
      }
      return { arn, pattern: letters.join('') };
    }),
);

describe('marks', () => {
  test('a pattern that covers a resource has a mark in common with it', () => {
    fc.assert(
      fc.property(covering, ({ arn, pattern }) => {
        const read = readResourcePattern(pattern, 'identity', true);
        expect(read).not.toBeNull();
        expect((read?.marks ?? 0) & resourceText(arn).marks).not.toBe(0);
      }),
    );
  });

  test('what can be anywhere is looked at for every resource, also for what is no ARN', () => {
    expect(marksOfPattern(null, '')).toBe(EVERY_MARK);
    expect(marksOfPattern(null, 'ab')).toBe(EVERY_MARK);
    expect(EVERY_MARK & marksOfResource(null, '*')).not.toBe(0);
  });

  test('what is no ARN has no mark in common with a pattern for ARNs', () => {
    const pattern = readResourcePattern('arn:aws:s3:::bucket/*', 'identity', true);
    expect((pattern?.marks ?? -1) & resourceText('*').marks).toBe(0);
  });

  test('most other resources are told apart by their first letters', () => {
    const buckets = Array.from({ length: 40 }, (_, i) => `arn:aws:s3:::${(i * 7919).toString(36)}-reports/`);
    const patterns = buckets.map((bucket) => readResourcePattern(`${bucket}*`, 'identity', true)?.marks ?? EVERY_MARK);
    const resources = buckets.map((bucket) => resourceText(`${bucket}x`).marks);
    const alike = patterns.flatMap((pattern) => resources.filter((marks) => (pattern & marks) !== 0));
    expect(alike.length).toBeGreaterThanOrEqual(buckets.length);
    expect(alike.length).toBeLessThan((buckets.length * buckets.length) / 2);
  });

  test('an entry with variables is looked at by its head alone: what it covers is only known with a request', () => {
    const pattern = readResourcePattern('arn:aws:s3:::home/${aws:username}/*', 'identity', true);
    expect(pattern?.marks).toBe(marksOfPattern('arn:aws:s3:::', ''));
  });
});
