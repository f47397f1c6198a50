import { GraphQLError, type GraphQLField, getNamedType } from 'graphql';
import type { DirectorySize } from '../directory/directory.ts';
import { searchCost } from '../guard/search-cost.ts';
import type { GatewayContext } from './context.ts';

/** Page size of every connection if `first` and `last` are left out. */
export const DEFAULT_PAGE_SIZE = 20;
/** Largest page of a connection. */
export const MAX_PAGE_SIZE = 1000;
/** Most requests, checks, resources or ids in one list argument. */
export const MAX_BATCH_SIZE = 10_000;

/** The greatest total cost of all operations of one HTTP request, in values of their answers. */
export const MAX_COST = 500_000;

/** The error for an operation beyond the limit. `before`: cost of the operations of the same request that are answered. */
export function tooCostly(cost: number, before: number): GraphQLError {
  const others = before === 0 ? '' : ` (${before + cost} with the other operations of its request)`;
  return new GraphQLError(
    `the operation costs ${cost}${others}; the limit is ${MAX_COST}: request smaller pages or fewer fields of long ` +
      'lists, or send several requests',
    { extensions: { code: 'QUERY_TOO_COMPLEX', cost: before + cost, limit: MAX_COST } },
  );
}

/** Arguments whose length is the length of the answer. */
const BATCH_ARGUMENTS = ['changes', 'requests', 'checks', 'resources', 'ids', 'needs', 'arns'];

/** Cost of a part of the effective permissions that examines each action of the catalogue. */
export const PERMISSIONS_COST = 5000;

/**
 * Cost, in values, of fields that search the whole directory or compute all permissions. It is set so that one request takes
 * at most two seconds of processor time: 250 for a millisecond.
 */
const SEARCHES: Readonly<Record<string, Search>> = {
  effectivePermissions: { cost: 5000, through: 'roles' },
  permissions: { cost: PERMISSIONS_COST, through: 'roles' },
  summary: { cost: PERMISSIONS_COST, through: 'roles' },
  compareAccess: { cost: 40_000, through: 'roles' },
  assumableRoles: { cost: 10_000, through: 'roles' },
  accessRoutes: { cost: 10_000, through: 'roles' },
  escalationPaths: { cost: 40_000, through: 'principals' },
  whoCan: { cost: 10_000, through: 'principals' },
  // Up to 400 of these questions, which end when half of the request's time is over.
  accessGraph: { cost: 100_000, through: 'principals' },
  // It goes through every policy that the caller may read.
  findings: { cost: 100_000, through: 'principals' },
  acknowledgeFinding: { cost: 100_000, through: 'principals' },
  roleSessions: { cost: 5000, through: 'roles' },
};

interface Search {
  /** In a small directory. */
  readonly cost: number;
  /** What it goes through one by one. */
  readonly through: keyof DirectorySize;
}

/**
 * Cost of a character of a document that is validated. Ordinary documents take some microseconds for a hundred characters, the worst
 * ones a hundred times as long.
 */
export const VALIDATION_COST = 0.5;
/** Cost of a check of policy documents, which goes through the actions of the catalogue; and of each of their characters. */
export const CHECK_COST = 50_000;
export const CHECKED_COST = 2;
/** Cost of a preview of changes, which compares all permissions of those whom they concern; and of each change. */
export const PREVIEW_COST = 200_000;
export const PREVIEWED_COST = 250;
/** Cost of a list of all accounts: a search that matches everything reads whole tables. */
const FIND_COST = 10_000;
/** Cost of a search of the catalogue, which reads the names of all actions. */
const CATALOG_COST = 2000;
const OF_CATALOG: ReadonlySet<string> = new Set(['services', 'actions', 'conditionKeys']);
/** Cost of finding principals by a tag, for callers who must be allowed to read the tags of each: that is decided first. */
const TAG_COST = 25_000;

/** Cost of the chain of a role session: its sessions are looked up one after the other, and access to each is decided. */
export const CHAIN_COST = { field: 250, multiplier: 5 } as const;
/** Cost of `assumedBy` of a role session, which may be another session that must be looked up. */
export const ASSUMER_COST = 20;

/** Cost that each need adds to `accessRoutes`: it is decided in every role that can be assumed. */
const NEED_COST = 500;

