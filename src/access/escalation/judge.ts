import type { CatalogAction } from '../../catalog/catalog.ts';
import type { Gathered, Revision } from '../../directory/directory.ts';
import type { IndexedPrincipal } from '../../directory/principals/indexed-principals.ts';
import { authorize } from '../../evaluation/authorize.ts';
import type { Decision } from '../../evaluation/decision.ts';
import type { PreparedPrincipal } from '../../evaluation/prepare.ts';
import type { ContextValue, RequestContext } from '../../evaluation/request.ts';
import { RolegateError } from '../../policy/errors.ts';
import { type PrincipalRef, parsePrincipalRef } from '../../policy/principal-id.ts';
import { type DecideTools, decideEach } from '../decide.ts';
import { everyResource } from '../every-resource.ts';
import type { Answer, Question, Subject } from '../question.ts';
import type { OneRevision } from '../scan.ts';
import { Work } from '../work.ts';

/** A request of a user, role or service. */
export interface Asked {
  /** As the schema names principals. */
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  /** Condition keys beside those of all calls. Left out: none. */
  readonly context?: Readonly<Record<string, ContextValue>>;
}

/** A user or role as it would be after some steps. */
export interface Supposed {
  readonly arn: string;
  /** Equal after the same changes, in whatever order. */
  readonly changes: readonly string[];
  /** Its groups and policies then. A policy that was added or rewritten, and the boundary, are in `prepared` alone. */
  readonly one: IndexedPrincipal;
  readonly prepared: PreparedPrincipal;
}

/** Decisions between two looks at the clock. */
const BETWEEN = 64;
/** Questions that are decided together. */
const TOGETHER = 500;

/** Decides the requests of a search, all on one revision, by the ordinary evaluator. */
export class Judge {
  readonly tools: DecideTools;
  readonly now: number;
  readonly work: Work;
  readonly #given: RequestContext;
  readonly #check: OneRevision;
  readonly #subjects = new Map<string, Subject>();
  readonly #contexts = new Map<string, RequestContext>();
  readonly #principals = new Map<string, PreparedPrincipal | null>();
  readonly #gaps = new Set<string>();
  #revision: Revision | null = null;

  constructor(tools: DecideTools, given: RequestContext, now: number, check: OneRevision) {
    this.tools = { ...tools, forSearch: true };
    this.work = tools.work ?? new Work();
    this.now = now;
    this.#given = given;
    this.#check = check;
  }

