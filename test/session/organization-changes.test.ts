import { describe, expect, it, test } from 'vitest';
import { type Access, createAccess } from '../../src/access/access.ts';
import { openCatalog } from '../../src/catalog/catalog.ts';
import type { OpenDirectory } from '../../src/directory/prisma/open-directory.ts';
import type { Caller } from '../../src/session/caller.ts';
import { type ChangeSets, createEntityChanges, type EntityChanges } from '../../src/session/entity-changes.ts';
import { describeInBothStores } from '../directory/stores.ts';
import { A, allow, aRole, aUser, B, deny, policy, roleArn, trusts, userArn } from '../support/policies.ts';
import { aQuestion, NOON } from '../support/questions.ts';

const catalog = await openCatalog();
const OPERATOR: Caller = { kind: 'operator' };
const MANAGEMENT = '999999999999';
const ALICE = userArn('alice');
const BOB = userArn('bob', B);
const S3 = ['s3:ListAllMyBuckets', '*'] as const;
const NO_S3 = policy(deny('s3:*'));
const SCP = 'SERVICE_CONTROL_POLICY';
const RCP = 'RESOURCE_CONTROL_POLICY';

const DOCUMENT = {
  accounts: [MANAGEMENT, A, B].map((id) => ({ id, membership: 'NONE' as const })),
  users: [aUser('alice', [allow('*')]), { arn: BOB, inlinePolicies: [{ name: 'p', document: policy(allow('*')) }] }],
};

interface World {
  readonly directory: OpenDirectory;
  readonly access: Access;
  readonly changes: EntityChanges & ChangeSets;
  /** The layer that keeps somebody from S3; null: none does. */
  readonly why: (who?: string) => Promise<string | null>;
  readonly gaps: (who?: string) => Promise<readonly string[]>;
}

function worldOn(directory: OpenDirectory): World {
  const access = createAccess(directory, catalog);
  const ask = async (who: string) => {
    const [answer] = await access.decide([aQuestion(who, ...S3)], NOON);
    if (answer === undefined) throw new Error('no answer');
    return answer;
  };
  return {
    directory,
    access,
    changes: createEntityChanges({ directory }),
    why: async (who = ALICE) => (await ask(who)).decision.deniedBy,
    gaps: async (who = ALICE) => (await ask(who)).gaps,
  };
}

/** An organization that MANAGEMENT has made, with A in it and service control policies enabled. */
async function founded(world: World) {
  const { changes, directory } = world;
  const [organizationId = ''] = (await changes.createOrganization(OPERATOR, { managementAccountId: MANAGEMENT }, NOON))
    .names;
  const row = await directory.prisma.organization.findUniqueOrThrow({ where: { id: organizationId } });
  const on = { organizationId };
  await changes.addAccountToOrganization(OPERATOR, { ...on, accountId: A }, NOON);
  await changes.enablePolicyType(OPERATOR, { ...on, type: SCP }, NOON);
  const unit = async (name: string, parentId = row.rootId) =>
    (await changes.createOrganizationalUnit(OPERATOR, { ...on, parentId, name }, NOON)).names[0] ?? '';
  const scp = async (name: string, policyDocument = NO_S3) => {
    const [key = ''] = (await changes.createControlPolicy(OPERATOR, { ...on, type: SCP, name, policyDocument }, NOON))
      .names;
    return key.slice(key.indexOf('/') + 1);
  };
  return { ...world, on, rootId: row.rootId, unit, scp };
}

const attachedTo = async ({ directory }: World, targetId: string) =>
  (await directory.prisma.controlPolicyAttachment.findMany({ where: { targetId }, orderBy: { policyId: 'asc' } })).map(
    ({ policyId }) => policyId,
  );

