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

let list: Promise<ConsoleList> | undefined;
let folder: string | undefined;
const bodies = new Map<string, Promise<Buffer>>();

function folderOfConsole(): string {
  folder ??= FOLDERS.map((path) => fileURLToPath(new URL(path, import.meta.url))).find((path) =>
    existsSync(`${path}console.json`),
  );
  if (folder === undefined) throw new Error('the console was not built: run `npm run build`');
  return folder;
}

/** Read when a browser asks for the first time, then kept. */
export function consoleList(): Promise<ConsoleList> {
  list ??= readFile(`${folderOfConsole()}console.json`, 'utf8').then((text) => JSON.parse(text) as ConsoleList); // as: our own build has written it
  return list;
}

/** A file in the form that a client accepts. */
export interface SentFile {
  readonly type: string;
  /** Null: as it is. */
  readonly encoding: string | null;
  readonly body: Buffer;
}

/** Null: the list has no such file. Names of the list alone become paths. */
export async function consoleFile(name: string, acceptEncoding: string): Promise<SentFile | null> {
  const { files } = await consoleList();
  const file = Object.hasOwn(files, name) ? files[name] : undefined;
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
