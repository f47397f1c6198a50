import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Access, createAccess } from '../../src/access/access.ts';
import { openCatalog } from '../../src/catalog/catalog.ts';
import type {
  DirectoryDocument,
  KnowledgeInput,
  OrganizationInput,
  ResourceInput,
} from '../../src/directory/document.ts';
import type { OpenDirectory } from '../../src/directory/prisma/open-directory.ts';
import {
  A,
  allow,
  anOrganization,
  aRole,
  aUser,
  B,
  deny,
  policy,
  roleArn,
  trusts,
  userArn,
} from '../support/policies.ts';
import { aQuestion, aSubject, NOON } from '../support/questions.ts';
import { takeDirectory } from '../support/recycled-database.ts';

const catalog = await openCatalog();
const alice = userArn('alice');
const bob = userArn('bob', B);
const QUEUE = `arn:aws:sqs:eu-west-1:${A}:q`;
const KEY = `arn:aws:kms:eu-west-1:${A}:key/k`;
const GATEWAY = `arn:aws:ec2:eu-west-1:${A}:transit-gateway/tgw-1`;

const known = (layer: KnowledgeInput['layer'], service?: string, accountId = A): KnowledgeInput => ({
  accountId,
  layer,
  state: 'COMPLETE',
  ...(service === undefined ? {} : { service }),
});
const partly = (layer: KnowledgeInput['layer'], missing: readonly string[], service?: string): KnowledgeInput => ({
  ...known(layer, service),
  state: 'PARTIAL',
  missing,
});

const bucket = (name: string, rest: Partial<ResourceInput> = {}): ResourceInput => ({
  arn: `arn:aws:s3:::${name}`,
  accountId: A,
  ...rest,
});

const world: DirectoryDocument = {
  accounts: [
    { id: A, name: 'Development', membership: 'NONE' },
    { id: B, membership: 'NONE' },
  ],
  users: [
    aUser('alice', [allow(['sqs:*', 'sts:AssumeRole', 'kms:*']), deny('kms:Encrypt')]),
    aUser('bob', [allow(['s3:*', 'ec2:*'])], { arn: bob }),
  ],
};

let directory: OpenDirectory;
let access: Access;

