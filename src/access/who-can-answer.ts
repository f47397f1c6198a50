import type { Revision } from '../directory/directory.ts';
import type { IndexedPrincipal } from '../directory/principals/indexed-principals.ts';
import type { Veil } from '../evaluation/veil.ts';
import type { RolegateError } from '../policy/errors.ts';
import type { JsonObject } from '../policy/json.ts';
import type { PrincipalRef } from '../policy/principal-id.ts';
import type { Outsider, Outsiders } from './outsiders.ts';
import type { Answer, Question } from './question.ts';
import type { Beside, Wanted } from './who-can-found.ts';

/** Somebody may do one action. */
export interface ActionAccess {
  readonly answer: Answer;
  /** IAM condition blocks that must all hold for it; none: it is allowed. */
  readonly conditions: readonly JsonObject[];
}

/** A principal that may do what is asked, or the first of it. */
export interface PrincipalAccess extends ActionAccess {
  /** Of several actions those that it may do. Left out: one was asked about. */
  readonly actions?: readonly ActionAccess[];
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

export interface WhoCanOptions extends Wanted {
  /** The ARN after which the page starts; null: the first page. */
  readonly after: string | null;
  readonly limit: number;
  /** Null: all principals. */
  readonly scope: WhoCanScope | null;
  /** What was found for the same search, whose revision may have passed; null, or left out: nothing. */
  readonly list?: WhoCanList | null;
}

/** The principals that the answer lists, and what it says beside. */
export interface Listed {
  /** Users before roles, each in the order of their ARNs. */
  readonly principals: readonly IndexedPrincipal[];
  readonly beside: Beside;
  readonly accounts: ReadonlySet<string>;
}

/** The part of the answer that is about principals of the directory. */
export interface FoundPrincipals {
  readonly page: { readonly total: number; readonly before: number; readonly entries: readonly PrincipalAccess[] };
  readonly beside: Beside;
  /** The accounts that were searched. */
  readonly accounts: ReadonlySet<string>;
}
