/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-vpc.html */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAccess } from '../../src/access/access.ts';
import { openCatalog } from '../../src/catalog/catalog.ts';
import type { OpenDirectory } from '../../src/directory/prisma/open-directory.ts';
import { A, allow, aUser, B, policy, userArn } from '../support/policies.ts';
import { aQuestion, aSubject, NOON } from '../support/questions.ts';
import { takeDirectory } from '../support/recycled-database.ts';

const catalog = await openCatalog();
const alice = userArn('alice');
const point = (name: string): string => `arn:aws:s3:eu-west-1:${A}:accesspoint/${name}`;
const [OPEN, LIMITED, ELSEWHERE, UNKNOWN] = ['open', 'limited', 'elsewhere', 'unknown'].map(point) as [
  string,
  string,
  string,
  string,
];
const IN = { 'aws:SourceVpc': 'vpc-1a2b3c' };
const behind = (bucket: string, arn: string): string =>
  `the policy of ${bucket} also has to allow requests on ${arn}: it is not considered`;

describe('access points', () => {
  let directory: OpenDirectory;
  const access = () => createAccess(directory, catalog);

  beforeAll(async () => {
    directory = await takeDirectory(() => undefined);
    const bucket = (name: string) => `arn:aws:s3:::${name}`;
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
        { arn: bucket('governed'), accountId: A, policy: policy({ ...allow('s3:*'), Principal: { AWS: A } }) },
        { arn: bucket('other'), accountId: B, policy: null },
        leadsTo(OPEN, 'plain'),
        leadsTo(LIMITED, 'governed', 'vpc-1a2b3c'),
        leadsTo(ELSEWHERE, 'other'),
      ],
    });
  });
  afterAll(() => directory.close());

  async function ask(action: string, resource: string, context: Record<string, string> = {}) {
    const [answer] = await access().decide([aQuestion(alice, action, resource, { context })], NOON);
    if (answer === undefined) throw new Error('no answer');
    const { effect, missingContextKeys } = answer.decision;
    return { effect, missingContextKeys, gaps: answer.gaps.filter((gap) => gap.includes('also has to allow')) };
  }

  it('say where the bucket also has to allow, unless it has no policy and is of the same account', async () => {
    expect(await ask('s3:GetObject', `${OPEN}/object/x`)).toMatchObject({ effect: 'ALLOWED', gaps: [] });
    expect((await ask('s3:GetObject', `${LIMITED}/object/x`, IN)).gaps).toEqual([
      behind('arn:aws:s3:::governed', `${LIMITED}/object/x`),
    ]);
    expect((await ask('s3:ListBucket', ELSEWHERE)).gaps).toEqual([behind('arn:aws:s3:::other', ELSEWHERE)]);
    expect((await ask('s3:ListBucket', UNKNOWN)).gaps).toEqual([behind('its bucket, which is not known,', UNKNOWN)]);
    // Not through it, and denied anyway.
    expect((await ask('s3:GetAccessPointPolicy', LIMITED)).gaps).toEqual([]);
    expect((await ask('s3:GetObject', `${LIMITED}/object/x`)).gaps).toEqual([]);
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
