import { execFile, spawn } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import {
  fromContainerMetadata,
  fromHttp,
  fromInstanceMetadata,
  fromNodeProviderChain,
  fromProcess,
} from '@aws-sdk/credential-providers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { parseCommand } from '../../../src/cli/arguments.ts';
import { serveMetadata } from '../../../src/cli/metadata/command.ts';
import { AwsHome, awsCli, CREDENTIAL_VARIABLES } from '../../support/aws-clients.ts';
import { newDataDir, removeDataDir, startedGateway, startTestGateway } from '../../support/gateway.ts';
import { A, aRole, roleArn, trusts } from '../../support/policies.ts';
import { run, runToEnd } from '../../support/process.ts';
import { keptTerminal } from '../credentials/in-process.ts';

const ECS = 'ecs-tasks.amazonaws.com';
const TASK = roleArn('Task');
const CLUSTER = `arn:aws:ecs:eu-central-1:${A}:*`;
const PROFILE = `arn:aws:iam::${A}:instance-profile/WebServer`;
const INSTANCE = 'i-0123456789abcdef0';
const DATA_WRITER = 'arn:aws:iam::222222222222:role/DataWriter';
const MINUTE = 60_000;
const MAIN = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));

/** On the clock that a test can move. */
const started = startedGateway({}, { clock: () => Date.now() });
const home = new AwsHome();
afterAll(() => home.remove());

type AwsCredentialIdentity = Awaited<ReturnType<ReturnType<typeof fromNodeProviderChain>>>;
type Key = Readonly<Record<'AWS_ACCESS_KEY_ID' | 'AWS_SECRET_ACCESS_KEY', string>>;
let ecs: Key;
let ec2: Key;

beforeAll(async () => {
  const { directory, sessions } = started.gateway.services;
  const condition = { ArnLike: { 'aws:SourceArn': CLUSTER }, StringEquals: { 'aws:SourceAccount': A } };
  await directory.apply({ roles: [aRole('Task', [trusts({ Service: ECS }, { condition })])] });
  const made = async (service: string): Promise<Key> => {
    const { accessKeyId, secretAccessKey } = await sessions.createAccessKey({ service });
    return { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
  };
  [ecs, ec2] = [await made(ECS), await made('ec2.amazonaws.com')];
  const alice = started.gateway.demo?.signIns.find(({ name }) => name === 'alice');
  const command = `${process.execPath} ${MAIN} credentials --role ${DATA_WRITER} --session-name copy --profile alice`;
  await home.write(
    `[profile writer]\ncredential_process = ${command} --url ${started.url}\n`,
    `[alice]\naws_access_key_id = ${alice?.accessKeyId}\naws_secret_access_key = ${alice?.secretAccessKey}\n`,
  );
});

const TASK_ARGS = ['--role', TASK, '--service', ECS, '--session-name', 'web-1'];
const AS_TASK = [...TASK_ARGS, '--source-arn', CLUSTER.replace('*', 'cluster/web'), '--source-account', A];
const AS_INSTANCE = ['--instance-profile', PROFILE, '--instance-id', INSTANCE];

/** `rolegate metadata …` in this process, until the end of the test; the variables that it prints. */
async function metadata(args: readonly string[], env: Partial<Key>, url = started.url) {
  const command = parseCommand(['metadata', ...args, '--url', url]);
  if (command.kind !== 'metadata') throw new Error(`parsed as ${command.kind}`);
  const { terminal, written } = keptTerminal();
  let stop = (): void => undefined;
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  const ended = serveMetadata(command, { env, dataDir: () => '/nowhere' }, terminal, stopped);
  onTestFinished(async () => {
    stop();
    await ended;
  });
  while (written.out === '') await Promise.race([ended, new Promise((resolve) => setImmediate(resolve))]);
  return { written, variables: variablesIn(written.out) };
}

function variablesIn(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/^export (\w+)='(.*)'$/gm)].map(([, name = '', value = '']) => [name, value]),
  );
}

/** Whom AWS's own client is with these credentials. */
async function sessionOf(credentials: AwsCredentialIdentity, gateway = started): Promise<string | undefined> {
  const client = new STSClient({ endpoint: `${gateway.url}/aws`, region: 'us-east-1', credentials, maxAttempts: 1 });
  return (await client.send(new GetCallerIdentityCommand({}))).Arn;
}

