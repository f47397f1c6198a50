import SchemaBuilder, { type SchemaTypes } from '@pothos/core';
import { PothosComplexityPlugin } from '@pothos/plugin-complexity';
import type { GraphQLError, GraphQLResolveInfo } from 'graphql';
import type { Allowance } from '../guard/caller-limits.ts';
import { MAX_COST, tooCostly } from './cost.ts';

declare global {
  namespace PothosSchemaTypes {
    interface Plugins<Types extends SchemaTypes> {
      requestBudget: RequestBudgetPlugin<Types>;
    }
  }
}

interface Spender {
  readonly request: object;
  readonly allowance?: Allowance;
}

/** Total cost so far of the answered operations of an HTTP request. */
const spent = new WeakMap<object, number>();
/** By the context of an operation: the error for each of its fields; null: the operation is answered. */
const verdicts = new WeakMap<object, GraphQLError | null>();

/**
 * One budget for all operations of an HTTP request; the plugin that it extends knows only one operation. An operation that
 * would exceed the budget is refused as a whole, before any of its fields is resolved; operations before it are answered.
 */
class RequestBudgetPlugin<Types extends SchemaTypes> extends PothosComplexityPlugin<Types> {
  override checkComplexity(context: Types['Context'] & Spender, info: GraphQLResolveInfo): void {
    let verdict = verdicts.get(context);
    if (verdict === undefined) {
      verdict = spend(context, this.complexityCache(context, info).complexity);
      verdicts.set(context, verdict);
    }
    if (verdict !== null) throw verdict;
  }
}

/** The one place where the cost of an operation is known. */
function spend({ request, allowance }: Spender, cost: number): GraphQLError | null {
  const before = spent.get(request) ?? 0;
  if (before + cost > MAX_COST) return tooCostly(cost, before);
  spent.set(request, before + cost);
  allowance?.spend(cost);
  return null;
}

export const requestBudget = 'requestBudget';
// as: the plugin it extends is declared without regard to exactOptionalPropertyTypes.
SchemaBuilder.registerPlugin(requestBudget, RequestBudgetPlugin as never);
