import type { CollectCommand } from './arguments.ts';
import {
  ACCOUNT,
  ACCOUNTS_OF_PARENT,
  CONTROL_POLICIES,
  CONTROL_POLICY_TYPES,
  DELEGATED_ADMINISTRATORS,
  EFFECTIVE_S3_POLICY,
  IDENTITY,
  type Listing,
  OF_CONTROL_POLICY,
  type Operation,
  ORGANIZATION,
  ORGANIZATION_ACCOUNTS,
  ORGANIZATION_ROOTS,
  ORGANIZATION_TAGS,
  OWN_S3_POLICY,
  REGIONS,
  UNITS,
} from './operations.ts';
import { optionsOf } from './questions.ts';
import { REGIONAL } from './regional-operations.ts';

const NO_WORDS = { account: 'ACCOUNT', partition: 'aws', region: '', parent: 'PARENT', item: '' };

/**
 * The commands that a collection would run, for people to read. It runs nothing, and so knows no names: words in capitals
 * stand for them.
 */
export function dryRun(command: CollectCommand, aws: string): string {
  const profiles = command.profiles.length === 0 ? [null] : command.profiles;
  const regions = command.regions ?? ['REGION'];
  const parts = profiles.flatMap((profile) => {
    const line = (operation: Operation, item: string, region: string | null) =>
      lineOf(aws, operation, { ...NO_WORDS, region: region ?? '', item }, region, profile);
    const listed = (listing: Listing, region: string | null): string[] => [
      line(listing, '', region),
      ...(listing.each ?? []).map((each) => line(each, listing.items?.shown ?? 'ITEM', region)),
    ];
    return [
      `# ${profile === null ? 'The account of the environment' : `The profile ${profile}`}`,
      line(IDENTITY, '', null),
      ...(command.organization
        ? organizationLines(line, listed)
        : [ORGANIZATION, OWN_S3_POLICY].map((each) => line(each, '', null))),
      ...(command.roleName === null ? [] : roleLines(aws, command.roleName, profile)),
      ...ACCOUNT.flatMap((listing) => listed(listing, null)),
      ...(command.regions === null ? ['', '# In each Region that is enabled', line(REGIONS, '', null)] : ['']),
      ...regions.flatMap((region) => REGIONAL.flatMap((listing) => listed(listing, region))),
      '',
    ];
  });
  return parts.join('\n');
}

type Line = (operation: Operation, item: string, region: string | null) => string;

function organizationLines(line: Line, listed: (listing: Listing, region: null) => string[]): string[] {
  return [
    line(ORGANIZATION, '', null),
    line(ORGANIZATION_ROOTS, '', null),
    ...[UNITS, ACCOUNTS_OF_PARENT].map((operation) => line(operation, 'PARENT', null)),
    line(ORGANIZATION_ACCOUNTS, '', null),
    line(EFFECTIVE_S3_POLICY, 'ACCOUNT', null),
    ...CONTROL_POLICY_TYPES.map((type) => line(CONTROL_POLICIES, type, null)),
    ...OF_CONTROL_POLICY.map((operation) => line(operation, 'POLICY', null)),
    line(ORGANIZATION_TAGS, 'ACCOUNT_UNIT_OR_POLICY', null),
    ...listed(DELEGATED_ADMINISTRATORS, null),
  ];
}

function roleLines(aws: string, roleName: string, profile: string | null): string[] {
  const assumeRole: Operation = {
    service: 'sts',
    operation: 'assume-role',
    options: [
      '--role-arn',
      `arn:{partition}:iam::{account}:role/${roleName}`,
      '--role-session-name',
      'rolegate-collect',
    ],
  };
  return [
    '',
    '# In each active account, with the credentials of this role',
    lineOf(aws, assumeRole, NO_WORDS, null, profile),
  ];
}

function lineOf(
  aws: string,
  operation: Operation,
  words: Parameters<typeof optionsOf>[1],
  region: string | null,
  profile: string | null,
): string {
  return [
    aws,
    operation.service,
    operation.operation,
    ...optionsOf(operation, words, region),
    ...(profile === null ? [] : ['--profile', profile]),
  ]
    .map(quoted)
    .join(' ');
}

/** For a POSIX shell. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
