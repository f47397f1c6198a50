import { toIso } from '../instants.ts';
import { Parameters, type Statement } from '../parameters.ts';
import type { AuditFilter, AuditPage } from './audit-store.ts';

/** The most events read at a time: a page, and one more to see whether there are others. */
const MAX_PAGE = 1_001;

/** Columns of events with an index that goes on with the sequence; the first that a filter names is used. */
const INDEXED = ['roleSessionId', 'target', 'principal', 'event', 'outcome'] as const;

function instantOf(at: number, parameters: Parameters): string {
  return `${parameters.add(toIso(at))}::text::timestamp(3)`;
}

/**
 * The conditions on an event `e`, apart from its accounts and the column `indexed`. `isNear`: what is of the time is found by its
 * numbers. The index on the time, and what times there are, are kept out of the planner's sight: it would read the index whole for the
 * first of a page, and for a time at which it believes that nothing happened it would start processes that read beside each other.
 */
function conditionsOf(
  filter: AuditFilter,
  parameters: Parameters,
  isNear: boolean,
  indexed?: string,
): readonly string[] {
  const { outcome, from, until } = filter;
  const conditions: string[] = [];
  for (const name of ['principal', 'target', 'event', 'roleSessionId'] as const) {
    const text = filter[name];
    if (text !== undefined && name !== indexed) conditions.push(`e."${name}" = ${parameters.add(text)}`);
  }
  if (outcome !== undefined && indexed !== 'outcome')
    conditions.push(`e.outcome = ${parameters.add(outcome)}::text::"AuditOutcome"`);
  const time = isNear ? `(e.at + interval '0')` : 'e.at';
  if (from !== undefined) conditions.push(`${time} >= ${instantOf(from, parameters)}`);
  if (until !== undefined) conditions.push(`${time} < ${instantOf(until, parameters)}`);
  return conditions;
}

/** Numbers of events are positive and fit into a bigint. */
const LAST = 9_223_372_036_854_775_807n;

/** Numbers of events of one row of AuditSpan. */
export const SPAN = 512;

/** The numbers that the events of a page can have, as SQL; null: any. */
interface Bounds {
  readonly after: string | null;
  readonly before: string | null;
}

/**
 * The bounds of a page, and of the time of its filter. Where a clock was far off once, the latter are further from each other than
 * they need be, and nothing is missed.
 */
function boundsOf(
  { after, before, filter = {} }: Pick<AuditPage, 'after' | 'before' | 'filter'>,
  parameters: Parameters,
): Bounds {
  const { from, until } = filter;
  const number = (value: bigint): string => `${parameters.add(String(value))}::text::bigint`;
  const conditions = [
    ...(from === undefined ? [] : [`s.latest >= ${instantOf(from, parameters)}`]),
    ...(until === undefined ? [] : [`s.earliest < ${instantOf(until, parameters)}`]),
  ].join(' AND ');
  const block = (which: 'min' | 'max'): string => `(SELECT ${which}(s.block) FROM "AuditSpan" s WHERE ${conditions})`;
  return {
    after: tighter('greatest', [
      after === undefined ? null : number(after),
      from === undefined ? null : `coalesce(${block('min')} * ${SPAN} - 1, ${LAST})`,
    ]),
    before: tighter('least', [
      before === undefined ? null : number(before),
      until === undefined ? null : `coalesce((${block('max')} + 1) * ${SPAN}, 0)`,
    ]),
  };
}

function tighter(which: 'greatest' | 'least', bounds: readonly (string | null)[]): string | null {
  const given = bounds.filter((bound) => bound !== null);
  return given.length < 2 ? (given[0] ?? null) : `${which}(${given.join(', ')})`;
}

/**
 * Events of a page in an index on `column` and the sequence, all of which have one value there. INVARIANT: rows are compared,
 * by two conditions and no more, and the order names both columns. Of an equation the planner believes, without statistics, that
 * few rows fulfil it: it would read them all and sort them. PGlite gathers no statistics.
 */
function inIndex(column: string, sequence: string, value: string, { after, before }: Bounds): readonly string[] {
  const row = `(${column}, ${sequence})`;
  return [
    `${row} > (${value}, ${after ?? '0'})`,
    before === null ? `${row} <= (${value}, ${LAST})` : `${row} < (${value}, ${before})`,
  ];
}

function valueIn(column: (typeof INDEXED)[number], parameter: string): string {
  return column === 'outcome' ? `${parameter}::text::"AuditOutcome"` : parameter;
}

function between(sequence: string, { after, before }: Bounds): readonly string[] {
  return [
    ...(after === null ? [] : [`${sequence} > ${after}`]),
    ...(before === null ? [] : [`${sequence} < ${before}`]),
  ];
}

