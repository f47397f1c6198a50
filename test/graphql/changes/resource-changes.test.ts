import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { Work } from '../../../src/access/work.ts';
import { perform } from '../../../src/guard/perform.ts';
import type { JsonObject } from '../../../src/policy/json.ts';
import type { Caller } from '../../../src/session/caller.ts';
import { A, allow, B, policy, userArn } from '../../support/policies.ts';
import { OPERATOR } from '../gateway.ts';
import { type Live, liveGateway, ORIGIN, openLive } from '../live.ts';
import { OPENING, type TestServices } from '../services.ts';

const BUCKET = 'arn:aws:s3:::bucket';
const QUEUE = `arn:aws:sqs:eu-west-1:${A}:queue`;
// What the delegate enters, tags and lets others use is its own: the other tests begin without it.
const OWN_ORDER = `arn:aws:orders:eu-west-1:${A}:order/own`;
const OWN_QUEUE = `arn:aws:sqs:eu-west-1:${A}:own`;
const TAGGED_QUEUE = `arn:aws:sqs:eu-west-1:${A}:tagged`;
const MEANWHILE = `arn:aws:sqs:eu-west-1:${A}:meanwhile`;
const OWN_KEY = `arn:aws:kms:eu-west-1:${A}:key/own`;
const KEY = `arn:aws:kms:eu-west-1:${A}:key/k`;
const FUNCTION = `arn:aws:lambda:eu-west-1:${A}:function:f`;
const ACCESS_POINT = `arn:aws:s3:eu-west-1:${A}:accesspoint/ap`;
const ORDER = `arn:aws:orders:eu-west-1:${A}:order/42`;
const ENDPOINT = {
  accountId: A,
  region: 'eu-west-1',
  serviceName: 'com.amazonaws.eu-west-1.s3',
  endpointType: 'Gateway',
  vpcId: 'vpc-1',
};
const revision = expect.stringMatching(/^r\d{19}$/);

const USERS = {
  admin: userArn('admin'),
  nobody: userArn('nobody'),
  // Of another account, where it may do everything.
  stranger: userArn('stranger', B),
  other: userArn('other', B),
  // May enter and tag what it tags as its own, and grant Decrypt.
  delegate: userArn('delegate'),
  // May enter resources, and give no tags.
  enterer: userArn('enterer'),
  // May give the tag owner=delegate, and any other.
  labeler: userArn('labeler'),
  // Of another account, without a policy of its own.
  grantee: userArn('grantee', B),
  // May change the endpoints of its own.
  owner: userArn('owner'),
  // May make endpoints for AWS's services, with tags of its team, and remove those for S3; grants for what its team has encrypted; and let
  // S3 call functions.
  keyed: userArn('keyed'),
};

const may = (arn: string, ...statements: readonly JsonObject[]) => ({
  arn,
  inlinePolicies: [{ name: 'p', document: policy(...statements) }],
});

let services: TestServices;
let live: Live;
let callers: Record<keyof typeof USERS, Caller>;

