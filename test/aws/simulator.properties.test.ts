import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createAccess } from '../../src/access/access.ts';
import { Work } from '../../src/access/work.ts';
import type { AwsContext } from '../../src/aws/operations/operation.ts';
import { IAM_SIMULATIONS } from '../../src/aws/operations/simulate/simulate.ts';
import { openCatalog } from '../../src/catalog/catalog.ts';
import { RolegateError } from '../../src/policy/errors.ts';
import { readPolicy } from '../../src/policy/load.ts';
import { keysOfPolicies } from '../../src/policy/policy-keys.ts';
import { UNKNOWN_ORIGIN } from '../../src/session/call.ts';
import { documents } from '../support/generated-policies.ts';
import { MemoryDirectory } from '../support/memory-directory.ts';
import { NOON, refOf } from '../support/questions.ts';
import { A } from '../support/world.ts';

const catalog = await openCatalog();
const directory = new MemoryDirectory({}, catalog);
const access = createAccess(directory, catalog);
const ALICE = `arn:aws:iam::${A}:user/alice`;

/** Resources whose own policies need not let their account in. */
const ALLOW = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }],
});
const DENY = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: 's3:*', Resource: '*' }] });

const ASKED = fc.constantFrom(
  ['s3:GetObject', 'arn:aws:s3:::b/x'],
  ['s3:GetObject', 'arn:aws:s3:::b/alice/x'],
  ['s3:PutObject', 'arn:aws:s3:::b/a*b'],
  ['s3:ListBucket', 'arn:aws:s3:::b'],
  ['sqs:SendMessage', `arn:aws:sqs:us-east-1:${A}:q`],
  ['iam:PassRole', `arn:aws:iam::${A}:role/team/App`],
  ['iam:ListUsers', '*'],
  ['ec2:DescribeInstances', '*'],
) as fc.Arbitrary<[string, string]>;

const VALUES: Readonly<Record<string, string>> = {
  'aws:sourceip': '10.0.0.1',
  'aws:currenttime': '2026-06-15T12:00:00Z',
  'aws:epochtime': '1781524800',
  'aws:securetransport': 'true',
  'aws:multifactorauthpresent': 'true',
  'aws:multifactorauthage': '60',
  'aws:principalisawsservice': 'false',
  'aws:viaawsservice': 'false',
  'aws:requestedregion': 'us-east-1',
  'aws:principalarn': ALICE,
  'aws:username': 'alice',
};

/** Every key that the policies name, with a value: where all are given, the simulator assumes no less than AWS. */
function contextFor(policies: readonly string[]): ReadonlyMap<string, string> {
  const keys = keysOfPolicies(policies.map((text) => readPolicy(text, 'identity')));
  return new Map(keys.map(({ name }) => [name, VALUES[name] ?? 'x']));
}

async function simulated(input: object): Promise<string> {
  const context = {
    access,
    directory,
    catalog,
    caller: { kind: 'operator' },
    now: NOON,
    origin: UNKNOWN_ORIGIN,
    request: {},
    work: new Work(),
  } as unknown as AwsContext; // as: nothing is looked up for policies that are given
  try {
    const { EvaluationResults: [result] = [] } = await IAM_SIMULATIONS.SimulateCustomPolicy(context, input as never);
    return result?.EvalDecision ?? 'none';
  } catch (error) {
    if (error instanceof RolegateError) return error.code;
    throw error;
  }
}

function decided(
  policies: readonly string[],
  boundary: string | null,
  [action, resource]: readonly [string, string],
): string {
  try {
    const [answer] = access.simulate(
      {
        caller: { principal: refOf(ALICE), roleArn: null, tags: {} },
        identityPolicies: policies,
        permissionsBoundaries: boundary === null ? [] : [boundary],
        sessionPolicies: [],
        resourcePolicy: null,
        vpcEndpointPolicy: null,
        serviceControlPolicies: null,
        resourceControlPolicies: null,
        requests: [
          {
            action,
            resource,
            resourceAccount: null,
            context: contextFor([...policies, ...(boundary === null ? [] : [boundary])]),
          },
        ],
        assumeContextKeys: false,
        path: '',
      },
      NOON,
    );
    return { ALLOWED: 'allowed', EXPLICIT_DENY: 'explicitDeny', IMPLICIT_DENY: 'implicitDeny' }[
      answer?.decision.effect ?? 'IMPLICIT_DENY'
    ];
  } catch (error) {
    if (error instanceof RolegateError) return 'InvalidInput';
    throw error;
  }
}

test('SimulateCustomPolicy decides as simulateCustomPolicies does: one road', async () => {
  const texts = documents('own').map((document) => JSON.stringify(document));
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(
      fc.array(texts, { minLength: 1, maxLength: 3 }),
      fc.option(texts, { nil: null, freq: 2 }),
      ASKED,
      async (policies, boundary, asked) => {
        const [action, resource] = asked;
        const context = contextFor([...policies, ...(boundary === null ? [] : [boundary])]);
        const answer = await simulated({
          PolicyInputList: policies,
          ...(boundary === null ? {} : { PermissionsBoundaryPolicyInputList: [boundary] }),
          ActionNames: [action],
          ResourceArns: [resource],
          CallerArn: ALICE,
          ContextEntries: [...context].map(([ContextKeyName, value]) => ({
            ContextKeyName,
            ContextKeyValues: [value],
          })),
        });
        seen.add(answer);
        expect(answer).toBe(decided(policies, boundary, asked));
      },
    ),
    // A Deny that matches is rare, and so is what is allowed, among generated documents.
    {
      numRuns: 500,
      examples: [
        [[DENY], null, ['s3:GetObject', 'arn:aws:s3:::b/x']],
        [[ALLOW], null, ['s3:GetObject', 'arn:aws:s3:::b/x']],
      ],
    },
  );
  expect(seen).toEqual(new Set(['allowed', 'explicitDeny', 'implicitDeny', 'InvalidInput']));
});
