/** Ways to more permissions: the textbook's, in an account made for them, and what must not be taken for one. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createAccess } from '../../src/access/access.ts';
import { METHODS } from '../../src/access/escalation/methods.ts';
import type { EscalationOptions, EscalationPaths } from '../../src/access/escalation/paths.ts';
import { openCatalog } from '../../src/catalog/catalog.ts';
import type { DirectoryDocument } from '../../src/directory/document.ts';
import { parseAccountAuthorizationDetails } from '../../src/importing/account-authorization-details.ts';
import type { JsonObject } from '../../src/policy/json.ts';
import { MemoryDirectory } from '../support/memory-directory.ts';
import { A, allow, anOrganization, aRole, aUser, deny, policy, roleArn, trusts, userArn } from '../support/policies.ts';
import { NOON } from '../support/questions.ts';

const catalog = await openCatalog();
const ALL: EscalationOptions = { principal: null, accountIds: null, maxDepth: 3, context: new Map(), scope: null };

function search(document: DirectoryDocument, options: Partial<EscalationOptions> = {}) {
  const access = createAccess(new MemoryDirectory(document, catalog), catalog);
  return access.escalationPaths({ ...ALL, ...options }, NOON);
}

function shown({ paths }: EscalationPaths): readonly string[] {
  return paths.map(({ principal, steps, isAdministrator }) => {
    const name = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1);
    const way = steps.map(({ method, to }) => `${method.id} ${name(to)}`).join(', ');
    return `${name(principal)}: ${way}${isAdministrator ? ' ADMIN' : ''}`;
  });
}

const admin = allow('*');
const toService = (service: string) => [trusts({ Service: service })];

describe('methods.json', () => {
  it('names actions and resource types of the catalogue, and where each method is described', () => {
    const all = [...METHODS.iam, ...METHODS.services];
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    for (const { source, title } of all)
      expect([source, title]).toEqual([expect.stringMatching(/^https:\/\//), expect.anything()]);
    for (const { action, on } of METHODS.iam)
      expect([action, ...(catalog.action(action)?.resourceTypes.map(({ type }) => type.name) ?? [])]).toContain(on);
    for (const { calls } of METHODS.services)
      for (const { action, types } of calls) {
        const known = catalog.action(action);
        expect([action, known?.wildcardOnly]).toEqual([action, types.length === 0]);
        expect(known?.resourceTypes.map(({ type }) => type.name)).toEqual(expect.arrayContaining([...types]));
      }
  });
});

// https://github.com/salesforce/cloudsplaining: its users and roles are named after what they can do.
describe('a laboratory of escalations', async () => {
  const text = readFileSync(
    new URL('../data/account-authorization-details/cloudsplaining-large.json', import.meta.url),
    'utf8',
  );
  const { document } = parseAccountAuthorizationDetails(text);
  const access = createAccess(new MemoryDirectory(document, catalog), catalog);
  const found = await access.escalationPaths({ ...ALL, maxDepth: 1 }, NOON);
  /** How its ways begin. */
  const methodsOf = (name: RegExp): ReadonlySet<string> =>
    new Set(
      found.paths.filter(({ principal }) => name.test(principal)).flatMap(({ steps }) => steps[0]?.method.id ?? []),
    );

  // Some ways are open to users alone, some to roles alone: a role is in no group, and a user without a role gains nothing by its policies.
  it.each([
    ['1-', ['create-policy-version'], 'both'],
    ['2-', ['set-default-policy-version'], 'both'],
    ['3-', ['ec2-run-instances', 'ec2-associate-profile'], 'both'],
    ['4-', ['create-access-key'], 'both'],
    ['5-', ['create-login-profile'], 'both'],
    ['6-', ['update-login-profile'], 'both'],
    ['7-', ['attach-user-policy'], 'user'],
    ['8-', ['attach-group-policy'], 'user'],
    ['9-', ['attach-role-policy'], 'role'],
    ['10-', ['put-user-policy'], 'user'],
    ['11-', ['put-group-policy'], 'user'],
    ['12-', ['put-role-policy'], 'role'],
    ['13-', ['add-user-to-group'], 'user'],
    ['14-', ['update-assume-role-policy'], 'both'],
    ['15-', ['lambda-create-invoke'], 'both'],
    ['16-', ['lambda-create-event-source'], 'both'],
    ['17-', ['lambda-update-code'], 'both'],
    ['18-', ['glue-create-dev-endpoint'], 'both'],
    ['19-', ['glue-update-dev-endpoint'], 'both'],
    ['20-', ['cloudformation-create'], 'both'],
    ['21-', ['datapipeline-create'], 'both'],
  ] as const)('finds privesc%s by %s, and no other way', (number, methods, who) => {
    const of = (kind: string): readonly string[] => [...methodsOf(new RegExp(`:${kind}/privesc${number}`))].sort();
    const expected = [...methods].sort();
    expect(of('user')).toEqual(who === 'role' ? [] : expected);
    expect(of('role')).toEqual(who === 'user' ? [] : expected);
  });

  it.each([
    ['-AssumeRole-intermediate-role', ['assume-role']],
    ['-AssumeRole-start-user', []],
    ['-permissive-role-trust', []],
    ['-CloudFormationUpdateStack-user', ['cloudformation-update']],
    [
      '-codeBuildCreateProjectPassRole-user',
      ['codebuild-create', 'codebuild-create-batch', 'codebuild-start', 'codebuild-start-batch'],
    ],
    ['-ec2InstanceConnect-user', ['ec2-instance-connect', 'ec2-serial-console']],
    ['-sageMakerCreateNotebookPassRole-user', ['sagemaker-notebook', 'sagemaker-presigned-url']],
    ['-sageMakerCreatePresignedNotebookURL-user', ['sagemaker-presigned-url']],
    ['-sageMakerCreateProcessingJobPassRole-user', ['sagemaker-processing-job']],
    ['-sageMakerCreateTrainingJobPassRole-user', ['sagemaker-training-job']],
    ['-ssmSendCommand-user', ['ssm-send-command']],
    ['-ssmStartSession-user', ['ssm-start-session']],
  ])('of privesc%s finds %j', (name, methods) => {
    expect([...methodsOf(new RegExp(`/privesc${name}$`))].sort()).toEqual(methods);
  });

  it('finds what is two roles away', async () => {
    const principal = 'arn:aws:iam::200611803367:role/privesc-AssumeRole-starting-role';
    const two = await access.escalationPaths({ ...ALL, principal }, NOON);
    expect(shown(two)).toEqual([
      'privesc-AssumeRole-starting-role: assume-role privesc-AssumeRole-intermediate-role, assume-role privesc-AssumeRole-ending-role ADMIN',
    ]);
  });

  it('is taken in neither by what only looks like one, nor by what hides', () => {
    // An explicit Deny; a policy of AWS's own; a token from before 2020.
    for (const name of ['fp1', 'fp2', 'fp3', 'fp4', 'fp5']) expect([...methodsOf(new RegExp(`/${name}-`))]).toEqual([]);
    expect([...methodsOf(/user\/fn1-/)]).toEqual(['ec2-run-instances']);
    expect([...methodsOf(/user\/fn2-/)]).toEqual(['create-policy-version']);
    expect(methodsOf(/user\/fn4-/)).toContain('put-user-policy');
    expect(methodsOf(/role\/fn4-/)).toContain('put-role-policy');
    // A session has a token. A user's key has none; temporary credentials that may call IAM need MFA.
    expect([...methodsOf(/role\/fn3-/)]).toEqual(['create-policy-version']);
    expect([...methodsOf(/user\/fn3-/)]).toEqual([]);
  });

  it('proves each step by decisions that allow, which the ordinary question gives again', async () => {
    const answers = found.paths.flatMap(({ steps }) => steps.flatMap((step) => step.answers));
    const again = await access.decide(
      answers.slice(0, 9000).map(({ question }) => question),
      NOON,
    );
    expect(answers.length).toBeGreaterThan(1000);
    expect(again.every(({ decision }) => decision.allowed)).toBe(true);
  });

  it('lists shorter ways first, and none of those who may do everything anyway', () => {
    const lengths = found.paths.map(({ steps }) => steps.length);
    expect(lengths).toEqual(lengths.toSorted((a, b) => a - b));
    expect(found.administrators.map((arn) => arn.slice(arn.lastIndexOf('/') + 1)).sort()).toEqual([
      'AWS-QuickSetup-StackSet-Local-ExecutionRole',
      'AWSReservedSSO_AdministratorAccess_dc6414f7f2ab04fc',
      'OrganizationAccountAccessRole',
      'obama',
      'privesc-AssumeRole-ending-role',
      'privesc-high-priv-service-role',
      'stacksets-exec-b5520cb2730c2f54b523d6375a319abb',
      'userwithlotsofpermissions',
    ]);
    const admins = new Set(found.administrators);
    expect(found.paths.filter(({ principal }) => admins.has(principal))).toEqual([]);
  });

  it('shows what is gained: allowed at the end, denied at the beginning', () => {
    const gains = found.paths.flatMap(({ gain }) => gain ?? []);
    expect(gains.length).toBeGreaterThan(500);
    const unknown = found.paths.filter(({ gain }) => gain === null);
    expect(unknown.every(({ steps }) => steps.some(({ method }) => method.id === 'set-default-policy-version'))).toBe(
      true,
    );
    for (const { gained, before } of gains) {
      expect([gained.decision.allowed, before.decision.allowed]).toEqual([true, false]);
      expect([gained.question.action, gained.question.resource]).toEqual([
        before.question.action,
        before.question.resource,
      ]);
    }
  });
});