describe('what is known of an account decides what is said to be missing', () => {
  beforeAll(async () => {
    directory = await takeDirectory();
    await directory.apply(world);
    access = createAccess(directory, catalog);
  });
  afterAll(() => directory.close());

  const gapsOf = async (...asked: Parameters<typeof aQuestion>): Promise<readonly string[]> => {
    const [answer] = await access.decide([aQuestion(...asked)], NOON);
    if (answer === undefined) throw new Error('no answer');
    return answer.gaps;
  };
  const knowing = (...knowledge: readonly KnowledgeInput[]) => directory.apply({ knowledge });
  const forget = ({ accountId, layer, service }: KnowledgeInput): KnowledgeInput => ({
    accountId,
    layer,
    state: 'NONE',
    ...(service === undefined ? {} : { service }),
  });

  /** What is said before, with each knowledge in turn, and after it is forgotten. */
  const turns = async (asked: Parameters<typeof aQuestion>, ...each: readonly KnowledgeInput[]) => {
    const said = [await gapsOf(...asked)];
    for (const one of each) {
      await knowing(one);
      said.push(await gapsOf(...asked));
    }
    for (const one of each) await knowing(forget(one));
    expect(await gapsOf(...asked)).toEqual(said[0]);
    return said;
  };

  const NOT_STORED = `${QUEUE} is not in the directory: a resource-based policy of it is not considered`;

  test('a resource that is not stored has no policy where all those of its service are known', async () => {
    const asked: Parameters<typeof aQuestion> = [alice, 'sqs:SendMessage', QUEUE];
    expect(
      await turns(
        asked,
        known('RESOURCE_POLICIES', 's3'),
        partly('RESOURCE_POLICIES', ['sqs in eu-west-1'], 'sqs'),
        known('RESOURCE_POLICIES', 'sqs'),
      ),
    ).toEqual([
      [NOT_STORED],
      // Another service's say nothing.
      [NOT_STORED],
      [NOT_STORED, `of the account ${A}, the resource-based policies of sqs are known only in part: sqs in eu-west-1`],
      [],
    ]);
  });

  // Function and alias have policies of their own, and lists of functions hold no aliases:
  // https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
  test('a resource that no list of its service holds may have a policy, whatever is known of the service', async () => {
    const fn = `arn:aws:lambda:eu-west-1:${A}:function:f`;
    const alias = `${fn}:live`;
    const said = (arn: string) => `${arn} is not in the directory: a resource-based policy of it is not considered`;
    const all = known('RESOURCE_POLICIES', 'lambda');
    expect(await turns([alice, 'lambda:InvokeFunction', fn], all)).toEqual([[said(fn)], []]);
    expect(await turns([alice, 'lambda:InvokeFunction', alias], all)).toEqual([[said(alias)], [said(alias)]]);
    await directory.apply({ resources: [{ arn: fn, accountId: A }] });
    expect(await turns([alice, 'lambda:InvokeFunction', alias], all)).toEqual([[said(alias)], [said(alias)]]);
    await directory.apply({ resources: [{ arn: alias, accountId: A }] });
    expect(await turns([alice, 'lambda:InvokeFunction', alias], all)).toEqual([[], []]);
  });

  // S3 is known with all buckets: access points are listed by another service (s3control), in each Region.
  test('an access point that is not stored may have a policy, whatever is known of S3', async () => {
    const point = `arn:aws:s3:eu-west-1:${A}:accesspoint/p`;
    const gap = `${point} is not in the directory: a resource-based policy of it is not considered`;
    const all = known('RESOURCE_POLICIES', 's3');
    const asked: Parameters<typeof aQuestion> = [alice, 's3:GetObject', `${point}/object/x`];
    for (const said of await turns(asked, all)) expect(said).toContain(gap);
    await directory.apply({
      resources: [
        bucket('behind'),
        { arn: point, accountId: A, accessPoint: { bucket: 'arn:aws:s3:::behind', vpcId: null } },
      ],
    });
    for (const said of await turns(asked, all)) expect(said).not.toContain(gap);
  });

  test('a stored resource without a policy may have one where some could not be read', async () => {
    await directory.apply({
      resources: [
        bucket('plain', { objectOwnership: 'BucketOwnerEnforced' }),
        bucket('with', { policy: policy({ ...allow('s3:*'), Principal: { AWS: B } }) }),
      ],
    });
    const missing = partly('RESOURCE_POLICIES', ['the policy of plain: AccessDenied'], 's3');
    const gap = `of the account ${A}, the resource-based policies of s3 are known only in part: the policy of plain: AccessDenied`;
    expect(await turns([alice, 's3:GetObject', 'arn:aws:s3:::plain/x'], missing)).toEqual([[], [gap]]);
    expect(await turns([alice, 's3:PutBucketTagging', 'arn:aws:s3:::with'], missing)).toEqual([[], []]);
  });

  test('a role that is not stored trusts nobody where all trust policies are known', async () => {
    const role = roleArn('Ghost');
    const gap = `${role} is not in the directory: a resource-based policy of it is not considered`;
    expect(await turns([alice, 'sts:AssumeRole', role], partly('TRUST_POLICIES', []), known('TRUST_POLICIES'))).toEqual(
      [[gap], [gap, `of the account ${A}, the trust policies are known only in part`], []],
    );
  });

  test('identity policies and boundaries that are missing are said of everybody in the account', async () => {
    const missing = partly('IDENTITY_POLICIES', ['the policies of the group G']);
    const asked: Parameters<typeof aQuestion> = [alice, 'sqs:ListQueues', '*'];
    expect(await turns(asked, missing)).toEqual([
      [],
      [`of the account ${A}, the identity-based policies are known only in part: the policies of the group G`],
    ]);
    expect(await turns([bob, 'ec2:DescribeInstances', '*'], missing)).toEqual([[], []]);
  });

  test('grants are said to be missing until all are known, and only where one could turn the answer', async () => {
    await directory.apply({
      resources: [{ arn: KEY, accountId: A, policy: policy({ ...allow('kms:Verify'), Principal: { AWS: alice } }) }],
    });
    const gap = (action: string) => `the grants of ${KEY} are not known: one could allow ${action}`;
    expect(
      await turns([alice, 'kms:Decrypt', KEY], partly('GRANTS', ['key/k: AccessDenied']), known('GRANTS')),
    ).toEqual([
      [gap('kms:Decrypt')],
      [gap('kms:Decrypt'), `of the account ${A}, the grants of KMS keys are known only in part: key/k: AccessDenied`],
      [],
    ]);
    expect(await gapsOf(alice, 'kms:Verify', KEY)).toEqual([]);
    expect(await gapsOf(alice, 'kms:Encrypt', KEY)).toEqual([]);
    expect(await gapsOf(alice, 'kms:ScheduleKeyDeletion', KEY)).toEqual([]);
  });

  test('ACLs are said where one could allow, and not of a bucket on which they have no effect', async () => {
    await directory.apply({
      resources: [
        bucket('acl', { tags: { team: 'a' } }),
        bucket('enforced', { objectOwnership: 'BucketOwnerEnforced' }),
        bucket('preferred', { objectOwnership: 'BucketOwnerPreferred' }),
      ],
    });
    const gap = (name: string, action: string) =>
      `ACLs are not considered: one of arn:aws:s3:::${name}, or of an object in it, could allow ${action}`;
    expect(await gapsOf(alice, 's3:GetObject', 'arn:aws:s3:::acl/x')).toEqual([gap('acl', 's3:GetObject')]);
    expect(await gapsOf(alice, 's3:ListBucket', 'arn:aws:s3:::acl')).toEqual([gap('acl', 's3:ListBucket')]);
    expect(await gapsOf(bob, 's3:GetObject', 'arn:aws:s3:::preferred/x')).toEqual([gap('preferred', 's3:GetObject')]);
    expect(await gapsOf('anonymous', 's3:GetObject', 'arn:aws:s3:::acl/x')).toEqual([gap('acl', 's3:GetObject')]);
    // No ACL grants this.
    expect(await gapsOf(alice, 's3:PutBucketPolicy', 'arn:aws:s3:::acl')).toEqual([]);
    expect(await gapsOf(alice, 's3:GetObject', 'arn:aws:s3:::enforced/x')).toEqual([]);
    await directory.apply({
      resources: [
        bucket('acl', {
          policy: policy({ ...deny('s3:*', ['arn:aws:s3:::acl', 'arn:aws:s3:::acl/*']), Principal: '*' }),
        }),
      ],
    });
    expect(await gapsOf(alice, 's3:GetObject', 'arn:aws:s3:::acl/x')).toEqual([]);
    await directory.apply({
      resources: [
        bucket('acl', {
          policy: policy({ ...allow('s3:*', ['arn:aws:s3:::acl', 'arn:aws:s3:::acl/*']), Principal: { AWS: alice } }),
        }),
      ],
    });
    expect(await gapsOf(alice, 's3:GetObject', 'arn:aws:s3:::acl/x')).toEqual([]);
  });

  test('attribute-based access control of a bucket decides whether its tags count; unknown, it is said where they are asked for', async () => {
    const tagged = (name: string, abacEnabled?: boolean) =>
      bucket(name, {
        tags: { team: 'a' },
        objectOwnership: 'BucketOwnerEnforced',
        ...(abacEnabled === undefined ? {} : { abacEnabled }),
      });
    await directory.apply({
      users: [
        aUser('carol', [{ ...allow('s3:ListBucket'), Condition: { StringEquals: { 'aws:ResourceTag/team': 'a' } } }]),
      ],
      resources: [tagged('open'), tagged('on', true), tagged('off', false)],
    });
    const carol = userArn('carol');
    const asked = ['open', 'on', 'off'].map((name) => aQuestion(carol, 's3:ListBucket', `arn:aws:s3:::${name}`));
    const answers = await access.decide(asked, NOON);
    expect(answers.map(({ decision, gaps }) => [decision.effect, gaps])).toEqual([
      [
        'IMPLICIT_DENY',
        ['whether ABAC is enabled for arn:aws:s3:::open is not known: its tags are taken to allow nothing'],
      ],
      ['ALLOWED', []],
      ['IMPLICIT_DENY', []],
    ]);
    expect(await gapsOf(carol, 's3:PutBucketTagging', 'arn:aws:s3:::open')).toEqual([]);
  });

  test('resource shares are said of what RAM shares, where nothing else is lacking', async () => {
    const gap = `resource shares of AWS RAM are not considered: one could share ${GATEWAY} with the account ${B}`;
    await directory.apply({ resources: [{ arn: GATEWAY, accountId: A }] });
    expect(await gapsOf(bob, 'ec2:DeleteTransitGateway', GATEWAY)).toEqual([gap]);
    // Its own policies do not allow it.
    expect(await gapsOf(userArn('alice'), 'ec2:DeleteTransitGateway', GATEWAY)).toEqual([]);
    expect(await gapsOf(bob, 'ec2:StopInstances', `arn:aws:ec2:eu-west-1:${A}:instance/i-1`)).toEqual([]);
    const own = `arn:aws:ec2:eu-west-1:${B}:transit-gateway/tgw-2`;
    expect(await gapsOf(bob, 'ec2:DeleteTransitGateway', own)).toEqual([]);
  });

  test('Block Public Access is said where a policy that names everybody lets another account in', async () => {
    const everybody = policy({ ...allow('s3:GetObject', 'arn:aws:s3:::site/*'), Principal: '*' });
    const fixed = policy({ ...allow('s3:GetObject', 'arn:aws:s3:::fixed/*'), Principal: { AWS: B } });
    await directory.apply({ resources: [bucket('site', { policy: everybody }), bucket('fixed', { policy: fixed })] });
    const gap = 'whether Block Public Access restricts arn:aws:s3:::site is not known: it is taken not to';
    const site = 'arn:aws:s3:::site/x';
    expect(await turns([bob, 's3:GetObject', site], known('BLOCK_PUBLIC_ACCESS'))).toEqual([[gap], []]);
    expect(await gapsOf('anonymous', 's3:GetObject', site)).toEqual([gap]);
    // Whoever is in the bucket's account, and services, come in nevertheless.
    expect(await gapsOf(alice, 's3:GetObject', site)).toEqual([]);
    expect(await gapsOf('cloudtrail.amazonaws.com', 's3:GetObject', site)).toEqual([]);
    expect(await gapsOf(bob, 's3:GetObject', 'arn:aws:s3:::fixed/x')).toEqual([]);
  });

  describe('a layer that is known in part says what concerns the resource of the question alone', () => {
    const inPart = (
      layer: KnowledgeInput['layer'],
      missing: Readonly<Record<string, NonNullable<KnowledgeInput['concerns']>[number]>>,
      service?: string,
    ): KnowledgeInput => ({
      ...partly(layer, Object.keys(missing), service),
      concerns: Object.values(missing),
    });
    const ofS3 = (missing: string) =>
      `of the account ${A}, the resource-based policies of s3 are known only in part: ${missing}`;
    const enforced = { objectOwnership: 'BucketOwnerEnforced' } as const;
    const listing = (name: string): Parameters<typeof aQuestion> => [
      alice,
      's3:ListBucket',
      `arn:aws:s3:::${name}`,
      { resourceAccount: A },
    ];

    beforeEach(() =>
      directory.apply({
        resources: [
          bucket('one', { ...enforced, policy: null, known: ['policy'] }),
          bucket('two', { ...enforced, policy: null }),
        ],
      }),
    );

    test('one that is known to have no policy has none, whatever is not known of others', async () => {
      const missing = inPart(
        'RESOURCE_POLICIES',
        { 'the list of buckets': 'UNSTORED', 'the policies of two': 'STORED' },
        's3',
      );
      expect(await turns(listing('one'), missing)).toEqual([[], []]);
      expect(await turns([alice, 's3:PutObject', 'arn:aws:s3:::one/x'], missing)).toEqual([[], []]);
      expect(await turns(listing('two'), missing)).toEqual([[], [ofS3('the policies of two')]]);
      expect(await turns([alice, 's3:PutObject', 'arn:aws:s3:::two/x'], missing)).toEqual([
        [],
        [ofS3('the policies of two')],
      ]);
      expect((await turns(listing('three'), missing)).at(-1)).toContain(ofS3('the list of buckets'));
      const whole = inPart('RESOURCE_POLICIES', { 'the policies of two': 'STORED' }, 's3');
      // The list of buckets is there, and it is not in it. Its ACLs are not known either.
      const [before = [], said] = await turns(listing('three'), whole);
      expect(before.filter((gap) => !said?.includes(gap))).toEqual([
        'arn:aws:s3:::three is not in the directory: a resource-based policy of it is not considered',
      ]);
    });

    test('what concerns everything, and what is said without more, is said of all', async () => {
      const other = inPart(
        'RESOURCE_POLICIES',
        { 'the Region eu-west-1': 'ALL', 'the policies of two': 'STORED' },
        's3',
      );
      expect(await turns(listing('one'), other)).toEqual([[], [ofS3('the Region eu-west-1')]]);
      const before = partly('RESOURCE_POLICIES', ['the policies of two'], 's3');
      expect(await turns(listing('one'), before)).toEqual([[], [ofS3('the policies of two')]]);
      // It is in no list that is there.
      const lists = inPart('RESOURCE_POLICIES', { 'the list of buckets': 'UNSTORED' }, 's3');
      expect(await turns(listing('two'), lists)).toEqual([[], [ofS3('the list of buckets')]]);
    });

    test('an object that is stored has the policy and the settings of its bucket', async () => {
      await directory.apply({
        resources: [bucket('one/tagged', { tags: { a: 'b' } }), bucket('two/tagged'), bucket('gone/x')],
      });
      const missing = inPart('RESOURCE_POLICIES', { 'the policies of two': 'STORED', lists: 'UNSTORED' }, 's3');
      const asked = (name: string): Parameters<typeof aQuestion> => [alice, 's3:GetObject', `arn:aws:s3:::${name}`];
      expect(await turns(asked('one/tagged'), missing)).toEqual([[], []]);
      expect(await turns(asked('two/tagged'), missing)).toEqual([[], [ofS3('the policies of two')]]);
      const gone = 'arn:aws:s3:::gone is not in the directory: a resource-based policy of it is not considered';
      expect((await turns(asked('gone/x'), missing)).map((said) => said.includes(gone))).toEqual([true, true]);
    });

    test('the own policy of a log group is missing though that of its account and Region is there', async () => {
      const arn = `arn:aws:logs:eu-west-1:${A}:log-group:app`;
      await directory.apply({
        resources: [
          { arn, accountId: A, policy: policy({ ...allow('logs:PutLogEvents', '*'), Principal: { AWS: B } }) },
        ],
      });
      const missing = inPart('RESOURCE_POLICIES', { 'the own policies of app': 'STORED' }, 'logs');
      const asked: Parameters<typeof aQuestion> = [alice, 'logs:DeleteLogGroup', arn];
      const gap = `of the account ${A}, the resource-based policies of logs are known only in part: the own policies of app`;
      expect(await turns(asked, missing)).toEqual([[], [gap]]);
      await directory.apply({ resources: [{ arn, accountId: A, known: ['policy'] }] });
      expect(await turns(asked, missing)).toEqual([[], []]);
    });

    test('grants of another key do not matter', async () => {
      const key = (name: string) => `arn:aws:kms:eu-west-1:${A}:key/${name}`;
      const policies = { accountId: A, policy: policy({ ...allow('kms:Verify'), Principal: { AWS: alice } }) };
      await directory.apply({
        resources: [
          { arn: key('one'), ...policies, grants: [], known: ['grants'] },
          { arn: key('two'), ...policies },
        ],
      });
      const missing = inPart('GRANTS', { 'the grants of two': 'STORED' });
      const [, one] = await turns([alice, 'kms:Decrypt', key('one')], missing);
      expect(one).toEqual([]);
      const [, two] = await turns([alice, 'kms:Decrypt', key('two')], missing);
      expect(two).toEqual([
        `the grants of ${key('two')} are not known: one could allow kms:Decrypt`,
        `of the account ${A}, the grants of KMS keys are known only in part: the grants of two`,
      ]);
    });

    test('settings of another bucket do not matter; those of the account do', async () => {
      const everybody = (name: string) =>
        policy({ ...allow('s3:GetObject', `arn:aws:s3:::${name}/*`), Principal: '*' });
      await directory.apply({
        resources: [
          bucket('one', { policy: everybody('one'), publicAccessBlock: null, known: ['publicAccessBlock'] }),
          bucket('two', { policy: everybody('two') }),
        ],
      });
      const gap = (name: string, missing: string) => [
        `whether Block Public Access restricts arn:aws:s3:::${name} is not known: it is taken not to`,
        `of the account ${A}, the settings of S3 Block Public Access are known only in part: ${missing}`,
      ];
      const asked = (name: string): Parameters<typeof aQuestion> => [bob, 's3:GetObject', `arn:aws:s3:::${name}/x`];
      const ofTwo = inPart('BLOCK_PUBLIC_ACCESS', { 'the settings of two': 'STORED' });
      expect((await turns(asked('one'), ofTwo)).at(-1)).toEqual([]);
      expect((await turns(asked('two'), ofTwo)).at(-1)).toEqual(gap('two', 'the settings of two'));
      const ofAll = inPart('BLOCK_PUBLIC_ACCESS', { "the account's setting": 'ALL', 'the settings of two': 'STORED' });
      expect((await turns(asked('one'), ofAll)).at(-1)).toEqual(gap('one', "the account's setting"));
    });

    test('a stored role has its trust policy: what is missing of that layer are other roles', async () => {
      await directory.apply({ roles: [aRole('Stored', [trusts({ AWS: alice })])] });
      const missing = partly('TRUST_POLICIES', ['all roles']);
      expect(await turns([alice, 'sts:AssumeRole', roleArn('Stored')], missing)).toEqual([[], []]);
    });
  });

  test('closed forms say the same of keys and roles', async () => {
    const gaps = async () => (await access.effectivePermissions(aSubject(alice), new Map(), NOON)).gaps();
    const keys =
      'key policies of KMS keys that the directory does not have are not known: what they let in is not listed';
    const roles =
      'trust policies of roles that the directory does not have are not known: what they let in is not listed';
    expect(await gaps()).toEqual([keys, roles]);
    await knowing(known('RESOURCE_POLICIES', 'kms'));
    expect(await gaps()).toEqual([roles]);
    await knowing(known('TRUST_POLICIES'));
    expect(await gaps()).toEqual([]);
    await knowing(forget(known('RESOURCE_POLICIES', 'kms')), forget(known('TRUST_POLICIES')));
  });
});

