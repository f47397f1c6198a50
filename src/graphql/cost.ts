import { GraphQLError, type GraphQLField, getNamedType } from 'graphql';
import type { GatewayContext } from './context.ts';

/** Page size of every connection when `first` and `last` are left out. */
export const DEFAULT_PAGE_SIZE = 20;
/** Largest page of a connection. */
export const MAX_PAGE_SIZE = 1000;
/** Most requests, checks, resources or ids in one list argument. */
export const MAX_BATCH_SIZE = 10_000;

/** The most that one operation may cost, in values of its answer. */
export const MAX_COST = 500_000;

/** What is told to who asks for more. */
export function tooCostly(cost: number): GraphQLError {
  return new GraphQLError(
    `the operation costs ${cost}; at most ${MAX_COST} are answered: ask for smaller pages or fewer fields of long lists`,
    { extensions: { code: 'QUERY_TOO_COMPLEX', cost, limit: MAX_COST } },
  );
}

/** Arguments whose length is the length of the answer. */
const BATCH_ARGUMENTS = ['requests', 'checks', 'resources', 'ids', 'needs'];

/** Fields that look at the whole directory, or work out all permissions: as much as this many values. */
const SEARCHES: ReadonlySet<string> = new Set([
  'effectivePermissions',
  'compareAccess',
  'assumableRoles',
  'accessRoutes',
  'whoCan',
  'roleSessions',
]);
const SEARCH_COST = 5000;

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
  return SEARCHES.has(field.name) ? { ...cost, field: cost.field + SEARCH_COST } : cost;
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
  return String(field.type).startsWith('[') ? { field: 1, multiplier: 5 } : { field: 1 };
}