const TASK_SESSION = `arn:aws:sts::${A}:assumed-role/Task/web-1`;
const INSTANCE_SESSION = `arn:aws:sts::${A}:assumed-role/WebServer/${INSTANCE}`;

describe('the SDK for JavaScript', () => {
  beforeEach(() => {
    for (const name of CREDENTIAL_VARIABLES) vi.stubEnv(name, undefined);
    for (const [name, value] of Object.entries(home.env)) vi.stubEnv(name, value);
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllEnvs();
  });

  const set = (variables: Readonly<Record<string, string>>): void => {
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  };
  /** Moves the clock of all: gateway, endpoint and client. */
  const pass = (minutes: number): void => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + minutes * MINUTE });
  };

  /** In its last five minutes the SDK asks for new ones while it still gives the old. */
  const otherThan = (first: AwsCredentialIdentity, provider: () => Promise<AwsCredentialIdentity>) =>
    vi.waitFor(async () => {
      const next = await provider();
      expect(next.accessKeyId).not.toBe(first.accessKeyId);
      return next;
    });

  test('a workload has its role’s credentials by the default chain, and they are renewed', async () => {
    set((await metadata(AS_TASK, ecs)).variables);
    const provider = fromNodeProviderChain();
    const first = await provider();
    expect(await sessionOf(first)).toBe(TASK_SESSION);
    pass(30);
    expect((await provider()).accessKeyId).toBe(first.accessKeyId);
    pass(26);
    const second = await otherThan(first, provider);
    expect(await sessionOf(second)).toBe(TASK_SESSION);
    expect(second.expiration?.getTime()).toBeGreaterThan(Date.now() + 50 * MINUTE);
  });

  test('an instance has those of its profile by the default chain, and they are renewed', async () => {
    const { variables, written } = await metadata([...AS_INSTANCE, '--imds'], ec2);
    expect(written.out).toContain('every user of this machine can take the role');
    set({
      AWS_EC2_METADATA_DISABLED: 'false',
      AWS_EC2_METADATA_SERVICE_ENDPOINT: variables['AWS_EC2_METADATA_SERVICE_ENDPOINT'] ?? '',
    });
    const provider = fromNodeProviderChain();
    const first = await provider();
    expect(await sessionOf(first)).toBe(INSTANCE_SESSION);
    pass(56);
    const second = await otherThan(first, provider);
    expect(await sessionOf(second)).toBe(INSTANCE_SESSION);
  });

  test('each of its providers reads them', async () => {
    const { variables } = await metadata([...AS_INSTANCE, '--imds'], ec2);
    set({ ...variables, AWS_EC2_METADATA_DISABLED: 'false' });
    const { AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: file = '' } = variables;
    const taken = [await fromHttp()(), await fromInstanceMetadata({ ec2MetadataV1Disabled: true })()];
    vi.stubEnv('AWS_CONTAINER_AUTHORIZATION_TOKEN', await readFile(file, 'utf8'));
    taken.push(await fromContainerMetadata()());
    expect(new Set(taken.map(({ accessKeyId }) => accessKeyId)).size).toBe(1);
    expect(await Promise.all(taken.map((each) => sessionOf(each)))).toEqual(Array(3).fill(INSTANCE_SESSION));
  });

  test('another workload’s token gives nothing', async () => {
    const [one, other] = [await metadata(AS_TASK, ecs), await metadata(AS_TASK, ecs)];
    set({
      ...one.variables,
      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: other.variables['AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE'] ?? '',
    });
    await expect(fromHttp({ maxRetries: 0 })()).rejects.toThrow(/401/);
  });

  test('a deleted key ends the renewal: what is valid is served, then the failure, until there is another key', async () => {
    // Its own: wrong credentials that are counted in the future slow their address down when the clock goes back.
    const dataDir = await newDataDir();
    const gateway = await startTestGateway(dataDir, {}, { clock: () => Date.now() });
    onTestFinished(async () => {
      await gateway.gateway.close();
      await removeDataDir(dataDir);
    });
    const { sessions } = gateway.gateway.services;
    const keyFile = join(home.folder, 'instance.key');
    const putKey = async () => {
      const { accessKeyId, secretAccessKey } = await sessions.createAccessKey({ service: 'ec2.amazonaws.com' });
      await writeFile(keyFile, `aws_access_key_id=${accessKeyId}\naws_secret_access_key=${secretAccessKey}\n`);
      return { accessKeyId, secretAccessKey };
    };
    const { accessKeyId, secretAccessKey } = await putKey();
    const { variables, written } = await metadata([...AS_INSTANCE, '--key-file', keyFile], {}, gateway.url);
    set(variables);
    const first = await fromHttp()();
    const remove = 'mutation($input: DeleteAccessKeyInput!) { deleteAccessKey(input: $input) { kind: __typename } }';
    const { body } = await gateway.ask(remove, {
      variables: { input: { accessKeyId, principal: 'ec2.amazonaws.com' } },
      authorization: gateway.as.operator,
    });
    expect(body).toEqual({ data: { deleteAccessKey: { kind: 'DeleteAccessKeySuccess' } } });
    pass(50);
    expect((await fromHttp()()).accessKeyId).toBe(first.accessKeyId);
    expect(written.error).toMatch(
      /^rolegate: no new credentials: the gateway at \S+ refuses: .*; those from before end at /,
    );
    pass(11);
    await expect(fromHttp({ maxRetries: 0 })()).rejects.toThrow(/403/);
    expect(written.error).toMatch(/; there are none\n$/);
    expect(written.error).not.toContain(secretAccessKey);
    await putKey();
    pass(2);
    expect(await sessionOf(await fromHttp()(), gateway)).toBe(INSTANCE_SESSION);
  });

  test('credentials come by credential_process', async () => {
    expect(await sessionOf(await fromProcess({ profile: 'writer' })())).toBe(
      'arn:aws:sts::222222222222:assumed-role/DataWriter/copy',
    );
  });
});

