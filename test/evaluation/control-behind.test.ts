import { expect, it } from 'vitest';
import type { ControlLevel } from '../../src/evaluation/applicable-policies.ts';
import { controlThrough } from '../../src/evaluation/control-behind.ts';
import { attached } from '../support/attached-policy.ts';
import { A, B, policy } from '../support/policies.ts';

const POINT = `arn:aws:s3:eu-west-1:${A}:accesspoint/made-again`;
const DENY = { Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: 'arn:aws:s3:::secret/*' };
const ABOVE: readonly ControlLevel[] = [
  {
    level: { kind: 'ROOT', id: 'r-1', name: 'Root', arn: null },
    policies: [attached(policy(DENY), 'rcp', 'p-1', null)],
  },
];

it('an access point that is made again for another bucket is behind what stands above that bucket', () => {
  const denied = (bucket: string): number => {
    const arn = `arn:aws:s3:::${bucket}`;
    const facts = { arn, accountId: B, policy: null, policyBindings: {}, resourceControl: ABOVE };
    const [behind] = controlThrough(null, A, facts, POINT).behind;
    return behind === undefined || !('statements' in behind.policy)
      ? -1
      : behind.policy.statements.flatMap(({ resources }) => resources?.patterns ?? []).length;
  };
  expect(denied('open')).toBe(0);
  expect(denied('secret')).toBe(1);
});
