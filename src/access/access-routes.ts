import { InvalidInput, RolegateError } from '../policy/errors.ts';
import { type AssumableRoles, assumableRoles, roleRef } from './assumable-roles.ts';
import { checkAction } from './check-action.ts';
import { MAX_QUESTIONS } from './check-question.ts';
import { type DecideTools, decide } from './decide.ts';
import { checkNamesResource } from './every-resource.ts';
import { type Answer, fieldOf, type Question, type Subject } from './question.ts';
import { isChained, MAX_CHAINED_SECONDS } from './role-chaining.ts';
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
  /** Seconds, where temporary credentials assume the last role; null: the role's own limit counts, or there is no role. */
  readonly sessionLimit: number | null;
}

/** Options of the question. */
export interface RouteOptions {
  /** Most roles to assume one after the other, 1 to 3. */
  readonly maxDepth: number;
  /** Whether the answer may include what a role can do that is assumed on the way. Left out: of all of them. */
  readonly mayAskAbout?: (roleArn: string) => Promise<boolean>;
}

/** Greatest number of needs in one question. */
export const MAX_NEEDS = 100;

/** Greatest number of roles on a route. */
export const MAX_ROUTE_ROLES = 3;

/** Greatest number of needs that are decided, on all routes together. */
const MAX_DECISIONS = 100_000;

/**
 * The ways to meet `needs` at the same time: as itself, or in one of the roles that the subject can assume now, directly or one after
 * the other. Routes that meet all needs come first; then those that meet more needs, then those that give up fewer; its own identity
 * before a role, and fewer roles before more.
 */
export async function accessRoutes(
  tools: DecideTools,
  subject: Subject,
  needs: readonly Need[],
  { maxDepth, mayAskAbout }: RouteOptions,
  now: number,
): Promise<readonly AccessRoute[]> {
  checkNeeds(tools, needs);
  if (!Number.isInteger(maxDepth) || maxDepth < 1 || maxDepth > MAX_ROUTE_ROLES) {
    const message = `${maxDepth} is not a valid number of roles on a route: expected 1 to ${MAX_ROUTE_ROLES}`;
    throw new InvalidInput('maxDepth', message);
  }
  return onOneRevision(async (check) => {
    const found = await assumableRoles(tools, subject, { maxDepth, context: new Map(), path: '' }, now);
    check(found.revision);
    const chains = await walkable(found, mayAskAbout);
    if ((chains.length + 1) * needs.length > MAX_DECISIONS) throw tooMany(chains.length, needs.length);
    const answers = await answersOf(tools, subject, needs, { chains, found, now });
    for (const list of answers.values()) for (const answer of list) check(answer.revision);
    const own = answers.get('') ?? [];
    return [[], ...chains]
      .map((roles) => route(subject, roles, answers.get(keyOf(roles)) ?? [], own))
      .sort((a, b) => met(b) - met(a) || a.givesUp.length - b.givesUp.length || a.roles.length - b.roles.length);
  });
}

function checkNeeds({ catalog }: DecideTools, needs: readonly Need[]): void {
  if (needs.length > MAX_NEEDS) {
    throw new InvalidInput('needs', `${needs.length} needs; the limit is ${MAX_NEEDS}`);
  }
  for (const need of needs) {
    const action = checkAction(catalog, need.action, fieldOf(need, 'action'));
    checkNamesResource(action, need.resource, fieldOf(need, 'resource'));
  }
}

function tooMany(routes: number, needs: number): RolegateError {
  const message = `${needs} needs on ${routes} routes come to more than ${MAX_DECISIONS} decisions, which is the limit: ask for fewer needs, or use a smaller \`maxDepth\``;
  return new RolegateError('LIMIT_EXCEEDED', message);
}

type Chain = readonly string[];

/** Roles have no such character in their ARNs. */
function keyOf(roles: Chain): string {
  return roles.join(' ');
}

