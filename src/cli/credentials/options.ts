import { type ParseArgsConfig, parseArgs } from 'node:util';
import { UsageError } from '../usage-error.ts';
import { refuseSecrets } from './secret-arguments.ts';

/** With whose key a command asks, and which gateway. Null: not given. */
export interface CallerOptions {
  /** The gateway's address. */
  readonly url: string | null;
  /** Profile of AWS's files, whose key is used. */
  readonly profile: string | null;
  /** A file in the form of `~/.aws/credentials`. */
  readonly keyFile: string | null;
}

export const CALLER_OPTIONS = {
  url: { type: 'string' },
  profile: { type: 'string' },
  'key-file': { type: 'string' },
} as const;

/** Seconds, as for sts:AssumeRole. */
const DURATION = { min: 900, max: 43_200 } as const;

/** The options of `rolegate COMMAND`, which takes nothing else; null: the help is asked for. Throws UsageError. */
export function readOptions<T extends NonNullable<ParseArgsConfig['options']>>(
  command: string,
  args: readonly string[],
  options: T,
) {
  refuseSecrets(args);
  const { values, positionals } = parsed(args, options);
  if ('help' in values && values.help === true) return null;
  // They are not repeated: it may be a key that was typed here.
  if (positionals.length > 0) throw new UsageError(`\`rolegate ${command}\` takes options only`);
  for (const [name, value] of Object.entries(values)) {
    if ([value].flat().includes('')) throw new UsageError(`--${name} needs a value`);
  }
  return values;
}

function parsed<T extends NonNullable<ParseArgsConfig['options']>>(args: readonly string[], options: T) {
  try {
    const help = { help: { type: 'boolean', short: 'h' } } as const;
    return parseArgs({ args: [...args], allowPositionals: true, options: { ...options, ...help } });
  } catch (error) {
    throw new UsageError(error instanceof Error ? (error.message.split(/\.\s/)[0] ?? '') : String(error));
  }
}

export function callerOptions(values: {
  readonly url?: string | undefined;
  readonly profile?: string | undefined;
  readonly 'key-file'?: string | undefined;
}): CallerOptions {
  return { url: values.url ?? null, profile: values.profile ?? null, keyFile: values['key-file'] ?? null };
}

/** Null: not given. */
export function durationIn(text: string | undefined): number | null {
  if (text === undefined) return null;
  const seconds = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (seconds >= DURATION.min && seconds <= DURATION.max) return seconds;
  throw new UsageError(`--duration-seconds is a number from ${DURATION.min} to ${DURATION.max}`);
}

export interface Tag {
  readonly key: string;
  readonly value: string;
}

/** `team=red`; a value may be empty, and may hold further `=`. */
export function tagsIn(texts: readonly string[] | undefined): readonly Tag[] {
  return (texts ?? []).map((text) => {
    const at = text.indexOf('=');
    if (at < 1) throw new UsageError('--tags is KEY=VALUE, and is given once for each tag');
    return { key: text.slice(0, at), value: text.slice(at + 1) };
  });
}
