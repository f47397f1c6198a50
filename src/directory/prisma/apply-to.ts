import type { Catalog } from '../../catalog/catalog.ts';
import { applyDocuments, type PreparedDocument } from '../apply/apply.ts';
import { makeRecorded } from '../change.ts';
import type { Applied, Progress } from '../directory.ts';
import type { ChangeOptions } from '../entities/change-options.ts';
import type { Store } from '../store.ts';
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
  const { revision, result } = await makeRecorded(
    store,
    [event],
    async (sql, now, before) => {
      const tellsReads = options.expectedRevision != null;
      const written = await applyDocuments(sql, catalog, parts, { progress, now, before, tellsReads });
      return { ...written, result: written, events: [event && { accountIds: written.applied.accounts, ...event }] };
    },
    options,
    { database: store.database.long, keepsEvents: true },
  );
  if (options.dryRun !== true) await analyze(store.database, result.outgrown);
  return { ...result.applied, revision };
}
