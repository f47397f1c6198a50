import type { Gains } from './gains.ts';
import type { Supposed } from './judge.ts';
import type { EscalationPath, EscalationStep } from './paths.ts';

/** Of one that begins: what it makes of itself that is compared with all that was told before. */
const MOST_COMPARED = 50;

/** The ways of one that begins that end with what somebody makes of itself, as far as they are told. */
export class Told {
  readonly #gains: Gains;
  readonly #origin: string;
  /** What the last steps change. */
  readonly #changes = new Set<string>();
  /** The steps of each, in whatever order they are made. */
  readonly #ways = new Set<string>();
  readonly #ends = new Set<Supposed>();
  /** They give nothing more than those that are told. */
  readonly #known = new Set<Supposed>();
  #compared = 0;
  #isCut = false;

  constructor(gains: Gains, origin: string) {
    this.#gains = gains;
    this.#origin = origin;
  }

  /** Ways were left out that were not compared. */
  get isCut(): boolean {
    return this.#isCut;
  }

  /**
   * The way as it is to be told; null: it gives nothing more than without its last step, or its last change was told and it gives nothing
   * more than what was told. `before`, `supposed`: what somebody is before the last step and after it; null: as it is, or not known.
   */
  async news(path: EscalationPath, before: Supposed | null, supposed: Supposed | null): Promise<EscalationPath | null> {
    const changes = path.steps.map(changeOf);
    const last = changes.at(-1) ?? '';
    const way = JSON.stringify(changes.toSorted());
    const isNew = !this.#changes.has(last);
    let told: EscalationPath | null = path;
    if (!path.isAdministrator) {
      if (this.#ways.has(way)) return null;
      if (!isNew) told = supposed === null ? null : await this.#more(path, supposed);
      else if (before !== null && supposed !== null) told = await this.#beyond(path, [before], supposed);
    }
    if (told === null) return null;
    this.#changes.add(last);
    this.#ways.add(way);
    if (supposed !== null) this.#ends.add(supposed);
    return told;
  }

  async #more(path: EscalationPath, supposed: Supposed): Promise<EscalationPath | null> {
    if (this.#ends.has(supposed) || this.#known.has(supposed)) return null;
    if (this.#compared >= MOST_COMPARED) {
      this.#isCut = true;
      return null;
    }
    const more = await this.#beyond(path, [...this.#ends], supposed);
    if (more === null) this.#known.add(supposed);
    return more;
  }

  /** The way with what it gives more than others; null: nothing. */
  async #beyond(path: EscalationPath, others: readonly Supposed[], supposed: Supposed): Promise<EscalationPath | null> {
    if (this.#compared >= MOST_COMPARED) return path;
    this.#compared += 1;
    const gain = await this.#gains.beyond(this.#origin, others, supposed);
    return gain === null ? null : { ...path, gain };
  }
}

/** Which change a step makes: of one holder, different policies can be taken away. */
function changeOf({ from, method, target, answers }: EscalationStep): string {
  return JSON.stringify([
    from,
    method.id,
    target,
    answers.map(({ question }) => question.context.get('iam:policyarn')),
  ]);
}
