import type { AccessComparison } from '../analysis/compare.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { Directory } from '../directory/directory.ts';
import type { RequestContext } from '../evaluation/request.ts';
import type { RolegateError } from '../policy/errors.ts';
import { type AccessRoute, accessRoutes, type Need } from './access-routes.ts';
import { type AssumableRole, type AssumableRoles, assumableRoles } from './assumable-roles.ts';
import { type AssumptionActions, assumptionActions } from './assume.ts';
import { checkQuestionCount } from './check-question.ts';
import { compareAccess } from './compare-access.ts';
import { type DecideTools, decide, decideEach, decideNow } from './decide.ts';
import { type EffectivePermissions, effectivePermissions } from './effective-permissions.ts';
import type { PermissionFilter } from './effective-permissions-filter.ts';
import { namesAction } from './names-action.ts';
import type { Answer, OpenQuestion, Question, Subject } from './question.ts';
import { type Simulation, simulate, simulateEach } from './simulate.ts';
import { type WhoCan, type WhoCanOptions, whoCan } from './who-can.ts';
import type { Work } from './work.ts';

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
   * Like `decide`, but a question that cannot be answered has its error in its place. Unlimited: the caller sets the
   * limit.
   */
  decideEach(questions: readonly Question[], now: number): Promise<readonly (Answer | RolegateError)[]>;
  /** Like `decideEach`, without waiting; null: it cannot be decided from memory. */
  decideNow(questions: readonly Question[], now: number): readonly (Answer | RolegateError)[] | null;
  /** Decides on the policies given with the question; the directory is not read. */
  simulate(simulation: Simulation, now: number): readonly Answer[];
  /** Like `simulate`, but a request that cannot be decided has its error in its place. */
  simulateEach(simulation: Simulation, now: number): readonly (Answer | RolegateError)[];
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
    options: {
      readonly filter?: PermissionFilter | null;
      readonly context?: RequestContext;
      readonly assumeContextKeys?: boolean;
    },
    now: number,
  ): Promise<AccessComparison>;
  /** The same questions as the work of one request, which sees to it that they take turns and have an end. */
  during(work: Work): Access;
  /** The ways to meet all needs at the same time, best first. */
  accessRoutes(subject: Subject, needs: readonly Need[], now: number): Promise<readonly AccessRoute[]>;
}

/** Options of a search for roles. Left out: one role, an empty context, no field before `maxDepth` in errors. */
export interface AssumableRolesOptions {
  readonly maxDepth?: number;
  readonly context?: RequestContext;
  readonly path?: string;
}

/** The questions on `directory`, with the actions of `catalog`. */
export function createAccess(directory: Directory, catalog: Catalog): Access {
  return accessWith({ directory, catalog, actions: assumptionActions(catalog) });
}

function accessWith(tools: DecideTools): Access {
  const { catalog } = tools;
  const searchRoles: Access['searchRoles'] = (subject, { maxDepth = 1, context = new Map(), path = '' }, now) =>
    assumableRoles(tools, subject, { maxDepth, context, path }, now);
  return {
    during: (work) => accessWith({ ...tools, work }),
    assumptionActions: tools.actions,
    namesAction: (pattern) => namesAction(catalog, pattern),
    async decide(questions, now) {
      checkQuestionCount(questions.length, listField(questions));
      return decide(tools, questions, now);
    },
    decideEach: (questions, now) => decideEach(tools, questions, now),
    decideNow: (questions, now) => decideNow(tools, questions, now),
    simulate: (simulation, now) => simulate(catalog, simulation, now),
    simulateEach: (simulation, now) => simulateEach(catalog, simulation, now),
    assumableRoles: async (...search) => (await searchRoles(...search)).roles,
    searchRoles,
    whoCan: (question, options, now) =>
      whoCan(tools, question, { after: null, scope: null, conditional: false, ...options }, now),
    effectivePermissions: (subject, context, now, assumeContextKeys) =>
      effectivePermissions(tools, subject, context, now, assumeContextKeys),
    compareAccess: (subject, options, now) => compareAccess(tools, subject, options, now),
    accessRoutes: (subject, needs, now) => accessRoutes(tools, subject, needs, now),
  };
}

/** The name of the list that contains the questions: `requests` of `requests[0]`. */
function listField(questions: readonly Question[]): string {
  const [list = ''] = (questions[0]?.path ?? '').split('[', 1);
  return list === '' ? 'requests' : list;
}
