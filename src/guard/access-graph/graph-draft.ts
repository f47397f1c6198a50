import type { Revision } from '../../directory/directory.ts';
import type { MatchedStatement } from '../../evaluation/decision.ts';
import { parseArn } from '../../policy/arn.ts';
import type { JsonObject } from '../../policy/json.ts';
import { isAccountId, type PrincipalRef, parsePrincipalRef, principalIdOf } from '../../policy/principal-id.ts';
import type { GuardContext } from '../context.ts';
import { readableStatements } from '../readable-policy.ts';

export const GRAPH_NODE_KINDS = [
  'USER',
  'ROLE',
  'OTHER_PRINCIPAL',
  'ACCOUNT',
  'SERVICE',
  'FEDERATED',
  'EVERYBODY',
  'RESOURCE',
] as const;
export type GraphNodeKind = (typeof GRAPH_NODE_KINDS)[number];

/** Somebody or something in a graph. */
export interface GraphNode {
  /** An ARN, a pattern of ARNs, an account id, a service, a provider, or `*`. */
  readonly id: string;
  readonly kind: GraphNodeKind;
  /** Null: it is in none, or that is not known. */
  readonly accountId: string | null;
}

export interface GraphEdge {
  readonly kind: 'MAY_ASSUME' | 'REACHES';
  readonly from: string;
  readonly to: string;
  readonly actions: readonly string[];
  /** Policies that allow it, as far as the caller may read them. */
  readonly policies: readonly string[];
  /** Condition keys that the call needs. */
  readonly requires: readonly string[];
  /** Condition blocks, all of which must hold, for one of the actions. */
  readonly conditions: readonly JsonObject[];
  /** Whether only a part of it is meant: conditions or further patterns must hold for some of the actions. */
  readonly isLimited: boolean;
}

/** Who can become whom, and who reaches what. */
export interface AccessGraph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  readonly isPartial: boolean;
  readonly isWithheld: boolean;
  readonly gaps: readonly string[];
  readonly revision: Revision;
}

export const MOST_NODES = 500;
export const MOST_EDGES = 2_000;
/** Questions that one graph is made of. */
const MOST_QUESTIONS = 400;
/** Parts that edges are joined of. */
const MOST_PARTS = 50_000;

/** What is found of an edge. */
export interface EdgePart {
  readonly actions: readonly string[];
  readonly statements: readonly MatchedStatement[];
  readonly requires?: readonly string[];
  readonly conditions?: readonly JsonObject[];
  readonly isLimited?: boolean;
}

/** An edge of which more may be found. */
interface DraftEdge {
  readonly kind: GraphEdge['kind'];
  readonly from: string;
  readonly to: string;
  readonly conditions: readonly JsonObject[];
  readonly actions: Set<string>;
  readonly policies: Set<string>;
  readonly requires: Set<string>;
  isLimited: boolean;
}

/** A graph that is being put together, within its bounds. */
export class GraphDraft {
  readonly #context: GuardContext;
  readonly #nodes = new Map<string, GraphNode>();
  readonly #edges = new Map<string, DraftEdge>();
  readonly #gaps = new Set<string>();
  /** What is left of the request when no further question is begun. Milliseconds. */
  readonly #reserve: { readonly time: number; readonly cpu: number };
  #questions = 0;
  #parts = 0;
  #isPartial = false;
  #isWithheld = false;

  constructor(context: GuardContext) {
    this.#context = context;
    const { left = 0, cpuLeft = 0 } = context.work ?? {};
    this.#reserve = { time: left / 2, cpu: cpuLeft / 2 };
  }

  /** Whether another question may be asked; if not, the graph is partial. */
  async mayAsk(): Promise<boolean> {
    const { work } = this.#context;
    await work?.turn();
    this.#questions += 1;
    const { time, cpu } = this.#reserve;
    const isLate = work !== undefined && (work.left < time || work.cpuLeft < cpu);
    this.#isPartial ||= isLate || this.#questions > MOST_QUESTIONS;
    return !isLate && this.#questions <= MOST_QUESTIONS;
  }

