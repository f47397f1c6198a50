import type { GivenFile, UnderstoodFiles } from '../../importing/given-files.ts';
import { importFiles } from '../../importing/import-files.ts';
import { summaryOf } from '../../importing/summary.ts';
import { InvalidInput } from '../../policy/errors.ts';
import { refusal } from '../import-files/failure.ts';
import { IMPORT_LIMITS, type ImportLimits } from '../import-files/limits.ts';
import { MemberNames, memberPath } from '../import-files/member-path.ts';
import { type ImportSource, readAll, readNamedFile, streamSources } from '../import-files/read-import-files.ts';
import type { Reading } from '../import-files/reading.ts';

/**
 * Reads and understands the files of an import in this thread, which it holds up while it does. Throws a RolegateError on
 * `files`: what cannot be read, is too large, or contradicts itself.
 */
export async function understandFiles(files: readonly GivenFile[], limits?: ImportLimits): Promise<UnderstoodFiles> {
  const { files: read, warnings } = await readAll(streamSources(named(files).map(sourceOf), limits));
  const { document, report } = importFiles(read);
  return { document, summary: summaryOf(report), leftOut: warnings };
}

/** The name of an archive whose files have the names that they have in it. */
export const NAMELESS = '.';

/** Names are those of members of an archive. Throws InvalidInput on `files[3].name`. */
function named(files: readonly GivenFile[]): readonly GivenFile[] {
  const names = new MemberNames();
  return files.map(({ name, content }, index) => {
    const field = `files[${index}].name`;
    const isNameless = name === NAMELESS && 'storedAt' in content;
    const place = isNameless ? { path: NAMELESS } : memberPath(name, IMPORT_LIMITS.depth);
    if ('problem' in place) throw new InvalidInput(field, `\`${field}\`: ${place.problem}`);
    if (!names.add(place.path)) throw new InvalidInput(field, `\`${field}\`: another file has this name`);
    return { name: place.path, content };
  });
}

function sourceOf({ name, content }: GivenFile): ImportSource {
  return {
    path: name,
    read: (reading) =>
      'text' in content ? given(name, content.text, reading) : stored(name, content.storedAt, reading),
  };
}

async function* given(path: string, text: string, { allowance }: Reading) {
  allowance.takeEntry(path);
  const bytes = Buffer.byteLength(text);
  allowance.expectBytes(bytes, path);
  allowance.takeBytes(bytes, path);
  yield { path, text };
}

async function* stored(name: string, path: string, reading: Reading) {
  try {
    for await (const file of readNamedFile(path, true, reading, name)) {
      yield name === NAMELESS ? { ...file, path: file.path.replace(/^\.\//, '') } : file;
    }
  } catch (error) {
    throw refusal(name, error);
  }
}
