import { describe, expect, it, test } from 'vitest';
import { type Access, createAccess } from '../../src/access/access.ts';
import { openCatalog } from '../../src/catalog/catalog.ts';
import type { OpenDirectory } from '../../src/directory/prisma/open-directory.ts';
import type { JsonObject } from '../../src/policy/json.ts';
import type { Caller } from '../../src/session/caller.ts';
import { type ChangeSets, createEntityChanges, type EntityChanges } from '../../src/session/entity-changes.ts';
import { describeInBothStores } from '../directory/stores.ts';
import { A, allow, aUser, B, policy, userArn } from '../support/policies.ts';
import { aQuestion, NOON } from '../support/questions.ts';

const catalog = await openCatalog();
const OPERATOR: Caller = { kind: 'operator' };
const BUCKET = 'arn:aws:s3:::bucket';
const OBJECT = `${BUCKET}/x`;
const QUEUE = `arn:aws:sqs:eu-west-1:${A}:queue`;
const KEY = `arn:aws:kms:eu-west-1:${A}:key/k`;
const ACCESS_POINT = `arn:aws:s3:eu-west-1:${A}:accesspoint/ap`;
const BOB = userArn('bob', B);
const ALICE = userArn('alice');
const NOTHING_BLOCKED = {
  blockPublicAcls: false,
  ignorePublicAcls: false,
  blockPublicPolicy: false,
  restrictPublicBuckets: false,
};

const grants = (principal: JsonObject | '*', action: string, resource: string) =>
  policy({ Effect: 'Allow', Principal: principal, Action: action, Resource: resource });

interface World {
  readonly directory: OpenDirectory;
  readonly access: Access;
  readonly changes: EntityChanges & ChangeSets;
  /** The effect, the layer that denies, and the gaps. */
  readonly why: (
    who: string,
    action: string,
    resource: string,
  ) => Promise<{ deniedBy: string | null; gaps: readonly string[] }>;
  readonly put: (resourceArn: string, accountId?: string) => Promise<unknown>;
}

function worldOn(directory: OpenDirectory): World {
  const access = createAccess(directory, catalog);
  const changes = createEntityChanges({ directory });
  return {
    directory,
    access,
    changes,
    why: async (who, action, resource) => {
      const [answer] = await access.decide([aQuestion(who, action, resource)], NOON);
      if (answer === undefined) throw new Error('no answer');
      return { deniedBy: answer.decision.deniedBy, gaps: answer.gaps };
    },
    put: (resourceArn, accountId = A) => changes.putResource(OPERATOR, { resourceArn, accountId }, NOON),
  };
}

const DOCUMENT = {
  accounts: [
    { id: A, membership: 'NONE' as const },
    { id: B, membership: 'NONE' as const },
  ],
  users: [
    aUser('alice', [allow('*')]),
    { arn: BOB, inlinePolicies: [{ name: 'p', document: policy(allow('*')) }] },
    { arn: userArn('tagged'), tags: { team: 'red' }, inlinePolicies: [{ name: 'p', document: tagPolicy() }] },
  ],
};

function tagPolicy(): string {
  return policy({
    ...allow('sqs:*'),
    Condition: { StringEquals: { 'aws:ResourceTag/team': '${aws:PrincipalTag/team}' } },
  });
}

