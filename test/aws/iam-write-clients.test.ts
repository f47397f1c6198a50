import {
  AddRoleToInstanceProfileCommand,
  AddUserToGroupCommand,
  AttachGroupPolicyCommand,
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreateAccountAliasCommand,
  CreateGroupCommand,
  CreateInstanceProfileCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  CreateSAMLProviderCommand,
  CreateUserCommand,
  CreateVirtualMFADeviceCommand,
  DeleteAccessKeyCommand,
  DeleteAccountAliasCommand,
  DeleteGroupCommand,
  DeleteGroupPolicyCommand,
  DeleteInstanceProfileCommand,
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  DeleteRoleCommand,
  DeleteUserCommand,
  DetachGroupPolicyCommand,
  EnableMFADeviceCommand,
  GetPolicyCommand,
  GetRoleCommand,
  GetUserCommand,
  IAMClient,
  IAMServiceException,
  ListAccountAliasesCommand,
  ListInstanceProfileTagsCommand,
  ListPolicyTagsCommand,
  PutGroupPolicyCommand,
  PutRolePolicyCommand,
  paginateSimulateCustomPolicy,
  RemoveRoleFromInstanceProfileCommand,
  SetDefaultPolicyVersionCommand,
  SimulateCustomPolicyCommand,
  SimulatePrincipalPolicyCommand,
  TagInstanceProfileCommand,
  TagPolicyCommand,
  TagRoleCommand,
  TagUserCommand,
  UntagInstanceProfileCommand,
  UntagPolicyCommand,
  UntagRoleCommand,
  UntagUserCommand,
  UpdateGroupCommand,
  UpdateRoleCommand,
  UpdateRoleDescriptionCommand,
  UpdateUserCommand,
} from '@aws-sdk/client-iam';
import { beforeAll, describe, expect, test } from 'vitest';
import { startedGateway } from '../support/gateway.ts';

const ACCOUNT = '111111111111';
const KEY = 'AKIAWRITESTESTAAAAAA';
const ADMIN = `arn:aws:iam::${ACCOUNT}:user/writes-admin`;
const DOCUMENT = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }],
});

