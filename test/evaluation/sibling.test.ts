import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { prepareResource } from '../../src/evaluation/prepare.ts';
import type { ResourceFacts } from '../../src/evaluation/resource.ts';
import { siblingOf } from '../../src/evaluation/sibling.ts';

const factsOf = (arn: string): ResourceFacts => ({
  arn,
  accountId: '111111111111',
  organization: null,
  tags: null,
  policy: null,
  policyBindings: {},
  resourceControl: null,
  region: 'eu-west-1',
});

test('an object that is made from another one in its bucket is what it would be by itself', () => {
  const key = fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' });
  fc.assert(
    fc.property(key, key, fc.constantFrom('aws', 'aws-cn', 'AWS'), (one, other, partition) => {
      const [known, wanted] = [`arn:${partition}:s3:::Bucket/${one}`, `arn:${partition}:s3:::Bucket/${other}`];
      expect(siblingOf(prepareResource(factsOf(known)), wanted)).toEqual(prepareResource(factsOf(wanted)));
    }),
  );
});
