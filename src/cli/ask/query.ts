import { readFile } from 'node:fs/promises';
import { text as textOf } from 'node:stream/consumers';
import { CommandFailed } from '../failure.ts';
import { fileFailure } from '../file-failure.ts';
import { answerIn, isObject, type Variables } from '../gateway-answer.ts';
import { plain } from '../plain.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import type { Asked } from './asked.ts';
import { named } from './lines.ts';
import { safeJson } from './safe-json.ts';
import { exactly } from './words.ts';

export const QUERY_OPTIONS = { variables: { type: 'string' } } as const;

/** Where a document of the user's own is, and its variables. */
export interface QueryFiles {
  /** `-`: standard input. */
  readonly file: string;
  /** Null: there are none. */
  readonly variables: string | null;
}

export function queryFiles(words: readonly string[], values: { readonly variables?: string | undefined }): QueryFiles {
  const [file = ''] = exactly('query', ['FILE (- for standard input)'], words);
  const variables = values.variables ?? null;
  if (file === '-' && variables === '-') throw new UsageError('standard input (-) can be read only once');
  return { file, variables };
}

/** What the files say. Throws CommandFailed. */
export async function readQuery(
  { file, variables }: QueryFiles,
  input: NodeJS.ReadableStream,
): Promise<{ readonly document: string; readonly variables: Variables }> {
  const document = await textAt(file, input);
  return { document, variables: variables === null ? {} : variablesIn(variables, await textAt(variables, input)) };
}

async function textAt(path: string, input: NodeJS.ReadableStream): Promise<string> {
  if (path === '-') return textOf(input);
  try {
    return (await readFile(path, 'utf8')).replace(/^\uFEFF/, '');
  } catch (error) {
    throw fileFailure(path, error);
  }
}

function variablesIn(path: string, text: string): Variables {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch {
    // The same sentence says it.
  }
  throw new CommandFailed(`${plain(path)}: variables are one JSON object`);
}

/** Prints the data as they are, and errors beside them. Returns the exit code: 1 if there are errors. Throws CommandFailed. */
export async function runQuery(
  asked: Asked,
  { document, variables }: { readonly document: string; readonly variables: Variables },
  terminal: Terminal,
): Promise<number> {
  const { data, errors } = answerIn(asked.name, await asked.answer(document, variables));
  if (data !== null) terminal.out(`${safeJson(data)}\n`);
  for (const error of errors) terminal.error(`${errorLine(error)}\n`);
  return errors.length === 0 ? 0 : 1;
}

/** `users.nodes.3.can: … (FORBIDDEN)` */
function errorLine(error: unknown): string {
  const { message, path, locations, extensions } = isObject(error) ? error : {};
  const [place] = Array.isArray(locations) ? locations : [];
  const line = isObject(place) ? `line ${String(place['line'])}, column ${String(place['column'])}: ` : '';
  const where = Array.isArray(path) && path.length > 0 ? `${path.join('.')}: ` : line;
  const code = isObject(extensions) && extensions['code'] !== undefined ? ` (${String(extensions['code'])})` : '';
  return named(`${where}${String(message)}${code}`);
}
