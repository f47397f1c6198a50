import { parseArgs } from 'node:util';
import type { PolicyKind } from '../../policy/policy-kind.ts';
import { readArguments } from '../read-arguments.ts';
import { OUTPUT_OPTIONS, type OutputFormat, outputFormat } from '../report/output-format.ts';
import { UsageError } from '../usage-error.ts';

/** `rolegate check-policy`, parsed. */
export interface CheckPolicyCommand {
  readonly kind: 'checkPolicy';
  /** `-`: standard input. */
  readonly file: string;
  /** Null: it follows from the document. */
  readonly policyKind: PolicyKind | null;
  /** The document that may grant as much; null: that is not checked. */
  readonly against: string | null;
  readonly noPublic: boolean;
  /** What must not be granted, as in Action and Resource of a policy; both empty: that is not checked. */
  readonly notGranted: readonly string[];
  readonly on: readonly string[];
  readonly format: OutputFormat;
}

const KINDS: Readonly<Record<string, PolicyKind>> = {
  identity: 'identity',
  boundary: 'boundary',
  session: 'session',
  trust: 'trust',
  resource: 'resource',
  vpce: 'vpce',
  scp: 'scp',
  rcp: 'rcp',
};

const LISTS: ReadonlySet<string> = new Set(['not-granted', 'on']);
/** What can follow --not-granted and --on; a FILE cannot be called so. */
const ACTION = /^(?:\*|[A-Za-z0-9.-]+:[A-Za-z0-9*?]+)$/;
const RESOURCE = /^(?:\*|arn:.*)$/s;

/** The arguments behind `check-policy`; null: the help is asked for. Throws UsageError. */
export function parseCheckPolicy(args: readonly string[]): CheckPolicyCommand | null {
  const { values, tokens } = readArguments(() =>
    parseArgs({
      args: [...args],
      allowPositionals: true,
      tokens: true,
      options: {
        help: { type: 'boolean', short: 'h' },
        against: { type: 'string' },
        kind: { type: 'string' },
        'no-public': { type: 'boolean' },
        'not-granted': { type: 'string', multiple: true },
        on: { type: 'string', multiple: true },
        ...OUTPUT_OPTIONS,
      },
    }),
  );
  if (values.help === true) return null;
  const { files, more } = sorted(tokens);
  const [file, ...others] = files;
  if (file === undefined || file === '' || others.length > 0)
    throw new UsageError('`rolegate check-policy` needs one FILE (- for standard input)');
  const against = values.against ?? null;
  if (file === '-' && against === '-') throw new UsageError('standard input (-) can be read only once');
  return {
    kind: 'checkPolicy',
    file,
    policyKind: kindOf(values.kind),
    against,
    noPublic: values['no-public'] === true,
    notGranted: [...(values['not-granted'] ?? []), ...more['not-granted']],
    on: [...(values.on ?? []), ...more.on],
    format: outputFormat(values),
  };
}

function kindOf(name: string | undefined): PolicyKind | null {
  if (name === undefined) return null;
  const kind = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
  if (kind === undefined) throw new UsageError(`--kind must be one of ${Object.keys(KINDS).join(', ')}`);
  return kind;
}

type Tokens = readonly { readonly kind: string; readonly name?: string; readonly value?: string | undefined }[];

/** Positional arguments: further values of the list that they follow, and files. */
function sorted(tokens: Tokens): {
  readonly files: readonly string[];
  readonly more: { readonly 'not-granted': readonly string[]; readonly on: readonly string[] };
} {
  const files: string[] = [];
  const more = { 'not-granted': [] as string[], on: [] as string[] };
  let list = '';
  for (const { kind, name = '', value = '' } of tokens) {
    if (kind === 'option') list = LISTS.has(name) ? name : '';
    if (kind !== 'positional') continue;
    if (list === 'not-granted' && ACTION.test(value)) more['not-granted'].push(value);
    else if (list === 'on' && RESOURCE.test(value)) more.on.push(value);
    else {
      files.push(value);
      list = '';
    }
  }
  return { files, more };
}
