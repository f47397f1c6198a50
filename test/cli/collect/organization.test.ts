import { describe, expect, test } from 'vitest';
import { CollectedWorld, type World } from '../../support/aws-world.ts';

const MANAGEMENT = '111111111111';
const MEMBER = '222222222222';
const CLOSED = '333333333333';

const account = (Id: string, Status: string) => ({
  Id,
  Arn: `arn:aws:organizations::${MANAGEMENT}:account/o-1/${Id}`,
  Status,
});

/** A management account, a member two units below the root, and an account that is suspended. */
const WORLD: World = {
  profiles: { default: MANAGEMENT, delegated: MEMBER },
  roles: { [MEMBER]: 1_000_000 },
  answers: {
    'organizations describe-organization': { Organization: { Id: 'o-1', MasterAccountId: MANAGEMENT } },
    'organizations list-roots': { Roots: [{ Id: 'r-1' }] },
    'organizations list-organizational-units-for-parent --parent-id r-1': { OrganizationalUnits: [{ Id: 'ou-1' }] },
    'organizations list-organizational-units-for-parent --parent-id ou-1': { OrganizationalUnits: [{ Id: 'ou-2' }] },
    'organizations list-accounts': {
      Accounts: [account(MANAGEMENT, 'ACTIVE'), account(MEMBER, 'ACTIVE'), account(CLOSED, 'SUSPENDED')],
    },
    'organizations list-policies --filter SERVICE_CONTROL_POLICY': {
      Policies: [{ Id: 'p-FullAWSAccess' }, { Id: 'p-1' }],
    },
    'organizations list-delegated-administrators': { DelegatedAdministrators: [{ Id: MEMBER }] },
    'organizations describe-effective-policy': { $error: 'EffectivePolicyNotFoundException' },
    's3control get-public-access-block': { $error: 'NoSuchPublicAccessBlockConfiguration' },
    'glue get-resource-policy': { $error: 'EntityNotFoundException' },
  },
};

const ORGANIZATION = ['--organization', '--role-name', 'team/Reader', '--regions', 'eu-west-1'];
const SECRET = /secret-of-|token-of-|ASIA\d/;