beforeAll(async () => {
  const own = {
    StringEquals: { 'aws:RequestTag/owner': 'delegate' },
    'ForAllValues:StringEquals': { 'aws:TagKeys': ['owner'] },
  };
  const opened = await openLive(USERS, {
    accounts: [
      { id: A, membership: 'NONE' },
      { id: B, membership: 'NONE' },
    ],
    users: [
      may(USERS.admin, allow('*')),
      may(USERS.nobody, allow('iam:*')),
      may(USERS.enterer, allow('rolegate:PutResource')),
      may(USERS.stranger, allow('*')),
      may(USERS.other, allow('iam:*')),
      { arn: USERS.grantee },
      may(USERS.owner, {
        ...allow(['ec2:ModifyVpcEndpoint', 'ec2:DeleteVpcEndpoints']),
        Condition: { StringEquals: { 'aws:ResourceTag/owner': 'owner', 'ec2:ResourceTag/Owner': 'owner' } },
      }),
      may(
        USERS.keyed,
        allow('ec2:CreateVpcEndpoint', `arn:aws:ec2:eu-west-1:${A}:vpc/*`),
        {
          ...allow('ec2:CreateVpcEndpoint', `arn:aws:ec2:eu-west-1:${A}:vpc-endpoint/*`),
          Condition: { StringEquals: { 'ec2:VpceServiceOwner': 'amazon' } },
        },
        {
          ...allow('ec2:CreateTags'),
          Condition: { StringEquals: { 'ec2:CreateAction': 'CreateVpcEndpoint', 'aws:RequestTag/team': 'keyed' } },
        },
        {
          ...allow('ec2:DeleteVpcEndpoints'),
          Condition: { StringEquals: { 'ec2:VpceServiceName': ENDPOINT.serviceName } },
        },
        {
          ...allow('lambda:PutResourcePolicy'),
          Condition: { StringEquals: { 'lambda:Principal': 's3.amazonaws.com' } },
        },
        {
          ...allow(['kms:CreateGrant', 'kms:RetireGrant']),
          Condition: {
            StringEquals: { 'kms:EncryptionContext:team': 'keyed' },
            'ForAllValues:StringEquals': { 'kms:EncryptionContextKeys': ['team'] },
          },
        },
      ),
      may(USERS.labeler, { ...allow('sqs:TagQueue'), Condition: { StringEquals: own.StringEquals } }),
      may(
        USERS.delegate,
        { ...allow(['rolegate:PutResource', 'rolegate:TagResource', 'sqs:TagQueue']), Condition: own },
        {
          ...allow('kms:CreateGrant'),
          Condition: {
            'ForAllValues:StringEquals': { 'kms:GrantOperations': ['Decrypt'] },
            StringEquals: {
              'kms:GrantConstraintType': 'EncryptionContextEquals',
              'kms:GranteePrincipal': USERS.nobody,
            },
          },
        },
      ),
    ],
    resources: [
      { arn: BUCKET, accountId: A },
      { arn: QUEUE, accountId: A },
      { arn: FUNCTION, accountId: A },
      { arn: OWN_QUEUE, accountId: A },
      { arn: TAGGED_QUEUE, accountId: A, tags: { k: 'v', 'aws:x': 'y' } },
      ...[KEY, OWN_KEY].map((arn) => ({
        arn,
        accountId: A,
        policy: policy({ ...allow('kms:*'), Principal: { AWS: A } }),
      })),
    ],
    vpcEndpoints: [
      ...['owner', 'admin'].map((owner) => ({
        id: `vpce-${owner}`,
        accountId: A,
        region: 'eu-west-1',
        vpcId: 'vpc-1',
        serviceName: 'com.amazonaws.eu-west-1.s3',
        type: 'Gateway',
        tags: { owner },
      })),
      {
        id: 'vpce-queues',
        accountId: A,
        region: 'eu-west-1',
        vpcId: 'vpc-1',
        serviceName: 'com.amazonaws.eu-west-1.sqs',
        type: 'Interface',
      },
      {
        id: 'vpce-1',
        accountId: A,
        region: 'eu-west-1',
        vpcId: 'vpc-1',
        serviceName: 'com.amazonaws.eu-west-1.s3',
        type: 'Gateway',
      },
    ],
  });
  ({ services, live, callers } = opened);
}, OPENING);
afterAll(() => services.remove());

const OF_RESOURCE = 'arn service account { accountId } policy tags { key value }';
const RESOURCE = `... on ResourceChangeSuccess { resource { ${OF_RESOURCE} } revision touched { kind target } }`;
const READS = JSON.parse(policy({ ...allow('sqs:*', QUEUE), Principal: { AWS: B } }));

