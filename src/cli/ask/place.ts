import { readFile, stat } from 'node:fs/promises';
import type { ParseArgsConfig } from 'node:util';
import { authorizationOf, callersKey, type Environment } from '../credentials/key.ts';
import { CALLER_OPTIONS, type CallerOptions, callerOptions } from '../credentials/options.ts';
import { CommandFailed } from '../failure.ts';
import { fileFailure } from '../file-failure.ts';
import { plain } from '../plain.ts';
import { UsageError } from '../usage-error.ts';

/** Which gateway is asked, and as whom. */
export interface PlaceOptions extends CallerOptions {
  /** A file with a bearer token. Null: not given. */
  readonly tokenFile: string | null;
}

export const PLACE_OPTIONS = {
  ...CALLER_OPTIONS,
  'token-file': { type: 'string' },
} as const satisfies ParseArgsConfig['options'];

/** Bytes. */
const MAX_TOKEN_FILE = 65_536;
const TOKEN = /^[\x21-\x7e]{1,16384}$/;

export function placeOptions(
  values: Parameters<typeof callerOptions>[0] & { readonly 'token-file'?: string | undefined },
): PlaceOptions {
  return { ...callerOptions(values), tokenFile: values['token-file'] ?? null };
}

/** Every process of the machine can read arguments. Throws UsageError, which does not repeat the token. */
export function refuseTokens(args: readonly string[]): void {
  if (args.some((arg) => /^--token(?:=|$)/.test(arg))) {
    throw new UsageError(
      'a token is no argument, which every process can read: give it in ROLEGATE_TOKEN, or its file in --token-file',
    );
  }
}

/** Whether a gateway is asked as somebody else than the operator of the directory that the settings name. */
export function isElsewhere({ url, tokenFile, profile, keyFile }: PlaceOptions, env: Environment): boolean {
  const given = [url, tokenFile, profile, keyFile, env['ROLEGATE_URL'] ?? null, env['ROLEGATE_TOKEN'] ?? null];
  return given.some((each) => each !== null && each !== '');
}

/**
 * The header that says who asks: a token, or the key of a profile or file that is named. The key in the environment is not taken: it
 * is most likely one for AWS itself. Throws CommandFailed.
 */
export async function authorizationFor(options: PlaceOptions, env: Environment): Promise<string> {
  const { tokenFile, profile, keyFile } = options;
  if (tokenFile !== null) return `Bearer ${await tokenIn(tokenFile)}`;
  if (profile !== null || keyFile !== null) return authorizationOf(await callersKey(options, env));
  const token = env['ROLEGATE_TOKEN'] ?? '';
  if (token === '') {
    throw new CommandFailed(
      'no token to ask with: set ROLEGATE_TOKEN, or name a file (--token-file, --key-file) or a profile (--profile)',
    );
  }
  return `Bearer ${checked(token, 'ROLEGATE_TOKEN holds no token')}`;
}

async function tokenIn(path: string): Promise<string> {
  const read = async (): Promise<string> => {
    try {
      return (await stat(path)).size > MAX_TOKEN_FILE ? '' : await readFile(path, 'utf8');
    } catch (error) {
      throw fileFailure(path, error);
    }
  };
  return checked((await read()).trim(), `${plain(path)} holds no token`);
}

function checked(token: string, sentence: string): string {
  if (TOKEN.test(token)) return token;
  throw new CommandFailed(sentence);
}
