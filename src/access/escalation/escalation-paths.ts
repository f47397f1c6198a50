import type { PrincipalIndex } from '../../directory/principals/indexed-principals.ts';
import { InvalidInput, RolegateError } from '../../policy/errors.ts';
import type { DecideTools } from '../decide.ts';
import { onOneRevision } from '../scan.ts';
import { EdgeFinder, type Edges, type Growth } from './edges.ts';
import { Gains } from './gains.ts';
import { Judge, type Supposed } from './judge.ts';
import { METHODS } from './methods.ts';
import {
  type EscalationOptions,
  type EscalationPath,
  type EscalationPaths,
  type EscalationStep,
  type Gain,
  MAX_PATHS,
  MAX_STEPS,
} from './paths.ts';
import { isServiceLinked, Populations } from './population.ts';
import { Sight } from './sight.ts';
import { Told } from './told.ts';

/**
 * The ways by which users and roles come to permissions that they do not have, by the steps that are publicly known. For each of them
 * the search goes on from whatever it can become, until it can be an administrator; ways that give nothing are not listed. All
 * decisions are on one revision.
 */
export async function escalationPaths(
  tools: DecideTools,
  options: EscalationOptions,
  now: number,
): Promise<EscalationPaths> {
  const { maxDepth } = options;
  if (!Number.isInteger(maxDepth) || maxDepth < 1 || maxDepth > MAX_STEPS)
    throw new InvalidInput('maxDepth', `${maxDepth} is not a valid number of steps: expected 1 to ${MAX_STEPS}`);
  return onOneRevision(async (check) => {
    const index = await tools.directory.principals();
    if (index === null) throw tooLarge();
    check(index.revision);
    const search = new Search(new Judge(tools, options.context, now, check), index, options);
    const found = await search.run();
    check(index.revision);
    return found;
  });
}

function tooLarge(): RolegateError {
  return new RolegateError(
    'LIMIT_EXCEEDED',
    'the users and roles of the directory take more memory than there is: raise ROLEGATE_MEMORY_BYTES',
  );
}

/** A user or role that is reached, with the steps to it. */
interface Reached {
  readonly arn: string;
  readonly steps: readonly EscalationStep[];
  /** What it would be after it has made itself more; null: it is as it is. */
  readonly supposed: Supposed | null;
}

/** Of one that begins: what it makes of itself, from which the search goes on. */
const MOST_SUPPOSED = 20;

class Search {
  readonly #judge: Judge;
  readonly #index: PrincipalIndex;
  readonly #options: EscalationOptions;
  readonly #populations: Populations;
  readonly #sight: Sight;
  readonly #edges: EdgeFinder;
  readonly #gains: Gains;
  readonly #gaps: string[] = [];

  constructor(judge: Judge, index: PrincipalIndex, options: EscalationOptions) {
    this.#judge = judge;
    this.#index = index;
    this.#options = options;
    this.#populations = new Populations(index);
    this.#sight = new Sight(options.scope);
    this.#edges = new EdgeFinder(judge, index, this.#populations, this.#sight);
    this.#gains = new Gains(judge);
  }

