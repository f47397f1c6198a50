import { parseArgs } from 'node:util';
import { readArguments } from '../read-arguments.ts';
import { UsageError } from '../usage-error.ts';

/** `rolegate audit export`, parsed. */
export interface AuditExportCommand {
  readonly kind: 'auditExport';
  /** Null: standard output. */
  readonly file: string | null;
  /** Number of the event to go on after; null: not given. */
  readonly after: bigint | null;
}

/** The arguments behind `audit`; null: the help is asked for. Throws UsageError. */
export function parseAudit(args: readonly string[]): AuditExportCommand | null {
  const { values, positionals } = read(args);
  if (values.help === true) return null;
  const [verb, file, ...more] = positionals;
  if (verb !== 'export' || more.length > 0) throw new UsageError('`rolegate audit export` takes one FILE, or none');
  return { kind: 'auditExport', file: file === undefined || file === '-' ? null : file, after: numberOf(values.after) };
}

function numberOf(text: string | undefined): bigint | null {
  if (text === undefined) return null;
  if (/^\d{1,18}$/.test(text)) return BigInt(text);
  throw new UsageError('--after must be the number of an event (`eventId`), or 0');
}

function read(args: readonly string[]) {
  return readArguments(() =>
    parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { help: { type: 'boolean', short: 'h' }, after: { type: 'string' } },
    }),
  );
}