describe('passing a role', () => {
  const calls = ['lambda:CreateFunction', 'lambda:InvokeFunction'];
  const passing = (condition: Record<string, Record<string, string>>) => ({
    ...allow('iam:PassRole'),
    Condition: condition,
  });
  const world = (pass: ReturnType<typeof passing>, trusted: string): DirectoryDocument => ({
    users: [aUser('u', [allow(calls, `arn:aws:lambda:eu-west-3:${A}:function:dev-*`), pass])],
    roles: [aRole('r', toService(trusted), [allow('s3:*')])],
  });

  it('needs the service in the trust policy, and in a condition on the service', async () => {
    const to = (service: string) => passing({ StringEquals: { 'iam:PassedToService': service } });
    const found = await search(world(to('lambda.amazonaws.com'), 'lambda.amazonaws.com'));
    expect(shown(found)).toEqual(['u: lambda-create-invoke r']);
    expect(found.paths[0]?.steps[0]?.answers.map(({ question }) => [question.action, question.resource])).toEqual([
      ['iam:PassRole', roleArn('r')],
      ['lambda:CreateFunction', `arn:aws:lambda:eu-west-3:${A}:function:dev-x`],
      ['lambda:InvokeFunction', `arn:aws:lambda:eu-west-3:${A}:function:dev-x`],
      ['sts:AssumeRole', roleArn('r')],
    ]);
    expect(shown(await search(world(to('ec2.amazonaws.com'), 'lambda.amazonaws.com')))).toEqual([]);
    expect(shown(await search(world(to('lambda.amazonaws.com'), 'ec2.amazonaws.com')))).toEqual([]);
  });
});

