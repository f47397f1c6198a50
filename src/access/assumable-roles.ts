import type { Gathered, Revision } from '../directory/directory.ts';
import type { PrincipalIndex } from '../directory/principals/indexed-principals.ts';
import type { Decision } from '../evaluation/decision.ts';
import { type PreparedPrincipal, type PreparedRole, roleSession } from '../evaluation/prepare.ts';
import type { RequestContext } from '../evaluation/request.ts';
import { InvalidInput, RolegateError } from '../policy/errors.ts';
import { type PrincipalRef, parsePrincipalRef } from '../policy/principal-id.ts';
import { decideAssumption } from './assume.ts';
import type { DecideTools } from './decide.ts';
import { gatherForSubjects } from './gather-for-subjects.ts';
import type { Answer, CarriedOn, Subject } from './question.ts';
import { onOneRevision, pagesOf, partsOf, partsOfPages } from './scan.ts';
import { withSourceOrganization } from './source-organization.ts';
import { carriedOnBy, resolveSubject } from './subject.ts';
import { endpointGaps } from './unknown-policies.ts';
import { type OnItsWay, throughEndpoint } from './vpc-endpoint.ts';
import { Work } from './work.ts';

/** A role that can be assumed now, or with additional condition keys. */
export interface AssumableRole {
  readonly roleArn: string;
  /** Decision on the last step, sts:AssumeRole on the role. A denial if `requires` is not empty. */
  readonly answer: Answer;
  /** ARNs of the roles to assume one after the other, ending with `roleArn`. */
  readonly chain: readonly string[];
  /**
   * Condition keys that the calls need in addition to the given context: sts:ExternalId, aws:MultiFactorAuthPresent …;
   * `roleSessionName`: the calling session must have a certain name.
   */
  readonly requires: readonly string[];
}

/** The result of a search. */
export interface AssumableRoles {
  readonly roles: readonly AssumableRole[];
  /** Facts about the subject or these roles that the directory does not know and that the search therefore left out. */
  readonly gaps: readonly string[];
  /** What the subject passes on to the sessions of all of them. */
  readonly carried: CarriedOn;
  readonly revision: Revision;
}

/** Greatest length of chains in a search. */
export const MAX_CHAIN = 4;

/** Greatest number of pairs of a session and a role that one search decides. */
const MAX_PAIRS = 1_000_000;

/** A position of a search: an identity that can still assume further roles. */
interface Step {
  readonly principal: PreparedPrincipal;
  readonly ref: PrincipalRef;
  readonly carried: CarriedOn;
  readonly chain: readonly string[];
  readonly requires: readonly string[];
}

/**
 * The roles that the subject can assume directly, or by chains of up to `maxDepth` roles (1 to 4). Roles that need no
 * additional condition keys come first, then by length of the chain and ARN. All are decided on one revision. Roles that the
 * subject could assume if the call had additional condition keys are listed with those keys.
 */
export async function assumableRoles(
  tools: DecideTools,
  subject: Subject,
  options: { readonly maxDepth: number; readonly context: RequestContext; readonly path: string },
  now: number,
): Promise<AssumableRoles> {
  const { maxDepth } = options;
  if (!Number.isInteger(maxDepth) || maxDepth < 1 || maxDepth > MAX_CHAIN) {
    const field = options.path === '' ? 'maxDepth' : `${options.path}.maxDepth`;
    throw new InvalidInput(field, `${maxDepth} is not a valid length of a chain: expected 1 to ${MAX_CHAIN}`);
  }
  const work = tools.work ?? new Work();
  return onOneRevision(async (check) => {
    const index = await tools.directory.principals();
    const search = new Search(tools, options.context, now);
    let steps = await search.start(subject, options.path, check);
    for (let depth = 1; depth <= maxDepth && steps.length > 0; depth += 1) {
      const next: Step[] = [];
      for await (const { arns, from } of index === null
        ? all(steps, tools, work)
        : trusting(steps, index, search, work, check)) {
        await work.turn();
        const request = { principals: [], roles: arns, resources: [], now, forSearch: true } as const;
        const gathered = await tools.directory.gather(request);
        check(gathered.revision);
        for (const step of from) {
          for (const arn of arns) {
            if (!search.couldImprove(step, arn)) continue;
            // One decision of many statements takes some milliseconds.
            if (work.isDue) await work.rest();
            const reached = search.expand(step, arn, gathered);
            if (reached !== null) next.push(reached);
          }
        }
      }
      // If a role was reached again in a better way, the search continues only from there.
      steps = next.filter((step) => search.isBest(step)).sort((a, b) => compareText(lastOf(a), lastOf(b)));
    }
    return search.found();
  });
}