describe('the AWS CLI', () => {
  const aws = awsCli();
  /** Whom the gateway takes a call of the CLI for. */
  const callerOf = async (env: Readonly<Record<string, string>>, ...args: readonly string[]) => {
    const call = ['sts', 'get-caller-identity', '--output', 'json', '--endpoint-url', `${started.url}/aws`, ...args];
    const { stdout, stderr } = await promisify(execFile)(aws ?? '', call, {
      cwd: home.folder,
      env: { PATH: process.env['PATH'], ...home.env, ...env },
    });
    expect(stderr).toBe('');
    return JSON.parse(stdout).Arn;
  };

  test('takes credentials by credential_process', async ({ skip }) => {
    skip(aws === null, 'there is no aws on PATH');
    expect(await callerOf({}, '--profile', 'writer')).toBe('arn:aws:sts::222222222222:assumed-role/DataWriter/copy');
  });

  test('takes them from the container endpoint', async ({ skip }) => {
    skip(aws === null, 'there is no aws on PATH');
    const { variables } = await metadata(AS_TASK, ecs);
    // Debian's 2.9 knows the token itself alone, and not the file.
    const token = await readFile(variables['AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE'] ?? '', 'utf8');
    expect(await callerOf({ ...variables, AWS_CONTAINER_AUTHORIZATION_TOKEN: token })).toBe(TASK_SESSION);
  });

  test('takes them from instance metadata', async ({ skip }) => {
    skip(aws === null, 'there is no aws on PATH');
    const { variables } = await metadata([...AS_INSTANCE, '--imds'], ec2);
    const endpoint = { AWS_EC2_METADATA_SERVICE_ENDPOINT: variables['AWS_EC2_METADATA_SERVICE_ENDPOINT'] ?? '' };
    expect(await callerOf({ AWS_EC2_METADATA_DISABLED: 'false', ...endpoint })).toBe(INSTANCE_SESSION);
  });
});

