import type { AnsweredEdge, AnsweredGraph, AnsweredNode } from './answered-graph.ts';

/** What is drawn as one box: nodes of a kind in one account with the same edges. */
export interface Box {
  readonly kind: string;
  readonly accountId: string | null;
  readonly nodes: readonly AnsweredNode[];
}

/** An edge between two boxes. */
export interface BoxEdge {
  readonly from: number;
  readonly to: number;
  readonly edge: AnsweredEdge;
}

export interface Boxes {
  readonly boxes: readonly Box[];
  readonly edges: readonly BoxEdge[];
}

/** Names in one box. */
const MOST_NAMES = 24;

/** Joins what has the same edges, so that a picture of hundreds of nodes can be read. `center` stays alone; null: there is none. */
export function boxesOf(graph: AnsweredGraph, center: string | null): Boxes {
  const around = new Map<string, string[]>();
  const note = (name: string, text: string): void => void around.set(name, [...(around.get(name) ?? []), text]);
  for (const edge of graph.edges) {
    const { source, target } = edge;
    note(source, `> ${sameness(edge)} ${target}`);
    note(target, `< ${sameness(edge)} ${source}`);
  }
  const groups = new Map<string, AnsweredNode[]>();
  for (const node of graph.nodes) {
    const edges = (around.get(node.name) ?? []).sort();
    const key = JSON.stringify(node.name === center ? [node.name] : [node.kind, node.accountId, edges]);
    groups.set(key, [...(groups.get(key) ?? []), node]);
  }
  const boxes = [...groups.values()].flatMap((nodes) =>
    partsOf(nodes, MOST_NAMES).map(
      (part): Box => ({ kind: nodes[0]?.kind ?? '', accountId: nodes[0]?.accountId ?? null, nodes: part }),
    ),
  );
  const boxOf = new Map(boxes.flatMap(({ nodes }, index) => nodes.map(({ name }) => [name, index])));
  const edges = new Map<string, BoxEdge>();
  for (const edge of graph.edges) {
    const from = boxOf.get(edge.source);
    const to = boxOf.get(edge.target);
    if (from !== undefined && to !== undefined) edges.set(`${edge.kind} ${from} ${to}`, { from, to, edge });
  }
  return { boxes, edges: [...edges.values()] };
}

/** A trust policy, or the policy of a resource, has the name of its role or resource: that makes no difference. */
function sameness({ kind, source, target, actions, policies, requires, limited }: AnsweredEdge): string {
  const named = policies.map((policy) => {
    if (target === policy || target.startsWith(`${policy}/`)) return 'of the target';
    return source === policy ? 'of the source' : policy;
  });
  return JSON.stringify([kind, actions, named, requires, limited]);
}

function partsOf<T>(items: readonly T[], most: number): readonly (readonly T[])[] {
  const parts: (readonly T[])[] = [];
  for (let from = 0; from < items.length; from += most) parts.push(items.slice(from, from + most));
  return parts;
}
