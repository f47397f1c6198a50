import { writeFile } from 'node:fs/promises';
import { CommandFailed } from '../../failure.ts';
import { fileFailure } from '../../file-failure.ts';
import { dataOf, isObject } from '../../gateway-answer.ts';
import { plain } from '../../plain.ts';
import { counted, type Terminal } from '../../terminal.ts';
import { UsageError } from '../../usage-error.ts';
import type { Asked } from '../asked.ts';
import { gapLines, LONGEST_NAME } from '../lines.ts';
import { depthOf } from '../roles.ts';
import { safeJson } from '../safe-json.ts';
import { exactly } from '../words.ts';
import { GRAPH, graphIn, joined } from './answered-graph.ts';
import { dotOf } from './dot.ts';

export const GRAPH_OPTIONS = {
  around: { type: 'string' },
  depth: { type: 'string' },
  output: { type: 'string', short: 'o' },
  dot: { type: 'boolean' },
} as const;

/** What is drawn, and in which form. */
export interface GraphRequest {
  /** Null: all accounts. */
  readonly around: string | null;
  readonly depth: number | null;
  /** Null: standard output. */
  readonly output: string | null;
  readonly form: 'svg' | 'dot' | 'json';
}

export function graphRequest(
  words: readonly string[],
  values: {
    readonly around?: string | undefined;
    readonly depth?: string | undefined;
    readonly output?: string | undefined;
    readonly dot?: boolean | undefined;
    readonly json?: boolean | undefined;
  },
): GraphRequest {
  exactly('graph', [], words);
  const { around = null, output = null, dot = false, json = false } = values;
  if (around === '' || output === '') throw new UsageError('--around and -o need a value');
  if (dot && json) throw new UsageError('--dot and --json exclude each other');
  return { around, depth: depthOf(values.depth), output, form: json ? 'json' : dot ? 'dot' : 'svg' };
}

/** Accounts of one graph of everything. */
const MOST_ACCOUNTS = 50;
const ACCOUNTS = `query Accounts($first: Int) { accounts(first: $first) { totalCount nodes { accountId } } }`;

/** Draws the graph. Returns the exit code. Throws GatewayRefused or CommandFailed. */
export async function drawGraph(asked: Asked, request: GraphRequest, terminal: Terminal): Promise<number> {
  const { around, depth, output, form } = request;
  const centers = around === null ? await allAccounts(asked) : { some: [centerOf(around)], more: 0 };
  const answers = [];
  for (const center of centers.some) {
    answers.push(dataOf(asked.name, await asked.answer(GRAPH, { around: center, depth })));
  }
  const graph = joined(answers.map(graphIn));
  const title = around === null ? 'Access to all accounts' : `Access around ${plain(around, LONGEST_NAME)}`;
  const whole = { ...graph, partial: graph.partial || centers.more > 0 };
  const text =
    form === 'json' ? `${safeJson({ accessGraph: whole })}\n` : await drawn(dotOf(whole, title, around), form);
  if (output === null) terminal.out(text);
  else await writeFile(output, text).catch((error: unknown) => Promise.reject(fileFailure(output, error)));
  terminal.error(
    `${counted(graph.nodes.length, 'node', 'nodes')}, ${counted(graph.edges.length, 'edge', 'edges')}${whole.partial ? '; there is more than that' : ''}${graph.withheld ? '; what you may not ask about is left out' : ''}\n${gapLines(graph.gaps)}`,
  );
  return 0;
}

async function drawn(dot: string, form: 'svg' | 'dot'): Promise<string> {
  if (form === 'dot') return dot;
  const { svgOf } = await import('./svg.ts');
  return svgOf(dot);
}

/** What `around` is: an account, a principal, or a resource. */
export function centerOf(around: string): Readonly<Record<string, string>> {
  if (/^\d{12}$/.test(around)) return { accountId: around };
  const isPrincipal =
    !around.startsWith('arn:') || /^arn:[^:]*:(?:iam::\d{12}:(?:user\/|role\/|root$)|sts::\d{12}:)/.test(around);
  return isPrincipal ? { principal: around } : { resource: around };
}

async function allAccounts(asked: Asked) {
  const { accounts } = dataOf(asked.name, await asked.answer(ACCOUNTS, { first: MOST_ACCOUNTS }));
  if (!isObject(accounts) || !Array.isArray(accounts['nodes']))
    throw new CommandFailed(`${asked.name} gives no answer`);
  const some = accounts['nodes'].map((node: unknown) => ({
    accountId: isObject(node) ? String(node['accountId']) : '',
  }));
  if (some.length === 0) throw new CommandFailed('there is no account to draw');
  return { some, more: Number(accounts['totalCount']) - some.length };
}
