import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SourceFile } from '../../src/importing/source-file.ts';

/** The JSON files of a folder of test/data, with their paths below test/data. */
export function filesOf(folder: string): readonly SourceFile[] {
  const root = fileURLToPath(new URL('../data/', import.meta.url));
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json'))
    .map((name) => ({
      path: `${folder}/${name.replaceAll('\\', '/')}`,
      text: readFileSync(join(root, folder, name), 'utf8'),
    }));
}
