import type { CatalogAction } from '../catalog/catalog.ts';
import type { Revision } from '../directory/directory.ts';
import type { PreparedResource } from '../evaluation/prepare.ts';
import type { Veil } from '../evaluation/veil.ts';
import { parseArn } from '../policy/arn.ts';
import { InvalidInput, RolegateError } from '../policy/errors.ts';
import type { JsonObject } from '../policy/json.ts';
import { type PrincipalRef, parsePrincipalRef, principalIdOf } from '../policy/principal-id.ts';
import { checkAction } from './check-action.ts';
import { conditionsFor } from './conditional.ts';
import { type DecideTools, decideEach } from './decide.ts';
import { checkNamesResource } from './every-resource.ts';
import { type Outsider, outsidersOf } from './outsiders.ts';
import { type Answer, fieldOf, type OpenQuestion, type Question } from './question.ts';
import { type OneRevision, onOneRevision, pagesOf, partsOfPages } from './scan.ts';
import { PagePart } from './who-can-page.ts';
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
 * decided on one revision. The whole directory, or all of `scope`, is searched page by page: memory holds the entries of one
 * page. A role stands for a session of it whose name is not known. Throws BAD_USER_INPUT if the owner of the resource is not
 * known.
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
  return onOneRevision((check) => new Search({ ...tools, work }, question, action, options, now, check).run());
}

/** The error for a question that must name the owner of the resource. */
function ownerIsNeeded(question: OpenQuestion): InvalidInput {
  return new InvalidInput(
    fieldOf(question, 'resourceAccount'),
    `the directory does not know the owner of ${question.resource}: give it as \`resourceAccount\``,
  );
}

/** Whether neither the ARN nor the question names the owner of the resource. */
function leavesOwnerOpen({ wildcardOnly }: CatalogAction, { resource, resourceAccount }: OpenQuestion): boolean {
  return !wildcardOnly && resourceAccount === null && parseArn(resource)?.accountId === '';
}

class Search {
  readonly #tools: DecideTools & { readonly work: Work };
  readonly #question: OpenQuestion;
  readonly #action: CatalogAction;
  readonly #options: WhoCanOptions;
  readonly #now: number;
  readonly #check: OneRevision;
  readonly #page: PagePart<PrincipalAccess>;
  readonly #accounts: Set<string>;
  readonly #gaps = new Set<string>();
  readonly #resourceGaps = new Set<string>();
  /** Numbers of roles that are allowed only in sessions with certain names, and of principals with inexpressible conditions. */
  #unnamed = 0;
  #unsaid = 0;

  constructor(
    tools: DecideTools & { readonly work: Work },
    question: OpenQuestion,
    action: CatalogAction,
    options: WhoCanOptions,
    now: number,
    check: OneRevision,
  ) {
    this.#tools = tools;
    this.#question = question;
    this.#action = action;
    this.#options = options;
    this.#now = now;
    this.#check = check;
    this.#page = new PagePart(options);
    this.#accounts = new Set(options.scope?.accounts ?? []);
  }

