import {
  type Choice,
  type Clause,
  type ClauseProblem,
  choose,
  failsAll,
  type Literal,
} from '../../analysis/grants/clauses.ts';
import type { Ruled } from '../../analysis/grants/covers.ts';
import type { KeyValues } from '../../analysis/grants/key-values.ts';
import type { CatalogAction } from '../../catalog/catalog.ts';
import { Evaluation } from '../../evaluation/evaluation.ts';
import { AS_ACCOUNT, NOT_NAMED } from '../../evaluation/match-principal.ts';
import type { RequestContext } from '../../evaluation/request.ts';
import { resourceSideNeeded, sameAccount, samePartition } from '../../evaluation/situation.ts';
import type { Condition } from '../../policy/condition.ts';
import type { ContextKey, ContextValue } from '../../policy/context-key.ts';
import type { PolicyKind } from '../../policy/policy-kind.ts';
import type { CompiledStatement } from '../../policy/statement.ts';
import { eachInSteps, type Steps } from '../../policy/steps.ts';
import type { Caller } from './callers.ts';
import { impossible } from './consistent.ts';
import { sourceOf } from './keys.ts';
import { namesPrincipals } from './request.ts';
import type { MadeResource } from './resources.ts';

/** Keys with a value already, by name. */
export type Settled = ReadonlyMap<string, ContextValue | undefined>;

/** A key whose value is chosen. */
export interface ChosenKey {
  readonly key: ContextKey;
  readonly values: KeyValues['values'];
}

interface SituationParts {
  readonly caller: Caller;
  readonly action: CatalogAction;
  readonly resources: readonly MadeResource[];
  readonly keys: readonly ChosenKey[];
  readonly settled: Settled;
  readonly kind: PolicyKind;
  /** They are requests of strangers. */
  readonly byStrangers: boolean;
  readonly now: number;
}

const REQUESTED_REGION = 'aws:requestedregion';

/**
 * Requests of one caller for one action that differ in their resource and in the values of condition keys, as the dimensions of a
 * choice; the parts of statements become literals. Each is decided with the engine's own code.
 */
export class Situation {
  readonly #given: SituationParts;
  readonly #dimensions: ReadonlyMap<string, number>;
  readonly #clauses = new Map<CompiledStatement, Clause | null>();
  #impossible: readonly Clause[] | undefined;
  /** A request for each resource, with the settled keys alone. */
  readonly #requests: readonly Evaluation[];

  constructor(parts: SituationParts) {
    this.#given = parts;
    this.#dimensions = new Map(parts.keys.map(({ key }, i) => [key.name, i + 1]));
    this.#requests = parts.resources.map((resource) => this.#at(resource, null));
  }

  /** A choice that a request can have. `apart`: there are choices, but none of them is known to be one. */
  *choose({ hold, fail }: Pick<ClauseProblem, 'hold' | 'fail'>): Steps<Choice | 'apart'> {
    const { resources, keys } = this.#given;
    // The first dimension is the resource, the others are the chosen keys.
    const sizes = [resources.length, ...keys.map(({ values }) => values.length)];
    const first = yield* choose({ sizes, hold, fail });
    if (typeof first === 'string') return first;
    const never = yield* this.#never();
    if (failsAll(first, never)) return first;
    const found = yield* choose({ sizes, hold, fail: [...fail, ...never] });
    return found === 'none' ? 'apart' : found;
  }

  /** The statement as a clause; null: it matches none of the requests. One step for each part and resource. */
  *clauseOf({ statement }: Ruled): Steps<Clause | null> {
    const known = this.#clauses.get(statement);
    if (known !== undefined) return known;
    const clause = yield* this.#clauseOf(statement);
    this.#clauses.set(statement, clause);
    return clause;
  }

  *#clauseOf(statement: CompiledStatement): Steps<Clause | null> {
    const [first] = this.#requests;
    if (first === undefined) return null;
    const literals: Literal[] = [];
    const { kind } = this.#given;
    const naming = namesPrincipals(kind) || kind === 'rcp' ? first.namedUnbound(statement) : null;
    if (naming === NOT_NAMED) return null;
    // In the policy of a resource, the account of the resource grants of itself nothing to its own.
    const isAccounts = (kind === 'resource' || kind === 'trust') && statement.allows && naming === AS_ACCOUNT;
    const isOfOwner = kind === 'resource' || kind === 'trust' || this.#given.action.service !== 'iam';
    const grants = (at: Evaluation): boolean =>
      samePartition(at.principal, at.resource) &&
      // What belongs to IAM has no policy that lets in others.
      (isOfOwner || sameAccount(at)) &&
      !(isAccounts && sameAccount(at) && !resourceSideNeeded(at));
    const matches = yield* eachInSteps(this.#requests, (at) => at.resourceMatches(statement) && grants(at));
    literals.push({ dimension: 0, holds: matches });
    for (const condition of statement.conditions) {
      const literal = yield* this.#literalOf(condition);
      if (literal === false) return null;
      if (literal !== true) literals.push(literal);
    }
    return literals;
  }

  *#literalOf(condition: Condition): Steps<Literal | boolean> {
    const dimension = this.#dimensions.get(condition.key.name);
    const chosen = dimension === undefined ? undefined : this.#given.keys[dimension - 1];
    if (dimension !== undefined && chosen !== undefined) {
      const resource = this.#given.resources[0];
      if (resource === undefined) return false;
      const holds = yield* eachInSteps(chosen.values, (value) =>
        condition.holds(this.#at(resource, { key: chosen.key, value })),
      );
      return { dimension, holds };
    }
    const kind = this.#given.caller.prepared.caller;
    if (condition.keys.every((key) => this.#given.settled.has(key.name) || sourceOf(key, kind) === 'caller')) {
      const [first] = this.#requests;
      return first !== undefined && condition.holds(first);
    }
    return { dimension: 0, holds: yield* eachInSteps(this.#requests, (at) => condition.holds(at)) };
  }

  #at(
    resource: MadeResource,
    chosen: { readonly key: ContextKey; readonly value: ContextValue | undefined } | null,
  ): Evaluation {
    const { caller, action, settled, now } = this.#given;
    const context = contextOf(resource, settled);
    if (chosen !== null && chosen.value !== undefined) context.set(chosen.key.name, chosen.value);
    return new Evaluation(caller.prepared, action, resource.prepared, {
      context,
      now,
      authority: 'context',
      assumes: true,
    });
  }

  /** What no request has together. */
  *#never(): Steps<readonly Clause[]> {
    const { caller, resources, keys, settled, byStrangers } = this.#given;
    const owners = resources.map(({ prepared }) => prepared.accountId);
    const { facts } = caller.prepared;
    this.#impossible ??= yield* impossible({ caller: facts, owners, keys, settled, byStrangers });
    return this.#impossible;
  }

  /** The resource and the context of a choice. */
  requestAt(choice: readonly number[]): { readonly resource: MadeResource; readonly context: RequestContext } | null {
    const resource = this.#given.resources[choice[0] ?? 0];
    if (resource === undefined) return null;
    const context = contextOf(resource, this.#given.settled);
    for (const [i, { key, values }] of this.#given.keys.entries()) {
      const value = values[choice[i + 1] ?? 0];
      if (value !== undefined) context.set(key.name, value);
    }
    return { resource, context };
  }
}

function contextOf({ region }: MadeResource, settled: Settled): Map<string, ContextValue> {
  const context = new Map<string, ContextValue>();
  for (const [name, value] of settled) if (value !== undefined) context.set(name, value);
  if (region !== null) context.set(REQUESTED_REGION, region);
  return context;
}
