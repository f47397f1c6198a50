import { describe, expect, it } from 'vitest';
import { assumptionActions } from '../../src/access/assume.ts';
import { compareAccess } from '../../src/access/compare-access.ts';
import type { EffectivePermissions } from '../../src/access/effective-permissions.ts';
import { effectivePermissions } from '../../src/access/work-out-permissions.ts';
import { openCatalog } from '../../src/catalog/catalog.ts';
import type { DirectoryDocument } from '../../src/directory/document.ts';
import { MemoryDirectory } from '../support/memory-directory.ts';
import { A, allow, aRole, aUser, B, deny, policy, roleArn, trusts, userArn } from '../support/policies.ts';
import { aSubject, NOON } from '../support/questions.ts';

const catalog = await openCatalog();
const OWN = { StringEqualsIfExists: { 'aws:ResourceAccount': A } };

function toolsFor(document: DirectoryDocument) {
  return { directory: new MemoryDirectory(document, catalog), catalog, actions: assumptionActions(catalog) };
}

function permissionsOf(
  document: DirectoryDocument,
  who: string,
  role: string | null = null,
  context: Readonly<Record<string, string>> = {},
): Promise<EffectivePermissions> {
  return effectivePermissions(toolsFor(document), aSubject(who, role), new Map(Object.entries(context)), NOON);
}

/** Resources, exclusions and conditions of the terms of one action, without where they come from. */
async function terms(permissions: EffectivePermissions, action: string) {
  const [found] = await permissions.permissions({ actions: [action] });
  const plain = (term: NonNullable<typeof found>['allow'][number]) => ({
    resources: term.resources,
    notResources: term.notResources,
    conditions: term.conditions,
  });
  return found === undefined ? null : { allow: found.allow.map(plain), deny: found.deny.map(plain) };
}

const anywhere = { resources: [['*']], notResources: [], conditions: [OWN] };