describe('steps one after the other', () => {
  it('go on from what is reached, without cycles, as far as an administrator', async () => {
    const document: DirectoryDocument = {
      users: [aUser('u'), aUser('v', [allow('iam:PutUserPolicy', userArn('v'))])],
      roles: [
        aRole('one', [trusts({ AWS: userArn('u') })], [allow('iam:CreateAccessKey', userArn('v'))]),
        aRole('two', [trusts({ AWS: roleArn('one') })], [allow('sts:AssumeRole')]),
        aRole('back', [trusts({ AWS: [roleArn('two'), roleArn('back')] })], [allow('s3:GetObject')]),
      ],
    };
    const way = (found: EscalationPaths): readonly string[] => shown(found).filter((text) => text.startsWith('u:'));
    expect(way(await search(document))).toEqual(
      [
        'u: assume-role one',
        'u: assume-role one, create-access-key v',
        'u: assume-role one, create-access-key v, put-user-policy v ADMIN',
        'u: assume-role one, assume-role two, assume-role back',
      ].sort((a, b) => a.split(',').length - b.split(',').length),
    );
    expect(way(await search(document, { maxDepth: 1 }))).toEqual(['u: assume-role one']);
  });

  it('first make a role more, and then assume it', async () => {
    const found = await search({
      users: [aUser('u', [allow('iam:AttachRolePolicy')])],
      roles: [aRole('r', [trusts({ AWS: userArn('u') })])],
    });
    expect(shown(found)).toEqual(['u: attach-role-policy r, assume-role r ADMIN']);
  });

  it('are held by a boundary, until it is lifted', async () => {
    const boundary = `arn:aws:iam::${A}:policy/b`;
    const world = (...own: readonly JsonObject[]): DirectoryDocument => ({
      policies: [
        {
          arn: boundary,
          defaultVersionId: 'v1',
          versions: [{ versionId: 'v1', document: policy(allow(['iam:*', 's3:*'])) }],
        },
      ],
      users: [aUser('u', [...own], { permissionsBoundary: boundary })],
    });
    const only = await search(world(allow('iam:PutUserPolicy', userArn('u'))));
    expect(shown(only)).toEqual([
      'u: put-user-policy u',
      'u: put-user-policy u, create-policy-version u ADMIN',
      'u: put-user-policy u, delete-user-boundary u ADMIN',
      'u: put-user-policy u, put-user-boundary u ADMIN',
      'u: put-user-policy u, set-default-policy-version u',
    ]);
    expect(
      shown(
        await search(
          world(
            allow('*'),
            deny(['iam:Put*', 'iam:Attach*', 'iam:Create*', 'iam:Set*', 'iam:Add*', 'iam:UpdateAssumeRolePolicy']),
          ),
        ),
      ),
    ).toEqual(['u: delete-user-boundary u']);
  });

  it('are held by Denies, until the policies with them are taken away', async () => {
    const arn = (name: string) => `arn:aws:iam::${A}:policy/${name}`;
    const managed = (name: string) => ({
      arn: arn(name),
      defaultVersionId: 'v1',
      versions: [{ versionId: 'v1', document: policy(deny('s3:*', '*')) }],
    });
    const group = (name: string, inlinePolicies: readonly object[]) => ({
      arn: `arn:aws:iam::${A}:group/${name}`,
      inlinePolicies: inlinePolicies.map((one) => ({ name: 'held', document: policy(one as JsonObject) })),
    });
    const may = (...actions: string[]) => [allow('s3:GetObject'), ...actions.map((one) => allow(one))];
    const found = await search({
      policies: [managed('no'), managed('twice')],
      groups: [group('limits', [deny('s3:*', '*')]), { ...group('more', []), attachedPolicies: [arn('twice')] }],
      users: [
        aUser('attached', may('iam:DetachUserPolicy'), { attachedPolicies: [arn('no')] }),
        aUser('inline', [...may('iam:DeleteUserPolicy')], {
          inlinePolicies: [
            { name: 'own', document: policy(...may('iam:DeleteUserPolicy')) },
            { name: 'no', document: policy(deny('s3:*', '*')) },
          ],
        }),
        aUser('member', may('iam:RemoveUserFromGroup'), { groups: [group('limits', []).arn] }),
        aUser('deleter', may('iam:DeleteGroupPolicy'), { groups: [group('limits', []).arn] }),
        aUser(
          'other',
          [
            allow('s3:GetObject'),
            { ...allow('iam:DetachUserPolicy'), Condition: { ArnEquals: { 'iam:PolicyARN': arn('else') } } },
          ],
          {
            attachedPolicies: [arn('no')],
          },
        ),
        aUser('both', may('iam:DetachUserPolicy'), {
          attachedPolicies: [arn('twice')],
          groups: [group('more', []).arn],
        }),
      ],
    });
    expect(shown(found)).toEqual([
      'attached: detach-user-policy attached',
      'deleter: delete-group-policy deleter',
      'inline: delete-user-policy inline',
      'member: remove-user-from-group member',
    ]);
    expect(found.paths[0]?.gain?.before.decision.effect).toBe('EXPLICIT_DENY');
    expect(found.paths.every(({ gain }) => gain?.gained.decision.allowed === true)).toBe(true);
  });

  it('go on from what somebody makes of itself: Denies that are taken away one after the other', async () => {
    const arn = (name: string) => `arn:aws:iam::${A}:policy/${name}`;
    const managed = (name: string, ...statements: readonly JsonObject[]) => ({
      arn: arn(name),
      defaultVersionId: 'v1',
      versions: [{ versionId: 'v1', document: policy(...statements) }],
    });
    const of = (name: string): JsonObject => ({
      ...allow('iam:DetachUserPolicy'),
      Condition: { ArnEquals: { 'iam:PolicyARN': arn(name) } },
    });
    const found = await search({
      policies: [
        managed('no', deny('s3:*')),
        managed('neither', deny('s3:*')),
        managed('all', deny(['s3:*', 'iam:DetachUserPolicy'])),
        managed('door', deny('sts:AssumeRole')),
      ],
      users: [
        // The first gives nothing by itself.
        aUser('two', [allow('s3:GetObject'), of('no'), of('neither')], {
          attachedPolicies: [arn('no'), arn('neither')],
        }),
        aUser('one', [allow('s3:GetObject'), of('no')], { attachedPolicies: [arn('no'), arn('neither')] }),
        // A Deny keeps the other one there.
        aUser('kept', [allow('s3:GetObject'), of('no'), of('all')], { attachedPolicies: [arn('no'), arn('all')] }),
        aUser('admin', [admin], { attachedPolicies: [arn('no'), arn('door')] }),
        // Without the Deny it becomes somebody else.
        aUser('out', [allow('sts:AssumeRole'), of('door')], { attachedPolicies: [arn('door')] }),
      ],
      roles: [aRole('r', [trusts({ AWS: userArn('out') })], [allow('sqs:SendMessage')])],
    });
    const ways = shown(found);
    expect(ways.filter((text) => /^(two|one|kept|out):/.test(text))).toEqual([
      'out: detach-user-policy out, assume-role r',
      'two: detach-user-policy two, detach-user-policy two',
    ]);
    // Roles are assumed by those whom they trust: what keeps it from assuming takes nothing else.
    expect(ways).toContain('admin: detach-user-policy admin ADMIN');
    for (const { steps, gain } of found.paths) {
      expect(gain?.gained.decision.allowed ?? true).toBe(true);
      for (const { answers } of steps) expect(answers.every(({ decision }) => decision.allowed)).toBe(true);
    }
  });

  describe('that change the groups of somebody', () => {
    const arn = `arn:aws:iam::${A}:group/g`;
    const managed = (name: string, ...statements: readonly JsonObject[]) => ({
      arn: `arn:aws:iam::${A}:policy/${name}`,
      defaultVersionId: 'v1',
      versions: [{ versionId: 'v1', document: policy(...statements) }],
    });
    const no = managed('no', deny('s3:*'));
    const groups = (...statements: readonly JsonObject[]) => [
      { arn, inlinePolicies: statements.length === 0 ? [] : [{ name: 'g', document: policy(...statements) }] },
    ];

    it('gain nothing by what is written into a group that they have left', async () => {
      const writing = ['iam:PutGroupPolicy', 'iam:AttachGroupPolicy'];
      const found = await search({
        groups: groups(deny(writing, arn)),
        users: [aUser('u', [allow([...writing, 'iam:RemoveUserFromGroup'], arn)], { groups: [arn] })],
      });
      expect(shown(found)).toEqual(['u: remove-user-from-group u']);
      expect(found.paths[0]?.gain?.gained.question.action).toMatch(/^iam:(Put|Attach)GroupPolicy$/);
    });

    it('lose what was written into a group when they leave it', async () => {
      const calls = ['iam:PutGroupPolicy', 'iam:RemoveUserFromGroup'];
      const boundary = managed('b', allow([...calls, 's3:*', 'sqs:*']));
      const found = await search({
        policies: [boundary],
        groups: groups(deny('s3:*')),
        users: [aUser('u', [allow(calls, arn)], { groups: [arn], permissionsBoundary: boundary.arn })],
      });
      expect(shown(found)).toEqual(['u: put-group-policy u']);
    });

    it('gain by what is written into a group that they have joined', async () => {
      const found = await search({
        groups: groups(),
        users: [aUser('u', [allow(['iam:AddUserToGroup', 'iam:PutGroupPolicy'], arn)])],
      });
      expect(shown(found)).toEqual(['u: add-user-to-group u, put-group-policy u ADMIN']);
    });

    it('leave a group again that they have joined for what it allows', async () => {
      const own = [allow('s3:*'), allow(['iam:AddUserToGroup', 'iam:RemoveUserFromGroup'], arn)];
      const world = (attachedPolicies: readonly string[]): DirectoryDocument => ({
        policies: [no],
        groups: groups(allow('iam:DetachUserPolicy'), deny('s3:*')),
        users: [aUser('u', own, { attachedPolicies })],
      });
      expect(shown(await search(world([no.arn])))).toEqual([
        'u: add-user-to-group u',
        'u: add-user-to-group u, detach-user-policy u, remove-user-from-group u',
      ]);
      expect(shown(await search(world([])))).toEqual(['u: add-user-to-group u']);
    });

    it('take a Deny away that they hold twice', async () => {
      const calls = ['iam:DetachUserPolicy', 'iam:RemoveUserFromGroup'];
      const found = await search({
        policies: [no],
        groups: [{ arn, attachedPolicies: [no.arn] }],
        users: [aUser('u', [allow(['s3:*', ...calls])], { groups: [arn], attachedPolicies: [no.arn] })],
      });
      expect(shown(found)).toEqual(['u: detach-user-policy u, remove-user-from-group u']);
    });
  });

  it('are told for each policy that is taken away', async () => {
    const arn = (name: string) => `arn:aws:iam::${A}:policy/${name}`;
    const managed = (name: string, action: string) => ({
      arn: arn(name),
      defaultVersionId: 'v1',
      versions: [{ versionId: 'v1', document: policy(deny(action)) }],
    });
    const found = await search({
      policies: [managed('no-s3', 's3:*'), managed('no-dynamo', 'dynamodb:*')],
      users: [
        aUser('u', [allow(['s3:*', 'dynamodb:*']), allow('iam:DetachUserPolicy', userArn('u'))], {
          attachedPolicies: [arn('no-s3'), arn('no-dynamo')],
        }),
      ],
    });
    expect(shown(found)).toEqual(['u: detach-user-policy u', 'u: detach-user-policy u']);
    const told = found.paths.map(({ steps, gain }) => [
      steps[0]?.answers[0]?.question.context.get('iam:policyarn'),
      gain?.gained.question.action.split(':')[0],
    ]);
    expect(new Map(told as [string, string][])).toEqual(
      new Map([
        [arn('no-dynamo'), 'dynamodb'],
        [arn('no-s3'), 's3'],
      ]),
    );
  });

  it('are told again where the same change gives more after others, with what it gives more', async () => {
    const group = `arn:aws:iam::${A}:group/g`;
    const boundary = `arn:aws:iam::${A}:policy/b`;
    const world = (inGroup: readonly string[]): DirectoryDocument => ({
      policies: [
        {
          arn: boundary,
          defaultVersionId: 'v1',
          versions: [{ versionId: 'v1', document: policy(allow(['s3:*', 'iam:*'])) }],
        },
      ],
      groups: [
        {
          arn: group,
          inlinePolicies: [
            // The boundary goes first.
            { name: 'g', document: policy(allow(inGroup), deny('iam:DeleteUserPermissionsBoundary')) },
          ],
        },
      ],
      users: [
        aUser('u', [allow('iam:AddUserToGroup', group), allow('iam:DeleteUserPermissionsBoundary', userArn('u'))], {
          permissionsBoundary: boundary,
        }),
      ],
    });
    const more = await search(world(['s3:Get*', 'dynamodb:*']));
    expect(shown(more)).toEqual(['u: add-user-to-group u', 'u: delete-user-boundary u, add-user-to-group u']);
    expect(more.paths.map(({ gain }) => gain?.gained.question.action.split(':')[0])).toEqual(['s3', 'dynamodb']);
    expect(more.gaps).toEqual([]);
    expect(shown(await search(world(['s3:Get*'])))).toEqual(['u: add-user-to-group u']);
  });

  it('are the steps that are found one by one, when those before are made', async () => {
    const arn = (name: string) => `arn:aws:iam::${A}:policy/${name}`;
    const managed = (name: string, ...statements: readonly JsonObject[]) => ({
      arn: arn(name),
      defaultVersionId: 'v1',
      versions: [{ versionId: 'v1', document: policy(...statements) }],
    });
    const policies = [
      managed('b', allow(['iam:DetachRolePolicy', 'iam:DeleteRolePermissionsBoundary'])),
      managed('no', deny(['s3:*', 'iam:DeleteRolePermissionsBoundary'])),
    ];
    const own = [allow(['s3:GetObject', 'iam:DetachRolePolicy', 'iam:DeleteRolePermissionsBoundary'], '*')];
    const world = (attachedPolicies: readonly string[], permissionsBoundary: string | null): DirectoryDocument => ({
      policies,
      roles: [aRole('r', toService('ec2.amazonaws.com'), own, { attachedPolicies, permissionsBoundary })],
    });
    // The boundary goes last: a Deny keeps it.
    expect(shown(await search(world([arn('no')], arn('b'))))).toContain(
      'r: detach-role-policy r, delete-role-boundary r',
    );
    expect(shown(await search(world([], arn('b'))))).toEqual(['r: delete-role-boundary r']);
    expect(shown(await search(world([arn('no')], null)))).toEqual(['r: detach-role-policy r']);
    expect(shown(await search(world([], null)))).toEqual([]);
  });

  it('lift a boundary by a new version of it', async () => {
    const boundary = `arn:aws:iam::${A}:policy/b`;
    const versions = [{ versionId: 'v1', document: policy(allow(['s3:*', 'iam:CreatePolicyVersion'])) }];
    const users = [aUser('u', [admin], { permissionsBoundary: boundary })];
    const found = await search({ policies: [{ arn: boundary, defaultVersionId: 'v1', versions }], users });
    expect(shown(found)).toEqual(['u: create-policy-version u ADMIN']);
    expect(found.paths[0]?.steps[0]?.target).toBe(boundary);
  });

  it('are not possible where nobody lets the role be assumed after its trust policy has changed', async () => {
    const world = (...own: readonly JsonObject[]): DirectoryDocument => ({
      users: [aUser('u', [allow('iam:UpdateAssumeRolePolicy'), ...own])],
      roles: [aRole('r', toService('ec2.amazonaws.com'), [admin])],
    });
    expect(shown(await search(world()))).toEqual(['u: update-assume-role-policy r ADMIN']);
    expect(shown(await search(world(deny('sts:AssumeRole'))))).toEqual([]);
  });
});

