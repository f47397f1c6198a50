import { plain } from '../../plain.ts';
import type { AnsweredEdge, AnsweredGraph } from './answered-graph.ts';
import { type Box, type BoxEdge, boxesOf } from './boxes.ts';

/** Characters of a name in a box, and of one that is shown beside the pointer. */
const SHOWN = 64;
const LONGEST = 2_048;
/** The widest of the fonts that browsers take for each other: a text that fits in it fits in all. */
export const FONT = 'Verdana';
/** Ends a line, which begins on the left. */
const LEFT = '\\l';
/** Edges up to which each has its text beside it; it is shown beside the pointer in any case. */
const MOST_TEXTS = 80;
/** Inches between columns. */
const MOST_RANKSEP = 5;
/** Of the edges from one box, in turn. */
const COLOURS = ['#1d4ed8', '#0f766e', '#9333ea', '#be123c', '#b45309', '#4d7c0f', '#0e7490', '#a21caf'];
/** Policies and keys that are named in the text of an edge. */
const MOST_NAMED = 2;
/** Actions that are named beside the pointer. */
const MOST_ACTIONS = 40;

const LOOKS: Readonly<Record<string, string>> = {
  USER: 'shape=box style="rounded,filled" fillcolor="#dbeafe" color="#1d4ed8"',
  ROLE: 'shape=box style="rounded,filled" fillcolor="#ffedd5" color="#c2410c"',
  OTHER_PRINCIPAL: 'shape=box style="rounded,filled" fillcolor="#ede9fe" color="#6d28d9"',
  ACCOUNT: 'shape=box3d style=filled fillcolor="#ede9fe" color="#6d28d9"',
  SERVICE: 'shape=component style=filled fillcolor="#ecfccb" color="#4d7c0f"',
  FEDERATED: 'shape=box style="rounded,filled" fillcolor="#ecfccb" color="#4d7c0f"',
  EVERYBODY: 'shape=box style="bold,filled" fillcolor="#fee2e2" color="#b91c1c"',
  RESOURCE: 'shape=note style=filled fillcolor="#f8fafc" color="#475569"',
};

/** The graph in Graphviz's language: https://graphviz.org/doc/info/lang.html. `title`: what it is about. `center`: null: nothing. */
export function dotOf(graph: AnsweredGraph, title: string, center: string | null): string {
  const { boxes, edges } = boxesOf(graph, center);
  const hasTexts = edges.length <= MOST_TEXTS;
  const inAccounts = new Map<string, string[]>();
  const outside: string[] = [];
  for (const [index, box] of boxes.entries()) {
    const line = boxLine(index, box, center);
    if (box.accountId === null) outside.push(line);
    else inAccounts.set(box.accountId, [...(inAccounts.get(box.accountId) ?? []), line]);
  }
  const clusters = [...inAccounts].map(
    ([account, lines], index) =>
      `  subgraph cluster_${index} {\n    label=${quoted(`account ${account}`, LEFT)}\n    style="rounded,filled" fillcolor="#f1f5f9" color="#cbd5e1" fontcolor="#334155"\n${lines.map((line) => `  ${line}`).join('')}  }\n`,
  );
  return [
    'digraph access {\n',
    `  graph [rankdir=LR ranksep=${ranksepOf(edges.length)} nodesep=0.18 newrank=true fontname="${FONT}" fontsize=13 labelloc=t labeljust=l label=${quoted(headOf(graph, title), LEFT)}]\n`,
    `  node [fontname="${FONT}" fontsize=11 height=0.3 margin="0.12,0.06"]\n`,
    `  edge [fontname="${FONT}" fontsize=9 fontcolor="#334155" arrowsize=0.7]\n`,
    ...(edges.length > MOST_TEXTS ? ['  graph [splines=true nslimit=4 nslimit1=4 mclimit=0.7]\n'] : []),
    ...clusters,
    ...outside,
    ...edges.map((edge) => edgeLine(edge, hasTexts)),
    '}\n',
  ].join('');
}

