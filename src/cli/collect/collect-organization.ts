import { CommandFailed } from '../failure.ts';
import type { Account } from './account.ts';
import type { Collector } from './collector.ts';
import { listMember, member, textMember } from './json.ts';
import {
  ACCOUNTS_OF_PARENT,
  CONTROL_POLICIES,
  CONTROL_POLICY_ITEMS,
  CONTROL_POLICY_TYPES,
  DELEGATED_ADMINISTRATORS,
  EFFECTIVE_S3_POLICY,
  type Items,
  type Listing,
  OF_CONTROL_POLICY,
  ORGANIZATION,
  ORGANIZATION_ACCOUNTS,
  ORGANIZATION_ROOTS,
  ORGANIZATION_TAGS,
  UNIT_ITEMS,
  UNITS,
} from './operations.ts';
import { type Item, questionOf } from './questions.ts';

/** AWS allows five levels of units. */
const MAX_DEPTH = 10;

/** An account of an organization, as the organization lists it. */
export interface MemberAccount {
  readonly id: string;
  readonly isActive: boolean;
}

/** What was learnt of an organization. */
export interface CollectedOrganization {
  readonly managementAccount: string;
  readonly accounts: readonly MemberAccount[];
}

/**
 * The organization of the caller, kept under its management account, whether that or a delegated administrator asks.
 * `begin` is told that account. Throws CommandFailed if the caller may not ask for the accounts.
 */
export async function collectOrganization(
  collector: Collector,
  caller: Account,
  begin: (managementAccount: string) => void,
): Promise<CollectedOrganization> {
  const management = await managementAccount(collector, caller, begin);
  const [accounts, parents, policies] = await Promise.all([
    collectAccounts(collector, management),
    collectTree(collector, management),
    collectControlPolicies(collector, management),
    collector.listing(management, null, DELEGATED_ADMINISTRATORS),
  ]);
  await collector.each(management, null, ORGANIZATION_TAGS, [...accounts.items, ...parents, ...policies]);
  return { managementAccount: management.id, accounts: accounts.members };
}

/** The caller under the number of the management account, where its answers about the organization belong. */
async function managementAccount(
  collector: Collector,
  caller: Account,
  begin: (managementAccount: string) => void,
): Promise<Account> {
  const answer = await collector.answer(questionOf(caller, null, ORGANIZATION), { anew: true });
  const id = textMember(member(answer, 'Organization'), 'MasterAccountId') ?? '';
  if (!/^\d{12}$/.test(id)) {
    throw new CommandFailed(
      answer === null
        ? `account ${caller.id} may not ask about its organization${reasonIn(collector, caller.id)}`
        : `account ${caller.id} is in no organization: leave --organization out`,
    );
  }
  if (id === caller.id) return caller;
  begin(id);
  const management: Account = {
    id,
    partition: caller.partition,
    identity: () => caller.identity(),
    renewed: (expired) => caller.renewed(expired),
  };
  await collector.answer(questionOf(management, null, ORGANIZATION));
  return management;
}

async function collectAccounts(collector: Collector, account: Account) {
  const question = questionOf(account, null, ORGANIZATION_ACCOUNTS);
  const answer = await collector.answer(question);
  if (answer === null) {
    throw new CommandFailed(
      `the accounts of the organization may not be listed${reasonIn(collector, account.id)}: use the management account or a delegated administrator`,
    );
  }
  const items = itemsIn(collector, account, ORGANIZATION_ACCOUNTS, answer);
  await collector.each(account, null, EFFECTIVE_S3_POLICY, items);
  const members = listMember(answer, 'Accounts').flatMap((entry): MemberAccount[] => {
    const id = textMember(entry, 'Id') ?? '';
    // `Status` is the older of the two.
    const state = textMember(entry, 'State') ?? textMember(entry, 'Status');
    return /^\d{12}$/.test(id) ? [{ id, isActive: state === 'ACTIVE' }] : [];
  });
  return { items, members };
}

/** The roots and units. */
async function collectTree(collector: Collector, account: Account): Promise<readonly Item[]> {
  const answer = await collector.answer(questionOf(account, null, ORGANIZATION_ROOTS));
  let level = answer === null ? [] : itemsIn(collector, account, ORGANIZATION_ROOTS, answer);
  const parents: Item[] = [];
  for (let depth = 0; level.length > 0 && depth < MAX_DEPTH; depth += 1) {
    parents.push(...level);
    const children = await Promise.all(
      level.map(async (parent) => {
        const question = questionOf(account, null, UNITS, parent);
        const units = await collector.answer(question);
        return units === null ? [] : collector.items(question, units, UNIT_ITEMS);
      }),
    );
    level = children.flat();
  }
  await collector.each(account, null, ACCOUNTS_OF_PARENT, parents);
  return parents;
}

/** Those of the organization itself. */
async function collectControlPolicies(collector: Collector, account: Account): Promise<readonly Item[]> {
  const lists = await Promise.all(
    CONTROL_POLICY_TYPES.map(async (name) => {
      const question = questionOf(account, null, CONTROL_POLICIES, { name, region: null });
      const answer = await collector.answer(question);
      return answer === null ? [] : collector.items(question, answer, CONTROL_POLICY_ITEMS);
    }),
  );
  const policies = lists.flat();
  await Promise.all(OF_CONTROL_POLICY.map((operation) => collector.each(account, null, operation, policies)));
  // AWS's own policies have no tags.
  return policies.filter(({ name }) => !/^p-(?:RCP)?FullAWSAccess$/.test(name));
}

function itemsIn(collector: Collector, account: Account, listing: Listing, answer: unknown): readonly Item[] {
  const none: Items = { list: '', name: null, shown: '' };
  return collector.items(questionOf(account, null, listing), answer, listing.items ?? none);
}

function reasonIn(collector: Collector, account: string): string {
  const reasons = collector.leftOut.filter((entry) => entry.account === account && entry.service === 'organizations');
  const last = reasons.at(-1);
  return last === undefined ? '' : ` (${last.message})`;
}
