import type { Applied, Progress } from '../directory/directory.ts';
import type { DirectoryDocument } from '../directory/document.ts';
import type { OpenDirectory } from '../directory/prisma/open-directory.ts';
import { audited } from './audited.ts';
import type { Call } from './call.ts';
import type { SessionDirectory } from './session-tools.ts';

/** The event of an import in the audit trail; AWS has no such operation. */
export const IMPORT_EVENT = 'ImportAccountAuthorizationDetails';

/**
 * Brings an export into the directory, all or nothing, and records in the audit trail who did, even if `read` or the
 * directory refuses it. `read` returns the document, and warnings about what could not be understood; these come first in
 * the answer. Throws what they throw.
 */
export function importDocument(
  { directory }: { readonly directory: Pick<SessionDirectory, 'apply' | 'audit'> },
  call: Call,
  read: () => { readonly document: DirectoryDocument; readonly warnings: readonly string[] },
  progress?: Progress,
): Promise<Applied> {
  return audited(directory.audit, call, { event: IMPORT_EVENT }, async (event) => {
    const { document, warnings } = read();
    const [account, ...others] = document.accounts ?? [];
    const target = account === undefined || others.length > 0 ? null : account.id;
    const accountIds = document.accounts?.map(({ id }) => id) ?? [];
    const applied = await directory.apply(document, progress, { ...event, target, accountIds });
    return { ...applied, warnings: [...warnings, ...applied.warnings] };
  });
}

/** As `importDocument`, for a document in parts, each of which is read when the one before it is written. */
export function importParts(
  { directory }: { readonly directory: Pick<OpenDirectory, 'applyParts' | 'audit'> },
  call: Call,
  parts: AsyncIterable<DirectoryDocument>,
): Promise<Applied> {
  return audited(directory.audit, call, { event: IMPORT_EVENT }, (event) =>
    directory.applyParts(parts, () => undefined, { ...event, target: null }),
  );
}
