import { constants } from 'node:fs';
import { chmod, type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ownSchema, SCHEMA_FILE } from '../importing/own-form/document.ts';
import { CommandFailed } from './failure.ts';
import { fileFailure } from './file-failure.ts';

/** `instance-profiles.jsonl` for `instanceProfiles`. */
export function fileOf(kind: string): string {
  return `${kind.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}.jsonl`;
}

/** While it is written, a file has this behind its name: an export that was cut off is none. */
const PARTIAL = '.partial';
/** A link that stands there instead is not followed. */
const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;

export function schemaText(): string {
  return `${JSON.stringify(ownSchema, null, 2)}\n`;
}

/** The folder of an export while it is written. What stood in it before stays until the end. */
export class ExportFolder {
  readonly #folder: string;
  readonly #kinds: readonly string[];
  readonly #files = new Map<string, FileHandle>();

  private constructor(folder: string, kinds: readonly string[]) {
    this.#folder = folder;
    this.#kinds = kinds;
  }

  /** Makes the folder. Throws CommandFailed if it holds anything but an export. */
  static async open(folder: string, kinds: readonly string[]): Promise<ExportFolder> {
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const own = new Set([SCHEMA_FILE, ...kinds.map(fileOf)].flatMap((name) => [name, name + PARTIAL]));
      const names = await readdir(folder);
      const foreign = names.find((name) => !own.has(name));
      if (foreign !== undefined) {
        throw new CommandFailed(
          `${folder}: it is not empty and no earlier export: it holds ${JSON.stringify(foreign)}`,
        );
      }
      await chmod(folder, 0o700);
    } catch (error) {
      throw fileFailure(folder, error);
    }
    return new ExportFolder(folder, kinds);
  }

  /** Takes back what was written so far. */
  async restart(): Promise<void> {
    for (const file of this.#files.values()) await file.close();
    this.#files.clear();
    for (const name of this.#names()) await rm(join(this.#folder, name + PARTIAL), { force: true });
  }

  async write(kind: string, lines: readonly string[]): Promise<void> {
    if (lines.length > 0) await this.#append(fileOf(kind), `${lines.join('\n')}\n`);
  }

  /** Everything is written: it takes the place of an earlier export. */
  async finish(): Promise<void> {
    await this.#append(SCHEMA_FILE, schemaText());
    for (const file of this.#files.values()) {
      await file.sync();
      await file.close();
    }
    for (const name of this.#names()) {
      const path = join(this.#folder, name);
      if (this.#files.has(name)) await rename(path + PARTIAL, path);
      else await rm(path, { force: true });
    }
    this.#files.clear();
  }

  async #append(name: string, text: string): Promise<void> {
    const path = join(this.#folder, name + PARTIAL);
    try {
      let file = this.#files.get(name);
      if (file === undefined) {
        await rm(path, { force: true });
        file = await open(path, NEW_FILE, 0o600);
        this.#files.set(name, file);
      }
      await file.appendFile(text);
    } catch (error) {
      throw fileFailure(path, error);
    }
  }

  #names(): readonly string[] {
    return [SCHEMA_FILE, ...this.#kinds.map(fileOf)];
  }
}
