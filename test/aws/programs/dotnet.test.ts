/** AWS's SDK for .NET, and PowerShell with its assemblies: where `dotnet` and its packages are to be had. */
import { execFile } from 'node:child_process';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { AwsHome } from '../../support/aws-clients.ts';
import { DOTNET_FOLDER, dotnet, installPowerShell, missingDotnet, PWSH, QUIET } from '../../support/dotnet.ts';
import { startedGateway } from '../../support/gateway.ts';
import { ALICE, BOB, DATA_WRITER, EC2 } from '../door.ts';
import type { Key } from '../signed.ts';
import { registerProvider, type WebIdentities } from '../web-identities.ts';
import { CAROL, CI, doorWorld, HOP, NEXT } from '../world.ts';
import { Recorder } from './recorder.ts';

const SOURCES = fileURLToPath(new URL('dotnet', import.meta.url));
const PROGRAM = join(DOTNET_FOLDER, 'out/clients.dll');

/** Why not; null: they are there. */
const missing = await prepared();
if (missing !== null) process.stderr.write(`clients of .NET are skipped: ${missing}\n`);

async function prepared(): Promise<string | null> {
  const why = missingDotnet();
  if (why !== null) return why;
  await mkdir(DOTNET_FOLDER, { recursive: true });
  await cp(SOURCES, DOTNET_FOLDER, { recursive: true });
  const built = dotnet('build', '-c', 'Release', '-o', 'out');
  return built === null ? null : `it could not be built\n${built}`;
}

const gateway = startedGateway();
let home: AwsHome;
let recorder: Recorder;
let provider: WebIdentities;

beforeAll(async () => {
  await gateway.gateway.services.directory.apply(doorWorld());
  provider = await registerProvider(gateway.gateway.services.sessions, Date.now());
  recorder = await Recorder.before(gateway.url, 'aws-sdk-net/4.0.101.10');
});
beforeEach(() => {
  home = new AwsHome();
  return () => home.remove();
});
afterAll(() => recorder.close((keyId) => gateway.gateway.services.secrets.secretFor(keyId)));

function key(accessKeyId: string): Key {
  return { accessKeyId, secretAccessKey: gateway.gateway.services.secrets.secretFor(accessKeyId) };
}

function as({ accessKeyId, secretAccessKey, sessionToken }: Key): Readonly<Record<string, string>> {
  const token = sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: sessionToken };
  return { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, ...token };
}

/** What a command prints, as a line of JSON. */
function printed(command: string, words: readonly string[], env: Readonly<Record<string, string>>) {
  const all = { PATH: process.env['PATH'] ?? '', ...QUIET, ...home.env, AWS_REGION: 'us-east-1', ...env };
  return new Promise<ReturnType<typeof JSON.parse>>((resolve, reject) => {
    execFile(command, words, { env: all }, (error, out, text) => {
      const line = out.trim().split('\n').at(-1) ?? '';
      if (line.startsWith('{')) resolve(JSON.parse(line));
      else reject(new Error(`${out}${text}`, { cause: error }));
    });
  });
}

function run(words: readonly string[], env: Readonly<Record<string, string>>) {
  recorder.what = words[0] ?? '';
  return printed('dotnet', [PROGRAM, ...words], { AWS_ENDPOINT_URL_STS: `${recorder.url}/aws`, ...env });
}