/** Every mutation with what it takes, the action that it needs, and what that is asked on. */
const CHANGES: readonly (readonly [string, object, string, string])[] = [
  ['putResource', { resourceArn: ORDER }, 'rolegate:PutResource', ORDER],
  ['putResourcePolicy', { resourceArn: QUEUE, policyDocument: READS }, 'sqs:SetQueueAttributes', QUEUE],
  ['putResourcePolicy', { resourceArn: ORDER, policyDocument: READS }, 'rolegate:PutResourcePolicy', ORDER],
  ['deleteResourcePolicy', { resourceArn: BUCKET }, 's3:DeleteBucketPolicy', BUCKET],
  ['tagResource', { resourceArn: QUEUE, tags: [{ key: 'k', value: 'v' }] }, 'sqs:TagQueue', QUEUE],
  ['untagResource', { resourceArn: QUEUE, tagKeys: ['k'] }, 'sqs:UntagQueue', QUEUE],
  ['putPublicAccessBlock', { resourceArn: BUCKET, settings: {} }, 's3:PutBucketPublicAccessBlock', BUCKET],
  ['putPublicAccessBlock', { accountId: A, settings: {} }, 's3:PutAccountPublicAccessBlock', A],
  ['deletePublicAccessBlock', { resourceArn: ACCESS_POINT }, 's3:PutAccessPointPublicAccessBlock', ACCESS_POINT],
  ['createGrant', { keyArn: KEY, granteePrincipal: USERS.nobody, operations: ['Decrypt'] }, 'kms:CreateGrant', KEY],
  ['revokeGrant', { keyArn: KEY, grantId: 'g' }, 'kms:RevokeGrant', KEY],
  ['retireGrant', { keyArn: KEY, grantId: 'g' }, 'kms:RetireGrant', KEY],
  ['createVpcEndpoint', ENDPOINT, 'ec2:CreateVpcEndpoint', `arn:aws:ec2:eu-west-1:${A}:vpc/vpc-1`],
  ['modifyVpcEndpoint', { endpointId: 'vpce-1' }, 'ec2:ModifyVpcEndpoint', 'vpce-1'],
  ['deleteVpcEndpoint', { endpointId: 'vpce-1' }, 'ec2:DeleteVpcEndpoints', 'vpce-1'],
  ['deleteResource', { resourceArn: BUCKET }, 'rolegate:DeleteResource', BUCKET],
];

describe.each(CHANGES)('%s %j', (name, input, action, target) => {
  test('is refused to who may not, also to the administrator of another account, and kept', async () => {
    const before = await services.directory.revision();
    // What has no account in its name is not there for those of other accounts: see below.
    const strangers = 'endpointId' in input ? [] : (['stranger'] as const);
    for (const who of ['nobody', ...strangers] as const) {
      const answer = await live.mutate(callers[who], name, input);
      expect(answer).toMatchObject({ __typename: 'AccessDenied', decision: { effect: 'IMPLICIT_DENY' } });
      expect(answer.message).toContain(`is not authorized to perform: ${action}`);
      const event = (await live.trail()).at(-1);
      expect(event).toMatchObject({ action, outcome: 'REFUSED', principal: USERS[who], target });
    }
    expect(await services.directory.revision()).toBe(before);
  });
});

