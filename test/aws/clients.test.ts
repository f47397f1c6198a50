import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GetCredentialReportCommand, IAMClient } from '@aws-sdk/client-iam';
import {
  AssumeRoleCommand,
  AssumeRoleWithSAMLCommand,
  GetAccessKeyInfoCommand,
  GetCallerIdentityCommand,
  GetFederationTokenCommand,
  GetSessionTokenCommand,
  STSClient,
  type STSClientConfig,
} from '@aws-sdk/client-sts';
import { fromIni, fromNodeProviderChain, fromTemporaryCredentials, fromTokenFile } from '@aws-sdk/credential-providers';
import { Secret, TOTP } from 'otpauth';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { AwsHome, CREDENTIAL_VARIABLES } from '../support/aws-clients.ts';
import { startedGateway } from '../support/gateway.ts';
import { ALICE, BOB, DATA_WRITER, EC2 } from './door.ts';
import { Recorder } from './programs/recorder.ts';
import type { Key } from './signed.ts';
import { registerProvider, type WebIdentities } from './web-identities.ts';
import { CAROL, CAROL_ARN, CI, doorWorld, HOP, NEXT, PARTNER, WITH_MFA } from './world.ts';

const gateway = startedGateway();
/** A new one for each test: the SDK reads a file once. */
let home: AwsHome;
const OPERATOR = { kind: 'operator' } as const;
const AUDITOR = 'arn:aws:iam::111111111111:role/Auditor';
const WRITING = 'arn:aws:sts::222222222222:assumed-role/DataWriter';
let provider: WebIdentities;
let recorder: Recorder;

beforeAll(async () => {
  await gateway.gateway.services.directory.apply(doorWorld());
  provider = await registerProvider(gateway.gateway.services.sessions, Date.now());
  recorder = await Recorder.before(gateway.url, 'aws-sdk-js');
});
afterAll(() => recorder.close((keyId) => gateway.gateway.services.secrets.secretFor(keyId)));
// As in a shell of a machine that knows nothing of AWS.
beforeEach(() => {
  home = new AwsHome();
  recorder.what = expect.getState().currentTestName ?? '';
  for (const name of CREDENTIAL_VARIABLES) vi.stubEnv(name, undefined);
  for (const [name, value] of Object.entries(home.env)) vi.stubEnv(name, value);
  vi.stubEnv('AWS_REGION', 'us-east-1');
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await home.remove();
});

function key(accessKeyId: string): Key {
  return { accessKeyId, secretAccessKey: gateway.gateway.services.secrets.secretFor(accessKeyId) };
}

function sts(credentials: STSClientConfig['credentials'], more: STSClientConfig = {}): STSClient {
  return new STSClient({
    endpoint: `${recorder.url}/aws`,
    ...(credentials === undefined ? {} : { credentials }),
    ...more,
  });
}

async function arnOf(client: STSClient): Promise<string | undefined> {
  return (await client.send(new GetCallerIdentityCommand({}))).Arn;
}

/** Credentials of an answer, in the form of clients. */
async function assumed(client: STSClient, input: ConstructorParameters<typeof AssumeRoleCommand>[0]): Promise<Key> {
  const { Credentials } = await client.send(new AssumeRoleCommand(input));
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {};
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
}

