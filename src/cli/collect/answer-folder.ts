import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { answerFileName } from '../../importing/answer-name.ts';
import { CommandFailed } from '../failure.ts';
import { ORGANIZATION } from './operations.ts';
import { isRegion } from './questions.ts';
import { type CollectionRecord, parseRecord, RECORD_FILE } from './record.ts';

/** Where an answer belongs. */
export interface Place {
  readonly account: string;
  /** Null: the service has no Regions, or the answer is about all of them. */
  readonly region: string | null;
  readonly service: string;
  readonly operation: string;
  readonly argument: string | null;
}

const PARTIAL = /^\.partial-(\d{1,10})$/;

/**
 * The folder of a collection. Only its owner can read it (files 0600, folders 0700). A file appears whole or not at all:
 * it is written elsewhere in the folder and then renamed.
 */
export class AnswerFolder {
  readonly #path: string;
  readonly #partial: string;
  /** By account, since when its answers count. Milliseconds. */
  readonly #since = new Map<string, number>();
  #isCaseSensitive = true;

  constructor(path: string) {
    this.#path = path;
    this.#partial = join(path, `.partial-${process.pid}`);
  }

  /** Creates it, and reads the record of a collection in it. Throws CommandFailed if it holds something else. */
  async open(): Promise<CollectionRecord | null> {
    await make(this.#path);
    const names = await readdir(this.#path);
    const record = names.includes(RECORD_FILE)
      ? parseRecord(await readFile(join(this.#path, RECORD_FILE), 'utf8'))
      : null;
    const others = names.filter((name) => !PARTIAL.test(name));
    if (record === null && others.length > 0) {
      throw new CommandFailed(
        `${this.#path}: it holds other files; give a new folder, or one of an earlier collection`,
      );
    }
    for (const name of names)
      if (isLeftBehind(name)) await rm(join(this.#path, name), { recursive: true, force: true });
    await make(this.#partial);
    const inCapitals = join(this.#path, `.PARTIAL-${process.pid}`);
    this.#isCaseSensitive = await stat(inCapitals).then(
      () => false,
      () => true,
    );
    return record;
  }

  /** Whether names that differ in case are different files. */
  get isCaseSensitive(): boolean {
    return this.#isCaseSensitive;
  }

  /** Older answers of the account do not count: they are asked for anew. */
  startAt(account: string, instant: number): void {
    // Some file systems keep whole seconds.
    this.#since.set(account, Math.floor(instant / 1000) * 1000);
  }

  async close(): Promise<void> {
    await rm(this.#partial, { recursive: true, force: true });
  }

  /** Null: its name would be too long for a file. */
  pathOf({ account, region, service, operation, argument }: Place): string | null {
    const name = answerFileName(operation, ...(argument === null ? [] : [argument]));
    return name === null ? null : join(this.#path, account, ...(region === null ? [] : [region]), service, name);
  }

  async has(account: string, path: string): Promise<boolean> {
    try {
      return (await stat(path)).mtimeMs >= (this.#since.get(account) ?? 0);
    } catch {
      return false;
    }
  }

  /** Null: it holds no JSON. */
  async read(path: string): Promise<unknown> {
    try {
      return JSON.parse(await readFile(path, 'utf8'));
    } catch {
      return null;
    }
  }

  async write(path: string, text: string): Promise<void> {
    const draft = join(this.#partial, randomUUID());
    await writeFile(draft, text, { mode: 0o600 });
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await rename(draft, path);
  }

  async remove(path: string): Promise<void> {
    await rm(path, { force: true });
  }

  /** Removes older answers of an account, about what is not there any more. `regions`: of these alone; null: of all. */
  async sweep(account: string, regions: readonly string[] | null): Promise<void> {
    const names = await namesIn(join(this.#path, account));
    const isOther = (name: string): boolean => regions !== null && isRegion(name) && !regions.includes(name);
    // The organization is asked by its own, not by each account.
    const swept = names.filter((name) => name !== ORGANIZATION.service && !isOther(name));
    for (const name of swept) await this.#sweepFolder(account, join(this.#path, account, name));
  }

  async sweepOrganization(managementAccount: string): Promise<void> {
    await this.#sweepFolder(managementAccount, join(this.#path, managementAccount, ORGANIZATION.service));
  }

  async #sweepFolder(account: string, folder: string): Promise<void> {
    for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) await this.#sweepFolder(account, path);
      else if (entry.isFile() && entry.name.endsWith('.json') && !(await this.has(account, path)))
        await this.remove(path);
    }
  }

  async writeRecord(record: CollectionRecord): Promise<void> {
    await this.write(join(this.#path, RECORD_FILE), `${JSON.stringify(record, null, 2)}\n`);
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}

async function make(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new CommandFailed(
      `${path}: it cannot be made a folder (${cause instanceof Error ? cause.message : String(cause)})`,
      { cause },
    );
  }
}

/** Drafts of a process that was killed. */
function isLeftBehind(name: string): boolean {
  const pid = Number(PARTIAL.exec(name)?.[1] ?? Number.NaN);
  if (Number.isNaN(pid)) return false;
  if (pid === process.pid) return true;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
}
