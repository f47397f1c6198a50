import type { Assumption } from '../credentials/assume.ts';
import {
  CALLER_OPTIONS,
  type CallerOptions,
  callerOptions,
  durationIn,
  readOptions,
  tagsIn,
} from '../credentials/options.ts';
import { UsageError } from '../usage-error.ts';

/** `rolegate metadata`, parsed. */
export interface MetadataCommand extends CallerOptions {
  readonly kind: 'metadata';
  /** The service whose key the command has: `ecs-tasks.amazonaws.com`. */
  readonly service: string;
  /** How the role is assumed. */
  readonly assumption: Assumption;
  /** What is served, for people: the role or the instance profile, and the session. */
  readonly subject: string;
  /** 0: any free port. */
  readonly port: number;
  /** Whether ::1 is listened on too. */
  readonly ipv6: boolean;
  /** Null: in a folder of its own. */
  readonly tokenFile: string | null;
  /** Null: no instance metadata. */
  readonly instanceMetadata: { readonly availabilityZone: string } | null;
}

const OPTIONS = {
  ...CALLER_OPTIONS,
  role: { type: 'string' },
  service: { type: 'string' },
  'session-name': { type: 'string' },
  tags: { type: 'string', multiple: true },
  'instance-profile': { type: 'string' },
  'instance-id': { type: 'string' },
  'duration-seconds': { type: 'string' },
  'source-arn': { type: 'string' },
  'source-account': { type: 'string' },
  port: { type: 'string' },
  ipv6: { type: 'boolean' },
  'token-file': { type: 'string' },
  imds: { type: 'boolean' },
  'availability-zone': { type: 'string' },
} as const;

type Values = NonNullable<ReturnType<typeof valuesOf>>;

const EC2 = 'ec2.amazonaws.com';
const SERVICE = /^[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com(\.cn)?$/;
/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-regions-availability-zones.html */
const ZONE = /^[a-z]{2}(-[a-z]+)+-\d[a-z]$/;
const DEFAULT_ZONE = 'us-east-1a';

/** The arguments behind `metadata`; null: the help is asked for. Throws UsageError. */
export function parseMetadata(args: readonly string[]): MetadataCommand | null {
  const values = valuesOf(args);
  if (values === null) return null;
  const { role, 'instance-profile': profile } = values;
  if ((role === undefined) === (profile === undefined)) {
    throw new UsageError('`rolegate metadata` needs either --role ARN or --instance-profile ARN');
  }
  const zone = values['availability-zone'];
  if (zone !== undefined && values.imds !== true) throw new UsageError('--availability-zone belongs to --imds');
  if (zone !== undefined && !ZONE.test(zone))
    throw new UsageError(`--availability-zone is one such as ${DEFAULT_ZONE}`);
  const taken = role === undefined ? ofInstance(profile ?? '', values) : ofRole(role, values);
  if (!SERVICE.test(taken.service)) throw new UsageError(`--service is a service such as ecs-tasks.amazonaws.com`);
  return {
    kind: 'metadata',
    ...callerOptions(values),
    ...taken,
    port: portIn(values.port),
    ipv6: values.ipv6 === true,
    tokenFile: values['token-file'] ?? null,
    instanceMetadata: values.imds === true ? { availabilityZone: zone ?? DEFAULT_ZONE } : null,
  };
}

function valuesOf(args: readonly string[]) {
  return readOptions('metadata', args, OPTIONS);
}

type Taken = Pick<MetadataCommand, 'service' | 'assumption' | 'subject'>;

function ofRole(role: string, values: Values): Taken {
  const { service, 'session-name': roleSessionName } = values;
  if (values['instance-id'] !== undefined) throw new UsageError('--instance-id belongs to --instance-profile');
  if (service === undefined) throw new UsageError('--role needs --service, such as ecs-tasks.amazonaws.com');
  if (roleSessionName === undefined) throw new UsageError('--role needs --session-name, which names the workload');
  const input = { role, roleSessionName, tags: tagsIn(values.tags), ...common(values) };
  return { service, assumption: { mutation: 'assumeRole', input }, subject: `${role} as ${roleSessionName}` };
}

function ofInstance(instanceProfile: string, values: Values): Taken {
  const instanceId = values['instance-id'];
  if (instanceId === undefined)
    throw new UsageError('--instance-profile needs --instance-id, such as i-0123456789abcdef0');
  for (const name of ['session-name', 'tags'] as const) {
    if (values[name] !== undefined)
      throw new UsageError(`--${name} belongs to --role: an instance's session has its id`);
  }
  const input = { instanceProfile, instanceId, ...common(values) };
  const assumption = { mutation: 'assumeInstanceProfile', input } as const;
  return { service: values.service ?? EC2, assumption, subject: `the role of ${instanceProfile} as ${instanceId}` };
}

function common(values: Values) {
  return {
    durationSeconds: durationIn(values['duration-seconds']),
    sourceArn: values['source-arn'] ?? null,
    sourceAccount: values['source-account'] ?? null,
  };
}

function portIn(text: string | undefined): number {
  const port = text === undefined ? 0 : /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new UsageError('--port is a number from 0 to 65535 (0: any free port)');
}
