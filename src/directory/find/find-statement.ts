import { Parameters, type Statement } from '../parameters.ts';
import { storable } from '../storable.ts';
import type { FindFilter, FindKind, FindOrder, FindPage, FindScope, FindSelection, PolicyUsage } from './find-store.ts';
import { FIND_TABLES, type FindKey, MIN_SUBSTRING } from './find-tables.ts';

/** `text` for LIKE, as itself. */
function literally(text: string): string {
  return storable(text).replace(/[\\%_]/g, '\\$&');
}

/** By characters, as PostgreSQL counts them. */
function searchOf(kind: FindKind, search: string, parameters: Parameters): string {
  const { searched, named } = FIND_TABLES[kind];
  const text = `lower(${parameters.add(literally(search))}::text)`;
  if (Array.from(search).length >= MIN_SUBSTRING) return `${searched} LIKE '%' || ${text} || '%'`;
  const beginning = `${named} COLLATE "C" LIKE ${text} || '%'`;
  return kind === 'Account' ? `(${beginning} OR e.id LIKE ${text} || '%')` : beginning;
}

/**
 * The first condition leaves out most rows in less time than the second one. It is no LIKE: the planner would expect nearly no
 * rows, and read all of them instead of going through the order of the list.
 */
function tagOf({ key, value }: NonNullable<FindFilter['tag']>, parameters: Parameters): string {
  // As PostgreSQL writes JSON.
  const written = `${JSON.stringify(storable(key))}: ${value === null ? '' : JSON.stringify(storable(value))}`;
  const sameKey = `lower(t.key) = lower(${parameters.add(storable(key))}::text)`;
  const sameValue = value === null ? '' : ` AND t.value = ${parameters.add(storable(value))}::text`;
  return `position(lower(${parameters.add(written)}::text) IN lower(e.tags::text)) > 0
    AND EXISTS (SELECT 1 FROM jsonb_each_text(e.tags) t WHERE ${sameKey}${sameValue})`;
}

/** The policies that are attached to one user, group or role. */
function attachedTo(arn: string, parameters: Parameters): string {
  const holder = parameters.add(arn);
  const isHeldBy = (column: string, model: string): string =>
    `a."${column}" = (SELECT id FROM "${model}" WHERE arn = ${holder}::text)`;
  return `e.id IN (SELECT a."policyId" FROM "PolicyAttachment" a WHERE
    ${isHeldBy('userId', 'User')} OR ${isHeldBy('groupId', 'Group')} OR ${isHeldBy('roleId', 'Role')})`;
}

function inGroup(arn: string, parameters: Parameters): string {
  const group = `(SELECT id FROM "Group" WHERE arn = ${parameters.add(storable(arn))}::text)`;
  return `e.id IN (SELECT m."userId" FROM "GroupMembership" m WHERE m."groupId" = ${group})`;
}

const ATTACHED_BY: Readonly<Partial<Record<FindKind, string>>> = { User: 'userId', Group: 'groupId', Role: 'roleId' };

/** The users, groups or roles that use a policy. Groups have no boundaries. */
function usersOf(
  kind: FindKind,
  { arn, usage }: NonNullable<FindFilter['usedPolicy']>,
  accountIds: FindScope['accountIds'],
  parameters: Parameters,
): string {
  const column = ATTACHED_BY[kind];
  if (column === undefined) throw new Error(`${kind} uses no policies`);
  if (kind === 'Group' && usage === 'PERMISSIONS_BOUNDARY') return 'FALSE';
  const policy = `(SELECT id FROM "ManagedPolicy" WHERE arn = ${parameters.add(storable(arn))}::text)`;
  const bounded = `e."boundaryId" = ${policy}`;
  if (usage === 'PERMISSIONS_BOUNDARY') return bounded;
  // A policy of AWS is attached in very many.
  const within = accountIds === null ? '' : ` AND a."accountId" = ANY(${parameters.add(accountIds)}::text[])`;
  const attached = `e.id IN (SELECT a."${column}" FROM "PolicyAttachment" a WHERE a."policyId" = ${policy} AND a."${column}" IS NOT NULL${within})`;
  return kind === 'Group' || usage === 'PERMISSIONS_POLICY' ? attached : `(${attached} OR ${bounded})`;
}

