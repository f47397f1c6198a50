import type { Revision } from '../directory/directory.ts';
import type { KeySessionRecord } from '../directory/stores/key-session-store.ts';
import type { RoleSessionRecord } from '../directory/stores/session-store.ts';
import type { Decision } from '../evaluation/decision.ts';
import type { RequestContext } from '../evaluation/request.ts';
import type { PrincipalRef } from '../policy/principal-id.ts';

/** A hypothetical role session, as assuming the role with these arguments would make it. */
export interface HypotheticalSession {
  readonly roleSessionName?: string;
  /** JSON texts. */
  readonly sessionPolicies?: readonly string[];
  readonly sessionPolicyArns?: readonly string[];
  readonly tags?: Readonly<Record<string, string>>;
  readonly transitiveTagKeys?: readonly string[];
  readonly externalId?: string;
  readonly sourceIdentity?: string;
  readonly mfaAuthenticated?: boolean;
}

/** The subject of a question: a principal, as itself or in a role. */
export interface Subject {
  readonly principal: PrincipalRef;
  /**
   * The session that asks, if `principal` is a role session and the session is known: two live sessions may have the same
   * ARN and differ in their session policies. Left out: the newest live session with that ARN.
   */
  readonly heldSession?: RoleSessionRecord | null;
  /**
   * The temporary credentials or the sign-in that ask, if `principal` acts as itself and not with its long-term key: their
   * limits and their time of issue affect the decision. Left out: the long-term key.
   */
  readonly heldKeySession?: KeySessionRecord | null;
  /** ARN of a role. */
  readonly assumedRole: string | null;
  readonly session: HypotheticalSession | null;
  /**
   * Whether the caller may not know if the role exists: a role that does not exist is then answered like one that trusts
   * nobody, and `Answer.roleIsAbsent` is set. Left out: NOT_FOUND.
   */
  readonly roleConcealed?: boolean;
  /** `principal` is a role that was assumed on the way, and its session has this from the ones before it. Left out: it begins here. */
  readonly onTheWay?: CarriedOn;
}

/** Values that a role session passes on to sessions chained from it. */
export interface CarriedOn {
  readonly sourceIdentity: string | null;
  readonly tags: Readonly<Record<string, string>>;
}

/** The inputs of a question, as errors name them. */
export type QuestionField =
  | 'principal'
  | 'assumedRole'
  | 'session'
  | 'action'
  | 'resource'
  | 'furtherResources'
  | 'resourceAccount'
  | 'context';

/** May `subject` do `action` on `resource`? */
export interface Question {
  readonly subject: Subject;
  /** service:Action */
  readonly action: string;
  /** An ARN, or `*`. */
  readonly resource: string;
  /** Whether `*` and `?` in `resource` are wildcards; the answer then has a coverage. Left out: they are literal. */
  readonly resourceIsPattern?: boolean;
  /** Other resources of the same call (ec2:RunInstances): all must be allowed, the most restrictive decision counts. */
  readonly furtherResources?: readonly string[];
  /** Owner of the resource, if its ARN names no account and the directory does not hold it. */
  readonly resourceAccount: string | null;
  readonly context: RequestContext;
  /** False: keys that every request has and `context` does not give are missing. Left out: they are assumed, see evaluation/call-keys.ts. */
  readonly assumeContextKeys?: boolean;
  /**
   * True: `aws:ResourceTag/k` of `context` counts for every resource whose tags the directory does not hold, also for objects of
   * S3: an enforcement point names what it protects by ARNs of its own choice, and says itself which properties it has. Left out:
   * as at AWS, where objects have no such tags.
   */
  readonly tagsAsGiven?: boolean;
  /**
   * True: of its answer nobody reads more than the effect, the layer that denied and the revision. One answer then stands for all with
   * the same ones: in a long list they cost as much as deciding. Left out: everything may be read.
   */
  readonly effectAlone?: boolean;
  /** Its place in the client's request, for errors: `requests[3]`, `request` …; empty: its fields are arguments. */
  readonly path: string;
  /** Names of inputs that were given elsewhere: `{ principal: 'principal', resource: 'resources[3]' }`. */
  readonly fields?: Readonly<Partial<Record<QuestionField, string>>>;
}

