import { type ParseArgsConfig, parseArgs } from 'node:util';
import { PREVIEW_OPTIONS, type PreviewCommand, previewed } from '../preview/arguments.ts';
import { readArguments } from '../read-arguments.ts';
import { UsageError } from '../usage-error.ts';
import { CAN_OPTIONS, can } from './can.ts';
import { COMPARE_OPTIONS, compare } from './compare.ts';
import { EFFECTIVE_OPTIONS, effective } from './effective.ts';
import { ESCALATIONS_OPTIONS, escalations } from './escalations.ts';
import { FINDINGS_OPTIONS, findings } from './findings.ts';
import { GRAPH_OPTIONS, type GraphRequest, graphRequest } from './graph/graph.ts';
import { PLACE_OPTIONS, type PlaceOptions, placeOptions, refuseTokens } from './place.ts';
import { QUERY_OPTIONS, type QueryFiles, queryFiles } from './query.ts';
import type { Question } from './question.ts';
import { ROLES_OPTIONS, roles } from './roles.ts';
import { ROUTES_OPTIONS, routes } from './routes.ts';
import { WHO_CAN_OPTIONS, whoCan } from './who-can.ts';

/** A command that asks, parsed. */
export type AskCommand = AskedCommand | QueryCommand | GraphCommand | PreviewCommand;

interface AskedCommand {
  readonly kind: 'ask';
  readonly place: PlaceOptions;
  readonly question: Question;
  readonly isJson: boolean;
  /** Entries of a list; null: all. */
  readonly first: number | null;
  /** The exit code where there is no answer. */
  readonly failure: number;
}

interface QueryCommand {
  readonly kind: 'query';
  readonly place: PlaceOptions;
  readonly files: QueryFiles;
}

interface GraphCommand {
  readonly kind: 'graph';
  readonly place: PlaceOptions;
  readonly request: GraphRequest;
}

const COMMON = { ...PLACE_OPTIONS, help: { type: 'boolean', short: 'h' }, json: { type: 'boolean' } } as const;
const FIRST = { first: { type: 'string' } } as const;

/** Of `can`, 1 is a denial. */
const NO_ANSWER = 3;

function parsed<T extends NonNullable<ParseArgsConfig['options']>>(args: readonly string[], options: T) {
  refuseTokens(args);
  return readArguments(() =>
    parseArgs({ args: [...args], allowPositionals: true, options: { ...COMMON, ...options } }),
  );
}

/** The arguments behind each command; null: the help is asked for. They throw UsageError. */
export const ASK_COMMANDS: ReadonlyMap<string, (args: readonly string[]) => AskCommand | null> = new Map<
  string,
  (args: readonly string[]) => AskCommand | null
>([
  [
    'can',
    (args) => {
      const { values, positionals } = parsed(args, CAN_OPTIONS);
      return values.help === true ? null : { ...asked(values, can(positionals, values)), failure: NO_ANSWER };
    },
  ],
  [
    'who-can',
    (args) => {
      const { values, positionals } = parsed(args, { ...WHO_CAN_OPTIONS, ...FIRST });
      return values.help === true ? null : asked(values, whoCan(positionals, values));
    },
  ],
  [
    'effective',
    (args) => {
      const { values, positionals } = parsed(args, { ...EFFECTIVE_OPTIONS, ...FIRST });
      return values.help === true ? null : asked(values, effective(positionals, values));
    },
  ],
  [
    'compare',
    (args) => {
      const { values, positionals } = parsed(args, { ...COMPARE_OPTIONS, ...FIRST });
      return values.help === true ? null : asked(values, compare(positionals, values));
    },
  ],
  [
    'roles',
    (args) => {
      const { values, positionals } = parsed(args, { ...ROLES_OPTIONS, ...FIRST });
      return values.help === true ? null : asked(values, roles(positionals, values));
    },
  ],
  [
    'routes',
    (args) => {
      const { values, positionals } = parsed(args, ROUTES_OPTIONS);
      return values.help === true ? null : asked(values, routes(positionals, values));
    },
  ],
  [
    'escalations',
    (args) => {
      const { values, positionals } = parsed(args, { ...ESCALATIONS_OPTIONS, ...FIRST });
      return values.help === true ? null : asked(values, escalations(positionals, values));
    },
  ],
  [
    'findings',
    (args) => {
      const { values, positionals } = parsed(args, { ...FINDINGS_OPTIONS, ...FIRST });
      return values.help === true ? null : asked(values, findings(positionals, values));
    },
  ],
  [
    'graph',
    (args) => {
      const { values, positionals } = parsed(args, GRAPH_OPTIONS);
      if (values.help === true) return null;
      return { kind: 'graph', place: placeOptions(values), request: graphRequest(positionals, values) };
    },
  ],
  [
    'query',
    (args) => {
      const { values, positionals } = parsed(args, QUERY_OPTIONS);
      if (values.help === true) return null;
      return { kind: 'query', place: placeOptions(values), files: queryFiles(positionals, values) };
    },
  ],
  [
    'preview',
    (args) => {
      const { values, positionals } = parsed(args, PREVIEW_OPTIONS);
      return values.help === true ? null : { ...previewed(positionals, values), place: placeOptions(values) };
    },
  ],
]);

function asked(
  values: Parameters<typeof placeOptions>[0] & {
    readonly json?: boolean | undefined;
    readonly first?: string | undefined;
  },
  question: Question,
): AskedCommand {
  const isJson = values.json === true;
  return { kind: 'ask', place: placeOptions(values), question, isJson, first: firstOf(values.first), failure: 1 };
}

/** Null: not given. */
function firstOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  const count = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (count < 1) throw new UsageError('--first is a number from 1');
  return count;
}
