import { UsageError } from '../usage-error.ts';

/** `text`: tables for people. `json`: for programs. `github`: annotations of GitHub Actions. */
export type OutputFormat = 'text' | 'json' | 'github';

export const OUTPUT_OPTIONS = { json: { type: 'boolean' }, format: { type: 'string' } } as const;

/** The values of OUTPUT_OPTIONS. Throws UsageError. */
export function outputFormat(values: { readonly json?: boolean; readonly format?: string }): OutputFormat {
  const { json = false, format } = values;
  if (format === undefined) return json ? 'json' : 'text';
  if (format !== 'github') throw new UsageError(`--format must be github, not \`${format.slice(0, 100)}\``);
  if (json) throw new UsageError('--json and --format exclude each other');
  return format;
}
