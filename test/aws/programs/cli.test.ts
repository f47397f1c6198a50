/** The AWS CLI of this machine, whatever its version: Debian 12 has 2.9.19, which knows of endpoints only `--endpoint-url`. */
import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OPERATIONS } from '../../../src/aws/operations/operations.ts';
import { memberType, SERVICES, structureOf } from '../../../src/aws/wire/shapes.ts';
import { AwsHome, awsCli } from '../../support/aws-clients.ts';
import { startedGateway } from '../../support/gateway.ts';
import { ALICE, BOB, DATA_WRITER } from '../door.ts';
import type { Key } from '../signed.ts';
import { registerProvider, type WebIdentities } from '../web-identities.ts';
import { CAROL, CI, doorWorld, HOP, NEXT, PARTNER } from '../world.ts';
import { Recorder } from './recorder.ts';

const cli = awsCli();
const version = cli === null ? '' : spawnSync(cli, ['--version'], { encoding: 'utf8' }).stdout;
const [, major = 0, minor = 0] = (/^aws-cli\/(\d+)\.(\d+)/.exec(version) ?? []).map(Number);
/** https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html */
const knowsEndpoints = (major === 1 && minor >= 29) || (major === 2 && minor >= 13) || major > 2;
if (cli === null) process.stderr.write('the AWS CLI is not on PATH: its tests are skipped\n');

const gateway = startedGateway();
const home = new AwsHome();
let recorder: Recorder;
let provider: WebIdentities;

beforeAll(async () => {
  await gateway.gateway.services.directory.apply(doorWorld());
  provider = await registerProvider(gateway.gateway.services.sessions, Date.now());
  recorder = await Recorder.before(gateway.url, version.split(' ').slice(0, 1).join(''));
});
afterAll(async () => {
  await recorder.close((keyId) => gateway.gateway.services.secrets.secretFor(keyId));
  await home.remove();
});

function key(accessKeyId: string): Key {
  return { accessKeyId, secretAccessKey: gateway.gateway.services.secrets.secretFor(accessKeyId) };
}

interface Ran {
  readonly code: number;
  // The answers of different commands: tests say what they expect of them.
  readonly json: ReturnType<typeof JSON.parse>;
  readonly error: string;
}

/** Runs `aws`, with nothing of this machine's profiles and no way to AWS. */
function aws(words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
  recorder.what = words
    .filter((word) => !word.startsWith('http'))
    .slice(0, 3)
    .join(' ');
  return new Promise((resolve) => {
    const all = { PATH: process.env['PATH'] ?? '', ...home.env, AWS_MAX_ATTEMPTS: '2', ...env };
    execFile(cli ?? '', [...words, '--output', 'json'], { env: all }, (error, out, text) => {
      const code = error === null ? 0 : Number(error.code);
      resolve({ code, json: out.trim() === '' ? null : JSON.parse(out), error: text });
    });
  });
}

function as({ accessKeyId, secretAccessKey, sessionToken }: Key): Readonly<Record<string, string>> {
  const token = sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: sessionToken };
  return { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, ...token };
}

/** With the flag, which every version knows. */
function flagged(words: readonly string[], by: Key | null): Promise<Ran> {
  return aws(['--endpoint-url', `${recorder.url}/aws`, ...words], by === null ? {} : as(by));
}

function credentialsIn({ json, error }: Ran): Key {
  if (json === null) throw new Error(error);
  const { AccessKeyId, SecretAccessKey, SessionToken } = json.Credentials;
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
}

const who = async (by: Key): Promise<string> => (await flagged(['sts', 'get-caller-identity'], by)).json.Arn;