describe('what a user may do', () => {
  it('is every resource of its account for an administrator, but not the roles and keys of others', async () => {
    const document = { users: [aUser('admin', [allow('*')])] };
    const admin = await permissionsOf(document, userArn('admin'));
    expect(await terms(admin, 's3:GetObject')).toEqual({ allow: [anywhere], deny: [] });
    expect((await terms(admin, 'ec2:DescribeInstances'))?.allow).toEqual([{ ...anywhere, conditions: [] }]);
    expect((await terms(admin, 'kms:CreateAlias'))?.allow).toEqual([
      { ...anywhere, notResources: ['arn:aws:kms:*:*:key/*'] },
    ]);
    const listed = new Set((await admin.permissions()).map(({ action }) => action));
    const unlisted = catalog
      .services()
      .flatMap((service) => catalog.actionsOf(service).map(({ name }) => name))
      .filter((name) => !listed.has(name));
    // What takes nothing but roles or keys is listed for those whose policies are known, and here there are none.
    expect(unlisted).toEqual(expect.arrayContaining(['kms:Decrypt', 'sts:AssumeRole']));
    for (const name of unlisted) {
      const types = catalog.action(name)?.resourceTypes.map(({ type }) => type.name);
      expect([name, types]).toEqual([name, [name.startsWith('kms:') ? 'key' : 'role']]);
    }
    const total = catalog.services().reduce((sum, service) => sum + catalog.actionsOf(service).length, 0);
    const summary = await admin.summary();
    expect(summary.reduce((sum, service) => sum + service.allowedActions, 0)).toBe(total - unlisted.length);
  });

  it('names the statements that it comes from', async () => {
    const document = {
      users: [aUser('alice', [allow('s3:Get*', 'arn:aws:s3:::b/*'), deny('s3:*', 'arn:aws:s3:::b/x/*')])],
    };
    const alice = await permissionsOf(document, userArn('alice'));
    const [found] = await alice.permissions({ actions: ['s3:getobject'] });
    expect(found).toMatchObject({ action: 's3:GetObject', accessLevel: 'READ' });
    expect(found?.allow[0]?.statements).toMatchObject([{ layer: 'IDENTITY_POLICY', index: 0, effect: 'ALLOW' }]);
    expect(found?.deny[0]?.statements).toMatchObject([{ layer: 'IDENTITY_POLICY', index: 1, effect: 'DENY' }]);
    expect(found?.deny[0]?.resources).toEqual([['arn:aws:s3:::b/x/*']]);
  });

  it('is what identity policies and boundary have in common', async () => {
    const boundary = `arn:aws:iam::${A}:policy/boundary`;
    const document = {
      policies: [
        {
          arn: boundary,
          defaultVersionId: 'v1',
          versions: [{ versionId: 'v1', document: policy(allow('s3:*', 'arn:aws:s3:::*/x')) }],
        },
      ],
      users: [aUser('alice', [allow('s3:*', 'arn:aws:s3:::b/*')], { permissionsBoundary: boundary })],
    };
    const alice = await permissionsOf(document, userArn('alice'));
    expect((await terms(alice, 's3:GetObject'))?.allow).toEqual([
      { resources: [['arn:aws:s3:::b/x', 'arn:aws:s3:::b/*/x']], notResources: [], conditions: [OWN] },
    ]);
  });

  it('is limited by the boundary where a trust policy names the user, but not where a bucket policy does', async () => {
    const boundary = `arn:aws:iam::${A}:policy/boundary`;
    const versions = [{ versionId: 'v1', document: policy(allow('sqs:*')) }];
    const grant = policy({ ...allow('s3:GetObject', 'arn:aws:s3:::b/*'), Principal: { AWS: userArn('alice') } });
    const document = {
      policies: [{ arn: boundary, defaultVersionId: 'v1', versions }],
      users: [aUser('alice', [], { permissionsBoundary: boundary })],
      roles: [aRole('R', [trusts({ AWS: userArn('alice') })])],
      resources: [{ arn: 'arn:aws:s3:::b', accountId: A, policy: grant }],
    };
    const alice = await permissionsOf(document, userArn('alice'));
    expect((await alice.permissions()).map(({ action }) => action)).toEqual(['s3:GetObject', 'sts:GetCallerIdentity']);
  });

  it('has what is known of the user put in, and what is not left as it stands', async () => {
    const statement = {
      Effect: 'Allow',
      Action: 's3:GetObject',
      Resource: ['arn:aws:s3:::b/${aws:username}/*', 'arn:aws:s3:::b/${aws:PrincipalTag/team}/*'],
      Condition: {
        StringEquals: { 'aws:PrincipalTag/team': 'red' },
        Bool: { 'aws:SecureTransport': 'true' },
        IpAddress: { 'aws:SourceIp': '203.0.113.0/24' },
      },
    };
    const document = { users: [aUser('alice', [statement], { tags: { Team: 'red' } })] };
    const alice = await permissionsOf(document, userArn('alice'), null, { 'aws:securetransport': 'true' });
    expect((await terms(alice, 's3:GetObject'))?.allow).toEqual([
      {
        resources: [['arn:aws:s3:::b/alice/*', 'arn:aws:s3:::b/red/*']],
        notResources: [],
        conditions: [{ IpAddress: { 'aws:SourceIp': '203.0.113.0/24' }, ...OWN }],
      },
    ]);
    const blue = { users: [aUser('alice', [statement], { tags: { team: 'blue' } })] };
    expect(await terms(await permissionsOf(blue, userArn('alice')), 's3:GetObject')).toBeNull();
  });

  it('includes what resources grant: within the account without, across accounts with its own policies', async () => {
    const grant = (bucket: string) =>
      policy({ ...allow('s3:GetObject', `${bucket}/*`), Principal: { AWS: userArn('alice') } });
    const document = {
      users: [aUser('alice', [allow('s3:*', 'arn:aws:s3:::theirs/shared/*')])],
      resources: [
        { arn: 'arn:aws:s3:::ours', accountId: A, policy: grant('arn:aws:s3:::ours') },
        { arn: 'arn:aws:s3:::theirs', accountId: B, policy: grant('arn:aws:s3:::theirs') },
      ],
    };
    const alice = await permissionsOf(document, userArn('alice'));
    expect((await terms(alice, 's3:GetObject'))?.allow).toEqual([
      { resources: [['arn:aws:s3:::ours/*']], notResources: [], conditions: [] },
      { resources: [['arn:aws:s3:::theirs/shared/*']], notResources: [], conditions: [] },
    ]);
    // Nothing but its own policy allows it, and that does not reach into the other account.
    expect((await terms(alice, 's3:PutObject'))?.allow).toEqual([
      { resources: [['arn:aws:s3:::theirs/shared/*']], notResources: [], conditions: [OWN] },
    ]);
    expect(await alice.permissions({ actions: ['s3:PutObject'], resource: 'arn:aws:s3:::theirs/shared/x' })).toEqual(
      [],
    );
  });
});

