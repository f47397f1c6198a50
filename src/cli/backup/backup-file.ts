import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { createGzip, type Gzip } from 'node:zlib';
import { CommandFailed } from '../failure.ts';
import { fileFailure } from '../file-failure.ts';
import { plain } from '../plain.ts';

async function pass(packed: Gzip, file: FileHandle): Promise<void> {
  // as: a stream without an encoding
  for await (const chunk of packed) await file.appendFile(chunk as Buffer);
}

/** A backup while it is written, beside the file that it will be: what stands there stays until it is whole. */
export class BackupFile {
  readonly #path: string;
  readonly #draft: string;
  readonly #file: FileHandle;
  readonly #gzip: Gzip;
  readonly #written: Promise<void>;
  readonly #hash = createHash('sha256');

  private constructor(path: string, draft: string, file: FileHandle) {
    this.#path = path;
    this.#draft = draft;
    this.#file = file;
    this.#gzip = createGzip();
    this.#written = pass(this.#gzip, file);
    // It is awaited where the next line is written.
    this.#written.catch(() => undefined);
  }

  /** Throws CommandFailed if nothing can be written there. */
  static async create(path: string): Promise<BackupFile> {
    const draft = `${path}.partial-${randomBytes(6).toString('hex')}`;
    try {
      if ((await stat(path).catch(() => null))?.isDirectory() === true) {
        throw new CommandFailed(`${plain(path)}: it is a folder`);
      }
      return new BackupFile(path, draft, await open(draft, 'wx', 0o600));
    } catch (error) {
      throw fileFailure(path, error);
    }
  }

  async write(line: string): Promise<void> {
    const bytes = Buffer.from(`${line}\n`);
    this.#hash.update(bytes);
    await this.#send(bytes);
  }

  /** Everything is written: it takes its name. */
  async finish(): Promise<void> {
    await this.#send(Buffer.from(`${JSON.stringify({ sha256: this.#hash.digest('hex') })}\n`));
    try {
      this.#gzip.end();
      await this.#written;
      await this.#file.sync();
      await this.#file.close();
      await rename(this.#draft, this.#path);
    } catch (error) {
      throw fileFailure(this.#path, error);
    }
  }

  /** Removes what was written, unless it was finished. */
  async abandon(): Promise<void> {
    this.#gzip.destroy();
    await this.#written.catch(() => undefined);
    await this.#file.close().catch(() => undefined);
    await rm(this.#draft, { force: true });
  }

  async #send(bytes: Buffer): Promise<void> {
    try {
      if (!this.#gzip.write(bytes)) await Promise.race([once(this.#gzip, 'drain'), this.#written]);
    } catch (error) {
      throw fileFailure(this.#path, error);
    }
  }
}