describe.skipIf(cli === null)('with --endpoint-url', () => {
  test('names the caller', async () => {
    const { json } = await flagged(['sts', 'get-caller-identity'], key(ALICE));
    expect(json).toEqual({
      UserId: expect.stringMatching(/^AIDA/),
      Account: '111111111111',
      Arn: 'arn:aws:iam::111111111111:user/alice',
    });
  });

  test('assumes roles of the other account, both ways, and a chain of two', async () => {
    const assume = (role: string, name: string, ...more: string[]) => [
      'sts',
      'assume-role',
      '--role-arn',
      role,
      '--role-session-name',
      name,
      ...more,
    ];
    const writer = await flagged(assume(DATA_WRITER, 'copy', '--duration-seconds', '900'), key(ALICE));
    expect(await who(credentialsIn(writer))).toBe('arn:aws:sts::222222222222:assumed-role/DataWriter/copy');
    const auditor = await flagged(assume('arn:aws:iam::111111111111:role/Auditor', 'audit'), key(BOB));
    expect(auditor.json.AssumedRoleUser.Arn).toBe('arn:aws:sts::111111111111:assumed-role/Auditor/audit');
    expect((await flagged(assume(PARTNER, 'p1', '--external-id', 'x-123'), key(CAROL))).code).toBe(0);
    const tags = [
      '--tags',
      'Key=team,Value=data + ümlaut',
      '--transitive-tag-keys',
      'team',
      '--source-identity',
      'carol-home',
    ];
    const hop = await flagged(assume(HOP, 'h1', ...tags), key(CAROL));
    expect([hop.json.SourceIdentity, hop.json.PackedPolicySize > 0]).toEqual(['carol-home', true]);
    const next = await flagged(assume(NEXT, 'n1'), credentialsIn(hop));
    expect(next.json.SourceIdentity).toBe('carol-home');
    const kept = await gateway.gateway.services.directory.prisma.roleSession.findUniqueOrThrow({
      where: { accessKeyId: credentialsIn(next).accessKeyId },
    });
    expect(kept.tags).toEqual({ team: 'data + ümlaut' });
  });

  test('gets temporary credentials, and asks whose a key is', async () => {
    const token = await flagged(['sts', 'get-session-token', '--duration-seconds', '900'], key(CAROL));
    expect(await who(credentialsIn(token))).toBe('arn:aws:iam::111111111111:user/carol');
    const policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }],
    });
    const federated = await flagged(['sts', 'get-federation-token', '--name', 'app', '--policy', policy], key(CAROL));
    expect(federated.json.FederatedUser.Arn).toBe('arn:aws:sts::111111111111:federated-user/app');
    const info = await flagged(['sts', 'get-access-key-info', '--access-key-id', BOB], key(CAROL));
    expect(info.json).toEqual({ Account: '222222222222' });
  });

  test('assumes a role with a web identity, without credentials', async () => {
    const token = await provider.token(Date.now());
    const words = [
      'sts',
      'assume-role-with-web-identity',
      '--role-arn',
      CI,
      '--role-session-name',
      'run-1',
      '--web-identity-token',
      token,
    ];
    const { json } = await flagged(words, null);
    expect([json.SubjectFromWebIdentityToken, json.Audience, json.AssumedRoleUser.Arn]).toEqual([
      'repo:main',
      'rolegate',
      'arn:aws:sts::111111111111:assumed-role/Ci/run-1',
    ]);
  });

  test.each([
    [
      'a wrong secret',
      ['sts', 'get-caller-identity'],
      'SignatureDoesNotMatch',
      { accessKeyId: ALICE, secretAccessKey: 'wrong' },
    ],
    [
      'a key that is not there',
      ['sts', 'get-caller-identity'],
      'InvalidClientTokenId',
      { accessKeyId: 'AKIANOTTHEREAAAAAAAA', secretAccessKey: 'x' },
    ],
    [
      'a message that is none',
      ['sts', 'decode-authorization-message', '--encoded-message', 'x'],
      'InvalidAuthorizationMessageException',
      null,
    ],
    [
      'a role that may not be assumed',
      ['sts', 'assume-role', '--role-arn', PARTNER, '--role-session-name', 'p1'],
      'AccessDenied',
      null,
    ],
    ['what is not served', ['iam', 'get-credential-report'], 'NotImplemented', null],
    ['another service', ['dynamodb', 'list-tables'], 'UnknownOperationException', null],
    ['another service of another protocol', ['s3api', 'list-buckets'], 'MissingAction', null],
  ])('prints AWS’s error: %s', async (_, words, code, by) => {
    const ran = await flagged(words, by ?? key(CAROL));
    expect(ran.code).not.toBe(0);
    expect(ran.error).toContain(`(${code})`);
  });

  test.each(operationsWithoutParameters())('reads iam %s', async (command) => {
    const admin = await flagged(['iam', command], key(CAROL));
    // carol may not; that the answer is read is shown by AWS's own word for it.
    expect([admin.code === 0, admin.error.includes('(AccessDenied)')]).toContain(true);
  });
});