describe('what is known of control policies', () => {
  beforeAll(async () => {
    directory = await takeDirectory();
    access = createAccess(directory, catalog);
  });
  afterAll(() => directory.close());

  const { organizations, accounts } = anOrganization(B, A);
  const [organization] = organizations;
  if (organization === undefined) throw new Error('no organization');
  const UNKNOWN = `the control policies above the account ${A} are not known: they are not considered`;
  const ask = async (who = alice) => {
    const [answer] = await access.decide([aQuestion(who, 'sqs:ListQueues', '*')], NOON);
    return { allowed: answer?.decision.allowed, gaps: answer?.gaps };
  };

  const full = (targets: readonly string[]) => ({
    controlPolicies: [
      {
        id: 'p-FullAWSAccess',
        type: 'SERVICE_CONTROL_POLICY' as const,
        name: 'FullAWSAccess',
        document: policy(allow('*')),
        targets,
      },
    ],
  });

  /** The organization as given, with what is known of the control policies above A. */
  const having = async (about: Partial<OrganizationInput>, knowledge: KnowledgeInput): Promise<void> => {
    await directory.apply({
      organizations: [{ ...organization, scpEnabled: true, rcpEnabled: true, controlPolicies: [], ...about }],
      accounts,
      users: [aUser('alice', [allow('sqs:*')]), aUser('boss', [allow('sqs:*')], { arn: userArn('boss', B) })],
      knowledge: [knowledge],
    });
  };
  const NOTHING: KnowledgeInput = { ...known('CONTROL_POLICIES'), state: 'NONE' };

  test('an organization of which none is stored takes nothing away, and says so', async () => {
    await having({}, NOTHING);
    expect(await ask()).toEqual({ allowed: true, gaps: [UNKNOWN] });
    // None bind the management account.
    expect(await ask(userArn('boss', B))).toEqual({ allowed: true, gaps: [] });
  });

  test('known to be none, levels without policies allow nothing', async () => {
    await having({}, known('CONTROL_POLICIES'));
    expect(await ask()).toEqual({ allowed: false, gaps: [] });
  });

  test('known in part, what is stored counts, and what is missing is said', async () => {
    const everywhere = full(['r-abcd', A]);
    await having(everywhere, partly('CONTROL_POLICIES', ['resource control policies']));
    const gap = `of the account ${A}, the control policies above it are known only in part: resource control policies`;
    expect(await ask()).toEqual({ allowed: true, gaps: [gap] });
    await having(everywhere, NOTHING);
    expect(await ask()).toEqual({ allowed: true, gaps: [] });
  });

  test('types that are switched off are not missing', async () => {
    await having({ scpEnabled: false, rcpEnabled: false }, NOTHING);
    expect(await ask()).toEqual({ allowed: true, gaps: [] });
  });

  test('statements say at which level they stand, with the name of the level', async () => {
    const unit = (name: string) => ({
      rootName: 'Everything',
      units: [{ id: 'ou-abcd-work0000', name, parentId: null }],
      ...full(['r-abcd', 'ou-abcd-work0000', A]),
    });
    const levelsOf = async () => {
      const [answer] = await access.decide([aQuestion(alice, 'sqs:ListQueues', '*')], NOON);
      return answer?.decision.layers
        .filter(({ layer }) => layer !== 'RESOURCE_CONTROL_POLICY')
        .map(({ layer, matchedStatements }) => [layer, matchedStatements.map(({ level }) => level)]);
    };
    const level = (type: string, id: string) =>
      `arn:aws:organizations::${organization.managementAccountId}:${type}/${organization.id}/${id}`;
    const named = (name: string) => [
      [
        'SERVICE_CONTROL_POLICY',
        [
          { kind: 'ROOT', id: 'r-abcd', name: 'Everything', arn: level('root', 'r-abcd') },
          { kind: 'ORGANIZATIONAL_UNIT', id: 'ou-abcd-work0000', name, arn: level('ou', 'ou-abcd-work0000') },
          { kind: 'ACCOUNT', id: A, name: 'Development', arn: level('account', A) },
        ],
      ],
      ['IDENTITY_POLICY', [null]],
    ];
    await having(unit('Workloads'), known('CONTROL_POLICIES'));
    const membership = { organizationId: organization.id, unitId: 'ou-abcd-work0000' };
    await directory.apply({ accounts: [{ id: A, name: 'Development', membership }] });
    expect(await levelsOf()).toEqual(named('Workloads'));
    await directory.apply({ organizations: [{ ...organization, ...unit('Work'), scpEnabled: true }] });
    expect(await levelsOf()).toEqual(named('Work'));
  });
});
