import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readAwsFile } from '../../../src/cli/credentials/aws-file.ts';
import { authorizationOf, callersKey, type Environment } from '../../../src/cli/credentials/key.ts';

const ID = 'AKIADEMOALICEAAAAAAA';
const NOTHING = { url: null, profile: null, keyFile: null };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rolegate-keys-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function file(name: string, text: string): Promise<string> {
  await writeFile(join(folder, name), text);
  return join(folder, name);
}

test('the form of files of AWS: sections, comments, what belongs to a key, what comes again', () => {
  const text = [
    '\uFEFF# keys',
    'before = 1',
    '[default]',
    'aws_access_key_id=AKIA1 ; a comment',
    'AWS_Secret_Access_Key = a#b=c;d',
    's3 =',
    '  endpoint_url = http://elsewhere',
    '[ profile  "two words" ] # comment',
    'region = eu-west-1',
    'no equals sign',
    '= nothing',
    '[empty]',
    '[default]',
    'aws_access_key_id = AKIA2',
    '[__proto__]',
    'polluted = yes',
  ].join('\r\n');
  const read = Object.fromEntries([...readAwsFile(text)].map(([name, keys]) => [`[${name}]`, [...keys]]));
  expect(read).toEqual({
    '[]': [['before', '1']],
    '[default]': [
      ['aws_access_key_id', 'AKIA2'],
      ['aws_secret_access_key', 'a#b=c;d'],
      ['s3', ''],
    ],
    '[profile two words]': [['region', 'eu-west-1']],
    '[empty]': [],
    '[__proto__]': [['polluted', 'yes']],
  });
});

describe('whose key it is', () => {
  const IN_ENVIRONMENT = { AWS_ACCESS_KEY_ID: ID, AWS_SECRET_ACCESS_KEY: 'of the environment'.replaceAll(' ', '-') };
  let aws: Environment;

  beforeAll(async () => {
    aws = {
      ...IN_ENVIRONMENT,
      AWS_PROFILE: 'default',
      AWS_SHARED_CREDENTIALS_FILE: await file(
        'credentials',
        `[default]\naws_access_key_id = ${ID}\naws_secret_access_key = default\n[both]\naws_access_key_id = ${ID}\n` +
          `aws_secret_access_key = credentials\n[half]\naws_access_key_id = ${ID}\n[region-only]\n`,
      ),
      AWS_CONFIG_FILE: await file(
        'config',
        `[profile both]\naws_access_key_id = ${ID}\naws_secret_access_key = config\n[profile writer]\nrole_arn = x\n` +
          `[profile session]\naws_access_key_id = ASIADEMOALICEAAAAAAA\naws_secret_access_key = s\naws_session_token = t\n` +
          `[profile region-only]\naws_access_key_id = ${ID}\naws_secret_access_key = config\n[both-without-profile]\n`,
      ),
    };
  });

  const secretOf = async (profile: string | null, env: Environment = aws) =>
    (await callersKey({ ...NOTHING, profile }, env)).secretAccessKey;

  test('that of the environment, even if a profile is set there: it would be one for AWS itself', async () => {
    expect(await secretOf(null)).toBe('of-the-environment');
    await expect(secretOf(null, { AWS_PROFILE: 'default', HOME: folder })).rejects.toThrow(
      /^no key to ask with: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile \(--profile\) or a file/,
    );
  });

  test('that of the profile, if one is named: the file of credentials comes first', async () => {
    expect(await secretOf('default')).toBe('default');
    expect(await secretOf('both')).toBe('credentials');
    expect(await secretOf('region-only')).toBe('config');
  });

  test('files are found in the home folder', async () => {
    const env = { HOME: folder, AWS_SHARED_CREDENTIALS_FILE: '~/credentials' };
    expect(await secretOf('default', env)).toBe('default');
    await expect(secretOf('default', { HOME: folder })).rejects.toThrow(
      `there is no profile default in ${folder}/.aws/credentials or ${folder}/.aws/config`,
    );
  });

  test('temporary credentials ask with their token, others with their secret', async () => {
    const temporary = await callersKey({ ...NOTHING, profile: 'session' }, aws);
    expect(authorizationOf(temporary)).toBe('Bearer t');
    const { accessKeyId, secretAccessKey } = await callersKey(NOTHING, aws);
    expect(authorizationOf({ accessKeyId, secretAccessKey, sessionToken: null })).toBe(
      `Basic ${Buffer.from(`${ID}:of-the-environment`).toString('base64')}`,
    );
  });

  test.each([
    ['half', /^the profile half in .*credentials has half a key: the secret access key is missing$/],
    ['writer', /^the profile writer has no .* \(its role_arn is not followed: name the profile that has the key\)$/],
    ['both-without-profile', /^there is no profile both-without-profile in .*credentials or .*config$/],
    ['nobody', /^there is no profile nobody in /],
  ])('the profile %s is refused with the reason', async (profile, reason) => {
    await expect(secretOf(profile)).rejects.toThrow(reason);
  });

  test.each([
    [{ AWS_ACCESS_KEY_ID: ID }, 'the environment has half a key: the secret access key is missing'],
    [{ AWS_SECRET_ACCESS_KEY: 'x' }, 'the environment has half a key: the access key id is missing'],
    [{ ...IN_ENVIRONMENT, AWS_ACCESS_KEY_ID: 'AKIA:x' }, 'the environment has an access key id of a wrong form'],
    [{ ...IN_ENVIRONMENT, AWS_SECRET_ACCESS_KEY: 'a\nb' }, 'the environment has a secret access key of a wrong form'],
    [{ ...IN_ENVIRONMENT, AWS_SESSION_TOKEN: 'a\r\nb' }, 'the environment has a session token of a wrong form'],
  ])('an environment that is wrong is refused: %j', async (env, reason) => {
    await expect(callersKey(NOTHING, env)).rejects.toThrow(reason);
  });
});

describe('a file of keys', () => {
  const keyOf = (keyFile: string, profile: string | null = null) =>
    callersKey(
      { url: null, profile, keyFile },
      { AWS_ACCESS_KEY_ID: 'AKIAOTHERAAAAAAAAAAA', AWS_SECRET_ACCESS_KEY: 'o' },
    );

  test('has one key without a section, or profiles', async () => {
    const bare = await file('bare', `aws_access_key_id=${ID}\naws_secret_access_key=bare\n`);
    expect(await keyOf(bare)).toEqual({ accessKeyId: ID, secretAccessKey: 'bare', sessionToken: null });
    const several = await file('several', `[a]\naws_access_key_id=${ID}\naws_secret_access_key=a\n`);
    expect((await keyOf(several, 'a')).secretAccessKey).toBe('a');
    await expect(keyOf(several)).rejects.toThrow(`there is no profile default in ${several}`);
  });

  test('must be there, and of a size that files of keys have', async () => {
    await expect(keyOf(join(folder, 'none'))).rejects.toThrow(`${folder}/none cannot be read (ENOENT)`);
    await expect(keyOf(folder)).rejects.toThrow(`${folder} cannot be read (EISDIR)`);
    const large = await file('large', 'x'.repeat(1_048_577));
    await expect(keyOf(large)).rejects.toThrow(`${large} is larger than 1 MiB`);
  });
});
