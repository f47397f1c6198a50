import { GetUserCommand, IAMClient, ListAttachedUserPoliciesCommand } from '@aws-sdk/client-iam';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient, type STSClientConfig } from '@aws-sdk/client-sts';
import { fromNodeProviderChain, fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { rolegate } from '../cli/credentials/in-process.ts';
import { AwsHome, CREDENTIAL_VARIABLES } from '../support/aws-clients.ts';
import { startedGateway } from '../support/gateway.ts';
import { ALICE, BOB, DATA_WRITER } from './door.ts';

// What roles are for, with AWS's own client in an environment that knows nothing but a key and this gateway's address. A service that
// gets its role's credentials from `rolegate metadata` is in cli/metadata/clients.test.ts; the AWS CLI is in programs/.

const gateway = startedGateway();
const ACCOUNT = '111111111111';
const DEPLOYER = `arn:aws:iam::${ACCOUNT}:role/Deployer`;
const AUDITOR = `arn:aws:iam::${ACCOUNT}:role/Auditor`;
const ALICE_ARN = `arn:aws:iam::${ACCOUNT}:user/alice`;
const WRITING = 'arn:aws:sts::222222222222:assumed-role/DataWriter/copy';
const REGION = 'us-east-1';
let home: AwsHome;

beforeEach(() => {
  home = new AwsHome();
  for (const name of CREDENTIAL_VARIABLES) vi.stubEnv(name, undefined);
  for (const [name, value] of Object.entries(home.env)) vi.stubEnv(name, value);
  for (const service of ['STS', 'IAM']) vi.stubEnv(`AWS_ENDPOINT_URL_${service}`, `${gateway.url}/aws`);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await home.remove();
});

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

function keyOf(accessKeyId: string): Credentials {
  return { accessKeyId, secretAccessKey: gateway.gateway.services.secrets.secretFor(accessKeyId) };
}

/** The environment of somebody's shell. */
function shellOf({ accessKeyId, secretAccessKey, sessionToken }: Credentials): void {
  vi.stubEnv('AWS_ACCESS_KEY_ID', accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', secretAccessKey);
  vi.stubEnv('AWS_SESSION_TOKEN', sessionToken);
}

type Provider = STSClientConfig['credentials'];

/** Left out: the default chain. */
async function who(credentials?: Provider): Promise<string | undefined> {
  const client = new STSClient({
    region: REGION,
    maxAttempts: 1,
    ...(credentials === undefined ? {} : { credentials }),
  });
  return (await client.send(new GetCallerIdentityCommand({}))).Arn;
}

async function assumed(RoleArn: string, RoleSessionName: string): Promise<Required<Credentials>> {
  const { Credentials } = await new STSClient({ region: REGION, maxAttempts: 1 }).send(
    new AssumeRoleCommand({ RoleArn, RoleSessionName }),
  );
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {};
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
}

const EXPIRED = { name: 'ExpiredToken', message: 'The security token included in the request is expired' };

describe('a role is assumed by', () => {
  test('a user of the same account, who gives up her own permissions meanwhile', async () => {
    shellOf(keyOf(ALICE));
    const ofAlice = new GetUserCommand({ UserName: 'alice' });
    expect((await new IAMClient({ region: REGION }).send(ofAlice)).User?.Arn).toBe(ALICE_ARN);
    const deployer = await assumed(DEPLOYER, 'release');
    const session = `arn:aws:sts::${ACCOUNT}:assumed-role/Deployer/release`;
    expect(await who(deployer)).toBe(session);
    await expect(new IAMClient({ region: REGION, credentials: deployer }).send(ofAlice)).rejects.toMatchObject({
      name: 'AccessDenied',
      message: `User: ${session} is not authorized to perform: iam:GetUser on resource: user alice because no identity-based policy allows the iam:GetUser action`,
    });
  });

  test('users of another account, both ways, and by nobody whom both sides do not let in', async () => {
    shellOf(keyOf(ALICE));
    expect(await who(await assumed(DATA_WRITER, 'copy'))).toBe(WRITING);
    await expect(assumed(AUDITOR, 'audit')).rejects.toMatchObject({ name: 'AccessDenied' });
    shellOf(keyOf(BOB));
    expect(await who(await assumed(AUDITOR, 'audit'))).toBe(`arn:aws:sts::${ACCOUNT}:assumed-role/Auditor/audit`);
    await expect(assumed(DEPLOYER, 'release')).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  test('a program, which need not know more than the role’s name', async () => {
    shellOf(keyOf(ALICE));
    const params = { RoleArn: DATA_WRITER, RoleSessionName: 'copy' };
    expect(await who(fromTemporaryCredentials({ params, clientConfig: { region: REGION } }))).toBe(WRITING);
  });

  test('a shell, of which the exports of `rolegate env` are all that a client needs', async () => {
    const { accessKeyId, secretAccessKey } = keyOf(ALICE);
    const { out } = await rolegate(['env', '--role', DATA_WRITER, '--session-name', 'copy', '--url', gateway.url], {
      env: { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey },
    });
    for (const service of ['STS', 'IAM']) vi.stubEnv(`AWS_ENDPOINT_URL_${service}`, undefined);
    for (const [, name = '', value = ''] of out.matchAll(/^export (\w+)='(.*)'$/gm)) vi.stubEnv(name, value);
    expect(await who(fromNodeProviderChain())).toBe(WRITING);
    const client = new IAMClient({ region: REGION, maxAttempts: 1 });
    await expect(client.send(new ListAttachedUserPoliciesCommand({ UserName: 'bob' }))).rejects.toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining(`User: ${WRITING} is not authorized to perform: iam:ListAttachedUserPolicies`),
    });
  });
});

describe('in a browser', () => {
  const SIGN_IN = 'mutation ($input: SignInInput!) { signIn(input: $input) { __typename } }';
  const VIEWER = '{ viewer { principal { principalId } } }';
  const ASSUME = `mutation ($input: AssumeRoleInput!) { assumeRole(input: $input) {
    ... on AssumeRoleSuccess { credentials { accessKeyId secretAccessKey sessionToken } } } }`;

  /** Asks as the gateway's own page does. */
  async function browse(cookie: string | null, query: string, input?: object) {
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(cookie === null ? {} : { cookie }) },
      body: JSON.stringify({ query, variables: { input } }),
    });
    const { data, errors } = await response.json();
    expect(errors).toBeUndefined();
    return { data, cookie: response.headers.getSetCookie()[0]?.split(';')[0] ?? '' };
  }

  test('alice switches into a role and back; the keys that she was shown end with it, and hers do not', async () => {
    const { cookie } = await browse(null, SIGN_IN, keyOf(ALICE));
    const as = async () => (await browse(cookie, VIEWER)).data.viewer.principal.principalId;
    expect(await as()).toBe(ALICE_ARN);
    // Sessions of a browser are named after who signed in.
    const { data } = await browse(cookie, ASSUME, { role: DATA_WRITER, roleSessionName: 'alice' });
    const { credentials } = data.assumeRole;
    const session = WRITING.replace('copy', 'alice');
    expect([await as(), await who(credentials)]).toEqual([session, session]);

    await browse(cookie, 'mutation { exitRole { __typename } }');
    expect(await as()).toBe(ALICE_ARN);
    await expect(who(credentials)).rejects.toMatchObject(EXPIRED);
    // Nor does the session lead anywhere else.
    const { sessionToken } = credentials;
    const client = new STSClient({ region: REGION, maxAttempts: 1, credentials });
    const onward = new AssumeRoleCommand({ RoleArn: AUDITOR, RoleSessionName: 'on' });
    await expect(client.send(onward)).rejects.toMatchObject(EXPIRED);
    await expect(who({ ...keyOf(ALICE), sessionToken })).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
    const own = new IAMClient({ region: REGION, credentials: keyOf(ALICE) });
    expect((await own.send(new GetUserCommand({}))).User?.Arn).toBe(ALICE_ARN);
  });
});

