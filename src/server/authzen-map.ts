import { readFile, stat } from 'node:fs/promises';
import { readNameTable } from '../authzen/name-table.ts';
import { type NameTable, NO_NAMES } from '../authzen/names.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { parseBoundedJson } from '../importing/bounded-json.ts';
import { InvalidInput } from '../policy/errors.ts';
import { InvalidSettings } from './settings.ts';

const LIMITS = { characters: 16_777_216, depth: 16, values: 500_000 };

/** The operator's table of short names; without a file there are none. Throws InvalidSettings with what is wrong in the file. */
export async function readAuthzenMap(path: string | null, catalog: Catalog): Promise<NameTable> {
  if (path === null) return NO_NAMES;
  const wrong = (sentence: string): string => `ROLEGATE_AUTHZEN_MAP (${path}): ${sentence}`;
  const table = readNameTable(await jsonIn(path, wrong), catalog);
  if (!('subjects' in table)) throw new InvalidSettings(table.map(wrong));
  return table;
}

async function jsonIn(path: string, wrong: (sentence: string) => string): Promise<ReturnType<typeof parseBoundedJson>> {
  try {
    const { size } = await stat(path);
    if (size > LIMITS.characters) throw new InvalidSettings([wrong(`it has ${size} bytes; the limit is 16 MiB`)]);
    const text = await readFile(path, 'utf8');
    return parseBoundedJson(text, 'the file', 'an object with short names', LIMITS);
  } catch (error) {
    if (error instanceof InvalidInput) throw new InvalidSettings([wrong(error.message.replaceAll('`', ''))]);
    if (!(error instanceof Error) || !('code' in error)) throw error;
    throw new InvalidSettings([wrong(`it cannot be read (${String(error.code)})`)]);
  }
}