function where(conditions: readonly string[]): string {
  return conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
}

/**
 * The accounts by which events are searched; null: they are searched by principal or target, and the accounts of each are
 * checked. Neither way reads the events of others for an account with few events, nor all of an account with many.
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

/** A scalar look-up for each event of the page, after the limit. */
const REPETITION = `LEFT JOIN LATERAL (SELECT * FROM "AuditRepetition" WHERE sequence = e.sequence LIMIT 1) r ON true`;

/** Selects `columns` of the events `e` of a page, with their repetitions `r`. */
export function selectPage(columns: string, page: AuditPage): Statement {
  const { limit, newest = false, filter = {} } = page;
  const parameters = new Parameters();
  const direction = newest ? 'DESC' : 'ASC';
  const most = parameters.add(Math.min(Math.max(Math.trunc(limit), 1), MAX_PAGE));
  const accounts = soughtAccounts(filter);
  const bounds = boundsOf(page, parameters);
  if (accounts === null) {
    const column = INDEXED.find((name) => filter[name] !== undefined);
    const value = column === undefined ? undefined : filter[column];
    const index =
      column === undefined || value === undefined
        ? null
        : { column: `e."${column}"`, value: valueIn(column, parameters.add(value)) };
    const conditions = [
      ...conditionsOf(filter, parameters, true, column),
      ...(index === null ? between('e.sequence', bounds) : inIndex(index.column, 'e.sequence', index.value, bounds)),
      ...isOfAccounts(filter, parameters),
    ];
    const order = [...(column === undefined ? [] : [`e."${column}"`]), 'e.sequence'];
    const text = `SELECT ${columns} FROM (SELECT * FROM "AuditEvent" e ${where(conditions)}
      ORDER BY ${order.map((each) => `${each} ${direction}`).join(', ')} LIMIT ${most}) e
      ${REPETITION} ORDER BY e.sequence ${direction}`;
    return { text, parameters: parameters.values };
  }
  const list = parameters.add(accounts);
  const own = conditionsOf(filter, parameters, true).join(' AND ');
  const conditions = [
    ...inIndex('x."accountId"', 'x.sequence', 'a.id', bounds),
    ...(own === '' ? [] : [`(SELECT ${own} FROM "AuditEvent" e WHERE e.sequence = x.sequence)`]),
  ];
  // From each account what could be on the page, in order; an event of several accounts counts once. Each event is then looked
  // up by its number: a join could be planned as a scan of the whole trail.
  const text = `WITH page AS MATERIALIZED (
    SELECT DISTINCT s.sequence FROM unnest(${list}::text[]) AS a(id) CROSS JOIN LATERAL (
      SELECT x.sequence FROM "AuditEventAccount" x ${where(conditions)}
       ORDER BY x."accountId" ${direction}, x.sequence ${direction} LIMIT ${most}) s
     ORDER BY s.sequence ${direction} LIMIT ${most})
    SELECT ${columns} FROM page
     CROSS JOIN LATERAL (SELECT * FROM "AuditEvent" WHERE sequence = page.sequence LIMIT 1) e
     ${REPETITION} ORDER BY e.sequence ${direction}`;
  return { text, parameters: parameters.values };
}

const EXTENT = `(SELECT max(sequence)::text FROM "AuditEvent") AS "upTo",
  (SELECT "prunedEvent"::text FROM "DirectoryState" WHERE id = 1) AS pruned`;

/**
 * Counts those after a number, as `events`, and says the last number, `upTo` (null: there is none), and the last one that was removed from
 * the beginning, `pruned` (null: none was).
 */
export function selectCount(filter: AuditFilter, after = 0n): Statement {
  const parameters = new Parameters();
  const accounts = soughtAccounts(filter);
  const own = conditionsOf(filter, parameters, accounts !== null);
  const later = after > 0n ? { after } : {};
  if (accounts === null) {
    const conditions = [
      ...own,
      ...isOfAccounts(filter, parameters),
      ...between('e.sequence', boundsOf(later, parameters)),
    ];
    const text = `SELECT count(*)::int4 AS events, ${EXTENT} FROM "AuditEvent" e ${where(conditions)}`;
    return { text, parameters: parameters.values };
  }
  const joined = own.length === 0 ? '' : 'JOIN "AuditEvent" e ON e.sequence = x.sequence';
  const conditions = [
    `x."accountId" = ANY(${parameters.add(accounts)}::text[])`,
    ...between('x.sequence', boundsOf({ filter, ...later }, parameters)),
    ...own,
  ];
  const text = `SELECT count(DISTINCT x.sequence)::int4 AS events, ${EXTENT} FROM "AuditEventAccount" x ${joined} ${where(conditions)}`;
  return { text, parameters: parameters.values };
}