describe('clients that are told the address', () => {
  test('name the caller: users of two accounts and a service', async () => {
    const identity = (id: string) => sts(key(id)).send(new GetCallerIdentityCommand({}));
    expect(await identity(ALICE)).toMatchObject({
      Account: '111111111111',
      Arn: 'arn:aws:iam::111111111111:user/alice',
      UserId: expect.stringMatching(/^AIDA/),
    });
    expect(await identity(BOB)).toMatchObject({ Account: '222222222222' });
    const service = await identity(EC2);
    expect([service.Account, service.Arn]).toEqual([undefined, 'ec2.amazonaws.com']);
  });

  test('assume a role of another account and leave it again, and it is over for them', async () => {
    const session = await assumed(sts(key(ALICE)), { RoleArn: DATA_WRITER, RoleSessionName: 'copy' });
    const client = sts(session);
    expect(await arnOf(client)).toBe(`${WRITING}/copy`);
    const authorization = `Bearer ${session.sessionToken}`;
    const { body } = await gateway.ask('mutation { exitRole { kind: __typename } }', { authorization });
    expect(body.data.exitRole.kind).toBe('ExitRoleSuccess');
    await expect(arnOf(client)).rejects.toMatchObject({
      name: 'ExpiredToken',
      $metadata: { httpStatusCode: 403, attempts: 1 },
    });
    // The other way across accounts is as open as before: alice herself has not changed.
    expect(await arnOf(sts(key(ALICE)))).toBe('arn:aws:iam::111111111111:user/alice');
  });

  test('pass what a role asks for', async () => {
    const client = sts(key(CAROL));
    const RoleSessionName = 'carol';
    await expect(assumed(client, { RoleArn: PARTNER, RoleSessionName })).rejects.toMatchObject({
      name: 'AccessDenied',
    });
    expect(await arnOf(sts(await assumed(client, { RoleArn: PARTNER, RoleSessionName, ExternalId: 'x-123' })))).toMatch(
      /\/Partner\/carol$/,
    );
    const Tags = [{ Key: 'team', Value: 'data + more' }];
    const first = await assumed(client, {
      RoleArn: HOP,
      RoleSessionName,
      Tags,
      TransitiveTagKeys: ['team'],
      SourceIdentity: 'carol-home',
    });
    const second = await sts(first).send(new AssumeRoleCommand({ RoleArn: NEXT, RoleSessionName }));
    expect(second.SourceIdentity).toBe('carol-home');
    const kept = await gateway.gateway.services.directory.prisma.roleSession.findUniqueOrThrow({
      where: { accessKeyId: second.Credentials?.AccessKeyId ?? '' },
    });
    expect(kept).toMatchObject({ tags: { team: 'data + more' }, transitiveTagKeys: ['team'] });
  });

  test('get temporary credentials for themselves and for others', async () => {
    const client = sts(key(CAROL));
    const { Credentials } = await client.send(new GetSessionTokenCommand({ DurationSeconds: 900 }));
    const until = Credentials?.Expiration?.getTime() ?? 0;
    expect([until > Date.now() + 890_000, until <= Date.now() + 900_000]).toEqual([true, true]);
    const Statement = [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }];
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
    const federated = await client.send(new GetFederationTokenCommand({ Name: 'app', Policy }));
    expect(federated.FederatedUser?.Arn).toBe('arn:aws:sts::111111111111:federated-user/app');
    expect(federated.PackedPolicySize).toBeGreaterThan(0);
    expect(await client.send(new GetAccessKeyInfoCommand({ AccessKeyId: BOB }))).toMatchObject({
      Account: '222222222222',
    });
  });

  test('hear AWS’s errors, and do not try again what will not change', async () => {
    const wrong = sts({ accessKeyId: ALICE, secretAccessKey: 'wrong' });
    await expect(arnOf(wrong)).rejects.toMatchObject({
      name: 'SignatureDoesNotMatch',
      $metadata: { httpStatusCode: 403, attempts: 1 },
    });
    const nobody = sts({ accessKeyId: 'AKIANOTTHEREAAAAAAAA', secretAccessKey: 'wrong' });
    await expect(arnOf(nobody)).rejects.toMatchObject({
      name: 'InvalidClientTokenId',
      $metadata: { httpStatusCode: 403 },
    });
    const malformed = sts(key(ALICE)).send(new AssumeRoleCommand({ RoleArn: 'x', RoleSessionName: 's' }));
    await expect(malformed).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining("Value 'x' at 'roleArn'"),
    });
    const saml = new AssumeRoleWithSAMLCommand({
      RoleArn: DATA_WRITER,
      PrincipalArn: DATA_WRITER,
      SAMLAssertion: 'x'.repeat(10),
    });
    await expect(sts(key(ALICE)).send(saml)).rejects.toMatchObject({
      name: 'NotImplemented',
      $metadata: { httpStatusCode: 501, attempts: 1 },
    });
    const named = await sts(key(ALICE))
      .send(malformedCommand())
      .catch((error) => error.$metadata.requestId);
    expect(named).toMatch(/^[0-9a-f-]{36}$/);
  });

  test.each([20, -20])('whose clock is %d minutes off correct it by the answer', async (minutes) => {
    // The gateway goes by the clock that it took when it started.
    const { now } = Date;
    vi.spyOn(Date, 'now').mockImplementation(() => now() + minutes * 60_000);
    const client = sts(key(ALICE));
    const { Arn, $metadata } = await client.send(new GetCallerIdentityCommand({}));
    expect([Arn, $metadata.attempts]).toEqual(['arn:aws:iam::111111111111:user/alice', 2]);
  });

  test('that are slowed down try again when they may', async () => {
    // Its own address, which the other tests do not share.
    vi.stubEnv('AWS_MAX_ATTEMPTS', '1');
    const attempts = await Promise.all(
      Array.from({ length: 8 }, () =>
        arnOf(sts({ accessKeyId: 'AKIAGUESSEDAAAAAAAAA', secretAccessKey: 'x' })).catch((error) => error.name),
      ),
    );
    expect(new Set(attempts)).toEqual(new Set(['InvalidClientTokenId', 'Throttling']));
    // What was right from here before goes on.
    expect(await arnOf(sts(key(ALICE)))).toBe('arn:aws:iam::111111111111:user/alice');
  });
});

