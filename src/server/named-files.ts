import { type NameTable, NO_NAMES } from '../authzen/names.ts';
import { openCatalog } from '../catalog/catalog.ts';
import { readAuthzenMap } from './authzen-map.ts';
import { readTrusted } from './documents/trusted.ts';
import type { Settings } from './settings.ts';

/** What is in the files that the settings name. */
export interface NamedFiles {
  readonly authzenNames: NameTable;
  readonly trusted?: { readonly texts: ReadonlyMap<string, string>; readonly isOnly: boolean };
}

/** The files that the settings name. */
export async function readNamed({ authzenMap, trustedDocuments: { file, mode } }: Settings): Promise<NamedFiles> {
  const authzenNames = authzenMap === null ? NO_NAMES : await readAuthzenMap(authzenMap, await openCatalog());
  if (file === null) return { authzenNames };
  return { authzenNames, trusted: { texts: await readTrusted(file), isOnly: mode === 'only' } };
}
