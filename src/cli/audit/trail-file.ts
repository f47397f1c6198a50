import { type FileHandle, open } from 'node:fs/promises';
import { CommandFailed } from '../failure.ts';
import { fileFailure } from '../file-failure.ts';
import { isObject } from '../gateway-answer.ts';
import { plain } from '../plain.ts';

const LINE_END = 10;
/** Bytes of one reading, from the end of the file backwards. A line of an event is shorter than a hundred of them. */
const CHUNK = 65_536;
const LONGEST_LINE = 16 * 1_048_576;
/** Bytes that are written at once. */
const BUFFERED = 262_144;

/** Where an export that a file holds ended. */
interface Ending {
  /** Bytes of its whole lines. */
  readonly size: number;
  /** Number of its last event; null: it has none. */
  readonly last: bigint | null;
}

/** A file of lines that grows. What was written of a line when an export was cut off is written over. */
export class TrailFile {
  readonly #path: string;
  readonly #file: FileHandle;
  #lines: string[] = [];
  #buffered = 0;
  /** Number of the last event in it; null: there is none. */
  readonly last: bigint | null;

  private constructor(path: string, file: FileHandle, last: bigint | null) {
    this.#path = path;
    this.#file = file;
    this.last = last;
  }

  /** Opens a file, or makes it: only its owner can read it then. Throws CommandFailed, also if it holds something else. */
  static async open(path: string): Promise<TrailFile> {
    let file: FileHandle;
    try {
      file = await openOrMake(path);
    } catch (error) {
      throw fileFailure(path, error);
    }
    try {
      const { size, last } = await endingOf(path, file);
      await file.truncate(size);
      return new TrailFile(path, file, last);
    } catch (error) {
      await file.close();
      throw fileFailure(path, error);
    }
  }

  async write(line: string): Promise<void> {
    this.#lines.push(line);
    this.#buffered += line.length;
    if (this.#buffered >= BUFFERED) await this.#flush();
  }

  /** Writes what is left, and closes it. */
  async close(): Promise<void> {
    try {
      await this.#flush();
      await this.#file.sync();
    } finally {
      await this.#file.close();
    }
  }

  async #flush(): Promise<void> {
    if (this.#lines.length === 0) return;
    const text = `${this.#lines.join('\n')}\n`;
    this.#lines = [];
    this.#buffered = 0;
    try {
      await this.#file.appendFile(text);
    } catch (error) {
      throw fileFailure(this.#path, error);
    }
  }
}

async function openOrMake(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'ax+', 0o600);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    return open(path, 'a+');
  }
}

/** Throws CommandFailed if its last whole line is no event. */
async function endingOf(path: string, file: FileHandle): Promise<Ending> {
  const { size } = await file.stat();
  let tail: Buffer = Buffer.alloc(0);
  for (let from = size; from > 0; ) {
    const begin = Math.max(0, from - CHUNK);
    const part = Buffer.alloc(from - begin);
    await file.read(part, 0, part.length, begin);
    tail = Buffer.concat([part, tail]);
    from = begin;
    const end = tail.lastIndexOf(LINE_END);
    const before = end <= 0 ? -1 : tail.lastIndexOf(LINE_END, end - 1);
    if (end !== -1 && (before !== -1 || from === 0)) {
      const last = numberIn(tail.subarray(before + 1, end).toString('utf8'));
      if (last === null) throw notATrail(path);
      return { size: from + end + 1, last };
    }
    if (tail.length > LONGEST_LINE) throw notATrail(path);
  }
  // Not one whole line: something else, or the first line of an export that was cut off.
  if (size > 0 && !tail.toString('utf8').startsWith('{"eventId":"')) throw notATrail(path);
  return { size: 0, last: null };
}

function numberIn(line: string): bigint | null {
  try {
    const event: unknown = JSON.parse(line);
    const id = isObject(event) ? event['eventId'] : null;
    return typeof id === 'string' && /^\d{1,18}$/.test(id) ? BigInt(id) : null;
  } catch {
    return null;
  }
}

function notATrail(path: string): CommandFailed {
  return new CommandFailed(`${plain(path)}: it is no export of the audit trail: name another file`);
}