describe.skipIf(missing !== null)('the SDK for .NET', () => {
  test('names the caller', async () => {
    expect(await run(['identity'], as(key(ALICE)))).toMatchObject({
      Account: '111111111111',
      Arn: 'arn:aws:iam::111111111111:user/alice',
    });
    expect(await run(['identity'], as(key(EC2)))).toMatchObject({ Account: null, Arn: 'ec2.amazonaws.com' });
  });

  test('assumes roles of the other account, both ways, and a chain of two', async () => {
    expect(await run(['assume', DATA_WRITER, 'copy'], as(key(ALICE)))).toMatchObject({
      Arn: 'arn:aws:sts::222222222222:assumed-role/DataWriter/copy',
    });
    expect(await run(['assume', 'arn:aws:iam::111111111111:role/Auditor', 'audit'], as(key(BOB)))).toMatchObject({
      Arn: 'arn:aws:sts::111111111111:assumed-role/Auditor/audit',
    });
    expect(await run(['chain', HOP, 'h1', NEXT, 'n1'], as(key(CAROL)))).toMatchObject({
      Arn: 'arn:aws:sts::222222222222:assumed-role/Next/n1',
    });
    expect(await run(['token'], as(key(CAROL)))).toMatchObject({ Arn: 'arn:aws:iam::111111111111:user/carol' });
  });

  test('assumes the role of a profile, with the endpoint of its services', async () => {
    const { accessKeyId, secretAccessKey } = key(ALICE);
    await home.write(
      `[profile alice]\nservices = rolegate\n[profile writer]\nrole_arn = ${DATA_WRITER}\nsource_profile = alice\nrole_session_name = copy\nservices = rolegate\n[services rolegate]\nsts =\n  endpoint_url = ${recorder.url}/aws\n`,
      `[alice]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`,
    );
    recorder.what = 'profile';
    const answer = await printed('dotnet', [PROGRAM, 'identity'], { AWS_PROFILE: 'writer' });
    expect(answer).toMatchObject({ Arn: 'arn:aws:sts::222222222222:assumed-role/DataWriter/copy' });
  });

  test('assumes a role with a web identity in a file', async () => {
    const file = join(home.folder, 'token');
    const env = { AWS_ROLE_ARN: CI, AWS_WEB_IDENTITY_TOKEN_FILE: file, AWS_ROLE_SESSION_NAME: 'run-1' };
    await writeFile(file, await provider.token(Date.now()));
    expect(await run(['identity'], env)).toMatchObject({ Arn: 'arn:aws:sts::111111111111:assumed-role/Ci/run-1' });
    await writeFile(file, await provider.token(Date.now() - 7_200_000));
    expect(await run(['identity'], env)).toMatchObject({ Code: 'ExpiredTokenException', Status: 400 });
  });

  test('hears AWS’s errors', async () => {
    expect(await run(['identity'], as({ accessKeyId: ALICE, secretAccessKey: 'wrong' }))).toMatchObject({
      Code: 'SignatureDoesNotMatch',
      Status: 403,
    });
    expect(await run(['assume', NEXT, 'n1'], as(key(ALICE)))).toMatchObject({
      Code: 'AccessDenied',
      Status: 403,
      Message: expect.stringContaining('is not authorized to perform: sts:AssumeRole'),
    });
    const { services } = gateway.gateway;
    const now = Date.now();
    const caller = await services.sessions.authenticate(gateway.as.user('alice'), now);
    const { credentials, session } = await services.sessions.assumeRole(
      caller,
      { role: DATA_WRITER, roleSessionName: 'left' },
      now,
    );
    expect(await run(['identity'], as(credentials))).toMatchObject({ Arn: session.arn });
    await services.directory.sessions.end(session.id, now, 'EXITED');
    expect(await run(['identity'], as(credentials))).toMatchObject({ Code: 'ExpiredToken', Status: 403 });
  });
});

describe.skipIf(missing !== null)('PowerShell with its assemblies', () => {
  beforeAll(installPowerShell, 300_000);

  const use = (by: Key) => {
    recorder.what = 'PowerShell';
    const script = join(SOURCES, 'clients.ps1');
    const words = [
      '-NoProfile',
      '-NonInteractive',
      '-File',
      script,
      join(DOTNET_FOLDER, 'out'),
      `${recorder.url}/aws/`,
      DATA_WRITER,
      'shell',
    ];
    return printed(PWSH, words, as(by));
  };

  test('assumes a role, and is in it', async () => {
    expect(await use(key(ALICE))).toEqual({
      Arn: 'arn:aws:sts::222222222222:assumed-role/DataWriter/shell',
      Account: '222222222222',
    });
  });

  test('hears that it may not', async () => {
    expect(await use(key(BOB))).toEqual({ Code: 'AccessDenied', Status: 403 });
  });
});