describe('an administrator but for a Deny', () => {
  const SECRET = 'arn:aws:s3:::secret*';
  const roles = [aRole('r', [trusts({ AWS: userArn('u') })], [allow('s3:*')])];
  const worldOf = (...denies: readonly JsonObject[]): DirectoryDocument => ({
    users: [aUser('u', [admin, ...denies])],
    roles,
  });
  const told = async (document: DirectoryDocument): Promise<unknown> => {
    const found = await search(document, { maxDepth: 1 });
    return [shown(found).filter((text) => text.includes('assume-role ')), found.administrators];
  };

  it.each<[string, JsonObject]>([
    ['on some resources', deny('s3:*', SECRET)],
    ['on all but some', { Effect: 'Deny', Action: 's3:*', NotResource: 'arn:aws:s3:::open*' }],
  ])('%s has a way to what it lacks', async (_name, statement) => {
    expect(await told(worldOf(statement))).toEqual([['u: assume-role r'], []]);
  });

  it('by its boundary has one, too', async () => {
    const boundary = `arn:aws:iam::${A}:policy/b`;
    const versions = [{ versionId: 'v1', document: policy(admin, deny('s3:*', SECRET)) }];
    const users = [aUser('u', [admin], { permissionsBoundary: boundary })];
    const policies = [{ arn: boundary, defaultVersionId: 'v1', versions }];
    expect(await told({ policies, users, roles })).toEqual([['u: assume-role r'], []]);
  });

  it('by a condition is none, and without a Deny has no ways', async () => {
    const sometimes = { ...deny('s3:*'), Condition: { StringEquals: { 'aws:SourceVpc': 'v1' } } };
    expect(await told(worldOf(sometimes))).toEqual([[], []]);
    expect(await told(worldOf())).toEqual([[], [userArn('u')]]);
  });

  it('of a control policy has a way to one that the policy excepts', async () => {
    const { organizations, accounts } = anOrganization('999999999999', A);
    const full = { name: 'Full', type: 'SERVICE_CONTROL_POLICY' as const, document: policy(admin) };
    const except = { ArnNotEquals: { 'aws:PrincipalArn': roleArn('r') } };
    const limit = { ...full, document: policy({ ...deny('s3:*', SECRET), Condition: except }) };
    const controlPolicies = [
      { ...full, id: 'p-full', arn: 'arn:aws:organizations::aws:policy/p-full', targets: ['r-abcd', A] },
      { ...limit, id: 'p-limit', arn: 'arn:aws:organizations::9:policy/p-limit', targets: [A] },
    ];
    const governed = organizations.map((one) => ({ ...one, scpEnabled: true, controlPolicies }));
    expect(await told({ ...worldOf(), accounts, organizations: governed })).toEqual([
      ['u: assume-role r'],
      [userArn('u')],
    ]);
  });
});