test('a session that was revoked may do nothing any more, and says who it is, as at AWS', async () => {
  shellOf(keyOf(ALICE));
  const session = await assumed(DEPLOYER, 'release');
  const revoke = `mutation { revokeRoleSessions(input: { roleArn: "${DEPLOYER}" }) { __typename } }`;
  const { body } = await gateway.ask(revoke, { authorization: gateway.as.operator });
  expect(body.errors).toBeUndefined();
  expect(await who(session)).toMatch(/Deployer\/release$/);
  const client = new STSClient({ region: REGION, maxAttempts: 1, credentials: session });
  const onward = new AssumeRoleCommand({ RoleArn: AUDITOR, RoleSessionName: 'on' });
  await expect(client.send(onward)).rejects.toMatchObject({
    name: 'AccessDenied',
    message: expect.stringContaining('with an explicit deny in an identity-based policy'),
  });
});

/**
 * The standard example of the two ways across accounts.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies-cross-account-resource-access.html
 */
test('a copy to a bucket of another account: the bucket’s policy leaves alice her own, the role does not', async () => {
  const requests = [
    { action: 's3:GetObject', resource: 'arn:aws:s3:::dev-alice/report.csv' },
    { action: 's3:PutObject', resource: 'arn:aws:s3:::shared-datasets/report.csv' },
  ];
  const QUERY = 'query ($requests: [AccessRequestInput!]!) { decisions(requests: $requests) { effect deniedBy } }';
  const copying = async (authorization: string, principal: string) => {
    const variables = { requests: requests.map((request) => ({ ...request, principal })) };
    return (await gateway.ask(QUERY, { authorization, variables })).body.data.decisions;
  };
  shellOf(keyOf(ALICE));
  const allowed = { effect: 'ALLOWED', deniedBy: null };
  expect(await copying(gateway.as.user('alice'), (await who()) ?? '')).toEqual([allowed, allowed]);
  const session = await assumed(DATA_WRITER, 'copy');
  shellOf(session);
  expect(await copying(`Bearer ${session.sessionToken}`, (await who()) ?? '')).toEqual([
    { effect: 'IMPLICIT_DENY', deniedBy: 'RESOURCE_POLICY' },
    allowed,
  ]);
});
