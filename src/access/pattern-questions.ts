import type { Catalog, CatalogAction } from '../catalog/catalog.ts';
import { takenBy } from '../catalog/resource-fit.ts';
import type { AskedDirectory } from '../directory/directory.ts';
import type { PreparedPrincipal } from '../evaluation/prepare.ts';
import type { RequestFacts } from '../evaluation/request.ts';
import { Rereading } from '../evaluation/rereading.ts';
import { parseArn } from '../policy/arn.ts';
import { InvalidInput, RolegateError } from '../policy/errors.ts';
import { answerWith, withCoverage } from './answer.ts';
import type { AssumptionActions } from './assume.ts';
import { shortened } from './check-resource.ts';
import { coverageOf, type OnOne } from './coverage.ts';
import { DecidingRules } from './deciding-rules.ts';
import { gatherForSubjects } from './gather-for-subjects.ts';
import { type Known, KnownResources } from './known-resources.ts';
import { formOfPattern, type PatternResources, resourcesOf } from './pattern-resources.ts';
import { type Answer, fieldOf, type Question } from './question.ts';
import type { OneRevision } from './scan.ts';
import { resolveSubject } from './subject.ts';
import { OF_BOTH, telling } from './telling-gaps.ts';
import { throughEndpoint } from './vpc-endpoint.ts';
import { Work } from './work.ts';

const WILDCARD = /[*?]/;

/** Whether the question is about all resources that a pattern matches. An action without resource types has only one. */
export function isAboutPattern({ resourceIsPattern, resource, action }: Question, catalog: Catalog): boolean {
  return resourceIsPattern === true && !(resource === '*' && catalog.action(action)?.wildcardOnly === true);
}

/** The pattern is a single question: it has no wildcard, or the action has no resource types. */
export function namesOne(pattern: string, { wildcardOnly }: CatalogAction): boolean {
  return wildcardOnly || !WILDCARD.test(pattern);
}

/** The question as one about the resource that it names, at the same place. */
function aboutOne(question: Question): Question {
  const { resourceIsPattern: _, ...one } = question;
  return { ...one, path: question.path };
}

/** The same tools as for decisions. */
interface PatternTools {
  readonly directory: AskedDirectory;
  readonly catalog: Catalog;
  readonly actions: AssumptionActions;
  readonly work?: Work;
}

/** Answers questions about single resources. `reading`: how to read the policies; null: as written. */
export type Ask = (
  questions: readonly Question[],
  reading: Rereading | null,
) => Promise<readonly (Answer | RolegateError)[]>;

/** Greatest number of patterns in one request: each costs as much as some hundred single questions. */
const MOST_PATTERNS = 100;

/** Throws InvalidInput for the question if it exceeds the number of patterns. */
export function checkPatternCount(count: number, question: Pick<Question, 'path' | 'fields'>): void {
  if (count <= MOST_PATTERNS) return;
  throw new InvalidInput(fieldOf(question, 'resource'), `more than ${MOST_PATTERNS} patterns in one request`);
}

/** Rounds of gathering: policies gathered for some resources can distinguish further resources. */
const MOST_ROUNDS = 4;

/**
 * Questions about all resources that a pattern matches. The statements that decide divide them into cells; all resources of a
 * cell get the same decision, and one resource of each cell is decided like every other question.
 */
export class PatternQuestions {
  readonly #tools: PatternTools;
  readonly #now: number;
  readonly #check: OneRevision;
  readonly #ask: Ask;
  readonly #known: KnownResources;
  readonly #work: Work;
  #count = 0;

  constructor(tools: PatternTools, now: number, check: OneRevision, ask: Ask) {
    this.#tools = tools;
    this.#now = now;
    this.#check = check;
    this.#ask = ask;
    this.#work = tools.work ?? new Work();
    this.#known = new KnownResources(tools.directory, tools.catalog, this.#work);
  }

