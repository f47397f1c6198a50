import type { PolicyHolders } from '../access/findings/directory-findings.ts';
import type { Finding, FindingKind } from '../access/findings/finding.ts';
import type { Revision } from '../directory/directory.ts';
import type { FindFilter, FindPlace } from '../directory/find/find-store.ts';
import { RolegateError } from '../policy/errors.ts';
import type { GuardContext } from './context.ts';
import { mayReadPolicy, readableStatements } from './readable-policy.ts';
import { type OwnedKind, visibleAccounts, visibleEntities } from './visible-entities.ts';

/** What the caller may know of what was found. */
export interface KnownFindings {
  readonly findings: readonly Finding[];
  readonly gaps: readonly string[];
  /** There is, or may be, more. */
  readonly isWithheld: boolean;
  readonly revision: Revision;
}

/** Entries of a list that are read together. */
const PAGE = 1000;
/** VPC endpoints that are gone through. */
const MOST_ENDPOINTS = 10_000;

const LISTS = [
  ['users', 'User', {}],
  ['roles', 'Role', {}],
  ['resources', 'Resource', { hasPolicy: true }],
  ['policies', 'ManagedPolicy', { policyScope: 'CUSTOMER' }],
  ['groups', 'Group', {}],
] as const satisfies readonly (readonly [keyof PolicyHolders, OwnedKind, FindFilter])[];

/**
 * What is found in the policies that the caller may read, of entities that it may list: others are not gone through. That nobody can
 * assume a role is told to whoever may ask about everybody. Throws FORBIDDEN if it may list nothing.
 */
export async function knownFindings(
  context: GuardContext,
  asked: ReadonlySet<FindingKind>,
  accountIds: readonly string[] | null,
): Promise<KnownFindings> {
  const holders: Record<(typeof LISTS)[number][0], readonly string[]> = {
    users: [],
    roles: [],
    resources: [],
    policies: [],
    groups: [],
  };
  const isLimited = context.caller.kind !== 'operator';
  const refused: string[] = [];
  for (const [list, kind, filter] of LISTS) {
    const visible = await visibleEntities(context, { kinds: [kind], accountIds, filter });
    if (visible.kind === 'refused') refused.push(visible.needs);
    else holders[list] = await arnsOf(context, visible.selection);
  }
  if (refused.length === LISTS.length) {
    throw new RolegateError('FORBIDDEN', `findings need ${refused.join(' or ')}`, { field: 'accountIds' });
  }
  const kinds = new Set(asked);
  if (isLimited) kinds.delete('UNUSED_ROLE');
  const { missing, ...others } = await beside(context, accountIds, holders, kinds);
  const { findings, gaps, revision } = await context.access.findings(
    {
      holders: { ...holders, groups: new Set(holders.groups), ...others },
      kinds,
      mayRead: (place) => mayReadPolicy(context, place),
    },
    context.now,
  );
  const known = await readable(context, findings);
  return { findings: known, gaps: [...gaps, ...missing], isWithheld: isLimited, revision };
}

/** What control policies and the policies of VPC endpoints are gone through for. */
const OF_DOCUMENTS: readonly FindingKind[] = ['UNREADABLE_DOCUMENT', 'SHADOWED_STATEMENT'];

/**
 * What is not listed by itself: whether the caller may know of it is decided with each policy. `missing`: that not everything is gone
 * through.
 */
async function beside(
  context: GuardContext,
  accountIds: readonly string[] | null,
  lists: Readonly<Record<string, readonly string[]>>,
  kinds: ReadonlySet<FindingKind>,
): Promise<Pick<PolicyHolders, 'roots' | 'accountIds' | 'endpoints'> & { readonly missing: readonly string[] }> {
  const within = accountIds === null ? null : new Set(accountIds);
  if (!OF_DOCUMENTS.some((kind) => kinds.has(kind)))
    return { roots: [], accountIds: within, endpoints: [], missing: [] };
  const accounts = await arnsOf(context, await visibleAccounts(context, {}), 'ID');
  const partitions = new Map(Object.values(lists).flatMap((arns) => arns.map(partitionOf)));
  const where = accountIds === null ? {} : { accountId: { in: [...accountIds] } };
  const endpoints = await context.directory.prisma.vpcEndpoint.findMany({
    where,
    select: { id: true },
    orderBy: { id: 'asc' },
    take: MOST_ENDPOINTS + 1,
  });
  const isMore = endpoints.length > MOST_ENDPOINTS;
  return {
    roots: accounts.map((id) => `arn:${partitions.get(id) ?? 'aws'}:iam::${id}:root`),
    accountIds: within,
    endpoints: endpoints.slice(0, MOST_ENDPOINTS).map(({ id }) => id),
    missing: isMore ? ['there are more than 10,000 VPC endpoints: the policies of the others were not looked at'] : [],
  };
}

/** An account, and its partition. */
function partitionOf(arn: string): readonly [string, string] {
  const [, partition = 'aws', , , account = ''] = arn.split(':', 5);
  return [account, partition];
}

/** ARNs, or of accounts the ids, in their order. */
async function arnsOf(
  context: GuardContext,
  selection: Omit<Parameters<GuardContext['directory']['find']['pages']>[0][number], 'order' | 'limit'>,
  field: 'ARN' | 'ID' = 'ARN',
): Promise<string[]> {
  const order = { field, descending: false } as const;
  const arns: string[] = [];
  let after: FindPlace | undefined;
  for (;;) {
    await context.work?.turn();
    const page = { ...selection, order, limit: PAGE, ...(after === undefined ? {} : { after }) };
    const [found = []] = await context.directory.find.pages([page]);
    for (const { arn } of found) arns.push(arn);
    after = found.at(-1);
    if (after === undefined || found.length < PAGE) return arns;
  }
}

/** Grants of keys and policies of buckets behind access points let somebody in, too: they need rights of their own. */
async function readable(context: GuardContext, findings: readonly Finding[]): Promise<readonly Finding[]> {
  if (context.caller.kind === 'operator') return findings;
  const known: Finding[] = [];
  for (const finding of findings) {
    await context.work?.turn();
    const statements = await readableStatements(context, finding.statements);
    if (statements.length > 0 || finding.statements.length === 0) known.push({ ...finding, statements });
  }
  return known;
}