describeInBothStores('organizations', (store) => {
  const open = async () => worldOn(await store.open(DOCUMENT));
  const openFounded = async () => founded(await open());

  it('are made of one account, with everything that AWS attaches when a type is enabled', async () => {
    const world = await openFounded();
    const { on, rootId, unit, changes, directory } = world;
    expect(on.organizationId).toMatch(/^o-[a-z0-9]{10}$/);
    expect(rootId).toMatch(/^r-[0-9a-z]{4,32}$/);
    const unitId = await unit('Workloads');
    expect(unitId).toMatch(new RegExp(`^ou-${rootId.slice(2)}-[a-z0-9]{8}$`));
    for (const target of [rootId, unitId, MANAGEMENT, A])
      expect(await attachedTo(world, target)).toEqual(['p-FullAWSAccess']);
    await changes.enablePolicyType(OPERATOR, { ...on, type: RCP }, NOON);
    for (const target of [rootId, unitId, MANAGEMENT, A])
      expect(await attachedTo(world, target)).toEqual(['p-FullAWSAccess', 'p-RCPFullAWSAccess']);
    const stored = await directory.prisma.controlPolicy.findMany({
      orderBy: { id: 'asc' },
      select: { id: true, arn: true },
    });
    expect(stored).toEqual([
      { id: 'p-FullAWSAccess', arn: 'arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess' },
      { id: 'p-RCPFullAWSAccess', arn: 'arn:aws:organizations::aws:policy/resource_control_policy/p-RCPFullAWSAccess' },
    ]);
    // All that is above the accounts is known.
    expect(await world.why()).toBeNull();
    expect(await world.gaps()).toEqual([]);
    await expect(changes.enablePolicyType(OPERATOR, { ...on, type: RCP }, NOON)).rejects.toMatchObject({
      code: 'PolicyTypeAlreadyEnabledException',
      message: 'The specified policy type is already enabled in the specified root.',
    });
    await expect(changes.createOrganization(OPERATOR, { managementAccountId: A }, NOON)).rejects.toMatchObject({
      code: 'AlreadyInOrganizationException',
    });
    await expect(
      changes.createOrganization(OPERATOR, { managementAccountId: '123456789012' }, NOON),
    ).rejects.toMatchObject({ code: 'AccountNotFoundException' });
  });

  it('limit their accounts as soon as a policy is attached above them, changed, detached, or the account is moved', async () => {
    const world = await openFounded();
    const { on, rootId, unit, scp, why, changes } = world;
    const above = await unit('Above');
    const beneath = await unit('Beneath', above);
    const policyId = await scp('NoS3');
    const attach = { ...on, policyId, targetId: above };
    await changes.attachControlPolicy(OPERATOR, attach, NOON);
    expect(await why()).toBeNull();
    await changes.moveAccount(
      OPERATOR,
      { ...on, accountId: A, sourceParentId: rootId, destinationParentId: beneath },
      NOON,
    );
    expect(await why()).toBe('SERVICE_CONTROL_POLICY');
    await changes.updateControlPolicy(OPERATOR, { ...on, policyId, policyDocument: policy(deny('sqs:*')) }, NOON);
    expect(await why()).toBeNull();
    await changes.updateControlPolicy(OPERATOR, { ...on, policyId, policyDocument: NO_S3 }, NOON);
    expect(await why()).toBe('SERVICE_CONTROL_POLICY');
    await changes.detachControlPolicy(OPERATOR, attach, NOON);
    expect(await why()).toBeNull();
    await changes.attachControlPolicy(OPERATOR, { ...attach, targetId: A }, NOON);
    expect(await why()).toBe('SERVICE_CONTROL_POLICY');
    await changes.disablePolicyType(OPERATOR, { ...on, type: SCP }, NOON);
    expect(await why()).toBeNull();
    expect(await attachedTo(world, A)).toEqual([]);
    // What was attached before does not come back.
    await changes.enablePolicyType(OPERATOR, { ...on, type: SCP }, NOON);
    expect(await attachedTo(world, A)).toEqual(['p-FullAWSAccess']);
    expect(await why()).toBeNull();
    await changes.attachControlPolicy(OPERATOR, { ...attach, targetId: A }, NOON);
    await changes.removeAccountFromOrganization(OPERATOR, { ...on, accountId: A }, NOON);
    expect(await why()).toBeNull();
    expect(await attachedTo(world, A)).toEqual([]);
  });

  it('have units with names of their own among their siblings, in five levels, which are empty when they go', async () => {
    const { on, rootId, unit, changes, directory } = await openFounded();
    const first = await unit('One');
    await expect(unit('One')).rejects.toMatchObject({ code: 'DuplicateOrganizationalUnitException', field: 'name' });
    let deepest = first;
    for (const name of ['Two', 'Three', 'Four', 'Five']) deepest = await unit(name, deepest);
    await expect(unit('Six', deepest)).rejects.toMatchObject({
      code: 'ConstraintViolationException',
      message: expect.stringMatching(/too many levels deep\. The limit is 5\. \(OU_DEPTH_LIMIT_EXCEEDED\)$/),
    });
    await expect(unit('X', 'ou-zzzz-zzzzzzzz')).rejects.toMatchObject({ code: 'ParentNotFoundException' });
    const other = await unit('Other');
    const rename = (unitId: string, name: string) =>
      changes.updateOrganizationalUnit(OPERATOR, { ...on, unitId, name }, NOON);
    await expect(rename(other, 'One')).rejects.toMatchObject({ code: 'DuplicateOrganizationalUnitException' });
    expect(await rename(other, 'Other')).toMatchObject({ touched: [] });
    await rename(other, 'Another');
    const remove = (unitId: string) => changes.deleteOrganizationalUnit(OPERATOR, { ...on, unitId }, NOON);
    await expect(remove(first)).rejects.toMatchObject({ code: 'OrganizationalUnitNotEmptyException' });
    await changes.moveAccount(OPERATOR, { ...on, accountId: A, destinationParentId: other }, NOON);
    await expect(remove(other)).rejects.toMatchObject({ code: 'OrganizationalUnitNotEmptyException' });
    await changes.moveAccount(
      OPERATOR,
      { ...on, accountId: A, sourceParentId: other, destinationParentId: rootId },
      NOON,
    );
    await remove(other);
    expect(await directory.prisma.controlPolicyAttachment.count({ where: { targetId: other } })).toBe(0);
    await expect(remove(other)).rejects.toMatchObject({ code: 'OrganizationalUnitNotFoundException' });
    await expect(rename(other, 'X')).rejects.toMatchObject({ code: 'OrganizationalUnitNotFoundException' });
  });

  it('have at most 2,000 units', async () => {
    const { on, rootId, unit, directory } = await openFounded();
    const units = Array.from({ length: 1_999 }, (_, index) => ({
      id: `ou-${rootId.slice(2)}-${String(index).padStart(8, '0')}`,
      name: `unit ${index}`,
      parentId: null,
    }));
    const row = await directory.prisma.organization.findUniqueOrThrow({ where: { id: on.organizationId } });
    await directory.apply({
      organizations: [{ id: row.id, rootId, managementAccountId: MANAGEMENT, units, keepsUnnamed: true }],
    });
    await unit('The last one');
    await expect(unit('One more')).rejects.toMatchObject({
      code: 'ConstraintViolationException',
      message: expect.stringContaining('(OU_NUMBER_LIMIT_EXCEEDED)'),
    });
  });

  it('keep to the rules of attachments', async () => {
    const { on, rootId, scp, changes } = await openFounded();
    const attach = (policyId: string, targetId = rootId) =>
      changes.attachControlPolicy(OPERATOR, { ...on, policyId, targetId }, NOON);
    const detach = (policyId: string, targetId = rootId) =>
      changes.detachControlPolicy(OPERATOR, { ...on, policyId, targetId }, NOON);
    // The last one stays.
    await expect(detach('p-FullAWSAccess')).rejects.toMatchObject({
      code: 'ConstraintViolationException',
      message: expect.stringContaining('(MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED)'),
    });
    const first = await scp('scp-0');
    await attach(first);
    await detach('p-FullAWSAccess');
    await expect(detach('p-FullAWSAccess')).rejects.toMatchObject({ code: 'PolicyNotAttachedException' });
    await expect(attach(first)).rejects.toMatchObject({ code: 'DuplicatePolicyAttachmentException' });
    await attach('p-FullAWSAccess');
    for (let index = 1; index < 9; index++) await attach(await scp(`scp-${index}`));
    await expect(attach(await scp('scp-9'))).rejects.toMatchObject({
      code: 'ConstraintViolationException',
      message: expect.stringMatching(/The limit is 10\. \(MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED\)$/),
    });
    await expect(attach('p-none00000')).rejects.toMatchObject({ code: 'PolicyNotFoundException' });
    await expect(attach(first, B)).rejects.toMatchObject({ code: 'TargetNotFoundException' });
    // Resource control policies: not enabled yet, then five with that of AWS, which stays.
    const rcp = async (name: string) => {
      const Statement = [{ Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: '*' }];
      const policyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
      const [key = ''] = (await changes.createControlPolicy(OPERATOR, { ...on, type: RCP, name, policyDocument }, NOON))
        .names;
      return key.slice(key.indexOf('/') + 1);
    };
    const own = await rcp('rcp-0');
    await expect(attach(own)).rejects.toMatchObject({ code: 'PolicyTypeNotEnabledException' });
    await changes.enablePolicyType(OPERATOR, { ...on, type: RCP }, NOON);
    await attach(own);
    await expect(detach('p-RCPFullAWSAccess')).rejects.toMatchObject({ code: 'ConstraintViolationException' });
    for (let index = 1; index < 4; index++) await attach(await rcp(`rcp-${index}`));
    await expect(attach(await rcp('rcp-4'))).rejects.toMatchObject({
      message: expect.stringContaining('The limit is 5.'),
    });
    await detach(own);
  });

  it('have control policies with names of their own, which are attached to nothing when they go', async () => {
    const { on, rootId, scp, changes, directory } = await openFounded();
    const policyId = await scp('NoS3');
    expect(policyId).toMatch(/^p-[0-9a-z]{10}$/);
    await expect(scp('NoS3')).rejects.toMatchObject({ code: 'DuplicatePolicyException', field: 'name' });
    const other = await scp('Other');
    const update = (input: object) => changes.updateControlPolicy(OPERATOR, { ...on, policyId, ...input }, NOON);
    await expect(update({ name: 'Other' })).rejects.toMatchObject({ code: 'DuplicatePolicyException' });
    expect(await update({ name: 'NoS3' })).toMatchObject({ touched: [] });
    await update({ name: 'Renamed', description: 'd' });
    expect(await directory.prisma.controlPolicy.findFirst({ where: { id: policyId } })).toMatchObject({
      arn: `arn:aws:organizations::${MANAGEMENT}:policy/${on.organizationId}/service_control_policy/${policyId}`,
      name: 'Renamed',
      description: 'd',
    });
    await expect(update({ policyDocument: policy(trusts('*')) })).rejects.toMatchObject({
      code: 'MalformedPolicyDocumentException',
      findings: [expect.objectContaining({ path: 'Statement[0].Principal' }), expect.anything()],
    });
    const remove = (id: string) => changes.deleteControlPolicy(OPERATOR, { ...on, policyId: id }, NOON);
    await changes.attachControlPolicy(OPERATOR, { ...on, policyId, targetId: rootId }, NOON);
    await expect(remove(policyId)).rejects.toMatchObject({ code: 'PolicyInUseException' });
    await remove(other);
    await expect(remove(other)).rejects.toMatchObject({ code: 'PolicyNotFoundException' });
    await expect(remove('p-FullAWSAccess')).rejects.toMatchObject({ code: 'InvalidInputException' });
    await expect(
      changes.updateControlPolicy(OPERATOR, { ...on, policyId: 'p-FullAWSAccess', name: 'X' }, NOON),
    ).rejects.toMatchObject({ code: 'InvalidInputException' });
  });

  it('of which no control policy is known get none that would be taken for the only one', async () => {
    const { changes, directory, why } = await open();
    await directory.apply({
      organizations: [{ id: 'o-imported000', rootId: 'r-impo', managementAccountId: MANAGEMENT }],
      accounts: [MANAGEMENT, A].map((id) => ({ id, membership: { organizationId: 'o-imported000', unitId: null } })),
    });
    const on = { organizationId: 'o-imported000' };
    await changes.createOrganizationalUnit(OPERATOR, { ...on, parentId: 'r-impo', name: 'Unit' }, NOON);
    expect(await directory.prisma.controlPolicyAttachment.count()).toBe(0);
    const created = { ...on, type: SCP, name: 'NoSqs', policyDocument: policy(deny('sqs:*')) } as const;
    await expect(changes.createControlPolicy(OPERATOR, created, NOON)).rejects.toMatchObject({
      code: 'ConstraintViolationException',
      message: expect.stringContaining('are not known'),
    });
    expect(await why()).toBeNull();
    await changes.disablePolicyType(OPERATOR, { ...on, type: SCP }, NOON);
    await changes.disablePolicyType(OPERATOR, { ...on, type: RCP }, NOON);
    await changes.enablePolicyType(OPERATOR, { ...on, type: SCP }, NOON);
    await changes.createControlPolicy(OPERATOR, created, NOON);
    expect(await why()).toBeNull();
  });

  it('have delegated administrators among their members', async () => {
    const { on, changes, directory } = await openFounded();
    const servicePrincipal = 'access-analyzer.amazonaws.com';
    const register = (accountId: string) =>
      changes.registerDelegatedAdministrator(OPERATOR, { ...on, accountId, servicePrincipal }, NOON);
    const deregister = () =>
      changes.deregisterDelegatedAdministrator(OPERATOR, { ...on, accountId: A, servicePrincipal }, NOON);
    await register(A);
    expect((await directory.organizationOf([A])).get(A)?.delegatedAdministrators).toEqual([
      { accountId: A, servicePrincipal },
    ]);
    await expect(register(A)).rejects.toMatchObject({ code: 'AccountAlreadyRegisteredException' });
    await expect(register(B)).rejects.toMatchObject({ code: 'AccountNotFoundException' });
    await expect(register(MANAGEMENT)).rejects.toMatchObject({ code: 'ConstraintViolationException' });
    await expect(changes.removeAccountFromOrganization(OPERATOR, { ...on, accountId: A }, NOON)).rejects.toMatchObject({
      code: 'ConstraintViolationException',
    });
    await deregister();
    expect((await directory.organizationOf([A])).get(A)?.delegatedAdministrators).toEqual([]);
    await expect(deregister()).rejects.toMatchObject({ code: 'AccountNotRegisteredException' });
  });

  it('go when only their management account is left', async () => {
    const { on, unit, scp, changes, directory, why } = await openFounded();
    const end = () => changes.deleteOrganization(OPERATOR, on, NOON);
    await expect(end()).rejects.toMatchObject({ code: 'OrganizationNotEmptyException' });
    const unitId = await unit('Unit');
    const policyId = await scp('NoS3');
    await expect(
      changes.removeAccountFromOrganization(OPERATOR, { ...on, accountId: MANAGEMENT }, NOON),
    ).rejects.toMatchObject({ code: 'MasterCannotLeaveOrganizationException' });
    await changes.removeAccountFromOrganization(OPERATOR, { ...on, accountId: A }, NOON);
    await expect(changes.removeAccountFromOrganization(OPERATOR, { ...on, accountId: A }, NOON)).rejects.toMatchObject({
      code: 'AccountNotFoundException',
    });
    await changes.deleteOrganizationalUnit(OPERATOR, { ...on, unitId }, NOON);
    await expect(end()).rejects.toMatchObject({ code: 'OrganizationNotEmptyException' });
    await changes.deleteControlPolicy(OPERATOR, { ...on, policyId }, NOON);
    await end();
    await expect(end()).rejects.toMatchObject({ code: 'NoSuchEntity' });
    const left = await directory.prisma.account.findUniqueOrThrow({ where: { id: MANAGEMENT } });
    expect(left).toMatchObject({ membership: 'NONE', organizationId: null });
    expect(await why()).toBeNull();
  });
});

