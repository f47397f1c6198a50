import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DirectoryDocument } from '../../src/directory/document.ts';
import type { ChangeOptions } from '../../src/directory/entities/change-options.ts';
import { CHANGE_NAMES, type ChangeInputs, type ChangeName } from '../../src/directory/entities/changes.ts';
import type { ChangeStep } from '../../src/directory/entities/entity-store.ts';
import { FailedChange } from '../../src/directory/entities/failed-change.ts';
import { Conflict, checkExpected } from '../../src/directory/entities/untouched.ts';
import type { OpenDirectory } from '../../src/directory/prisma/open-directory.ts';
import { A, allow, aRole, aUser, policy, roleArn, trusts, userArn } from '../support/policies.ts';
import { type TakenDatabase, takeDatabase, takeServerDatabase } from '../support/recycled-database.ts';

const ROLE = { roleArn: roleArn('R') };
const USER = { userArn: userArn('u') };
const GROUP = { groupArn: `arn:aws:iam::${A}:group/g` };
const P = `arn:aws:iam::${A}:policy/P`;
const Q = `arn:aws:iam::${A}:policy/Q`;
const INLINE = { policyName: 'p', policyDocument: policy(allow('s3:*')) };

interface Example<Name extends ChangeName> {
  readonly input: ChangeInputs[Name];
  /** All that it reads or writes, as `entity id`. */
  readonly uses: readonly string[];
}

const OF_ROLE = [`Role ${ROLE.roleArn}`];
const OF_USER = [`User ${USER.userArn}`];
const POLICY = `ManagedPolicy ${P}`;
const BOUNDARY = `ManagedPolicy ${Q}`;

const AT = { accountId: A, partition: 'aws', path: '/' };
const ACCOUNT = `Account ${A}`;
const TAGS = { tags: [{ key: 'team', value: 'a' }] };
const TAG_KEYS = { tagKeys: ['team'] };
const MADE = { policyArn: `arn:aws:iam::${A}:policy/Made` };
const OF_MADE = [`ManagedPolicy ${MADE.policyArn}`];
const OF_GROUP = [`Group ${GROUP.groupArn}`];
const PROFILE = { instanceProfileArn: `arn:aws:iam::${A}:instance-profile/Made` };
const OF_PROFILE = [`InstanceProfile ${PROFILE.instanceProfileArn}`];
const ALIAS = { accountId: A, accountAlias: 'alias' };
const document = policy(allow('s3:*'));