/** The more edges, the more room they have, so that each can be followed. Inches. */
function ranksepOf(edges: number): number {
  return Math.min(MOST_RANKSEP, 1.1 + edges / 40);
}

function headOf({ partial, withheld, nodes, edges }: AnsweredGraph, title: string): string {
  const left = [
    ...(partial ? ['there is more than is drawn'] : []),
    ...(withheld ? ['what you may not ask about is not drawn'] : []),
  ];
  const count = `${nodes.length} nodes, ${edges.length} edges${left.map((each) => `; ${each}`).join('')}`;
  return `${title}\n${count}\nthick: may assume, thin: reaches, dashed: under conditions or in part`;
}

function boxLine(index: number, { kind, nodes }: Box, center: string | null): string {
  const names = nodes.map(({ name }) => shortName(name, kind));
  const isCenter = nodes.some(({ name }) => name === center);
  const label = `${names.map(escaped).join('\\l')}${names.length > 1 ? '\\l' : ''}`;
  const tooltip = quoted(nodes.map(({ name }) => name).join('\n'));
  return `  n${index} [label="${label}" tooltip=${tooltip} ${LOOKS[kind] ?? ''}${isCenter ? ' penwidth=3' : ''}]\n`;
}

/** What of an ARN says most: its account has a cluster, and the form its kind. */
function shortName(name: string, kind: string): string {
  const short =
    kind === 'USER' || kind === 'ROLE'
      ? name.replace(/^arn:[^:]*:iam::\d{12}:(?:user|role)\//, '')
      : name === '*' && kind === 'RESOURCE'
        ? '* (any resource)'
        : name.replace(/^arn:[^:]*:/, '').replace(/:\d{12}:/, ':');
  return short.length > SHOWN ? `${short.slice(0, SHOWN / 2)}…${short.slice(-SHOWN / 2)}` : short;
}

function edgeLine({ from, to, edge }: BoxEdge, hasText: boolean): string {
  const { kind, limited, actions, policies, requires } = edge;
  const colour = COLOURS[from % COLOURS.length];
  const look = `color="${colour}" penwidth=${kind === 'MAY_ASSUME' ? '1.8' : '0.7'}`;
  const text = textOf(edge);
  const whole = [
    some(actions, MOST_ACTIONS),
    `by ${policies.join(', ')}`,
    ...(requires.length > 0 ? [`needs ${requires.join(', ')}`] : []),
  ];
  const label = hasText && text !== '' ? ` label=${quoted(text)}` : '';
  const tooltip = quoted(whole.join('\n'));
  return `  n${from} -> n${to} [${look}${limited ? ' style=dashed' : ''}${label} tooltip=${tooltip} edgetooltip=${tooltip}]\n`;
}

/** `3 actions by WriteDatasets`; of the step into a role what it needs alone. */
function textOf({ kind, actions, policies, requires }: AnsweredEdge): string {
  if (kind === 'MAY_ASSUME') return requires.length === 0 ? '' : `needs ${some(requires)}`;
  const [only = ''] = actions;
  const what = actions.length === 1 ? only : `${actions.length} actions`;
  return policies.length === 0 ? what : `${what}\nby ${some(policies.map((policy) => shortName(policy, '')))}`;
}

function some(names: readonly string[], most = MOST_NAMED): string {
  const more = names.length - most;
  return `${names.slice(0, most).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** A text between quotes, with the line ends that are ours. Names have none: `plain` takes them away. */
function quoted(text: string, end = '\\n'): string {
  const lines = text.split('\n').map(escaped).join(end);
  return `"${lines}${end === LEFT ? LEFT : ''}"`;
}

/**
 * A name as part of a text between quotes: nothing in it is a quote, an escape or an entity of HTML for Graphviz, a control
 * character, or turns text round.
 */
function escaped(name: string): string {
  return plain(name, LONGEST).replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('&', '&amp;');
}
