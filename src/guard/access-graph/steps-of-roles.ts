import type { OneRevision } from '../../access/scan.ts';
import type { RequestContext } from '../../evaluation/request.ts';
import { type PrincipalRef, parsePrincipalRef } from '../../policy/principal-id.ts';
import { mayAskAbout, ownSubject } from '../ask.ts';
import type { GuardContext } from '../context.ts';
import { toldRequirements } from '../told-keys.ts';
import { asFarAsKnown } from '../veils.ts';
import { type GraphDraft, type GraphNode, principalNode } from './graph-draft.ts';
import { drawWhoMay } from './who-may.ts';

const NOTHING_GIVEN: RequestContext = new Map();

/**
 * Draws the roles that principals may assume, step by step, as `assumableRoles` lists them of each. Returns all principals that were
 * come by, themselves included, about which the caller may ask.
 */
export async function drawOutward(
  context: GuardContext,
  draft: GraphDraft,
  start: PrincipalRef,
  depth: number,
  check: OneRevision,
): Promise<readonly PrincipalRef[]> {
  const seen = new Set<string>();
  const askable: PrincipalRef[] = [];
  let next: readonly PrincipalRef[] = [start];
  for (let step = 0; step <= depth && next.length > 0; step += 1) {
    const reached: PrincipalRef[] = [];
    for (const ref of next) {
      const from = principalNode(ref);
      if (seen.has(from.id)) continue;
      seen.add(from.id);
      if (!(await mayAskAbout(context, ref))) {
        draft.addWithheld();
        continue;
      }
      askable.push(ref);
      if (step === depth) continue;
      if (!(await draft.mayAsk())) return askable;
      reached.push(...(await drawRolesOf(context, draft, ref, check)));
    }
    next = reached;
  }
  return askable;
}

/** Returns the roles. */
async function drawRolesOf(
  context: GuardContext,
  draft: GraphDraft,
  ref: PrincipalRef,
  check: OneRevision,
): Promise<readonly PrincipalRef[]> {
  const subject = ownSubject(context, { principal: ref, assumedRole: null, session: null });
  const found = await asFarAsKnown(context, subject, NOTHING_GIVEN, (access) =>
    access.searchRoles(subject, { maxDepth: 1 }, context.now),
  );
  check(found.revision);
  draft.addGaps(found.gaps);
  const roles: PrincipalRef[] = [];
  for (const role of found.roles) {
    const to = parsePrincipalRef(role.roleArn);
    if (to === null) continue;
    roles.push(to);
    const requires = await toldRequirements(context, role, found.roles);
    const part = { actions: [ASSUME], statements: role.answer.decision.matchedStatements, requires };
    await draft.addEdge('MAY_ASSUME', principalNode(ref), principalNode(to), {
      ...part,
      isLimited: role.requires.length > 0,
    });
  }
  return roles;
}

const ASSUME = 'sts:AssumeRole';
/** What lets somebody into a role; the second is for users of identity providers. */
export const ASSUMING: ReadonlySet<string> = new Set([
  ASSUME,
  'sts:AssumeRoleWithWebIdentity',
  'sts:AssumeRoleWithSAML',
]);

/** Draws who may assume roles, and who may assume those, up to `depth` steps. */
export async function drawInward(
  context: GuardContext,
  draft: GraphDraft,
  roles: readonly GraphNode[],
  depth: number,
  check: OneRevision,
): Promise<void> {
  const seen = new Set<string>();
  let next = roles;
  for (let step = 0; step < depth && next.length > 0; step += 1) {
    const before: GraphNode[] = [];
    for (const role of next) {
      if (role.kind !== 'ROLE' || seen.has(role.id)) continue;
      seen.add(role.id);
      for (const action of ASSUMING) {
        if (!(await draft.mayAsk())) return;
        const sought = { kind: 'MAY_ASSUME', action, to: role, resourceAccount: null } as const;
        before.push(...(await drawWhoMay(context, draft, sought, check)));
      }
    }
    next = before;
  }
}
