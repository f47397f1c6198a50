import type { Applied, Progress } from '../directory/directory.ts';
import type { DirectoryDocument } from '../directory/document.ts';
import type { ChangeOptions } from '../directory/entities/change-options.ts';
import type { OpenDirectory } from '../directory/prisma/open-directory.ts';
import { InvalidInput } from '../policy/errors.ts';
import { printable } from '../policy/printable.ts';
import { audited } from './audited.ts';
import type { Call } from './call.ts';
import type { SessionDirectory } from './session-tools.ts';

/** The events of imports in the audit trail; AWS has no such operations. */
export const IMPORT_EVENTS = { details: 'ImportAccountAuthorizationDetails', directory: 'ImportDirectory' } as const;

/** What is imported, and warnings about what could not be understood. */
interface Read {
  readonly document: DirectoryDocument;
  readonly warnings: readonly string[];
}

/**
 * Brings an export into the directory, all or nothing, and records in the audit trail who did, even if `read` or the
 * directory refuses it. A dry run stores nothing, and answers what it would have done. The warnings of `read` come first in the answer. Throws what they throw.
 */
export function importDocument(
  { directory }: { readonly directory: Pick<SessionDirectory, 'apply' | 'audit'> },
  call: Call,
  event: keyof typeof IMPORT_EVENTS,
  read: () => Read | Promise<Read>,
  progress?: Progress,
  options: ChangeOptions = {},
): Promise<Applied> {
  const attempted = { event: IMPORT_EVENTS[event], ...(options.dryRun === true && { parameters: { dryRun: 'true' } }) };
  return audited(directory.audit, call, attempted, async (succeeded) => {
    const { document, warnings } = await read();
    const [account, ...others] = document.accounts ?? [];
    const target = account === undefined || others.length > 0 ? null : account.id;
    const accountIds = document.accounts?.map(({ id }) => id) ?? [];
    const applied = await told(directory.apply(document, progress, { ...succeeded, target, accountIds }, options));
    return { ...applied, warnings: [...warnings, ...applied.warnings] };
  });
}

/** As `importDocument`, for a document in parts, each of which is read when the one before it is written. */
export function importParts(
  { directory }: { readonly directory: Pick<OpenDirectory, 'applyParts' | 'audit'> },
  call: Call,
  parts: AsyncIterable<DirectoryDocument>,
): Promise<Applied> {
  return audited(directory.audit, call, { event: IMPORT_EVENTS.directory }, (event) =>
    told(directory.applyParts(parts, () => undefined, { ...event, target: null })),
  );
}

/** What the directory says of a document has names from files in it: it is made to be shown. */
async function told(applied: Promise<Applied>): Promise<Applied> {
  try {
    const done = await applied;
    return { ...done, warnings: done.warnings.map(printable) };
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    const shown = printable(error.message);
    throw shown === error.message ? error : new InvalidInput(error.field ?? 'document', shown, { cause: error });
  }
}
