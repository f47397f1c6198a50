import {
  AddUserToGroupCommand,
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateVirtualMFADeviceCommand,
  DeleteAccessKeyCommand,
  DeleteUserCommand,
  EnableMFADeviceCommand,
  IAMClient,
  IAMServiceException,
  PutRolePolicyCommand,
  paginateSimulateCustomPolicy,
  SimulateCustomPolicyCommand,
  SimulatePrincipalPolicyCommand,
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
    ['NotImplemented', 501, new CreateRoleCommand({ RoleName: 'New', AssumeRolePolicyDocument: DOCUMENT })],
  ] as const)('%s is %i', async (name, status, command) => {
    const error: unknown = await client.send(command as CreateRoleCommand).catch((thrown: unknown) => thrown);
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