  async run(): Promise<WhoCan> {
    const { resource, revision } = await this.#checkOwner();
    for (const kind of ['userArns', 'roleArns'] as const) {
      for await (const arns of partsOfPages(this.#pagesIn(kind))) await this.#add(arns);
    }
    const { conditional } = this.#options;
    const search = { question: this.#question, action: this.#action, resource, conditional, accounts: this.#accounts };
    const { outsiders, gaps } = await outsidersOf(this.#tools, search, this.#now, this.#check);
    this.#check(await this.#tools.directory.revision());
    return {
      ...this.#page.result(),
      outsiders,
      gaps: [...this.#gaps, ...gaps, ...this.#leftOut()],
      resourceGaps: [...this.#resourceGaps],
      revision,
    };
  }

  async #checkOwner(): Promise<{ readonly resource: PreparedResource; readonly revision: Revision }> {
    const { resource: arn, resourceAccount } = this.#question;
    const gathered = await this.#tools.directory.gather({
      principals: [],
      roles: [],
      resources: [{ arn, accountId: resourceAccount }],
      now: this.#now,
    });
    this.#check(gathered.revision);
    const { value, gaps } = gathered.resource(arn, resourceAccount);
    if (value.accountId === null && leavesOwnerOpen(this.#action, this.#question)) throw ownerIsNeeded(this.#question);
    for (const gap of gaps) this.#resourceGaps.add(gap);
    return { resource: value, revision: gathered.revision };
  }

  async *#pagesIn(kind: 'userArns' | 'roleArns'): AsyncGenerator<readonly string[], void, undefined> {
    const { scope } = this.#options;
    const { directory, work } = this.#tools;
    if (scope === null || scope.accounts === null) yield* pagesOf(directory, kind, work);
    else for (const accountId of scope.accounts) yield* pagesOf(directory, kind, work, accountId);
  }

  async #add(arns: readonly string[]): Promise<void> {
    await this.#tools.work.turn();
    const questions = arns.map((arn): Question => {
      this.#accounts.add(parseArn(arn)?.accountId ?? '');
      return { ...this.#question, subject: { principal: refOf(arn), assumedRole: null, session: null } };
    });
    const found: Found[] = [];
    for (const answer of await this.#decide(questions)) {
      if (answer instanceof RolegateError) {
        // Deleted since its name was read: the next check of the revision detects it.
        if (answer.code === 'NOT_FOUND') continue;
        throw answer;
      }
      this.#check(answer.revision);
      await this.#tools.work.turn();
      const one = this.#judge(answer);
      if (one !== null) found.push(one);
    }
    for (const one of await this.#visible(found)) this.#keep(one);
  }

  async #decide(questions: readonly Question[]): Promise<readonly (Answer | RolegateError)[]> {
    const { behind } = this.#options.scope ?? {};
    const decide = async (some: readonly Question[], veil: Veil | null) =>
      decideEach({ ...this.#tools, forSearch: true, ...(veil !== null && { veil }) }, some, this.#now);
    return behind === undefined ? decide(questions, null) : behind(questions, decide);
  }

  /** Null: the answer says nothing about it. */
  #judge(answer: Answer): Found | null {
    const { decision, resourceGaps = [] } = answer;
    const ownGaps = answer.gaps.filter((gap) => !resourceGaps.includes(gap));
    const say = (rest: Omit<Found, 'answer' | 'gaps'>): Found => ({ answer, gaps: ownGaps, ...rest });
    if (decision.allowed) return say({ conditions: [] });
    const conditions = this.#options.conditional ? conditionsFor(decision) : null;
    if (conditions === 'unsaid') return say({ conditions: null, unsaid: true });
    if (conditions !== null) return say({ conditions });
    if (decision.requires.length > 0) return say({ conditions: null, unnamed: true });
    return ownGaps.length > 0 ? say({ conditions: null }) : null;
  }

  async #visible(found: readonly Found[]): Promise<readonly Found[]> {
    const { scope } = this.#options;
    if (scope === null || found.length === 0) return found;
    const visible = await scope.visible(found.map(({ answer }) => answer.question.subject.principal));
    return found.filter((_one, index) => visible[index] === true);
  }

  #keep({ answer, conditions, gaps, unsaid, unnamed }: Found): void {
    if (conditions !== null) this.#page.add(principalIdOf(answer.question.subject.principal), { answer, conditions });
    if (unsaid === true) this.#unsaid += 1;
    if (unnamed === true) this.#unnamed += 1;
    for (const gap of gaps) if (this.#gaps.size < MAX_GAPS) this.#gaps.add(gap);
    for (const gap of answer.resourceGaps ?? []) this.#resourceGaps.add(gap);
  }

  #leftOut(): readonly string[] {
    const gaps: string[] = [];
    if (this.#gaps.size >= MAX_GAPS) gaps.push(`there are more than ${MAX_GAPS} gaps; the others are left out`);
    if (this.#unnamed > 0) {
      gaps.push(
        `not listed: ${this.#unnamed} of the roles, which may do this only in sessions with certain names` +
          (this.#options.conditional ? '' : ' (`conditional: true` lists them)'),
      );
    }
    if (this.#unsaid > 0) {
      gaps.push(
        `not listed: ${this.#unsaid} of the principals, which may do this under conditions that no condition block expresses`,
      );
    }
    return gaps;
  }
}

/** What the answer says about one principal. */
interface Found {
  readonly answer: Answer;
  /** Null: it is not listed. */
  readonly conditions: readonly JsonObject[] | null;
  readonly gaps: readonly string[];
  readonly unsaid?: true;
  readonly unnamed?: true;
}

/** Greatest number of gaps in the answer. */
const MAX_GAPS = 100;

function refOf(arn: string): PrincipalRef {
  const ref = parsePrincipalRef(arn);
  if (ref === null) throw new Error(`the directory holds a principal with an invalid ARN: ${arn}`);
  return ref;
}
