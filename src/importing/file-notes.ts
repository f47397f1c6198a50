import { printable } from '../policy/printable.ts';
import type { Place } from './source-file.ts';
import type { WarningSink } from './warnings.ts';

/** Something in a file that is not understood. */
export interface FileNote extends Place {
  readonly message: string;
}

/** Enough to see what is wrong; the rest is counted. */
const MAX_NOTES = 1000;
/** Characters of a part of one of them: it may quote what stands in the file. */
const MAX_LENGTH = 500;

/** What an import could not understand, file by file. */
export class FileNotes {
  readonly #notes = new Map<string, FileNote>();
  #omitted = 0;

  add({ file, place }: Place, message: string): void {
    const note = { file: shown(file), place: shown(place), message: shown(message) };
    const key = JSON.stringify(note);
    if (this.#notes.has(key)) return;
    if (this.#notes.size < MAX_NOTES) this.#notes.set(key, note);
    else this.#omitted++;
  }

  /** For readers that know nothing of files. */
  of(file: string): WarningSink {
    return {
      add: (entity, element, message) => {
        this.add({ file, place: [entity, element].filter((part) => part !== '').join(': ') }, message);
      },
    };
  }

  list(): readonly FileNote[] {
    return [...this.#notes.values()];
  }

  /** How many more there are than are listed. */
  get omitted(): number {
    return this.#omitted;
  }
}

/** Text of a file, or its name, in a message. */
export function shown(text: string): string {
  const line = printable(text.slice(0, MAX_LENGTH));
  return text.length > MAX_LENGTH ? `${line}…` : line;
}
