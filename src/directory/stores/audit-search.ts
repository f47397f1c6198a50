import { toIso } from '../instants.ts';
import { Parameters, type Statement } from '../parameters.ts';
import type { AuditFilter, AuditPage } from './audit-store.ts';

/** The most events read at a time: a page, and one more to see whether there are others. */
const MAX_PAGE = 1_001;

/** The conditions on an event `e`, apart from its accounts. */
function conditionsOf(filter: AuditFilter, parameters: Parameters): readonly string[] {
  const { outcome, from, until } = filter;
  const conditions: string[] = [];
  for (const name of ['principal', 'target', 'event', 'roleSessionId'] as const) {
    const text = filter[name];
    if (text !== undefined) conditions.push(`e."${name}" = ${parameters.add(text)}`);
  }
  const instant = (at: number): string => `${parameters.add(toIso(at))}::text::timestamp(3)`;
  if (outcome !== undefined) conditions.push(`e.outcome = ${parameters.add(outcome)}::text::"AuditOutcome"`);
  if (from !== undefined) conditions.push(`e.at >= ${instant(from)}`);
  if (until !== undefined) conditions.push(`e.at < ${instant(until)}`);
  return conditions;
}

function betweenOf({ after, before }: AuditPage, sequence: string, parameters: Parameters): readonly string[] {
  return [
    ...(after === undefined ? [] : [`${sequence} > ${parameters.add(String(after))}::text::bigint`]),
    ...(before === undefined ? [] : [`${sequence} < ${parameters.add(String(before))}::text::bigint`]),
  ];
}

function where(conditions: readonly string[]): string {
  return conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
}

/**
 * The accounts by which events are searched; null: they are searched by principal or target, and the accounts of each are
 * checked. Neither way reads the events of others for an account with few events. Pages of an account with many are only
 * read in part where the planner has statistics of the trail: a server gathers them, PGlite does not.
 */
function soughtAccounts({ principal, target, accountIds }: AuditFilter): readonly string[] | null {
  return principal === undefined && target === undefined ? (accountIds ?? null) : null;
}

/** A scalar sub-query: the planner does not turn it into a join, for which it could read all events of an account. */
function isOfAccounts({ accountIds }: AuditFilter, parameters: Parameters): readonly string[] {
  if (accountIds === undefined) return [];
  const among = `x."accountId" = ANY(${parameters.add(accountIds)}::text[])`;
  return [`(SELECT true FROM "AuditEventAccount" x WHERE x.sequence = e.sequence AND ${among} LIMIT 1)`];
}

/** Selects `columns` of the events `e` of a page. */
export function selectPage(columns: string, page: AuditPage): Statement {
  const { limit, newest = false, filter = {} } = page;
  const parameters = new Parameters();
  const direction = newest ? 'DESC' : 'ASC';
  const most = parameters.add(Math.min(Math.max(Math.trunc(limit), 1), MAX_PAGE));
  const accounts = soughtAccounts(filter);
  if (accounts === null) {
    const conditions = [
      ...conditionsOf(filter, parameters),
      ...betweenOf(page, 'e.sequence', parameters),
      ...isOfAccounts(filter, parameters),
    ];
    const text = `SELECT ${columns} FROM "AuditEvent" e ${where(conditions)} ORDER BY e.sequence ${direction} LIMIT ${most}`;
    return { text, parameters: parameters.values };
  }
  const list = parameters.add(accounts);
  const own = conditionsOf(filter, parameters).join(' AND ');
  const conditions = [
    'x."accountId" = a.id',
    ...betweenOf(page, 'x.sequence', parameters),
    ...(own === '' ? [] : [`(SELECT ${own} FROM "AuditEvent" e WHERE e.sequence = x.sequence)`]),
  ];
  // From each account what could be on the page, in order; an event of several accounts counts once. Each event is then looked
  // up by its number: a join could be planned as a scan of the whole trail.
  const text = `WITH page AS MATERIALIZED (
    SELECT DISTINCT s.sequence FROM unnest(${list}::text[]) AS a(id) CROSS JOIN LATERAL (
      SELECT x.sequence FROM "AuditEventAccount" x ${where(conditions)} ORDER BY x.sequence ${direction} LIMIT ${most}) s
     ORDER BY s.sequence ${direction} LIMIT ${most})
    SELECT ${columns} FROM page
     CROSS JOIN LATERAL (SELECT * FROM "AuditEvent" WHERE sequence = page.sequence LIMIT 1) e ORDER BY e.sequence ${direction}`;
  return { text, parameters: parameters.values };
}

/** Counts, as `events`. */
export function selectCount(filter: AuditFilter): Statement {
  const parameters = new Parameters();
  const accounts = soughtAccounts(filter);
  const own = conditionsOf(filter, parameters);
  if (accounts === null) {
    const conditions = [...own, ...isOfAccounts(filter, parameters)];
    const text = `SELECT count(*)::int4 AS events FROM "AuditEvent" e ${where(conditions)}`;
    return { text, parameters: parameters.values };
  }
  const joined = own.length === 0 ? '' : 'JOIN "AuditEvent" e ON e.sequence = x.sequence';
  const conditions = [`x."accountId" = ANY(${parameters.add(accounts)}::text[])`, ...own];
  const text = `SELECT count(DISTINCT x.sequence)::int4 AS events FROM "AuditEventAccount" x ${joined} ${where(conditions)}`;
  return { text, parameters: parameters.values };
}