describe('who may', () => {
  test('enters a resource, writes its policy and its tags, and is shown it', async () => {
    const { admin } = callers;
    const put = await live.mutate(
      admin,
      'putResource',
      { resourceArn: ORDER, tags: [{ key: 'a', value: 'b' }] },
      RESOURCE,
    );
    expect(put).toEqual({
      __typename: 'ResourceChangeSuccess',
      resource: {
        arn: ORDER,
        service: 'orders',
        account: { accountId: A },
        policy: null,
        tags: [{ key: 'a', value: 'b' }],
      },
      revision,
      touched: [{ kind: 'RESOURCE', target: ORDER }],
    });
    const written = await live.mutate(
      admin,
      'putResourcePolicy',
      { resourceArn: QUEUE, policyDocument: READS },
      RESOURCE,
    );
    expect(written.resource.policy).toEqual(READS);
    expect((await live.trail()).at(-1)).toMatchObject({
      event: 'SetQueueAttributes',
      action: 'sqs:SetQueueAttributes',
      target: QUEUE,
      outcome: 'SUCCEEDED',
    });
    const tagged = await live.mutate(
      admin,
      'tagResource',
      { resourceArn: QUEUE, tags: [{ key: 'k', value: 'v' }] },
      RESOURCE,
    );
    expect(tagged.resource.tags).toEqual([{ key: 'k', value: 'v' }]);
    const untagged = await live.mutate(admin, 'untagResource', { resourceArn: QUEUE, tagKeys: ['k'] }, RESOURCE);
    expect(untagged.resource.tags).toEqual([]);
    const removed = await live.mutate(admin, 'deleteResourcePolicy', { resourceArn: QUEUE }, RESOURCE);
    expect(removed.resource.policy).toBeNull();
    const deleted = await live.mutate(
      admin,
      'deleteResource',
      { resourceArn: ORDER },
      '... on DeleteResourceSuccess { deletedResourceArn }',
    );
    expect(deleted.deletedResourceArn).toBe(ORDER);
    expect(await live.outcome(admin, 'deleteResource', { resourceArn: ORDER })).toBe('NoSuchEntity');
  });

  test('configures S3 Block Public Access, makes grants and endpoints', async () => {
    const { admin } = callers;
    const blocked = await live.mutate(
      admin,
      'putPublicAccessBlock',
      { accountId: A, settings: { restrictPublicBuckets: true } },
      '... on PublicAccessBlockChangeSuccess { account { publicAccessBlock { restrictPublicBuckets blockPublicAcls } } resource { arn } }',
    );
    expect(blocked).toMatchObject({
      account: { publicAccessBlock: { restrictPublicBuckets: true, blockPublicAcls: false } },
      resource: null,
    });
    const gone = await live.mutate(
      admin,
      'deletePublicAccessBlock',
      { accountId: A },
      '... on PublicAccessBlockChangeSuccess { account { publicAccessBlock { blockPublicAcls } } }',
    );
    expect(gone.account.publicAccessBlock).toBeNull();
    const places = { accountId: A, resourceArn: BUCKET };
    expect(await live.outcome(admin, 'deletePublicAccessBlock', places)).toBe('ValidationError');
    expect(await live.outcome(admin, 'deletePublicAccessBlock', {})).toBe('ValidationError');

    const grant = { keyArn: KEY, granteePrincipal: USERS.nobody, operations: ['Decrypt'] };
    const twice = [
      { key: 'k', value: '1' },
      { key: 'k', value: '2' },
    ];
    expect(await live.outcome(admin, 'createGrant', { ...grant, encryptionContextSubset: twice })).toBe(
      'ValidationError',
    );
    const made = await live.mutate(
      admin,
      'createGrant',
      { ...grant, encryptionContextSubset: [{ key: 'k', value: 'v' }] },
      '... on CreateGrantSuccess { grantId key { grants { grantId granteePrincipal operations encryptionContextSubset { key value } } } }',
    );
    expect(made.key.grants).toEqual([
      {
        grantId: made.grantId,
        granteePrincipal: USERS.nobody,
        operations: ['Decrypt'],
        encryptionContextSubset: [{ key: 'k', value: 'v' }],
      },
    ]);
    const revoked = await live.mutate(
      admin,
      'revokeGrant',
      { keyArn: KEY, grantId: made.grantId },
      '... on RevokeGrantSuccess { key { grants { grantId } } }',
    );
    expect(revoked.key.grants).toEqual([]);

    const created = await live.mutate(
      admin,
      'createVpcEndpoint',
      { ...ENDPOINT, tags: [{ key: 'k', value: 'v' }] },
      '... on CreateVpcEndpointSuccess { vpcEndpoint { endpointId vpcId tags { key } policy } }',
    );
    const { endpointId } = created.vpcEndpoint;
    expect(created.vpcEndpoint).toEqual({ endpointId, vpcId: 'vpc-1', tags: [{ key: 'k' }], policy: null });
    const document = JSON.parse(policy({ ...allow('s3:*'), Principal: '*' }));
    const modified = await live.mutate(
      admin,
      'modifyVpcEndpoint',
      { endpointId, policyDocument: document },
      '... on VpcEndpointChangeSuccess { vpcEndpoint { policy } }',
    );
    expect(modified.vpcEndpoint.policy).toEqual(document);
    expect(await live.outcome(admin, 'deleteVpcEndpoint', { endpointId })).toBe('DeleteVpcEndpointSuccess');
    expect(await live.mutate(admin, 'deleteVpcEndpoint', { endpointId })).toMatchObject({
      __typename: 'NoSuchEntity',
      code: 'InvalidVpcEndpointId.NotFound',
    });
  });

  test.each(['modifyVpcEndpoint', 'deleteVpcEndpoint'])(
    '%s tells those of other accounts nothing of an endpoint, not even that it is there',
    async (name) => {
      const before = await services.directory.revision();
      const answers = async (who: Caller, endpointId: string) => {
        const changes = [{ [name]: { endpointId } }];
        const query = `mutation ($changes: [DirectoryChangeInput!]!) { applyChanges(changes: $changes) {
          __typename ... on ChangeFailed { message cause { __typename code } } } }`;
        const both = [await live.mutate(who, name, { endpointId }), await live.ask(who, query, { changes })];
        return JSON.stringify(both).replaceAll(endpointId, 'ID');
      };
      const toAdmin = await answers(callers.stranger, 'vpce-1');
      expect(toAdmin).toContain(
        '"code":"InvalidVpcEndpointId.NotFound","message":"The Vpc Endpoint Id \'ID\' does not exist"',
      );
      expect(toAdmin).toBe(await answers(callers.stranger, 'vpce-none'));
      expect(await live.trail()).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ outcome: 'FAILED', principal: USERS.stranger, target: 'vpce-1' }),
        ]),
      );
      const toOther = await answers(callers.other, 'vpce-1');
      expect(toOther).toContain(`on resource: arn:aws:ec2:us-east-1:${B}:vpc-endpoint/vpce-00000000000000000 because`);
      expect(toOther).toBe(await answers(callers.other, 'vpce-none'));
      expect(await services.directory.revision()).toBe(before);
    },
  );

  test('only the operator chooses the id of an endpoint, or leaves out its VPC', async () => {
    const { vpcId: _vpc, ...nowhere } = ENDPOINT;
    for (const input of [{ ...ENDPOINT, endpointId: 'vpce-2' }, nowhere]) {
      expect(await live.mutate(callers.admin, 'createVpcEndpoint', input)).toMatchObject({
        __typename: 'AccessDenied',
        message: expect.stringMatching(/^only the operator may /),
      });
    }
    expect(await live.outcome(OPERATOR, 'createVpcEndpoint', { ...nowhere, endpointId: 'vpce-2' })).toBe(
      'CreateVpcEndpointSuccess',
    );
  });
});

