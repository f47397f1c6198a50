/**
 * Glob matching without regular expressions and without backtracking: a pattern is split at its stars into chunks; the
 * first is anchored at the start, the last at the end, and each one between them is taken at its first place after the
 * previous one. Taking the first place is right because a star is on both sides. Time is at worst
 * pattern × text (chunks with `?`), in practice that of `indexOf`.
 */

/** `*`: any run of characters, including none. */
export const ANY_RUN = 0;
/** `?`: exactly one UTF-16 code unit. */
export const ANY_ONE = 1;

/** Part of a pattern: text that stands for itself, or a wildcard. */
export type Piece = string | typeof ANY_RUN | typeof ANY_ONE;

interface Chunk {
  /** With an arbitrary character in place of each `?`. */
  readonly text: string;
  /** Positions of `?`; null: there is none. */
  readonly open: readonly boolean[] | null;
}

/** A compiled pattern. Compares with case; to compare without case, pass it and the text in lower case. */
export class Glob {
  // The first and last chunk are kept here too: reading them needs no further object, which saves cache misses.
  declare private readonly count: number;
  declare private readonly shortest: number;
  declare private readonly start: string;
  declare private readonly startOpen: readonly boolean[] | null;
  declare private readonly end: string;
  declare private readonly endOpen: readonly boolean[] | null;
  declare private readonly chunks: readonly Chunk[];

  constructor(pieces: readonly Piece[]) {
    const chunks = chunksOf(pieces);
    const first = chunks[0] ?? EMPTY;
    const last = chunks[chunks.length - 1] ?? EMPTY;
    this.count = chunks.length;
    this.shortest = chunks.reduce((sum, chunk) => sum + chunk.text.length, 0);
    this.start = first.text;
    this.startOpen = first.open;
    this.end = last.text;
    this.endOpen = last.open;
    this.chunks = chunks;
  }

  /** The only text that matches; null when there are several. */
  get exact(): string | null {
    return this.count === 1 && this.startOpen === null ? this.start : null;
  }

  /** The prefix that every matching text has. */
  get prefix(): string {
    const at = this.startOpen === null ? -1 : this.startOpen.indexOf(true);
    return at < 0 ? this.start : this.start.slice(0, at);
  }

  /** Equal for equal patterns alone: the lengths say where a text ends, which may have any character. */
  get key(): string {
    return this.chunks
      .map(({ text, open }) => `${text.length}${open === null ? '' : `(${Object.keys(open).join()})`}:${text}`)
      .join('');
  }

  /** Every text matches: the pattern consists of stars only. */
  get everything(): boolean {
    return this.count > 1 && this.shortest === 0;
  }

  matches(text: string): boolean {
    const { start, count, shortest } = this;
    if (count === 1) return text.length === shortest && standsAt(start, this.startOpen, text, 0);
    if (shortest === 0) return true;
    if (text.length < shortest || !standsAt(start, this.startOpen, text, 0)) return false;
    const end = text.length - this.end.length;
    if (!standsAt(this.end, this.endOpen, text, end)) return false;
    return count === 2 || this.middleFits(text, start.length, end);
  }

  private middleFits(text: string, start: number, end: number): boolean {
    let from = start;
    for (let i = 1; i < this.count - 1; i += 1) {
      const chunk = this.chunks[i] ?? EMPTY;
      const at = findChunk(chunk, text, from, end);
      if (at < 0) return false;
      from = at + chunk.text.length;
    }
    return true;
  }
}

const EMPTY: Chunk = { text: '', open: null };

function chunksOf(pieces: readonly Piece[]): readonly Chunk[] {
  const chunks: Chunk[] = [];
  let text = '';
  let open: boolean[] | null = null;
  for (const piece of pieces) {
    if (piece === ANY_RUN) {
      // Neighbouring stars are one star.
      if (text !== '' || chunks.length === 0) chunks.push({ text, open });
      text = '';
      open = null;
    } else if (piece === ANY_ONE) {
      open ??= [];
      open[text.length] = true;
      text += '?';
    } else {
      text += piece;
    }
  }
  chunks.push({ text, open });
  return chunks;
}

function standsAt(wanted: string, open: readonly boolean[] | null, text: string, at: number): boolean {
  if (at + wanted.length > text.length) return false;
  // A loop: `startsWith` costs several times as much, and texts that differ mostly do so near their end.
  for (let i = wanted.length - 1; i >= 0; i -= 1) {
    if (wanted.charCodeAt(i) !== text.charCodeAt(at + i) && (open === null || open[i] !== true)) return false;
  }
  return true;
}

function findChunk(chunk: Chunk, text: string, from: number, end: number): number {
  const lastStart = end - chunk.text.length;
  if (chunk.open === null) {
    const at = text.indexOf(chunk.text, from);
    return at <= lastStart ? at : -1;
  }
  for (let at = from; at <= lastStart; at += 1) {
    if (standsAt(chunk.text, chunk.open, text, at)) return at;
  }
  return -1;
}

/** Splits a text at its wildcards. */
export function piecesOf(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code !== STAR_CODE && code !== ONE_CODE) continue;
    if (i > from) pieces.push(text.slice(from, i));
    pieces.push(code === STAR_CODE ? ANY_RUN : ANY_ONE);
    from = i + 1;
  }
  if (from < text.length) pieces.push(text.slice(from));
  return pieces;
}

const STAR_CODE = 42;
const ONE_CODE = 63;

/** The pattern for a text with `*` and `?`. */
export function globOf(text: string): Glob {
  return new Glob(piecesOf(text));
}
