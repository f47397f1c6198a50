import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/policy/json.ts';
import { closedPolicy, readPolicy } from '../../src/policy/load.ts';
import { isPublicPolicy, type PublicPolicyHolder } from '../../src/policy/public-policy.ts';
import { isPublic } from '../support/naive-public.ts';
import type { Doc } from '../support/naive-request.ts';

interface Case {
  readonly name: string;
  /** The page that says so. */
  readonly source: string;
  /** Left out: a bucket. */
  readonly holder?: PublicPolicyHolder;
  readonly statements: readonly (JsonObject & Doc)[];
  readonly public: boolean;
}

const cases: readonly Case[] = JSON.parse(
  readFileSync(new URL('../cases/public-policies.json', import.meta.url), 'utf8'),
);

describe('what S3 calls public', () => {
  test.each(cases.map((one): [string, Case] => [`${one.name}: ${one.public ? 'public' : 'not public'}`, one]))(
    '%s',
    (_name, { holder = 'bucket', statements, public: wanted }) => {
      const document = { Version: '2012-10-17', Statement: statements };
      const policy = readPolicy(document, 'resource');
      expect(isPublicPolicy(policy, holder)).toBe(wanted);
      // The second opinion of the tests reads only what can be read.
      const second = policy.faults.length > 0 ? wanted : isPublic(document, holder === 'accessPoint');
      expect(second).toBe(wanted);
    },
  );

  test('a policy whose content is not known', () => {
    expect(isPublicPolicy(closedPolicy('resource'), 'bucket')).toBe(true);
  });

  test('one policy is judged for a bucket and for an access point', () => {
    const condition = { ArnLike: { 's3:DataAccessPointArn': 'arn:aws:s3:us-west-2:111111111111:accesspoint/*' } };
    const statement = { Effect: 'Allow', Principal: '*', Action: 's3:*', Resource: '*', Condition: condition };
    const policy = readPolicy({ Version: '2012-10-17', Statement: [statement] }, 'resource');
    expect([isPublicPolicy(policy, 'bucket'), isPublicPolicy(policy, 'accessPoint')]).toEqual([false, true]);
  });
});
