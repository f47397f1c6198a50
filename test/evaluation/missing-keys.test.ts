/** Which condition keys a decision names as missing: those whose value could have turned it, and no others. */
import { expect, test } from 'vitest';
import type { Decision } from '../../src/evaluation/decision.ts';
import { mostRestrictive } from '../../src/evaluation/most-restrictive.ts';
import { engineDecision } from '../support/engine.ts';
import type { Doc, NaiveRequest } from '../support/naive-evaluator.ts';
import { A, action, B, user } from '../support/world.ts';

const doc = (...Statement: readonly Doc[]): Doc => ({ Version: '2012-10-17', Statement });
const allow = (more: Doc = {}): Doc => ({ Effect: 'Allow', Action: '*', Resource: '*', ...more });
const on = (...keys: readonly string[]): Doc => ({
  Condition: { StringEquals: Object.fromEntries(keys.map((key) => [key, 'yes'])) },
});
const denyOn = (...keys: readonly string[]): Doc => allow({ Effect: 'Deny', ...on(...keys) });

const ask = (q: Partial<NaiveRequest>, given: Record<string, string> = {}): Decision =>
  engineDecision({
    principal: user(A),
    action: action('s3:GetObject'),
    resource: {
      arn: 'arn:aws:s3:::b/x',
      accountId: A,
      organization: null,
      tags: {},
      policy: null,
      bindings: {},
      rcp: null,
    },
    identity: [],
    boundary: null,
    session: null,
    scp: null,
    context: new Map(Object.entries(given)),
    now: 0,
    authority: 'directory',
    ...q,
  });

test.each<[name: string, q: Partial<NaiveRequest>, given: Record<string, string>, missing: readonly string[]]>([
  ['an Allow would hold, spelled as the policy does', { identity: [doc(allow(on('K:One')))] }, {}, ['K:One']],
  ['one of two Allows would do', { identity: [doc(allow(on('k:one')), allow(on('k:two')))] }, {}, ['k:one', 'k:two']],
  ['an Allow needs both of its keys', { identity: [doc(allow(on('k:one', 'k:two')))] }, {}, ['k:one', 'k:two']],
  ['what was given is not missing', { identity: [doc(allow(on('k:one', 'k:two')))] }, { 'k:one': 'yes' }, ['k:two']],
  ['another condition of the statement fails', { identity: [doc(allow(on('k:one', 'k:two')))] }, { 'k:one': 'no' }, []],
  ['an Allow that holds already', { identity: [doc(allow(), allow(on('k:one')))] }, {}, []],
  ['a Deny could hit', { identity: [doc(allow(), denyOn('k:one'))] }, {}, ['k:one']],
  ['a Deny hits already', { identity: [doc(allow({ Effect: 'Deny' }), allow(on('k:one')), denyOn('k:two'))] }, {}, []],
  ['another action', { identity: [doc(allow({ ...on('k:one'), Action: 'ec2:*' }))] }, {}, []],
  ['another resource', { identity: [doc(allow({ ...on('k:one'), Resource: 'arn:aws:s3:::c/*' }))] }, {}, []],
  ['a variable of Resource', { identity: [doc(allow({ Resource: 'arn:aws:s3:::b/${k:one}' }))] }, {}, ['k:one']],
  [
    'the boundary is silent all the same',
    { identity: [doc(allow(on('k:one')))], boundary: doc(allow({ Action: 'ec2:*' })) },
    {},
    [],
  ],
  [
    'identity and boundary wait for a key each',
    { identity: [doc(allow(on('k:one')))], boundary: doc(allow(on('k:two'))) },
    {},
    ['k:one', 'k:two'],
  ],
  [
    'only the boundary waits',
    { identity: [doc(allow(), allow(on('k:one')))], boundary: doc(allow(on('k:two'))) },
    {},
    ['k:two'],
  ],
  [
    'a level of the organization waits',
    { identity: [doc(allow())], scp: [[doc(allow())], [doc(allow(on('k:one')))]] },
    {},
    ['k:one'],
  ],
  [
    'only the VPC endpoint waits',
    { identity: [doc(allow(on('k:one')), allow())], endpoint: doc(allow({ ...on('k:two'), Principal: '*' })) },
    {},
    ['k:two'],
  ],
  [
    'the VPC endpoint could deny',
    { identity: [doc(allow())], endpoint: doc(allow({ Principal: '*' }), { ...denyOn('k:one'), Principal: '*' }) },
    {},
    ['k:one'],
  ],
  [
    'the VPC endpoint could let somebody else through',
    { identity: [doc(allow())], endpoint: doc(allow({ ...on('k:one'), Principal: { AWS: B } })) },
    {},
    [],
  ],
  ['what the directory knows cannot be missing', { identity: [doc(allow(on('aws:PrincipalTag/none')))] }, {}, []],
  [
    'a simulation can suppose it',
    { identity: [doc(allow(on('aws:PrincipalTag/none')))], authority: 'context' },
    {},
    ['aws:PrincipalTag/none'],
  ],
])('%s', (_name, q, given, missing) => {
  expect(ask(q, given).missingContextKeys).toEqual(missing);
});

test('of several resources the most restrictive decides, the first of equals', () => {
  const [allowed, other] = [ask({ identity: [doc(allow())] }), ask({ identity: [doc(allow())] })];
  const [implicit, another] = [ask({}), ask({})];
  const explicit = ask({ identity: [doc(allow({ Effect: 'Deny' }))] });
  expect(mostRestrictive(allowed, [])).toBe(allowed);
  expect(mostRestrictive(allowed, [other])).toBe(allowed);
  expect(mostRestrictive(allowed, [implicit, another, other])).toBe(implicit);
  expect(mostRestrictive(implicit, [allowed, explicit, another])).toBe(explicit);
});