  addPartial(): void {
    this.#isPartial = true;
  }

  addWithheld(): void {
    this.#isWithheld = true;
  }

  addGaps(gaps: Iterable<string>): void {
    for (const gap of gaps) this.#gaps.add(gap);
  }

  /** Whether the node is in the graph now: it may be full. */
  addNode(node: GraphNode): boolean {
    if (this.#nodes.has(node.id)) return true;
    if (this.#nodes.size >= MOST_NODES) {
      this.#isPartial = true;
      return false;
    }
    this.#nodes.set(node.id, node);
    return true;
  }

  /** Joins what is found with what is known of the edge. */
  async addEdge(kind: GraphEdge['kind'], from: GraphNode, to: GraphNode, part: EdgePart): Promise<void> {
    await this.#context.work?.turn();
    this.#parts += 1;
    if (this.isFull) {
      this.#isPartial = true;
      return;
    }
    if (!this.addNode(from) || !this.addNode(to)) return;
    const key = JSON.stringify([kind, from.id, to.id]);
    const known = this.#edges.get(key);
    if (known === undefined && this.#edges.size >= MOST_EDGES) {
      this.#isPartial = true;
      return;
    }
    const giving = part.statements.filter(({ effect, layer }) => effect === 'ALLOW' && GRANTING.has(layer));
    const granting = await readableStatements(this.#context, giving);
    const conditions = part.conditions ?? [];
    const edge = known ?? draftEdge(kind, from, to, conditions);
    this.#edges.set(key, edge);
    addAll(edge.actions, part.actions);
    for (const { policyName, policy } of granting) edge.policies.add(policyName ?? policy);
    addAll(edge.requires, part.requires ?? []);
    edge.isLimited ||= part.isLimited === true || conditions.length > 0;
  }

  /** Whether no more parts of edges are taken. */
  get isFull(): boolean {
    return this.#parts > MOST_PARTS;
  }

  finish(revision: Revision): AccessGraph {
    return {
      nodes: [...this.#nodes.values()],
      edges: [...this.#edges.values()].map(({ actions, policies, requires, ...edge }) => ({
        ...edge,
        actions: [...actions],
        policies: [...policies],
        requires: [...requires],
      })),
      isPartial: this.#isPartial,
      isWithheld: this.#isWithheld,
      gaps: [...this.#gaps],
      revision,
    };
  }
}

/** Layers whose policies give; the others only limit. */
const GRANTING: ReadonlySet<string> = new Set(['IDENTITY_POLICY', 'RESOURCE_POLICY', 'TRUST_POLICY', 'KMS_GRANT']);

function draftEdge(
  kind: GraphEdge['kind'],
  from: GraphNode,
  to: GraphNode,
  conditions: readonly JsonObject[],
): DraftEdge {
  const none = { actions: new Set<string>(), policies: new Set<string>(), requires: new Set<string>() };
  return { kind, from: from.id, to: to.id, conditions, ...none, isLimited: false };
}

function addAll(known: Set<string>, more: readonly string[]): void {
  for (const one of more) known.add(one);
}

/** A principal as a node. */
export function principalNode(ref: PrincipalRef): GraphNode {
  const kind = ref.kind === 'user' ? 'USER' : ref.kind === 'role' ? 'ROLE' : 'OTHER_PRINCIPAL';
  const accountId = 'accountId' in ref ? ref.accountId : null;
  if (ref.kind === 'service') return { id: ref.service, kind: 'SERVICE', accountId: null };
  return { id: principalIdOf(ref), kind, accountId };
}

/** An ARN, or a pattern of ARNs, of what is reached. Users and roles are what they are. */
export function resourceNode(arn: string): GraphNode {
  const ref = parsePrincipalRef(arn);
  if (ref !== null && (ref.kind === 'user' || ref.kind === 'role')) return principalNode(ref);
  const accountId = parseArn(arn)?.accountId ?? '';
  return { id: arn, kind: 'RESOURCE', accountId: isAccountId(accountId) ? accountId : null };
}
