import { RolegateError } from '../../policy/errors.ts';
import { printable } from '../../policy/printable.ts';

/** What is to be imported cannot be read, or is too large; the message begins with its path. */
export class ImportRefused extends RolegateError {
  constructor(path: string, problem: string, options: { readonly cause?: unknown } = {}) {
    super('BAD_USER_INPUT', `${shownPath(path)}: ${problem}`, { field: 'files', ...options });
  }
}

/** Characters. */
const MAX_SHOWN = 300;

/** A path for messages: on one line, its end in view. */
export function shownPath(path: string): string {
  const text = printable(path);
  return text.length > MAX_SHOWN ? `…${text.slice(-MAX_SHOWN)}` : text;
}