describe('who is no user', () => {
  const document = {
    users: [aUser('alice')],
    roles: [aRole('R', [trusts({ AWS: userArn('alice') })], [allow('s3:ListAllMyBuckets')])],
    resources: [
      {
        arn: 'arn:aws:s3:::public',
        accountId: A,
        policy: policy({ ...allow('s3:GetObject', 'arn:aws:s3:::public/*'), Principal: '*' }),
      },
    ],
  };

  it('anonymous has what is public', async () => {
    const anonymous = await permissionsOf(document, 'anonymous');
    expect((await anonymous.permissions()).map(({ action }) => action)).toEqual(['s3:GetObject']);
  });

  it('the root user has everything in its account, but assumes no role', async () => {
    const root = await permissionsOf(document, A);
    expect(await terms(root, 'iam:CreateUser')).toEqual({ allow: [anywhere], deny: [] });
    expect(await terms(root, 'sts:AssumeRole')).toBeNull();
  });

  it('in a role has what the role has, with its own suspended', async () => {
    const inRole = await permissionsOf(document, userArn('alice'), roleArn('R'));
    expect(inRole.assumption?.decision.allowed).toBe(true);
    expect((await terms(inRole, 's3:ListAllMyBuckets'))?.allow).toHaveLength(1);
    expect(await terms(inRole, 'sts:AssumeRole')).toBeNull();
    expect(inRole.suspended?.suspended).toBeNull();
    const own = inRole.suspended;
    expect(own === null ? null : (await terms(own, 'sts:AssumeRole'))?.allow).toEqual([
      { resources: [[roleArn('R')]], notResources: [], conditions: [] },
    ]);
  });

  it('in a role that it may not assume has nothing, and the denial says why', async () => {
    const shut = { users: [aUser('alice', [allow('*')])], roles: [aRole('R', [trusts({ AWS: B })], [allow('*')])] };
    const inRole = await permissionsOf(shut, userArn('alice'), roleArn('R'));
    expect(inRole.assumption?.decision).toMatchObject({ allowed: false, deniedBy: 'TRUST_POLICY' });
    expect(await inRole.permissions()).toEqual([]);
    expect((await inRole.policyDocument()).document).toMatchObject({
      Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }],
    });
  });
});

describe('a filter', () => {
  const document = { users: [aUser('admin', [allow('*')])] };

  it('narrows to services, actions, levels and a resource', async () => {
    const admin = await permissionsOf(document, userArn('admin'));
    const names = async (filter: Parameters<typeof admin.permissions>[0]) =>
      (await admin.permissions(filter)).map(({ action }) => action);
    expect(await names({ services: ['SQS'], accessLevels: ['LIST'] })).toEqual(
      catalog
        .actionsOf('sqs')
        .filter((action) => action.accessLevel === 'LIST')
        .map((action) => action.name)
        .sort(),
    );
    expect(await names({ actions: ['sqs:*Queue'], services: ['sqs'] })).toContain('sqs:CreateQueue');
    const onObject = await names({ services: ['s3'], resource: 'arn:aws:s3:::b/x' });
    expect(onObject).toContain('s3:GetObject');
    expect(onObject).not.toContain('s3:ListBucket');
    expect(await names({ resource: `arn:aws:sqs:us-east-1:${B}:q` })).toEqual([]);
  });

  it('that names what there is not is refused with its place', async () => {
    const admin = await permissionsOf(document, userArn('admin'));
    await expect(admin.permissions({ services: ['s3', 'nosuch'] })).rejects.toThrow(/no service `nosuch`/);
    await expect(admin.permissions({ actions: ['get everything'] })).rejects.toThrow(
      /`get everything` is not an action/,
    );
    await expect(admin.permissions({ resource: 'b' })).rejects.toThrow(/neither an ARN nor \*/);
  });
});

describe('one policy for all', () => {
  it('is short for an administrator', async () => {
    const document = { users: [aUser('admin', [allow(['s3:*', 'ec2:*'])])] };
    const admin = await permissionsOf(document, userArn('admin'));
    expect(await admin.policyDocument()).toEqual({
      document: {
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Action: ['ec2:*', 's3:*', 'sts:GetCallerIdentity'], Resource: '*', Condition: OWN },
        ],
      },
      partial: [],
    });
  });
});

