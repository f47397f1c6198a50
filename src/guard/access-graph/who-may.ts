import type { Outsider } from '../../access/outsiders.ts';
import type { OneRevision } from '../../access/scan.ts';
import type { GuardContext } from '../context.ts';
import { knownGapsOfSearch } from '../known-gaps.ts';
import { readableOutsiders } from '../readable-outsiders.ts';
import { searchScope } from '../search-scope.ts';
import { type GraphDraft, type GraphEdge, type GraphNode, principalNode } from './graph-draft.ts';

/** Entries of one list that a graph takes up. */
const MOST_ENTRIES = 250;

/** Who may do an action on what, and how that is drawn. */
interface Sought {
  readonly kind: GraphEdge['kind'];
  readonly action: string;
  readonly to: GraphNode;
  readonly resourceAccount: string | null;
}

/**
 * Draws the edges from everybody who may do an action on a node, as `whoCan` lists them, conditions included. Returns their nodes.
 * Throws as `whoCan` does.
 */
export async function drawWhoMay(
  context: GuardContext,
  draft: GraphDraft,
  { kind, action, to, resourceAccount }: Sought,
  check: OneRevision,
): Promise<readonly GraphNode[]> {
  const question = { action, resource: to.id, resourceAccount, context: new Map(), path: '' };
  const scope = await searchScope(context, { actions: [action], conditional: true, given: question.context });
  const options = { limit: MOST_ENTRIES, conditional: true, scope };
  const found = await context.access.whoCan(question, options, context.now);
  check(found.revision);
  // Whoever is not the operator is told of those about whom it may ask, and not whether there are others.
  if (scope !== null) draft.addWithheld();
  if (found.total > found.entries.length) draft.addPartial();
  draft.addGaps(await knownGapsOfSearch(context, [question], found));
  const drawn: GraphNode[] = [];
  for (const { answer, conditions } of found.entries) {
    const from = principalNode(answer.question.subject.principal);
    if (from.id === to.id) continue;
    drawn.push(from);
    await draft.addEdge(kind, from, to, {
      actions: [action],
      statements: answer.decision.matchedStatements,
      conditions,
    });
  }
  for (const one of await readableOutsiders(context, found.outsiders)) {
    const { statements, conditional: isLimited } = one;
    await draft.addEdge(kind, outsiderNode(one), to, { actions: [action], statements, isLimited });
  }
  return drawn;
}

function outsiderNode({ kind, value }: Outsider): GraphNode {
  if (kind === 'PRINCIPAL')
    return { id: value, kind: 'OTHER_PRINCIPAL', accountId: /^arn:[^:]+:[^:]+::(\d{12}):/.exec(value)?.[1] ?? null };
  return { id: value, kind, accountId: kind === 'ACCOUNT' ? value : null };
}
