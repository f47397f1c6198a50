import { expect, test } from 'vitest';
import { namesGiven } from '../../src/access/previews/outside-grants.ts';
import { prepareResource } from '../../src/evaluation/prepare.ts';
import type { JsonObject } from '../../src/policy/json.ts';
import { attach } from '../support/engine.ts';
import { A } from '../support/policies.ts';

const BUCKET = 'arn:aws:s3:::box';
const bucketWith = (...statements: readonly JsonObject[]) =>
  prepareResource({
    arn: BUCKET,
    accountId: A,
    organization: null,
    tags: {},
    policy: attach({ Version: '2012-10-17', Statement: statements }, 'resource', BUCKET),
    policyBindings: {},
    resourceControl: [],
  });
const letting = (whom: JsonObject): JsonObject => ({ Effect: 'Allow', ...whom, Action: 's3:*', Resource: '*' });
const everybody = letting({ Principal: '*' });

// An Allow with NotPrincipal, or without Principal, names nobody.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
test.each<[string, JsonObject, readonly string[]]>([
  ['everybody but one, which AWS does not support', letting({ NotPrincipal: { AWS: '999999999999' } }), ['every *']],
  ['nobody', letting({}), ['every *']],
  ['everybody', everybody, []],
])('a policy that let in %s, and lets in everybody then, gives to', (_whom, before, given) => {
  expect([...namesGiven({ before: bucketWith(before), after: bucketWith(everybody) })]).toEqual(given);
});

test('a policy that lets in everybody but one then gives nothing', () => {
  const after = bucketWith(letting({ NotPrincipal: { AWS: '999999999999' } }));
  expect(namesGiven({ before: bucketWith(), after }).size).toBe(0);
});