describeInBothStores('resources', (store) => {
  const open = async (): Promise<World> => worldOn(await store.open(DOCUMENT));

  it('are entered, changed and removed, and the next question knows it', async () => {
    const { changes, why, directory } = await open();
    expect((await why(BOB, 's3:GetObject', OBJECT)).gaps).toContainEqual(
      `the account that owns ${OBJECT} is not known: it is taken to be the principal's`,
    );
    const made = await changes.putResource(OPERATOR, { resourceArn: BUCKET, accountId: A }, NOON);
    expect(made).toMatchObject({ touched: [{ entity: 'Resource', entityId: BUCKET }], names: [BUCKET] });
    // Of another account from now on, which says nothing of bob.
    expect(await why(BOB, 's3:GetObject', OBJECT)).toMatchObject({ deniedBy: 'RESOURCE_POLICY' });
    await changes.putResourcePolicy(
      OPERATOR,
      { resourceArn: BUCKET, policyDocument: grants({ AWS: BOB }, 's3:GetObject', `${BUCKET}/*`) },
      NOON,
    );
    expect(await why(BOB, 's3:GetObject', OBJECT)).toMatchObject({ deniedBy: null });
    await changes.deleteResourcePolicy(OPERATOR, { resourceArn: BUCKET }, NOON);
    expect(await why(BOB, 's3:GetObject', OBJECT)).toMatchObject({ deniedBy: 'RESOURCE_POLICY' });
    const before = await directory.revision();
    await changes.deleteResourcePolicy(OPERATOR, { resourceArn: BUCKET }, NOON);
    await changes.putResource(OPERATOR, { resourceArn: BUCKET }, NOON);
    expect(await directory.revision()).toBe(before);
    await changes.deleteResource(OPERATOR, { resourceArn: BUCKET }, NOON);
    expect((await why(BOB, 's3:GetObject', OBJECT)).gaps).toContainEqual(
      `the account that owns ${OBJECT} is not known: it is taken to be the principal's`,
    );
    await expect(changes.deleteResource(OPERATOR, { resourceArn: BUCKET }, NOON)).rejects.toMatchObject({
      code: 'NoSuchEntity',
    });
  });

  it('have an owner that exists and stays', async () => {
    const { changes, put } = await open();
    await expect(changes.putResource(OPERATOR, { resourceArn: BUCKET }, NOON)).rejects.toMatchObject({
      code: 'ValidationError',
      field: 'accountId',
    });
    await expect(put(BUCKET, '333333333333')).rejects.toMatchObject({ code: 'NoSuchEntity' });
    await put(BUCKET);
    await expect(put(BUCKET, B)).rejects.toMatchObject({ code: 'EntityAlreadyExists' });
    // The ARN says it.
    await expect(put(QUEUE, B)).rejects.toMatchObject({ code: 'ValidationError', field: 'accountId' });
    await expect(changes.putResource(OPERATOR, { resourceArn: QUEUE }, NOON)).resolves.toMatchObject({
      names: [QUEUE],
    });
  });

  it('are tagged, and what depends on tags is decided with them', async () => {
    const { changes, why, directory } = await open();
    const tagged = userArn('tagged');
    await changes.putResource(OPERATOR, { resourceArn: QUEUE, tags: [{ key: 'team', value: 'blue' }] }, NOON);
    expect(await why(tagged, 'sqs:SendMessage', QUEUE)).toMatchObject({ deniedBy: 'IDENTITY_POLICY' });
    await changes.tagResource(
      OPERATOR,
      {
        resourceArn: QUEUE,
        tags: [
          { key: 'team', value: 'red' },
          { key: 'a', value: '' },
        ],
      },
      NOON,
    );
    expect(await why(tagged, 'sqs:SendMessage', QUEUE)).toMatchObject({ deniedBy: null });
    await changes.untagResource(OPERATOR, { resourceArn: QUEUE, tagKeys: ['team', 'none'] }, NOON);
    expect(await why(tagged, 'sqs:SendMessage', QUEUE)).toMatchObject({ deniedBy: 'IDENTITY_POLICY' });
    const many = Array.from({ length: 50 }, (_, index) => ({ key: `k${index}`, value: '' }));
    await expect(changes.tagResource(OPERATOR, { resourceArn: QUEUE, tags: many }, NOON)).rejects.toMatchObject({
      code: 'LimitExceeded',
    });
    // Tags of AWS stay, and do not count.
    await directory.apply({ resources: [{ arn: QUEUE, accountId: A, tags: { 'aws:x': 'y', a: '' } }] });
    await changes.putResource(OPERATOR, { resourceArn: QUEUE, tags: many }, NOON);
    const { tags } = (await directory.prisma.resource.findUnique({ where: { arn: QUEUE } })) ?? {};
    expect(Object.keys(tags as object)).toHaveLength(51);
    expect(tags).toMatchObject({ 'aws:x': 'y' });
  });

  it('have a policy only where their type has one at AWS, with principals that exist', async () => {
    const { changes, put } = await open();
    const write = (resourceArn: string, policyDocument: string) =>
      changes.putResourcePolicy(OPERATOR, { resourceArn, policyDocument }, NOON);
    const everybody = grants({ AWS: B }, '*', '*');
    const instance = `arn:aws:ec2:eu-west-1:${A}:instance/i-1`;
    await put(instance);
    await expect(write(instance, everybody)).rejects.toMatchObject({ code: 'ValidationError', field: 'resourceArn' });
    // The policy of a bucket governs its objects.
    await put(OBJECT);
    await expect(write(OBJECT, everybody)).rejects.toMatchObject({
      message: expect.stringContaining(`it stands at ${BUCKET}`),
    });
    await expect(write(QUEUE, everybody)).rejects.toMatchObject({ code: 'NoSuchEntity' });
    await put(QUEUE);
    await expect(write(QUEUE, grants({ AWS: userArn('none') }, 'sqs:*', '*'))).rejects.toMatchObject({
      code: 'MalformedPolicyDocument',
      message: `Invalid principal in policy: "AWS":"${userArn('none')}"`,
    });
    await expect(write(QUEUE, '{"Statement":[{"Efect":"Allow"}]}')).rejects.toMatchObject({
      code: 'MalformedPolicyDocument',
      findings: [expect.objectContaining({ path: 'Statement[0].Efect' }), expect.anything()],
    });
    await expect(write(QUEUE, everybody)).resolves.toMatchObject({ names: [QUEUE] });
    await put(KEY);
    await expect(changes.deleteResourcePolicy(OPERATOR, { resourceArn: KEY }, NOON)).rejects.toMatchObject({
      code: 'ValidationError',
      message: `${KEY} always has a policy: it can be replaced, and not removed`,
    });
  });

  it('have policies of the sizes of their services', async () => {
    const { changes, put } = await open();
    await Promise.all([put(BUCKET), put(KEY)]);
    const sized = (bytes: number): string => {
      const empty = grants({ AWS: B }, '*', '');
      return grants({ AWS: B }, '*', 'x'.repeat(bytes - empty.length)).replace('"x', '"*');
    };
    const write = (resourceArn: string, policyDocument: string) =>
      changes.putResourcePolicy(OPERATOR, { resourceArn, policyDocument }, NOON);
    expect(sized(20_480)).toHaveLength(20_480);
    await expect(write(KEY, sized(20_481).replace(/x+/, ''))).resolves.toBeDefined();
    await expect(write(BUCKET, `${grants({ AWS: B }, '*', '*')}${' '.repeat(20_481)}`)).rejects.toMatchObject({
      code: 'LimitExceeded',
      message: `The policy of ${BUCKET} has at most 20480 bytes.`,
    });
    const spaced = grants({ AWS: B }, '*', '*');
    await expect(write(BUCKET, spaced + ' '.repeat(20_480 - spaced.length))).resolves.toBeDefined();
    await expect(write(KEY, spaced + ' '.repeat(32_769 - spaced.length))).rejects.toMatchObject({
      code: 'LimitExceeded',
    });
  });

  it('keep what their policy means when a principal is made again', async () => {
    const { changes, put, why, directory } = await open();
    await put(QUEUE);
    const policyDocument = grants({ AWS: BOB }, 'sqs:SendMessage', QUEUE);
    await changes.putResourcePolicy(OPERATOR, { resourceArn: QUEUE, policyDocument }, NOON);
    expect(await why(BOB, 'sqs:SendMessage', QUEUE)).toMatchObject({ deniedBy: null });
    await changes.deleteUser(OPERATOR, { userArn: BOB, withDependents: true }, NOON);
    await directory.apply({ users: [{ arn: BOB, inlinePolicies: [{ name: 'p', document: policy(allow('*')) }] }] });
    expect(await why(BOB, 'sqs:SendMessage', QUEUE)).toMatchObject({ deniedBy: 'RESOURCE_POLICY' });
    // The same document, written again, means the one that is there now.
    await changes.putResourcePolicy(OPERATOR, { resourceArn: QUEUE, policyDocument }, NOON);
    expect(await why(BOB, 'sqs:SendMessage', QUEUE)).toMatchObject({ deniedBy: null });
  });

  it('leave what is known of their account as it is', async () => {
    const { changes, put, why, directory } = await open();
    await put(QUEUE);
    const unknown = (arn: string) => `${arn} is not in the directory: a resource-based policy of it is not considered`;
    const other = `arn:aws:sqs:eu-west-1:${A}:other`;
    expect((await why(ALICE, 'sqs:SendMessage', QUEUE)).gaps).toEqual([]);
    expect((await why(ALICE, 'sqs:SendMessage', other)).gaps).toEqual([unknown(other)]);
    expect(await directory.prisma.accountKnowledge.count()).toBe(0);
    await changes.deleteResource(OPERATOR, { resourceArn: QUEUE }, NOON);
    expect((await why(ALICE, 'sqs:SendMessage', QUEUE)).gaps).toEqual([unknown(QUEUE)]);
    // Where everything is known, what was removed does not exist.
    await directory.apply({
      knowledge: [{ accountId: A, layer: 'RESOURCE_POLICIES', service: 'sqs', state: 'COMPLETE' }],
    });
    expect((await why(ALICE, 'sqs:SendMessage', QUEUE)).gaps).toEqual([]);
  });

  it('are closed by S3 Block Public Access, which prevents public policies', async () => {
    const { changes, put, why } = await open();
    await put(BUCKET);
    const everybody = grants('*', 's3:GetObject', `${BUCKET}/*`);
    const write = () => changes.putResourcePolicy(OPERATOR, { resourceArn: BUCKET, policyDocument: everybody }, NOON);
    await write();
    expect(await why(BOB, 's3:GetObject', OBJECT)).toMatchObject({ deniedBy: null });
    const restrict = { ...NOTHING_BLOCKED, restrictPublicBuckets: true };
    for (const place of [{ accountId: A }, { resourceArn: BUCKET }]) {
      await changes.putPublicAccessBlock(OPERATOR, { ...place, publicAccessBlock: restrict }, NOON);
      expect(await why(BOB, 's3:GetObject', OBJECT)).toMatchObject({ deniedBy: 'BLOCK_PUBLIC_ACCESS' });
      await changes.deletePublicAccessBlock(OPERATOR, place, NOON);
      expect(await why(BOB, 's3:GetObject', OBJECT)).toMatchObject({ deniedBy: null });
      await changes.deleteResourcePolicy(OPERATOR, { resourceArn: BUCKET }, NOON);
      const block = { ...NOTHING_BLOCKED, blockPublicPolicy: true };
      await changes.putPublicAccessBlock(OPERATOR, { ...place, publicAccessBlock: block }, NOON);
      await expect(write()).rejects.toMatchObject({
        code: 'AccessDenied',
        message: expect.stringContaining('prevented by the BlockPublicPolicy setting'),
      });
      await changes.putPublicAccessBlock(OPERATOR, { ...place, publicAccessBlock: NOTHING_BLOCKED }, NOON);
      await write();
      await changes.deletePublicAccessBlock(OPERATOR, place, NOON);
    }
    await put(QUEUE);
    await expect(
      changes.putPublicAccessBlock(OPERATOR, { resourceArn: QUEUE, publicAccessBlock: restrict }, NOON),
    ).rejects.toMatchObject({ code: 'ValidationError' });
  });

  it('of access points: the setting of the bucket prevents public policies, and one that only a VPC reaches has none', async () => {
    const { changes, put } = await open();
    await put(BUCKET);
    const point = (vpcId: string | null) =>
      changes.putResource(OPERATOR, { resourceArn: ACCESS_POINT, accessPoint: { bucket: BUCKET, vpcId } }, NOON);
    const policyDocument = grants('*', 's3:GetObject', `${ACCESS_POINT}/object/*`);
    const write = () => changes.putResourcePolicy(OPERATOR, { resourceArn: ACCESS_POINT, policyDocument }, NOON);
    await point(null);
    const publicAccessBlock = { ...NOTHING_BLOCKED, blockPublicPolicy: true };
    await changes.putPublicAccessBlock(OPERATOR, { resourceArn: BUCKET, publicAccessBlock }, NOON);
    await expect(write()).rejects.toMatchObject({ code: 'AccessDenied' });
    await point('vpc-1');
    await expect(write()).resolves.toMatchObject({ names: [ACCESS_POINT] });
  });
});

