/** A policy that is attached and of which nothing is known closes the door, and is not said to deny explicitly. */
import { expect, test } from 'vitest';
import { ClosedFormBuilder } from '../../src/analysis/closed-form.ts';
import type { AttachedPolicy, ControlLevel } from '../../src/evaluation/applicable-policies.ts';
import { authorize } from '../../src/evaluation/authorize.ts';
import { preparePolicies, preparePrincipal, prepareResource } from '../../src/evaluation/prepare.ts';
import type { RequestFacts } from '../../src/evaluation/request.ts';
import { closedPolicy } from '../../src/policy/load.ts';
import type { PolicyKind } from '../../src/policy/policy-kind.ts';
import { finished } from '../../src/policy/steps.ts';
import { controlLevel } from '../support/control-level.ts';
import { attach } from '../support/engine.ts';
import type { Doc } from '../support/naive-evaluator.ts';
import { A, action, session } from '../support/world.ts';

const OBJECT = 'arn:aws:s3:::b/x';
const SESSION = `arn:aws:sts::${A}:assumed-role/App/s1`;
const doc = (...Statement: readonly Doc[]): Doc => ({ Version: '2012-10-17', Statement });
const ALLOW: Doc = { Effect: 'Allow', Action: '*', Resource: '*' };
const request: RequestFacts = { context: new Map(), now: Date.UTC(2026, 10, 26), authority: 'directory' };
const closed = (kind: PolicyKind): AttachedPolicy => ({ policy: closedPolicy(kind), id: kind, name: null, arn: null });
const levels = (...policies: readonly AttachedPolicy[]): readonly ControlLevel[] => [controlLevel(A, policies)];
const open = (kind: PolicyKind, statement: Doc = ALLOW): AttachedPolicy => attach(doc(statement), kind, kind);

interface Layers {
  readonly identity?: readonly AttachedPolicy[];
  readonly boundary?: AttachedPolicy;
  readonly sessionPolicies?: readonly AttachedPolicy[];
  readonly scp?: readonly ControlLevel[];
  readonly rcp?: readonly ControlLevel[];
  readonly bucket?: AttachedPolicy;
}

/** A session that everything allows, also by name, which nothing but a Deny takes away. */
function decided(layers: Layers) {
  const { identity = [open('identity')], boundary = null, sessionPolicies = null, scp = null, rcp = null } = layers;
  const policies = preparePolicies({ identity, boundary, serviceControl: scp });
  const principal = preparePrincipal(session(A), policies, sessionPolicies);
  const resource = prepareResource({
    arn: OBJECT,
    accountId: A,
    organization: null,
    tags: {},
    policy: layers.bucket ?? open('resource', { ...ALLOW, Principal: { AWS: SESSION } }),
    policyBindings: {},
    resourceControl: rcp,
  });
  const get = action('s3:GetObject');
  const home = prepareResource({ ...resource.facts, arn: `arn:aws:iam::${A}:root`, policy: null });
  const builder = new ClosedFormBuilder(principal, request, home);
  finished(builder.add(resource, { resources: ['arn:aws:s3:::b', 'arn:aws:s3:::b/*'], notResources: [] }));
  const { allow, deny } = finished(builder.build().of(get));
  return { decision: authorize(principal, get, resource, request), allow, deny };
}

test('with all of them known, it is allowed', () => {
  expect(decided({}).decision.effect).toBe('ALLOWED');
});

test.each<[layer: string, layers: Layers]>([
  ['IDENTITY_POLICY', { identity: [open('identity'), closed('identity')] }],
  ['PERMISSIONS_BOUNDARY', { boundary: closed('boundary') }],
  ['SESSION_POLICY', { sessionPolicies: [open('session'), closed('session')] }],
  ['SERVICE_CONTROL_POLICY', { scp: levels(open('scp'), closed('scp')) }],
  ['RESOURCE_CONTROL_POLICY', { rcp: levels(open('rcp', { ...ALLOW, Principal: '*' }), closed('rcp')) }],
  ['RESOURCE_POLICY', { bucket: closed('resource') }],
])('%s: it is denied by that layer, implicitly', (layer, layers) => {
  const { decision, allow, deny } = decided(layers);
  const { effect, deniedBy, matchedStatements, missingContextKeys, reason } = decision;
  expect({ effect, deniedBy, matchedStatements, missingContextKeys }).toEqual({
    effect: 'IMPLICIT_DENY',
    deniedBy: layer,
    matchedStatements: [],
    missingContextKeys: [],
  });
  expect(reason).toContain(' allows the s3:GetObject action');
  expect(decision.layers.find((one) => one.layer === layer)).toMatchObject({ effect: 'IMPLICIT_DENY' });
  // The closed form holds nothing of the bucket, either.
  const denied = deny.some(
    ({ resources }) => JSON.stringify(resources).includes('arn:aws:s3:::b') || resources.length === 0,
  );
  expect(allow.length === 0 || denied).toBe(true);
});

test('what is known to deny explicitly is said to', () => {
  const { decision } = decided({
    boundary: closed('boundary'),
    identity: [open('identity'), open('identity', { ...ALLOW, Effect: 'Deny' })],
  });
  expect({ effect: decision.effect, deniedBy: decision.deniedBy }).toEqual({
    effect: 'EXPLICIT_DENY',
    deniedBy: 'IDENTITY_POLICY',
  });
});

test('a trust policy of which nothing is known closes its role to be assumed, and to nothing else', () => {
  const arn = `arn:aws:iam::${A}:role/R`;
  const facts = { arn, accountId: A, organization: null, tags: {}, policyBindings: {}, resourceControl: null };
  const role = prepareResource({ ...facts, policy: closed('trust') });
  const policies = preparePolicies({ identity: [open('identity')], boundary: null, serviceControl: null });
  const caller = preparePrincipal(session(A), policies, null);
  expect(authorize(caller, action('sts:AssumeRole'), role, request)).toMatchObject({
    effect: 'IMPLICIT_DENY',
    deniedBy: 'TRUST_POLICY',
  });
  expect(authorize(caller, action('iam:GetRole'), role, request).effect).toBe('ALLOWED');
});