function malformedCommand(): AssumeRoleCommand {
  return new AssumeRoleCommand({ RoleArn: 'x', RoleSessionName: 's' });
}

describe('clients that find the address', () => {
  const SERVICES = () => `[services rolegate]
sts =
  endpoint_url = ${recorder.url}/aws
iam =
  endpoint_url = ${recorder.url}/aws
`;
  const credentials = (names: Readonly<Record<string, string>>) =>
    Object.entries(names)
      .map(([name, id]) => `[${name}]\naws_access_key_id = ${id}\naws_secret_access_key = ${key(id).secretAccessKey}\n`)
      .join('');

  test('in AWS_ENDPOINT_URL, for each service and for all', async () => {
    for (const name of ['AWS_ENDPOINT_URL_STS', 'AWS_ENDPOINT_URL']) {
      vi.stubEnv(name, `${recorder.url}/aws`);
      vi.stubEnv('AWS_ACCESS_KEY_ID', ALICE);
      vi.stubEnv('AWS_SECRET_ACCESS_KEY', key(ALICE).secretAccessKey);
      expect(await arnOf(new STSClient({}))).toBe('arn:aws:iam::111111111111:user/alice');
      vi.stubEnv(name, undefined);
    }
    vi.stubEnv('AWS_ENDPOINT_URL_IAM', `${recorder.url}/aws`);
    // Not kept, and so not served.
    await expect(new IAMClient({}).send(new GetCredentialReportCommand({}))).rejects.toMatchObject({
      name: 'NotImplemented',
      message: 'Rolegate does not serve GetCredentialReport',
    });
  });

  test('in a profile’s services, with roles across the two accounts, both ways', async () => {
    const profile = (name: string, lines: string): string => `[profile ${name}]\nservices = rolegate\n${lines}\n`;
    const roles = [
      profile('alice', 'region = us-east-1'),
      profile('writer', `role_arn = ${DATA_WRITER}\nsource_profile = alice\nrole_session_name = copy`),
      profile('bob', 'region = us-east-1'),
      profile('auditor', `role_arn = ${AUDITOR}\nsource_profile = bob\nrole_session_name = audit`),
      profile('partner', `role_arn = ${PARTNER}\nsource_profile = carol\nexternal_id = x-123\nrole_session_name = p1`),
      profile('carol', 'region = us-east-1'),
      profile('hop', `role_arn = ${HOP}\nsource_profile = carol\nrole_session_name = h1`),
      profile('next', `role_arn = ${NEXT}\nsource_profile = hop\nrole_session_name = n1`),
      profile('environment', `role_arn = ${DATA_WRITER}\ncredential_source = Environment\nrole_session_name = e1`),
    ];
    await home.write(`${roles.join('')}${SERVICES()}`, credentials({ alice: ALICE, bob: BOB, carol: CAROL }));
    const arnIn = (name: string): Promise<string | undefined> => {
      vi.stubEnv('AWS_PROFILE', name);
      return arnOf(new STSClient({}));
    };
    expect(await arnIn('alice')).toBe('arn:aws:iam::111111111111:user/alice');
    expect(await arnIn('writer')).toBe(`${WRITING}/copy`);
    expect(await arnIn('auditor')).toBe('arn:aws:sts::111111111111:assumed-role/Auditor/audit');
    expect(await arnIn('partner')).toBe('arn:aws:sts::222222222222:assumed-role/Partner/p1');
    expect(await arnIn('next')).toBe('arn:aws:sts::222222222222:assumed-role/Next/n1');
    // The chain is one of sessions: the second names the first.
    const { directory } = gateway.gateway.services;
    const [chained] = await directory.sessions.live('arn:aws:sts::222222222222:assumed-role/Next/n1', Date.now());
    expect(chained?.assumedBy).toBe('arn:aws:sts::111111111111:assumed-role/Hop/h1');
    vi.stubEnv('AWS_ACCESS_KEY_ID', ALICE);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', key(ALICE).secretAccessKey);
    vi.stubEnv('AWS_PROFILE', undefined);
    vi.stubEnv('AWS_ENDPOINT_URL_STS', `${recorder.url}/aws`);
    expect(await arnOf(new STSClient({ credentials: fromIni({ profile: 'environment' }) }))).toBe(`${WRITING}/e1`);
  });

  test('for a role that asks for MFA, with the code of a device', async () => {
    const { sessions } = gateway.gateway.services;
    const now = Date.now();
    const device = await sessions.createVirtualMfaDevice(OPERATOR, { accountId: '111111111111', name: 'carol' }, now);
    const code = (at: number) => new TOTP({ secret: Secret.fromBase32(device.seed) }).generate({ timestamp: at });
    const codes = { authenticationCode1: code(now - 60_000), authenticationCode2: code(now - 30_000) };
    await sessions.enableMfaDevice(
      OPERATOR,
      { serialNumber: device.serialNumber, userArn: CAROL_ARN, ...codes },
      now - 30_000,
    );
    await home.write(
      `[profile mfa]\nservices = rolegate\nrole_arn = ${WITH_MFA}\nsource_profile = carol\nmfa_serial = ${device.serialNumber}\nrole_session_name = m1\n[profile carol]\nservices = rolegate\n${SERVICES()}`,
      credentials({ carol: CAROL }),
    );
    vi.stubEnv('AWS_PROFILE', 'mfa');
    const asked: string[] = [];
    const withCode = fromIni({
      mfaCodeProvider: (serial) => {
        asked.push(serial);
        return Promise.resolve(code(Date.now()));
      },
    });
    expect(await arnOf(new STSClient({ credentials: withCode }))).toBe(
      'arn:aws:sts::111111111111:assumed-role/WithMfa/m1',
    );
    expect(asked).toEqual([device.serialNumber]);
  });

  test('with a web identity in a file', async () => {
    const file = join(home.folder, 'token');
    vi.stubEnv('AWS_ENDPOINT_URL_STS', `${recorder.url}/aws`);
    vi.stubEnv('AWS_ROLE_ARN', CI);
    vi.stubEnv('AWS_ROLE_SESSION_NAME', 'run-1');
    vi.stubEnv('AWS_WEB_IDENTITY_TOKEN_FILE', file);
    await writeFile(file, await provider.token(Date.now()));
    expect(await arnOf(new STSClient({}))).toBe('arn:aws:sts::111111111111:assumed-role/Ci/run-1');
    expect(await fromNodeProviderChain()()).toMatchObject({ accessKeyId: expect.stringMatching(/^ASIA/) });
    await writeFile(file, await provider.token(Date.now() - 7_200_000));
    await expect(fromTokenFile()()).rejects.toMatchObject({ name: 'ExpiredTokenException' });
    await writeFile(file, await provider.token(Date.now(), { aud: 'other' }));
    await expect(fromTokenFile()()).rejects.toMatchObject({ name: 'InvalidIdentityTokenException' });
  });

  test('and take a role by themselves, with what it asks for', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL', `${recorder.url}/aws`);
    const credentialsOfRole = fromTemporaryCredentials({
      masterCredentials: key(CAROL),
      params: { RoleArn: PARTNER, RoleSessionName: 'p2', ExternalId: 'x-123', DurationSeconds: 900 },
    });
    expect(await arnOf(new STSClient({ credentials: credentialsOfRole }))).toBe(
      'arn:aws:sts::222222222222:assumed-role/Partner/p2',
    );
  });
});
