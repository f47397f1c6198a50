import { createContextCache } from '@pothos/core';
import DataLoader from 'dataloader';
import type {
  FindFilter,
  FindOrder,
  FindPage,
  FindPlace,
  FindSelection,
  Found,
} from '../../directory/find/find-store.ts';
import { orderFieldsOf } from '../../directory/find/find-tables.ts';
import {
  type OwnedKind,
  type Sought,
  visibleAccounts,
  visibleEntities,
  visibleInAccount,
  visibleInOrganization,
} from '../../guard/visible-entities.ts';
import { visiblePolicyUsers } from '../../guard/visible-policy-users.ts';
import { InvalidInput } from '../../policy/errors.ts';
import { brand, namedBy } from '../brand.ts';
import type { GatewayContext } from '../context.ts';
import { cursorPage } from '../cursor-page.ts';
import { accountIn } from '../entities/arn-parts.ts';
import { forbidden } from '../guards/forbidden.ts';
import { notACursor, type PageArguments, textOfCursor } from '../page.ts';
import { type FindArguments, filterOf } from './find-arguments.ts';

type ListArguments = FindArguments & PageArguments;
type FoundList = Awaited<ReturnType<typeof pageOf>>;

/** The page of a root field: entities of all accounts that the caller may list. `field`: its name. */
export async function foundPage(
  context: GatewayContext,
  field: string,
  kinds: Sought['kinds'],
  args: ListArguments,
): Promise<FoundList> {
  const order = orderOf(args, kinds, 'ARN');
  const sought = { kinds, accountIds: args.accountIds ?? null, filter: filterOf(args) };
  const visible = await visibleEntities(context, sought);
  if (visible.kind === 'refused') throw forbidden(field, visible);
  return pageOf(context, args, visible.selection, order);
}

/** The page of a list of an account, which the guard of the field lets the caller read. */
export async function pageInAccount(
  context: GatewayContext,
  kind: OwnedKind,
  accountId: string,
  args: ListArguments,
): Promise<FoundList> {
  const order = orderOf(args, [kind], 'ID');
  return pageOf(context, args, await visibleInAccount(context, kind, accountId, filterOf(args)), order);
}

/** The page of `accounts`. */
export async function pageOfAccounts(context: GatewayContext, args: ListArguments): Promise<FoundList> {
  const order = orderOf(args, ['Account'], 'ID');
  return pageOf(context, args, await visibleAccounts(context, filterOf(args)), order);
}

/** The page of the accounts of an organization, which the guard of the field lets the caller list. `unitId`: see the guard. */
export async function pageInOrganization(
  context: GatewayContext,
  organizationId: string,
  unitId: string | null | undefined,
  args: ListArguments,
): Promise<FoundList> {
  const order = orderOf(args, ['Account'], 'ID');
  return pageOf(context, args, visibleInOrganization(context, organizationId, unitId, filterOf(args)), order);
}

/** The page of the users of a group, which the guard of the field lets the caller list. */
export async function pageInGroup(context: GatewayContext, groupArn: string, args: ListArguments): Promise<FoundList> {
  const order = orderOf(args, ['User'], 'ARN');
  const filter = { ...filterOf(args), groupArn };
  return pageOf(context, args, await visibleInAccount(context, 'User', accountIn(groupArn).id, filter), order);
}

/** The page of the users, groups and roles that use a policy, as far as the caller may list them. `field`: its name. */
export async function pageOfPolicyUsers(
  context: GatewayContext,
  field: string,
  usedPolicy: NonNullable<FindFilter['usedPolicy']>,
  args: ListArguments,
): Promise<FoundList> {
  const order = orderOf(args, ['User', 'Group', 'Role'], 'ARN');
  // iam:ListEntitiesForPolicy tells no time of creation, which an order by it, and its cursors, would.
  if (order.field === 'CREATED_AT') throw notAnOrder(order.field, ['ID', 'ARN', 'NAME']);
  const visible = await visiblePolicyUsers(context, usedPolicy.arn, { ...filterOf(args), usedPolicy });
  if (visible.kind === 'refused') throw forbidden(field, visible);
  return pageOf(context, args, visible.selection, order);
}

