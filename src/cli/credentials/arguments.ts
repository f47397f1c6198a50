import { UsageError } from '../usage-error.ts';
import {
  CALLER_OPTIONS,
  type CallerOptions,
  callerOptions,
  durationIn,
  readOptions,
  type Tag,
  tagsIn,
} from './options.ts';
import { SHELLS, type Shell } from './shells.ts';

/** The role to assume, and the parameters of the call. Null: not given. */
export interface RoleOptions {
  readonly role: string;
  readonly sessionName: string | null;
  readonly durationSeconds: number | null;
  readonly externalId: string | null;
  readonly sourceIdentity: string | null;
  /** The caller's MFA device, whose code is asked for. */
  readonly serialNumber: string | null;
  readonly tags: readonly Tag[];
}

/** `rolegate credentials`, parsed. */
export interface CredentialsCommand extends CallerOptions, RoleOptions {
  readonly kind: 'credentials';
}

/** `rolegate env`, parsed. */
export interface EnvCommand extends CallerOptions, RoleOptions {
  readonly kind: 'env';
  readonly shell: Shell;
}

const OPTIONS = {
  ...CALLER_OPTIONS,
  role: { type: 'string' },
  'session-name': { type: 'string' },
  'duration-seconds': { type: 'string' },
  'external-id': { type: 'string' },
  'source-identity': { type: 'string' },
  'serial-number': { type: 'string' },
  tags: { type: 'string', multiple: true },
} as const;

/** The arguments behind `credentials`; null: the help is asked for. Throws UsageError. */
export function parseCredentials(args: readonly string[]): CredentialsCommand | null {
  const values = readOptions('credentials', args, OPTIONS);
  if (values === null) return null;
  return { kind: 'credentials', ...callerOptions(values), ...roleOptions('credentials', values) };
}

/** The arguments behind `env`; null: the help is asked for. Throws UsageError. */
export function parseEnv(args: readonly string[]): EnvCommand | null {
  const values = readOptions('env', args, { ...OPTIONS, shell: { type: 'string' } } as const);
  if (values === null) return null;
  const shell = SHELLS.find((known) => known === (values.shell ?? 'posix'));
  if (shell === undefined) throw new UsageError(`--shell is one of ${SHELLS.join(', ')}`);
  return { kind: 'env', ...callerOptions(values), ...roleOptions('env', values), shell };
}

function roleOptions(
  command: string,
  values: {
    readonly role?: string | undefined;
    readonly 'session-name'?: string | undefined;
    readonly 'duration-seconds'?: string | undefined;
    readonly 'external-id'?: string | undefined;
    readonly 'source-identity'?: string | undefined;
    readonly 'serial-number'?: string | undefined;
    readonly tags?: string[] | undefined;
  },
): RoleOptions {
  if (values.role === undefined) throw new UsageError(`\`rolegate ${command}\` needs --role ARN`);
  return {
    role: values.role,
    sessionName: values['session-name'] ?? null,
    durationSeconds: durationIn(values['duration-seconds']),
    externalId: values['external-id'] ?? null,
    sourceIdentity: values['source-identity'] ?? null,
    serialNumber: values['serial-number'] ?? null,
    tags: tagsIn(values.tags),
  };
}
