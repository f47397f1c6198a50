import { InvalidInput } from '../policy/errors.ts';
import { assumableRoles } from './assumable-roles.ts';
import { checkAction } from './check-action.ts';
import { MAX_QUESTIONS } from './check-question.ts';
import { type DecideTools, decide } from './decide.ts';
import { checkNamesResource } from './every-resource.ts';
import { type Answer, fieldOf, type Question, type Subject } from './question.ts';
import { onOneRevision } from './scan.ts';

/** A request that must be allowed. `path` is its place in the client's request: `needs[0]`. */
export type Need = Omit<Question, 'subject'>;

/** An identity that the principal can act as. */
export interface AccessRoute {
  readonly kind: 'OWN_IDENTITY' | 'ASSUMED_ROLE';
  /** ARNs of the roles to assume in order; empty for the principal's own identity. */
  readonly roles: readonly string[];
  /** One per need, in the given order. */
  readonly answers: readonly Answer[];
  readonly meetsAll: boolean;
  /** Denials of needs that the principal meets as itself. */
  readonly givesUp: readonly Answer[];
}

/** Greatest number of needs in one question. */
export const MAX_NEEDS = 100;

/**
 * The ways to meet `needs` at the same time: as itself, or in one of the roles that the subject can assume now. Routes that
 * meet all needs come first; then those that meet more needs, then those that give up fewer; its own identity before a role.
 */
export async function accessRoutes(
  tools: DecideTools,
  subject: Subject,
  needs: readonly Need[],
  now: number,
): Promise<readonly AccessRoute[]> {
  if (needs.length > MAX_NEEDS) {
    throw new InvalidInput('needs', `${needs.length} needs; the limit is ${MAX_NEEDS}`);
  }
  for (const need of needs) {
    const action = checkAction(tools.catalog, need.action, fieldOf(need, 'action'));
    checkNamesResource(action, need.resource, fieldOf(need, 'resource'));
  }
  return onOneRevision(async (check) => {
    const own = await decide(
      tools,
      needs.map((need) => ({ ...need, subject })),
      now,
    );
    const answers = [own];
    const search = { maxDepth: 1, context: new Map(), path: '' };
    const found = await assumableRoles(tools, subject, search, now);
    check(found.revision);
    const roles = found.roles.filter((role) => role.requires.length === 0);
    const together = Math.max(1, Math.floor(MAX_QUESTIONS / Math.max(1, needs.length)));
    for (let start = 0; start < roles.length; start += together) {
      const part = roles.slice(start, start + together);
      const questions = part.flatMap(({ roleArn }) => {
        const inRole: Subject = { ...subject, assumedRole: roleArn };
        return needs.map((need) => ({ ...need, subject: inRole }));
      });
      const decided = await decide({ ...tools, forSearch: true }, questions, now);
      for (const index of part.keys()) answers.push(decided.slice(index * needs.length, (index + 1) * needs.length));
    }
    for (const answer of answers.flat()) check(answer.revision);
    return answers
      .map((list, index) => route(list, own, index === 0 ? null : (roles[index - 1]?.roleArn ?? null)))
      .sort((a, b) => met(b) - met(a) || a.givesUp.length - b.givesUp.length || a.roles.length - b.roles.length);
  });
}

function route(answers: readonly Answer[], own: readonly Answer[], roleArn: string | null): AccessRoute {
  return {
    kind: roleArn === null ? 'OWN_IDENTITY' : 'ASSUMED_ROLE',
    roles: roleArn === null ? [] : [roleArn],
    answers,
    meetsAll: answers.every((answer) => answer.decision.allowed),
    givesUp: answers.filter((answer, index) => !answer.decision.allowed && own[index]?.decision.allowed === true),
  };
}

function met(route: AccessRoute): number {
  return route.answers.filter((answer) => answer.decision.allowed).length;
}
