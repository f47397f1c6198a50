import { readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { CommandFailed } from '../failure.ts';
import { plain } from '../plain.ts';
import { type AwsFile, NO_SECTION, readAwsFile } from './aws-file.ts';
import type { CallerOptions } from './options.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** A key, long-term or, with a session token, temporary. */
export interface Key {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | null;
}

/** Bytes. */
const MAX_FILE = 1_048_576;
/** What AWS takes for a key id. https://docs.aws.amazon.com/IAM/latest/APIReference/API_AccessKey.html */
const KEY_ID = /^\w{16,128}$/;
const VISIBLE = /^[\x21-\x7e]{1,4096}$/;
/** Keys of a profile that has its credentials from elsewhere. */
const ELSEWHERE = [
  'role_arn',
  'credential_process',
  'credential_source',
  'sso_session',
  'sso_start_url',
  'login_session',
];

/**
 * The key with which a command asks the gateway: of the file or the profile that is named, else of the environment. No
 * profile is taken without being named: its key could be one for AWS itself, and the gateway would be told its secret.
 * Throws CommandFailed.
 */
export async function callersKey({ profile, keyFile }: CallerOptions, env: Environment): Promise<Key> {
  if (keyFile !== null) return ofProfile(profile ?? 'default', [await keysOf(keyFile)]);
  if (profile !== null) return ofProfile(profile, await filesOfAws(env));
  const key = keyIn(
    'the environment',
    env['AWS_ACCESS_KEY_ID'] ?? '',
    env['AWS_SECRET_ACCESS_KEY'] ?? '',
    env['AWS_SESSION_TOKEN'] ?? '',
  );
  if (key !== null) return key;
  throw new CommandFailed(
    'no key to ask with: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile (--profile) or a file (--key-file)',
  );
}

/** The header that says who asks. */
export function authorizationOf({ accessKeyId, secretAccessKey, sessionToken }: Key): string {
  if (sessionToken !== null) return `Bearer ${sessionToken}`;
  return `Basic ${Buffer.from(`${accessKeyId}:${secretAccessKey}`).toString('base64')}`;
}

/** Null: there is none. */
function keyIn(place: string, accessKeyId: string, secretAccessKey: string, sessionToken: string): Key | null {
  if (accessKeyId === '' && secretAccessKey === '') return null;
  if (accessKeyId === '' || secretAccessKey === '') {
    const missing = accessKeyId === '' ? 'access key id' : 'secret access key';
    throw new CommandFailed(`${place} has half a key: the ${missing} is missing`);
  }
  if (!KEY_ID.test(accessKeyId)) throw new CommandFailed(`${place} has an access key id of a wrong form`);
  if (!VISIBLE.test(secretAccessKey)) throw new CommandFailed(`${place} has a secret access key of a wrong form`);
  if (sessionToken !== '' && !VISIBLE.test(sessionToken)) {
    throw new CommandFailed(`${place} has a session token of a wrong form`);
  }
  return { accessKeyId, secretAccessKey, sessionToken: sessionToken === '' ? null : sessionToken };
}

interface Source {
  readonly path: string;
  readonly sections: AwsFile;
  /** The sections that a profile can have in this file. */
  readonly sectionsOf: (profile: string) => readonly string[];
}

/** Where a profile is in both files, the key in that of the credentials counts, as with AWS's clients. */
async function filesOfAws(env: Environment): Promise<readonly Source[]> {
  const home = env['HOME'] ?? env['USERPROFILE'] ?? homedir();
  const inHome = (path: string): string => path.replace(/^~(?=[/\\])/, home);
  const config = inHome(env['AWS_CONFIG_FILE'] ?? join(home, '.aws', 'config'));
  const credentials = inHome(env['AWS_SHARED_CREDENTIALS_FILE'] ?? join(home, '.aws', 'credentials'));
  return [
    { path: credentials, sections: await sectionsAt(credentials, 'may be missing'), sectionsOf: (name) => [name] },
    {
      path: config,
      sections: await sectionsAt(config, 'may be missing'),
      sectionsOf: (name) => [`profile ${name}`, ...(name === 'default' ? [name] : [])],
    },
  ];
}

/** A file of keys may have a single one, without a section. */
async function keysOf(path: string): Promise<Source> {
  const sections = await sectionsAt(path, 'must be there');
  return { path, sections, sectionsOf: (name) => (name === 'default' ? [name, NO_SECTION] : [name]) };
}

function ofProfile(profile: string, sources: readonly Source[]): Key {
  const found = sources.flatMap(({ path, sections, sectionsOf }) =>
    sectionsOf(profile).flatMap((name) => {
      const section = sections.get(name);
      return section === undefined || (name === NO_SECTION && section.size === 0) ? [] : [{ path, section }];
    }),
  );
  const paths = sources.map(({ path }) => path).join(' or ');
  if (found.length === 0) throw new CommandFailed(`there is no profile ${profile} in ${paths}`);
  for (const { path, section } of found) {
    const value = (name: string): string => section.get(name) ?? '';
    const key = keyIn(
      `the profile ${profile} in ${path}`,
      value('aws_access_key_id'),
      value('aws_secret_access_key'),
      value('aws_session_token'),
    );
    if (key !== null) return key;
  }
  const other = ELSEWHERE.find((name) => found.some(({ section }) => section.has(name)));
  const hint = other === undefined ? '' : ` (its ${other} is not followed: name the profile that has the key)`;
  throw new CommandFailed(`the profile ${profile} has no aws_access_key_id and aws_secret_access_key${hint}`);
}

async function sectionsAt(path: string, absence: 'may be missing' | 'must be there'): Promise<AwsFile> {
  try {
    const { size } = await stat(path);
    if (size > MAX_FILE) throw new CommandFailed(`${plain(path)} is larger than 1 MiB`);
    return readAwsFile(await readFile(path, 'utf8'));
  } catch (error) {
    if (error instanceof CommandFailed) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'ENOENT' && absence === 'may be missing') return new Map();
    throw new CommandFailed(`${plain(path)} cannot be read (${code})`, { cause: error });
  }
}