/** Of those that make entities, and change what they are. */
const OF_ENTITIES = {
  createUser: {
    input: { ...AT, userName: 'made', permissionsBoundary: Q },
    uses: [`User ${userArn('made')}`, ACCOUNT, BOUNDARY],
  },
  updateUser: {
    input: { userArn: userArn('made'), newUserName: 'remade' },
    uses: [`User ${userArn('made')}`, `User ${userArn('remade')}`],
  },
  tagUser: { input: { ...USER, ...TAGS }, uses: OF_USER },
  untagUser: { input: { ...USER, ...TAG_KEYS }, uses: OF_USER },
  createGroup: { input: { ...AT, groupName: 'made' }, uses: [`Group arn:aws:iam::${A}:group/made`, ACCOUNT] },
  updateGroup: {
    input: { groupArn: `arn:aws:iam::${A}:group/made`, newPath: '/team/' },
    uses: [`Group arn:aws:iam::${A}:group/made`, `Group arn:aws:iam::${A}:group/team/made`],
  },
  deleteGroup: {
    input: { groupArn: `arn:aws:iam::${A}:group/team/made` },
    uses: [`Group arn:aws:iam::${A}:group/team/made`],
  },
  putGroupPolicy: { input: { ...GROUP, ...INLINE }, uses: OF_GROUP },
  deleteGroupPolicy: { input: { ...GROUP, policyName: 'p' }, uses: OF_GROUP },
  attachGroupPolicy: { input: { ...GROUP, policyArn: P }, uses: [...OF_GROUP, POLICY] },
  detachGroupPolicy: { input: { ...GROUP, policyArn: P }, uses: [...OF_GROUP, POLICY] },
  createRole: {
    input: {
      ...AT,
      roleName: 'Made',
      permissionsBoundary: Q,
      assumeRolePolicyDocument: policy(trusts({ AWS: USER.userArn })),
    },
    uses: [`Role ${roleArn('Made')}`, ACCOUNT, BOUNDARY, ...OF_USER],
  },
  updateRole: { input: { ...ROLE, description: 'a' }, uses: OF_ROLE },
  updateRoleDescription: { input: { ...ROLE, description: 'b' }, uses: OF_ROLE },
  tagRole: { input: { ...ROLE, ...TAGS }, uses: OF_ROLE },
  untagRole: { input: { ...ROLE, ...TAG_KEYS }, uses: OF_ROLE },
  createPolicy: { input: { ...AT, policyName: 'Made', policyDocument: document }, uses: [...OF_MADE, ACCOUNT] },
  createPolicyVersion: { input: { ...MADE, policyDocument: document }, uses: OF_MADE },
  setDefaultPolicyVersion: { input: { ...MADE, versionId: 'v2' }, uses: OF_MADE },
  deletePolicyVersion: { input: { ...MADE, versionId: 'v1' }, uses: OF_MADE },
  tagPolicy: { input: { ...MADE, ...TAGS }, uses: OF_MADE },
  untagPolicy: { input: { ...MADE, ...TAG_KEYS }, uses: OF_MADE },
  deletePolicy: { input: { ...MADE, withDependents: true }, uses: OF_MADE },
  createInstanceProfile: { input: { ...AT, instanceProfileName: 'Made' }, uses: [...OF_PROFILE, ACCOUNT] },
  addRoleToInstanceProfile: { input: { ...PROFILE, ...ROLE }, uses: [...OF_PROFILE, ...OF_ROLE] },
  removeRoleFromInstanceProfile: { input: { ...PROFILE, ...ROLE }, uses: [...OF_PROFILE, ...OF_ROLE] },
  tagInstanceProfile: { input: { ...PROFILE, ...TAGS }, uses: OF_PROFILE },
  untagInstanceProfile: { input: { ...PROFILE, ...TAG_KEYS }, uses: OF_PROFILE },
  deleteInstanceProfile: { input: PROFILE, uses: OF_PROFILE },
  createAccountAlias: { input: ALIAS, uses: [ACCOUNT] },
  deleteAccountAlias: { input: ALIAS, uses: [ACCOUNT] },
} satisfies { readonly [Name in ChangeName]?: Example<Name> };
const BUCKET = { resourceArn: 'arn:aws:s3:::bucket' };
const OF_BUCKET = [`Resource ${BUCKET.resourceArn}`];
const KEY = `arn:aws:kms:eu-west-1:${A}:key/k`;
const BLOCKED = {
  blockPublicAcls: true,
  ignorePublicAcls: true,
  blockPublicPolicy: true,
  restrictPublicBuckets: true,
};
const ENDPOINT = { endpointId: 'vpce-1' };
const NEW = '444444444444';
const MANAGEMENT = '999999999999';
const MEMBER = '333333333333';
const ORGANIZATION = { organizationId: 'o-exampleorg1' };
const OF_ORGANIZATION = ['Organization o-exampleorg1'];
const UNIT = 'ou-abcd-aaaaaaaa';
const EMPTY = 'ou-abcd-bbbbbbbb';
const CONTROL_POLICY = { ...ORGANIZATION, policyId: 'p-denied0000' };
const ADMINISTRATION = { ...ORGANIZATION, accountId: MEMBER, servicePrincipal: 'iam.amazonaws.com' };

