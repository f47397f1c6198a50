import * as fc from 'fast-check';
import { expect, inject, test } from 'vitest';
import type { OpenDirectory } from '../../src/directory/prisma/open-directory.ts';
import { type OwnDocument, ownLines, ownSchema } from '../../src/importing/own-form/document.ts';
import { Described, LINE_LIMITS, readOwnText } from '../../src/importing/own-form/read.ts';
import { schemaFaults } from '../support/json-schema.ts';
import { directories } from './directories.ts';
import { describeInBothStores } from './stores.ts';

const RUNS = inject('length') === 'ordinary' ? 12 : 200;

async function exported(directory: OpenDirectory): Promise<readonly string[]> {
  const lines: string[] = [];
  await directory.exports.all(async ({ document }) => void lines.push(...ownLines(document)));
  return lines;
}

/** The lines as one document, as an import reads them. */
function documentOf(lines: readonly string[]): OwnDocument {
  const described = new Described();
  const joined: Record<string, unknown[]> = {};
  for (const [index, line] of lines.entries()) {
    const document = readOwnText(line, `line ${index + 1}`, LINE_LIMITS, () => undefined);
    described.add(document, `line ${index + 1}`);
    for (const [kind, entities] of Object.entries(document)) {
      joined[kind] = [...(joined[kind] ?? []), ...(entities as unknown[])];
    }
  }
  return joined;
}

describeInBothStores('an export', (store) => {
  test(
    'has every line in its schema, and is the same again after it was imported into an empty directory',
    () =>
      fc.assert(
        fc.asyncProperty(directories, async (document) => {
          const lines = await exported(await store.open(document));
          for (const line of lines) expect(schemaFaults(ownSchema, JSON.parse(line))).toEqual([]);
          const second = await store.open(documentOf(lines));
          expect(await exported(second)).toEqual(lines);
          await store.close();
        }),
        { numRuns: RUNS },
      ),
    300_000,
  );
});
