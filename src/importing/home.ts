import type { JsonObject } from '../policy/json.ts';
import { parsePrincipalRef } from '../policy/principal-id.ts';
import { shorten } from './bounded-json.ts';
import { type Entry, isJsonObject } from './entry.ts';
import { LISTS } from './find-answers.ts';
import { formatIamArn, type IamArn, type IamType, isAccountId, isPartition, parseIamArn } from './iam-arn.ts';

/** The account of an export: used for entities that do not name their account. */
export interface Home {
  readonly partition: string;
  /** Null: the export names no account, or several. */
  readonly account: string | null;
  /** It names several. */
  readonly isMixed?: boolean;
}

/** Looks through the ARNs of all entities of the answers. */
export function findHome(answers: readonly JsonObject[]): Home {
  const accounts = new Set<string>();
  const partitions = new Set<string>();
  for (const answer of answers) {
    for (const list of LISTS) {
      const items = answer[list] ?? null;
      if (typeof items !== 'object') continue;
      // One object in the place of a list shows its ARN among its values.
      for (const item of Object.values(items ?? {})) {
        const text = isJsonObject(item) ? item['Arn'] : item;
        const arn = typeof text === 'string' ? parseIamArn(text) : null;
        if (arn === null) continue;
        if (isAccountId(arn.account)) accounts.add(arn.account);
        if (isPartition(arn.partition)) partitions.add(arn.partition);
      }
    }
  }
  const [account] = accounts;
  const [partition] = partitions;
  return {
    partition: partitions.size === 1 && partition !== undefined ? partition : 'aws',
    account: accounts.size === 1 && account !== undefined ? account : null,
    isMixed: accounts.size > 1,
  };
}

/**
 * The ARN that an entity has, or gets: recordings have placeholders for the partition, demo accounts the account `aws`,
 * and both are put right with a warning where the rest of the export says what they must be. Null (with a warning): the
 * entity cannot be named.
 */
export function entityArn(entry: Entry, type: IamType, nameKey: string, home: Home): IamArn | null {
  const arn = completeEntityArn(entry, type, nameKey, home);
  if (arn === null || (type !== 'user' && type !== 'role') || parsePrincipalRef(formatIamArn(arn)) !== null) return arn;
  // It would be stored, and nobody could ask about it.
  entry.warn('Arn', `\`${shorten(formatIamArn(arn))}\` cannot be the ARN of a ${type}; the entity is left out`);
  return null;
}

function completeEntityArn(entry: Entry, type: IamType, nameKey: string, home: Home): IamArn | null {
  const written = entry.text('Arn');
  if (written === null) return arnFromName(entry, type, nameKey, home);
  const arn = completeArn(entry, 'Arn', written, home, type === 'policy');
  if (arn === null) return null;
  if (arn.type !== type) {
    entry.warn('Arn', `\`${written}\` is not the ARN of a ${type}; the entity is left out`);
    return null;
  }
  for (const [key, value] of [
    [nameKey, arn.name],
    ['Path', arn.path],
  ] as const) {
    const stated = entry.text(key);
    if (stated !== null && stated !== value) entry.warn(key, `\`${stated}\` is not what the ARN says; the ARN counts`);
  }
  return arn;
}

/** An ARN that refers to an entity, put right like those of entities. Null, with a warning: it is none of that type. */
export function referredArn(entry: Entry, key: string, type: IamType, home: Home): string | null {
  const written = entry.text(key);
  if (written === null) {
    entry.warn(key, `the ARN of a ${type} is missing`);
    return null;
  }
  const arn = completeArn(entry, key, written, home, type === 'policy');
  if (arn !== null && arn.type === type) return formatIamArn(arn);
  if (arn !== null) entry.warn(key, `\`${written}\` is not the ARN of a ${type}`);
  return null;
}

function completeArn(entry: Entry, key: string, written: string, home: Home, mayBeAws: boolean): IamArn | null {
  const arn = parseIamArn(written);
  if (arn === null) {
    entry.warn(key, `\`${written}\` is not the ARN of an IAM entity`);
    return null;
  }
  let { partition, account } = arn;
  if (!isPartition(partition)) {
    entry.warn(key, `\`${partition}\` is no partition; taken to be \`${home.partition}\``);
    partition = home.partition;
  }
  if (!isAccountId(account) && !(mayBeAws && account === 'aws')) {
    if (home.account === null) {
      entry.warn(key, `\`${written}\` names no account, and the export does not say which it must be; left out`);
      return null;
    }
    entry.warn(key, `\`${written}\` names no account; taken to be of ${home.account}, the one account of the export`);
    account = home.account;
  }
  return { ...arn, partition, account };
}

function arnFromName(entry: Entry, type: IamType, nameKey: string, home: Home): IamArn | null {
  const name = entry.text(nameKey);
  if (name === null || home.account === null) {
    entry.warn('Arn', 'the ARN is missing and does not follow from the rest; the entity is left out');
    return null;
  }
  const path = entry.text('Path') ?? '/';
  const arn = { partition: home.partition, account: home.account, type, path, name };
  entry.warn('Arn', `the ARN is missing; taken to be \`${formatIamArn(arn)}\``);
  return arn;
}
