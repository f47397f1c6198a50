import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { createAccess } from '../../src/access/access.ts';
import type { Simulation } from '../../src/access/simulate.ts';
import { policyDocument } from '../../src/analysis/policy-document.ts';
import { openCatalog } from '../../src/catalog/catalog.ts';
import type { DirectoryDocument } from '../../src/directory/document.ts';
import { parseRequestContext } from '../../src/evaluation/context.ts';
import type { JsonObject } from '../../src/policy/json.ts';
import { finished } from '../../src/policy/steps.ts';
import { MemoryDirectory } from '../support/memory-directory.ts';
import { A, aUser, policy, userArn } from '../support/policies.ts';
import { aQuestion, aSubject, NOON, refOf } from '../support/questions.ts';

const catalog = await openCatalog();
const ALICE = userArn('alice');
const M = '999999999999';
const ROOT = 'r-abcd';

/** Nobody says whose these are, or they are requests without a resource. */
const ASKED = [
  ['s3:GetObject', 'arn:aws:s3:::elsewhere/x'],
  ['s3:GetObject', 'arn:aws:s3:::elsewhere/secret/x'],
  ['s3:ListBucket', 'arn:aws:s3:::elsewhere'],
  ['s3:ListAllMyBuckets', '*'],
  ['sqs:ListQueues', '*'],
  // Resource control policies do not reach this service.
  ['ec2:DescribeInstances', '*'],
] as const;

/** Keys about an owner whom nobody names are missing. */
const OF_OWNER: readonly JsonObject[] = [
  { StringEquals: { 'aws:ResourceAccount': A } },
  { StringNotEquals: { 'aws:ResourceAccount': A } },
  { StringNotEqualsIfExists: { 'aws:ResourceAccount': A } },
  { StringEqualsIfExists: { 's3:ResourceAccount': M } },
  { StringNotEquals: { 's3:ResourceAccount': M } },
  { StringNotEquals: { 'aws:ResourceOrgID': 'o-exampleorg1' } },
  { Null: { 'aws:ResourceAccount': 'true' } },
];
const conditions = fc.constantFrom<JsonObject>(
  {},
  {},
  ...OF_OWNER,
  { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } },
  { NotIpAddressIfExists: { 'aws:SourceIp': '10.0.0.0/8' } },
  { ArnLike: { 'aws:PrincipalArn': `arn:aws:iam::${A}:user/*` } },
);
const resources = fc.constantFrom<JsonObject>(
  { Resource: '*' },
  { Resource: 'arn:aws:s3:::elsewhere/*' },
  { Resource: ['arn:aws:s3:::elsewhere', 'arn:aws:s3:::elsewhere/secret/*'] },
  { Resource: 'arn:aws:s3:::*' },
  { NotResource: 'arn:aws:s3:::elsewhere/secret/*' },
);
const statements = (effects: readonly string[], more: JsonObject): fc.Arbitrary<JsonObject> =>
  fc
    .tuple(fc.constantFrom(...effects), fc.constantFrom('*', 's3:*', 's3:Get*', 'sqs:*'), resources, conditions)
    .map(([Effect, Action, about, Condition]) => ({ Effect, ...more, Action, ...about, Condition }));
const own = fc.array(statements(['Allow', 'Allow', 'Allow', 'Deny'], {}), { minLength: 1, maxLength: 2 });
const controls = fc.array(statements(['Deny'], { Principal: '*' }), { maxLength: 2 });
const contexts = fc.constantFrom<JsonObject>({}, { 'aws:SourceIp': '10.1.2.3' }, { 'aws:SourceIp': '192.0.2.1' });