describe('a comparison', () => {
  it('says what is gained, lost, changed and kept', async () => {
    const document = {
      users: [
        aUser('alice', [
          allow(['s3:GetObject', 's3:PutObject'], 'arn:aws:s3:::b/*'),
          allow('sqs:SendMessage'),
          deny('sqs:SendMessage', `arn:aws:sqs:*:${A}:closed`),
        ]),
      ],
      roles: [
        aRole(
          'R',
          [trusts({ AWS: userArn('alice') })],
          [
            allow('s3:GetObject', 'arn:aws:s3:::b/*'),
            allow('s3:ListBucket', 'arn:aws:s3:::b'),
            allow('sqs:SendMessage'),
          ],
        ),
      ],
    };
    const subject = { ...aSubject(userArn('alice'), roleArn('R')), assumedRole: roleArn('R') };
    const comparison = await compareAccess(toolsFor(document), subject, {}, NOON);
    expect(await comparison.listed(['GAINED']).after(null, 10)).toMatchObject([{ action: 's3:ListBucket' }]);
    expect(await comparison.listed(['LOST']).after(null, 10)).toMatchObject([
      { action: 'sts:AssumeRole' },
      { action: 's3:PutObject' },
    ]);
    expect(await comparison.listed(['CHANGED']).after(null, 10)).toMatchObject([
      {
        action: 'sqs:SendMessage',
        before: [{ notResources: [`arn:aws:sqs:*:${A}:closed`] }],
        after: [{ notResources: [] }],
      },
    ]);
    // s3:GetObject and sts:GetCallerIdentity are kept.
    expect(await comparison.counts()).toEqual({ GAINED: 1, LOST: 2, CHANGED: 1, SAME: 2 });
  });

  it('names the worst first: what changes privileges, what writes, the rest', async () => {
    const document = {
      users: [
        aUser('alice', [allow(['iam:PassRole', 'iam:PutUserPolicy', 'iam:TagUser', 's3:GetObject', 's3:PutObject'])]),
      ],
      roles: [aRole('R', [trusts({ AWS: userArn('alice') })], [])],
    };
    const subject = { ...aSubject(userArn('alice'), roleArn('R')), assumedRole: roleArn('R') };
    const comparison = await compareAccess(toolsFor(document), subject, {}, NOON);
    const actions = async (place: string | null) =>
      (await comparison.listed().after(place, 10)).map(({ action }) => action);
    const all = ['iam:PassRole', 'iam:PutUserPolicy', 'sts:AssumeRole', 'iam:TagUser', 's3:PutObject', 's3:GetObject'];
    expect(await actions(null)).toEqual(all);
    const [, , third] = await comparison.listed().after(null, 3);
    expect(await actions(third?.place ?? null)).toEqual(all.slice(3));
    expect(await comparison.listed().count()).toBe(all.length);
  });

  it('says of a role that cannot be assumed that it cannot be', async () => {
    const shut = { users: [aUser('alice', [allow('*')])], roles: [aRole('R', [trusts({ AWS: B })], [allow('*')])] };
    const subject = { ...aSubject(userArn('alice'), roleArn('R')), assumedRole: roleArn('R') };
    const comparison = await compareAccess(toolsFor(shut), subject, { filter: { services: ['sqs'] } }, NOON);
    expect(comparison.assumption).toMatchObject({
      question: { action: 'sts:AssumeRole', resource: roleArn('R') },
      decision: { allowed: false, deniedBy: 'TRUST_POLICY' },
    });
    const { LOST, ...others } = await comparison.counts();
    expect(others).toEqual({ GAINED: 0, CHANGED: 0, SAME: 0 });
    expect(LOST).toBeGreaterThan(10);
  });
});

describe('an action over a limit', () => {
  const boundary = `arn:aws:iam::${A}:policy/boundary`;
  /** Eighty Allows, each of which asks for another tag. */
  const reads = (prefix: string) =>
    Array.from({ length: 80 }, (_, index) => ({
      ...allow('s3:GetObject'),
      Condition: { StringEquals: { [`aws:RequestTag/${prefix}${index}`]: 'x' } },
    }));
  const write = allow('s3:PutObject', 'arn:aws:s3:::b/*');
  const limit = policy(write, ...reads('b'));
  const document = {
    policies: [{ arn: boundary, defaultVersionId: 'v1', versions: [{ versionId: 'v1', document: limit }] }],
    users: [aUser('alice', [write, ...reads('a')], { permissionsBoundary: boundary })],
    roles: [aRole('R', [trusts({ AWS: userArn('alice') })], [])],
  };

  it('costs itself alone, and is named', async () => {
    const alice = await permissionsOf(document, userArn('alice'));
    expect((await alice.permissions()).map(({ action }) => action)).toContain('s3:PutObject');
    expect(await alice.partial()).toEqual(['s3:GetObject']);
    const { document: said, partial } = await alice.policyDocument();
    expect(partial).toEqual(['s3:GetObject']);
    expect(JSON.stringify(said)).toContain('s3:PutObject');
    expect(JSON.stringify(said)).not.toContain('s3:GetObject');
  });

  it('is in no list of a comparison, and does not end it', async () => {
    const subject = { ...aSubject(userArn('alice'), roleArn('R')), assumedRole: roleArn('R') };
    const comparison = await compareAccess(toolsFor(document), subject, { filter: { services: ['s3'] } }, NOON);
    expect(await comparison.partial()).toEqual(['s3:GetObject']);
    expect((await comparison.listed().after(null, 100)).map(({ action }) => action)).toEqual(['s3:PutObject']);
  });
});