/** A change of each kind, with all that it uses. What takes away follows what puts there. */
const EXAMPLES: { readonly [Name in ChangeName]: Example<Name> } = {
  putRolePolicy: { input: { ...ROLE, ...INLINE }, uses: OF_ROLE },
  deleteRolePolicy: { input: { ...ROLE, policyName: 'p' }, uses: OF_ROLE },
  attachRolePolicy: { input: { ...ROLE, policyArn: P }, uses: [...OF_ROLE, POLICY] },
  detachRolePolicy: { input: { ...ROLE, policyArn: P }, uses: [...OF_ROLE, POLICY] },
  updateAssumeRolePolicy: {
    input: { ...ROLE, policyDocument: policy(trusts({ AWS: [USER.userArn, roleArn('Other')] })) },
    uses: [...OF_ROLE, ...OF_USER, `Role ${roleArn('Other')}`],
  },
  putRolePermissionsBoundary: { input: { ...ROLE, permissionsBoundary: Q }, uses: [...OF_ROLE, BOUNDARY] },
  deleteRolePermissionsBoundary: { input: ROLE, uses: OF_ROLE },
  putUserPolicy: { input: { ...USER, ...INLINE }, uses: OF_USER },
  deleteUserPolicy: { input: { ...USER, policyName: 'p' }, uses: OF_USER },
  attachUserPolicy: { input: { ...USER, policyArn: P }, uses: [...OF_USER, POLICY] },
  detachUserPolicy: { input: { ...USER, policyArn: P }, uses: [...OF_USER, POLICY] },
  putUserPermissionsBoundary: { input: { ...USER, permissionsBoundary: Q }, uses: [...OF_USER, BOUNDARY] },
  deleteUserPermissionsBoundary: { input: USER, uses: OF_USER },
  addUserToGroup: { input: { ...USER, ...GROUP }, uses: [...OF_USER, `Group ${GROUP.groupArn}`] },
  removeUserFromGroup: { input: { ...USER, ...GROUP }, uses: [...OF_USER, `Group ${GROUP.groupArn}`] },
  ...OF_ENTITIES,
  putResource: { input: { ...BUCKET, accountId: A }, uses: [...OF_BUCKET, `Account ${A}`] },
  putResourcePolicy: {
    input: { ...BUCKET, policyDocument: policy({ ...allow('s3:*'), Principal: { AWS: USER.userArn } }) },
    uses: [...OF_BUCKET, `Account ${A}`, ...OF_USER],
  },
  deleteResourcePolicy: { input: BUCKET, uses: OF_BUCKET },
  tagResource: { input: { ...BUCKET, tags: [{ key: 'k', value: 'v' }] }, uses: OF_BUCKET },
  untagResource: { input: { ...BUCKET, tagKeys: ['k'] }, uses: OF_BUCKET },
  putPublicAccessBlock: { input: { accountId: A, publicAccessBlock: BLOCKED }, uses: [`Account ${A}`] },
  deletePublicAccessBlock: { input: BUCKET, uses: OF_BUCKET },
  deleteResource: { input: BUCKET, uses: OF_BUCKET },
  createGrant: {
    input: { keyArn: KEY, granteePrincipal: USER.userArn, operations: ['Decrypt'], name: 'g' },
    uses: [`Resource ${KEY}`, ...OF_USER],
  },
  revokeGrant: { input: { keyArn: KEY, grantId: 'grant-1' }, uses: [`Resource ${KEY}`] },
  retireGrant: { input: { keyArn: KEY, grantId: 'grant-2' }, uses: [`Resource ${KEY}`] },
  createVpcEndpoint: {
    input: {
      ...ENDPOINT,
      accountId: A,
      region: 'eu-west-1',
      serviceName: 'com.amazonaws.eu-west-1.s3',
      type: 'Gateway',
    },
    uses: ['VpcEndpoint vpce-1', `Account ${A}`],
  },
  modifyVpcEndpoint: {
    input: { ...ENDPOINT, policyDocument: policy({ ...allow('s3:*'), Principal: { AWS: USER.userArn } }) },
    uses: ['VpcEndpoint vpce-1', ...OF_USER],
  },
  deleteVpcEndpoint: { input: ENDPOINT, uses: ['VpcEndpoint vpce-1'] },
  createAccount: { input: { accountId: NEW, name: 'New' }, uses: [`Account ${NEW}`] },
  putAccountName: { input: { accountId: NEW, name: 'Newer' }, uses: [`Account ${NEW}`] },
  addAccountToOrganization: {
    input: { ...ORGANIZATION, accountId: NEW },
    uses: [`Account ${NEW}`, ...OF_ORGANIZATION],
  },
  moveAccount: {
    input: { ...ORGANIZATION, accountId: NEW, destinationParentId: UNIT },
    uses: [`Account ${NEW}`, ...OF_ORGANIZATION],
  },
  removeAccountFromOrganization: {
    input: { ...ORGANIZATION, accountId: NEW },
    uses: [`Account ${NEW}`, ...OF_ORGANIZATION],
  },
  closeAccount: { input: { accountId: NEW }, uses: [`Account ${NEW}`] },
  createOrganizationalUnit: {
    input: { ...ORGANIZATION, parentId: UNIT, name: 'New' },
    uses: OF_ORGANIZATION,
  },
  updateOrganizationalUnit: { input: { ...ORGANIZATION, unitId: EMPTY, name: 'Other' }, uses: OF_ORGANIZATION },
  deleteOrganizationalUnit: { input: { ...ORGANIZATION, unitId: EMPTY }, uses: OF_ORGANIZATION },
  registerDelegatedAdministrator: { input: ADMINISTRATION, uses: [...OF_ORGANIZATION, `Account ${MEMBER}`] },
  deregisterDelegatedAdministrator: { input: ADMINISTRATION, uses: [...OF_ORGANIZATION, `Account ${MEMBER}`] },
  createControlPolicy: {
    input: { ...ORGANIZATION, type: 'SERVICE_CONTROL_POLICY', name: 'New', policyDocument: INLINE.policyDocument },
    uses: OF_ORGANIZATION,
  },
  updateControlPolicy: { input: { ...CONTROL_POLICY, name: 'Other' }, uses: OF_ORGANIZATION },
  attachControlPolicy: {
    input: { ...CONTROL_POLICY, targetId: MEMBER },
    uses: [...OF_ORGANIZATION, `Account ${MEMBER}`],
  },
  detachControlPolicy: {
    input: { ...CONTROL_POLICY, targetId: MEMBER },
    uses: [...OF_ORGANIZATION, `Account ${MEMBER}`],
  },
  deleteControlPolicy: { input: CONTROL_POLICY, uses: OF_ORGANIZATION },
  enablePolicyType: { input: { ...ORGANIZATION, type: 'RESOURCE_CONTROL_POLICY' }, uses: OF_ORGANIZATION },
  disablePolicyType: { input: { ...ORGANIZATION, type: 'RESOURCE_CONTROL_POLICY' }, uses: OF_ORGANIZATION },
  createOrganization: { input: { managementAccountId: A }, uses: [`Account ${A}`] },
  deleteOrganization: {
    input: { organizationId: 'o-empty00000' },
    uses: ['Organization o-empty00000', 'Account 555555555555'],
  },
  deleteRole: { input: ROLE, uses: OF_ROLE },
  deleteUser: { input: USER, uses: OF_USER },
};