describeInBothStores('grants of KMS keys', (store) => {
  it('let their grantee use the key until they are revoked', async () => {
    const { changes, put, why } = worldOn(await store.open(DOCUMENT));
    await put(KEY);
    const terms = { keyArn: KEY, granteePrincipal: BOB, operations: ['Encrypt', 'Decrypt'], name: 'g' };
    expect(await why(BOB, 'kms:Decrypt', KEY)).toMatchObject({ deniedBy: 'RESOURCE_POLICY' });
    const made = await changes.createGrant(OPERATOR, terms, NOON);
    const [grantId = ''] = made.names;
    expect(grantId).toMatch(/^[0-9a-f]{64}$/);
    expect(await why(BOB, 'kms:Decrypt', KEY)).toMatchObject({ deniedBy: null });
    // As KMS does: the same name on the same terms is the same grant; without a name there are two.
    expect(await changes.createGrant(OPERATOR, terms, NOON)).toMatchObject({ names: [grantId], touched: [] });
    const { name: _name, ...unnamed } = terms;
    const [other = ''] = (await changes.createGrant(OPERATOR, unnamed, NOON)).names;
    expect(other).not.toBe(grantId);
    await changes.revokeGrant(OPERATOR, { keyArn: KEY, grantId }, NOON);
    expect(await why(BOB, 'kms:Decrypt', KEY)).toMatchObject({ deniedBy: null });
    await changes.revokeGrant(OPERATOR, { keyArn: KEY, grantId: other }, NOON);
    expect(await why(BOB, 'kms:Decrypt', KEY)).toMatchObject({ deniedBy: 'RESOURCE_POLICY' });
    await expect(changes.revokeGrant(OPERATOR, { keyArn: KEY, grantId }, NOON)).rejects.toMatchObject({
      code: 'NoSuchEntity',
    });
    await expect(
      changes.createGrant(OPERATOR, { ...terms, granteePrincipal: userArn('none') }, NOON),
    ).rejects.toMatchObject({ code: 'ValidationError', field: 'granteePrincipal' });
  });
});

