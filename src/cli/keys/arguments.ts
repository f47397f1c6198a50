import { parseArgs } from 'node:util';
import { readArguments } from '../read-arguments.ts';
import { UsageError } from '../usage-error.ts';

/** `rolegate rotate-master-key`, parsed. */
export interface RotateCommand {
  readonly kind: 'rotateMasterKey';
  /** Whether the new key is only put into the file. */
  readonly prepare: boolean;
}

/** `rolegate keys`, parsed. */
export interface KeysCommand {
  readonly kind: 'keys';
  /** Null: all. */
  readonly generation: number | null;
  /** The generation to end; null: none. */
  readonly retire: number | null;
  readonly isJson: boolean;
}

const HELP = { help: { type: 'boolean', short: 'h' } } as const;

/** The arguments behind `rotate-master-key`; null: the help is asked for. Throws UsageError. */
export function parseRotate(args: readonly string[]): RotateCommand | null {
  const { values } = readArguments(() =>
    parseArgs({ args: [...args], options: { ...HELP, prepare: { type: 'boolean' } } }),
  );
  return values.help === true ? null : { kind: 'rotateMasterKey', prepare: values.prepare === true };
}

/** The arguments behind `keys`; null: the help is asked for. Throws UsageError. */
export function parseKeys(args: readonly string[]): KeysCommand | null {
  const { values } = readArguments(() =>
    parseArgs({
      args: [...args],
      options: { ...HELP, generation: { type: 'string' }, retire: { type: 'string' }, json: { type: 'boolean' } },
    }),
  );
  if (values.help === true) return null;
  const generation = numberOf('generation', values.generation);
  const retire = numberOf('retire', values.retire);
  if (generation !== null && retire !== null) throw new UsageError('--generation and --retire are one or the other');
  return { kind: 'keys', generation, retire, isJson: values.json === true };
}

function numberOf(option: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new UsageError(`--${option} must be the number of a generation, from 1 on`);
}
