/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-vpc.html */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAccess } from '../../src/access/access.ts';
import { openCatalog } from '../../src/catalog/catalog.ts';
import type { OpenDirectory } from '../../src/directory/prisma/open-directory.ts';
import { principalIdOf } from '../../src/policy/principal-id.ts';
import { A, allow, aUser, B, policy, userArn } from '../support/policies.ts';
import { aQuestion, aSubject, NOON } from '../support/questions.ts';
import { takeDirectory } from '../support/recycled-database.ts';

const catalog = await openCatalog();
const alice = userArn('alice');
const point = (name: string): string => `arn:aws:s3:eu-west-1:${A}:accesspoint/${name}`;
const OPEN = point('open');
const LIMITED = point('limited');
const ELSEWHERE = point('elsewhere');
const DELEGATED = point('delegated');
const UNSTORED = point('unstored');
const UNKNOWN = point('unknown');
const bucket = (name: string): string => `arn:aws:s3:::${name}`;
const C = '333333333333';
const IN = { 'aws:SourceVpc': 'vpc-1a2b3c' };
const behind = (bucket: string, arn: string): string =>
  `the policy of ${bucket} also has to allow requests on ${arn}: it is not considered`;

const SECRET = { Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: 'arn:aws:s3:::governed/secret/*' };
/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/creating-access-points.html */
const DELEGATION = {
  Effect: 'Allow',
  Principal: { AWS: '*' },
  Action: ['s3:GetObject', 's3:ListBucket'],
  Resource: [bucket('delegating'), `${bucket('delegating')}/*`],
  Condition: { StringEquals: { 's3:DataAccessPointArn': DELEGATED } },
};