describeInBothStores('VPC endpoints', (store) => {
  const ENDPOINT = {
    accountId: A,
    region: 'eu-west-1',
    vpcId: 'vpc-1',
    serviceName: 'com.amazonaws.eu-west-1.sqs',
    type: 'Interface',
  };
  const through = (id: string) => ({ 'aws:SourceVpce': id });

  it('limit what goes through them as soon as their policy is changed', async () => {
    const { changes, access, put } = worldOn(await store.open(DOCUMENT));
    await put(QUEUE);
    const [id = ''] = (await changes.createVpcEndpoint(OPERATOR, ENDPOINT, NOON)).names;
    expect(id).toMatch(/^vpce-[0-9a-f]{17}$/);
    const why = async () => {
      const question = aQuestion(ALICE, 'sqs:SendMessage', QUEUE, { context: through(id) });
      return (await access.decide([question], NOON))[0]?.decision.deniedBy;
    };
    expect(await why()).toBeNull();
    const policyDocument = policy({ Effect: 'Allow', Principal: '*', Action: 'sqs:ReceiveMessage', Resource: '*' });
    await changes.modifyVpcEndpoint(OPERATOR, { endpointId: id, policyDocument }, NOON);
    expect(await why()).toBe('VPC_ENDPOINT_POLICY');
    await changes.modifyVpcEndpoint(OPERATOR, { endpointId: id }, NOON);
    expect(await why()).toBeNull();
    await expect(changes.createVpcEndpoint(OPERATOR, { ...ENDPOINT, endpointId: id }, NOON)).rejects.toMatchObject({
      code: 'EntityAlreadyExists',
    });
    await changes.deleteVpcEndpoint(OPERATOR, { endpointId: id }, NOON);
    await expect(changes.modifyVpcEndpoint(OPERATOR, { endpointId: id }, NOON)).rejects.toMatchObject({
      code: 'InvalidVpcEndpointId.NotFound',
    });
  });
});

