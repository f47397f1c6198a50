import { type OneRevision, onOneRevision } from '../../access/scan.ts';
import { InvalidInput, RolegateError } from '../../policy/errors.ts';
import type { PrincipalRef } from '../../policy/principal-id.ts';
import { checkMayAskAbout } from '../ask.ts';
import type { GuardContext } from '../context.ts';
import { visibleEntities } from '../visible-entities.ts';
import { type AccessGraph, GraphDraft, MOST_NODES, principalNode, resourceNode } from './graph-draft.ts';
import { drawReached, drawReaching } from './reached.ts';
import { drawInward, drawOutward } from './steps-of-roles.ts';

/** What a graph is about. */
export type Around =
  | { readonly principal: PrincipalRef }
  | { readonly resource: string }
  | { readonly accountId: string };

/**
 * A graph of who can become whom, and who reaches what, made of answers that the caller could get one by one: nothing else decides what
 * is in it. All are of one revision. Throws FORBIDDEN and InvalidInput as these questions do.
 */
export function accessGraph(context: GuardContext, around: Around, depth: number): Promise<AccessGraph> {
  return onOneRevision(async (check) => {
    const draft = new GraphDraft(context);
    if ('principal' in around) await aroundPrincipal(context, draft, around.principal, depth, check);
    else if ('resource' in around) await aroundResource(context, draft, around.resource, depth, check);
    else await aroundAccount(context, draft, around.accountId, depth, check);
    const revision = await context.directory.revision();
    check(revision);
    return draft.finish(revision);
  });
}

async function aroundPrincipal(
  context: GuardContext,
  draft: GraphDraft,
  ref: PrincipalRef,
  depth: number,
  check: OneRevision,
): Promise<void> {
  await checkMayAskAbout(context, ref, 'around.principal');
  const node = principalNode(ref);
  draft.addNode(node);
  const askable = await drawOutward(context, draft, ref, depth, check);
  if (node.kind === 'ROLE') await drawInward(context, draft, [node], depth, check);
  for (const each of askable) await drawReached(context, draft, each, check);
}

async function aroundResource(
  context: GuardContext,
  draft: GraphDraft,
  arn: string,
  depth: number,
  check: OneRevision,
): Promise<void> {
  draft.addNode(resourceNode(arn));
  const reaching = await drawReaching(context, draft, arn, check);
  if (reaching === null) {
    throw new InvalidInput(
      'around.resource',
      'no action of the catalogue can be asked on this resource: expected the ARN of one',
    );
  }
  await drawInward(context, draft, reaching, depth, check);
}

/** Its roles with those who may assume them, and then its resources with those who reach them. */
async function aroundAccount(
  context: GuardContext,
  draft: GraphDraft,
  accountId: string,
  depth: number,
  check: OneRevision,
): Promise<void> {
  const roles = await entitiesOf(context, draft, accountId, 'Role');
  const nodes = roles.map(resourceNode);
  for (const node of nodes) draft.addNode(node);
  await drawInward(context, draft, nodes, depth, check);
  for (const arn of await entitiesOf(context, draft, accountId, 'Resource')) {
    if (draft.addNode({ ...resourceNode(arn), accountId })) await drawReaching(context, draft, arn, check);
  }
}

/** ARNs of the roles, or of the resources with a policy, that the caller may list. Throws FORBIDDEN if it may list none of either. */
async function entitiesOf(
  context: GuardContext,
  draft: GraphDraft,
  accountId: string,
  kind: 'Role' | 'Resource',
): Promise<readonly string[]> {
  const filter = kind === 'Resource' ? { hasPolicy: true } : {};
  const visible = await visibleEntities(context, { kinds: [kind], accountIds: [accountId], filter });
  if (visible.kind === 'refused') {
    if (kind === 'Role')
      throw new RolegateError('FORBIDDEN', `a graph of an account needs ${visible.needs}`, { field: 'around' });
    draft.addWithheld();
    return [];
  }
  const order = { field: 'ARN', descending: false } as const;
  const [found = []] = await context.directory.find.pages([{ ...visible.selection, order, limit: MOST_NODES + 1 }]);
  if (found.length > MOST_NODES) draft.addPartial();
  return found.slice(0, MOST_NODES).map(({ arn }) => arn);
}
