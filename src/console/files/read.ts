import { Allowance, MOST_BYTES, MOST_FILES, NotTaken, type TextFile } from './bounds.ts';
import { inflated } from './inflate.ts';
import { isTar, membersOfTar } from './tar.ts';
import { isZip, membersOfZip } from './zip.ts';

/** A file that somebody chose, and its path below the folder that was chosen. */
export interface Chosen {
  readonly path: string;
  readonly file: Blob;
}

/** What was read, and what was left out before it was looked at. */
export interface ReadFiles {
  readonly files: readonly TextFile[];
  readonly leftOut: readonly string[];
}

type Bytes = Uint8Array<ArrayBuffer>;

/** Names in an import: characters. */
const LONGEST_NAME = 1_024;

/** Reads files, and those in archives (.zip, .tar, .tar.gz) and in .json.gz. Of folders and archives, JSON alone is taken. Throws NotTaken. */
export async function readChosen(chosen: readonly Chosen[], mostBytes = MOST_BYTES): Promise<ReadFiles> {
  if (chosen.length > MOST_FILES) throw new NotTaken(`These are more than ${MOST_FILES} files.`);
  const reading = new Reading(mostBytes);
  for (const { path, file } of chosen) await reading.add(path, file, chosen.length === 1);
  return reading.read;
}

class Reading {
  readonly #most: number;
  readonly #allowance: Allowance;
  readonly #files = new Map<string, string>();
  readonly #leftOut: string[] = [];
  /** How many files of a name there were, so that each gets one of its own. */
  readonly #numbers = new Map<string, number>();

  constructor(mostBytes: number) {
    this.#most = mostBytes;
    this.#allowance = new Allowance(mostBytes);
  }

  get read(): ReadFiles {
    return { files: [...this.#files].map(([name, text]) => ({ name, text })), leftOut: this.#leftOut };
  }

  /** `alone`: somebody chose this one file, whatever its name is. Throws NotTaken. */
  async add(path: string, file: Blob, alone: boolean): Promise<void> {
    if (!alone && !isOfUse(path)) {
      this.#leave(path);
      return;
    }
    // An archive counts by what is in it.
    this.#allowanceOf(file.size);
    const bytes = new Uint8Array(await file.arrayBuffer());
    try {
      await this.#unpack(path, bytes);
    } catch (error) {
      if (error instanceof NotTaken) throw error;
      throw new NotTaken(`${path} is broken: it cannot be unpacked.`);
    }
  }

  /** Throws NotTaken, for a file that is too large before it is read. */
  #allowanceOf(bytes: number): void {
    new Allowance(this.#most).take(bytes);
  }

  async #unpack(path: string, bytes: Bytes): Promise<void> {
    if (isZip(bytes)) {
      for (const member of membersOfZip(bytes)) {
        if (isJsonName(member.name)) await this.#put(member.name, await member.read(this.#allowance));
        else this.#leave(member.name);
      }
    } else if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
      const inner = await inflated(bytes, 'gzip', this.#allowance);
      if (isTar(inner)) await this.#tar(inner);
      else this.#text(path.replace(/\.gz$/i, ''), inner);
    } else if (isTar(bytes)) {
      this.#allowance.take(bytes.length);
      await this.#tar(bytes);
    } else {
      this.#allowance.take(bytes.length);
      this.#text(path, bytes);
    }
  }

  async #tar(bytes: Bytes): Promise<void> {
    for (const member of membersOfTar(bytes)) {
      if (isJsonName(member.name)) await this.#put(member.name, member.bytes);
      else this.#leave(member.name);
    }
  }

  /** A member; AWS Config packs its snapshots once more. */
  async #put(name: string, bytes: Bytes): Promise<void> {
    if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
      this.#text(name.replace(/\.gz$/i, ''), await inflated(bytes, 'gzip', this.#allowance));
    } else this.#text(name, bytes);
  }

  #text(path: string, bytes: Bytes): void {
    this.#allowance.takeFile();
    const plain = path
      .split(/[\\/]/)
      .filter((part) => part !== '' && part !== '.' && part !== '..')
      .join('/')
      .slice(-LONGEST_NAME);
    let name = plain === '' ? 'file.json' : plain;
    let number = this.#numbers.get(plain) ?? 1;
    while (this.#files.has(name)) {
      number += 1;
      name = `${number}/${plain}`.slice(0, LONGEST_NAME);
    }
    this.#numbers.set(plain, number);
    this.#files.set(name, new TextDecoder().decode(bytes));
  }

  #leave(path: string): void {
    if (!path.endsWith('/')) this.#leftOut.push(`${path}: no JSON by its name`);
  }
}

function endOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).toLowerCase();
}

/** Macintosh computers put a second file with `._` before its name beside each file in an archive. */
function isJsonName(path: string): boolean {
  return /\.(json|jsonl|ndjson)(\.gz)?$/.test(endOf(path)) && !endOf(path).startsWith('._');
}

function isOfUse(path: string): boolean {
  return isJsonName(path) || /\.(zip|tar|tgz|tar\.gz)$/.test(endOf(path));
}
