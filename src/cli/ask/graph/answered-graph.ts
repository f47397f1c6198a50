import { CommandFailed } from '../../failure.ts';
import { type Data, isObject } from '../../gateway-answer.ts';

/** What `accessGraph` answers. */
export interface AnsweredGraph {
  readonly nodes: readonly AnsweredNode[];
  readonly edges: readonly AnsweredEdge[];
  readonly partial: boolean;
  readonly withheld: boolean;
  readonly gaps: readonly string[];
  readonly revision: string;
}

export interface AnsweredNode {
  readonly name: string;
  readonly kind: string;
  readonly accountId: string | null;
}

export interface AnsweredEdge {
  readonly kind: 'MAY_ASSUME' | 'REACHES';
  readonly source: string;
  readonly target: string;
  readonly actions: readonly string[];
  readonly policies: readonly string[];
  readonly requires: readonly string[];
  readonly limited: boolean;
}

export const GRAPH = `query Graph($around: AccessGraphCenterInput!, $depth: Int) {
  accessGraph(around: $around, depth: $depth) {
    nodes { name kind accountId }
    edges { kind source target actions policies requires conditions limited }
    partial withheld gaps revision
  }
}`;

/** Throws CommandFailed. */
export function graphIn(data: Data): AnsweredGraph {
  const { accessGraph } = data;
  if (!isObject(accessGraph)) throw new CommandFailed('the answer is empty');
  return accessGraph as unknown as AnsweredGraph; // as: the answer to the query above, by a gateway that knows all of its fields
}

/** One graph of several. An edge that several of them have is that of the first. */
export function joined(graphs: readonly AnsweredGraph[]): AnsweredGraph {
  const nodes = new Map<string, AnsweredNode>();
  const edges = new Map<string, AnsweredEdge>();
  for (const graph of graphs) {
    for (const node of graph.nodes) nodes.set(node.name, nodes.get(node.name) ?? node);
    for (const edge of graph.edges) {
      const key = JSON.stringify([edge.kind, edge.source, edge.target]);
      edges.set(key, edges.get(key) ?? edge);
    }
  }
  return {
    nodes: [...nodes.values()],
    edges: [...edges.values()],
    partial: graphs.some(({ partial }) => partial),
    withheld: graphs.some(({ withheld }) => withheld),
    gaps: [...new Set(graphs.flatMap(({ gaps }) => gaps))],
    revision: graphs[0]?.revision ?? '',
  };
}