describe('access points', () => {
  let directory: OpenDirectory;
  const access = () => createAccess(directory, catalog);

  beforeAll(async () => {
    directory = await takeDirectory(() => undefined);
    const leadsTo = (arn: string, name: string, vpcId: string | null = null) => ({
      arn,
      accountId: A,
      policy: null,
      accessPoint: { bucket: bucket(name), vpcId },
    });
    await directory.apply({
      accounts: [{ id: A }, { id: B }],
      users: [aUser('alice', [allow('s3:*')])],
      resources: [
        { arn: bucket('plain'), accountId: A, policy: null },
        {
          arn: bucket('governed'),
          accountId: A,
          policy: policy({ ...allow('s3:*'), Principal: { AWS: [A, alice] } }, SECRET),
        },
        { arn: bucket('other'), accountId: B, policy: null },
        { arn: bucket('delegating'), accountId: B, policy: policy(DELEGATION) },
        leadsTo(OPEN, 'plain'),
        leadsTo(LIMITED, 'governed', 'vpc-1a2b3c'),
        leadsTo(ELSEWHERE, 'other'),
        leadsTo(DELEGATED, 'delegating'),
        leadsTo(UNSTORED, 'nowhere'),
      ],
    });
  });
  afterAll(() => directory.close());

  async function ask(action: string, resource: string, context: Record<string, string> = {}) {
    const [answer] = await access().decide([aQuestion(alice, action, resource, { context })], NOON);
    if (answer === undefined) throw new Error('no answer');
    const { effect, deniedBy, missingContextKeys, matchedStatements, layers } = answer.decision;
    return {
      effect,
      deniedBy,
      missingContextKeys,
      statements: matchedStatements.map(({ policy: id, index }) => [id, index]),
      layers: layers.map((one) => [one.layer, one.effect]),
      gaps: answer.gaps.filter((gap) => gap.includes('also has to allow')),
    };
  }

  it('say where the bucket also has to allow, and is not known', async () => {
    expect(await ask('s3:GetObject', `${OPEN}/object/x`)).toMatchObject({ effect: 'ALLOWED', gaps: [] });
    expect(await ask('s3:ListBucket', UNKNOWN)).toMatchObject({
      effect: 'ALLOWED',
      gaps: [behind('its bucket, which is not known,', UNKNOWN)],
    });
    expect((await ask('s3:ListBucket', UNSTORED)).gaps).toEqual([behind(bucket('nowhere'), UNSTORED)]);
    // Not through it, and denied anyway.
    expect((await ask('s3:GetAccessPointPolicy', UNSTORED)).gaps).toEqual([]);
    expect((await ask('s3:GetObject', `${LIMITED}/object/x`)).gaps).toEqual([]);
  });

  it('permit what the policy of their bucket permits, too', async () => {
    const inVpc = await ask('s3:GetObject', `${LIMITED}/object/x`, IN);
    expect(inVpc).toMatchObject({ effect: 'ALLOWED', gaps: [] });
    expect(inVpc.layers).toContainEqual(['UNDERLYING_BUCKET_POLICY', 'ALLOWED']);
    const secret = await ask('s3:GetObject', `${LIMITED}/object/secret/x`, IN);
    expect(secret).toMatchObject({ effect: 'EXPLICIT_DENY', deniedBy: 'UNDERLYING_BUCKET_POLICY', gaps: [] });
    expect(secret.statements).toEqual([[bucket('governed'), 1]]);
    expect(await ask('s3:ListBucket', ELSEWHERE)).toMatchObject({
      effect: 'IMPLICIT_DENY',
      deniedBy: 'UNDERLYING_BUCKET_POLICY',
      gaps: [],
    });
    expect(await ask('s3:ListBucket', DELEGATED)).toMatchObject({ effect: 'ALLOWED', gaps: [] });
    expect(await ask('s3:PutObject', `${DELEGATED}/object/x`)).toMatchObject({
      effect: 'IMPLICIT_DENY',
      deniedBy: 'UNDERLYING_BUCKET_POLICY',
    });
  });

  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-options
  it('are restricted by what the account of their bucket restricts', async () => {
    const all = { blockPublicAcls: true, ignorePublicAcls: true, blockPublicPolicy: true, restrictPublicBuckets: true };
    const PUBLIC = point('public');
    const world = (restricts: boolean | null) => ({
      accounts: [
        { id: B, ...(restricts === null ? {} : { publicAccessBlock: { ...all, restrictPublicBuckets: restricts } }) },
      ],
      users: [
        aUser('inside', [], { arn: userArn('inside', B) }),
        aUser('elsewhere', [allow('s3:*')], { arn: userArn('elsewhere', C) }),
      ],
      resources: [
        {
          arn: bucket('public'),
          accountId: B,
          policy: policy({ ...allow('s3:GetObject', `${bucket('public')}/*`), Principal: '*' }),
        },
        {
          arn: PUBLIC,
          accountId: A,
          policy: policy({
            ...allow('s3:GetObject', `${PUBLIC}/object/*`),
            Principal: { AWS: [C, userArn('inside', B)] },
          }),
          accessPoint: { bucket: bucket('public'), vpcId: null },
        },
      ],
    });
    const gap = `whether Block Public Access restricts ${PUBLIC} is not known: it is taken not to`;
    const asked = async () => {
      const answers = await access().decide(
        [userArn('elsewhere', C), alice].map((who) => aQuestion(who, 's3:GetObject', `${PUBLIC}/object/x`)),
        NOON,
      );
      return answers.map(({ decision, gaps }) => [decision.effect, decision.deniedBy, gaps.includes(gap)]);
    };
    await directory.apply(world(null));
    expect(await asked()).toEqual([
      ['ALLOWED', null, true],
      ['ALLOWED', null, false],
    ]);
    await directory.apply({
      ...world(true),
      knowledge: [A, B].map((accountId) => ({ accountId, layer: 'BLOCK_PUBLIC_ACCESS', state: 'COMPLETE' }) as const),
    });
    // The accounts of the access point and of the bucket, and nobody else.
    expect(await asked()).toEqual([
      ['IMPLICIT_DENY', 'BLOCK_PUBLIC_ACCESS', false],
      ['ALLOWED', null, false],
    ]);
    await directory.apply(world(false));
    expect(await asked()).toEqual([
      ['ALLOWED', null, false],
      ['ALLOWED', null, false],
    ]);
  });

  it('are in lists what they are in decisions', async () => {
    const inside = new Map(Object.entries({ 'aws:sourcevpc': 'vpc-1a2b3c' }));
    const all = await access().effectivePermissions(aSubject(alice), inside, NOON);
    const listed = async (action: string, resource: string): Promise<string> => {
      const [one] = await all.permissions({ actions: [action], resource });
      return JSON.stringify([one?.allow ?? [], one?.deny ?? []]);
    };
    expect(await listed('s3:GetObject', `${LIMITED}/object/secret/x`)).toContain(`${LIMITED}/object/secret/*`);
    expect(await listed('s3:ListBucket', ELSEWHERE)).toBe('[[],[]]');
    expect(await listed('s3:PutObject', `${DELEGATED}/object/x`)).toBe('[[],[]]');
    const delegated = await listed('s3:GetObject', `${DELEGATED}/object/x`);
    expect(delegated).toContain(DELEGATED);
    // Whatever comes through it has its ARN.
    expect(delegated).not.toContain('s3:DataAccessPointArn');
  });

  it('are asked about by patterns, too', async () => {
    const coverageOf = async (keys: string) => {
      const question = aQuestion(alice, 's3:GetObject', `${LIMITED}/object/${keys}`, { context: IN });
      const [answer] = await access().decide([{ ...question, resourceIsPattern: true }], NOON);
      return answer?.coverage;
    };
    expect(await coverageOf('*')).toBe('SOME');
    expect(await coverageOf('open/*')).toBe('ALL');
    expect(await coverageOf('secret/*')).toBe('NONE');
  });

  it('say who can use them: nobody from outside of their VPC', async () => {
    const who = async (resource: string, context: Record<string, string>, conditional = false) => {
      const { subject: _, ...question } = aQuestion(alice, 's3:GetObject', resource, { context });
      const { entries, outsiders, gaps } = await access().whoCan(question, { limit: 10, conditional }, NOON);
      const names = entries.map(({ answer, conditions }) => [
        principalIdOf(answer.question.subject.principal),
        conditions,
      ]);
      return {
        names,
        outsiders: outsiders.map(({ value }) => value),
        gaps: gaps.filter((gap) => gap.includes('bucket')),
      };
    };
    const object = `${LIMITED}/object/x`;
    expect(await who(object, {})).toEqual({ names: [], outsiders: [], gaps: [] });
    expect(await who(object, { 'aws:SourceVpc': 'vpc-other' })).toMatchObject({ names: [], outsiders: [] });
    expect(await who(object, IN)).toEqual({ names: [[alice, []]], outsiders: [A], gaps: [] });
    expect(await who(`${LIMITED}/object/secret/x`, IN)).toMatchObject({ names: [], outsiders: [] });
    const { names } = await who(object, {}, true);
    expect(JSON.stringify(names)).toContain('aws:SourceVpc');
    expect(await who(`${DELEGATED}/object/x`, {})).toMatchObject({ names: [[alice, []]] });
    expect(await who(`${ELSEWHERE}/object/x`, {})).toMatchObject({ names: [], outsiders: [] });
  });

  it('of a VPC are for nobody else, in decisions and in lists alike', async () => {
    const object = `${LIMITED}/object/x`;
    expect(await ask('s3:GetObject', object)).toMatchObject({
      effect: 'EXPLICIT_DENY',
      missingContextKeys: ['aws:SourceVpc'],
    });
    expect(await ask('s3:GetObject', object, IN)).toMatchObject({ effect: 'ALLOWED', missingContextKeys: [] });
    const all = await access().effectivePermissions(aSubject(alice), new Map(), NOON);
    const [reads] = await all.permissions({ actions: ['s3:GetObject'], resource: object });
    const limits = JSON.stringify([reads?.allow, reads?.deny]);
    expect(limits).toContain('aws:SourceVpc');
    expect(limits).toContain('vpc-1a2b3c');
    const inside = new Map(Object.entries({ 'aws:sourcevpc': 'vpc-1a2b3c' }));
    const [free] = await (await access().effectivePermissions(aSubject(alice), inside, NOON)).permissions({
      actions: ['s3:GetObject'],
      resource: object,
    });
    expect(JSON.stringify([free?.allow, free?.deny])).not.toContain('aws:SourceVpc');
  });
});
