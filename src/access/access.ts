import type { Catalog } from '../catalog/catalog.ts';
import type { Directory, Gathered, Revision } from '../directory/directory.ts';
import type { RequestContext } from '../evaluation/request.ts';
import type { Veil } from '../evaluation/veil.ts';
import type { RolegateError } from '../policy/errors.ts';
import type { Steps } from '../policy/steps.ts';
import { type AccessRoute, accessRoutes, type Need, type RouteOptions } from './access-routes.ts';
import { type AssumableRole, type AssumableRoles, assumableRoles } from './assumable-roles.ts';
import { type AssumptionActions, assumptionActions } from './assume.ts';
import { checkQuestionCount } from './check-question.ts';
import { type AccessComparison, type ComparisonOptions, compareAccess } from './compare-access.ts';
import { type Answers, allowedAmong, type DecideTools, decide, decideEach, gatherFor } from './decide.ts';
import type { EffectivePermissions } from './effective-permissions.ts';
import { escalationPaths } from './escalation/escalation-paths.ts';
import type { EscalationOptions, EscalationPaths } from './escalation/paths.ts';
import { directoryFindings, type Findings, type FindingsAsked } from './findings/directory-findings.ts';
import { namesAction } from './names-action.ts';
import { onOneCatalog } from './one-catalog.ts';
import { isAboutPattern } from './pattern-questions.ts';
import {
  type AccessCheck,
  type CheckTools,
  type Comparison,
  checkAccessNotGranted,
  checkNoPublicAccess,
  comparePolicies,
  type PublicCheck,
} from './policy-checks/checks.ts';
import type { GrantOutcome } from './policy-checks/outcome.ts';
import type { Answer, OpenQuestion, Question, Subject } from './question.ts';
import { type Simulation, simulate, simulationSteps } from './simulate.ts';
import type { Waiting } from './together.ts';
import { type Watched, watchEach } from './watch.ts';
import { whoCan } from './who-can.ts';
import type { WhoCan, WhoCanOptions } from './who-can-answer.ts';
import { type OpenActions, type WhoCanAny, type WhoCanAnyList, whoCanAny } from './who-can-any.ts';
import { Work } from './work.ts';
import { effectivePermissions } from './work-out-permissions.ts';

