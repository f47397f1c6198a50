import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { flagOf } from './setting-names.ts';
import { ENVIRONMENT, type SettingSource } from './setting-reader.ts';
import { InvalidSettings, settingNames } from './settings.ts';

/** What a command line says of settings. */
export interface SettingArguments {
  /** `--config FILE`; null: not given. */
  readonly config: string | null;
  /** By the names of settings. */
  readonly flags: Readonly<Record<string, string>>;
  /** What is no setting. */
  readonly rest: readonly string[];
}

/** Takes `--config FILE` out of arguments, and where `takesFlags` those of settings: `--port 5000`. Throws InvalidSettings. */
export function settingArguments(args: readonly string[], takesFlags: boolean): SettingArguments {
  const names = new Map(takesFlags ? settingNames().map((name) => [flagOf(name), name]) : []);
  const flags: Record<string, string> = {};
  const rest: string[] = [];
  let config: string | null = null;
  const left = [...args];
  for (let arg = left.shift(); arg !== undefined; arg = left.shift()) {
    const [flag = '', ...after] = arg.split('=');
    const name = names.get(flag);
    if (flag !== '--config' && name === undefined) {
      rest.push(arg);
      continue;
    }
    const value = after.length > 0 ? after.join('=') : left.shift();
    if (value === undefined || value === '') throw new InvalidSettings([`${flag} needs a value`]);
    if (name === undefined) config = value;
    else if (name === TRACES && /@/.test(value))
      throw new InvalidSettings([
        `${flag} would show a secret to whoever lists processes: set ${TRACES} in the environment or a file`,
      ]);
    else if (IS_SECRET.has(name))
      throw new InvalidSettings([`${flag} would show a secret to whoever lists processes: use ${flag}-file`]);
    else flags[name] = value;
  }
  return { config, flags, rest };
}

/** Its URL may hold a password. */
const TRACES = 'OTEL_EXPORTER_OTLP_ENDPOINT';

const IS_SECRET: ReadonlySet<string> = new Set([
  'DATABASE_URL',
  'DATABASE_DIRECT_URL',
  'DATABASE_REPLICA_URL',
  'ROLEGATE_OPERATOR_TOKEN',
  'ROLEGATE_METRICS_TOKEN',
]);

/** The sources of this process's settings, the nearest first: its command line, its environment, and the file that is named. */
export function sourcesOf(
  { config, flags }: Omit<SettingArguments, 'rest'>,
  env: SettingSource['values'],
  workingDir: string,
): readonly SettingSource[] {
  return [
    { name: 'command line', values: flags },
    { name: ENVIRONMENT, values: env },
    ...(config === null ? [] : [{ name: config, values: valuesIn(config, workingDir) }]),
  ];
}

/** Bytes. */
const MOST = 1_048_576;

/** Throws InvalidSettings. */
function valuesIn(file: string, workingDir: string): Readonly<Record<string, string>> {
  const given = parsed(file, resolve(workingDir, file));
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new InvalidSettings([`--config ${file} must hold a JSON object, with names of settings`]);
  const values: Record<string, string> = {};
  const problems: string[] = [];
  for (const [name, value] of Object.entries(given)) {
    const text = textOf(value);
    if (text === null)
      problems.push(
        `${name.slice(0, 100)} (${file}) must be a text, a number, true or false (on or off), or a list of texts`,
      );
    else values[name] = text;
  }
  if (problems.length > 0) throw new InvalidSettings(problems);
  return values;
}

function parsed(file: string, path: string): unknown {
  let text: string;
  try {
    if (statSync(path).size > MOST) throw new InvalidSettings([`--config ${file} is larger than ${MOST} bytes`]);
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof InvalidSettings) throw error;
    throw new InvalidSettings([`--config ${file} must name a file that can be read`]);
  }
  try {
    return JSON.parse(text);
  } catch {
    // What the parser says would repeat what stands there, which may be a secret.
    throw new InvalidSettings([`--config ${file} is not valid JSON`]);
  }
}

/** Null: it is of another type. */
function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return Array.isArray(value) && value.every((each) => typeof each === 'string') ? value.join(',') : null;
}