/** Lists that are as long as the longest page. */
const WHOLE_PAGES: ReadonlySet<string> = new Set(['gained', 'lost', 'changed']);

interface Cost {
  readonly field: number;
  readonly multiplier?: number;
}

function lengthOf(value: unknown): number | null {
  return Array.isArray(value) ? value.length : null;
}

function pageSize(args: Readonly<Record<string, unknown>>): number {
  const size = args['first'] ?? args['last'] ?? DEFAULT_PAGE_SIZE;
  return typeof size === 'number' ? Math.max(size, 1) : DEFAULT_PAGE_SIZE;
}

/**
 * The cost of one field in values of the answer, and the multiplier for the fields beneath it: the requested size of the
 * page or batch, not a guess. Lists of unknown length count five times.
 */
export function costOfField(
  args: Record<string, unknown>,
  context: GatewayContext,
  field: GraphQLField<unknown, GatewayContext, Record<string, unknown>>,
): Cost {
  const cost = costOfShape(args, context, field);
  if (field.args.some(({ name }) => name === 'search'))
    return { ...cost, field: cost.field + costOfFind(args, context, field) };
  const search = Object.hasOwn(SEARCHES, field.name) ? SEARCHES[field.name] : undefined;
  if (search === undefined) return cost;
  const once = searchCost(search.cost, context.directory.size[search.through]);
  const times = field.name === 'whoCan' ? timesOf(args) : depthOf(args);
  return { ...cost, field: cost.field + Math.round(once * times) + NEED_COST * needsOf(args) * depthOf(args) };
}

/** Lists of one account are short: its quotas are a few thousand. */
function costOfFind(
  { tag }: Readonly<Record<string, unknown>>,
  { caller, directory }: GatewayContext,
  { name, args }: GraphQLField<unknown, GatewayContext>,
): number {
  if (OF_CATALOG.has(name)) return CATALOG_COST;
  const ofAll = args.some((argument) => argument.name === 'accountIds' || argument.name === 'organizationId');
  const { size } = directory;
  const all = ofAll ? searchCost(FIND_COST, name === 'resources' ? size.resources : size.principals) : 0;
  return all + (tag == null || caller.kind === 'operator' ? 0 : TAG_COST);
}

/** Length of the chains of roles to search; 1 for fields without chains. */
function depthOf({ maxDepth }: Readonly<Record<string, unknown>>): number {
  return typeof maxDepth === 'number' ? Math.max(maxDepth, 1) : 1;
}

/** Of each action beyond the first one, which has the same principals and resource. */
const FURTHER_ACTION = 0.2;
/** Actions that the types of most resources take. */
const ACTIONS_OF_TYPE = 50;

/** How often a search for principals is made, counted by its actions. */
function timesOf({ action, actions }: Readonly<Record<string, unknown>>): number {
  const count = typeof action === 'string' ? 1 : (lengthOf(actions) ?? ACTIONS_OF_TYPE);
  return 1 + FURTHER_ACTION * Math.max(0, count - 1);
}

function needsOf({ needs }: Readonly<Record<string, unknown>>): number {
  return lengthOf(needs) ?? 0;
}

function costOfShape(
  args: Record<string, unknown>,
  _context: GatewayContext,
  field: GraphQLField<unknown, GatewayContext, Record<string, unknown>>,
): Cost {
  const type = getNamedType(field.type).name;
  if (type.endsWith('Connection')) return { field: 2, multiplier: pageSize(args) };
  for (const name of BATCH_ARGUMENTS) {
    const length = lengthOf(args[name]);
    if (length !== null) return { field: length, multiplier: Math.max(length, 1) };
  }
  const requests = lengthOf((args['input'] as { requests?: unknown } | undefined)?.requests); // only simulateCustomPolicies has it
  if (requests !== null) return { field: requests, multiplier: Math.max(requests, 1) };
  // The entries of a page were counted at the field that returns the page.
  if (field.name === 'edges' || field.name === 'nodes') return { field: 1, multiplier: 1 };
  // AWS makes one root in an organization.
  if (field.name === 'roots') return { field: 1, multiplier: 1 };
  if (!String(field.type).startsWith('[')) return { field: 1 };
  return { field: 1, multiplier: WHOLE_PAGES.has(field.name) ? MAX_PAGE_SIZE : 5 };
}
