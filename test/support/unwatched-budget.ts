import { DEFAULT_MEMORY, MemoryBudget } from '../../src/directory/gather/memory-budget.ts';

/** A budget that no heap is measured for: what is kept weighs what it is said to weigh. */
export function unwatchedBudget(limit: number = DEFAULT_MEMORY): MemoryBudget {
  return new MemoryBudget(limit, () => () => undefined);
}
