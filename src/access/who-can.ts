import type { Revision } from '../directory/directory.ts';
import type { PreparedResource } from '../evaluation/prepare.ts';
import type { Veil } from '../evaluation/veil.ts';
import type { RolegateError } from '../policy/errors.ts';
import type { JsonObject } from '../policy/json.ts';
import type { PrincipalRef } from '../policy/principal-id.ts';
import { checkAction } from './check-action.ts';
import type { DecideTools } from './decide.ts';
import { checkNamesResource } from './every-resource.ts';
import { type Outsider, type Outsiders, outsidersOf } from './outsiders.ts';
import { type Answer, fieldOf, type OpenQuestion, type Question } from './question.ts';
import { onOneRevision } from './scan.ts';
import { type Listed, listByClass, pageByClass } from './who-can-classes.ts';
import { type FoundPrincipals, scanPrincipals } from './who-can-scan.ts';
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
  /** What all pages have in common, for the next one; null: each page is found by itself. */
  readonly list: WhoCanList | null;
}

/** Everything that a search has found, without the decisions on its entries. */
export interface WhoCanList {
  readonly listed: Listed;
  readonly outside: Outsiders;
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
  /** What was found for the same search, whose revision may have passed; null, or left out: nothing. */
  readonly list?: WhoCanList | null;
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
  const { tools, options, check } = asked;
  const known = options.list ?? null;
  if (known !== null && (await tools.directory.revision()) === known.revision) {
    check(known.revision);
    const found = await pageByClass(asked, known.listed);
    if (found !== null) return answerOf(asked, found, known, known);
  }
  const index = await tools.directory.principals();
  const { resource, gaps: resourceGaps, revision } = await asked.lookUpResource();
  const listed = index === null ? null : await listByClass(asked, index, resource);
  const found = listed === null ? await scanPrincipals(asked) : await pageByClass(asked, listed);
  // INVARIANT: decisions are the same for all of a class.
  if (found === null) throw new Error('one of a class of principals is unlike the others');
  const outside = await outsidersIn(asked, resource, found.accounts);
  check(await tools.directory.revision());
  const facts = { outside, resourceGaps, revision };
  return answerOf(asked, found, facts, listed === null ? null : { ...facts, listed });
}

function outsidersIn(
  { tools, question, action, options: { conditional }, now, check }: WhoCanSearch,
  resource: PreparedResource,
  accounts: ReadonlySet<string>,
): Promise<Outsiders> {
  return outsidersOf(tools, { question, action, resource, conditional, accounts }, now, check);
}

function answerOf(
  { options }: WhoCanSearch,
  { page, beside }: FoundPrincipals,
  { outside, resourceGaps, revision }: Omit<WhoCanList, 'listed'>,
  list: WhoCanList | null,
): WhoCan {
  return {
    ...page,
    outsiders: outside.outsiders,
    gaps: beside.gaps(outside.gaps, options.conditional),
    resourceGaps: [...new Set([...resourceGaps, ...beside.resourceGaps])],
    revision,
    list,
  };
}