describe('an organization', () => {
  test('is asked exactly these questions, and its answers are kept under the management account', async () => {
    const world = await CollectedWorld.of(WORLD);
    const { failure } = await world.collect(ORGANIZATION);
    expect(failure).toBeNull();
    const asked = (await world.questions()).filter((text) => text.startsWith('organizations '));
    const about = (operation: string, option: string, names: readonly string[]) =>
      names.map((name) => `organizations ${operation} ${option} ${name}`);
    const accounts = [MANAGEMENT, MEMBER, CLOSED];
    expect(asked).toEqual(
      [
        'organizations describe-organization',
        'organizations list-roots',
        'organizations list-accounts',
        'organizations list-delegated-administrators',
        ...about('list-delegated-services-for-account', '--account-id', [MEMBER]),
        ...about('list-organizational-units-for-parent', '--parent-id', ['r-1', 'ou-1', 'ou-2']),
        ...about('list-accounts-for-parent', '--parent-id', ['r-1', 'ou-1', 'ou-2']),
        ...about('list-policies', '--filter', ['SERVICE_CONTROL_POLICY', 'RESOURCE_CONTROL_POLICY']),
        ...about('describe-policy', '--policy-id', ['p-FullAWSAccess', 'p-1']),
        ...about('list-targets-for-policy', '--policy-id', ['p-FullAWSAccess', 'p-1']),
        ...about('list-tags-for-resource', '--resource-id', [...accounts, 'r-1', 'ou-1', 'ou-2', 'p-1']),
        ...about('describe-effective-policy', '--target-id', accounts).map((text) => `${text} --policy-type S3_POLICY`),
      ]
        .map((text) => `${text} --region us-east-1`)
        .sort(),
    );
    const files = (await world.files()).filter((file) => file.includes('organizations/'));
    expect(files).toHaveLength(asked.length);
    for (const file of files) expect(file.startsWith(`${MANAGEMENT}/organizations/`)).toBe(true);
    expect(files).toContain(`${MANAGEMENT}/organizations/list-organizational-units-for-parent@ou-1.json`);
  });

  test('its accounts are asked with the role, the caller’s own without it, and one that is not active is named', async () => {
    const world = await CollectedWorld.of(WORLD);
    const { out, error } = await world.collect(ORGANIZATION);
    const calls = await world.calls();
    const assumed = calls.filter(({ argv }) => argv[1] === 'assume-role');
    expect(assumed.map(({ argv }) => argv.slice(0, 6))).toEqual([
      [
        'sts',
        'assume-role',
        '--role-arn',
        `arn:aws:iam::${MEMBER}:role/team/Reader`,
        '--role-session-name',
        'rolegate-collect',
      ],
    ]);
    // One role session, and nothing with it but questions to its account.
    expect(new Set(calls.filter(({ key }) => key !== null).map(({ account: asked }) => asked))).toEqual(
      new Set([MEMBER]),
    );
    expect(await world.json(`${MEMBER}/sts/get-caller-identity.json`)).toMatchObject({ Account: MEMBER });
    expect(await world.files()).toContain(`${MANAGEMENT}/iam/get-account-authorization-details.json`);
    expect(out).toMatch(/ of 2 accounts in /);
    expect(error).toBe(`left out: ${CLOSED} the whole account: AccountNotActive: the account is not active\n`);
  });

  test('a delegated administrator’s answers are kept under the management account, too', async () => {
    const world = await CollectedWorld.of({ ...WORLD, roles: { [MANAGEMENT]: 1_000_000 } });
    const { failure } = await world.collect([...ORGANIZATION, '--profile', 'delegated']);
    expect(failure).toBeNull();
    const files = await world.files();
    expect(files).toContain(`${MANAGEMENT}/organizations/list-accounts.json`);
    expect(files).toContain(`${MANAGEMENT}/organizations/describe-organization.json`);
    expect(files).not.toContain(`${MEMBER}/organizations/list-accounts.json`);
    // The settings of the profile still count, its credentials do not.
    const ofRole = (await world.calls()).filter(({ key }) => key !== null);
    expect(ofRole.every(({ account: asked, argv }) => asked === MANAGEMENT && !argv.includes('--profile'))).toBe(true);
  });

  test('without a role, the caller’s account is asked alone, and nothing is assumed', async () => {
    const world = await CollectedWorld.of(WORLD);
    const { out } = await world.collect(['--organization', '--regions', 'eu-west-1']);
    expect(out).toMatch(/ of 1 account in /);
    expect((await world.questions()).filter((text) => text.includes('assume-role'))).toEqual([]);
  });

  test('a second run asks who it is and for the organization, and assumes nothing', async () => {
    const world = await CollectedWorld.of(WORLD);
    await world.collect(ORGANIZATION);
    await world.become(WORLD);
    await world.collect(ORGANIZATION);
    expect(await world.questions()).toEqual([
      'organizations describe-organization --region us-east-1',
      'sts get-caller-identity',
    ]);
  });

  test('an account whose role may not be assumed is left out, and the others go on', async () => {
    const world = await CollectedWorld.of({ ...WORLD, roles: {} });
    const { failure, error, out } = await world.collect(ORGANIZATION);
    expect(failure).toBeNull();
    expect(error).toContain(
      `left out: ${MEMBER} the whole account: AccessDenied: aws: [ERROR]: An error occurred (AccessDenied) when calling the AssumeRole operation: `,
    );
    expect(out).toMatch(/ of 1 account in /);
    expect(await world.json('_collect.json')).toMatchObject({
      leftOut: expect.arrayContaining([
        expect.objectContaining({ account: MEMBER, operation: null, code: 'AccessDenied' }),
      ]),
    });
  });

  test('who may not ask about it, or is in none, is told so', async () => {
    const world = await CollectedWorld.of({
      ...WORLD,
      answers: { 'organizations describe-organization': { $error: 'AccessDeniedException' } },
    });
    expect((await world.collect(ORGANIZATION)).failure).toMatch(
      /^account 111111111111 may not ask about its organization \(.*\(AccessDeniedException\).*\)$/,
    );
    await world.become({
      ...WORLD,
      answers: { 'organizations describe-organization': { $error: 'AWSOrganizationsNotInUseException' } },
    });
    expect((await world.collect(ORGANIZATION)).failure).toBe(
      'account 111111111111 is in no organization: leave --organization out',
    );
    await world.become({
      ...WORLD,
      answers: { ...WORLD.answers, 'organizations list-accounts': { $error: 'AccessDeniedException' } },
    });
    expect((await world.collect(ORGANIZATION)).failure).toMatch(
      /^the accounts of the organization may not be listed \(/,
    );
  });
});

describe('the credentials of a role', () => {
  test('are renewed when AWS says that they have expired, once for all commands that run', async () => {
    const world = await CollectedWorld.of({ ...WORLD, roles: { [MEMBER]: 10 } });
    const { failure, error } = await world.collect(ORGANIZATION);
    expect(failure).toBeNull();
    expect(error.split('\n')).toHaveLength(2);
    const calls = await world.calls();
    const assumed = calls.filter(({ argv }) => argv[1] === 'assume-role').length;
    const ofMember = (await world.files()).filter((file) => file.startsWith(MEMBER)).length;
    expect(assumed).toBe(Math.ceil(ofMember / 10));
  });

  test('are in no file, no output and no argument, even where the command prints them', async () => {
    const world = await CollectedWorld.of({
      ...WORLD,
      answers: { ...WORLD.answers, 'kms list-keys': { $stderr: 'aws: [ERROR]: bad credentials $SECRETS' } },
    });
    const { out, error } = await world.collect(ORGANIZATION, { processes: true });
    expect(error).toContain(
      `${MEMBER} kms list-keys in eu-west-1: CommandFailed: aws: [ERROR]: bad credentials *** *** ***\n`,
    );
    expect(out + error).not.toMatch(SECRET);
    for (const file of await world.files()) expect([file, SECRET.test(await world.text(file))]).toEqual([file, false]);
    const calls = await world.calls();
    expect(calls.some(({ key }) => key !== null)).toBe(true);
    for (const { argv } of calls) expect(argv.join(' ')).not.toMatch(SECRET);
  });

  test('that do not count are found out before anything is kept under the account', async () => {
    const world = await CollectedWorld.of(WORLD);
    const { failure } = await world.collect(ORGANIZATION, { ignoresEnvironment: true });
    expect(failure).toBe(
      `the \`aws\` command does not use the credentials of the role in account ${MEMBER}: it asks account ${MANAGEMENT}`,
    );
    expect((await world.files()).filter((file) => file.startsWith(MEMBER))).toEqual([]);
  });
});