function orderOf(
  { orderBy }: FindArguments,
  kinds: Parameters<typeof orderFieldsOf>[0],
  usual: FindOrder['field'],
): FindOrder {
  if (orderBy == null) return { field: usual, descending: false };
  const { field, direction } = orderBy;
  const fields = orderFieldsOf(kinds);
  if (!fields.includes(field)) throw notAnOrder(field, fields);
  return { field, descending: direction === 'DESC' };
}

function notAnOrder(field: FindOrder['field'], fields: readonly FindOrder['field'][]): InvalidInput {
  const message = `\`orderBy.field\` is ${field}; this list can be sorted by ${fields.join(', ')}`;
  return new InvalidInput('orderBy.field', message);
}

/** All lists that are asked for at the same time are read, and counted, by one statement. */
const loaders = createContextCache(({ directory }: GatewayContext) => ({
  pages: new DataLoader<FindPage, readonly Found[]>((pages) => directory.find.pages(pages), { cache: false }),
  counts: new DataLoader<FindSelection, number>((selections) => directory.find.counts(selections), { cache: false }),
}));

function pageOf(context: GatewayContext, args: PageArguments, selection: FindSelection, order: FindOrder) {
  const { pages, counts } = loaders(context);
  return cursorPage(args, {
    cursorOf: (found: Found) => cursorOf(order, found),
    nodeOf: entityOf,
    read: ({ after, before, limit, inverted }) =>
      pages.load({
        ...selection,
        order,
        ...(after === undefined ? {} : { after: placeOf('after', order, after) }),
        ...(before === undefined ? {} : { before: placeOf('before', order, before) }),
        limit,
        fromEnd: inverted,
      }),
    count: () => counts.load(selection),
  });
}

const [UserOf, RoleOf, GroupOf] = [namedBy('User'), namedBy('Role'), namedBy('Group')];

/** An entry as a value of the schema, with what its type always reads; other fields are loaded when they are selected. */
function entityOf({ kind, id, arn, accountId, defaultVersionId }: Found): never {
  switch (kind) {
    case 'Account':
      return brand({ id }, kind) as never; // as, in all of these: the type of the list is that of `kind`
    case 'ManagedPolicy':
      return brand({ id, arn, defaultVersionId }, kind) as never;
    case 'Resource':
      return brand({ arn, accountId }, kind) as never;
    case 'User':
      return new UserOf(arn) as never;
    case 'Role':
      return new RoleOf(arn) as never;
    case 'Group':
      return new GroupOf(arn) as never;
    default:
      return kind satisfies never;
  }
}

function nameOf({ field, descending }: FindOrder): string {
  return `${field}${descending ? '_DESC' : ''}`;
}

/** The place of an entry, and the order that it is a place in. */
function cursorOf(order: FindOrder, { key, id }: FindPlace): string {
  const place = order.field === 'ID' || order.field === 'ARN' ? [key] : [key, id];
  return Buffer.from(JSON.stringify([nameOf(order), ...place])).toString('base64url');
}

function placeOf(name: 'after' | 'before', order: FindOrder, cursor: string): FindPlace {
  const [named, key, id = ''] = textsIn(textOfCursor(cursor) ?? '');
  if (named !== nameOf(order) || key === undefined) throw notACursor(name);
  if (order.field === 'CREATED_AT' && !/^\d{15}$/.test(key)) throw notACursor(name);
  return { key, id };
}

function textsIn(json: string): readonly string[] {
  try {
    const read: unknown = JSON.parse(json);
    return Array.isArray(read) && read.every((each) => typeof each === 'string') ? read : [];
  } catch {
    return [];
  }
}
