import type { DirectoryDocument } from '../../directory/document.ts';

/** Some entries of one list of a document. */
export interface DocumentPiece {
  readonly list: string;
  readonly entries: readonly unknown[];
}

/** Entries in a piece: to take one over takes some milliseconds, even if all of them have large policies. */
const ENTRIES = 50;

/** A document in pieces that a thread can take over one by one, with room for other work between them. */
export function* piecesOf(document: DirectoryDocument): Generator<DocumentPiece> {
  for (const [list, entries] of Object.entries(document) as Iterable<[string, readonly unknown[]]>) {
    for (let from = 0; from < entries.length; from += ENTRIES) {
      yield { list, entries: entries.slice(from, from + ENTRIES) };
    }
  }
}

/** Puts pieces together again. */
export class JoinedPieces {
  readonly #lists = new Map<string, unknown[]>();

  add({ list, entries }: DocumentPiece): void {
    const all = this.#lists.get(list) ?? [];
    this.#lists.set(list, all);
    for (const entry of entries) all.push(entry);
  }

  get document(): DirectoryDocument {
    return Object.fromEntries(this.#lists) as DirectoryDocument; // as: the lists are those of the document in pieces
  }
}
