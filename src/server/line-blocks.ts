import type { LineWriter, Written } from './line-writer.ts';

/** Bytes of a block, which are written together: a write, by another thread, costs as much as hundreds of lines. */
const BLOCK = 1_048_576;
/** Bytes that may wait to be written. */
const MOST_WAITING = 33_554_432;
/** Blocks that are kept for the next lines. */
const MOST_SPARE = 4;
/** Milliseconds for which lines are kept until they are written. */
const WITHIN = 200;
/** Bytes of a UTF-16 unit in UTF-8, and of one that JSON escapes, at most. */
const MOST_OF_UNIT = 3;
const MOST_OF_ESCAPED = 6;

/** What lines begin with. Of the same object the bytes are copied, where the text of another one is encoded. */
export interface LineStart {
  readonly text: string;
}

/**
 * Collects lines in blocks of bytes, and has them written. Bytes are put where they stay until they are written, in blocks that
 * are used again: what lines would leave behind for the garbage collector costs more than the lines.
 */
export class LineBlocks {
  readonly #out: LineWriter;
  readonly #written: (written: Written) => void;
  readonly #spare: Buffer[] = [];
  #block: Buffer = NO_BLOCK;
  /** Bytes of the block in use. */
  #used = 0;
  /** The beginning of the last line, and where its bytes stand in the block. */
  #before: LineStart | null = null;
  #from = 0;
  #length = 0;
  /** Bytes of the blocks that are being written. */
  #waiting = 0;
  #timer: NodeJS.Timeout | null = null;

  /** `written`: is told what became of each block. */
  constructor(out: LineWriter, written: (written: Written) => void) {
    this.#out = out;
    this.#written = written;
  }

  /** A line of three parts, the second one as JSON has it between quotes. False: too much waits already, and it is lost. */
  put(before: LineStart, text: string, after: Uint8Array): boolean {
    const most = before.text.length * MOST_OF_UNIT + text.length * MOST_OF_ESCAPED + after.length;
    if (this.#used + most > this.#block.length && !this.#begin(most)) return false;
    const block = this.#block;
    const from = this.#used;
    if (before === this.#before) block.copyWithin(from, this.#from, this.#from + this.#length);
    else {
      this.#before = before;
      this.#length = block.write(before.text, from);
    }
    this.#from = from;
    const end = escapedInto(block, from + this.#length, text);
    block.set(after, end);
    this.#used = end + after.length;
    return true;
  }

  /** Has what is kept written. */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const block = this.#block;
    const lines = block.subarray(0, this.#used);
    this.#block = NO_BLOCK;
    this.#used = 0;
    this.#before = null;
    this.#length = 0;
    if (lines.length > 0) void this.#write(lines, block);
  }

  /** A block with room for so many bytes. False: too much waits. */
  #begin(most: number): boolean {
    this.flush();
    if (this.#waiting > MOST_WAITING) return false;
    this.#block = most > BLOCK ? Buffer.allocUnsafeSlow(most) : (this.#spare.pop() ?? Buffer.allocUnsafeSlow(BLOCK));
    this.#timer = setTimeout(() => this.#flushInTurn(), WITHIN);
    return true;
  }

  /** What is slow gets whole blocks: each of them takes its memory until it is written, however few lines it has. */
  #flushInTurn(): void {
    if (this.#waiting === 0) this.flush();
    else this.#timer = setTimeout(() => this.#flushInTurn(), WITHIN);
  }

  async #write(lines: Buffer, block: Buffer): Promise<void> {
    this.#waiting += block.length;
    const written = await this.#out.write(lines);
    this.#waiting -= block.length;
    if (block.length === BLOCK && this.#spare.length < MOST_SPARE) this.#spare.push(block);
    this.#written(written);
  }
}

const NO_BLOCK = Buffer.alloc(0);
const ASCII = 0x7f;
/** 1 for each character of ASCII that JSON escapes. */
const ESCAPED = Uint8Array.from({ length: ASCII + 1 }, (_, unit) =>
  JSON.stringify(String.fromCharCode(unit)).length > '"x"'.length ? 1 : 0,
);

/** Puts a text there as JSON has it between quotes. Returns where it ends. */
function escapedInto(block: Buffer, start: number, text: string): number {
  const { length } = text;
  let units = 0;
  let escaped = 0;
  // Most texts are plain: whether one is, is seen while it is put there, and not at each character.
  for (let index = 0; index < length; index += 1) {
    const unit = text.charCodeAt(index);
    units |= unit;
    escaped |= ESCAPED[unit & ASCII] ?? 0;
    block[start + index] = unit;
  }
  if (units <= ASCII && escaped === 0) return start + length;
  return start + block.write(JSON.stringify(text).slice(1, -1), start);
}