/** Roles, and the steps from which they are tried. */
interface Tried {
  readonly arns: readonly string[];
  readonly from: readonly Step[];
}

/** All roles of the directory, from each step. */
async function* all(steps: readonly Step[], { directory }: DecideTools, work: Work): AsyncIterable<Tried> {
  for await (const arns of partsOfPages(pagesOf(directory, 'roleArns', work))) yield { arns, from: steps };
}

/** From each step the roles whose trust policy can mean it, and that it could reach in a better way than is known. */
async function* trusting(
  steps: readonly Step[],
  index: PrincipalIndex,
  search: Search,
  work: Work,
  check: (revision: bigint) => void,
): AsyncIterable<Tried> {
  for (const step of steps) {
    await work.turn();
    check(index.revision);
    const tried: string[] = [];
    for (const { arn } of index.rolesTrusting(step.principal.facts)) {
      if (search.couldImprove(step, arn)) tried.push(arn);
    }
    for (const arns of partsOf(tried.sort(compareText))) yield { arns, from: [step] };
  }
}

/** ARN of the role that was assumed last; empty: none was. */
function lastOf({ chain }: Step): string {
  return chain.at(-1) ?? '';
}

class Search {
  readonly #tools: DecideTools;
  readonly #context: RequestContext;
  /** The context with what follows from it. */
  #way: OnItsWay;
  #endpointGaps: readonly string[] = [];
  readonly #now: number;
  readonly #best = new Map<string, AssumableRole>();
  #pairs = 0;
  #gaps: readonly string[] = [];
  #carried: CarriedOn = { sourceIdentity: null, tags: {} };
  #revision: Revision = 0n;

  constructor(tools: DecideTools, context: RequestContext, now: number) {
    this.#tools = tools;
    this.#context = context;
    this.#way = { context };
    this.#now = now;
  }