  /** Throws the error of a question that cannot be answered. */
  async answer(question: Question, action: CatalogAction): Promise<Answer> {
    // Of very many, each may be answered from memory, and nothing is waited for.
    await this.#work.turn();
    const single = aboutOne(question);
    if (namesOne(question.resource, action)) return this.#single(question, single);
    this.#count += 1;
    checkPatternCount(this.#count, question);
    const { directory, actions } = this.#tools;
    const gathered = await directory.gather({ ...gatherForSubjects([question]), now: this.#now });
    this.#check(gathered.revision);
    const resolved = resolveSubject(question, gathered, actions, this.#now);
    const { acting, assumption, roleIsAbsent } = resolved;
    if (acting === null) {
      // INVARIANT: `acting` is null only if `assumption` is a denial.
      if (assumption === null) throw new Error('a subject neither acts nor was it refused its role');
      const gaps = telling(resolved, assumption, OF_BOTH);
      const absent = roleIsAbsent === undefined ? {} : { roleIsAbsent };
      return { question, decision: assumption, coverage: 'NONE', gaps, revision: gathered.revision, ...absent };
    }
    const way = throughEndpoint(question.subject.principal, question.context, gathered);
    const request: RequestFacts = { ...way, now: this.#now, authority: 'directory' };
    const { rules, known, resources } = await this.#divide(question, action, acting, request);
    const complete = resources.complete && known.complete && !rules.isUnsaid;
    const answer = coverageOf(question.resource, await this.#each(single, resources.arns, rules, known), complete);
    if (answer === null) throw noAnswer(question, action, resources);
    return answerWith(answer, { question });
  }

  async #single(question: Question, single: Question): Promise<Answer> {
    const [answer] = await this.#ask([single], null);
    if (answer === undefined) throw new Error('a question without an answer');
    if (answer instanceof RolegateError) throw answer;
    this.#check(answer.revision);
    return withCoverage(answerWith(answer, { question }));
  }

  /** The resources that represent the pattern, with the facts that decide on them. */
  async #divide(
    question: Question,
    action: CatalogAction,
    acting: PreparedPrincipal,
    request: RequestFacts,
  ): Promise<{ readonly rules: DecidingRules; readonly known: Known; readonly resources: PatternResources }> {
    const { resource: pattern, resourceAccount } = question;
    const rules = new DecidingRules(action, request);
    for (const account of [acting.accountId, resourceAccount ?? '']) if (account !== '') rules.accounts.add(account);
    const home = acting.accountId === '' ? [] : [`arn:${acting.partition}:iam::${acting.accountId}:root`];
    await this.#gather(acting, home, null, rules);
    const owner = ownerOf(question, acting.accountId);
    const services = servicesOf(pattern, action);
    let known = await this.#known.within(pattern, services, rules.dependsOnOpen);
    for (let round = 0; ; round += 1) {
      const resources = await this.#work.run(
        resourcesOf(pattern, {
          catalog: this.#tools.catalog,
          action,
          partition: acting.partition,
          owner,
          accounts: rules.accounts,
          forms: [...rules.forms, ...known.patterns.map(formOfPattern)],
          regionMatters: rules.regionMatters,
        }),
      );
      const tagsMattered = rules.dependsOnOpen;
      const { isNew, owned } = await this.#gather(acting, resources.arns, resourceAccount, rules);
      const meant =
        owner === null ? resources.arns : resources.arns.filter((arn) => (owned.get(arn) ?? owner) === owner);
      if (!isNew) return { rules, known, resources: { ...resources, arns: meant } };
      if (round === MOST_ROUNDS) return { rules, known, resources: { arns: meant, complete: false } };
      if (rules.dependsOnOpen !== tagsMattered) known = await this.#known.within(pattern, services, true);
    }
  }

  async #gather(
    acting: PreparedPrincipal,
    arns: readonly string[],
    accountId: string | null,
    rules: DecidingRules,
  ): Promise<{ readonly isNew: boolean; readonly owned: ReadonlyMap<string, string | null> }> {
    const resources = arns.map((arn) => ({ arn, accountId }));
    const gathered = await this.#tools.directory.gather({
      principals: [],
      roles: [],
      resources,
      now: this.#now,
      forSearch: true,
    });
    this.#check(gathered.revision);
    let isNew = false;
    const owned = new Map<string, string | null>();
    for (const arn of arns) {
      const { value } = gathered.resource(arn, accountId);
      owned.set(arn, value.accountId);
      if (rules.add(acting, value)) isNew = true;
      await this.#work.turn();
    }
    return { isNew, owned };
  }

  /** Answers for each resource, with the worst and the best case if facts about a resource are unknown. */
  async #each(
    single: Question,
    arns: readonly string[],
    rules: DecidingRules,
    known: Known,
  ): Promise<readonly OnOne[]> {
    const questions = arns.map((resource) => ({ ...single, resource }));
    const answers = await this.#answers(questions, null);
    if (!rules.dependsOnOpen) return answers.map((answer, i) => ({ arn: arns[i] ?? '', answer, readings: null }));
    const [worst, best] = [
      await this.#answers(questions, new Rereading(false, rules.open)),
      await this.#answers(questions, new Rereading(true, rules.open)),
    ];
    return answers.map((answer, i) => {
      const arn = arns[i] ?? '';
      const readings = { worst: worst[i] ?? answer, best: best[i] ?? answer };
      return { arn, answer, readings: known.arns.has(arn) ? null : readings };
    });
  }

  async #answers(questions: readonly Question[], reading: Rereading | null): Promise<readonly Answer[]> {
    const answers = await this.#ask(questions, reading);
    return answers.map((answer) => {
      if (answer instanceof RolegateError) throw answer;
      this.#check(answer.revision);
      return answer;
    });
  }
}

/** A bare `*` means everything in one account that the action can be asked on: the question's account, or the caller's own. */
export function ownerOf(
  { resource, resourceAccount }: Pick<Question, 'resource' | 'resourceAccount'>,
  accountId: string | null,
): string | null {
  return resource === '*' ? resourceAccount || accountId || null : null;
}

/** Services in the ARNs that the pattern can match and that the action can be asked on. */
export function servicesOf(pattern: string, { resourceTypes }: CatalogAction): ReadonlySet<string> {
  const service = parseArn(pattern)?.service ?? '*';
  if (!WILDCARD.test(service)) return new Set([service]);
  return new Set(resourceTypes.flatMap(({ type }) => type.arns.map((arn) => parseArn(arn)?.service ?? '')));
}

/** The error for a pattern of which no resource was found. */
export function noAnswer(
  question: Pick<Question, 'resource' | 'path' | 'fields'>,
  action: CatalogAction,
  { complete }: PatternResources,
): RolegateError {
  if (complete) return misfit(question, action);
  return new InvalidInput(
    fieldOf(question, 'resource'),
    `whether \`${action.name}\` is allowed on \`${shortened(question.resource)}\` could not be decided: the pattern has too many wildcards`,
  );
}

/** The action cannot be asked on anything that the pattern matches. */
function misfit(question: Pick<Question, 'resource' | 'path' | 'fields'>, action: CatalogAction): InvalidInput {
  const partition = parseArn(question.resource)?.partition ?? 'aws';
  return new InvalidInput(
    fieldOf(question, 'resource'),
    `\`${action.name}\` cannot be asked on anything that \`${shortened(question.resource)}\` matches: it takes ${takenBy(action, WILDCARD.test(partition) ? 'aws' : partition)}`,
  );
}