describe('a grant is retired', () => {
  const made = async (terms: object): Promise<string> => {
    const grant = { keyArn: OWN_KEY, granteePrincipal: USERS.nobody, operations: ['Decrypt'], ...terms };
    const { grantId } = await live.mutate(OPERATOR, 'createGrant', grant, '... on CreateGrantSuccess { grantId }');
    return grantId;
  };
  const retire = (who: Caller, grantId: string) =>
    live.mutate(who, 'retireGrant', { keyArn: OWN_KEY, grantId }, '... on RetireGrantSuccess { dryRun }');

  test('by its retiring principal, also of another account', async () => {
    const grantId = await made({ retiringPrincipal: USERS.grantee });
    // Its grantee has not got the operation.
    expect(await retire(callers.nobody, grantId)).toMatchObject({ __typename: 'AccessDenied' });
    expect(await retire(callers.grantee, grantId)).toMatchObject({ __typename: 'RetireGrantSuccess', dryRun: false });
    expect(await retire(OPERATOR, grantId)).toMatchObject({ __typename: 'NoSuchEntity' });
    expect((await live.trail()).filter(({ event }) => event === 'RetireGrant').map(({ outcome }) => outcome)).toEqual(
      expect.arrayContaining(['REFUSED', 'SUCCEEDED']),
    );
  });

  test('by its grantee, if it has the operation', async () => {
    const grantId = await made({ granteePrincipal: USERS.grantee, operations: ['Decrypt', 'RetireGrant'] });
    expect(await retire(callers.grantee, grantId)).toMatchObject({ __typename: 'RetireGrantSuccess' });
  });

  test('by nobody because of another grant of the key', async () => {
    const own = await made({ retiringPrincipal: USERS.grantee });
    const others = await made({ retiringPrincipal: USERS.other });
    const refused = await retire(callers.grantee, others);
    expect(refused).toMatchObject({ __typename: 'AccessDenied', decision: null });
    expect(refused.message).toContain('neither this grant nor an identity policy of the account of its key');
    // As for one that is not there.
    expect(await retire(callers.grantee, '0'.repeat(64))).toEqual(refused);
    for (const one of [own, others]) await retire(OPERATOR, one);
  });

  test('by whom the account of the key lets, and by no administrator of another account', async () => {
    const grantId = await made({});
    expect(await retire(callers.stranger, grantId)).toMatchObject({ __typename: 'AccessDenied' });
    expect(await retire(callers.admin, grantId)).toMatchObject({ __typename: 'RetireGrantSuccess' });
  });
});

