import type { Catalog } from '../../catalog/catalog.ts';
import { applyDocuments, type PreparedDocument } from '../apply/apply.ts';
import type { Applied, Progress } from '../directory.ts';
import type { ChangeOptions } from '../entities/change-options.ts';
import { keptOrNot } from '../entities/dry-run.ts';
import type { Store } from '../store.ts';
import { addAuditEvent } from '../stores/audit-events.ts';
import type { NewAuditEvent } from '../stores/audit-store.ts';
import { analyze } from './housekeeping.ts';

interface Around {
  readonly progress: Progress;
  readonly event: NewAuditEvent | undefined;
  readonly options: ChangeOptions;
}

/** Stores documents, all or nothing, with the event of the audit trail; in a dry run, nothing. */
export async function applyTo(
  store: Store,
  catalog: Catalog,
  parts: Iterable<PreparedDocument> | AsyncIterable<PreparedDocument>,
  { progress, event, options }: Around,
): Promise<Applied> {
  const { applied, outgrown } = await keptOrNot(() =>
    store.change(async (sql, now) => {
      const result = await applyDocuments(sql, catalog, parts, progress, now, options);
      const { revision, accounts } = result.applied;
      await addAuditEvent(sql, event && { accountIds: accounts, ...event }, revision);
      return { revision, touched: result.touched, result };
    }, store.database.long),
  );
  if (options.dryRun !== true) await analyze(store.database, outgrown);
  return applied;
}
