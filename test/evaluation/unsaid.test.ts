/**
 * What a question leaves unsaid: the name of the role session that asks, of the one that a call makes, and whether the tags
 * of a bucket count. An Allow applies if it does whatever that is, a Deny if it does for something that it can be.
 */
import { describe, expect, test } from 'vitest';
import { authorize } from '../../src/evaluation/authorize.ts';
import type { Decision } from '../../src/evaluation/decision.ts';
import type { PrincipalFacts } from '../../src/evaluation/principal.ts';
import { enginePrincipal, engineResource } from '../support/engine.ts';
import type { Doc, NaiveRequest } from '../support/naive-evaluator.ts';
import { A, action, B, organizationOf, session, user } from '../support/world.ts';

const ID = `AROAAPP${A}`;
const SESSION = `arn:aws:sts::${A}:assumed-role/App`;
const NAMELESS = { ...session(A, null), issuedAt: null } as PrincipalFacts;
const QUEUE = `arn:aws:sqs:us-east-1:${A}:q`;
const doc = (...Statement: readonly Doc[]): Doc => ({ Version: '2012-10-17', Statement });
const everything: Doc = { Effect: 'Allow', Action: '*', Resource: '*' };

interface Asked {
  readonly principal?: PrincipalFacts;
  readonly action?: string;
  readonly arn?: string;
  readonly tags?: Readonly<Record<string, string>> | null;
  readonly context?: Readonly<Record<string, string>>;
  readonly identity?: readonly Doc[];
  readonly resource?: readonly Doc[];
  readonly boundary?: Doc;
  readonly scp?: Doc;
}

function decide(asked: Asked): Decision {
  const { principal = NAMELESS, arn = QUEUE, tags = {}, context = {}, identity = [], resource } = asked;
  const owner = /:(\d{12}):/.exec(arn)?.[1] ?? A;
  const q: NaiveRequest = {
    principal,
    action: action(asked.action ?? 'sqs:SendMessage'),
    resource: {
      arn,
      accountId: owner,
      organization: organizationOf(owner),
      tags,
      policy: resource === undefined ? null : doc(...resource),
      bindings: {},
      rcp: null,
    },
    identity: identity.length === 0 ? [] : [doc(...identity)],
    boundary: asked.boundary === undefined ? null : doc(asked.boundary),
    session: null,
    scp: asked.scp === undefined ? null : [[doc(everything, asked.scp)]],
    context: new Map(Object.entries(context).map(([key, value]) => [key.toLowerCase(), value])),
    now: Date.UTC(2026, 10, 26, 12),
    authority: 'directory',
  };
  return authorize(enginePrincipal(q), q.action, engineResource(q), {
    context: q.context,
    now: q.now,
    authority: 'directory',
  });
}

