import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

const FOLDER = 'uploads';
/** Milliseconds. An upload takes two minutes at most, and is read right after. */
const LEFT_BEHIND = 3_600_000;

/** Where uploaded files are until what they are for is done: a folder of the data folder, one folder below it for each request. */
export class UploadFolders {
  readonly #root: string;

  constructor(dataDir: string) {
    this.#root = join(dataDir, FOLDER);
  }

  /** Runs `work` with a new folder, which is removed with everything in it, however `work` ends. */
  async within<T>(work: (folder: string) => Promise<T>): Promise<T> {
    await mkdir(this.#root, { mode: 0o700 }).catch(unlessThere);
    // mkdtemp makes folders that their owner alone may enter.
    const folder = await mkdtemp(join(this.#root, 'upload-'));
    try {
      return await work(folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /**
   * Removes what killed gateways left behind. `others`: other gateways may use the data folder, so that only what is old
   * can be nobody's.
   */
  async clean(others: boolean, now: number): Promise<void> {
    const names = await readdir(this.#root).catch(() => []);
    for (const name of names) {
      const path = join(this.#root, name);
      const found = await stat(path).catch(() => null);
      if (found === null || (others && now - found.mtimeMs < LEFT_BEHIND)) continue;
      await rm(path, { recursive: true, force: true });
    }
  }
}

function unlessThere(error: unknown): void {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'EEXIST') throw error;
}
