/** What an annotation is about, as GitHub shows it beside a change. Lines and columns count from 1. */
export interface Annotation {
  readonly level: 'error' | 'warning' | 'notice';
  /** Null: it is about no file. */
  readonly file: string | null;
  /** Null, or left out: the file as a whole. */
  readonly line?: number | null;
  readonly column?: number | null;
  readonly title: string;
  readonly message: string;
}

/**
 * The line that makes GitHub Actions show it.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#setting-an-error-message
 */
export function annotationLine({ level, file, line = null, column = null, title, message }: Annotation): string {
  const place = line === null ? [] : [`line=${line}`, ...(column === null ? [] : [`col=${column}`])];
  const where = file === null ? [] : [`file=${property(file)}`, ...place];
  const properties = [...where, `title=${property(title)}`];
  return `::${level} ${properties.join(',')}::${data(message)}\n`;
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