describe('inputs are refused before the directory is asked', () => {
  const changes = createEntityChanges({
    directory: {
      audit: { record: async () => undefined } as never, // as: nothing else of it is used
      entities: { catalog, make: () => Promise.reject(new Error('the directory was asked')) } as never, // as above
      previews: undefined as never, // as above
    },
  });
  const tag = (key: string, value = '') => ({ resourceArn: QUEUE, tags: [{ key, value }] });
  test.each([
    ['putResource', { resourceArn: 'bucket' }, 'resourceArn'],
    ['putResource', { resourceArn: 'arn:none:s3:::b' }, 'resourceArn'],
    ['putResource', { resourceArn: 'arn:aws:s3:::b*' }, 'resourceArn'],
    ['putResource', { resourceArn: `arn:aws:s3:::${'b'.repeat(2_048)}` }, 'resourceArn'],
    ['putResource', { resourceArn: ALICE }, 'resourceArn'],
    ['putResource', { resourceArn: `arn:aws:ec2:eu-west-1:${A}:vpc-endpoint/vpce-1` }, 'resourceArn'],
    ['putResource', { resourceArn: 'arn:aws:organizations::aws:policy/x' }, 'resourceArn'],
    ['putResource', { resourceArn: QUEUE, region: 'eu-west-1' }, 'region'],
    ['putResource', { resourceArn: BUCKET, region: 'eu-nowhere-1' }, 'region'],
    ['putResource', { resourceArn: BUCKET, accessPoint: { bucket: BUCKET, vpcId: null } }, 'accessPoint'],
    ['putResource', { resourceArn: ACCESS_POINT, accessPoint: { bucket: QUEUE, vpcId: null } }, 'accessPoint.bucket'],
    ['putResource', { resourceArn: ACCESS_POINT, accessPoint: { bucket: BUCKET, vpcId: 'x' } }, 'accessPoint.vpcId'],
    ['tagResource', tag(''), 'tags[0].key'],
    ['tagResource', tag('k'.repeat(129)), 'tags[0].key'],
    ['tagResource', tag('k', 'v'.repeat(257)), 'tags[0].value'],
    ['tagResource', tag('a\0'), 'tags[0].key'],
    ['tagResource', tag('a<'), 'tags[0].key'],
    ['tagResource', tag('AWS:x'), 'tags[0].key'],
    [
      'tagResource',
      { resourceArn: QUEUE, tags: Array.from({ length: 51 }, (_, i) => ({ key: `${i}`, value: '' })) },
      'tags',
    ],
    ['untagResource', { resourceArn: QUEUE, tagKeys: [] }, 'tagKeys'],
    ['untagResource', { resourceArn: QUEUE, tagKeys: ['aws:x'] }, 'tagKeys[0]'],
    ['createGrant', { keyArn: KEY, granteePrincipal: BOB, operations: [] }, 'operations'],
    ['createGrant', { keyArn: KEY, granteePrincipal: BOB, operations: ['DeleteKey'] }, 'operations[0]'],
    ['createGrant', { keyArn: KEY, granteePrincipal: 'bob', operations: ['Decrypt'] }, 'granteePrincipal'],
    ['createGrant', { keyArn: KEY, granteePrincipal: BOB, operations: ['Decrypt'], name: 'a b' }, 'name'],
    ['createVpcEndpoint', { accountId: A, region: 'x', serviceName: 's', type: 'Gateway' }, 'region'],
    ['createVpcEndpoint', { accountId: A, region: 'eu-west-1', serviceName: 's', type: 'Door' }, 'type'],
    ['createVpcEndpoint', { accountId: A, region: 'eu-west-1', serviceName: 's s', type: 'Gateway' }, 'serviceName'],
    ['deleteVpcEndpoint', { endpointId: 'x' }, 'endpointId'],
  ] as const)('%s %j', async (name, input, field) => {
    const change = changes[name] as (caller: Caller, input: object, now: number) => Promise<unknown>; // as: of this name
    await expect(change(OPERATOR, input, NOON)).rejects.toMatchObject({ code: 'ValidationError', field });
  });

  it('tags with one key twice', async () => {
    const twice = {
      resourceArn: QUEUE,
      tags: [
        { key: 'k', value: '1' },
        { key: 'k', value: '2' },
      ],
    };
    await expect(changes.tagResource(OPERATOR, twice, NOON)).rejects.toMatchObject({
      code: 'InvalidInput',
      message: 'Duplicate tag keys found: k',
    });
  });
});
