import type { DirectoryDocument } from '../directory/document.ts';
import { importFiles as recognise } from '../importing/import-files.ts';
import { RolegateError } from '../policy/errors.ts';
import { readImportFiles } from '../server/import-files/read-import-files.ts';
import { ImportRefused } from '../server/import-files/refused.ts';
import { openStore } from '../server/services.ts';
import type { Settings } from '../server/settings.ts';
import { aCall } from '../session/call.ts';
import { importDocument } from '../session/import-document.ts';
import { CommandFailed } from './failure.ts';
import { type Imported, jsonReport, notRecognisedLines, printReport } from './import-report.ts';
import { importThere } from './import-there.ts';
import { hereOrThere } from './running-gateway.ts';
import { ProgressLine, type Terminal } from './terminal.ts';

interface Import {
  readonly paths: readonly string[];
  readonly accountName: string | null;
  readonly isJson: boolean;
}

/** `rolegate import`: everything that is recognised, or nothing. Throws CommandFailed. */
export async function importFiles(
  command: Import,
  settings: Settings,
  terminal: Terminal,
  input: NodeJS.ReadableStream,
): Promise<void> {
  const startedAt = Date.now();
  const progress = new ProgressLine(terminal);
  try {
    progress.show('reading');
    const { files, warnings: leftOut } = await refusing(() =>
      readImportFiles(command.paths, {
        input,
        progress: (count, bytes) => progress.count(() => `reading: ${count} files, ${megabytes(bytes)} MB`),
      }),
    );
    progress.show(`understanding ${files.length} files`);
    const { document, report } = await refusing(() => recognise(files));
    if (report.recognised.length === 0) {
      throw new CommandFailed(['nothing was recognised', ...notRecognisedLines(report)].join('\n  '));
    }
    const named = withAccountName(document, command.accountName);
    progress.show('opening the directory');
    const imported = await hereOrThere(
      settings,
      () => importHere(named, settings, progress),
      (gateway) => {
        progress.show(`importing through the gateway at ${gateway.url}`);
        return importThere({ files, report, accountName: command.accountName }, gateway);
      },
    );
    progress.clear();
    const full = { imported, document: named, report, leftOut, milliseconds: Date.now() - startedAt };
    if (command.isJson) terminal.out(jsonReport(full));
    else printReport(full, terminal);
  } finally {
    progress.clear();
  }
}

/** Refusals of files as sentences. */
async function refusing<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ImportRefused || (error instanceof RolegateError && error.field === 'files')) {
      throw new CommandFailed(error.message, { cause: error });
    }
    throw error;
  }
}

/** Imports into the directory itself; null if another process holds its folder. */
async function importHere(
  document: DirectoryDocument,
  settings: Settings,
  progress: ProgressLine,
): Promise<Imported | null> {
  const store = await openStore(settings).catch((error: unknown) => {
    if (error instanceof RolegateError && error.code === 'DATA_DIR_LOCKED') return null;
    throw error;
  });
  if (store === null) return null;
  try {
    const call = aCall({ kind: 'operator' }, Date.now());
    const applied = await importDocument(
      store,
      call,
      () => ({ document, warnings: [] }),
      ({ phase, done, total }) => progress.count(() => (total > 0 ? `${phase} ${done}/${total}` : phase)),
    );
    return { ...applied, revision: String(applied.revision), knowledge: document.knowledge ?? [] };
  } finally {
    await store.directory.close();
  }
}

function withAccountName(document: DirectoryDocument, name: string | null): DirectoryDocument {
  if (name === null) return document;
  const accounts = document.accounts ?? [];
  if (accounts.length !== 1) {
    throw new CommandFailed(`--account-name names one account, and there are ${accounts.length} in what is imported`);
  }
  return { ...document, accounts: accounts.map((account) => ({ ...account, name })) };
}

function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(1);
}
