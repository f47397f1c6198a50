import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

/** `path` below `src`, whether this module runs from `src` or compiled from `dist`. Throws if it does not exist. */
function locate(path: string): URL {
  const candidates = [new URL(`../${path}`, import.meta.url), new URL(`../../src/${path}`, import.meta.url)];
  const found = candidates.find((url) => existsSync(url));
  if (found === undefined) throw new Error(`the data file \`${path}\` is missing: run \`npm run build\``);
  return found;
}

/** The text of a file that is read at start. */
export function readDataFile(path: string): Promise<string> {
  return readFile(locate(path), 'utf8');
}

/** The bytes of a file that is read when it is first needed: a long text takes its time to be made of them. */
export function readDataBytesSync(path: string): Buffer {
  return readFileSync(locate(path));
}

/** The text of a file that is read when it is first needed. */
export function readDataFileSync(path: string): string {
  return readFileSync(locate(path), 'utf8');
}