/** As commands; every one that is served and requires nothing. */
function operationsWithoutParameters(): readonly string[] {
  const names = Object.keys(OPERATIONS.iam).filter((action) => {
    const [input = null] = SERVICES.iam.operations[action] ?? [];
    const members = input === null ? [] : Object.values(structureOf('iam', input));
    return /^(Get|List)/.test(action) && members.every((type) => !memberType(type).required);
  });
  return names.map((name) => name.replace(/(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, '-').toLowerCase());
}

// Never with an older one: it would sign with the source's key, and ask AWS's own STS.
describe.skipIf(!knowsEndpoints)('with endpoints in its profiles', () => {
  const services = () =>
    `[services rolegate]\nsts =\n  endpoint_url = ${recorder.url}/aws\niam =\n  endpoint_url = ${recorder.url}/aws\n`;
  const profile = (name: string, lines: string): string => `[profile ${name}]\nservices = rolegate\n${lines}\n`;
  const file = (names: Readonly<Record<string, string>>) =>
    Object.entries(names)
      .map(([name, id]) => `[${name}]\naws_access_key_id = ${id}\naws_secret_access_key = ${key(id).secretAccessKey}\n`)
      .join('');
  const arnIn = async (name: string, env = {}): Promise<string> => {
    const { json, error } = await aws(['sts', 'get-caller-identity', '--profile', name], env);
    return json?.Arn ?? error;
  };

  test('assumes roles across the two accounts, and chains of them', async () => {
    const profiles = [
      profile('alice', ''),
      profile('writer', `role_arn = ${DATA_WRITER}\nsource_profile = alice\nrole_session_name = copy`),
      profile('bob', ''),
      profile(
        'auditor',
        `role_arn = arn:aws:iam::111111111111:role/Auditor\nsource_profile = bob\nrole_session_name = audit`,
      ),
      profile('carol', ''),
      profile('partner', `role_arn = ${PARTNER}\nsource_profile = carol\nexternal_id = x-123\nrole_session_name = p1`),
      profile('hop', `role_arn = ${HOP}\nsource_profile = carol\nrole_session_name = h1`),
      profile('next', `role_arn = ${NEXT}\nsource_profile = hop\nrole_session_name = n1`),
      profile('environment', `role_arn = ${DATA_WRITER}\ncredential_source = Environment\nrole_session_name = e1`),
    ];
    await home.write(`${profiles.join('')}${services()}`, file({ alice: ALICE, bob: BOB, carol: CAROL }));
    expect(await arnIn('alice')).toBe('arn:aws:iam::111111111111:user/alice');
    expect(await arnIn('writer')).toBe('arn:aws:sts::222222222222:assumed-role/DataWriter/copy');
    expect(await arnIn('auditor')).toBe('arn:aws:sts::111111111111:assumed-role/Auditor/audit');
    expect(await arnIn('partner')).toBe('arn:aws:sts::222222222222:assumed-role/Partner/p1');
    expect(await arnIn('next')).toBe('arn:aws:sts::222222222222:assumed-role/Next/n1');
    expect(await arnIn('environment', as(key(ALICE)))).toBe('arn:aws:sts::222222222222:assumed-role/DataWriter/e1');
  });

  test('does what the README says', async () => {
    const readme = readFileSync(new URL('../../../src/aws/README.md', import.meta.url), 'utf8');
    const blockOf = (language: string, part: string): string =>
      [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))]
        .map(([, block = '']) => block.replaceAll('http://127.0.0.1:4000', recorder.url))
        .find((block) => block.includes(part)) ?? '';
    await home.write(blockOf('ini', '[services rolegate]'), file({ alice: ALICE }));
    const commands = blockOf('sh', 'aws sts ').trimEnd().split('\n');
    const arns: string[] = [];
    for (const command of commands) {
      const env = { PATH: process.env['PATH'] ?? '', ...home.env };
      const { stdout } = await promisify(execFile)('sh', ['-c', command], { env });
      arns.push(JSON.parse(stdout).Arn);
    }
    expect(arns).toEqual([
      'arn:aws:sts::222222222222:assumed-role/DataWriter/copy',
      'arn:aws:iam::111111111111:user/alice',
    ]);
  });

  test('keeps a session that is over, until its cache is deleted', async () => {
    await home.write(
      `${profile('alice', '')}${profile('writer', `role_arn = ${DATA_WRITER}\nsource_profile = alice\nrole_session_name = left`)}${services()}`,
      file({ alice: ALICE }),
    );
    const arn = 'arn:aws:sts::222222222222:assumed-role/DataWriter/left';
    expect(await arnIn('writer')).toBe(arn);
    const { directory } = gateway.gateway.services;
    const [session] = await directory.sessions.live(arn, Date.now());
    await directory.sessions.end(session?.id ?? '', Date.now(), 'EXITED');
    expect(await arnIn('writer')).toContain('(ExpiredToken)');
    await rm(join(home.folder, '.aws'), { recursive: true, force: true });
    expect(await arnIn('writer')).toBe(arn);
  });

  test('assumes a role with a web identity in a file', async () => {
    const token = join(home.folder, 'token');
    await writeFile(token, await provider.token(Date.now()));
    const env = {
      AWS_ROLE_ARN: CI,
      AWS_WEB_IDENTITY_TOKEN_FILE: token,
      AWS_ROLE_SESSION_NAME: 'run-2',
      AWS_ENDPOINT_URL: `${recorder.url}/aws`,
    };
    expect((await aws(['sts', 'get-caller-identity'], env)).json.Arn).toBe(
      'arn:aws:sts::111111111111:assumed-role/Ci/run-2',
    );
    await rm(join(home.folder, '.aws'), { recursive: true, force: true });
    await writeFile(token, await provider.token(Date.now() - 7_200_000));
    expect((await aws(['sts', 'get-caller-identity'], env)).error).toContain('(ExpiredTokenException)');
  });
});
