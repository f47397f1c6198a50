import SchemaBuilder, { type SchemaTypes } from '@pothos/core';
import { PothosComplexityPlugin } from '@pothos/plugin-complexity';
import type { GraphQLError, GraphQLFieldResolver, GraphQLResolveInfo } from 'graphql';
import type { DirectorySize } from '../directory/directory.ts';
import type { Allowance } from '../guard/caller-limits.ts';
import { sizeShape } from '../guard/search-cost.ts';
import { MAX_COST, tooCostly } from './cost.ts';
import { costShape } from './cost-shape.ts';

declare global {
  namespace PothosSchemaTypes {
    interface Plugins<Types extends SchemaTypes> {
      requestBudget: RequestBudgetPlugin<Types>;
    }
  }
}

interface Spender {
  readonly request: object;
  readonly caller: { readonly kind: string };
  readonly directory: { readonly size: DirectorySize };
  readonly allowance?: Allowance;
}

/** Shapes of variables whose costs are kept for one document. Others are computed each time. */
const MOST_SHAPES = 50;

/** By operation, which is of one document: its costs by what they depend on. */
const costs = new WeakMap<GraphQLResolveInfo['operation'], Map<string, number>>();

/** `compute` walks through the whole document, which takes longer than most decisions. */
function costOf(
  { caller, directory }: Spender,
  { operation, variableValues }: GraphQLResolveInfo,
  compute: () => number,
): number {
  const known = costs.get(operation) ?? new Map<string, number>();
  costs.set(operation, known);
  const shape = costShape(`${caller.kind} ${sizeShape(directory.size)}`, variableValues);
  const cost = known.get(shape) ?? compute();
  if (known.size < MOST_SHAPES) known.set(shape, cost);
  return cost;
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
  /** A subscription each of whose events would be refused does not begin. */
  override wrapSubscribe(
    subscribe: GraphQLFieldResolver<unknown, Types['Context'], object> | undefined,
  ): GraphQLFieldResolver<unknown, Types['Context'], object> | undefined {
    if (subscribe === undefined) return subscribe;
    return (root, args, context, info) => {
      this.checkComplexity(context as Types['Context'] & Spender, info);
      return subscribe(root, args, context, info);
    };
  }

  override checkComplexity(context: Types['Context'] & Spender, info: GraphQLResolveInfo): void {
    let verdict = verdicts.get(context);
    if (verdict === undefined) {
      verdict = spend(
        context,
        costOf(context, info, () => this.complexityCache(context, info).complexity),
      );
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
