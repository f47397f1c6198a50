import { actionName } from '../evaluation/layer-set.ts';
import type { ActionFacts } from '../evaluation/request.ts';
import { type ActionElement, type ActionPattern, actionMatches } from '../policy/action-pattern.ts';
import type { Entry, Slot } from './entry.ts';

/** The entries that are about an action. Actions with the same key have the same entries. */
export interface ActionClass {
  readonly key: string;
  readonly entries: readonly Entry[];
}

interface ServicePlan {
  /** About every action of the service. */
  readonly whole: readonly Entry[];
  readonly wholeKey: string;
  /** Possibly about some of its actions; with the patterns of Action or NotAction that concern the service. */
  readonly partly: readonly { readonly entry: Entry; readonly actions: ActionElement }[];
}

/**
 * Sorts actions by the statements that are about them. AWS's 22,000 actions fall into few classes, and results that follow
 * from statements are computed once for each class.
 */
export class ActionClasses {
  readonly #entries: readonly Entry[];
  readonly #services = new Map<string, ServicePlan>();

  constructor(entries: readonly Entry[]) {
    this.#entries = entries;
  }

  classOf(action: ActionFacts): ActionClass {
    const plan = this.#plan(action.service);
    if (plan.partly.length === 0) return { key: plan.wholeKey, entries: plan.whole };
    const name = actionName(action);
    const matching = plan.partly
      .filter(({ actions }) => actionMatches(actions, action.service, name))
      .map(({ entry }) => entry);
    if (matching.length === 0) return { key: plan.wholeKey, entries: plan.whole };
    return {
      key: `${plan.wholeKey}|${matching.map((entry) => entry.id).join(',')}`,
      entries: [...plan.whole, ...matching],
    };
  }

  /**
   * Whether some Allow of a resource is about some action of the service; or one of the principal's own policies is, and each of
   * `ceilings` has one that is, too.
   */
  isGranted(service: string, ceilings: readonly ((slot: Slot) => boolean)[]): boolean {
    const { whole, partly } = this.#plan(service);
    const has = (is: (slot: Slot) => boolean): boolean =>
      whole.some(({ slot }) => is(slot)) || partly.some(({ entry: { slot } }) => is(slot));
    return has(isResourceGrant) || (has(isIdentityGrant) && ceilings.every(has));
  }

  #plan(service: string): ServicePlan {
    const known = this.#services.get(service);
    if (known !== undefined) return known;
    const whole: Entry[] = [];
    const partly: { readonly entry: Entry; readonly actions: ActionElement }[] = [];
    for (const entry of this.#entries) {
      const { negated } = entry.statement.actions;
      const about = patternsOf(entry.statement.actions, service);
      // The list covers nothing or everything of the service; NotAction inverts it.
      const listed = about.some((pattern) => pattern.name.everything) ? true : about.length === 0 ? false : null;
      if (listed === null) partly.push({ entry, actions: { negated, patterns: about } });
      else if (listed !== negated) whole.push(entry);
    }
    const plan = { whole, wholeKey: whole.map((entry) => entry.id).join(','), partly };
    this.#services.set(service, plan);
    return plan;
  }
}

function isResourceGrant({ kind }: Slot): boolean {
  return kind === 'grant' || kind === 'keyGrant';
}

function isIdentityGrant({ kind }: Slot): boolean {
  return kind === 'identity';
}

/** Patterns by service; patterns for all services have the empty name. A policy of AWS can have over a thousand in a statement. */
const byService = new WeakMap<ActionElement, ReadonlyMap<string, readonly ActionPattern[]>>();

/** The patterns that concern the service. */
function patternsOf(element: ActionElement, service: string): readonly ActionPattern[] {
  let known = byService.get(element);
  if (known === undefined) {
    const grouped = new Map<string, ActionPattern[]>();
    for (const pattern of element.patterns) {
      const group = grouped.get(pattern.service ?? '');
      if (group === undefined) grouped.set(pattern.service ?? '', [pattern]);
      else group.push(pattern);
    }
    known = grouped;
    byService.set(element, known);
  }
  const everywhere = known.get('') ?? NO_PATTERNS;
  const here = known.get(service) ?? NO_PATTERNS;
  return everywhere.length === 0 ? here : [...everywhere, ...here];
}

const NO_PATTERNS: readonly ActionPattern[] = [];