const step = (name: ChangeName): ChangeStep => ({ name, input: EXAMPLES[name].input }) as ChangeStep; // as: of this name

const member = (id: string, organizationId = ORGANIZATION.organizationId) => ({
  id,
  membership: { organizationId, unitId: null },
});
const SCP = 'SERVICE_CONTROL_POLICY' as const;

const world = {
  organizations: [
    {
      id: ORGANIZATION.organizationId,
      rootId: 'r-abcd',
      managementAccountId: MANAGEMENT,
      rcpEnabled: false,
      units: [UNIT, EMPTY].map((id) => ({ id, name: id, parentId: null })),
      controlPolicies: [
        {
          id: 'p-FullAWSAccess',
          type: SCP,
          name: 'FullAWSAccess',
          document: policy(allow('*')),
          targets: ['r-abcd', UNIT, EMPTY, MANAGEMENT, MEMBER],
        },
        { id: CONTROL_POLICY.policyId, type: SCP, name: 'Denied', document: policy(allow('s3:*')), targets: [] },
      ],
    },
    { id: 'o-empty00000', rootId: 'r-empt', managementAccountId: '555555555555' },
  ],
  accounts: [
    { id: A, membership: 'NONE' as const },
    member(MANAGEMENT),
    member(MEMBER),
    member('555555555555', 'o-empty00000'),
  ],
  resources: [
    {
      arn: KEY,
      accountId: A,
      grants: ['grant-1', 'grant-2'].map((id) => ({
        id,
        granteePrincipal: roleArn('Other'),
        operations: ['Encrypt'],
      })),
    },
  ],
  policies: [P, Q].map((arn) => ({
    arn,
    defaultVersionId: 'v1',
    versions: [{ versionId: 'v1', document: policy(allow('s3:*')) }],
  })),
  groups: [{ arn: GROUP.groupArn }],
  users: [aUser('u'), aUser('other')],
  roles: [aRole('R', [trusts({ AWS: A })]), aRole('Other', [trusts({ AWS: A })])],
};

/** Touches something, as if others had. */
async function touch(database: TakenDatabase, used: string): Promise<void> {
  await database.query(
    `WITH raised AS (UPDATE "DirectoryState" SET revision = revision + 1 WHERE id = 1 RETURNING revision)
     INSERT INTO "DirectoryChange" (revision, entity, "entityId", at) SELECT revision, $1, $2, now() FROM raised`,
    used.split(' '),
  );
}

async function revisionOf(database: TakenDatabase): Promise<bigint> {
  const [row] = await database.query<{ revision: string }>('SELECT revision::text AS revision FROM "DirectoryState"');
  return BigInt(row?.revision ?? 0);
}