describe('the SDK for JavaScript', () => {
  const started = startedGateway();
  let client: IAMClient;

  beforeAll(async () => {
    const document = JSON.stringify({
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action: ['iam:*', 's3:PutObject'], Resource: '*' },
    });
    await started.gateway.services.directory.apply({
      users: [
        { arn: ADMIN, inlinePolicies: [{ name: 'May', document }] },
        { arn: `arn:aws:iam::${ACCOUNT}:user/team/temporary` },
      ],
      accessKeys: [{ id: KEY, user: ADMIN }],
    });
    client = new IAMClient({
      endpoint: `${started.url}/aws`,
      region: 'us-east-1',
      maxAttempts: 1,
      credentials: { accessKeyId: KEY, secretAccessKey: started.gateway.services.secrets.secretFor(KEY) },
    });
  });

  test('changes what IAM’s operations name, and nothing else', async () => {
    const UserName = 'temporary';
    const { AccessKey } = await client.send(new CreateAccessKeyCommand({ UserName }));
    expect(AccessKey).toMatchObject({ UserName, Status: 'Active', AccessKeyId: expect.stringMatching(/^AKIA/) });
    await expect(client.send(new DeleteUserCommand({ UserName }))).rejects.toMatchObject({
      name: 'DeleteConflictException',
      $metadata: { httpStatusCode: 409 },
    });
    await client.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId: AccessKey?.AccessKeyId }));
    await client.send(new DeleteUserCommand({ UserName }));
    await expect(client.send(new DeleteUserCommand({ UserName }))).rejects.toMatchObject({
      name: 'NoSuchEntityException',
      message: 'The user with name temporary cannot be found.',
      $metadata: { httpStatusCode: 404 },
    });
  });

  test('makes entities, changes and deletes them, and is shown what it has made', async () => {
    const sent: IAMClient['send'] = async (command: never) => {
      const { $metadata: _metadata, ...output } = await client.send<never, { readonly $metadata: object }>(command);
      return output as never; // as: what `send` answers, without what is said of the request
    };
    const Tags = [{ Key: 'team', Value: 'a' }];
    const Path = '/team/';
    const arn = (resource: string) => `arn:aws:iam::${ACCOUNT}:${resource}`;
    const CreateDate = expect.any(Date);
    const Made = await sent(
      new CreatePolicyCommand({ PolicyName: 'Made', Path, PolicyDocument: DOCUMENT, Description: 'Reads', Tags }),
    );
    const PolicyArn = arn('policy/team/Made');
    expect(Made.Policy).toMatchObject({
      PolicyName: 'Made',
      PolicyId: expect.stringMatching(/^ANPA/),
      Arn: PolicyArn,
      DefaultVersionId: 'v1',
      AttachmentCount: 0,
      IsAttachable: true,
      Tags,
      CreateDate,
    });
    const User = await sent(new CreateUserCommand({ UserName: 'made', Path, PermissionsBoundary: PolicyArn, Tags }));
    expect(User).toEqual({
      User: {
        Path,
        UserName: 'made',
        UserId: expect.stringMatching(/^AIDA/),
        Arn: arn('user/team/made'),
        CreateDate,
        PermissionsBoundary: { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: PolicyArn },
        Tags,
      },
    });
    await expect(sent(new CreateUserCommand({ UserName: 'MADE' }))).rejects.toMatchObject({
      name: 'EntityAlreadyExistsException',
      message: 'User with name MADE already exists.',
      $metadata: { httpStatusCode: 409 },
    });
    await sent(new UpdateUserCommand({ UserName: 'made', NewUserName: 'remade', NewPath: '/' }));
    await sent(new TagUserCommand({ UserName: 'remade', Tags: [{ Key: 'TEAM', Value: 'b' }] }));
    const read = await sent(new GetUserCommand({ UserName: 'remade' }));
    expect(read.User).toMatchObject({ UserId: User.User?.UserId, Arn: arn('user/remade'), Tags: [{ Key: 'TEAM' }] });
    await sent(new UntagUserCommand({ UserName: 'remade', TagKeys: ['team'] }));
    await expect(sent(new DeletePolicyCommand({ PolicyArn }))).rejects.toMatchObject({
      name: 'DeleteConflictException',
      message: 'Cannot delete a policy attached to entities.',
    });
    await sent(new DeleteUserCommand({ UserName: 'remade' }));

    const GroupName = 'made';
    expect(await sent(new CreateGroupCommand({ GroupName }))).toMatchObject({
      Group: { Arn: arn('group/made'), Path: '/' },
    });
    await sent(new PutGroupPolicyCommand({ GroupName, PolicyName: 'P', PolicyDocument: DOCUMENT }));
    await sent(new AttachGroupPolicyCommand({ GroupName, PolicyArn }));
    await expect(sent(new DeleteGroupCommand({ GroupName }))).rejects.toMatchObject({
      name: 'DeleteConflictException',
    });
    await sent(new DetachGroupPolicyCommand({ GroupName, PolicyArn }));
    await sent(new DeleteGroupPolicyCommand({ GroupName, PolicyName: 'P' }));
    await sent(new UpdateGroupCommand({ GroupName, NewGroupName: 'remade' }));
    await sent(new DeleteGroupCommand({ GroupName: 'remade' }));

    const version = await sent(
      new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: DOCUMENT, SetAsDefault: true }),
    );
    expect(version.PolicyVersion).toEqual({ VersionId: 'v2', IsDefaultVersion: true, CreateDate });
    await expect(sent(new DeletePolicyVersionCommand({ PolicyArn, VersionId: 'v2' }))).rejects.toMatchObject({
      name: 'DeleteConflictException',
    });
    await sent(new SetDefaultPolicyVersionCommand({ PolicyArn, VersionId: 'v1' }));
    await sent(new DeletePolicyVersionCommand({ PolicyArn, VersionId: 'v2' }));
    await sent(new TagPolicyCommand({ PolicyArn, Tags: [{ Key: 'cost', Value: '' }] }));
    await sent(new UntagPolicyCommand({ PolicyArn, TagKeys: ['team'] }));
    expect(await sent(new ListPolicyTagsCommand({ PolicyArn }))).toMatchObject({ Tags: [{ Key: 'cost', Value: '' }] });
    expect((await sent(new GetPolicyCommand({ PolicyArn }))).Policy).toMatchObject({ Description: 'Reads' });
    await sent(new DeletePolicyCommand({ PolicyArn }));

    const RoleName = 'Made';
    const trust = DOCUMENT.replace('"Resource":"*"', '"Principal":{"Service":"ec2.amazonaws.com"}').replace(
      's3:GetObject',
      'sts:AssumeRole',
    );
    const role = { RoleName, AssumeRolePolicyDocument: trust, MaxSessionDuration: 7200, Description: 'Works' };
    expect(await sent(new CreateRoleCommand(role))).toMatchObject({
      Role: { Arn: arn('role/Made'), MaxSessionDuration: 7200, AssumeRolePolicyDocument: encodeURIComponent(trust) },
    });
    const described = await sent(new UpdateRoleDescriptionCommand({ RoleName, Description: 'Rests' }));
    expect(described.Role).toMatchObject({ Description: 'Rests', MaxSessionDuration: 7200 });
    await sent(new UpdateRoleCommand({ RoleName }));
    const updated = await sent(new GetRoleCommand({ RoleName }));
    expect(updated.Role, 'without a duration it is one hour').toMatchObject({
      Description: 'Rests',
      MaxSessionDuration: 3600,
    });
    await sent(new TagRoleCommand({ RoleName, Tags }));
    await sent(new UntagRoleCommand({ RoleName, TagKeys: ['team'] }));

    const InstanceProfileName = 'Made';
    const made = await sent(new CreateInstanceProfileCommand({ InstanceProfileName, Tags }));
    expect(made.InstanceProfile).toMatchObject({ Arn: arn('instance-profile/Made'), Roles: [], Tags });
    await sent(new AddRoleToInstanceProfileCommand({ InstanceProfileName, RoleName }));
    await expect(sent(new DeleteRoleCommand({ RoleName }))).rejects.toMatchObject({ name: 'DeleteConflictException' });
    await expect(sent(new AddRoleToInstanceProfileCommand({ InstanceProfileName, RoleName }))).rejects.toMatchObject({
      name: 'LimitExceededException',
      $metadata: { httpStatusCode: 409 },
    });
    await sent(new RemoveRoleFromInstanceProfileCommand({ InstanceProfileName, RoleName }));
    await sent(new TagInstanceProfileCommand({ InstanceProfileName, Tags: [{ Key: 'cost', Value: 'b' }] }));
    await sent(new UntagInstanceProfileCommand({ InstanceProfileName, TagKeys: ['team'] }));
    expect(await sent(new ListInstanceProfileTagsCommand({ InstanceProfileName }))).toMatchObject({
      Tags: [{ Key: 'cost', Value: 'b' }],
    });
    await sent(new DeleteInstanceProfileCommand({ InstanceProfileName }));
    await sent(new DeleteRoleCommand({ RoleName }));

    await sent(new CreateAccountAliasCommand({ AccountAlias: 'made-here' }));
    expect(await sent(new ListAccountAliasesCommand({}))).toMatchObject({ AccountAliases: ['made-here'] });
    await sent(new DeleteAccountAliasCommand({ AccountAlias: 'made-here' }));
  });

  test.each([
    [
      'MalformedPolicyDocumentException',
      400,
      new PutRolePolicyCommand({ RoleName: 'WebServer', PolicyName: 'P', PolicyDocument: '{' }),
    ],
    [
      'NoSuchEntityException',
      404,
      new PutRolePolicyCommand({ RoleName: 'None', PolicyName: 'P', PolicyDocument: DOCUMENT }),
    ],
    [
      'InvalidInputException',
      400,
      new AttachUserPolicyCommand({ UserName: 'alice', PolicyArn: 'arn:aws:iam::policy' }),
    ],
    ['NoSuchEntityException', 404, new AddUserToGroupCommand({ UserName: 'alice', GroupName: 'none' })],
    ['NotImplemented', 501, new CreateSAMLProviderCommand({ Name: 'New', SAMLMetadataDocument: DOCUMENT })],
  ] as const)('%s is %i', async (name, status, command) => {
    const error: unknown = await client.send(command as CreateSAMLProviderCommand).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(IAMServiceException);
    expect(error).toMatchObject({ name, $metadata: { httpStatusCode: status } });
  });

  test('a device of which a wrong code is given is not enabled', async () => {
    const { VirtualMFADevice } = await client.send(
      new CreateVirtualMFADeviceCommand({ VirtualMFADeviceName: 'phone' }),
    );
    const seed = new TextDecoder().decode(VirtualMFADevice?.Base32StringSeed);
    expect(seed).toMatch(/^[A-Z2-7]{16,}$/);
    const wrong = { UserName: 'alice', AuthenticationCode1: '12345x', AuthenticationCode2: '12345y' };
    const enable = new EnableMFADeviceCommand({ ...wrong, SerialNumber: VirtualMFADevice?.SerialNumber });
    await expect(client.send(enable)).rejects.toMatchObject({
      name: 'InvalidAuthenticationCodeException',
      $metadata: { httpStatusCode: 403 },
    });
  });

  test('reads simulations back as they are, empty lists and maps included', async () => {
    const { EvaluationResults, IsTruncated } = await client.send(
      new SimulatePrincipalPolicyCommand({
        PolicySourceArn: ADMIN,
        ActionNames: ['s3:PutObject'],
        ResourceArns: ['arn:aws:s3:::b/x'],
      }),
    );
    expect(IsTruncated).toBe(false);
    expect(EvaluationResults).toMatchObject([
      {
        EvalActionName: 's3:PutObject',
        EvalDecision: 'allowed',
        MatchedStatements: [{ SourcePolicyId: 'user_writes-admin_May', SourcePolicyType: 'IAM Policy' }],
        MissingContextValues: [],
        OrganizationsDecisionDetail: { AllowedByOrganizations: true },
        ResourceSpecificResults: [{ EvalResourceName: 'arn:aws:s3:::b/x', EvalResourceDecision: 'allowed' }],
      },
    ]);
    const custom = new SimulateCustomPolicyCommand({ PolicyInputList: [DOCUMENT], ActionNames: ['s3:*'] });
    await expect(client.send(custom)).rejects.toMatchObject({ name: 'InvalidInputException' });
  });

  test('walks through the pages of a simulation', async () => {
    const ActionNames = ['s3:GetObject', 's3:PutObject', 's3:ListBucket'];
    const pages = paginateSimulateCustomPolicy({ client, pageSize: 1 }, { PolicyInputList: [DOCUMENT], ActionNames });
    const names: (string | undefined)[] = [];
    for await (const page of pages) names.push(...(page.EvaluationResults ?? []).map((one) => one.EvalActionName));
    expect(names).toEqual(ActionNames);
  });
});
