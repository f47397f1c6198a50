import { actionName } from '../evaluation/layer-set.ts';
import type { ActionFacts } from '../evaluation/request.ts';
import { actionMatches } from '../policy/action-pattern.ts';
import type { CompiledStatement } from '../policy/statement.ts';
import type { Entry } from './entry.ts';

/** The entries that are about an action. Actions of the same key have the same ones. */
export interface ActionClass {
  readonly key: string;
  readonly entries: readonly Entry[];
}

interface ServicePlan {
  /** About every action of the service. */
  readonly whole: readonly Entry[];
  readonly wholeKey: string;
  /** About some of its actions, perhaps. */
  readonly partly: readonly Entry[];
}

/**
 * Sorts actions by the statements that are about them. The 22,000 actions of AWS fall into few classes, and what is worked
 * out from statements is worked out once for each class.
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
    const matching = plan.partly.filter((entry) => actionMatches(entry.statement.actions, action.service, name));
    if (matching.length === 0) return { key: plan.wholeKey, entries: plan.whole };
    return {
      key: `${plan.wholeKey}|${matching.map((entry) => entry.id).join(',')}`,
      entries: [...plan.whole, ...matching],
    };
  }

  #plan(service: string): ServicePlan {
    const known = this.#services.get(service);
    if (known !== undefined) return known;
    const whole: Entry[] = [];
    const partly: Entry[] = [];
    for (const entry of this.#entries) {
      const scope = scopeIn(entry.statement, service);
      if (scope === 'whole') whole.push(entry);
      else if (scope === 'partly') partly.push(entry);
    }
    const plan = { whole, wholeKey: whole.map((entry) => entry.id).join(','), partly };
    this.#services.set(service, plan);
    return plan;
  }
}

function scopeIn({ actions }: CompiledStatement, service: string): 'whole' | 'partly' | 'none' {
  const about = actions.patterns.filter((pattern) => pattern.service === null || pattern.service === service);
  if (about.length === 0) return actions.negated ? 'whole' : 'none';
  if (about.some((pattern) => pattern.name.everything)) return actions.negated ? 'none' : 'whole';
  return 'partly';
}