function conditionsOf({ kind, accountIds }: FindScope, filter: FindFilter, parameters: Parameters): readonly string[] {
  const { search = '', path, tag, organizationId, unitId, policyScope, services, hasPolicy } = filter;
  const conditions: string[] = [];
  if (search !== '') conditions.push(searchOf(kind, search, parameters));
  if (path !== undefined) conditions.push(`e.path LIKE ${parameters.add(`${literally(path)}%`)}::text`);
  if (tag !== undefined) conditions.push(tagOf(tag, parameters));
  if (organizationId !== undefined) {
    conditions.push(`e."organizationId" = ${parameters.add(storable(organizationId))}::text`);
  }
  if (unitId === null) conditions.push('e."unitId" IS NULL');
  else if (unitId !== undefined) conditions.push(`e."unitId" = ${parameters.add(storable(unitId))}::text`);
  if (filter.groupArn !== undefined) conditions.push(inGroup(filter.groupArn, parameters));
  if (filter.usedPolicy !== undefined) conditions.push(usersOf(kind, filter.usedPolicy, accountIds, parameters));
  for (const usage of filter.usedIn?.usages ?? []) {
    conditions.push(isUsed(usage, `ARRAY[${parameters.add(filter.usedIn?.accountId ?? '')}::text]`));
  }
  if (policyScope !== undefined) conditions.push(`e."accountId" IS ${policyScope === 'AWS' ? '' : 'NOT '}NULL`);
  if (filter.attachedTo !== undefined) conditions.push(attachedTo(filter.attachedTo, parameters));
  if (services !== undefined) {
    conditions.push(`e.service = ANY(${parameters.add(services.map((each) => storable(each.toLowerCase())))}::text[])`);
  }
  if (hasPolicy !== undefined) conditions.push(`e."policyHash" IS ${hasPolicy ? 'NOT ' : ''}NULL`);
  return conditions;
}

/** The policies that entities of these accounts have attached, or as their boundary. */
function isUsed(usage: PolicyUsage, accounts: string): string {
  const bounded = (model: string): string =>
    `EXISTS (SELECT 1 FROM "${model}" h WHERE h."boundaryId" = e.id AND h."accountId" = ANY(${accounts}))`;
  if (usage === 'PERMISSIONS_BOUNDARY') return `(${bounded('User')} OR ${bounded('Role')})`;
  return `EXISTS (SELECT 1 FROM "PolicyAttachment" a WHERE a."policyId" = e.id AND a."accountId" = ANY(${accounts}))`;
}

/** AWS managed policies are shown to accounts that use them: the row alone says that somebody does. */
function isOfAwsAndUsed(accounts: string): string {
  const used = `(${isUsed('PERMISSIONS_POLICY', accounts)} OR ${isUsed('PERMISSIONS_BOUNDARY', accounts)})`;
  return `(e."accountId" IS NULL AND ${used})`;
}

function withinOf({ kind, accountIds, organizationId, arns }: FindScope, parameters: Parameters): readonly string[] {
  const within: string[] = [];
  if (accountIds !== null) {
    const accounts = `${parameters.add(accountIds)}::text[]`;
    const column = kind === 'Account' ? 'e.id' : 'e."accountId"';
    // With `=`, an index has the rows in the order of the list.
    const owned = accountIds.length === 1 ? `${column} = (${accounts})[1]` : `${column} = ANY(${accounts})`;
    within.push(kind === 'ManagedPolicy' ? `(${owned} OR ${isOfAwsAndUsed(accounts)})` : owned);
  }
  if (organizationId !== undefined) {
    within.push(`e."organizationId" = ${parameters.add(storable(organizationId))}::text`);
  }
  if (arns !== undefined) within.push(`e.arn = ANY(${parameters.add(arns)}::text[])`);
  return within;
}

function where(conditions: readonly string[]): string {
  return conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
}

/**
 * The rows `e` of a scope that meet the filter and `further` conditions. Where it stands apart, `OFFSET 0` keeps the planner
 * from looking at rows of other accounts, as an index for searches would: how long that takes says how many of them match.
 */
function rowsOf(scope: FindScope, filter: FindFilter, further: readonly string[], parameters: Parameters): string {
  const within = withinOf(scope, parameters);
  const conditions = conditionsOf(scope, filter, parameters);
  if (scope.apart !== true || conditions.length === 0 || within.length === 0) {
    return `FROM "${scope.kind}" e ${where([...within, ...conditions, ...further])}`;
  }
  return `FROM (SELECT * FROM "${scope.kind}" e ${where(within)} OFFSET 0) e ${where([...conditions, ...further])}`;
}