  async start(subject: Subject, path: string, check: (revision: bigint) => void): Promise<readonly Step[]> {
    const question = { subject, path, context: this.#context };
    const gathered = await this.#tools.directory.gather({
      ...gatherForSubjects([question]),
      now: this.#now,
    });
    check(gathered.revision);
    const { principal } = subject;
    const context = withSourceOrganization(principal, this.#context, gathered);
    this.#way = throughEndpoint(principal, context, gathered);
    const { acting, gaps } = resolveSubject(question, gathered, this.#tools.actions, this.#now, this.#tools.veil);
    this.#endpointGaps = endpointGaps(principal, context, gathered);
    this.#gaps = gaps;
    this.#revision = gathered.revision;
    if (acting === null) return [];
    const inRole = subject.assumedRole;
    const ref: PrincipalRef = inRole === null ? subject.principal : roleRef(inRole);
    const record = inRole === null ? (subject.heldSession ?? gathered.session(ref)) : null;
    const identity = acting.facts.kind === 'roleSession' ? acting.facts.sourceIdentity : null;
    this.#carried = carriedOnBy(record, identity);
    return [{ principal: acting, ref, carried: this.#carried, chain: [], requires: [] }];
  }

  /** Whether a way through `step` into the role could be better than the one that is known. */
  couldImprove(step: Step, arn: string): boolean {
    const known = this.#best.get(arn);
    if (known === undefined) return !step.chain.includes(arn);
    const isShort = known.chain.length <= step.chain.length + 1;
    if (isShort && (known.requires.length === 0 || step.requires.length > 0)) return false;
    return !step.chain.includes(arn);
  }

  /** The step from `step` into the role; null: there is none, or a better one is known. Remembers the best way to each role. */
  expand(step: Step, arn: string, gathered: Gathered): Step | null {
    this.#pairs += 1;
    if (this.#pairs > MAX_PAIRS) {
      throw new RolegateError(
        'LimitExceeded',
        `more than ${MAX_PAIRS} pairs of sessions and roles: use a smaller \`maxDepth\``,
      );
    }
    const role = gathered.role(arn);
    if (role === null) return null;
    const found = this.#tryRole(step, role.value, [...role.gaps], gathered.revision);
    if (found === null || !this.#improves(found)) return null;
    this.#best.set(arn, found);
    return this.#stepInto(step, role.value, found);
  }

  isBest(step: Step): boolean {
    const arn = step.chain.at(-1);
    return arn !== undefined && this.#best.get(arn)?.chain === step.chain;
  }

  found(): AssumableRoles {
    const roles = [...this.#best.values()].sort(
      (a, b) =>
        Number(a.requires.length > 0) - Number(b.requires.length > 0) ||
        a.chain.length - b.chain.length ||
        compareText(a.roleArn, b.roleArn),
    );
    const gaps = new Set([...this.#gaps, ...roles.flatMap(({ answer }) => answer.gaps)]);
    return { roles, gaps: [...gaps], carried: this.#carried, revision: this.#revision };
  }

  #tryRole(step: Step, role: PreparedRole, gaps: readonly string[], revision: bigint): AssumableRole | null {
    const decision = this.#decide(step, role);
    const missing = decision.allowed ? [] : requirementsOf(decision);
    if (!decision.allowed && missing.length === 0) return null;
    const requires = decision.allowed ? step.requires : union(step.requires, missing);
    const unknown = decision.allowed ? this.#endpointGaps : [];
    const { arn } = role.facts;
    const question = {
      subject: { principal: step.ref, assumedRole: null, session: null },
      action: this.#tools.actions.assumeRole.name,
      resource: arn,
      resourceAccount: null,
      context: this.#way.context,
      path: '',
    };
    return {
      roleArn: arn,
      answer: { question, decision, gaps: [...gaps, ...unknown], revision },
      chain: [...step.chain, arn],
      requires,
    };
  }

  #decide(step: Step, role: PreparedRole): Decision {
    const { carried } = step;
    const { veil } = this.#tools;
    // Only the first step is taken as the caller itself.
    const seen = step.chain.length === 0 ? veil?.asItself : veil?.inRole;
    const call = { ...this.#way, now: this.#now, authority: 'directory' } as const;
    return decideAssumption(
      step.principal,
      seen === undefined ? role : { trust: seen.resource(role.trust) },
      {
        roleSessionName: null,
        externalId: null,
        sourceIdentity: carried.sourceIdentity,
        tags: {},
        transitiveTagKeys: [],
        inheritedTags: carried.tags,
        mfaAuthenticated: null,
      },
      seen?.request(call) ?? call,
      this.#tools.actions,
    );
  }

  #stepInto(step: Step, role: PreparedRole, found: AssumableRole): Step {
    const principal = roleSession(role, {
      sessionName: null,
      tags: step.carried.tags,
      sourceIdentity: step.carried.sourceIdentity,
      issuedAt: null,
      sessionPolicies: null,
    });
    return {
      principal: this.#tools.veil?.inRole.principal(principal) ?? principal,
      ref: roleRef(found.roleArn),
      carried: step.carried,
      chain: found.chain,
      requires: found.requires,
    };
  }

  /** A way without conditions is better than one with conditions; otherwise the shorter way is better. */
  #improves(way: AssumableRole): boolean {
    const known = this.#best.get(way.roleArn);
    if (known === undefined) return true;
    const conditions = Number(way.requires.length > 0) - Number(known.requires.length > 0);
    return conditions < 0 || (conditions === 0 && way.chain.length < known.chain.length);
  }
}

/** What the call must contain; a required session name is expressed by its key. */
function requirementsOf({ missingContextKeys, requires }: Decision): readonly string[] {
  const named = missingContextKeys.some((key) => key.toLowerCase() === 'sts:rolesessionname');
  return named ? missingContextKeys : [...missingContextKeys, ...requires];
}

export function roleRef(arn: string): PrincipalRef {
  const ref = parsePrincipalRef(arn);
  if (ref === null) throw new Error(`the directory holds a role with an invalid ARN: ${arn}`);
  return ref;
}

function union(some: readonly string[], others: readonly string[]): readonly string[] {
  return [...new Set([...some, ...others])].sort(compareText);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