  /** What the directory does not know of the users and roles that were looked at, and whose requests could not all be decided. */
  get gaps(): readonly string[] {
    return [...this.#gaps];
  }

  get revision(): Revision {
    return this.#revision ?? 0n;
  }

  /** Answers in the order of the requests; null in place of one that cannot be asked, as for a resource of another type. */
  async decide(asked: readonly Asked[]): Promise<readonly (Answer | null)[]> {
    const answers: (Answer | null)[] = [];
    for (let from = 0; from < asked.length; from += TOGETHER) {
      await this.work.turn();
      const part = asked.slice(from, from + TOGETHER);
      const questions = part.map((one) => this.#questionOf(one));
      for (const [index, answer] of (await decideEach(this.tools, questions, this.now)).entries()) {
        if (answer instanceof RolegateError) {
          if (answer.code === 'CANCELLED' || answer.code === 'TIMED_OUT') throw answer;
          if (!NOT_TO_BE_ASKED.has(answer.code)) this.#gaps.add(undecided(part[index]?.principal ?? '', answer));
          answers.push(null);
          continue;
        }
        this.#see(answer.revision);
        answers.push(answer);
      }
    }
    return answers;
  }

  /** The same of a user or role as it is, or as it would be. */
  decideAs(
    { arn, supposed }: { readonly arn: string; readonly supposed: Supposed | null },
    asked: readonly Omit<Asked, 'principal'>[],
  ): Promise<readonly (Answer | null)[]> {
    if (supposed !== null) return this.suppose(supposed, asked);
    return this.decide(asked.map((one) => ({ ...one, principal: arn })));
  }

  /** The user or role with what it holds; null: there is none. */
  async principal(arn: string): Promise<PreparedPrincipal | null> {
    const before = this.#principals.get(arn);
    if (before !== undefined) return before;
    const ref = refOf(arn);
    const known = (await this.#gather([ref], [])).principal(ref);
    const prepared = known === null ? null : this.#seen(known.value);
    for (const gap of known?.gaps ?? []) this.#gaps.add(gap);
    this.#principals.set(arn, prepared);
    return prepared;
  }

  /** Decides what somebody could do that is not so yet, on resources as they are. Null as for `decide`. */
  async suppose(
    { arn, prepared }: Supposed,
    asked: readonly Omit<Asked, 'principal'>[],
  ): Promise<readonly (Answer | null)[]> {
    const answers: (Answer | null)[] = [];
    const reading = this.tools.veil?.asItself;
    for (let from = 0; from < asked.length; from += TOGETHER) {
      await this.work.turn();
      const part = asked.slice(from, from + TOGETHER);
      const gathered = await this.#gather([], [...new Set(part.map(({ resource }) => resource))]);
      for (const one of part) {
        if (this.work.isDue) await this.work.rest();
        const question = this.#questionOf({ ...one, principal: arn });
        const action = this.tools.catalog.action(one.action);
        if (
          action === null ||
          (one.resource !== '*' && this.tools.catalog.fit(action, one.resource).kind === 'misfit')
        ) {
          answers.push(null);
          continue;
        }
        const { value } = gathered.resource(one.resource, question.resourceAccount);
        const request = { context: question.context, now: this.now, authority: 'directory', assumes: true } as const;
        const resource = everyResource(action, reading?.resource(value) ?? value);
        const decision: Decision = authorize(prepared, action, resource, reading?.request(request) ?? request);
        answers.push({ question, decision, gaps: [], revision: gathered.revision });
      }
    }
    return answers;
  }

  /** Whether somebody may do each of the actions on `*`, and else whether somebody else may not either: the first that differs ends it. */
  async mayAsMuch(
    prepared: PreparedPrincipal,
    other: PreparedPrincipal,
    actions: Iterable<CatalogAction>,
  ): Promise<boolean> {
    const gathered = await this.#gather([], ['*']);
    const { value } = gathered.resource('*', null);
    const reading = this.tools.veil?.asItself;
    const given = { context: this.#given, now: this.now, authority: 'directory', assumes: true } as const;
    const request = reading?.request(given) ?? given;
    let count = 0;
    for (const action of actions) {
      count += 1;
      if (count % BETWEEN === 0) await this.work.turn();
      if (authorize(prepared, action, value, request).allowed) continue;
      if (authorize(other, action, value, request).allowed) return false;
    }
    return true;
  }

  #seen(prepared: PreparedPrincipal): PreparedPrincipal {
    return this.tools.veil?.asItself.principal(prepared) ?? prepared;
  }

  async #gather(principals: readonly PrincipalRef[], arns: readonly string[]): Promise<Gathered> {
    const resources = arns.map((arn) => ({ arn, accountId: null }));
    const gathered = await this.tools.directory.gather({
      principals,
      roles: [],
      resources,
      now: this.now,
      forSearch: true,
    });
    this.#see(gathered.revision);
    return gathered;
  }

  #see(revision: Revision): void {
    this.#check(revision);
    this.#revision = revision;
  }

  #questionOf({ principal, action, resource, context = NO_KEYS }: Asked): Question {
    return {
      subject: this.#subjectOf(principal),
      action,
      resource,
      resourceAccount: null,
      context: this.#contextOf(context),
      path: '',
    };
  }

  /** Questions that share the objects of their subjects and contexts are decided together. */
  #subjectOf(principal: string): Subject {
    const known = this.#subjects.get(principal) ?? { principal: refOf(principal), assumedRole: null, session: null };
    this.#subjects.set(principal, known);
    return known;
  }

  #contextOf(keys: Readonly<Record<string, ContextValue>>): RequestContext {
    const entries = Object.entries(keys);
    if (entries.length === 0) return this.#given;
    const text = JSON.stringify(entries);
    const known = this.#contexts.get(text) ?? new Map([...this.#given, ...entries]);
    this.#contexts.set(text, known);
    return known;
  }
}

const NO_KEYS = {};
/** Codes of requests that nobody can make. */
const NOT_TO_BE_ASKED: ReadonlySet<string> = new Set(['BAD_USER_INPUT', 'NOT_FOUND']);

function undecided(who: string, { code }: RolegateError): string {
  return `not all requests of ${who} could be decided (${code}): ways that need them are not found`;
}

export function refOf(principal: string): PrincipalRef {
  const ref = parsePrincipalRef(principal);
  if (ref === null) throw new Error(`the directory holds a principal with an invalid ARN: ${principal}`);
  return ref;
}

/** Those that are there and allow; null: not all do. */
export function allAllowed(answers: readonly (Answer | null | undefined)[]): readonly Answer[] | null {
  const allowed = answers.flatMap((answer) => (answer?.decision.allowed === true ? [answer] : []));
  return allowed.length === answers.length ? allowed : null;
}
