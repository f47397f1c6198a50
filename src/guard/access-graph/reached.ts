import type { EffectivePermission } from '../../access/listed-permissions.ts';
import type { OneRevision } from '../../access/scan.ts';
import type { AccessLevel, CatalogAction } from '../../catalog/catalog-service.ts';
import type { RequestContext } from '../../evaluation/request.ts';
import { parseArn } from '../../policy/arn.ts';
import type { PrincipalRef } from '../../policy/principal-id.ts';
import { subjectAsKnown } from '../ask.ts';
import type { GuardContext } from '../context.ts';
import { asFarAsKnown } from '../veils.ts';
import { type GraphDraft, type GraphNode, principalNode, resourceNode } from './graph-draft.ts';
import { ASSUMING } from './steps-of-roles.ts';
import { drawWhoMay } from './who-may.ts';

const NOTHING_GIVEN: RequestContext = new Map();
/** Actions of a principal whose resources are drawn. Who may do more reaches nearly everything. */
const MOST_ACTIONS = 2_000;

/** Draws what a principal reaches, as `effectivePermissions` lists it: one edge to each pattern of resources. */
export async function drawReached(
  context: GuardContext,
  draft: GraphDraft,
  ref: PrincipalRef,
  check: OneRevision,
): Promise<void> {
  if (!(await draft.mayAsk())) return;
  const subject = await subjectAsKnown(context, { principal: ref, assumedRole: null, session: null });
  const permissions = await asFarAsKnown(context, subject, NOTHING_GIVEN, (access) =>
    access.effectivePermissions(subject, NOTHING_GIVEN, context.now),
  );
  check(permissions.revision);
  const listed = await permissions.listed({}).after(null, MOST_ACTIONS + 1);
  if (listed.length > MOST_ACTIONS || (await permissions.partial()).length > 0) draft.addPartial();
  draft.addGaps(await permissions.gaps());
  const from = principalNode(ref);
  for (const permission of listed.slice(0, MOST_ACTIONS)) {
    if (draft.isFull) return;
    await drawPermission(draft, from, permission);
  }
}

async function drawPermission(draft: GraphDraft, from: GraphNode, permission: EffectivePermission): Promise<void> {
  const { action, allow, deny } = permission;
  for (const { resources, notResources, conditions, statements } of allow) {
    // Everybody may do what no policy has to allow.
    if (statements.length === 0) continue;
    const [patterns = ['*'], ...others] = resources.toSorted((a, b) => breadth(a) - breadth(b));
    const isLimited = deny.length + notResources.length + conditions.length + others.length > 0;
    for (const pattern of patterns) {
      const to = resourceNode(pattern);
      // That is another kind of edge.
      if (to.kind === 'ROLE' && ASSUMING.has(action)) continue;
      if (to.id !== from.id) await draft.addEdge('REACHES', from, to, { actions: [action], statements, isLimited });
    }
  }
}

/** Of several lists of patterns, all of which must match, the one with the longest patterns says most. */
function breadth(patterns: readonly string[]): number {
  return -Math.min(...patterns.map((pattern) => pattern.replaceAll(/[*?]/g, '').length));
}

/** What matters most comes first, where not all actions can be asked about. */
const LEVELS: readonly AccessLevel[] = ['PERMISSIONS_MANAGEMENT', 'WRITE', 'READ', 'TAGGING', 'LIST'];

/** Draws who reaches a resource, by every action that can be asked on it. Returns them; null: there is no such action. */
export async function drawReaching(
  context: GuardContext,
  draft: GraphDraft,
  arn: string,
  check: OneRevision,
): Promise<readonly GraphNode[] | null> {
  const actions = actionsOn(context, arn);
  if (actions.length === 0) return null;
  const to = resourceNode(arn);
  const nodes = new Map<string, GraphNode>();
  for (const { name } of actions) {
    if (!(await draft.mayAsk())) break;
    const sought = { kind: 'REACHES', action: name, to, resourceAccount: null } as const;
    for (const node of await drawWhoMay(context, draft, sought, check)) nodes.set(node.id, node);
  }
  return [...nodes.values()];
}

function actionsOn({ catalog }: GuardContext, arn: string): readonly CatalogAction[] {
  const service = parseArn(arn)?.service ?? '';
  const { now } = catalog;
  return now
    .actionsOf(service)
    .filter((action) => action.resourceTypes.length > 0 && now.fit(action, arn).kind === 'fits')
    .toSorted((a, b) => LEVELS.indexOf(a.accessLevel) - LEVELS.indexOf(b.accessLevel));
}