describe('the condition keys of the services', () => {
  test('let somebody enter and tag what it tags as its own', async () => {
    const { delegate } = callers;
    const owned = [{ key: 'owner', value: 'delegate' }];
    const put = (tags?: object) =>
      live.outcome(delegate, 'putResource', { resourceArn: OWN_ORDER, ...(tags && { tags }) });
    expect(await put()).toBe('AccessDenied');
    expect(await put([{ key: 'owner', value: 'admin' }])).toBe('AccessDenied');
    expect(await put([...owned, { key: 'x', value: 'y' }])).toBe('AccessDenied');
    expect(await put(owned)).toBe('ResourceChangeSuccess');
    const tag = (tags: object) => live.outcome(delegate, 'tagResource', { resourceArn: OWN_QUEUE, tags });
    expect(await tag([{ key: 'x', value: 'y' }])).toBe('AccessDenied');
    expect(await tag(owned)).toBe('ResourceChangeSuccess');
    // Keys that differ in case alone are one condition key: its value would be that of the last.
    const disguised = [{ key: 'owner', value: 'admin' }, ...owned.map((one) => ({ ...one, key: 'Owner' }))];
    expect(
      await live.outcome(callers.labeler, 'tagResource', { resourceArn: OWN_QUEUE, tags: disguised.slice(0, 1) }),
    ).toBe('AccessDenied');
    expect(
      await live.mutate(callers.labeler, 'tagResource', { resourceArn: OWN_QUEUE, tags: disguised }),
    ).toMatchObject({
      __typename: 'ValidationError',
      message: 'Duplicate tag keys found: Owner',
    });
  });

  test('whoever enters a resource needs the actions of its service for its tags, also for those that go', async () => {
    const put = (tags?: object) =>
      live.mutate(callers.enterer, 'putResource', { resourceArn: TAGGED_QUEUE, ...(tags && { tags }) });
    const refused = (action: string) => ({
      __typename: 'AccessDenied',
      message: expect.stringContaining(`is not authorized to perform: ${action} on resource: ${TAGGED_QUEUE}`),
    });
    expect(await put()).toMatchObject({ __typename: 'ResourceChangeSuccess' });
    expect(await put([{ key: 'k', value: 'w' }])).toMatchObject(refused('sqs:TagQueue'));
    expect((await live.trail()).at(-1)).toMatchObject({ event: 'PutResource', action: 'sqs:TagQueue' });
    expect(await put([])).toMatchObject(refused('sqs:UntagQueue'));
    expect(await live.outcome(callers.admin, 'putResource', { resourceArn: TAGGED_QUEUE, tags: [] })).toBe(
      'ResourceChangeSuccess',
    );
    expect(await put([])).toMatchObject({ __typename: 'ResourceChangeSuccess' });
  });

  test('a tag that came after that was decided is not taken away', async () => {
    const { putResource } = services.sessions;
    const slow = liveGateway({
      ...services,
      sessions: {
        ...services.sessions,
        // What the guard decided was read before, and the change is made after it.
        putResource: async (...args) => {
          await services.directory.apply({ resources: [{ arn: MEANWHILE, accountId: A, tags: { secret: 'yes' } }] });
          return putResource(...args);
        },
      },
    });
    const input = { resourceArn: MEANWHILE, accountId: A, tags: [{ key: 'owner', value: 'delegate' }] };
    expect(await slow.mutate(callers.delegate, 'putResource', input)).toMatchObject({
      __typename: 'Conflict',
      message: expect.stringContaining('has changed since it was decided whether the caller may take it'),
    });
    const event = (await live.trail()).at(-1);
    expect(event).toMatchObject({ event: 'PutResource', outcome: 'FAILED', code: 'CONFLICT', target: MEANWHILE });
    const { resource } = services.directory.prisma;
    expect((await resource.findUnique({ where: { arn: MEANWHILE } }))?.tags).toEqual({ secret: 'yes' });
    // It is asked about now.
    expect(await live.mutate(callers.delegate, 'putResource', input)).toMatchObject({ __typename: 'AccessDenied' });
    expect(await slow.mutate(callers.admin, 'putResource', { ...input, tags: [] }, RESOURCE)).toMatchObject({
      resource: { tags: [] },
    });
  });

  test('let somebody grant one operation under one constraint to one principal', async () => {
    const grant = { keyArn: OWN_KEY, granteePrincipal: USERS.nobody, operations: ['Decrypt'] };
    const equals = [{ key: 'k', value: 'v' }];
    const create = (input: object) => live.outcome(callers.delegate, 'createGrant', { ...grant, ...input });
    expect(await create({})).toBe('AccessDenied');
    expect(await create({ encryptionContextSubset: equals })).toBe('AccessDenied');
    expect(await create({ encryptionContextEquals: equals, operations: ['Decrypt', 'Encrypt'] })).toBe('AccessDenied');
    expect(await create({ encryptionContextEquals: equals, granteePrincipal: USERS.admin })).toBe('AccessDenied');
    expect(await create({ encryptionContextEquals: equals })).toBe('CreateGrantSuccess');
  });

  test('let somebody grant, and end grants of, what was encrypted for its team alone', async () => {
    const grant = { keyArn: OWN_KEY, granteePrincipal: USERS.nobody, operations: ['Decrypt'] };
    const [team, others, another] = [
      { key: 'team', value: 'keyed' },
      { key: 'team', value: 'other' },
      { key: 'k', value: 'v' },
    ];
    const create = (input: object) => live.outcome(callers.keyed, 'createGrant', { ...grant, ...input });
    expect(await create({})).toBe('AccessDenied');
    expect(await create({ encryptionContextSubset: [others] })).toBe('AccessDenied');
    expect(await create({ encryptionContextSubset: [team, another] })).toBe('AccessDenied');
    expect(await create({ encryptionContextSubset: [team], encryptionContextEquals: [others] })).toBe('AccessDenied');
    expect(await create({ encryptionContextSubset: [team] })).toBe('CreateGrantSuccess');
    for (const [pairs, outcome] of [
      [[others], 'AccessDenied'],
      [[team], 'RetireGrantSuccess'],
    ] as const) {
      const made = { ...grant, encryptionContextEquals: pairs };
      const { grantId } = await live.mutate(OPERATOR, 'createGrant', made, '... on CreateGrantSuccess { grantId }');
      expect(await live.outcome(callers.keyed, 'retireGrant', { keyArn: OWN_KEY, grantId })).toBe(outcome);
    }
  });

  test('let somebody make endpoints for the services of AWS, with tags that it may give, and remove those for one', async () => {
    const create = (input: object) =>
      live.mutate(
        callers.keyed,
        'createVpcEndpoint',
        { ...ENDPOINT, ...input },
        '... on CreateVpcEndpointSuccess { touched { target } }',
      );
    const others = 'com.amazonaws.vpce.eu-west-1.vpce-svc-1';
    expect(await create({ serviceName: others, endpointType: 'Interface' })).toMatchObject({
      __typename: 'AccessDenied',
    });
    const refused = await create({ tags: [{ key: 'team', value: 'other' }] });
    expect(refused).toMatchObject({ __typename: 'AccessDenied', message: expect.stringContaining('ec2:CreateTags') });
    const made = await create({ tags: [{ key: 'team', value: 'keyed' }] });
    expect(made).toMatchObject({ __typename: 'CreateVpcEndpointSuccess' });
    expect(await create({})).toMatchObject({ __typename: 'CreateVpcEndpointSuccess' });
    const end = (endpointId: string) => live.outcome(callers.keyed, 'deleteVpcEndpoint', { endpointId });
    expect(await end('vpce-queues')).toBe('AccessDenied');
    expect(await end(/vpce-\w+$/.exec(made.touched[0].target)?.[0] ?? '')).toBe('DeleteVpcEndpointSuccess');
  });

  test('let somebody write a policy of a function that names none but a service', async () => {
    const write = (...principals: readonly (string | JsonObject)[]) => {
      const statements = principals.map((Principal) => ({ ...allow('lambda:InvokeFunction', FUNCTION), Principal }));
      return live.outcome(callers.keyed, 'putResourcePolicy', {
        resourceArn: FUNCTION,
        policyDocument: policy(...statements),
      });
    };
    const service = { Service: 's3.amazonaws.com' };
    expect(await write(service)).toBe('ResourceChangeSuccess');
    for (const others of ['*', { AWS: '*' }, { AWS: B }, { Service: 'sns.amazonaws.com' }]) {
      expect([others, await write(others)]).toEqual([others, 'AccessDenied']);
      expect([others, await write(service, others)]).toEqual([others, 'AccessDenied']);
    }
  });

  test('are decided in turns with others where a policy of a function names very many', async () => {
    const Service = Array.from({ length: 1_000 }, (_, n) => `s${n}.amazonaws.com`);
    const policyDocument = policy({ ...allow('lambda:InvokeFunction', FUNCTION), Principal: { Service } });
    let now = 0;
    // By this clock each look at it comes later than the end of a turn.
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => (now += 10));
    onTestFinished(() => clock.mockRestore());
    const work = new Work();
    const context = { ...services, caller: callers.keyed, now: live.now, origin: ORIGIN, request: {}, work };
    const values = { resourceArn: FUNCTION, policyDocument };
    const done = await perform(context, 'PutResourcePolicy', values, () => 'done');
    expect(done).toMatchObject({ kind: 'refused', needs: 'lambda:PutResourcePolicy' });
    // What is in memory is answered at once, and looks at the clock each time; the rest is begun for many together.
    expect(work.turns).toBeGreaterThanOrEqual(8);
  });

  test('let somebody change the endpoints that are tagged as its own', async () => {
    const change = (endpointId: string) => live.outcome(callers.owner, 'modifyVpcEndpoint', { endpointId });
    expect(await change('vpce-owner')).toBe('VpcEndpointChangeSuccess');
    expect(await change('vpce-admin')).toBe('AccessDenied');
    expect(await change('vpce-1')).toBe('AccessDenied');
    expect(await live.outcome(callers.owner, 'deleteVpcEndpoint', { endpointId: 'vpce-admin' })).toBe('AccessDenied');
    expect(await live.outcome(callers.owner, 'deleteVpcEndpoint', { endpointId: 'vpce-owner' })).toBe(
      'DeleteVpcEndpointSuccess',
    );
  });

  test('a tag that differs from another one in case alone is not added to it', async () => {
    const tag = (key: string) =>
      live.mutate(OPERATOR, 'tagResource', { resourceArn: BUCKET, tags: [{ key, value: 'x' }] }, RESOURCE);
    expect(await tag('Team')).toMatchObject({ resource: { tags: [{ key: 'Team', value: 'x' }] } });
    expect(await tag('team')).toMatchObject({
      __typename: 'ValidationError',
      field: 'tags',
      message: expect.stringContaining('the resource has the tag Team, which differs from team in case alone'),
    });
    expect(await tag('Team')).toMatchObject({ touched: [] });
    await live.outcome(OPERATOR, 'untagResource', { resourceArn: BUCKET, tagKeys: ['Team'] });
  });

  test('a resource of another account is not taken over', async () => {
    const { stranger } = callers;
    // The stored owner counts, and not the one that the caller claims.
    expect(await live.outcome(stranger, 'putResource', { resourceArn: BUCKET, accountId: B })).toBe('AccessDenied');
    expect(await live.outcome(stranger, 'putResource', { resourceArn: 'arn:aws:s3:::new', accountId: A })).toBe(
      'AccessDenied',
    );
    expect(await live.outcome(stranger, 'putResource', { resourceArn: 'arn:aws:s3:::new', accountId: B })).toBe(
      'ResourceChangeSuccess',
    );
    expect(await live.outcome(callers.admin, 'putResource', { resourceArn: 'arn:aws:s3:::new', accountId: A })).toBe(
      'AccessDenied',
    );
    expect(await live.outcome(OPERATOR, 'putResource', { resourceArn: 'arn:aws:s3:::new', accountId: A })).toBe(
      'EntityAlreadyExists',
    );
  });
});

