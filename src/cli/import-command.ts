import { revisionText } from '../directory/revision-text.ts';
import { withAccountName } from '../importing/account-name.ts';
import { shown } from '../importing/file-notes.ts';
import { importFiles as understand } from '../importing/import-files.ts';
import { OWN_FORM } from '../importing/own-form/own-form.ts';
import type { SourceFile } from '../importing/source-file.ts';
import { refuseUnrecognised, summaryOf } from '../importing/summary.ts';
import { RolegateError } from '../policy/errors.ts';
import { type ImportFileStream, readAll, streamImportFiles } from '../server/import-files/read-import-files.ts';
import { openStore } from '../server/services.ts';
import type { Settings } from '../server/settings.ts';
import { aCall } from '../session/call.ts';
import { importDocument } from '../session/import-document.ts';
import { CommandFailed } from './failure.ts';
import { filesOfExport, importExport } from './import-export.ts';
import { type Imported, jsonReport, printReport } from './import-report.ts';
import { importThere } from './import-there.ts';
import { gatewayInCharge, hereOrThere, orNullIfHeld, type RunningGateway } from './running-gateway.ts';
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
    const stream = streamImportFiles(command.paths, input);
    const gateway = await gatewayInCharge(settings);
    const imported = await refusing(async () => {
      if (gateway !== null) return importStream(command, gateway, stream, progress);
      return (await exportHere(command, settings, progress)) ?? importAll(command, settings, stream, progress);
    });
    progress.clear();
    const milliseconds = Date.now() - startedAt;
    if (command.isJson) terminal.out(jsonReport(imported, milliseconds));
    else printReport(imported, milliseconds, terminal);
  } finally {
    progress.clear();
  }
}

/** An export and nothing else, into the directory itself: it need not fit into memory. Null: it is imported like other files. */
async function exportHere(
  { paths, accountName }: Import,
  settings: Settings,
  progress: ProgressLine,
): Promise<Imported | null> {
  const [path, ...others] = paths;
  const files = path === undefined || others.length > 0 || accountName !== null ? null : await filesOfExport(path);
  if (files === null) return null;
  const done = await importExport(files, settings, progress);
  if (done === null) return null;
  const { notes } = done;
  const { changed, revision, counts, warnings } = done.applied;
  const summary = summaryOf({
    recognised: files.map((file) => ({ file: shown(file), form: OWN_FORM })),
    notRecognised: [],
    notUnderstood: notes.list(),
    notListed: notes.omitted,
  });
  return { changed, revision: revisionText(revision), counts, knowledge: [], warnings, summary, leftOut: [] };
}

/** Refusals of what is imported as sentences. */
async function refusing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof RolegateError) || (error.field !== 'files' && error.field !== 'accountName')) throw error;
    throw new CommandFailed(error.message.replaceAll('`accountName`', '--account-name'), { cause: error });
  }
}

/** Through the gateway that has the directory: file by file, it alone has to hold them all. */
async function importStream(
  { accountName }: Import,
  gateway: RunningGateway,
  stream: ImportFileStream,
  progress: ProgressLine,
): Promise<Imported> {
  const onPacked = (bytes: number): void =>
    progress.show(`importing through the gateway at ${gateway.url}: ${megabytes(bytes)} MB packed`);
  const imported = await importThere({ files: counted(stream, progress), accountName, onPacked }, gateway);
  return withLeftOut(imported, stream.warnings());
}

async function* counted(stream: ImportFileStream, progress: ProgressLine): AsyncGenerator<SourceFile> {
  let count = 0;
  for await (const file of stream.files) {
    yield file;
    count++;
    progress.count(() => readSoFar(count, stream.bytes()));
  }
}

/** Into the directory; through a gateway if it turns out that one has it. */
async function importAll(
  { accountName }: Import,
  settings: Settings,
  stream: ImportFileStream,
  progress: ProgressLine,
): Promise<Imported> {
  const { files, warnings: leftOut } = await readAll(stream, (count, bytes) =>
    progress.count(() => readSoFar(count, bytes)),
  );
  progress.show(`understanding ${files.length} files`);
  const { document, report } = understand(files);
  const summary = summaryOf(report);
  refuseUnrecognised(summary);
  const named = withAccountName(document, accountName);
  progress.show('opening the directory');
  const importHere = async (): Promise<Imported | null> => {
    const store = await orNullIfHeld(openStore(settings));
    if (store === null) return null;
    try {
      const call = aCall({ kind: 'operator' }, Date.now());
      const read = () => ({ document: named, warnings: [] });
      const { changed, revision, counts, warnings } = await importDocument(
        store,
        call,
        'directory',
        read,
        ({ phase, done, total }) => progress.count(() => (total > 0 ? `${phase} ${done}/${total}` : phase)),
      );
      const { knowledge = [] } = named;
      return { changed, revision: revisionText(revision), counts, knowledge, warnings, summary, leftOut };
    } finally {
      await store.directory.close();
    }
  };
  return hereOrThere(settings, importHere, async (gateway) => {
    const onPacked = (): void => progress.show(`importing through the gateway at ${gateway.url}`);
    return withLeftOut(await importThere({ files, accountName, onPacked }, gateway), leftOut);
  });
}

function withLeftOut(imported: Imported, leftOut: readonly string[]): Imported {
  return { ...imported, leftOut: [...leftOut, ...imported.leftOut] };
}

function readSoFar(files: number, bytes: number): string {
  return `reading: ${files} files, ${megabytes(bytes)} MB`;
}

function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(1);
}