/** The roles that can be assumed now, each with those on the way to it, if what these can do may be said. */
async function walkable(
  { roles }: AssumableRoles,
  mayAskAbout: RouteOptions['mayAskAbout'] = async () => true,
): Promise<readonly Chain[]> {
  const chains: Chain[] = [];
  const known = new Map<string, boolean>();
  for (const { chain, requires } of roles) {
    if (requires.length > 0) continue;
    const onTheWay = chain.slice(0, -1);
    for (const arn of onTheWay) if (!known.has(arn)) known.set(arn, await mayAskAbout(arn));
    if (onTheWay.every((arn) => known.get(arn) === true)) chains.push(chain);
  }
  return chains;
}

/**
 * By chain, with an answer for each need. The context of a need also counts for the calls that assume the roles: where one of them is
 * refused, that is the answer for all that lie behind.
 */
async function answersOf(
  tools: DecideTools,
  subject: Subject,
  needs: readonly Need[],
  { chains, found, now }: { readonly chains: readonly Chain[]; readonly found: AssumableRoles; readonly now: number },
): Promise<ReadonlyMap<string, readonly Answer[]>> {
  const answers = new Map<string, readonly Answer[]>();
  const together = Math.max(1, Math.floor(MAX_QUESTIONS / Math.max(1, needs.length)));
  // Shorter ones first.
  for (const all of [[[]], ...byLength(withThoseOnTheWay(chains))]) {
    for (let start = 0; start < all.length; start += together) {
      const part = all.slice(start, start + together);
      const questions = part.flatMap((roles) => {
        const acting = subjectOf(subject, roles, found);
        return needs.map((need) => ({ ...need, subject: acting }));
      });
      const decided = await decide({ ...tools, forSearch: true }, questions, now);
      for (const [index, roles] of part.entries()) {
        const before = answers.get(keyOf(roles.slice(0, -1))) ?? [];
        const own = decided.slice(index * needs.length, (index + 1) * needs.length);
        answers.set(
          keyOf(roles),
          own.map((answer, at) => (roles.length > 1 && before[at]?.onAssumption === true ? before[at] : answer)),
        );
      }
    }
  }
  return answers;
}

function withThoseOnTheWay(chains: readonly Chain[]): Iterable<Chain> {
  const all = new Map<string, Chain>();
  for (const chain of chains) {
    for (let length = 1; length <= chain.length; length += 1) {
      const part = chain.slice(0, length);
      all.set(keyOf(part), part);
    }
  }
  return all.values();
}

function byLength(chains: Iterable<Chain>): readonly (readonly Chain[])[] {
  const lists: Chain[][] = [];
  for (const chain of chains) {
    const list = lists[chain.length - 1] ?? [];
    list.push(chain);
    lists[chain.length - 1] = list;
  }
  return lists;
}

/** Who acts at the end of a chain. */
function subjectOf(subject: Subject, roles: Chain, { carried }: AssumableRoles): Subject {
  const [last = null, before] = roles.toReversed();
  if (before === undefined) return { ...subject, assumedRole: last };
  return { principal: roleRef(before), assumedRole: last, session: null, onTheWay: carried };
}

function route(subject: Subject, roles: Chain, answers: readonly Answer[], own: readonly Answer[]): AccessRoute {
  const isRole = subject.principal.kind === 'role' || subject.principal.kind === 'roleSession';
  const byTemporary = roles.length > 1 || isRole || isChained(subject);
  return {
    kind: roles.length === 0 ? 'OWN_IDENTITY' : 'ASSUMED_ROLE',
    roles,
    answers,
    meetsAll: answers.every((answer) => answer.decision.allowed),
    givesUp: answers.filter((answer, index) => !answer.decision.allowed && own[index]?.decision.allowed === true),
    sessionLimit: roles.length > 0 && byTemporary ? MAX_CHAINED_SECONDS : null,
  };
}

function met(route: AccessRoute): number {
  return route.answers.filter((answer) => answer.decision.allowed).length;
}