describe('a caller that may not ask about everybody', () => {
  const document: DirectoryDocument = {
    users: [aUser('u', [allow('iam:CreateAccessKey')]), aUser('v', [admin]), aUser('w', [allow('s3:*')])],
  };
  const seen = async (names: readonly string[]): Promise<EscalationPaths> => {
    const access = createAccess(new MemoryDirectory(document, catalog), catalog);
    const scope = {
      accounts: [A],
      principals: async (refs: readonly object[]) => refs.map((ref) => 'arn' in ref && names.includes(String(ref.arn))),
      policies: async (policies: readonly object[]) => policies.map(() => false),
      groups: async (arns: readonly string[]) => arns.map(() => false),
    };
    return access.escalationPaths({ ...ALL, principal: userArn('u'), scope }, NOON);
  };

  it('is told of no others, but that there may be more', async () => {
    const all = await seen([userArn('u'), userArn('v'), userArn('w')]);
    expect([shown(all), all.administrators, all.withheld]).toEqual([
      ['u: create-access-key v ADMIN', 'u: create-access-key w'],
      [userArn('v')],
      false,
    ]);
    const some = await seen([userArn('u'), userArn('w')]);
    expect([shown(some), some.administrators, some.withheld]).toEqual([['u: create-access-key w'], [], true]);
  });
});
