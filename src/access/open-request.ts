import { type Relevance, relevanceOf, relevanceOnMany } from '../evaluation/caller-marks.ts';
import { Evaluation } from '../evaluation/evaluation.ts';
import type { PreparedResource } from '../evaluation/prepare.ts';
import type { ActionFacts, RequestFacts } from '../evaluation/request.ts';
import type { CompiledStatement } from '../policy/statement.ts';
import { stranger } from './outside-principals.ts';
import { SharedRules } from './shared-rules.ts';
import type { PatternScope } from './who-can-pattern.ts';

/** A request of which the caller is open. */
export interface OpenRequest {
  readonly action: ActionFacts;
  readonly resource: PreparedResource;
  readonly request: RequestFacts;
}

/** How callers of an open request are divided. */
export interface ClassOptions {
  /** What some may read of a policy, and not of an equal one, makes a difference. */
  readonly byPlace: boolean;
  /** ARN of one that is alone in its class; null: nobody. */
  readonly apart: string | null;
  /** The request is one on all resources of a pattern; null: on one. */
  readonly pattern: PatternScope | null;
}

/** An open request, with what policies that are no caller's own say about it. */
export class AskedOfAll {
  readonly open: OpenRequest;
  readonly options: ClassOptions;
  readonly shared: SharedRules;
  readonly #anybody: Evaluation;

  constructor(open: OpenRequest, options: ClassOptions) {
    const { action, resource, request } = open;
    this.open = open;
    this.options = options;
    const anybody = stranger(resource.partition || 'aws');
    this.#anybody = new Evaluation(anybody, action, resource, request);
    const many = options.pattern?.resources.map((one) => new Evaluation(anybody, action, one, request)) ?? [];
    this.shared = new SharedRules(this.#anybody, this.isOfMany ? many : null);
  }

  relevanceOf(statement: CompiledStatement): Relevance {
    const { byPlace, pattern } = this.options;
    if (this.readsAskedArn(statement)) return relevanceOnMany(statement, this.#anybody, byPlace);
    if (pattern === null) return relevanceOf(statement, this.#anybody, byPlace);
    return pattern.meets(statement) ? relevanceOnMany(statement, this.#anybody, byPlace) : 'NEVER';
  }

  /** Whether which resource it is comes to nothing certain: there are many, or each caller asks on one of its own account. */
  get isOfMany(): boolean {
    return this.options.pattern !== null || this.open.action.askedOn !== undefined;
  }

  /** Whether a statement compares its resources with an ARN that is made for the caller, because the action has none. */
  readsAskedArn({ resources }: CompiledStatement): boolean {
    if (this.open.action.askedOn === undefined || resources === null) return false;
    return !resources.patterns.some(({ everything }) => everything);
  }

  /**
   * Whether those whom no policy of a resource names are let in by policies of their own alone, so that whoever has none that allows is
   * denied, and nothing more can be said of it.
   */
  get needsOwnAllow(): boolean {
    const { open, options, shared } = this;
    if (options.byPlace || options.pattern !== null || open.request.endpoint !== undefined) return false;
    return !shared.letsInUnnamed && !isFree(open.action);
  }
}

/** No policy is asked. */
function isFree({ name }: ActionFacts): boolean {
  return name.toLowerCase() === 'sts:getcalleridentity';
}
