import { createReadStream } from 'node:fs';
import { MAX_IMPORT_CHARACTERS, parseAccountAuthorizationDetails } from '../importing/account-authorization-details.ts';
import { InvalidInput } from '../policy/errors.ts';
import { CommandFailed } from './failure.ts';

const MIB = 1_048_576;

/**
 * Reads the files (`-`: standard input), each an answer of AWS or a page of one, and joins them into one document: a list
 * of pages. Throws CommandFailed that names the file that is none.
 */
export async function readExports(files: readonly string[], input: NodeJS.ReadableStream): Promise<string> {
  const texts: string[] = [];
  let size = 0;
  for (const file of files) {
    const text = await readExport(file, input);
    size += text.length;
    if (size > MAX_IMPORT_CHARACTERS) {
      throw new CommandFailed(
        `${files.join(', ')}: together they hold more than the ${MAX_IMPORT_CHARACTERS / MIB} MiB that are imported at once`,
      );
    }
    texts.push(text);
  }
  if (texts.length === 1) return texts[0] ?? '';
  // Each file is parsed by itself first: an error in the joined document could not name the file.
  for (const [index, text] of texts.entries()) check(files[index] ?? '', text);
  return `[${texts.join(',\n')}]`;
}

/** Parses, and names the file instead of the field in a refusal. */
export function parseExport(files: readonly string[], text: string) {
  return check(files.map(shownName).join(', '), text);
}

function check(file: string, text: string) {
  try {
    return parseAccountAuthorizationDetails(text);
  } catch (error) {
    if (error instanceof InvalidInput) throw new CommandFailed(aboutFile(file, error.message), { cause: error });
    throw error;
  }
}

/** The parser's messages name the field `document`, which does not exist on a command line. */
export function aboutFile(file: string, message: string): string {
  return `${shownName(file)}: ${message.replace(/^`(?:input\.)?document` (is|holds)/, 'it $1').replace(/`(?:input\.)?document`/g, 'the file')}`;
}

function shownName(file: string): string {
  return file === '-' ? 'standard input' : file;
}

async function readExport(file: string, input: NodeJS.ReadableStream): Promise<string> {
  const stream = file === '-' ? input : createReadStream(file);
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of stream) {
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      size += bytes.length;
      if (size > MAX_IMPORT_CHARACTERS) {
        throw new CommandFailed(
          `${shownName(file)}: it is larger than the ${MAX_IMPORT_CHARACTERS / MIB} MiB that are imported at once`,
        );
      }
      chunks.push(bytes);
    }
  } catch (error) {
    if (error instanceof CommandFailed) throw error;
    throw new CommandFailed(`${shownName(file)}: ${readFailure(error)}`, { cause: error });
  }
  return decode(Buffer.concat(chunks));
}

/** UTF-8, or UTF-16 with a byte order mark, as `>` writes it in Windows PowerShell. */
function decode(bytes: Buffer): string {
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  const text = bytes.toString(isUtf16 ? 'utf16le' : 'utf8');
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}

function readFailure(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EISDIR') return 'it is a folder';
  if (code === 'EACCES' || code === 'EPERM') return 'it may not be read';
  return `it cannot be read (${error instanceof Error ? error.message : String(error)})`;
}