/** The questions. One evaluator answers all of them, so that answers cannot contradict each other. `now`: ms since 1970. */
export interface Access {
  /** The catalogue's entries of the actions for which sts:AssumeRole needs permission. */
  readonly assumptionActions: AssumptionActions;
  /** Whether a pattern, as in the Action of a policy, names at least one action of the catalogue. */
  namesAction(pattern: string): boolean;
  /**
   * Answers in the order of the questions, all on one revision; at most 10,000. All or nothing: throws a RolegateError with
   * the place of the first question that could not be answered.
   */
  decide(questions: readonly Question[], now: number): Promise<readonly Answer[]>;
  /**
   * Like `decide`, but a question that cannot be answered has its error in its place. Unlimited: the caller sets the limit. Returns
   * the answers themselves if everything is in memory. `waiting`: how to wait for what is not; left out: alone.
   */
  decideEach(questions: readonly Question[], now: number, waiting?: Waiting): Answers | Promise<Answers>;
  /** Whether a question is about all resources that a pattern matches. */
  isAboutPattern(question: Question): boolean;
  /**
   * On which of `resources` the subject of `question` may do what it asks, in their order and on one revision. Null: it cannot be
   * said of all of them, and `decideEach` says why.
   */
  allowedAmong(
    question: Question,
    resources: readonly string[],
    now: number,
    waiting?: Waiting,
  ): readonly boolean[] | null | Promise<readonly boolean[] | null>;
  /** Brings what questions need into memory, and returns it, of one revision. `since`: any state that is no older is good enough. */
  load(questions: readonly Question[], now: number, since?: Revision): Promise<Gathered>;
  /** For each question, which changes can touch its answer. `since`: the revision of the answers. */
  watchEach(questions: readonly Question[], now: number, since: Revision): Promise<readonly Watched[]>;
  /** Decides on the policies given with the question; the directory is not read. */
  simulate(simulation: Simulation, now: number): readonly Answer[];
  /** Like `simulate`, in turns with others; a request that cannot be decided has its error in its place. */
  simulateEach(simulation: Simulation, now: number): Promise<readonly (Answer | RolegateError)[]>;
  /** Whether a document grants more than another one, or what it must not; the directory is not read: see policy-checks/checks.ts. */
  comparePolicies(comparison: Comparison, now: number): Promise<GrantOutcome>;
  checkAccessNotGranted(check: AccessCheck, now: number): Promise<GrantOutcome>;
  checkNoPublicAccess(check: PublicCheck, now: number): Promise<GrantOutcome>;
  /** Roles that the subject can assume now, or with additional condition keys. */
  assumableRoles(subject: Subject, options: AssumableRolesOptions, now: number): Promise<readonly AssumableRole[]>;
  /** The same, with the revision on which they were found, and the gaps. */
  searchRoles(subject: Subject, options: AssumableRolesOptions, now: number): Promise<AssumableRoles>;
  /**
   * A page of the users and roles that may do what is asked, and the outsiders that the policy of the resource lets in. Options
   * left out: the first page, all principals, without those that are allowed only under conditions.
   */
  whoCan(
    question: OpenQuestion,
    options: Pick<WhoCanOptions, 'limit'> & Partial<WhoCanOptions>,
    now: number,
  ): Promise<WhoCan>;
  /** The same for several actions, or all that the resource's type takes: those that may do one of them. */
  whoCanAny(question: OpenActions, options: WhoCanAnyOptions, now: number): Promise<WhoCanAny>;
  /**
   * Everything that the subject may do, in closed form, in its role if it has assumed one. `assumeContextKeys`: as in a
   * Question.
   */
  effectivePermissions(
    subject: Subject,
    context: RequestContext,
    now: number,
    assumeContextKeys?: boolean,
  ): Promise<EffectivePermissions>;
  /** Compares what the subject may do as itself and in its role, action by action. */
  compareAccess(
    subject: Subject & { readonly assumedRole: string },
    options: ComparisonOptions,
    now: number,
  ): Promise<AccessComparison>;
  /** What is found in policies that somebody should look at, with what proves it. */
  findings(asked: FindingsAsked, now: number): Promise<Findings>;
  /** The same questions for a caller from whom something is hidden. */
  behind(veil: Veil): Access;
  /** The same questions as the work of one request, which sees to it that they take turns and have an end. */
  during(work: Work): Access;
  /** The ways to meet all needs at the same time, best first. Options left out: with one role at most. */
  accessRoutes(
    subject: Subject,
    needs: readonly Need[],
    options: Partial<RouteOptions>,
    now: number,
  ): Promise<readonly AccessRoute[]>;
  /** The ways by which users and roles come to permissions that they do not have, the shortest first. */
  escalationPaths(options: EscalationOptions, now: number): Promise<EscalationPaths>;
}

/** Options of a search for principals that may do one of several actions. Left out: as of `whoCan`. */
type WhoCanAnyOptions = Pick<WhoCanOptions, 'limit'> &
  Partial<Omit<WhoCanOptions, 'list'>> & { readonly list?: WhoCanAnyList | null };

/** Options of a search for roles. Left out: one role, an empty context, no field before `maxDepth` in errors. */
export interface AssumableRolesOptions {
  readonly maxDepth?: number;
  readonly context?: RequestContext;
  readonly path?: string;
}

/** The questions on `directory`, with the actions of `catalog`. */
export function createAccess(directory: Directory, catalog: Catalog): Access {
  return new AccessWith({ directory, catalog, actions: assumptionActions(catalog) });
}

/** One is made for each request, so that its methods are those of all of them. */
class AccessWith implements Access {
  readonly #tools: DecideTools;

  constructor(tools: DecideTools) {
    this.#tools = tools;
  }

