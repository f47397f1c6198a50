import { optional, uniqueId } from '../collection.ts';
import { entityArn, referredArn } from '../home.ts';
import { formatIamArn, isAccountId, parseIamArn } from '../iam-arn.ts';
import {
  type Answer,
  accountOf,
  argument,
  at,
  hasListOf,
  hasMembers,
  isWholeList,
  type Operation,
  partitionOf,
  required,
} from './answer.ts';
import { sayResource } from './resource-answers.ts';

/** Answers on an account as a whole, and those of IAM that its authorization details lack. */
export const ACCOUNT: readonly Operation[] = [
  { command: 'account list-regions', looksLike: hasListOf('Regions', 'RegionName'), read: readRegions },
  { command: 'ec2 describe-regions', read: readRegions },
  // Whose credentials a collection had: it says nothing of what is in the account.
  { command: 'sts get-caller-identity', looksLike: hasMembers('UserId', 'Account', 'Arn'), read: () => undefined },
  // https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAccountAliases.html
  {
    command: 'iam list-account-aliases',
    looksLike: hasMembers('AccountAliases'),
    read: (answer) => {
      const account = accountOf(answer);
      const aliases = answer.entry.texts('AccountAliases');
      if (account === null || aliases === undefined) return;
      answer.facts.accounts.say(account, { alias: aliases[0] ?? null }, at(answer));
    },
  },
  // https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListInstanceProfiles.html
  { command: 'iam list-instance-profiles', looksLike: hasMembers('InstanceProfiles'), read: readInstanceProfiles },
  {
    command: 'iam list-open-id-connect-providers',
    looksLike: hasMembers('OpenIDConnectProviderList'),
    read: readProviders,
  },
  // https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetOpenIDConnectProvider.html
  { command: 'iam get-open-id-connect-provider', looksLike: hasMembers('Url', 'ClientIDList'), read: readProvider },
  // https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html
  {
    command: 'resourcegroupstaggingapi get-resources',
    looksLike: hasMembers('ResourceTagMappingList'),
    read: readTaggedResources,
  },
];

/** Regions that are enabled. https://docs.aws.amazon.com/accounts/latest/reference/API_ListRegions.html */
function readRegions(answer: Answer): void {
  const account = accountOf(answer);
  if (account === null || !answer.isWhole) return;
  const entries = answer.entry.entries('Regions') ?? [];
  const names = entries.map((entry) => required(entry, 'RegionName'));
  if (answer.entry.count('Regions') !== names.filter((name) => name !== null).length) return;
  const regions = names.filter((name, index): name is string => {
    const entry = entries[index];
    const status = entry?.text('RegionOptStatus') ?? entry?.text('OptInStatus') ?? 'ENABLED';
    return name !== null && !/^(DISABLED|not-opted-in)$/.test(status);
  });
  answer.facts.accounts.say(account, { enabledRegions: regions.sort() }, at(answer));
}

function readInstanceProfiles(answer: Answer): void {
  const home = { partition: partitionOf(answer), account: answer.name.account };
  const entries = answer.entry.entries('InstanceProfiles') ?? [];
  let account: string | null = null;
  let isUnderstood = isWholeList(answer, 'InstanceProfiles', entries.length);
  for (const entry of entries) {
    const arn = entityArn(entry, 'instance-profile', 'InstanceProfileName', home);
    if (arn === null) {
      isUnderstood = false;
      continue;
    }
    account = arn.account;
    const [role] = entry.entries('Roles') ?? [];
    const roleArn = role === undefined ? null : referredArn(role, 'Arn', 'role', home);
    answer.facts.instanceProfiles.say(
      formatIamArn(arn),
      { ...uniqueId(entry, 'InstanceProfileId'), ...optional('createdAt', entry.date('CreateDate')), role: roleArn },
      at(answer, formatIamArn(arn)),
    );
  }
  account ??= home.account;
  if (isUnderstood && account !== null) answer.facts.isWhole({ accountId: account, kind: 'instanceProfiles' });
}

/** The list is whole only together with the answers on each of them: it names them, and says nothing else. */
function readProviders(answer: Answer): void {
  const account = accountOf(answer);
  if (account === null) return;
  const arns = (answer.entry.entries('OpenIDConnectProviderList') ?? []).map((entry) => required(entry, 'Arn'));
  for (const arn of arns) if (arn !== null) answer.facts.oidcProviders.say(arn, {}, at(answer, arn));
  if (!isWholeList(answer, 'OpenIDConnectProviderList', arns.length) || arns.includes(null)) return;
  answer.facts.lists(
    account,
    '',
    'OIDC providers',
    arns.filter((arn) => arn !== null),
    at(answer),
  );
}

function readProvider(answer: Answer): void {
  const url = required(answer.entry, 'Url');
  if (url === null) return;
  const host = url.replace(/^https:\/\//, '');
  const [named] = answer.name.arguments;
  const account = answer.name.account;
  const made = account === null ? null : `arn:${partitionOf(answer)}:iam::${account}:oidc-provider/${host}`;
  const arn = named?.startsWith('arn:') === true ? named : (made ?? argument(answer, 'provider'));
  if (arn === null || !isAccountId(parseIamArn(arn)?.account ?? '')) return;
  answer.facts.oidcProviders.say(
    arn,
    {
      url: `https://${host}`,
      clientIds: answer.entry.texts('ClientIDList') ?? [],
      ...optional('createdAt', answer.entry.date('CreateDate')),
    },
    at(answer, arn),
  );
}

/** Of nearly all services at once; resources that never had a tag are not in it. */
function readTaggedResources(answer: Answer): void {
  for (const entry of answer.entry.entries('ResourceTagMappingList') ?? []) {
    const arn = required(entry, 'ResourceARN');
    const tags = entry.tags();
    // Tags of IAM's own entities are known from their descriptions.
    if (arn === null || tags === undefined || /^arn:[^:]*:iam:/.test(arn)) continue;
    sayResource(answer, arn, { tags });
  }
}
