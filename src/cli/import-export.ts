import { constants } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Applied } from '../directory/directory.ts';
import type { DirectoryDocument } from '../directory/document.ts';
import { EXPORTED_KINDS } from '../directory/exporting/export-page.ts';
import { FileNotes, shown } from '../importing/file-notes.ts';
import { SCHEMA_FILE } from '../importing/own-form/document.ts';
import { documentOf, entitiesOf, type NamedEntity } from '../importing/own-form/entities.ts';
import { Described, LINE_LIMITS, readOwnText, refusal } from '../importing/own-form/read.ts';
import { refusal as fileRefusal } from '../server/import-files/failure.ts';
import { openStore } from '../server/services.ts';
import type { Settings } from '../server/settings.ts';
import { aCall } from '../session/call.ts';
import { importParts } from '../session/import-document.ts';
import { fileOf } from './export-folder.ts';
import { orNullIfHeld } from './running-gateway.ts';
import type { ProgressLine } from './terminal.ts';

/** The files of the export that a folder is, in the order in which they name each other; null: it is something else as well. */
export async function filesOfExport(folder: string): Promise<readonly string[] | null> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  // A link or a pipe with such a name is left out, and named, with the other files of a folder.
  const names = new Set(entries.map((entry) => (entry.isFile() ? entry.name : '')));
  if (!names.delete(SCHEMA_FILE)) return null;
  const files = EXPORTED_KINDS.map(fileOf).filter((name) => names.delete(name));
  return names.size === 0 ? files.map((name) => join(folder, name)) : null;
}

/** What has come in, and what of it is not understood. */
interface ImportedExport {
  readonly applied: Applied;
  readonly notes: FileNotes;
}

/**
 * Imports an export into the directory itself, part by part, so that one of any size needs little memory; null if another
 * process holds the data folder. Throws InvalidInput that names the file and line; then nothing is stored.
 */
export async function importExport(
  files: readonly string[],
  settings: Settings,
  progress: ProgressLine,
): Promise<ImportedExport | null> {
  const store = await orNullIfHeld(openStore(settings));
  if (store === null) return null;
  const notes = new FileNotes();
  let count = 0;
  const counting = (entities: number): void => {
    count += entities;
    progress.count(() => `importing: ${count.toLocaleString('en')} entities`);
  };
  try {
    const call = aCall({ kind: 'operator' }, Date.now());
    return { applied: await importParts(store, call, partsOf(files, notes, counting)), notes };
  } finally {
    await store.directory.close();
  }
}

/** Entities of one part: what is in memory at a time. */
const PART = 1000;

async function* partsOf(
  files: readonly string[],
  notes: FileNotes,
  counting: (entities: number) => void,
): AsyncGenerator<DirectoryDocument> {
  const described = new Described();
  let part: NamedEntity[] = [];
  for (const file of files) {
    let number = 0;
    for await (const line of linesOf(file)) {
      number++;
      if (line.trim() === '') continue;
      const where = `${shown(file)}, line ${number}`;
      const at = number;
      const document = readOwnText(line, where, LINE_LIMITS, (place, message) =>
        notes.add({ file, place: `line ${at}: ${place}` }, message),
      );
      if (document.wholeLists !== undefined) {
        throw refusal(where, '`wholeLists` stand in no export: a list in it is not whole before its last line');
      }
      described.add(document, where);
      part.push(...entitiesOf(document));
      // Organizations and accounts name each other.
      if (part.length < PART || part.every(({ kind }) => kind === 'organizations' || kind === 'accounts')) continue;
      yield documentOf(part);
      counting(part.length);
      part = [];
    }
  }
  if (part.length > 0) yield documentOf(part);
  counting(part.length);
}

/** As files of other folders are opened: never waits for a pipe, and follows no link. Windows has neither. */
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** The lines of a file, none of which is longer than a line may be. */
async function* linesOf(file: string): AsyncGenerator<string> {
  const handle = await open(file, FLAGS).catch((error: unknown) => {
    throw fileRefusal(file, error);
  });
  try {
    let rest = '';
    for await (const chunk of handle.createReadStream({ encoding: 'utf8', autoClose: false })) {
      const lines = `${rest}${String(chunk)}`.split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
      if (rest.length > LINE_LIMITS.characters) {
        throw refusal(
          file,
          `a line has more than the ${LINE_LIMITS.characters.toLocaleString('en')} characters that are read`,
        );
      }
    }
    yield rest;
  } finally {
    await handle.close();
  }
}
