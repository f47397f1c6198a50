import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** One file that browsers get. Written by .config/console.mjs. */
export interface ConsoleFile {
  readonly type: string;
  /** Compressed forms beside the file, by their suffix. */
  readonly forms: readonly string[];
  readonly bytes: number;
  readonly compressed: number;
}

/** What there is, and what the page needs of it. */
export interface ConsoleList {
  readonly script: string;
  readonly style: string;
  /** By page: its own file first, then what that imports. */
  readonly pages: Readonly<Record<string, readonly string[]>>;
  readonly files: Readonly<Record<string, ConsoleFile>>;
}

/** Forms in the order in which they are preferred, with the names that HTTP has for them. */
const ENCODINGS = [
  ['br', 'br'],
  ['gz', 'gzip'],
] as const;

/** Beside this file where the gateway is compiled; in a clone that runs from src/ where the build has put it. */
const FOLDERS = ['../../console/', '../../../dist/console/'];

let list: Promise<ConsoleList | null> | undefined;
let folder: string | undefined;
const bodies = new Map<string, Promise<Buffer>>();

/** Undefined: there is none, as in a clone that was not built. */
function folderOfConsole(): string | undefined {
  folder ??= FOLDERS.map((path) => fileURLToPath(new URL(path, import.meta.url))).find((path) =>
    existsSync(`${path}console.json`),
  );
  return folder;
}

/** Read when a browser asks for the first time, then kept. Null: the console was not built. What fails is read again. */
export function consoleList(): Promise<ConsoleList | null> {
  list ??= readList().then(
    (read) => {
      // It may be built before the next one asks.
      if (read === null) list = undefined;
      return read;
    },
    (error: unknown) => {
      list = undefined;
      throw error;
    },
  );
  return list;
}

async function readList(): Promise<ConsoleList | null> {
  const at = folderOfConsole();
  if (at === undefined) return null;
  return JSON.parse(await readFile(`${at}console.json`, 'utf8')) as ConsoleList; // as: our own build has written it
}

/** The texts of all documents that the console sends; none where it was not built, and is not served. */
export async function consoleDocuments(): Promise<readonly string[]> {
  const at = folderOfConsole();
  if (at === undefined) return [];
  return JSON.parse(await readFile(`${at}documents.json`, 'utf8')) as readonly string[]; // as: our own build has written it
}

/** A file in the form that a client accepts. */
export interface SentFile {
  readonly type: string;
  /** Null: as it is. */
  readonly encoding: string | null;
  readonly body: Buffer;
}

/** Null: there is no such file. Names of the list alone become paths. */
export async function consoleFile(name: string, acceptEncoding: string): Promise<SentFile | null> {
  const files = (await consoleList())?.files;
  const file = files !== undefined && Object.hasOwn(files, name) ? files[name] : undefined;
  if (file === undefined) return null;
  const [suffix, encoding] = ENCODINGS.find(
    ([form, coding]) => file.forms.includes(form) && accepts(acceptEncoding, coding),
  ) ?? [null, null];
  return { type: file.type, encoding, body: await bodyOf(suffix === null ? name : `${name}.${suffix}`) };
}

function bodyOf(name: string): Promise<Buffer> {
  const known = bodies.get(name);
  if (known !== undefined) return known;
  const read = readFile(`${folderOfConsole()}${name}`);
  bodies.set(name, read);
  // Whoever asked is told; the next one has it read again.
  read.catch(() => bodies.delete(name));
  return read;
}

/** Whether a client takes a coding: named, and not with the weight 0. https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3 */
function accepts(acceptEncoding: string, coding: string): boolean {
  return acceptEncoding
    .toLowerCase()
    .split(',')
    .map((each) => each.trim())
    .some((each) => (each === coding || each.startsWith(`${coding};`)) && !/;\s*q=0(\.0*)?$/.test(each));
}
