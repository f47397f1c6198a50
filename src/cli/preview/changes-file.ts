import { readFile } from 'node:fs/promises';
import { text as textOf } from 'node:stream/consumers';
import { JsonFault, type Located, type Place, parseJsonText, placesIn } from '../../policy/json-text.ts';
import { memberOf } from '../../policy/unreadable.ts';
import { CommandFailed } from '../failure.ts';
import { fileFailure } from '../file-failure.ts';
import { plain } from '../plain.ts';

/** What a file of changes says. */
export interface ChangesFile {
  readonly changes: readonly unknown[];
  /** The place of a change in the file; null: it has none. */
  readonly placeOf: (index: number) => Place | null;
}

/**
 * Reads a file of changes: a list of them in JSON, or an object with such a list as `changes`, as the variables of `previewChange` are.
 * Throws CommandFailed.
 */
export async function readChanges(path: string, input: NodeJS.ReadableStream): Promise<ChangesFile> {
  const text = (await textAt(path, input)).replace(/^\uFEFF/, '');
  const root = rootOf(path, text);
  const list = root.items === null ? memberOf(root, 'changes') : root;
  if (list === undefined || list.items === null) {
    throw new CommandFailed(
      `${plain(path)} holds no changes: they are a JSON list, as in [{"attachUserPolicy": {"userArn": "…", "policyArn": "…"}}]`,
    );
  }
  const { items } = list;
  const places = placesIn(text);
  return {
    changes: items.map(({ value }) => value),
    placeOf: (index) => {
      const item = items[index];
      return item === undefined ? null : places(item.offset);
    },
  };
}

function rootOf(path: string, text: string): Located {
  try {
    return parseJsonText(text);
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error;
    const { line, column } = placesIn(text)(error.offset);
    throw new CommandFailed(`${plain(path)}:${line}:${column}: this is not JSON`, { cause: error });
  }
}

async function textAt(path: string, input: NodeJS.ReadableStream): Promise<string> {
  if (path === '-') return textOf(input);
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw fileFailure(path, error);
  }
}