/** What the entries of a list of questions have in common. */
export interface QuestionList {
  /** As the client wrote it. */
  readonly name: string;
  /** Names of inputs that are given beside the list. Left out: all are in its entries. */
  readonly fields?: Readonly<Partial<Record<QuestionField, string>>>;
  /** Given beside the list, for all of them. Left out: each has its own. */
  readonly context?: RequestContext;
  readonly assumeContextKeys?: boolean;
  /** As in a question. */
  readonly effectAlone?: boolean;
}

/** An entry as a client gives it. */
interface GivenEntry {
  readonly action: string;
  readonly resource: string;
  readonly resourceIsPattern?: boolean | null | undefined;
  readonly furtherResources?: readonly string[] | null | undefined;
  readonly resourceAccount?: string | null | undefined;
  readonly context?: RequestContext | null | undefined;
  readonly assumeContextKeys?: boolean | null | undefined;
}

export const NO_RESOURCES: readonly string[] = [];
export const NO_CONTEXT: RequestContext = new Map();
const IN_ITS_ENTRY: Readonly<Partial<Record<QuestionField, string>>> = {};

/**
 * An entry of a list of questions. Its place becomes a text only when an error names it. INVARIANT: copies are made by
 * `withSubject` or name `path`, because spreading leaves it out.
 */
export class ListedQuestion implements Question {
  // `declare`: without it each field is first defined as undefined.
  declare readonly subject: Subject;
  declare readonly action: string;
  declare readonly resource: string;
  declare readonly resourceIsPattern: boolean;
  declare readonly furtherResources: readonly string[];
  declare readonly resourceAccount: string | null;
  declare readonly context: RequestContext;
  declare readonly assumeContextKeys: boolean;
  declare readonly fields: Readonly<Partial<Record<QuestionField, string>>>;
  declare private readonly list: QuestionList;
  declare private readonly index: number;

  constructor(
    subject: Subject,
    given: GivenEntry,
    list: QuestionList,
    index: number,
    resourceIsPattern: boolean = given.resourceIsPattern === true,
  ) {
    this.subject = subject;
    this.action = given.action;
    this.resource = given.resource;
    this.resourceIsPattern = resourceIsPattern;
    this.furtherResources = given.furtherResources ?? NO_RESOURCES;
    this.resourceAccount = given.resourceAccount ?? null;
    this.context = list.context ?? given.context ?? NO_CONTEXT;
    this.assumeContextKeys = list.assumeContextKeys ?? given.assumeContextKeys ?? true;
    this.fields = list.fields ?? IN_ITS_ENTRY;
    this.list = list;
    this.index = index;
  }

  get path(): string {
    return `${this.list.name}[${this.index}]`;
  }

  get effectAlone(): boolean {
    return this.list.effectAlone === true;
  }

  about(subject: Subject): ListedQuestion {
    return new ListedQuestion(subject, this, this.list, this.index);
  }
}

/** The same question about somebody else. */
export function withSubject(question: Question, subject: Subject): Question {
  return question instanceof ListedQuestion ? question.about(subject) : { ...question, subject };
}

/** A question that leaves the principal open. */
export type OpenQuestion = Omit<Question, 'subject'>;

/**
 * How much of a pattern is allowed, of the resources that the action can be asked on. SOME is also the answer if it is not known
 * whether all or none is allowed; `gaps` then says so.
 */
export type Coverage = 'ALL' | 'SOME' | 'NONE';

export interface Answer {
  readonly question: Question;
  readonly decision: Decision;
  /** Set for a question about a pattern. */
  readonly coverage?: Coverage | null;
  readonly gaps: readonly string[];
  /** The entries of `gaps` that are about the resource and its account. Left out: none. */
  readonly resourceGaps?: readonly string[];
  /** The decision is on assuming the role, which the subject may not: it acts as itself. Left out: it is on what was asked. */
  readonly onAssumption?: true;
  /** The assumed role does not exist; set only if the question conceals that. */
  readonly roleIsAbsent?: true;
  readonly revision: Revision;
}

/** The name of one of a question's inputs as the client wrote it: `requests[3].action`. */
export function fieldOf(question: Pick<Question, 'path' | 'fields'>, field: QuestionField): string {
  const elsewhere = question.fields?.[field];
  if (elsewhere !== undefined) return elsewhere;
  return question.path === '' ? field : `${question.path}.${field}`;
}