function keyOf(kind: FindKind, { field }: FindOrder): FindKey {
  const key = FIND_TABLES[kind].keys[field];
  if (key === undefined) throw new Error(`${kind} has no order by ${field}`);
  return key;
}

/** The rows behind, or in front of, the places of a page. */
function placesOf(kind: FindKind, { order, after, before }: FindPage, parameters: Parameters): readonly string[] {
  const { sql, placed, unique } = keyOf(kind, order);
  const { id } = FIND_TABLES[kind];
  const compared = (operator: string, place: { key: string; id: string }): string => {
    const key = placed(parameters.add(storable(place.key)));
    if (unique) return `${sql} ${operator} ${key}`;
    return `(${sql}, ${id}) ${operator} (${key}, ${parameters.add(storable(place.id))}::text)`;
  };
  const [behind, inFront] = order.descending ? ['<', '>'] : ['>', '<'];
  return [
    ...(after === undefined ? [] : [compared(behind, after)]),
    ...(before === undefined ? [] : [compared(inFront, before)]),
  ];
}

const COLUMNS_OF: Readonly<Partial<Record<FindKind, string>>> = {
  Resource: 'e."accountId", NULL::text AS "defaultVersionId"',
  ManagedPolicy: 'NULL::text AS "accountId", e."defaultVersionId"',
};
const NO_COLUMNS = 'NULL::text AS "accountId", NULL::text AS "defaultVersionId"';

function partOf(scope: FindScope, page: FindPage, parameters: Parameters): string {
  const { kind } = scope;
  const { id, arn } = FIND_TABLES[kind];
  const { sql, text, unique } = keyOf(kind, page.order);
  const direction = directionOf(page);
  const rows = rowsOf(scope, page.filter, placesOf(kind, page, parameters), parameters);
  const order = [sql, ...(unique ? [] : [id])].map((each) => `${each} ${direction}`).join(', ');
  return `SELECT '${kind}' AS kind, ${id} AS id, ${arn} AS arn, ${COLUMNS_OF[kind] ?? NO_COLUMNS}, ${text} AS key
    ${rows} ORDER BY ${order} LIMIT ${page.limit}`;
}

function directionOf({ order, fromEnd = false }: FindPage): 'ASC' | 'DESC' {
  return order.descending === fromEnd ? 'ASC' : 'DESC';
}

const NOTHING = `SELECT ''::text AS kind, ''::text AS id, ''::text AS arn, ${NO_COLUMNS}, ''::text AS key LIMIT 0`;

function pageOf(page: FindPage, parameters: Parameters): string {
  const parts = page.scopes.map((scope) => partOf(scope, page, parameters));
  const [only, ...others] = parts;
  if (only === undefined) return NOTHING;
  if (others.length === 0) return only;
  const direction = directionOf(page);
  const { collation } = keyOf(page.scopes[0]?.kind ?? 'User', page.order);
  // From each table what could be on the page, in order.
  return `SELECT * FROM (${parts.map((part) => `(${part})`).join(' UNION ALL ')}) all_parts
    ORDER BY key${collation} ${direction}, id ${direction} LIMIT ${page.limit}`;
}

/** Selects all `pages`: each row with the number of its page, and its place on it. */
export function selectPages(pages: readonly FindPage[]): Statement {
  const parameters = new Parameters();
  const selected = pages.map(
    (page, index) =>
      `SELECT ${index} AS page, (row_number() OVER ())::int4 AS place, p.* FROM (${pageOf(page, parameters)}) p`,
  );
  return { text: selected.join(' UNION ALL '), parameters: parameters.values };
}

/** Counts the entries of all `selections`, as `entries`. */
export function selectCounts(selections: readonly FindSelection[]): Statement {
  const parameters = new Parameters();
  const counted = selections.map(({ scopes, filter }, index) => {
    const parts = scopes.map((scope) => `(SELECT count(*)::int4 ${rowsOf(scope, filter, [], parameters)})`);
    return `SELECT ${index} AS page, ${['0', ...parts].join(' + ')} AS entries`;
  });
  return { text: counted.join(' UNION ALL '), parameters: parameters.values };
}
