import type { Revision } from '../directory/directory.ts';
import type { Veil } from '../evaluation/veil.ts';
import type { RolegateError } from '../policy/errors.ts';
import type { JsonObject } from '../policy/json.ts';
import type { PrincipalRef } from '../policy/principal-id.ts';
import { checkAction } from './check-action.ts';
import type { DecideTools } from './decide.ts';
import { checkNamesResource } from './every-resource.ts';
import { type Outsider, outsidersOf } from './outsiders.ts';
import { type Answer, fieldOf, type OpenQuestion, type Question } from './question.ts';
import { onOneRevision } from './scan.ts';
import { listByClass, pageByClass } from './who-can-classes.ts';
import { scanPrincipals } from './who-can-scan.ts';
import { WhoCanSearch } from './who-can-search.ts';
import { Work } from './work.ts';

/** A principal that may do what is asked. */
export interface PrincipalAccess {
  readonly answer: Answer;
  /** IAM condition blocks that must all hold for it; none: it is allowed. */
  readonly conditions: readonly JsonObject[];
}

/** A page of the principals that may do what is asked, users before roles, each in the order of their ARNs. */
export interface WhoCan {
  /** Total number of principals. */
  readonly total: number;
  /** Number of principals before `entries`. */
  readonly before: number;
  /** The requested page: at most `limit`, after `after`. */
  readonly entries: readonly PrincipalAccess[];
  readonly outsiders: readonly Outsider[];
  /** Facts about the principals that the directory does not know, and limits of the list. */
  readonly gaps: readonly string[];
  /** Facts about the resource and its account that the directory does not know. */
  readonly resourceGaps: readonly string[];
  readonly revision: Revision;
}

/** The principals that the answer may include. */
export interface WhoCanScope {
  /** Ids of the accounts to search, in their order; null: all. */
  readonly accounts: readonly string[] | null;
  /** ARN of the principal that asks, to which it may not be answered as about others. Left out: it is none of those that are listed. */
  readonly itself?: string;
  /** Whether the answer may include each of the principals, in their order. */
  readonly visible: (principals: readonly PrincipalRef[]) => Promise<readonly boolean[]>;
  /** The veils through which principals are asked about; `decide` may be called more than once. Left out: there are none. */
  readonly behind?: (
    questions: readonly Question[],
    decide: (questions: readonly Question[], veil: Veil | null) => Promise<readonly (Answer | RolegateError)[]>,
  ) => Promise<readonly (Answer | RolegateError)[]>;
}

export interface WhoCanOptions {
  /** The ARN after which the page starts; null: the first page. */
  readonly after: string | null;
  readonly limit: number;
  /** Null: all principals. */
  readonly scope: WhoCanScope | null;
  /** Whether to include principals that are allowed only under conditions that the question leaves open. */
  readonly conditional: boolean;
}

/**
 * Every user and role of the directory that may do what is asked, and the outsiders that the policy of the resource lets in, all
 * decided on one revision: one decision for all principals for which policies say the same (`principal-classes.ts`), and one of its
 * own for each entry of the page. Where the directory holds no index of its principals, each is decided. A role stands for a session
 * of it whose name is not known. Throws BAD_USER_INPUT if the owner of the resource is not known.
 */
export async function whoCan(
  tools: DecideTools,
  question: OpenQuestion,
  options: WhoCanOptions,
  now: number,
): Promise<WhoCan> {
  const action = checkAction(tools.catalog, question.action, fieldOf(question, 'action'));
  checkNamesResource(action, question.resource, fieldOf(question, 'resource'));
  const work = tools.work ?? new Work();
  return onOneRevision((check) => search(new WhoCanSearch({ ...tools, work }, question, action, options, now, check)));
}

async function search(asked: WhoCanSearch): Promise<WhoCan> {
  const { tools, question, action, options, now, check } = asked;
  const { conditional } = options;
  const index = await tools.directory.principals();
  const { resource, gaps: resourceGaps, revision } = await asked.lookUpResource();
  const found =
    index === null ? await scanPrincipals(asked) : await pageByClass(asked, await listByClass(asked, index, resource));
  const { page, beside, accounts } = found;
  const outside = await outsidersOf(tools, { question, action, resource, conditional, accounts }, now, check);
  check(await tools.directory.revision());
  return {
    ...page,
    outsiders: outside.outsiders,
    gaps: beside.gaps(outside.gaps, conditional),
    resourceGaps: [...new Set([...resourceGaps, ...beside.resourceGaps])],
    revision,
  };
}