const NO_CONTEXT = parseRequestContext({}, 'context');
const FULL: JsonObject = { Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' };
const documentOf = (list: readonly JsonObject[]): JsonObject => ({ Version: '2012-10-17', Statement: [...list] });

/** alice in a member account, with resource control policies at the root and at the account. */
function worldOf(identity: readonly JsonObject[], levels: readonly (readonly JsonObject[])[]): DirectoryDocument {
  const everything = {
    id: 'p-FullAWSAccess',
    type: 'SERVICE_CONTROL_POLICY' as const,
    name: 'FullAWSAccess',
    document: policy({ Effect: 'Allow', Action: '*', Resource: '*' }),
    targets: [ROOT, A],
  };
  const limits = levels.map((list, i) => ({
    id: `p-level${i}`,
    type: 'RESOURCE_CONTROL_POLICY' as const,
    name: `level ${i}`,
    document: policy(...list),
    targets: [i === 0 ? ROOT : A],
  }));
  const controlPolicies = [everything, ...limits];
  return {
    organizations: [{ id: 'o-exampleorg1', rootId: ROOT, managementAccountId: M, rcpEnabled: true, controlPolicies }],
    accounts: [{ id: A, membership: { organizationId: 'o-exampleorg1', unitId: null } }],
    users: [aUser('alice', identity)],
  };
}

function simulationOf(
  identity: JsonObject,
  rcp: readonly (readonly JsonObject[])[] | null,
  asked: readonly [string, string],
  context: JsonObject,
): Simulation {
  const [action, resource] = asked;
  return {
    caller: { principal: refOf(ALICE), roleArn: null, tags: {}, federatedProvider: null, canonicalUser: null },
    identityPolicies: [identity],
    permissionsBoundaries: [],
    sessionPolicies: [],
    resourcePolicy: null,
    serviceControlPolicies: null,
    resourceControlPolicies: rcp,
    vpcEndpointPolicy: null,
    requests: [{ action, resource, resourceAccount: null, context: parseRequestContext(context, 'context') }],
    path: 'input',
  };
}

it('decisions, simulations and closed forms bind a resource without a known owner alike, as if it were of the caller', async () => {
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(own, fc.tuple(controls, controls), fc.constantFrom(...ASKED), contexts, async (...given) => {
      const [identity, levels, asked, context] = given;
      const asksForOwner = [...identity, ...levels.flat()].some((one) =>
        OF_OWNER.includes(one['Condition'] as JsonObject),
      );
      const access = createAccess(new MemoryDirectory(worldOf(identity, levels), catalog), catalog);
      const [action, resource] = asked;
      const [decided] = await access.decide([aQuestion(ALICE, action, resource, { context })], NOON);
      const outcome = { effect: decided?.decision.effect, deniedBy: decided?.decision.deniedBy };
      seen.add(`${outcome.effect} ${outcome.deniedBy}`);

      const rcp = levels.map((list) => [documentOf([FULL]), documentOf(list)]);
      const [simulated] = access.simulate(simulationOf(documentOf(identity), rcp, asked, context), NOON);
      expect({ effect: simulated?.decision.effect, deniedBy: simulated?.decision.deniedBy }).toEqual(outcome);

      // The document says by itself what all layers say together.
      const permissions = await access.effectivePermissions(aSubject(ALICE), NO_CONTEXT, NOON);
      const about = catalog.action(action);
      if (about === null) throw new Error(`no action ${action}`);
      const actions = [{ name: action, wildcardOnly: about.wildcardOnly, set: finished(permissions.setOf(about)) }];
      const { document } = finished(policyDocument(actions, catalog, A));
      const closed = simulationOf(document, null, asked, context);
      expect(access.simulate(closed, NOON)[0]?.decision.allowed).toBe(decided?.decision.allowed);

      // As if it were said to be the caller's own.
      if (resource === '*' || asksForOwner) return;
      const [owned] = await access.decide([aQuestion(ALICE, action, resource, { context, resourceAccount: A })], NOON);
      expect({ effect: owned?.decision.effect, deniedBy: owned?.decision.deniedBy }).toEqual(outcome);
    }),
    { numRuns: 200 },
  );
  expect([...seen].sort()).toEqual([
    'ALLOWED null',
    'EXPLICIT_DENY IDENTITY_POLICY',
    'EXPLICIT_DENY RESOURCE_CONTROL_POLICY',
    'IMPLICIT_DENY IDENTITY_POLICY',
  ]);
});