describe.each([
  ['in a folder', takeDatabase],
  ['on a server', takeServerDatabase],
])('a change that expects a revision, %s', (_where, take) => {
  let database: TakenDatabase;
  let directory: OpenDirectory;
  beforeEach(async () => {
    database = await take();
    directory = await database.openDirectory();
    await directory.apply(world);
  });
  afterEach(async () => {
    await directory.close();
    database.giveBack();
  });

  it('is refused exactly if something that it reads or writes was touched since', async () => {
    expect(
      CHANGE_NAMES.filter((name) => !Object.hasOwn(EXAMPLES, name)),
      'changes without an example',
    ).toEqual([]);
    for (const name of Object.keys(EXAMPLES) as ChangeName[]) {
      const { uses } = EXAMPLES[name];
      const before = await revisionOf(database);
      await touch(database, `User ${userArn('other')}`);
      // Something else was touched: it would be made.
      await directory.entities.make([step(name)], { expectedRevision: before, dryRun: true });
      for (const used of uses) {
        const expectedRevision = await revisionOf(database);
        await touch(database, used);
        const [entity, entityId] = used.split(' ');
        const failed = directory.entities.make([step(name)], { expectedRevision });
        await expect(failed, `${name} and ${used}`).rejects.toMatchObject({
          code: 'CONFLICT',
          touched: [{ entity, entityId }],
        });
      }
      await directory.entities.make([step(name)], { expectedRevision: await revisionOf(database) });
      // What has no effect has been read all the same.
      const again = await revisionOf(database);
      await touch(database, uses[0] ?? '');
      const failed = directory.entities.make([step(name)], { expectedRevision: again });
      await expect(failed, `${name} again`).rejects.toSatisfy(
        (error) => error instanceof Conflict || error instanceof FailedChange,
      );
    }
  });

  it('is refused if an import names something that was touched since, also where it says the same of it', async () => {
    const orders = { prefix: 'orders', name: 'Orders', actions: [{ name: 'Get', accessLevel: 'READ' as const }] };
    const id = 'AKIAEXAMPLE00000KEYS';
    const documents: readonly (readonly [string, DirectoryDocument])[] = [
      ['OwnService orders', { services: [orders] }],
      [`AccessKey ${id}`, { accessKeys: [{ id, user: USER.userArn }] }],
      [OF_USER[0] ?? '', { accessKeys: [{ id, user: USER.userArn }] }],
      [ACCOUNT, { knowledge: [{ accountId: A, layer: 'VPC_ENDPOINTS', state: 'COMPLETE' }] }],
      [POLICY, { users: [{ arn: userArn('other'), attachedPolicies: [P] }] }],
    ];
    for (const [used, document] of documents) {
      await directory.apply(document);
      const expectedRevision = await revisionOf(database);
      await touch(database, `Role ${roleArn('Other')}`);
      const applied = (options: ChangeOptions) => directory.apply(document, undefined, undefined, options);
      await applied({ expectedRevision, dryRun: true });
      await touch(database, used);
      const [entity, entityId] = used.split(' ');
      await expect(applied({ expectedRevision })).rejects.toMatchObject({
        code: 'CONFLICT',
        touched: [{ entity, entityId }],
      });
    }
  });

  it('is refused for a revision that is yet to come, and for one before the directory was restored', async () => {
    const revision = await revisionOf(database);
    const make = (expectedRevision: bigint) => directory.entities.make([step('putRolePolicy')], { expectedRevision });
    await expect(make(revision + 1n)).rejects.toMatchObject({ code: 'BAD_USER_INPUT', field: 'expectedRevision' });
    await database.query('UPDATE "DirectoryState" SET "restoredRevision" = revision WHERE id = 1');
    await expect(make(revision - 1n)).rejects.toMatchObject({ code: 'BAD_USER_INPUT', field: 'expectedRevision' });
    await expect(make(revision)).resolves.toMatchObject({ revision: revision + 1n });
  });
});

it('a revision older than the log of changes is a conflict that says so', () => {
  const history = { current: 9n, restored: null, pruned: 5n };
  expect(() => checkExpected(4n, history)).toThrow(
    'what was changed after `expectedRevision` is not known any more: read again what the change is about',
  );
  expect(() => checkExpected(4n, history)).toThrow(Conflict);
  expect(() => checkExpected(5n, history)).not.toThrow();
});
