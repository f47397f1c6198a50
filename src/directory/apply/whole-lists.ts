import { parseArn } from '../../policy/arn.ts';
import { InvalidInput } from '../../policy/errors.ts';
import { isAccountId } from '../../policy/principal-id.ts';
import type { WholeList } from '../document.ts';
import type { Sql } from '../prisma/database.ts';
import { rowsOfAccounts } from './account-rows.ts';
import type { EntityKind } from './entity-arn.ts';

/** Throws InvalidInput for a list of no account. */
export function checkWholeLists(lists: readonly WholeList[]): void {
  for (const { accountId, kind } of lists) {
    if (!isAccountId(accountId)) {
      throw new InvalidInput('document', `whole list of ${kind}: account \`${accountId}\` has not twelve digits`);
    }
  }
}

const KINDS: Readonly<Record<EntityKind, WholeList['kind']>> = {
  User: 'users',
  Group: 'groups',
  Role: 'roles',
  ManagedPolicy: 'policies',
  InstanceProfile: 'instanceProfiles',
};

function accountsOf(lists: readonly WholeList[], kind: WholeList['kind']): readonly string[] {
  return [...new Set(lists.filter((list) => list.kind === kind).map(({ accountId }) => accountId))];
}

/** ARNs of stored entities, with their ids, whose account's list is whole without them. */
export async function goneEntities(
  sql: Sql,
  kind: EntityKind,
  lists: readonly WholeList[],
  given: ReadonlyMap<string, unknown>,
): Promise<Map<string, string>> {
  const accounts = accountsOf(lists, KINDS[kind]);
  if (accounts.length === 0) return new Map();
  // By indexes that there are.
  const by =
    kind === 'InstanceProfile'
      ? { account: `split_part(arn, ':', 5)`, key: 'lower("name") COLLATE "C"' }
      : { account: '"accountId"', key: 'id' };
  const gone: { readonly id: string; readonly arn: string }[] = [];
  const pages = rowsOfAccounts<{ id: string; arn: string }>(sql, { table: kind, columns: 'id, arn', ...by }, accounts);
  for await (const rows of pages) for (const { id, arn } of rows) if (!given.has(arn)) gone.push({ id, arn });
  return new Map(gone.sort(byArn).map(({ id, arn }) => [arn, id]));
}

function byArn(one: { readonly arn: string }, other: { readonly arn: string }): number {
  return one.arn < other.arn ? -1 : 1;
}

export async function goneProviders(
  sql: Sql,
  lists: readonly WholeList[],
  given: ReadonlyMap<string, unknown>,
): Promise<readonly { readonly arn: string; readonly accountId: string }[]> {
  const accounts = accountsOf(lists, 'oidcProviders');
  if (accounts.length === 0) return [];
  const rows = await sql.query<{ arn: string; accountId: string }>(
    'SELECT arn, "accountId" FROM "OidcProvider" WHERE "accountId" = ANY($1::text[]) ORDER BY arn',
    [accounts],
  );
  return rows.filter(({ arn }) => !given.has(arn));
}

export async function goneEndpoints(
  sql: Sql,
  lists: readonly WholeList[],
  given: ReadonlyMap<string, unknown>,
): Promise<readonly { readonly id: string; readonly accountId: string }[]> {
  const accounts = accountsOf(lists, 'vpcEndpoints');
  if (accounts.length === 0) return [];
  const whole = lists.filter((list) => list.kind === 'vpcEndpoints');
  const rows = await sql.query<{ id: string; accountId: string; region: string }>(
    'SELECT id, "accountId", region FROM "VpcEndpoint" WHERE "accountId" = ANY($1::text[]) ORDER BY id',
    [accounts],
  );
  const isWhole = (row: { readonly accountId: string; readonly region: string }): boolean =>
    whole.some(({ accountId, region }) => row.accountId === accountId && (region ?? row.region) === row.region);
  return rows.filter((row) => !given.has(row.id) && isWhole(row));
}

interface ResourceRow {
  readonly arn: string;
  readonly accountId: string;
  readonly service: string;
  readonly region: string | null;
}

type ResourceList = Extract<WholeList, { readonly kind: 'resources' }>;

/** Whether the list, if it is whole, contains the resource. */
function covers({ service, resourcePrefix, region, keepsParts }: ResourceList, row: ResourceRow): boolean {
  const parsed = parseArn(row.arn);
  if (parsed === null || row.service !== service) return false;
  if (resourcePrefix === '' && /[/:]/.test(parsed.resource)) return false;
  if (resourcePrefix !== undefined && !parsed.resource.startsWith(resourcePrefix)) return false;
  // What is in a resource is not in the list of such resources.
  if (keepsParts === true && /[/:]/.test(parsed.resource.slice(resourcePrefix?.length))) return false;
  // The ARN of a bucket names no Region.
  return region === undefined || (row.region ?? parsed.region) === region;
}

export async function goneResources(
  sql: Sql,
  lists: readonly WholeList[],
  given: ReadonlyMap<string, unknown>,
): Promise<readonly ResourceRow[]> {
  const whole = new Map<string, ResourceList[]>();
  for (const list of lists) {
    if (list.kind !== 'resources') continue;
    whole.set(list.accountId, [...(whole.get(list.accountId) ?? []), list]);
  }
  if (whole.size === 0) return [];
  const gone: ResourceRow[] = [];
  const table = { table: 'Resource', columns: 'arn, "accountId", service, region', account: '"accountId"', key: 'arn' };
  for await (const rows of rowsOfAccounts<ResourceRow>(sql, table, [...whole.keys()])) {
    for (const row of rows)
      if (!given.has(row.arn) && whole.get(row.accountId)?.some((list) => covers(list, row))) gone.push(row);
  }
  return gone.sort(byArn);
}
