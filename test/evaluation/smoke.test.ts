import { expect, test } from 'vitest';
import type { AttachedPolicy } from '../../src/evaluation/applicable-policies.ts';
import { authorize } from '../../src/evaluation/authorize.ts';
import { parseRequestContext } from '../../src/evaluation/context.ts';
import { preparePolicies, preparePrincipal, prepareResource } from '../../src/evaluation/prepare.ts';
import { loadPolicy } from '../../src/policy/load.ts';

const policy = (statement: object): AttachedPolicy => ({
  policy: loadPolicy(JSON.stringify({ Version: '2012-10-17', Statement: [statement] }), 'identity'),
  id: 'p',
  name: 'p',
  arn: null,
});

test('a user with an Allow and a condition', () => {
  const policies = preparePolicies({
    identity: [
      policy({
        Effect: 'Allow',
        Action: 's3:Get*',
        Resource: 'arn:aws:s3:::b/${aws:username}/*',
        Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } },
      }),
    ],
    boundary: null,
    serviceControl: null,
  });
  const alice = preparePrincipal(
    {
      kind: 'user',
      arn: 'arn:aws:iam::111111111111:user/alice',
      id: 'AIDAALICE',
      name: 'alice',
      tags: {},
      accountId: '111111111111',
      partition: 'aws',
      organization: null,
    },
    policies,
    null,
  );
  const action = { name: 's3:GetObject', service: 's3', wildcardOnly: false, resourceControlSupported: true };
  const object = prepareResource({
    arn: 'arn:aws:s3:::b/alice/x',
    accountId: '111111111111',
    organization: null,
    tags: {},
    policy: null,
    policyBindings: {},
    resourceControl: null,
  });
  const ask = (context: object) =>
    authorize(alice, action, object, {
      context: parseRequestContext(context, 'context'),
      now: 0,
      authority: 'directory',
    });
  expect(ask({ 'aws:SourceIp': '10.1.2.3' }).reason).toBe(
    'User: arn:aws:iam::111111111111:user/alice is authorized to perform: s3:GetObject on resource: arn:aws:s3:::b/alice/x because an identity-based policy allows the s3:GetObject action: p',
  );
  expect(ask({}).reason).toMatch(/because no identity-based policy allows the s3:GetObject action$/);
  expect(ask({}).missingContextKeys).toEqual(['aws:SourceIp']);
  expect(ask({ 'aws:SourceIp': '11.1.2.3' }).effect).toBe('IMPLICIT_DENY');
  expect(ask({ 'aws:SourceIp': '11.1.2.3' }).layers).toMatchInlineSnapshot(`
    [
      {
        "effect": "IMPLICIT_DENY",
        "layer": "IDENTITY_POLICY",
        "matchedStatements": [],
      },
    ]
  `);
});
