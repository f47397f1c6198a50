/** Most bytes of all files together, unpacked: what a request of a signed-in operator may hold, with room for its quotes. */
export const MOST_BYTES = 48 * 1_048_576;
/** Most files of one import. */
export const MOST_FILES = 10_000;

/** A file with its text, as an import takes it. */
export interface TextFile {
  readonly name: string;
  readonly text: string;
}

/** What was chosen cannot be taken, and why: a sentence for people. */
export class NotTaken extends Error {
  override readonly name = 'NotTaken';
}

/** How much may still be read. */
export class Allowance {
  readonly #most: number;
  #bytes = 0;
  #files = 0;

  constructor(mostBytes: number) {
    this.#most = mostBytes;
  }

  /** Throws NotTaken. */
  take(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes > this.#most) {
      throw new NotTaken(
        `More than ${this.#most / 1_048_576} MiB is too much for a browser. \`rolegate import\` takes up to 512 MiB.`,
      );
    }
  }

  /** Throws NotTaken. */
  takeFile(): void {
    this.#files += 1;
    if (this.#files > MOST_FILES) {
      throw new NotTaken(`An import has at most ${MOST_FILES.toLocaleString('en')} files.`);
    }
  }
}
