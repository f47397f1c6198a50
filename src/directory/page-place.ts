type Arguments = Readonly<Record<string, unknown>>;

/**
 * The same query, with the place behind which each of its pages begins said by value. Prisma looks for the row that a
 * cursor names, and finds nothing at all once that row is deleted; behind its value there is the rest of the list. This
 * holds where a list is in the order of its cursor, which it is when no other order is given.
 */
export function withPlaces(args: unknown): unknown {
  if (!isArguments(args)) return args;
  let changed: Record<string, unknown> | null = null;
  for (const part of ['select', 'include']) {
    const selected = args[part];
    if (!isArguments(selected)) continue;
    const within = Object.entries(selected).map(([name, value]) => [name, withPlaces(value)] as const);
    if (within.some(([name, value]) => value !== selected[name])) {
      changed = { ...(changed ?? args), [part]: Object.fromEntries(within) };
    }
  }
  return placed(changed ?? args);
}

function placed(args: Arguments): Arguments {
  const { cursor, skip, take, orderBy, where, ...rest } = args;
  if (!isArguments(cursor) || skip !== 1 || typeof take !== 'number' || orderBy !== undefined) return args;
  const [column, ...others] = Object.entries(cursor);
  if (column === undefined || others.length > 0) return args;
  const [name, value] = column;
  const behind = { [name]: take < 0 ? { lt: value } : { gt: value } };
  return { ...rest, take, orderBy: { [name]: 'asc' }, where: where === undefined ? behind : { AND: [where, behind] } };
}

function isArguments(value: unknown): value is Arguments {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
