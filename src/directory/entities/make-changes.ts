import type { Catalog } from '../../catalog/catalog.ts';
import { RolegateError } from '../../policy/errors.ts';
import { lockRevision, raiseRevision } from '../apply/revision.ts';
import type { Sql } from '../prisma/database.ts';
import type { Store } from '../store.ts';
import { checkCredentials } from '../stores/acting-credentials.ts';
import { addAuditEvents } from '../stores/audit-events.ts';
import type { ChangeOf, ChangeTools, Made } from './change-of.ts';
import { CHANGES } from './changes.ts';
import { keptOrNot, NothingKept } from './dry-run.ts';
import type { ChangeOptions, ChangeStep, MadeChanges } from './entity-store.ts';
import { checkExpected, checkUntouched, distinct, readHistory } from './untouched.ts';

/** One of several changes cannot be made, so that none was. */
export class FailedChange extends RolegateError {
  /** Its place among the changes, from 0. */
  readonly index: number;
  readonly why: RolegateError;

  constructor(index: number, why: RolegateError) {
    super(why.code, why.message, { field: why.field, cause: why });
    this.index = index;
    this.why = why;
  }
}

const noPause = (): Promise<void> => Promise.resolve();

/** Makes all changes with their events in one transaction, or none. */
export function makeChanges(
  store: Store,
  catalog: Catalog,
  steps: readonly ChangeStep[],
  { expectedRevision = null, dryRun = false, between = noPause }: ChangeOptions = {},
): Promise<MadeChanges> {
  return keptOrNot(() =>
    store.change(async (sql, now) => {
      const before = await lockRevision(sql);
      await checkActing(sql, steps);
      if (expectedRevision !== null) checkExpected(expectedRevision, await readHistory(sql, before));
      const made: Made[] = [];
      for (const [index, step] of steps.entries()) {
        if (index > 0) await between();
        made.push(await makeOne(sql, step, index, { catalog, now: step.event?.at ?? now }));
      }
      const touched = distinct(made.flatMap((one) => one.touched));
      if (expectedRevision !== null && expectedRevision < before)
        await checkUntouched(sql, expectedRevision, [...touched, ...made.flatMap(({ reads = [] }) => reads)]);
      const names = made.map(({ result }) => result);
      const unchanged = { revision: before, touched, names };
      if (dryRun) throw new NothingKept(unchanged);
      if (touched.length === 0) return { revision: before, touched, result: unchanged };
      const revision = await raiseRevision(sql, touched, now);
      const events = steps.flatMap(({ event }, index) => (made[index]?.touched.length === 0 ? [] : (event ?? [])));
      await addAuditEvents(sql, events, revision);
      return { revision, touched, result: { revision, touched, names } };
    }),
  );
}

/** The credentials of each call, once each. */
async function checkActing(sql: Sql, steps: readonly ChangeStep[]): Promise<void> {
  const seen = new Set<unknown>();
  for (const { event } of steps) {
    if (event?.acting == null || seen.has(event.acting)) continue;
    seen.add(event.acting);
    await checkCredentials(sql, event.acting, event.at);
  }
}

async function makeOne(sql: Sql, { name, input }: ChangeStep, index: number, tools: ChangeTools): Promise<Made> {
  const change = CHANGES[name] as ChangeOf<typeof input>; // as: the input is the one of this name
  try {
    return await change(sql, input, tools);
  } catch (error) {
    throw error instanceof RolegateError ? new FailedChange(index, error) : error;
  }
}
