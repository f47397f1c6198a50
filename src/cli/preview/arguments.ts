import type { PlaceOptions } from '../ask/place.ts';
import { OUTPUT_OPTIONS, type OutputFormat, outputFormat } from '../report/output-format.ts';
import { UsageError } from '../usage-error.ts';

/** `rolegate preview`, parsed. */
export interface PreviewCommand {
  readonly kind: 'preview';
  readonly place: PlaceOptions;
  /** `-`: standard input. */
  readonly file: string;
  /** Patterns of actions that nobody must gain. */
  readonly forbidden: readonly string[];
  readonly format: OutputFormat;
}

export const PREVIEW_OPTIONS = { ...OUTPUT_OPTIONS, 'fail-if-gains': { type: 'string', multiple: true } } as const;

/** What can follow --fail-if-gains; a FILE cannot be called so. */
const ACTION = /^(?:\*|[A-Za-z0-9.-]+:[A-Za-z0-9*?]+)$/;

/** The FILE, with patterns before or behind it. Throws UsageError. */
export function previewed(
  words: readonly string[],
  values: Parameters<typeof outputFormat>[0] & { readonly 'fail-if-gains'?: readonly string[] | undefined },
): Omit<PreviewCommand, 'place'> {
  const given = values['fail-if-gains'] ?? [];
  const more = given.length === 0 ? [] : words.filter((word) => ACTION.test(word));
  const [file, ...others] = words.filter((word) => !more.includes(word));
  if (file === undefined || file === '' || others.length > 0)
    throw new UsageError('`rolegate preview` needs one FILE with changes (- for standard input)');
  return { kind: 'preview', file, forbidden: [...given, ...more], format: outputFormat(values) };
}