describe('faults', () => {
  test.each([
    [
      'putResourcePolicy',
      { resourceArn: QUEUE, policyDocument: '{"Statement":[{"Efect":"Allow"}]}' },
      'MalformedPolicyDocument',
    ],
    [
      'putResourcePolicy',
      { resourceArn: `arn:aws:ec2:eu-west-1:${A}:instance/i-1`, policyDocument: READS },
      'ValidationError',
    ],
    ['putResourcePolicy', { resourceArn: `arn:aws:sqs:eu-west-1:${A}:none`, policyDocument: READS }, 'NoSuchEntity'],
    ['deleteResourcePolicy', { resourceArn: KEY }, 'ValidationError'],
    ['putResource', { resourceArn: 'arn:aws:s3:::new2' }, 'ValidationError'],
    ['createGrant', { keyArn: KEY, granteePrincipal: USERS.admin, operations: ['Nothing'] }, 'ValidationError'],
    ['createVpcEndpoint', { ...ENDPOINT, endpointType: 'Door' }, 'ValidationError'],
  ])('%s %j', async (name, input, failure) => {
    expect(await live.mutate(callers.admin, name, input)).toMatchObject({ __typename: failure });
    expect((await live.trail()).at(-1)).toMatchObject({ outcome: 'FAILED', code: failure });
  });

  test('a policy’s faults come with their places', async () => {
    // A failure that is repeated is counted, not listed: this one is of another resource.
    const input = { resourceArn: BUCKET, policyDocument: '{\n "Statement": [{ "Efect": "Allow" }]\n}' };
    const findings = '... on MalformedPolicyDocument { findings { path line } }';
    const answer = await live.mutate(callers.admin, 'putResourcePolicy', input, findings);
    expect(answer.findings[0]).toEqual({ path: 'Statement[0].Efect', line: 2 });
  });
});
