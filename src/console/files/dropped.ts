import { MOST_FILES } from './bounds.ts';
import type { Chosen } from './read.ts';

/** Files and folders that were dropped, with all that is in them. The list of a drop is empty after the event: entries are taken at once. */
export async function dropped(transfer: DataTransfer): Promise<readonly Chosen[]> {
  const items = [...transfer.items].filter(({ kind }) => kind === 'file');
  const entries = items.flatMap((item) => item.webkitGetAsEntry() ?? []);
  // A file that is in no file system, as one from another program.
  if (entries.length === 0) return chosenIn(transfer.files);
  const found: Chosen[] = [];
  for (const entry of entries) await walk(entry, found);
  return found;
}

async function walk(entry: FileSystemEntry, found: Chosen[]): Promise<void> {
  // One more than is taken says that there are too many.
  if (found.length > MOST_FILES) return;
  if (isFile(entry)) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
    found.push({ path: entry.fullPath.replace(/^\//, ''), file });
  } else if (isFolder(entry)) {
    const reader = entry.createReader();
    for (;;) {
      // A reader gives a part of its folder each time, and nothing in the end.
      const part = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
      if (part.length === 0) return;
      for (const each of part) await walk(each, found);
    }
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

/** Files of a field; those of a folder with their paths below it. */
export function chosenIn(files: FileList): readonly Chosen[] {
  return [...files].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
}
