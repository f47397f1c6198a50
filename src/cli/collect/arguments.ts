import { parseArgs } from 'node:util';
import { UsageError } from '../usage-error.ts';
import { isRegion } from './questions.ts';

/** `rolegate collect`, parsed. */
export interface CollectCommand {
  readonly kind: 'collect';
  readonly folder: string;
  /** Empty: the credentials of the environment. */
  readonly profiles: readonly string[];
  readonly organization: boolean;
  /** The role to assume in each account of the organization. */
  readonly roleName: string | null;
  /** Null: those that are enabled in each account. */
  readonly regions: readonly string[] | null;
  readonly parallel: number;
  /** The `aws` command; null: as the environment says. */
  readonly aws: string | null;
  readonly refresh: boolean;
  readonly dryRun: boolean;
}

const DEFAULT_PARALLEL = 4;
const MAX_PARALLEL = 64;
/** With its path before it. https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html */
const ROLE_NAME = /^(?:[\x21-\x2e\x30-\x7e]{1,510}\/)*[\w+=,.@-]{1,64}$/;

/** The arguments behind `collect`; null: the help is asked for. Throws UsageError. */
export function parseCollect(args: readonly string[]): CollectCommand | null {
  const { values, positionals } = readOptions(args);
  if (values.help === true) return null;
  const [folder, ...more] = positionals;
  if (folder === undefined || folder === '' || more.length > 0) {
    throw new UsageError('`rolegate collect` needs one DIR to write to');
  }
  const profiles = values.profile ?? [];
  const organization = values.organization ?? false;
  const roleName = values['role-name'] ?? null;
  if (profiles.some((name) => name === '' || name.startsWith('-'))) throw new UsageError('--profile needs a name');
  if (organization && profiles.length > 1) {
    throw new UsageError(
      '--organization takes one --profile: that of the management account or a delegated administrator',
    );
  }
  if (roleName !== null && !organization) throw new UsageError('--role-name belongs to --organization');
  if (roleName !== null && (roleName.startsWith('arn:') || !ROLE_NAME.test(roleName))) {
    throw new UsageError(`--role-name is the name of a role, such as OrganizationAccountAccessRole`);
  }
  if (values.aws === '') throw new UsageError('--aws needs the path of a command');
  return {
    kind: 'collect',
    folder,
    profiles: [...new Set(profiles)],
    organization,
    roleName,
    regions: values.regions === undefined ? null : regionsIn(values.regions),
    parallel: values.parallel === undefined ? DEFAULT_PARALLEL : parallelIn(values.parallel),
    aws: values.aws ?? null,
    refresh: values.refresh ?? false,
    dryRun: values['dry-run'] ?? false,
  };
}

function readOptions(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h' },
        profile: { type: 'string', multiple: true },
        organization: { type: 'boolean' },
        'role-name': { type: 'string' },
        regions: { type: 'string', multiple: true },
        parallel: { type: 'string' },
        aws: { type: 'string' },
        refresh: { type: 'boolean' },
        'dry-run': { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error));
  }
}

function regionsIn(texts: readonly string[]): readonly string[] {
  const regions = [...new Set(texts.flatMap((text) => text.split(',')))];
  for (const region of regions) {
    if (!isRegion(region)) throw new UsageError('--regions is a list of Regions, such as eu-west-1,us-east-1');
  }
  return regions;
}

function parallelIn(text: string): number {
  const count = /^\d{1,2}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= MAX_PARALLEL) return count;
  throw new UsageError(`--parallel is a number from 1 to ${MAX_PARALLEL}`);
}