  behind(veil: Veil): Access {
    return new AccessWith({ ...this.#tools, veil });
  }

  during(work: Work): Access {
    return new AccessWith({ ...this.#tools, work });
  }

  get assumptionActions(): AssumptionActions {
    return this.#tools.actions;
  }

  namesAction(pattern: string): boolean {
    return namesAction(this.#tools.catalog, pattern);
  }

  async decide(questions: readonly Question[], now: number): Promise<readonly Answer[]> {
    checkQuestionCount(questions.length, listField(questions));
    return onOneCatalog(this.#tools, (tools) => decide(tools, questions, now));
  }

  decideEach(questions: readonly Question[], now: number, waiting?: Waiting): Answers | Promise<Answers> {
    return decideEach(this.#tools, questions, now, waiting);
  }

  isAboutPattern(question: Question): boolean {
    return isAboutPattern(question, this.#tools.catalog);
  }

  allowedAmong(...asked: Asked<'allowedAmong'>): ReturnType<Access['allowedAmong']> {
    return allowedAmong(this.#tools, ...asked);
  }

  load(...asked: Asked<'load'>): Promise<Gathered> {
    return gatherFor(this.#tools, ...asked);
  }

  watchEach(...asked: Asked<'watchEach'>): Promise<readonly Watched[]> {
    return watchEach(this.#tools, ...asked);
  }

  simulate(simulation: Simulation, now: number): readonly Answer[] {
    return simulate(this.#tools.catalog, simulation, now);
  }

  async simulateEach(simulation: Simulation, now: number): Promise<readonly (Answer | RolegateError)[]> {
    const { catalog, work = new Work() } = this.#tools;
    return work.run(simulationSteps(catalog, simulation, now));
  }

  comparePolicies(comparison: Comparison, now: number): Promise<GrantOutcome> {
    return this.#check((tools) => comparePolicies(tools, comparison), now);
  }

  checkAccessNotGranted(check: AccessCheck, now: number): Promise<GrantOutcome> {
    return this.#check((tools) => checkAccessNotGranted(tools, check), now);
  }

  checkNoPublicAccess(check: PublicCheck, now: number): Promise<GrantOutcome> {
    return this.#check((tools) => checkNoPublicAccess(tools, check), now);
  }

  async #check(steps: (tools: CheckTools) => Steps<GrantOutcome>, now: number): Promise<GrantOutcome> {
    const { catalog, work = new Work() } = this.#tools;
    return work.run(steps({ catalog: catalog.now, now }));
  }

  async assumableRoles(...asked: Asked<'assumableRoles'>): Promise<readonly AssumableRole[]> {
    return (await this.searchRoles(...asked)).roles;
  }

  searchRoles(subject: Subject, options: AssumableRolesOptions, now: number): Promise<AssumableRoles> {
    const { maxDepth = 1, context = new Map(), path = '' } = options;
    return onOneCatalog(this.#tools, (tools) => assumableRoles(tools, subject, { maxDepth, context, path }, now));
  }

  whoCan(...[question, options, now]: Asked<'whoCan'>): Promise<WhoCan> {
    const all = { after: null, scope: null, conditional: false, ...options };
    return onOneCatalog(this.#tools, (tools) => whoCan(tools, question, all, now));
  }

  whoCanAny(...[question, options, now]: Asked<'whoCanAny'>): Promise<WhoCanAny> {
    const all = { after: null, scope: null, conditional: false, ...options };
    return onOneCatalog(this.#tools, (tools) => whoCanAny(tools, question, all, now));
  }

  findings(...[asked, now]: Asked<'findings'>): Promise<Findings> {
    return onOneCatalog(this.#tools, (tools) => directoryFindings(tools, asked, now));
  }

  effectivePermissions(...asked: Asked<'effectivePermissions'>): Promise<EffectivePermissions> {
    return effectivePermissions(this.#tools, ...asked);
  }

  compareAccess(...asked: Asked<'compareAccess'>): Promise<AccessComparison> {
    return compareAccess(this.#tools, ...asked);
  }

  accessRoutes(...[subject, needs, options, now]: Asked<'accessRoutes'>): Promise<readonly AccessRoute[]> {
    const all = { maxDepth: 1, ...options };
    return onOneCatalog(this.#tools, (tools) => accessRoutes(tools, subject, needs, all, now));
  }

  escalationPaths(...asked: Asked<'escalationPaths'>): Promise<EscalationPaths> {
    return onOneCatalog(this.#tools, (tools) => escalationPaths(tools, ...asked));
  }
}

/** The arguments of one of the questions. */
type Asked<Name extends keyof Access> = Parameters<Extract<Access[Name], (...args: never) => unknown>>;

/** The name of the list that contains the questions: `requests` of `requests[0]`. */
function listField(questions: readonly Question[]): string {
  const [list = ''] = (questions[0]?.path ?? '').split('[', 1);
  return list === '' ? 'requests' : list;
}
