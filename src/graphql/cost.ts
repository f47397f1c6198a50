import { GraphQLError, type GraphQLField, getNamedType } from 'graphql';
import type { GatewayContext } from './context.ts';

/** Page size of every connection when `first` and `last` are left out. */
export const DEFAULT_PAGE_SIZE = 20;
/** Largest page of a connection. */
export const MAX_PAGE_SIZE = 1000;
/** Most requests, checks, resources or ids in one list argument. */
export const MAX_BATCH_SIZE = 10_000;

/** The most that all operations of one HTTP request may cost together, in values of their answers. */
export const MAX_COST = 500_000;

/** What is told to who asks for more. `before`: what the operations of the same request that are answered cost. */
export function tooCostly(cost: number, before: number): GraphQLError {
  const others = before === 0 ? '' : `, with the others of its request ${before + cost}`;
  return new GraphQLError(
    `the operation costs ${cost}${others}; at most ${MAX_COST} are answered: ask for smaller pages or fewer fields of long lists, or in several requests`,
    { extensions: { code: 'QUERY_TOO_COMPLEX', cost: before + cost, limit: MAX_COST } },
  );
}

/** Arguments whose length is the length of the answer. */
const BATCH_ARGUMENTS = ['requests', 'checks', 'resources', 'ids', 'needs'];

/** What a part of all permissions costs, that looks at each action of the catalogue. */
export const PERMISSIONS_COST = 5000;

/**
 * Fields that look at the whole directory, or work out all permissions: as much as this many values. So much that what one
 * request can ask for takes two seconds of a processor at most: 250 for a millisecond.
 */
const SEARCHES: Readonly<Record<string, number>> = {
  effectivePermissions: 5000,
  permissions: PERMISSIONS_COST,
  summary: PERMISSIONS_COST,
  compareAccess: 40_000,
  assumableRoles: 10_000,
  accessRoutes: 10_000,
  whoCan: 10_000,
  roleSessions: 5000,
};

/** What a role session’s chain costs: its sessions are looked up one after the other, and each is decided on. */
export const CHAIN_COST = { field: 250, multiplier: 5 } as const;
/** What who assumed a role session costs, which may be a session that is looked up. */
export const ASSUMER_COST = 20;

/** What each need adds to `accessRoutes`: it is decided in every role that can be assumed. */
const NEED_COST = 500;

/** Lists of which nobody knows the length, but that they can hold the whole catalogue. */
const ALL_ACTIONS: ReadonlySet<string> = new Set(['gained', 'lost', 'changed']);
const MANY_ACTIONS = 2000;

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
 * What one field costs, in values of the answer, and how often what is selected beneath it is counted: the size of the page
 * or batch that is asked for, not a guess. Lists whose length nobody can know count five times.
 */
export function costOfField(
  args: Record<string, unknown>,
  context: GatewayContext,
  field: GraphQLField<unknown, GatewayContext, Record<string, unknown>>,
): Cost {
  const cost = costOfShape(args, context, field);
  const search = Object.hasOwn(SEARCHES, field.name) ? (SEARCHES[field.name] ?? 0) : 0;
  return search === 0 ? cost : { ...cost, field: cost.field + search * depthOf(args) + NEED_COST * needsOf(args) };
}

/** How long the chains of roles are that are looked for; 1 where a field knows of none. */
function depthOf({ maxDepth }: Readonly<Record<string, unknown>>): number {
  return typeof maxDepth === 'number' ? Math.max(maxDepth, 1) : 1;
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
  // Entries of a page were counted where the page was asked for.
  if (field.name === 'edges' || field.name === 'nodes') return { field: 1, multiplier: 1 };
  if (ALL_ACTIONS.has(field.name)) return { field: 1, multiplier: MANY_ACTIONS };
  return String(field.type).startsWith('[') ? { field: 1, multiplier: 5 } : { field: 1 };
}