  async run(): Promise<EscalationPaths> {
    const paths: EscalationPath[] = [];
    const administrators: string[] = [];
    const origins = await this.#origins();
    for (const origin of origins) {
      await this.#judge.work.turn();
      if (await this.#gains.hasEverything(origin)) continue;
      for (const path of await this.#from(origin)) paths.push(path);
    }
    for (const arn of await this.#lookedAt(origins)) {
      await this.#judge.work.turn();
      if (await this.#gains.isAdministrator(arn)) administrators.push(arn);
    }
    return {
      paths: paths.toSorted(byLength),
      administrators: administrators.toSorted(compareText),
      withheld: this.#sight.withheld,
      gaps: [...this.#judge.gaps, ...this.#gaps],
      revision: this.#judge.revision,
    };
  }

  async #origins(): Promise<readonly string[]> {
    const { principal, accountIds } = this.#options;
    if (principal !== null) {
      if ((await this.#judge.principal(principal)) === null)
        throw new RolegateError('NOT_FOUND', `there is no user or role \`${principal}\``, { field: 'principal' });
      return [principal];
    }
    const wanted = accountIds === null ? null : new Set(accountIds);
    const all = [...this.#index.users, ...this.#index.roles].filter(
      (one) => (wanted === null || wanted.has(one.accountId)) && !isServiceLinked(one),
    );
    return (await this.#sight.principals(all)).map(({ arn }) => arn);
  }

  /** The users and roles of the accounts of those that begin. */
  async #lookedAt(origins: readonly string[]): Promise<readonly string[]> {
    const accounts = new Set(origins.map((arn) => arn.split(':', 5)[4] ?? ''));
    const all = [...accounts].flatMap((id) => {
      const { users, roles } = this.#populations.of(id);
      return [...users, ...roles];
    });
    return (await this.#sight.principals(all)).map(({ arn }) => arn);
  }

  async #from(origin: string): Promise<readonly EscalationPath[]> {
    const found: EscalationPath[] = [];
    const visited = new Set([origin]);
    const later = new Map<number, EscalationPath[]>();
    const grown = new Set<Supposed>();
    const told = new Told(this.#gains, origin);
    let reached: readonly Reached[] = [{ arn: origin, steps: [], supposed: null }];
    for (let length = 1; length <= this.#options.maxDepth; length += 1) {
      const next: Reached[] = [];
      for (const one of reached) {
        await this.#judge.work.turn();
        const { become, growths } = await this.#edgesOf(one);
        for (const growth of growths.get(one.arn) ?? []) {
          const { supposed } = growth;
          if (supposed !== null && supposed === one.supposed) continue;
          const steps = [...one.steps, growth.step];
          const path = await this.#grown(origin, steps, growth);
          const news = path === null ? null : await told.news(path, one.supposed, supposed);
          if (news !== null) found.push(news);
          if (supposed === null || path?.isAdministrator === true || grown.has(supposed)) continue;
          if (grown.size < MOST_SUPPOSED) next.push({ arn: one.arn, steps, supposed });
          grown.add(supposed);
        }
        for (const step of become) {
          if (found.length >= MAX_PATHS) break;
          const { to } = step;
          if (visited.has(to)) continue;
          const steps = [...one.steps, step];
          const path = await this.#became(origin, steps);
          if (path !== null) found.push(path);
          next.push({ arn: to, steps, supposed: null });
          if (length < this.#options.maxDepth) await this.#grownFirst(origin, one, step, growths.get(to) ?? [], later);
        }
      }
      found.push(...(later.get(length) ?? []));
      if (found.some(({ isAdministrator }) => isAdministrator)) break;
      // The same one may be reached by several ways of one length.
      reached = next.filter(({ arn, supposed }) => supposed !== null || (!visited.has(arn) && visited.add(arn)));
      if (reached.length === 0 && !later.has(length + 1)) break;
    }
    if (grown.size > MOST_SUPPOSED)
      this.#gaps.push(`${origin} can make more of itself in more than ${MOST_SUPPOSED} ways: not all are followed`);
    if (told.isCut)
      this.#gaps.push(
        `${origin} has ways of which it is not known whether they give more than those listed: they are left out`,
      );
    if (found.length >= MAX_PATHS)
      this.#gaps.push(`${origin} has more than ${MAX_PATHS} ways to more permissions: not all are listed`);
    return found.slice(0, MAX_PATHS);
  }

  #edgesOf({ arn, supposed }: Reached): Promise<Edges> {
    return supposed === null ? this.#edges.from(arn) : this.#edges.after(supposed);
  }

  /** The ways that first make somebody more, and then become it. */
  async #grownFirst(
    origin: string,
    one: Reached,
    step: EscalationStep,
    growths: readonly Growth[],
    later: Map<number, EscalationPath[]>,
  ): Promise<void> {
    // It is more already.
    if (growths.length === 0 || (await this.#gains.isAdministrator(step.to))) return;
    const length = one.steps.length + 2;
    const list = later.get(length) ?? [];
    later.set(length, list);
    for (const growth of growths) {
      if (list.length >= MAX_PATHS) return;
      const path = await this.#grown(origin, [...one.steps, growth.step, step], growth);
      if (path !== null) list.push(path);
    }
  }

  async #became(origin: string, steps: readonly EscalationStep[]): Promise<EscalationPath | null> {
    const end = steps.at(-1)?.to ?? origin;
    const gain = await this.#gains.between(origin, end);
    if (gain === null) return null;
    return { principal: origin, steps, end, isAdministrator: await this.#gains.isAdministrator(end), gain };
  }

  async #grown(
    origin: string,
    steps: readonly EscalationStep[],
    { step, supposed }: Growth,
  ): Promise<EscalationPath | null> {
    const whole = { principal: origin, steps, end: step.to };
    if (supposed === null) return { ...whole, isAdministrator: false, gain: null };
    const gain: Gain | null = await this.#gains.wouldBe(origin, supposed);
    if (gain === null) return null;
    return { ...whole, isAdministrator: await this.#gains.wouldBeAdministrator(supposed), gain };
  }
}

const PLACES = new Map([...METHODS.iam, ...METHODS.services].map(({ id }, index) => [id, index]));

/** Shorter ways come first, then those to an administrator, then in the order of principals, methods and targets. */
function byLength(a: EscalationPath, b: EscalationPath): number {
  return (
    a.steps.length - b.steps.length ||
    Number(b.isAdministrator) - Number(a.isAdministrator) ||
    Number(a.gain === null) - Number(b.gain === null) ||
    compareText(a.principal, b.principal) ||
    bySteps(a.steps, b.steps)
  );
}

function bySteps(a: readonly EscalationStep[], b: readonly EscalationStep[]): number {
  for (const [index, one] of a.entries()) {
    const other = b[index];
    if (other === undefined) return 1;
    const order =
      (PLACES.get(one.method.id) ?? 0) - (PLACES.get(other.method.id) ?? 0) || compareText(one.target, other.target);
    if (order !== 0) return order;
  }
  return 0;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
