import { type NameTable, NO_NAMES } from '../authzen/names.ts';
import { openCatalog } from '../catalog/catalog.ts';
import { readAuthzenMap } from './authzen-map.ts';
import { ownDocuments } from './documents/own.ts';
import { readTrusted, type TrustedTexts } from './documents/trusted.ts';
import type { Settings } from './settings.ts';

/** What is in the files that the settings name. */
export interface NamedFiles {
  readonly authzenNames: NameTable;
  readonly trusted?: TrustedTexts;
}

/** The files that the settings name. */
export async function readNamed({ authzenMap, trustedDocuments: { file, mode } }: Settings): Promise<NamedFiles> {
  const authzenNames = authzenMap === null ? NO_NAMES : await readAuthzenMap(authzenMap, await openCatalog());
  if (file === null) return { authzenNames };
  const isOnly = mode === 'only';
  // Where others are answered too, those of the gateway's own pages need not be known.
  const own = isOnly ? await ownDocuments() : [];
  return { authzenNames, trusted: { texts: await readTrusted(file), own, isOnly } };
}
