import type { FindFilter, FindKind, FindScope, FindSelection } from '../directory/find/find-store.ts';
import { InvalidInput } from '../policy/errors.ts';
import type { GuardContext } from './context.ts';
import { accountsListed, allowedIn, type ListedAccounts, reachOf } from './listed-accounts.ts';
import type { Permission } from './permission.ts';
import { accountPermission, isOwnAccount } from './readable.ts';
import { resourcePermission } from './readable-resource.ts';
import { LISTING_ACTIONS, READINGS } from './readings.ts';
import type { Refused, Ruling } from './ruling.ts';

/** Kinds of entities that belong to accounts. */
export type OwnedKind = Exclude<FindKind, 'Account'>;

/** A list: of which kinds, with which conditions. */
export interface Sought {
  readonly kinds: readonly OwnedKind[];
  /** Null: of all accounts. */
  readonly accountIds: readonly string[] | null;
  readonly filter: FindFilter;
}

/** What a list may contain. */
export type Visible = Refused | { readonly kind: 'allowed'; readonly selection: FindSelection };

/** Most users and roles whose tags are decided on, one by one. */
const MAX_TAGGED = 1_000;

/**
 * The entities of a list that the caller may see: those of accounts in which it is allowed the action with which AWS lists them.
 * This is decided before they are read, so that a page is one statement, counts count what is shown, and nothing about others can
 * be learnt. Refused if the caller may list none of the kinds anywhere.
 */
export async function visibleEntities(context: GuardContext, sought: Sought): Promise<Visible> {
  const { kinds, accountIds, filter } = sought;
  const reach = await reachOf(context);
  const listed = await Promise.all(
    kinds.map((kind) => accountsListed(context, reach, (id) => [listingPermission(kind, id)], accountIds)),
  );
  if (kinds.length > 0 && listed.every((accounts) => accounts === null)) {
    return { kind: 'refused', needs: kinds.map((kind) => LISTING_ACTIONS[kind]).join(' or ') };
  }
  const scopes = kinds.flatMap((kind, index): FindScope[] => {
    const accounts = listed[index];
    return accounts == null ? [] : [{ kind, ...accounts }];
  });
  return { kind: 'allowed', selection: await narrowed(context, scopes, filter) };
}

/** As `visibleEntities`, for entities of an account that the caller may list: another guard has decided that. */
export function visibleInAccount(
  context: GuardContext,
  kind: OwnedKind,
  accountId: string,
  filter: FindFilter,
): Promise<FindSelection> {
  const accounts: ListedAccounts = { accountIds: [accountId], apart: context.caller.kind !== 'operator' };
  return narrowed(context, [{ kind, ...accounts }], filter);
}

/**
 * Accounts of an organization, all or those directly in one place of it (a unit; null: its root). Another guard has decided that
 * the caller may list them.
 */
export function visibleInOrganization(
  { caller }: GuardContext,
  organizationId: string,
  unitId: string | null | undefined,
  filter: FindFilter,
): FindSelection {
  return {
    scopes: [{ kind: 'Account', accountIds: null, organizationId, apart: caller.kind !== 'operator' }],
    filter: unitId === undefined ? filter : { ...filter, unitId },
  };
}

/** The accounts of a list that the caller may know. By its organization it finds only those whose organization it may read. */
export async function visibleAccounts(context: GuardContext, filter: FindFilter): Promise<FindSelection> {
  const permissionsIn = (id: string): readonly Permission[] =>
    isOwnAccount(context, id) && filter.organizationId === undefined ? [] : [accountPermission(id)];
  const accounts = await accountsListed(context, await reachOf(context), permissionsIn, null);
  return { scopes: accounts === null ? [] : [{ kind: 'Account', ...accounts }], filter };
}

function listingPermission(kind: OwnedKind, account: string): Permission {
  return { action: LISTING_ACTIONS[kind], resource: '*', account };
}

/** A filter finds only what the caller may read: otherwise each list would tell a part of it. */
async function narrowed(
  context: GuardContext,
  scopes: readonly FindScope[],
  filter: FindFilter,
): Promise<FindSelection> {
  const { attachedTo } = filter;
  if (attachedTo !== undefined && (await attachmentsRuling(context, attachedTo)).kind !== 'allowed') {
    return { scopes: [], filter };
  }
  if (context.caller.kind === 'operator') return { scopes, filter };
  return { scopes: await Promise.all(scopes.map((scope) => readable(context, scope, filter))), filter };
}

async function readable(context: GuardContext, scope: FindScope, filter: FindFilter): Promise<FindScope> {
  const { kind, accountIds } = scope;
  if (kind === 'Resource' && (filter.tag !== undefined || filter.hasPolicy !== undefined)) {
    return { ...scope, accountIds: await allowedIn(context, accountIds ?? [], (id) => [resourcePermission(id)]) };
  }
  if ((kind === 'User' || kind === 'Role') && filter.tag !== undefined) {
    return { ...scope, arns: await readableTags(context, scope, filter) };
  }
  return scope;
}

/**
 * The users or roles of a scope whose tags the caller may read. It is decided on all of them, and not on those with the tag:
 * otherwise the limit would tell their number.
 */
async function readableTags(
  context: GuardContext,
  scope: FindScope,
  { tag: _tag, ...others }: FindFilter,
): Promise<readonly string[]> {
  const order = { field: 'ARN', descending: false } as const;
  const [all = []] = await context.directory.find.pages([
    { scopes: [scope], filter: others, order, limit: MAX_TAGGED + 1 },
  ]);
  if (all.length > MAX_TAGGED) {
    const what = scope.kind === 'User' ? 'users' : 'roles';
    throw new InvalidInput(
      'tag',
      `\`tag\` would be looked up in more than ${MAX_TAGGED} ${what}, and you must be allowed to read the tags of each: ` +
        'name an account, a path or a longer search',
    );
  }
  const reading = scope.kind === 'User' ? READINGS.user.tags : READINGS.role.tags;
  const rulings = await Promise.all(all.map(async ({ arn }) => reading(context, { arn })));
  return all.filter((_one, index) => rulings[index]?.kind === 'allowed').map(({ arn }) => arn);
}

const ATTACHMENTS: Readonly<Record<string, typeof READINGS.user.attachedPolicies>> = {
  user: READINGS.user.attachedPolicies,
  group: READINGS.group.attachedPolicies,
  role: READINGS.role.attachedPolicies,
};

/** Whether the caller may read which policies are attached to a user, group or role. */
function attachmentsRuling(context: GuardContext, arn: string): Ruling | Promise<Ruling> {
  const [, kind = ''] = /^arn:[^:]+:iam::\d{12}:(user|group|role)\/./.exec(arn) ?? [];
  const reading = ATTACHMENTS[kind];
  if (reading === undefined) {
    throw new InvalidInput('attachedTo', '`attachedTo` is not the ARN of a user, group or role');
  }
  return reading(context, { arn });
}