describe('the process', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('ends with %s, and its token with it', async (signal) => {
    const tokenFile = join(home.folder, `${signal}.token`);
    // What a killed one has left, for everybody to read.
    await writeFile(tokenFile, 'old', { mode: 0o644 });
    const args = ['metadata', ...AS_TASK, '--url', started.url, '--token-file', tokenFile];
    const running = run('cli/main.js', args, { cwd: home.folder, env: ecs });
    await running.printed(/TOKEN_FILE='(.*)'\n/);
    const variables = variablesIn(running.out());
    expect(variables['AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE']).toBe(tokenFile);
    expect(statSync(tokenFile).mode & 0o777).toBe(0o600);
    const token = await readFile(tokenFile, 'utf8');
    expect(token).toMatch(/^[\w-]{43}$/);
    const answer = await fetch(variables['AWS_CONTAINER_CREDENTIALS_FULL_URI'] ?? '', {
      headers: { authorization: token },
    });
    const { AccessKeyId, SecretAccessKey, Token } = JSON.parse(await answer.text());
    expect(await sessionOf({ accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: Token })).toBe(
      TASK_SESSION,
    );
    running.child.kill(signal);
    expect(await running.ended).toBe(0);
    expect([running.error(), existsSync(tokenFile)]).toEqual(['', false]);
    expect(running.out()).not.toContain(token);
  });

  test('has a folder of its own for the token, and takes it away', async () => {
    const running = run('cli/main.js', ['metadata', ...AS_INSTANCE, '--url', started.url], {
      cwd: home.folder,
      env: ec2,
    });
    const file = await running.printed(/TOKEN_FILE='(.*)'\n/);
    expect([statSync(file).mode & 0o777, statSync(dirname(file)).mode & 0o777]).toEqual([0o600, 0o700]);
    running.child.kill('SIGTERM');
    expect([await running.ended, existsSync(dirname(file))]).toEqual([0, false]);
  });

  test.each([
    [
      'another service’s key',
      AS_TASK,
      'ec2',
      /^rolegate: the key is of ec2\.amazonaws\.com, not of ecs-tasks\.amazonaws\.com: /,
    ],
    [
      'a role that does not trust the service',
      [...TASK_ARGS],
      'ecs',
      /^rolegate: the gateway at \S+ refuses: .* \(AccessDenied\)\n$/,
    ],
    [
      'a token file that cannot be',
      [...AS_TASK, '--token-file', '/none/t'],
      'ecs',
      /^rolegate: the token file \/none\/t cannot be written \(ENOENT\)\n$/,
    ],
  ])('does not start with %s', async (_what, args, key, sentence) => {
    const env = key === 'ec2' ? ec2 : ecs;
    const { code, out, error } = await runToEnd('cli/main.js', ['metadata', ...args, '--url', started.url], {
      cwd: home.folder,
      env,
    });
    expect([code, out]).toEqual([1, '']);
    expect(error).toMatch(sentence);
  });

  test('prints exports, or says what is wrong', async () => {
    const args = ['env', '--role', DATA_WRITER, '--profile', 'alice', '--url', started.url];
    const { code, out, error } = await runToEnd('cli/main.js', args, { cwd: home.folder, env: home.env });
    expect([code, error, Object.keys(variablesIn(out))]).toEqual([
      0,
      '',
      [
        'AWS_ACCESS_KEY_ID',
        'AWS_SECRET_ACCESS_KEY',
        'AWS_SESSION_TOKEN',
        'AWS_CREDENTIAL_EXPIRATION',
        'AWS_ENDPOINT_URL_STS',
        'AWS_ENDPOINT_URL_IAM',
      ],
    ]);
    const wrong = await runToEnd('cli/main.js', ['env', '--url', started.url], { cwd: home.folder });
    expect([wrong.code, wrong.error]).toEqual([
      2,
      'rolegate: `rolegate env` needs --role ARN\nTry `rolegate --help`.\n',
    ]);
  });

  test('reads an MFA code, and ends although standard input stays open', async () => {
    const device = `arn:aws:iam::${A}:mfa/nobody`;
    const args = ['credentials', '--role', DATA_WRITER, '--profile', 'alice', '--serial-number', device];
    const child = spawn(process.execPath, [MAIN, ...args, '--url', started.url], { env: home.env, cwd: home.folder });
    let error = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      error += text;
    });
    child.stdin.write('123456\n');
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(1);
    expect(error).toMatch(/^rolegate: the gateway at \S+ refuses: MultiFactorAuthentication failed/);
  });
});