describeInBothStores('accounts', (store) => {
  const open = async () => worldOn(await store.open(DOCUMENT));

  it('are made with an id, of which everything is known, and in an organization with a role for its management account', async () => {
    const world = await founded(await open());
    const { on, changes, access, directory } = world;
    const [made = ''] = (await changes.createAccount(OPERATOR, { ...on, name: 'New' }, NOON)).names;
    expect(made).toMatch(/^\d{12}$/);
    expect(await directory.prisma.account.findUniqueOrThrow({ where: { id: made } })).toMatchObject({
      name: 'New',
      partition: 'aws',
      membership: 'MEMBER',
      organizationId: on.organizationId,
      unitId: null,
    });
    expect(await attachedTo(world, made)).toEqual(['p-FullAWSAccess']);
    // An administrator of the management account becomes one of the new account.
    const root = `arn:aws:iam::${MANAGEMENT}:root`;
    const role = roleArn('OrganizationAccountAccessRole', made);
    await directory.apply({
      users: [{ arn: userArn('admin', MANAGEMENT), inlinePolicies: [{ name: 'p', document: policy(allow('*')) }] }],
    });
    const admin = { ...aQuestion(userArn('admin', MANAGEMENT), 'iam:CreateUser', `arn:aws:iam::${made}:user/x`) };
    const [answer] = await access.decide([{ ...admin, subject: { ...admin.subject, assumedRole: role } }], NOON);
    expect(answer?.decision).toMatchObject({ allowed: true });
    expect(answer?.gaps).toEqual([]);
    expect(root).toContain(MANAGEMENT);
    // One whose id was given may be more elsewhere: nothing is known of it.
    await changes.createAccount(OPERATOR, { accountId: '123456789012', name: 'Given' }, NOON);
    expect(await directory.prisma.accountKnowledge.count({ where: { accountId: '123456789012' } })).toBe(0);
    await expect(
      changes.createAccount(OPERATOR, { accountId: '123456789012', name: 'Again' }, NOON),
    ).rejects.toMatchObject({ code: 'EntityAlreadyExists', field: 'accountId' });
    await expect(
      changes.createAccount(OPERATOR, { ...on, name: 'X', partition: 'aws-cn' }, NOON),
    ).rejects.toMatchObject({ code: 'ValidationError', field: 'partition' });
  });

  it('have names', async () => {
    const { changes, directory } = await open();
    await changes.putAccountName(OPERATOR, { accountId: A, name: 'Alpha' }, NOON);
    expect((await directory.prisma.account.findUniqueOrThrow({ where: { id: A } })).name).toBe('Alpha');
    expect(await changes.putAccountName(OPERATOR, { accountId: A, name: 'Alpha' }, NOON)).toMatchObject({
      touched: [],
    });
    await expect(
      changes.putAccountName(OPERATOR, { accountId: '123456789012', name: 'X' }, NOON),
    ).rejects.toMatchObject({ code: 'NoSuchEntity' });
  });

  it('are moved from where they are to somewhere else in their organization', async () => {
    const { on, rootId, unit, changes } = await founded(await open());
    const unitId = await unit('Unit');
    const move = (input: object) =>
      changes.moveAccount(OPERATOR, { ...on, accountId: A, destinationParentId: unitId, ...input }, NOON);
    await expect(move({ accountId: B })).rejects.toMatchObject({
      code: 'AccountNotFoundException',
      field: 'accountId',
    });
    await expect(move({ sourceParentId: unitId })).rejects.toMatchObject({
      code: 'AccountNotFoundException',
      field: 'sourceParentId',
    });
    await expect(move({ sourceParentId: 'r-none' })).rejects.toMatchObject({ code: 'SourceParentNotFoundException' });
    await expect(move({ destinationParentId: 'r-none' })).rejects.toMatchObject({
      code: 'DestinationParentNotFoundException',
    });
    await expect(move({ destinationParentId: rootId })).rejects.toMatchObject({ code: 'DuplicateAccountException' });
    await expect(move({})).resolves.toMatchObject({ touched: [{ entity: 'Account', entityId: A }] });
    await expect(changes.addAccountToOrganization(OPERATOR, { ...on, accountId: A }, NOON)).rejects.toMatchObject({
      code: 'AlreadyInOrganizationException',
    });
  });

  it('are closed when nothing is in them, or with everything', async () => {
    const world = await founded(await open());
    const { on, changes, directory, access } = world;
    const queue = `arn:aws:sqs:eu-west-1:${B}:queue`;
    await directory.apply({
      policies: [
        { arn: `arn:aws:iam::${A}:policy/P`, defaultVersionId: 'v1', versions: [{ versionId: 'v1', document: NO_S3 }] },
      ],
      roles: [aRole('R', [trusts({ AWS: A })], [], { attachedPolicies: [`arn:aws:iam::${A}:policy/P`] })],
      users: [{ ...aUser('carl'), permissionsBoundary: `arn:aws:iam::${A}:policy/P` }],
      instanceProfiles: [{ arn: `arn:aws:iam::${A}:instance-profile/I`, role: roleArn('R') }],
      resources: [
        { arn: 'arn:aws:s3:::bucket', accountId: A },
        {
          arn: queue,
          accountId: B,
          policy: policy({ Effect: 'Allow', Principal: { AWS: ALICE }, Action: 'sqs:*', Resource: '*' }),
        },
      ],
    });
    const asked = async () => {
      const [answer] = await access.decide([aQuestion(ALICE, 'sqs:SendMessage', queue)], NOON);
      return answer instanceof Error || answer === undefined ? null : answer.decision.deniedBy;
    };
    expect(await asked()).toBeNull();
    const close = (input: object = {}) => changes.closeAccount(OPERATOR, { accountId: A, ...input }, NOON);
    await expect(close()).rejects.toMatchObject({
      code: 'DeleteConflict',
      message: 'Cannot delete entity, must delete users first.',
    });
    await expect(close({ organizationId: 'o-other00000' })).rejects.toMatchObject({ code: 'AccountNotFoundException' });
    await expect(close({ accountId: MANAGEMENT })).rejects.toMatchObject({ code: 'ConstraintViolationException' });
    const { touched } = await close({ ...on, withDependents: true });
    const names = touched.map(({ entity, entityId }) => `${entity} ${entityId}`);
    expect(names).toEqual(
      expect.arrayContaining([
        `Account ${A}`,
        `User ${ALICE}`,
        `Role ${roleArn('R')}`,
        'Resource arn:aws:s3:::bucket',
        `Resource ${queue}`,
      ]),
    );
    for (const kind of ['user', 'role', 'managedPolicy', 'instanceProfile'] as const) {
      const rows: readonly { readonly arn: string }[] = await (
        directory.prisma[kind] as typeof directory.prisma.user
      ).findMany();
      expect(rows.filter(({ arn }) => arn.includes(`:${A}:`))).toEqual([]);
    }
    expect(await attachedTo(world, A)).toEqual([]);
    // Somebody else of her name is not let in.
    await directory.apply({
      accounts: [{ id: A, membership: 'NONE' }],
      users: [aUser('alice', [allow('*')])],
    });
    expect(await asked()).toBe('RESOURCE_POLICY');
    await expect(close({ accountId: '123456789012' })).rejects.toMatchObject({ code: 'AccountNotFoundException' });
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
  const on = { organizationId: 'o-exampleorg1' };
  test.each([
    ['createAccount', { name: '' }, 'name'],
    ['createAccount', { name: 'x'.repeat(51) }, 'name'],
    ['createAccount', { name: 'x', partition: 'moon' }, 'partition'],
    ['createAccount', { name: 'x', ...on, roleName: 'a/b' }, 'roleName'],
    ['closeAccount', { accountId: A, organizationId: 'x' }, 'organizationId'],
    ['moveAccount', { ...on, accountId: A, destinationParentId: A }, 'destinationParentId'],
    ['createOrganizationalUnit', { ...on, parentId: 'r-abcd', name: 'x'.repeat(129) }, 'name'],
    ['deleteOrganizationalUnit', { ...on, unitId: 'r-abcd' }, 'unitId'],
    ['registerDelegatedAdministrator', { ...on, accountId: A, servicePrincipal: 'x' }, 'servicePrincipal'],
    ['createControlPolicy', { ...on, type: SCP, name: '', policyDocument: NO_S3 }, 'name'],
    [
      'createControlPolicy',
      { ...on, type: SCP, name: 'x', description: 'x'.repeat(513), policyDocument: NO_S3 },
      'description',
    ],
    ['attachControlPolicy', { ...on, policyId: 'x', targetId: A }, 'policyId'],
    ['attachControlPolicy', { ...on, policyId: 'p-FullAWSAccess', targetId: 'x' }, 'targetId'],
  ] as const)('%s %j', async (name, input, field) => {
    const change = changes[name] as (caller: Caller, input: object, now: number) => Promise<unknown>; // as: of this name
    await expect(change(OPERATOR, input, NOON)).rejects.toMatchObject({ code: 'ValidationError', field });
  });

  it('control policies of the sizes of their type, where every character counts', async () => {
    const sized = (length: number) => NO_S3.padEnd(length);
    const create = (type: typeof SCP | typeof RCP, policyDocument: string) =>
      changes.createControlPolicy(OPERATOR, { ...on, type, name: 'x', policyDocument }, NOON);
    await expect(create(SCP, sized(10_241))).rejects.toMatchObject({ code: 'LimitExceeded' });
    await expect(create(SCP, sized(10_240))).rejects.toThrow('the directory was asked');
    const rcp = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: '*' }],
    });
    await expect(create(RCP, rcp.padEnd(5_121))).rejects.toMatchObject({ code: 'LimitExceeded' });
    await expect(create(RCP, rcp.padEnd(5_120))).rejects.toThrow('the directory was asked');
    await expect(create(RCP, NO_S3)).rejects.toMatchObject({ code: 'MalformedPolicyDocumentException' });
  });
});