const named = (effect: 'Allow' | 'Deny', arn: string): Doc => ({
  Effect: effect,
  Principal: { AWS: arn },
  Action: 'sqs:*',
  Resource: '*',
});
const byId = (effect: 'Allow' | 'Deny', condition: Doc): Doc => ({
  Effect: effect,
  Principal: '*',
  Action: 'sqs:*',
  Resource: '*',
  Condition: condition,
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-role-session
describe('a resource-based policy that names a session of the role', () => {
  test('allows the role nothing by itself, and says what would be needed', () => {
    const decision = decide({ resource: [named('Allow', `${SESSION}/bob`)] });
    expect(decision).toMatchObject({
      effect: 'IMPLICIT_DENY',
      deniedBy: 'IDENTITY_POLICY',
      requires: ['roleSessionName'],
    });
    expect(decision.matchedStatements.map(({ statement }) => statement['Principal'])).toEqual([
      { AWS: `${SESSION}/bob` },
    ]);
    expect(decide({ principal: session(A, 'bob'), resource: [named('Allow', `${SESSION}/bob`)] })).toMatchObject({
      effect: 'ALLOWED',
      requires: [],
    });
    expect(decide({ principal: session(A, 'eve'), resource: [named('Allow', `${SESSION}/bob`)] })).toMatchObject({
      effect: 'IMPLICIT_DENY',
      requires: [],
      matchedStatements: [],
    });
  });

  test('denies it: it may be that session', () => {
    const policies = { identity: [everything], resource: [named('Deny', `${SESSION}/bob`)] };
    const decision = decide(policies);
    expect(decision).toMatchObject({
      effect: 'EXPLICIT_DENY',
      deniedBy: 'RESOURCE_POLICY',
      requires: ['roleSessionName'],
    });
    expect(decision.matchedStatements).toHaveLength(1);
    expect(decide({ ...policies, principal: session(A, 'eve') }).effect).toBe('ALLOWED');
  });

  test('of another role says nothing', () => {
    const resource = [
      named('Allow', `arn:aws:sts::${A}:assumed-role/Apps/bob`),
      named('Deny', `arn:aws:sts::${B}:assumed-role/App/bob`),
    ];
    expect(decide({ identity: [everything], resource })).toMatchObject({ effect: 'ALLOWED', requires: [] });
    expect(decide({ resource })).toMatchObject({ effect: 'IMPLICIT_DENY', requires: [], matchedStatements: [] });
  });

  test('asks for no name where it would not help', () => {
    const barred: Doc = { Effect: 'Deny', Action: 'sqs:*', Resource: '*' };
    const decision = decide({ scp: barred, resource: [named('Allow', `${SESSION}/bob`)] });
    expect(decision).toMatchObject({ effect: 'EXPLICIT_DENY', deniedBy: 'SERVICE_CONTROL_POLICY', requires: [] });
  });
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable
describe('aws:userid of a session without a name', () => {
  test.each<[what: string, condition: Doc, whatever: boolean, some: boolean]>([
    ['every session of the role', { StringLike: { 'aws:userid': `${ID}:*` } }, true, true],
    ['some sessions', { StringLike: { 'aws:userid': `${ID}:b*` } }, false, true],
    ['one session', { StringEquals: { 'aws:userid': `${ID}:bob` } }, false, true],
    ['one of a list', { StringEquals: { 'aws:userid': ['AIDAX', `${ID}:bob`] } }, false, true],
    ['all but one', { StringNotEquals: { 'aws:userid': `${ID}:bob` } }, false, true],
    ['all but those of the role', { StringNotLike: { 'aws:userid': [`${ID}:*`, A] } }, false, false],
    ['all but those of another role', { StringNotLike: { 'aws:userid': 'AROAOTHER:*' } }, true, true],
    ['sessions of another role', { StringLike: { 'aws:userid': 'AROAOTHER:*' } }, false, false],
    [
      'names that begin and end so',
      { StringLike: { 'aws:userid': `${ID}:a*` }, StringNotLike: { 'aws:userid': '*:*b' } },
      false,
      true,
    ],
    [
      'names with two patterns',
      { 'ForAllValues:StringLike': { 'aws:userid': `${ID}:a*` }, StringLike: { 'aws:userid': '*:*b' } },
      false,
      true,
    ],
    ['nobody without a user id', { Null: { 'aws:userid': 'true' } }, false, false],
    ['whoever has a user id', { Null: { 'aws:userid': 'false' } }, true, true],
    [
      'a session that the request speaks of',
      { StringEquals: { 'aws:RequestTag/owner': '${aws:userid}' } },
      false,
      true,
    ],
  ])('%s: %j', (_what, condition, whatever, some) => {
    const context = { 'aws:RequestTag/owner': `${ID}:carol` };
    const allows = decide({ context, resource: [byId('Allow', condition)] });
    expect(allows).toMatchObject({ allowed: whatever, requires: !whatever && some ? ['roleSessionName'] : [] });
    const denies = decide({ context, identity: [everything], resource: [byId('Deny', condition)] });
    expect(denies.effect).toBe(some ? 'EXPLICIT_DENY' : 'ALLOWED');
    expect(denies.requires).toEqual(some && !whatever ? ['roleSessionName'] : []);
  });

  test('with more names than are tried, an Allow does not apply and a Deny does', () => {
    const names = Array.from({ length: 5_000 }, (_, i) => `${ID}:user-${i}`);
    const none = { StringLike: { 'aws:userid': names }, StringNotLike: { 'aws:userid': `${ID}:*` } };
    const started = performance.now();
    expect(decide({ identity: [everything], resource: [byId('Deny', none)] }).effect).toBe('EXPLICIT_DENY');
    const all = { StringLike: { 'aws:userid': [...names, `${ID}:*`] } };
    expect(decide({ resource: [byId('Allow', all)] }).effect).toBe('IMPLICIT_DENY');
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  test('as a variable in Resource', () => {
    const arn = `arn:aws:s3:::b/${ID}:bob/x`;
    const own = (effect: string): Doc => ({
      Effect: effect,
      Action: 's3:*',
      Resource: 'arn:aws:s3:::b/${aws:userid}/*',
    });
    const asked = { action: 's3:GetObject', arn };
    expect(decide({ ...asked, identity: [own('Allow')] })).toMatchObject({
      effect: 'IMPLICIT_DENY',
      requires: ['roleSessionName'],
    });
    expect(decide({ ...asked, identity: [everything, own('Deny')] })).toMatchObject({
      effect: 'EXPLICIT_DENY',
      requires: ['roleSessionName'],
    });
    const elsewhere = { ...asked, arn: 'arn:aws:s3:::b/AROAOTHER:bob/x' };
    expect(decide({ ...elsewhere, identity: [own('Allow')] }).requires).toEqual([]);
    expect(decide({ ...elsewhere, identity: [everything, own('Deny')] }).effect).toBe('ALLOWED');
  });
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#ck_rolesessionname
describe('the name of the session that sts:AssumeRole makes', () => {
  const ROLE = `arn:aws:iam::${A}:role/Next`;
  const trust = (effect: 'Allow' | 'Deny', condition: Doc): Doc => ({
    Effect: effect,
    Principal: { AWS: `arn:aws:iam::${A}:user/alice` },
    Action: 'sts:AssumeRole',
    Condition: condition,
  });
  const asked = { principal: user(A), action: 'sts:AssumeRole', arn: ROLE };

  test('is always there, so that any name fits an Allow for all of them', () => {
    expect(
      decide({ ...asked, resource: [trust('Allow', { StringLike: { 'sts:RoleSessionName': '*' } })] }),
    ).toMatchObject({
      effect: 'ALLOWED',
      missingContextKeys: [],
      requires: [],
    });
  });

  test('is needed by an Allow for one, and by a Deny for one', () => {
    const own = { StringEquals: { 'sts:RoleSessionName': '${aws:username}' } };
    expect(decide({ ...asked, resource: [trust('Allow', own)] })).toMatchObject({
      effect: 'IMPLICIT_DENY',
      deniedBy: 'TRUST_POLICY',
      missingContextKeys: ['sts:RoleSessionName'],
      requires: ['roleSessionName'],
    });
    const said = { ...asked, context: { 'sts:RoleSessionName': 'alice' } };
    expect(decide({ ...said, resource: [trust('Allow', own)] }).effect).toBe('ALLOWED');
    const denied = [trust('Allow', {}), trust('Deny', { StringLike: { 'sts:RoleSessionName': 'admin-*' } })];
    expect(decide({ ...asked, resource: denied })).toMatchObject({
      effect: 'EXPLICIT_DENY',
      missingContextKeys: ['sts:RoleSessionName'],
      requires: ['roleSessionName'],
    });
    expect(decide({ ...said, resource: denied }).effect).toBe('ALLOWED');
  });
});

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/buckets-tagging-enable-abac.html
describe('tags of a general purpose bucket, of which nobody knows whether ABAC is enabled', () => {
  const bucket = { principal: user(A), action: 's3:ListBucket', arn: 'arn:aws:s3:::b', tags: { env: 'prod' } };
  const ofTags = (effect: string, condition: Doc): Doc => ({
    Effect: effect,
    Action: '*',
    Resource: '*',
    Condition: condition,
  });
  const KEYS = ['aws:ResourceTag/env', 's3:BucketTag/env'];

  test.each(KEYS)('allow nothing by %s', (key) => {
    const decision = decide({ ...bucket, identity: [ofTags('Allow', { StringEquals: { [key]: 'prod' } })] });
    expect(decision).toMatchObject({ effect: 'IMPLICIT_DENY', dependsOnBucketTags: true, missingContextKeys: [] });
    const dev = decide({ ...bucket, identity: [ofTags('Allow', { StringEquals: { [key]: 'dev' } })] });
    expect(dev).toMatchObject({ effect: 'IMPLICIT_DENY', dependsOnBucketTags: false });
    const either = decide({ ...bucket, identity: [ofTags('Allow', { StringNotEquals: { [key]: 'dev' } })] });
    expect(either).toMatchObject({ effect: 'ALLOWED', dependsOnBucketTags: false });
  });

  test.each(KEYS)('deny by %s as if they counted, and as if they did not', (key) => {
    const ifProd = ofTags('Deny', { StringEquals: { [key]: 'prod' } });
    expect(decide({ ...bucket, identity: [everything, ifProd] })).toMatchObject({
      effect: 'EXPLICIT_DENY',
      dependsOnBucketTags: true,
    });
    const unlessProd = ofTags('Deny', { StringNotEquals: { [key]: 'prod' } });
    expect(decide({ ...bucket, identity: [everything, unlessProd] })).toMatchObject({
      effect: 'EXPLICIT_DENY',
      dependsOnBucketTags: true,
    });
    const ifDev = ofTags('Deny', { StringEquals: { [key]: 'dev' } });
    expect(decide({ ...bucket, identity: [everything, ifDev] }).effect).toBe('ALLOWED');
  });

  test('count for access points and directory buckets', () => {
    const prod = [ofTags('Allow', { StringEquals: { 'aws:ResourceTag/env': 'prod' } })];
    for (const arn of [
      `arn:aws:s3:us-east-1:${A}:accesspoint/p`,
      `arn:aws:s3express:us-east-1:${A}:bucket/b--az--x-s3`,
    ]) {
      expect(decide({ ...bucket, arn, identity: prod })).toMatchObject({
        effect: 'ALLOWED',
        dependsOnBucketTags: false,
      });
    }
  });

  test('that the directory does not know may come with the request', () => {
    const prod = [ofTags('Allow', { StringEquals: { 'aws:ResourceTag/env': 'prod' } })];
    const unknown = { ...bucket, tags: null, identity: prod };
    expect(decide(unknown)).toMatchObject({ effect: 'IMPLICIT_DENY', missingContextKeys: ['aws:ResourceTag/env'] });
    expect(decide({ ...unknown, context: { 'aws:ResourceTag/env': 'prod' } }).effect).toBe('ALLOWED');
  });
});

describe('a Deny that names one session and has a condition on the session', () => {
  const deny = (pattern: Doc): Doc => ({ ...named('Deny', `${SESSION}/s1`), Condition: pattern });
  const effect = (resource: Doc): string => decide({ identity: [everything], resource: [resource] }).effect;

  test('applies if one name fits both', () => {
    expect(effect(deny({ StringEquals: { 'aws:userid': `${ID}:s1` } }))).toBe('EXPLICIT_DENY');
    expect(effect(deny({ StringNotEquals: { 'aws:userid': `${ID}:s2` } }))).toBe('EXPLICIT_DENY');
  });

  test('does not if no name fits both', () => {
    expect(effect(deny({ StringNotEquals: { 'aws:userid': `${ID}:s1` } }))).toBe('ALLOWED');
    expect(effect(deny({ StringLike: { 'aws:userid': '*:s2' } }))).toBe('ALLOWED');
    const others: Doc = {
      Effect: 'Deny',
      NotPrincipal: { AWS: [`${SESSION}/s1`, `arn:aws:iam::${A}:role/team/App`, `arn:aws:iam::${A}:root`] },
      Action: 'sqs:*',
      Resource: '*',
      Condition: { StringEquals: { 'aws:userid': `${ID}:s1` } },
    };
    expect(effect(others)).toBe('ALLOWED');
  });
});
